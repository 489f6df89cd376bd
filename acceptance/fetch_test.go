package acceptance

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator"
)

// TestPicturesByAddress: where a cloud fetches nothing the gateway does, from hosts
// that may be fetched from and no others.
func TestPicturesByAddress(t *testing.T) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 24, 16))); err != nil {
		t.Fatal(err)
	}
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(picture.Bytes()) }))
	t.Cleanup(files.Close)
	run := emulate(t, emulator.Options{})
	b, g, o := run.Place("bedrock"), run.Place("gemini"), run.Place("openai")
	config := fmt.Sprintf(`keys: [{name: %s, key: %s}]
places:
  bedrock: {kind: bedrock, endpoint: %q, region: %s, api_key: %q}
  gemini: {kind: gemini, endpoint: %q, api_key: %q}
  openai: {kind: openai, endpoint: %q, api_key: %q}
models:
  claude: {deployments: [{place: bedrock, model: us.anthropic.claude-haiku-4-5-20251001-v1:0}]}
  gemini: {deployments: [{place: gemini, model: gemini-2.5-flash}]}
  either: {deployments: [{place: gemini, model: gemini-2.5-flash}, {place: openai, model: gpt-4.1}]}
`, keyName, keyText, b.URL, b.Credentials["region"], b.Credentials["api_key"], g.URL, g.Credentials["key"], o.URL, o.Credentials["key"])
	_, open := up(t, t.TempDir(), config+fmt.Sprintf("fetch: {allow: [%q]}\n", strings.TrimPrefix(files.URL, "http://")))
	_, shut := up(t, t.TempDir(), config)
	said := fmt.Sprintf("image/png of %d bytes, 24x16 pixels", picture.Len())
	for _, model := range []string{"claude", "gemini"} {
		body := fmt.Sprintf(`{"model":%q,"max_tokens":2000,"messages":[{"role":"user","content":[{"type":"text","text":"What is it?"},{"type":"image_url","image_url":{"url":"%s/a.png"}}]}]}`, model, files.URL)
		if status, losses, answer := chatAt(t, open.URL, body); status != 200 || !strings.Contains(answer, said) || !strings.Contains(losses, "messages[0].content[1]=emulated") {
			t.Errorf("%s: %d %s, losses %q", model, status, answer, losses)
		}
		if status, _, answer := chatAt(t, shut.URL, body); status != 400 || !strings.Contains(answer, "the cloud does not fetch it, and the gateway could not") {
			t.Errorf("%s, not allowed: %d %s", model, status, answer)
		}
	}
	// What cannot be fetched here another cloud may fetch: OpenAI's takes addresses.
	body := fmt.Sprintf(`{"model":"either","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"%s/a.png"}}]}]}`, files.URL)
	if status, _, answer := chatAt(t, shut.URL, body); status != 200 {
		t.Errorf("served by nobody: %d %s", status, answer)
	}
}

func chatAt(t *testing.T, url, body string) (status int, losses, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+keyText)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("X-Interline-Losses"), string(b)
}
