package bedrock

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/interline-ai/interline/emulator/anthropic/strict"
	"github.com/interline-ai/interline/emulator/bedrock/caller"
	"github.com/interline-ai/interline/emulator/bedrock/eventstream"
	"github.com/interline-ai/interline/emulator/core"
)

// job is a Converse request that was accepted, with all that is needed to
// answer it.
type job struct {
	*request
	model   model
	id      string // of the model, as it was called
	wish    wish
	reading *core.Reading
	reply   core.Reply
	stop    string // stopReason
	begun   time.Time
}

func (k *call) converse(id string, stream bool) {
	j, f := k.accept(id)
	if f != nil {
		k.refuse(f)
		return
	}
	longest := j.MaxTokens
	if longest == 0 {
		longest = j.model.MaxOutput // what is not said is reserved in full
	}
	settle, f := k.charge(j.model, j.reading.Tokens, longest)
	if f != nil {
		k.refuse(f)
		return
	}
	k.answer(j)
	used := j.reply.Usage
	defer func() { settle(used) }()
	row := k.row(id, "converse", stream, used)
	if stream {
		used = k.streamConverse(j, row)
	} else {
		k.respondConverse(j, row)
	}
}

// accept reads and checks a request and counts its prompt.
func (k *call) accept(id string) (*job, *fault) {
	m, f := k.place.callable(id)
	if f != nil {
		return nil, f
	}
	doc, o, err := strict.Parse(k.body)
	if err != nil {
		return nil, &fault{http.StatusBadRequest, "SerializationException", err.Error()}
	}
	o.Need("messages")
	r := readConverse(o)
	if problems := doc.Problems(); len(problems) > 0 {
		return nil, wording(problems)
	}
	w, f := r.check(m)
	if f != nil {
		return nil, f
	}
	j := &job{request: r, model: m, id: id, wish: w, begun: time.Now()}
	j.reading = k.core.Read(r.prompt(k.Place, m, w))
	if j.reading.Tokens >= m.Context {
		return nil, invalid("Input is too long for requested model.")
	}
	return j, nil
}

// charge reserves the prompt and the longest answer and returns what settles it:
// cache reads are free, and output weighs as much as the model's burndown says
// (bedrock docs, quotas, 2026-11).
func (k *call) charge(m model, prompt, longest int) (settle func(core.Usage), f *fault) {
	pool := core.Pool{Place: k.Place, Credential: k.key, Model: m.ID}
	grant := k.core.Quota.Admit(pool, prompt+longest)
	if !grant.OK {
		return nil, throttled(grant.ByTokens)
	}
	return func(u core.Usage) {
		k.core.Quota.Settle(pool, prompt+longest, u.Input-u.CacheRead+u.Output*m.Burndown)
	}, nil
}

// answer lets the model speak, within what is left of its context window.
func (k *call) answer(j *job) {
	left := j.model.Context - j.reading.Tokens
	most := j.MaxTokens
	if most == 0 {
		most = j.model.MaxOutput
	}
	j.reading.Prompt.MaxOutput = min(most, left)
	j.reply = k.core.Complete(k.scope(j.model), j.reading, j.model.Cache)
	a := &j.reply.Answers[0]
	j.stop = stopReasons[a.Stop]
	switch {
	case k.Fault.Kind == core.ContentFilter:
		*a = a.Shorten(k.Fault.After)
		j.stop = "content_filtered"
		j.reply.Usage = j.reply.Partial(a.Output, a.Reasoning)
	case a.Stop == core.StopLength && left < most:
		j.stop = "model_context_window_exceeded"
	}
}

func (k *call) scope(m model) string { return k.Place + "\x00" + k.key + "\x00" + m.ID }

var stopReasons = map[core.Stop]string{
	core.StopEnd: "end_turn", core.StopLength: "max_tokens", core.StopSequence: "stop_sequence", core.StopCalls: "tool_use",
}

func (k *call) row(id, operation string, stream bool, u core.Usage) core.Row {
	return core.Row{
		Place: k.Place, RequestID: caller.RequestID(k.ID), Model: id, Operation: operation,
		Stream: stream, Status: http.StatusOK, Usage: u,
	}
}

func (k *call) respondConverse(j *job, row core.Row) {
	body, err := json.Marshal(j.whole())
	if err != nil {
		k.core.Logger.Error("encode answer", "place", k.Place, "error", err)
		k.refuse(internal())
		return
	}
	if err := k.core.Deliver(k.Exchange, "application/json", body, row); errors.Is(err, core.ErrInStream) {
		k.refuse(internal())
	}
}

func (k *call) streamConverse(j *job, row core.Row) core.Usage {
	return k.stream(row, j.reply, func(s *core.Stream, book func()) error {
		return (&teller{Stream: s, j: j, wire: k.wire(s), index: -1}).tell(book)
	})
}

// partial tells what an answer costs that broke off.
type partial interface {
	Partial(said, reasoned int) core.Usage
}

// stream sends an answer as an event stream and books what was said of it.
// tell sends the events and calls book before the last.
func (k *call) stream(row core.Row, reply partial, tell func(s *core.Stream, book func()) error) core.Usage {
	tab := k.core.Open(row)
	s, err := k.Stream(eventstream.ContentType)
	if err != nil {
		tab.Break(reply.Partial(0, 0))
		return reply.Partial(0, 0)
	}
	s.OnBreak = func() { tab.Break(reply.Partial(s.Said())) }
	err = core.ErrBroken // what stands if a drill leaves by a panic
	defer func() {
		if err != nil {
			s.OnBreak()
		}
	}()
	err = tell(s, tab.Book)
	if errors.Is(err, core.ErrInStream) {
		k.wire(s).exception("modelStreamErrorException", map[string]any{
			"message": "The model stream broke off.", "originalStatusCode": 500, "originalMessage": "Internal server error",
		})
	}
	if err != nil {
		return reply.Partial(s.Said())
	}
	return row.Usage
}

// countTokens counts a Converse body, or a body of InvokeModel for Claude.
func (k *call) countTokens(id string) {
	m, bare, f := k.place.resolve(id)
	if f == nil && (!bare || !m.Counts) {
		f = invalid("The provided model doesn't support counting tokens.")
	}
	if f != nil {
		k.refuse(f)
		return
	}
	tokens, f := k.count(m)
	if f == nil && k.Fault.Kind == core.InStream {
		f = internal()
	}
	if f != nil {
		k.refuse(f)
		return
	}
	body, _ := json.Marshal(map[string]int{"inputTokens": tokens}) // a number always encodes
	k.Refuse(http.StatusOK, "application/json", body)              // without pace: no model spoke
}

func (k *call) count(m model) (int, *fault) {
	doc, o, err := strict.Parse(k.body)
	if err != nil {
		return 0, &fault{http.StatusBadRequest, "SerializationException", err.Error()}
	}
	o.Need("input")
	input, ok := o.Sub("input")
	kind := ""
	if ok {
		kind = union(input, "converse", "invokeModel")
	}
	var r *request
	var body []byte
	switch kind {
	case "converse":
		c, _ := input.Sub(kind)
		c.Need("messages")
		r = readConverse(c)
	case "invokeModel":
		c, _ := input.Sub(kind)
		c.Need("body")
		body = readBlob(c, "body")
	}
	if problems := doc.Problems(); len(problems) > 0 {
		return 0, wording(problems)
	}
	if r == nil {
		return k.countInvoke(m, body)
	}
	w, f := r.check(m)
	if f != nil {
		return 0, f
	}
	return k.core.Read(r.prompt(k.Place, m, w)).Tokens, nil
}
