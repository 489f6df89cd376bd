package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/exchange"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/all"
)

// Route is one path of the server.
type Route struct {
	Method string
	// Pattern is the path; {model} and other names in braces stand for one
	// segment, or for what of it stands before a colon.
	Pattern string
	// Language is that of the request, the answer and the errors; empty for
	// paths of the gateway's own.
	Language string
	// Operation is OpenTelemetry's gen_ai.operation.name; empty where no model
	// is asked.
	Operation string
	Stream    bool   // the path asks for a stream
	For       string // whose SDK sends it

	serve func(*visit, *Route, Names)
}

// Names are what a path named.
type Names struct {
	Model string

	pass *exchange.Passing // of a path that is forwarded
}

// Prefixes under which every route is served as well, for clients that share an
// address with others and so that like paths can be told apart.
var Prefixes = []string{"/openai", "/azure", "/anthropic", "/bedrock", "/gemini", "/vertex"}

// Routes returns all routes, without prefixes.
func Routes() []Route { return slices.Clone(table) }

var table = slices.Concat(openaiRoutes, anthropicRoutes, bedrockRoutes, googleRoutes, modelRoutes, ownRoutes)

const (
	post  = http.MethodPost
	get   = http.MethodGet
	chat  = interline.OperationChat
	count = interline.OperationCount

	vectors = interline.OperationEmbeddings
)

var openaiRoutes = []Route{
	{post, "/v1/chat/completions", protocol.ChatCompletions, chat, false, "OpenAI", generate},
	{post, "/openai/v1/chat/completions", protocol.ChatCompletions, chat, false, "OpenAI; Azure OpenAI v1; Bedrock", generate},
	{post, "/openai/deployments/{model}/chat/completions", protocol.ChatCompletions, chat, false, "Azure OpenAI, dated versions", generate},
	{post, "/v1/responses", protocol.Responses, chat, false, "OpenAI; Codex", generate},
	{post, "/openai/v1/responses", protocol.Responses, chat, false, "OpenAI; Azure OpenAI v1; Bedrock", generate},
	{post, "/openai/responses", protocol.Responses, chat, false, "Azure OpenAI, dated versions", generate},
	{post, "/v1/responses/input_tokens", protocol.Responses, count, false, "OpenAI", generate},
	{post, "/openai/v1/responses/input_tokens", protocol.Responses, count, false, "OpenAI; Azure OpenAI v1", generate},
	{post, "/openai/responses/input_tokens", protocol.Responses, count, false, "Azure OpenAI, dated versions", generate},
	{post, "/v1/embeddings", protocol.Embeddings, vectors, false, "OpenAI", generate},
	{post, "/openai/v1/embeddings", protocol.Embeddings, vectors, false, "OpenAI; Azure OpenAI v1", generate},
	{post, "/openai/deployments/{model}/embeddings", protocol.Embeddings, vectors, false, "Azure OpenAI, dated versions", generate},
}

var anthropicRoutes = []Route{
	{post, "/v1/messages", protocol.Messages, chat, false, "Anthropic", generate},
	{post, "/v1/messages/count_tokens", protocol.Messages, count, false, "Anthropic", generate},
}

var bedrockRoutes = []Route{
	{post, "/model/{model}/converse", protocol.Converse, chat, false, "AWS Bedrock", generate},
	{post, "/model/{model}/converse-stream", protocol.Converse, chat, true, "AWS Bedrock", generate},
	// of Claude, unless its body is one of Titan's or Cohere's embeddings
	{post, "/model/{model}/count-tokens", protocol.Converse, count, false, "AWS Bedrock", generate},
	{post, "/model/{model}/invoke", protocol.Invoke, chat, false, "Anthropic on AWS Bedrock; AWS Bedrock, embeddings", generate},
	{post, "/model/{model}/invoke-with-response-stream", protocol.Invoke, chat, true, "Anthropic on AWS Bedrock", generate},
}

// Of a Vertex path only the model is looked at: project and location are the
// gateway's to choose.
const (
	vertexModels  = "/{version}/projects/{project}/locations/{location}/publishers/{publisher}/models/{model}"
	claudeModels  = "/{version}/projects/{project}/locations/{location}/publishers/anthropic/models"
	googleModels  = "/{version}/projects/{project}/locations/{location}/publishers/google/models/{model}"
	expressModels = "/{version}/publishers/{publisher}/models/{model}"
)

var googleRoutes = []Route{
	{post, claudeModels + "/count-tokens:rawPredict", protocol.Messages, count, false, "Anthropic on Vertex AI", generate},
	{post, claudeModels + "/{model}:rawPredict", protocol.Messages, chat, false, "Anthropic on Vertex AI", generate},
	{post, claudeModels + "/{model}:streamRawPredict", protocol.Messages, chat, true, "Anthropic on Vertex AI", generate},
	{post, "/v1beta/models/{model}:countTokens", protocol.GenerateContent, count, false, "Gemini API", generate},
	{post, "/v1/models/{model}:countTokens", protocol.GenerateContent, count, false, "Gemini API", generate},
	{post, vertexModels + ":countTokens", protocol.GenerateContent, count, false, "Vertex AI", generate},
	{post, expressModels + ":countTokens", protocol.GenerateContent, count, false, "Vertex AI, express mode", generate},
	{post, "/v1beta/models/{model}:generateContent", protocol.GenerateContent, chat, false, "Gemini API", generate},
	{post, "/v1beta/models/{model}:streamGenerateContent", protocol.GenerateContent, chat, true, "Gemini API", generate},
	{post, "/v1/models/{model}:generateContent", protocol.GenerateContent, chat, false, "Gemini API", generate},
	{post, "/v1/models/{model}:streamGenerateContent", protocol.GenerateContent, chat, true, "Gemini API", generate},
	{post, vertexModels + ":generateContent", protocol.GenerateContent, chat, false, "Vertex AI", generate},
	{post, vertexModels + ":streamGenerateContent", protocol.GenerateContent, chat, true, "Vertex AI", generate},
	{post, expressModels + ":generateContent", protocol.GenerateContent, chat, false, "Vertex AI, express mode", generate},
	{post, expressModels + ":streamGenerateContent", protocol.GenerateContent, chat, true, "Vertex AI, express mode", generate},
	{post, "/v1beta/models/{model}:embedContent", protocol.EmbedContent, vectors, false, "Gemini API", generate},
	{post, "/v1/models/{model}:embedContent", protocol.EmbedContent, vectors, false, "Gemini API", generate},
	{post, "/v1beta/models/{model}:batchEmbedContents", protocol.BatchEmbedContents, vectors, false, "Gemini API", generate},
	{post, "/v1/models/{model}:batchEmbedContents", protocol.BatchEmbedContents, vectors, false, "Gemini API", generate},
	{post, googleModels + ":embedContent", protocol.EmbedContent, vectors, false, "Vertex AI", generate},
	{post, googleModels + ":predict", protocol.Predict, vectors, false, "Vertex AI", generate},
	{post, expressModels + ":embedContent", protocol.EmbedContent, vectors, false, "Vertex AI, express mode", generate},
	{post, expressModels + ":predict", protocol.Predict, vectors, false, "Vertex AI, express mode", generate},
}

// A model is shown by any name, so these come last.
var modelRoutes = []Route{
	{get, "/v1/models", "", "", false, "OpenAI; Anthropic", listModels},
	{get, "/v1/models/{model}", "", "", false, "OpenAI; Anthropic", showModel},
	{get, "/v1beta/models", protocol.GenerateContent, "", false, "Gemini API", listModels},
	{get, "/v1beta/models/{model}", protocol.GenerateContent, "", false, "Gemini API", showModel},
	{get, "/openai/v1/models", protocol.ChatCompletions, "", false, "Azure OpenAI v1", listModels},
	{get, "/openai/v1/models/{model}", protocol.ChatCompletions, "", false, "Azure OpenAI v1", showModel},
	{get, "/openai/models", protocol.ChatCompletions, "", false, "Azure OpenAI, dated versions", listModels},
}

var ownRoutes = []Route{
	{get, "/healthz", "", "", false, "probes: the process lives", health},
	{get, "/readyz", "", "", false, "probes: new requests may come", ready},
}

// exact finds routes without a variable segment, with and without a prefix.
var exact = func() map[string]*Route {
	m := map[string]*Route{}
	for i := range table {
		if r := &table[i]; !strings.Contains(r.Pattern, "{") {
			m[r.Pattern] = r
		}
	}
	for i := range table {
		for _, prefix := range Prefixes {
			path := prefix + table[i].Pattern
			if _, taken := m[path]; !taken && !strings.Contains(path, "{") {
				m[path] = &table[i]
			}
		}
	}
	return m
}()

// find returns the route of a path as it was sent, escaped, or nil.
func find(path string) (*Route, Names) {
	if r := exact[path]; r != nil {
		return r, Names{}
	}
	if r, names := match(path); r != nil {
		return r, names
	}
	for _, prefix := range Prefixes {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			if r, names := match(rest); r != nil {
				return r, names
			}
		}
	}
	return nil, Names{}
}

// match tries the routes with a variable segment.
func match(path string) (*Route, Names) {
	for i := range table {
		if !strings.Contains(table[i].Pattern, "{") {
			continue
		}
		if names, ok := bind(table[i].Pattern, path); ok {
			return &table[i], names
		}
	}
	return nil, Names{}
}

// bind matches a path with a pattern, segment by segment.
func bind(pattern, path string) (names Names, ok bool) {
	if strings.Count(pattern, "/") != strings.Count(path, "/") {
		return names, false
	}
	for pattern != "" || path != "" {
		var want, got string
		want, pattern, _ = strings.Cut(strings.TrimPrefix(pattern, "/"), "/")
		got, path, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
		before, after, variable := strings.Cut(want, "{")
		name, after, _ := strings.Cut(after, "}")
		if !variable {
			if got != want {
				return names, false
			}
			continue
		}
		if len(got) <= len(before)+len(after) || !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after) {
			return names, false
		}
		value, err := url.PathUnescape(got[len(before) : len(got)-len(after)])
		if err != nil {
			return names, false
		}
		if name == "model" {
			names.Model = value
		}
	}
	return names, true
}

// idHeaders are the names, beside x-request-id, under which the SDKs of a
// language read a request's id.
var idHeaders = map[string][]string{
	protocol.Messages: {"Request-Id"},
	protocol.Converse: {"X-Amzn-Requestid"},
	protocol.Invoke:   {"X-Amzn-Requestid", "Request-Id"}, // AWS's SDKs, Anthropic's
	protocol.Titan:    {"X-Amzn-Requestid"},
	protocol.Cohere:   {"X-Amzn-Requestid"},
}

// languageOf is the language to answer in: that of the route, or, for paths that
// are nobody's or several APIs', what the request looks like.
func languageOf(found *Route, r *http.Request) protocol.Protocol {
	if found != nil && found.Language == protocol.GenerateContent && found.Stream && r.URL.Query().Get("alt") != "sse" {
		return all.Array()
	}
	if found != nil && found.Operation == vectors {
		return all.Embedder(found.Language)
	}
	if found != nil && found.Language != "" {
		return all.Client(found.Language)
	}
	path := r.URL.Path
	switch {
	case found != nil && len(r.Header["X-Goog-Api-Key"]) > 0: // of the lists of models
		return all.Client(protocol.GenerateContent)
	case len(r.Header["Anthropic-Version"]) > 0, strings.HasPrefix(path, "/anthropic/"), strings.HasPrefix(path, "/v1/messages"):
		return all.Client(protocol.Messages)
	case strings.HasPrefix(path, "/model/"), strings.HasPrefix(path, "/bedrock/"):
		return all.Client(protocol.Converse)
	case strings.HasPrefix(path, "/v1beta/"), strings.HasPrefix(path, "/gemini/"), strings.HasPrefix(path, "/vertex/"):
		return all.Client(protocol.GenerateContent)
	}
	return all.Client(protocol.ChatCompletions)
}
