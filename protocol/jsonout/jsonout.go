// Package jsonout appends JSON text to bytes, member by member, in the order
// it is told, so that equal calls give equal bytes and raw values stay as they
// were to the last space. It checks nothing: callers open and close what they
// mean to, and pass raw values that are JSON.
package jsonout

import (
	"bytes"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// Text is JSON under construction. Commas are placed by themselves. What stood
// in it before (the framing of an event, say) is kept; it must be empty or end
// in a space or a line end.
type Text []byte

// comma puts a comma where a value or a name follows another.
func (t *Text) comma() {
	if n := len(*t); n > 0 {
		switch (*t)[n-1] {
		case '{', '[', ':', ',', ' ', '\n':
		default:
			*t = append(*t, ',')
		}
	}
}

// Open begins an object '{' or an array '['.
func (t *Text) Open(c byte) { t.comma(); *t = append(*t, c) }

// Close ends an object '}' or an array ']'.
func (t *Text) Close(c byte) { *t = append(*t, c) }

// Name begins a member; its value must follow. The name needs no escaping.
func (t *Text) Name(name string) {
	t.comma()
	*t = append(*t, '"')
	*t = append(*t, name...)
	*t = append(*t, '"', ':')
}

// Object begins a member that is an object.
func (t *Text) Object(name string) { t.Name(name); *t = append(*t, '{') }

// Array begins a member that is an array.
func (t *Text) Array(name string) { t.Name(name); *t = append(*t, '[') }

// Quote adds a string value. Invalid UTF-8 is replaced.
func (t *Text) Quote(s string) {
	t.comma()
	*t, _ = jsontext.AppendQuote([]byte(*t), s)
}

// Value adds a raw value.
func (t *Text) Value(v []byte) {
	t.comma()
	*t = append(*t, bytes.TrimSpace(v)...)
}

// String adds a member that is a string.
func (t *Text) String(name, value string) { t.Name(name); t.Quote(value) }

// Said adds a member that is a string unless it is empty.
func (t *Text) Said(name, value string) {
	if value != "" {
		t.String(name, value)
	}
}

// Int adds a member that is an integer.
func (t *Text) Int(name string, value int64) {
	t.Name(name)
	*t = strconv.AppendInt(*t, value, 10)
}

// Float adds a member that is a number, in the shortest form that reads back as
// the same, unless it is nil.
func (t *Text) Float(name string, value *float64) {
	if value != nil {
		t.Name(name)
		*t = strconv.AppendFloat(*t, *value, 'g', -1, 64)
	}
}

// Bool adds a member that is a boolean.
func (t *Text) Bool(name string, value bool) {
	t.Name(name)
	*t = strconv.AppendBool(*t, value)
}

// Null adds a member that is null.
func (t *Text) Null(name string) {
	t.Name(name)
	*t = append(*t, "null"...)
}

// Raw adds a member that is a raw value.
func (t *Text) Raw(name string, value []byte) { t.Name(name); t.Value(value) }
