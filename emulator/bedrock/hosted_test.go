package bedrock

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

const respondAt = "/openai/v1/responses"

func inputOf(model, more string) string {
	return `{"model":"` + model + `","input":"hello"` + more + `}`
}

// ask sends a request without a body, with the bearer key.
func (c cloud) ask(t *testing.T, method, path string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequest(method, c.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer emulated-bedrock-key")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(data)
}

func TestResponsesPath(t *testing.T) {
	c := start(t, core.Config{})
	r := c.post(t, respondAt, inputOf(sol, ""))
	var a struct {
		ID, Model, Status string
		Usage             struct {
			Details map[string]any `json:"input_tokens_details"`
		}
	}
	if err := json.Unmarshal(r.body, &a); err != nil || r.StatusCode != 200 || a.Model != sol || a.Status != "completed" || a.Usage.Details["cache_write_tokens"] == nil {
		t.Fatalf("status %d, %v: %s", r.StatusCode, err, r.body)
	}
	if row := c.Bill.Rows("")[0]; row.Operation != "responses" || row.Model != sol {
		t.Errorf("bill %+v", row)
	}
	if status, body := c.ask(t, "GET", respondAt+"/"+a.ID); status != 200 || body != string(r.body) {
		t.Errorf("status %d: %s", status, body)
	}
	if r := c.post(t, respondAt, inputOf(sol, `,"previous_response_id":"`+a.ID+`","stream":true`)); r.StatusCode != 200 || !strings.Contains(string(r.body), "event: response.completed\ndata: ") {
		t.Errorf("status %d: %s", r.StatusCode, r.body)
	}
	if status, _ := c.ask(t, "DELETE", respondAt+"/"+a.ID); status != 200 {
		t.Errorf("deleted: status %d", status)
	}
	for _, tc := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"forgotten", inputOf(sol, `,"previous_response_id":"`+a.ID+`"`), 404, a.ID},
		{"background", inputOf(sol, `,"background":true`), 400, "The background parameter is not supported."},
		{"server tool", inputOf(sol, `,"tools":[{"type":"web_search"}]`), 400, "'web_search' are not supported"},
		{"open weights", inputOf(oss120, ""), 404, "does not support the '/v1/responses' API"},
		{"Claude", inputOf(sonnet, ""), 400, "does not support the '/v1/responses' API"},
		{"no profile", inputOf(sol[3:], ""), 400, "on-demand throughput"},
		{"temperature", inputOf(sol, `,"temperature":0.5`), 400, "Only the default (1) value"},
	} {
		if r := c.post(t, respondAt, tc.body); r.StatusCode != tc.status || !strings.Contains(string(r.body), tc.want) {
			t.Errorf("%s: status %d: %s", tc.name, r.StatusCode, r.body)
		}
	}
	if r := c.post(t, "/v1/responses", inputOf(sol, "")); r.StatusCode != 200 || !strings.Contains(string(r.body), "UnknownOperationException") {
		t.Errorf("the other endpoint's path: status %d: %s", r.StatusCode, r.body)
	}
}

// TestPathsThatDoNotCache holds that Chat writes nothing to a cache where
// Responses does.
func TestPathsThatDoNotCache(t *testing.T) {
	c := start(t, core.Config{})
	long := strings.Repeat("All of this is worth remembering. ", 400)
	for path, want := range map[string]bool{"/openai/v1/chat/completions": false, respondAt: true} {
		c.Bill.Clear()
		body := strings.Replace(chatBody(sol, ""), "hello", long, 1)
		if path == respondAt {
			body = strings.Replace(inputOf(sol, ""), "hello", long, 1)
		}
		for range 2 {
			if r := c.post(t, path, body); r.StatusCode != 200 {
				t.Fatalf("%s: status %d: %s", path, r.StatusCode, r.body)
			}
		}
		if rows := c.Bill.Rows(""); (rows[1].Usage.CacheRead >= 1024) != want {
			t.Errorf("%s: bill %+v", path, rows)
		}
	}
}

func TestMessagesPath(t *testing.T) {
	c := start(t, core.Config{})
	const at, opus = "/anthropic/v1/messages", "us.anthropic.claude-opus-5"
	version := []string{"Anthropic-Version", "2023-06-01"}
	ask := func(model, more string) string {
		return `{"model":"` + model + `","max_tokens":200,"messages":[{"role":"user","content":"hello"}]` + more + `}`
	}
	r := c.post(t, at, ask(opus, ""), version...)
	if r.StatusCode != 200 || !strings.Contains(string(r.body), `"model":"claude-opus-5"`) || r.Header.Get("X-Amzn-Requestid") == "" {
		t.Fatalf("status %d: %s", r.StatusCode, r.body)
	}
	if row := c.Bill.Rows("")[0]; row.Model != opus || row.Operation != "messages" || row.Place != "bedrock" {
		t.Errorf("bill %+v", row)
	}
	if r := c.post(t, at, ask(opus, `,"stream":true`), version...); !strings.Contains(string(r.body), "event: message_stop") {
		t.Errorf("stream %s", r.body)
	}
	for _, tc := range []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"older", at, ask(sonnet, ""), 400, "does not support the '/v1/messages' API"},
		{"bare", at, ask(opus[3:], ""), 400, "on-demand throughput"},
		{"unknown", at, ask("claude-opus-5", ""), 400, "The provided model identifier is invalid."},
		{"format", at, ask(opus, `,"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}`), 400, "output_config.format: Extra inputs are not permitted"},
		{"counting", at + "/count_tokens", ask(opus, ""), 404, "Not Found"},
	} {
		r := c.post(t, tc.path, tc.body, version...)
		var e struct {
			Type  string
			Error struct{ Message string }
		}
		if err := json.Unmarshal(r.body, &e); err != nil || r.StatusCode != tc.status || e.Type != "error" || !strings.Contains(e.Error.Message, tc.want) {
			t.Errorf("%s: status %d: %s", tc.name, r.StatusCode, r.body)
		}
	}
	if r := c.post(t, at, ask(opus, ""), "Authorization", "Bearer no", "Anthropic-Version", "2023-06-01"); r.StatusCode != 403 || !strings.Contains(string(r.body), "permission_error") {
		t.Errorf("wrong key: status %d: %s", r.StatusCode, r.body)
	}
}
