package openai_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator"
	"github.com/interline-ai/interline/emulator/openai"
)

// form writes a multipart form with a file first, as SDKs do.
func form(t *testing.T, name, content string, fields ...string) (body []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(part, content)
	for i := 0; i < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

// say sends one request and returns the status and the answer.
func say(t *testing.T, url, method, path, kind string, body []byte) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+openai.DefaultKey)
	r.Header.Set("Content-Type", kind)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

func begin(t *testing.T) *emulator.Running {
	t.Helper()
	places, err := emulator.Places("openai")
	if err != nil {
		t.Fatal(err)
	}
	run, err := emulator.Start(t.Context(), emulator.Options{Places: places})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Close(context.Background()) })
	return run
}

// A file is there from its upload until it is deleted.
func TestFiles(t *testing.T) {
	url := begin(t).Place("openai").URL
	body, kind := form(t, "a.txt", "hello", "purpose", "batch")
	status, text := say(t, url, "POST", "/v1/files", kind, body)
	var f struct{ ID, Filename, Purpose string }
	if err := json.Unmarshal([]byte(text), &f); err != nil || status != 200 || f.Filename != "a.txt" || f.Purpose != "batch" {
		t.Fatalf("upload: %d %s", status, text)
	}
	for _, tt := range []struct {
		method, path string
		status       int
		says         string
	}{
		{"GET", "/v1/files", 200, f.ID},
		{"GET", "/v1/files/" + f.ID, 200, `"bytes":5`},
		{"GET", "/v1/files/" + f.ID + "/content", 200, "hello"},
		{"PUT", "/v1/files/" + f.ID, 405, "GET, DELETE"},
		{"GET", "/v1/files/" + f.ID + "/x/y", 404, "Invalid URL"},
		{"DELETE", "/v1/files/" + f.ID, 200, `"deleted":true`},
		{"GET", "/v1/files/" + f.ID + "/content", 404, "No such File"},
		{"GET", "/v1/files", 200, `"data":[]`},
	} {
		if status, text := say(t, url, tt.method, tt.path, "", nil); status != tt.status || !strings.Contains(text, tt.says) {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, status, text)
		}
	}
}

// What is wrong is refused, and costs nothing.
func TestMediaRefusals(t *testing.T) {
	run := begin(t)
	url := run.Place("openai").URL
	for _, tt := range []struct{ path, body, says string }{
		{"/v1/moderations", `{}`, "'input'"},
		{"/v1/moderations", `{"input":7}`, "'input'"},
		{"/v1/moderations", `{"input":"x","model":"gpt-4.1"}`, "does not support"},
		{"/v1/images/generations", `{"model":"gpt-image-1"}`, "'prompt'"},
		{"/v1/images/generations", `{"model":"gpt-image-1","prompt":"x","n":11}`, "'n'"},
		{"/v1/images/generations", `{"model":"gpt-image-1","prompt":"x","quality":"best"}`, "Supported values"},
		{"/v1/images/generations", `{"model":"gpt-image-1","prompt":"x","odd":1}`, "Unknown parameter: 'odd'"},
		{"/v1/images/generations", `{`, "parse the JSON"},
		{"/v1/files", `{}`, "multipart"},
	} {
		if status, text := say(t, url, "POST", tt.path, "application/json", []byte(tt.body)); status != 400 || !strings.Contains(text, tt.says) {
			t.Errorf("%s %s: %d %s", tt.path, tt.body, status, text)
		}
	}
	for _, tt := range []struct {
		path, name string
		fields     []string
		says       string
	}{
		{"/v1/files", "a.txt", nil, "'purpose'"},
		{"/v1/files", "a.txt", []string{"purpose", "fun"}, "not one of"},
		{"/v1/audio/transcriptions", "a.wav", nil, "model parameter"},
		{"/v1/audio/transcriptions", "a.txt", []string{"model", "whisper-1"}, "unsupported"},
		{"/v1/audio/transcriptions", "a.wav", []string{"model", "whisper-1", "response_format", "srt"}, "not compatible"},
		{"/v1/audio/transcriptions", "a.wav", []string{"model", "gpt-4.1"}, "does not support"},
	} {
		body, kind := form(t, tt.name, "x", tt.fields...)
		if status, text := say(t, url, "POST", tt.path, kind, body); status != 400 || !strings.Contains(text, tt.says) {
			t.Errorf("%s %v: %d %s", tt.path, tt.fields, status, text)
		}
	}
	if rows := run.Bill().Rows(""); len(rows) != 0 {
		t.Errorf("billed %+v", rows)
	}
}

// What is made is billed by the token; a transcription by the second is not.
func TestMediaBill(t *testing.T) {
	run := begin(t)
	url := run.Place("openai").URL
	if status, text := say(t, url, "POST", "/v1/images/generations", "application/json", []byte(`{"model":"gpt-image-1","prompt":"a dot","n":2,"quality":"low"}`)); status != 200 || !strings.Contains(text, `"output_tokens":544`) {
		t.Errorf("images: %d %s", status, text)
	}
	for _, model := range []string{"gpt-4o-transcribe", "whisper-1"} {
		body, kind := form(t, "a.wav", strings.Repeat("x", 6400), "model", model)
		if status, text := say(t, url, "POST", "/v1/audio/transcriptions", kind, body); status != 200 {
			t.Errorf("%s: %d %s", model, status, text)
		}
	}
	rows := run.Bill().Rows("openai")
	if len(rows) != 3 || rows[0].Usage.Output != 544 || rows[1].Usage.Input != 2 || rows[2].Usage.Total() != 0 {
		t.Errorf("billed %+v", rows)
	}
}
