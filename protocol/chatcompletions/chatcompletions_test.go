package chatcompletions

import (
	"encoding/json"
	"slices"
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
	for body, want := range map[string]interline.Capabilities{
		fixtures.Requests[0].Body: 0,
		toolsBody:                 interline.CapTools,
		fixtures.Requests[2].Body: interline.CapImages | interline.CapDocuments | interline.CapAudio,
		fixtures.Requests[3].Body: interline.CapSchema | interline.CapReasoning,
		`{"model":"m","reasoning_effort":"none","messages":[{"role":"user","content":"image_url"}]}`: interline.CapImages,
	} {
		if got := open(t, l, body).Needs; got != want {
			t.Errorf("needs %b, want %b: %s", got, want, body)
		}
	}
}

const hello = `"messages":[{"role":"user","content":"x"}]`

var patches = []struct {
	name    string
	dialect Dialect
	edits   protocol.Edits
	body    string
	want    string
	losses  []string
}{
	{
		name: "usage is asked for", edits: protocol.Edits{StreamUsage: true},
		body: `{"model":"m",` + hello + `,"stream":true}`,
		want: `{"stream_options":{"include_usage":true},"model":"m",` + hello + `,"stream":true}`,
	},
	{
		name: "usage is asked for beside other options", edits: protocol.Edits{StreamUsage: true},
		body: `{"model":"m",` + hello + `,"stream":true,"stream_options":{"include_obfuscation":false}}`,
		want: `{"model":"m",` + hello + `,"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}}`,
	},
	{
		name: "usage was refused by the caller", edits: protocol.Edits{StreamUsage: true},
		body: `{"model":"m",` + hello + `,"stream":true,"stream_options":{"include_usage":false}}`,
		want: `{"model":"m",` + hello + `,"stream":true,"stream_options":{"include_usage":true}}`,
	},
	{
		name: "usage is told unasked in one body", edits: protocol.Edits{StreamUsage: true},
		body: `{"model":"m",` + hello + `}`, want: `{"model":"m",` + hello + `}`,
	},
	{
		name: "OpenAI's own limits stay", body: `{"max_tokens":5,"model":"m",` + hello + `,"seed":1}`,
		want: `{"max_tokens":5,"model":"m",` + hello + `,"seed":1}`,
	},
	{
		name: "a vendor that knows max_tokens", dialect: Dialect{MaxTokens: "max_tokens"},
		body: `{"model":"m",` + hello + `,"max_completion_tokens" : 5}`, want: `{"model":"m",` + hello + `,"max_tokens" : 5}`,
	},
	{
		name: "both limits", dialect: Dialect{MaxTokens: "max_completion_tokens"},
		body: `{"model":"m","max_tokens":5,` + hello + `,"max_completion_tokens":6}`,
		want: `{"model":"m",` + hello + `,"max_completion_tokens":6}`, losses: []string{"max_tokens"},
	},
	{
		name: "an effort without a word", dialect: Dialect{NoEfforts: []interline.Effort{interline.EffortXHigh, interline.EffortMax}},
		body: `{"model":"m",` + hello + `,"reasoning_effort": "max"}`,
		want: `{"model":"m",` + hello + `,"reasoning_effort": "high"}`, losses: []string{"reasoning_effort"},
	},
	{
		name: "an effort with one", dialect: Dialect{NoEfforts: []interline.Effort{interline.EffortXHigh}},
		body: `{"model":"m",` + hello + `,"reasoning_effort":"low"}`,
		want: `{"model":"m",` + hello + `,"reasoning_effort":"low"}`,
	},
	{
		name: "refused members", dialect: Dialect{Refuses: []string{"logit_bias", "user", "store"}},
		body: `{"logit_bias":{"1":2},"model":"m",` + hello + `,"user":"u"}`,
		want: `{"model":"m",` + hello + `}`, losses: []string{"logit_bias", "user"},
	},
	{
		name: "Mistral's words", dialect: Dialect{Seed: "random_seed", Required: "any", NoStreamOptions: true}, edits: protocol.Edits{Model: "n", StreamUsage: true},
		body: `{"model":"m",` + hello + `,"seed":1,"tool_choice":"required","stream":true,"stream_options":{}}`,
		want: `{"model":"n",` + hello + `,"random_seed":1,"tool_choice":"any","stream":true}`, losses: []string{"stream_options"},
	},
	{
		name: "edits of all kinds", edits: protocol.Edits{Model: "n", Remove: []string{"a", "z"}, Rename: map[string]string{"b": "c"}},
		body: `{"a":1,"model":"m","b":2,` + hello + `,"z":3}`, want: `{"model":"n","c":2,` + hello + `}`,
	},
}

func TestPatch(t *testing.T) {
	for _, tt := range patches {
		t.Run(tt.name, func(t *testing.T) {
			l := New(tt.dialect)
			out, losses := l.Patch(open(t, l, tt.body), tt.edits)
			if got := string(out.Bytes()); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			var fields []string
			for _, loss := range losses {
				fields = append(fields, loss.Field)
			}
			if !slices.Equal(fields, tt.losses) {
				t.Errorf("losses %v, want %v", losses, tt.losses)
			}
		})
	}
}

// TestVendors reads what vendors other than OpenAI answer.
func TestVendors(t *testing.T) {
	const ollama = `{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":17,"completion_tokens_details":{"reasoning_tokens":10}}}`
	told := protocoltest.Fold(protocoltest.DecodeBody(t, New(Dialect{ReasoningApart: true}), []byte(ollama)))
	if told.Usage.Output != 14 || told.Usage.Total() != 17 {
		t.Errorf("xAI leaves reasoning out of its output: usage %+v", told.Usage)
	}
	const mistral = `{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"Hi"}]},"finish_reason":"model_length"}]}`
	told = protocoltest.Fold(protocoltest.DecodeBody(t, New(Dialect{}), []byte(mistral)))
	c := told.Choices[0]
	if len(c.Blocks) != 2 || c.Blocks[0].Text != "hm" || c.Blocks[1].Text != "Hi" || c.Stop != interline.StopContext {
		t.Errorf("Mistral's content in parts: %+v", c)
	}
	const noDone = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n"
	l := New(Dialect{NoDone: true})
	if told := protocoltest.Fold(protocoltest.DecodeStream(t, l, []byte(noDone))); !told.Ended {
		t.Error("without [DONE], a finish reason ends the stream of such a vendor")
	}
	if seen := l.Meter(true).Read(protocol.Frame{Data: []byte(noDone[6:])}); seen&protocol.SawTerminal == 0 {
		t.Error("the meter missed that end")
	}
}

func TestUsageFrameIsKnown(t *testing.T) {
	m := New(Dialect{}).Meter(true)
	for line := range strings.SplitSeq(textAnswer.Stream, "\n\n") {
		data, ok := strings.CutPrefix(line, "data: ")
		if !ok {
			continue
		}
		seen := m.Read(protocol.Frame{Data: []byte(data)})
		if want := strings.Contains(data, `"choices":[]`); want != (seen&protocol.SawUsageOnly != 0) {
			t.Errorf("usage only %v: %s", !want, data)
		}
	}
}

// TestFaults reads the errors of the published table and of vendors.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		class  interline.Class
		code   interline.Code
		param  string
	}{
		{400, `{"error":{"message":"m","type":"invalid_request_error","param":"x","code":null}}`, interline.C0Client, interline.CodeInvalid, "x"},
		{400, `{"error":{"message":"m","param":"temperature","code":"unsupported_value"}}`, interline.C2Capability, interline.CodeInvalid, "temperature"},
		{400, `{"error":{"message":"m","code":"context_length_exceeded"}}`, interline.C2Capability, interline.CodeContext, ""},
		{400, `{"error":{"message":"m","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}}`, interline.C1Policy, interline.CodeContent, ""},
		{401, `{"error":{"message":"m","code":"invalid_api_key"}}`, interline.C3Credential, interline.CodeUpstreamAuth, ""},
		{404, `{"error":{"message":"m","code":"DeploymentNotFound"}}`, interline.C2Capability, interline.CodeModel, ""},
		{429, `{"error":{"message":"m","type":"insufficient_quota","code":"credit_balance_exhausted"}}`, interline.C4Quota, interline.CodeBilling, ""},
		{429, `{"error":{"message":"m","code":"slow_down"}}`, interline.C5Throttle, interline.CodeRateLimit, ""},
		{503, `{"error":{"message":"m","code":"server_is_overloaded"}}`, interline.C6Overload, interline.CodeOverloaded, ""},
		{502, `<html>`, interline.C7Server, interline.CodeUpstream, ""},
		{422, `{"detail":[{"loc":["body"],"msg":"m"}]}`, interline.C0Client, interline.CodeInvalid, ""},
		{429, `[{"error":{"message":"m","code":429,"status":"RESOURCE_EXHAUSTED"}}]`, interline.C5Throttle, interline.CodeRateLimit, ""},
		{400, `{"message":"m","type":"invalid_request_message","code":"1"}`, interline.C0Client, interline.CodeInvalid, ""},
	} {
		f := New(Dialect{}).ReadFault(tt.status, nil, []byte(tt.body))
		if f.Class != tt.class || f.Code != tt.code || f.Param != tt.param {
			t.Errorf("%d %s reads as %s %s %q", tt.status, tt.body, f.Class, f.Code, f.Param)
		}
	}
}

func TestWrittenFaultIsOpenAIs(t *testing.T) {
	f := &interline.Fault{Code: interline.CodeLosses, Message: "strict", Param: "seed", Losses: []interline.Loss{{Field: "seed", Action: interline.LossDropped, Reason: "no"}}}
	_, _, body := New(Dialect{}).WriteFault(f, "")
	var w struct {
		Error struct{ Message, Type, Param, Code string }
	}
	if err := json.Unmarshal(body, &w); err != nil {
		t.Fatal(err)
	}
	if w.Error.Message != "strict: seed would be dropped (no);" || w.Error.Type != "invalid_request_error" || w.Error.Param != "seed" || w.Error.Code != "would_lose" {
		t.Errorf("body = %s", body)
	}
}

func BenchmarkOpen(b *testing.B) {
	l := New(Dialect{})
	body := []byte(`{"model":"gpt-6-luna","stream":true,"temperature":0.7,"messages":[{"role":"system","content":"` + strings.Repeat("word ", 80) + `"},{"role":"user","content":"` + strings.Repeat("word ", 100) + `"}]}`)
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
	f := protocol.Frame{Data: []byte(`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-6-luna","choices":[{"index":0,"delta":{"content":" there"},"finish_reason":null}],"usage":null}`)}
	m.Read(f)
	b.ReportAllocs()
	for b.Loop() {
		if m.Read(f) != protocol.SawContent {
			b.Fatal("no content")
		}
	}
}

// A thinking block comes back as Claude's, so no other vendor's seal is told as
// one.
func TestForeignSealsAreNotTold(t *testing.T) {
	for issuer, told := range map[string]bool{"anthropic": true, "openai": false, "google": false} {
		for _, stream := range []bool{false, true} {
			e := New(Dialect{}).Encoder(protocol.Answer{Head: interline.Head{Model: "m", Stream: stream}, ID: "r"})
			dst := e.Append(nil, []interline.Event{
				{Kind: interline.Start, Model: "m"},
				{Kind: interline.BlockStart, Block: interline.ReasoningBlock},
				{Kind: interline.SealDelta, Seal: &interline.Seal{Issuer: issuer, Redacted: "SECRET"}},
				{Kind: interline.BlockStop},
				{Kind: interline.Finish, Stop: interline.StopEnd},
				{Kind: interline.End},
			})
			if got := string(e.Finish(dst)); strings.Contains(got, "SECRET") != told {
				t.Errorf("%s, stream %v: %s", issuer, stream, got)
			}
		}
	}
}
