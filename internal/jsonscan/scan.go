// Package jsonscan reads the outside of a JSON object without building
// anything: it checks that every byte of a body is strict JSON and remembers
// where the top-level members stand, so that one of them can be replaced while
// all other bytes stay as they were.
//
// Strict means that two readers cannot see two different requests in one body:
// no name twice in any object, no names at the top that differ only in case, no
// escaped names at the top, no invalid UTF-8, no half surrogates, and a bound
// on depth and size. What this package accepts, encoding/json/v2's jsontext
// accepts too (a fuzz test holds the two together).
package jsonscan

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Limits on what is read; beyond them a body is refused.
const (
	MaxDepth  = 128
	MaxValues = 400_000
)

// Member is one top-level member: its name and the extent of its value, both
// without surrounding white space.
type Member struct {
	Name       string
	NameStart  int // offset of the name's opening quote
	Start, End int // offsets of the value's first byte and of the byte after its last
}

// Object is a scanned body.
type Object struct {
	Body    []byte
	Members []Member
	// Words is the set of the [Watch]'s words that were seen.
	Words uint32
}

// Watch says what to look for while a body is scanned, so that nobody has to
// read it again. A watch is made once and may be used by many scans at once.
type Watch struct {
	names   []string
	words   []string
	lengths uint32 // bit n: some word has n bytes
}

// maxWord is the length in bytes that watched words must stay below.
const maxWord = 32

// NewWatch returns a watch for strings, at any depth and whether they are names
// or values, that are one of the words; Object.Words has a bit for each, in
// their order. There may be 32 words of up to 31 bytes, longer ones are never
// seen. names are top-level names to expect: they cost no allocation, and a
// name that is one of them in other letter case is refused.
func NewWatch(names []string, words ...string) *Watch {
	w := &Watch{names: names, words: words}
	for _, word := range words {
		if len(word) < maxWord {
			w.lengths |= 1 << len(word)
		}
	}
	return w
}

// name returns the name as a string, one of the expected ones where it is.
func (w *Watch) name(b []byte) string {
	if w != nil {
		for _, n := range w.names {
			if len(n) == len(b) && n == string(b) {
				return n
			}
		}
	}
	return string(b)
}

// Error says where a body stops being what it should be.
type Error struct {
	Path   string // the member it is in, e.g. "messages[3].content"; "" is the body itself
	Offset int    // bytes from the start
	Reason string
}

func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("%s (at byte %d)", e.Reason, e.Offset)
	}
	return fmt.Sprintf("%s: %s (at byte %d)", e.Path, e.Reason, e.Offset)
}

// Scan reads body as one strict JSON object. The result's names and offsets
// refer to body, which must not change while they are used.
func Scan(body []byte) (Object, error) { return ScanFor(body, nil) }

// ScanFor is Scan, with an eye on what the watch names.
func ScanFor(body []byte, w *Watch) (Object, error) {
	obj, err := scan(scanner{b: body, watch: w})
	if err != nil {
		return obj, err
	}
	if err := obj.checkNames(); err != nil || w == nil {
		return obj, err
	}
	return obj, obj.checkCase(w.names)
}

// ScanAnswer reads a cloud's answer. It must be one whole JSON object, but what
// models and vendors are known to get wrong is let pass: a name that stands
// twice, and half a surrogate pair.
func ScanAnswer(body []byte) (Object, error) {
	return scan(scanner{b: body, lenient: true})
}

func scan(s scanner) (Object, error) {
	obj := Object{Body: s.b, Members: make([]Member, 0, 12)}
	s.keys = s.few[:0]
	s.space()
	if s.i >= len(s.b) {
		return obj, &Error{Reason: "the body is empty, expected a JSON object"}
	}
	if s.b[s.i] != '{' {
		return obj, s.fail("expected a JSON object")
	}
	if err := s.object(1, &obj); err != nil {
		return obj, err
	}
	obj.Words = s.words
	s.space()
	if s.i != len(s.b) {
		return obj, s.fail("unexpected data after the JSON object")
	}
	return obj, nil
}

// add notes a top-level member.
func (o *Object) add(s *scanner, key keySpan, start int) {
	name := s.watch.name(s.b[key.start:key.end])
	o.Members = append(o.Members, Member{Name: name, NameStart: key.start - 1, Start: start, End: s.i})
}

// checkNames refuses top-level names that a lenient reader could take for one
// another.
func (o Object) checkNames() error {
	for i, m := range o.Members {
		for _, n := range o.Members[:i] {
			if len(m.Name) == len(n.Name) && equalFold(m.Name, n.Name) {
				return &Error{Path: m.Name, Offset: m.NameStart, Reason: "the same name as " + strconv.Quote(n.Name) + " in other letter case"}
			}
		}
	}
	return nil
}

// checkCase refuses members that are one of the known names in the wrong
// letter case.
func (o Object) checkCase(known []string) error {
	for _, m := range o.Members {
		for _, k := range known {
			if len(m.Name) == len(k) && m.Name != k && equalFold(m.Name, k) {
				return &Error{Path: m.Name, Offset: m.NameStart, Reason: "unknown name; did you mean " + strconv.Quote(k) + "?"}
			}
		}
	}
	return nil
}

// equalFold compares ASCII names without regard to case; other bytes compare
// as they are.
func equalFold(a, b string) bool {
	for i := range len(a) {
		x, y := a[i], b[i]
		if x != y && (x|0x20 != y|0x20 || x|0x20 < 'a' || x|0x20 > 'z') {
			return false
		}
	}
	return true
}

// Find returns the member with that name.
func (o Object) Find(name string) (Member, bool) {
	for _, m := range o.Members {
		if m.Name == name {
			return m, true
		}
	}
	return Member{}, false
}

// Value returns a member's value, verbatim, or nil when there is none.
func (o Object) Value(name string) []byte {
	if m, ok := o.Find(name); ok {
		return o.Body[m.Start:m.End]
	}
	return nil
}

// String returns a member's string value. ok is false when there is no such
// member or it is not a string.
func (o Object) String(name string) (string, bool) {
	return Unquote(o.Value(name))
}

// Bool returns a member's value and whether it is a boolean.
func (o Object) Bool(name string) (value, ok bool) {
	v := string(o.Value(name))
	return v == "true", v == "true" || v == "false"
}

// Unquote returns the text of a JSON string that was scanned before; ok is
// false when v is not a string.
func Unquote(v []byte) (text string, ok bool) {
	if len(v) < 2 || v[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(v, '\\') < 0 {
		return string(v[1 : len(v)-1]), true
	}
	out, err := jsontext.AppendUnquote(nil, v)
	return string(out), err == nil
}

type scanner struct {
	b       []byte
	i       int
	values  int
	lenient bool
	watch   *Watch
	words   uint32      // those of the watch that were seen
	keys    []keySpan   // names of the objects that are open, innermost last
	few     [16]keySpan // where keys has room at first
}

type keySpan struct {
	start, end int // between the quotes
	escaped    bool
}

func (s *scanner) fail(reason string) *Error { return &Error{Offset: s.i, Reason: reason} }

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\r', '\n':
			s.i++
		default:
			return
		}
	}
}

// value reads one value of any kind.
func (s *scanner) value(depth int) *Error {
	s.values++
	if s.values > MaxValues {
		return s.fail("more than " + strconv.Itoa(MaxValues) + " values")
	}
	if s.i >= len(s.b) {
		return s.fail("the JSON ends too early")
	}
	switch c := s.b[s.i]; {
	case c == '"':
		_, err := s.str()
		return err
	case c == '{':
		return s.object(depth+1, nil)
	case c == '[':
		return s.array(depth + 1)
	case c == '-' || c >= '0' && c <= '9':
		return s.number()
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	case c == 'n':
		return s.word("null")
	}
	return s.fail("unexpected character " + strconv.QuoteRune(rune(s.b[s.i])))
}

func (s *scanner) word(w string) *Error {
	if !bytes.HasPrefix(s.b[s.i:], []byte(w)) {
		return s.fail("expected " + w)
	}
	s.i += len(w)
	return nil
}

// object reads an object whose opening brace is next. When into is not nil it
// is told of each member; names must then be written without escapes.
func (s *scanner) object(depth int, into *Object) *Error {
	base := len(s.keys)
	err := s.members(depth, base, into)
	s.keys = s.keys[:base]
	return err
}

func (s *scanner) members(depth, base int, into *Object) *Error {
	if depth > MaxDepth {
		return s.fail("nested more than " + strconv.Itoa(MaxDepth) + " levels deep")
	}
	var seen map[string]struct{}
	s.i++
	s.space()
	if s.i < len(s.b) && s.b[s.i] == '}' {
		s.i++
		return nil
	}
	for {
		key, err := s.key(base, &seen)
		if err != nil {
			return err
		}
		if into != nil && key.escaped && !s.lenient {
			return &Error{Offset: key.start, Reason: "names at the top of the body must not be escaped"}
		}
		start := s.i
		if err := s.value(depth); err != nil {
			err.within(string(s.b[key.start:key.end]))
			return err
		}
		if into != nil {
			into.add(s, key, start)
		}
		done, err := s.next('}', "after a member, expected ',' or '}'")
		if done || err != nil {
			return err
		}
	}
}

// key reads a member's name and colon, and refuses a name that the object
// already has.
func (s *scanner) key(base int, seen *map[string]struct{}) (keySpan, *Error) {
	if s.i >= len(s.b) || s.b[s.i] != '"' {
		return keySpan{}, s.fail("expected a member name in quotes")
	}
	k := keySpan{start: s.i + 1}
	var err *Error
	if k.escaped, err = s.str(); err != nil {
		return k, err
	}
	k.end = s.i - 1
	if !s.lenient && s.twice(k, base, seen) {
		return k, &Error{Path: string(s.b[k.start:k.end]), Offset: k.start, Reason: "the name stands twice in one object"}
	}
	s.space()
	if s.i >= len(s.b) || s.b[s.i] != ':' {
		return k, s.fail("expected ':' after a member name")
	}
	s.i++
	s.space()
	return k, nil
}

// twice remembers the name and reports whether its object already had it.
// Small objects compare spans; large ones, and ones with escaped names, use a
// map.
func (s *scanner) twice(k keySpan, base int, seen *map[string]struct{}) bool {
	const small = 24
	mine := s.keys[base:]
	if *seen == nil && len(mine) < small && !k.escaped {
		name := s.b[k.start:k.end]
		for _, o := range mine {
			if bytes.Equal(s.b[o.start:o.end], name) {
				return true
			}
		}
		s.keys = append(s.keys, k)
		return false
	}
	if *seen == nil {
		*seen = make(map[string]struct{}, 2*small)
		for _, o := range mine {
			(*seen)[string(s.b[o.start:o.end])] = struct{}{}
		}
	}
	name, _ := Unquote(s.b[k.start-1 : k.end+1])
	_, dup := (*seen)[name]
	(*seen)[name] = struct{}{}
	return dup
}

func (s *scanner) array(depth int) *Error {
	if depth > MaxDepth {
		return s.fail("nested more than " + strconv.Itoa(MaxDepth) + " levels deep")
	}
	s.i++
	s.space()
	if s.i < len(s.b) && s.b[s.i] == ']' {
		s.i++
		return nil
	}
	for n := 0; ; n++ {
		if err := s.value(depth); err != nil {
			err.within("[" + strconv.Itoa(n) + "]")
			return err
		}
		done, err := s.next(']', "after an element, expected ',' or ']'")
		if done || err != nil {
			return err
		}
	}
}

// next reads what follows a member or an element: a comma, or the end.
func (s *scanner) next(end byte, expected string) (done bool, err *Error) {
	s.space()
	if s.i >= len(s.b) {
		return false, s.fail("the JSON ends too early")
	}
	switch s.b[s.i] {
	case end:
		s.i++
		return true, nil
	case ',':
		s.i++
		s.space()
		return false, nil
	}
	return false, s.fail(expected)
}

// within puts the member or element that an error arose in before its path.
func (e *Error) within(outer string) {
	switch {
	case e.Path == "":
		e.Path = outer
	case e.Path[0] == '[':
		e.Path = outer + e.Path
	default:
		e.Path = outer + "." + e.Path
	}
}

func (s *scanner) number() *Error {
	if s.b[s.i] == '-' {
		s.i++
	}
	if s.i < len(s.b) && s.b[s.i] == '0' {
		s.i++
	} else if !s.digits() {
		return s.fail("expected a digit")
	}
	if s.i < len(s.b) && s.b[s.i] == '.' {
		s.i++
		if !s.digits() {
			return s.fail("expected a digit after the decimal point")
		}
	}
	if s.i < len(s.b) && s.b[s.i]|0x20 == 'e' {
		s.i++
		if s.i < len(s.b) && (s.b[s.i] == '+' || s.b[s.i] == '-') {
			s.i++
		}
		if !s.digits() {
			return s.fail("expected a digit in the exponent")
		}
	}
	return nil
}

func (s *scanner) digits() bool {
	from := s.i
	for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
		s.i++
	}
	return s.i > from
}

// validRune reports whether valid UTF-8 of more than one byte stands at i, and
// how long it is.
func (s *scanner) validRune() (int, bool) {
	r, n := utf8.DecodeRune(s.b[s.i:])
	return n, r != utf8.RuneError || n > 1
}
