package gemini

import (
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/core"
	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// Trigger is what a prompt says to be blocked, as on the other emulators.
const Trigger = "[[content filter]]"

// generate serves generateContent and streamGenerateContent.
func (k *Call) generate(body []byte, stream bool) *rpc.Error {
	j, e := k.accept(body)
	if e != nil {
		return e
	}
	most := j.reading.Prompt.MaxOutput
	if e := k.charge(j.reading.Tokens + most); e != nil {
		return e
	}
	j.reply = k.Core.Complete(k.scope(), j.reading.Reading, k.model.cache())
	j.filter()
	used := j.reply.Usage
	defer func() { k.Core.Quota.Settle(k.pool(), j.reading.Tokens+most, used.Total()) }()
	if !stream {
		row := k.row("generate_content", false, used)
		return k.answer(j.whole(), &row)
	}
	used = j.stream()
	return nil
}

// accept reads and checks a request and counts its prompt.
func (k *Call) accept(body []byte) (*job, *rpc.Error) {
	q := &request{}
	if e := k.read(k.forms.Generate, body, q); e != nil {
		return nil, e
	}
	if e := k.check(q, false); e != nil {
		return nil, e
	}
	p, media := k.prompt(q)
	j := &job{Call: k, q: q, reading: reading{k.Core.Read(p), media}, created: time.Now()}
	if n := j.reading.Tokens; n > k.model.Context {
		return nil, rpc.Invalid("The input token count (%d) exceeds the maximum number of tokens allowed (%d).", n, k.model.Context)
	}
	return j, nil
}

func (k *Call) check(q *request, counting bool) *rpc.Error {
	if e := k.checkContents(q); e != nil {
		return e
	}
	if e := k.checkTools(q, counting); e != nil {
		return e
	}
	return k.checkConfig(q)
}

// filter lets the filter stop what a drill or the prompt wants stopped: the
// prompt itself, or the answer after so many pieces.
func (j *job) filter() {
	drilled := j.Fault.Kind == core.ContentFilter
	said := j.reading.Prompt.LastUser
	switch {
	case strings.Contains(said, Trigger), drilled && j.Fault.After == 0:
		j.blocked = true
		j.reply.Answers = nil
		j.reply.Usage = j.reply.Partial(0, 0)
	case drilled:
		j.stopped = true
		u := j.reply.Partial(0, 0)
		for i, a := range j.reply.Answers {
			a = a.Shorten(j.Fault.After)
			j.reply.Answers[i] = a
			u.Output += a.Output
			u.Reasoning += a.Reasoning
		}
		j.reply.Usage = u
	}
}

// counted is the answer to countTokens.
type counted struct {
	Total    int     `json:"totalTokens"`
	Billable int     `json:"totalBillableCharacters,omitempty"` // Vertex AI only
	Details  []count `json:"promptTokensDetails"`
}

// countRequest is a CountTokensRequest of either product.
type countRequest struct {
	request
	Generate *request `json:"generateContentRequest"`
}

func (k *Call) count(body []byte) *rpc.Error {
	var c countRequest
	if e := k.read(k.forms.Count, body, &c); e != nil {
		return e
	}
	q := &c.request
	if c.Generate != nil {
		if len(c.Contents) > 0 {
			return rpc.Invalid("* CountTokensRequest: only one of contents and generate_content_request may be set.\n")
		}
		q = c.Generate
	}
	if e := k.check(q, true); e != nil {
		return e
	}
	p, media := k.prompt(q)
	n := k.Core.Read(p).Tokens
	w := counted{Total: n, Details: details(media, n)}
	if k.Vertex {
		for _, s := range p.Segments {
			w.Billable += len(strings.Join(strings.Fields(s.Text), ""))
		}
	}
	return k.answer(w, nil)
}
