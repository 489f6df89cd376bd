package azure

import (
	"maps"
	"net/http"

	"github.com/interline-ai/interline/emulator/anthropic"
	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/chat"
)

// DefaultClaudes are the Claude models deployed unless told otherwise.
func DefaultClaudes() []string { return []string{"claude-sonnet-5", "claude-haiku-4-5"} }

// claudes takes the deployments of Claude out of those wanted.
func claudes(wanted map[string]string) (models map[string]claude.Rules, rest map[string]string) {
	models = make(map[string]claude.Rules)
	if wanted == nil {
		for _, name := range DefaultClaudes() {
			models[name], _ = claude.Find(name)
		}
		return models, nil
	}
	rest = maps.Clone(wanted)
	for name, from := range wanted {
		if m, ok := claude.Find(from); ok {
			models[name] = m
			delete(rest, name)
		}
	}
	return models, rest
}

// claudePath begins the paths of Claude in Foundry.
const claudePath = "/anthropic"

// claude serves Claude in Foundry: Anthropic's Messages API, where a model is
// the name of a deployment. Refusals have Anthropic's shape, and no rate-limit
// headers go along (anthropic docs, "Claude in Microsoft Foundry", and feature
// availability, 2026-07).
func (v *visit) claude(w http.ResponseWriter, path string) {
	anthropic.Serve(v.c, v.x, w, v.r, path, anthropic.Host{
		Admit: v.admitClaude, Find: v.findClaude, Hosted: true,
		Without: []string{"speed", "inference_geo", "container", "diagnostics"},
	})
}

// admitClaude takes the resource's key in either of two headers, or a token.
func (v *visit) admitClaude() (who string, refused *anthropic.Refusal) {
	if e := v.authorizeClaude(); e != nil {
		return "", &anthropic.Refusal{Status: e.Status, Message: e.Message}
	}
	return v.who, nil
}

func (v *visit) authorizeClaude() *chat.Error {
	key := v.r.Header.Get("X-Api-Key")
	switch {
	case key == "" || v.r.Header.Get("Api-Key") != "":
		return v.authorize(audienceFoundry)
	case !same(key, v.Key):
		return badKey()
	}
	v.who = "key"
	return nil
}

// findClaude resolves a deployment. Mid-conversation system messages are not
// taken here.
func (v *visit) findClaude(name string) (claude.Rules, *anthropic.Refusal) {
	m, ok := v.claudes[name]
	if !ok {
		e := noDeployment()
		return m, &anthropic.Refusal{Status: e.Status, Message: e.Message}
	}
	m.MidSystem = false
	return m, nil
}
