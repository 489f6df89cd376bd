package azure

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

const messagesAt = "/anthropic/v1/messages"

func messageOf(model, more string) string {
	return `{"model":"` + model + `","max_tokens":200,"messages":[{"role":"user","content":"hello"}]` + more + `}`
}

func TestClaudeCredentials(t *testing.T) {
	s := newSite(t, Options{})
	foundry := "Bearer " + s.token(audienceFoundry+"/.default")
	other := "Bearer " + s.token(audienceCognitive+"/.default")
	for _, tc := range []struct {
		name, header, value string
		status              int
	}{
		{"x-api-key", "X-Api-Key", DefaultKey, 200},
		{"api-key", "Api-Key", DefaultKey, 200},
		{"token", "Authorization", foundry, 200},
		{"token for another audience", "Authorization", other, 401},
		{"wrong x-api-key", "X-Api-Key", "no", 401},
		{"wrong api-key", "Api-Key", "no", 401},
		{"wrong token", "Authorization", "Bearer no", 401},
		{"nothing", "X-Other", "y", 401},
	} {
		resp, body := s.do("POST", messagesAt, messageOf("claude-haiku-4-5", ""), "Anthropic-Version", "2023-06-01", tc.header, tc.value)
		refused := strings.Contains(string(body), `"type":"authentication_error"`)
		if resp.StatusCode != tc.status || refused != (tc.status == 401) {
			t.Errorf("%s: status %d: %s", tc.name, resp.StatusCode, body)
		}
	}
}

func TestClaude(t *testing.T) {
	s := newSite(t, Options{Deployments: map[string]string{"writer": "claude-sonnet-5", "chat": "gpt-4.1"}})
	headers := []string{"Anthropic-Version", "2023-06-01", "X-Api-Key", DefaultKey}
	resp, body := s.do("POST", messagesAt, messageOf("writer", ""), headers...)
	var m struct{ ID, Model string }
	if err := json.Unmarshal(body, &m); err != nil || resp.StatusCode != 200 || m.Model != "claude-sonnet-5" || !strings.HasPrefix(m.ID, "msg_01") {
		t.Fatalf("status %d, %v: %s", resp.StatusCode, err, body)
	}
	if h := resp.Header; h.Get("Request-Id") == "" || h.Get("Apim-Request-Id") == "" || h.Get("Anthropic-Ratelimit-Tokens-Limit") != "" || h.Get("Anthropic-Organization-Id") != "" {
		t.Errorf("headers %v", h)
	}
	if row := s.c.Bill.Rows("azure")[0]; row.Model != "writer" || row.Operation != "messages" {
		t.Errorf("bill %+v", row)
	}
	if resp, body := s.do("POST", messagesAt, messageOf("writer", `,"stream":true`), headers...); resp.StatusCode != 200 || !strings.Contains(string(body), "event: message_stop") {
		t.Errorf("status %d: %s", resp.StatusCode, body)
	}
	if resp, body := s.do("POST", messagesAt+"/count_tokens", strings.Replace(messageOf("writer", ""), `"max_tokens":200,`, "", 1), headers...); resp.StatusCode != 200 || !strings.Contains(string(body), `{"input_tokens":`) {
		t.Errorf("status %d: %s", resp.StatusCode, body)
	}
	for _, tc := range []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"no deployment", messagesAt, messageOf("claude-sonnet-5", ""), 404, "not_found_error"},
		{"OpenAI's deployment", messagesAt, messageOf("chat", ""), 404, "not_found_error"},
		{"sampling", messagesAt, messageOf("writer", `,"temperature":1`), 400, "`temperature` is deprecated"},
		{"fast mode", messagesAt, messageOf("writer", `,"speed":"fast"`), 400, "speed: Extra inputs are not permitted"},
		{"system amid the conversation", messagesAt, strings.Replace(messageOf("writer", ""), `}]`, `},{"role":"system","content":"x"}]`, 1), 400, "invalid_request_error"},
		{"models", "/anthropic/v1/models", "{}", 404, "not_found_error"},
	} {
		if resp, body := s.do("POST", tc.path, tc.body, headers...); resp.StatusCode != tc.status || !strings.Contains(string(body), tc.want) || !strings.Contains(string(body), `{"type":"error"`) {
			t.Errorf("%s: status %d: %s", tc.name, resp.StatusCode, body)
		}
	}
	if resp, _ := s.do("POST", "/openai/v1/chat/completions", `{"model":"writer","messages":[{"role":"user","content":"hi"}]}`, "Api-Key", DefaultKey); resp.StatusCode != 404 {
		t.Errorf("Claude by Chat Completions: status %d", resp.StatusCode)
	}
	if _, err := s.c.Drills.Add(core.Drill{Target: "azure", Kind: core.Throttle, Count: 1}); err != nil {
		t.Fatal(err)
	}
	if resp, body := s.do("POST", messagesAt, messageOf("writer", ""), headers...); resp.StatusCode != 429 || !strings.Contains(string(body), "rate_limit_error") {
		t.Errorf("throttled: status %d: %s", resp.StatusCode, body)
	}
}
