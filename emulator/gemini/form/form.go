// Package form reads JSON requests the way Google's HTTP front end does before
// any service sees them: against the fields of a protobuf message. Names are
// accepted in camelCase and snake_case, numbers as strings, names of enums in
// any case, and what is not in the message is refused, all of it at once, with
// the front end's own sentences.
//
// What it hands on is the same request with every name in camelCase, every enum
// in upper case, whole numbers as numbers and bytes in standard base64, so that
// the reader behind it needs one spelling only. It knows the messages of the two
// products (see [Google]) and no rule beyond the shape.
package form

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// kind is the type of a field.
type kind int

const (
	text kind = iota
	base64Bytes
	flag
	whole  // int32
	long   // int64
	number // double or float
	enum
	message
	object  // google.protobuf.Struct
	value   // google.protobuf.Value
	textMap // map<string, string>
	mapOf   // map<string, message>
	duration
)

// field is one field of a message.
type field struct {
	name     string // snake_case
	kind     kind
	repeated bool
	of       *Message // of message and mapOf
	enum     string   // full name of the enum, without package
	words    []string // values of the enum
	oneof    string   // name of the oneof it belongs to
}

// A Message is a form that requests are read against.
type Message struct {
	name   string // without package
	fields map[string]*field
}

func newMessage(name string, fields ...field) *Message {
	m := &Message{name: name}
	m.add(fields...)
	return m
}

func (m *Message) add(fields ...field) {
	if m.fields == nil {
		m.fields = make(map[string]*field, 2*len(fields))
	}
	for _, f := range fields {
		m.fields[f.name], m.fields[camel(f.name)] = &f, &f
	}
}

// camel is the JSON name of a field.
func camel(snake string) string {
	words := strings.Split(snake, "_")
	for i, w := range words {
		if i > 0 && w != "" {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}

// Read checks a body against a message of a proto package and returns it in
// one spelling. The refusal lists everything that is wrong.
func Read(pkg string, m *Message, body []byte) (json.RawMessage, *rpc.Error) {
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(body, &whole); err != nil {
		return nil, refuse([]rpc.Violation{{Description: "Invalid JSON payload received. " + syntax(err)}})
	}
	r := &reader{pkg: pkg}
	raw := bytes.TrimSpace(whole)
	if raw[0] != '{' {
		return nil, refuse([]rpc.Violation{{Description: `Invalid JSON payload received. Unknown name "": Root element must be a message.`}})
	}
	r.message("", m, raw)
	if len(r.wrong) > 0 {
		return nil, refuse(r.wrong)
	}
	return r.out.Bytes(), nil
}

func syntax(err error) string {
	if strings.Contains(err.Error(), "unexpected end") {
		return "Unexpected end of string. Expected a value."
	}
	return "Unexpected token."
}

func refuse(all []rpc.Violation) *rpc.Error {
	var said []string
	for _, v := range all {
		said = append(said, v.Description)
	}
	e := rpc.Invalid("%s", strings.Join(said, "\n"))
	e.Details = []any{rpc.BadRequest(all)}
	return e
}
