package generatecontent

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// read opens and reads a request.
func read(t testing.TB, body string) *interline.Request {
	t.Helper()
	o, err := New().Open(chat, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r, err := New().ReadRequest(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func user(blocks ...interline.Block) []interline.Turn {
	return []interline.Turn{{Role: interline.User, Blocks: blocks}}
}

var hello = interline.Block{Kind: interline.Text, Text: "x"}

// TestWhatIsWritten writes thinking, tools and the rest for models of both
// generations.
func TestWhatIsWritten(t *testing.T) {
	effort := func(e interline.Effort) interline.Request {
		return interline.Request{Reasoning: interline.Reasoning{Effort: e}}
	}
	f := []interline.Tool{{Name: "f"}}
	no := false
	for _, tt := range []struct {
		name, model  string
		traits       interline.Traits
		r            interline.Request
		want, losses string
	}{
		{"a level", "gemini-3.8-flash", interline.Traits{}, effort(interline.EffortMinimal), `"generationConfig":{"thinkingConfig":{"thinkingLevel":"MINIMAL","includeThoughts":true}}`, ""},
		{"a level that Pro does not have", "gemini-3.1-pro-preview", interline.Traits{}, effort(interline.EffortMinimal), `{"thinkingLevel":"LOW","includeThoughts":true}`, "reasoning_effort"},
		{"no thinking where there is no such level", "gemini-3.8-flash", interline.Traits{}, effort(interline.EffortNone), `"thinkingConfig":{"thinkingLevel":"MINIMAL"}`, "reasoning_effort"},
		{"more than the highest level", "gemini-3.8-flash", interline.Traits{}, effort(interline.EffortMax), `{"thinkingLevel":"HIGH","includeThoughts":true}`, "reasoning_effort"},
		{"a budget as a level", "gemini-3.8-flash", interline.Traits{}, interline.Request{Reasoning: interline.Reasoning{Budget: 4000, Display: "omitted"}}, `"thinkingConfig":{"thinkingLevel":"MEDIUM"}`, "reasoning_effort"},
		{"a budget", "gemini-2.5-flash", interline.Traits{}, interline.Request{Reasoning: interline.Reasoning{Budget: 4000}}, `"thinkingConfig":{"thinkingBudget":4000,"includeThoughts":true}`, ""},
		{"an effort as a budget", "gemini-2.5-flash", interline.Traits{}, effort(interline.EffortMedium), `{"thinkingBudget":8192,"includeThoughts":true}`, ""},
		{"no thinking", "gemini-2.5-flash", interline.Traits{}, effort(interline.EffortNone), `"thinkingConfig":{"thinkingBudget":0}`, ""},
		{"Pro always thinks", "gemini-2.5-pro", interline.Traits{}, effort(interline.EffortNone), `"thinkingConfig":{"thinkingBudget":128}`, "reasoning_effort"},
		{"the model decides", "gemini-2.5-pro", interline.Traits{}, interline.Request{Reasoning: interline.Reasoning{Adaptive: true}}, `"thinkingConfig":{"thinkingBudget":-1,"includeThoughts":true}`, ""},
		{"traits before names", "mine", interline.Traits{Thinking: interline.ThinkingBudget}, effort(interline.EffortLow), `{"thinkingBudget":1024,"includeThoughts":true}`, ""},
		{"a model that does not reason", "gemma-3", interline.Traits{Thinking: interline.ThinkingNone}, effort(interline.EffortLow), `{"contents":[{"role":"user","parts":[{"text":"x"}]}]}`, "reasoning_effort"},
		{"some of the tools", "gemini-3.8-flash", interline.Traits{}, interline.Request{Tools: f, Choice: interline.ToolChoice{Mode: interline.ToolsSubset, Names: []string{"f"}}}, `"tools":[{"functionDeclarations":[{"name":"f"}]}],"toolConfig":{"functionCallingConfig":{"mode":"VALIDATED","allowedFunctionNames":["f"]}}`, ""},
		{"one of the tools", "gemini-3.8-flash", interline.Traits{}, interline.Request{Tools: f, Choice: interline.ToolChoice{Mode: interline.ToolsOne, Names: []string{"f"}, Parallel: &no}}, `{"mode":"ANY","allowedFunctionNames":["f"]}`, "parallel_tool_calls"},
		{"no force", "m", interline.Traits{NoForcedTools: true}, interline.Request{Tools: f, Choice: interline.ToolChoice{Mode: interline.ToolsRequired}}, `{"mode":"AUTO"}`, "tool_choice"},
		{"a tool of another vendor", "gemini-3.8-flash", interline.Traits{}, interline.Request{Tools: []interline.Tool{{Name: "web_search", Language: protocol.Messages, Raw: []byte(`{}`)}}}, `{"contents":[{"role":"user","parts":[{"text":"x"}]}]}`, "tools[0]"},
		{"some JSON", "gemini-3.8-flash", interline.Traits{}, interline.Request{Output: interline.Output{Format: interline.FormatJSON}}, `"generationConfig":{"responseMimeType":"application/json"}`, ""},
		{"what Google alone can say", "gemini-3.8-flash", interline.Traits{}, interline.Request{Sampling: interline.Sampling{Temperature: new(1.7), TopK: new(int64(5)), Seed: new(int64(1)), Candidates: 2, Logprobs: true}}, `{"temperature":1.7,"topK":5,"candidateCount":2,"seed":1,"responseLogprobs":true}`, ""},
		{"limits and tiers", "m", interline.Traits{MaxOutput: 9, Sampling: interline.SamplingNone}, interline.Request{MaxOutput: 10, ServiceTier: "default", Sampling: interline.Sampling{TopP: new(0.5)}}, `"generationConfig":{"maxOutputTokens":9},"serviceTier":"standard"`, "max_tokens top_p"},
		{"what it cannot say", "m", interline.Traits{}, interline.Request{ServiceTier: "ultra", User: "u", CacheKey: "k", Metadata: []interline.Label{{Name: "a"}}, CacheAutomatic: &interline.CacheMark{}, Extra: []interline.Member{{Name: "odd", Value: []byte("1")}}}, `{"contents":[{"role":"user","parts":[{"text":"x"}]}]}`, "service_tier prompt_cache_key cache_control user metadata odd"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.r.Turns = user(hello)
			body, losses, err := New().WriteRequest(&tt.r, protocol.Target{Model: tt.model, Traits: tt.traits})
			var fields []string
			for _, l := range losses {
				fields = append(fields, l.Field)
			}
			if err != nil || !strings.Contains(string(body), tt.want) || strings.Join(fields, " ") != tt.losses {
				t.Errorf("%s\nwant %s\nlosses %v, want %s (%v)", body, tt.want, losses, tt.losses, err)
			}
		})
	}
}

// TestOwnRequestsLoseNothing: over the other envelope a request keeps what the
// words do not model; another language loses it, and says so.
func TestOwnRequestsLoseNothing(t *testing.T) {
	for _, i := range []int{1, 4, 6} {
		r := read(t, fixtures.Requests[i].Body)
		body, losses, err := Array().WriteRequest(r, protocol.Target{Model: chat.Model, From: protocol.GenerateContent})
		if err != nil || len(losses) > 0 {
			t.Errorf("%s: losses %v (%v)", fixtures.Requests[i].Name, losses, err)
		}
		for _, word := range map[int][]string{
			1: {`"safetySettings":[{"category"`, `"retrievalConfig":{"languageCode":"en"}`, `"mode":"VALIDATED"`, `"stopSequences":["A_B"]`},
			4: {`"cachedContent":"cachedContents/x_y"`, `"labels":{"team_a":"1"}`, `"serviceTier":"flex"`, `"mediaResolution":"MEDIA_RESOLUTION_LOW"`, `"thinkingLevel":"LOW"`},
			6: {`"responseMimeType":"text/x.enum"`, `"responseSchema":{"type":"STRING","enum":["A","B"]}`},
		}[i] {
			if !strings.Contains(string(body), word) {
				t.Errorf("%s: %s is missing in %s", fixtures.Requests[i].Name, word, body)
			}
		}
	}
}

// TestCachedContentIsNeverLost: it is the beginning of the conversation, which
// only Google keeps.
func TestCachedContentIsNeverLost(t *testing.T) {
	if r := read(t, fixtures.Requests[4].Body); r.Stored != "cachedContent" {
		t.Errorf("stored is %q", r.Stored)
	}
}

func TestSchemasBecomeJSONSchema(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{
			`{"type":"OBJECT","properties":{"type":{"type":"STRING","nullable":true},"a_b":{"type":"ARRAY","min_items":"2","items":{"type":"INTEGER"}}},"required":["a_b"],"propertyOrdering":["type"]}`,
			`{"type":"object","properties":{"type":{"type":["string","null"]},"a_b":{"type":"array","minItems":2,"items":{"type":"integer"}}},"required":["a_b"],"propertyOrdering":["type"]}`,
		},
		{`{"any_of":[{"type":"NUMBER"},{"type":"NULL"}],"type":"TYPE_UNSPECIFIED"}`, `{"anyOf":[{"type":"number"},{"type":"null"}]}`},
		{`{ "type": "object",  "properties": {"Z": {"enum": ["OBJECT"]}} }`, `{ "type": "object",  "properties": {"Z": {"enum": ["OBJECT"]}} }`},
		{`true`, `true`},
	} {
		if got := string(jsonSchema([]byte(tt.in))); got != tt.want {
			t.Errorf("%s became\n%s, want\n%s", tt.in, got, tt.want)
		}
	}
}

// TestSeals: Google's signatures go back to Google at the place they had, those
// of others never.
func TestSeals(t *testing.T) {
	foreign := &interline.Seal{Issuer: "anthropic", Signature: "claude"}
	call := func(id string, s *interline.Seal) interline.Block {
		return interline.Block{Kind: interline.ToolCallBlock, Seal: s, Call: &interline.ToolCall{ID: id, Name: "f", Arguments: "not JSON"}}
	}
	result := func(id string) interline.Block {
		return interline.Block{Kind: interline.ToolResultBlock, Result: &interline.ToolResult{CallID: id, Blocks: []interline.Block{hello}}}
	}
	r := &interline.Request{Turns: []interline.Turn{
		{Role: interline.User, Blocks: []interline.Block{hello}},
		{Role: interline.Assistant, Blocks: []interline.Block{
			{Kind: interline.ReasoningBlock, Text: "hm", Seal: foreign},
			{Kind: interline.ReasoningBlock, Text: "own", Seal: seal("b3du")},
			{Kind: interline.Text, Text: "t", Seal: seal("dGV4dA==")},
			call("1", seal("c2ln")), call("2", foreign),
		}},
		{Role: interline.User, Blocks: []interline.Block{result("2"), result("1")}},
	}}
	body, losses, err := New().WriteRequest(r, protocol.Target{Model: "gemini-3.8-flash"})
	want := `{"role":"model","parts":[{"text":"own","thought":true,"thoughtSignature":"b3du"},{"text":"t","thoughtSignature":"dGV4dA=="},` +
		`{"functionCall":{"id":"1","name":"f","args":{"_raw":"not JSON"}},"thoughtSignature":"c2ln"},{"functionCall":{"id":"2","name":"f","args":{"_raw":"not JSON"}}}]},` +
		`{"role":"user","parts":[{"functionResponse":{"id":"2","name":"f","response":{"output":"x"}}},{"functionResponse":{"id":"1","name":"f","response":{"output":"x"}}}]}`
	if err != nil || !strings.Contains(string(body), want) || strings.Contains(string(body), "claude") || len(losses) != 3 {
		t.Errorf("%s\nlosses %v (%v)", body, losses, err)
	}
	old, _, err := New().WriteRequest(r, protocol.Target{Model: "gemini-2.5-flash"})
	if err != nil || strings.Contains(string(old), foreignSeal) {
		t.Errorf("a model that wants no signatures got a stand-in: %s (%v)", old, err)
	}
}

// TestCallsWithoutIDs: results find their calls by name and in order, and equal
// requests give equal ids.
func TestCallsWithoutIDs(t *testing.T) {
	r, again := read(t, fixtures.Requests[2].Body), read(t, fixtures.Requests[2].Body)
	calls, results := r.Turns[1].Blocks, r.Turns[2].Blocks
	if calls[4].Seal == nil || calls[4].Seal.Signature != "ZW5k" || len(calls) != 5 {
		t.Fatalf("the last signature belongs to the last call: %+v", calls)
	}
	ids := []string{calls[2].Call.ID, calls[3].Call.ID, calls[4].Call.ID}
	for i, id := range ids {
		if id == "" || results[i].Result.CallID != id || again.Turns[1].Blocks[2+i].Call.ID != id || i > 0 && id == ids[0] {
			t.Errorf("call %d has the id %q, its result %q", i, id, results[i].Result.CallID)
		}
	}
	if ids[2] != "own" || !results[1].Result.Failed || results[0].Result.Failed {
		t.Errorf("ids %v, results %+v", ids, results)
	}
}

// TestFaults reads the errors of the published table.
func TestFaults(t *testing.T) {
	details := func(status, message, details string) string {
		return `{"error":{"code":0,"message":"` + message + `","status":"` + status + `","details":[` + details + `]}}`
	}
	for _, tt := range []struct {
		status int
		body   string
		class  interline.Class
		code   interline.Code
		wait   time.Duration
	}{
		{400, details("INVALID_ARGUMENT", "m", ``), interline.C0Client, interline.CodeInvalid, 0},
		{400, details("INVALID_ARGUMENT", "The input token count (9) exceeds the maximum number of tokens allowed (8).", ``), interline.C2Capability, interline.CodeContext, 0},
		{400, details("INVALID_ARGUMENT", "API key not valid.", `{"reason":"API_KEY_INVALID"}`), interline.C3Credential, interline.CodeUpstreamAuth, 0},
		{400, details("FAILED_PRECONDITION", "User location is not supported for the API use.", ``), interline.C2Capability, interline.CodeInvalid, 0},
		{401, details("UNAUTHENTICATED", "m", ``), interline.C3Credential, interline.CodeUpstreamAuth, 0},
		{403, details("PERMISSION_DENIED", "m", ``), interline.C3Credential, interline.CodePermission, 0},
		{404, `[` + details("NOT_FOUND", "m", ``) + `]`, interline.C2Capability, interline.CodeModel, 0},
		{429, `[` + details("RESOURCE_EXHAUSTED", "m", `{"@type":"t","retryDelay":"34.07s"}`) + "\n]", interline.C5Throttle, interline.CodeRateLimit, 34070 * time.Millisecond},
		{429, details("RESOURCE_EXHAUSTED", "Please retry in 850.5ms.", ``), interline.C5Throttle, interline.CodeRateLimit, 850500 * time.Microsecond},
		{429, details("RESOURCE_EXHAUSTED", "m", `{"violations":[{"quotaId":"GenerateRequestsPerDayPerProject"}]}`), interline.C4Quota, interline.CodeBilling, 0},
		{429, details("RESOURCE_EXHAUSTED", "Quota exceeded for metric: x, limit: 0, model: y", ``), interline.C4Quota, interline.CodeBilling, 0},
		{429, details("RESOURCE_EXHAUSTED", "Quota exceeded, limit: 05", ``), interline.C5Throttle, interline.CodeRateLimit, 0},
		{429, details("RESOURCE_EXHAUSTED", "m", `{"reason":"MODEL_CAPACITY_EXHAUSTED"}`), interline.C6Overload, interline.CodeOverloaded, 0},
		{500, details("INTERNAL", "m", ``), interline.C7Server, interline.CodeUpstream, 0},
		{503, details("UNAVAILABLE", "The model is overloaded.", ``), interline.C6Overload, interline.CodeOverloaded, 0},
		{504, details("DEADLINE_EXCEEDED", "m", ``), interline.C7Server, interline.CodeTimeout, 0},
		{502, `<html>`, interline.C7Server, interline.CodeUpstream, 0},
	} {
		f := New().ReadFault(tt.status, nil, []byte(tt.body))
		if f.Class != tt.class || f.Code != tt.code || f.RetryAfter != tt.wait || string(f.Body) != tt.body || f.Status != tt.status {
			t.Errorf("%d %s reads as %s %s, wait %s", tt.status, tt.body, f.Class, f.Code, f.RetryAfter)
		}
	}
}

func TestWrittenFaultIsGoogles(t *testing.T) {
	f := &interline.Fault{Code: interline.CodeRateLimit, Message: "slow", RetryAfter: 90 * time.Second, Param: "model"}
	status, _, body := New().WriteFault(f, "req-1")
	want := `{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED","details":[` +
		`{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"90s"},` +
		`{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"model","description":"slow"}]},` +
		`{"@type":"type.googleapis.com/google.rpc.RequestInfo","requestId":"req-1"}]}}`
	if status != 429 || string(body) != want {
		t.Errorf("%d %s", status, body)
	}
	if got := New().ReadFault(status, nil, body).RetryAfter; got != f.RetryAfter {
		t.Errorf("the wait reads back as %s", got)
	}
}

// TestAnArrayIsWholeWhenItIsClosed: neither the decoder nor the meter takes a
// finish reason for the end of an array.
func TestAnArrayIsWholeWhenItIsClosed(t *testing.T) {
	whole := asArray(textAnswer.Stream)
	cut := strings.TrimSuffix(whole, "]")
	if told := protocoltest.Fold(protocoltest.DecodeStream(t, Array(), []byte(cut))); told.Ended || told.Choices[0].Stop != interline.StopEnd {
		t.Errorf("not closed: %+v", told)
	}
	if told := protocoltest.Fold(protocoltest.DecodeStream(t, Array(), []byte(whole))); !told.Ended {
		t.Errorf("closed: %+v", told)
	}
}

func TestOpenGoesByThePath(t *testing.T) {
	o, err := New().Open(protocol.Spoken{Operation: interline.OperationChat, Model: "m", Stream: true}, []byte(fixtures.Requests[3].Body))
	if err != nil || !o.Head.Stream || !o.StreamUsage || o.Head.Model != "m" {
		t.Errorf("head = %+v (%v)", o.Head, err)
	}
	if want := interline.CapDocuments | interline.CapImages | interline.CapAudio; o.Needs != want {
		t.Errorf("needs %b, want %b", o.Needs, want)
	}
	if _, err := New().Open(protocol.Spoken{}, []byte(fixtures.Requests[0].Body)); err == nil {
		t.Error("opened without a model")
	}
	count := protocol.Spoken{Operation: interline.OperationCount, Model: "m"}
	o, err = New().Open(count, []byte(`{"generateContentRequest":{"model":"models/m","contents":[{"parts":[{"text":"x"}]}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := New().ReadRequest(o); err != nil || len(r.Turns) != 1 {
		t.Errorf("a question for the number of tokens reads as %+v (%v)", r, err)
	}
}

func TestPatchTakesEitherSpellingOut(t *testing.T) {
	o, err := New().Open(chat, []byte(`{"contents":[{"parts":[]}],"service_tier":"flex","labels":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	out, _ := New().Patch(o, protocol.Edits{Remove: []string{"serviceTier", "labels"}})
	if got := string(out.Bytes()); got != `{"contents":[{"parts":[]}]}` {
		t.Errorf("got %s", got)
	}
}

// TestMediaBeyondTheWords: a video stays as it is; what Gemini does not fetch is
// refused, so that another deployment may serve it.
func TestMediaBeyondTheWords(t *testing.T) {
	r := read(t, `{"contents":[{"parts":[{"inlineData":{"mimeType":"video/mp4","data":"AAAA"}}]}]}`)
	if b := r.Turns[0].Blocks[0]; b.Kind != interline.Opaque {
		t.Errorf("a video reads as %+v", b)
	}
	r = &interline.Request{Turns: user(interline.Block{Kind: interline.Image, Media: &interline.Media{URL: "https://example.com/a.png"}})}
	_, _, err := New().WriteRequest(r, protocol.Target{Model: "m", From: protocol.Messages})
	if f := new(interline.Fault); !errors.As(err, &f) || f.Class != interline.C2Capability {
		t.Errorf("an image by its URL: %v", err)
	}
}

func BenchmarkMeter(b *testing.B) {
	m := New().Meter(true)
	f := protocol.Frame{Data: []byte(`{"candidates":[{"content":{"parts":[{"text":" there"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":34,"totalTokenCount":102,"promptTokensDetails":[{"modality":"TEXT","tokenCount":34}]},"modelVersion":"gemini-3.8-flash","responseId":"r"}`)}
	m.Read(f)
	b.ReportAllocs()
	for b.Loop() {
		if m.Read(f) != protocol.SawContent {
			b.Fatal("no content")
		}
	}
}
