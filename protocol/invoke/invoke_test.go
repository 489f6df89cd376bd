package invoke

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/converse"
	"github.com/interline-ai/interline/protocol/messages"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

func TestLanguage(t *testing.T) { protocoltest.Run(t, New(messages.Dialect{}), fixtures) }

func FuzzRequest(f *testing.F) { protocoltest.FuzzRequest(f, New(messages.Dialect{}), fixtures) }

func FuzzAnswer(f *testing.F) { protocoltest.FuzzAnswer(f, New(messages.Dialect{}), fixtures) }

// TestStories runs whole exchanges of clients that speak this language with
// clouds that speak another.
func TestStories(t *testing.T) {
	protocoltest.Stories(t, "testdata", map[string]protocol.Translator{
		protocol.ChatCompletions: chatcompletions.New(chatcompletions.Dialect{}),
		protocol.Messages:        messages.New(messages.Dialect{}),
		protocol.Converse:        converse.New(converse.Dialect{}),
		protocol.Invoke:          New(messages.Dialect{}),
	})
}

func read(t *testing.T, s protocol.Spoken, body string) (*protocol.Opened, *interline.Request) {
	t.Helper()
	l := New(messages.Dialect{})
	o, err := l.Open(s, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.ReadRequest(o)
	if err != nil {
		t.Fatal(err)
	}
	return o, r
}

// The path says what the body does not.
func TestOpen(t *testing.T) {
	for _, s := range []protocol.Spoken{chat, stream} {
		o, r := read(t, s, fixtures.Requests[1].Body)
		if o.Head.Model != model || o.Head.Stream != s.Stream || !o.Head.StreamUsage || r.Stream != s.Stream {
			t.Errorf("head %+v", o.Head)
		}
		if o.Needs != interline.CapTools|interline.CapReasoning {
			t.Errorf("needs %b", o.Needs)
		}
	}
	if _, err := New(messages.Dialect{}).Open(protocol.Spoken{}, []byte(fixtures.Requests[0].Body)); err == nil {
		t.Error("a path without a model was taken")
	}
}

// Whoever brings another vendor's body is told where it is served.
func TestOtherVendorsAreSentToConverse(t *testing.T) {
	l := New(messages.Dialect{})
	for _, m := range fixtures.Misuses {
		_, err := l.Open(chat, []byte(m.Body))
		other := !strings.Contains(strings.ToLower(m.Body), "anthropic_version")
		if told := err != nil && strings.Contains(err.Error(), "/model/{modelId}/converse"); told != other {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
}

// A deployment that speaks Messages gets what the client said, the version
// apart: the same members with the same values, and no loss.
func TestNothingNeedlessIsLost(t *testing.T) {
	const body = `{"anthropic_version":"bedrock-2023-05-31","max_tokens":4096,
		"cache_control":{"type":"ephemeral"},
		"system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral","ttl":"1h"}}],
		"tools":[{"name":"f","description":"F.","input_schema":{"type":"object","properties":{"z":{},"a":{}}},"strict":true,"cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"text_editor_20250728","name":"str_replace_based_edit_tool","max_characters":99}],
		"tool_choice":{"type":"auto","disable_parallel_tool_use":true},
		"messages":[
			{"role":"user","content":[{"type":"document","title":"r","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="}},{"type":"search_result","source":"s","title":"t","content":[{"type":"text","text":"x"}],"citations":{"enabled":true}},{"type":"text","text":"Go.","cache_control":{"type":"ephemeral"}}]},
			{"role":"assistant","content":[{"type":"redacted_thinking","data":"eA=="},{"type":"thinking","thinking":"Hm.","signature":"c2ln"},{"type":"tool_use","id":"toolu_1","name":"f","input":{"z":1.50,"a":"é"}}]},
			{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","is_error":true,"content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]}]}],
		"thinking":{"type":"adaptive","display":"summarized"},
		"output_config":{"effort":"high","format":{"type":"json_schema","schema":{"type":"object"}}},
		"stop_sequences":["END"],"metadata":{"user_id":"u-1"},"service_tier":"standard_only"}`
	_, r := read(t, stream, body)
	got, losses, err := messages.New(messages.Dialect{}).WriteRequest(r, protocol.Target{Model: "m", From: protocol.Invoke})
	if err != nil || len(losses) > 0 {
		t.Fatalf("losses %v (%v)", losses, err)
	}
	want := strings.Replace(body, versionMember, `"model":"m","stream":true`, 1)
	if diff := cmp.Diff(value(t, want), value(t, string(got))); diff != "" {
		t.Error(diff)
	}
}

func value(t *testing.T, body string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// Betas stand in a header of Messages and not in its body; what that language
// does not model is lost as well. Both are told, in the caller's words.
func TestLossesAreTold(t *testing.T) {
	_, r := read(t, chat, `{`+versionMember+`,"anthropic_beta":["x"],"max_tokens":9,"context_management":{"edits":[]},"tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"auto","disable_parallel_tool_use":true},"messages":[{"role":"user","content":"x"}]}`)
	_, losses, err := converse.New(converse.Dialect{}).WriteRequest(r, protocol.Target{Model: "amazon.nova-lite-v1:0", From: protocol.Invoke})
	if err != nil {
		t.Fatal(err)
	}
	lost := map[string]bool{}
	for _, l := range losses {
		lost[l.Field] = true
	}
	if !lost["anthropic_beta"] || !lost["context_management"] || !lost["tool_choice.disable_parallel_tool_use"] || lost["anthropic_version"] {
		t.Errorf("losses %v", losses)
	}
}

// A cloud is asked in the same words: the version first, no model, no stream.
func TestWrittenRequest(t *testing.T) {
	_, r := read(t, stream, fixtures.Requests[0].Body)
	body, losses, err := New(messages.Dialect{}).WriteRequest(r, protocol.Target{Model: model, From: protocol.Invoke})
	want := `{"anthropic_version":"bedrock-2023-05-31","max_tokens":100,"system":"Be brief.","messages":[{"role":"user","content":"Hello"}]}`
	if err != nil || len(losses) > 0 || string(body) != want || !r.Stream {
		t.Errorf("%s\nlosses %v (%v)", body, losses, err)
	}
	o, _ := read(t, stream, fixtures.Requests[0].Body)
	patched, _ := New(messages.Dialect{}).Patch(o, protocol.Edits{Model: "other", StreamUsage: true, Remove: []string{"system"}})
	if got := string(patched.Bytes()); got != `{"anthropic_version":"bedrock-2023-05-31","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}` {
		t.Errorf("patched: %s", got)
	}
}

// The last chunk, and no other, tells Bedrock's metrics. Pings are not told.
func TestStreamAsBedrockSendsIt(t *testing.T) {
	l := New(messages.Dialect{})
	e := l.Encoder(protocol.Answer{Head: interline.Head{Model: "m", Stream: true}, ID: "01"})
	usage := interline.Usage{Input: 135, CacheRead: 100, CacheWrite5m: 10, CacheWrite1h: 20, Output: 7}
	out := e.Append(nil, []interline.Event{{Kind: interline.Start}, {Kind: interline.Ping}})
	out = e.Append(out, []interline.Event{
		{Kind: interline.Finish, Stop: interline.StopEnd}, {Kind: interline.UsageEvent, Usage: &usage}, {Kind: interline.End},
	})
	text, err := protocoltest.Text(l.Envelope(), e.Finish(out))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	last := lines[len(lines)-1]
	const want = `chunk {"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":5,"outputTokenCount":7,` +
		`"cacheReadInputTokenCount":100,"cacheWriteInputTokenCount":30,"invocationLatency":0,"firstByteLatency":0}}`
	if last != want || strings.Count(text, "invocationMetrics") != 1 {
		t.Errorf("the last chunk is\n%s\nwant\n%s", last, want)
	}
	if len(lines) != 3 || !strings.HasPrefix(lines[0], `chunk {"type":"message_start","message":{"id":"msg_bdrk_01"`) {
		t.Errorf("chunks:\n%s", text)
	}
}

// Claude Code knows a prompt that is too long by Anthropic's words for it.
func TestTooLongAPrompt(t *testing.T) {
	l := New(messages.Dialect{})
	f := &interline.Fault{Code: interline.CodeContext, Message: "9 tokens"}
	status, header, body := l.WriteFault(f, "r")
	if status != 400 || header.Get("X-Amzn-Errortype") != "ValidationException" || string(body) != `{"message":"prompt is too long: 9 tokens"}` {
		t.Errorf("%d %v %s", status, header, body)
	}
	text, err := protocoltest.Text(l.Envelope(), l.AppendFault(nil, f, "r"))
	if err != nil || text != "exception validationException "+string(body)+"\n" {
		t.Errorf("in a stream: %q (%v)", text, err)
	}
	if f.Message != "9 tokens" {
		t.Error("the caller's fault was changed")
	}
	_, _, body = l.WriteFault(&interline.Fault{Code: interline.CodeContext, Message: "Prompt is too long: 9"}, "r")
	if string(body) != `{"message":"Prompt is too long: 9"}` {
		t.Errorf("said twice: %s", body)
	}
}

// A chunk that holds no event is an error for who must understand it, and
// content for who only forwards it.
func TestBrokenChunks(t *testing.T) {
	l := New(messages.Dialect{})
	for _, payload := range []string{`{"bytes":"*"}`, `{"bytes":1}`, `[`, `{"bytes":"e30"}`, `{"bytes":"eA=="}`} {
		f := protocol.Frame{Name: "chunk", Data: []byte(payload)}
		if events, err := l.Decoder(true).Decode(f); err == nil {
			t.Errorf("%s reads as %v", payload, events)
		}
		if seen := l.Meter(true).Read(f); seen != protocol.SawContent {
			t.Errorf("the meter saw %b in %s", seen, payload)
		}
	}
	// Anthropic's own error may stand within a chunk as well.
	text := `chunk {"type":"error","error":{"type":"overloaded_error","message":"busy"}}`
	b, err := protocoltest.Stream(l.Envelope(), text)
	if err != nil {
		t.Fatal(err)
	}
	told := protocoltest.Fold(protocoltest.DecodeStream(t, l, b))
	if told.Fault == nil || told.Fault.Code != interline.CodeOverloaded || told.Ended {
		t.Errorf("told %+v", told)
	}
}

func BenchmarkEncode(b *testing.B) {
	e := New(messages.Dialect{}).Encoder(protocol.Answer{Head: interline.Head{Model: "m", Stream: true}, ID: "01"})
	out := e.Append(nil, []interline.Event{{Kind: interline.Start}, {Kind: interline.BlockStart, Block: interline.Text}})
	delta := []interline.Event{{Kind: interline.Delta, Block: interline.Text, Text: " there"}}
	b.ReportAllocs()
	for b.Loop() {
		if out = e.Append(out[:0], delta); len(out) == 0 {
			b.Fatal("nothing was said")
		}
	}
}

func BenchmarkMeter(b *testing.B) {
	l := New(messages.Dialect{})
	m := l.Meter(true)
	f := protocol.Frame{Name: "chunk", Data: []byte(`{"bytes":"eyJ0eXBlIjoiY29udGVudF9ibG9ja19kZWx0YSIsImluZGV4IjowLCJkZWx0YSI6eyJ0eXBlIjoidGV4dF9kZWx0YSIsInRleHQiOiJIaSJ9fQ==","p":"abcdefghij"}`)}
	b.ReportAllocs()
	for b.Loop() {
		if m.Read(f) != protocol.SawContent {
			b.Fatal("no content")
		}
	}
}
