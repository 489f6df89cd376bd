package vertex

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

func with(config string) string {
	return strings.TrimSuffix(hi, "}") + `,"generationConfig":{` + config + `}}`
}

// TestGemini has what differs from the Gemini API.
func TestGemini(t *testing.T) {
	s := start(t, Options{}, core.Limits{})
	for tier, want := range map[string]string{"": "ON_DEMAND", "flex": "ON_DEMAND_FLEX", "priority": "ON_DEMAND_PRIORITY"} {
		status, got := s.ask(project+flash+"generateContent", hi, "Authorization", "Bearer "+s.place.Credentials()["access_token"], "X-Vertex-Ai-Llm-Shared-Request-Type", tier)
		var r struct {
			CreateTime    string
			UsageMetadata struct{ TrafficType, ServiceTier string }
		}
		if err := json.Unmarshal([]byte(got), &r); status != 200 || err != nil || r.CreateTime == "" || r.UsageMetadata.TrafficType != want || r.UsageMetadata.ServiceTier != "" {
			t.Errorf("%q: status %d: %s", tier, status, got)
		}
	}
	for _, tt := range []struct{ name, body, message string }{
		{"of the Gemini API", strings.TrimSuffix(hi, "}") + `,"store":true}`, `Unknown name "store": Cannot find field.`},
		{"tier in the body", strings.TrimSuffix(hi, "}") + `,"serviceTier":"flex"}`, `Unknown name "serviceTier"`},
		{"package", `{"systemInstruction":"hi"}`, "google.cloud.aiplatform.v1beta1.Content"},
		{"no role", strings.Replace(hi, `"role":"user",`, "", 1), "Please use a valid role: user, model."},
		{"no contents", `{}`, "at least one contents field is required"},
		{"temperature", with(`"temperature":3`), "Unable to submit request because it has a temperature value of 3"},
		{"output", with(`"maxOutputTokens":0`), "maxOutputTokens value of 0 but the supported range is from 1 (inclusive) to 65537 (exclusive)"},
		{"answer format", with(`"responseMimeType":"a/b"`), "response_mime_type 'a/b' is not supported"},
		{"media type", strings.Replace(hi, `{"text":"hi"}`, `{"inlineData":{"mimeType":"image/gif","data":"aaaa"}}`, 1), "mimeType parameter with value image/gif"},
		{"picture", strings.Replace(hi, `{"text":"hi"}`, `{"inlineData":{"mimeType":"image/png","data":"aaaa"}}`, 1), "Provided image is not valid."},
		{"streamed arguments", strings.TrimSuffix(hi, "}") + `,"toolConfig":{"functionCallingConfig":{"streamFunctionCallArguments":true}}}`, "streams no arguments"},
	} {
		status, got := s.ask(project+flash+"generateContent", tt.body)
		if status != 400 || !strings.Contains(s.refused(got).Error.Message, tt.message) {
			t.Errorf("%s: status %d: %s", tt.name, status, got)
		}
	}
	labelled := strings.TrimSuffix(hi, "}") + `,"labels":{"team":"a"}}`
	if status, got := s.ask(project+flash+"generateContent", labelled); status != 200 {
		t.Errorf("labels: status %d: %s", status, got)
	}
	file := strings.Replace(hi, `{"text":"hi"}`, `{"fileData":{"mimeType":"image/png","fileUri":"gs://bucket/a.png"}}`, 1)
	if status, got := s.ask(project+flash+"generateContent", file); status != 200 || !strings.Contains(got, "one at a URL") {
		t.Errorf("file: status %d: %s", status, got)
	}
	unsigned := `{"contents":[{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[{"functionCall":{"name":"f"}}]},{"role":"user","parts":[{"functionResponse":{"name":"f"}}]}]}`
	status, got := s.ask(project+"publishers/google/models/gemini-3.8-flash:generateContent", unsigned)
	if status != 400 || !strings.Contains(got, "in the 2. content block is missing a `thought_signature`") {
		t.Errorf("unsigned: status %d: %s", status, got)
	}
}

func TestSharedCapacity(t *testing.T) {
	s := start(t, Options{}, core.Limits{Requests: 1})
	s.ask(project+flash+"generateContent", hi)
	status, got := s.ask(project+flash+"generateContent", hi)
	if r := s.refused(got); status != 429 || r.Error.Status != "RESOURCE_EXHAUSTED" || r.Error.Details != nil || !strings.HasPrefix(r.Error.Message, "Resource exhausted.") {
		t.Errorf("status %d: %s", status, got)
	}
	claude := `{"anthropic_version":"` + version + `","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}`
	s.ask(project+opus+"rawPredict", claude)
	if status, got := s.ask(project+opus+"rawPredict", claude); status != 429 || !strings.HasPrefix(s.refused(got).Error.Message, "Resource exhausted.") {
		t.Errorf("Claude: status %d: %s", status, got)
	}
}

func TestPredict(t *testing.T) {
	s := start(t, Options{}, core.Limits{})
	const model = project + "publishers/google/models/gemini-embedding-001:"
	status, got := s.ask(model+"predict", `{"instances":[{"content":"river","task_type":"RETRIEVAL_QUERY"},{"content":"two words"}],"parameters":{"outputDimensionality":8}}`)
	var r struct{ Predictions []prediction }
	if err := json.Unmarshal([]byte(got), &r); status != 200 || err != nil || len(r.Predictions) != 2 ||
		len(r.Predictions[0].Embeddings.Values) != 8 || r.Predictions[1].Embeddings.Statistics.Count == 0 {
		t.Errorf("status %d: %s", status, got)
	}
	for name, body := range map[string]string{
		"nothing": `{}`, "empty": `{"instances":[{"content":""}]}`, "size": `{"instances":[{"content":"x"}],"parameters":{"outputDimensionality":9999}}`,
		"other model's": hi,
	} {
		if status, got := s.ask(model+"predict", body); status != 400 {
			t.Errorf("%s: status %d: %s", name, status, got)
		}
	}
}

type prediction struct {
	Embeddings struct {
		Values     []float32
		Statistics struct {
			Count int `json:"token_count"`
		}
	}
}

// TestClaude has what Vertex AI asks of a body besides Anthropic's own rules.
func TestClaude(t *testing.T) {
	s := start(t, Options{}, core.Limits{})
	const ask = `"messages":[{"role":"user","content":"hi"}]`
	const named = `{"anthropic_version":"` + version + `",`
	good := named + `"max_tokens":99,` + ask + `}`
	for _, tt := range []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"good", opus + "rawPredict", good, 200, `"type":"message"`},
		{"dated", "publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict", good, 200, `"type":"message"`},
		{"other date", "publishers/anthropic/models/claude-sonnet-4-5@20240101:rawPredict", good, 404, "was not found"},
		{"unknown", "publishers/anthropic/models/claude-0:rawPredict", good, 404, "was not found"},
		{"no version", opus + "rawPredict", `{"max_tokens":99,` + ask + `}`, 400, "anthropic_version: Field required"},
		{"Bedrock's version", opus + "rawPredict", strings.Replace(good, version, hostedVersion, 1), 400, "anthropic_version: Input should be '" + version + "'"},
		{"model in the body", opus + "rawPredict", named + `"model":"claude-opus-4-8","max_tokens":99,` + ask + `}`, 400, "model: Extra inputs are not permitted"},
		{"stream by the other method", opus + "rawPredict", named + `"stream":true,"max_tokens":99,` + ask + `}`, 400, "stream: must be true with streamRawPredict"},
		{"no stream", opus + "streamRawPredict", good, 400, "stream: must be true with streamRawPredict"},
		{"stream of a text", opus + "rawPredict", named + `"stream":"x",` + ask + `}`, 400, "stream: Input should be a valid boolean"},
		{"no tokens", opus + "rawPredict", named + ask + `}`, 400, "max_tokens"},
		{"no JSON", opus + "rawPredict", `x`, 400, "not valid JSON"},
		{"other method", opus + "generateContent", good, 404, "not found"},
		{"counted", "publishers/anthropic/models/count-tokens:rawPredict", named + `"model":"claude-opus-4-8",` + ask + `}`, 200, `"input_tokens":`},
		{"counted with a limit", "publishers/anthropic/models/count-tokens:rawPredict", named + `"max_tokens":9,"model":"claude-opus-4-8",` + ask + `}`, 400, "max_tokens: Extra"},
		{"counted for nobody", "publishers/anthropic/models/count-tokens:rawPredict", named + ask + `}`, 404, "was not found"},
	} {
		status, got := s.ask(project+tt.path, tt.body)
		if status != tt.status || !strings.Contains(got, tt.want) {
			t.Errorf("%s: status %d: %s", tt.name, status, got)
		}
		if status != 200 && s.refused(got).Error.Code != tt.status {
			t.Errorf("%s: %s", tt.name, got)
		}
	}
	if rows := s.core.Bill.Rows("vertex"); len(rows) != 2 || rows[1].Model != "claude-sonnet-4-5@20250929" || rows[1].Usage.Output == 0 {
		t.Errorf("bill %+v", rows)
	}
}

func TestOpenAPI(t *testing.T) {
	s := start(t, Options{}, core.Limits{})
	const door = project + "endpoints/openapi/chat/completions"
	body := func(model string) string {
		return `{"model":"` + model + `","messages":[{"role":"user","content":"hi"}]}`
	}
	for model, want := range map[string]int{
		"google/gemini-3.8-flash": 200, "openai/gpt-oss-120b-maas": 200, "openai/gpt-oss-20b-maas": 200,
		"gemini-3.8-flash": 404, "openai/gpt-5.6-sol": 404, "google/gemini-0": 404,
	} {
		status, got := s.ask(door, body(model))
		if status != want {
			t.Errorf("%s: status %d: %s", model, status, got)
		}
		if status != 200 && !strings.HasPrefix(got, `[{`) {
			t.Errorf("%s: %s", model, got)
		}
	}
	if status, got := s.ask(door, body("google/gemini-3.8-flash"), "Authorization", "Bearer x"); status != 401 || s.refused(got).Error.Status != "UNAUTHENTICATED" {
		t.Errorf("status %d: %s", status, got)
	}
}

func TestFile(t *testing.T) {
	s := start(t, Options{}, core.Limits{})
	file, err := File("impersonation", s.place.Credentials(), "https://127.0.0.1:9/", `/tmp/a "b"`)
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		TokenURL    string                `json:"token_url"`
		Impersonate string                `json:"service_account_impersonation_url"`
		Source      struct{ File string } `json:"credential_source"`
	}
	if err := json.Unmarshal(file, &v); err != nil || v.TokenURL != "https://127.0.0.1:9/v1/token" || v.Source.File != `/tmp/a "b"` ||
		!strings.HasPrefix(v.Impersonate, "https://127.0.0.1:9/v1/projects/-/serviceAccounts/interline@") {
		t.Errorf("file %s, %v", file, err)
	}
	if _, err := File("service_account", nil, "", ""); err == nil {
		t.Error("a file was made of nothing")
	}
}

func TestModels(t *testing.T) {
	s := start(t, Options{}, core.Limits{})
	get := func(path string, headers ...string) (int, string) {
		s.Helper()
		return s.request("GET", s.url+path, "", "", headers...)
	}
	token := []string{"Authorization", "Bearer " + s.place.Credentials()["access_token"]}
	for path, want := range map[string]string{
		"/v1beta1/publishers/google/models":                 `"publishers/google/models/gemini-2.5-flash"`,
		"/v1beta1/publishers/anthropic/models":              `"publishers/anthropic/models/claude-opus-4-8"`,
		project + "publishers/google/models/gemini-4-argon": `"versionId":"default"`,
		"/v1/publishers/anthropic/models/claude-sonnet-4-5": `"versionId":"20250929"`,
	} {
		if status, got := get(path, token...); status != 200 || !strings.Contains(got, want) {
			t.Errorf("%s: status %d: %s", path, status, got)
		}
	}
	if status, got := get("/v1/publishers/google/models/gemini-0", token...); status != 404 || s.refused(got).Error.Code != 404 {
		t.Errorf("status %d: %s", status, got)
	}
	if status, got := get("/v1/publishers/google/models", "X-Other", "1"); status != 401 {
		t.Errorf("without a token: status %d: %s", status, got)
	}
}
