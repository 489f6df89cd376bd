package gemini

import (
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// openai serves the OpenAI-compatible door of the Gemini API, whose key comes
// as a bearer token.
func (p *place) openai(k *Call, path string) {
	e := Drilled(k.Fault, false, BadKey(Service))
	if e == nil {
		if token, ok := strings.CutPrefix(k.Request.Header.Get("Authorization"), "Bearer "); ok {
			k.Request.Header.Set("X-Goog-Api-Key", token)
		}
		e = p.authorize(k.Request)
	}
	switch {
	case e != nil:
		CompatibleError(e).Send(k.Exchange)
	case k.Request.Method != http.MethodPost:
		chat.WrongMethod(http.MethodPost).Send(k.Exchange)
	case path == "chat/completions":
		chat.Serve(k.Core, k.Exchange, k.Request, k.Compatible(), k.Credential)
	case path == "embeddings":
		chat.Embed(k.Core, k.Exchange, k.Request, k.Compatible(), k.Credential)
	default:
		CompatibleError(unrouted(k.Request)).Send(k.Exchange)
	}
}

// Compatible is the dialect of Google's OpenAI-compatible doors: the models of
// the surface, with Google's refusals in an array of one.
func (k *Call) Compatible() chat.Dialect {
	return chat.Dialect{
		Find: func(name string) (chat.Model, *chat.Error) {
			m, ok := Find(k.Models, strings.TrimPrefix(strings.TrimPrefix(name, "models/"), "google/"))
			if !ok {
				return chat.Model{}, CompatibleError(&rpc.Error{
					Status: http.StatusNotFound, Message: name + " is not found, or is not supported for this method.",
				})
			}
			return m.compatible(name), nil
		},
		Extra: []string{"extra_body", "google"},
		Fault: func(core.Fault) *chat.Error { return nil }, // the place saw to it
		Send: func(x *core.Exchange, e *chat.Error) {
			if e.Whole != nil {
				e.Send(x)
				return
			}
			CompatibleError(&rpc.Error{Status: e.Status, Message: e.Message}).Send(x)
		},
		Throttled: func(m chat.Model, g core.Grant) *chat.Error {
			if k.Vertex {
				return CompatibleError(Exhausted())
			}
			return CompatibleError(throttled(m.ID, g.ByTokens, g.LimitRequests, g.RetryAfter))
		},
		Limits: func(http.Header, core.Grant) {}, // Google sends none
	}
}

// compatible is a model as the OpenAI-compatible door serves it. Efforts stand
// for budgets there, and none for a budget of 0.
func (m Model) compatible(name string) chat.Model {
	c := chat.Model{
		ID: name, Snapshot: name, OwnedBy: "google", Created: 1767225600,
		Context: m.Context + m.MaxOutput, MaxOutput: m.MaxOutput, Vision: true, Tools: true,
		Efforts: []string{"low", "medium", "high"}, Effort: "medium", Cache: m.cache(),
		Dimensions: m.Dimensions, Shortens: true, OldLimit: true,
	}
	if m.Embeds() || m.Speaks {
		c.Efforts, c.Effort = nil, ""
		return c
	}
	if !m.Pro {
		c.Efforts = append([]string{"none", "minimal"}, c.Efforts...)
	}
	return c
}

// CompatibleError is a refusal at the OpenAI-compatible door: Google's own body,
// in an array of one, and not OpenAI's.
func CompatibleError(e *rpc.Error) *chat.Error {
	return &chat.Error{
		Status: e.Status, Message: e.Message, Code: rpc.Name(e.Status),
		Whole: append(append([]byte("["), e.Body()...), ']'),
	}
}
