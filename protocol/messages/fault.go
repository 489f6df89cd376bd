package messages

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/envelope"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// wireError is the error object. details.error_code tells spend limits from
// rate limits (anthropic docs, 2026-11); this gateway also says there what a
// type alone cannot.
type wireError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	Details *struct {
		Code string `json:"error_code"`
	} `json:"details"`
}

// ReadFault implements protocol.Protocol. A status of 0 means an error within a
// stream. The body is copied, since that of a frame does not last.
func (l *Language) ReadFault(status int, _ http.Header, body []byte) *interline.Fault {
	e := readError(body)
	code := ""
	if e.Details != nil {
		code = e.Details.Code
	}
	f := &interline.Fault{Message: e.Message, Type: e.Type, Status: status, Body: bytes.Clone(body)}
	if f.Message == "" {
		f.Message = "the cloud answered with an error it did not explain"
	}
	f.Class, f.Code = classify(status, e.Type, code, e.Message)
	return f
}

// readError finds the error in the bodies that places send: the object of the
// API, its inner object alone, or AWS's bare message.
func readError(body []byte) wireError {
	var w struct {
		Error   jsontext.Value `json:"error"`
		Type    string         `json:"type"`
		Message string         `json:"message"`
	}
	if json.Unmarshal(body, &w, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) != nil {
		return wireError{}
	}
	e := wireError{Type: w.Type, Message: w.Message}
	switch w.Error.Kind() {
	case '{':
		inner := wireError{}
		if json.Unmarshal(w.Error, &inner, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) == nil {
			e = inner
		}
	case '"':
		e.Message = protocol.Text(w.Error)
	}
	return e
}

// Marks of messages by which errors of one type differ.
var (
	tooLong   = []string{"prompt is too long", "exceed context limit", "context window", "input is too long"}
	unable    = []string{"not support", "deprecated for this model", "extra inputs are not permitted", "not available for this model"}
	blocked   = []string{"content filtering policy"}
	spendings = []string{"spend limit", "credit balance is too low"}
)

func says(message string, marks []string) bool {
	message = strings.ToLower(message)
	for _, m := range marks {
		if strings.Contains(message, m) {
			return true
		}
	}
	return false
}

// classify follows the classes of the error table by code, type and status.
func classify(status int, kind, code, message string) (interline.Class, interline.Code) {
	switch {
	case kind == "billing_error", status == http.StatusPaymentRequired, code == "enforced_spend_limit_reached",
		status == http.StatusBadRequest && says(message, spendings):
		return interline.C4Quota, interline.CodeBilling
	case code == string(interline.CodeContent) || kind == "invalid_request_error" && says(message, blocked):
		return interline.C1Policy, interline.CodeContent
	case code == string(interline.CodeContext) || (kind == "invalid_request_error" || kind == "") && says(message, tooLong):
		return interline.C2Capability, interline.CodeContext
	case kind == "overloaded_error", status == 529:
		return interline.C6Overload, interline.CodeOverloaded
	case kind == "rate_limit_error":
		return interline.C5Throttle, interline.CodeRateLimit
	case kind == "timeout_error":
		return interline.C7Server, interline.CodeTimeout
	case kind == "authentication_error":
		return interline.C3Credential, interline.CodeUpstreamAuth
	case kind == "permission_error":
		return interline.C3Credential, interline.CodePermission
	case kind == "not_found_error":
		return interline.C2Capability, interline.CodeModel
	case kind == "request_too_large":
		return interline.C0Client, interline.CodeTooLarge
	case kind == "invalid_request_error" && says(message, unable):
		return interline.C2Capability, interline.CodeInvalid
	case kind == "invalid_request_error" && status == 0:
		return interline.C0Client, interline.CodeInvalid
	}
	return protocol.ByStatus(status)
}

// spoken is how a code is said: HTTP status and type. extra marks codes that
// the type does not tell, which are then said in details.error_code.
type spoken struct {
	status int
	kind   string
	extra  bool
}

var words = map[interline.Code]spoken{
	interline.CodeInvalid:      {400, "invalid_request_error", false},
	interline.CodeLosses:       {400, "invalid_request_error", true},
	interline.CodeContext:      {400, "invalid_request_error", true},
	interline.CodeContent:      {400, "invalid_request_error", true},
	interline.CodeAuth:         {401, "authentication_error", false},
	interline.CodePermission:   {403, "permission_error", false},
	interline.CodeBilling:      {402, "billing_error", false},
	interline.CodeModel:        {404, "not_found_error", false},
	interline.CodeNotFound:     {404, "not_found_error", false},
	interline.CodeMethod:       {405, "invalid_request_error", true},
	interline.CodeTooLarge:     {413, "request_too_large", false},
	interline.CodeMediaType:    {415, "invalid_request_error", true},
	interline.CodeUpgrade:      {426, "invalid_request_error", true},
	interline.CodeRateLimit:    {429, "rate_limit_error", false},
	interline.CodeTimeout:      {504, "timeout_error", false},
	interline.CodeUpstream:     {502, "api_error", false},
	interline.CodeUpstreamAuth: {502, "api_error", true},
	interline.CodeOverloaded:   {529, "overloaded_error", false},
	interline.CodeUnavailable:  {503, "overloaded_error", true},
}

func say(f *interline.Fault) spoken {
	if s, ok := words[f.Code]; ok {
		return s
	}
	return spoken{500, "api_error", false}
}

// WriteFault implements protocol.Protocol.
func (l *Language) WriteFault(f *interline.Fault, requestID string) (int, http.Header, []byte) {
	return say(f).status, http.Header{"Content-Type": {"application/json"}}, errorBody(f, requestID)
}

// errorBody writes the error. Clients such as Claude Code know a prompt that is
// too long by the words "prompt is too long", so they are always there.
func errorBody(f *interline.Fault, requestID string) []byte {
	s := say(f)
	message := f.Message
	if f.Code == interline.CodeContext && !strings.Contains(strings.ToLower(message), tooLong[0]) {
		message = tooLong[0] + ": " + message
	}
	message += f.Lost()
	var out jsonout.Text
	out.Open('{')
	out.String("type", "error")
	out.Object("error")
	out.String("type", s.kind)
	out.String("message", message)
	if s.extra {
		out.Object("details")
		out.String("error_code", string(f.Code))
		out.Close('}')
	}
	out.Close('}')
	out.Said("request_id", requestID)
	out.Close('}')
	return out
}

// AppendFault implements protocol.Protocol: the official SDKs raise on an event
// of that name.
func (l *Language) AppendFault(dst []byte, f *interline.Fault, requestID string) []byte {
	return envelope.AppendSSE(dst, "error", errorBody(f, requestID))
}

// AppendPing implements protocol.Protocol.
func (l *Language) AppendPing(dst []byte) []byte {
	return envelope.AppendSSE(dst, "ping", []byte(`{"type":"ping"}`))
}
