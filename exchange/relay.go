package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/envelope"
	"github.com/interline-ai/interline/upstream"
)

// afterwards bounds the wait for the end of a stream whose terminal frame has
// come; the client has everything by then.
const afterwards = 250 * time.Millisecond

// maxHeld is how much of a stream without content is held back, in bytes.
const maxHeld = 64 << 10

// streams reports whether the answer is a stream of the language's frames. Some
// clouds answer a streaming request with one whole body.
func streams(h http.Header, lang protocol.Protocol) bool {
	v := h["Content-Type"]
	if len(v) == 0 {
		return false
	}
	kind, _, _ := strings.Cut(v[0], ";")
	return strings.EqualFold(strings.TrimSpace(kind), lang.Envelope().ContentType())
}

// carrier brings one frame after the other to the client's side: by copying it
// or by saying it anew.
type carrier interface {
	// carry gives the client what it gets for the frame, and says what was
	// seen in it. The client is locked.
	carry(c *client, f protocol.Frame) protocol.Seen
	// usage is the last usage seen, or nil.
	usage() *interline.Usage
	// fault is the error seen in the stream, or nil, and the cloud's own words
	// for it, where those are in the client's language.
	fault() (f *interline.Fault, own []byte)
}

// relay brings a streamed answer to the client, frame by frame as they arrive,
// with one write for the frames that arrived together.
func (k *walk) relay(ctx context.Context, a *Attempt, said spoken, answer *upstream.Answer, w *watch) *interline.Fault {
	k.client.open(k.ask.In.AppendPing([]byte{}), a.Grade == Forwarded)
	r := &stream{
		k: k, a: a, w: w, ctx: ctx, lang: said.lang, header: answer.Header,
		frames: envelope.NewReader(said.lang.Envelope(), answer.Body),
	}
	if a.Grade == Forwarded {
		r.forward = forwarder{meter: said.lang.Meter(true), hideUsage: !k.ask.Opened.Head.StreamUsage}
		r.forward.bound, r.forward.names = k.naming(a.Deployment)
		r.carrier = &r.forward
	} else {
		r.carrier = newTranslator(k, a.Deployment, said.lang, true)
	}
	fault := r.run()
	if r.hurry != nil {
		r.hurry.Stop()
	}
	if u := r.carrier.usage(); u != nil {
		a.Usage, a.Reported = *u, true
	}
	return fault
}

// stream is the state of one streamed answer.
//
// What every frame touches stands together, here and in client: with a thousand
// streams the processor's caches are cold for each event, and cache lines are
// what an event costs outside the kernel.
type stream struct {
	k       *walk
	w       *watch
	frames  envelope.Reader
	carrier carrier
	forward forwarder   // the carrier of bytes that are forwarded
	some    bool        // content has come
	whole   bool        // the terminal frame has come
	fresh   bool        // content came with what arrived last
	freed   bool        // the request's body
	hurry   *time.Timer // set when it is whole

	a      *Attempt
	ctx    context.Context
	lang   protocol.Protocol
	header http.Header // of the cloud's answer
	own    []byte      // the cloud's own words for what broke the stream
}

func (r *stream) run() *interline.Fault {
	c := &r.k.client
	for {
		frame, err := r.frames.Next()
		if err != nil {
			return r.ended(err)
		}
		c.mu.Lock()
		fault := r.take(frame)
		waits := fault == nil && (!r.frames.Ready() || c.gathered() >= batch)
		if waits {
			err = c.flush()
		}
		c.mu.Unlock()
		switch {
		case fault != nil:
			return r.broken(fault)
		case err != nil:
			return r.gone(err)
		case waits:
			r.arrived()
		}
	}
}

// unreadable is a frame that is not of any language.
func unreadable(a *Attempt) *interline.Fault {
	return &interline.Fault{
		Class: interline.C10StreamPre, Code: interline.CodeUpstream,
		Message: a.Deployment.Name + " sent a frame that cannot be read",
	}
}

// arrived notes that all that had arrived was passed on.
func (r *stream) arrived() {
	c := &r.k.client
	c.heard.Add(1)
	if r.fresh {
		r.fresh = false
		c.content.Add(1)
	}
	if r.whole && r.hurry == nil {
		// The cloud has a moment to end the stream, so that the connection
		// can be used again.
		r.hurry = time.AfterFunc(afterwards, func() { r.w.cancel(errWhole) })
	}
}

// take carries one frame and begins the client's answer when it is time to. The
// client is locked.
func (r *stream) take(frame protocol.Frame) *interline.Fault {
	if r.whole {
		return nil // the client has its answer; what comes after is nobody's
	}
	c := &r.k.client
	seen := r.carrier.carry(c, frame)
	if seen&protocol.SawFault != 0 {
		f, own := r.carrier.fault()
		said := r.a.Deployment.Driver.Fault(&r.a.Deployment.Deployment, f, r.header)
		if g := discreet(r.a.Deployment, said); g != said {
			return g
		}
		r.own = own
		return said
	}
	shows := seen&(protocol.SawContent|protocol.SawTerminal) != 0
	if seen&protocol.SawContent != 0 && !c.begun() && r.a.Grade == Forwarded && !json.Valid(frame.Data) {
		// A meter passes on what it cannot read. As the first thing the client
		// would see, it is better had elsewhere.
		return unreadable(r.a)
	}
	if seen&protocol.SawTerminal != 0 && seen&protocol.SawContent == 0 && !r.some {
		return cutShort() // an end, and nothing before it
	}
	r.whole = r.whole || seen&protocol.SawTerminal != 0
	r.fresh = r.fresh || shows
	if shows && !r.some {
		r.some, r.a.FirstContent = true, time.Since(r.a.Started)
		c.content.Add(1)
	}
	if !c.begun() && (shows || c.gathered() > maxHeld) {
		c.begin()
	}
	if !r.freed && c.begun() {
		r.k.release()
		r.freed = true
	}
	if r.whole {
		c.ping = nil // no sign of life after the end
	}
	return nil
}

var errWhole = errors.New("the answer is whole")

// ended handles the end of the bytes.
func (r *stream) ended(err error) *interline.Fault {
	c := &r.k.client
	switch {
	case r.whole:
		if err := c.send(); err != nil {
			return r.gone(err)
		}
		return nil
	case r.ctx.Err() != nil:
		if f := ended(r.ctx); !errors.Is(f, errGone) {
			return r.broken(f)
		}
		return ended(r.ctx)
	}
	f := &interline.Fault{Code: interline.CodeUpstream, Err: err}
	f.Message = "the answer of " + r.a.Deployment.Name + " broke off"
	if errors.Is(err, envelope.ErrFrame) {
		f.Message = r.a.Deployment.Name + " sent a stream that cannot be read"
	}
	if errors.Is(err, io.EOF) {
		f.Message = "the answer of " + r.a.Deployment.Name + " ended before it was whole"
	}
	f.Class = interline.C10StreamPre
	return r.broken(f)
}

// broken ends an answer that will not be whole: unseen when nothing was shown,
// visibly otherwise.
func (r *stream) broken(f *interline.Fault) *interline.Fault {
	c := &r.k.client
	if c.discard() {
		if f.Status == 0 && f.Class == interline.C9Ambiguous {
			f.Class = interline.C10StreamPre
		}
		return f
	}
	cut := *f
	cut.Class = interline.C11StreamPost
	c.mu.Lock()
	c.settle()
	if r.own != nil {
		c.pending = append(c.pending, r.own...)
	} else {
		c.pending = r.k.ask.In.AppendFault(c.pending, &cut, r.k.ask.ID)
	}
	c.mu.Unlock()
	if err := c.send(); err != nil {
		return r.gone(err)
	}
	return &cut
}

// gone is a client that takes no more.
func (r *stream) gone(err error) *interline.Fault {
	return goneFault(fmt.Errorf("%w: %w", errGone, err))
}

// forwarder copies frames and meters them.
type forwarder struct {
	meter     protocol.Meter
	hideUsage bool // the client did not ask for the frame that only tells usage
	own       []byte
	// Where the client is told ids or seals otherwise than the cloud; else nil.
	bound protocol.Bound
	names protocol.Names
}

func (f *forwarder) carry(c *client, frame protocol.Frame) protocol.Seen {
	seen := f.meter.Read(frame)
	if seen&protocol.SawFault != 0 {
		f.own = frame.Raw
		return seen
	}
	if seen&protocol.SawUsageOnly == 0 || !f.hideUsage {
		f.pass(c, frame)
	}
	return seen
}

// pass gives the client the frame as it is, but for ids and seals that name who made
// them.
func (f *forwarder) pass(c *client, frame protocol.Frame) {
	if f.bound == nil {
		c.add(frame.Raw)
		return
	}
	c.settle()
	c.pending = f.bound.AppendNamed(c.pending, frame, f.names)
}

func (f *forwarder) usage() *interline.Usage           { return f.meter.Usage() }
func (f *forwarder) fault() (*interline.Fault, []byte) { return f.meter.Fault(), f.own }

// translator says frames anew in the client's language.
type translator struct {
	from    *cloud.Deployment
	decoder protocol.Decoder
	encoder protocol.Encoder
	used    *interline.Usage
	failed  *interline.Fault
	stopped bool // the answer said why it ended
	// finished: the client's answer is whole; what comes after is not said.
	finished bool
}

// cutShort is an answer that ends as a whole one does without having said why.
func cutShort() *interline.Fault {
	return &interline.Fault{Class: interline.C10StreamPre, Code: interline.CodeUpstream, Message: "the answer ended before it was whole"}
}

// answer is what the client's language must know to write an answer of another.
func (k *walk) answer() protocol.Answer {
	a := protocol.Answer{Head: k.ask.Opened.Head, ID: k.ask.ID, Created: k.ask.Received.Unix()}
	if k.words != nil && k.words.Output.Sound != nil {
		a.Sound = k.words.Output.Sound.Format
	}
	return a
}

// newTranslator translates one answer; stream says how the cloud sends it. How
// the client gets it is in its request's head.
func newTranslator(k *walk, d *cloud.Deployment, from protocol.Translator, stream bool) *translator {
	return &translator{
		from: d, decoder: from.Decoder(stream),
		encoder: k.in().Encoder(k.answer()),
	}
}

func (t *translator) carry(c *client, frame protocol.Frame) protocol.Seen {
	var seen protocol.Seen
	c.pending, seen = t.say(c.pending, frame)
	return seen
}

// say appends to dst what the client gets for a frame.
func (t *translator) say(dst []byte, frame protocol.Frame) ([]byte, protocol.Seen) {
	if t.finished {
		return dst, 0
	}
	events, err := t.decoder.Decode(frame)
	place(events, t.from)
	if err != nil {
		t.failed = &interline.Fault{
			Class: interline.C10StreamPre, Code: interline.CodeUpstream, Err: err,
			Message: "the cloud sent a frame that cannot be read",
		}
		return dst, protocol.SawFault
	}
	var seen protocol.Seen
	for i := range events {
		switch e := &events[i]; {
		case e.Kind == interline.FaultEvent:
			t.failed = e.Fault
			return t.encoder.Append(dst, events[:i]), seen | protocol.SawFault
		case e.Kind == interline.UsageEvent:
			u := *e.Usage
			t.used = &u
		case e.Kind == interline.End:
			if !t.stopped {
				t.failed = cutShort()
				return t.encoder.Append(dst, events[:i]), seen | protocol.SawFault
			}
			seen |= protocol.SawTerminal
		case e.Kind == interline.Finish:
			t.stopped = true
			seen |= protocol.SawContent
		case e.IsContent():
			seen |= protocol.SawContent
		}
	}
	dst = t.encoder.Append(dst, events)
	if seen&protocol.SawTerminal != 0 {
		dst, t.finished = t.encoder.Finish(dst), true
	}
	return dst, seen
}

func (t *translator) usage() *interline.Usage           { return t.used }
func (t *translator) fault() (*interline.Fault, []byte) { return t.failed, nil }
