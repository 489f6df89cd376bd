package embed

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// all are the languages, by name.
func all() map[string]protocol.Embedder {
	out := map[string]protocol.Embedder{}
	for _, l := range []protocol.Embedder{NewOpenAI(), NewTitan(), NewCohere(), NewVertexEmbedContent(), NewBatchEmbedContents(), NewPredict()} {
		out[l.Name()] = l
	}
	return out
}

func open(l protocol.Embedder, body string) (*protocol.Opened, error) {
	return l.Open(protocol.Spoken{Operation: interline.OperationEmbeddings, Model: "m"}, []byte(body))
}

// read opens and reads a request.
func read(l protocol.Embedder, body string) (*interline.EmbedRequest, error) {
	o, err := open(l, body)
	if err != nil {
		return nil, err
	}
	return l.ReadEmbed(o)
}

// asked is one question in every language, as each writes it.
var asked = map[string]string{
	protocol.Embeddings:         `{"model":"m","input":["a \"b\""],"encoding_format":"float","dimensions":256}`,
	protocol.Titan:              `{"inputText":"a \"b\"","dimensions":256}`,
	protocol.EmbedContent:       `{"content":{"parts":[{"text":"a \"b\""}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":256}`,
	protocol.BatchEmbedContents: `{"requests":[{"model":"models/m","content":{"parts":[{"text":"a \"b\""}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":256}]}`,
	protocol.Predict:            `{"instances":[{"content":"a \"b\"","task_type":"RETRIEVAL_QUERY"}],"parameters":{"outputDimensionality":256}}`,
	protocol.Cohere:             `{"texts":["a \"b\""],"input_type":"search_query","embedding_types":["float"]}`,
}

// Every language is read, and written in every other one. Only what one of the two
// has no word for is lost, and it is named in the words of the first.
func TestRequestsTranslate(t *testing.T) {
	purposeless := map[string]bool{protocol.Embeddings: true, protocol.Titan: true}
	for from, body := range asked {
		r, err := read(all()[from], body)
		if err != nil {
			t.Fatalf("read %s: %v", from, err)
		}
		for to, want := range asked {
			got, losses, err := all()[to].WriteEmbed(r, protocol.Target{Model: "m", From: from})
			if err != nil {
				t.Errorf("%s in %s: %v", from, to, err)
				continue
			}
			if from == protocol.Cohere { // version 3 has no lengths
				for _, gone := range []string{`,"dimensions":256`, `,"outputDimensionality":256`, `,"parameters":{"outputDimensionality":256}`} {
					want = strings.Replace(want, gone, "", 1)
				}
			}
			if purposeless[from] {
				for _, gone := range []string{`,"taskType":"RETRIEVAL_QUERY"`, `,"task_type":"RETRIEVAL_QUERY"`} {
					want = strings.Replace(want, gone, "", 1)
				}
				want = strings.Replace(want, "search_query", "search_document", 1)
			}
			if string(got) != want {
				t.Errorf("%s in %s:\n%s\nwant\n%s", from, to, got, want)
			}
			wants := 0
			if purposeless[to] != purposeless[from] && (purposeless[to] || to == protocol.Cohere) {
				wants++ // the purpose is dropped, or assumed
			}
			if to == protocol.Cohere && from != protocol.Cohere {
				wants++ // the length
			}
			if len(losses) != wants {
				t.Errorf("%s in %s loses %v", from, to, losses)
			}
		}
	}
}

// answers are the same two numbers in every language.
var answers = map[string]string{
	protocol.Embeddings:         `{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.10000000149011612,-2e-7]}],"model":"m","usage":{"prompt_tokens":3,"total_tokens":3}}`,
	protocol.Titan:              `{"embedding":[0.10000000149011612,-2e-7],"embeddingsByType":{"float":[0.10000000149011612,-2e-7]},"inputTextTokenCount":3}`,
	protocol.Cohere:             `{"id":"r","response_type":"embeddings_floats","embeddings":[[0.10000000149011612,-2e-7]],"texts":["x"]}`,
	protocol.EmbedContent:       `{"embedding":{"values":[0.10000000149011612,-2e-7]},"usageMetadata":{"promptTokenCount":3,"totalTokenCount":3}}`,
	protocol.BatchEmbedContents: `{"embeddings":[{"values":[0.10000000149011612,-2e-7]}],"usageMetadata":{"promptTokenCount":3,"totalTokenCount":3}}`,
	protocol.Predict:            `{"predictions":[{"embeddings":{"values":[0.10000000149011612,-2e-7],"statistics":{"token_count":3,"truncated":false}}}]}`,
}

// Vectors and their usage go from every language to every other one without a
// digit changing, though a place may write spaces between its numbers.
func TestAnswersTranslate(t *testing.T) {
	header := http.Header{"X-Amzn-Bedrock-Input-Token-Count": {"3"}}
	r := &interline.EmbedRequest{Inputs: []interline.EmbedInput{{Text: "x"}}}
	for from, body := range answers {
		v, err := all()[from].ReadVectors(header, []byte(strings.Replace(body, ",-2e-7", ",\n  -2e-7 ", 1)))
		if err != nil || !v.Reported || v.Usage.Input != 3 {
			t.Fatalf("%s: %+v, %v", from, v, err)
		}
		for to, want := range answers {
			l := all()[to]
			got := l.AppendVectors(nil, v, r, protocol.Answer{Head: interline.Head{Model: "m"}, ID: "r"})
			if string(got) != want {
				t.Errorf("%s in %s:\n%s\nwant\n%s", from, to, got, want)
			}
			if to == protocol.Titan || to == protocol.Cohere {
				if h := l.VectorsHeader(v); h.Get("X-Amzn-Bedrock-Input-Token-Count") != "3" {
					t.Errorf("%s does not say the tokens in its header: %v", to, h)
				}
			}
		}
	}
}

// OpenAI's SDKs want float32 in base64, and a place may give it unasked.
func TestBase64(t *testing.T) {
	const packed = `"AACAPwAAAMA="` // 1, -2
	l, r := NewOpenAI(), &interline.EmbedRequest{Encoding: interline.EncodingBase64}
	v := &interline.Vectors{}
	v.Values, _ = vectors([]byte(`[1, -2.0]`), []byte(packed))
	if got := string(l.AppendVectors(nil, v, r, protocol.Answer{})); strings.Count(got, packed) != 2 {
		t.Errorf("packed: %s", got)
	}
	r.Encoding = interline.EncodingFloat
	if got := string(l.AppendVectors(nil, v, r, protocol.Answer{})); !strings.Contains(got, "[1,-2.0]") || !strings.Contains(got, "[1,-2]") {
		t.Errorf("as numbers: %s", got)
	}
}

// What is wrong with a request is refused, in the field's own name.
func TestBadRequests(t *testing.T) {
	for _, tt := range []struct{ language, body, param string }{
		{protocol.Embeddings, `{}`, "input"},
		{protocol.Embeddings, `{"input":[]}`, "input"},
		{protocol.Embeddings, `{"input":""}`, "input"},
		{protocol.Embeddings, `{"input":{"a":1}}`, "input"},
		{protocol.Embeddings, `{"input":["a",""]}`, "input[1]"},
		{protocol.Embeddings, `{"input":["a",[1]],"model":5}`, "model"},
		{protocol.Embeddings, `{"input":["a",{}]}`, "input[1]"},
		{protocol.Embeddings, `{"input":[1,"a"]}`, "input"},
		{protocol.Embeddings, `{"input":"a","dimensions":0}`, "dimensions"},
		{protocol.Embeddings, `{"input":"a","encoding_format":"hex"}`, "encoding_format"},
		{protocol.Embeddings, `{"input":"a","input_type":"poem"}`, "input_type"},
		{protocol.Embeddings, `{"Input":"a"}`, "Input"},
		{protocol.Embeddings, `{"input":"a","input":"b"}`, "input"},
		{protocol.Titan, `{"inputText":5}`, "inputText"},
		{protocol.Titan, `{"inputText":"a","normalize":"yes"}`, "normalize"},
		{protocol.Titan, `{"inputText":"a","embeddingTypes":["binary"]}`, "embeddingTypes"},
		{protocol.Cohere, `{"texts":["a"]}`, "input_type"},
		{protocol.Cohere, `{"texts":[],"input_type":"search_query"}`, "texts"},
		{protocol.Cohere, `{"input_type":"search_query"}`, "texts"},
		{protocol.Cohere, `{"texts":["a"],"images":["b"],"input_type":"search_query"}`, "texts"},
		{protocol.Cohere, `{"texts":["a"],"input_type":"poem"}`, "input_type"},
		{protocol.Cohere, `{"texts":[5],"input_type":"search_query"}`, "texts[0]"},
		{protocol.Cohere, `{"texts":["a"],"input_type":"search_query","truncate":"MIDDLE"}`, "truncate"},
		{protocol.EmbedContent, `{"content":"a"}`, "content"},
		{protocol.EmbedContent, `{"content":{"parts":[]}}`, "content"},
		{protocol.EmbedContent, `{"content":{"parts":[{"fileData":{"fileUri":"gs://x"}}]}}`, "content.parts[0]"},
		{protocol.EmbedContent, `{"content":{"parts":[{"text":"a"}]},"taskType":"POEM"}`, "taskType"},
		{protocol.EmbedContent, `{"content":{"parts":[{"text":"a"}]},"taskType":"CLUSTERING","task_type":"CLUSTERING"}`, "task_type"},
		{protocol.EmbedContent, `{"content":{"parts":[{"text":"a"}]},"outputDimensionality":-1}`, "outputDimensionality"},
		{protocol.BatchEmbedContents, `{"requests":[]}`, "requests"},
		{protocol.BatchEmbedContents, `{"requests":[5]}`, "requests[0]"},
		{protocol.BatchEmbedContents, `{"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{}}]}`, "requests[1].content"},
		{protocol.BatchEmbedContents, `{"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"a"}]},"outputDimensionality":5}]}`, "requests[1]"},
		{protocol.Predict, `{"instances":{}}`, "instances"},
		{protocol.Predict, `{"instances":[{"prompt":"a cat"}]}`, "instances[0].content"},
		{protocol.Predict, `{"instances":[{"content":"a"}],"parameters":5}`, "parameters"},
		{protocol.Predict, `{"instances":[{"content":"a"}],"parameters":{"autoTruncate":"no"}}`, "parameters.autoTruncate"},
	} {
		_, err := read(all()[tt.language], tt.body)
		f := new(interline.Fault)
		if !errors.As(err, &f) || f.Class != interline.C12Local || f.Param != tt.param || f.Message == "" {
			t.Errorf("%s %s: %+v, want one about %s", tt.language, tt.body, err, tt.param)
		}
	}
}

// What a language cannot take at all is another deployment's matter, and said in
// the caller's words.
func TestUnsayable(t *testing.T) {
	for _, tt := range []struct{ from, body, to, param string }{
		{protocol.Embeddings, `{"input":["a","b"]}`, protocol.Titan, "input"},
		{protocol.Embeddings, `{"input":["a","b"]}`, protocol.EmbedContent, "input"},
		{protocol.Embeddings, `{"input":[[1,2],[3]]}`, protocol.Predict, "input[0]"},
		{protocol.Embeddings, `{"input":[1,2]}`, protocol.Cohere, "input[0]"},
		{protocol.Cohere, `{"images":["data:image/png;base64,AAAA"],"input_type":"image"}`, protocol.Embeddings, "texts[0]"},
		{protocol.BatchEmbedContents, `{"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}}]}`, protocol.Cohere, "requests[1]"},
	} {
		r, err := read(all()[tt.from], tt.body)
		if err != nil {
			t.Errorf("%s: %v", tt.body, err)
			continue
		}
		_, _, err = all()[tt.to].WriteEmbed(r, protocol.Target{Model: "m", From: tt.from})
		f := new(interline.Fault)
		if !errors.As(err, &f) || f.Class != interline.C2Capability || f.Param != tt.param {
			t.Errorf("%s in %s: %v, want a refusal of %s", tt.body, tt.to, err, tt.param)
		}
	}
}

// What is not an answer is not taken for one, nor are holes in it.
func TestBadAnswers(t *testing.T) {
	bodies := []string{
		``, `{`, `[]`, `null`, `{}`, `{"data":[]}`, `{"embeddings":[]}`, `{"predictions":[{}]}`, `{"embedding":{}}`,
		`{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}`, `{"data":[{"index":9,"embedding":[1]}]}`, `{"data":[{"index":0,"embedding":[[1]]}]}`,
		`{"data":[{"index":0,"embedding":["1"]}]}`, `{"embedding":[null]}`, `{"embeddings":{"float":[[true]]}}`, `{"embedding":{"values":[]}}`,
	}
	for name, l := range all() {
		for _, body := range bodies {
			if v, err := l.ReadVectors(nil, []byte(body)); err == nil {
				t.Errorf("%s takes %s for %+v", name, body, v)
			}
		}
	}
}

// A patch changes the model where the body names it and nothing else.
func TestPatch(t *testing.T) {
	for _, tt := range []struct{ language, body, want string }{
		{protocol.Embeddings, `{ "model":"a", "input":"x" }`, `{ "model":"z", "input":"x" }`},
		{protocol.EmbedContent, `{"content":{} , "model":"models/a"}`, `{"content":{} , "model":"models/z"}`},
		{protocol.EmbedContent, `{"content":{ }}`, `{"content":{ }}`},
		{protocol.BatchEmbedContents, `{"requests": [ {"model":"models/a","content":{}}, {"content":{}} ]}`, `{"requests": [ {"model":"models/z","content":{}}, {"model":"models/z","content":{}} ]}`},
		{protocol.Titan, `{"inputText": "x"}`, `{"inputText": "x"}`},
	} {
		l := all()[tt.language]
		o, err := open(l, tt.body)
		if err != nil {
			t.Fatal(err)
		}
		if got, losses := l.Patch(o, protocol.Edits{Model: "z"}); string(got.Bytes()) != tt.want || losses != nil {
			t.Errorf("%s: %s %v, want %s", tt.language, got.Bytes(), losses, tt.want)
		}
		if got, _ := l.Patch(o, protocol.Edits{}); string(got.Bytes()) != tt.body {
			t.Errorf("%s without edits: %s", tt.language, got.Bytes())
		}
	}
}

// The body alone tells whose model InvokeModel asks.
func TestInvoked(t *testing.T) {
	for body, want := range map[string]string{
		`{"inputText":"x"}`:                           protocol.Titan,
		`{"texts":["x"],"input_type":"search_query"}`: protocol.Cohere,
		`{"images":["x"]}`:                            protocol.Cohere,
		`{"messages":[{"content":"inputText"}]}`:      "",
		`{"messages":[{"inputText":1}]}`:              "",
		`{"inputText":`:                               "",
		``:                                            "",
	} {
		name := ""
		if l := Invoked([]byte(body)); l != nil {
			name = l.Name()
		}
		if name != want {
			t.Errorf("%s is of %q", body, name)
		}
	}
}
