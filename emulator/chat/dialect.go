package chat

import (
	"fmt"
	"net/http"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// Dialect is what a cloud does differently from OpenAI. Find must be set; what
// is left nil is as at OpenAI.
type Dialect struct {
	// Find resolves the model of a request; name is the body's model.
	Find func(name string) (Model, *Error)
	// Unnamed admits bodies without a model, because the URL has it.
	Unnamed bool
	// Unfit is the refusal of a model that lacks the operation, which is
	// chat, embeddings or responses.
	Unfit func(m Model, operation string) *Error
	// File finds an uploaded file that an input of Responses names; nil for places
	// that take none.
	File func(id string) (content []byte, ok bool)
	// Idle are tools of the vendor's own that may be declared in Responses, and that no
	// emulated model ever calls.
	Idle []string
	// Extra are further top-level members the cloud accepts.
	Extra []string
	// Send writes a refusal in the cloud's own shape and headers.
	Send func(x *core.Exchange, e *Error)
	// Fault turns a drill's fault into the cloud's refusal, or nil when the
	// fault is not one that refuses. See [FaultError].
	Fault func(f core.Fault) *Error
	// Throttled is the 429 of an exhausted quota. See [Throttled].
	Throttled func(m Model, g core.Grant) *Error
	// Limits writes the state of the quota. See [LimitHeaders].
	Limits func(h http.Header, g core.Grant)
	// Filter is Azure's content filter; nil for clouds without.
	Filter *Filter

	Obfuscate bool // pad the chunks of streams, as OpenAI does unless asked not to
	Tiers     bool // echo service_tier
}

// Filter is a content filter that annotates prompts and answers.
type Filter struct {
	// Refuse judges the text of a prompt; nil lets it pass.
	Refuse func(prompt string, f core.Fault) *Error
	Prompt any // prompt_filter_results of an answer
	Answer any // content_filter_results of a choice
	// Response is content_filters of a response.
	Response any
}

// FaultError is OpenAI's refusal for a drill's fault: auth, throttle, overload
// and status. Other kinds give nil.
func FaultError(f core.Fault) *Error {
	switch f.Kind {
	case core.Auth:
		return &Error{
			Status: http.StatusUnauthorized, Type: "invalid_request_error", Code: "invalid_api_key",
			Message: "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.",
		}
	case core.Throttle:
		e := throttleError("requests", "this model", f.RetryAfter())
		e.Header.Set("X-Ratelimit-Remaining-Requests", "0")
		e.Header.Set("X-Ratelimit-Reset-Requests", f.RetryAfter().String())
		return e
	case core.Overload:
		return Overloaded(f.RetryAfter())
	case core.StatusCode:
		return OfStatus(f.Status)
	}
	return nil
}

// Throttled is OpenAI's 429 for an exhausted quota.
func Throttled(m Model, g core.Grant) *Error {
	kind := "requests"
	if g.ByTokens {
		kind = "tokens"
	}
	return throttleError(kind, m.ID, g.RetryAfter)
}

func throttleError(kind, model string, after time.Duration) *Error {
	short := "RPM"
	if kind == "tokens" {
		short = "TPM"
	}
	return &Error{
		Status: http.StatusTooManyRequests, Type: kind, Code: "rate_limit_exceeded",
		Message: fmt.Sprintf("Rate limit reached for %s in organization org-emulated on %s per min (%s). Please try again in %s.",
			model, kind, short, after.Round(time.Millisecond)),
		Header: RetryHeaders(after),
	}
}

// withDefaults fills in OpenAI's ways.
func (d Dialect) withDefaults() Dialect {
	if d.Send == nil {
		d.Send = func(x *core.Exchange, e *Error) { e.Send(x) }
	}
	if d.Fault == nil {
		d.Fault = FaultError
	}
	if d.Unfit == nil {
		d.Unfit = unfit
	}
	if d.Throttled == nil {
		d.Throttled = Throttled
	}
	if d.Limits == nil {
		d.Limits = LimitHeaders
	}
	return d
}

func unfit(m Model, operation string) *Error {
	if operation == "embeddings" {
		e := Invalid("", "", "You are not allowed to generate embeddings from this model")
		e.Status = http.StatusForbidden
		return e
	}
	if operation == "responses" {
		return Invalid("model", "unsupported_model", "The requested model '%s' cannot be used with the Responses API.", m.ID)
	}
	e := Invalid("model", "", "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/embeddings?")
	e.Status = http.StatusNotFound
	return e
}
