package responses

import (
	"bytes"

	"github.com/interline-ai/interline/protocol"
)

var _ protocol.Bound = (*Language)(nil)

// Refers implements protocol.Referring.
func (*Language) Refers(o *protocol.Opened) bool {
	_, follows := o.Members.Find("previous_response_id")
	_, talks := o.Members.Find("conversation")
	return follows || talks || o.Members.Words&kept != 0
}

// Keeps implements protocol.Bound: a store that is left out means true.
func (*Language) Keeps(o *protocol.Opened) bool {
	store, said := o.Members.Bool("store")
	return store || !said
}

// named are the members of answers that name something, with what their values
// begin with, as far as the vendors write them. An answer's text cannot look like
// one: its quotes are escaped.
var named = []struct {
	member string
	prefix string
	seal   bool
}{
	{`"id":`, "resp_", false},
	{`"previous_response_id":`, "resp_", false},
	{`"container_id":`, "cntr_", false},
	{`"file_id":`, "", false},
	{`"encrypted_content":`, "", true},
}

// AppendNamed implements protocol.Bound. The frames that hold the response itself
// have its id; others hold ids of items, which nobody is asked for.
func (*Language) AppendNamed(dst []byte, f protocol.Frame, n protocol.Names) []byte {
	rest := f.Raw
	for {
		start, end, name := nextNamed(rest, n)
		if name == nil {
			return append(dst, rest...)
		}
		dst = append(dst, rest[:start]...)
		dst = append(dst, name(string(rest[start:end]))...)
		rest = rest[end:]
	}
}

// nextNamed finds the first value to be told otherwise; name is nil for none.
func nextNamed(b []byte, n protocol.Names) (start, end int, name func(string) string) {
	for _, m := range named {
		tell := n.ID
		if m.seal {
			tell = n.Seal
		}
		if tell == nil {
			continue
		}
		for at := 0; ; {
			i := bytes.Index(b[at:], []byte(m.member))
			if i < 0 || name != nil && at+i > start {
				break
			}
			at += i + len(m.member)
			from, to, ok := textAt(b[at:])
			if ok && bytes.HasPrefix(b[at+from:at+to], []byte(m.prefix)) {
				start, end, name = at+from, at+to, tell
				break
			}
		}
	}
	return start, end, name
}

// textAt finds the text without escapes that a value is, without its quotes.
func textAt(b []byte) (start, end int, ok bool) {
	for start < len(b) && b[start] == ' ' {
		start++
	}
	if start >= len(b) || b[start] != '"' {
		return 0, 0, false
	}
	start++
	n := bytes.IndexByte(b[start:], '"')
	if n <= 0 || bytes.IndexByte(b[start:start+n], '\\') >= 0 {
		return 0, 0, false
	}
	return start, start + n, true
}

// indexOf is where a value that was read from b stands in it.
func indexOf(b, value []byte) int { return max(0, bytes.Index(b, value)) }
