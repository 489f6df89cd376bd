package acceptance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/interline-ai/interline/emulator"
	"github.com/interline-ai/interline/emulator/core"
)

// passConfig is a gateway before one emulated OpenAI, whose models have other names
// at the gateway than at the place.
func passConfig(run *emulator.Running, more string) string {
	p := run.Place("openai")
	return fmt.Sprintf("keys:\n  - {name: %s, key: %s}\nplaces:\n  openai: %s\n%smodels:\n", keyName, keyText, keyed("openai", "")(p), more) +
		"  painter: {deployments: [{place: openai, model: gpt-image-1}]}\n" +
		"  moderator: {deployments: [{place: openai, model: omni-moderation-latest}]}\n" +
		"  ears: {deployments: [{place: openai, model: gpt-4o-transcribe}]}\n"
}

// TestPass lets OpenAI's SDK do what the gateway has no route for.
func TestPass(t *testing.T) {
	t.Parallel()
	run := emulate(t, emulatorOf(t, "openai"))
	_, g := up(t, t.TempDir(), passConfig(run, ""))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := openai.NewClient(option.WithBaseURL(g.URL+"/v1"), option.WithAPIKey(g.Key), option.WithMaxRetries(0))
	t.Run("files", func(t *testing.T) { passFiles(ctx, t, c) })
	t.Run("moderations", func(t *testing.T) {
		m, err := c.Moderations.New(ctx, openai.ModerationNewParams{
			Model: "moderator", Input: openai.ModerationNewParamsInputUnion{OfString: openai.String("I will kill the process")},
		})
		if err != nil || len(m.Results) != 1 || !m.Results[0].Flagged || !m.Results[0].Categories.Violence {
			t.Fatalf("%+v, %v", m, err)
		}
	})
	t.Run("images", func(t *testing.T) {
		var res *http.Response
		got, err := c.Images.Generate(ctx, openai.ImageGenerateParams{Model: "painter", Prompt: "a red dot", Quality: "low"}, option.WithResponseInto(&res))
		if err != nil || len(got.Data) != 1 || got.Data[0].B64JSON == "" {
			t.Fatalf("%+v, %v", got, err)
		}
		billed(ctx, t, g, run, res, "gpt-image-1", got.Usage.InputTokens, got.Usage.OutputTokens)
	})
	t.Run("transcriptions", func(t *testing.T) {
		var res *http.Response
		got, err := c.Audio.Transcriptions.New(ctx, openai.AudioTranscriptionNewParams{
			File: openai.File(bytes.NewReader(make([]byte, 100_000)), "speech.wav", "audio/wav"), Model: "ears",
		}, option.WithResponseInto(&res))
		if err != nil || got.Text == "" {
			t.Fatalf("%+v, %v", got, err)
		}
		billed(ctx, t, g, run, res, "gpt-4o-transcribe", got.Usage.InputTokens, got.Usage.OutputTokens)
	})
	t.Run("errors", func(t *testing.T) {
		_, err := c.Images.Generate(ctx, openai.ImageGenerateParams{Model: "painter", Prompt: "a dot", Size: "3x3"})
		wantError(t, err, http.StatusBadRequest, "Only square pictures")
		_, err = c.Images.Generate(ctx, openai.ImageGenerateParams{Model: "nobody", Prompt: "a dot"})
		wantError(t, err, http.StatusNotFound, "nobody")
		_, err = c.Files.Get(ctx, "file-none")
		wantError(t, err, http.StatusNotFound, "No such File")
	})
}

// passFiles: a file's id says nothing of where it is, so the only place is asked.
func passFiles(ctx context.Context, t *testing.T, c openai.Client) {
	content := bytes.Repeat([]byte("All of this is worth keeping.\n"), 100_000) // 3 MB
	f, err := c.Files.New(ctx, openai.FileNewParams{
		File: openai.File(bytes.NewReader(content), "notes.txt", "text/plain"), Purpose: openai.FilePurposeUserData,
	})
	if err != nil || f.Bytes != int64(len(content)) {
		t.Fatalf("new: %+v, %v", f, err)
	}
	if got, err := c.Files.Get(ctx, f.ID); err != nil || got.Filename != "notes.txt" {
		t.Fatalf("get: %+v, %v", got, err)
	}
	res, err := c.Files.Content(ctx, f.ID)
	if err != nil {
		t.Fatalf("content: %v", err)
	}
	defer func() { _ = res.Body.Close() }()
	if got, err := io.ReadAll(res.Body); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("content: %d bytes of %d, %v", len(got), len(content), err)
	}
	if got, err := c.Files.Delete(ctx, f.ID); err != nil || !got.Deleted {
		t.Fatalf("delete: %+v, %v", got, err)
	}
	_, err = c.Files.Get(ctx, f.ID)
	wantError(t, err, http.StatusNotFound, f.ID)
}

// billed holds what an answer told, and what the gateway recorded, against the
// cloud's bill.
func billed(ctx context.Context, t *testing.T, g Gateway, run *emulator.Running, res *http.Response, model string, in, out int64) {
	t.Helper()
	rows := run.Bill().Rows("openai")
	if len(rows) == 0 {
		t.Fatal("nothing is billed")
	}
	row := rows[len(rows)-1]
	if row.Model != model || int64(row.Usage.Input) != in || int64(row.Usage.Output) != out {
		t.Errorf("billed %s %+v, told %d and %d", row.Model, row.Usage, in, out)
	}
	rec, err := g.Records.Find(ctx, res.Header.Get("X-Request-Id"))
	if err != nil {
		t.Fatal(err)
	}
	if rec.Usage == nil || int64(rec.Usage.Input) != in || int64(rec.Usage.Output) != out || rec.Operation != "forward" {
		t.Errorf("recorded %+v, told %d and %d", rec, in, out)
	}
}

func wantError(t *testing.T, err error, status int, says string) {
	t.Helper()
	var e *openai.Error
	if !errors.As(err, &e) || e.StatusCode != status || !strings.Contains(e.Message, says) {
		t.Errorf("%v; want %d and %q", err, status, says)
	}
}

// TestPassChooses: with two places that could be meant, the header says which.
func TestPassChooses(t *testing.T) {
	t.Parallel()
	run := emulate(t, emulatorOf(t, "openai"))
	other := emulate(t, emulatorOf(t, "openai"))
	more := "  second: " + keyed("openai", "")(other.Place("openai")) + "\n"
	_, g := up(t, t.TempDir(), passConfig(run, more)+"  elsewhere: {deployments: [{place: second, model: gpt-image-1}]}\n")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := openai.NewClient(option.WithBaseURL(g.URL+"/v1"), option.WithAPIKey(g.Key), option.WithMaxRetries(0))
	upload := openai.FileNewParams{File: openai.File(strings.NewReader("hello"), "a.txt", "text/plain"), Purpose: openai.FilePurposeUserData}
	_, err := c.Files.New(ctx, upload)
	wantError(t, err, http.StatusBadRequest, "x-interline-model")
	upload.File = openai.File(strings.NewReader("hello"), "a.txt", "text/plain")
	there := option.WithHeader("X-Interline-Model", "elsewhere")
	f, err := c.Files.New(ctx, upload, there)
	if err != nil {
		t.Fatal(err)
	}
	for _, also := range [][]option.RequestOption{nil, {there}} { // the id says where it is
		if got, err := c.Files.Get(ctx, f.ID, also...); err != nil || got.ID != f.ID || !strings.HasPrefix(f.ID, "file-il1_") {
			t.Errorf("get there: %+v, %v", got, err)
		}
	}
	_, err = c.Files.Get(ctx, f.ID, option.WithHeader("X-Interline-Model", "painter"))
	wantError(t, err, http.StatusBadRequest, "keeps")
}

// TestPassCut: a file that breaks off at the cloud breaks off at the client.
func TestPassCut(t *testing.T) {
	t.Parallel()
	run := emulate(t, emulatorOf(t, "openai"))
	_, g := up(t, t.TempDir(), passConfig(run, ""))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := openai.NewClient(option.WithBaseURL(g.URL+"/v1"), option.WithAPIKey(g.Key), option.WithMaxRetries(0))
	content := make([]byte, 4<<20)
	f, err := c.Files.New(ctx, openai.FileNewParams{
		File: openai.File(bytes.NewReader(content), "zeros.bin", "application/octet-stream"), Purpose: openai.FilePurposeUserData,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []core.Kind{core.Cut, core.EOF} {
		if _, err := run.Drills().Add(core.Drill{Target: "openai", Kind: kind, Count: 1}); err != nil {
			t.Fatal(err)
		}
		res, err := c.Files.Content(ctx, f.ID)
		if err != nil {
			continue // it broke before anything came
		}
		got, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err == nil || len(got) >= len(content) {
			t.Errorf("%s: %d bytes of %d came whole", kind, len(got), len(content))
		}
	}
	if res, err := c.Files.Content(ctx, f.ID); err != nil {
		t.Errorf("after that: %v", err)
	} else if got, err := io.ReadAll(res.Body); err != nil || len(got) != len(content) {
		t.Errorf("after that: %d bytes, %v", len(got), err)
	}
}
