package bedrock

import (
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic"
	"github.com/interline-ai/interline/emulator/anthropic/claude"
)

// messages serves the Messages API below /anthropic, which the runtime has for
// the newest Claude only, called by a profile (probed, 2026-08). Refusals have
// Anthropic's shape, and answers the model's short name. Tokens are counted at
// the other endpoint, not here.
func (k *call) messages(path string) {
	anthropic.Serve(k.core, k.Exchange, k.w, k.r, path, anthropic.Host{
		Admit: func() (string, *anthropic.Refusal) {
			if f := k.identify(); f != nil {
				return "", &anthropic.Refusal{Status: f.status, Message: f.message}
			}
			return k.key, nil
		},
		Find:    k.findClaude,
		NoCount: true, Hosted: true, Inline: true, NoFormat: true, ID: "msg_bdrk_",
		Without: []string{"cache_control", "speed", "inference_geo", "container", "diagnostics", "service_tier"},
	})
}

func (k *call) findClaude(id string) (claude.Rules, *anthropic.Refusal) {
	refuse := func(f *fault) (claude.Rules, *anthropic.Refusal) {
		return claude.Rules{}, &anthropic.Refusal{Status: f.status, Message: f.message}
	}
	if strings.HasPrefix(id, "arn:") {
		return refuse(invalid("The provided model identifier is invalid."))
	}
	m, f := k.place.callable(id)
	switch {
	case f != nil:
		return refuse(f)
	case !m.Messages:
		return refuse(&fault{status: http.StatusBadRequest, message: "The model '" + id + "' does not support the '/v1/messages' API"})
	}
	return m.Claude, nil
}
