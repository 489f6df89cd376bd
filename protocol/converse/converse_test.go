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

// What a caller of this language asks for himself is the model's to refuse.
func TestPatchOfADialect(t *testing.T) {
	l := New(Dialect{NoSchema: true, NoStops: true})
	body := fixtures.Requests[3].Body
	out, losses := l.Patch(open(t, l, chat, body), protocol.Edits{Model: "ignored"})
	if got := string(out.Bytes()); got != body || len(losses) != 0 {
		t.Errorf("got %s, losses %v", got, losses)
	}
}

func TestStopsThatAModelRefuses(t *testing.T) {
	r := &interline.Request{Stop: []string{"x"}, Turns: []interline.Turn{{Role: interline.User, Blocks: []interline.Block{{Kind: interline.Text, Text: "hi"}}}}}
	for noStops, want := range map[bool]bool{false: true, true: false} {
		body, losses, err := New(Dialect{NoStops: noStops}).WriteRequest(r, protocol.Target{Model: "us.openai.gpt-5.6-sol", From: protocol.Messages})
		if err != nil || strings.Contains(string(body), "stopSequences") != want || (len(losses) == 1 && losses[0].Field == "stop_sequences") == want {
			t.Errorf("%v: %s %v %v", noStops, body, losses, err)
		}
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

// TestWhatEachFamilyUnderstands writes reasoning, top_k and the choice of tools
// for each family of models.
func TestWhatEachFamilyUnderstands(t *testing.T) {
	high := interline.Reasoning{Effort: interline.EffortHigh}
	k := int64(5)
	one := false
	tool := []interline.Tool{{Name: "f"}}
	for _, tt := range []struct {
		model  string
		traits interline.Traits
		r      interline.Request
		want   string // of the body
		losses string
	}{
		{"us.anthropic.claude-opus-4-8", interline.Traits{}, interline.Request{Reasoning: high}, `"additionalModelRequestFields":{"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}}`, ""},
		{"us.anthropic.claude-haiku-4-5", interline.Traits{Thinking: interline.ThinkingBudget}, interline.Request{Reasoning: high}, `"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":4096}}`, ""},
		{"us.anthropic.claude-haiku-4-5", interline.Traits{}, interline.Request{Sampling: interline.Sampling{TopK: &k}}, `"additionalModelRequestFields":{"top_k":5}`, ""},
		{"us.openai.gpt-5.6-sol", interline.Traits{}, interline.Request{Reasoning: high}, `"additionalModelRequestFields":{"reasoning":{"effort":"high"}}`, ""},
		{"us.openai.gpt-6-sol", interline.Traits{NoEfforts: []interline.Effort{interline.EffortMinimal}}, interline.Request{Reasoning: interline.Reasoning{Effort: interline.EffortMinimal}}, `{"reasoning":{"effort":"low"}}`, "reasoning_effort"},
		{"openai.gpt-oss-120b-1:0", interline.Traits{}, interline.Request{Reasoning: interline.Reasoning{Budget: 2000}}, `"additionalModelRequestFields":{"reasoning_effort":"medium"}`, "reasoning_effort"},
		{"openai.gpt-oss-120b-1:0", interline.Traits{}, interline.Request{Reasoning: interline.Reasoning{Effort: interline.EffortMax}}, `{"reasoning_effort":"high"}`, "reasoning_effort"},
		{"amazon.nova-2-lite", interline.Traits{}, interline.Request{Reasoning: high, Sampling: interline.Sampling{TopK: &k}}, `{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"high"},"inferenceConfig":{"topK":5}}`, ""},
		{"amazon.nova-2-lite", interline.Traits{}, interline.Request{Reasoning: interline.Reasoning{Effort: interline.EffortNone}}, `{"reasoningConfig":{"type":"disabled"}}`, ""},
		{"qwen.qwen3-32b-v1:0", interline.Traits{}, interline.Request{Reasoning: high, Sampling: interline.Sampling{TopK: &k}}, `{"messages":[{"role":"user","content":[{"text":"x"}]}]}`, "reasoning_effort top_k"},
		{"meta.llama3", interline.Traits{Thinking: interline.ThinkingNone}, interline.Request{Reasoning: high, MaxOutput: 9}, `"inferenceConfig":{"maxTokens":9}`, "reasoning_effort"},
		{"us.anthropic.claude-haiku-4-5", interline.Traits{}, interline.Request{Tools: tool, Choice: interline.ToolChoice{Mode: interline.ToolsRequired, Parallel: &one}}, `"additionalModelRequestFields":{"tool_choice":{"type":"any","disable_parallel_tool_use":true}}`, ""},
		{"amazon.nova-lite-v1:0", interline.Traits{}, interline.Request{Tools: tool, Choice: interline.ToolChoice{Mode: interline.ToolsRequired, Parallel: &one}}, `"toolChoice":{"any":{}}`, "parallel_tool_calls"},
		{"amazon.nova-lite-v1:0", interline.Traits{}, interline.Request{Tools: tool, Choice: interline.ToolChoice{Mode: interline.ToolsNone}}, `{"messages":[{"role":"user","content":[{"text":"x"}]}]}`, ""},
		{"amazon.nova-lite-v1:0", interline.Traits{}, interline.Request{ServiceTier: "auto", Metadata: []interline.Label{{Name: "team", Value: "a b"}, {Name: "odd", Value: "é"}}}, `"requestMetadata":{"team":"a b"}`, "metadata.odd"},
	} {
		tt.r.Turns = []interline.Turn{{Role: interline.User, Blocks: []interline.Block{{Kind: interline.Text, Text: "x"}}}}
		body, losses, err := New(Dialect{}).WriteRequest(&tt.r, protocol.Target{Model: tt.model, Traits: tt.traits})
		var fields []string
		for _, l := range losses {
			fields = append(fields, l.Field)
		}
		if err != nil || !strings.Contains(string(body), tt.want) || strings.Join(fields, " ") != tt.losses {
			t.Errorf("%s: %s\nwant %s\nlosses %v, want %s (%v)", tt.model, body, tt.want, losses, tt.losses, err)
		}
	}
}

// TestToolsOfTheHistoryAreDeclared: Bedrock refuses calls of tools that are not
// declared, whether the request has tools or not.
func TestToolsOfTheHistoryAreDeclared(t *testing.T) {
	turns := []interline.Turn{
		{Role: interline.User, Blocks: []interline.Block{{Kind: interline.Text, Text: "x"}}},
		{Role: interline.Assistant, Blocks: []interline.Block{{Kind: interline.ToolCallBlock, Call: &interline.ToolCall{ID: "1", Name: "f"}}}},
		{Role: interline.User, Blocks: []interline.Block{{Kind: interline.ToolResultBlock, Result: &interline.ToolResult{CallID: "1"}}}},
	}
	for _, tt := range []struct {
		r           interline.Request
		want, field string
	}{
		{interline.Request{Turns: turns}, `"toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object"}}}}]}`, "tools"},
		{
			interline.Request{Turns: turns, Tools: []interline.Tool{{Name: "f"}}, Choice: interline.ToolChoice{Mode: interline.ToolsNone}},
			`"toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{}}}}}]}`, "tool_choice",
		},
	} {
		body, losses, err := New(Dialect{}).WriteRequest(&tt.r, protocol.Target{Model: "amazon.nova-lite-v1:0"})
		if err != nil || !strings.Contains(string(body), tt.want) || len(losses) != 1 || losses[0].Field != tt.field {
			t.Errorf("%s\nlosses %v (%v)", body, losses, err)
		}
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
