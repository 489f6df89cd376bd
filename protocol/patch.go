package protocol

import (
	"cmp"
	"slices"

	"github.com/interline-ai/interline/internal/jsonscan"
)

// Replacement puts Value where the bytes from Start to End of a body stand.
type Replacement struct {
	Start, End int
	Value      []byte
}

// Splice returns body with the replacements made, sharing all other bytes. The
// replacements must not overlap; their order does not matter. With none it
// returns body itself as the only segment.
func Splice(body []byte, reps []Replacement) Segments {
	if len(reps) == 0 {
		return Segments{body}
	}
	slices.SortStableFunc(reps, func(a, b Replacement) int { return cmp.Compare(a.Start, b.Start) })
	out := make(Segments, 0, 2*len(reps)+1)
	at := 0
	for _, r := range reps {
		if r.Start > at {
			out = append(out, body[at:r.Start])
		}
		if len(r.Value) > 0 {
			out = append(out, r.Value)
		}
		at = r.End
	}
	if at < len(body) {
		out = append(out, body[at:])
	}
	return out
}

// Cuts returns the replacements that take the named members out of an object,
// together with the commas that are then too many.
func Cuts(o jsonscan.Object, names []string) []Replacement {
	var out []Replacement
	kept := -1 // the last member that stays
	for i, m := range o.Members {
		if !slices.Contains(names, m.Name) {
			kept = i
			continue
		}
		r := Replacement{Start: m.NameStart, End: m.End}
		switch {
		case i+1 < len(o.Members):
			r.End = o.Members[i+1].NameStart
		case kept >= 0:
			// The last one goes: so does the comma after the last that stays.
			// Cuts of the members between the two are parts of this one.
			out = slices.DeleteFunc(out, func(x Replacement) bool { return x.Start > o.Members[kept].End })
			r.Start = o.Members[kept].End
		}
		out = append(out, r)
	}
	return out
}

// Insert returns the replacement that puts text, a member such as
// `"stream":true`, before the object's first member.
func Insert(o jsonscan.Object, text string) Replacement {
	at := slices.Index(o.Body, '{') + 1
	if len(o.Members) > 0 {
		text += ","
	}
	return Replacement{Start: at, End: at, Value: []byte(text)}
}
