package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/all"
)

// Route is one path of the server.
type Route struct {
	Method string
	// Pattern is the path; {model} stands for one segment.
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
type Names struct{ Model string }

// Prefixes under which every route is served as well, for clients that share an
// address with others and so that like paths can be told apart.
var Prefixes = []string{"/openai", "/azure", "/anthropic", "/bedrock"}

// Routes returns all routes, without prefixes.
func Routes() []Route { return slices.Clone(table) }

var table = []Route{
	{http.MethodPost, "/v1/chat/completions", protocol.ChatCompletions, interline.OperationChat, false, "OpenAI", generate},
	{http.MethodPost, "/openai/v1/chat/completions", protocol.ChatCompletions, interline.OperationChat, false, "OpenAI; Azure OpenAI v1; Bedrock", generate},
	{http.MethodPost, "/openai/deployments/{model}/chat/completions", protocol.ChatCompletions, interline.OperationChat, false, "Azure OpenAI, dated versions", generate},
	{http.MethodPost, "/v1/messages", protocol.Messages, interline.OperationChat, false, "Anthropic", generate},
	{http.MethodPost, "/v1/messages/count_tokens", protocol.Messages, interline.OperationCount, false, "Anthropic", generate},
	{http.MethodPost, "/model/{model}/converse", protocol.Converse, interline.OperationChat, false, "AWS Bedrock", generate},
	{http.MethodPost, "/model/{model}/converse-stream", protocol.Converse, interline.OperationChat, true, "AWS Bedrock", generate},
	{http.MethodPost, "/model/{model}/invoke", protocol.Invoke, interline.OperationChat, false, "Anthropic on AWS Bedrock", generate},
	{http.MethodPost, "/model/{model}/invoke-with-response-stream", protocol.Invoke, interline.OperationChat, true, "Anthropic on AWS Bedrock", generate},
	{http.MethodPost, "/v1/responses", protocol.Responses, interline.OperationChat, false, "OpenAI; Codex", generate},
	{http.MethodPost, "/openai/v1/responses", protocol.Responses, interline.OperationChat, false, "OpenAI; Azure OpenAI v1", generate},
	{http.MethodPost, "/openai/responses", protocol.Responses, interline.OperationChat, false, "Azure OpenAI, dated versions", generate},
	{http.MethodGet, "/v1/models", "", "", false, "OpenAI; Anthropic", listModels},
	{http.MethodGet, "/v1/models/{model}", "", "", false, "OpenAI; Anthropic", showModel},
	{http.MethodGet, "/openai/v1/models", protocol.ChatCompletions, "", false, "Azure OpenAI v1", listModels},
	{http.MethodGet, "/openai/v1/models/{model}", protocol.ChatCompletions, "", false, "Azure OpenAI v1", showModel},
	{http.MethodGet, "/openai/models", protocol.ChatCompletions, "", false, "Azure OpenAI, dated versions", listModels},
	{http.MethodGet, "/healthz", "", "", false, "probes: the process lives", health},
	{http.MethodGet, "/readyz", "", "", false, "probes: new requests may come", ready},
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
		before, after, ok := strings.Cut(table[i].Pattern, "{model}")
		if !ok || !strings.HasPrefix(path, before) || !strings.HasSuffix(path, after) || len(path) <= len(before)+len(after) {
			continue
		}
		segment := path[len(before) : len(path)-len(after)]
		model, err := url.PathUnescape(segment)
		if err != nil || strings.Contains(segment, "/") {
			continue
		}
		return &table[i], Names{Model: model}
	}
	return nil, Names{}
}

// idHeaders are the names, beside x-request-id, under which the SDKs of a
// language read a request's id.
var idHeaders = map[string][]string{
	protocol.Messages: {"Request-Id"},
	protocol.Converse: {"X-Amzn-Requestid"},
	protocol.Invoke:   {"X-Amzn-Requestid", "Request-Id"}, // AWS's SDKs, Anthropic's
}

// languageOf is the language to answer in: that of the route, or, for paths that
// are nobody's or several APIs', what the request looks like.
func languageOf(found *Route, r *http.Request) protocol.Translator {
	if found != nil && found.Language != "" {
		return all.Client(found.Language)
	}
	path := r.URL.Path
	switch {
	case len(r.Header["Anthropic-Version"]) > 0, strings.HasPrefix(path, "/anthropic/"), strings.HasPrefix(path, "/v1/messages"):
		return all.Client(protocol.Messages)
	case strings.HasPrefix(path, "/model/"), strings.HasPrefix(path, "/bedrock/"):
		return all.Client(protocol.Converse)
	}
	return all.Client(protocol.ChatCompletions)
}
