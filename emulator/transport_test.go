package emulator

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

func TestTokenOverTLS(t *testing.T) {
	file := filepath.Join(t.TempDir(), "emulator.pem")
	run := start(t, Options{Places: mustPlaces(t, "azure"), CertificateFile: file})
	written, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(written, run.CertificatePEM) {
		t.Fatalf("certificate file: %v", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(run.CertificatePEM) {
		t.Fatal("the certificate cannot be read")
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
	place := run.Place("azure")
	resp, err := client.PostForm(place.Authority+"/"+place.Credentials["tenant"]+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {place.Credentials["client"]},
		"client_secret": {place.Credentials["secret"]}, "scope": {"https://ai.azure.com/.default"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var token struct {
		Value string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&token); err != nil {
		t.Fatal(err)
	}
	mustAsk(t, 200, "POST", place.URL+"/openai/v1/chat/completions", hi, "Authorization", "Bearer "+token.Value)
}

func TestPlacesBehindTLS(t *testing.T) {
	run := start(t, Options{})
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(run.CertificatePEM)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
	for _, p := range run.Places {
		resp, err := client.Get(p.SecureURL + "/nowhere")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.Header.Get("X-Emulated-By") != "interline" {
			t.Errorf("%s answers %v", p.Name, resp.Header)
		}
	}
	if _, err := run.Drills().Add(core.Drill{Target: "bedrock", Kind: core.Down, Count: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Get(run.Place("bedrock").SecureURL); err == nil {
		t.Error("a place that is down answers behind TLS")
	}
}

// TestHTTP2WithoutTLS asks as AWS's JavaScript client does, with HTTP/2 from the
// first byte.
func TestHTTP2WithoutTLS(t *testing.T) {
	run := start(t, Options{})
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: &protocols}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 20 * time.Second}
	for _, s := range surfaces() {
		if _, err := run.Drills().Add(core.Drill{Target: s.place, Kind: core.Cut, After: 8, Count: 1}); err != nil {
			t.Fatal(err)
		}
		if got := s.askWith(t, client, run, true); got.err == nil || got.protocol != 2 || len(got.body) == 0 {
			t.Errorf("%s: HTTP/%d, %v: %q", s.name, got.protocol, got.err, got.body)
		}
		if row := only(t, run); !row.Cut || row.Usage.Output == 0 || row.Usage.Output > 10 {
			t.Errorf("%s: bill of what was cut %+v", s.name, row)
		}
		if got := s.askWith(t, client, run, true); got.err != nil || !s.whole(got.body) {
			t.Errorf("%s: after the drill %v: %q", s.name, got.err, got.body)
		}
		if row := only(t, run); row.Cut {
			t.Errorf("%s: bill %+v", s.name, row)
		}
	}
}
