package dialogue

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// Samples is the type of raw speech: 16 bits, one channel, the least byte first, as
// Google names it. OpenAI calls it pcm16.
const Samples = "audio/L16;codec=pcm;rate=24000"

// CheckSound refuses a request that wants an answer spoken in a language that
// cannot have it so; another deployment may. cannot says why, or "", and is nil for
// a language that has no speech at all.
func CheckSound(r *interline.Request, from string, cannot func(*interline.Sound) string) error {
	if r.Output.Sound == nil {
		return nil
	}
	field, reason := "modalities", "the place answers with text alone"
	if cannot != nil {
		if reason = cannot(r.Output.Sound); reason == "" {
			return nil
		}
		field = "audio.format"
	}
	field = protocol.InWords(from, r, []interline.Loss{{Field: field}})[0].Field
	f := interline.Invalid(field, "%s: %s", field, reason)
	f.Class = interline.C2Capability
	return f
}
