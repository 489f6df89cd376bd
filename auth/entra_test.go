package auth

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const scope = "https://ai.azure.com/.default"

// authority is an Entra ID that knows one tenant.
type authority struct {
	*httptest.Server
	tokens atomic.Int64
	form   atomic.Pointer[map[string]string]
}

func newAuthority(t *testing.T) *authority {
	a := &authority{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tenant-1/v2.0/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"token_endpoint":"%[1]s/tenant-1/oauth2/v2.0/token","authorization_endpoint":"%[1]s/a","issuer":"%[1]s/tenant-1/v2.0"}`, a.URL)
	})
	mux.HandleFunc("POST /tenant-1/oauth2/v2.0/token", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		form := make(map[string]string)
		for _, name := range []string{"grant_type", "client_id", "client_secret", "scope", "client_assertion"} {
			form[name] = r.PostFormValue(name)
		}
		a.form.Store(&form)
		if form["client_secret"] == "wrong" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprint(w, `{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided."}`)
			return
		}
		_, _ = fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3600,"access_token":"entra-%d"}`, a.tokens.Add(1))
	})
	a.Server = httptest.NewTLSServer(mux)
	t.Cleanup(a.Close)
	return a
}

func (a *authority) options(secret string) EntraOptions {
	return EntraOptions{
		TenantID: "tenant-1", ClientID: "client-1", ClientSecret: NewSecret(secret), Scope: scope, Authority: a.URL, HTTP: a.Client(),
	}
}

func TestEntraClientSecret(t *testing.T) {
	a := newAuthority(t)
	s := Entra(a.options("good"))
	if n := a.tokens.Load(); n != 0 {
		t.Errorf("making the signer fetched %d tokens", n)
	}
	for range 3 {
		h, err := sign(t.Context(), s)
		if err != nil || h.Get("Authorization") != "Bearer entra-1" {
			t.Fatalf("header %v, %v", h, err)
		}
	}
	form := *a.form.Load()
	if form["grant_type"] != "client_credentials" || form["client_id"] != "client-1" || !strings.Contains(form["scope"], scope) {
		t.Errorf("asked with %v", form)
	}
	s.(*entra).tokens.current.fetched = time.Now().Add(-time.Hour)
	if !s.Renew() {
		t.Error("an old token is not renewed")
	}
	if h, err := sign(t.Context(), s); err != nil || h.Get("Authorization") != "Bearer entra-2" {
		t.Errorf("after renewing: %v, %v", h, err)
	}
}

func TestEntraRefuses(t *testing.T) {
	a := newAuthority(t)
	_, err := sign(t.Context(), Entra(a.options("wrong")))
	if err == nil || !strings.Contains(err.Error(), "AADSTS7000215") || !strings.Contains(err.Error(), scope) {
		t.Errorf("error %v", err)
	}
	o := a.options(canary)
	o.TenantID = "no-such-tenant"
	if _, err = sign(t.Context(), Entra(o)); err == nil || strings.Contains(err.Error(), canary) {
		t.Errorf("error %v", err)
	}
	o = a.options("good")
	o.HTTP = &http.Client{Transport: &http.Transport{TLSClientConfig: a.Client().Transport.(*http.Transport).TLSClientConfig.Clone()}}
	o.HTTP.Transport.(*http.Transport).TLSClientConfig.RootCAs = x509.NewCertPool()
	if _, err = sign(t.Context(), Entra(o)); err == nil {
		t.Error("an authority with a certificate of nobody's is trusted")
	}
}

func TestEntraWorkload(t *testing.T) {
	a := newAuthority(t)
	file := filepath.Join(t.TempDir(), "federated")
	if err := os.WriteFile(file, []byte("federated-token"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := a.options("")
	o.TokenFile = file
	h, err := sign(t.Context(), Entra(o))
	if err != nil || h.Get("Authorization") != "Bearer entra-1" {
		t.Fatalf("header %v, %v", h, err)
	}
	if form := *a.form.Load(); form["client_assertion"] != "federated-token" {
		t.Errorf("asked with %v", form)
	}
}
