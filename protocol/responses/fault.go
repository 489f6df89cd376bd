package responses

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/envelope"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// chat says errors the way that both of OpenAI's languages do.
var chat protocol.Protocol = chatcompletions.New(chatcompletions.Dialect{})

// ReadFault implements protocol.Protocol: OpenAI has one error object in both of
// its languages.
func (l *Language) ReadFault(status int, header http.Header, body []byte) *interline.Fault {
	return chat.ReadFault(status, header, body)
}

// WriteFault implements protocol.Protocol.
func (l *Language) WriteFault(f *interline.Fault, requestID string) (int, http.Header, []byte) {
	return chat.WriteFault(f, requestID)
}

// wireError is the error of an event or of a failed response.
type wireError struct {
	Message string         `json:"message"`
	Code    string         `json:"code"`
	Param   string         `json:"param"`
	Error   jsontext.Value `json:"error"`
}

// errorOf reads an error event. The API documents its members beside the type;
// an error object within, as OpenAI's own servers and this gateway also send,
// says more.
func errorOf(data []byte) *interline.Fault {
	var e wireError
	if json.Unmarshal(data, &e, lenient) != nil || e.Error.Kind() == '{' {
		return chat.ReadFault(0, nil, data)
	}
	return e.fault(data)
}

// failed reads the error of a response that failed after HTTP 200; data is the
// whole of what came.
func failed(v jsontext.Value, data []byte) *interline.Fault {
	var e wireError
	if v.Kind() != '{' || json.Unmarshal(v, &e, lenient) != nil {
		e = wireError{Code: "server_error", Message: "the response failed, and the cloud did not say why"}
	}
	return e.fault(data)
}

// fault reads the error as that of a body, which says the same in an object.
func (e *wireError) fault(data []byte) *interline.Fault {
	var t jsonout.Text
	t.Open('{')
	t.Object("error")
	t.String("message", e.Message)
	t.Said("code", e.Code)
	t.Said("param", e.Param)
	t.Close('}')
	t.Close('}')
	f := chat.ReadFault(0, nil, t)
	f.Body = bytes.Clone(data)
	switch {
	case e.Code == "invalid_prompt" || strings.Contains(e.Code, "image_") || strings.Contains(e.Code, "_image"):
		f.Class, f.Code = interline.C0Client, interline.CodeInvalid
	case e.Code == "data_residency_mismatch":
		f.Class, f.Code = interline.C2Capability, interline.CodeInvalid
	}
	if slices.Contains(policies, e.Code) {
		f.Class, f.Code = interline.C1Policy, interline.CodeContent
	}
	return f
}

// policies are the codes of a failed response that blame the vendor's policy.
var policies = []string{"bio_policy", "misalignment_policy_violation", "image_content_policy_violation"}

// AppendFault implements protocol.Protocol. The API's own error event has its
// members beside the type, on which openai-go and the JavaScript SDK do not
// raise: they look for a member called error (openai-go v3.96.0,
// packages/ssestream), so it is said both ways.
func (l *Language) AppendFault(dst []byte, f *interline.Fault, requestID string) []byte {
	_, _, body := chat.WriteFault(f, requestID)
	var w struct {
		Error struct {
			Message string         `json:"message"`
			Code    jsontext.Value `json:"code"`
			Param   jsontext.Value `json:"param"`
		} `json:"error"`
	}
	var t jsonout.Text
	t.Open('{')
	t.String("type", "error")
	if json.Unmarshal(body, &w) == nil {
		t.Raw("code", w.Error.Code)
		t.String("message", w.Error.Message)
		t.Raw("param", w.Error.Param)
	}
	t = append(append(t, ','), bytes.TrimPrefix(body, []byte("{"))...) // "error":{…}}
	return envelope.AppendSSE(dst, "error", t)
}

// AppendPing implements protocol.Protocol with a comment, which readers of
// server-sent events pass over.
func (l *Language) AppendPing(dst []byte) []byte { return append(dst, ": ping\n\n"...) }
