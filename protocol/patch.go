package protocol

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol/loss"
)

// Replacement puts Value where the bytes from Start to End of a body stand.
type Replacement struct {
	Start, End int
	Value      []byte
}

// Splice returns body with the replacements made, sharing all other bytes.
// Their order does not matter. One that lies within another is passed over: a
// member that is taken out needs no other value. With none Splice returns body
// itself as the only segment.
func Splice(body []byte, reps []Replacement) Segments {
	if len(reps) == 0 {
		return Segments{body}
	}
	slices.SortStableFunc(reps, func(a, b Replacement) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) // what is put in stands before what is cut
	})
	out := make(Segments, 0, 2*len(reps)+1)
	at := 0
	for _, r := range reps {
		if r.Start < at {
			continue
		}
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

// SetModel returns the replacement that names the model in the body, where it may
// stand or not; none for no name.
func SetModel(o *Opened, model string) []Replacement {
	if model == "" {
		return nil
	}
	if m, ok := o.Members.Find("model"); ok {
		return []Replacement{{Start: m.Start, End: m.End, Value: Quote(model)}}
	}
	return []Replacement{Insert(o.Members, `"model":`+string(Quote(model)))}
}

// Amend returns the replacements that the edits and a vendor's dialect ask of
// the body's members, and the losses of what the dialect takes out. A member
// whose new name is already there is taken out too, since the vendor knows only
// that one.
func Amend(o *Opened, rename map[string]string, remove, refuses []string) ([]Replacement, []interline.Loss) {
	cuts := remove
	var losses []interline.Loss
	for _, name := range refuses {
		if _, said := o.Members.Find(name); said && !slices.Contains(cuts, name) {
			cuts = append(slices.Clip(cuts), name)
			losses = append(losses, loss.Refused.At(name))
		}
	}
	var reps []Replacement
	if len(rename) > 0 {
		reps, cuts, losses = renamed(o, rename, cuts, losses)
	}
	if len(cuts) == 0 {
		return reps, losses
	}
	return append(reps, Cuts(o.Members, cuts)...), losses
}

// renamed returns the replacements of names, and adds the members that are
// there under both names to the cuts.
func renamed(o *Opened, rename map[string]string, cuts []string, losses []interline.Loss) ([]Replacement, []string, []interline.Loss) {
	var reps []Replacement
	for _, old := range slices.Sorted(maps.Keys(rename)) {
		name := rename[old]
		m, said := o.Members.Find(old)
		if !said || old == name || slices.Contains(cuts, old) {
			continue
		}
		if _, taken := o.Members.Find(name); taken {
			cuts = append(slices.Clip(cuts), old)
			losses = append(losses, loss.SaidTwice.At(old, name))
			continue
		}
		reps = append(reps, Replacement{Start: m.NameStart, End: m.NameStart + len(old) + 2, Value: strconv.AppendQuote(nil, name)})
	}
	return reps, cuts, losses
}
