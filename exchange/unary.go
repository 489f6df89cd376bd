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
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/upstream"
)

// unary brings an answer that came as one body. It is read whole before
// anything is shown, so that an answer that breaks off can still be had
// elsewhere. The client may have asked for a stream all the same.
func (k *walk) unary(ctx context.Context, a *Attempt, said spoken, answer *upstream.Answer, w *watch) *interline.Fault {
	body, err := readAll(answer.Body, answer.Length, k.x.Limits.AnswerBytes, w.silence)
	if err != nil {
		return k.cut(ctx, a, err)
	}
	if err := answer.Body.Close(); err != nil { // the connection is free while the client reads
		return k.cut(ctx, a, err)
	}
	a.FirstContent = time.Since(a.Started)
	d := a.Deployment
	if r, ok := d.Driver.(driver.Refuser); ok {
		if f := r.Refused(answer.Header, body); f != nil {
			return discreet(d, f)
		}
	}
	if said.vectors != nil {
		return k.vectors(a, said.vectors, answer.Header, body)
	}
	if k.ask.Opened.Head.Operation == interline.OperationCount && a.Grade == Translated {
		return k.counted(a, said, body)
	}
	if k.ask.Opened.Head.Operation != interline.OperationChat {
		return k.pass(a, answer.Header, body)
	}
	frame := protocol.Frame{Data: body, Raw: body}
	meter := said.lang.Meter(false)
	seen := meter.Read(frame)
	if u := meter.Usage(); u != nil {
		a.Usage, a.Reported = *u, true
	}
	switch {
	case seen&protocol.SawFault != 0:
		return judge(d, meter.Fault(), answer.Header)
	case seen&protocol.SawTerminal == 0:
		return foreign(a, answer.Header)
	case a.Grade == Forwarded && !k.ask.Opened.Head.Stream:
		if in, names := k.naming(d); in != nil {
			body = in.AppendNamed(nil, frame, names)
		}
		return k.write(body, answer.Header)
	}
	return k.restate(a, said, frame)
}

// pass forwards the answer to an operation that has no meter.
func (k *walk) pass(a *Attempt, h http.Header, body []byte) *interline.Fault {
	if !json.Valid(body) {
		return foreign(a, h)
	}
	return k.write(body, h)
}

// restate says a whole answer in the client's language, or as a stream.
func (k *walk) restate(a *Attempt, said spoken, frame protocol.Frame) *interline.Fault {
	t := newTranslator(k, a.Deployment, said.lang, false)
	out, seen := t.say(nil, frame)
	if seen&protocol.SawFault != 0 || seen&protocol.SawTerminal == 0 {
		if t.failed != nil {
			return t.failed
		}
		return foreign(a, nil)
	}
	if !k.ask.Opened.Head.Stream {
		return k.write(out, nil)
	}
	c := &k.client
	c.mu.Lock()
	c.pending = append(c.pending[:0], out...)
	c.begin()
	c.mu.Unlock()
	k.release()
	if err := c.send(); err != nil {
		return goneFault(fmt.Errorf("%w: %w", errGone, err))
	}
	return nil
}

// write writes a whole body. from is the head of the answer it was forwarded
// from, or nil when it was written anew.
func (k *walk) write(body []byte, from http.Header) *interline.Fault {
	h := k.client.w.Header()
	k.ownHeader(h)
	h["Content-Type"] = jsonType
	if v := from["Content-Type"]; len(v) > 0 {
		h["Content-Type"] = v
	}
	k.release()
	if err := k.client.whole(body, k.x.Limits.ClientStall); err != nil {
		return goneFault(fmt.Errorf("%w: %w", errGone, err))
	}
	return nil
}

var jsonType = []string{"application/json"}

// cut is an answer that broke off before it was whole.
func (k *walk) cut(ctx context.Context, a *Attempt, err error) *interline.Fault {
	if f := ended(ctx); f != nil {
		return f
	}
	f := &interline.Fault{Class: interline.C10StreamPre, Code: interline.CodeUpstream, Err: err}
	f.Message = "the answer of " + a.Deployment.Name + " broke off"
	if errors.Is(err, errTooLong) {
		f.Message = fmt.Sprintf("the answer of %s is longer than %d bytes", a.Deployment.Name, k.x.Limits.AnswerBytes)
	}
	return f
}

// foreign is an answer of success that is not an answer: a page of HTML, JSON of
// another kind.
func foreign(a *Attempt, h http.Header) *interline.Fault {
	kind := strings.Join(h["Content-Type"], ", ")
	if kind == "" {
		kind = "an unnamed type"
	}
	return &interline.Fault{
		Class: interline.C10StreamPre, Code: interline.CodeUpstream,
		Message: fmt.Sprintf("%s answered with success, but not with an answer of %s (%s)", a.Deployment.Name, a.Language, kind),
	}
}

var errTooLong = errors.New("too long")

// readAll reads a body whose length may be known, up to limit bytes. Most bodies
// are there at once; silence gives a body that is not a watch over its pauses,
// which is told of every piece and ended at the end.
func readAll(r io.Reader, length, limit int64, silence func() (piece, end func())) ([]byte, error) {
	if limit > 0 && length > limit {
		return nil, errTooLong
	}
	size := int64(2 << 10)
	if length >= 0 {
		size = length + 1 // room to see the end without growing
	}
	b := make([]byte, 0, size)
	piece := func() {}
	for reads := 0; ; reads++ {
		if reads == 1 {
			var end func()
			piece, end = silence()
			defer end()
		}
		n, err := r.Read(b[len(b):cap(b)])
		piece()
		b = b[:len(b)+n]
		switch {
		case err == io.EOF:
			return b, nil
		case err != nil:
			return nil, err
		case limit > 0 && int64(len(b)) > limit:
			return nil, errTooLong
		case len(b) == cap(b):
			b = append(b, 0)[:len(b)]
		}
	}
}
