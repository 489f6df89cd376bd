package exchange

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// batch is how much is gathered before it is written without waiting for the
// end of what has arrived, in bytes.
const batch = 32 << 10

// step is how much is written between two looks at the clock, in bytes.
const step = 256 << 10

// mostKept is how much memory is kept for the next batch, in bytes.
const mostKept = 2 * batch

// client is the client's side of a streamed answer. The relay gathers bytes in
// pending and sends them; the watch sends signs of life in between. Until begin
// the client has seen nothing.
type client struct {
	mu sync.Mutex
	// What is not written yet is in pending, or it is all one piece of the
	// cloud's own bytes, which are written from where they lie.
	pending []byte
	direct  []byte
	wire    wire // beneath w
	// Counts that the watch looks at: of writes begun and done, of which an
	// odd number is one under way; of times that the cloud said anything; and
	// of those, the ones with content.
	writes, heard, content atomic.Int64
	shown                  atomic.Bool
	flushed                bool // the head is on its way
	// forwards: what is held back is the last that needs memory here.
	forwards bool
	err      error // the client is gone
	// ping is what to send to a client that hears nothing; nil: no stream is
	// under way, or it is whole; empty: the language has no sign of life.
	ping []byte

	w    http.ResponseWriter
	push *http.ResponseController // of w
	// start writes the headers of the answer; it is called once, by begin.
	start func(http.Header)
	// status is what was written, 0 before.
	status int
}

// begun reports whether the client has seen anything.
func (c *client) begun() bool { return c.shown.Load() }

// waiting reports whether a write to the client is under way.
func (c *client) waiting() bool { return c.writes.Load()%2 != 0 }

// begin writes the head of the answer and lets what is pending go.
func (c *client) begin() {
	if c.begun() {
		return
	}
	c.start(c.w.Header())
	c.status = http.StatusOK
	c.w.WriteHeader(http.StatusOK)
	c.shown.Store(true)
}

// add gathers bytes that stay as they are until the next send.
func (c *client) add(b []byte) {
	switch {
	case !c.begun() || len(c.pending) > 0:
		c.pending = append(c.pending, b...)
	case len(c.direct) == 0:
		c.direct = b
	case follows(c.direct, b):
		c.direct = c.direct[:len(c.direct)+len(b)]
	default:
		c.settle()
		c.pending = append(c.pending, b...)
	}
}

// follows reports whether b lies in memory right after a.
func follows(a, b []byte) bool {
	return len(b) > 0 && cap(a) >= len(a)+len(b) && &a[:len(a)+1][len(a)] == &b[0]
}

// settle moves what was to be written from where it lies to where more can be
// added.
func (c *client) settle() {
	c.pending = append(c.pending, c.direct...)
	c.direct = nil
}

// gathered is how much is not written yet, in bytes.
func (c *client) gathered() int { return len(c.pending) + len(c.direct) }

// send writes what is pending. With the answer not begun it does nothing.
func (c *client) send() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.flush()
}

// flush writes what is gathered.
func (c *client) flush() error {
	if !c.begun() || c.gathered() == 0 || c.err != nil {
		return c.err
	}
	from := c.pending
	if len(from) == 0 {
		from = c.direct
	}
	c.writes.Add(1)
	err := c.put(from)
	c.writes.Add(1)
	c.pending, c.direct = c.pending[:0], nil
	if cap(c.pending) > mostKept || c.forwards {
		c.pending = nil
	}
	c.err = err
	return err
}

// put writes b, on the shortest way there is.
func (c *client) put(b []byte) error {
	if c.flushed && c.wire.takes(len(b)) {
		return c.wire.chunk(b)
	}
	if err := c.steps(b); err != nil {
		return err
	}
	c.flushed = true
	return c.push.Flush()
}

// steps writes b a step at a time, so that a client that takes little is told
// from one that takes nothing.
func (c *client) steps(b []byte) error {
	for len(b) > step {
		if _, err := c.w.Write(b[:step]); err != nil {
			return err
		}
		b = b[step:]
		c.writes.Add(2) // another write is under way
	}
	_, err := c.w.Write(b)
	return err
}

// whole writes a body that is not streamed, and gives each step of it the time
// of stall.
func (c *client) whole(b []byte, stall time.Duration) error {
	c.status = http.StatusOK
	c.shown.Store(true)
	if len(b) > step && stall > 0 {
		// The next answer on the connection has a time of its own.
		defer func() { _ = c.push.SetWriteDeadline(time.Time{}) }()
	}
	for len(b) > step && stall > 0 {
		// A server that cannot bound a write cannot be held up by one either.
		_ = c.push.SetWriteDeadline(time.Now().Add(stall))
		if _, err := c.w.Write(b[:step]); err != nil {
			return err
		}
		b = b[step:]
	}
	_, err := c.w.Write(b)
	return err
}

// open begins to gather a stream; ping is its sign of life. forwards says that
// what is held back is the last that needs memory here.
func (c *client) open(ping []byte, forwards bool) {
	c.mu.Lock()
	c.forwards = forwards
	c.pending, c.direct, c.ping = c.pending[:0], nil, ping
	c.mu.Unlock()
}

// discard forgets what was held back of a failed attempt, and reports whether it
// could: not when the answer has begun.
func (c *client) discard() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begun() {
		return false
	}
	c.pending, c.direct, c.ping = c.pending[:0], nil, nil
	return true
}

// tend is called by the watch: it ends a client that takes nothing, shows the
// client an answer that was held back long enough, and gives a sign of life
// when nothing was written for the time of ping. quiet is for how long nothing was
// written, at least.
func (c *client) tend(quiet, ping, stall time.Duration, held bool) {
	if c.waiting() {
		if stall > 0 && quiet >= stall {
			_ = c.push.SetWriteDeadline(time.Unix(1, 0))
		}
		return
	}
	if !c.mu.TryLock() {
		return // the relay is writing just now
	}
	defer c.mu.Unlock()
	if c.ping == nil {
		return // no stream is under way, or it is whole
	}
	if stall > 0 {
		// Nobody looks at the clock while this waits.
		_ = c.push.SetWriteDeadline(time.Now().Add(stall))
		defer func() { _ = c.push.SetWriteDeadline(time.Time{}) }()
	}
	if held && !c.begun() {
		c.begin()
	}
	// Looked at twice within ping, half of it without a write is enough.
	if !c.begun() || ping == 0 || quiet < ping/2 {
		return
	}
	c.add(c.ping)
	_ = c.flush() // the relay sees the error at its next write
}
