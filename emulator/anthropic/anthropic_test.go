package anthropic

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/core"
)

const key = "emulated-anthropic-key"

// cloud is an emulated Anthropic under test.
type cloud struct {
	*core.Core
	url string
}

func start(t *testing.T, cfg core.Config) cloud {
	t.Helper()
	cfg.Names = map[string]string{"anthropic": "anthropic"}
	c := core.New(cfg)
	s := httptest.NewServer(New(Options{}).Handler(c))
	t.Cleanup(s.Close)
	return cloud{c, s.URL}
}

// reply is a response read to its end.
type reply struct {
	*http.Response
	body []byte
	err  error // of reading the body
}

func (c cloud) do(t *testing.T, method, path, body string, headers ...string) reply {
	t.Helper()
	req, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Api-Key", key)
	req.Header.Set("Anthropic-Version", "2023-06-01")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Del(headers[i])
		if headers[i+1] != "" {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return reply{res, data, err}
}

func (c cloud) post(t *testing.T, body string) reply {
	t.Helper()
	return c.do(t, http.MethodPost, "/v1/messages", body)
}

// answer is what the tests look at in a message.
type answer struct {
	ID         string `json:"id"`
	Model      string `json:"model"`
	Content    []part `json:"content"`
	StopReason string `json:"stop_reason"`
	StopSeq    string `json:"stop_sequence"`
	StopDetail any    `json:"stop_details"`
	Usage      usage  `json:"usage"`
}

type part struct {
	Type, Text, Thinking, Signature, Data, ID, Name string
	Input                                           json.RawMessage
}

func (r reply) message(t *testing.T) answer {
	t.Helper()
	if r.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %s", r.StatusCode, r.body)
	}
	var a answer
	if err := json.Unmarshal(r.body, &a); err != nil {
		t.Fatalf("read message %s: %v", r.body, err)
	}
	return a
}

// refused checks that a reply is an error of the kind, and returns its message.
func (r reply) refused(t *testing.T, status int, kind string) string {
	t.Helper()
	var e errorBody
	if err := json.Unmarshal(r.body, &e); err != nil {
		t.Fatalf("read error body %q: %v", r.body, err)
	}
	if r.StatusCode != status || e.Type != "error" || e.Error.Type != kind {
		t.Fatalf("status %d, body %s; want %d %s", r.StatusCode, r.body, status, kind)
	}
	if id := r.Header.Get("Request-Id"); id == "" || id != e.RequestID {
		t.Errorf("request-id header %q, in the body %q", id, e.RequestID)
	}
	return e.Error.Message
}

func ask(fields string) string {
	if fields != "" {
		fields = "," + fields
	}
	return `{"model":"claude-sonnet-4-5","max_tokens":2000,"messages":[{"role":"user","content":"Hello there"}]` + fields + `}`
}

func TestUnary(t *testing.T) {
	c := start(t, core.Config{})
	r := c.post(t, ask(""))
	a := r.message(t)
	if a.Model != "claude-sonnet-4-5-20250929" || a.StopReason != "end_turn" || !strings.HasPrefix(a.ID, "msg_") {
		t.Errorf("message %s", r.body)
	}
	if len(a.Content) != 1 || a.Content[0].Type != "text" || !strings.Contains(a.Content[0].Text, "mulated") {
		t.Errorf("content %+v does not say that it is emulated", a.Content)
	}
	if a.Usage.InputTokens == 0 || a.Usage.OutputTokens == 0 || a.Usage.ServiceTier != "standard" {
		t.Errorf("usage %+v", a.Usage)
	}
	for _, h := range []string{"X-Emulated-By", "Request-Id", "Anthropic-Ratelimit-Requests-Remaining", "Anthropic-Ratelimit-Input-Tokens-Reset", "Anthropic-Ratelimit-Tokens-Limit"} {
		if r.Header.Get(h) == "" {
			t.Errorf("header %s is missing", h)
		}
	}
	rows := c.Bill.Rows("anthropic")
	if len(rows) != 1 || rows[0].Usage.Output != a.Usage.OutputTokens || rows[0].RequestID != r.Header.Get("Request-Id") || rows[0].Cut {
		t.Errorf("bill %+v", rows)
	}
}

func TestAdmission(t *testing.T) {
	c := start(t, core.Config{})
	for name, tc := range map[string]struct {
		headers []string
		status  int
		kind    string
		say     string
	}{
		"no key":          {[]string{"X-Api-Key", ""}, 401, authentication, "x-api-key header is required"},
		"wrong key":       {[]string{"X-Api-Key", "nope"}, 401, authentication, "invalid x-api-key"},
		"wrong bearer":    {[]string{"X-Api-Key", "", "Authorization", "Bearer nope"}, 401, authentication, "Invalid bearer token"},
		"both":            {[]string{"Authorization", "Bearer " + key}, 401, authentication, "must not both"},
		"no version":      {[]string{"Anthropic-Version", ""}, 400, invalid, "anthropic-version: header is required"},
		"unknown version": {[]string{"Anthropic-Version", "2019-01-01"}, 400, invalid, "is not a valid version"},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.do(t, http.MethodPost, "/v1/messages", ask(""), tc.headers...).refused(t, tc.status, tc.kind)
			if !strings.Contains(got, tc.say) {
				t.Errorf("message %q, want %q", got, tc.say)
			}
		})
	}
	c.do(t, http.MethodPost, "/v1/messages?beta=true", ask(""), "X-Api-Key", "", "Authorization", "Bearer "+key, "Anthropic-Version", "2026-10-21").message(t)
	if n := len(c.Bill.Rows("")); n != 1 {
		t.Errorf("%d rows on the bill, want only the accepted request", n)
	}
}

func TestPaths(t *testing.T) {
	c := start(t, core.Config{})
	c.do(t, http.MethodPost, "/v1/complete", "{}").refused(t, 404, notFound)
	c.do(t, http.MethodGet, "/v1/messages", "").refused(t, 405, invalid)
	c.do(t, http.MethodGet, "/v1/models/nope", "").refused(t, 404, notFound)
	got := c.post(t, strings.Replace(ask(""), "claude-sonnet-4-5", "claude-does-not-exist", 1)).refused(t, 404, notFound)
	if got != "model: claude-does-not-exist" {
		t.Errorf("message %q", got)
	}
	c.post(t, ask(`"metadata":{"user_id":"`+strings.Repeat("x", maxBody)+`"}`)).refused(t, 413, tooLarge)
}

func TestModels(t *testing.T) {
	c := start(t, core.Config{})
	var page modelPage
	if err := json.Unmarshal(c.do(t, http.MethodGet, "/v1/models?limit=2", "").body, &page); err != nil {
		t.Fatal(err)
	}
	if len(page.Data) != 2 || !page.HasMore || *page.LastID != page.Data[1].ID {
		t.Fatalf("first page %+v", page)
	}
	seen, after := len(page.Data), *page.LastID
	for page.HasMore {
		page = modelPage{}
		if err := json.Unmarshal(c.do(t, http.MethodGet, "/v1/models?limit=2&after_id="+after, "").body, &page); err != nil {
			t.Fatal(err)
		}
		seen, after = seen+len(page.Data), *page.LastID
	}
	if want := len(claude.Models()); seen != want {
		t.Errorf("%d models over all pages, want %d", seen, want)
	}
	var one modelEntry
	if err := json.Unmarshal(c.do(t, http.MethodGet, "/v1/models/claude-haiku-4-5", "").body, &one); err != nil {
		t.Fatal(err)
	}
	if one.ID != "claude-haiku-4-5-20251001" || one.MaxInputTokens != 200_000 || one.MaxTokens != 64_000 || one.Line != "haiku" {
		t.Errorf("model %+v", one)
	}
	c.do(t, http.MethodGet, "/v1/models?limit=0", "").refused(t, 400, invalid)
}

// streamed is one event of a stream.
type streamed struct {
	name string
	data map[string]any
}

// events reads a stream; what is not one ends it.
func events(body []byte) []streamed {
	var out []streamed
	var e streamed
	lines := bufio.NewScanner(bytes.NewReader(body))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if name, ok := strings.CutPrefix(line, "event: "); ok {
			e = streamed{name: name}
		} else if data, ok := strings.CutPrefix(line, "data: "); ok {
			if json.Unmarshal([]byte(data), &e.data) != nil {
				e.data = nil
			}
			out = append(out, e)
		}
	}
	return out
}

func names(list []streamed) string {
	var out []string
	for _, e := range list {
		if n := len(out); n == 0 || out[n-1] != e.name {
			out = append(out, e.name)
		}
	}
	return strings.Join(out, " ")
}

// fold joins the deltas of a stream into what the unary answer would be.
func fold(list []streamed) (blocks []part) {
	for _, e := range list {
		switch e.name {
		case "content_block_start":
			raw, _ := json.Marshal(e.data["content_block"])
			var p part
			_ = json.Unmarshal(raw, &p)
			p.Input = nil
			blocks = append(blocks, p)
		case "content_block_delta":
			d := e.data["delta"].(map[string]any)
			p := &blocks[int(e.data["index"].(float64))]
			str := func(name string) string { s, _ := d[name].(string); return s }
			p.Text += str("text")
			p.Thinking += str("thinking")
			p.Signature += str("signature")
			p.Input = append(p.Input, str("partial_json")...)
		}
	}
	return blocks
}

func TestStreamIsTheUnaryAnswer(t *testing.T) {
	weather := `"tools":[{"name":"get_weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}},{"name":"get_time","input_schema":{"type":"object","properties":{}}}]`
	for name, body := range map[string]string{
		"text":     ask(""),
		"thinking": ask(`"thinking":{"type":"enabled","budget_tokens":1024}`),
		"hidden":   `{"model":"claude-opus-4-8","max_tokens":2000,"thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"Hi"}]}`,
		"redacted": `{"model":"claude-sonnet-4-5","max_tokens":2000,"thinking":{"type":"enabled","budget_tokens":1024},"messages":[{"role":"user","content":"ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB"}]}`,
		"tools":    `{"model":"claude-sonnet-4-5","max_tokens":2000,"messages":[{"role":"user","content":"use get_weather and get_time"}],` + weather + `}`,
		"cut":      `{"model":"claude-sonnet-4-5","max_tokens":3,"messages":[{"role":"user","content":"write 50 words"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, core.Config{})
			whole := c.post(t, body).message(t)
			r := c.post(t, strings.TrimSuffix(body, "}")+`,"stream":true}`)
			list := events(r.body)
			if got := r.Header.Get("Content-Type"); got != "text/event-stream; charset=utf-8" {
				t.Errorf("content type %q", got)
			}
			if n := names(list); !strings.HasPrefix(n, "message_start content_block_start ping") || !strings.HasSuffix(n, "content_block_stop message_delta message_stop") {
				t.Errorf("order %s", n)
			}
			got, want := fold(list), whole.Content
			if len(got) != len(want) {
				t.Fatalf("%d blocks, want %d", len(got), len(want))
			}
			for i := range got {
				if !bytes.Equal(got[i].Input, want[i].Input) || got[i].Text != want[i].Text || got[i].Thinking != want[i].Thinking ||
					got[i].Signature != want[i].Signature || got[i].Data != want[i].Data || got[i].Name != want[i].Name {
					t.Errorf("block %d streamed as %+v, whole as %+v", i, got[i], want[i])
				}
			}
			end := list[len(list)-2].data
			if end["delta"].(map[string]any)["stop_reason"] != whole.StopReason {
				t.Errorf("streamed stop %v, whole %q", end["delta"], whole.StopReason)
			}
			if got := int(end["usage"].(map[string]any)["output_tokens"].(float64)); got != whole.Usage.OutputTokens {
				t.Errorf("streamed %d tokens, whole %d", got, whole.Usage.OutputTokens)
			}
		})
	}
}
