// Package openai is OpenAI's own API as a place: api.openai.com and its
// data-residency hosts. It describes calls and reads errors; it never connects
// and never sees a key. Package cloud/all is its only visitor.
//
// Paths and error codes follow OpenAI's API reference and openai-go v3.96.0
// (2026-11).
package openai

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/embed"
	"github.com/interline-ai/interline/protocol/responses"
)

// Endpoint is where the API is unless the operator names a residency host.
const Endpoint = "https://api.openai.com/v1"

// paths are where each operation is, in each language.
var paths = map[string]map[string]string{
	interline.OperationChat:       {protocol.ChatCompletions: "/chat/completions", protocol.Responses: "/responses"},
	interline.OperationCount:      {protocol.Responses: "/responses/input_tokens"},
	interline.OperationEmbeddings: {protocol.Embeddings: "/embeddings"},
}

// place holds the languages as models that reason are best asked in them, as the
// others are, and the one that counts.
type place struct {
	reasons, speaks, counts []protocol.Translator
	embeds                  []protocol.Embedder
}

// New returns the driver.
func New() driver.Driver {
	chat, resp := chatcompletions.New(chatcompletions.Dialect{}), responses.New(responses.Dialect{})
	return &place{
		reasons: []protocol.Translator{resp, chat}, speaks: []protocol.Translator{chat, resp}, counts: []protocol.Translator{resp},
		embeds: []protocol.Embedder{embed.NewOpenAI()},
	}
}

// Speaks implements driver.Driver. A model that reasons gets its reasoning back in
// Responses alone, so that is its first language.
func (p *place) Speaks(d *driver.Deployment, operation string) []protocol.Translator {
	switch {
	case operation == interline.OperationCount:
		return p.counts
	case operation != interline.OperationChat:
		return nil
	case d.Traits.Thinking == interline.ThinkingEffort:
		return p.reasons
	}
	return p.speaks
}

// Embeds implements driver.Embedder.
func (p *place) Embeds(*driver.Deployment) []protocol.Embedder { return p.embeds }

// Call implements driver.Driver. OpenAI-Organization and OpenAI-Project are
// not passed on: they would let a caller choose whom the operator's key bills.
func (p *place) Call(d *driver.Deployment, language string, h *interline.Head, from http.Header, body protocol.Segments) (driver.Call, error) {
	path := paths[h.Operation][language]
	if path == "" {
		return driver.Call{}, fmt.Errorf("call %s: OpenAI does not %s in %s", d.Name, h.Operation, language)
	}
	accept := "application/json"
	if h.Stream {
		accept = protocol.SSE.ContentType()
	}
	c := driver.Call{Method: http.MethodPost, Path: d.Base + path, Header: driver.Header(accept), Body: body}
	driver.Pass(c.Header, from, "Openai-Beta")
	return c, nil
}

// Fault implements driver.Driver.
func (p *place) Fault(_ *driver.Deployment, f *interline.Fault, h http.Header) *interline.Fault {
	return driver.Waiting(classify(f), h, "X-Ratelimit-Reset-Requests", "X-Ratelimit-Reset-Tokens")
}

// classify adds what the language cannot know (API reference, "Error codes",
// 2026-11): flex processing answers 429 when it has no capacity left, safety
// policies have codes of their own, and a model that lacks a feature answers
// 400 although another place may have it.
func classify(f *interline.Fault) *interline.Fault {
	switch f.Type {
	case "resource_unavailable":
		return driver.Amend(f, interline.C6Overload, interline.CodeOverloaded)
	case "bio_policy", "cyber_policy":
		return driver.Amend(f, interline.C1Policy, interline.CodeContent)
	case "data_residency_mismatch":
		return driver.Amend(f, interline.C2Capability, interline.CodeInvalid)
	}
	if f.Status == http.StatusBadRequest && f.Class == interline.C0Client && strings.Contains(f.Message, "not support") {
		return driver.Amend(f, interline.C2Capability, interline.CodeInvalid)
	}
	return f
}
