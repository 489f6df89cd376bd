package config

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/all"
	"github.com/interline-ai/interline/emulator"
	"github.com/interline-ai/interline/emulator/vertex"
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
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(run.CertificatePEM)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(transport.CloseIdleConnections)
	return aboutAll(t, run), &http.Client{Transport: transport}
}

// aboutAll is the document: every kind of place with every credential it takes,
// and every family of models there.
func aboutAll(t *testing.T, run *emulator.Running) string {
	openai, azure, anthropic, aws := run.Place("openai"), run.Place("azure"), run.Place("anthropic"), run.Place("bedrock")
	mantle, claude, gemini, google := run.Place("mantle"), run.Place("claudeaws"), run.Place("gemini"), run.Place("vertex")
	application := fmt.Sprintf("{tenant_id: %q, client_id: %q, client_secret: %q, authority: %q}",
		azure.Credentials["tenant"], azure.Credentials["client"], azure.Credentials["secret"], azure.Authority)
	account, err := vertex.File("service_account", google.Credentials, google.Authority, "")
	if err != nil {
		t.Fatal(err)
	}
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(google.Credentials["subject_token"]), 0o600); err != nil {
		t.Fatal(err)
	}
	federated, err := vertex.File("external_account", google.Credentials, google.Authority, token)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "federated.json")
	if err := os.WriteFile(file, federated, 0o600); err != nil {
		t.Fatal(err)
	}
	var places, deployments strings.Builder
	for name, at := range map[string]struct {
		kind  string
		place emulator.Place
		more  string
		model []string
	}{
		"openai":    {"openai", openai, fmt.Sprintf("api_key: %q", openai.Credentials["key"]), []string{"gpt-5.5"}},
		"azure":     {"azure", azure, fmt.Sprintf("api_key: %q, api_version: \"2024-10-21\"", azure.Credentials["key"]), []string{"gpt-5.5"}},
		"foundry":   {"azure", azure, fmt.Sprintf("api_key: %q", azure.Credentials["key"]), []string{"claude-sonnet-5"}},
		"current":   {"azure", azure, "entra: " + application, []string{"gpt-5.5", "claude-haiku-4-5"}},
		"dated":     {"azure", azure, "entra: " + application + `, api_version: "2024-10-21"`, []string{"gpt-5.5"}},
		"anthropic": {"anthropic", anthropic, fmt.Sprintf("api_key: %q", anthropic.Credentials["key"]), []string{"claude-sonnet-5"}},
		"signed":    {"bedrock", aws, signed(aws), []string{"openai.gpt-oss-120b-1:0", "us.openai.gpt-5.6-sol", "us.anthropic.claude-sonnet-5"}},
		"bearer":    {"bedrock", aws, keyed(aws), []string{"us.anthropic.claude-haiku-4-5-20251001-v1:0"}},
		"mantle":    {"bedrock-mantle", mantle, signed(mantle), []string{"openai.gpt-5.6-sol", "openai.gpt-oss-120b", "anthropic.claude-haiku-4-5"}},
		"mantlekey": {"bedrock-mantle", mantle, keyed(mantle), []string{"openai.gpt-5.6-sol"}},
		"platform":  {"anthropic-aws", claude, signed(claude) + fmt.Sprintf(", workspace_id: %q", claude.Credentials["workspace"]), []string{"claude-sonnet-5"}},
		"gemini":    {"gemini", gemini, fmt.Sprintf("api_key: %q", gemini.Credentials["key"]), []string{"gemini-3.8-flash"}},
		"vertex": {
			"vertex", google, fmt.Sprintf("project: %q, location: %q, credentials: %q", google.Credentials["project"], google.Credentials["location"], account),
			[]string{"gemini-3.8-flash", "claude-sonnet-5", "openai/gpt-oss-120b-maas"},
		},
		"federated": {"vertex", google, fmt.Sprintf("project: %q, location: %q, credentials_file: %q", google.Credentials["project"], google.Credentials["location"], file), []string{"gemini-3.8-flash"}},
		"express":   {"vertex", google, fmt.Sprintf("api_key: %q", google.Credentials["api_key"]), []string{"gemini-3.8-flash"}},
	} {
		fmt.Fprintf(&places, "  %s: {kind: %s, endpoint: %q, %s}\n", name, at.kind, at.place.URL, at.more)
		for _, model := range at.model {
			fmt.Fprintf(&deployments, "      - {place: %s, model: %q}\n", name, model)
		}
	}
	return "places:\n" + places.String() + "models:\n  m:\n    deployments:\n" + deployments.String()
}

func signed(p emulator.Place) string {
	return fmt.Sprintf("region: %q, access_key_id: %q, secret_access_key: %q",
		p.Credentials["region"], p.Credentials["access_key_id"], p.Credentials["secret_access_key"])
}

func keyed(p emulator.Place) string {
	return fmt.Sprintf("region: %q, api_key: %q", p.Credentials["region"], p.Credentials["api_key"])
}

// bodies are a small request in each language.
var bodies = map[string]string{
	protocol.ChatCompletions: `{"model":%q,"messages":[{"role":"user","content":"hi"}]}`,
	protocol.Messages:        `{"model":%q,"max_tokens":64,"messages":[{"role":"user","content":"hi"}]}`,
	protocol.Converse:        `{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":64}}`,
	protocol.Responses:       `{"model":%q,"input":"hi"}`,
	protocol.GenerateContent: `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`,
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
	o, err := l.Open(protocol.Spoken{Operation: interline.OperationChat, Model: d.Model}, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	patched, _ := l.Patch(o, protocol.Edits{})
	call, err := d.Driver.Call(&d.Deployment, l.Name(), &interline.Head{Operation: interline.OperationChat}, nil, patched)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := d.Signer.Sign(ctx, d.Origin, &call); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, d.Origin+call.Path, bytes.NewReader(call.Body.Bytes()))
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
