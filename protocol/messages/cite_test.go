package messages

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// The locations that the vendor has, in its own words.
const (
	charLocation   = `{"type":"char_location","cited_text":"Rome is old.","document_index":1,"document_title":null,"file_id":"file_1","start_char_index":3,"end_char_index":15}`
	pageLocation   = `{"type":"page_location","cited_text":"Rome","document_index":0,"document_title":"report","file_id":null,"start_page_number":2,"end_page_number":3}`
	blockLocation  = `{"type":"content_block_location","cited_text":"Rome","document_index":2,"document_title":"b","file_id":null,"start_block_index":0,"end_block_index":2}`
	searchLocation = `{"type":"search_result_location","cited_text":"Rome","search_result_index":1,"source":"kb/7","title":"Seven","start_block_index":1,"end_block_index":2}`
	webLocation    = `{"type":"web_search_result_location","cited_text":"Rome","url":"https://example.com/","title":"Ex","encrypted_index":"Eo8B"}`
	newLocation    = `{"type":"novel_location","cited_text":"Rome","novel":1}`
)

// citedAnswer says its citations amid a text, before it and after it.
var citedAnswer = protocoltest.Answer{
	Name: "citations",
	Body: `{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"So: "},{"type":"text","text":"Rome is old.","citations":[` +
		charLocation + `,` + webLocation + `,` + searchLocation + `]}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":5,"output_tokens":7}}`,
	Stream: `event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":5,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"So: "}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"citations":[],"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":` + charLocation + `}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Rome "}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":` + webLocation + `}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"is old."}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":` + searchLocation + `}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":7}}

event: message_stop
data: {"type":"message_stop"}

`,
	Usage: interline.Usage{Input: 5, Output: 7},
}

func TestCitationsAreRead(t *testing.T) {
	for raw, want := range map[string]interline.Citation{
		charLocation:   {Document: 1, Unit: interline.Characters, From: 3, To: 15, FileID: "file_1", Cited: "Rome is old."},
		pageLocation:   {Document: 0, Unit: interline.Pages, From: 1, To: 2, Title: "report", Cited: "Rome"},
		blockLocation:  {Document: 2, Unit: interline.Chunks, From: 0, To: 2, Title: "b", Cited: "Rome"},
		searchLocation: {Document: -1, Unit: interline.Chunks, From: 1, To: 2, URL: "kb/7", Title: "Seven", Cited: "Rome"},
		webLocation:    {Document: -1, URL: "https://example.com/", Title: "Ex", Cited: "Rome"},
		newLocation:    {Document: -1, Cited: "Rome"},
		`[]`:           {Document: -1},
	} {
		got := citation([]byte(raw))
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(interline.Citation{}, "Language", "Raw")); diff != "" || string(got.Raw) != raw {
			t.Errorf("%s (%s):\n%s", raw, got.Raw, diff)
		}
	}
}

// TestCitedHistory: what asks for citations and what an earlier answer cited come
// back as they were, and of others what the vendor would take.
func TestCitedHistory(t *testing.T) {
	l := New(Dialect{})
	const head = `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","media_type":"text/plain","data":"Rome is old."},"citations":{"enabled":true}}]},{"role":"assistant","content":[{"type":"text","text":"Old.","citations":[`
	const tail = `]}]},{"role":"user","content":"And?"}]}`
	asked := reread(t, l, head+charLocation+`,`+webLocation+tail)
	if !asked.Turns[0].Blocks[0].Media.Cited || len(asked.Turns[1].Blocks[0].Citations) != 2 || len(asked.Extra) != 0 {
		t.Fatalf("read %+v, extra %+v", asked.Turns, asked.Extra)
	}
	body, losses, err := l.WriteRequest(asked, protocol.Target{Model: "m", From: protocol.Messages})
	if err != nil || len(losses) != 0 {
		t.Fatalf("losses %+v, %v", losses, err)
	}
	for _, want := range []string{`"citations":{"enabled":true}`, `"citations":[` + charLocation + `,` + webLocation + `]`} {
		if !strings.Contains(string(body), want) {
			t.Errorf("%s is not in %s", want, body)
		}
	}
	others := asked.Turns[1].Blocks[0].Citations
	others[0].Language, others[1].Language = "another", "another"
	body, losses, err = l.WriteRequest(asked, protocol.Target{Model: "m", From: protocol.Converse})
	if err != nil || len(losses) != 1 || losses[0].Kind != "citations-past" || losses[0].Field != "messages[1].content[0].citations" {
		t.Errorf("losses %+v, %v", losses, err)
	}
	if s := string(body); strings.Contains(s, "web_search") || !strings.Contains(s, `"citations":[{"type":"char_location"`) {
		t.Errorf("written %s", s)
	}
}

func TestOddCitationsAreKept(t *testing.T) {
	l := New(Dialect{})
	for _, body := range []string{
		`{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"x","citations":{"enabled":true}}]}]}`,
		`{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","media_type":"text/plain","data":"x"},"citations":[1]}]}]}`,
		`{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","media_type":"text/plain","data":"x"},"citations":{"enabled":"yes"}}]}]}`,
	} {
		if r := reread(t, l, body); len(r.Extra) != 1 || r.Extra[0].Name != "messages[0].content[0].citations" {
			t.Errorf("%s: extra %+v", body, r.Extra)
		}
	}
}

func reread(t *testing.T, l *Language, body string) *interline.Request {
	t.Helper()
	o, err := l.Open(protocol.Spoken{Operation: interline.OperationChat}, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.ReadRequest(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
