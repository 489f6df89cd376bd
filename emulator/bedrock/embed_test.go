package bedrock

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

const (
	titanText = "amazon.titan-embed-text-v2:0"
	english3  = "cohere.embed-english-v3"
	cohere4   = "us.cohere.embed-v4:0"
)

// length is that of a vector in space.
func length(v []float64) float64 {
	sum := 0.0
	for _, n := range v {
		sum += n * n
	}
	return math.Sqrt(sum)
}

func TestTitanEmbeds(t *testing.T) {
	c := start(t, core.Config{})
	var a struct {
		Embedding []float64
		ByType    struct{ Float []float64 } `json:"embeddingsByType"`
		Tokens    int                       `json:"inputTextTokenCount"`
	}
	r := c.model(t, titanText, "invoke", `{"inputText":"the river is wide","dimensions":256}`)
	if err := json.Unmarshal(r.body, &a); err != nil || r.StatusCode != 200 || len(a.Embedding) != 256 || len(a.ByType.Float) != 256 || math.Abs(length(a.Embedding)-1) > 1e-5 {
		t.Fatalf("status %d, %v: %.200s", r.StatusCode, err, r.body)
	}
	row := c.Bill.Rows("bedrock")[0]
	if a.Tokens == 0 || row.Usage != (core.Usage{Input: a.Tokens}) || row.Model != titanText {
		t.Errorf("%d tokens, bill %+v", a.Tokens, row)
	}
	if h := r.Header.Get("X-Amzn-Bedrock-Input-Token-Count"); h != "4" || a.Tokens != 4 {
		t.Errorf("the header says %q, the body %d", h, a.Tokens)
	}
	r = c.model(t, titanText, "invoke", `{"inputText":"the river is wide","normalize":false}`)
	if err := json.Unmarshal(r.body, &a); err != nil || len(a.Embedding) != 1024 || length(a.Embedding) < 1.5 {
		t.Errorf("not normalized: %d numbers of length %v", len(a.Embedding), length(a.Embedding))
	}
}

func TestCohereEmbeds(t *testing.T) {
	c := start(t, core.Config{})
	const body = `{"texts":["the river","the sea"],"input_type":"search_query"`
	var floats struct {
		Embeddings [][]float64
		Texts      []string
		Kind       string `json:"response_type"`
	}
	r := c.model(t, english3, "invoke", body+"}")
	if err := json.Unmarshal(r.body, &floats); err != nil || floats.Kind != "embeddings_floats" || len(floats.Embeddings) != 2 || len(floats.Embeddings[1]) != 1024 || len(floats.Texts) != 2 {
		t.Fatalf("status %d, %v: %.200s", r.StatusCode, err, r.body)
	}
	var typed struct {
		Embeddings struct{ Float [][]float64 }
		Kind       string `json:"response_type"`
	}
	for id, body := range map[string]string{english3: body + `,"embedding_types":["float"]}`, cohere4: body + `,"output_dimension":1024,"truncate":"RIGHT"}`} {
		r := c.model(t, id, "invoke", body)
		if err := json.Unmarshal(r.body, &typed); err != nil || typed.Kind != "embeddings_by_type" || len(typed.Embeddings.Float) != 2 || len(typed.Embeddings.Float[0]) != 1024 {
			t.Errorf("%s: status %d, %v: %.200s", id, r.StatusCode, err, r.body)
		}
	}
	for _, row := range c.Bill.Rows("bedrock") {
		if row.Usage.Input != 4 || row.Usage.Output != 0 {
			t.Errorf("bill %+v", row)
		}
	}
}

func TestEmbeddingsRefused(t *testing.T) {
	c := start(t, core.Config{})
	long := strings.Repeat("word ", 9000)
	for _, tt := range []struct{ id, operation, body, says string }{
		{titanText, "invoke", `{}`, "#: required key [inputText] not found"},
		{titanText, "invoke", `{"inputText":5}`, "#/inputText: expected type: String, found: Integer"},
		{titanText, "invoke", `{"inputText":""}`, "expected minLength: 1, actual: 0"},
		{titanText, "invoke", `{"inputText":"x","user":"u"}`, "#: extraneous key [user] is not permitted"},
		{titanText, "invoke", `{"inputText":"x","dimensions":300}`, "#/dimensions: 300 is not a valid enum value"},
		{titanText, "invoke", `{"inputText":"` + long + `"}`, "Too many input tokens"},
		{titanText, "invoke", `[]`, "JSONObject"},
		{titanText, "invoke-with-response-stream", `{"inputText":"x"}`, "streaming"},
		{titanText, "converse", `{"messages":[{"role":"user","content":[{"text":"x"}]}]}`, "supported text or chat model"},
		{english3, "invoke", `{"texts":["x"]}`, "#: required key [input_type] not found"},
		{english3, "invoke", `{"texts":["x"],"input_type":"poem"}`, "#/input_type: poem is not a valid enum value"},
		{english3, "invoke", `{"texts":[],"input_type":"search_query"}`, "minimum item count"},
		{english3, "invoke", `{"texts":["x"` + strings.Repeat(`,"x"`, 96) + `],"input_type":"search_query"}`, "#/texts: expected maximum item count: 96, found: 97"},
		{english3, "invoke", `{"texts":["x"],"input_type":"search_query","output_dimension":256}`, "extraneous key [output_dimension]"},
		{english3, "invoke", `{"texts":["x"],"input_type":"search_query","truncate":"LEFT"}`, "#/truncate: LEFT is not a valid"},
		{english3, "invoke", `{"texts":["` + long + `"],"input_type":"search_query"}`, "too long"},
		{cohere4, "invoke", `{"texts":["x"],"input_type":"search_query","embedding_types":["int8"]}`, "float only"},
	} {
		r := c.model(t, tt.id, tt.operation, tt.body)
		if r.StatusCode != 400 || r.Header.Get("X-Amzn-Errortype") != "ValidationException" || !strings.Contains(string(r.body), tt.says) {
			t.Errorf("%s %s %.80s: %d %s", tt.id, tt.operation, tt.body, r.StatusCode, r.body)
		}
	}
	if rows := c.Bill.Rows("bedrock"); len(rows) != 0 {
		t.Errorf("billed %+v", rows)
	}
	if r := c.model(t, english3, "invoke", `{"texts":["`+long+`"],"input_type":"search_query","truncate":"END"}`); r.StatusCode != 200 || c.Bill.Rows("bedrock")[0].Usage.Input != 512 {
		t.Errorf("cut at its end: %d, %+v", r.StatusCode, c.Bill.Rows("bedrock"))
	}
}

func FuzzEmbeddingBody(f *testing.F) {
	f.Add(`{"inputText":"x","dimensions":256,"normalize":true}`)
	f.Add(`{"texts":["x"],"input_type":"search_query","truncate":"END"}`)
	f.Fuzz(func(t *testing.T, body string) {
		for _, m := range embedders() {
			w, refused := readWanted(*m.Embeds, []byte(body))
			if refused == nil && (len(w.texts) == 0 || w.size < 1 || w.size > 1536) {
				t.Fatalf("%s takes %q as %+v", m.ID, body, w)
			}
		}
	})
}
