package config

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/all"
	"github.com/interline-ai/interline/emulator"
	"github.com/interline-ai/interline/protocol"
)

// emulated starts the emulated clouds and returns a document about them.
func emulated(t *testing.T) (document string, client *http.Client) {
	t.Helper()
	run, err := emulator.Start(t.Context(), emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := run.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	at := make(map[string]emulator.Place)
	for _, p := range run.Places {
		at[p.Name] = p
	}
	aws, azure := at["bedrock"].Credentials, at["azure"].Credentials
	key := fmt.Sprintf("access_key_id: %q, secret_access_key: %q", aws["access_key_id"], aws["secret_access_key"])
	application := fmt.Sprintf("{tenant_id: %q, client_id: %q, client_secret: %q, authority: %q}",
		azure["tenant"], azure["client"], azure["secret"], at["azure"].Authority)
	document = fmt.Sprintf(`
places:
  openai: {kind: openai, endpoint: %q, api_key: %q}
  azure: {kind: azure, endpoint: %q, api_key: %q, api_version: "2024-10-21"}
  current: {kind: azure, endpoint: %q, entra: %s}
  dated: {kind: azure, endpoint: %q, entra: %s, api_version: "2024-10-21"}
  anthropic: {kind: anthropic, endpoint: %q, api_key: %q}
  signed: {kind: bedrock, region: %q, endpoint: %q, %s}
  bearer: {kind: bedrock, region: %q, endpoint: %q, api_key: %q}
models:
  m:
    deployments:
      - {place: openai, model: gpt-5.5}
      - {place: azure, model: gpt-5.5}
      - {place: current, model: gpt-5.5}
      - {place: dated, model: gpt-5.5}
      - {place: anthropic, model: claude-sonnet-5}
      - {place: signed, model: "openai.gpt-oss-120b-1:0"}
      - {place: bearer, model: us.anthropic.claude-haiku-4-5-20251001-v1:0}
`, at["openai"].URL, at["openai"].Credentials["key"], at["azure"].URL, azure["key"], at["azure"].URL, application, at["azure"].URL, application,
		at["anthropic"].URL, at["anthropic"].Credentials["key"], aws["region"], at["bedrock"].URL, key, aws["region"], at["bedrock"].URL, aws["api_key"])
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(run.CertificatePEM)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(transport.CloseIdleConnections)
	return document, &http.Client{Transport: transport}
}

// bodies are a small request in each language.
var bodies = map[string]string{
	protocol.ChatCompletions: `{"model":%q,"messages":[{"role":"user","content":"hi"}]}`,
	protocol.Messages:        `{"model":%q,"max_tokens":64,"messages":[{"role":"user","content":"hi"}]}`,
	protocol.Converse:        `{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":64}}`,
	protocol.Invoke:          `{"anthropic_version":"bedrock-2023-05-31","max_tokens":64,"messages":[{"role":"user","content":"hi"}]}`,
}

// TestAgainstTheEmulators takes a document all the way to an answer: what is
// called, signed and sent is what each cloud accepts.
func TestAgainstTheEmulators(t *testing.T) {
	document, client := emulated(t)
	c, err := Parse("interline.yaml", []byte(document), env(""))
	if err != nil {
		t.Fatal(err)
	}
	w, err := c.Build(all.Options{HTTP: client})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range w.Models[0].Deployments {
		for _, l := range d.Driver.Speaks(&d.Deployment, interline.OperationChat) {
			t.Run(d.Name+" "+l.Name(), func(t *testing.T) { ask(t, d, l, client) })
		}
	}
}

func ask(t *testing.T, d *cloud.Deployment, l protocol.Translator, client *http.Client) {
	body := bodies[l.Name()]
	if strings.Contains(body, "%q") {
		body = fmt.Sprintf(body, d.Model)
	}
	call, err := d.Driver.Call(&d.Deployment, l.Name(), &interline.Head{Operation: interline.OperationChat}, nil, protocol.Segments{[]byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := d.Signer.Sign(ctx, d.Origin, &call); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, d.Origin+call.Path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = call.Header
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v: %s", resp.StatusCode, err, answer)
	}
	events, err := l.Decoder(false).Decode(protocol.Frame{Data: answer})
	if err != nil || len(events) == 0 {
		t.Errorf("answer %s: %v", answer, err)
	}
}
