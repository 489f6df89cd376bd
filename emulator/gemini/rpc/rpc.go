// Package rpc writes refusals the way Google's HTTP APIs do: a google.rpc.Status
// below "error", with the details that tell a client what to do
// (google/rpc/error_details.proto, 2026-11).
//
// It knows no API: who refuses chooses the words. Values are safe to share once
// they are made.
package rpc

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// An Error is one refusal. Status is the HTTP status, which determines the
// canonical name.
type Error struct {
	Status  int
	Message string
	Details []any
}

// Error makes it usable as a Go error.
func (e *Error) Error() string {
	return strconv.Itoa(e.Status) + " " + Name(e.Status) + ": " + e.Message
}

// Invalid is the refusal of an argument, 400 without details.
func Invalid(format string, args ...any) *Error {
	return &Error{Status: http.StatusBadRequest, Message: fmt.Sprintf(format, args...)}
}

// names are the canonical codes that go with HTTP statuses (google/rpc/code.proto).
var names = map[int]string{
	400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
	409: "ABORTED", 429: "RESOURCE_EXHAUSTED", 499: "CANCELLED", 500: "INTERNAL",
	501: "UNIMPLEMENTED", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}

// Name is the canonical code for an HTTP status, or the one of its class.
func Name(status int) string {
	switch name := names[status]; {
	case name != "":
		return name
	case status >= http.StatusInternalServerError:
		return "INTERNAL"
	}
	return "FAILED_PRECONDITION"
}

// Body is the refusal as JSON.
func (e *Error) Body() []byte {
	type wire struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		Status  string `json:"status"`
		Details []any  `json:"details,omitempty"`
	}
	body, err := json.MarshalIndent(map[string]wire{"error": {e.Status, e.Message, Name(e.Status), e.Details}}, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("encode a refusal of plain values: %v", err))
	}
	return append(body, '\n')
}

// Send writes the refusal as the whole answer.
func (e *Error) Send(x *core.Exchange) {
	x.Refuse(e.Status, "application/json; charset=UTF-8", e.Body())
}

// SendArray writes the refusal as an array of one, which is what a stream that
// was not asked for as server-sent events answers.
func (e *Error) SendArray(x *core.Exchange) {
	x.Refuse(e.Status, "application/json; charset=UTF-8", append(append([]byte("["), e.Body()...), ']'))
}

const typeURL = "type.googleapis.com/google.rpc."

// A Violation is one field that is wrong. Field is empty for the whole request.
type Violation struct {
	Field       string `json:"field,omitempty"`
	Description string `json:"description"`
}

// BadRequest is the detail that lists violations.
func BadRequest(all []Violation) any {
	return struct {
		Type       string      `json:"@type"`
		Violations []Violation `json:"fieldViolations"`
	}{typeURL + "BadRequest", all}
}

// ErrorInfo is the detail a program can tell causes apart by.
func ErrorInfo(reason, domain string, metadata map[string]string) any {
	return struct {
		Type     string            `json:"@type"`
		Reason   string            `json:"reason"`
		Domain   string            `json:"domain"`
		Metadata map[string]string `json:"metadata,omitempty"`
	}{typeURL + "ErrorInfo", reason, domain, metadata}
}

// RetryInfo is the detail that says when to come back.
func RetryInfo(after time.Duration) any {
	return struct {
		Type  string `json:"@type"`
		Delay string `json:"retryDelay"`
	}{typeURL + "RetryInfo", strconv.FormatFloat(after.Round(time.Millisecond).Seconds(), 'f', -1, 64) + "s"}
}

// Quota is one exceeded limit.
type Quota struct {
	Metric     string            `json:"quotaMetric"`
	ID         string            `json:"quotaId"`
	Dimensions map[string]string `json:"quotaDimensions"`
	Value      string            `json:"quotaValue,omitempty"`
}

// QuotaFailure is the detail that names the limit.
func QuotaFailure(q Quota) any {
	return struct {
		Type       string  `json:"@type"`
		Violations []Quota `json:"violations"`
	}{typeURL + "QuotaFailure", []Quota{q}}
}
