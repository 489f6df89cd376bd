package anthropic

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/core"
)

const maxBody = 32 << 20 // bytes of a Messages request

// A Job is a request that was accepted, with all that is needed to answer it.
// It belongs to the goroutine that serves the request.
type Job struct {
	*request
	model   claude.Rules
	mode    claude.Mode
	reading *core.Reading
	reply   core.Reply
	stop    string // stop_reason
	refused bool   // a drill lets the model refuse
	hosted  bool   // on another cloud than Anthropic's own
	name    string // the model as quotas, caches and the bill know it
}

func (k *call) messages() {
	if !k.method(http.MethodPost) {
		return
	}
	j, f := k.accept(false)
	if f != nil {
		k.refuse(f)
		return
	}
	grants, f := k.charge(j)
	if f != nil {
		k.refuse(f)
		return
	}
	j.Answer(k.core, k.Place+"\x00"+k.key+"\x00"+j.name, k.Fault)
	var usage core.Usage
	if j.Stream {
		usage = k.stream(j)
	} else {
		usage = k.respond(j)
	}
	grants.settle(k.core.Quota, usage, j)
}

func (k *call) countTokens() {
	if !k.method(http.MethodPost) {
		return
	}
	j, f := k.accept(true)
	if f != nil {
		k.refuse(f)
		return
	}
	k.send(map[string]int{"input_tokens": j.reading.Tokens})
}

// accept reads and checks a request and counts its prompt.
func (k *call) accept(counting bool) (*Job, *fault) {
	body, err := io.ReadAll(http.MaxBytesReader(k.w, k.r.Body, maxBody))
	if tooBig := new(http.MaxBytesError); errors.As(err, &tooBig) {
		return nil, failed(tooLarge, "Request exceeds the maximum size")
	} else if err != nil {
		return nil, failed(invalid, "The request body could not be read: %s", err)
	}
	r, f := readRequest(body, k.form(counting))
	if f != nil {
		return nil, f
	}
	m, f := k.find(r.Model)
	if f != nil {
		return nil, f
	}
	if f := r.fits(k.host.NoFormat, k.host.Inline); f != nil {
		return nil, f
	}
	j, f := r.job(k.core, k.Place, m, counting)
	if f != nil {
		return nil, f
	}
	j.hosted, j.name = k.host.Hosted, r.Model
	if k.host.Find == nil {
		j.name = publicName(m)
	}
	return j, nil
}

// form is which members a body may have at this host.
func (k *call) form(counting bool) form {
	shape := messageForm
	if counting {
		shape = countForm
	}
	without := func(name string) bool { return slices.Contains(k.host.Without, name) }
	shape.fields = append(slices.DeleteFunc(slices.Clone(shape.fields), without), k.host.Extra...)
	shape.beta = strings.Contains(strings.Join(k.r.Header.Values("Anthropic-Beta"), ","), contextBeta)
	return shape
}

// job checks a request against its model and counts its prompt.
func (r *request) job(c *core.Core, place string, m claude.Rules, counting bool) (*Job, *fault) {
	mode, f := r.check(m, counting)
	if f != nil {
		return nil, f
	}
	j := &Job{request: r, model: m, mode: mode}
	j.reading = c.Read(r.prompt(place, m, mode))
	if n := j.reading.Tokens; n > m.Context && !counting {
		return nil, failed(invalid, "prompt is too long: %d tokens > %d maximum", n, m.Context)
	}
	return j, nil
}

// Answer lets the model speak, within what is left of its context window, and
// settles the cache that scope names. With max_tokens 0 it says nothing: such a
// request only warms the cache. A fault of kind content-filter makes it refuse.
func (j *Job) Answer(c *core.Core, scope string, f core.Fault) {
	left := j.model.Context - j.reading.Tokens
	j.reading.Prompt.MaxOutput = max(1, min(j.MaxTokens, left))
	rule := core.CacheRule{Mode: core.CacheMarked, Minimum: j.model.MinCache, LookBack: 20, MaxMarks: 4}
	j.reply = c.Complete(scope, j.reading, rule)
	a := &j.reply.Answers[0]
	j.stop = stopReasons[a.Stop]
	switch {
	case j.MaxTokens == 0:
		*a = core.Answer{}
		j.reply.Usage = j.reply.Partial(0, 0)
		j.stop = stopReasons[core.StopLength]
	case f.Kind == core.ContentFilter:
		j.refused = true
		j.stop = "refusal"
		*a = a.Shorten(f.After)
		j.reply.Usage = j.reply.Partial(a.Output, a.Reasoning)
	case a.Stop == core.StopLength && left < j.MaxTokens:
		j.stop = "model_context_window_exceeded"
	}
}

var stopReasons = map[core.Stop]string{
	core.StopEnd: "end_turn", core.StopLength: "max_tokens", core.StopSequence: "stop_sequence", core.StopCalls: "tool_use",
}

func (k *call) messageID() string { return cmp.Or(k.host.ID, "msg_01") + k.ID[:22] }

// respond sends the whole answer and bills it.
func (k *call) respond(j *Job) core.Usage {
	body, err := j.Body(k.messageID())
	if err == nil {
		err = k.core.Deliver(k.Exchange, "application/json", body, k.row(j))
	} else {
		k.core.Logger.Error("encode message", "place", k.Place, "error", err)
		err = core.ErrInStream
	}
	if errors.Is(err, core.ErrInStream) {
		k.refuse(failed(apiError, "Internal server error"))
		return core.Usage{}
	}
	return j.reply.Usage
}

func (k *call) row(j *Job) core.Row {
	return core.Row{
		Place: k.Place, RequestID: k.requestID(), Model: j.name, Operation: "messages",
		Stream: j.Stream, Status: http.StatusOK, Usage: j.reply.Usage,
	}
}
