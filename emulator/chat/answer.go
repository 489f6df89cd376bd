package chat

import (
	"encoding/json"

	"github.com/interline-ai/interline/emulator/core"
)

// fingerprint is the system_fingerprint of every answer.
const fingerprint = "fp_emulated"

type completion struct {
	ID          string   `json:"id"`
	Object      string   `json:"object"`
	Created     int64    `json:"created"`
	Model       string   `json:"model"`
	Choices     []option `json:"choices"`
	Usage       *usage   `json:"usage"`
	Tier        string   `json:"service_tier,omitempty"`
	Fingerprint string   `json:"system_fingerprint"`
	Filter      any      `json:"prompt_filter_results,omitempty"`
}

type option struct {
	Index    int       `json:"index"`
	Message  message   `json:"message"`
	Logprobs *logprobs `json:"logprobs"`
	Finish   string    `json:"finish_reason"`
	Filter   any       `json:"content_filter_results,omitempty"`
}

type message struct {
	Role        string     `json:"role"`
	Content     *string    `json:"content"`
	Reasoning   string     `json:"reasoning,omitempty"`
	Calls       []toolCall `json:"tool_calls,omitempty"`
	Refusal     *string    `json:"refusal"`
	Annotations []any      `json:"annotations"`
	Audio       *spoken    `json:"audio,omitempty"`
}

type toolCall struct {
	Index    *int         `json:"index,omitempty"` // in streams only
	ID       string       `json:"id,omitempty"`
	Type     string       `json:"type,omitempty"`
	Function toolFunction `json:"function"`
}

type toolFunction struct {
	Name      string `json:"name,omitempty"`
	Arguments string `json:"arguments"`
}

type usage struct {
	Prompt     int                `json:"prompt_tokens"`
	Completion int                `json:"completion_tokens"`
	Total      int                `json:"total_tokens"`
	Read       *promptDetails     `json:"prompt_tokens_details,omitempty"`
	Said       *completionDetails `json:"completion_tokens_details,omitempty"`
}

type promptDetails struct {
	Cached int  `json:"cached_tokens"`
	Writes *int `json:"cache_write_tokens,omitempty"`
	Audio  int  `json:"audio_tokens"`
}

type completionDetails struct {
	Reasoning int `json:"reasoning_tokens"`
	Audio     int `json:"audio_tokens"`
	Accepted  int `json:"accepted_prediction_tokens"`
	Rejected  int `json:"rejected_prediction_tokens"`
}

// wireUsage is the usage as this model reports it.
func wireUsage(u core.Usage, m Model) *usage {
	w := &usage{Prompt: u.Input, Completion: u.Output, Total: u.Total()}
	if m.NoDetails {
		return w
	}
	w.Read = &promptDetails{Cached: u.CacheRead}
	if m.CacheWrites {
		writes := u.CacheWrite()
		w.Read.Writes = &writes
	}
	w.Said = &completionDetails{Reasoning: u.Reasoning}
	if m.Speaks {
		w.Said.Audio = u.Output
	}
	return w
}

func (o *outcome) id() string { return "chatcmpl-" + o.x.ID[:29] }

// tier echoes service_tier as OpenAI does: auto becomes default, fast becomes
// priority.
func (o *outcome) tier() string {
	switch {
	case !o.d.Tiers:
		return ""
	case o.q.Tier == "fast":
		return "priority"
	case o.q.Tier == "" || o.q.Tier == "auto":
		return "default"
	}
	return o.q.Tier
}

// completion is the whole answer's body.
func (o *outcome) completion() []byte {
	out := completion{
		ID: o.id(), Object: "chat.completion", Created: o.created, Model: o.m.Snapshot,
		Usage: wireUsage(o.reply.Usage, o.m), Tier: o.tier(), Fingerprint: fingerprint,
	}
	for i, a := range o.reply.Answers {
		out.Choices = append(out.Choices, o.option(i, a))
	}
	if f := o.d.Filter; f != nil {
		out.Filter = f.Prompt
	}
	body, _ := json.Marshal(out) // strings and numbers always encode
	return body
}

func (o *outcome) option(i int, a core.Answer) option {
	msg := message{Role: "assistant", Annotations: []any{}}
	for _, p := range a.Calls() {
		msg.Calls = append(msg.Calls, toolCall{
			ID: callID(p), Type: "function", Function: toolFunction{Name: p.Name, Arguments: p.Text()},
		})
	}
	switch text := a.Text(); {
	case len(msg.Calls) > 0:
	case o.q.Speak:
		msg.Audio = o.speech(text)
	default:
		msg.Content = &text
	}
	if o.m.ShowReasoning {
		msg.Reasoning = a.ReasoningText()
	}
	out := option{Index: i, Message: msg, Finish: finish(a.Stop)}
	if o.q.Logprobs && msg.Content != nil {
		out.Logprobs = o.logprobs(a)
	}
	if f := o.d.Filter; f != nil {
		out.Filter = f.Answer
	}
	return out
}

func callID(p core.Part) string { return "call_" + p.CallID }

func finish(s core.Stop) string {
	switch s {
	case core.StopLength:
		return "length"
	case core.StopCalls:
		return "tool_calls"
	case stopFiltered:
		return "content_filter"
	}
	return "stop"
}
