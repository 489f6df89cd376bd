package vertex

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
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

// site is a running place with its authority.
type site struct {
	*testing.T
	core           *core.Core
	place          *place
	url, authority string
}

func start(t *testing.T, o Options, limits core.Limits) *site {
	t.Helper()
	p := New(o).(*place)
	c := core.New(core.Config{Names: map[string]string{"vertex": "vertex"}, Limits: map[string]core.Limits{"vertex": limits}})
	s, a := httptest.NewServer(p.Handler(c)), httptest.NewServer(p.AuthorityHandler(c))
	t.Cleanup(func() { c.Release(); s.Close(); a.Close() })
	return &site{t, c, p, s.URL, a.URL}
}

// send posts a body to a whole address and returns the status and the answer.
func (s *site) send(to, kind, body string, headers ...string) (int, string) {
	s.Helper()
	return s.request(http.MethodPost, to, kind, body, headers...)
}

func (s *site) request(method, to, kind, body string, headers ...string) (int, string) {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), method, to, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	for ; len(headers) > 1; headers = headers[2:] {
		req.Header.Set(headers[0], headers[1])
	}
	resp, err := (&http.Client{Timeout: 20 * time.Second}).Do(req)
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || resp.Header.Get("X-Emulated-By") == "" {
		s.Fatalf("read answer: %v, headers %v", err, resp.Header)
	}
	return resp.StatusCode, string(got)
}

// ask posts JSON to a path of the place with the token issued at start.
func (s *site) ask(path, body string, headers ...string) (int, string) {
	s.Helper()
	if len(headers) == 0 {
		headers = []string{"Authorization", "Bearer " + s.place.Credentials()["access_token"]}
	}
	return s.send(s.url+path, "application/json", body, headers...)
}

const (
	project = "/v1/projects/emulated-project/locations/global/"
	flash   = "publishers/google/models/gemini-2.5-flash:"
	opus    = "publishers/anthropic/models/claude-opus-4-8:"
	hi      = `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`
)

type status struct {
	Error struct {
		Code            int
		Message, Status string
		Details         []struct{ Reason string }
	}
}

func (s *site) refused(got string) status {
	s.Helper()
	var r status
	if err := json.Unmarshal([]byte(strings.TrimSuffix(strings.TrimPrefix(got, "["), "]")), &r); err != nil || r.Error.Message == "" {
		s.Fatalf("refusal %s, %v", got, err)
	}
	return r
}

func TestAddresses(t *testing.T) {
	s := start(t, Options{}, core.Limits{})
	token := []string{"Authorization", "Bearer " + s.place.Credentials()["access_token"]}
	apiKey := []string{"X-Goog-Api-Key", "emulated-vertex-key"}
	short := start(t, Options{TokenLife: time.Nanosecond}, core.Limits{}) // its tokens have expired when they arrive
	for _, tt := range []struct {
		name, path string
		headers    []string
		status     int
		reason     string
	}{
		{"project", project + flash + "generateContent", token, 200, ""},
		{"beta", strings.Replace(project, "v1", "v1beta1", 1) + flash + "generateContent", token, 200, ""},
		{"express", "/v1/" + flash + "generateContent", apiKey, 200, ""},
		{"express, key in the query", "/v1beta1/" + flash + "generateContent?key=emulated-vertex-key", []string{"X-Other", "1"}, 200, ""},
		{"express with a token", "/v1/" + flash + "generateContent", token, 200, ""},
		{"express, wrong key", "/v1/" + flash + "generateContent", []string{"X-Goog-Api-Key", "other"}, 400, "API_KEY_INVALID"},
		{"key for a project", project + flash + "generateContent", apiKey, 401, "CREDENTIALS_MISSING"},
		{"no credential", project + flash + "generateContent", []string{"X-Other", "1"}, 401, "CREDENTIALS_MISSING"},
		{"foreign token", project + flash + "generateContent", []string{"Authorization", "Bearer ya29.other"}, 401, "ACCESS_TOKEN_TYPE_UNSUPPORTED"},
		{"token of another place", project + flash + "generateContent", []string{"Authorization", "Bearer " + short.place.Credentials()["access_token"]}, 401, "ACCESS_TOKEN_TYPE_UNSUPPORTED"},
		{"other project", strings.Replace(project, "emulated-project", "other", 1) + flash + "generateContent", token, 403, "IAM_PERMISSION_DENIED"},
		{"other location", strings.Replace(project, "global", "us", 1) + flash + "generateContent", token, 400, ""},
		{"unknown model", project + "publishers/google/models/gemini-0:generateContent", token, 404, ""},
		{"unknown publisher", project + "publishers/nobody/models/x:rawPredict", token, 404, ""},
		{"unknown method", project + flash + "rawPredict", token, 404, ""},
		{"unknown path", "/v1/models", token, 404, ""},
		{"unknown version", "/v2/" + flash + "generateContent", token, 404, ""},
	} {
		status, got := s.ask(tt.path, hi, tt.headers...)
		if status != tt.status {
			t.Errorf("%s: status %d: %s", tt.name, status, got)
			continue
		}
		if status != 200 {
			r := s.refused(got)
			if r.Error.Code != status || r.Error.Status == "" || tt.reason != "" && r.Error.Details[0].Reason != tt.reason {
				t.Errorf("%s: %s", tt.name, got)
			}
		}
	}
	status, got := short.ask(project+flash+"generateContent", hi)
	if status != 401 || short.refused(got).Error.Details[0].Reason != "ACCESS_TOKEN_EXPIRED" {
		t.Errorf("expired: status %d: %s", status, got)
	}
}

// assertion is a JWT of the service account.
func (s *site) assertion(key *rsa.PrivateKey, algorithm string, claims map[string]any) string {
	s.Helper()
	head, err := json.Marshal(map[string]string{"alg": algorithm, "typ": "JWT"})
	if err != nil {
		s.Fatal(err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		s.Fatal(err)
	}
	signed := core.Raw64.EncodeToString(head) + "." + core.Raw64.EncodeToString(body)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		s.Fatal(err)
	}
	return signed + "." + core.Raw64.EncodeToString(signature)
}

const formType = "application/x-www-form-urlencoded"

func TestServiceAccountGrant(t *testing.T) {
	s := start(t, Options{}, core.Limits{})
	key, err := s.place.account.Key()
	if err != nil {
		t.Fatal(err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	claims := func(changes ...any) map[string]any {
		c := map[string]any{"iss": s.place.account.email, "scope": scope, "aud": s.authority + "/token", "iat": now, "exp": now + 3600}
		for ; len(changes) > 1; changes = changes[2:] {
			c[changes[0].(string)] = changes[1]
		}
		return c
	}
	for _, tt := range []struct {
		name, grant, assertion, want string // want is the error; empty when a token is issued
	}{
		{"good", grantJWT, s.assertion(key, "RS256", claims()), ""},
		{"Google's own audience", grantJWT, s.assertion(key, "RS256", claims("aud", googleToken)), ""},
		{"grant", "password", s.assertion(key, "RS256", claims()), "unsupported_grant_type"},
		{"other key", grantJWT, s.assertion(other, "RS256", claims()), "invalid_grant"},
		{"algorithm", grantJWT, s.assertion(key, "none", claims()), "invalid_grant"},
		{"no JWT", grantJWT, "x", "invalid_grant"},
		{"issuer", grantJWT, s.assertion(key, "RS256", claims("iss", "x")), "invalid_grant"},
		{"somebody else", grantJWT, s.assertion(key, "RS256", claims("sub", "x")), "unauthorized_client"},
		{"audience", grantJWT, s.assertion(key, "RS256", claims("aud", "x")), "invalid_grant"},
		{"expired", grantJWT, s.assertion(key, "RS256", claims("iat", now-7200, "exp", now-3600)), "invalid_grant"},
		{"too long", grantJWT, s.assertion(key, "RS256", claims("exp", now+7200)), "invalid_grant"},
		{"not yet", grantJWT, s.assertion(key, "RS256", claims("iat", now+1000)), "invalid_grant"},
		{"scope", grantJWT, s.assertion(key, "RS256", claims("scope", "x")), "invalid_scope"},
	} {
		status, got := s.send(s.authority+"/token", formType, url.Values{"grant_type": {tt.grant}, "assertion": {tt.assertion}}.Encode())
		var answer struct {
			Error string
			Token string `json:"access_token"`
			Life  int    `json:"expires_in"`
		}
		if err := json.Unmarshal([]byte(got), &answer); err != nil || answer.Error != tt.want || (status == 200) != (tt.want == "") {
			t.Errorf("%s: status %d: %s", tt.name, status, got)
		}
		if tt.want != "" {
			continue
		}
		if status, got := s.ask(project+flash+"generateContent", hi, "Authorization", "Bearer "+answer.Token); status != 200 || answer.Life != 3600 {
			t.Errorf("%s: its token for %d s: status %d: %s", tt.name, answer.Life, status, got)
		}
	}
}

func TestTokenExchange(t *testing.T) {
	s := start(t, Options{}, core.Limits{})
	good := url.Values{
		"grant_type": {grantExchange}, "audience": {s.place.audience()}, "scope": {scope}, "requested_token_type": {typeAccess},
		"subject_token_type": {typeJWT}, "subject_token": {"emulated-subject-token"},
	}
	for field, want := range map[string]string{
		"": "", "grant_type": "invalid_request", "audience": "invalid_target", "scope": "invalid_scope", "requested_token_type": "invalid_request",
		"subject_token_type": "invalid_request", "subject_token": "invalid_grant",
	} {
		form := url.Values{}
		for name, v := range good {
			form[name] = v
		}
		if field != "" {
			form.Set(field, "other")
		}
		status, got := s.send(s.authority+"/v1/token", formType, form.Encode())
		var answer struct {
			Error string
			Token string `json:"access_token"`
		}
		if err := json.Unmarshal([]byte(got), &answer); err != nil || answer.Error != want || (status == 200) != (want == "") || (answer.Token != "") != (want == "") {
			t.Errorf("%s: status %d: %s", field, status, got)
		}
	}
}

func TestImpersonation(t *testing.T) {
	s := start(t, Options{}, core.Limits{})
	at := s.authority + "/v1/projects/-/serviceAccounts/" + s.place.account.email + ":generateAccessToken"
	bearer := "Bearer " + s.place.Credentials()["access_token"]
	good := `{"scope":["` + scope + `"],"lifetime":"600s"}`
	for _, tt := range []struct {
		name, to, bearer, body string
		status                 int
	}{
		{"good", at, bearer, good, 200},
		{"wrong token", at, "Bearer x", good, 401},
		{"no token", at, "", good, 401},
		{"other account", strings.Replace(at, "interline@", "other@", 1), bearer, good, 403},
		{"other method", strings.Replace(at, "generateAccessToken", "signJwt", 1), bearer, good, 403},
		{"scope", at, bearer, `{"scope":["x"]}`, 400},
		{"lifetime", at, bearer, strings.Replace(good, "600s", "90000s", 1), 400},
		{"no JSON", at, bearer, `x`, 400},
	} {
		status, got := s.send(tt.to, "application/json", tt.body, "Authorization", tt.bearer)
		if status != tt.status {
			t.Errorf("%s: status %d: %s", tt.name, status, got)
			continue
		}
		if status != 200 {
			s.refused(got)
			continue
		}
		var answer struct{ AccessToken, ExpireTime string }
		if err := json.Unmarshal([]byte(got), &answer); err != nil {
			t.Fatal(err)
		}
		ends, err := time.Parse(time.RFC3339, answer.ExpireTime)
		if left := time.Until(ends); err != nil || left < 9*time.Minute || left > 11*time.Minute {
			t.Errorf("%s: %s", tt.name, got)
		}
		if status, got := s.ask(project+flash+"generateContent", hi, "Authorization", "Bearer "+answer.AccessToken); status != 200 {
			t.Errorf("%s: its token: status %d: %s", tt.name, status, got)
		}
	}
}
