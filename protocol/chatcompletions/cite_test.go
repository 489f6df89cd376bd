package chatcompletions

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

const pageAnnotation = `{"type":"url_citation","url_citation":{"start_index":6,"end_index":16,"title":"A page","url":"https://example.com/a"}}`

// citedAnswer tells its annotations at the end, as the models that search do.
var citedAnswer = protocoltest.Answer{
	Name: "annotations",
	Body: `{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Sieh: Ä ist alt. 🎈","refusal":null,"annotations":[` + pageAnnotation + `,{"type":"novelty"},7]},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`,
	Stream: `data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Sieh: Ä ist "},"finish_reason":null}]}

data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"alt. 🎈"},"finish_reason":null}]}

data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"annotations":[` + pageAnnotation + `]},"finish_reason":null}]}

data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}

data: [DONE]

`,
	Usage: interline.Usage{Input: 3, Output: 4},
}

// TestPlacesCountOverTheMessage: other languages cite within a block of text, and
// here all blocks are one.
func TestPlacesCountOverTheMessage(t *testing.T) {
	page := interline.Citation{URL: "u", Title: "t", Document: -1}
	inside := page
	inside.Start, inside.End = 1, 3
	events := []interline.Event{
		{Kind: interline.Start, ID: "x", Model: "m"},
		{Kind: interline.BlockStart, Block: interline.Text},
		{Kind: interline.Delta, Block: interline.Text, Text: "Ä🎈. "},
		{Kind: interline.BlockStop},
		{Kind: interline.BlockStart, Index: 1, Block: interline.Text},
		{Kind: interline.Delta, Index: 1, Block: interline.Text, Text: "Grüße"},
		{Kind: interline.CitationDelta, Index: 1, Block: interline.Text, Citation: &page},
		{Kind: interline.CitationDelta, Index: 1, Block: interline.Text, Citation: &inside},
		{Kind: interline.CitationDelta, Index: 1, Block: interline.Text, Citation: &interline.Citation{Document: 0, Unit: interline.Pages, To: 1, Cited: "no form here"}},
		{Kind: interline.BlockStop, Index: 1},
		{Kind: interline.Finish, Stop: interline.StopEnd},
		{Kind: interline.End},
	}
	l := New(Dialect{})
	for _, stream := range []bool{true, false} {
		out := protocoltest.Encode(l, interline.Head{Model: "m", Stream: stream}, events)
		want := []string{`{"end_index":9,"start_index":4,"title":"t","url":"u"}`, `{"end_index":7,"start_index":5,"title":"t","url":"u"}`}
		var got []string
		for _, part := range strings.Split(string(out), `"url_citation":`)[1:] {
			got = append(got, part[:strings.IndexByte(part, '}')+1])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("streamed %v: %s", stream, diff)
		}
	}
}
