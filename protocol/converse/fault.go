package converse

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/envelope"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// errorType is the header that names the exception, in canonical form.
const errorType = "X-Amzn-Errortype"

// wireError is an exception's body. AWS writes message in either letter case.
type wireError struct {
	Message  string `json:"message"`
	Message2 string `json:"Message"`
	Type     string `json:"__type"`
	Code     string `json:"code"`
	// OriginalStatusCode is what the model's own server answered.
	OriginalStatusCode int    `json:"originalStatusCode"`
	OriginalMessage    string `json:"originalMessage"`
}

// ReadFault implements protocol.Protocol. The exception is named by the header
// or, failing that, in the body.
func (l *Language) ReadFault(status int, header http.Header, body []byte) *interline.Fault {
	name := ""
	if v := header[errorType]; len(v) > 0 {
		name = v[0]
	}
	return readFault(status, name, body)
}

// exception reads the error that a frame of a stream carries.
func exception(f *protocol.Frame) *interline.Fault { return readFault(0, f.Name, f.Data) }

// readFault copies the body, since that of a frame does not last.
func readFault(status int, name string, body []byte) *interline.Fault {
	var e wireError
	// A body that cannot be read leaves the status to go by.
	if json.Unmarshal(body, &e, lenient) != nil {
		e = wireError{}
	}
	for _, other := range []string{e.Type, e.Code} {
		if name == "" {
			name = other
		}
	}
	name = shortName(name)
	f := &interline.Fault{Message: e.Message, Type: name, Status: status, Body: bytes.Clone(body)}
	for _, other := range []string{e.Message2, e.OriginalMessage, "the cloud answered with an error it did not explain"} {
		if f.Message == "" {
			f.Message = other
		}
	}
	f.Class, f.Code = classify(status, name, e.OriginalStatusCode, f.Message)
	return f
}

// shortName takes what AWS puts around an exception's name: a namespace before
// a '#', a URL after a ':'.
func shortName(name string) string {
	if _, after, ok := strings.Cut(name, "#"); ok {
		name = after
	}
	name, _, _ = strings.Cut(name, ":")
	return name
}

// Marks of ValidationException by which its causes differ.
var (
	tooLong = []string{"too long", "too many tokens", "context length", "context window", "maximum tokens", "exceeds the maximum"}
	noModel = []string{"model identifier is invalid", "on-demand throughput isn", "model id", "could not resolve the foundation model"}
	unable  = []string{"support", "deprecated for this model", "extra inputs are not permitted", "extraneous key", "not permitted"}
	blocked = []string{"content filter", "blocked by"}
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

// classify follows the classes of the error table by the exception's name, in
// either letter case: streams begin it with a small letter.
func classify(status int, name string, original int, message string) (interline.Class, interline.Code) {
	switch strings.ToLower(name) {
	case "validationexception":
		return invalid(message)
	case "throttlingexception":
		return interline.C5Throttle, interline.CodeRateLimit
	case "modelnotreadyexception", "serviceunavailableexception":
		return interline.C6Overload, interline.CodeOverloaded
	case "internalserverexception", "internalfailure":
		return interline.C7Server, interline.CodeUpstream
	case "modeltimeoutexception":
		return interline.C9Ambiguous, interline.CodeTimeout
	case "modelerrorexception", "modelstreamerrorexception":
		return byOriginal(original, message)
	case "accessdeniedexception":
		return interline.C3Credential, interline.CodePermission
	case "unrecognizedclientexception", "expiredtokenexception", "expiredtoken", "invalidsignatureexception",
		"incompletesignatureexception", "missingauthenticationtokenexception", "invalidclienttokenid", "requesttimetooskewed":
		return interline.C3Credential, interline.CodeUpstreamAuth
	case "resourcenotfoundexception", "unknownoperationexception":
		return interline.C2Capability, interline.CodeModel
	case "servicequotaexceededexception":
		return interline.C4Quota, interline.CodeBilling
	case "serializationexception", "conflictexception":
		return interline.C0Client, interline.CodeInvalid
	}
	return byStatus(status, message)
}

func invalid(message string) (interline.Class, interline.Code) {
	switch {
	case says(message, noModel):
		return interline.C2Capability, interline.CodeModel
	case says(message, tooLong):
		return interline.C2Capability, interline.CodeContext
	case says(message, blocked):
		return interline.C1Policy, interline.CodeContent
	case says(message, unable):
		return interline.C2Capability, interline.CodeInvalid
	}
	return interline.C0Client, interline.CodeInvalid
}

// byOriginal goes by what the model's own server answered.
func byOriginal(original int, message string) (interline.Class, interline.Code) {
	switch {
	case original == http.StatusTooManyRequests:
		return interline.C5Throttle, interline.CodeRateLimit
	case original == http.StatusRequestTimeout, original == http.StatusGatewayTimeout:
		return interline.C7Server, interline.CodeTimeout
	case original >= 400 && original < 500:
		return invalid(message)
	}
	return interline.C7Server, interline.CodeUpstream
}

func byStatus(status int, message string) (interline.Class, interline.Code) {
	class, code := protocol.ByStatus(status)
	if class == interline.C0Client && code == interline.CodeInvalid {
		return invalid(message)
	}
	return class, code
}

// spoken is how a code is said: HTTP status and exception. stream is the
// exception within a stream, where there are fewer; original is the status it
// then carries.
type spoken struct {
	status    int
	exception string
	stream    string
	original  int
}

// The exceptions that a stream may carry (service model of bedrock-runtime).
const (
	streamInternal    = "internalServerException"
	streamModel       = "modelStreamErrorException"
	streamThrottled   = "throttlingException"
	streamUnavailable = "serviceUnavailableException"
	streamInvalid     = "validationException"
)

var words = map[interline.Code]spoken{
	interline.CodeInvalid:      {400, "ValidationException", streamInvalid, 0},
	interline.CodeLosses:       {400, "ValidationException", streamInvalid, 0},
	interline.CodeContext:      {400, "ValidationException", streamInvalid, 0},
	interline.CodeContent:      {400, "ValidationException", streamInvalid, 0},
	interline.CodeAuth:         {403, "UnrecognizedClientException", streamInvalid, 0},
	interline.CodePermission:   {403, "AccessDeniedException", streamInvalid, 0},
	interline.CodeBilling:      {400, "ServiceQuotaExceededException", streamThrottled, 0},
	interline.CodeModel:        {404, "ResourceNotFoundException", streamInvalid, 0},
	interline.CodeNotFound:     {404, "ResourceNotFoundException", streamInvalid, 0},
	interline.CodeMethod:       {405, "UnknownOperationException", streamInvalid, 0},
	interline.CodeTooLarge:     {413, "ValidationException", streamInvalid, 0},
	interline.CodeMediaType:    {415, "ValidationException", streamInvalid, 0},
	interline.CodeUpgrade:      {426, "ValidationException", streamInvalid, 0},
	interline.CodeRateLimit:    {429, "ThrottlingException", streamThrottled, 0},
	interline.CodeTimeout:      {408, "ModelTimeoutException", streamModel, 408},
	interline.CodeUpstream:     {500, "InternalServerException", streamInternal, 0},
	interline.CodeUpstreamAuth: {503, "ServiceUnavailableException", streamUnavailable, 0},
	interline.CodeOverloaded:   {503, "ServiceUnavailableException", streamUnavailable, 0},
	interline.CodeUnavailable:  {503, "ServiceUnavailableException", streamUnavailable, 0},
}

func say(f *interline.Fault) spoken {
	if s, ok := words[f.Code]; ok {
		return s
	}
	return spoken{500, "InternalServerException", streamInternal, 0}
}

// WriteFault implements protocol.Protocol. AWS's clients choose the type of
// their error by the header, and name the request by the other.
func (l *Language) WriteFault(f *interline.Fault, requestID string) (int, http.Header, []byte) {
	s := say(f)
	h := http.Header{"Content-Type": {"application/json"}, errorType: {s.exception}}
	if requestID != "" {
		h["X-Amzn-Requestid"] = []string{requestID}
	}
	return s.status, h, errorBody(f, 0)
}

// errorBody writes the error. A validation error tells its cause by its words
// alone, so the words by which clients know a cause are always there.
func errorBody(f *interline.Fault, original int) []byte {
	message := f.Message
	switch {
	case f.Code == interline.CodeContext && !says(message, tooLong):
		message = "Input is too long for requested model: " + message
	case f.Code == interline.CodeContent && !says(message, blocked):
		message = "The content filter refused: " + message
	}
	message += f.Lost()
	var out jsonout.Text
	out.Open('{')
	out.String("message", message)
	if original != 0 {
		out.Int("originalStatusCode", int64(original))
		out.String("originalMessage", message)
	}
	out.Close('}')
	return out
}

// AppendFault implements protocol.Protocol with an exception frame, on which
// AWS's clients raise.
func (l *Language) AppendFault(dst []byte, f *interline.Fault, _ string) []byte {
	s := say(f)
	return envelope.AppendMessage(dst, []envelope.Header{
		{Name: ":exception-type", Value: s.stream},
		{Name: ":content-type", Value: "application/json"},
		{Name: ":message-type", Value: "exception"},
	}, errorBody(f, s.original))
}

// AppendPing implements protocol.Protocol: the language has no frame that means
// nothing, so nothing is appended.
func (l *Language) AppendPing(dst []byte) []byte { return dst }
