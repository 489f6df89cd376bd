package upstream

import "io"

// chunks takes a body out of HTTP/1.1's chunked framing, in place and in
// whatever pieces it arrives, so that a stream needs no buffer between the
// connection and its reader.
type chunks struct {
	state chunkState
	left  uint64 // of the chunk's data, or the size while it is read
	line  int    // bytes of the line so far, or of all trailers
	some  bool   // the size has a digit
}

type chunkState uint8

const (
	inSize      chunkState = iota // of the line that begins a chunk
	inExtension                   // of that line, which nobody needs
	inData
	afterData // the end of line after a chunk
	inTrailer // a line after the last chunk, not empty so far
	onTrailer // at the beginning of such a line
	ended
)

// maxLine bounds a line of the framing, in bytes.
const maxLine = 4 << 10

// strip takes the framing out of raw, which follows what it was given before,
// and returns the data, moved to the front of raw. It returns io.EOF when the
// body has ended; what of raw comes after the end is told by rest.
func (c *chunks) strip(raw []byte) (data []byte, rest int, err error) {
	n := 0
	for at := 0; at < len(raw); {
		if c.state == inData {
			m := int(min(uint64(len(raw)-at), c.left))
			n += copy(raw[n:], raw[at:at+m])
			at += m
			if c.left -= uint64(m); c.left == 0 {
				c.state = afterData
			}
			continue
		}
		if err := c.step(raw[at]); err != nil {
			return raw[:n], 0, err
		}
		at++
		if c.state == ended {
			return raw[:n], len(raw) - at, io.EOF
		}
	}
	return raw[:n], 0, nil
}

// step reads one byte of the framing.
func (c *chunks) step(b byte) error {
	if c.line++; c.line > maxLine {
		return malformed("a line of more than %d bytes in the chunks", maxLine)
	}
	switch c.state {
	case inSize:
		return c.size(b)
	case inExtension:
		if b == '\n' {
			return c.sized()
		}
	case afterData:
		if b == '\n' {
			c.state, c.line = inSize, 0
		} else if b != '\r' || c.line > 1 {
			return malformed("a chunk is longer than it said")
		}
	case inTrailer:
		if b == '\n' {
			c.state = onTrailer
		}
	case onTrailer:
		if b == '\n' {
			c.state = ended
		} else if b != '\r' {
			c.state = inTrailer
		}
	case inData, ended:
	}
	return nil
}

// size reads one byte of a chunk's size in hexadecimal digits.
func (c *chunks) size(b byte) error {
	digit, isDigit := hex(b)
	switch {
	case isDigit && c.left < 1<<58:
		c.left, c.some = c.left<<4|digit, true
	case isDigit || !c.some:
		return malformed("chunk size")
	case b == '\n':
		return c.sized()
	case b == ';' || b == '\r' || b == ' ' || b == '\t':
		c.state = inExtension
	default:
		return malformed("chunk size")
	}
	return nil
}

func hex(b byte) (digit uint64, ok bool) {
	switch {
	case b >= '0' && b <= '9':
		return uint64(b - '0'), true
	case b >= 'a' && b <= 'f':
		return uint64(b-'a') + 10, true
	case b >= 'A' && b <= 'F':
		return uint64(b-'A') + 10, true
	}
	return 0, false
}

// sized is at the end of the line that begins a chunk.
func (c *chunks) sized() error {
	c.line, c.some = 0, false
	c.state = inData
	if c.left == 0 {
		c.state = onTrailer
	}
	return nil
}
