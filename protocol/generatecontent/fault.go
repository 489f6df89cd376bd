package generatecontent

import (
	"bytes"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/envelope"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// wireError is an error's body: google.rpc.Status in JSON.
type wireError struct {
	Error struct {
		Code    int      `json:"code"`
		Message string   `json:"message"`
		Status  string   `json:"status"`
		Details []detail `json:"details"`
	} `json:"error"`
}

// detail is a detail of any type that is read: RetryInfo, QuotaFailure,
// ErrorInfo.
type detail struct {
	RetryDelay string `json:"retryDelay"`
	Reason     string `json:"reason"`
	Violations []struct {
		QuotaID string `json:"quotaId"`
	} `json:"violations"`
}

// ReadFault implements protocol.Protocol.
func (l *Language) ReadFault(status int, _ http.Header, body []byte) *interline.Fault {
	return readFault(status, body)
}

// readFault copies the body, since that of a frame does not last. Where an
// array was asked for, the error may stand in one (recorded by peers, 2026). A
// status of 0 is an error within an answer, which has its status in itself.
func readFault(status int, body []byte) *interline.Fault {
	var e wireError
	one := body
	if list := elements(bytes.TrimSpace(body)); len(list) > 0 {
		one = list[0]
	}
	// A body that cannot be read leaves the status to go by.
	if json.Unmarshal(one, &e, lenient) != nil {
		e = wireError{}
	}
	f := &interline.Fault{Message: e.Error.Message, Type: e.Error.Status, Status: status, Body: bytes.Clone(body)}
	if f.Message == "" {
		f.Message = "the cloud answered with an error it did not explain"
	}
	if status == 0 {
		status = e.Error.Code
	}
	f.RetryAfter = retryDelay(&e)
	f.Class, f.Code = classify(status, &e)
	return f
}

// retryMark is how the message says it where there are no details (recorded by
// gemini-cli, 2026).
var retryMark = regexp.MustCompile(`[Rr]etry in ([0-9.]+(?:ms|s|m|h))`)

// retryDelay is how long Google asks to wait.
func retryDelay(e *wireError) time.Duration {
	for _, d := range e.Error.Details {
		if wait, err := time.ParseDuration(d.RetryDelay); err == nil && wait > 0 {
			return wait
		}
	}
	if m := retryMark.FindStringSubmatch(e.Error.Message); m != nil {
		if wait, err := time.ParseDuration(m[1]); err == nil {
			return wait
		}
	}
	return 0
}

// Marks of messages by which causes differ that have one status.
var (
	tooLong = []string{"input token count", "exceeds the maximum number of tokens", "context length", "too many tokens"}
	refused = []string{"safety", "blocked by", "prohibited content"}
	unable  = []string{"not support", "unsupported", "is not enabled", "unknown name", "user location"}
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

// classify follows the classes of the error table, by Google's status and, in
// its absence, by the HTTP status.
func classify(status int, e *wireError) (interline.Class, interline.Code) {
	message := e.Error.Message
	if e.reason("API_KEY_INVALID") { // which Google says with 400
		return interline.C3Credential, interline.CodeUpstreamAuth
	}
	switch e.Error.Status {
	case "INVALID_ARGUMENT", "OUT_OF_RANGE":
		return invalid(status, message)
	case "FAILED_PRECONDITION": // billing or region
		return interline.C2Capability, interline.CodeInvalid
	case "UNAUTHENTICATED":
		return interline.C3Credential, interline.CodeUpstreamAuth
	case "PERMISSION_DENIED":
		return interline.C3Credential, interline.CodePermission
	case "NOT_FOUND":
		return interline.C2Capability, interline.CodeModel
	case "RESOURCE_EXHAUSTED":
		return exhausted(e)
	case "UNAVAILABLE":
		return interline.C6Overload, interline.CodeOverloaded
	case "DEADLINE_EXCEEDED":
		return interline.C7Server, interline.CodeTimeout
	case "INTERNAL", "UNKNOWN":
		return interline.C7Server, interline.CodeUpstream
	case "UNIMPLEMENTED":
		return interline.C2Capability, interline.CodeInvalid
	}
	class, code := protocol.ByStatus(status)
	switch {
	case class == interline.C0Client && code == interline.CodeInvalid:
		return invalid(status, message)
	case class == interline.C5Throttle:
		return exhausted(e)
	}
	return class, code
}

func (e *wireError) reason(word string) bool {
	for _, d := range e.Error.Details {
		if d.Reason == word {
			return true
		}
	}
	return false
}

func invalid(status int, message string) (interline.Class, interline.Code) {
	switch {
	case status == http.StatusRequestEntityTooLarge:
		return interline.C0Client, interline.CodeTooLarge
	case says(message, tooLong):
		return interline.C2Capability, interline.CodeContext
	case says(message, refused):
		return interline.C1Policy, interline.CodeContent
	case says(message, unable):
		return interline.C2Capability, interline.CodeInvalid
	}
	return interline.C0Client, interline.CodeInvalid
}

// Reasons of exhaustion that waiting a moment does not help. The last is our
// own, for a budget that is spent.
const (
	capacityReason = "MODEL_CAPACITY_EXHAUSTED"
	budgetReason   = "BUDGET_EXHAUSTED"
)

// exhausted tells the kinds of 429 apart as Google's own gemini-cli does (5411f11,
// 2026): a day's quota and a quota of nothing are finished, a lack of capacity
// is the model's, all else passes.
func exhausted(e *wireError) (interline.Class, interline.Code) {
	if e.reason(capacityReason) || says(e.Error.Message, []string{"exhausted your capacity"}) {
		return interline.C6Overload, interline.CodeOverloaded
	}
	spent := e.reason(budgetReason) || strings.HasSuffix(e.Error.Message, "limit: 0") || strings.Contains(e.Error.Message, "limit: 0,")
	for _, d := range e.Error.Details {
		for _, v := range d.Violations {
			spent = spent || strings.Contains(v.QuotaID, "PerDay") || strings.Contains(v.QuotaID, "Daily")
		}
	}
	if spent {
		return interline.C4Quota, interline.CodeBilling
	}
	return interline.C5Throttle, interline.CodeRateLimit
}

// spoken is how a code is said: HTTP status and Google's status.
type spoken struct {
	status int
	word   string
}

var words = map[interline.Code]spoken{
	interline.CodeInvalid:      {400, "INVALID_ARGUMENT"},
	interline.CodeLosses:       {400, "INVALID_ARGUMENT"},
	interline.CodeContext:      {400, "INVALID_ARGUMENT"},
	interline.CodeContent:      {400, "INVALID_ARGUMENT"},
	interline.CodeAuth:         {401, "UNAUTHENTICATED"},
	interline.CodePermission:   {403, "PERMISSION_DENIED"},
	interline.CodeBilling:      {429, "RESOURCE_EXHAUSTED"},
	interline.CodeModel:        {404, "NOT_FOUND"},
	interline.CodeNotFound:     {404, "NOT_FOUND"},
	interline.CodeMethod:       {405, "UNIMPLEMENTED"},
	interline.CodeTooLarge:     {413, "INVALID_ARGUMENT"},
	interline.CodeMediaType:    {415, "INVALID_ARGUMENT"},
	interline.CodeUpgrade:      {426, "FAILED_PRECONDITION"},
	interline.CodeRateLimit:    {429, "RESOURCE_EXHAUSTED"},
	interline.CodeTimeout:      {504, "DEADLINE_EXCEEDED"},
	interline.CodeUpstream:     {500, "INTERNAL"},
	interline.CodeUpstreamAuth: {503, "UNAVAILABLE"},
	interline.CodeOverloaded:   {503, "UNAVAILABLE"},
	interline.CodeUnavailable:  {503, "UNAVAILABLE"},
}

func say(f *interline.Fault) spoken {
	if s, ok := words[f.Code]; ok {
		return s
	}
	return spoken{500, "INTERNAL"}
}

// WriteFault implements protocol.Protocol.
func (l *Language) WriteFault(f *interline.Fault, requestID string) (int, http.Header, []byte) {
	return say(f).status, http.Header{"Content-Type": {"application/json"}}, errorBody(f, requestID)
}

// errorBody writes the error. An invalid argument tells its cause by its words
// alone, so the words by which a cause is known are always there.
func errorBody(f *interline.Fault, requestID string) []byte {
	message := f.Message
	switch {
	case f.Code == interline.CodeContext && !says(message, tooLong):
		message = "The input token count exceeds the maximum number of tokens allowed: " + message
	case f.Code == interline.CodeContent && !says(message, refused):
		message = "The request was blocked by a content filter: " + message
	}
	message += f.Lost()
	s := say(f)
	var out jsonout.Text
	out.Open('{')
	out.Object("error")
	out.Int("code", int64(s.status))
	out.String("message", message)
	out.String("status", s.word)
	addDetails(&out, f, requestID)
	out.Close('}')
	out.Close('}')
	return out
}

// addDetails adds what google.rpc has messages for: how long to wait, which
// field, which request.
func addDetails(out *jsonout.Text, f *interline.Fault, requestID string) {
	out.Array("details")
	if f.RetryAfter > 0 {
		addDetail(out, "RetryInfo")
		out.String("retryDelay", strconv.FormatFloat(f.RetryAfter.Round(time.Millisecond).Seconds(), 'f', -1, 64)+"s")
		out.Close('}')
	}
	if f.Code == interline.CodeBilling {
		addDetail(out, "ErrorInfo")
		out.String("reason", budgetReason)
		out.String("domain", "interline")
		out.Close('}')
	}
	if f.Param != "" {
		addDetail(out, "BadRequest")
		out.Array("fieldViolations")
		out.Open('{')
		out.String("field", f.Param)
		out.String("description", f.Message)
		out.Close('}')
		out.Close(']')
		out.Close('}')
	}
	if requestID != "" {
		addDetail(out, "RequestInfo")
		out.String("requestId", requestID)
		out.Close('}')
	}
	out.Close(']')
}

func addDetail(out *jsonout.Text, kind string) {
	out.Open('{')
	out.String("@type", "type.googleapis.com/google.rpc."+kind)
}

// AppendFault implements protocol.Protocol. Google's clients raise on a chunk
// with an error (genai v1.77.0). An array stays open after it, so that a client
// which waits for the whole of it cannot take it for one.
func (l *Language) AppendFault(dst []byte, f *interline.Fault, requestID string) []byte {
	if l.array {
		return append(append(dst, separator...), errorBody(f, requestID)...)
	}
	return envelope.AppendSSE(dst, "", errorBody(f, requestID))
}

// AppendPing implements protocol.Protocol with an empty line. Google's client
// for Go takes a comment for a broken chunk (genai v1.77.0, api_client.go), so
// there is none. In an array nothing may stand before the bracket, by which
// some clients know it.
func (l *Language) AppendPing(dst []byte) []byte {
	if l.array {
		return dst
	}
	return append(dst, '\n', '\n')
}
