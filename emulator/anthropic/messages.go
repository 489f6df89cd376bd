package anthropic

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/core"
)

const maxBody = 32 << 20 // bytes of a Messages request

// job is a request that was accepted, with all that is needed to answer it.
type job struct {
	*request
	model   claude.Rules
	mode    claude.Mode
	reading *core.Reading
	reply   core.Reply
	stop    string // stop_reason
	refused bool   // a drill lets the model refuse
}

func (k *call) messages() {
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
	k.answer(j)
	var usage core.Usage
	if j.Stream {
		usage = k.stream(j)
	} else {
		usage = k.respond(j)
	}
	grants.settle(k.core.Quota, usage, j)
}

func (k *call) countTokens() {
	j, f := k.accept(true)
	if f != nil {
		k.refuse(f)
		return
	}
	k.send(map[string]int{"input_tokens": j.reading.Tokens})
}

// accept reads and checks a request and counts its prompt.
func (k *call) accept(counting bool) (*job, *fault) {
	if k.r.Method != http.MethodPost {
		k.Header().Set("Allow", http.MethodPost)
		return nil, &fault{kind: invalid, status: http.StatusMethodNotAllowed, message: "Method Not Allowed"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(k.w, k.r.Body, maxBody))
	if tooBig := new(http.MaxBytesError); errors.As(err, &tooBig) {
		return nil, failed(tooLarge, "Request exceeds the maximum size")
	} else if err != nil {
		return nil, failed(invalid, "The request body could not be read: %s", err)
	}
	beta := strings.Contains(strings.Join(k.r.Header.Values("Anthropic-Beta"), ","), "context-management-")
	r, f := readRequest(body, counting, beta)
	if f != nil {
		return nil, f
	}
	j := &job{request: r}
	if j.model, f = find(r.Model); f != nil {
		return nil, f
	}
	if j.mode, f = r.check(j.model, counting); f != nil {
		return nil, f
	}
	j.reading = k.core.Read(r.prompt(k.Place, j.model, j.mode))
	if n := j.reading.Tokens; n > j.model.Context && !counting {
		return nil, failed(invalid, "prompt is too long: %d tokens > %d maximum", n, j.model.Context)
	}
	return j, nil
}

// answer lets the model speak, within what is left of its context window. With
// max_tokens 0 it says nothing: such a request only warms the cache.
func (k *call) answer(j *job) {
	left := j.model.Context - j.reading.Tokens
	j.reading.Prompt.MaxOutput = max(1, min(j.MaxTokens, left))
	rule := core.CacheRule{Mode: core.CacheMarked, Minimum: j.model.MinCache, LookBack: 20, MaxMarks: 4}
	j.reply = k.core.Complete(k.Place+"\x00"+k.key+"\x00"+j.model.Name, j.reading, rule)
	a := &j.reply.Answers[0]
	j.stop = stopReasons[a.Stop]
	switch {
	case j.MaxTokens == 0:
		*a = core.Answer{}
		j.reply.Usage = j.reply.Partial(0, 0)
		j.stop = stopReasons[core.StopLength]
	case k.Fault.Kind == core.ContentFilter:
		j.refused = true
		j.stop = "refusal"
		*a = shorten(*a, k.Fault.After)
		j.reply.Usage = j.reply.Partial(a.Output, a.Reasoning)
	case a.Stop == core.StopLength && left < j.MaxTokens:
		j.stop = "model_context_window_exceeded"
	}
}

var stopReasons = map[core.Stop]string{
	core.StopEnd: "end_turn", core.StopLength: "max_tokens", core.StopSequence: "stop_sequence", core.StopCalls: "tool_use",
}

// shorten leaves the first n pieces of an answer, without any tool call: what a
// model said before it was stopped.
func shorten(a core.Answer, n int) core.Answer {
	cut := core.Answer{Stop: a.Stop}
	for step := range a.Steps() {
		part := a.Parts[step.Part]
		if n--; n < 0 || part.Kind == core.PartCall {
			break
		}
		if step.First {
			cut.Parts = append(cut.Parts, core.Part{Kind: part.Kind})
		}
		last := &cut.Parts[len(cut.Parts)-1]
		last.Pieces, last.Tokens = append(last.Pieces, step.Piece), append(last.Tokens, step.Tokens)
		cut.Output += step.Tokens
		if part.Kind == core.PartReasoning {
			cut.Reasoning += step.Tokens
		}
	}
	return cut
}

// respond sends the whole answer and bills it.
func (k *call) respond(j *job) core.Usage {
	m := k.message(j)
	m.Content = j.content()
	m.StopReason, m.StopSequence, m.StopDetails = &j.stop, j.matched(), j.details()
	m.Usage = usageOf(j, j.reply.Usage)
	body, err := json.Marshal(m)
	if err != nil {
		k.core.Logger.Error("encode message", "place", k.Place, "error", err)
		k.refuse(failed(apiError, "Internal server error"))
		return core.Usage{}
	}
	err = k.Respond(http.StatusOK, "application/json", body, j.reply.Usage.Output)
	if errors.Is(err, core.ErrInStream) {
		k.refuse(failed(apiError, "Internal server error"))
		return core.Usage{}
	}
	k.bill(j, j.reply.Usage, err != nil)
	return j.reply.Usage
}

func (k *call) bill(j *job, u core.Usage, cut bool) {
	k.core.Bill.Add(core.Row{
		Place: k.Place, RequestID: k.requestID(), Model: publicName(j.model), Operation: "messages",
		Stream: j.Stream, Status: http.StatusOK, Usage: u, Cut: cut,
	})
}
