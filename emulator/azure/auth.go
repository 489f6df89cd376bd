package azure

import (
	"crypto/subtle"
	"slices"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/chat"
)

// The audiences of tokens (azure docs, 2026-11): the first for either surface,
// the second for v1 only.
const (
	audienceCognitive = "https://cognitiveservices.azure.com"
	audienceFoundry   = "https://ai.azure.com"
)

// authorize accepts the key in api-key, an Entra token for one of the
// audiences, and on the v1 surface (the one with audienceFoundry) the key as
// bearer too. It remembers who called.
func (v *visit) authorize(audiences ...string) *chat.Error {
	if key := v.r.Header.Get("Api-Key"); key != "" {
		if !same(key, v.Key) {
			return badKey()
		}
		v.who = "key"
		return nil
	}
	token, ok := strings.CutPrefix(v.r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return badToken(audiences[0])
	}
	if slices.Contains(audiences, audienceFoundry) && same(token, v.Key) {
		v.who = "key"
		return nil
	}
	client, err := v.entra.check(token, audiences, time.Now())
	if err != nil {
		v.c.Logger.Info("token refused", "place", v.x.Place, "request", v.x.ID, "reason", err)
		return badToken(audiences[0])
	}
	v.who = client
	return nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
