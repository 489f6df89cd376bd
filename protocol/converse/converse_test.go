package converse

import (
	"net/http"
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

func TestLanguage(t *testing.T) { protocoltest.Run(t, New(Dialect{}), fixtures) }

func FuzzRequest(f *testing.F) { protocoltest.FuzzRequest(f, New(Dialect{}), fixtures) }

func FuzzAnswer(f *testing.F) { protocoltest.FuzzAnswer(f, New(Dialect{}), fixtures) }

func open(t testing.TB, l *Language, spoken protocol.Spoken, body string) *protocol.Opened {
	t.Helper()
	o, err := l.Open(spoken, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestOpenGoesByThePath(t *testing.T) {
	l := New(Dialect{})
	o := open(t, l, novaModel, fixtures.Requests[2].Body)
	if !o.Head.Stream || !o.StreamUsage || o.Head.Model != novaModel.Model {
		t.Errorf("head = %+v", o.Head)
	}
	if want := interline.CapImages | interline.CapDocuments | interline.CapAudio | interline.CapReasoning; o.Needs != want {
		t.Errorf("needs %b, want %b", o.Needs, want)
	}
	if _, err := l.Open(protocol.Spoken{}, []byte(fixtures.Requests[0].Body)); err == nil || !strings.Contains(err.Error(), "must name a model") {
		t.Errorf("without a model in the path: %v", err)
	}
}

func TestPatchOfADialect(t *testing.T) {
	l := New(Dialect{NoSchema: true})
	out, losses := l.Patch(open(t, l, chat, fixtures.Requests[3].Body), protocol.Edits{Model: "ignored"})
	if got := string(out.Bytes()); !strings.Contains(got, `"outputConfig":{}`) || strings.Contains(got, "ignored") {
		t.Errorf("got %s", got)
	}
	if len(losses) != 1 || losses[0].Field != "outputConfig.textFormat" {
		t.Errorf("losses %v", losses)
	}
}

// TestFaults reads the errors of the published table.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		status int
		kind   string
		body   string
		class  interline.Class
		code   interline.Code
	}{
		{400, "ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/", `{"message":"messages.1.content.0 is wrong"}`, interline.C0Client, interline.CodeInvalid},
		{400, "ValidationException", `{"message":"Input is too long for requested model."}`, interline.C2Capability, interline.CodeContext},
		{400, "ValidationException", `{"message":"The provided model identifier is invalid."}`, interline.C2Capability, interline.CodeModel},
		{400, "ValidationException", `{"message":"Invocation of model ID x with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile."}`, interline.C2Capability, interline.CodeModel},
		{400, "ValidationException", `{"message":"The model returned the following errors: ` + "`temperature`" + ` is deprecated for this model."}`, interline.C2Capability, interline.CodeInvalid},
		{400, "ServiceQuotaExceededException", `{"message":"m"}`, interline.C4Quota, interline.CodeBilling},
		{403, "AccessDeniedException", `{"Message":"m"}`, interline.C3Credential, interline.CodePermission},
		{403, "ExpiredTokenException", `{"message":"m"}`, interline.C3Credential, interline.CodeUpstreamAuth},
		{404, "ResourceNotFoundException", `{"message":"m"}`, interline.C2Capability, interline.CodeModel},
		{408, "ModelTimeoutException", `{"message":"m"}`, interline.C9Ambiguous, interline.CodeTimeout},
		{424, "ModelErrorException", `{"message":"m","originalStatusCode":400}`, interline.C0Client, interline.CodeInvalid},
		{424, "ModelErrorException", `{"originalMessage":"m","originalStatusCode":500}`, interline.C7Server, interline.CodeUpstream},
		{429, "ThrottlingException", `{"message":"Too many tokens, please wait before trying again."}`, interline.C5Throttle, interline.CodeRateLimit},
		{429, "ModelNotReadyException", `{"message":"m"}`, interline.C6Overload, interline.CodeOverloaded},
		{500, "InternalServerException", `{"message":"m"}`, interline.C7Server, interline.CodeUpstream},
		{503, "ServiceUnavailableException", `{"message":"m"}`, interline.C6Overload, interline.CodeOverloaded},
		{429, "", `{"__type":"com.amazon.coral.service#ThrottlingException","message":"m"}`, interline.C5Throttle, interline.CodeRateLimit},
		{502, "", `<html>`, interline.C7Server, interline.CodeUpstream},
	} {
		h := http.Header{}
		if tt.kind != "" {
			h.Set("x-amzn-errortype", tt.kind)
		}
		f := New(Dialect{}).ReadFault(tt.status, h, []byte(tt.body))
		if f.Class != tt.class || f.Code != tt.code {
			t.Errorf("%d %s %s reads as %s %s", tt.status, tt.kind, tt.body, f.Class, f.Code)
		}
		if tt.status < 500 && f.Message != "m" && !strings.Contains(tt.body, f.Message) {
			t.Errorf("%s: message %q", tt.body, f.Message)
		}
	}
}

// TestStreamFaults reads exceptions within a stream, whose names come in either
// letter case.
func TestStreamFaults(t *testing.T) {
	for _, tt := range []struct {
		name, payload string
		class         interline.Class
	}{
		{"throttlingException", `{"message":"m"}`, interline.C5Throttle},
		{"ThrottlingException", `{"message":"m"}`, interline.C5Throttle},
		{"modelStreamErrorException", `{"message":"m","originalStatusCode":500}`, interline.C7Server},
		{"modelStreamErrorException", `{"message":"m","originalStatusCode":429}`, interline.C5Throttle},
		{"modelTimeoutException", `{"message":"m"}`, interline.C9Ambiguous},
		{"validationException", `{"message":"m"}`, interline.C0Client},
		{"serviceUnavailableException", `not JSON`, interline.C6Overload},
		{"noveltyException", `{"message":"m"}`, interline.C7Server},
	} {
		m := New(Dialect{}).Meter(true)
		f := protocol.Frame{Name: tt.name, Exception: true, Data: []byte(tt.payload)}
		if seen := m.Read(f); seen != protocol.SawFault || m.Fault().Class != tt.class || m.Fault().Type != tt.name {
			t.Errorf("%s: %+v", tt.name, m.Fault())
		}
	}
}

func TestWrittenFaultIsAWSs(t *testing.T) {
	l := New(Dialect{})
	status, header, body := l.WriteFault(&interline.Fault{Code: interline.CodeRateLimit, Message: "slow"}, "req-1")
	if status != 429 || header.Get("x-amzn-errortype") != "ThrottlingException" || header.Get("x-amzn-requestid") != "req-1" || string(body) != `{"message":"slow"}` {
		t.Errorf("%d %v %s", status, header, body)
	}
	text, err := protocoltest.Text(protocol.EventStream, l.AppendFault(nil, &interline.Fault{Code: interline.CodeTimeout, Message: "slow"}, ""))
	if want := `exception modelStreamErrorException {"message":"slow","originalStatusCode":408,"originalMessage":"slow"}`; err != nil || strings.TrimSpace(text) != want {
		t.Errorf("%s (%v)", text, err)
	}
}

func TestDocumentNames(t *testing.T) {
	w := &writer{names: map[string]bool{}}
	for _, tt := range []struct{ in, want string }{
		{"report.pdf", "report"}, {"report.txt", "report 2"}, {"", "document"}, {"../../ä  b!.md", "document 2"}, {"a\tb_c (1)[2]", "a b c (1)[2]"},
	} {
		if got := w.documentName(tt.in); got != tt.want {
			t.Errorf("%q became %q, want %q", tt.in, got, tt.want)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	l := New(Dialect{})
	body := []byte(`{"system":[{"text":"` + strings.Repeat("word ", 80) + `"}],"messages":[{"role":"user","content":[{"text":"` + strings.Repeat("word ", 100) + `"}]}],"inferenceConfig":{"maxTokens":1024}}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Open(chat, body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPatch(b *testing.B) {
	l := New(Dialect{})
	o := open(b, l, chat, fixtures.Requests[0].Body)
	b.ReportAllocs()
	for b.Loop() {
		if out, _ := l.Patch(o, protocol.Edits{Model: "deployment-1", StreamUsage: true}); len(out) != 1 {
			b.Fatal("something was patched")
		}
	}
}

func BenchmarkMeter(b *testing.B) {
	m := New(Dialect{}).Meter(true)
	f := protocol.Frame{Name: "contentBlockDelta", Data: []byte(`{"contentBlockIndex":0,"delta":{"text":" there"},"p":"abcdefghijklmn"}`)}
	m.Read(f)
	b.ReportAllocs()
	for b.Loop() {
		if m.Read(f) != protocol.SawContent {
			b.Fatal("no content")
		}
	}
}
