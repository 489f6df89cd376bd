package converse

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// The citations that the service has, in its own words.
const (
	charCitation   = `{"title":"notes","sourceContent":[{"text":"Rome is "},{"text":"old."}],"location":{"documentChar":{"documentIndex":1,"start":3,"end":15}}}`
	pageCitation   = `{"title":"report","sourceContent":[{"text":"Rome"}],"location":{"documentPage":{"documentIndex":0,"start":2,"end":3}}}`
	chunkCitation  = `{"title":"b","location":{"documentChunk":{"documentIndex":2,"start":0,"end":2}}}`
	searchCitation = `{"title":"Seven","source":"kb/7","sourceContent":[{"text":"Rome"}],"location":{"searchResultLocation":{"searchResultIndex":1,"start":1,"end":2}}}`
	webCitation    = `{"title":"Ex","location":{"web":{"url":"https://example.com/","domain":"example.com"}}}`
)

var citedAnswer = protocoltest.Answer{
	Name: "citations",
	Body: `{"output":{"message":{"role":"assistant","content":[{"text":"So: "},{"citationsContent":{"content":[{"text":"Rome "},{"text":"is old."}],"citations":[` +
		charCitation + `,` + webCitation + `]}}]}},"stopReason":"end_turn","usage":{"inputTokens":5,"outputTokens":7,"totalTokens":12}}`,
	Stream: `
event messageStart {"role":"assistant"}
event contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"So: "}}
event contentBlockStop {"contentBlockIndex":0}
event contentBlockDelta {"contentBlockIndex":1,"delta":{"citation":` + charCitation + `}}
event contentBlockDelta {"contentBlockIndex":1,"delta":{"text":"Rome "}}
event contentBlockDelta {"contentBlockIndex":1,"delta":{"text":"is old."}}
event contentBlockDelta {"contentBlockIndex":1,"delta":{"citation":` + webCitation + `}}
event contentBlockStop {"contentBlockIndex":1}
event messageStop {"stopReason":"end_turn"}
event metadata {"usage":{"inputTokens":5,"outputTokens":7,"totalTokens":12},"metrics":{"latencyMs":1}}
`,
	Usage: interline.Usage{Input: 5, Output: 7},
}

func TestCitationsAreRead(t *testing.T) {
	for raw, want := range map[string]interline.Citation{
		charCitation:                            {Document: 1, Unit: interline.Characters, From: 3, To: 15, Title: "notes", Cited: "Rome is old."},
		pageCitation:                            {Document: 0, Unit: interline.Pages, From: 1, To: 2, Title: "report", Cited: "Rome"},
		chunkCitation:                           {Document: 2, Unit: interline.Chunks, From: 0, To: 2, Title: "b"},
		searchCitation:                          {Document: -1, Unit: interline.Chunks, From: 1, To: 2, URL: "kb/7", Title: "Seven", Cited: "Rome"},
		webCitation:                             {Document: -1, URL: "https://example.com/", Title: "Ex"},
		`{"title":"t","location":{"novel":{}}}`: {Document: -1, Title: "t"},
		`{"title":1}`:                           {Document: -1},
	} {
		got := citation([]byte(raw))
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(interline.Citation{}, "Language", "Raw")); diff != "" || string(got.Raw) != raw {
			t.Errorf("%s (%s):\n%s", raw, got.Raw, diff)
		}
	}
}

// TestCitedHistory: Claude is asked for citations and given its own back; of models
// of other vendors both are losses.
func TestCitedHistory(t *testing.T) {
	const body = `{"messages":[{"role":"user","content":[{"text":"x"},{"document":{"format":"txt","name":"notes","source":{"text":"Rome is old."},"citations":{"enabled":true}}}]},` +
		`{"role":"assistant","content":[{"citationsContent":{"content":[{"text":"Old."}],"citations":[` + charCitation + `]}}]},{"role":"user","content":[{"text":"And?"}]}]}`
	l := New(Dialect{})
	o, err := l.Open(protocol.Spoken{Operation: interline.OperationChat, Model: "m"}, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.ReadRequest(o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Extra) != 0 || !r.Turns[0].Blocks[1].Media.Cited || r.Turns[1].Blocks[0].Text != "Old." || len(r.Turns[1].Blocks[0].Citations) != 1 {
		t.Fatalf("read %+v, extra %+v", r.Turns, r.Extra)
	}
	for family, want := range map[string]string{"claude": "", "nova": "citations-asked citations-past"} {
		out, losses, err := l.WriteRequest(r, protocol.Target{Model: "m", Traits: interline.Traits{Family: family}, From: protocol.Converse})
		if err != nil {
			t.Fatal(err)
		}
		kinds := map[string]bool{}
		for _, l := range losses {
			kinds[l.Kind] = true
		}
		said := strings.Contains(string(out), `"citations":{"enabled":true}`) && strings.Contains(string(out), `"citationsContent":{"content":[{"text":"Old."}],"citations":[`+charCitation+`]}`)
		if said != (want == "") || len(kinds) != len(strings.Fields(want)) {
			t.Errorf("%s: losses %+v in %s", family, losses, out)
		}
		for kind := range strings.FieldsSeq(want) {
			if !kinds[kind] {
				t.Errorf("%s: no loss %s", family, kind)
			}
		}
	}
}
