package chat

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// Respond answers POST responses. Like [Serve] it is called after the exchange
// was entered and the credential and the method were checked. What is stored
// goes on the shelf.
func Respond(c *core.Core, x *core.Exchange, r *http.Request, d Dialect, credential string, s *Shelf) {
	k := &call{c: c, x: x, r: r, d: d.withDefaults(), credential: credential}
	if e := k.respondTo(s); e != nil {
		k.d.Send(x, e)
	}
}

func (k *call) respondTo(s *Shelf) *Error {
	a, m, e := k.hear(s, askedFields)
	if e != nil {
		return e
	}
	reading := k.c.Read(a.prompt(k.x.Place, m))
	if e := k.admitAsked(a, m, reading); e != nil {
		return e
	}
	reply := k.c.Complete(k.scope(m), reading, a.cacheRule(m))
	if k.x.Fault.Kind == core.ContentFilter {
		reply = filtered(reply, k.x.Fault.After)
	}
	o := &answered{
		outcome: outcome{call: k, q: a.Request, m: m, reply: reply, created: time.Now().Unix()}, a: a, shelf: s,
	}
	if a.Stream {
		o.stream()
		return nil
	}
	return o.whole()
}

// hear reads a request and applies its model's rules.
func (k *call) hear(s *Shelf, known []string) (*asked, Model, *Error) {
	body, e := k.begin()
	if e != nil {
		return nil, Model{}, e
	}
	a, e := k.readAsked(s, body, known)
	if e != nil {
		return nil, Model{}, e
	}
	m, e := k.find(a.Model, "responses")
	if e != nil {
		return nil, Model{}, e
	}
	return a, m, a.fits(m)
}

// admitAsked applies the content filter, the context window and the quota.
func (k *call) admitAsked(a *asked, m Model, reading *core.Reading) *Error {
	if f := k.d.Filter; f != nil {
		for _, msg := range a.Messages {
			if e := f.Refuse(msg.Text(), k.x.Fault); e != nil {
				return e
			}
		}
	}
	if reading.Tokens+a.limit() > m.Context {
		return Invalid("input", "context_length_exceeded",
			"Your input exceeds the context window of this model. Please adjust your input and try again.")
	}
	return k.charge(m, reading.Tokens+a.limit())
}

// whole sends the response in one piece. It is stored before the caller has it,
// so that it can be asked for at once.
func (o *answered) whole() *Error {
	body, _ := json.Marshal(o.final()) // strings, numbers and JSON that was read always encode
	if o.x.Fault.Kind != core.InStream {
		o.remember(body)
	}
	return o.respond(body, o.row(o.m, "responses", false, o.reply.Usage))
}

// remember puts the response on the shelf, unless it was not to be stored.
func (o *answered) remember(body []byte) {
	if !o.a.store {
		return
	}
	k := &kept{
		id: o.responseID(), body: body, size: o.a.size + len(body),
		messages: append([]Message(nil), o.a.talk...), items: make(map[string]Message),
	}
	for i, p := range o.answer().Parts {
		msg := thought(p.Text()) // words said and words thought are replayed alike
		if p.Kind == core.PartCall {
			msg = Message{Role: "assistant", Calls: []Call{{ID: o.callID(i), Name: p.Name, Arguments: p.Text()}}}
		}
		k.items[o.itemID(i)] = msg
		k.messages = joined(k.messages, msg)
	}
	o.shelf.keep(k)
}

// CountInput answers POST responses/input_tokens: how many tokens a request
// would be read as. It costs nothing but a request of the quota.
func CountInput(c *core.Core, x *core.Exchange, r *http.Request, d Dialect, credential string, s *Shelf) {
	k := &call{c: c, x: x, r: r, d: d.withDefaults(), credential: credential}
	a, m, e := k.hear(s, countedFields)
	if e == nil {
		e = k.charge(m, 0)
	}
	if e == nil {
		e = sendPlain(x, map[string]any{
			"object": "response.input_tokens", "input_tokens": k.c.Read(a.prompt(x.Place, m)).Tokens,
		})
	}
	if e != nil {
		k.d.Send(x, e)
	}
}

// Recall answers GET responses/{id} with a stored response.
func Recall(x *core.Exchange, r *http.Request, s *Shelf, id string) *Error {
	found := s.find(id)
	switch {
	case found == nil:
		return noResponse(id)
	case r.URL.Query().Get("stream") == "true":
		return Invalid("stream", "unsupported_value",
			"Unsupported value: only a response made in the background can be streamed again, and those are not emulated.")
	}
	return sendPlain(x, json.RawMessage(found.body))
}

// Forget answers DELETE responses/{id}.
func Forget(x *core.Exchange, s *Shelf, id string) *Error {
	if !s.forget(id) {
		return noResponse(id)
	}
	return sendPlain(x, map[string]any{"id": id, "object": "response", "deleted": true})
}

func noResponse(id string) *Error {
	e := Invalid("", "", "Response with id '%s' not found.", id)
	e.Status = http.StatusNotFound
	return e
}

// sendPlain sends a small body, which costs nobody anything.
func sendPlain(x *core.Exchange, v any) *Error {
	body, err := json.Marshal(v)
	if err != nil || x.Fault.Kind == core.InStream {
		return Failed()
	}
	_ = x.Respond(http.StatusOK, "application/json", body, 0) // a broken answer is the drill's or the caller's doing
	return nil
}
