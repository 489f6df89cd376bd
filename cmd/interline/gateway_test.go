package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline/config"
)

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("test.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

const open1 = `listen: 127.0.0.1:0
places: {openai: {kind: openai, api_key: x}}
models: {m: {deployments: [{place: openai, model: gpt-4.1}]}}
`

// The keys of a door that others can reach cannot be taken away, whatever
// address the new document says.
func TestReloadKeepsKeys(t *testing.T) {
	g := &gateway{log: slog.New(slog.DiscardHandler), address: "http://192.0.2.1:7171", bound: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 7171}}
	if err := g.reload(parse(t, open1)); err == nil || !strings.Contains(err.Error(), "keys are needed") {
		t.Errorf("err = %v", err)
	}
}

// A gateway steps into a new world and says when it listens elsewhere than the
// document says; one that drains ends.
func TestOpenReloadClose(t *testing.T) {
	var said bytes.Buffer
	g, err := open(context.Background(), parse(t, open1), nil, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := g.reload(parse(t, strings.Replace(open1, "127.0.0.1:0", "127.0.0.1:1", 1))); err != nil {
		t.Error(err)
	}
	if !strings.Contains(said.String(), "listen is read at start only") {
		t.Errorf("log: %s", said.String())
	}
	self := strings.Replace(open1, "api_key: x", "api_key: x, endpoint: \""+g.address+"/v1\"", 1)
	if err := g.reload(parse(t, self)); err == nil || !strings.Contains(err.Error(), "this gateway itself") {
		t.Errorf("a gateway became its own cloud: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- g.close() }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-ctx.Done():
		t.Error("it did not end")
	}
}

// certify writes a certificate for loopback and its key, and returns the files.
func certify(t *testing.T, dir, name string) (certificate, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	certificate, key = filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key")
	for file, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return certificate, key, pool
}

// HTTPS is served with HTTP/2, and the certificate is read again on a reload.
func TestHTTPS(t *testing.T) {
	dir := t.TempDir()
	document := func(name string) (*config.Config, *x509.CertPool) {
		certificate, key, pool := certify(t, dir, name)
		return parse(t, open1+"tls: {certificate: "+certificate+", key: "+key+"}\n"), pool
	}
	first, trusted := document("first")
	g, err := open(t.Context(), first, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := g.close(); err != nil {
			t.Error(err)
		}
	}()
	get := func(pool *x509.CertPool) (string, error) {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
		defer transport.CloseIdleConnections()
		res, err := (&http.Client{Transport: transport, Timeout: 5 * time.Second}).Get(g.address + "/healthz")
		if err != nil {
			return "", err
		}
		return res.Proto, res.Body.Close()
	}
	if proto, err := get(trusted); err != nil || proto != "HTTP/2.0" {
		t.Errorf("%q %v", proto, err)
	}
	second, other := document("second")
	if err := g.reload(second); err != nil {
		t.Fatal(err)
	}
	if _, err := get(other); err != nil {
		t.Errorf("the new certificate is not shown: %v", err)
	}
	if _, err := get(trusted); err == nil {
		t.Error("the old certificate is still shown")
	}
	if _, err := config.Parse("bad.yaml", []byte(open1+"tls: {certificate: nowhere.crt, key: nowhere.key}\n"), nil); err == nil || !strings.Contains(err.Error(), "cannot be used") {
		t.Errorf("err = %v", err)
	}
}
