package responses

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

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
	if m, ok := o.Members.Find("input"); ok && bytes.Contains(o.Body[m.Start:m.End], []byte(sealedPrefix)) {
		kept, lost := withoutEnvelopes(o.Body[m.Start:m.End])
		if len(lost) > 0 {
			reps = append(reps, protocol.Replacement{Start: m.Start, End: m.End, Value: kept})
			losses = append(losses, lost...)
		}
	}
	return protocol.Splice(o.Body, reps), losses
}

// withoutEnvelopes returns the input without the items of reasoning that are in
// an envelope, every other item as it was.
func withoutEnvelopes(input []byte) ([]byte, []interline.Loss) {
	var items []jsontext.Value
	if json.Unmarshal(input, &items) != nil {
		return input, nil
	}
	var losses []interline.Loss
	kept := []byte("[")
	for i, v := range items {
		var w struct {
			Type      string `json:"type"`
			Encrypted string `json:"encrypted_content"`
		}
		if json.Unmarshal(v, &w) == nil && w.Type == "reasoning" && strings.HasPrefix(w.Encrypted, sealedPrefix) {
			losses = append(losses, interline.Loss{
				Field: fmt.Sprintf("input[%d]", i), Action: interline.LossDropped, Reason: "sealed reasoning goes to its issuer only",
			})
			continue
		}
		if len(kept) > 1 {
			kept = append(kept, ',')
		}
		kept = append(kept, v...)
	}
	return append(kept, ']'), losses
}
