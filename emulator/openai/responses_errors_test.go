package openai

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

func TestResponseRefusals(t *testing.T) {
	s := newSite(t, core.Limits{})
	with := func(rest string) string { return `{"model":"gpt-5.5","input":"hi",` + rest + `}` }
	item := func(i string) string { return `{"model":"gpt-5.5","input":[` + i + `]}` }
	tests := []struct {
		name, body         string
		status             int
		param, code, words string
	}{
		{"no JSON", `{`, 400, "", "", "could not parse the JSON body"},
		{"unknown", with(`"stop":"x"`), 400, "stop", "unknown_parameter", "Unknown parameter: 'stop'."},
		{"no model", `{"input":"hi"}`, 400, "model", "missing_required_parameter", "'model'"},
		{"unknown model", `{"model":"gpt-9","input":"hi"}`, 400, "model", "model_not_found", "'gpt-9' does not exist"},
		{"embedding model", `{"model":"text-embedding-3-small","input":"hi"}`, 400, "model", "unsupported_model", "Responses API"},
		{"no input", `{"model":"gpt-5.5"}`, 400, "input", "missing_required_parameter", "'input'"},
		{"input of a wrong type", `{"model":"gpt-5.5","input":7}`, 400, "input", "invalid_type", "got an integer"},
		{"empty input", `{"model":"gpt-5.5","input":[]}`, 400, "input", "empty_array", "empty array"},
		{"item of a wrong type", item(`"hi"`), 400, "input[0]", "invalid_type", "expected an object"},
		{"unknown item", item(`{"type":"letter"}`), 400, "input[0].type", "invalid_value", "'letter'"},
		{"item not played", item(`{"type":"computer_call"}`), 400, "input[0].type", "unsupported_value", "not emulated"},
		{"unknown role", item(`{"role":"tool","content":"x"}`), 400, "input[0].role", "invalid_value", "'tool'"},
		{"unknown member", item(`{"role":"user","content":"x","name":"y"}`), 400, "input[0].name", "unknown_parameter", "input[0].name"},
		{"part of Chat", item(`{"role":"user","content":[{"type":"text","text":"x"}]}`), 400, "input[0].content[0].type", "invalid_value", "'input_text', 'input_image', and 'input_file'"},
		{"user says output", item(`{"role":"user","content":[{"type":"output_text","text":"x"}]}`), 400, "input[0].content[0].type", "invalid_value", "'output_text'"},
		{"bad picture", item(`{"role":"user","content":[{"type":"input_image","image_url":"x"}]}`), 400, "input[0].content[0].image_url", "invalid_value", "data URL"},
		{"output without call", item(`{"type":"function_call_output","call_id":"call_1","output":"x"}`), 400, "input", "", "No tool call found for function call output with call_id call_1."},
		{"call without output", item(`{"role":"user","content":"x"},{"type":"function_call","call_id":"call_1","name":"f","arguments":"{}"}`), 400, "input", "", "No tool output found for function call call_1."},
		{"previous unknown", with(`"previous_response_id":"resp_1"`), 400, "previous_response_id", "previous_response_not_found", "Previous response with id 'resp_1' not found."},
		{"reference unknown", item(`{"type":"item_reference","id":"rs_1"}`), 404, "input", "", "Item with id 'rs_1' not found."},
		{"foreign reasoning", item(`{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAAABsomebody"}`), 400, "", "invalid_encrypted_content", "could not be verified"},
		{"too little output", with(`"max_output_tokens":15`), 400, "max_output_tokens", "integer_below_min_value", "a value >= 16, but got 15"},
		{"too much output", with(`"max_output_tokens":9000000`), 400, "max_output_tokens", "integer_above_max_value", "128000"},
		{"temperature", with(`"temperature":-1`), 400, "temperature", "decimal_below_min_value", "Expected a value >= 0, but got -1 instead."},
		{"temperature of a reasoning model", with(`"temperature":0.5`), 400, "temperature", "unsupported_value", "'temperature'"},
		{"effort of gpt-4.1", `{"model":"gpt-4.1","input":"hi","reasoning":{"effort":"low"}}`, 400, "reasoning.effort", "unsupported_parameter", "not supported with this model"},
		{"effort unknown to the model", with(`"reasoning":{"effort":"max"}`), 400, "reasoning.effort", "unsupported_value", "'gpt-5.5' model"},
		{"seal of gpt-4.1", `{"model":"gpt-4.1","input":"hi","include":["reasoning.encrypted_content"]}`, 400, "include", "", "Encrypted content is not supported"},
		{"include", with(`"include":["everything"]`), 400, "include[0]", "invalid_value", "'everything'"},
		{"nested tool", with(`"tools":[{"type":"function","function":{"name":"f"}}]`), 400, "tools[0].function", "unknown_parameter", "tools[0].function"},
		{"nameless tool", with(`"tools":[{"type":"function"}]`), 400, "tools[0].name", "missing_required_parameter", "tools[0].name"},
		{"hosted tool", with(`"tools":[{"type":"file_search"}]`), 400, "tools[0].type", "unsupported_value", "not emulated"},
		{"strict and open", with(`"tools":[{"type":"function","name":"f","strict":true,"parameters":{"type":"object","properties":{}}}]`), 400, "tools[0].parameters", "invalid_function_parameters", "additionalProperties"},
		{"choice of no tool", with(`"tool_choice":{"type":"function","name":"f"}`), 400, "tool_choice", "", "'f' not found"},
		{"schema without name", with(`"text":{"format":{"type":"json_schema","schema":{}}}`), 400, "text.format.name", "missing_required_parameter", "text.format.name"},
		{"background", with(`"background":true`), 400, "background", "unsupported_value", "not emulated"},
		{"conversation", with(`"conversation":"conv_1"`), 400, "conversation", "unsupported_parameter", "not emulated"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			resp, body := s.post("/v1/responses", test.body)
			if resp.StatusCode != test.status {
				t.Fatalf("status %d: %s", resp.StatusCode, body)
			}
			e := readFailure(t, body).Error
			if text(e.Param) != test.param || text(e.Code) != test.code || !strings.Contains(e.Message, test.words) || e.Type != "invalid_request_error" {
				t.Errorf("error %s", body)
			}
		})
	}
	if rows := s.c.Bill.Rows(""); len(rows) != 0 {
		t.Errorf("refusals were billed: %+v", rows)
	}
}

func TestReasoningIsReplayed(t *testing.T) {
	s := newSite(t, core.Limits{})
	first := s.ask(`{"model":"gpt-5.5","input":"get_time","store":false,"include":["reasoning.encrypted_content"],"reasoning":{"summary":"auto"},` + flatTools + `}`)
	if len(first.Output) != 2 || first.Output[0].Type != "reasoning" || first.Output[0].Sealed == "" || first.Output[0].Summary[0].Text == "" {
		t.Fatalf("output %+v", first.Output)
	}
	rs, fc := first.Output[0], first.Output[1]
	replay := func(seal string, rest string) string {
		sealed, _ := json.Marshal(seal)
		return `{"model":"gpt-5.5","store":false,` + flatTools + `,"input":[{"role":"user","content":"get_time"},
			{"type":"reasoning","id":"` + rs.ID + `","summary":[],"encrypted_content":` + string(sealed) + `}` + rest + `]}`
	}
	calls := `,{"type":"function_call","call_id":"` + fc.CallID + `","name":"get_time","arguments":"{}"},{"type":"function_call_output","call_id":"` + fc.CallID + `","output":"noon"}`
	if got := s.ask(replay(rs.Sealed, calls)); !strings.Contains(got.text(), "Tool get_time returned: noon") {
		t.Errorf("after the replay %q", got.text())
	}
	last := rs.Sealed[len(rs.Sealed)-6:]
	tampered := strings.TrimSuffix(rs.Sealed, last) + strings.Map(func(r rune) rune {
		if r == 'A' {
			return 'B'
		}
		return 'A'
	}, last)
	if resp, body := s.post("/v1/responses", replay(tampered, calls)); resp.StatusCode != 400 || text(readFailure(t, body).Error.Code) != "invalid_encrypted_content" {
		t.Errorf("tampered: status %d: %s", resp.StatusCode, body)
	}
	if resp, body := s.post("/v1/responses", replay("", calls)); resp.StatusCode != 404 || !strings.Contains(string(body), "not persisted") {
		t.Errorf("without its seal: status %d: %s", resp.StatusCode, body)
	}
	if resp, body := s.post("/v1/responses", replay(rs.Sealed, "")); resp.StatusCode != 400 || !strings.Contains(string(body), "without its required following item") {
		t.Errorf("alone: status %d: %s", resp.StatusCode, body)
	}
	stored := s.ask(`{"model":"gpt-5.5","input":"hi"}`)
	again := `{"model":"gpt-5.5","input":[{"type":"reasoning","id":"` + stored.Output[0].ID + `","summary":[]},{"type":"item_reference","id":"` + stored.Output[1].ID + `"},{"role":"user","content":"and now?"}]}`
	if got := s.ask(again); !strings.Contains(got.text(), "and now?") {
		t.Errorf("by reference %q", got.text())
	}
}

func TestResponseFormats(t *testing.T) {
	s := newSite(t, core.Limits{})
	r := s.ask(`{"model":"gpt-4.1","input":"a person","text":{"format":{"type":"json_schema","name":"person","schema":{"type":"object",
		"properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"],"additionalProperties":false}}}}`)
	var person struct {
		Name *string
		Age  *int
	}
	if err := json.Unmarshal([]byte(r.text()), &person); err != nil || person.Name == nil || person.Age == nil {
		t.Errorf("%v: %s", err, r.text())
	}
	r = s.ask(`{"model":"gpt-4.1","input":"some json","text":{"format":{"type":"json_object"}}}`)
	if !json.Valid([]byte(r.text())) {
		t.Errorf("not JSON: %s", r.text())
	}
}

func TestResponseDrills(t *testing.T) {
	const body, streamed = `{"model":"gpt-4.1","input":"write 50 words"}`, `{"model":"gpt-4.1","input":"write 50 words","stream":true}`
	s := newSite(t, core.Limits{})
	s.drill(core.Drill{Kind: core.InStream, After: 8, Count: 2})
	all := s.events(streamed)
	if len(all) != 10 || all[8].Type != "error" || all[8].Code != "server_error" || all[9].Type != "response.failed" || all[9].Response.Error.Code != "server_error" || all[9].Response.Status != "failed" {
		t.Errorf("the events end as %+v", all[len(all)-2:])
	}
	if rows := s.c.Bill.Rows(""); len(rows) != 1 || !rows[0].Cut || rows[0].Usage.Output == 0 || rows[0].Usage.Output >= 50 {
		t.Errorf("bill %+v", rows)
	}
	if resp, got := s.post("/v1/responses", body); resp.StatusCode != 500 {
		t.Errorf("status %d: %s", resp.StatusCode, got)
	}
	s.drill(core.Drill{Kind: core.Cut, After: 8, Count: 1})
	all = s.events(streamed)
	if len(all) != 8 {
		t.Errorf("cut after %d events", len(all))
	}
	if resp, got := s.post("/v1/responses", `{"model":"gpt-4.1","input":"x","previous_response_id":"`+all[0].Response.ID+`"}`); resp.StatusCode != 400 {
		t.Errorf("a cut response is stored: status %d: %s", resp.StatusCode, got)
	}
	s.drill(core.Drill{Kind: core.Throttle, Count: 1})
	if resp, got := s.post("/v1/responses", body); resp.StatusCode != 429 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("status %d: %s", resp.StatusCode, got)
	}
	s.drill(core.Drill{Kind: core.ContentFilter, After: 5, Count: 1})
	if r := s.ask(body); r.Status != "incomplete" || r.Incomplete.Reason != "content_filter" || r.text() == "" {
		t.Errorf("filtered %+v", r)
	}
}

func TestResponseQuota(t *testing.T) {
	s := newSite(t, core.Limits{Tokens: 40})
	resp, body := s.post("/v1/responses", `{"model":"gpt-4.1","input":"hi","max_output_tokens":64}`)
	if resp.StatusCode != 429 || text(readFailure(t, body).Error.Code) != "rate_limit_exceeded" || resp.Header.Get("X-Ratelimit-Limit-Tokens") != "40" {
		t.Errorf("status %d: %s", resp.StatusCode, body)
	}
}
