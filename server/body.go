package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/interline-ai/interline"
)

// Sizes in bytes. Memory is taken as a body comes: what its length promises is
// believed up to mostPromised.
const (
	firstRoom    = 1 << smallest
	mostPromised = 1 << largest
	small        = 256 << 10
)

// patience is how long a body waits for others to be done when there are too
// many bytes in memory.
const patience = time.Second

// body is a request's body in memory.
type body struct {
	s     *Server
	bytes []byte
	held  int64 // of the bytes that bodies of its size may take
	from  *semaphore.Weighted
}

// Memory of bodies is kept in sizes of a power of two, each in a pool of its
// own, so that a small body never takes the place of a large one.
const (
	smallest = 13 // 8 KiB
	largest  = 22 // 4 MiB
)

var pools [largest - smallest + 1]sync.Pool

// class is the size, as a power of two, that holds n bytes.
func class(n int) int { return max(bits.Len(uint(n-1)), smallest) }

// room returns memory for n bytes.
func room(n int) []byte {
	c := class(n)
	if c <= largest {
		if b, ok := pools[c-smallest].Get().(*[]byte); ok {
			return (*b)[:0]
		}
	}
	return make([]byte, 0, 1<<c)
}

// keep gives memory from room back.
func keep(b []byte) {
	if c := class(cap(b)); c <= largest && cap(b) == 1<<c {
		pools[c-smallest].Put(&b)
	}
}

// free gives the memory back. The body must not be used after it.
func (b *body) free() {
	if b.from == nil {
		return
	}
	b.from.Release(b.held)
	keep(b.bytes)
	*b = body{s: b.s}
}

// read reads a request's body, bounded in size, time and in what all bodies may
// take together.
func (s *Server) read(w http.ResponseWriter, r *http.Request, l *Limits) (*body, *interline.Fault) {
	if f := checkType(r.Header); f != nil {
		return nil, f
	}
	return s.readAny(w, r, l)
}

// readAny reads a body of any type.
func (s *Server) readAny(w http.ResponseWriter, r *http.Request, l *Limits) (*body, *interline.Fault) {
	if f := checkCoding(r.Header); f != nil {
		return nil, f
	}
	if l.Body > 0 && r.ContentLength > l.Body {
		return nil, tooLarge(l.Body)
	}
	b := &body{s: s}
	f := b.grow(r.Context(), int(min(max(r.ContentLength+1, firstRoom), mostPromised)))
	if f == nil {
		f = b.fill(w, r, l)
	}
	if f != nil {
		b.free()
		return nil, f
	}
	return b, nil
}

// grow moves the body to where it has room for n bytes.
func (b *body) grow(ctx context.Context, n int) *interline.Fault {
	n = 1 << class(n)
	from := b.s.smalls
	if n > small {
		from = b.s.buffered
	}
	if f := b.hold(ctx, from, int64(n)); f != nil {
		return f
	}
	larger := append(room(n), b.bytes...)
	keep(b.bytes)
	b.bytes = larger
	return nil
}

// hold takes n bytes of what bodies may have in place of what is held.
func (b *body) hold(ctx context.Context, from *semaphore.Weighted, n int64) *interline.Fault {
	if !from.TryAcquire(n) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		if err := from.Acquire(ctx, n); err != nil {
			return &interline.Fault{
				Class: interline.C6Overload, Code: interline.CodeOverloaded, RetryAfter: patience,
				Message: "too many large requests at the same time; try again",
			}
		}
	}
	if b.from != nil {
		b.from.Release(b.held)
	}
	b.from, b.held = from, n
	return nil
}

// fill reads to the end.
func (b *body) fill(w http.ResponseWriter, r *http.Request, l *Limits) *interline.Fault {
	clock := http.NewResponseController(w)
	began := time.Now()
	var set time.Time // when the deadline was set last
	for {
		if len(b.bytes) == cap(b.bytes) {
			if f := b.grow(r.Context(), 2*cap(b.bytes)); f != nil {
				return f
			}
		}
		if now := time.Now(); now.Sub(set) > time.Second {
			if f := limit(clock, began, l); f != nil {
				return f
			}
			set = now
		}
		n, err := r.Body.Read(b.bytes[len(b.bytes):cap(b.bytes)])
		b.bytes = b.bytes[:len(b.bytes)+n]
		switch {
		case l.Body > 0 && int64(len(b.bytes)) > l.Body:
			return tooLarge(l.Body)
		case err == io.EOF:
			// A server that cannot lift the deadline cannot have set it.
			_ = clock.SetReadDeadline(time.Time{})
			return nil
		case err != nil:
			return brokenBody(err)
		}
	}
}

// limit gives the next read its time.
func limit(clock *http.ResponseController, began time.Time, l *Limits) *interline.Fault {
	var end time.Time
	if l.BodyIdle > 0 {
		end = time.Now().Add(l.BodyIdle)
	}
	if last := began.Add(l.BodyTotal); l.BodyTotal > 0 && (end.IsZero() || last.Before(end)) {
		end = last
	}
	if end.IsZero() {
		return nil
	}
	if err := clock.SetReadDeadline(end); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return brokenBody(err)
	}
	return nil
}

// checkCoding refuses what is compressed.
func checkCoding(h http.Header) *interline.Fault {
	if v := first(h["Content-Encoding"]); v != "" && v != "identity" {
		return &interline.Fault{
			Class: interline.C12Local, Code: interline.CodeMediaType, Param: "content-encoding",
			Message: fmt.Sprintf("a body in %s is not taken; send it uncompressed", clip(v)),
		}
	}
	return nil
}

// checkType refuses what cannot be JSON.
func checkType(h http.Header) *interline.Fault {
	v := first(h["Content-Type"])
	kind, _, _ := strings.Cut(v, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	// Some clients send nothing, or what their HTTP library does by default.
	if kind == "" || strings.HasSuffix(kind, "json") || kind == "text/plain" || kind == "application/octet-stream" {
		return nil
	}
	return &interline.Fault{
		Class: interline.C12Local, Code: interline.CodeMediaType, Param: "content-type",
		Message: fmt.Sprintf("content type %s is not taken here; send application/json", clip(v)),
	}
}

func tooLarge(limit int64) *interline.Fault {
	return &interline.Fault{
		Class: interline.C12Local, Code: interline.CodeTooLarge,
		Message: fmt.Sprintf("the request's body is larger than %d bytes", limit),
	}
}

func brokenBody(err error) *interline.Fault {
	f := &interline.Fault{Class: interline.C12Local, Code: interline.CodeInvalid, Err: err}
	f.Message = "the request's body broke off"
	if errors.Is(err, os.ErrDeadlineExceeded) {
		f.Code, f.Message = interline.CodeTimeout, "the request's body came too slowly"
	}
	return f
}
