package acceptance

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/responses"

	"github.com/interline-ai/interline/emulator"
)

// drawers are two places of one API, each with its own files, behind two keys.
func drawers(t *testing.T) (mine, other *asker) {
	t.Helper()
	first, second := emulate(t, emulatorOf(t, "openai")), emulate(t, emulatorOf(t, "openai"))
	at := func(run *emulator.Running) string { return keyed("openai", "")(run.Place("openai")) }
	_, g := up(t, t.TempDir(), fmt.Sprintf(`keys: [{name: %s, key: %s}, {name: other, key: %s}]
places:
  first: %s
  second: %s
models:
  both: {deployments: [{place: first, model: gpt-4.1}, {place: second, model: gpt-4.1}]}
  there: {deployments: [{place: second, model: gpt-4.1}]}
  here: {deployments: [{place: first, model: gpt-4.1}]}
`, keyName, keyText, otherKey, at(first), at(second)))
	return newAsker(g.URL, keyText), newAsker(g.URL, otherKey)
}

// about asks for an answer about an uploaded file.
func (a *asker) about(ctx context.Context, model, file string) (*responses.Response, error) {
	return a.Responses.New(ctx, responses.ResponseNewParams{Model: model, Input: responses.ResponseNewParamsInputUnion{
		OfInputItemList: responses.ResponseInputParam{responses.ResponseInputItemParamOfMessage(responses.ResponseInputMessageContentListParam{
			{OfInputFile: &responses.ResponseInputFileParam{FileID: openai.String(file)}},
			responses.ResponseInputContentParamOfInputText("what is it?"),
		}, "user")},
	}})
}

// TestFilesGoBackToWhoKeepsThem: an uploaded file's id says where it is, to the
// requests about it and to those that show it to a model, and to its tenant alone.
func TestFilesGoBackToWhoKeepsThem(t *testing.T) {
	t.Parallel()
	mine, other := drawers(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	f, err := mine.Files.New(ctx, openai.FileNewParams{
		File: openai.File(strings.NewReader("a note"), "a.txt", "text/plain"), Purpose: openai.FilePurposeUserData,
	}, option.WithHeader("X-Interline-Model", "there"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mine.about(ctx, "both", f.ID); err != nil || mine.deployment != "both/second" && mine.deployment != "second" {
		t.Errorf("the file is shown to %q: %v", mine.deployment, err)
	}
	_, err = mine.about(ctx, "here", f.ID)
	wantError(t, err, http.StatusBadRequest, "keeps what it refers to")
	_, err = other.about(ctx, "both", f.ID)
	wantError(t, err, http.StatusBadRequest, "not given to this key")
	_, err = other.Files.Get(ctx, f.ID)
	wantError(t, err, http.StatusNotFound, "not given to this key")
	_, err = other.Files.Delete(ctx, f.ID)
	wantError(t, err, http.StatusNotFound, "not given to this key")
	_, err = mine.Files.List(ctx, openai.FileListParams{}, option.WithHeader("X-Interline-Model", "there"))
	wantError(t, err, http.StatusForbidden, "every key")
	if gone, err := mine.Files.Delete(ctx, f.ID); err != nil || !gone.Deleted || gone.ID != f.ID {
		t.Errorf("delete: %+v, %v", gone, err)
	}
	_, err = mine.about(ctx, "both", f.ID)
	wantError(t, err, http.StatusBadRequest, "does not exist")
}

// TestStoredResponsesAreHadByID: what the vendor keeps is read and deleted by the id
// that the client was told.
func TestStoredResponsesAreHadByID(t *testing.T) {
	t.Parallel()
	mine, other := drawers(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	id, text, err := mine.say(ctx, "there", "", false)
	if err != nil {
		t.Fatal(err)
	}
	got, err := mine.Responses.Get(ctx, id, responses.ResponseGetParams{})
	if err != nil || got.ID != id || got.OutputText() != text {
		t.Errorf("get %s: %+v, %v", id, got, err)
	}
	_, err = other.Responses.Get(ctx, id, responses.ResponseGetParams{})
	wantError(t, err, http.StatusNotFound, "not given to this key")
	if err := mine.Responses.Delete(ctx, id); err != nil {
		t.Errorf("delete: %v", err)
	}
	_, err = mine.Responses.Get(ctx, id, responses.ResponseGetParams{})
	wantError(t, err, http.StatusNotFound, id)
}
