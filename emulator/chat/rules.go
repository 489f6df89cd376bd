package chat

import (
	"slices"

	"github.com/interline-ai/interline/emulator/core"
)

// check applies the rules of a model to a request (openai docs, 2026-11; the
// texts follow recorded answers where there were any).
func (q *Request) check(m Model) *Error {
	r := &reader{}
	q.checkOutput(r, m)
	q.checkEffort(r, m)
	q.checkSampling(r, m)
	q.checkTools(r, m)
	q.checkMessages(r, m)
	q.checkSound(r, m)
	for _, name := range m.Refused {
		if q.given[name] {
			unsupported(r, name)
		}
	}
	if (q.given["prompt_cache_options"] || q.hasMarks()) && m.Cache.Mode != core.CacheMarked {
		unsupported(r, "prompt_cache_options")
	}
	return r.err
}

func unsupported(r *reader, name string) {
	r.fail(Invalid(name, "unsupported_parameter", "Unsupported parameter: '%s' is not supported with this model.", name))
}

func (q *Request) checkOutput(r *reader, m Model) {
	if q.MaxTokens != nil && m.Reasoning() && !m.ShowReasoning && !m.OldLimit {
		r.fail(Invalid("max_tokens", "unsupported_parameter",
			"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."))
	}
	if n := q.limit(); n > m.MaxOutput {
		name := "max_tokens"
		if q.MaxCompletion != nil {
			name = "max_completion_tokens"
		}
		r.fail(Invalid(name, "invalid_value",
			"%s is too large: %d. This model supports at most %d completion tokens, whereas you provided %d.", name, n, m.MaxOutput, n))
	}
}

func (q *Request) checkEffort(r *reader, m Model) {
	switch {
	case q.Effort == "":
		return
	case !m.Reasoning():
		r.fail(Invalid("reasoning_effort", "", "Unrecognized request argument supplied: reasoning_effort"))
	case !slices.Contains(m.Efforts, q.Effort):
		r.fail(Invalid("reasoning_effort", "unsupported_value",
			"Unsupported value: 'reasoning_effort' does not support '%s' with this model. Supported values are: %s.", q.Effort, quoteAll(m.Efforts)))
	}
}

// effort is the one that holds: asked for, or the model's own.
func (q *Request) effort(m Model) string {
	if q.Effort != "" {
		return q.Effort
	}
	return m.Effort
}

func (q *Request) checkSampling(r *reader, m Model) {
	if m.Sampling == SamplingFree {
		return
	}
	for _, name := range []string{"frequency_penalty", "presence_penalty", "logit_bias"} {
		if q.given[name] && !q.isDefault(name) {
			unsupported(r, name)
		}
	}
	if m.Sampling == SamplingWithoutEffort && q.effort(m) == "none" {
		return
	}
	for _, name := range []string{"temperature", "top_p", "logprobs", "top_logprobs"} {
		switch {
		case !q.given[name]:
		case m.Sampling == SamplingNever:
			unsupported(r, name)
		case name == "temperature" && *q.Temperature != 1:
			r.fail(Invalid(name, "unsupported_value",
				"Unsupported value: 'temperature' does not support %v with this model. Only the default (1) value is supported.", *q.Temperature))
		case name != "temperature" && (m.Sampling == SamplingFixed || !q.isDefault(name)):
			unsupported(r, name)
		}
	}
}

// isDefault says whether a parameter was given the value it has anyway.
func (q *Request) isDefault(name string) bool {
	is := func(p *float64, want float64) bool { return p != nil && *p == want }
	switch name {
	case "temperature":
		return is(q.Temperature, 1)
	case "top_p":
		return is(q.TopP, 1)
	case "frequency_penalty":
		return is(q.Frequency, 0)
	case "presence_penalty":
		return is(q.Presence, 0)
	case "logit_bias":
		return !q.Bias
	case "logprobs":
		return !q.Logprobs
	}
	return false
}

func (q *Request) checkTools(r *reader, m Model) {
	if len(q.Tools) == 0 {
		return
	}
	if !m.Tools {
		unsupported(r, "tools")
	}
	if m.CallsNeed != "" && q.effort(m) != m.CallsNeed {
		r.fail(Invalid("reasoning_effort", "",
			"Function tools with reasoning_effort are not supported for %s in /v1/chat/completions. "+
				"To use function tools, use /v1/responses or set reasoning_effort to '%s'.", m.ID, m.CallsNeed))
	}
	if slices.Contains(m.RefuseChoice, q.Choice.mode) {
		r.fail(Invalid("tool_choice", "unsupported_value",
			"Unsupported value: 'tool_choice' does not support '%s' with this model.", q.Choice.mode))
	}
}

func (q *Request) checkMessages(r *reader, m Model) {
	for i, msg := range q.Messages {
		if msg.Role == "developer" && m.NoSystem {
			p := at("messages", i) + ".role"
			r.fail(Invalid(p, "unsupported_value", "Unsupported value: '%s' does not support 'developer' with this model.", p))
		}
		for j, p := range msg.Parts {
			if p.Image != nil && !m.Vision {
				r.fail(Invalid(at(at("messages", i)+".content", j)+".type", "invalid_value",
					"Invalid content type. image_url is only supported by certain models."))
			}
		}
	}
}

func (q *Request) hasMarks() bool {
	return slices.ContainsFunc(q.Messages, func(m Message) bool {
		return slices.ContainsFunc(m.Parts, func(p Part) bool { return p.Mark > 0 })
	})
}
