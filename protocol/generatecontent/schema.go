package generatecontent

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// jsonSchema returns Google's subset of OpenAPI's schema as JSON Schema: types
// in lower case, nullable as a second type, counts as numbers. The order of
// the members is kept, names that are the caller's own are not touched, and
// what JSON Schema does not know (propertyOrdering) stays, since it is allowed
// to hold more. What is JSON Schema already comes back as it was, to the last
// space.
func jsonSchema(v jsontext.Value) []byte {
	if v.Kind() != '{' || !openAPI(v) {
		return v
	}
	var out jsonout.Text
	addSchema(&out, v)
	return out
}

// openAPI reports whether anything in the schema is not JSON Schema's own.
func openAPI(v jsontext.Value) bool {
	for _, m := range protocol.Members("", v) {
		name, value := camelName(m.Name), jsontext.Value(m.Value)
		switch {
		case name != m.Name, name == "nullable":
			return true
		case name == "type":
			if t := text(value); value.Kind() == '"' && t != strings.ToLower(t) {
				return true
			}
		case isCount(name) && value.Kind() == '"':
			return true
		case holdsSchema(name) && openAPI(value):
			return true
		case holdsNamed(name), holdsList(name):
			for _, inner := range children(value) {
				if openAPI(inner) {
					return true
				}
			}
		}
	}
	return false
}

func isCount(name string) bool {
	switch name {
	case "minItems", "maxItems", "minProperties", "maxProperties", "minLength", "maxLength":
		return true
	}
	return false
}

func holdsSchema(name string) bool { return name == "items" || name == "additionalProperties" }
func holdsNamed(name string) bool  { return name == "properties" || name == "$defs" || name == "defs" }
func holdsList(name string) bool   { return name == "anyOf" || name == "prefixItems" }

// children are the values within an object or an array.
func children(v jsontext.Value) []jsontext.Value {
	var out []jsontext.Value
	if v.Kind() == '[' {
		return elements(v)
	}
	for _, m := range protocol.Members("", v) {
		out = append(out, jsontext.Value(m.Value))
	}
	return out
}

// addSchema adds one schema as a value.
func addSchema(out *jsonout.Text, v jsontext.Value) {
	if v.Kind() != '{' {
		out.Value(v)
		return
	}
	members := protocol.Members("", v)
	nullable := false
	for _, m := range members {
		nullable = nullable || m.Name == "nullable" && string(m.Value) == "true"
	}
	out.Open('{')
	for _, m := range members {
		name, value := camelName(m.Name), jsontext.Value(m.Value)
		switch {
		case name == "nullable", name == "type" && text(value) == "TYPE_UNSPECIFIED":
			continue
		case name == "type":
			addName(out, name)
			addType(out, value, nullable)
		case isCount(name) && value.Kind() == '"':
			addName(out, name)
			addCount(out, value)
		case holdsSchema(name):
			addName(out, name)
			addSchema(out, value)
		case holdsNamed(name) && value.Kind() == '{':
			addName(out, name)
			addNamed(out, value)
		case holdsList(name) && value.Kind() == '[':
			addName(out, name)
			addList(out, value)
		default:
			addName(out, name)
			out.Value(value)
		}
	}
	out.Close('}')
}

// addName begins a member whose name may need escaping.
func addName(out *jsonout.Text, name string) {
	out.Quote(name)
	*out = append(*out, ':')
}

func addType(out *jsonout.Text, v jsontext.Value, nullable bool) {
	if v.Kind() != '"' {
		out.Value(v)
		return
	}
	t := strings.ToLower(text(v))
	if !nullable || t == "null" {
		out.Quote(t)
		return
	}
	out.Open('[')
	out.Quote(t)
	out.Quote("null")
	out.Close(']')
}

// addCount adds a number that protobuf's JSON may write as text.
func addCount(out *jsonout.Text, v jsontext.Value) {
	if n, err := strconv.ParseInt(text(v), 10, 64); err == nil {
		out.Value(strconv.AppendInt(nil, n, 10))
		return
	}
	out.Value(v)
}

func addNamed(out *jsonout.Text, v jsontext.Value) {
	out.Open('{')
	for _, m := range protocol.Members("", v) {
		addName(out, m.Name)
		addSchema(out, jsontext.Value(m.Value))
	}
	out.Close('}')
}

func addList(out *jsonout.Text, v jsontext.Value) {
	out.Open('[')
	for _, inner := range elements(v) {
		addSchema(out, inner)
	}
	out.Close(']')
}
