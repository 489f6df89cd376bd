package responses

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// Patch implements protocol.Protocol. A dialect's refusals are applied too.
// Edits.StreamUsage changes nothing, since usage is always told. Reasoning that
// came from another vendor, in the envelope of this gateway, is left out: the
// cloud answers 400 to what it cannot decrypt.
func (l *Language) Patch(o *protocol.Opened, e protocol.Edits) (protocol.Segments, []interline.Loss) {
	reps, losses := protocol.Amend(o, e.Rename, e.Remove, l.dialect.Refuses)
	reps = append(reps, protocol.SetModel(o, e.Model)...)
	if o.Members.Words&sealed != 0 {
		cuts, lost := protocol.WithoutEnclosed(o.Body)
		reps, losses = append(reps, cuts...), append(losses, lost...)
	}
	return protocol.Splice(o.Body, reps), losses
}
