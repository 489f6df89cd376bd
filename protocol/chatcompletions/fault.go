package chatcompletions

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/envelope"
)

// wireError is the error object. Vendors send code as a string or a number.
type wireError struct {
	Message string         `json:"message"`
	Type    string         `json:"type,omitzero"`
	Param   *string        `json:"param"`
	Code    jsontext.Value `json:"code"`
}

// ReadFault implements protocol.Protocol. A status of 0 means an error within a
// stream. The body is copied, since that of a frame does not last.
func (l *Language) ReadFault(status int, _ http.Header, body []byte) *interline.Fault {
	e := readError(body)
	code := strings.Trim(string(e.Code), `"`)
	f := &interline.Fault{Message: e.Message, Type: e.Type, Status: status, Body: bytes.Clone(body)}
	if code != "" && code != "null" {
		f.Type = code
	}
	if e.Param != nil {
		f.Param = *e.Param
	}
	if f.Message == "" {
		f.Message = "the cloud answered with an error it did not explain"
	}
	f.Class, f.Code = classify(status, e.Type, code, e.Message)
	return f
}

// readError finds the error in the bodies that vendors send: the object of the
// API, the same in a list, a bare message, or Mistral's detail.
func readError(body []byte) wireError {
	var w struct {
		Error   jsontext.Value `json:"error"`
		Message string         `json:"message"`
		Detail  jsontext.Value `json:"detail"`
		wireErrorRest
	}
	data := jsontext.Value(body)
	if data.Kind() == '[' {
		var list []jsontext.Value
		if json.Unmarshal(data, &list) == nil && len(list) > 0 {
			data = list[0]
		}
	}
	if json.Unmarshal(data, &w, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) != nil {
		return wireError{}
	}
	var e wireError
	switch {
	case w.Error.Kind() == '{' && json.Unmarshal(w.Error, &e) == nil:
	case w.Error.Kind() == '"':
		e.Message = protocol.Text(w.Error)
	case w.Message != "":
		e.Message, e.Type, e.Code = w.Message, w.Type, w.Code
	case len(w.Detail) > 0:
		e.Message = string(w.Detail)
	}
	return e
}

type wireErrorRest struct {
	Type string         `json:"type"`
	Code jsontext.Value `json:"code"`
}

// finished are the codes of OpenAI's errors that no waiting heals.
var finished = []string{
	"insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
	"project_spend_limit_exceeded", "organization_usage_limit_exceeded", "billing_hard_limit_reached",
}

// classify follows the classes of the error table by status, type and code.
func classify(status int, kind, code, message string) (interline.Class, interline.Code) {
	is := func(s string) bool { return kind == s || code == s }
	switch {
	case slices.Contains(finished, code) || slices.Contains(finished, kind) || status == http.StatusPaymentRequired:
		return interline.C4Quota, interline.CodeBilling
	case is("context_length_exceeded") || strings.Contains(message, "maximum context length"):
		return interline.C2Capability, interline.CodeContext
	case is("content_filter") || is("content_policy_violation"):
		return interline.C1Policy, interline.CodeContent
	case is("model_not_found") || is("DeploymentNotFound"):
		return interline.C2Capability, interline.CodeModel
	case is("slow_down") || is("rate_limit_exceeded"):
		return interline.C5Throttle, interline.CodeRateLimit
	case is("server_is_overloaded") || is("overloaded"):
		return interline.C6Overload, interline.CodeOverloaded
	case is("unsupported_parameter") || is("unsupported_value"):
		return interline.C2Capability, interline.CodeInvalid
	case is("timeout"):
		return interline.C7Server, interline.CodeTimeout
	case is("request_too_large"):
		return interline.C0Client, interline.CodeTooLarge
	case is("invalid_api_key") || is("authentication_error"):
		return interline.C3Credential, interline.CodeUpstreamAuth
	case is("permission_denied"):
		return interline.C3Credential, interline.CodePermission
	case status == 0 && kind == "invalid_request_error":
		return interline.C0Client, interline.CodeInvalid
	}
	return protocol.ByStatus(status)
}

// spoken is how a code is said: HTTP status, type and code.
type spoken struct {
	status     int
	kind, code string
}

var words = map[interline.Code]spoken{
	interline.CodeInvalid:      {400, "invalid_request_error", ""},
	interline.CodeLosses:       {400, "invalid_request_error", "would_lose"},
	interline.CodeContext:      {400, "invalid_request_error", "context_length_exceeded"},
	interline.CodeContent:      {400, "invalid_request_error", "content_filter"},
	interline.CodeAuth:         {401, "authentication_error", "invalid_api_key"},
	interline.CodePermission:   {403, "permission_denied", "permission_denied"},
	interline.CodeBilling:      {429, "insufficient_quota", "insufficient_quota"},
	interline.CodeModel:        {404, "invalid_request_error", "model_not_found"},
	interline.CodeNotFound:     {404, "invalid_request_error", "not_found"},
	interline.CodeMethod:       {405, "invalid_request_error", "method_not_allowed"},
	interline.CodeTooLarge:     {413, "invalid_request_error", "request_too_large"},
	interline.CodeMediaType:    {415, "invalid_request_error", "unsupported_media_type"},
	interline.CodeUpgrade:      {426, "invalid_request_error", "upgrade_required"},
	interline.CodeRateLimit:    {429, "rate_limit_error", "rate_limit_exceeded"},
	interline.CodeTimeout:      {504, "server_error", "timeout"},
	interline.CodeUpstream:     {502, "server_error", "upstream_error"},
	interline.CodeUpstreamAuth: {502, "server_error", "upstream_auth"},
	interline.CodeOverloaded:   {503, "server_error", "overloaded"},
	interline.CodeUnavailable:  {503, "server_error", "unavailable"},
}

func say(f *interline.Fault) spoken {
	if s, ok := words[f.Code]; ok {
		return s
	}
	return spoken{500, "server_error", "internal_error"}
}

// WriteFault implements protocol.Protocol.
func (l *Language) WriteFault(f *interline.Fault, _ string) (int, http.Header, []byte) {
	return say(f).status, http.Header{"Content-Type": {"application/json"}}, errorBody(f)
}

func errorBody(f *interline.Fault) []byte {
	s := say(f)
	e := wireError{Message: f.Message, Type: s.kind}
	e.Message += f.Lost()
	if f.Param != "" {
		e.Param = &f.Param
	}
	if s.code != "" {
		e.Code = protocol.Quote(s.code)
	}
	return append(append([]byte(`{"error":`), protocol.JSON(e)...), '}')
}

// AppendFault implements protocol.Protocol: the official SDKs raise on a chunk
// that holds an error, and no "[DONE]" follows it.
func (l *Language) AppendFault(dst []byte, f *interline.Fault, _ string) []byte {
	return envelope.AppendSSE(dst, "", errorBody(f))
}

// AppendPing implements protocol.Protocol with a comment, which readers of
// server-sent events pass over.
func (l *Language) AppendPing(dst []byte) []byte { return append(dst, ": ping\n\n"...) }
