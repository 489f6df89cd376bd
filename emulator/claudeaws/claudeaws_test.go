package claudeaws

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

const hello = `{"model":"claude-sonnet-5","max_tokens":200,"messages":[{"role":"user","content":"hello"}]}`

// platform is an emulated platform under test.
type platform struct {
	*core.Core
	url string
}

func start(t *testing.T) platform {
	t.Helper()
	c := core.New(core.Config{Names: map[string]string{"claudeaws": "claudeaws"}})
	s := httptest.NewServer(New(Options{}).Handler(c))
	t.Cleanup(func() {
		c.Release()
		s.Close()
	})
	return platform{c, s.URL}
}

// do asks with a key and a workspace, and whatever headers replace them; an
// empty one is not sent.
func (p platform) do(t *testing.T, method, path, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, p.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	all := append([]string{
		"Content-Type", "application/json", "Anthropic-Version", "2023-06-01",
		"X-Api-Key", "emulated-claudeaws-key", "Anthropic-Workspace-Id", "wrkspc_emulated",
	}, headers...)
	for i := 0; i < len(all); i += 2 {
		req.Header.Del(all[i])
		if all[i+1] != "" {
			req.Header.Set(all[i], all[i+1])
		}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(data)
}

func TestAdmission(t *testing.T) {
	p := start(t)
	scope := "AWS4-HMAC-SHA256 Credential=AKIDEMULATED00000000/20260102/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + strings.Repeat("0", 64)
	for _, tc := range []struct {
		name    string
		headers []string
		status  int
		want    string
	}{
		{"key", nil, 200, `"model":"claude-sonnet-5"`},
		{"wrong key", []string{"X-Api-Key", "no"}, 401, "invalid x-api-key"},
		{"no credential", []string{"X-Api-Key", ""}, 403, "Missing Authentication Token"},
		{"both", []string{"Authorization", scope}, 401, "must not both be set"},
		{"an old signature", []string{"X-Api-Key", "", "Authorization", scope, "X-Amz-Date", "20260102T000000Z"}, 403, "Signature expired"},
		{"no workspace", []string{"Anthropic-Workspace-Id", ""}, 400, "anthropic-workspace-id: header is required"},
		{"another workspace", []string{"Anthropic-Workspace-Id", "wrkspc_x"}, 403, "permission_error"},
		{"no version", []string{"Anthropic-Version", ""}, 400, "anthropic-version"},
	} {
		res, body := p.do(t, "POST", "/v1/messages", hello, tc.headers...)
		if res.StatusCode != tc.status || !strings.Contains(body, tc.want) || (tc.status != 200) != strings.Contains(body, `{"type":"error"`) {
			t.Errorf("%s: status %d: %s", tc.name, res.StatusCode, body)
		}
	}
	if rows := p.Bill.Rows("claudeaws"); len(rows) != 1 || rows[0].Model != "claude-sonnet-5" {
		t.Errorf("bill %+v", rows)
	}
}

func TestSurface(t *testing.T) {
	p := start(t)
	res, body := p.do(t, "POST", "/v1/messages", hello)
	if h := res.Header; h.Get("Request-Id") == "" || h.Get("X-Amzn-Requestid") == "" || h.Get("Anthropic-Ratelimit-Tokens-Limit") == "" || !strings.Contains(body, `"inference_geo":"global"`) {
		t.Errorf("headers %v: %s", h, body)
	}
	count := strings.Replace(hello, `"max_tokens":200,`, "", 1)
	if res, body := p.do(t, "POST", "/v1/messages/count_tokens", count); res.StatusCode != 200 || !strings.Contains(body, `{"input_tokens":`) {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	res, body = p.do(t, "GET", "/v1/models", "")
	var list struct{ Data []struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &list); err != nil || res.StatusCode != 200 || len(list.Data) < 5 {
		t.Errorf("status %d, %v: %s", res.StatusCode, err, body)
	}
	if res, body := p.do(t, "GET", "/v1/models/claude-opus-5", ""); res.StatusCode != 200 || !strings.Contains(body, `"id":"claude-opus-5"`) {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	if res, body := p.do(t, "POST", "/v1/messages", strings.Replace(hello, "claude", "anthropic.claude", 1)); res.StatusCode != 404 || !strings.Contains(body, "model: anthropic.claude-sonnet-5") {
		t.Errorf("Bedrock's id: status %d: %s", res.StatusCode, body)
	}
	if _, err := p.Drills.Add(core.Drill{Target: "claudeaws", Kind: core.Overload, Count: 1}); err != nil {
		t.Fatal(err)
	}
	if res, _ := p.do(t, "POST", "/v1/messages", hello); res.StatusCode != 529 {
		t.Errorf("overloaded: status %d", res.StatusCode)
	}
}
