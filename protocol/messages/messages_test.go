package messages

import (
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

func TestLanguage(t *testing.T) { protocoltest.Run(t, New(Dialect{}), fixtures) }

func FuzzRequest(f *testing.F) { protocoltest.FuzzRequest(f, New(Dialect{}), fixtures) }

func FuzzAnswer(f *testing.F) { protocoltest.FuzzAnswer(f, New(Dialect{}), fixtures) }

func open(t testing.TB, l *Language, body string) *protocol.Opened {
	t.Helper()
	o, err := l.Open(chat, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestOpenSeesNeeds(t *testing.T) {
	l := New(Dialect{})
	for i, want := range []interline.Capabilities{
		0, interline.CapTools | interline.CapImages | interline.CapReasoning, interline.CapImages | interline.CapDocuments,
		interline.CapSchema, interline.CapTools | interline.CapReasoning,
	} {
		if got := open(t, l, fixtures.Requests[i].Body); got.Needs != want || !got.StreamUsage {
			t.Errorf("%s: needs %b, want %b", fixtures.Requests[i].Name, got.Needs, want)
		}
	}
}

func TestPatchOfADialect(t *testing.T) {
	body := `{"cache_control":{"type":"ephemeral"},"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}],"output_config":{"format":{"type":"json_schema","schema":{}},"effort":"low"}}`
	l := New(Dialect{NoSchema: true, Refuses: []string{"cache_control"}})
	out, losses := l.Patch(open(t, l, body), protocol.Edits{Model: "anthropic.m"})
	want := `{"model":"anthropic.m","max_tokens":5,"messages":[{"role":"user","content":"x"}],"output_config":{"format":{"type":"json_schema","schema":{}},"effort":"low"}}`
	if got := string(out.Bytes()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if len(losses) != 1 || losses[0].Field != "cache_control" {
		t.Errorf("losses %v", losses)
	}
	inPath := protocol.Spoken{Model: "m"}
	o, err := l.Open(inPath, []byte(`{"max_tokens":5,"messages":[{"role":"user","content":"x"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if out, _ := l.Patch(o, protocol.Edits{Model: "n"}); !strings.HasPrefix(string(out.Bytes()), `{"model":"n","max_tokens"`) {
		t.Errorf("a model that the path named was not put into the body: %s", out.Bytes())
	}
}

// TestFaults reads the errors of the published table.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		class  interline.Class
		code   interline.Code
	}{
		{400, `{"type":"error","error":{"type":"invalid_request_error","message":"messages.0: bad"},"request_id":"r"}`, interline.C0Client, interline.CodeInvalid},
		{400, `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}`, interline.C2Capability, interline.CodeContext},
		{400, `{"type":"error","error":{"type":"invalid_request_error","message":"This model does not support effort level 'xhigh'."}}`, interline.C2Capability, interline.CodeInvalid},
		{400, `{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}`, interline.C1Policy, interline.CodeContent},
		{400, `{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}`, interline.C4Quota, interline.CodeBilling},
		{400, `{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your spend limit."}}`, interline.C4Quota, interline.CodeBilling},
		{401, `{"type":"error","error":{"type":"authentication_error","message":"m"}}`, interline.C3Credential, interline.CodeUpstreamAuth},
		{402, `{"type":"error","error":{"type":"billing_error","message":"m"}}`, interline.C4Quota, interline.CodeBilling},
		{403, `{"type":"error","error":{"type":"permission_error","message":"m"}}`, interline.C3Credential, interline.CodePermission},
		{404, `{"type":"error","error":{"type":"not_found_error","message":"model: x"}}`, interline.C2Capability, interline.CodeModel},
		{413, `{"type":"error","error":{"type":"request_too_large","message":"m"}}`, interline.C0Client, interline.CodeTooLarge},
		{429, `{"type":"error","error":{"type":"rate_limit_error","message":"m"}}`, interline.C5Throttle, interline.CodeRateLimit},
		{429, `{"type":"error","error":{"type":"rate_limit_error","message":"m","details":{"error_code":"enforced_spend_limit_reached"}}}`, interline.C4Quota, interline.CodeBilling},
		{500, `{"type":"error","error":{"type":"api_error","message":"m"}}`, interline.C7Server, interline.CodeUpstream},
		{504, `{"type":"error","error":{"type":"timeout_error","message":"m"}}`, interline.C7Server, interline.CodeTimeout},
		{529, `{"type":"error","error":{"type":"overloaded_error","message":"m"}}`, interline.C6Overload, interline.CodeOverloaded},
		{529, ``, interline.C6Overload, interline.CodeOverloaded},
		{0, `{"type":"error","error":{"type":"overloaded_error","message":"m"}}`, interline.C6Overload, interline.CodeOverloaded},
		{403, `{"message":"Missing Authentication Token"}`, interline.C3Credential, interline.CodePermission},
	} {
		f := New(Dialect{}).ReadFault(tt.status, nil, []byte(tt.body))
		if f.Class != tt.class || f.Code != tt.code {
			t.Errorf("%d %s reads as %s %s", tt.status, tt.body, f.Class, f.Code)
		}
	}
}

func TestWrittenFaultIsAnthropics(t *testing.T) {
	f := &interline.Fault{Code: interline.CodeOverloaded, Message: "busy"}
	l := New(Dialect{})
	status, _, body := l.WriteFault(f, "req_1")
	if want := `{"type":"error","error":{"type":"overloaded_error","message":"busy"},"request_id":"req_1"}`; status != 529 || string(body) != want {
		t.Errorf("%d %s", status, body)
	}
	if got, want := string(l.AppendFault(nil, f, "req_1")), "event: error\ndata: "+string(body)+"\n\n"; got != want {
		t.Errorf("in a stream: %q", got)
	}
	_, _, body = l.WriteFault(&interline.Fault{Code: interline.CodeContext, Message: "9 tokens"}, "")
	if !strings.Contains(string(body), "prompt is too long: 9 tokens") {
		t.Errorf("clients know a long prompt by its words: %s", body)
	}
}

func TestSchemaByTool(t *testing.T) {
	r := &interline.Request{
		MaxOutput: 9, Output: interline.Output{Format: interline.FormatSchema, Schema: []byte(`{"type":"object"}`)},
		Turns: []interline.Turn{{Role: interline.User, Blocks: []interline.Block{{Kind: interline.Text, Text: "x"}}}},
	}
	for _, tt := range []struct {
		dialect Dialect
		traits  interline.Traits
		want    []string
	}{
		{Dialect{}, interline.Traits{}, []string{`"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}`}},
		{Dialect{NoSchema: true}, interline.Traits{}, []string{`"name":"interline_answer"`, `"tool_choice":{"type":"tool","name":"interline_answer"}`}},
		{Dialect{NoSchema: true}, interline.Traits{NoForcedTools: true}, []string{`"tool_choice":{"type":"auto"}`, `"system":"Give your final answer by calling the tool interline_answer`}},
	} {
		body, _, err := New(tt.dialect).WriteRequest(r, protocol.Target{Model: "m", Traits: tt.traits})
		for _, want := range tt.want {
			if err != nil || !strings.Contains(string(body), want) {
				t.Errorf("%s\nlacks %s (%v)", body, want, err)
			}
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	l := New(Dialect{})
	body := []byte(`{"model":"claude-haiku-4-5","max_tokens":1024,"stream":true,"system":"` + strings.Repeat("word ", 80) + `","messages":[{"role":"user","content":"` + strings.Repeat("word ", 100) + `"}]}`)
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
	o := open(b, l, fixtures.Requests[0].Body)
	b.ReportAllocs()
	for b.Loop() {
		if out, _ := l.Patch(o, protocol.Edits{Model: "deployment-1", StreamUsage: true}); len(out) < 3 {
			b.Fatal("nothing was patched")
		}
	}
}

func BenchmarkMeter(b *testing.B) {
	m := New(Dialect{}).Meter(true)
	f := protocol.Frame{Name: "content_block_delta", Data: []byte(`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" there"}   }`)}
	m.Read(f)
	b.ReportAllocs()
	for b.Loop() {
		if m.Read(f) != protocol.SawContent {
			b.Fatal("no content")
		}
	}
}
