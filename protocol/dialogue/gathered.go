package dialogue

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// Piece is a block of an answer, gathered whole.
type Piece struct {
	Kind     interline.BlockKind
	ID, Name string
	Text     []byte
	Seal     interline.Seal
	Cites    []interline.Citation
}

// Gathered is an answer whose events came in order, block by block.
type Gathered []Piece

// Take adds what the event says. The events must be a [Sequence]'s.
func (g *Gathered) Take(e *interline.Event) {
	if e.Kind == interline.BlockStart {
		p := Piece{Kind: e.Block, ID: e.ID, Name: e.Name}
		if e.Seal != nil {
			p.Seal = *e.Seal
		}
		*g = append(*g, p)
		return
	}
	if len(*g) == 0 {
		return
	}
	last := &(*g)[len(*g)-1]
	switch e.Kind {
	case interline.Delta:
		last.Text = append(last.Text, e.Text...)
	case interline.SealDelta:
		last.Seal = *e.Seal
	case interline.CitationDelta:
		last.Cites = append(last.Cites, e.Citation.Clone())
	}
}

// Object returns a call's arguments as the JSON object that Messages and
// Converse demand: verbatim when they are one, {} when there are none, and
// otherwise wrapped as {"_raw":"…"}.
func Object(args []byte) []byte {
	out, _ := object(args)
	return out
}

// object also reports whether the arguments were one.
func object(args []byte) (out []byte, verbatim bool) {
	v := jsontext.Value(bytes.TrimSpace(args))
	switch {
	case len(v) == 0:
		return []byte("{}"), true
	case v.Kind() == '{' && v.IsValid():
		return v, true
	}
	var wrapped jsonout.Text
	wrapped.Open('{')
	wrapped.String("_raw", string(args))
	wrapped.Close('}')
	return wrapped, false
}
