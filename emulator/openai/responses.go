package openai

import (
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
)

// responses serves what lies under /v1/responses; rest is the path after it.
func (p *place) responses(c *core.Core, x *core.Exchange, r *http.Request, rest string) *chat.Error {
	d := p.dialect()
	d.Find = p.findAsked
	switch {
	case rest == "":
		return p.post(r, func() { chat.Respond(c, x, r, d, p.Key, p.shelf) })
	case rest == "input_tokens":
		return p.post(r, func() { chat.CountInput(c, x, r, d, p.Key, p.shelf) })
	case strings.Contains(rest, "/"):
		return chat.Unroutable(r)
	case r.Method == http.MethodGet:
		return chat.Recall(x, r, p.shelf, rest)
	case r.Method == http.MethodDelete:
		return chat.Forget(x, p.shelf, rest)
	}
	return chat.WrongMethod(http.MethodGet, http.MethodDelete)
}

// findAsked is find as Responses says it: an unknown model is a bad request
// that names the parameter (openai docs, 2026-11).
func (p *place) findAsked(name string) (chat.Model, *chat.Error) {
	m, ok := chat.FindModel(p.models, name)
	if !ok {
		return m, chat.Invalid("model", "model_not_found", "The requested model '%s' does not exist.", name)
	}
	return m, nil
}
