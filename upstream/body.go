package upstream

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
)

// body reads an answer's body by its framing and gives the connection back.
type body struct {
	// What every read of a stream looks at stands together.
	src     net.Conn // what to read once all that came with the head was read
	err     error    // what every further Read returns
	chunks  chunks
	left    int64 // bytes left of a body that is not chunked; -1: until the connection ends
	chunked bool
	closed  bool
	reuse   bool

	conn *conn
	ctx  context.Context
	stop func() bool // ends the watch on ctx
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
	if len(p) == 0 {
		return 0, nil
	}
	n, err := b.read(p)
	if err != nil {
		if b.ctx.Err() != nil && err != io.EOF {
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
		return b.fetch(p)
	}
	n, err := b.fetch(p[:min(int64(len(p)), b.left)])
	if b.left -= int64(n); b.left == 0 {
		return n, io.EOF
	}
	return n, broken(err)
}

// fetch reads what came with the head, and then from the connection.
func (b *body) fetch(p []byte) (int, error) {
	if b.src != nil {
		return b.src.Read(p)
	}
	if n, some := b.conn.early(p); some {
		return n, nil
	}
	b.src = b.conn.stream
	return b.src.Read(p)
}

// broken: an end before the framing's end is no end.
func broken(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readChunks reads until there is some data.
func (b *body) readChunks(p []byte) (int, error) {
	for {
		n, err := b.fetch(p)
		data, rest, end := b.chunks.strip(p[:n])
		switch {
		case end != nil:
			// What comes unasked after the end would be read as the answer to
			// the next call.
			b.reuse = b.reuse && rest == 0 && err == nil
			return len(data), end
		case err != nil || len(data) > 0:
			return len(data), broken(err)
		}
	}
}

// Close gives the connection back when the body was read to its end, or what is
// left of it is here already, and otherwise closes it.
func (b *body) Close() error {
	if b.closed {
		return nil
	}
	b.closed = true
	if b.err == nil && b.reuse && !b.chunked && b.conn.discard(b.left) {
		b.err = io.EOF
	}
	// When stop reports false the context has ended, and the connection's
	// deadline is, or will be, in the past.
	if b.stop() && errors.Is(b.err, io.EOF) && b.reuse {
		b.conn.origin.keep(b.conn)
		return nil
	}
	b.conn.close()
	return nil
}
