package responses

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
)

// Patch implements protocol.Protocol. A dialect's refusals are applied too.
// Edits.StreamUsage changes nothing, since usage is always told. Reasoning in an
// envelope is taken out of it for the place that encrypted it, and left out for
// any other: the cloud answers 400 to what it cannot decrypt.
func (l *Language) Patch(o *protocol.Opened, e protocol.Edits) (protocol.Segments, []interline.Loss) {
	reps, losses := protocol.Amend(o, e.Rename, e.Remove, l.dialect.Refuses)
	if likely, lost := l.withoutLikely(o); len(lost) > 0 {
		reps, losses = append(reps, likely...), append(losses, lost...)
	}
	reps = append(reps, protocol.SetModel(o, e.Model)...)
	if o.Members.Words&sealed != 0 {
		cuts, lost := protocol.WithoutEnclosed(o.Body, func(s *interline.Seal) string { return ownSeal(s, e.Place) })
		reps, losses = append(reps, cuts...), append(losses, lost...)
		if len(lost) > 0 {
			reps = append(reps, withoutIDs(o)...)
		}
	}
	return protocol.Splice(o.Body, reps), losses
}

// ownSeal is a seal in the words of the place that made it, or "".
func ownSeal(s *interline.Seal, place string) string {
	if s.Issuer != issuer || s.Place == "" || s.Place != place {
		return ""
	}
	return s.Redacted
}

// withoutIDs takes the ids of items out of the input of a conversation that comes
// from another place: they name what that place keeps, and this one asks for the
// reasoning that belongs to them. Reasoning that stays keeps its id, which its
// sealed content is held against.
func withoutIDs(o *protocol.Opened) []protocol.Replacement {
	m, ok := o.Members.Find("input")
	var items []jsontext.Value
	if !ok || json.Unmarshal(o.Body[m.Start:m.End], &items) != nil {
		return nil
	}
	var reps []protocol.Replacement
	at := m.Start
	for _, item := range items {
		start := at + indexOf(o.Body[at:m.End], item)
		at = start + len(item)
		obj, err := jsonscan.ScanAnswer(item)
		if kind, _ := obj.String("type"); err != nil || kind == "item_reference" || kind == "reasoning" {
			continue
		}
		for _, cut := range protocol.Cuts(obj, []string{"id"}) {
			reps = append(reps, protocol.Replacement{Start: start + cut.Start, End: start + cut.End})
		}
	}
	return reps
}
