package chat

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// Error is a refusal in OpenAI's shape. An empty Param or Code is null on the
// wire. Header holds headers that go along, such as retry-after.
type Error struct {
	Status  int
	Message string
	Type    string
	Param   string
	Code    string
	Header  http.Header
	// Whole is the body where a cloud's shape is another; nil for OpenAI's.
	Whole json.RawMessage
}

// Error makes it usable as a Go error.
func (e *Error) Error() string { return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message) }

// Body is {"error":{"message","type","param","code"}} (openai docs, 2026-11).
func (e *Error) Body() []byte {
	if e.Whole != nil {
		return e.Whole
	}
	type wire struct {
		Message string  `json:"message"`
		Type    string  `json:"type"`
		Param   *string `json:"param"`
		Code    *string `json:"code"`
	}
	body, _ := json.Marshal(map[string]wire{ // strings always encode
		"error": {e.Message, e.Type, orNull(e.Param), orNull(e.Code)},
	})
	return body
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Invalid is the common refusal: 400 invalid_request_error. param and code may
// be empty.
func Invalid(param, code, format string, args ...any) *Error {
	return &Error{
		Status: http.StatusBadRequest, Type: "invalid_request_error",
		Param: param, Code: code, Message: fmt.Sprintf(format, args...),
	}
}

// Overloaded is OpenAI's 503 for a drill of kind overload.
func Overloaded(retry time.Duration) *Error {
	e := &Error{
		Status: http.StatusServiceUnavailable, Type: "server_error", Code: "server_is_overloaded",
		Message: "The server is currently overloaded with other requests. Sorry about that! You can retry your request.",
	}
	e.Header = RetryHeaders(retry)
	return e
}

// OfStatus is the error of a drill that wants one HTTP status.
func OfStatus(status int) *Error {
	e := &Error{Status: status, Type: "invalid_request_error", Message: "An emulated error with status " + strconv.Itoa(status) + "."}
	switch {
	case status >= http.StatusInternalServerError:
		e.Type, e.Code = "server_error", "server_error"
	case status == http.StatusTooManyRequests:
		e.Type, e.Code = "requests", "rate_limit_exceeded"
	}
	return e
}

// Failed is the error of a drill that breaks an answer with the dialect's own
// error: a 500 for a whole answer, an error object within a stream.
func Failed() *Error {
	return &Error{
		Status: http.StatusInternalServerError, Type: "server_error", Code: "server_error",
		Message: "The server had an error while processing your request. Sorry about that!",
	}
}

// Unroutable is the answer to a URL that does not exist.
func Unroutable(r *http.Request) *Error {
	e := Invalid("", "", "Invalid URL (%s %s)", r.Method, r.URL.Path)
	e.Status = http.StatusNotFound
	return e
}

// WrongMethod is the answer to a method the URL does not have.
func WrongMethod(allowed ...string) *Error {
	e := Invalid("", "method_not_supported", "Not allowed to use this method on this URL; allowed: %s.", strings.Join(allowed, ", "))
	e.Status = http.StatusMethodNotAllowed
	e.Header = http.Header{"Allow": {strings.Join(allowed, ", ")}}
	return e
}

// RetryHeaders says when to come back, in milliseconds and in whole seconds
// rounded up.
func RetryHeaders(after time.Duration) http.Header {
	h := http.Header{}
	h.Set("Retry-After-Ms", strconv.FormatInt(max(1, after.Milliseconds()), 10))
	h.Set("Retry-After", strconv.FormatInt(max(1, int64((after+time.Second-1)/time.Second)), 10))
	return h
}

// LimitHeaders writes the state of a quota as OpenAI does: counts, and resets
// as Go durations.
func LimitHeaders(h http.Header, g core.Grant) {
	h.Set("X-Ratelimit-Limit-Requests", strconv.Itoa(g.LimitRequests))
	h.Set("X-Ratelimit-Limit-Tokens", strconv.Itoa(g.LimitTokens))
	h.Set("X-Ratelimit-Remaining-Requests", strconv.Itoa(g.RemainingRequests))
	h.Set("X-Ratelimit-Remaining-Tokens", strconv.Itoa(g.RemainingTokens))
	h.Set("X-Ratelimit-Reset-Requests", g.ResetRequests.Round(time.Millisecond).String())
	h.Set("X-Ratelimit-Reset-Tokens", g.ResetTokens.Round(time.Millisecond).String())
}

// Send writes the refusal and its headers.
func (e *Error) Send(x *core.Exchange) {
	for name, values := range e.Header {
		x.Header()[name] = values
	}
	x.Refuse(e.Status, "application/json", e.Body())
}
