package server

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/all"
	"github.com/interline-ai/interline/upstream"
)

// vectorNames are the languages in which the door's cloud makes vectors.
var vectorNames = []string{protocol.Embeddings, protocol.Titan, protocol.Cohere, protocol.EmbedContent, protocol.BatchEmbedContents, protocol.Predict}

// Embeds implements driver.Embedder.
func (place) Embeds(d *driver.Deployment) []protocol.Embedder {
	var out []protocol.Embedder
	for _, name := range vectorNames {
		if d.Traits.Family == "" || d.Traits.Family == name {
			out = append(out, all.Embedder(name))
		}
	}
	return out
}

// embedding is an answer in each language, of one input.
var embedding = map[string]string{
	"/embeddings":         `{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.25, -1e-9]}],"model":"m","usage":{"prompt_tokens":3,"total_tokens":3}}`,
	"/titan":              `{"embedding":[0.25, -1e-9],"inputTextTokenCount":3}`,
	"/cohere":             `{"embeddings":[[0.25, -1e-9]],"id":"x","response_type":"embeddings_floats","texts":["x"]}`,
	"/embedcontent":       `{"embedding":{"values":[0.25, -1e-9]},"usageMetadata":{"promptTokenCount":3}}`,
	"/batchembedcontents": `{"embeddings":[{"values":[0.25, -1e-9]}]}`,
	"/predict":            `{"predictions":[{"embeddings":{"values":[0.25, -1e-9],"statistics":{"token_count":3}}}]}`,
}

// newVectorDoor is a door whose one cloud makes vectors, in the named language alone
// unless it is empty.
func newVectorDoor(t *testing.T, language string) *door {
	d := newDoor(t)
	d.world.Load().Exchange.Send = func(_ context.Context, _ string, c *driver.Call) (*upstream.Answer, error) {
		d.asked.Add(1)
		body := embedding[c.Path]
		return &upstream.Answer{
			Status: 200, Header: http.Header{"Content-Type": {"application/json"}, "X-Amzn-Bedrock-Input-Token-Count": {"3"}},
			Length: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)),
		}, nil
	}
	for _, candidate := range d.world.Load().Exchange.Candidates(&interline.Head{Model: "m"}) {
		candidate.Traits.Family = language
	}
	return d
}

// goodVectors is a request on every path of vectors, and the language it is in.
var goodVectors = map[string]struct{ language, body string }{
	"/v1/embeddings":        {protocol.Embeddings, `{"model":"m","input":"x"}`},
	"/openai/v1/embeddings": {protocol.Embeddings, `{"model":"m","input":["x"],"encoding_format":"base64"}`},

	"/openai/deployments/m/embeddings?api-version=x":                             {protocol.Embeddings, `{"input":"x"}`},
	"/azure/openai/deployments/m/embeddings":                                     {protocol.Embeddings, `{"input":"x"}`},
	"/v1beta/models/m:embedContent":                                              {protocol.EmbedContent, `{"content":{"parts":[{"text":"x"}]}}`},
	"/v1/models/m:embedContent":                                                  {protocol.EmbedContent, `{"content":{"parts":[{"text":"x"}]}}`},
	"/v1beta/models/m:batchEmbedContents":                                        {protocol.BatchEmbedContents, `{"requests":[{"model":"models/m","content":{"parts":[{"text":"x"}]}}]}`},
	"/gemini/v1/models/m:batchEmbedContents":                                     {protocol.BatchEmbedContents, `{"requests":[{"content":{"parts":[{"text":"x"}]}}]}`},
	"/v1/publishers/google/models/m:predict":                                     {protocol.Predict, `{"instances":[{"content":"x"}]}`},
	"/v1beta1/publishers/google/models/m:embedContent":                           {protocol.EmbedContent, `{"content":{"parts":[{"text":"x"}]}}`},
	"/v1/projects/p/locations/eu/publishers/google/models/m:predict":             {protocol.Predict, `{"instances":[{"content":"x"}]}`},
	"/vertex/v1/projects/p/locations/eu/publishers/google/models/m:embedContent": {protocol.EmbedContent, `{"content":{"parts":[{"text":"x"}]},"embedContentConfig":{"autoTruncate":true}}`},
	"/model/m/invoke":                       {protocol.Titan, `{"inputText":"x"}`},
	"/bedrock/model/vendor.m-v1%3A0/invoke": {protocol.Cohere, `{"texts":["x"],"input_type":"search_document"}`},
}

// Every path of vectors is forwarded in its own language, byte for byte.
func TestVectorsAreForwarded(t *testing.T) {
	for path, tt := range goodVectors {
		d := newVectorDoor(t, "")
		w := d.do("POST", path, tt.body)
		if w.Code != 200 || w.Body.String() != embedding["/"+tt.language] || w.Header().Get("X-Interline-Grade") != "forward" {
			t.Errorf("%s: %d %v %s", path, w.Code, w.Header(), w.Body)
		}
		r := d.last.Load()
		if r.Head.Operation != interline.OperationEmbeddings || r.Language != tt.language {
			t.Errorf("%s: recorded as %q in %s", path, r.Head.Operation, r.Language)
		}
		if tt.language != protocol.BatchEmbedContents && r.Usage().Input != 3 {
			t.Errorf("%s: recorded usage %+v", path, r.Usage())
		}
	}
}

// And translated to a cloud of every other one, losing no digit.
func TestVectorsAreTranslated(t *testing.T) {
	for path, tt := range goodVectors {
		for _, language := range vectorNames {
			if language == tt.language {
				continue
			}
			w := newVectorDoor(t, language).do("POST", path, tt.body)
			if w.Code != 200 || w.Header().Get("X-Interline-Grade") != "translate" || !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s to %s: %d %s", path, language, w.Code, w.Body)
			}
			if want := "[0.25,-1e-9]"; !strings.Contains(tt.body, "base64") && !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s to %s: %s", path, language, w.Body)
			}
			invoked := tt.language == protocol.Titan || tt.language == protocol.Cohere
			if told := w.Header().Get("X-Amzn-Bedrock-Input-Token-Count"); language != protocol.BatchEmbedContents && (told == "3") != invoked {
				t.Errorf("%s to %s: %q tokens in the header", path, language, told)
			}
		}
	}
}

// What is wrong is told in the shape of the caller's own API, and reaches no cloud.
func TestBadVectors(t *testing.T) {
	for _, tt := range []struct {
		path, body string
		status     int
		says       string
	}{
		{"/v1/embeddings", `{"model":"m"}`, 400, "input"},
		{"/v1/embeddings", `{"model":"m","input":[]}`, 400, "empty"},
		{"/v1/embeddings", `{"model":"m","input":7}`, 400, "input"},
		{"/v1/embeddings", `{"input":"x"}`, 400, "model"},
		{"/v1/embeddings", `{"model":"nobody","input":"x"}`, 404, "nobody"},
		{"/v1/embeddings", `{"model":"m","input":"x"`, 400, "JSON"},
		{"/v1/embeddings", `{"model":"m","model":"n","input":"x"}`, 400, "model"},
		{"/openai/deployments/nobody/embeddings", `{"input":"x"}`, 404, "nobody"},
		{"/v1beta/models/m:embedContent", `{}`, 400, "content"},
		{"/v1beta/models/nobody:embedContent", `{"content":{}}`, 404, "nobody"},
		{"/v1beta/models/m:batchEmbedContents", `{"requests":[]}`, 400, "requests"},
		{"/v1/publishers/google/models/m:predict", `{"instances":[{"prompt":"a cat"}]}`, 400, "content"},
		{"/v1/publishers/google/models/m:predict", `{}`, 400, "instances"},
		{"/model/m/invoke", `{"inputText":["x"]}`, 400, "inputText"},
		{"/model/m/invoke", `{"texts":["x"]}`, 400, "input_type"},
		{"/model/nobody/invoke", `{"inputText":"x"}`, 404, "nobody"},
		{"/model/m/invoke-with-response-stream", `{"inputText":"x"}`, 400, "/converse"},
	} {
		d := newVectorDoor(t, "")
		w := d.do("POST", tt.path, tt.body)
		if said := saidBy(t, tt.path, w); w.Code != tt.status || !strings.Contains(said, tt.says) || d.asked.Load() != 0 {
			t.Errorf("%s %s: %d %s, want %d and %q", tt.path, tt.body, w.Code, w.Body, tt.status, tt.says)
		}
	}
}

// saidBy is an error's message and field, which must be in the shape of the path's
// API.
func saidBy(t *testing.T, path string, w *httptest.ResponseRecorder) string {
	t.Helper()
	var e struct {
		Message string
		Error   struct {
			Message, Type, Status, Param string
			Code                         any
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
		t.Fatalf("%s: %v: %s", path, err, w.Body)
	}
	switch {
	case strings.Contains(path, ":"):
		if e.Error.Status == "" || e.Error.Code != float64(w.Code) {
			t.Errorf("%s: not Google's shape: %s", path, w.Body)
		}
	case strings.Contains(path, "/model/"):
		if w.Header().Get("X-Amzn-Errortype") == "" {
			t.Errorf("%s: not AWS's shape: %v %s", path, w.Header(), w.Body)
		}
	default:
		if e.Error.Type == "" {
			t.Errorf("%s: not OpenAI's shape: %s", path, w.Body)
		}
	}
	return e.Message + e.Error.Message + e.Error.Param
}

// Strict mode refuses what would be lost, and names it in the caller's words.
func TestStrictVectors(t *testing.T) {
	d := newVectorDoor(t, protocol.Titan)
	w := d.do("POST", "/v1/embeddings", `{"model":"m","input":"x","user":"u","input_type":"search_query"}`, "X-Interline-Losses", "strict")
	if said := saidBy(t, "/v1/embeddings", w); w.Code != 400 || !strings.Contains(said, "input_type") || !strings.Contains(said, "user") || d.asked.Load() != 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w = d.do("POST", "/v1/embeddings", `{"model":"m","input":"x","user":"u"}`)
	if lost := w.Header().Get("X-Interline-Losses"); w.Code != 200 || lost != "user=dropped" {
		t.Errorf("%d %q", w.Code, lost)
	}
	if w = d.do("POST", "/v1/embeddings", `{"model":"m","input":["x","y"]}`); w.Code != 400 || !strings.Contains(w.Body.String(), "one input") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// An answer with fewer vectors than there were inputs is none.
func TestTooFewVectors(t *testing.T) {
	w := newVectorDoor(t, protocol.Predict).do("POST", "/v1/embeddings", `{"model":"m","input":["x","y"]}`)
	if w.Code < 500 || !strings.Contains(w.Body.String(), "error") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
