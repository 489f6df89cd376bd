package upstream

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// Sizes. A body of up to oneWrite bytes is copied behind the head so that both
// go out in one write; of a larger one, that much is written between two looks
// at the clock.
const (
	readBuffer  = 4 << 10
	oneWrite    = 16 << 10
	writeStep   = 256 << 10
	keepScratch = 64 << 10
	// atOnce is how soon a connection breaks that was closed before it was
	// written to: a round trip, and nothing that a model could answer in.
	atOnce = 500 * time.Millisecond
)

// conn is one connection. It is owned by one call at a time.
type conn struct {
	origin *origin
	raw    net.Conn      // TCP
	stream net.Conn      // raw, or TLS over it
	in     *bufio.Reader // while an answer's head is read; nil otherwise
	head   []byte        // scratch for the request
	retire time.Time
	since  time.Time // unused since
	heard  bool      // something of the answer came

	// cut is set when the call's context ended, so that an error of the
	// connection can be told from one that we caused.
	cut atomic.Bool
}

func newConn(o *origin, raw net.Conn, retire time.Time) *conn {
	return &conn{origin: o, raw: raw, stream: raw, retire: retire}
}

// readers are for heads: a connection borrows one, and an idle stream, whose
// body is read straight into its reader's own buffer, holds none.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, readBuffer) }}

// borrow takes a reader for a head.
func (c *conn) borrow() {
	if c.in == nil {
		c.in = readers.Get().(*bufio.Reader)
		c.in.Reset(c.stream)
	}
}

// giveBack gives the reader back.
func (c *conn) giveBack() {
	if c.in != nil {
		c.in.Reset(nil)
		readers.Put(c.in)
		c.in = nil
	}
}

// early reads what came with the head, if there is some left.
func (c *conn) early(p []byte) (n int, some bool) {
	if c.in == nil || c.in.Buffered() == 0 {
		c.giveBack()
		return 0, false
	}
	n, _ = c.in.Read(p) // what is buffered is read without an error
	return n, true
}

// discard drops n bytes of a body if they came with the head, and reports
// whether it did.
func (c *conn) discard(n int64) bool {
	if c.in == nil || int64(c.in.Buffered()) < n {
		return false
	}
	_, err := c.in.Discard(int(n))
	return err == nil
}

func (c *conn) close() {
	c.giveBack()
	_ = c.stream.Close()
}

// stale reports whether an unused connection should not be used again.
func (c *conn) stale(now time.Time, keepAlive time.Duration) bool {
	unused := now.Sub(c.since)
	if keepAlive > 0 && unused >= keepAlive || now.After(c.retire) {
		return true
	}
	// Also one that has something to say unasked, which the next caller would
	// take for its own answer.
	return speaks(c.raw)
}

// exchange sends one call and reads the head of its answer.
func (c *conn) exchange(ctx context.Context, call *driver.Call) (*Answer, error) {
	c.cut.Store(false)
	c.heard = false
	stop := context.AfterFunc(ctx, func() {
		c.cut.Store(true)
		_ = c.raw.SetDeadline(time.Unix(1, 0))
	})
	used, began := !c.since.IsZero(), time.Now()
	fail := func(p Phase, err error) (*Answer, error) {
		stop()
		c.close()
		stale := used && p == Waiting && !c.heard && ctx.Err() == nil && time.Since(began) < atOnce
		return nil, &Error{Phase: p, Err: cause(ctx, err), stale: stale}
	}
	c.borrow()
	sent := c.send(call)
	if sent != nil && !c.answeredEarly(sent) {
		return fail(Writing, sent)
	}
	h, err := c.readHead()
	switch {
	case err != nil && sent != nil:
		return fail(Writing, sent)
	case err != nil && errors.Is(err, errHead):
		return fail(Garbled, err)
	case err != nil:
		return fail(Waiting, err)
	}
	b := &body{conn: c, ctx: ctx, stop: stop, reuse: h.keep && sent == nil}
	b.frame(h, call.Method)
	return &Answer{Status: h.status, Header: h.header, Length: b.length(), Body: b}, nil
}

// answeredEarly: a server that refuses a large body may answer and close before
// it has read it; the answer may still be there.
func (c *conn) answeredEarly(err error) bool {
	if errors.Is(err, errAnswered) {
		return true
	}
	if c.cut.Load() {
		return false
	}
	_ = c.raw.SetReadDeadline(time.Now().Add(time.Second))
	_, peek := c.in.Peek(1)
	_ = c.raw.SetReadDeadline(time.Time{})
	return peek == nil && !c.cut.Load()
}

// send writes the request.
func (c *conn) send(call *driver.Call) error {
	size := call.Body.Len()
	c.head = c.appendHead(c.head[:0], call, size)
	if err := c.limitWrite(); err != nil {
		return err
	}
	defer c.freeScratch()
	if size <= oneWrite {
		for _, p := range call.Body {
			c.head = append(c.head, p...)
		}
		_, err := c.stream.Write(c.head)
		return err
	}
	return c.sendLarge(call.Body)
}

// sendLarge writes head and body from where they lie, a step at a time, so that
// a slow cloud is given time as long as it takes something.
func (c *conn) sendLarge(parts protocol.Segments) error {
	var step net.Buffers
	room := writeStep
	flush := func() error {
		if err := c.limitWrite(); err != nil {
			return err
		}
		_, err := step.WriteTo(c.stream)
		step, room = step[:0], writeStep
		return err
	}
	step = append(step, c.head)
	for _, p := range parts {
		for len(p) > 0 {
			n := min(len(p), room)
			step = append(step, p[:n])
			p, room = p[n:], room-n
			if room > 0 {
				continue
			}
			if err := flush(); err != nil {
				return err
			}
			if c.raw == c.stream && speaks(c.raw) {
				return errAnswered
			}
		}
	}
	return flush()
}

// errAnswered: the cloud has answered, or hung up, before it had the whole
// request, so the rest of it is not wanted.
var errAnswered = errors.New("answered before the request was fully sent")

// limitWrite gives the next write its time. A context that has ended meanwhile
// has put the deadline into the past, where it must stay.
func (c *conn) limitWrite() error {
	if limit := c.origin.options.WriteIdle; limit > 0 {
		if err := c.raw.SetWriteDeadline(time.Now().Add(limit)); err != nil {
			return err
		}
	}
	if c.cut.Load() {
		return context.Canceled
	}
	return nil
}

func (c *conn) freeScratch() {
	if cap(c.head) > keepScratch {
		c.head = nil
	}
}

// appendHead appends the request line and headers. Names and values come from
// drivers and signers; what could end a header early is refused there, and is
// replaced here all the same.
func (c *conn) appendHead(b []byte, call *driver.Call, size int) []byte {
	b = append(b, call.Method...)
	b = append(b, ' ')
	b = append(b, call.Path...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, c.origin.host...)
	b = append(b, "\r\nUser-Agent: "...)
	b = append(b, c.origin.options.UserAgent...)
	if size > 0 || call.Method != http.MethodGet {
		b = append(b, "\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(size), 10)
	}
	b = append(b, "\r\nAccept-Encoding: identity\r\n"...)
	for name, values := range call.Header {
		for _, v := range values {
			b = append(b, name...)
			b = append(b, ": "...)
			b = appendValue(b, v)
			b = append(b, '\r', '\n')
		}
	}
	return append(b, '\r', '\n')
}

func appendValue(b []byte, v string) []byte {
	from := len(b)
	b = append(b, v...)
	for i, ch := range b[from:] {
		if ch == '\r' || ch == '\n' || ch == 0 {
			b[from+i] = ' '
		}
	}
	return b
}

// errHead marks an answer whose head is not HTTP/1.
var errHead = errors.New("malformed HTTP answer")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errHead, fmt.Sprintf(format, args...))
}

// line reads one line of the head, without its end, within what is left of the
// head's bytes.
func (c *conn) line(left *int) ([]byte, error) {
	b, err := c.in.ReadSlice('\n')
	*left -= len(b)
	c.heard = c.heard || len(b) > 0
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return c.longLine(bytes.Clone(b), left)
	case err == io.EOF && len(b) > 0:
		return nil, io.ErrUnexpectedEOF
	case err != nil:
		return nil, err
	}
	if *left < 0 {
		return nil, malformed("a head of more than %d bytes", maxHead)
	}
	return bytes.TrimRight(b, "\r\n"), nil
}

// longLine reads the rest of a line that is longer than the buffer.
func (c *conn) longLine(b []byte, left *int) ([]byte, error) {
	for {
		more, err := c.in.ReadSlice('\n')
		b = append(b, more...)
		if *left -= len(more); *left < 0 {
			return nil, malformed("a head of more than %d bytes", maxHead)
		}
		if err == nil {
			return bytes.TrimRight(b, "\r\n"), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
	}
}
