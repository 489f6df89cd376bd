package anthropic

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/interline-ai/interline/emulator/core"
)

// cited is an answer, as far as it says where it is from.
type cited struct {
	Content []struct {
		Type, Text string
		Citations  []map[string]any
	}
}

const (
	plainDocument  = `{"type":"document","title":"notes","source":{"type":"text","media_type":"text/plain","data":"\n Grüße 🎈. More."},"citations":{"enabled":true}}`
	pdfDocument    = `{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0xLjcKMSAwIG9iagplbmRvYmoK"},"citations":{"enabled":true}}`
	blockDocument  = `{"type":"document","source":{"type":"content","content":[{"type":"text","text":"First. Second."}]},"citations":{"enabled":true}}`
	searchResult   = `{"type":"search_result","source":"kb/7","title":"Seven","content":[{"type":"text","text":"Rome is old"}],"citations":{"enabled":true}}`
	silentDocument = `{"type":"document","source":{"type":"text","media_type":"text/plain","data":"x"}}`
)

func askCited(fields string, blocks ...string) string {
	return fmt.Sprintf(`{"model":"claude-sonnet-5","max_tokens":2000,%s"messages":[{"role":"user","content":[%s,{"type":"text","text":"Sum it up."}]}]}`, fields, strings.Join(blocks, ","))
}

// TestDocumentsAreCited: one block for each, with the document's own words and where
// they stand in it; streamed, the same.
func TestDocumentsAreCited(t *testing.T) {
	c := start(t, core.Config{})
	body := askCited("", plainDocument, pdfDocument, searchResult, blockDocument)
	var whole cited
	if err := json.Unmarshal(c.post(t, body).body, &whole); err != nil {
		t.Fatal(err)
	}
	var texts []string
	var got []map[string]any
	for _, b := range whole.Content {
		for _, n := range b.Citations {
			texts, got = append(texts, b.Text), append(got, n)
		}
	}
	want := []map[string]any{
		{"type": "char_location", "cited_text": "Grüße 🎈.", "document_index": 0.0, "document_title": "notes", "start_char_index": 2.0, "end_char_index": 10.0},
		{"type": "page_location", "cited_text": "%PDF-1.7", "document_index": 1.0, "document_title": nil, "start_page_number": 1.0, "end_page_number": 2.0},
		{"type": "search_result_location", "cited_text": "Rome is old", "search_result_index": 0.0, "source": "kb/7", "title": "Seven", "start_block_index": 0.0, "end_block_index": 1.0},
		{"type": "content_block_location", "cited_text": "First.", "document_index": 2.0, "document_title": nil, "start_block_index": 0.0, "end_block_index": 1.0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Grüße 🎈.", "%PDF-1.7", "Rome is old", "First."}, texts); diff != "" {
		t.Error(diff)
	}
	var streamed []map[string]any
	for line := range strings.Lines(string(c.post(t, strings.Replace(body, `"max_tokens"`, `"stream":true,"max_tokens"`, 1)).body)) {
		var e struct {
			Delta struct{ Citation map[string]any }
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok && json.Unmarshal([]byte(data), &e) == nil && e.Delta.Citation != nil {
			streamed = append(streamed, e.Delta.Citation)
		}
	}
	if diff := cmp.Diff(want, streamed); diff != "" {
		t.Errorf("streamed: %s", diff)
	}
}

func TestCitationsThatAreRefused(t *testing.T) {
	c := start(t, core.Config{})
	const format = `"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{},"additionalProperties":false}}},`
	history := func(citation string) string {
		return `{"model":"claude-sonnet-5","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"text","text":"b","citations":[` + citation + `]}]},{"role":"user","content":"c"}]}`
	}
	for body, want := range map[string]string{
		askCited("", plainDocument, silentDocument):                                                                  "for all documents",
		askCited(format, plainDocument):                                                                              "not supported with structured outputs",
		askCited("", strings.Replace(plainDocument, `true`, `"yes"`, 1)):                                             "citations.enabled",
		askCited("", strings.Replace(plainDocument, `"enabled"`, `"on"`, 1)):                                         "citations.on: Extra inputs",
		history(`{"type":"novel_location"}`):                                                                         "novel_location",
		history(`{"type":"char_location","cited_text":"x"}`):                                                         "document_index: Field required",
		history(`{"type":"web_search_result_location","cited_text":"x","encrypted_index":"","title":"t","url":"u"}`): "Invalid encrypted index",
	} {
		if message := c.post(t, body).refused(t, 400, "invalid_request_error"); !strings.Contains(message, want) {
			t.Errorf("%s: %q, want %q", body, message, want)
		}
	}
}
