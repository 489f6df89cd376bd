package exchange

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// The response headers of our own.
const (
	HeaderDeployment = "X-Interline-Deployment" // who answered: model/deployment name
	HeaderPlace      = "X-Interline-Place"      // and at which place
	HeaderAttempts   = "X-Interline-Attempts"   // how many were asked
	HeaderGrade      = "X-Interline-Grade"      // forward or translate
	HeaderLosses     = "X-Interline-Losses"     // what could not be said: field=action, ...
	HeaderUpstreamID = "X-Interline-Upstream-Request-Id"
	HeaderEstimate   = "X-Interline-Estimate" // "true": nobody counted the tokens that are told
	HeaderError      = "X-Interline-Error"    // the class and code of a fault, e.g. "C12 model_not_found"
)

// maxLosses bounds the losses header in bytes.
const maxLosses = 2 << 10

// StatusGone is what the record says of a request whose client had gone.
const StatusGone = 499

// commitHeader writes the headers of a streamed answer.
func (k *walk) commitHeader(h http.Header) {
	k.ownHeader(h)
	h["Content-Type"] = streamTypes[k.ask.In.Envelope()]
	h["Cache-Control"] = noCache
	h["X-Accel-Buffering"] = noBuffering // nginx would gather the events
}

var (
	streamTypes = map[protocol.Envelope][]string{
		protocol.SSE:         {protocol.SSE.ContentType() + "; charset=utf-8"},
		protocol.EventStream: {protocol.EventStream.ContentType()},
		protocol.JSONArray:   {protocol.JSONArray.ContentType() + "; charset=utf-8"},
	}
	noCache     = []string{"no-cache"}
	noBuffering = []string{"no"}
)

// ownHeader says who answered, in how many attempts, with which losses.
func (k *walk) ownHeader(h http.Header) {
	h[HeaderAttempts] = []string{strconv.Itoa(k.asked)}
	if len(k.record.Attempts) == 0 {
		return
	}
	a := &k.record.Attempts[k.told]
	h[HeaderDeployment] = []string{a.Deployment.Name}
	h[HeaderPlace] = []string{a.Deployment.Place}
	if a.Grade != "" {
		h[HeaderGrade] = []string{string(a.Grade)}
	}
	if a.UpstreamID != "" {
		h[HeaderUpstreamID] = []string{a.UpstreamID}
	}
	if losses := k.shownLosses(a.Losses); losses != "" {
		h[HeaderLosses] = []string{losses}
	}
}

// shownLosses says losses in one line. In silent mode only those are said that
// change what an answer means.
func (k *walk) shownLosses(losses []interline.Loss) string {
	var b strings.Builder
	said := map[string]bool{}
	for _, l := range losses {
		item := l.Field + "=" + string(l.Action)
		if said[item] || k.ask.Losses == Silent && !l.ChangesMeaning() {
			continue
		}
		said[item] = true
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		if b.Len()+len(item) > maxLosses {
			b.WriteString("…")
			break
		}
		b.WriteString(item)
	}
	return b.String()
}

// finish tells the client of a fault it has not seen, and the listener of the
// request.
func (k *walk) finish(client context.Context, f *interline.Fault) {
	r := &k.record
	r.Begun = k.client.begun()
	r.Fault = f
	r.Status = k.client.status
	switch {
	case f == nil:
	case errors.Is(f, errGone) || !r.Begun && client.Err() != nil && errors.Is(ended(client), errGone):
		r.Status = StatusGone
	case !r.Begun:
		r.Status = k.tell(f)
	}
	r.Took = time.Since(r.Received)
	k.x.Done(r)
}

// tell answers with a fault, in the client's language. What a cloud said in that
// same language is passed on verbatim, unless it speaks of the gateway's own
// account there.
func (k *walk) tell(f *interline.Fault) int {
	h := k.client.w.Header()
	k.ownHeader(h)
	status, own, body := k.ask.In.WriteFault(f, k.ask.ID)
	for name, v := range own {
		h[name] = v
	}
	if k.verbatim(f) {
		status, body = f.Status, f.Body
	}
	SetRetry(h, f, k.asked)
	h[HeaderError] = []string{f.Class.String() + " " + string(f.Code)}
	k.client.w.WriteHeader(status)
	_, _ = k.client.w.Write(body) // nobody is left to tell
	return status
}

func (k *walk) verbatim(f *interline.Fault) bool {
	if len(f.Body) == 0 || f.Status < 400 || len(k.record.Attempts) == 0 || k.record.Attempts[k.told].Grade != Forwarded {
		return false
	}
	if f.Body[0] != '{' {
		return false // not of the language: a page of a proxy
	}
	switch f.Class {
	case interline.C0Client, interline.C1Policy, interline.C2Capability,
		interline.C5Throttle, interline.C6Overload, interline.C7Server:
		return true
	}
	return false
}

// SetRetry says whether and when asking again makes sense, in the headers that
// the official SDKs read. Without them their retries would multiply ours. What
// only one deployment was asked for, and might answer the next time, is left to
// the SDK's own judgement.
func SetRetry(h http.Header, f *interline.Fault, attempts int) {
	switch {
	case f.Class == interline.C5Throttle || f.Class == interline.C6Overload || f.Code == interline.CodeUnavailable && f.Class == interline.C12Local:
		wait := f.RetryAfter
		if wait == 0 {
			wait = time.Second
		}
		h["Retry-After"] = []string{strconv.FormatInt(int64((wait+time.Second-1)/time.Second), 10)}
		h["Retry-After-Ms"] = []string{strconv.FormatInt(wait.Milliseconds(), 10)}
		h["X-Should-Retry"] = []string{"true"}
	case attempts < 2 && f.Class >= interline.C7Server && f.Class <= interline.C10StreamPre:
	default:
		h["X-Should-Retry"] = []string{"false"}
	}
}

// clientTimeout is how long the client says it will wait, less a second for the
// way; 0 when it does not say.
func clientTimeout(h http.Header) time.Duration {
	for _, name := range [...]string{"X-Stainless-Read-Timeout", "X-Stainless-Timeout"} {
		v := h[name]
		if len(v) == 0 {
			continue
		}
		if s, err := strconv.ParseFloat(v[0], 64); err == nil && s > 0 && s < 1e6 {
			return max(time.Duration(s*float64(time.Second))-time.Second, time.Second)
		}
	}
	return 0
}
