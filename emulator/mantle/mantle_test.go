package mantle

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

const (
	sol  = "openai.gpt-5.6-sol"
	gpt5 = "openai.gpt-5.5"
	oss0 = "openai.gpt-oss-120b"
	safe = "openai.gpt-oss-safeguard-20b"
	son5 = "anthropic.claude-sonnet-5"

	chatAt     = "/openai/v1/chat/completions"
	openChatAt = "/v1/chat/completions"
	respondAt  = "/openai/v1/responses"
	messagesAt = "/anthropic/v1/messages"
)

// endpoint is an emulated mantle under test.
type endpoint struct {
	*core.Core
	url string
}

func start(t *testing.T, cfg core.Config) endpoint {
	t.Helper()
	cfg.Names = map[string]string{"mantle": "mantle"}
	c := core.New(cfg)
	s := httptest.NewServer(New(Options{}).Handler(c))
	t.Cleanup(func() {
		c.Release()
		s.Close()
	})
	return endpoint{c, s.URL}
}

type reply struct {
	*http.Response
	body string
}

// do asks with a bearer key and whatever headers replace it, each "name: value".
func (e endpoint) do(t *testing.T, method, path, body string, headers ...string) reply {
	t.Helper()
	req, err := http.NewRequest(method, e.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer emulated-mantle-key")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Anthropic-Version", "2023-06-01")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
		if value == "" {
			req.Header.Del(name)
		}
	}
	client := &http.Client{Timeout: 10 * time.Second}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, _ := io.ReadAll(res.Body) // a body that was cut is looked at as it is
	return reply{res, string(data)}
}

func chatOf(model, more string) string {
	return `{"model":"` + model + `","messages":[{"role":"user","content":"hello"}]` + more + `}`
}

func inputOf(model, more string) string {
	return `{"model":"` + model + `","input":"hello"` + more + `}`
}

func messageOf(model, more string) string {
	return `{"model":"` + model + `","max_tokens":200,"messages":[{"role":"user","content":"hello"}]` + more + `}`
}

const tools = `,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}]`

func TestAnswers(t *testing.T) {
	e := start(t, core.Config{})
	for _, tc := range []struct{ name, path, body, want string }{
		{"chat", chatAt, chatOf(sol, `,"max_completion_tokens":100`), `"service_tier":"default"`},
		{"chat with the old cap", chatAt, chatOf(gpt5, `,"max_tokens":100`), `"model":"openai.gpt-5.5"`},
		{"chat of a dated id", chatAt, chatOf("openai.gpt-5.5-2026-04-23", ""), `"model":"openai.gpt-5.5-2026-04-23"`},
		{"open weights", openChatAt, chatOf(oss0, `,"max_tokens":100,"temperature":0.3,"service_tier":"flex"`), `"reasoning":"`},
		{"chat only", openChatAt, chatOf("qwen.qwen3-32b", `,"max_tokens":100`), `"model":"qwen.qwen3-32b"`},
		{"responses", respondAt, inputOf(sol, ""), `"cache_write_tokens"`},
		{"open responses", "/v1/responses", inputOf(oss0, ""), `"model":"openai.gpt-oss-120b"`},
		{"temperature one", chatAt, chatOf(sol, `,"temperature":1`), `"finish_reason":"stop"`},
		{"messages", messagesAt, messageOf(son5, ""), `"model":"claude-sonnet-5"`},
		{"haiku", messagesAt, messageOf("anthropic.claude-haiku-4-5", `,"temperature":0.5`), `"id":"msg_bdrk_`},
		{"counting", messagesAt + "/count_tokens", `{"model":"anthropic.claude-opus-5","messages":[{"role":"user","content":"hello"}]}`, `{"input_tokens":`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e.Bill.Clear()
			r := e.do(t, "POST", tc.path, tc.body)
			if r.StatusCode != 200 || !strings.Contains(r.body, tc.want) || r.Header.Get("X-Amzn-Requestid") == "" || r.Header.Get("X-Request-Id") == "" {
				t.Fatalf("status %d, headers %v: %s", r.StatusCode, r.Header, r.body)
			}
			var asked struct{ Model string }
			if err := json.Unmarshal([]byte(tc.body), &asked); err != nil {
				t.Fatal(err)
			}
			rows := e.Bill.Rows("mantle")
			if counting := tc.name == "counting"; counting != (len(rows) == 0) || (!counting && rows[0].Model != asked.Model) {
				t.Errorf("bill %+v", rows)
			}
			if tc.path != messagesAt && tc.path != messagesAt+"/count_tokens" && r.Header.Get("X-Amzn-Usage-Reservation-Quota") == "" {
				t.Errorf("headers %v", r.Header)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	e := start(t, core.Config{})
	for _, tc := range []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"wrong prefix", openChatAt, chatOf("openai.gpt-5.6-terra", ""), 400, "The model 'openai.gpt-5.6-terra' does not support the '/v1/chat/completions' API"},
		{"the other wrong prefix", chatAt, chatOf(oss0, ""), 400, "The model 'openai.gpt-oss-120b' does not support the '/openai/v1/chat/completions' API"},
		{"chat only", "/v1/responses", inputOf(safe, ""), 400, "The model 'openai.gpt-oss-safeguard-20b' does not support the '/v1/responses' API"},
		{"Claude", chatAt, chatOf(son5, ""), 400, "does not support the '/openai/v1/chat/completions' API"},
		{"unknown", chatAt, chatOf("x", ""), 404, "The model 'x' does not exist"},
		{"a profile", respondAt, inputOf("us."+sol, ""), 404, "does not exist"},
		{"the old cap", chatAt, chatOf(sol, `,"max_tokens":100`), 400, "'max_tokens' is not supported"},
		{"a short cap", respondAt, inputOf(sol, `,"max_output_tokens":15`), 400, "Expected a value >= 16"},
		{"temperature", chatAt, chatOf(gpt5, `,"temperature":0.2`), 400, "Only the default (1) value is supported"},
		{"top_p", respondAt, inputOf(sol, `,"top_p":0.9`), 400, "'top_p' is not supported"},
		{"minimal effort", respondAt, inputOf(sol, `,"reasoning":{"effort":"minimal"}`), 400, "'minimal' is not supported"},
		{"tools and reasoning", chatAt, chatOf(sol, tools), 400, "not supported for " + sol},
		{"choice of open weights", openChatAt, chatOf(oss0, tools+`,"tool_choice":"required"`), 400, "'tool_choice' does not support 'required'"},
		{"tier", chatAt, chatOf(sol, `,"service_tier":"flex"`), 400, "'service_tier' does not support 'flex'"},
		{"server tool", respondAt, inputOf(sol, `,"tools":[{"type":"web_search"}]`), 400, "are not emulated"},
		{"wrong type", chatAt, `{"model":"` + sol + `","messages":"hello"}`, 400, "Failed to deserialize the JSON body into the target type"},
		{"chained to nothing", respondAt, inputOf(sol, `,"previous_response_id":"resp_x"`), 404, "resp_x"},
		{"no such path", "/openai/v1/batches", `{}`, 404, "Not Found"},
	} {
		r := e.do(t, "POST", tc.path, tc.body)
		var told struct {
			Error struct {
				Message, Type string
				Param, Code   *string
			}
		}
		if err := json.Unmarshal([]byte(r.body), &told); err != nil || r.StatusCode != tc.status || !strings.Contains(told.Error.Message, tc.want) ||
			told.Error.Param != nil || told.Error.Type != "invalid_request_error" {
			t.Errorf("%s: status %d, %v: %s", tc.name, r.StatusCode, err, r.body)
		}
	}
	if rows := e.Bill.Rows(""); len(rows) > 0 {
		t.Errorf("refusals were billed: %+v", rows)
	}
}

func TestClaudeRefusals(t *testing.T) {
	e := start(t, core.Config{})
	schema := `,"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}`
	for _, tc := range []struct {
		name, body, header string
		status             int
		kind, want         string
	}{
		{"no version", messageOf(son5, ""), "Anthropic-Version: ", 400, "invalid_request_error", "anthropic-version"},
		{"format", messageOf(son5, schema), "X: y", 400, "invalid_request_error", "output_config.format: Extra inputs are not permitted"},
		{"what only Anthropic has", messageOf(son5, `,"inference_geo":"us"`), "X: y", 400, "invalid_request_error", "inference_geo: Extra inputs are not permitted"},
		{"sampling", messageOf(son5, `,"temperature":1`), "X: y", 400, "invalid_request_error", "`temperature` is deprecated"},
		{"the name at home", messageOf("claude-sonnet-5", ""), "X: y", 404, "not_found_error", "does not exist"},
		{"wrong key", messageOf(son5, ""), "Authorization: Bearer no", 403, "permission_error", "API Key is valid"},
		{"picture elsewhere", strings.Replace(messageOf(son5, ""), `"hello"`, `[{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}]`, 1), "X: y", 400, "invalid_request_error", "Input tag 'url'"},
	} {
		r := e.do(t, "POST", messagesAt, tc.body, tc.header)
		var told struct {
			Type  string
			Error struct{ Type, Message string }
		}
		if err := json.Unmarshal([]byte(r.body), &told); err != nil || r.StatusCode != tc.status || told.Type != "error" ||
			told.Error.Type != tc.kind || !strings.Contains(told.Error.Message, tc.want) {
			t.Errorf("%s: status %d, %v: %s", tc.name, r.StatusCode, err, r.body)
		}
	}
	if r := e.do(t, "POST", messagesAt, messageOf(son5, ""), "Authorization: ", "X-Api-Key: emulated-mantle-key"); r.StatusCode != 200 {
		t.Errorf("a key in its own header: status %d: %s", r.StatusCode, r.body)
	}
	if r := e.do(t, "POST", messagesAt, messageOf(son5, `,"user_profile_id":"p"`)); r.StatusCode != 200 || r.Header.Get("Anthropic-Ratelimit-Tokens-Limit") != "" {
		t.Errorf("status %d, headers %v: %s", r.StatusCode, r.Header, r.body)
	}
}

func TestStreamsNameEventsAfterTheirData(t *testing.T) {
	e := start(t, core.Config{})
	r := e.do(t, "POST", respondAt, inputOf(sol, `,"stream":true`))
	frames := strings.Split(strings.TrimSuffix(r.body, "\n\n"), "\n\n")
	for _, frame := range frames {
		data, name, ok := strings.Cut(frame, "\n")
		var event struct{ Type string }
		if err := json.Unmarshal([]byte(strings.TrimPrefix(data, "data: ")), &event); err != nil || !ok || name != "event: "+event.Type {
			t.Fatalf("frame %q: %v", frame, err)
		}
	}
	if len(frames) < 10 || !strings.HasSuffix(r.body, "event: response.completed\n\n") {
		t.Errorf("%d frames, the last %q", len(frames), frames[len(frames)-1])
	}
	if r := e.do(t, "POST", messagesAt, messageOf(son5, `,"stream":true`)); !strings.HasPrefix(r.body, "event: message_start\ndata: ") {
		t.Errorf("stream of Messages %.100q", r.body)
	}
}

func TestStoredResponses(t *testing.T) {
	e := start(t, core.Config{})
	made := e.do(t, "POST", respondAt, inputOf(sol, ""))
	var first struct{ ID string }
	if err := json.Unmarshal([]byte(made.body), &first); err != nil || first.ID == "" {
		t.Fatalf("%v: %s", err, made.body)
	}
	at := respondAt + "/" + first.ID
	if r := e.do(t, "GET", at, ""); r.StatusCode != 200 || r.body != made.body {
		t.Errorf("status %d: %s", r.StatusCode, r.body)
	}
	if r := e.do(t, "POST", respondAt, inputOf(sol, `,"previous_response_id":"`+first.ID+`"`)); r.StatusCode != 200 {
		t.Errorf("chained: status %d: %s", r.StatusCode, r.body)
	}
	if r := e.do(t, "DELETE", at, ""); r.StatusCode != 200 {
		t.Errorf("deleted: status %d: %s", r.StatusCode, r.body)
	}
	if r := e.do(t, "GET", at, ""); r.StatusCode != 404 {
		t.Errorf("after that: status %d: %s", r.StatusCode, r.body)
	}
}

func TestModels(t *testing.T) {
	e := start(t, core.Config{})
	r := e.do(t, "GET", "/v1/models", "")
	var list struct{ Data []listed }
	if err := json.Unmarshal([]byte(r.body), &list); err != nil || r.StatusCode != 200 || len(list.Data) != len(table())+len(claudes()) {
		t.Fatalf("status %d, %v: %s", r.StatusCode, err, r.body)
	}
	for _, m := range list.Data {
		one := e.do(t, "GET", "/v1/models/"+m.ID, "")
		if one.StatusCode != 200 || !strings.Contains(one.body, `"id":"`+m.ID+`"`) || m.Retention.Mode == "" || m.Status != "available" {
			t.Errorf("%+v: status %d: %s", m, one.StatusCode, one.body)
		}
	}
	for _, path := range []string{"/openai/v1/models", "/v1/models/x", "/anthropic/v1/models"} {
		if r := e.do(t, "GET", path, ""); r.StatusCode != 404 {
			t.Errorf("%s: status %d: %s", path, r.StatusCode, r.body)
		}
	}
}

func TestDrillsAndQuota(t *testing.T) {
	e := start(t, core.Config{Limits: map[string]core.Limits{"mantle": {Requests: 2}}})
	for _, tc := range []struct {
		drill      core.Drill
		path, body string
		status     int
		want       string
	}{
		{core.Drill{Kind: core.Throttle}, chatAt, chatOf(sol, ""), 429, "Too many requests"},
		{core.Drill{Kind: core.Overload}, respondAt, inputOf(sol, ""), 503, "server_error"},
		{core.Drill{Kind: core.Auth}, chatAt, chatOf(sol, ""), 403, "access_denied"},
		{core.Drill{Kind: core.StatusCode, Status: 418}, chatAt, chatOf(sol, ""), 418, "drill"},
		{core.Drill{Kind: core.Throttle}, messagesAt, messageOf(son5, ""), 429, "rate_limit_error"},
		{core.Drill{Kind: core.Overload}, messagesAt, messageOf(son5, ""), 529, "overloaded_error"},
	} {
		tc.drill.Target, tc.drill.Count = "mantle", 1
		if _, err := e.Drills.Add(tc.drill); err != nil {
			t.Fatal(err)
		}
		if r := e.do(t, "POST", tc.path, tc.body); r.StatusCode != tc.status || !strings.Contains(r.body, tc.want) {
			t.Errorf("%s at %s: status %d: %s", tc.drill.Kind, tc.path, r.StatusCode, r.body)
		}
	}
	for path, body := range map[string]string{chatAt: chatOf(sol, ""), messagesAt: messageOf(son5, "")} {
		for range 2 {
			e.do(t, "POST", path, body)
		}
		if r := e.do(t, "POST", path, body); r.StatusCode != 429 {
			t.Errorf("%s, beyond its quota: status %d: %s", path, r.StatusCode, r.body)
		}
	}
}

// TestCallsAreCountedInEveryResponse: GPT's calls begin again at call_0 on
// Responses; those of open models, and of Chat Completions, have ids of their own.
func TestCallsAreCountedInEveryResponse(t *testing.T) {
	e := start(t, core.Config{})
	const inputTools = `,"tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{}}}],"tool_choice":{"type":"function","name":"f"}`
	for _, tc := range []struct {
		name, path, body string
		local            bool
	}{
		{"gpt", respondAt, inputOf(sol, inputTools), true},
		{"open", "/v1/responses", strings.Replace(inputOf(oss0, strings.Split(inputTools, `,"tool_choice"`)[0]), "hello", `call f {}`, 1), false},
		{"chat", chatAt, chatOf(sol, tools+`,"tool_choice":{"type":"function","function":{"name":"f"}},"reasoning_effort":"none"`), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for range 2 {
				r := e.do(t, "POST", tc.path, tc.body)
				if r.StatusCode != 200 || !strings.Contains(r.body, `"call_`) || strings.Contains(r.body, `"call_0"`) != tc.local {
					t.Errorf("%d %s", r.StatusCode, r.body)
				}
			}
		})
	}
}
