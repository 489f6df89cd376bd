package mantle

import (
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic"
	"github.com/interline-ai/interline/emulator/anthropic/claude"
)

// vendor begins the ids of Anthropic's models; what follows is the name at home,
// without a date.
const vendor = "anthropic."

func claudeNamed(id string) bool { return strings.HasPrefix(id, vendor+"claude-") }

// claudes are the ids of Claude that the endpoint serves (probes, 2026-08, and
// the SDK's own constants).
func claudes() []string {
	return []string{vendor + "claude-opus-5", vendor + "claude-sonnet-5", vendor + "claude-opus-4-8", vendor + "claude-haiku-4-5"}
}

// anthropic serves the Messages API, which Anthropic does not run here: no
// structured answers, no server tools and nothing of what only Anthropic offers
// (anthropic docs, feature availability, 2026-07; probes, 2026-08). An error has
// Anthropic's shape.
func (k *call) anthropic(path string) {
	anthropic.Serve(k.core, k.Exchange, k.w, k.r, path, anthropic.Host{
		Admit: func() (string, *anthropic.Refusal) {
			if e := k.identify(); e != nil {
				return "", &anthropic.Refusal{Status: e.Status, Message: e.Message}
			}
			return k.key, nil
		},
		Find:   findClaude,
		Hosted: true, Inline: true, NoFormat: true, ID: "msg_bdrk_",
		Without: []string{"cache_control", "speed", "inference_geo", "container", "diagnostics", "service_tier"},
		Extra:   []string{"user_profile_id"}, // where the SDK puts what the header would say
	})
}

func findClaude(id string) (claude.Rules, *anthropic.Refusal) {
	for _, known := range claudes() {
		if id != known {
			continue
		}
		if m, ok := claude.Find(strings.TrimPrefix(id, vendor)); ok {
			return m, nil
		}
	}
	return claude.Rules{}, &anthropic.Refusal{Status: http.StatusNotFound, Message: "The model '" + id + "' does not exist"}
}
