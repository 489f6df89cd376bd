package gemini

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

const key = "emulated-gemini-key"

// site is a running place.
type site struct {
	*testing.T
	core *core.Core
	url  string
}

func start(t *testing.T, limits core.Limits) *site {
	t.Helper()
	p := New(Options{})
	c := core.New(core.Config{Names: map[string]string{"gemini": "gemini"}, Limits: map[string]core.Limits{"gemini": limits}})
	s := httptest.NewServer(p.Handler(c))
	t.Cleanup(func() { c.Release(); s.Close() })
	return &site{t, c, s.URL}
}

// send asks with the key and returns the status and the body.
func (s *site) send(method, path, body string, headers ...string) (int, string) {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if len(headers) == 0 {
		headers = []string{"X-Goog-Api-Key", key}
	}
	for ; len(headers) > 1; headers = headers[2:] {
		req.Header.Set(headers[0], headers[1])
	}
	client := &http.Client{Timeout: 20 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		s.Fatal(err)
	}
	if resp.Header.Get("X-Emulated-By") == "" {
		s.Error("the answer does not say that it is emulated")
	}
	return resp.StatusCode, string(got)
}

const models = "/v1beta/models/"

// generate asks a model and decodes its answer.
func (s *site) generate(model, body string) response {
	s.Helper()
	status, got := s.send("POST", models+model+":generateContent", body)
	var r response
	if err := json.Unmarshal([]byte(got), &r); status != 200 || err != nil {
		s.Fatalf("status %d, %v: %s", status, err, got)
	}
	return r
}

// refusal is a refused request as it is on the wire.
type refusal struct {
	Error struct {
		Code    int
		Message string
		Status  string
		Details []struct {
			Type       string `json:"@type"`
			Reason     string
			RetryDelay string
			Violations []struct{ QuotaMetric, QuotaID string }
			Fields     []struct{ Field, Description string } `json:"fieldViolations"`
		}
	}
}

func (s *site) refused(got string) refusal {
	s.Helper()
	var r refusal
	if err := json.Unmarshal([]byte(got), &r); err != nil || r.Error.Message == "" {
		s.Fatalf("refusal %s, %v", got, err)
	}
	return r
}

const (
	two   = "gemini-2.5-flash"
	three = "gemini-3.8-flash"
	four  = "gemini-4-argon"
)

func says(text string) string {
	return `"contents":[{"role":"user","parts":[{"text":"` + text + `"}]}]`
}

func with(config string) string { return `{` + says("hi") + `,"generationConfig":{` + config + `}}` }

func TestAuthorization(t *testing.T) {
	s := start(t, core.Limits{})
	body := `{` + says("hi") + `}`
	path := models + two + ":generateContent"
	for _, tt := range []struct {
		name, path string
		headers    []string
		status     int
		reason     string
	}{
		{"header", path, []string{"X-Goog-Api-Key", key}, 200, ""},
		{"query", path + "?key=" + key, []string{"X-Other", "1"}, 200, ""},
		{"wrong", path, []string{"X-Goog-Api-Key", "other"}, 400, "API_KEY_INVALID"},
		{"none", path, []string{"X-Other", "1"}, 403, ""},
		{"bearer", path, []string{"Authorization", "Bearer " + key}, 403, ""},
	} {
		status, got := s.send("POST", tt.path, body, tt.headers...)
		if status != tt.status {
			t.Errorf("%s: status %d: %s", tt.name, status, got)
		}
		if tt.reason != "" && s.refused(got).Error.Details[0].Reason != tt.reason {
			t.Errorf("%s: %s", tt.name, got)
		}
	}
}

func TestSpellings(t *testing.T) {
	s := start(t, core.Limits{})
	camel := `{"systemInstruction":{"parts":[{"text":"Be terse."}]},` + says("get_weather(Bern)") + `,
		"tools":[{"functionDeclarations":[{"name":"get_weather","parameters":{"type":"OBJECT","properties":{"city":{"type":"STRING","maxLength":"9"}},"required":["city"]}}]}],
		"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["get_weather"]}},
		"generationConfig":{"maxOutputTokens":500,"topP":0.5,"stopSequences":["##"]}}`
	snake := `{"system_instruction":{"parts":{"text":"Be terse."}},` + says("get_weather(Bern)") + `,
		"tools":{"function_declarations":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string","max_length":9}},"required":["city"]}}},
		"tool_config":{"function_calling_config":{"mode":"any","allowed_function_names":"get_weather"}},
		"generation_config":{"max_output_tokens":"500","top_p":"0.5","stop_sequences":["##"],"seed":null}}`
	one, other := s.generate(two, camel), s.generate(two, snake)
	call := one.Candidates[0].Content.Parts[0].Call
	if call == nil || string(call.Args) == "" || compact(call.Args) != `{"city":"Bern"}` {
		t.Fatalf("answer %+v", one)
	}
	one.ID, other.ID = "", ""
	a, _ := json.Marshal(one)
	b, _ := json.Marshal(other)
	if !bytes.Equal(a, b) {
		t.Errorf("camelCase answered %s\nsnake_case %s", a, b)
	}
}

func TestModels(t *testing.T) {
	s := start(t, core.Limits{})
	var names []string
	for token, n := "", 0; n < 10; n++ {
		status, got := s.send("GET", "/v1beta/models?pageSize=2&pageToken="+token, "")
		var page struct {
			Models []described
			Next   string `json:"nextPageToken"`
		}
		if err := json.Unmarshal([]byte(got), &page); status != 200 || err != nil || len(page.Models) > 2 {
			t.Fatalf("status %d: %s", status, got)
		}
		for _, m := range page.Models {
			names = append(names, m.Name)
		}
		if token = page.Next; token == "" {
			break
		}
	}
	if len(names) != len(Catalogue()) {
		t.Errorf("models %q", names)
	}
	if status, got := s.send("GET", "/v1/models/"+four, ""); status != 200 || !strings.Contains(got, `"models/`+four+`"`) {
		t.Errorf("status %d: %s", status, got)
	}
	for _, path := range []string{"/v1beta/models/gemini-0", "/v2/models", "/v1beta/files"} {
		if status, got := s.send("GET", path, ""); status != 404 || s.refused(got).Error.Status != "NOT_FOUND" {
			t.Errorf("%s: status %d: %s", path, status, got)
		}
	}
}

func TestUsageAndCache(t *testing.T) {
	s := start(t, core.Limits{})
	long := strings.TrimSpace(strings.Repeat("river ", 1500))
	first, second := s.generate(two, `{`+says(long)+`}`).Usage, s.generate(two, `{`+says(long)+`}`).Usage
	if first.Cached != 0 || second.Cached != 1024+256 || second.Prompt != first.Prompt {
		t.Errorf("first %+v, second %+v", first, second)
	}
	if second.Total != second.Prompt+second.Candidates+second.Thoughts || second.Thoughts == 0 {
		t.Errorf("usage %+v", second)
	}
	row := s.core.Bill.Rows("gemini")[1]
	if row.Usage.Input != second.Prompt || row.Usage.CacheRead != second.Cached || row.Usage.Output != second.Candidates+second.Thoughts || row.Usage.Reasoning != second.Thoughts {
		t.Errorf("bill %+v, usage %+v", row, second)
	}
	status, got := s.send("POST", models+two+":countTokens", `{"generateContentRequest":{"model":"models/`+two+`",`+says(long)+`}}`)
	var c counted
	if err := json.Unmarshal([]byte(got), &c); status != 200 || err != nil || c.Total != first.Prompt {
		t.Errorf("counted %s; used %d", got, first.Prompt)
	}
}

func TestFinishes(t *testing.T) {
	s := start(t, core.Limits{})
	off := `"thinkingConfig":{"thinkingBudget":0}`
	for _, tt := range []struct{ name, model, body, finish, text string }{
		{"stop", two, with(off), "STOP", "Your last line was: hi"},
		{"length", two, with(off + `,"maxOutputTokens":3`), "MAX_TOKENS", "This is an"},
		{"thoughts took everything", two, with(`"maxOutputTokens":5`), "MAX_TOKENS", ""},
		{"stop sequence", two, with(off + `,"stopSequences":["emulated"]`), "STOP", "This is an "},
	} {
		c := s.generate(tt.model, tt.body).Candidates[0]
		text := ""
		for _, p := range c.Content.Parts {
			text += *p.Text
		}
		if c.Finish != tt.finish || c.Content.Role != "model" || !strings.HasSuffix(text, tt.text) || (tt.text == "") != (text == "") {
			t.Errorf("%s: %s with %q", tt.name, c.Finish, text)
		}
	}
	if n := len(s.generate(two, with(`"candidateCount":3`)).Candidates); n != 3 {
		t.Errorf("%d candidates", n)
	}
	r := s.generate(two, `{`+says("never "+Trigger)+`}`)
	if r.Candidates != nil || r.Feedback == nil || r.Usage.Candidates != 0 || r.Usage.Prompt == 0 {
		t.Errorf("blocked: %+v", r)
	}
}

func TestPicture(t *testing.T) {
	s := start(t, core.Limits{})
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1000, 500))); err != nil {
		t.Fatal(err)
	}
	data, _ := json.Marshal(b.Bytes())
	r := s.generate(two, `{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":`+string(data)+`}},{"text":"What?"}]}]}`)
	if d := r.Usage.Details; len(d) != 2 || d[1] != (count{"IMAGE", 2 * tileTokens}) || d[0].Tokens+d[1].Tokens != r.Usage.Prompt {
		t.Errorf("usage %+v", r.Usage)
	}
	if text := *r.Candidates[0].Content.Parts[0].Text; !strings.Contains(text, "1000x500 pixels") {
		t.Errorf("answer %q", text)
	}
}

func TestQuota(t *testing.T) {
	s := start(t, core.Limits{Requests: 1, Tokens: 1_000_000})
	s.generate(two, `{`+says("hi")+`}`)
	status, got := s.send("POST", models+two+":generateContent", `{`+says("hi")+`}`)
	r := s.refused(got)
	if status != 429 || r.Error.Status != "RESOURCE_EXHAUSTED" || len(r.Error.Details) != 2 {
		t.Fatalf("status %d: %s", status, got)
	}
	if v := r.Error.Details[0].Violations; len(v) != 1 || v[0].QuotaID == "" || !strings.HasSuffix(r.Error.Details[1].RetryDelay, "s") ||
		!strings.Contains(r.Error.Message, "Please retry in ") {
		t.Errorf("refusal %s", got)
	}
}

func TestEmbeddings(t *testing.T) {
	s := start(t, core.Limits{})
	const model = "gemini-embedding-001"
	item := func(text string) string {
		return `{"model":"models/` + model + `","content":{"parts":[{"text":"` + text + `"}]},"outputDimensionality":64}`
	}
	var one struct{ Embedding values }
	_, got := s.send("POST", models+model+":embedContent", item("river stone"))
	if err := json.Unmarshal([]byte(got), &one); err != nil || len(one.Embedding.Values) != 64 {
		t.Fatalf("%s", got)
	}
	var many struct{ Embeddings []values }
	_, got = s.send("POST", models+model+":batchEmbedContents", `{"requests":[`+item("river stone")+`,`+item("river water")+`,`+item("sparrow")+`]}`)
	if err := json.Unmarshal([]byte(got), &many); err != nil || len(many.Embeddings) != 3 {
		t.Fatalf("%s", got)
	}
	dot := func(a, b []float32) (sum float64) {
		for i := range a {
			sum += float64(a[i]) * float64(b[i])
		}
		return sum
	}
	first := many.Embeddings[0].Values
	if d := dot(first, one.Embedding.Values); d < 0.999 {
		t.Errorf("the same text alone and in a batch: %v", d)
	}
	if near, far := dot(first, many.Embeddings[1].Values), dot(first, many.Embeddings[2].Values); near <= far {
		t.Errorf("near %v, far %v", near, far)
	}
	if rows := s.core.Bill.Rows("gemini"); len(rows) != 2 || rows[1].Usage.Input == 0 || rows[1].Operation != "embeddings" {
		t.Errorf("bill %+v", rows)
	}
}
