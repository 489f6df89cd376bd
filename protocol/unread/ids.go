package unread

import (
	"bytes"
	"slices"
	"strings"
)

// IDs tells the ids in JSON otherwise while it passes, in pieces of any length, be
// it one value or the data of events. All other bytes stay as they are. It is one
// answer's.
type IDs struct {
	// Tell returns what is said instead of an id: of the text of a member whose
	// name is id or ends with _id, or of an element of one that ends with _ids;
	// and of results_url, which has one in it.
	Tell func(id string) string

	last     []byte // the last string with its quotes, as far as it may be a name
	held     []byte // the beginning of a value that may be an id
	inString bool
	escaped  bool
	named    bool // what comes is the value of a member with such a name
	array    bool // or an element of it
	value    bool // a colon came last
}

// Longer names and ids are nobody's.
const maxIDName, maxID = 40, 512

// Append appends what the client is told of the next piece.
func (r *IDs) Append(dst, piece []byte) []byte {
	for len(piece) > 0 {
		if !r.inString {
			n := bytes.IndexAny(piece, `":,[]{}`)
			if n < 0 {
				return append(dst, piece...)
			}
			dst = r.structure(append(dst, piece[:n]...), piece[n])
			piece = piece[n+1:]
			continue
		}
		n := bytes.IndexAny(piece, "\"\\\n")
		if r.escaped {
			n = 0
		}
		if n < 0 {
			return r.text(dst, piece)
		}
		dst = r.text(dst, piece[:n])
		dst = r.special(dst, piece[n])
		piece = piece[n+1:]
	}
	return dst
}

// Flush appends what was held back when the answer ends.
func (r *IDs) Flush(dst []byte) []byte {
	dst = append(dst, r.held...)
	r.held = nil
	return dst
}

// structure reads a byte between strings.
func (r *IDs) structure(dst []byte, c byte) []byte {
	switch c {
	case '"':
		r.inString, r.last = true, append(r.last[:0], c)
		if r.named && (r.value || r.array) {
			r.held = append(r.held[:0], c)
			return dst
		}
	case ':':
		r.value, r.array, r.named = true, false, isIDName(r.last)
	case '[':
		r.array = r.named && r.value
		r.named = r.array
	case ',':
		r.named, r.value = r.array, false
	default:
		r.named, r.array, r.value = false, false, false
	}
	return append(dst, c)
}

// text reads the inside of a string.
func (r *IDs) text(dst, b []byte) []byte {
	if len(r.last) <= maxIDName {
		r.last = append(r.last, b[:min(len(b), maxIDName)]...)
	}
	if len(r.held) == 0 {
		return append(dst, b...)
	}
	r.held = append(r.held, b...)
	if len(r.held) > maxID {
		return r.Flush(dst)
	}
	return dst
}

// special reads a byte that may end a string.
func (r *IDs) special(dst []byte, c byte) []byte {
	switch {
	case r.escaped:
		r.escaped = false
	case c == '\\': // no id is written so
		r.escaped = true
		dst = r.Flush(dst)
	case c == '\n': // no string has one: it was a quote within a comment
		r.inString = false
		return append(r.Flush(dst), c)
	default:
		r.inString, r.last = false, append(r.last, c)
		if len(r.held) > 1 {
			dst = append(append(dst, '"'), r.Tell(string(r.held[1:]))...)
			r.held = nil
		}
		return append(r.Flush(dst), c)
	}
	return r.text(dst, []byte{c})
}

func isIDName(quoted []byte) bool {
	name := strings.Trim(string(quoted), `"`)
	return name == "id" || name == "results_url" || slices.ContainsFunc([]string{"_id", "_ids"}, func(s string) bool { return strings.HasSuffix(name, s) })
}
