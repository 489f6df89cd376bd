// Package strict reads a JSON request the way a careful server does: every
// member is asked for by name and type, and everything that is wrong is noted
// with the path where it stood, so that the caller can be told in the words of
// the API he meant to speak.
//
// The package knows no API and words no message: it collects [Problem] values,
// and the dialect that asked renders them. Unlike encoding/json into structs it
// takes member names as they are written, tells absent from wrong, treats null
// as absent, and can report the members nobody asked for.
//
// A Document and what was reached through it belong to one goroutine.
package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// A Kind says what is wrong with a value.
type Kind int

// The kinds of [Problem].
const (
	Missing Kind = iota // a required member is absent or null
	Unknown             // a member the API does not have
	Type                // a value of another JSON type
	Rule                // a value against a rule the dialect checked itself
)

// A Problem is one thing wrong with a document.
type Problem struct {
	Path string // names and zero-based indexes joined by dots, such as messages.0.role
	Kind Kind
	Want string          // for Type: string, number, integer, boolean, object or array
	Got  string          // for Type: the JSON type that was there
	Say  string          // for Rule: the dialect's own words
	Raw  json.RawMessage // for Rule: the value that breaks it, as written
}

// A Document is a request being read and the problems found so far.
type Document struct{ problems []Problem }

// Parse reads a body that must be one JSON object. The error says why it is
// not, and is never about what the object holds.
func Parse(body []byte) (*Document, Object, error) {
	if err := validate(body); err != nil {
		return nil, Object{}, err
	}
	d := &Document{}
	v := Value{doc: d, raw: bytes.TrimSpace(body)}
	if v.Type() != "object" {
		return nil, Object{}, fmt.Errorf("read request: a JSON object is wanted, not %s", v.Type())
	}
	o, _ := v.Object()
	return d, o, nil
}

// validate wraps encoding/json's own words, which name the offset.
func validate(body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New("read request: the body is empty")
	}
	var raw json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil {
		return fmt.Errorf("read request: %w", err)
	}
	return nil
}

// Problems returns what was found wrong so far, in the order of finding.
func (d *Document) Problems() []Problem { return d.problems }

// add ignores a nil document, so that a member that is not there can be read on.
func (d *Document) add(p Problem) {
	if d != nil {
		d.problems = append(d.problems, p)
	}
}

// A Value is one JSON value and where it stands.
type Value struct {
	doc  *Document
	path string
	raw  json.RawMessage
}

// Path is where the value stands.
func (v Value) Path() string { return v.path }

// Raw is the value as it was written, without surrounding space.
func (v Value) Raw() json.RawMessage { return v.raw }

// Fail notes that the value breaks a rule of the dialect.
func (v Value) Fail(format string, args ...any) {
	v.doc.add(Problem{Path: v.path, Kind: Rule, Say: fmt.Sprintf(format, args...), Raw: v.raw})
}

// Type is the value's JSON type: string, number, boolean, object, array or null.
func (v Value) Type() string {
	if len(v.raw) == 0 {
		return "null"
	}
	switch v.raw[0] {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}

func (v Value) wrong(want string) {
	v.doc.add(Problem{Path: v.path, Kind: Type, Want: want, Got: v.Type()})
}

// String returns the value if it is a string and notes a problem if not.
func (v Value) String() (s string, ok bool) {
	if v.Type() != "string" {
		v.wrong("string")
		return "", false
	}
	return s, json.Unmarshal(v.raw, &s) == nil
}

// Bool returns the value if it is a boolean and notes a problem if not.
func (v Value) Bool() (b, ok bool) {
	if v.Type() != "boolean" {
		v.wrong("boolean")
		return false, false
	}
	return v.raw[0] == 't', true
}

// Number returns the value if it is a number and notes a problem if not.
func (v Value) Number() (float64, bool) {
	if v.Type() == "number" {
		if f, err := strconv.ParseFloat(string(v.raw), 64); err == nil {
			return f, true
		}
	}
	v.wrong("number")
	return 0, false
}

// Int returns the value if it is a whole number of at most 2^53 and notes a
// problem if not. 3.0 is whole.
func (v Value) Int() (int, bool) {
	if v.Type() == "number" {
		if f, err := strconv.ParseFloat(string(v.raw), 64); err == nil && f == math.Trunc(f) && math.Abs(f) <= 1<<53 {
			return int(f), true
		}
	}
	v.wrong("integer")
	return 0, false
}

// List returns the elements if the value is an array and notes a problem if not.
func (v Value) List() (list []Value, ok bool) {
	if v.Type() != "array" {
		v.wrong("array")
		return nil, false
	}
	var raws []json.RawMessage
	if json.Unmarshal(v.raw, &raws) != nil {
		return nil, false
	}
	for i, raw := range raws {
		list = append(list, Value{v.doc, join(v.path, strconv.Itoa(i)), raw})
	}
	return list, true
}

// Object returns the members if the value is an object and notes a problem if
// not. Of members with the same name the last counts.
func (v Value) Object() (Object, bool) {
	o := Object{Value: v}
	if v.Type() != "object" {
		v.wrong("object")
		return o, false
	}
	dec := json.NewDecoder(bytes.NewReader(v.raw))
	if _, err := dec.Token(); err != nil {
		return o, false
	}
	o.members = make(map[string]json.RawMessage)
	for dec.More() {
		name, err := dec.Token()
		var raw json.RawMessage
		if err != nil || dec.Decode(&raw) != nil {
			return o, false
		}
		key := name.(string) // a member's name is always a string
		if _, twice := o.members[key]; !twice {
			o.names = append(o.names, key)
		}
		o.members[key] = raw
	}
	return o, true
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
