// Package vertex is Google's Vertex AI (Gemini Enterprise Agent Platform) as a
// place, in one project and location: generateContent for Google's models,
// Messages by rawPredict for Claude, and Chat Completions by the OpenAI-compatible
// endpoint for the models of other publishers. It describes calls and reads
// errors; it never connects and never sees a credential. Package cloud/all is its
// only visitor.
//
// Hosts and paths follow google.golang.org/genai v1.77.0 (2026-10-29), the vertex
// package of anthropic-sdk-go v1.84.0 and the aiplatform v1 discovery document of
// 2026-10-28.
package vertex

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/embed"
	"github.com/interline-ai/interline/protocol/generatecontent"
	"github.com/interline-ai/interline/protocol/messages"
)

// Scope is what tokens are for.
const Scope = "https://www.googleapis.com/auth/cloud-platform"

// Version is the anthropic_version of bodies for Claude.
const Version = "vertex-2023-10-16"

// Endpoint returns the address of a location: a region, a multi-region (us, eu)
// or "global".
func Endpoint(location string) string {
	switch location {
	case "", "global":
		return "https://aiplatform.googleapis.com"
	case "us", "eu":
		return "https://aiplatform." + location + ".rep.googleapis.com"
	}
	return "https://" + location + "-aiplatform.googleapis.com"
}

// Options say whose models they are.
type Options struct {
	// Project and Location stand in every path. Without a project it is the
	// express mode, which takes an API key and has Google's models alone.
	Project, Location string
}

// hosted are members of Anthropic's own API that Vertex AI refuses (anthropic docs,
// 2026-11).
var hosted = []string{"cache_control", "service_tier", "inference_geo", "container", "speed"}

// beyond are the efforts that the OpenAI-compatible endpoint refuses: those it has
// stand for budgets of up to 24576 tokens (ai.google.dev, "OpenAI compatibility",
// 2026-10).
var beyond = []interline.Effort{interline.EffortXHigh, interline.EffortMax}

type place struct {
	parent                 string // of publishers and endpoints
	express                bool
	gemini, claude, openai []protocol.Translator
	embeds, predicts       []protocol.Embedder
}

// New returns the driver.
func New(o Options) driver.Driver {
	p := &place{
		embeds: []protocol.Embedder{embed.NewVertexEmbedContent()}, predicts: []protocol.Embedder{embed.NewPredict()},
		parent: "/v1", express: o.Project == "",
		gemini: []protocol.Translator{generatecontent.Vertex()},
		claude: []protocol.Translator{messages.New(messages.Dialect{Version: Version, NoFetch: true, NoMidSystem: true, Refuses: hosted})},
		openai: []protocol.Translator{chatcompletions.New(chatcompletions.Dialect{MaxTokens: "max_tokens", NoDeveloper: true, NoEfforts: beyond})},
	}
	if !p.express {
		p.parent += "/projects/" + url.PathEscape(o.Project) + "/locations/" + url.PathEscape(o.Location)
	}
	return p
}

// openly reports whether a model is one of the OpenAI-compatible endpoint, which
// names it with its publisher, as in openai/gpt-oss-120b-maas.
func openly(model string) bool { return strings.Contains(model, "/") }

func isClaude(d *driver.Deployment) bool {
	return d.Traits.Family == "claude" || strings.HasPrefix(d.Model, "claude-")
}

// Speaks implements driver.Driver.
func (p *place) Speaks(d *driver.Deployment, operation string) []protocol.Translator {
	count := operation == interline.OperationCount
	switch {
	case operation != interline.OperationChat && !count:
		return nil
	case openly(d.Model) && (count || p.express), isClaude(d) && p.express:
		return nil
	case openly(d.Model):
		return p.openai
	case isClaude(d):
		return p.claude
	}
	return p.gemini
}

// Call implements driver.Driver.
func (p *place) Call(d *driver.Deployment, language string, h *interline.Head, from http.Header, body protocol.Segments) (driver.Call, error) {
	path, err := p.path(d, language, h)
	if err != nil {
		return driver.Call{}, fmt.Errorf("call %s: %w", d.Name, err)
	}
	accept := "application/json"
	if h.Stream {
		accept = protocol.SSE.ContentType()
	}
	c := driver.Call{Method: http.MethodPost, Path: d.Base + p.parent + path, Header: driver.Header(accept), Body: body}
	if language == protocol.Messages {
		driver.Pass(c.Header, from, "Anthropic-Beta")
	}
	return c, nil
}

// path is what follows the project and location.
func (p *place) path(d *driver.Deployment, language string, h *interline.Head) (string, error) {
	chat := h.Operation == interline.OperationChat
	if h.Operation == interline.OperationEmbeddings {
		return vectorPath(d, language)
	}
	if language == protocol.ChatCompletions && chat {
		return "/endpoints/openapi/chat/completions", nil
	}
	id, err := driver.Segment(d.Model)
	if err != nil {
		return "", err
	}
	id = strings.ReplaceAll(id, "%40", "@") // claude-sonnet-4-5@20250929, as Google writes it
	switch method := generatecontent.Method(h); {
	case language == protocol.GenerateContent && method != "":
		return "/publishers/google/models/" + id + method, nil
	case language == protocol.Messages && h.Operation == interline.OperationCount:
		return "/publishers/anthropic/models/count-tokens:rawPredict", nil
	case language == protocol.Messages && chat && h.Stream:
		return "/publishers/anthropic/models/" + id + ":streamRawPredict", nil
	case language == protocol.Messages && chat:
		return "/publishers/anthropic/models/" + id + ":rawPredict", nil
	}
	return "", errors.New("Vertex AI does not " + h.Operation + " in " + language)
}

// Fault implements driver.Driver. Google says in the body how long to wait, which
// the language reads; its own errors may come where Claude's or OpenAI's are
// expected.
func (p *place) Fault(_ *driver.Deployment, f *interline.Fault, h http.Header) *interline.Fault {
	if g := googles(f, h); g != nil {
		f = g
	}
	if f.Class == interline.C5Throttle && f.RetryAfter == 0 && strings.Contains(f.Message, "error-code-429") {
		// The capacity that all customers share is used up, not a quota of ours: another
		// location may have some (Vertex AI's page on error 429, 2026-11).
		f = driver.Amend(f, interline.C6Overload, interline.CodeRateLimit)
	}
	return driver.Waiting(f, h)
}

// googles reads a fault again as one of Google's, or returns nil.
func googles(f *interline.Fault, h http.Header) *interline.Fault {
	if f.Status == 0 || !strings.Contains(string(f.Body), `"status"`) {
		return nil
	}
	return generatecontent.New().ReadFault(f.Status, h, f.Body)
}
