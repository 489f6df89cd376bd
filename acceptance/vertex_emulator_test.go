package acceptance

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/anthropics/anthropic-sdk-go"
	aoption "github.com/anthropics/anthropic-sdk-go/option"
	avertex "github.com/anthropics/anthropic-sdk-go/vertex"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"google.golang.org/genai"

	"github.com/interline-ai/interline/emulator"
	"github.com/interline-ai/interline/emulator/core"
	"github.com/interline-ai/interline/emulator/vertex"
)

const cloudPlatform = "https://www.googleapis.com/auth/cloud-platform"

// trusting returns a context whose OAuth client trusts the emulator.
func trusting(t *testing.T, run *emulator.Running) context.Context {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(run.CertificatePEM)
	client := &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	return context.WithValue(t.Context(), oauth2.HTTPClient, client)
}

// credentialFiles are the files a caller of the place may have.
func credentialFiles(t *testing.T, at emulator.Place) map[string][]byte {
	t.Helper()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(at.Credentials["subject_token"]), 0o600); err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]byte)
	for _, kind := range []string{"service_account", "external_account", "impersonation"} {
		file, err := vertex.File(kind, at.Credentials, at.Authority, token)
		if err != nil {
			t.Fatal(err)
		}
		files[kind] = file
	}
	return files
}

func vertexConfig(at emulator.Place, client *http.Client) *genai.ClientConfig {
	return &genai.ClientConfig{
		Backend: genai.BackendVertexAI, Project: at.Credentials["project"], Location: at.Credentials["location"], HTTPClient: client,
		HTTPOptions: genai.HTTPOptions{BaseURL: at.URL, RetryOptions: &genai.HTTPRetryOptions{Attempts: genai.Ptr[int32](1)}},
	}
}

// TestVertexDirect lets genai judge the emulated Vertex AI, with the tokens that
// golang.org/x/oauth2/google gets for the place's own service account.
func TestVertexDirect(t *testing.T) {
	run := startEmulator(t, "vertex")
	at := run.Place("vertex")
	ctx := trusting(t, run)
	cred, err := google.CredentialsFromJSON(ctx, credentialFiles(t, at)["service_account"], cloudPlatform)
	if err != nil {
		t.Fatal(err)
	}
	judgeGoogle(t, run, "vertex", vertexConfig(at, oauth2.NewClient(ctx, cred.TokenSource)))
}

// TestVertexCredentials asks once with each kind of credential file, with an
// API key in express mode, and with tokens that are wrong.
func TestVertexCredentials(t *testing.T) {
	run := startEmulator(t, "vertex")
	at := run.Place("vertex")
	ctx := trusting(t, run)
	ask := func(t *testing.T, cfg *genai.ClientConfig) error {
		sdk, err := genai.NewClient(ctx, cfg)
		if err != nil {
			t.Fatal(err)
		}
		_, err = sdk.Models.GenerateContent(ctx, flash25, genai.Text("hello"), nil)
		return err
	}
	for name, file := range credentialFiles(t, at) {
		t.Run(name, func(t *testing.T) {
			cred, err := google.CredentialsFromJSON(ctx, file, cloudPlatform)
			if err != nil {
				t.Fatal(err)
			}
			if err := ask(t, vertexConfig(at, oauth2.NewClient(ctx, cred.TokenSource))); err != nil {
				t.Error(err)
			}
		})
		t.Run(name+"/wrong scope", func(t *testing.T) {
			cred, err := google.CredentialsFromJSON(ctx, file, "https://www.googleapis.com/auth/drive")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := cred.TokenSource.Token(); err == nil {
				t.Error("a token was issued for another scope")
			}
		})
	}
	t.Run("express", func(t *testing.T) {
		cfg := vertexConfig(at, &http.Client{})
		cfg.Project, cfg.Location, cfg.APIKey = "", "", at.Credentials["api_key"]
		if err := ask(t, cfg); err != nil {
			t.Error(err)
		}
	})
	for name, token := range map[string]string{"foreign": "ya29.other", "changed": at.Credentials["access_token"] + "x"} {
		t.Run(name, func(t *testing.T) {
			err := ask(t, vertexConfig(at, oauth2.NewClient(ctx, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}))))
			var e genai.APIError
			if !errors.As(err, &e) || e.Code != 401 || e.Status != "UNAUTHENTICATED" || len(e.Details) == 0 {
				t.Errorf("error %v, want 401 with details", err)
			}
		})
	}
}

// redirect sends every request to the emulator, whatever host it names:
// anthropic-sdk-go knows the hosts of Vertex AI only.
type redirect struct{ host string }

func (r redirect) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.URL.Scheme, req.URL.Host, req.Host = "http", r.host, r.host
	return http.DefaultTransport.RoundTrip(req)
}

// TestVertexClaude lets anthropic-sdk-go's vertex package judge Claude on the
// emulated Vertex AI.
func TestVertexClaude(t *testing.T) {
	run := startEmulator(t, "vertex")
	at := run.Place("vertex")
	ctx, cancel := context.WithTimeout(trusting(t, run), 30*time.Second)
	defer cancel()
	cred, err := google.CredentialsFromJSON(ctx, credentialFiles(t, at)["service_account"], cloudPlatform)
	if err != nil {
		t.Fatal(err)
	}
	sdk := anthropic.NewClient(
		aoption.WithHTTPClient(&http.Client{Timeout: patience, Transport: redirect{strings.TrimPrefix(at.URL, "http://")}}),
		aoption.WithMaxRetries(0),
		avertex.WithCredentials(ctx, at.Credentials["location"], at.Credentials["project"], cred),
	)
	params := func(model, text string) anthropic.MessageNewParams {
		return anthropic.MessageNewParams{
			Model: anthropic.Model(model), MaxTokens: 400,
			Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(text))},
		}
	}
	var whole *anthropic.Message
	for _, model := range []string{"claude-sonnet-4-5", "claude-sonnet-4-5@20250929", "claude-opus-4-8"} {
		if whole, err = sdk.Messages.New(ctx, params(model, "write 60 words")); err != nil {
			t.Fatalf("%s: %v", model, err)
		}
		if whole.StopReason != anthropic.StopReasonEndTurn || !strings.HasPrefix(whole.ID, "msg_vrtx_") || whole.Usage.OutputTokens == 0 {
			t.Errorf("%s: %s", model, whole.RawJSON())
		}
	}
	stream := sdk.Messages.NewStreaming(ctx, params("claude-opus-4-8", "write 60 words"))
	var heard anthropic.Message
	for stream.Next() {
		if err := heard.Accumulate(stream.Current()); err != nil {
			t.Fatal(err)
		}
	}
	if err := stream.Err(); err != nil || len(heard.Content) != 1 || heard.Content[0].Text != whole.Content[0].Text || heard.Usage.OutputTokens != whole.Usage.OutputTokens {
		t.Errorf("streamed %s, %v; want %s", heard.RawJSON(), err, whole.RawJSON())
	}
	counted, err := sdk.Messages.CountTokens(ctx, anthropic.MessageCountTokensParams{
		Model: "claude-opus-4-8", Messages: params("", "write 60 words").Messages,
	})
	if err != nil || counted.InputTokens != whole.Usage.InputTokens {
		t.Errorf("counted %+v, %v; used %d", counted, err, whole.Usage.InputTokens)
	}
	refusedClaude(t, 404, func() error { _, err := sdk.Messages.New(ctx, params("claude-0", "hello")); return err })
	refusedClaude(t, 404, func() error {
		_, err := sdk.Messages.New(ctx, params("claude-sonnet-4-5@20200101", "hello"))
		return err
	})
	if _, err := run.Drills().Add(core.Drill{Target: "vertex", Kind: core.Throttle, Count: 1}); err != nil {
		t.Fatal(err)
	}
	refusedClaude(t, 429, func() error { _, err := sdk.Messages.New(ctx, params("claude-opus-4-8", "hello")); return err })
	claudeCut(t, run, func() error {
		stream := sdk.Messages.NewStreaming(ctx, params("claude-opus-4-8", "write 60 words"))
		for stream.Next() {
		}
		return stream.Err()
	})
}

func refusedClaude(t *testing.T, status int, ask func() error) {
	t.Helper()
	var e *anthropic.Error
	if err := ask(); !errors.As(err, &e) || e.StatusCode != status {
		t.Errorf("error %v, want %d", err, status)
		return
	}
	var body struct {
		Error struct {
			Code   int
			Status string
		}
	}
	if err := json.Unmarshal([]byte(e.RawJSON()), &body); err != nil || body.Error.Code != status || body.Error.Status == "" {
		t.Errorf("body %s, %v: it is not Google's", e.RawJSON(), err)
	}
}

// claudeCut breaks a stream off and looks at the bill.
func claudeCut(t *testing.T, run *emulator.Running, listen func() error) {
	t.Helper()
	run.Bill().Clear()
	if _, err := run.Drills().Add(core.Drill{Target: "vertex", Kind: core.Cut, Count: 1, After: 10}); err != nil {
		t.Fatal(err)
	}
	if err := listen(); err == nil {
		t.Error("a cut stream had no error")
	}
	if rows := run.Bill().Rows("vertex"); len(rows) != 1 || !rows[0].Cut || rows[0].Usage.Output == 0 {
		t.Errorf("bill %+v", rows)
	}
}

// TestGoogleCompatible lets openai-go judge the OpenAI-compatible doors of both
// places.
func TestGoogleCompatible(t *testing.T) {
	run := startEmulator(t, "gemini", "vertex")
	v, g := run.Place("vertex"), run.Place("gemini")
	path := "/v1/projects/" + v.Credentials["project"] + "/locations/" + v.Credentials["location"] + "/endpoints/openapi"
	for _, c := range []struct{ name, base, key, model string }{
		{"gemini", g.URL + "/v1beta/openai", g.Credentials["key"], flash25},
		{"vertex gemini", v.URL + path, v.Credentials["access_token"], "google/" + flash38},
		{"vertex gpt-oss", v.URL + path, v.Credentials["access_token"], "openai/gpt-oss-120b-maas"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sdk := openai.NewClient(option.WithBaseURL(c.base), option.WithAPIKey(c.key), option.WithMaxRetries(0))
			got, err := sdk.Chat.Completions.New(t.Context(), openai.ChatCompletionNewParams{
				Model: c.model, Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("What is the capital of France?")},
			})
			if err != nil || !strings.Contains(got.Choices[0].Message.Content, "capital of France?") || got.Usage.TotalTokens == 0 {
				t.Errorf("%+v, %v", got, err)
			}
			_, err = sdk.Chat.Completions.New(t.Context(), openai.ChatCompletionNewParams{
				Model: "nobody/nothing", Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("hello")},
			})
			var e *openai.Error
			if !errors.As(err, &e) || e.StatusCode != 404 {
				t.Errorf("error %v, want 404", err)
			}
		})
	}
}
