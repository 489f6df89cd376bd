package exchange

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/interline-ai/interline"
)

// pulse tells how long ago something happened that happens again and again. Who
// makes it happen only counts and does not look at the clock, which costs more
// than the rest of passing an event on; the watch looks at both now and then,
// and so knows to a tick when it last happened.
type pulse struct {
	count *atomic.Int64
	first int64 // count when the watch began
	seen  int64 // count at the last look
	since int64 // when that was seen first
}

func newPulse(count *atomic.Int64) pulse {
	n := count.Load()
	return pulse{count: count, first: n, seen: n}
}

// look returns how long before now, at least, it last happened; never says that
// it has not since the watch began.
func (p *pulse) look(now int64) (quiet time.Duration, never bool) {
	n := p.count.Load()
	if n != p.seen {
		p.seen, p.since = n, now
	}
	return time.Duration(now - p.since), n == p.first
}

// watch keeps the time of one attempt with a single timer: it cuts the call
// when the cloud is silent for too long, cuts the client when it takes nothing,
// and gives the client of a silent stream a sign of life. Limits on silence are
// kept to a tick, which is half the time between signs of life.
type watch struct {
	k      *walk
	cancel context.CancelCauseFunc
	began  time.Time

	stream bool
	first  time.Duration // bound on the wait for the first content
	hold   time.Duration // how long a stream is kept from the client

	bytes   pulse // the cloud said anything
	content pulse // it said content
	writes  pulse // to the client

	mu    sync.Mutex
	timer *time.Timer
	over  bool
}

// newWatch begins to keep the time of an attempt; end must be called.
func newWatch(ctx context.Context, k *walk, a *Attempt) (context.Context, *watch) {
	ctx, cancel := context.WithCancelCause(ctx)
	l := &k.x.Limits
	w := &watch{k: k, cancel: cancel, began: a.Started, stream: k.ask.Opened.Head.Stream, first: l.FirstContent, hold: l.Hold}
	w.bytes, w.content, w.writes = newPulse(&k.client.heard), newPulse(&k.client.content), newPulse(&k.client.writes)
	if said := clientTimeout(k.header); w.stream && said > 0 && w.hold > 0 {
		w.hold = min(w.hold, said) // a client that leaves sooner is shown it sooner
	}
	if thinks(k.ask.Opened.Head.Needs, a) {
		w.first = l.FirstContentReasoning
	}
	if w.stream {
		w.mu.Lock()
		w.timer = time.AfterFunc(w.due(0), w.tick)
		w.mu.Unlock()
	}
	return ctx, w
}

// thinks reports whether a model may be silent for long before it answers.
func thinks(needs interline.Capabilities, a *Attempt) bool {
	rule := a.Deployment.Traits.Thinking
	return needs.Has(interline.CapReasoning) || rule != interline.ThinkingUnknown && rule != interline.ThinkingNone
}

// end stops keeping the time.
func (w *watch) end() {
	w.mu.Lock()
	w.over = true
	if w.timer != nil {
		w.timer.Stop()
	}
	w.mu.Unlock()
	w.cancel(nil)
}

// now is the moment now.
func (w *watch) now() int64 { return int64(time.Since(w.began)) }

// tick looks at the clock and comes again when the next limit could be reached.
func (w *watch) tick() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return
	}
	now := w.now()
	if f := w.expired(now); f != nil {
		w.cancel(f)
		return
	}
	quiet, _ := w.writes.look(now)
	w.k.client.tend(quiet, w.k.x.Limits.Ping, w.k.x.Limits.ClientStall, w.held(now))
	w.timer.Reset(w.due(now))
}

// held reports whether the stream was held back from the client long enough.
func (w *watch) held(now int64) bool {
	return w.hold > 0 && now >= int64(w.hold)
}

// expired returns the fault of the limit that is over, or nil.
func (w *watch) expired(now int64) *interline.Fault {
	l := &w.k.x.Limits
	silent, nothing := w.bytes.look(now)
	idle, none := w.content.look(now)
	switch {
	case w.k.client.waiting():
		return nil // the cloud is not read because the client takes nothing
	case none && w.first > 0 && now >= int64(w.first):
		return timeout("no content came within %s", w.first)
	case !nothing && l.IdleBytes > 0 && silent >= l.IdleBytes:
		return timeout("the stream was silent for %s", l.IdleBytes)
	case !none && l.IdleContent > 0 && idle >= l.IdleContent:
		return timeout("the stream brought no content for %s", l.IdleContent)
	}
	return nil
}

// due is the time until the next limit could be reached.
func (w *watch) due(now int64) time.Duration {
	l := &w.k.x.Limits
	next := time.Minute
	soon := func(limit, gone time.Duration) {
		if limit > 0 && gone < limit {
			next = min(next, limit-gone)
		}
	}
	silent, nothing := w.bytes.look(now)
	idle, none := w.content.look(now)
	if none {
		soon(w.first, time.Duration(now))
		soon(w.hold, time.Duration(now))
	} else {
		soon(l.IdleContent, idle)
	}
	if !nothing {
		soon(l.IdleBytes, silent)
	}
	soon(l.Ping/2, 0)
	soon(l.ClientStall/4, 0)
	return max(next, time.Millisecond)
}

// silence watches over the pauses of a unary body, as [readAll] wants it.
func (w *watch) silence() (piece, end func()) {
	limit := w.k.x.Limits.IdleBytes
	if limit == 0 {
		return func() {}, func() {}
	}
	t := time.AfterFunc(limit, func() { w.cancel(timeout("the answer was silent for %s", limit)) })
	return func() { t.Reset(limit) }, func() { t.Stop() }
}
