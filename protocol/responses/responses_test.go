package responses

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

func TestLanguage(t *testing.T) { protocoltest.Run(t, New(Dialect{}), fixtures) }

func FuzzRequest(f *testing.F) { protocoltest.FuzzRequest(f, New(Dialect{}), fixtures) }

func FuzzAnswer(f *testing.F) { protocoltest.FuzzAnswer(f, New(Dialect{}), fixtures) }

func open(t testing.TB, l *Language, body string) *protocol.Opened {
	t.Helper()
	o, err := l.Open(spoken, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func read(t testing.TB, body string) *interline.Request {
	t.Helper()
	l := New(Dialect{})
	r, err := l.ReadRequest(open(t, l, body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOpenSeesNeeds(t *testing.T) {
	for body, want := range map[string]interline.Capabilities{
		fixtures.Requests[0].Body: 0,
		itemsBody:                 interline.CapTools | interline.CapImages | interline.CapReasoning,
		fixtures.Requests[2].Body: interline.CapImages | interline.CapDocuments | interline.CapAudio,
		everythingBody:            interline.CapSchema | interline.CapReasoning,
		`{"model":"m","reasoning":{"effort":"none"},"tools":[],"input":"x"}`: 0,
	} {
		o := open(t, New(Dialect{}), body)
		if o.Needs != want || !o.Head.StreamUsage {
			t.Errorf("needs %b, want %b, usage told %v: %s", o.Needs, want, o.Head.StreamUsage, body)
		}
	}
	o := open(t, New(Dialect{}), `{"model":"m","previous_response_id":"resp_1","input":[]}`)
	if o.Head.Model != "m" {
		t.Errorf("a conversation that goes on without input: %+v", o.Head)
	}
}

func TestPatchTakesOutWhatTheVendorRefuses(t *testing.T) {
	l := New(Dialect{Refuses: []string{"background", "truncation"}})
	out, losses := l.Patch(open(t, l, `{"model":"m","background":true,"input":"x"}`), protocol.Edits{Model: "n", StreamUsage: true})
	if got := string(out.Bytes()); got != `{"model":"n","input":"x"}` || len(losses) != 1 || losses[0].Field != "background" {
		t.Errorf("got %s, losses %v", got, losses)
	}
}

// TestPatchKeepsEnvelopesFromTheVendor: what another vendor sealed, and this
// gateway put into an envelope, is taken out of a forwarded request; a text that
// talks of it is not.
func TestPatchKeepsEnvelopesFromTheVendor(t *testing.T) {
	l := New(Dialect{})
	const body = `{"model":"m","input":[ {"role":"user","content":"x"}, {"type":"reasoning","summary":[],"encrypted_content":"` + claudes + `"}, {"type":"reasoning","summary":[],"encrypted_content":"gAAAAA"} ,{"role":"user","content":"` + claudes + `"}],"store":false}`
	const want = `{"model":"m","input":[ {"role":"user","content":"x"}, {"type":"reasoning","summary":[],"encrypted_content":"gAAAAA"} ,{"role":"user","content":"` + claudes + `"}],"store":false}`
	out, losses := l.Patch(open(t, l, body), protocol.Edits{})
	if got := string(out.Bytes()); got != want || len(losses) != 1 || losses[0].Field != "input[1]" {
		t.Errorf("got  %s\nwant %s\nlosses %v", got, want, losses)
	}
	out, losses = l.Patch(open(t, l, want), protocol.Edits{})
	if len(out) != 1 || string(out[0]) != want || losses != nil {
		t.Errorf("without an envelope: %s, losses %v", out.Bytes(), losses)
	}
}

// TestItemsBecomeTurns: reasoning, messages and calls of the assistant are one
// turn, results of parallel calls another, and strict is what the API makes of
// its absence.
func TestItemsBecomeTurns(t *testing.T) {
	r := read(t, itemsBody)
	var turns []string
	for _, turn := range r.Turns {
		line := turn.Role.String()
		for _, b := range turn.Blocks {
			line += " " + [...]string{"", "text", "image", "document", "audio", "call", "result", "reasoning", "refusal", "opaque"}[b.Kind]
		}
		turns = append(turns, line)
	}
	want := []string{"system text", "user text", "assistant reasoning text call call", "user result result", "assistant text refusal", "user text"}
	if diff := cmp.Diff(want, turns); diff != "" {
		t.Error(diff)
	}
	seal := interline.Seal{Issuer: "openai", ID: "rs_1", Redacted: "gAAAAA"}
	if b := r.Turns[2].Blocks[0]; b.Text != "Two\n\ncalls." || *b.Seal != seal {
		t.Errorf("reasoning = %+v, %+v", b, b.Seal)
	}
	if r.Choice.Mode != interline.ToolsSubset || !r.Choice.Required || *r.Choice.Parallel || r.Tools[0].Strict != nil || r.Tools[2].Raw == nil {
		t.Errorf("choice %+v, tools %+v", r.Choice, r.Tools)
	}
	if len(r.Extra) != 0 {
		t.Errorf("store:false and encrypted reasoning ask for nothing special: %v", r.Extra)
	}
}

func TestStrictIsTheDefaultWhereItCanBe(t *testing.T) {
	for schema, want := range map[string]bool{
		`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}`:                                                                        true,
		`{"type":"object","properties":{},"additionalProperties":false}`:                                                                                                              true,
		`{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}`:                                                                                         false,
		`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`:                                                                                                     false,
		`{"type":"object","properties":{"a":{"type":"array","items":{"type":"object","properties":{}}}},"required":["a"],"additionalProperties":false}`:                               false,
		`{"type":"object","properties":{"a":{"anyOf":[{"type":"null"},{"type":"object","additionalProperties":true}]}},"required":["a"],"additionalProperties":false}`:                false,
		`{"type":"object","properties":{"required":{"type":["string","null"],"enum":["a",null]}},"required":["required"],"additionalProperties":false,"$defs":{"x":{"type":"null"}}}`: true,
	} {
		r := read(t, `{"model":"m","input":"x","tools":[{"type":"function","name":"f","parameters":`+schema+`}]}`)
		if got := r.Tools[0].Strict; (got != nil) != want {
			t.Errorf("strict %v, want %v: %s", got, want, schema)
		}
	}
}

// TestStateOfTheVendors: what cannot go elsewhere is a loss that changes the
// meaning.
func TestStateOfTheVendors(t *testing.T) {
	r := read(t, `{"model":"m","previous_response_id":"resp_1","conversation":{"id":"c"},"prompt":{"id":"p"},"background":true,"store":true,"truncation":"auto","input":[{"id":"msg_1"},{"role":"user","content":"x"}]}`)
	if r.Stored != "background" {
		t.Errorf("what the vendor keeps is named %q", r.Stored)
	}
	_, losses, err := New(Dialect{}).WriteRequest(r, protocol.Target{Model: "m", From: protocol.Responses})
	if err != nil {
		t.Fatal(err)
	}
	var heavy, light []string
	for _, l := range losses {
		if l.ChangesMeaning() {
			heavy = append(heavy, l.Field)
		} else {
			light = append(light, l.Field)
		}
	}
	slices.Sort(heavy)
	if want := []string{"background", "conversation", "previous_response_id", "prompt"}; !slices.Equal(heavy, want) {
		t.Errorf("losses that change the meaning: %q, want %q", heavy, want)
	}
	if !slices.Equal(light, []string{"truncation"}) {
		t.Errorf("other losses: %q", light)
	}
}

var writes = []struct {
	name   string
	r      interline.Request
	traits interline.Traits
	has    []string // in the body
	hasNot []string
	losses []string
}{
	{
		name: "stateless", has: []string{`"store":false`, `"role":"developer","content":"s"`},
		r:      interline.Request{Turns: []interline.Turn{{Role: interline.System, Blocks: []interline.Block{{Kind: interline.Text, Text: "s"}}}}},
		traits: interline.Traits{Developer: true}, hasNot: []string{"include", "instructions"},
	},
	{
		name: "store of Chat Completions", has: []string{`"store":true`}, hasNot: []string{"include"},
		r: interline.Request{Reasoning: interline.Reasoning{Effort: "low"}, Extra: []interline.Member{{Name: "store", Value: []byte("true")}}},
	},
	{
		name: "reasoning comes back encrypted", has: []string{`"include":["reasoning.encrypted_content"]`, `"reasoning":{"effort":"medium","summary":"auto"}`},
		r: interline.Request{Reasoning: interline.Reasoning{Budget: 2048, Display: "summarized"}}, losses: []string{"reasoning_effort"},
	},
	{
		name: "an effort the model refuses", has: []string{`"effort":"low"`}, losses: []string{"reasoning_effort"},
		r:      interline.Request{Reasoning: interline.Reasoning{Effort: "none"}},
		traits: interline.Traits{NoEfforts: []interline.Effort{"none", "minimal"}},
	},
	{
		name: "what the API does not have", hasNot: []string{"stop", "seed", "penalty", "top_k", "logit"},
		r: interline.Request{
			Stop: []string{"x"}, Sampling: interline.Sampling{
				Seed: new(int64(1)), TopK: new(int64(1)), Candidates: 2, FrequencyPenalty: new(1.0), PresencePenalty: new(1.0),
				LogitBias: []byte(`{"1":1}`),
			},
		},
		losses: []string{"stop", "top_k", "seed", "n", "frequency_penalty", "presence_penalty", "logit_bias"},
	},
	{
		name: "log-probabilities", has: []string{`"top_logprobs":3`, `"include":["message.output_text.logprobs"]`},
		r: interline.Request{Sampling: interline.Sampling{Logprobs: true, TopLogprobs: new(int64(3))}},
	},
	{
		name: "log-probabilities of a model that reasons", hasNot: []string{"logprobs"}, losses: []string{"logprobs"},
		r:      interline.Request{Sampling: interline.Sampling{Logprobs: true, TopLogprobs: new(int64(3))}},
		traits: interline.Traits{Sampling: interline.SamplingNoEffort},
	},
	{
		name: "sampling a model refuses", losses: []string{"temperature"}, hasNot: []string{"temperature", "top_p"},
		r:      interline.Request{Sampling: interline.Sampling{Temperature: new(0.5), TopP: new(1.0)}},
		traits: interline.Traits{Sampling: interline.SamplingNoEffort},
	},
	{
		name: "reasoning of others stays here", hasNot: []string{"encrypted_content", "hm"}, losses: []string{"messages[1].content[0]", "messages[1].content[1]", "messages[1].content[2]"},
		r: interline.Request{Turns: []interline.Turn{
			{Role: interline.User, Blocks: []interline.Block{{Kind: interline.Text, Text: "x"}}},
			{Role: interline.Assistant, Blocks: []interline.Block{
				{Kind: interline.ReasoningBlock, Text: "hm", Seal: &interline.Seal{Issuer: "anthropic", Signature: "c2ln"}},
				{Kind: interline.ReasoningBlock, Text: "hm"},
				{Kind: interline.ReasoningBlock, Seal: &interline.Seal{Issuer: "anthropic", Redacted: "eA=="}},
				{Kind: interline.Text, Text: "y"},
			}},
			{Role: interline.User, Blocks: []interline.Block{{Kind: interline.Text, Text: "z"}}},
		}},
	},
	{
		name: "calls and results that do not meet", losses: []string{"messages[0].content[0]", "messages[1].content[0]"},
		has: []string{`"call_id":"call_c71bd109227e23434ecf71fd","output":"(no result)"`, `"content":"late"`},
		r: interline.Request{Turns: []interline.Turn{
			{Role: interline.User, Blocks: []interline.Block{{Kind: interline.ToolResultBlock, Result: &interline.ToolResult{CallID: strings.Repeat("x", 70), Blocks: []interline.Block{{Kind: interline.Text, Text: "late"}}}}}},
			{Role: interline.Assistant, Blocks: []interline.Block{{Kind: interline.ToolCallBlock, Call: &interline.ToolCall{ID: strings.Repeat("x", 70), Name: "f"}}}},
			{Role: interline.User, Blocks: []interline.Block{{Kind: interline.Text, Text: "z"}}},
		}},
	},
	{
		name: "a failed result with a picture", losses: []string{"messages[1].content[0].is_error"},
		has: []string{`"output":[{"type":"input_text","text":"Error:"},{"type":"input_image","image_url":"https://example.com/a.png"}]`, `"strict":false`},
		r: interline.Request{
			Tools: []interline.Tool{{Name: "f"}},
			Turns: []interline.Turn{
				{Role: interline.Assistant, Blocks: []interline.Block{{Kind: interline.ToolCallBlock, Call: &interline.ToolCall{ID: "c", Name: "f"}}}},
				{Role: interline.User, Blocks: []interline.Block{{Kind: interline.ToolResultBlock, Result: &interline.ToolResult{CallID: "c", Failed: true, Blocks: []interline.Block{
					{Kind: interline.Image, Media: &interline.Media{URL: "https://example.com/a.png"}},
				}}}}},
			},
		},
	},
	{
		name: "a limit above the model's", has: []string{`"max_output_tokens":4096`}, losses: []string{"max_tokens"},
		r: interline.Request{MaxOutput: 8000}, traits: interline.Traits{MaxOutput: 4096},
	},
	{
		name: "cache marks", has: []string{`"prompt_cache_breakpoint":{"mode":"explicit","ttl":"12h"}`, `"ttl":"30m"`}, losses: []string{"cache_control.ttl"},
		r: interline.Request{Turns: []interline.Turn{{Role: interline.User, Blocks: []interline.Block{
			{Kind: interline.Text, Text: "a", Cache: &interline.CacheMark{TTL: "12h"}}, {Kind: interline.Text, Text: "b", Cache: &interline.CacheMark{TTL: "1h"}},
		}}}},
		traits: interline.Traits{CacheMarks: true},
	},
}

func TestWriteRequest(t *testing.T) {
	for _, tt := range writes {
		t.Run(tt.name, func(t *testing.T) {
			if len(tt.r.Turns) == 0 {
				tt.r.Turns = []interline.Turn{{Role: interline.User, Blocks: []interline.Block{{Kind: interline.Text, Text: "x"}}}}
			}
			body, losses, err := New(Dialect{}).WriteRequest(&tt.r, protocol.Target{Model: "gpt-test", Traits: tt.traits})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range tt.has {
				if !strings.Contains(string(body), s) {
					t.Errorf("%s is not in %s", s, body)
				}
			}
			for _, s := range tt.hasNot {
				if strings.Contains(string(body), s) {
					t.Errorf("%s is in %s", s, body)
				}
			}
			var fields []string
			for _, l := range losses {
				fields = append(fields, l.Field)
			}
			if !slices.Equal(fields, tt.losses) {
				t.Errorf("losses %v, want %v", losses, tt.losses)
			}
		})
	}
}

// TestFailures reads what goes wrong after HTTP 200.
func TestFailures(t *testing.T) {
	for _, tt := range []struct {
		frame string
		class interline.Class
		code  interline.Code
	}{
		{`{"type":"error","code":"rate_limit_exceeded","message":"m","param":null,"sequence_number":2}`, interline.C5Throttle, interline.CodeRateLimit},
		{`{"type":"error","sequence_number":2,"error":{"type":"server_error","code":"server_is_overloaded","message":"m"}}`, interline.C6Overload, interline.CodeOverloaded},
		{`{"type":"response.failed","response":{"id":"r","status":"failed","error":{"code":"server_error","message":"m"}}}`, interline.C7Server, interline.CodeUpstream},
		{`{"type":"response.failed","response":{"id":"r","status":"failed","error":{"code":"invalid_prompt","message":"m"}}}`, interline.C0Client, interline.CodeInvalid},
		{`{"type":"response.failed","response":{"id":"r","status":"failed","error":{"code":"image_content_policy_violation","message":"m"}}}`, interline.C1Policy, interline.CodeContent},
		{`{"type":"response.failed","response":{"id":"r","status":"failed","error":null,"usage":{"input_tokens":3}}}`, interline.C7Server, interline.CodeUpstream},
		{`{"type":"response.failed"}`, interline.C7Server, interline.CodeUpstream},
	} {
		told := protocoltest.Fold(protocoltest.DecodeStream(t, New(Dialect{}), []byte("data: "+tt.frame+"\n\n")))
		if told.Ended || told.Fault == nil || told.Fault.Class != tt.class || told.Fault.Code != tt.code || string(told.Fault.Body) != tt.frame {
			t.Errorf("%s reads as %+v", tt.frame, told.Fault)
		}
		m := New(Dialect{}).Meter(true)
		if m.Read(protocol.Frame{Data: []byte(tt.frame)}) != protocol.SawFault || m.Fault().Code != tt.code || !cmp.Equal(m.Usage(), told.Usage) {
			t.Errorf("the meter reads %s as %+v, usage %+v", tt.frame, m.Fault(), m.Usage())
		}
	}
	body := `{"id":"r","status":"failed","error":{"code":"server_error","message":"m"},"output":[],"usage":{"input_tokens":3}}`
	told := protocoltest.Fold(protocoltest.DecodeBody(t, New(Dialect{}), []byte(body)))
	m := New(Dialect{}).Meter(false)
	if told.Ended || told.Fault == nil || told.Usage.Input != 3 || m.Read(protocol.Frame{Data: []byte(body)}) != protocol.SawFault || m.Usage().Input != 3 {
		t.Errorf("a body that failed: %+v", told)
	}
}

// TestStreamOfEvents: every event is numbered without gaps, its name is its
// type, and what an official SDK demands is there, also where blocks interleave.
func TestStreamOfEvents(t *testing.T) {
	e := New(Dialect{}).Encoder(protocol.Answer{Head: interline.Head{Model: "m", Stream: true}, ID: "01"})
	var out []byte
	for _, ev := range []interline.Event{
		{Kind: interline.Start, Model: "m"},
		{Kind: interline.BlockStart, Index: 0, Block: interline.ReasoningBlock},
		{Kind: interline.SealDelta, Index: 0, Block: interline.ReasoningBlock, Seal: &interline.Seal{Issuer: "openai", ID: "rs_9", Redacted: "gAAAAA"}},
		{Kind: interline.BlockStop, Index: 0},
		{Kind: interline.BlockStart, Index: 1, Block: interline.Text},
		{Kind: interline.BlockStop, Index: 1},
		{Kind: interline.BlockStart, Index: 2, Block: interline.ToolCallBlock, ID: "a", Name: "f"},
		{Kind: interline.BlockStart, Index: 3, Block: interline.ToolCallBlock, ID: "b", Name: "g"},
		{Kind: interline.Delta, Index: 3, Block: interline.ToolCallBlock, Text: "{}"},
		{Kind: interline.BlockStop, Index: 3},
		{Kind: interline.BlockStop, Index: 2},
		{Kind: interline.Finish, Stop: interline.StopMalformed},
	} {
		out = e.Append(out, []interline.Event{ev})
	}
	out = e.Finish(out)
	var kinds []string
	for frame := range strings.SplitSeq(strings.TrimSuffix(string(out), "\n\n"), "\n\n") {
		name, data, _ := strings.Cut(strings.TrimPrefix(frame, "event: "), "\ndata: ")
		var w struct {
			Type     string
			Number   *int `json:"sequence_number"`
			Index    int  `json:"output_index"`
			Item     struct{ ID, Type, Arguments string }
			Response struct {
				Status string
				Error  struct{ Code string }
				Output []struct {
					ID        string
					Encrypted string `json:"encrypted_content"`
				}
			}
		}
		if err := json.Unmarshal([]byte(data), &w); err != nil || w.Type != name || w.Number == nil || *w.Number != len(kinds) {
			t.Fatalf("event %d is %s (%v)", len(kinds), frame, err)
		}
		kinds = append(kinds, strings.TrimPrefix(name, "response."))
		if r := w.Response; name == "response.failed" && (r.Error.Code != "server_error" || len(r.Output) != 3 || r.Output[0].ID != "rs_9" || r.Output[0].Encrypted != "gAAAAA") {
			t.Errorf("the last event is %s", frame)
		}
	}
	want := strings.Fields(`created in_progress output_item.added output_item.done
		output_item.added function_call_arguments.delta function_call_arguments.done output_item.done
		output_item.added function_call_arguments.delta function_call_arguments.done output_item.done failed`)
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("%s\n%s", diff, out)
	}
}

func BenchmarkMeter(b *testing.B) {
	m := New(Dialect{}).Meter(true)
	f := protocol.Frame{Name: "response.output_text.delta", Data: []byte(`{"type":"response.output_text.delta","content_index":0,"delta":" there.","item_id":"msg_1","output_index":0,"sequence_number":5}`)}
	m.Read(f)
	b.ReportAllocs()
	for b.Loop() {
		if m.Read(f) != protocol.SawContent {
			b.Fatal("no content")
		}
	}
}
