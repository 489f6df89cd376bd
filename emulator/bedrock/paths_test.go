package bedrock

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

const toClaude = `{"anthropic_version":"bedrock-2023-05-31","max_tokens":200,"messages":[{"role":"user","content":"hello"}]}`

func TestInvoke(t *testing.T) {
	c := start(t, core.Config{})
	r := c.model(t, sonnet, "invoke", toClaude)
	var m struct {
		ID, Model, Type string
		Content         []struct{ Type, Text string }
		Usage           map[string]any
	}
	if err := json.Unmarshal(r.body, &m); err != nil || r.StatusCode != 200 {
		t.Fatalf("status %d: %s", r.StatusCode, r.body)
	}
	row := c.Bill.Rows("")[0]
	if !strings.HasPrefix(m.ID, "msg_bdrk_") || m.Model != "claude-sonnet-4-5-20250929" || len(m.Content) != 1 || row.Operation != "invoke" {
		t.Errorf("answer %+v, bill %+v", m, row)
	}
	if _, there := m.Usage["inference_geo"]; there || m.Usage["output_tokens"] != float64(row.Usage.Output) {
		t.Errorf("usage %v, bill %+v", m.Usage, row.Usage)
	}
	if r.Header.Get("X-Amzn-Bedrock-Input-Token-Count") == "" || r.Header.Get("X-Amzn-Bedrock-Output-Token-Count") == "" {
		t.Errorf("headers %v", r.Header)
	}
}

func TestInvokeStream(t *testing.T) {
	c := start(t, core.Config{})
	list, err := decode(t, c.model(t, sonnet, "invoke-with-response-stream", toClaude).body)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	var last map[string]any
	for _, e := range list {
		raw, err := base64.StdEncoding.DecodeString(e.data["bytes"].(string))
		last = nil
		if err != nil || e.name != "chunk" || json.Unmarshal(raw, &last) != nil {
			t.Fatalf("event %+v: %v", e, err)
		}
		kinds = append(kinds, last["type"].(string))
	}
	if kinds[0] != "message_start" || kinds[len(kinds)-1] != "message_stop" || strings.Contains(strings.Join(kinds, " "), "ping") {
		t.Errorf("events %s", kinds)
	}
	metrics, ok := last["amazon-bedrock-invocationMetrics"].(map[string]any)
	if row := c.Bill.Rows("")[0]; !ok || metrics["outputTokenCount"] != float64(row.Usage.Output) || !row.Stream || row.Cut {
		t.Errorf("metrics %v, bill %+v", metrics, row)
	}
}

func TestInvokeRefuses(t *testing.T) {
	c := start(t, core.Config{})
	for _, tc := range []struct{ name, id, body, want string }{
		{"model in the body", sonnet, strings.Replace(toClaude, "{", `{"model":"x",`, 1), "model: Extra inputs are not permitted"},
		{"stream in the body", sonnet, strings.Replace(toClaude, "{", `{"stream":true,`, 1), "stream: Extra inputs are not permitted"},
		{"no version", sonnet, `{"max_tokens":1,"messages":[{"role":"user","content":"x"}]}`, "anthropic_version: Field required"},
		{"another version", sonnet, strings.Replace(toClaude, "bedrock-2023-05-31", "2023-06-01", 1), "anthropic_version: Input should be 'bedrock-2023-05-31'"},
		{"picture by address", sonnet, strings.Replace(toClaude, `"hello"`, `[{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}]`, 1), "Input tag 'url'"},
		{"format of the newest", "us.anthropic.claude-sonnet-5", strings.Replace(toClaude, "{", `{"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}},`, 1), "output_config.format: Extra inputs are not permitted"},
		{"another vendor", sol, toClaude, "for Claude only"},
	} {
		r := c.model(t, tc.id, "invoke", tc.body)
		var e struct{ Message string }
		if err := json.Unmarshal(r.body, &e); err != nil || r.StatusCode != 400 || !strings.Contains(e.Message, tc.want) {
			t.Errorf("%s: status %d: %s", tc.name, r.StatusCode, r.body)
		}
	}
}

func chatBody(model, more string) string {
	return `{"model":"` + model + `","messages":[{"role":"user","content":"hello"}]` + more + `}`
}

const chatTools = `,"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{}}}}]`

func TestOpenAIPath(t *testing.T) {
	c := start(t, core.Config{})
	const path = "/openai/v1/chat/completions"
	r := c.post(t, path, chatBody(sol, `,"reasoning_effort":"none"`+chatTools))
	if r.StatusCode != 200 || !bytes.Contains(r.body, []byte(`"model":"`+sol+`"`)) {
		t.Fatalf("status %d: %s", r.StatusCode, r.body)
	}
	if row := c.Bill.Rows("")[0]; row.Model != sol || row.Operation != "chat" || row.Usage.Output == 0 {
		t.Errorf("bill %+v", row)
	}
	if r := c.post(t, path, chatBody(sol, `,"temperature":1`)); r.StatusCode != 200 {
		t.Errorf("the default temperature: status %d: %s", r.StatusCode, r.body)
	}
	if r := c.post(t, path, chatBody(sol, `,"stream":true`)); !bytes.HasSuffix(r.body, []byte("data: [DONE]\n\n")) {
		t.Errorf("stream %s", r.body)
	}
	for _, tc := range []struct {
		name, body, want string
	}{
		{"tools with reasoning", chatBody(sol, chatTools), "not supported for " + sol},
		{"temperature", chatBody(sol, `,"reasoning_effort":"none","temperature":0.5`), "'temperature' does not support 0.5"},
		{"temperature of gpt-6", chatBody("us.openai.gpt-6-sol", `,"temperature":1`), "'temperature' is not supported"},
		{"top_p", chatBody(sol, `,"top_p":1`), "'top_p' is not supported"},
		{"stop", chatBody(sol, `,"stop":"x"`), "'stop' is not supported"},
		{"Claude", chatBody(sonnet, ""), "does not support the '/v1/chat/completions' API"},
		{"no profile", chatBody(sol[3:], ""), "on-demand throughput"},
		{"unknown", chatBody("gpt-4.1", ""), "The provided model identifier is invalid."},
		{"an ARN", chatBody("arn:aws:bedrock:us-east-1:1:inference-profile/"+sol, ""), "The provided model identifier is invalid."},
	} {
		r := c.post(t, path, tc.body)
		var e struct {
			Error struct {
				Message, Type, Code string
				Param               *string
			}
		}
		if err := json.Unmarshal(r.body, &e); err != nil || r.StatusCode != 400 || !strings.Contains(e.Error.Message, tc.want) ||
			e.Error.Code != "validation_error" || e.Error.Type != "invalid_request_error" || e.Error.Param != nil {
			t.Errorf("%s: status %d: %s", tc.name, r.StatusCode, r.body)
		}
	}
}

func TestIdentifiers(t *testing.T) {
	c := start(t, core.Config{})
	for id, status := range map[string]int{
		"arn:aws:bedrock:us-east-1:123456789012:inference-profile/" + sonnet:                200,
		"arn:aws:bedrock:us-east-1::foundation-model/" + micro:                              200,
		"arn:aws:bedrock:us-east-1::foundation-model/" + sonnet[3:]:                         400,
		"arn:aws:bedrock:eu-west-1:123456789012:inference-profile/" + sonnet:                400,
		"arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl": 400,
		"global." + sonnet[3:]: 200,
		"jp." + sonnet[3:]:     400,
		oss120:                 200,
	} {
		if r := c.model(t, id, "converse", user("hi")); r.StatusCode != status {
			t.Errorf("%s: status %d, want %d: %s", id, r.StatusCode, status, r.body)
		}
	}
}

func TestCredentials(t *testing.T) {
	c := start(t, core.Config{})
	for _, tc := range []struct {
		path, authorization, want string
	}{
		{"/model/" + micro + "/converse", "Bearer wrong", "AccessDeniedException"},
		{"/model/" + micro + "/converse", "", "MissingAuthenticationTokenException"},
		{"/openai/v1/chat/completions", "Bearer wrong", ""},
	} {
		r := c.post(t, tc.path, user("hi"), "Authorization", tc.authorization)
		if r.StatusCode != 403 || r.Header.Get("X-Amzn-Errortype") != tc.want {
			t.Errorf("%q: status %d, %s: %s", tc.authorization, r.StatusCode, r.Header.Get("X-Amzn-Errortype"), r.body)
		}
	}
}

func TestQuotaSettlesByBurndown(t *testing.T) {
	c := start(t, core.Config{Limits: map[string]core.Limits{"bedrock": {Requests: 100, Tokens: 64_500}}})
	unlimited := user("hi") // reserves the model's whole 64,000
	if r := c.model(t, sonnet, "converse", unlimited); r.StatusCode != 200 {
		t.Fatalf("status %d: %s", r.StatusCode, r.body)
	}
	r := c.model(t, sonnet, "converse", strings.Replace(unlimited, "hi", strings.Repeat("word ", 800), 1))
	if r.StatusCode != 429 || r.Header.Get("X-Amzn-Errortype") != "ThrottlingException" || r.Header.Get("Retry-After") != "" {
		t.Errorf("status %d, headers %v", r.StatusCode, r.Header)
	}
	limited := strings.TrimSuffix(unlimited, "}") + `,"inferenceConfig":{"maxTokens":100}}`
	for range 5 {
		if r := c.model(t, sonnet, "converse", limited); r.StatusCode != 200 {
			t.Errorf("what was reserved was not given back: status %d: %s", r.StatusCode, r.body)
		}
	}
}
