package generatecontent

import (
	"bytes"

	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
)

// The walks below go over JSON that was found strict before, so they only count
// brackets and step over texts.

// closing is where the text ends that begins with the quote at i.
func closing(body []byte, i int) int {
	for at := i + 1; ; at++ {
		n := bytes.IndexByte(body[at:], '"')
		if n < 0 {
			return len(body) - 1
		}
		at += n
		before := at - 1
		for body[before] == '\\' {
			before--
		}
		if (at-before)%2 == 1 {
			return at // an even number of backslashes escapes no quote
		}
	}
}

// objectsIn are the elements of an array of objects, by their places in the body;
// none where it is something else.
func objectsIn(body []byte, of jsonscan.Member) []jsonscan.Member {
	if protocol.Kind(body[of.Start:of.End]) != '[' {
		return nil
	}
	var out []jsonscan.Member
	depth, start := 0, 0
	for i := of.Start; i < of.End; i++ {
		switch c := body[i]; c {
		case '{', '[':
			if depth++; depth == 2 {
				start = i
			}
			if depth == 2 && c == '[' {
				return nil
			}
		case '}', ']':
			if depth--; depth == 1 {
				out = append(out, jsonscan.Member{NameStart: start, Start: start, End: i + 1})
			}
		case '"':
			if depth == 1 {
				return nil
			}
			i = closing(body, i)
		case ' ', '\t', '\r', '\n', ',':
		default:
			if depth == 1 {
				return nil
			}
		}
	}
	return out
}

// asUser is the role of a turn that says none.
const asUser = `"role":"user"`

// roles returns the replacements that make every turn one of the user that has no
// role, or that of the past for responses of functions. The Gemini API takes such
// turns as the user's, and Vertex AI refuses them.
func roles(body []byte, contents jsonscan.Member) []protocol.Replacement {
	var reps []protocol.Replacement
	depth, start, said := 0, 0, false
	for i := contents.Start; i < contents.End; i++ {
		switch body[i] {
		case '{', '[':
			if depth++; depth == 2 {
				start, said = i+1, false
			}
		case '}', ']':
			if depth--; depth == 1 && body[i] == '}' && !said {
				reps = append(reps, protocol.Replacement{Start: start, End: start, Value: roleBefore(body[start : i+1])})
			}
		case '"':
			end := closing(body, i)
			if depth == 2 && isRole(body[i:end+1]) {
				if value := valueOf(body, end); value > 0 {
					said = true
					reps = append(reps, userRole(body, value)...)
				}
			}
			i = end
		}
	}
	return reps
}

// roleBefore is a role to put before the members of a turn.
func roleBefore(turn []byte) []byte {
	if bytes.TrimLeft(turn, " \t\r\n")[0] == '}' {
		return []byte(asUser)
	}
	return []byte(asUser + ",")
}

// valueOf is where the value begins of the name that ends at i, or 0 where that
// text is no name.
func valueOf(body []byte, i int) int {
	i = pastSpace(body, i+1)
	if i == len(body) || body[i] != ':' {
		return 0
	}
	return pastSpace(body, i+1)
}

// pastSpace is the first place from i on that is no white space.
func pastSpace(body []byte, i int) int {
	for i < len(body) && body[i] <= ' ' {
		i++
	}
	return i
}

func isRole(quoted []byte) bool {
	name, ok := jsonscan.Unquote(quoted)
	return ok && name == "role"
}

// userRole returns the replacement of a role that Vertex AI does not know.
func userRole(body []byte, value int) []protocol.Replacement {
	for _, old := range []string{`null`, `""`, `"function"`} {
		if bytes.HasPrefix(body[value:], []byte(old)) {
			return []protocol.Replacement{{Start: value, End: value + len(old), Value: []byte(`"user"`)}}
		}
	}
	return nil
}
