package dialogue

import (
	"strings"

	"github.com/interline-ai/interline"
)

// Sequence tells an answer in the order that Messages and Converse know: one
// block after another, numbered without gaps. Blocks may interleave where the
// answer comes from (parallel tool calls of OpenAI); what comes too early waits
// until the blocks before it are done. The zero value is ready for use.
//
// Of several candidates only the first is told. Seals of other issuers than
// [Issuer] are told as signatures in an envelope that names the issuer, so that
// they come back to it alone. Blocks that Skip names are left out.
type Sequence struct {
	Skip interline.BlockKind // a kind of block that is left out, or 0

	open []*openBlock // the first is being told, the others wait
	next int          // number of the next block to be told
	out  []interline.Event
}

// openBlock is a block that has begun and is not yet told to its end.
type openBlock struct {
	index  int // in the source
	kind   interline.BlockKind
	id     string
	name   string
	media  *interline.Media
	text   []byte
	seal   interline.Seal
	cites  []interline.Citation // of a text that waits
	begun  bool                 // its start was told, under number at
	at     int
	closed bool
}

// Order returns the events in order. They are valid until the next call.
// A reasoning block's start carries its Seal when the block is encrypted; then
// no delta follows.
func (s *Sequence) Order(events []interline.Event) []interline.Event {
	s.out = s.out[:0]
	for i := range events {
		if events[i].Choice == 0 {
			s.take(&events[i])
		}
	}
	return s.out
}

func (s *Sequence) take(e *interline.Event) {
	switch e.Kind {
	case interline.BlockStart:
		s.start(e)
	case interline.Delta:
		s.delta(e)
	case interline.SealDelta:
		s.sealed(e)
	case interline.CitationDelta:
		s.cited(e)
	case interline.BlockStop:
		if b := s.find(e.Index); b != nil {
			b.closed = true
			s.advance()
		}
	case interline.Finish:
		for _, b := range s.open {
			b.closed = true
		}
		s.advance()
		s.out = append(s.out, *e)
	default:
		s.out = append(s.out, *e)
	}
}

func (s *Sequence) find(index int) *openBlock {
	for _, b := range s.open {
		if b.index == index {
			return b
		}
	}
	return nil
}

func (s *Sequence) start(e *interline.Event) {
	if e.Block == s.Skip || s.find(e.Index) != nil {
		return
	}
	// What is kept beyond this call must not share the source's memory.
	b := &openBlock{index: e.Index, kind: e.Block, id: strings.Clone(e.ID), name: strings.Clone(e.Name)}
	if e.Media != nil {
		media := *e.Media
		b.media = &media
	}
	s.open = append(s.open, b)
	if b == s.open[0] && b.kind != interline.ReasoningBlock {
		s.begin(b)
	}
}

// begin tells the start of a block. That of reasoning waits for its first
// piece, which decides whether it is shown or encrypted.
func (s *Sequence) begin(b *openBlock) {
	if b.begun {
		return
	}
	b.begun, b.at = true, s.next
	s.next++
	e := interline.Event{Kind: interline.BlockStart, Index: b.at, Block: b.kind, ID: b.id, Name: b.name, Media: b.media}
	if b.seal.Redacted != "" {
		e.Seal = &b.seal
	}
	s.out = append(s.out, e)
}

func (s *Sequence) delta(e *interline.Event) {
	b := s.find(e.Index)
	switch {
	case b == nil || b.seal.Redacted != "":
	case b != s.open[0]:
		b.text = append(b.text, e.Text...)
	default:
		s.begin(b)
		s.out = append(s.out, interline.Event{Kind: interline.Delta, Index: b.at, Block: b.kind, Text: e.Text})
	}
}

func (s *Sequence) sealed(e *interline.Event) {
	b := s.find(e.Index)
	if b == nil || b.kind != interline.ReasoningBlock || e.Seal == nil {
		return
	}
	told := Claudes(e.Seal)
	if b.begun && told.Signature == "" {
		return // shown and encrypted at once: the languages know no such block
	}
	b.seal = interline.Seal{Issuer: Issuer, Signature: strings.Clone(told.Signature), Redacted: strings.Clone(told.Redacted)}
	if b == s.open[0] {
		s.tellSeal(b)
	}
}

func (s *Sequence) tellSeal(b *openBlock) {
	s.begin(b)
	if b.seal.Signature != "" {
		s.out = append(s.out, interline.Event{Kind: interline.SealDelta, Index: b.at, Block: b.kind, Seal: &b.seal})
	}
}

// advance ends the first block when it is closed, and tells what the next ones
// have said meanwhile.
func (s *Sequence) advance() {
	for len(s.open) > 0 && s.open[0].closed {
		if b := s.open[0]; b.begun {
			s.out = append(s.out, interline.Event{Kind: interline.BlockStop, Index: b.at, Block: b.kind})
		}
		s.open = s.open[1:]
		if len(s.open) > 0 {
			s.catchUp(s.open[0])
		}
	}
}

// catchUp tells what a waiting block holds.
func (s *Sequence) catchUp(b *openBlock) {
	if b.kind != interline.ReasoningBlock {
		s.begin(b)
	}
	if len(b.text) > 0 && b.seal.Redacted == "" {
		s.begin(b)
		s.out = append(s.out, interline.Event{Kind: interline.Delta, Index: b.at, Block: b.kind, Text: string(b.text)})
		b.text = nil
	}
	for i := range b.cites {
		s.tellCitation(b, &b.cites[i])
	}
	if b.seal != (interline.Seal{}) {
		s.tellSeal(b)
	}
}
