package vertex

import (
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/core"
	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// The grants and types of the token endpoints (RFC 7523, RFC 8693; Google's
// "Using OAuth 2.0 for server to server applications" and "Security Token
// Service API", 2026-10).
const (
	grantJWT      = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	grantExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
	typeAccess    = "urn:ietf:params:oauth:token-type:access_token"
	typeJWT       = "urn:ietf:params:oauth:token-type:jwt"
	typeIDToken   = "urn:ietf:params:oauth:token-type:id_token"
)

// googleToken is the audience that credential files without a token_uri of
// their own sign for.
const googleToken = "https://oauth2.googleapis.com/token"

// AuthorityHandler serves /token, /v1/token (the security token service) and
// /v1/projects/-/serviceAccounts/{email}:generateAccessToken.
func (p *place) AuthorityHandler(*core.Core) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", p.grant)
	mux.HandleFunc("POST /v1/token", p.exchange)
	mux.HandleFunc("POST /v1/projects/-/serviceAccounts/{account}", p.impersonate)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Emulated-By", "interline")
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		mux.ServeHTTP(w, r)
	})
}

// refusal is an error of a token endpoint, in OAuth's shape.
type refusal struct {
	Status      int    `json:"-"`
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, _ := json.Marshal(v) // plain values always encode
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// grant answers the JWT grant of a service account.
func (p *place) grant(w http.ResponseWriter, r *http.Request) {
	if refused := p.judgeAssertion(r); refused != nil {
		writeJSON(w, refused.Status, refused)
		return
	}
	token, _ := p.mint.issue(p.account.email, p.mint.life)
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": token, "expires_in": int(p.mint.life / time.Second), "token_type": "Bearer",
	})
}

// mostAssertion is how long an assertion may live.
const mostAssertion = time.Hour

func (p *place) judgeAssertion(r *http.Request) *refusal {
	if err := r.ParseForm(); err != nil {
		return &refusal{400, "invalid_request", "The request body could not be read as a form."}
	}
	if g := r.PostForm.Get("grant_type"); g != grantJWT {
		return &refusal{400, "unsupported_grant_type", "Invalid grant_type: " + g}
	}
	var c assertion
	err := p.account.Verify(r.PostForm.Get("assertion"), &c)
	now := time.Now().Unix()
	const skew = 300 // seconds a clock may be ahead
	switch {
	case err != nil:
		return &refusal{400, "invalid_grant", "Invalid JWT Signature."}
	case c.Issuer != p.account.email:
		return &refusal{400, "invalid_grant", "Invalid grant: account not found"}
	case c.Subject != "" && c.Subject != c.Issuer:
		return &refusal{401, "unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested."}
	case c.Audience != origin(r)+"/token" && c.Audience != googleToken:
		return &refusal{400, "invalid_grant", "Invalid JWT: Failed audience check. The right audience is " + origin(r) + "/token"}
	case c.Expires <= now || c.Issued > now+skew || c.Expires-c.Issued > int64(mostAssertion/time.Second):
		return &refusal{400, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."}
	case !scoped(strings.Fields(c.Scope)):
		return &refusal{400, "invalid_scope", "Invalid OAuth scope or ID token audience provided."}
	}
	return nil
}

// origin is the address under which the caller reached the authority.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func scoped(scopes []string) bool { return slices.Contains(scopes, scope) }

// exchange trades the subject token of workload identity federation for an
// access token.
func (p *place) exchange(w http.ResponseWriter, r *http.Request) {
	if refused := p.judgeSubject(r); refused != nil {
		writeJSON(w, refused.Status, refused)
		return
	}
	token, _ := p.mint.issue("principal:"+p.audience(), p.mint.life)
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": token, "issued_token_type": typeAccess, "token_type": "Bearer",
		"expires_in": int(p.mint.life / time.Second),
	})
}

func (p *place) judgeSubject(r *http.Request) *refusal {
	if err := r.ParseForm(); err != nil {
		return &refusal{400, "invalid_request", "The request body could not be read as a form."}
	}
	form := r.PostForm.Get
	kind := form("subject_token_type")
	switch {
	case form("grant_type") != grantExchange:
		return &refusal{400, "invalid_request", "Invalid value for \"grant_type\"."}
	case form("audience") != p.audience():
		return &refusal{400, "invalid_target", "The target service indicated by the \"audience\" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn't exist."}
	case form("requested_token_type") != typeAccess:
		return &refusal{400, "invalid_request", "Invalid value for \"requested_token_type\"."}
	case kind != typeJWT && kind != typeIDToken:
		return &refusal{400, "invalid_request", "Invalid value for \"subject_token_type\"."}
	case subtle.ConstantTimeCompare([]byte(form("subject_token")), []byte(p.SubjectToken)) != 1:
		return &refusal{400, "invalid_grant", "The given credential is rejected by the attribute condition."}
	case !scoped(strings.Fields(form("scope"))):
		return &refusal{400, "invalid_scope", "The scope must be " + scope + "."}
	}
	return nil
}

// impersonate gives the holder of an access token one of the service account
// (IAM Service Account Credentials API v1, 2026-10).
func (p *place) impersonate(w http.ResponseWriter, r *http.Request) {
	life, refused := p.judgeImpersonation(r)
	if refused != nil {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		w.WriteHeader(refused.Status)
		_, _ = w.Write(refused.Body())
		return
	}
	token, ends := p.mint.issue(p.account.email, life)
	writeJSON(w, http.StatusOK, map[string]string{"accessToken": token, "expireTime": ends.UTC().Format(time.RFC3339)})
}

func (p *place) judgeImpersonation(r *http.Request) (time.Duration, *rpc.Error) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if _, err := p.mint.principal(token); err != nil {
		return 0, unauthenticated(err, token == "", "google.iam.credentials.v1.IAMCredentials.GenerateAccessToken", "iamcredentials.googleapis.com")
	}
	email, ok := strings.CutSuffix(r.PathValue("account"), ":generateAccessToken")
	if !ok || email != p.account.email {
		return 0, &rpc.Error{
			Status:  http.StatusForbidden,
			Message: "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
			Details: []any{rpc.ErrorInfo("IAM_PERMISSION_DENIED", "iam.googleapis.com", map[string]string{"permission": "iam.serviceAccounts.getAccessToken"})},
		}
	}
	var q struct {
		Scope    []string `json:"scope"`
		Lifetime string   `json:"lifetime"`
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(body, &q) != nil {
		return 0, rpc.Invalid("Invalid JSON payload received. Unexpected token.")
	}
	if !scoped(q.Scope) {
		return 0, rpc.Invalid("The scope must be %s.", scope)
	}
	if q.Lifetime == "" {
		return p.mint.life, nil
	}
	seconds, err := strconv.Atoi(strings.TrimSuffix(q.Lifetime, "s"))
	if err != nil || seconds <= 0 || seconds > 3600 || !strings.HasSuffix(q.Lifetime, "s") {
		return 0, rpc.Invalid("The lifetime of the access token must be between 1s and 3600s, got %q.", q.Lifetime)
	}
	return min(p.mint.life, time.Duration(seconds)*time.Second), nil
}
