package bedrock

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/interline-ai/interline/emulator/core"
)

const (
	notesDocument = `{"document":{"format":"txt","name":"notes","source":{"text":"\n Grüße 🎈. More."},"citations":{"enabled":true}}}`
	pdfDocument   = `{"document":{"format":"pdf","name":"report","source":{"bytes":"JVBERi0xLjcKMSAwIG9iagplbmRvYmoK"},"citations":{"enabled":true}}}`
	chunks        = `{"document":{"name":"chunks","source":{"content":[{"text":" "},{"text":"First. Second."}]},"citations":{"enabled":true}}}`
)

func askCited(blocks ...string) string {
	return `{"messages":[{"role":"user","content":[{"text":"Sum it up."},` + strings.Join(blocks, ",") + `]}]}`
}

// TestDocumentsAreCited: one block for each, with the document's own words and where
// they stand in it; streamed, the same.
func TestDocumentsAreCited(t *testing.T) {
	c := start(t, core.Config{})
	var whole struct {
		Output struct {
			Message struct {
				Content []struct {
					Cited struct {
						Content   []map[string]string
						Citations []map[string]any
					} `json:"citationsContent"`
				}
			}
		}
	}
	body := askCited(notesDocument, pdfDocument, chunks)
	if err := json.Unmarshal(c.model(t, sonnet, "converse", body).body, &whole); err != nil {
		t.Fatal(err)
	}
	var texts []string
	var got []map[string]any
	for _, b := range whole.Output.Message.Content {
		for _, n := range b.Cited.Citations {
			texts, got = append(texts, b.Cited.Content[0]["text"]), append(got, n)
		}
	}
	one := func(title, text, kind string, document, from, to float64) map[string]any {
		return map[string]any{
			"title": title, "sourceContent": []any{map[string]any{"text": text}},
			"location": map[string]any{kind: map[string]any{"documentIndex": document, "start": from, "end": to}},
		}
	}
	want := []map[string]any{
		one("notes", "Grüße 🎈.", "documentChar", 0, 2, 10), one("report", "%PDF-1.7", "documentPage", 1, 1, 2), one("chunks", "First.", "documentChunk", 2, 1, 2),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Grüße 🎈.", "%PDF-1.7", "First."}, texts); diff != "" {
		t.Error(diff)
	}
	events, err := decode(t, c.model(t, sonnet, "converse-stream", body).body)
	if err != nil {
		t.Fatal(err)
	}
	var streamed []map[string]any
	for _, e := range events {
		if d, ok := e.data["delta"].(map[string]any); ok && d["citation"] != nil {
			streamed = append(streamed, d["citation"].(map[string]any))
		}
	}
	if diff := cmp.Diff(want, streamed); diff != "" {
		t.Errorf("streamed: %s", diff)
	}
}

func TestCitationsThatAreRefused(t *testing.T) {
	c := start(t, core.Config{})
	silent := strings.Replace(notesDocument, `,"citations":{"enabled":true}`, "", 1)
	for _, tc := range []struct{ id, body, want string }{
		{sonnet, askCited(notesDocument, strings.Replace(silent, "notes", "other", 1)), "for all documents of a request or for none"},
		{"amazon.nova-pro-v1:0", askCited(notesDocument), "doesn't support citations"},
		{sonnet, `{"messages":[{"role":"user","content":[{"citationsContent":{"content":[{"text":"a"}],"citations":[]}}]}]}`, "only allowed in assistant messages"},
		{sonnet, `{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"citationsContent":{"content":[{"text":"a"}],"citations":[{"location":{"novel":{}}}]}}]},{"role":"user","content":[{"text":"b"}]}]}`, "Exactly one member of the union"},
	} {
		if got := c.model(t, tc.id, "converse", tc.body); got.StatusCode != 400 || !strings.Contains(string(got.body), tc.want) {
			t.Errorf("%s: %d %s, want %q", tc.body, got.StatusCode, got.body, tc.want)
		}
	}
}
