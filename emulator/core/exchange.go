package core

import (
	"crypto/rand"
	"encoding/hex"
	"hash/fnv"
	"net/http"
	"strconv"
)

// Exchange is one request at a place, from its arrival to its last byte. It
// belongs to the goroutine that serves the request.
type Exchange struct {
	Place string
	ID    string // request id, 32 hexadecimal digits, different for every request
	Fault Fault  // what a drill wants of this request
	Beat  *Beat
	// OnHeader, when set, is called once, just before the status is sent. It
	// is for headers that depend on how long the answer took.
	OnHeader func(h http.Header)

	w       http.ResponseWriter
	r       *http.Request
	release <-chan struct{} // closed when the emulator stops
}

// Enter begins an exchange: it sets the header x-emulated-by, takes the fault
// ordered for this request, and carries it out if it needs no dialect (down,
// hang, garbage). When ok is false the request is over and the handler returns.
// A dialect calls it once for every request to its cloud.
func (c *Core) Enter(place string, w http.ResponseWriter, r *http.Request) (x *Exchange, ok bool) {
	w.Header().Set("X-Emulated-By", "interline")
	id := newID()
	fault := c.Drills.For(place)
	if fault.Kind != "" {
		c.Logger.Info("drill", "place", place, "kind", fault.Kind, "request", id, "path", r.URL.Path)
	}
	pace, known := c.paces[place]
	if !known {
		pace = DefaultPace
	}
	x = &Exchange{
		Place: place, ID: id, Fault: fault,
		Beat: newBeat(pace, c.speed, fault, c.seed^sumOf(id)),
		w:    w, r: r, release: c.release,
	}
	return x, !fault.play(w, r, c.release)
}

// newID is random, as request ids are; nothing that is promised to be
// repeatable depends on it.
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	return hex.EncodeToString(b[:])
}

func sumOf(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// Header is the response's header, to be filled before Respond or Stream.
func (x *Exchange) Header() http.Header { return x.w.Header() }

// writeHeader sends the status and the headers.
func (x *Exchange) writeHeader(status int) {
	if x.OnHeader != nil {
		x.OnHeader(x.w.Header())
	}
	x.w.WriteHeader(status)
}

// Refuse sends an error body at once, without pace or fault.
func (x *Exchange) Refuse(status int, contentType string, body []byte) {
	x.w.Header().Set("Content-Type", contentType)
	x.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	x.writeHeader(status)
	_, _ = x.w.Write(body)
}

// Respond sends a whole answer after as long as its tokens take. A drill of
// kind cut, eof or stall breaks it in the middle of its body, below its
// Content-Length; corrupt sends a body without its last byte under a correct
// Content-Length; for kind error, ErrInStream comes back with nothing sent. An
// error other than ErrInStream means that the caller did not get the answer.
func (x *Exchange) Respond(status int, contentType string, body []byte, tokens int) error {
	if x.Fault.Kind == InStream {
		return ErrInStream
	}
	ctx := x.r.Context()
	if err := x.Beat.First(ctx); err != nil {
		return err
	}
	if err := x.Beat.Tokens(ctx, tokens); err != nil {
		return err
	}
	if x.Fault.Kind == Corrupt && len(body) > 0 {
		body = body[:len(body)-1]
	}
	h := x.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	x.writeHeader(status)
	switch x.Fault.Kind {
	case Cut, EOF, Stall:
		return x.half(body)
	}
	_, err := x.w.Write(body)
	if err == nil && x.Fault.Kind == Corrupt {
		return ErrBroken
	}
	return err
}

// half sends half of a body whose length was announced and then breaks it.
func (x *Exchange) half(body []byte) error {
	_, _ = x.w.Write(body[:len(body)/2])
	ctl := http.NewResponseController(x.w)
	_ = ctl.Flush()
	switch x.Fault.Kind {
	case Stall:
		await(x.r, x.release)
	case Cut:
		Reset(x.w)
	case EOF:
		conn, _, err := ctl.Hijack()
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		_ = conn.Close()
	}
	return ErrBroken
}
