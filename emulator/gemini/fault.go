package gemini

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/interline-ai/interline/emulator/core"
	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// refusals are the sentences in which the two products differ for one rule.
type refusals struct{ studio, vertex string }

// refuse words a rule for the product that is asked. Both sentences take the
// same arguments; an empty vertex sentence means they are the same.
func (k *Call) refuse(r refusals, args ...any) *rpc.Error {
	if k.Vertex && r.vertex != "" {
		return rpc.Invalid(r.vertex, args...)
	}
	return rpc.Invalid(r.studio, args...)
}

// learn ends Vertex AI's sentences.
const learn = " Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/gemini"

// Overloaded is the 503 of a model without capacity. Within a stream it is the
// error that ends it.
func Overloaded() *rpc.Error {
	return &rpc.Error{Status: http.StatusServiceUnavailable, Message: "The model is overloaded. Please try again later."}
}

// Internal is the 500 of a service that failed.
func Internal() *rpc.Error {
	return &rpc.Error{Status: http.StatusInternalServerError, Message: "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting"}
}

// BadKey is the refusal of an API key: a 400, not a 401 (google.api.ErrorReason,
// 2026-10).
func BadKey(service string) *rpc.Error {
	e := rpc.Invalid("API key not valid. Please pass a valid API key.")
	e.Details = []any{
		rpc.ErrorInfo("API_KEY_INVALID", "googleapis.com", map[string]string{"service": service}),
		localized("API key not valid. Please pass a valid API key."),
	}
	return e
}

func localized(message string) any {
	return map[string]string{"@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US", "message": message}
}

// throttled is the 429 of the Gemini API, which names the limit and the wait.
func throttled(model string, byTokens bool, limit int, after time.Duration) *rpc.Error {
	q := rpc.Quota{
		Metric: Service + "/generate_requests_per_model", ID: "GenerateRequestsPerMinutePerProjectPerModel",
		Dimensions: map[string]string{"location": "global", "model": model}, Value: strconv.Itoa(limit),
	}
	if byTokens {
		q.Metric = Service + "/generate_content_paid_tier_input_token_count"
		q.ID = "GenerateContentPaidTierInputTokensPerModelPerMinute"
	}
	wait := strconv.FormatFloat(after.Round(time.Millisecond).Seconds(), 'f', -1, 64)
	return &rpc.Error{
		Status: http.StatusTooManyRequests,
		Message: fmt.Sprintf("You exceeded your current quota, please check your plan and billing details. For more information on this error, "+
			"head over to: https://ai.google.dev/gemini-api/docs/rate-limits. \n* Quota exceeded for metric: %s, limit: %d, model: %s\nPlease retry in %ss.",
			q.Metric, limit, model, wait),
		Details: []any{rpc.QuotaFailure(q), rpc.RetryInfo(after)},
	}
}

// Exhausted is the 429 of Vertex AI's shared capacity: no details, no wait.
func Exhausted() *rpc.Error {
	return &rpc.Error{
		Status:  http.StatusTooManyRequests,
		Message: "Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.",
	}
}

// Drilled is the refusal a drill wants before the request is looked at, or nil.
// The refusal of a credential is the place's own.
func Drilled(f core.Fault, vertex bool, credential *rpc.Error) *rpc.Error {
	switch f.Kind {
	case core.Throttle:
		if vertex {
			return Exhausted()
		}
		return throttled("this-model", false, core.DefaultLimits.Requests, f.RetryAfter())
	case core.Overload:
		return Overloaded()
	case core.Auth:
		return credential
	case core.StatusCode:
		return &rpc.Error{Status: f.Status, Message: http.StatusText(f.Status) + " (ordered by a drill)"}
	}
	return nil
}
