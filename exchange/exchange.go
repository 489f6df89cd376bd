// Package exchange is the hallway: one request's walk from the door to a cloud
// and back.
//
//	phrase → sign → send → classify → relay
//
// A request goes to the first candidate; while nothing of an answer's content
// has been shown to the client, another candidate may be asked, as the class of
// the fault permits (docs/errors.md). The beginning of an answer that shows no
// content is held back for that reason. Once content was shown there is no
// other attempt: an answer that breaks then is visibly broken, in the client's
// own language.
//
// When the deployment speaks the client's language the bytes are forwarded:
// scanned, patched in place on the way in, metered on the way out. Otherwise the
// request and the answer are translated through the words of package interline.
// Both are the same road; forwarding has the shorter middle.
//
// Answers are pulled: nothing is read from a cloud before the client has taken
// what came before, so a slow client slows its cloud. The room starts no
// goroutines; time is kept by one timer per attempt (watch.go). It knows its
// neighbours as function values and the client as an http.ResponseWriter.
package exchange

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/upstream"
)

// Exchange walks requests. It is immutable and used by many requests at once.
type Exchange struct {
	// Candidates returns the deployments that may serve a request, best first,
	// or none when the model is unknown.
	Candidates func(*interline.Head) []*cloud.Deployment
	// Every returns all deployments there are; nil is none. It is asked for
	// requests that name no model.
	Every func() []*cloud.Deployment
	// Send carries a call to its origin.
	Send func(ctx context.Context, origin string, call *driver.Call) (*upstream.Answer, error)
	// Fetch gets what a request names by its address, for clouds that do not; nil
	// when nothing is fetched.
	Fetch func(ctx context.Context, address string) (mediaType string, data []byte, err error)
	// Estimate returns about how many tokens a request is; nil when nobody
	// knows.
	Estimate func(*interline.Request) int64
	// Done is told of every request when it is over. It must not block.
	Done   func(*Record)
	Limits Limits
}

// Limits bound one request. A duration of 0 is no limit.
type Limits struct {
	Attempts int // calls to clouds, at most
	// Unary and Stream bound a whole request.
	Unary, Stream time.Duration
	// FirstContent bounds the wait for the first content of a stream, and
	// FirstContentReasoning the same for models that think first.
	FirstContent, FirstContentReasoning time.Duration
	// IdleBytes and IdleContent bound the silence within a stream.
	IdleBytes, IdleContent time.Duration
	// Hold is how long a stream without content is kept from the client, so
	// that another deployment may still be asked.
	Hold time.Duration
	// Ping is how long a client of a stream hears nothing before it gets a
	// sign of life.
	Ping time.Duration
	// ClientStall is how long a client may take nothing.
	ClientStall time.Duration
	// Patience is how long to wait before asking the only deployment again
	// that says it is throttled.
	Patience time.Duration
	// AnswerBytes bounds a unary answer.
	AnswerBytes int64
}

// LossMode says what to do about losses.
type LossMode uint8

// The loss modes.
const (
	Warn   LossMode = iota // say them in a response header and the record
	Strict                 // refuse what would lose something
	Silent                 // the record only, except for what changes meaning
)

// Ask is one request at the door, opened.
type Ask struct {
	// In is the client's language: it has read the request and says the
	// answer. It is a protocol.Translator, or, for vectors, a protocol.Embedder.
	In     protocol.Protocol
	Opened *protocol.Opened
	ID     string // the request's id
	Key    string // the name of the caller's key
	Losses LossMode
	// Seals, when not nil, name the ids of what vendors keep.
	Seals Seals
	// DropState asks without what a request refers to, where the place that keeps
	// it cannot be asked, instead of refusing the request.
	DropState bool
	// Conn, when not nil, is the connection beneath an HTTP/1.1 client's
	// http.ResponseWriter, to which a stream is written.
	Conn io.WriteCloser
	// Received is when the request's head had been read.
	Received time.Time
	// Release, when not nil, is called once when the request's body is not
	// needed any more, which is before a streamed answer ends.
	Release func()
}

// Serve walks one request and writes its answer. When the request's context ends
// the walk does; a cause that is a fault is told to the client, any other means
// that the client has gone.
func (x *Exchange) Serve(w http.ResponseWriter, r *http.Request, ask *Ask) {
	k := &walk{x: x, ask: ask, header: r.Header, client: client{w: w, push: http.NewResponseController(w), wire: wire{ask.Conn}}}
	k.client.start = k.commitHeader
	k.record = Record{ID: ask.ID, Key: ask.Key, Language: ask.In.Name(), Head: ask.Opened.Head, Received: ask.Received}
	ctx, cancel := k.deadline(r)
	defer cancel()
	defer k.release()
	k.finish(r.Context(), k.run(ctx))
}

// walk is the state of one request's walk.
type walk struct {
	x      *Exchange
	ask    *Ask
	header http.Header // the client's
	client client
	record Record

	words     *interline.Request          // the request translated, once
	embed     *interline.EmbedRequest     // likewise, of a request for vectors
	ids       []string                    // what the request refers to: pairs of what its place calls it, and the client
	media     map[string]*interline.Media // fetched, by address
	elsewhere bool                        // several places may be asked for the model
	dropped   []interline.Loss            // what every attempt goes without
	told      int                         // the attempt that the client is told of
	asked     int                         // calls that were made
	released  bool
}

// deadline bounds the whole walk by our limit and the client's own, if it said
// one (the official SDKs of OpenAI and Anthropic do).
func (k *walk) deadline(r *http.Request) (context.Context, context.CancelFunc) {
	limit := k.x.Limits.Unary
	if k.ask.Opened.Head.Stream {
		limit = k.x.Limits.Stream
	} else if said := clientTimeout(r.Header); said > 0 && (limit == 0 || said < limit) {
		limit = said
	}
	if limit == 0 {
		return r.Context(), func() {}
	}
	return context.WithTimeoutCause(r.Context(), limit, timeout("the request took longer than %s", limit))
}

// run asks candidates until one answers. A fault that it returns has not been
// shown to the client yet unless the answer was already begun.
func (k *walk) run(ctx context.Context) *interline.Fault {
	candidates := k.x.Candidates(&k.ask.Opened.Head)
	if len(candidates) == 0 {
		return unknownModel(k.ask.Opened.Head.Model)
	}
	if k.ask.Opened.Head.Operation == interline.OperationCount {
		if candidates = k.counting(candidates); len(candidates) == 0 {
			return k.estimate()
		}
	}
	candidates, fault := k.bind(candidates)
	if fault != nil {
		return fault
	}
	k.elsewhere = slices.ContainsFunc(candidates, func(d *cloud.Deployment) bool { return d.Place != candidates[0].Place })
	plan := plan{limits: &k.x.Limits, candidates: candidates}
	for d := plan.first(); d != nil; d = plan.next(ctx) {
		k.told = len(k.record.Attempts)
		fault := k.attempt(ctx, d)
		if fault == nil || k.client.begun() || ctx.Err() != nil {
			return fault
		}
		plan.failed(fault, &k.record)
	}
	k.told = plan.bestAt
	if k.ask.Opened.Head.Operation == interline.OperationCount && plan.best.Class == interline.C2Capability {
		return k.estimate() // the place counts, but not with this model
	}
	return plan.best
}

// release frees the request's body.
func (k *walk) release() {
	if !k.released && k.ask.Release != nil {
		k.ask.Release()
	}
	k.released = true
}

func unknownModel(name string) *interline.Fault {
	f := &interline.Fault{Class: interline.C12Local, Code: interline.CodeModel, Param: "model"}
	f.Message = "the model '" + name + "' is not configured here; GET /v1/models lists what is"
	return f
}
