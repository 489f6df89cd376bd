package generatecontent

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// grounded is what a candidate was grounded on. Letters of its text have several
// bytes.
const grounded = `"groundingMetadata":{"webSearchQueries":["rom"],"groundingChunks":[{"web":{"uri":"https://example.com/a","title":"example.com"}},{"retrievedContext":{"uri":"gs://b/r.pdf","title":"report","text":"Ä is old.","pageNumber":3}},{"image":{"sourceUri":"x"}}],` +
	`"groundingSupports":[{"segment":{"startIndex":6,"endIndex":17,"text":"Ä ist alt."},"groundingChunkIndices":[0,1],"confidenceScores":[0.9,0.8]},{"segment":{"endIndex":4,"text":"Sieh"},"groundingChunkIndices":[2,9,-1]}]},` +
	`"citationMetadata":{"citationSources":[{"endIndex":5,"uri":"https://example.com/l","license":"MIT"}]}`

// citedAnswer ends as Gemini 3 does: with a signature, beside what it was grounded on.
var citedAnswer = protocoltest.Answer{
	Name: "grounding",
	Body: `{"candidates":[{"content":{"parts":[{"text":"Sieh: Ä ist alt. 🎈","thoughtSignature":"c2ln"}],"role":"model"},"finishReason":"STOP",` + grounded + `}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4,"totalTokenCount":7},"modelVersion":"m","responseId":"r1"}`,
	Stream: `
data: {"candidates":[{"content":{"parts":[{"text":"Sieh: Ä i"}],"role":"model"}}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":1,"totalTokenCount":4},"modelVersion":"m","responseId":"r1"}

data: {"candidates":[{"content":{"parts":[{"text":"st alt. 🎈"}],"role":"model"}}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":3,"totalTokenCount":6},"modelVersion":"m","responseId":"r1"}

data: {"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"c2ln"}],"role":"model"},"finishReason":"STOP",` + grounded + `}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4,"totalTokenCount":7},"modelVersion":"m","responseId":"r1"}

`,
	Usage: interline.Usage{Input: 3, Output: 4},
}

// TestGroundingIsRead: places are counted in letters, of the part they name.
func TestGroundingIsRead(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want []interline.Citation
	}{
		"all kinds": {citedAnswer.Body, []interline.Citation{
			{Start: 6, End: 16, URL: "https://example.com/a", Title: "example.com", Document: -1},
			{Start: 6, End: 16, URL: "gs://b/r.pdf", Title: "report", Cited: "Ä is old.", Document: -1, Unit: interline.Pages, From: 2, To: 3},
			{Start: 0, End: 5, URL: "https://example.com/l", Document: -1},
		}},
		"the second part, after a thought": {
			`{"candidates":[{"content":{"parts":[{"text":"Hm.","thought":true},{"text":"äö"},{"text":"Ä b"}]},"finishReason":"STOP","groundingMetadata":{"groundingChunks":[{"web":{"uri":"u"}}],"groundingSupports":[{"segment":{"partIndex":2,"startIndex":3,"endIndex":4},"groundingChunkIndices":[0]}]}}]}`,
			[]interline.Citation{{Start: 4, End: 5, URL: "u", Document: -1}},
		},
		"Vertex's list, over all text": {
			`{"candidates":[{"content":{"parts":[{"text":"äö"},{"text":"Ä b"}]},"finishReason":"STOP","citationMetadata":{"citations":[{"startIndex":4,"endIndex":8,"uri":"u","title":"t"}]}}]}`,
			[]interline.Citation{{Start: 2, End: 5, URL: "u", Title: "t", Document: -1}},
		},
		"a place beyond the text": {
			`{"candidates":[{"content":{"parts":[{"text":"ab"}]},"finishReason":"STOP","groundingMetadata":{"groundingChunks":[{"web":{"uri":"u"}}],"groundingSupports":[{"segment":{"partIndex":7,"startIndex":-3,"endIndex":99},"groundingChunkIndices":[0]}]}}]}`,
			[]interline.Citation{{End: 2, URL: "u", Document: -1}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []interline.Citation
			for _, c := range protocoltest.Fold(protocoltest.DecodeBody(t, New(), []byte(tt.body))).Choices {
				for _, b := range c.Blocks {
					got = append(got, b.Cites...)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
