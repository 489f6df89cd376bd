package core

import (
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// Fault is what a drill wants of one request. The zero Fault wants nothing.
type Fault struct {
	Kind   Kind
	After  int           // events sent before it happens
	Status int           // for StatusCode
	Delay  time.Duration // for Slow; retry time for Throttle and Overload
}

// RetryAfter is what the retry headers of a throttled answer should say.
func (f Fault) RetryAfter() time.Duration {
	if f.Delay > 0 {
		return f.Delay
	}
	return time.Second
}

func (f Fault) delayFirst() time.Duration {
	if f.Kind != Slow {
		return 0
	}
	return f.Delay
}

func (f Fault) delayToken() time.Duration {
	if f.Kind != Slow {
		return 0
	}
	return f.Delay / 20
}

// play carries out the faults that need no dialect. It says whether the
// request is over.
func (f Fault) play(w http.ResponseWriter, r *http.Request, release <-chan struct{}) bool {
	switch f.Kind {
	case Down:
		Reset(w)
	case Hang:
		hang(r, release)
	case Garbage:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusOK)
		io.WriteString(w, garbagePage) //nolint:errcheck // the caller's end is the caller's affair
	default:
		return false
	}
	return true
}

const garbagePage = "<!DOCTYPE html>\n<html><head><title>Emulated gateway page</title></head>" +
	"<body><h1>It works!</h1><p>This page stands where an answer should be.</p></body></html>\n"

// hang reads the request, so that the server notices when its caller leaves,
// and waits for that or for the emulator to stop.
func hang(r *http.Request, release <-chan struct{}) {
	io.Copy(io.Discard, io.LimitReader(r.Body, 64<<20)) //nolint:errcheck // what cannot be read is not needed
	await(r, release)
}

func await(r *http.Request, release <-chan struct{}) {
	select {
	case <-r.Context().Done():
	case <-release:
	}
}

// Reset breaks the connection of a request so that its caller sees a reset
// rather than an end. Over HTTP/2 it resets the stream. It does not return
// where the server offers no other way than a panic with http.ErrAbortHandler.
func Reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	resetConn(conn)
}

// resetConn closes a connection without the polite ending of TCP.
func resetConn(conn net.Conn) {
	inner := conn
	if t, ok := conn.(interface{ NetConn() net.Conn }); ok {
		inner = t.NetConn()
	}
	if t, ok := inner.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = inner.Close()
}

// Listener wraps the listener of a place so that a drill of kind down resets
// connections as they are accepted.
func Listener(inner net.Listener, drills *Drills, place string) net.Listener {
	return &downListener{Listener: inner, drills: drills, place: place}
}

type downListener struct {
	net.Listener
	drills *Drills
	place  string
}

func (l *downListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil || !l.drills.TakeDown(l.place) {
			return conn, err
		}
		resetConn(conn)
	}
}

// Errors of [Exchange.Respond] and [Stream.Send]. After ErrBroken the dialect
// returns at once; after ErrInStream it writes its own error event with
// [Stream.Last] and returns.
var (
	ErrBroken   = errors.New("a drill broke the answer off")
	ErrInStream = errors.New("a drill wants the dialect's own error now")
)
