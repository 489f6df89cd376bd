package jsonscan

import (
	"bytes"
	"unicode/utf8"
)

// Cursor reads a small JSON value that was written as machines write it, front to
// back and without memory of its own. It is for events of a stream, of which there
// are thousands of one shape: whatever it does not expect (white space, an escape, a
// number with a point) makes it fail, and then the value must be read another way.
// Its zero value is at the beginning of nothing.
type Cursor struct {
	b      []byte
	failed bool
}

// At returns a cursor at the beginning of a value.
func At(b []byte) Cursor { return Cursor{b: b} }

// OK reports whether all of the value was read, and nothing failed.
func (c *Cursor) OK() bool { return !c.failed && len(c.b) == 0 }

// Failed reports whether something was not as expected.
func (c *Cursor) Failed() bool { return c.failed }

// Fail makes the cursor fail, for a value that its caller does not expect.
func (c *Cursor) Fail() { c.failed, c.b = true, nil }

// Take steps over a byte; it fails where another one stands.
func (c *Cursor) Take(want byte) {
	if len(c.b) == 0 || c.b[0] != want {
		c.Fail()
		return
	}
	c.b = c.b[1:]
}

// Peek returns the next byte; 0 at the end.
func (c *Cursor) Peek() byte {
	if len(c.b) == 0 {
		return 0
	}
	return c.b[0]
}

// Member steps to the next member of an object whose brace was taken, and returns its
// name. It returns nil when the object has ended.
func (c *Cursor) Member(first bool) []byte {
	if c.next(first, '}') {
		return nil
	}
	name := c.Text()
	c.Take(':')
	if c.failed {
		return nil
	}
	return name
}

// Element steps to the next element of an array whose bracket was taken, and reports
// whether there is one.
func (c *Cursor) Element(first bool) bool { return !c.next(first, ']') }

// next steps to what comes next, and reports whether the end has come instead.
func (c *Cursor) next(first bool, end byte) bool {
	switch {
	case c.failed:
		return true
	case c.Peek() == end:
		c.b = c.b[1:]
		return true
	case !first:
		c.Take(',')
	}
	return c.failed
}

// Text reads a string, which must have no escapes and be valid UTF-8. The result is
// part of the value, and never nil unless it fails.
func (c *Cursor) Text() []byte {
	c.Take('"')
	i := bytes.IndexByte(c.b, '"')
	if c.failed || i < 0 {
		c.Fail()
		return nil
	}
	text := c.b[:i]
	ascii := true
	for _, b := range text {
		if b < ' ' || b == '\\' {
			c.Fail()
			return nil
		}
		ascii = ascii && b < utf8.RuneSelf
	}
	if !ascii && !utf8.Valid(text) {
		c.Fail()
		return nil
	}
	c.b = c.b[i+1:]
	return text
}

// maxDigits are as many as an int always holds.
const maxDigits = 18

// Int reads a whole number that is not negative.
func (c *Cursor) Int() int64 {
	n, i := int64(0), 0
	for i < len(c.b) && c.b[i] >= '0' && c.b[i] <= '9' {
		n = n*10 + int64(c.b[i]-'0')
		i++
	}
	if i == 0 || i > maxDigits || i > 1 && c.b[0] == '0' {
		c.Fail()
		return 0
	}
	if rest := c.b[i:]; len(rest) > 0 && (rest[0] == '.' || rest[0] == 'e' || rest[0] == 'E') {
		c.Fail()
		return 0
	}
	c.b = c.b[i:]
	return n
}

// Empty steps over an empty array.
func (c *Cursor) Empty() {
	c.Take('[')
	c.Take(']')
}
