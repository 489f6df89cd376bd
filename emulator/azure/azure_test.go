package azure

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

type site struct {
	t   *testing.T
	c   *core.Core
	url string
}

func newSite(t *testing.T, o Options) *site {
	t.Helper()
	c := core.New(core.Config{Names: map[string]string{"azure": "azure"}})
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(p.Handler(c))
	t.Cleanup(func() {
		c.Release()
		s.Close()
	})
	return &site{t, c, s.URL}
}

// do sends a request with the given headers, in pairs of name and value.
func (s *site) do(method, path, body string, headers ...string) (*http.Response, []byte) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp, got
}

// token asks for a token as a client with a secret does.
func (s *site) token(scope string) string {
	s.t.Helper()
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {DefaultClient},
		"client_secret": {DefaultSecret}, "scope": {scope},
	}
	resp, err := http.PostForm(s.url+"/"+DefaultTenant+"/"+tokenPath, form)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var got struct {
		Type  string `json:"token_type"`
		Token string `json:"access_token"`
		Life  int    `json:"expires_in"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil || got.Type != "Bearer" || got.Life != 3900 {
		s.t.Fatalf("status %d: %+v, %v", resp.StatusCode, got, err)
	}
	return got.Token
}

type answer struct {
	Model   string
	Choices []struct {
		Message      struct{ Content string }
		FinishReason *string        `json:"finish_reason"`
		Filter       map[string]any `json:"content_filter_results"`
	}
	Prompt []struct {
		Results map[string]any `json:"content_filter_results"`
	} `json:"prompt_filter_results"`
	Usage struct {
		Details map[string]int `json:"prompt_tokens_details"`
	}
	Error struct {
		Code, Message string
		Inner         struct{ Code string } `json:"innererror"`
	}
}

func read(t *testing.T, body []byte) answer {
	t.Helper()
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		t.Fatalf("body %s: %v", body, err)
	}
	return a
}

const (
	dated = "/openai/deployments/gpt-5.5/chat/completions?api-version=2024-10-21"
	hi    = `{"messages":[{"role":"user","content":"hi"}]}`
	hiV1  = `{"model":"gpt-5.5","messages":[{"role":"user","content":"hi"}]}`
	v1    = "/openai/v1/chat/completions"
)

func TestSurfaces(t *testing.T) {
	s := newSite(t, Options{})
	key := []string{"api-key", DefaultKey}
	cognitive := []string{"Authorization", "Bearer " + s.token(audienceCognitive+"/.default")}
	foundry := []string{"Authorization", "Bearer " + s.token(audienceFoundry+"/.default")}
	keyBearer := []string{"Authorization", "Bearer " + DefaultKey}
	tests := []struct {
		name, path, body string
		auth             []string
		status           int
		code             string
	}{
		{"dated", dated, hi, key, 200, ""},
		{"dated ignores the body's model", dated, `{"model":"nope","messages":[{"role":"user","content":"hi"}]}`, key, 200, ""},
		{"dated with token", dated, hi, cognitive, 200, ""},
		{"dated with a token for Foundry", dated, hi, foundry, 401, "Unauthorized"},
		{"dated with the key as bearer", dated, hi, keyBearer, 401, "Unauthorized"},
		{"dated preview", strings.Replace(dated, "2024-10-21", "2025-04-01-preview", 1), hi, key, 200, ""},
		{"dated without version", strings.Split(dated, "?")[0], hi, key, 404, "404"},
		{"dated with a strange version", strings.Replace(dated, "2024-10-21", "latest", 1), hi, key, 400, "unsupported_api_version"},
		{"dated with unknown field", dated, `{"messages":[{"role":"user","content":"hi"}],"top_k":1}`, key, 400, ""},
		{"dated with Azure's field", dated, `{"messages":[{"role":"user","content":"hi"}],"user_security_context":{}}`, key, 200, ""},
		{"unknown deployment", strings.Replace(dated, "gpt-5.5", "nope", 1), hi, key, 404, "DeploymentNotFound"},
		{"unknown operation", "/openai/deployments/gpt-5.5/responses?api-version=2024-10-21", hi, key, 404, "404"},
		{"unfit deployment", strings.Replace(dated, "gpt-5.5", "text-embedding-3-small", 1), hi, key, 400, "OperationNotSupported"},
		{"v1", v1, hiV1, key, 200, ""},
		{"v1 with token", v1, hiV1, foundry, 200, ""},
		{"v1 with the other token", v1, hiV1, cognitive, 200, ""},
		{"v1 with the key as bearer", v1, hiV1, keyBearer, 200, ""},
		{"v1 preview", v1 + "?api-version=preview", hiV1, key, 200, ""},
		{"v1 with a date", v1 + "?api-version=2024-10-21", hiV1, key, 400, "unsupported_api_version"},
		{"v1 without model", v1, hi, key, 400, ""},
		{"v1 unknown deployment", v1, strings.Replace(hiV1, "gpt-5.5", "nope", 1), key, 404, "DeploymentNotFound"},
		{"no credential", v1, hiV1, nil, 401, "Unauthorized"},
		{"wrong key", v1, hiV1, []string{"api-key", "x"}, 401, "401"},
		{"wrong token", v1, hiV1, []string{"Authorization", "Bearer a.b.c"}, 401, "Unauthorized"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, got := s.do("POST", tt.path, tt.body, tt.auth...)
			a := read(t, got)
			if resp.StatusCode != tt.status || a.Error.Code != tt.code || (tt.status != 200) != (a.Error.Message != "") {
				t.Errorf("status %d: %s", resp.StatusCode, got)
			}
			if resp.Header.Get("Apim-Request-Id") == "" || resp.Header.Get("X-Ms-Region") == "" {
				t.Errorf("headers %v", resp.Header)
			}
			if tt.status == 200 && a.Model != "gpt-5.5-2026-04-24" {
				t.Errorf("model %q", a.Model)
			}
		})
	}
}

func TestAnswersAreAnnotated(t *testing.T) {
	s := newSite(t, Options{Deployments: map[string]string{"mine": "gpt-5.6-sol"}})
	path := "/openai/deployments/mine/chat/completions?api-version=2024-10-21"
	_, got := s.do("POST", path, hi, "api-key", DefaultKey, "X-Ms-Client-Request-Id", "mine-1")
	a := read(t, got)
	if a.Model != "gpt-5.6-sol-2026-07-09" || len(a.Prompt) != 1 || a.Prompt[0].Results["jailbreak"] == nil || a.Choices[0].Filter["hate"] == nil {
		t.Errorf("answer %s", got)
	}
	if _, ok := a.Usage.Details["cache_write_tokens"]; ok {
		t.Errorf("usage has cache_write_tokens, which the recorded cloud lacks: %s", got)
	}
	resp, got := s.do("POST", path, `{"messages":[{"role":"user","content":"hi"}],"stream":true}`, "api-key", DefaultKey)
	events := strings.Split(strings.TrimSuffix(string(got), "\n\n"), "\n\n")
	if first := events[0]; !strings.Contains(first, `"choices":[]`) || !strings.Contains(first, `"prompt_filter_results"`) || !strings.Contains(first, `"id":""`) {
		t.Errorf("first frame %s", first)
	}
	if !strings.Contains(events[2], `"content_filter_results"`) || events[len(events)-1] != "data: [DONE]" {
		t.Errorf("status %d: %s", resp.StatusCode, got)
	}
	if row := s.c.Bill.Rows("azure")[0]; row.Model != "mine" {
		t.Errorf("billed %+v", row)
	}
}

func TestContentFilter(t *testing.T) {
	s := newSite(t, Options{})
	refused := func(what, body string) {
		t.Helper()
		resp, got := s.do("POST", dated, body, "api-key", DefaultKey)
		if a := read(t, got); resp.StatusCode != 400 || a.Error.Code != "content_filter" || a.Error.Inner.Code != "ResponsibleAIPolicyViolation" {
			t.Errorf("%s: status %d: %s", what, resp.StatusCode, got)
		}
	}
	refused("trigger", `{"messages":[{"role":"user","content":"x [[content filter]] y"}]}`)
	s.drill(core.Drill{Kind: core.ContentFilter, Count: 1})
	refused("drill", hi)
	s.drill(core.Drill{Kind: core.ContentFilter, Count: 1, After: 3})
	_, got := s.do("POST", dated, hi, "api-key", DefaultKey)
	if a := read(t, got); *a.Choices[0].FinishReason != "content_filter" || core.CountTokens(a.Choices[0].Message.Content) != 3 {
		t.Errorf("a drill after 3 pieces: %s", got)
	}
}

func (s *site) drill(d core.Drill) {
	s.t.Helper()
	d.Target = "azure"
	if _, err := s.c.Drills.Add(d); err != nil {
		s.t.Fatal(err)
	}
}

func TestDrills(t *testing.T) {
	s := newSite(t, Options{})
	for _, tt := range []struct {
		drill  core.Drill
		status int
		code   string
	}{
		{core.Drill{Kind: core.Throttle}, 429, "429"},
		{core.Drill{Kind: core.Overload}, 503, "ServiceUnavailable"},
		{core.Drill{Kind: core.Auth}, 401, "401"},
		{core.Drill{Kind: core.StatusCode, Status: 504}, 504, "504"},
	} {
		tt.drill.Count = 1
		s.drill(tt.drill)
		resp, got := s.do("POST", dated, hi, "api-key", DefaultKey)
		if a := read(t, got); resp.StatusCode != tt.status || a.Error.Code != tt.code {
			t.Errorf("%s: status %d: %s", tt.drill.Kind, resp.StatusCode, got)
		}
		if tt.drill.Kind == core.Throttle && (resp.Header.Get("Retry-After-Ms") != "1000" || !strings.Contains(string(got), "retry after 1 seconds")) {
			t.Errorf("throttled with %v: %s", resp.Header, got)
		}
	}
	s.token(audienceFoundry + "/.default")
	if resp, _ := s.do("POST", dated, hi, "api-key", DefaultKey); resp.StatusCode != 200 {
		t.Errorf("after the drills: status %d", resp.StatusCode)
	}
}

func TestEmbeddingsAndModels(t *testing.T) {
	s := newSite(t, Options{})
	resp, got := s.do("POST", "/openai/deployments/text-embedding-3-small/embeddings?api-version=2024-10-21", `{"input":"x"}`, "api-key", DefaultKey)
	if resp.StatusCode != 200 || !strings.Contains(string(got), `"model":"text-embedding-3-small"`) {
		t.Errorf("status %d: %.200s", resp.StatusCode, got)
	}
	for _, path := range []string{"/openai/v1/models", "/openai/models?api-version=2024-10-21"} {
		resp, got = s.do("GET", path, "", "api-key", DefaultKey)
		var list struct{ Data []struct{ ID string } }
		if err := json.Unmarshal(got, &list); err != nil || resp.StatusCode != 200 || len(list.Data) != len(DefaultDeployments()) {
			t.Errorf("%s: status %d: %s", path, resp.StatusCode, got)
		}
	}
	if _, err := New(Options{Deployments: map[string]string{"a": "gpt-2"}}); err == nil || !strings.Contains(err.Error(), "gpt-4.1") {
		t.Errorf("a deployment of an unknown model: %v", err)
	}
}

func TestTokenEndpoint(t *testing.T) {
	s := newSite(t, Options{})
	right := map[string]string{
		"grant_type": "client_credentials", "client_id": DefaultClient,
		"client_secret": DefaultSecret, "scope": audienceFoundry + "/.default",
	}
	assertion := map[string]string{"client_secret": "", "client_assertion_type": assertionType, "client_assertion": DefaultFederatedToken}
	tests := []struct {
		name, tenant string
		change       map[string]string
		status       int
		code         string
	}{
		{"secret", DefaultTenant, nil, 200, ""},
		{"assertion", DefaultTenant, assertion, 200, ""},
		{"wrong assertion", DefaultTenant, map[string]string{"client_assertion_type": assertionType, "client_assertion": "x"}, 401, "invalid_client"},
		{"assertion of another type", DefaultTenant, map[string]string{"client_assertion": DefaultFederatedToken}, 400, "invalid_request"},
		{"wrong secret", DefaultTenant, map[string]string{"client_secret": "x"}, 401, "invalid_client"},
		{"no proof", DefaultTenant, map[string]string{"client_secret": ""}, 401, "invalid_client"},
		{"wrong client", DefaultTenant, map[string]string{"client_id": "x"}, 400, "unauthorized_client"},
		{"wrong tenant", "somebody", nil, 400, "invalid_request"},
		{"other grant", DefaultTenant, map[string]string{"grant_type": "password"}, 400, "unsupported_grant_type"},
		{"scope without default", DefaultTenant, map[string]string{"scope": audienceFoundry}, 400, "invalid_scope"},
		{"scope of another service", DefaultTenant, map[string]string{"scope": "https://graph.microsoft.com/.default"}, 400, "invalid_scope"},
		{"scopes beside", DefaultTenant, map[string]string{"scope": "openid offline_access " + audienceCognitive + "/.default"}, 200, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form := url.Values{}
			for _, from := range []map[string]string{right, tt.change} {
				for name, value := range from {
					form.Set(name, value)
				}
			}
			resp, err := http.PostForm(s.url+"/"+tt.tenant+"/"+tokenPath, form)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var got struct {
				Error string
				Codes []int `json:"error_codes"`
			}
			if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status || got.Error != tt.code || (tt.code != "") != (len(got.Codes) == 1) {
				t.Errorf("status %d: %+v", resp.StatusCode, got)
			}
		})
	}
}

func TestTokensAreChecked(t *testing.T) {
	e := newEntra(Options{Tenant: "t", Client: "c"})
	now := time.Now()
	good := claims{Audience: audienceFoundry, Tenant: "t", App: "c", NotBefore: now.Unix(), Expires: now.Add(time.Minute).Unix()}
	sign := func(e *entra, change func(*claims)) string {
		c := good
		change(&c)
		token, err := e.signer.Sign(c)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	same := func(*claims) {}
	valid := sign(e, same)
	tests := map[string]struct {
		token string
		ok    bool
	}{
		"valid":       {valid, true},
		"expired":     {sign(e, func(c *claims) { c.Expires = now.Unix() }), false},
		"early":       {sign(e, func(c *claims) { c.NotBefore = now.Unix() + 60 }), false},
		"audience":    {sign(e, func(c *claims) { c.Audience = "https://graph.microsoft.com" }), false},
		"tenant":      {sign(e, func(c *claims) { c.Tenant = "u" }), false},
		"other key":   {sign(newEntra(Options{}), same), false},
		"no alg":      {core.Raw64.EncodeToString([]byte(`{"alg":"none","kid":"emulated-1"}`)) + "." + strings.Split(valid, ".")[1] + ".", false},
		"changed":     {valid[:len(valid)-4] + "AAAA", false},
		"not a token": {"x", false},
	}
	for name, tt := range tests {
		client, err := e.check(tt.token, []string{audienceFoundry}, now)
		if (err == nil) != tt.ok || tt.ok && client != "c" {
			t.Errorf("%s: client %q, error %v", name, client, err)
		}
	}
}

func TestDiscovery(t *testing.T) {
	s := newSite(t, Options{})
	_, got := s.do("GET", "/"+DefaultTenant+"/"+discoveryPath, "")
	var d struct {
		Issuer string
		Token  string `json:"token_endpoint"`
		Keys   string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(got, &d); err != nil || d.Token != s.url+"/"+DefaultTenant+"/"+tokenPath || !strings.HasPrefix(d.Issuer, s.url) {
		t.Errorf("discovery %s", got)
	}
	_, got = s.do("GET", strings.TrimPrefix(d.Keys, s.url), "")
	if !strings.Contains(string(got), `"kid":"emulated-1"`) {
		t.Errorf("keys %s", got)
	}
	_, got = s.do("GET", instancePath+"?api-version=1.1&authorization_endpoint=x", "")
	if !strings.Contains(string(got), "tenant_discovery_endpoint") {
		t.Errorf("instance %s", got)
	}
}

func FuzzVerify(f *testing.F) {
	e := newEntra(Options{Tenant: "t", Client: "c"})
	valid, err := e.signer.Sign(claims{Audience: audienceFoundry, Tenant: "t", Expires: 1 << 40})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(valid)
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := e.check(token, []string{audienceFoundry}, time.Unix(1<<30, 0)); err == nil && token != valid {
			t.Errorf("token %q was accepted", token)
		}
	})
}
