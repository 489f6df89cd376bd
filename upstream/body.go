package upstream

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
)

// drainLimit is how much of an answer nobody wants is read so that the
// connection can be kept.
const drainLimit = 256 << 10

// body reads an answer's body by its framing and gives the connection back.
type body struct {
	conn  *conn
	ctx   context.Context
	stop  func() bool // ends the watch on ctx
	reuse bool

	chunked bool
	open    bool  // within a chunk, whose end is still to come
	left    int64 // bytes left of the body or of the chunk; -1: until the connection ends
	err     error // what every further Read returns
	closed  bool
}

// frame decides by the head where the body ends.
func (b *body) frame(h head, method string) {
	switch {
	case method == http.MethodHead, h.status == http.StatusNoContent, h.status == http.StatusNotModified:
		b.err = io.EOF
	case h.chunked:
		b.chunked = true
	case h.length >= 0:
		b.left = h.length
		if h.length == 0 {
			b.err = io.EOF
		}
	default:
		b.left, b.reuse = -1, false
	}
}

func (b *body) length() int64 {
	switch {
	case b.err == io.EOF:
		return 0
	case b.chunked:
		return -1
	}
	return b.left
}

// Read implements io.Reader. It returns as soon as there is something, and then
// as much as has arrived, over the borders of chunks.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.closed {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := b.read(p)
	if err != nil {
		if b.ctx.Err() != nil {
			err = context.Cause(b.ctx)
		}
		b.err = err
		if n > 0 {
			err = nil
		}
	}
	return n, err
}

func (b *body) read(p []byte) (int, error) {
	if b.chunked {
		return b.readChunks(p)
	}
	if b.left < 0 {
		return b.conn.in.Read(p)
	}
	n, err := b.conn.in.Read(p[:min(int64(len(p)), b.left)])
	if b.left -= int64(n); b.left == 0 {
		return n, io.EOF
	}
	return n, broken(err)
}

// broken: an end before the framing's end is no end.
func broken(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readChunks fills p from as many chunks as have arrived; it waits for the
// first byte only.
func (b *body) readChunks(p []byte) (n int, err error) {
	for n < len(p) {
		if b.left == 0 {
			if n > 0 && !b.nextArrived() {
				return n, nil
			}
			if err := b.nextChunk(); err != nil {
				return n, err
			}
		}
		if n > 0 && b.conn.in.Buffered() == 0 {
			return n, nil
		}
		m, err := b.conn.in.Read(p[n:min(int64(len(p)), int64(n)+b.left)])
		n += m
		b.left -= int64(m)
		if err != nil {
			return n, broken(err)
		}
	}
	return n, nil
}

// nextArrived reports whether the line that begins the next chunk has arrived.
func (b *body) nextArrived() bool {
	have, _ := b.conn.in.Peek(b.conn.in.Buffered())
	if b.open { // the end of the chunk before
		i := bytes.IndexByte(have, '\n')
		if i < 0 {
			return false
		}
		have = have[i+1:]
	}
	return bytes.IndexByte(have, '\n') >= 0
}

// nextChunk reads the end of the chunk before and the line that begins the
// next. After the last chunk it returns io.EOF.
func (b *body) nextChunk() error {
	left := maxHead
	if b.open {
		line, err := b.conn.line(&left)
		if err != nil {
			return broken(err)
		}
		if len(line) > 0 {
			return malformed("a chunk is longer than it said")
		}
		b.open = false
	}
	line, err := b.conn.line(&left)
	if err != nil {
		return broken(err)
	}
	size, _, _ := bytes.Cut(line, []byte(";"))
	n, perr := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 62)
	if perr != nil {
		return malformed("chunk size %.40q", line)
	}
	if n > 0 {
		b.left, b.open = int64(n), true
		return nil
	}
	for { // trailers, which nobody asked for
		line, err := b.conn.line(&left)
		if err != nil {
			return broken(err)
		}
		if len(line) == 0 {
			return io.EOF
		}
	}
}

// Close gives the connection back when the body was read to its end, or nearly
// so, and otherwise closes it.
func (b *body) Close() error {
	if b.closed {
		return nil
	}
	b.closed = true
	if b.err == nil && b.reuse && b.short() {
		b.err = b.drain()
	}
	// When stop reports false the context has ended, and the connection's
	// deadline is, or will be, in the past.
	if b.stop() && b.err == io.EOF && b.reuse {
		b.conn.origin.keep(b.conn)
		return nil
	}
	b.conn.close()
	return nil
}

// short reports whether the rest is short enough to read, and here already.
func (b *body) short() bool {
	if b.chunked {
		return b.left == 0 && b.conn.in.Buffered() > 0
	}
	return b.left <= drainLimit && int64(b.conn.in.Buffered()) >= b.left
}

func (b *body) drain() error {
	var scratch [512]byte
	for {
		if b.chunked && b.left == 0 && !b.nextArrived() {
			return nil
		}
		if _, err := b.read(scratch[:]); err != nil {
			return err
		}
	}
}
