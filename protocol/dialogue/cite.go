package dialogue

import (
	"fmt"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/loss"
)

// Cite adds where the text of the wire's block is from. It is told when the block
// ends, since it is about all of it, and vendors may say it before its last piece.
func (a *Answer) Cite(wire int, c interline.Citation) {
	if b := a.find(wire); b != nil && b.kind == interline.Text {
		b.cites = append(b.cites, c)
	}
}

// Tell tells a citation of a piece of the wire's block that was said already.
func (a *Answer) Tell(wire int, c interline.Citation) {
	if b := a.find(wire); b != nil && b.kind == interline.Text {
		a.Emit(interline.Event{Kind: interline.CitationDelta, Index: b.index, Block: b.kind, Citation: &c})
	}
}

func (a *Answer) cite(b *wireBlock) {
	for i := range b.cites {
		a.Emit(interline.Event{Kind: interline.CitationDelta, Index: b.index, Block: b.kind, Citation: &b.cites[i]})
	}
}

// cited tells a citation while its block is open; what is said of one that was told
// to its end comes too late for these languages.
func (s *Sequence) cited(e *interline.Event) {
	b := s.find(e.Index)
	switch {
	case b == nil || b.kind != interline.Text || e.Citation == nil:
	case b != s.open[0]:
		b.cites = append(b.cites, e.Citation.Clone())
	default:
		s.tellCitation(b, e.Citation)
	}
}

func (s *Sequence) tellCitation(b *openBlock, c *interline.Citation) {
	s.begin(b)
	s.out = append(s.out, interline.Event{Kind: interline.CitationDelta, Index: b.at, Block: b.kind, Citation: c})
}

// Uncited returns the losses of a language that cites none of the request's
// documents, and takes back no citations of earlier answers.
func Uncited(r *interline.Request) []interline.Loss {
	var out Losses
	out.Unasked(r)
	for i, t := range r.Turns {
		for j, b := range t.Blocks {
			if len(b.Citations) > 0 {
				out.Note(loss.CitationsPast, At{i, j}.String()+".citations")
			}
		}
	}
	return out
}

// Unasked notes the documents that are to be cited, at a place that cites none.
func (l *Losses) Unasked(r *interline.Request) {
	for i, t := range r.Turns {
		for j, b := range t.Blocks {
			if asksCited(b) {
				l.Note(loss.CitationsAsked, fmt.Sprintf("%s.citations", At{i, j}))
			}
		}
	}
}

func asksCited(b interline.Block) bool {
	if b.Kind == interline.Document {
		return b.Media.Cited
	}
	if b.Kind == interline.ToolResultBlock {
		for _, inner := range b.Result.Blocks {
			if asksCited(inner) {
				return true
			}
		}
	}
	return false
}
