package chat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// reader takes JSON values apart and keeps the first thing wrong with them, in
// the words in which OpenAI says it. Paths are those of the error's param.
// Once something is wrong every further read returns a zero value.
type reader struct {
	err  *Error
	file func(id string) ([]byte, bool) // finds uploaded files; nil for none
	idle []string                       // see Dialect.Idle
}

type members map[string]json.RawMessage

func (r *reader) fail(e *Error) {
	if r.err == nil {
		r.err = e
	}
}

func (r *reader) wrongType(path, want string, raw json.RawMessage) {
	r.fail(Invalid(path, "invalid_type", "Invalid type for '%s': expected %s, but got %s instead.", path, want, kindOf(raw)))
}

// absent says whether a member is missing or null, which mean the same.
func absent(raw json.RawMessage) bool {
	return len(raw) == 0 || bytes.Equal(bytes.TrimSpace(raw), []byte("null"))
}

// kindOf names the type of a value as OpenAI does.
func kindOf(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return "nothing"
	}
	switch raw[0] {
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	if bytes.ContainsAny(raw, ".eE") {
		return "a decimal"
	}
	return "an integer"
}

// object reads an object whose members must be among the known ones; no known
// ones means any.
func (r *reader) object(path string, raw json.RawMessage, known ...string) members {
	if r.err != nil || absent(raw) {
		return nil
	}
	var m members
	if json.Unmarshal(raw, &m) != nil {
		r.wrongType(path, "an object", raw)
		return nil
	}
	if len(known) == 0 {
		return m
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(known, name) {
			p := join(path, name)
			r.fail(Invalid(p, "unknown_parameter", "Unknown parameter: '%s'.", p))
			return nil
		}
	}
	return m
}

func (r *reader) list(path string, raw json.RawMessage) []json.RawMessage {
	if r.err != nil || absent(raw) {
		return nil
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		r.wrongType(path, "an array", raw)
	}
	return items
}

func (r *reader) text(path string, raw json.RawMessage) string {
	if r.err != nil || absent(raw) {
		return ""
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		r.wrongType(path, "a string", raw)
	}
	return s
}

// need reads a string that must be there.
func (r *reader) need(path string, raw json.RawMessage) string {
	if absent(raw) {
		r.missing(path)
		return ""
	}
	return r.text(path, raw)
}

func (r *reader) missing(path string) {
	r.fail(Invalid(path, "missing_required_parameter", "Missing required parameter: '%s'.", path))
}

// word reads a string that must be one of a few; empty when absent.
func (r *reader) word(path string, raw json.RawMessage, known ...string) string {
	s := r.text(path, raw)
	if r.err == nil && !absent(raw) && !slices.Contains(known, s) {
		r.fail(Invalid(path, "invalid_value", "Invalid value: '%s'. Supported values are: %s.", s, quoteAll(known)))
	}
	return s
}

func quoteAll(words []string) string {
	each := make([]string, len(words))
	for i, w := range words {
		each[i] = "'" + w + "'"
	}
	if n := len(each); n > 1 {
		return strings.Join(each[:n-1], ", ") + ", and " + each[n-1]
	}
	return strings.Join(each, "")
}

// flag reads a boolean; absent is otherwise.
func (r *reader) flag(path string, raw json.RawMessage, otherwise bool) bool {
	if r.err != nil || absent(raw) {
		return otherwise
	}
	var b bool
	if json.Unmarshal(raw, &b) != nil {
		r.wrongType(path, "a boolean", raw)
	}
	return b
}

// decimal reads a number within limits; nil when absent.
func (r *reader) decimal(path string, raw json.RawMessage, low, high float64) *float64 {
	if r.err != nil || absent(raw) {
		return nil
	}
	var n float64
	if json.Unmarshal(raw, &n) != nil {
		r.wrongType(path, "a decimal", raw)
		return nil
	}
	r.within(path, "decimal", n, low, high)
	return &n
}

// whole reads an integer within limits; nil when absent.
func (r *reader) whole(path string, raw json.RawMessage, low, high int) *int {
	if r.err != nil || absent(raw) {
		return nil
	}
	var n int
	if json.Unmarshal(raw, &n) != nil {
		r.wrongType(path, "an integer", raw)
		return nil
	}
	r.within(path, "integer", float64(n), float64(low), float64(high))
	return &n
}

func (r *reader) within(path, kind string, n, low, high float64) {
	switch {
	case n < low:
		r.fail(Invalid(path, kind+"_below_min_value",
			"Invalid '%s': %s below minimum value. Expected a value >= %v, but got %v instead.", path, kind, low, n))
	case n > high && !math.IsInf(high, 1):
		r.fail(Invalid(path, kind+"_above_max_value",
			"Invalid '%s': %s above maximum value. Expected a value <= %v, but got %v instead.", path, kind, high, n))
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func at(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
