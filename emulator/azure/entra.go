package azure

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// tokenLife is how long a token lasts: within Entra's 60 to 90 minutes.
const tokenLife = 65 * time.Minute

// entra is the token endpoint of one tenant with one application.
type entra struct {
	tenant, client, secret, federated string
	signer                            *core.Signer
}

func newEntra(o Options) *entra {
	return &entra{
		tenant: o.Tenant, client: o.Client, secret: o.Secret, federated: o.FederatedToken,
		signer: core.NewSigner("emulated-1"),
	}
}

// The endpoints below a tenant, and the one that tells where those are.
const (
	tokenPath     = "oauth2/v2.0/token"
	discoveryPath = "v2.0/.well-known/openid-configuration"
	keysPath      = "discovery/v2.0/keys"
	instancePath  = "/common/discovery/instance"
)

// knows says whether a path is one of the endpoints.
func (e *entra) knows(path string) bool {
	_, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return path == instancePath || rest == tokenPath || rest == discoveryPath || rest == keysPath
}

// ServeHTTP serves the endpoints (Microsoft identity platform docs, 2026-11).
func (e *entra) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Emulated-By", "interline")
	tenant, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == instancePath && r.Method == http.MethodGet:
		writeJSON(w, http.StatusOK, e.instance(r))
	case rest == tokenPath && r.Method == http.MethodPost:
		e.token(w, r, tenant)
	case rest == discoveryPath && r.Method == http.MethodGet:
		writeJSON(w, http.StatusOK, e.discovery(r, tenant))
	case rest == keysPath && r.Method == http.MethodGet:
		writeJSON(w, http.StatusOK, keySet(e.signer))
	default:
		writeJSON(w, http.StatusNotFound, map[string]string{"error": "not_found", "error_description": "no such endpoint"})
	}
}

// origin is the address under which the caller reached the emulator.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func (e *entra) instance(r *http.Request) any {
	return map[string]any{
		"tenant_discovery_endpoint": origin(r) + "/" + e.tenant + "/" + discoveryPath,
		"api-version":               "1.1",
		"metadata": []any{map[string]any{
			"preferred_network": r.Host, "preferred_cache": r.Host, "aliases": []string{r.Host},
		}},
	}
}

func (e *entra) discovery(r *http.Request, tenant string) any {
	at := origin(r) + "/" + tenant + "/"
	return map[string]any{
		"issuer":                                at + "v2.0",
		"token_endpoint":                        at + tokenPath,
		"authorization_endpoint":                at + "oauth2/v2.0/authorize",
		"jwks_uri":                              at + keysPath,
		"response_types_supported":              []string{"code", "id_token"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt"},
	}
}

// token answers a request for a token with the client's own credentials.
func (e *entra) token(w http.ResponseWriter, r *http.Request, tenant string) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil {
		refusal{400, "invalid_request", 900144, "The request body could not be read as a form."}.write(w)
		return
	}
	audience, refused := e.judge(r.PostForm.Get, tenant)
	if refused != nil {
		refused.write(w)
		return
	}
	now := time.Now()
	jwt, err := e.signer.Sign(claims{
		Audience: audience, Issuer: origin(r) + "/" + e.tenant + "/v2.0", Tenant: e.tenant,
		App: e.client, Subject: e.client, Version: "2.0",
		Issued: now.Unix(), NotBefore: now.Unix(), Expires: now.Add(tokenLife).Unix(),
	})
	if err != nil {
		refusal{500, "server_error", 90033, "A token could not be signed."}.write(w)
		return
	}
	life := int(tokenLife / time.Second)
	writeJSON(w, http.StatusOK, map[string]any{
		"token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": jwt,
	})
}

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// judge checks a token request and returns the audience it asked for.
func (e *entra) judge(form func(string) string, tenant string) (audience string, refused *refusal) {
	switch {
	case !strings.EqualFold(tenant, e.tenant):
		return "", &refusal{400, "invalid_request", 90002, "Tenant '" + tenant + "' not found."}
	case form("grant_type") != "client_credentials":
		return "", &refusal{400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type '" + form("grant_type") + "'."}
	case !strings.EqualFold(form("client_id"), e.client):
		return "", &refusal{400, "unauthorized_client", 700016, "Application with identifier '" + form("client_id") + "' was not found in the directory."}
	}
	secret, assertion := form("client_secret"), form("client_assertion")
	switch {
	case assertion != "" && form("client_assertion_type") != assertionType:
		return "", &refusal{400, "invalid_request", 50027, "The client_assertion_type must be " + assertionType + "."}
	case assertion != "" && !same(assertion, e.federated):
		return "", &refusal{401, "invalid_client", 700213, "No matching federated identity record found for the presented assertion."}
	case assertion == "" && secret == "":
		return "", &refusal{401, "invalid_client", 7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."}
	case assertion == "" && !same(secret, e.secret):
		return "", &refusal{401, "invalid_client", 7000215, "Invalid client secret provided."}
	}
	for scope := range strings.FieldsSeq(form("scope")) {
		resource, ok := strings.CutSuffix(scope, "/.default")
		resource = strings.TrimSuffix(resource, "/")
		if ok && (resource == audienceCognitive || resource == audienceFoundry) {
			return resource, nil
		}
	}
	return "", &refusal{400, "invalid_scope", 1002012, "The provided value for scope '" + form("scope") +
		"' is not valid. It must be " + audienceCognitive + "/.default or " + audienceFoundry + "/.default."}
}

// refusal is an error of the token endpoint.
type refusal struct {
	status int
	code   string
	number int
	text   string
}

func (r refusal) write(w http.ResponseWriter) {
	writeJSON(w, r.status, map[string]any{
		"error":             r.code,
		"error_description": "AADSTS" + strconv.Itoa(r.number) + ": " + r.text + " (Emulated.)",
		"error_codes":       []int{r.number},
		"timestamp":         time.Now().UTC().Format("2006-01-02 15:04:05Z"),
	})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, _ := json.Marshal(v) // plain values always encode
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store, no-cache")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
