package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/upstream"
)

// maxErrorBody is how much of a cloud's error is read, in bytes.
const maxErrorBody = 1 << 20

// errorPatience bounds the wait for the body of an error: another deployment may
// be waiting to be asked.
const errorPatience = 5 * time.Second

var errLate = errors.New("the body of an error did not come in time")

// attempt asks one deployment. It returns nil when the client has its whole
// answer.
func (k *walk) attempt(ctx context.Context, d *cloud.Deployment) *interline.Fault {
	k.record.Attempts = append(k.record.Attempts, Attempt{Deployment: d, Started: time.Now()})
	a := k.record.last()
	fault := k.ask1(ctx, a)
	a.Took = time.Since(a.Started)
	a.Fault = fault
	return fault
}

func (k *walk) ask1(ctx context.Context, a *Attempt) *interline.Fault {
	d := a.Deployment
	said, fault := k.phrase(ctx, d, a)
	if fault != nil {
		return fault
	}
	call, err := d.Driver.Call(&d.Deployment, said.language().Name(), &k.ask.Opened.Head, k.header, said.body)
	if err != nil {
		return asFault(err, interline.C2Capability, "cannot be asked for this")
	}
	ctx, watch := newWatch(ctx, k, a)
	defer watch.end()
	if err := d.Signer.Sign(ctx, d.Origin, &call); err != nil {
		return k.unsigned(ctx, d, err)
	}
	k.asked++
	answer, err := k.x.Send(ctx, d.Origin, &call)
	if err != nil {
		return unanswered(ctx, d, err)
	}
	defer func() { _ = answer.Body.Close() }()
	a.Status = answer.Status
	a.UpstreamID = upstreamID(answer.Header)
	if answer.Status < 200 || answer.Status > 299 {
		return k.refused(d, said.language(), answer, watch)
	}
	if k.ask.Opened.Head.Stream && streams(answer.Header, said.lang) {
		return k.relay(ctx, a, said, answer, watch)
	}
	return k.unary(ctx, a, said, answer, watch)
}

// spoken is a request as a deployment is asked it.
type spoken struct {
	lang    protocol.Translator
	vectors protocol.Embedder // instead of lang, when vectors are asked for
	body    protocol.Segments
}

// language is the one it is said in.
func (s spoken) language() protocol.Protocol {
	if s.vectors != nil {
		return s.vectors
	}
	return s.lang
}

// phrase says the request in the deployment's language: patched when it is the
// client's own, else written anew.
func (k *walk) phrase(ctx context.Context, d *cloud.Deployment, a *Attempt) (spoken, *interline.Fault) {
	o := k.ask.Opened
	if o.Head.Operation == interline.OperationEmbeddings {
		return k.phraseVectors(d, a)
	}
	langs := d.Driver.Speaks(&d.Deployment, o.Head.Operation)
	if len(langs) == 0 {
		return spoken{}, cannot(d, o.Head.Operation)
	}
	said := spoken{}
	a.Grade = Translated
	for _, l := range langs {
		if l.Name() == k.ask.In.Name() && l.Envelope() == k.ask.In.Envelope() && takes(l, o) {
			said.lang, a.Grade = l, Forwarded
			break
		}
	}
	switch {
	case a.Grade == Forwarded:
		said.body, a.Losses = said.lang.Patch(o, protocol.Edits{Model: d.Model, StreamUsage: true, Place: d.Place})
	case o.Head.Operation == interline.OperationCount:
		if fault := k.question(ctx, d, a, langs, &said); fault != nil {
			return spoken{}, fault
		}
	case o.Head.Operation != interline.OperationChat:
		return spoken{}, cannot(d, o.Head.Operation)
	default:
		if fault := k.translate(ctx, d, a, langs, &said); fault != nil {
			return spoken{}, fault
		}
	}
	a.Language = said.lang.Name()
	a.Losses = append(a.Losses, k.dropped...)
	if fault := k.strict(a); fault != nil {
		return spoken{}, fault
	}
	return said, nil
}

// strict refuses in strict mode what would lose something.
func (k *walk) strict(a *Attempt) *interline.Fault {
	if len(a.Losses) == 0 || k.ask.Losses != Strict {
		return nil
	}
	return &interline.Fault{
		Class: interline.C12Local, Code: interline.CodeLosses, Losses: a.Losses,
		Message: "strict mode: the request cannot be said in full to " + a.Deployment.Name,
	}
}

// Phrase says a request in a deployment's language as a walk would, and returns
// how: the attempt has its grade, language and losses. It asks no cloud.
func (x *Exchange) Phrase(ctx context.Context, ask *Ask, d *cloud.Deployment) (Attempt, protocol.Segments, *interline.Fault) {
	a := Attempt{Deployment: d}
	said, fault := (&walk{x: x, ask: ask}).phrase(ctx, d, &a)
	return a, said.body, fault
}

// cannot is a deployment that does not do an operation, or only in another
// language.
func cannot(d *cloud.Deployment, operation string) *interline.Fault {
	return &interline.Fault{
		Class: interline.C2Capability, Code: interline.CodeInvalid,
		Message: fmt.Sprintf("the deployment %s cannot do the operation %q", d.Name, operation),
	}
}

// translate says the request anew in the language of langs that loses least, and
// of equal ones in the first.
func (k *walk) translate(ctx context.Context, d *cloud.Deployment, a *Attempt, langs []protocol.Translator, said *spoken) *interline.Fault {
	if k.words == nil {
		words, err := k.in().ReadRequest(k.ask.Opened)
		if err != nil {
			return asFault(err, interline.C12Local, "the request cannot be read")
		}
		k.words = words
	}
	forgotten := k.ask.DropState && forgettable[k.words.Stored]
	if name := k.words.Stored; name != "" && !speaks(langs, k.ask.In.Name()) && !forgotten {
		return &interline.Fault{
			Class: interline.C2Capability, Code: interline.CodeInvalid, Param: name,
			Message: fmt.Sprintf("%s: what it refers to is kept by a place that speaks %s, which %s does not; send the whole conversation instead", name, k.ask.In.Name(), d.Name),
		}
	}
	var first *interline.Fault
	for _, lang := range langs {
		words, fetched, fault := k.inlined(ctx, lang)
		if fault != nil {
			return fault
		}
		body, losses, err := lang.WriteRequest(here(words, d), protocol.Target{Model: d.Model, Traits: d.Traits, From: k.ask.In.Name()})
		losses = append(fetched, losses...)
		switch {
		case err != nil && first == nil:
			first = asFault(err, interline.C2Capability, "the request cannot be said in "+lang.Name())
		case err == nil && (said.lang == nil || len(losses) < len(a.Losses)):
			said.lang, said.body, a.Losses = lang, protocol.Segments{body}, losses
		}
		if said.lang != nil && len(a.Losses) == 0 {
			break
		}
	}
	if said.lang == nil {
		a.Language = langs[0].Name()
		return first
	}
	return nil
}

// forgettable are references to an earlier part of the conversation, without which
// there still is a question. A stored prompt is the question itself.
var forgettable = map[string]bool{"previous_response_id": true, "conversation": true, "cachedContent": true}

// takes reports whether a request of the language's name can be forwarded in it.
func takes(l protocol.Translator, o *protocol.Opened) bool {
	picky, ok := l.(protocol.Picky)
	return !ok || picky.Takes(o)
}

// speaks reports whether one of the languages has that name, in whatever
// envelope.
func speaks(langs []protocol.Translator, name string) bool {
	return slices.ContainsFunc(langs, func(l protocol.Translator) bool { return l.Name() == name })
}

// asFault returns err as a fault: itself where it is one.
func asFault(err error, class interline.Class, what string) *interline.Fault {
	if f := new(interline.Fault); errors.As(err, &f) {
		return f
	}
	return &interline.Fault{Class: class, Code: interline.CodeInvalid, Message: what, Err: err}
}

// refused reads a cloud's error.
func (k *walk) refused(d *cloud.Deployment, lang protocol.Protocol, answer *upstream.Answer, w *watch) *interline.Fault {
	late := time.AfterFunc(errorPatience, func() { w.cancel(errLate) })
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxErrorBody))
	late.Stop()
	if err != nil {
		body = nil // an error that breaks off, or does not come, is still an error of that status
	}
	f := judge(d, lang.ReadFault(answer.Status, answer.Header, body), answer.Header)
	if answer.Status >= 300 && answer.Status < 400 {
		f.Class, f.Code = interline.C7Server, interline.CodeUpstream
		f.Message = fmt.Sprintf("%s answered with a redirect, which is never followed", d.Name)
	}
	return k.asTold(f)
}

// judge lets the place correct what its language read of an error, however it
// came: as a status, in a body of success, or within a stream.
func judge(d *cloud.Deployment, f *interline.Fault, header http.Header) *interline.Fault {
	return discreet(d, d.Driver.Fault(&d.Deployment, f, header))
}

// discreet keeps from the caller what a cloud says of the gateway's own
// credential and account; the log has it.
func discreet(d *cloud.Deployment, f *interline.Fault) *interline.Fault {
	g := *f
	if k, ok := d.Signer.(cloud.Keeper); ok && (k.Holds(f.Body) || k.Holds([]byte(f.Message))) {
		g.Body, g.Message = nil, d.Place+" answered with an error that held the gateway's credential; it is withheld"
		return &g
	}
	if f.Class != interline.C3Credential && f.Class != interline.C4Quota {
		return f
	}
	g.Err = errors.New(f.Message)
	g.Message = fmt.Sprintf("%s refused the gateway's credential; the gateway's log says why", d.Place)
	if f.Class == interline.C4Quota {
		g.Message = fmt.Sprintf("the gateway's account at %s has no money or quota left", d.Place)
	}
	return &g
}

// unsigned is a credential that could not be had.
func (k *walk) unsigned(ctx context.Context, d *cloud.Deployment, err error) *interline.Fault {
	if f := ended(ctx); f != nil {
		return f
	}
	return &interline.Fault{
		Class: interline.C3Credential, Code: interline.CodeUpstreamAuth, Err: err,
		Message: fmt.Sprintf("the gateway could not get its credential for %s; its log says why", d.Place),
	}
}

// unanswered classifies a call that brought no answer.
func unanswered(ctx context.Context, d *cloud.Deployment, err error) *interline.Fault {
	if f := ended(ctx); f != nil {
		return f
	}
	f := &interline.Fault{Class: interline.C8Unsent, Code: interline.CodeUnavailable, Err: err}
	f.Message = fmt.Sprintf("%s could not be reached", d.Name)
	var e *upstream.Error
	if !errors.As(err, &e) {
		return f
	}
	switch e.Phase {
	case upstream.Waiting:
		f.Class, f.Code = interline.C9Ambiguous, interline.CodeUpstream
		f.Message = fmt.Sprintf("%s took the request and broke the connection without an answer", d.Name)
	case upstream.Garbled:
		f.Class, f.Code = interline.C7Server, interline.CodeUpstream
		f.Message = fmt.Sprintf("%s answered with something that is not HTTP", d.Name)
	case upstream.Dial, upstream.Writing:
	}
	return f
}

// ended says why the context of an attempt ended, or nil when it has not.
func ended(ctx context.Context) *interline.Fault {
	if ctx.Err() == nil {
		return nil
	}
	if f := new(interline.Fault); errors.As(context.Cause(ctx), &f) {
		return f
	}
	return goneFault(fmt.Errorf("%w: %w", errGone, context.Cause(ctx)))
}

// errGone marks the fault of a client that went away before its answer ended.
var errGone = errors.New("the client went away")

func goneFault(err error) *interline.Fault {
	return &interline.Fault{Class: interline.C12Local, Code: interline.CodeGone, Message: errGone.Error(), Err: err}
}

// timeout is the fault of a wait that was too long.
func timeout(format string, args ...any) *interline.Fault {
	return &interline.Fault{Class: interline.C9Ambiguous, Code: interline.CodeTimeout, Message: fmt.Sprintf(format, args...)}
}

// upstreamID is the cloud's own id of a request.
func upstreamID(h http.Header) string {
	for _, name := range [...]string{"X-Request-Id", "Request-Id", "X-Amzn-Requestid", "Apim-Request-Id"} {
		if v := h[name]; len(v) > 0 {
			return v[0]
		}
	}
	return ""
}
