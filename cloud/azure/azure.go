// Package azure is Azure OpenAI (Microsoft Foundry Models) as a place, on its
// surfaces: the current one, /openai/v1, whose bodies name the deployment; the
// dated one, /openai/deployments/{name}, whose paths name it beside an
// api-version; and Anthropic's in Foundry, /anthropic/v1, for deployments of
// Claude. It describes calls and reads errors; it never
// connects and never sees a key or a token. Package cloud/all is its only
// visitor.
//
// Paths follow Microsoft's "Azure OpenAI in Foundry Models REST API" and
// openai-go v3.96.0 (2026-11), those of Claude anthropic-sdk-go v1.84.0, package
// foundry.
package azure

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/embed"
	"github.com/interline-ai/interline/protocol/messages"
	"github.com/interline-ai/interline/protocol/responses"
)

// Options say which surface of a resource is used.
type Options struct {
	// APIVersion is the date of the dated surface, such as "2024-10-21";
	// empty means the v1 surface.
	APIVersion string
}

type place struct {
	query                           string // of the dated surface; empty on v1
	reasons, speaks, counts, claude []protocol.Translator
	embeds                          []protocol.Embedder
}

// New returns the driver of a surface. The dated one has Chat Completions alone:
// Responses came with versions that the v1 surface replaced.
func New(o Options) driver.Driver {
	chat, resp := chatcompletions.New(chatcompletions.Dialect{}), responses.New(responses.Dialect{})
	p := &place{claude: []protocol.Translator{messages.New(messages.Dialect{NoMidSystem: true})}, embeds: []protocol.Embedder{embed.NewOpenAI()}}
	if o.APIVersion != "" {
		p.query = "?api-version=" + url.QueryEscape(o.APIVersion)
		p.reasons, p.speaks = []protocol.Translator{chat}, []protocol.Translator{chat}
		return p
	}
	p.reasons, p.speaks, p.counts = []protocol.Translator{resp, chat}, []protocol.Translator{chat, resp}, []protocol.Translator{resp}
	return p
}

// Speaks implements driver.Driver. A model that reasons gets its reasoning back in
// Responses alone, so that is its first language.
func (p *place) Speaks(d *driver.Deployment, operation string) []protocol.Translator {
	claude := d.Traits.Family == "claude"
	switch {
	case claude && (operation == interline.OperationChat || operation == interline.OperationCount):
		return p.claude
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
func (p *place) Embeds(d *driver.Deployment) []protocol.Embedder {
	if d.Traits.Family == "claude" {
		return nil
	}
	return p.embeds
}

// Call implements driver.Driver.
func (p *place) Call(d *driver.Deployment, language string, h *interline.Head, from http.Header, body protocol.Segments) (driver.Call, error) {
	path, err := p.path(d, language, h.Operation)
	if err != nil {
		return driver.Call{}, fmt.Errorf("call %s: %w", d.Name, err)
	}
	accept := "application/json"
	if h.Stream {
		accept = protocol.SSE.ContentType()
	}
	c := driver.Call{Method: http.MethodPost, Path: path, Header: driver.Header(accept), Body: body}
	if language != protocol.Messages {
		driver.Pass(c.Header, from, "Openai-Beta")
		return c, nil
	}
	c.KeyHeader = "X-Api-Key"
	c.Header["Anthropic-Version"] = []string{claudeVersion}
	driver.Pass(c.Header, from, "Anthropic-Version", "Anthropic-Beta")
	return c, nil
}

// claudeVersion is the API version of calls to Claude whose client names none.
const claudeVersion = "2023-06-01"

// paths are where each operation is on the v1 surface and Anthropic's, in each
// language.
var paths = map[string]map[string]string{
	interline.OperationChat: {
		protocol.ChatCompletions: "/openai/v1/chat/completions", protocol.Responses: "/openai/v1/responses", protocol.Messages: "/anthropic/v1/messages",
	},
	interline.OperationEmbeddings: {protocol.Embeddings: "/openai/v1/embeddings"},
	interline.OperationCount:      {protocol.Responses: "/openai/v1/responses/input_tokens", protocol.Messages: "/anthropic/v1/messages/count_tokens"},
}

// dates are where each operation is below a deployment on the dated surface.
var dates = map[string]map[string]string{
	interline.OperationChat:       {protocol.ChatCompletions: "/chat/completions"},
	interline.OperationEmbeddings: {protocol.Embeddings: "/embeddings"},
}

func (p *place) path(d *driver.Deployment, language, operation string) (string, error) {
	path := paths[operation][language]
	dated := p.query != "" && language != protocol.Messages
	method := dates[operation][language]
	if path == "" || dated && method == "" {
		return "", fmt.Errorf("this surface of Azure does not %s in %s", operation, language)
	}
	if !dated {
		return d.Base + path, nil
	}
	name, err := driver.Segment(d.Model)
	if err != nil {
		return "", err
	}
	return d.Base + "/openai/deployments/" + name + method + p.query, nil
}
