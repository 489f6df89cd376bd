package acceptance

import (
	"bytes"
	"context"
	"encoding/base64"
	littleendian "encoding/binary" // binary is the gateway's here
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/azure"
	"github.com/openai/openai-go/v3/option"
	"google.golang.org/genai"

	"github.com/interline-ai/interline/emulator"
)

const (
	small   = "text-embedding-3-small"
	gemini1 = "gemini-embedding-001"
	gemini2 = "gemini-embedding-2"
	titan2  = "amazon.titan-embed-text-v2:0"
	embed3  = "cohere.embed-english-v3"
	embed4  = "cohere.embed-v4:0"
)

// embedStand is a place that makes vectors, behind the gateway and directly.
type embedStand struct {
	stand
	one    bool // takes one input at a time
	fixed  bool // has one length only
	silent bool // tells no usage
	direct func(p emulator.Place, texts []string, size int) (path, header, body string)
	values func(answer map[string]any) []any
}

func embedStands() []embedStand {
	at := func(model, place string, settings func(emulator.Place) string, id string) stand {
		return stand{Routed{Model: model, Place: place}, settings, fmt.Sprintf("model: %q", id)}
	}
	return []embedStand{
		{stand: at("openai", "openai", keyed("openai", ""), small), direct: openaiDirect("/v1/embeddings"), values: openaiValues},
		{stand: at("azure-v1", "azure", keyed("azure", ""), small), direct: openaiDirect("/openai/v1/embeddings"), values: openaiValues},
		{stand: at("azure-dated", "azure", keyed("azure", ", api_version: "+azureVersion), small), direct: openaiDirect("/openai/v1/embeddings"), values: openaiValues},
		{stand: at("compatible", "openai", keyed("compatible", ", vendor: vllm"), small), direct: openaiDirect("/v1/embeddings"), values: openaiValues},
		{stand: at("google", "gemini", keyed("gemini", ""), gemini1), silent: true, direct: geminiDirect, values: geminiValues},
		{stand: at("vertex", "vertex", account, gemini1), direct: vertexDirect, values: vertexValues},
		{stand: at("vertex-express", "vertex", express, gemini1), direct: vertexDirect, values: vertexValues},
		{stand: at("vertex-second", "vertex", account, gemini2), one: true, direct: secondDirect, values: secondValues},
		{stand: at("titan", "bedrock", signed, titan2), one: true, direct: titanDirect, values: titanValues},
		{stand: at("cohere3", "bedrock", signed, embed3), fixed: true, direct: cohereDirect(embed3), values: cohereValues},
		{stand: at("cohere4", "bedrock", bearing, embed4), direct: cohereDirect(embed4), values: cohereValues},
	}
}

func encoded(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps of texts
	}
	return string(b)
}

func openaiDirect(path string) func(emulator.Place, []string, int) (string, string, string) {
	return func(p emulator.Place, texts []string, size int) (string, string, string) {
		header := "Authorization: Bearer " + p.Credentials["key"]
		if strings.HasPrefix(path, "/openai") {
			header = "Api-Key: " + p.Credentials["key"]
		}
		return path, header, encoded(map[string]any{"model": small, "input": texts, "dimensions": size})
	}
}

func openaiValues(a map[string]any) (out []any) {
	for _, item := range a["data"].([]any) {
		out = append(out, item.(map[string]any)["embedding"])
	}
	return out
}

func geminiDirect(p emulator.Place, texts []string, size int) (string, string, string) {
	var all []any
	for _, t := range texts {
		all = append(all, map[string]any{
			"model": "models/" + gemini1, "content": map[string]any{"parts": []any{map[string]any{"text": t}}}, "outputDimensionality": size,
		})
	}
	return "/v1beta/models/" + gemini1 + ":batchEmbedContents", "X-Goog-Api-Key: " + p.Credentials["key"], encoded(map[string]any{"requests": all})
}

func geminiValues(a map[string]any) (out []any) {
	for _, item := range a["embeddings"].([]any) {
		out = append(out, item.(map[string]any)["values"])
	}
	return out
}

func vertexDirect(p emulator.Place, texts []string, size int) (string, string, string) {
	var all []any
	for _, t := range texts {
		all = append(all, map[string]any{"content": t})
	}
	return "/v1/publishers/google/models/" + gemini1 + ":predict", "X-Goog-Api-Key: " + p.Credentials["api_key"],
		encoded(map[string]any{"instances": all, "parameters": map[string]any{"outputDimensionality": size}})
}

func vertexValues(a map[string]any) (out []any) {
	for _, item := range a["predictions"].([]any) {
		out = append(out, item.(map[string]any)["embeddings"].(map[string]any)["values"])
	}
	return out
}

// secondDirect asks Vertex AI by embedContent, which takes one input.
func secondDirect(p emulator.Place, texts []string, size int) (string, string, string) {
	return "/v1/publishers/google/models/" + gemini2 + ":embedContent", "X-Goog-Api-Key: " + p.Credentials["api_key"],
		encoded(map[string]any{"content": map[string]any{"parts": []any{map[string]any{"text": texts[0]}}}, "outputDimensionality": size})
}

func secondValues(a map[string]any) []any {
	return []any{a["embedding"].(map[string]any)["values"]}
}

func titanDirect(p emulator.Place, texts []string, size int) (string, string, string) {
	return "/model/" + url.PathEscape(titan2) + "/invoke", "Authorization: Bearer " + p.Credentials["api_key"],
		encoded(map[string]any{"inputText": texts[0], "dimensions": size})
}

func titanValues(a map[string]any) []any { return []any{a["embedding"]} }

func cohereDirect(id string) func(emulator.Place, []string, int) (string, string, string) {
	return func(p emulator.Place, texts []string, size int) (string, string, string) {
		body := map[string]any{"texts": texts, "input_type": "search_document"}
		if id == embed4 {
			body["output_dimension"] = size
		}
		return "/model/" + url.PathEscape(id) + "/invoke", "Authorization: Bearer " + p.Credentials["api_key"], encoded(body)
	}
}

func cohereValues(a map[string]any) []any {
	if byType, ok := a["embeddings"].(map[string]any); ok {
		return byType["float"].([]any)
	}
	return a["embeddings"].([]any)
}

// asked asks the emulated cloud itself, without any SDK, and returns the numbers as
// they are written.
func (s embedStand) asked(ctx context.Context, t *testing.T, texts []string, size int) [][]float64 {
	t.Helper()
	p := s.Emulators.Place(s.Place)
	path, header, body := s.direct(p, texts, size)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	name, value, _ := strings.Cut(header, ": ")
	r.Header.Set(name, value)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s itself: %d %s, %v", s.Model, res.StatusCode, text, err)
	}
	return numbers(t, text, s.values)
}

// numbers reads the vectors of an answer without losing a digit.
func numbers(t *testing.T, text []byte, values func(map[string]any) []any) [][]float64 {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var a map[string]any
	if err := dec.Decode(&a); err != nil {
		t.Fatalf("read %.200s: %v", text, err)
	}
	var out [][]float64
	for _, v := range values(a) {
		var one []float64
		for _, n := range v.([]any) {
			f, err := strconv.ParseFloat(string(n.(json.Number)), 64)
			if err != nil {
				t.Fatal(err)
			}
			one = append(one, f)
		}
		out = append(out, one)
	}
	return out
}

// listener keeps the header of the last answer.
type listener struct{ last http.Header }

func (l *listener) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		l.last = res.Header
	}
	return res, err
}

// middle does the same for openai-go.
func (l *listener) middle(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
	res, err := next(r)
	if res != nil {
		l.last = res.Header
	}
	return res, err
}

// embedded is what a client got.
type embedded struct {
	vectors [][]float64
	single  bool // the numbers passed through a float32
	used    int  // tokens, if told; else -1
}

// embedClient is an SDK that asks for vectors.
type embedClient struct {
	name string
	one  bool // asks with one input at a time
	ask  func(ctx context.Context, t *testing.T, g Gateway, l *listener, model string, texts []string, size int) (embedded, error)
}

func embedClients() []embedClient {
	return []embedClient{
		{"openai-go, float", false, askOpenAI("float")},
		{"openai-go, base64", false, askOpenAI("base64")},
		{"openai-go, azure dated", false, askOpenAI("dated")},
		{"genai, gemini", false, askGenai(genai.BackendGeminiAPI, "")},
		{"genai, vertex, predict", false, askGenai(genai.BackendVertexAI, "")},
		{"genai, vertex, embedContent", true, askGenai(genai.BackendVertexAI, "gemini-embedding-2-")},
		{"bedrockruntime, titan", true, askTitan},
		{"bedrockruntime, cohere", false, askCohere},
	}
}

type embedAsk = func(context.Context, *testing.T, Gateway, *listener, string, []string, int) (embedded, error)

func askOpenAI(how string) embedAsk {
	return func(ctx context.Context, _ *testing.T, g Gateway, l *listener, model string, texts []string, size int) (embedded, error) {
		var options []option.RequestOption
		if how == "dated" {
			options = append(options, azure.WithEndpoint(g.URL, azureVersion), azure.WithAPIKey(g.Key), azure.WithUnsafeAllowHTTP())
		} else {
			options = append(options, option.WithBaseURL(g.URL+"/v1"), option.WithAPIKey(g.Key))
		}
		options = append(options, option.WithMiddleware(l.middle), option.WithMaxRetries(0))
		q := openai.EmbeddingNewParams{
			Model: model, Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfStrings: texts}, Dimensions: openai.Int(int64(size)),
			EncodingFormat: openai.EmbeddingNewParamsEncodingFormatFloat,
		}
		var raw *http.Response
		if how == "base64" {
			q.EncodingFormat = openai.EmbeddingNewParamsEncodingFormatBase64
			c := openai.NewClient(options...)
			var text []byte // this SDK has no type for them
			if err := c.Post(ctx, "embeddings", q, &text, option.WithResponseInto(&raw)); err != nil {
				return embedded{}, err
			}
			return unpacked(text)
		}
		c := openai.NewClient(options...)
		got, err := c.Embeddings.New(ctx, q)
		if err != nil {
			return embedded{}, err
		}
		out := embedded{used: int(got.Usage.PromptTokens)}
		for _, e := range got.Data {
			out.vectors = append(out.vectors, e.Embedding)
		}
		return out, nil
	}
}

// unpacked reads an answer in base64 as OpenAI's SDKs for Python and Node do.
func unpacked(text []byte) (embedded, error) {
	var a struct {
		Data []struct {
			Index     int
			Embedding string
		}
		Usage struct {
			Prompt int `json:"prompt_tokens"`
		}
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return embedded{}, err
	}
	out := embedded{single: true, used: a.Usage.Prompt}
	for i, e := range a.Data {
		packed, err := base64.StdEncoding.DecodeString(e.Embedding)
		if err != nil || e.Index != i {
			return embedded{}, fmt.Errorf("item %d: index %d, %w", i, e.Index, err)
		}
		var one []float64
		for ; len(packed) >= 4; packed = packed[4:] {
			one = append(one, float64(math.Float32frombits(littleendian.LittleEndian.Uint32(packed))))
		}
		out.vectors = append(out.vectors, one)
	}
	return out, nil
}

func askGenai(backend genai.Backend, prefix string) embedAsk {
	return func(ctx context.Context, _ *testing.T, g Gateway, l *listener, model string, texts []string, size int) (embedded, error) {
		c := genai.ClientConfig{APIKey: g.Key, Backend: backend, HTTPClient: &http.Client{Transport: l}}
		c.HTTPOptions.BaseURL = g.URL
		sdk, err := genai.NewClient(ctx, &c)
		if err != nil {
			return embedded{}, err
		}
		var contents []*genai.Content
		for _, s := range texts {
			contents = append(contents, genai.NewContentFromText(s, genai.RoleUser))
		}
		got, err := sdk.Models.EmbedContent(ctx, prefix+model, contents, &genai.EmbedContentConfig{
			OutputDimensionality: genai.Ptr(int32(size)), TaskType: "RETRIEVAL_DOCUMENT",
		})
		if err != nil {
			return embedded{}, err
		}
		out := embedded{single: true, used: -1}
		for _, e := range got.Embeddings {
			var one []float64
			for _, n := range e.Values {
				one = append(one, float64(n))
			}
			out.vectors = append(out.vectors, one)
		}
		return out, nil
	}
}

func askTitan(ctx context.Context, t *testing.T, g Gateway, l *listener, model string, texts []string, size int) (embedded, error) {
	text, err := invokeModel(ctx, g, l, model, map[string]any{"inputText": texts[0], "dimensions": size})
	if err != nil {
		return embedded{}, err
	}
	var told struct{ InputTextTokenCount int }
	if err := json.Unmarshal(text, &told); err != nil {
		return embedded{}, err
	}
	return embedded{vectors: numbers(t, text, titanValues), used: told.InputTextTokenCount}, nil
}

func askCohere(ctx context.Context, t *testing.T, g Gateway, l *listener, model string, texts []string, size int) (embedded, error) {
	body := map[string]any{"texts": texts, "input_type": "search_document"}
	if model != "cohere3" {
		body["output_dimension"] = size
	}
	text, err := invokeModel(ctx, g, l, model, body)
	if err != nil {
		return embedded{}, err
	}
	used := -1
	if told := l.last.Get("X-Amzn-Bedrock-Input-Token-Count"); told != "" {
		if used, err = strconv.Atoi(told); err != nil {
			return embedded{}, err
		}
	}
	return embedded{vectors: numbers(t, text, cohereValues), used: used}, nil
}

func invokeModel(ctx context.Context, g Gateway, l *listener, model string, body any) ([]byte, error) {
	c := bedrockruntime.New(bedrockruntime.Options{
		BaseEndpoint: &g.URL, Region: "eu-central-1", Retryer: aws.NopRetryer{}, HTTPClient: &http.Client{Transport: l},
		Credentials: credentials.NewStaticCredentialsProvider(g.KeyName, g.Key, ""),
	})
	got, err := c.InvokeModel(ctx, &bedrockruntime.InvokeModelInput{
		ModelId: &model, Body: []byte(encoded(body)), ContentType: aws.String("application/json"),
	})
	if err != nil {
		return nil, err
	}
	return got.Body, nil
}

// TestEmbeddings lets every SDK have vectors of every place that makes them. They
// must be those that the place itself gives, to the last digit, and cost what the
// place's bill says.
func TestEmbeddings(t *testing.T) {
	dir := t.TempDir()
	certificate := filepath.Join(dir, "authority.pem")
	all := embedStands()
	stands := make([]stand, len(all))
	for i := range all {
		stands[i] = all[i].stand
	}
	config := emulateStands(t, stands, certificate)
	for i := range all {
		all[i].stand = stands[i]
		config = strings.Replace(config, "  "+all[i].Model+":\n    deployments", "  "+all[i].Model+":\n    aliases: [gemini-embedding-2-"+all[i].Model+"]\n    deployments", 1)
	}
	_, g := up(t, dir, config, "SSL_CERT_FILE="+certificate)
	for _, s := range all {
		t.Run(s.Model, func(t *testing.T) {
			t.Parallel()
			for _, c := range embedClients() {
				t.Run(c.name, func(t *testing.T) { s.judge(t, g, c) })
			}
		})
	}
}

func (s embedStand) judge(t *testing.T, g Gateway, c embedClient) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	const size = 256
	texts := []string{"the river is wide", "naïve café, 日本", "buy seven copper kettles"}
	l := &listener{}
	if s.one && !c.one {
		_, err := c.ask(ctx, t, g, l, s.Model, texts, size)
		if !says(err, "one input") {
			t.Errorf("several inputs for a model that takes one: %v", err)
		}
	}
	if s.one || c.one {
		texts = texts[1:2]
	}
	want := s.asked(ctx, t, texts, size)
	got, err := c.ask(ctx, t, g, l, s.Model, texts, size)
	if err != nil {
		t.Fatal(err)
	}
	if got.single {
		for _, v := range want {
			for i := range v {
				v[i] = float64(float32(v[i]))
			}
		}
	}
	if !slices.EqualFunc(got.vectors, want, slices.Equal[[]float64]) {
		t.Errorf("%d vectors, not those that the place gives itself", len(got.vectors))
	}
	s.account(ctx, t, g, l, got.used)
	lost := l.last.Get("X-Interline-Losses")
	if s.fixed && !strings.Contains(lost, "imension") && c.name != "bedrockruntime, cohere" {
		t.Errorf("a length that the model does not have is lost silently: %q", lost)
	}
}

// says reports whether an error's message holds the words. That of openai-go's errors
// is not in their text.
func says(err error, words string) bool {
	if e := new(openai.Error); errors.As(err, &e) {
		return strings.Contains(e.Message, words)
	}
	return err != nil && strings.Contains(err.Error(), words)
}

// account holds what was told of the usage against the place's bill.
func (s embedStand) account(ctx context.Context, t *testing.T, g Gateway, l *listener, told int) {
	t.Helper()
	rows := s.Emulators.Bill().Rows(s.Place)
	billed := rows[len(rows)-1].Usage.Input
	rec, err := g.Records.Find(ctx, l.last.Get("X-Request-Id"))
	if err != nil {
		t.Fatal(err)
	}
	if s.silent {
		if rec.Usage != nil && rec.Usage.Input != 0 {
			t.Errorf("the place tells no usage, and the record has %+v", *rec.Usage)
		}
		return
	}
	if rec.Usage == nil || rec.Usage.Input != billed || rec.Usage.Output != 0 {
		t.Errorf("recorded %+v, billed %d", rec.Usage, billed)
	}
	if told >= 0 && told != billed {
		t.Errorf("the client was told %d tokens, billed are %d", told, billed)
	}
}
