package protocol

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/loss"
)

// WithoutEnclosed returns the replacements that take out of a body what carries
// a seal in an envelope of ours (see [Enclose]): the innermost elements of arrays
// that hold one. A body that is forwarded goes to a cloud of the same language,
// which refuses what it did not seal. A seal that own gives words for stays, in
// those words. Languages call it only for bodies in which the scan saw the member
// that seals stand in.
func WithoutEnclosed(body []byte, own func(*interline.Seal) string) ([]Replacement, []interline.Loss) {
	if !bytes.Contains(body, []byte(`"`+enclosedPrefix)) {
		return nil, nil
	}
	w := &pruner{dec: jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true)), body: body, own: own}
	for w.next() {
	}
	return w.cuts, w.losses
}

// pruner walks a body token by token, and knows of every open container where
// its elements are.
type pruner struct {
	dec    *jsontext.Decoder
	body   []byte
	own    func(*interline.Seal) string
	open   []container
	cuts   []Replacement
	losses []interline.Loss
}

type container struct {
	array    bool
	elements []element // of an array
}

// element is one of an array, with the value's bounds in the body.
type element struct {
	start, end int
	sealed     bool
}

// next reads a token. What is not JSON ends the walk; such bodies are refused
// when they are opened.
func (w *pruner) next() bool {
	start := int(w.dec.InputOffset())
	for start < len(w.body) && strings.IndexByte(" \t\r\n,:", w.body[start]) >= 0 {
		start++
	}
	tok, err := w.dec.ReadToken()
	if err != nil {
		return false
	}
	switch kind := tok.Kind(); kind {
	case '{', '[':
		w.begin(start)
		w.open = append(w.open, container{array: kind == '['})
	case '}', ']':
		last := len(w.open) - 1
		w.cut(w.open[last].elements)
		w.open = w.open[:last]
		w.end()
	case '"':
		w.begin(start)
		if strings.HasPrefix(tok.String(), enclosedPrefix) {
			w.mark(tok.String(), start)
		}
		w.end()
	default:
		w.begin(start)
		w.end()
	}
	return true
}

// begin notes an element of an array.
func (w *pruner) begin(start int) {
	if n := len(w.open); n > 0 && w.open[n-1].array {
		w.open[n-1].elements = append(w.open[n-1].elements, element{start: start})
	}
}

func (w *pruner) end() {
	if n := len(w.open); n > 0 && w.open[n-1].array {
		e := w.open[n-1].elements
		e[len(e)-1].end = int(w.dec.InputOffset())
	}
}

// mark takes the innermost element that is being read out.
func (w *pruner) mark(text string, start int) {
	s := Disclose(text)
	if s == nil || !w.sealsStandHere() {
		return // somebody only speaks of one
	}
	if said := w.own(s); said != "" {
		w.cuts = append(w.cuts, Replacement{Start: start, End: int(w.dec.InputOffset()), Value: Quote(said)})
		return
	}
	for i := len(w.open) - 1; i >= 0; i-- {
		c := &w.open[i]
		if !c.array {
			continue
		}
		path := Path("", w.dec.StackPointer())
		c.elements[len(c.elements)-1].sealed = true
		w.losses = append(w.losses, loss.SealForeign.At(path[:strings.LastIndexByte(path, ']')+1]))
		return
	}
}

// sealsStandHere reports whether the value that was read is that of a member which
// seals stand in.
func (w *pruner) sealsStandHere() bool {
	path := Path("", w.dec.StackPointer())
	return strings.HasSuffix(path, ".signature") || strings.HasSuffix(path, ".encrypted_content")
}

// cut removes the sealed elements of an array that has ended, with the commas
// that are then too many.
func (w *pruner) cut(elements []element) {
	kept := -1
	for i, e := range elements {
		switch {
		case !e.sealed:
			kept = i
		case i+1 < len(elements):
			w.cuts = append(w.cuts, Replacement{Start: e.start, End: elements[i+1].start})
		case kept >= 0:
			// What follows the last one that stays goes, and so do the cuts there.
			for len(w.cuts) > 0 && w.cuts[len(w.cuts)-1].Start >= elements[kept].end {
				w.cuts = w.cuts[:len(w.cuts)-1]
			}
			w.cuts = append(w.cuts, Replacement{Start: elements[kept].end, End: e.end})
		default:
			w.cuts = append(w.cuts, Replacement{Start: e.start, End: e.end})
		}
	}
}
