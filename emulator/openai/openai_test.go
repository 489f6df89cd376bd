package openai

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

const tools = `"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}},
	{"type":"function","function":{"name":"get_time"}}]`

func user(text string) string { return `"messages":[{"role":"user","content":"` + text + `"}]` }

func TestAnswer(t *testing.T) {
	s := newSite(t, core.Limits{})
	resp, _ := s.post("/v1/chat/completions", `{"model":"gpt-4o",`+user("hi")+`}`)
	for _, name := range []string{
		"X-Request-Id", "Openai-Processing-Ms", "Openai-Version", "X-Ratelimit-Limit-Requests",
		"X-Ratelimit-Remaining-Tokens", "X-Ratelimit-Reset-Requests",
	} {
		if resp.Header.Get(name) == "" {
			t.Errorf("header %s is missing", name)
		}
	}
	if _, err := time.ParseDuration(resp.Header.Get("X-Ratelimit-Reset-Tokens")); err != nil {
		t.Error(err)
	}
	r := s.chat(`{"model":"gpt-4o",` + user("What is the capital of France?") + `}`)
	c := r.Choices[0]
	if r.Object != "chat.completion" || r.Model != "gpt-4o-2024-11-20" || r.Fingerprint != "fp_emulated" || r.Tier != "default" || c.Message.Role != "assistant" || text(c.FinishReason) != "stop" {
		t.Errorf("answer %+v", r)
	}
	if !strings.Contains(text(c.Message.Content), "emulated answer") || !strings.Contains(text(c.Message.Content), "capital of France?") {
		t.Errorf("content %q", text(c.Message.Content))
	}
	if r.Usage.Prompt != 14 { // as recorded from the cloud for this prompt
		t.Errorf("prompt counts %d tokens, want 14", r.Usage.Prompt)
	}
	if r.Usage.Completion != core.CountTokens(text(c.Message.Content)) || r.Usage.Total != r.Usage.Prompt+r.Usage.Completion {
		t.Errorf("usage %+v", r.Usage)
	}
	row := s.c.Bill.Rows("openai")[1]
	if row.Usage.Input != 14 || row.Usage.Output != r.Usage.Completion || row.Cut || row.Stream || row.Model != "gpt-4o" {
		t.Errorf("bill %+v", row)
	}
}

func TestToolCalls(t *testing.T) {
	s := newSite(t, core.Limits{})
	body := `{"model":"gpt-4.1",` + user(`use get_weather(Bern) and get_time`) + `,` + tools
	r := s.chat(body + `}`)
	calls := r.Choices[0].Message.ToolCalls
	if len(calls) != 2 || calls[0].Function.Arguments != `{"city":"Bern"}` || calls[1].Function.Name != "get_time" || text(r.Choices[0].FinishReason) != "tool_calls" || r.Choices[0].Message.Content != nil {
		t.Fatalf("answer %+v", r.Choices[0])
	}
	if !strings.HasPrefix(calls[0].ID, "call_") || calls[0].ID == calls[1].ID {
		t.Errorf("call ids %q and %q", calls[0].ID, calls[1].ID)
	}
	if got := s.chat(body + `,"parallel_tool_calls":false}`); len(got.Choices[0].Message.ToolCalls) != 1 {
		t.Errorf("without parallel calls: %+v", got.Choices[0])
	}
	answered := `{"model":"gpt-4.1",` + tools + `,"messages":[{"role":"user","content":"x"},
		{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"get_time","arguments":"{}"}}]},
		{"role":"tool","tool_call_id":"a","content":[{"type":"text","text":"it is noon"}]}]}`
	if got := s.chat(answered); !strings.Contains(text(got.Choices[0].Message.Content), "Tool get_time returned: it is noon") {
		t.Errorf("after the result: %q", text(got.Choices[0].Message.Content))
	}
}

func TestStreamIsTheAnswerInPieces(t *testing.T) {
	s := newSite(t, core.Limits{})
	for _, ask := range []string{user("write 40 words"), user("get_weather(Bern) get_time") + "," + tools, user("hi") + `,"n":3`} {
		body := `{"model":"gpt-4.1",` + ask
		whole := s.chat(body + `}`)
		events := s.stream(body + `,"stream":true,"stream_options":{"include_usage":true}}`)
		if last := events[len(events)-1]; last != "[DONE]" {
			t.Fatalf("the stream ends with %q", last)
		}
		got, usage := assemble(t, events[:len(events)-1])
		for i, c := range whole.Choices {
			want := text(c.Message.Content)
			for _, call := range c.Message.ToolCalls {
				want += call.ID + call.Function.Name + call.Function.Arguments
			}
			if got[i] != want+"/"+text(c.FinishReason) {
				t.Errorf("choice %d streams %q, want %q", i, got[i], want)
			}
		}
		if usage.Usage.Completion != whole.Usage.Completion || len(usage.Choices) != 0 {
			t.Errorf("last chunk %+v, want the usage %+v", usage, whole.Usage)
		}
	}
	rows := s.c.Bill.Rows("")
	if a, b := rows[0], rows[1]; !b.Stream || b.Cut || a.Usage != b.Usage {
		t.Errorf("whole billed %+v, stream %+v", a, b)
	}
}

// assemble joins the chunks of each choice and returns the usage chunk.
func assemble(t *testing.T, events []string) (said map[int]string, last reply) {
	t.Helper()
	said = make(map[int]string)
	for i, event := range events {
		last = reply{}
		if err := json.Unmarshal([]byte(event), &last); err != nil {
			t.Fatalf("event %q: %v", event, err)
		}
		if i < len(events)-1 && (!strings.Contains(event, `"usage":null`) || !strings.Contains(event, `"obfuscation":"`)) {
			t.Errorf("chunk %s lacks usage or padding", event)
		}
		for _, c := range last.Choices {
			for _, call := range c.Delta.ToolCalls {
				said[c.Index] += call.ID + call.Function.Name + call.Function.Arguments
			}
			said[c.Index] += text(c.Delta.Content)
			if c.FinishReason != nil {
				said[c.Index] += "/" + *c.FinishReason
			}
		}
	}
	return said, last
}

func TestStreamWithoutExtras(t *testing.T) {
	s := newSite(t, core.Limits{})
	for _, event := range s.stream(`{"model":"gpt-4.1",` + user("hi") + `,"stream":true,"stream_options":{"include_obfuscation":false}}`) {
		if strings.Contains(event, "usage") || strings.Contains(event, "obfuscation") {
			t.Errorf("event %s", event)
		}
	}
}

func TestStructuredOutput(t *testing.T) {
	s := newSite(t, core.Limits{})
	r := s.chat(`{"model":"gpt-5.5",` + user("hi") + `,"response_format":{"type":"json_schema","json_schema":{"name":"x","strict":true,"schema":
		{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"],"additionalProperties":false}}}}`)
	if got := text(r.Choices[0].Message.Content); got != `{"ok":true}` {
		t.Errorf("content %q", got)
	}
	if r.Usage.Said.Reasoning == 0 {
		t.Error("a reasoning model did not reason")
	}
	r = s.chat(`{"model":"gpt-5.5",` + user("hi") + `,"reasoning_effort":"none","temperature":0.2,"logprobs":true,"top_logprobs":2}`)
	l := r.Choices[0].Logprobs
	if r.Usage.Said.Reasoning != 0 || l == nil || len(l.Content) != r.Usage.Completion || len(l.Content[0].Top) != 2 {
		t.Errorf("without effort: %+v, logprobs %+v", r.Usage, l)
	}
}

func TestCaching(t *testing.T) {
	s := newSite(t, core.Limits{})
	long := strings.Repeat("river ", 2000)
	ask := func(model, extra string) (read, written int) {
		r := s.chat(`{"model":"` + model + `",` + user(long) + extra + `}`)
		if r.Usage.Read.Writes != nil {
			written = *r.Usage.Read.Writes
		}
		return r.Usage.Read.Cached, written
	}
	if read, _ := ask("gpt-4.1", ""); read != 0 {
		t.Errorf("the first request read %d tokens", read)
	}
	if read, written := ask("gpt-4.1", ""); read < 1024 || (read-1024)%128 != 0 || written != 0 {
		t.Errorf("the second request read %d and wrote %d tokens", read, written)
	}
	_, written := ask("gpt-5.6-sol", "")
	if read, again := ask("gpt-5.6-sol", ""); written < 2000 || read != written || again != 0 {
		t.Errorf("wrote %d, then read %d and wrote %d", written, read, again)
	}
	if read, written := ask("gpt-6-sol", `,"prompt_cache_options":{"mode":"explicit"}`); read != 0 || written != 0 {
		t.Errorf("explicit mode without a breakpoint read %d, wrote %d", read, written)
	}
}

func TestRefusals(t *testing.T) {
	s := newSite(t, core.Limits{})
	hi := user("hi")
	tests := []struct {
		name, body        string
		status            int
		code, param, says string
	}{
		{"not json", `{`, 400, "", "", "could not parse the JSON body"},
		{"no model", `{` + hi + `}`, 400, "", "", "you must provide a model parameter"},
		{"unknown model", `{"model":"gpt-9",` + hi + `}`, 404, "model_not_found", "", "The model `gpt-9` does not exist or you do not have access to it."},
		{"embedding model", `{"model":"text-embedding-3-small",` + hi + `}`, 404, "", "model", "not a chat model"},
		{"no messages", `{"model":"gpt-4o"}`, 400, "missing_required_parameter", "messages", ""},
		{"empty messages", `{"model":"gpt-4o","messages":[]}`, 400, "empty_array", "messages", ""},
		{"unknown field", `{"model":"gpt-4o",` + hi + `,"top_k":1}`, 400, "", "", "Unrecognized request argument supplied: top_k"},
		{"unknown field of a message", `{"model":"gpt-4o","messages":[{"role":"user","content":"x","mood":1}]}`, 400, "unknown_parameter", "messages[0].mood", ""},
		{"unknown role", `{"model":"gpt-4o","messages":[{"role":"robot","content":"x"}]}`, 400, "invalid_value", "messages[0].role", "'robot'"},
		{"null content", `{"model":"gpt-4o","messages":[{"role":"user","content":null}]}`, 400, "invalid_type", "messages[0].content", ""},
		{"type", `{"model":"gpt-4o",` + hi + `,"temperature":"hot"}`, 400, "invalid_type", "temperature", "expected a decimal, but got a string"},
		{"range", `{"model":"gpt-4o",` + hi + `,"temperature":3}`, 400, "decimal_above_max_value", "temperature", "<= 2"},
		{"whole number", `{"model":"gpt-4o",` + hi + `,"max_tokens":0}`, 400, "integer_below_min_value", "max_tokens", ""},
		{"too much output", `{"model":"gpt-4o",` + hi + `,"max_tokens":99999}`, 400, "invalid_value", "max_tokens", "at most 16384"},
		{"max_tokens of a reasoning model", `{"model":"gpt-5.5",` + hi + `,"max_tokens":10}`, 400, "unsupported_parameter", "max_tokens", "Use 'max_completion_tokens' instead"},
		{"temperature with effort", `{"model":"gpt-5.5",` + hi + `,"temperature":0.5}`, 400, "unsupported_value", "temperature", "Only the default (1)"},
		{"temperature of gpt-6", `{"model":"gpt-6-sol",` + hi + `,"temperature":1,"reasoning_effort":"none"}`, 400, "unsupported_parameter", "temperature", ""},
		{"logprobs of a reasoning model", `{"model":"gpt-5.5",` + hi + `,"logprobs":true}`, 400, "unsupported_parameter", "logprobs", ""},
		{"penalty of a reasoning model", `{"model":"gpt-5.5",` + hi + `,"presence_penalty":1}`, 400, "unsupported_parameter", "presence_penalty", ""},
		{"effort of another model", `{"model":"gpt-4o",` + hi + `,"reasoning_effort":"low"}`, 400, "", "reasoning_effort", ""},
		{"effort unknown to the model", `{"model":"gpt-5.5",` + hi + `,"reasoning_effort":"minimal"}`, 400, "unsupported_value", "reasoning_effort", "'minimal'"},
		{"tools with default effort", `{"model":"gpt-5.6-sol",` + hi + `,` + tools + `}`, 400, "", "reasoning_effort", "not supported for gpt-5.6-sol in /v1/chat/completions"},
		{"choice without tools", `{"model":"gpt-4o",` + hi + `,"tool_choice":"auto"}`, 400, "", "tool_choice", "only allowed when 'tools'"},
		{"choice of no tool", `{"model":"gpt-4o",` + hi + `,` + tools + `,"tool_choice":{"type":"function","function":{"name":"nope"}}}`, 400, "", "tool_choice", "'nope' not found"},
		{"tool name", `{"model":"gpt-4o",` + hi + `,"tools":[{"type":"function","function":{"name":"a b"}}]}`, 400, "invalid_value", "tools[0].function.name", ""},
		{"strict tool", `{"model":"gpt-4o",` + hi + `,"tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","properties":{}}}}]}`, 400, "invalid_function_parameters", "tools[0].function.parameters", "In context=(), 'additionalProperties'"},
		{"strict output", `{"model":"gpt-4o",` + hi + `,"response_format":{"type":"json_schema","json_schema":{"name":"x","strict":true,"schema":{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}}}}`, 400, "", "response_format", "Missing 'a'"},
		{"unanswered call", `{"model":"gpt-4o","messages":[{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"user","content":"x"}]}`, 400, "", "messages.[1].role", "did not have response messages: c1"},
		{"stray result", `{"model":"gpt-4o","messages":[{"role":"tool","tool_call_id":"c1","content":"x"}]}`, 400, "", "messages.[0].role", "preceeding message with 'tool_calls'"},
		{"picture for nobody", `{"model":"gpt-4o","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}`, 400, "invalid_image_format", "", ""},
		{"picture of no url", `{"model":"gpt-4o","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"ftp://x"}}]}]}`, 400, "invalid_value", "messages[0].content[0].image_url.url", ""},
		{"picture in a tool message", `{"model":"gpt-4o","messages":[{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://x"}}]}]}`, 400, "invalid_value", "messages[0].content[0].type", ""},
		{"audio", `{"model":"gpt-4o","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}]}`, 400, "unsupported_value", "messages[0].content[0]", "audio"},
		{"five stops", `{"model":"gpt-4o",` + hi + `,"stop":["a","b","c","d","e"]}`, 400, "array_above_max_length", "stop", ""},
		{"stream options alone", `{"model":"gpt-4o",` + hi + `,"stream_options":{"include_usage":true}}`, 400, "", "stream_options", ""},
		{"old functions", `{"model":"gpt-4o",` + hi + `,"functions":[{"name":"f"}]}`, 400, "unsupported_parameter", "functions", "not emulated"},
		{"breakpoints of an older model", `{"model":"gpt-5.5",` + hi + `,"prompt_cache_options":{"mode":"explicit"}}`, 400, "unsupported_parameter", "prompt_cache_options", ""},
		{"context", `{"model":"gpt-4o",` + user(strings.Repeat("river ", 130_000)) + `}`, 400, "context_length_exceeded", "messages", "128000 tokens"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := s.post("/v1/chat/completions", tt.body)
			f := readFailure(t, body).Error
			if resp.StatusCode != tt.status || text(f.Code) != tt.code || text(f.Param) != tt.param || !strings.Contains(f.Message, tt.says) || f.Type != "invalid_request_error" {
				t.Errorf("status %d: %s", resp.StatusCode, body)
			}
		})
	}
	if rows := s.c.Bill.Rows(""); len(rows) != 0 {
		t.Errorf("refused requests were billed: %+v", rows)
	}
}

func TestDoor(t *testing.T) {
	s := newSite(t, core.Limits{})
	tests := []struct {
		method, path, auth string
		status             int
		code               string
	}{
		{"GET", "/v1/models", "Bearer " + DefaultKey, 200, ""},
		{"GET", "/v1/models/gpt-5.5", "Bearer " + DefaultKey, 200, ""},
		{"GET", "/v1/models/gpt-9", "Bearer " + DefaultKey, 404, "model_not_found"},
		{"GET", "/v1/models", "", 401, ""},
		{"GET", "/v1/models", "Basic abc", 401, ""},
		{"GET", "/v1/models", "Bearer sk-wrong-key-of-somebody", 401, "invalid_api_key"},
		{"GET", "/v1/chat/completions", "Bearer " + DefaultKey, 405, "method_not_supported"},
		{"POST", "/v1/models", "Bearer " + DefaultKey, 405, "method_not_supported"},
		{"POST", "/v1/responsez", "Bearer " + DefaultKey, 404, ""},
		{"GET", "/", "Bearer " + DefaultKey, 404, ""},
	}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path+" "+tt.auth, func(t *testing.T) {
			req, _ := http.NewRequest(tt.method, s.url+tt.path, nil)
			req.Header.Set("Authorization", tt.auth)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var f failure
			if err := json.NewDecoder(resp.Body).Decode(&f); err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status || text(f.Error.Code) != tt.code || (tt.status != 200) != (f.Error.Message != "") {
				t.Errorf("status %d: %+v", resp.StatusCode, f)
			}
			if strings.Contains(f.Error.Message, "wrong-key") {
				t.Errorf("the error repeats the key: %s", f.Error.Message)
			}
		})
	}
}

func TestQuotaRefuses(t *testing.T) {
	s := newSite(t, core.Limits{Requests: 1})
	body := `{"model":"gpt-4o",` + user("hi") + `}`
	s.chat(body)
	resp, got := s.post("/v1/chat/completions", body)
	f := readFailure(t, got).Error
	if resp.StatusCode != 429 || text(f.Code) != "rate_limit_exceeded" || f.Type != "requests" {
		t.Errorf("status %d: %s", resp.StatusCode, got)
	}
	if resp.Header.Get("Retry-After-Ms") == "" || resp.Header.Get("X-Ratelimit-Remaining-Requests") != "0" {
		t.Errorf("headers %v", resp.Header)
	}
	if n := len(s.c.Bill.Rows("")); n != 1 {
		t.Errorf("%d rows on the bill, want 1", n)
	}
}

func TestDrills(t *testing.T) {
	body := `{"model":"gpt-4o",` + user("write 50 words") + `,"stream":true}`
	tests := []struct {
		drill  core.Drill
		status int
		code   string
	}{
		{core.Drill{Kind: core.Throttle, Delay: core.Span(1500 * time.Millisecond)}, 429, "rate_limit_exceeded"},
		{core.Drill{Kind: core.Overload}, 503, "server_is_overloaded"},
		{core.Drill{Kind: core.StatusCode, Status: 502}, 502, "server_error"},
		{core.Drill{Kind: core.Auth}, 401, "invalid_api_key"},
	}
	for _, tt := range tests {
		t.Run(string(tt.drill.Kind), func(t *testing.T) {
			s := newSite(t, core.Limits{})
			s.drill(tt.drill)
			resp, got := s.post("/v1/chat/completions", body)
			if f := readFailure(t, got).Error; resp.StatusCode != tt.status || text(f.Code) != tt.code {
				t.Errorf("status %d: %s", resp.StatusCode, got)
			}
			if tt.drill.Kind == core.Throttle && (resp.Header.Get("Retry-After") != "2" || resp.Header.Get("Retry-After-Ms") != "1500") {
				t.Errorf("headers %v", resp.Header)
			}
			if rows := s.c.Bill.Rows(""); len(rows) != 0 {
				t.Errorf("billed %+v", rows)
			}
		})
	}
}

func TestDrillsWithinStreams(t *testing.T) {
	body := `{"model":"gpt-4o",` + user("write 50 words") + `,"stream":true}`
	for _, kind := range []core.Kind{core.Cut, core.EOF, core.InStream, core.ContentFilter} {
		t.Run(string(kind), func(t *testing.T) {
			s := newSite(t, core.Limits{})
			s.drill(core.Drill{Kind: kind, After: 11})
			events := s.stream(body)
			last := events[len(events)-1]
			row := waitForRow(t, s.c)
			switch kind {
			case core.ContentFilter:
				if last != "[DONE]" || !strings.Contains(events[len(events)-2], `"finish_reason":"content_filter"`) || row.Cut || row.Usage.Output == 0 {
					t.Errorf("%d events end with %q, row %+v", len(events), events[len(events)-2:], row)
				}
				return
			case core.InStream:
				if f := readFailure(t, []byte(last)).Error; text(f.Code) != "server_error" {
					t.Errorf("last event %s", last)
				}
				events = events[:len(events)-1]
			}
			if len(events) != 11 || slices.Contains(events, "[DONE]") {
				t.Errorf("%d events arrived, want 11", len(events))
			}
			if !row.Cut || row.Usage.Output < 10 || row.Usage.Output > 14 || row.Usage.Input == 0 {
				t.Errorf("billed %+v", row)
			}
		})
	}
}

// waitForRow waits for the bill, which is written after the caller has seen
// the end.
func waitForRow(t *testing.T, c *core.Core) core.Row {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for time.Now().Before(deadline) {
		if rows := c.Bill.Rows(""); len(rows) == 1 {
			return rows[0]
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("no row on the bill")
	return core.Row{}
}

func TestDrillOfErrorIsA500ForWholeAnswers(t *testing.T) {
	s := newSite(t, core.Limits{})
	s.drill(core.Drill{Kind: core.InStream})
	resp, got := s.post("/v1/chat/completions", `{"model":"gpt-4o",`+user("hi")+`}`)
	if f := readFailure(t, got).Error; resp.StatusCode != 500 || f.Type != "server_error" || len(s.c.Bill.Rows("")) != 0 {
		t.Errorf("status %d: %s", resp.StatusCode, got)
	}
}
