// Package server is the door: it takes requests in any of the client languages,
// finds out by path which one, asks for a key, reads and opens the body, and
// hands the request to the exchange. Everything it refuses it refuses in the
// caller's own language, and none of that reaches a cloud.
//
// The tables of routes are data (routes.go), so that `interline routes` can
// print them. What serves is a [World]: an immutable snapshot built from one
// configuration. A new one is put in place while requests under way keep theirs.
package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/exchange"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/all"
	"github.com/interline-ai/interline/route"
)

// World is everything that one configuration says about serving.
type World struct {
	Table    *route.Table
	Exchange *exchange.Exchange
	Keys     *Keys
	Losses   exchange.LossMode
	Limits   Limits
	// Seals name the ids of what vendors keep; nil passes them as they are.
	Seals exchange.Seals
	// DropState lets conversations go on without what only an absent place keeps.
	DropState bool
}

// Limits bound what a client may send. A duration or size of 0 is no limit.
type Limits struct {
	Body                int64         // bytes of one request's body
	BodyIdle, BodyTotal time.Duration // without progress, and for the whole body
}

// Server is an http.Handler for all client languages.
type Server struct {
	log   *slog.Logger
	world atomic.Pointer[World]
	// buffered and smalls bound the bytes of all bodies held at the same time;
	// small bodies are counted apart, so that large ones never keep them
	// waiting.
	buffered, smalls *semaphore.Weighted
	draining         atomic.Bool
}

// New returns a server that serves the world. It holds at most buffered bytes of
// requests' bodies at the same time; further ones wait, and are refused when
// they wait too long.
func New(w *World, buffered int64, log *slog.Logger) *Server {
	s := &Server{log: log, buffered: semaphore.NewWeighted(buffered - buffered/4), smalls: semaphore.NewWeighted(buffered / 4)}
	s.world.Store(w)
	return s
}

// Use steps into a new world. Requests under way finish in the old one.
func (s *Server) Use(w *World) { s.world.Store(w) }

// Drain makes /readyz say that no new requests should come. They are still
// served.
func (s *Server) Drain() { s.draining.Store(true) }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := &visit{s: s, world: s.world.Load(), w: w, r: r, received: time.Now(), id: requestID(r.Header)}
	defer v.contain()
	v.serve()
}

// visit is one request at the door.
type visit struct {
	s        *Server
	world    *World
	w        http.ResponseWriter
	r        *http.Request
	received time.Time
	id       string
	lang     protocol.Protocol // the language to refuse in
	key      string            // the name of the caller's key
	handed   bool              // to the exchange
}

// contain keeps a panic within its request.
func (v *visit) contain() {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	v.s.log.Error("panic while serving a request", "request", v.id, "panic", p, "stack", string(debug.Stack()))
	if v.handed {
		panic(http.ErrAbortHandler) // the answer may have begun: break it visibly
	}
	v.refuse(&interline.Fault{Class: interline.C12Local, Code: interline.CodeInternal, Message: "the gateway failed on this request; its log says why, under the request's id"})
}

func (v *visit) serve() {
	found, names := find(v.r.URL.EscapedPath())
	if found == nil || elsewise(found, v.r) {
		if other, named := passing(v.r); other != nil {
			found, names = other, named
		}
	}
	v.lang = languageOf(found, v.r)
	v.identify()
	switch {
	case isUpgrade(v.r.Header):
		v.refuse(&interline.Fault{
			Class: interline.C12Local, Code: interline.CodeUpgrade,
			Message: "WebSocket is not served here; send the request over HTTP instead",
		})
	case found == nil:
		v.refuse(&interline.Fault{
			Class: interline.C12Local, Code: interline.CodeNotFound,
			Message: "no such path: " + clip(v.r.URL.Path) + "; `interline routes` lists the ones there are",
		})
	case found.Method != v.r.Method && (found.Method != http.MethodGet || v.r.Method != http.MethodHead):
		v.w.Header().Set("Allow", found.Method)
		v.refuse(&interline.Fault{
			Class: interline.C12Local, Code: interline.CodeMethod,
			Message: found.Pattern + " takes " + found.Method + ", not " + clip(v.r.Method),
		})
	default:
		found.serve(v, found, names)
	}
}

// refuse answers with a fault in the caller's language.
func (v *visit) refuse(f *interline.Fault) {
	status, header, body := v.lang.WriteFault(f, v.id)
	h := v.w.Header()
	for name, values := range header {
		h[name] = values
	}
	exchange.SetRetry(h, f, 0)
	h[exchange.HeaderError] = []string{f.Class.String() + " " + string(f.Code)}
	if f.Code == interline.CodeUpgrade {
		h.Set("Connection", "close")
	}
	v.w.WriteHeader(status)
	_, _ = v.w.Write(body) // nobody is left to tell
	v.world.Exchange.Done(&exchange.Record{
		ID: v.id, Key: v.key, Language: v.lang.Name(), Received: v.received, Took: time.Since(v.received), Status: status, Fault: f,
	})
}

// maxModel bounds a model's name, which is repeated in answers and logs.
const maxModel = 512

// generate serves an operation that asks a model.
func generate(v *visit, rt *Route, names Names) {
	key, fault := v.world.Keys.check(v.r)
	if fault != nil {
		v.refuse(fault)
		return
	}
	v.key = key
	body, fault := v.s.read(v.w, v.r, &v.world.Limits)
	if fault != nil {
		v.refuse(fault)
		return
	}
	if fault = v.world.Keys.checkBody(v.r, body.bytes); fault != nil {
		body.free()
		v.refuse(fault)
		return
	}
	operation := v.look(rt, body.bytes)
	text, err := v.within(rt, body.bytes)
	var opened *protocol.Opened
	if err == nil {
		opened, err = v.lang.Open(protocol.Spoken{
			Operation: operation, Model: names.Model, Stream: rt.Stream, Header: v.r.Header,
		}, text)
	}
	if err == nil && len(opened.Head.Model) > maxModel {
		err = interline.Invalid("model", "the model's name is longer than %d bytes", maxModel)
	}
	if err != nil {
		if found, p := v.foreign(rt, err, body.bytes); found != nil {
			v.lang = languageOf(found, v.r)
			v.forward(found, p, body)
			return
		}
		body.free()
		v.refuse(faultOf(err))
		return
	}
	v.handed = true
	v.world.Exchange.Serve(v.w, v.r, &exchange.Ask{
		In: v.lang, Opened: opened, ID: v.id, Key: key,
		Losses: lossMode(v.world.Losses, v.r.Header), Received: v.received, Release: body.free, Conn: connOf(v.r),
		Seals: v.world.Seals, DropState: v.world.DropState,
	})
}

// look returns the operation of a request. One path of Bedrock's takes the bodies
// of many vendors' models, so there the body tells that vectors are asked for, and
// in which language.
func (v *visit) look(rt *Route, body []byte) string {
	if rt.Language == protocol.Invoke && !rt.Stream {
		if e := all.Invoked(body); e != nil {
			v.lang = e
			return vectors
		}
	}
	return rt.Operation
}

// connKey is where a connection is in the context of its requests.
type connKey struct{}

// WithConn is for an http.Server's ConnContext, whose connection it puts into the
// context of all requests on it: streams are then written straight to it.
func WithConn(ctx context.Context, c io.WriteCloser) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// connOf is the connection that answers r and nobody else, where answers to r
// are chunked; otherwise nil.
func connOf(r *http.Request) io.WriteCloser {
	if r.ProtoMajor != 1 || r.ProtoMinor < 1 {
		return nil
	}
	c, _ := r.Context().Value(connKey{}).(io.WriteCloser)
	return c
}

// lossMode is the configured mode, or what the request narrows it to.
func lossMode(configured exchange.LossMode, h http.Header) exchange.LossMode {
	v := h["X-Interline-Losses"]
	if len(v) == 0 {
		return configured
	}
	switch {
	case v[0] == "strict":
		return exchange.Strict
	case v[0] == "warn" && configured == exchange.Silent:
		return exchange.Warn
	}
	return configured
}
