package chat

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// mostBody bounds a request's body, in bytes.
const mostBody = 64 << 20

// call is one request on its way through the dialect.
type call struct {
	c          *core.Core
	x          *core.Exchange
	r          *http.Request
	d          Dialect
	credential string
}

// Serve answers POST chat/completions. The caller has entered the exchange,
// checked the credential and the method.
func Serve(c *core.Core, x *core.Exchange, r *http.Request, d Dialect, credential string) {
	k := &call{c: c, x: x, r: r, d: d.withDefaults(), credential: credential}
	if e := k.chat(); e != nil {
		k.d.Send(x, e)
	}
}

// chat returns a refusal, or nil when the answer has been sent.
func (k *call) chat() *Error {
	body, e := k.begin()
	if e != nil {
		return e
	}
	q, e := Decode(body, k.d.Extra...)
	if e != nil {
		return e
	}
	m, e := k.find(q.Model, "chat")
	if e != nil {
		return e
	}
	if e := q.check(m); e != nil {
		return e
	}
	reading := k.c.Read(q.prompt(k.x.Place, m))
	if e := k.admit(q, m, reading); e != nil {
		return e
	}
	reply := k.c.Complete(k.scope(m), reading, q.cacheRule(m))
	if k.x.Fault.Kind == core.ContentFilter {
		reply = filtered(reply, k.x.Fault.After)
	}
	o := &outcome{call: k, q: q, m: m, reply: reply, created: time.Now().Unix()}
	if q.Stream {
		o.stream()
		return nil
	}
	return o.whole()
}

// find resolves the model and sees that it can do what is asked.
func (k *call) find(name, operation string) (Model, *Error) {
	if name == "" && !k.d.Unnamed {
		return Model{}, Invalid("", "", "you must provide a model parameter")
	}
	m, e := k.d.Find(name)
	if e == nil && (m.Dimensions > 0) != (operation == "embeddings") {
		e = k.d.Unfit(m, operation)
	}
	return m, e
}

// begin carries out a refusing fault and reads the body.
func (k *call) begin() ([]byte, *Error) {
	if e := k.d.Fault(k.x.Fault); e != nil {
		return nil, e
	}
	kind, _, _ := mime.ParseMediaType(k.r.Header.Get("Content-Type"))
	if kind != "application/json" {
		e := Invalid("", "unsupported_content_type", "Unsupported content type: '%s'. This API method only accepts 'application/json' requests.", kind)
		e.Status = http.StatusUnsupportedMediaType
		return nil, e
	}
	body, err := io.ReadAll(io.LimitReader(k.r.Body, mostBody+1))
	switch {
	case err != nil:
		return nil, Invalid("", "", "The request's body could not be read to its end.")
	case len(body) > mostBody:
		e := Invalid("", "", "The request's body is larger than %d bytes.", mostBody)
		e.Status = http.StatusRequestEntityTooLarge
		return nil, e
	}
	return body, nil
}

// admit applies the content filter, the context window and the quota.
func (k *call) admit(q *Request, m Model, reading *core.Reading) *Error {
	if f := k.d.Filter; f != nil {
		for _, msg := range q.Messages {
			if e := f.Refuse(msg.Text(), k.x.Fault); e != nil {
				return e
			}
		}
	}
	if reading.Tokens+q.limit() > m.Context {
		return Invalid("messages", "context_length_exceeded",
			"This model's maximum context length is %d tokens. However, you requested %d tokens (%d in the messages, %d in the completion). "+
				"Please reduce the length of the messages or completion.", m.Context, reading.Tokens+q.limit(), reading.Tokens, q.limit())
	}
	return k.charge(m, reading.Tokens+q.limit()*q.Count)
}

// charge takes tokens from the quota and writes its headers.
func (k *call) charge(m Model, tokens int) *Error {
	grant := k.c.Quota.Admit(core.Pool{Place: k.x.Place, Credential: k.credential, Model: m.ID}, tokens)
	k.d.Limits(k.x.Header(), grant)
	if !grant.OK {
		return k.d.Throttled(m, grant)
	}
	return nil
}

func (k *call) scope(m Model) string { return k.x.Place + "\x00" + k.credential + "\x00" + m.ID }

// filtered is a reply whose text a content filter cut after so many pieces.
// Calls are withheld altogether.
func filtered(reply core.Reply, after int) core.Reply {
	reply.Usage.Output, reply.Usage.Reasoning = 0, 0
	for i, a := range reply.Answers {
		left := after
		kept := core.Answer{Stop: stopFiltered}
		for _, p := range a.Parts {
			if p.Kind == core.PartText {
				n := min(left, len(p.Pieces))
				p.Pieces, p.Tokens = p.Pieces[:n], p.Tokens[:n]
				left -= n
			}
			if p.Kind != core.PartCall {
				kept.Parts = append(kept.Parts, p)
				reply.Usage.Output += sum(p.Tokens)
			}
			if p.Kind == core.PartReasoning {
				reply.Usage.Reasoning += sum(p.Tokens)
			}
		}
		reply.Answers[i] = kept
	}
	return reply
}

// stopFiltered is a reason package core does not know: it belongs to the
// filter, not to the model.
const stopFiltered core.Stop = -1

func sum(numbers []int) int {
	n := 0
	for _, each := range numbers {
		n += each
	}
	return n
}

// outcome is a reply about to be written.
type outcome struct {
	*call
	q       *Request
	m       Model
	reply   core.Reply
	created int64
}

// whole sends the answer in one piece.
func (o *outcome) whole() *Error {
	return o.respond(o.completion(), o.row(o.m, "chat", false, o.reply.Usage))
}

// respond sends a body and books it. Only an answer that a drill replaces by an
// error is not booked.
func (k *call) respond(body []byte, row core.Row) *Error {
	if err := k.c.Deliver(k.x, "application/json", body, row); errors.Is(err, core.ErrInStream) {
		return Failed()
	}
	return nil
}

func (k *call) row(m Model, operation string, stream bool, u core.Usage) core.Row {
	return core.Row{
		Place: k.x.Place, RequestID: k.x.ID, Model: m.ID, Operation: operation,
		Stream: stream, Status: http.StatusOK, Usage: u,
	}
}
