package anthropic

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/interline-ai/interline/emulator/anthropic/strict"
	"github.com/interline-ai/interline/emulator/core"
)

// Error types of the API, with the HTTP status each comes with.
const (
	invalid        = "invalid_request_error"
	authentication = "authentication_error"
	notFound       = "not_found_error"
	tooLarge       = "request_too_large"
	rateLimit      = "rate_limit_error"
	apiError       = "api_error"
	overloaded     = "overloaded_error"
)

var statusOf = map[string]int{
	invalid: 400, authentication: 401, "billing_error": 402, "permission_error": 403, notFound: 404,
	tooLarge: 413, rateLimit: 429, apiError: 500, "timeout_error": 504, overloaded: 529,
}

// A fault is a request refused in the API's shape.
type fault struct {
	kind    string // the API's error type
	status  int
	message string
	retry   time.Duration // sent as retry-after, in whole seconds, when above 0
}

func failed(kind, format string, args ...any) *fault {
	return &fault{kind: kind, status: statusOf[kind], message: fmt.Sprintf(format, args...)}
}

type errorBody struct {
	Type      string      `json:"type"`
	Error     errorDetail `json:"error"`
	RequestID string      `json:"request_id,omitempty"`
}

type errorDetail struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

func (k *call) errorBody(f *fault) []byte {
	body, err := json.Marshal(errorBody{"error", errorDetail{f.kind, f.message}, k.requestID()})
	if err != nil {
		panic(fmt.Sprintf("encode an error body of three strings: %v", err))
	}
	return body
}

func (k *call) refuse(f *fault) {
	if f.retry > 0 {
		k.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.retry.Seconds()))))
	}
	k.Refuse(f.status, "application/json", k.errorBody(f))
}

// drilled is the refusal a drill wants before the request is looked at, or nil.
func drilled(f core.Fault) *fault {
	switch f.Kind {
	case core.Throttle:
		limited := failed(rateLimit, "This request would exceed your organization's rate limit. Please try again later.")
		limited.retry = f.RetryAfter()
		return limited
	case core.Overload:
		busy := failed(overloaded, "Overloaded")
		busy.retry = f.Delay // the API sends none with 529; a drill may ask for one
		return busy
	case core.Auth:
		return failed(authentication, "invalid x-api-key")
	case core.StatusCode:
		return &fault{kind: kindOf(f.Status), status: f.Status, message: http.StatusText(f.Status) + " (ordered by a drill)"}
	}
	return nil
}

// kindOf is the error type that goes with a status: the API's own, or the
// nearest for a status it does not use.
func kindOf(status int) string {
	for kind, s := range statusOf {
		if s == status {
			return kind
		}
	}
	if status >= 500 {
		return apiError
	}
	return invalid
}

// wording renders the first problem of a document as the API words it.
func wording(problems []strict.Problem) *fault {
	p := problems[0]
	say := p.Say
	switch p.Kind {
	case strict.Missing:
		say = "Field required"
	case strict.Unknown:
		say = "Extra inputs are not permitted"
	case strict.Type:
		say = "Input should be " + typeNames[p.Want]
	}
	if p.Path == "" {
		return failed(invalid, "%s", say)
	}
	return failed(invalid, "%s: %s", p.Path, say)
}

var typeNames = map[string]string{
	"string": "a valid string", "number": "a valid number", "integer": "a valid integer",
	"boolean": "a valid boolean", "object": "a valid dictionary", "array": "a valid list",
}
