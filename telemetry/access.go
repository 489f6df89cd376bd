package telemetry

import (
	"bufio"
	"encoding/json"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/interline-ai/interline/exchange"
)

// waiting is how many requests may wait to be told of. More than that are
// counted and forgotten: telling never holds up an answer.
const waiting = 4096

// Access writes a [Line] for every request. It may be used by many requests at
// once.
type Access struct {
	to      io.Writer
	records chan *exchange.Record
	held    int64 // lines that are not written out yet
	missed  atomic.Int64
	end     chan struct{} // closed by Close
	done    chan struct{} // closed when all is written
	once    sync.Once
}

// NewAccess returns an access log that writes to w until Close.
func NewAccess(w io.Writer) *Access {
	a := &Access{to: w, records: make(chan *exchange.Record, waiting), end: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(a.done)
		a.write(bufio.NewWriterSize(w, 64<<10))
	}()
	return a
}

// Done takes note of a request that is over. It never blocks. What comes after
// Close is forgotten.
func (a *Access) Done(r *exchange.Record) {
	select {
	case a.records <- r:
	default:
		a.missed.Add(1)
	}
}

// closing bounds the wait for a log that cannot be written, such as a pipe that
// nobody reads.
const closing = 2 * time.Second

// Close writes what still waits, if that can be written.
func (a *Access) Close() {
	a.once.Do(func() { close(a.end) })
	select {
	case <-a.done:
	case <-time.After(closing):
	}
}

// write writes lines as they come, and lets them go when no other waits.
func (a *Access) write(w *bufio.Writer) {
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	for {
		r := a.next(w)
		if r == nil {
			return
		}
		a.line(lines, lineOf(r))
		if n := a.missed.Swap(0); n > 0 {
			a.line(lines, map[string]any{"level": "warn", "msg": "requests not told of: there were too many at once", "count": n})
		}
	}
}

// next waits for a record; it returns nil when there is none left and none will
// come.
func (a *Access) next(w *bufio.Writer) *exchange.Record {
	select {
	case r := <-a.records:
		return r
	default:
	}
	a.flush(w) // before waiting
	select {
	case r := <-a.records:
		return r
	case <-a.end:
	}
	select {
	case r := <-a.records:
		return r
	default:
		return nil
	}
}

// line writes one line; flush tells what became of it.
func (a *Access) line(to *json.Encoder, v any) {
	a.held++
	_ = to.Encode(v)
}

// flush writes out what is held. What cannot be written is counted as missed,
// and the log goes on with the next line.
func (a *Access) flush(w *bufio.Writer) {
	if err := w.Flush(); err != nil {
		w.Reset(a.to)
		a.missed.Add(a.held)
	}
	a.held = 0
}
