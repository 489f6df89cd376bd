package acceptance

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What clouds say that cite pages, which no emulated one does: Claude after a search
// of the web, with a document beside it, and Gemini with Google's. Both cite "Ä ist
// alt." of "Sieh: Ä ist alt. 🎈", which bytes and characters count differently.
const (
	claudeCites = `{"type":"web_search_result_location","cited_text":"Ä is old.","url":"https://example.com/a","title":"A page","encrypted_index":"Eo8BCg"}`
	claudeNotes = `{"type":"char_location","cited_text":"Ä is old.","document_index":0,"document_title":"notes","file_id":null,"start_char_index":3,"end_char_index":12}`
	claudeBody  = `{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-5","content":[{"type":"text","text":"Sieh: "},` +
		`{"type":"text","text":"Ä ist alt.","citations":[` + claudeCites + `,` + claudeNotes + `]},{"type":"text","text":" 🎈"}],` +
		`"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":5,"output_tokens":7}}`
	googleFound = `"groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://example.com/a","title":"A page"}},{"retrievedContext":{"title":"notes","text":"Ä is old."}}],` +
		`"groundingSupports":[{"segment":{"startIndex":6,"endIndex":17,"text":"Ä ist alt."},"groundingChunkIndices":[0,1]}]}`
	googleBody = `{"candidates":[{"content":{"role":"model","parts":[{"text":"Sieh: Ä ist alt. 🎈"}]},"finishReason":"STOP","index":0,` + googleFound + `}],` +
		`"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":7,"totalTokenCount":12},"modelVersion":"gemini-2.5-flash","responseId":"r1"}`
)

var claudeCited = toldAs("message_start", `{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":5,"output_tokens":1}}}`) +
	claudeText(0, "Sieh: ") + claudeText(1, "Ä ist ", "alt.") + claudeText(2, " 🎈") +
	toldAs("message_delta", `{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":7}}`) +
	toldAs("message_stop", `{"type":"message_stop"}`)

func toldAs(name, data string) string { return "event: " + name + "\ndata: " + data + "\n\n" }

// claudeText is a block of text; the second is cited, one citation before its text
// and one after.
func claudeText(i int, pieces ...string) string {
	delta := func(d string) string {
		return toldAs("content_block_delta", fmt.Sprintf(`{"type":"content_block_delta","index":%d,"delta":%s}`, i, d))
	}
	out := toldAs("content_block_start", fmt.Sprintf(`{"type":"content_block_start","index":%d,"content_block":{"type":"text","text":""}}`, i))
	if i == 1 {
		out += delta(`{"type":"citations_delta","citation":` + claudeCites + `}`)
	}
	for _, p := range pieces {
		out += delta(fmt.Sprintf(`{"type":"text_delta","text":%q}`, p))
	}
	if i == 1 {
		out += delta(`{"type":"citations_delta","citation":` + claudeNotes + `}`)
	}
	return out + toldAs("content_block_stop", fmt.Sprintf(`{"type":"content_block_stop","index":%d}`, i))
}

const googleCited = `data: {"candidates":[{"content":{"role":"model","parts":[{"text":"Sieh: Ä i"}]},"index":0}],"modelVersion":"gemini-2.5-flash","responseId":"r1"}` + "\n\n" +
	`data: {"candidates":[{"content":{"role":"model","parts":[{"text":"st alt. 🎈"}]},"index":0}],"modelVersion":"gemini-2.5-flash","responseId":"r1"}` + "\n\n" +
	`data: {"candidates":[{"content":{"role":"model","parts":[{"text":"","thoughtSignature":"c2ln"}]},"finishReason":"STOP","index":0,` + googleFound + `}],` +
	`"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":7,"totalTokenCount":12},"modelVersion":"gemini-2.5-flash","responseId":"r1"}` + "\n\n"

// citingCloud answers as Claude's or Google's cloud does.
func citingCloud(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, kind := claudeBody, "application/json"
		google := strings.Contains(r.URL.Path, "enerateContent")
		stream := strings.Contains(r.URL.Path, "streamGenerateContent")
		if !google {
			all, err := io.ReadAll(r.Body)
			if err != nil {
				t.Errorf("read the request: %v", err)
			}
			stream = strings.Contains(string(all), `"stream":true`)
		}
		switch {
		case stream && google:
			body, kind = googleCited, "text/event-stream"
		case stream:
			body, kind = claudeCited, "text/event-stream"
		case google:
			body = googleBody
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s
}

// TestCitations: what an SDK is told of where an answer is from, whoever answers.
// Each piece of text is the cited one, and what its language has no form for is
// missing, and nothing else.
func TestCitations(t *testing.T) {
	cloud := citingCloud(t)
	_, g := up(t, t.TempDir(), fmt.Sprintf(`keys: [{name: %s, key: %s}]
places:
  anthropic: {kind: anthropic, endpoint: %q, api_key: k}
  gemini: {kind: gemini, endpoint: %q, api_key: k}
models:
  claude: {deployments: [{place: anthropic, model: claude-sonnet-5}]}
  gemini: {deployments: [{place: gemini, model: gemini-2.5-flash}]}
`, keyName, keyText, cloud.URL, cloud.URL))
	page := Cite{Text: "Ä ist alt.", Title: "A page", URL: "https://example.com/a"}
	quoted := page
	quoted.Cited = "Ä is old."
	notes := Cite{Text: "Ä ist alt.", Cited: "Ä is old.", Title: "notes"}
	placed := notes
	placed.Kind, placed.From, placed.To = "characters", 3, 12
	const all = "Sieh: Ä ist alt. 🎈"
	whole := func(c Cite) Cite { c.Text = all; return c }
	want := map[string]map[string][]Cite{
		"claude": {
			chatCompletions: {page}, responsesAPI: {page}, generateContent: {quoted, notes},
			messagesAPI: {quoted, placed}, invokeAPI: {quoted, placed}, converseAPI: {quoted, placed},
		},
		// Gemini cites a piece of a text, Claude's languages all of one.
		"gemini": {
			chatCompletions: {page}, responsesAPI: {page}, generateContent: {page, notes},
			messagesAPI: {whole(page)}, invokeAPI: {whole(page)}, converseAPI: {whole(page), whole(notes)},
		},
	}
	for _, model := range []string{"claude", "gemini"} {
		for _, s := range g.Seats(Routed{Model: model, Emulators: emulate(t, emulatorOf(t, "openai"))}) {
			for _, stream := range []bool{false, true} {
				t.Run(model+"/"+s.Kind.Name+"/"+mode(stream), func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
					defer cancel()
					trial := &Trial{Seat: s, Stream: stream, ctx: ctx}
					a, err := trial.ask(trial.question("How old is it?"))
					if err != nil || a.Text != all || a.Stop != StopEnd {
						t.Fatalf("answer %+v, %v", a, err)
					}
					if diff := cmp.Diff(want[model][s.Language], a.Cites); diff != "" {
						t.Error(diff)
					}
				})
			}
		}
	}
}
