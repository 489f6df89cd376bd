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

// client is the client's side of a streamed answer. The relay gathers bytes in
// pending and sends them; the watch sends signs of life in between. Until begin
// the client has seen nothing.
type client struct {
	w    http.ResponseWriter
	push *http.ResponseController // of w
	// start writes the headers of the answer; it is called once, by begin.
	start func(http.Header)
	// ping is what to send to a client that hears nothing; nil: no stream is
	// under way; empty: the language has no sign of life.
	ping []byte
	// status is what was written, 0 before.
	status int

	mu      sync.Mutex
	pending []byte // not written yet
	shown   atomic.Bool
	last    time.Time // of the last write
	writing atomic.Int64
	err     error // the client is gone
}

// begun reports whether the client has seen anything.
func (c *client) begun() bool { return c.shown.Load() }

// waiting reports whether a write to the client is under way.
func (c *client) waiting() bool { return c.writing.Load() != 0 }

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

// send writes what is pending. With the answer not begun it does nothing.
func (c *client) send() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.flush()
}

func (c *client) flush() error {
	if !c.begun() || len(c.pending) == 0 || c.err != nil {
		return c.err
	}
	c.last = time.Now()
	c.writing.Store(c.last.UnixNano())
	_, err := c.w.Write(c.pending)
	if err == nil {
		err = c.push.Flush()
	}
	c.writing.Store(0)
	c.pending = c.pending[:0]
	if cap(c.pending) > 2*batch {
		c.pending = nil
	}
	c.err = err
	return err
}

// open begins to gather a stream; ping is its sign of life.
func (c *client) open(ping []byte) {
	c.mu.Lock()
	c.pending, c.ping = c.pending[:0], ping
	c.mu.Unlock()
}

// discard forgets what was held back of a failed attempt.
func (c *client) discard() { c.open(nil) }

// tend is called by the watch: it ends a client that takes nothing, shows the
// client an answer that was held back long enough, and gives a sign of life
// when nothing was written for the time of ping.
func (c *client) tend(ping, stall time.Duration, held bool) {
	if since := c.writing.Load(); since != 0 {
		if stall > 0 && time.Since(time.Unix(0, since)) >= stall {
			_ = c.push.SetWriteDeadline(time.Unix(1, 0))
		}
		return
	}
	if !c.mu.TryLock() {
		return // the relay is writing just now
	}
	defer c.mu.Unlock()
	if held && !c.begun() && c.ping != nil {
		c.begin()
	}
	if !c.begun() || ping == 0 || time.Since(c.last) < ping {
		return
	}
	c.pending = append(c.pending, c.ping...)
	_ = c.flush() // the relay sees the error at its next write
}
