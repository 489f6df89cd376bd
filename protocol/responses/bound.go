package responses

import (
	"bytes"

	"github.com/interline-ai/interline/protocol"
)

var _ protocol.Bound = (*Language)(nil)

// References implements protocol.Bound.
func (*Language) References(o *protocol.Opened) []protocol.Reference {
	const name = "previous_response_id"
	id, ok := o.Members.String(name)
	m, _ := o.Members.Find(name)
	if !ok || id == "" {
		return nil
	}
	return []protocol.Reference{{Field: name, ID: id, Start: m.Start, End: m.End}}
}

// Keeps implements protocol.Bound: a store that is left out means true.
func (*Language) Keeps(o *protocol.Opened) bool {
	store, said := o.Members.Bool("store")
	return store || !said
}

// idMembers are the members that hold a response's id, as far as the vendors write
// them. An answer's text cannot look like one: its quotes are escaped.
var idMembers = [][]byte{[]byte(`"id":`), []byte(`"previous_response_id":`)}

// prefix is how the ids of responses begin, with a quote before.
var prefix = []byte(`"resp_`)

// AppendNamed implements protocol.Bound. The frames that hold the response itself
// have its id; others hold ids of items, which nobody is asked for.
func (*Language) AppendNamed(dst []byte, f protocol.Frame, name func(string) string) []byte {
	rest := f.Raw
	for {
		i := bytes.Index(rest, prefix)
		if i < 0 {
			return append(dst, rest...)
		}
		end := bytes.IndexByte(rest[i+1:], '"')
		if end < 0 {
			return append(dst, rest...)
		}
		id := rest[i+1 : i+1+end]
		if before := bytes.TrimRight(rest[:i], " "); namesID(before) && bytes.IndexByte(id, '\\') < 0 {
			dst = append(dst, rest[:i+1]...)
			dst = append(dst, name(string(id))...)
		} else {
			dst = append(dst, rest[:i+1+end]...)
		}
		rest = rest[i+1+end:]
	}
}

func namesID(before []byte) bool {
	for _, m := range idMembers {
		if bytes.HasSuffix(before, m) {
			return true
		}
	}
	return false
}
