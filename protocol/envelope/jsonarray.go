package envelope

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/interline-ai/interline/protocol"
)

// MaxArrayFrame is the limit of one element of an array in bytes, the
// punctuation before it included.
const MaxArrayFrame = 32 << 20

// ArrayEnd is the name of the frame that closes an array: it has no Data, and
// its Raw ends in the bracket. Only an array that was closed is whole.
const ArrayEnd = "]"

// Array reads one JSON array whose elements, all of them objects, arrive as
// they are made. An element is a frame as soon as its last byte is there; the
// punctuation before it is part of its Raw, so that the frames' Raw is every
// byte that came. Elements are told apart by their braces alone; whether they
// are JSON is for who reads them.
//
// A comma may stand before the first element in place of the bracket, since who
// ends a broken answer does not know what was sent before. A stream that ends
// between two elements ends with io.EOF, without a frame of the name
// [ArrayEnd]; one that ends within an element with io.ErrUnexpectedEOF.
type Array struct {
	r    io.Reader
	buf  []byte // what was read and not yet returned starts at from
	from int
	look int   // how far after from the search has come
	err  error // the reader's error, after which nothing more comes

	element int // where after from the element begins
	depth   int // of braces and brackets within the element; 0 is between elements
	quoted  bool
	escaped bool
	opened  bool // something stood there already
	closed  bool // the closing bracket stood there
	bad     bool // something stood there that may not
	found   arrayFind
}

// arrayFind says what ends at look.
type arrayFind uint8

const (
	foundNothing arrayFind = iota
	foundElement
	foundEnd
)

// NewArray returns a reader of the elements in r.
func NewArray(r io.Reader) *Array {
	return &Array{r: r, buf: make([]byte, 0, sseBuffer)}
}

// Ready implements Reader.
func (a *Array) Ready() bool {
	if a.found == foundNothing && !a.bad {
		a.search()
	}
	return a.found != foundNothing
}

// Next implements Reader.
func (a *Array) Next() (protocol.Frame, error) {
	for !a.Ready() {
		switch {
		case a.bad:
			return protocol.Frame{}, fmt.Errorf("%w: not an array of objects", ErrFrame)
		case a.err != nil:
			return a.last()
		}
		if err := a.fill(); err != nil {
			return protocol.Frame{}, err
		}
	}
	f := protocol.Frame{Raw: a.buf[a.from : a.from+a.look]}
	if a.found == foundEnd {
		f.Name = ArrayEnd
	} else {
		f.Data = f.Raw[a.element:]
	}
	a.from += a.look
	a.look, a.found = 0, foundNothing
	return f, nil
}

// search looks for the end of the next frame. It never looks at a byte twice.
func (a *Array) search() {
	b := a.buf[a.from:]
	for a.look < len(b) && a.found == foundNothing && !a.bad {
		switch {
		case a.quoted:
			a.text(b)
		case a.depth > 0:
			a.inside(b[a.look])
		default:
			a.between(b[a.look])
		}
	}
}

// text goes on within a string.
func (a *Array) text(b []byte) {
	if a.escaped {
		a.escaped = false
		a.look++
		return
	}
	n := bytes.IndexAny(b[a.look:], `"\`)
	if n < 0 {
		a.look = len(b)
		return
	}
	a.look += n + 1
	a.escaped = b[a.look-1] == '\\'
	a.quoted = a.escaped
}

// inside takes a byte of an element.
func (a *Array) inside(c byte) {
	a.look++
	switch c {
	case '"':
		a.quoted = true
	case '{', '[':
		a.depth++
	case '}', ']':
		if a.depth--; a.depth == 0 {
			a.found = foundElement
		}
	}
}

// between takes a byte that stands outside of elements.
func (a *Array) between(c byte) {
	switch c {
	case ' ', '\t', '\r', '\n':
	case '[':
		a.bad = a.opened
		a.opened = true
	case ',':
		a.bad = a.closed
		a.opened = true
	case '{':
		a.bad = a.closed
		a.opened = true
		a.element, a.depth = a.look, 1
	case ']':
		a.bad = a.closed || !a.opened
		a.closed, a.found = true, foundEnd
	default:
		a.bad = true
	}
	if a.bad {
		a.found = foundNothing
		return
	}
	a.look++
}

// fill reads once more.
func (a *Array) fill() error {
	if a.from > 0 {
		a.buf = a.buf[:copy(a.buf, a.buf[a.from:])]
		a.from = 0
	}
	if len(a.buf) == cap(a.buf) {
		if len(a.buf) >= MaxArrayFrame {
			return fmt.Errorf("%w: an element of more than %d bytes", ErrFrame, MaxArrayFrame)
		}
		a.buf = append(a.buf, make([]byte, len(a.buf))...)[:len(a.buf)]
	}
	n, err := a.r.Read(a.buf[len(a.buf):cap(a.buf)])
	a.buf = a.buf[:len(a.buf)+n]
	a.err = err
	return nil
}

// last returns what stands after the last frame: white space, as a frame that
// says nothing, or half an element.
func (a *Array) last() (protocol.Frame, error) {
	raw := a.buf[a.from:]
	a.from, a.look = len(a.buf), 0
	switch {
	case !errors.Is(a.err, io.EOF):
		return protocol.Frame{}, a.err
	case a.depth > 0:
		return protocol.Frame{}, io.ErrUnexpectedEOF
	case len(raw) > 0:
		return protocol.Frame{Raw: raw}, nil
	}
	return protocol.Frame{}, io.EOF
}
