package embed

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
)

// fields reads the members of one object, by any of their spellings, and knows
// which nobody read. The first thing that is wrong is kept in err.
type fields struct {
	obj  jsonscan.Object
	path string // of the object, with a dot at its end unless empty
	seen []string
	err  error
}

// within reads an object inside of another, which was scanned with it.
func within(v []byte, path string) (*fields, error) {
	if protocol.Kind(v) != '{' {
		return nil, interline.Invalid(path, "invalid type for '%s': expected an object", path)
	}
	obj, err := jsonscan.Scan(v)
	if err != nil {
		return nil, interline.Invalid(path, "%v", err)
	}
	return &fields{obj: obj, path: path + "."}, nil
}

// raw returns a member's value; nil where it is absent or null. Members that are
// there under two names are refused.
func (f *fields) raw(names ...string) []byte {
	var value []byte
	for i, name := range names {
		v := f.obj.Value(name)
		if v == nil {
			continue
		}
		f.seen = append(f.seen, name)
		if value != nil {
			f.wrong(name, "'%s' is said twice, as '%s' and as '%s'", name, names[i-1], name)
		}
		value = v
	}
	if string(value) == "null" {
		return nil
	}
	return value
}

// wrong notes what is wrong with a member.
func (f *fields) wrong(name, format string, args ...any) {
	if f.err == nil {
		f.err = interline.Invalid(f.path+name, format, args...)
	}
}

func (f *fields) mistyped(name, want string) {
	f.wrong(name, "invalid type for '%s': expected %s", f.path+name, want)
}

func (f *fields) text(names ...string) string {
	v := f.raw(names...)
	if v == nil {
		return ""
	}
	s, ok := jsonscan.Unquote(v)
	if !ok {
		f.mistyped(names[0], "a string")
	}
	return s
}

// whole reads a number from one up. protobuf's JSON may write it as a string.
func (f *fields) whole(names ...string) int {
	v := f.raw(names...)
	if v == nil {
		return 0
	}
	n, err := strconv.Atoi(string(bytes.Trim(v, `"`)))
	if err != nil || n < 1 {
		f.mistyped(names[0], "a whole number from 1 up")
		return 0
	}
	return n
}

func (f *fields) flag(names ...string) *bool {
	v := f.raw(names...)
	if v == nil {
		return nil
	}
	is := string(v) == "true"
	if !is && string(v) != "false" {
		f.mistyped(names[0], "a boolean")
	}
	return &is
}

// list reads an array's elements, verbatim.
func (f *fields) list(names ...string) [][]byte {
	v := f.raw(names...)
	if v == nil {
		return nil
	}
	if protocol.Kind(v) != '[' {
		f.mistyped(names[0], "an array")
		return nil
	}
	return elements(v)
}

// texts reads an array of strings.
func (f *fields) texts(name string) []string {
	var out []string
	for i, v := range f.list(name) {
		s, ok := jsonscan.Unquote(v)
		if !ok {
			f.mistyped(name+"["+strconv.Itoa(i)+"]", "a string")
		}
		out = append(out, s)
	}
	return out
}

// rest returns the members that nobody read.
func (f *fields) rest() []interline.Member {
	var out []interline.Member
	for _, m := range f.obj.Members {
		if !slices.Contains(f.seen, m.Name) {
			out = append(out, interline.Member{Name: f.path + m.Name, Value: bytes.Clone(f.obj.Body[m.Start:m.End])})
		}
	}
	return out
}

// elements returns the elements of a JSON array, sharing its memory.
func elements(v []byte) [][]byte {
	var out [][]byte
	for _, s := range spans(v) {
		out = append(out, v[s.start:s.end])
	}
	return out
}

// span is where a value stands.
type span struct{ start, end int }

// spans returns where the elements of a JSON array stand in it; none for
// anything else.
func spans(v []byte) []span {
	dec := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if tok, err := dec.ReadToken(); err != nil || tok.Kind() != '[' {
		return nil
	}
	var out []span
	for dec.PeekKind() != ']' {
		val, err := dec.ReadValue()
		if err != nil {
			return nil
		}
		end := int(dec.InputOffset())
		out = append(out, span{end - len(val), end})
	}
	return out
}

// empty reports whether a JSON array has no elements.
func empty(v []byte) bool {
	return len(bytes.Trim(v, "[] \t\r\n")) == 0 && bytes.Count(v, []byte("[")) == 1
}
