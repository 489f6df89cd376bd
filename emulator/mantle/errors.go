package mantle

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
)

// drilled is the refusal a drill wants before the request is looked at, or nil.
func drilled(f core.Fault) *chat.Error {
	switch f.Kind {
	case core.Throttle:
		return throttled(false)
	case core.Overload:
		return &chat.Error{Status: http.StatusServiceUnavailable, Message: "Bedrock is unable to process your request."}
	case core.Auth:
		return &chat.Error{Status: http.StatusForbidden, Code: "access_denied", Message: "The security token included in the request is invalid."}
	case core.StatusCode:
		return &chat.Error{Status: f.Status, Message: http.StatusText(f.Status) + " (ordered by a drill)"}
	}
	return nil
}

func throttled(byTokens bool) *chat.Error {
	what := "requests"
	if byTokens {
		what = "tokens"
	}
	return &chat.Error{
		Status: http.StatusTooManyRequests, Code: "throttling_error", Message: "Too many " + what + ", please wait before trying again.",
	}
}

func unroutable() *chat.Error {
	return &chat.Error{Status: http.StatusNotFound, Code: "not_found_error", Message: "Not Found"}
}

// send writes a refusal in OpenAI's shape with the endpoint's words for type and
// code. A body that cannot be read is told as its reader says it (probed,
// 2026-08); what is chained to a response that is not there is not found.
func (k *call) send(e *chat.Error) {
	switch e.Code {
	case "invalid_type":
		e.Message = "Failed to deserialize the JSON body into the target type: " + e.Message
	case "previous_response_not_found":
		e.Status = http.StatusNotFound
	}
	switch {
	case e.Status >= http.StatusInternalServerError:
		e.Type, e.Code = "server_error", "service_error"
	case e.Status == http.StatusBadRequest:
		e.Type, e.Code = "invalid_request_error", "validation_error"
	default:
		e.Type = "invalid_request_error"
	}
	e.Param, e.Whole = "", nil
	e.Send(k.Exchange)
}

// plain sends a small body, which costs nobody anything.
func (k *call) plain(v any) *chat.Error {
	body, err := json.Marshal(v)
	if err != nil {
		return chat.Failed()
	}
	if err := k.Respond(http.StatusOK, "application/json", body, 0); errors.Is(err, core.ErrInStream) {
		return chat.Failed()
	}
	return nil
}

// turned writes the frames of a stream with the name of the event after its
// data, as the endpoint does (recorded, 2026-07), which the format allows.
// A frame must come in one call, as [core.Stream] sends it.
type turned struct {
	http.ResponseWriter
	named bool // events are named after their data
}

// Unwrap lets the server's own writer be found.
func (t *turned) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (t *turned) Write(frame []byte) (int, error) {
	name, rest, ok := strings.Cut(string(frame), "\n")
	if !t.named || !ok || !strings.HasPrefix(name, "event: ") || !strings.HasSuffix(rest, "\n\n") {
		return t.ResponseWriter.Write(frame)
	}
	if _, err := t.ResponseWriter.Write([]byte(rest[:len(rest)-1] + name + "\n\n")); err != nil {
		return 0, err
	}
	return len(frame), nil
}
