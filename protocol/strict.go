package protocol

import (
	"bytes"
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
)

// Scan reads a request's body as one strict JSON object and refuses names that
// are one of the watched ones in other letter case, so that what policy saw is
// what the cloud gets. Errors are *interline.Fault that name the field.
func Scan(body []byte, w *jsonscan.Watch) (jsonscan.Object, error) {
	obj, err := jsonscan.ScanFor(body, w)
	var se *jsonscan.Error
	if errors.As(err, &se) {
		return obj, interline.Invalid(se.Path, "the request body is not acceptable JSON: %s", se.Error())
	}
	return obj, err
}

// Unmarshal reads scanned JSON into a value; what does not fit is a
// *interline.Fault that names the field under the given path.
func Unmarshal(data []byte, path string, into any) error {
	err := json.Unmarshal(data, into)
	if err == nil {
		return nil
	}
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		field := Path(path, semantic.JSONPointer)
		want := "another type"
		if semantic.GoType != nil {
			want = wanted(semantic.GoType.Kind().String(), semantic.GoType.String())
		}
		return interline.Invalid(field, "invalid type for %q: expected %s, got %s", field, want, kindName(semantic.JSONKind))
	}
	return interline.Invalid(path, "cannot read %q: %v", path, err)
}

// Path turns a JSON pointer within the value at prefix into the form errors
// name fields in: messages[3].content[0].text.
func Path(prefix string, p jsontext.Pointer) string {
	out := prefix
	for token := range p.Tokens() {
		switch {
		case token != "" && strings.Trim(token, "0123456789") == "":
			out += "[" + token + "]"
		case out == "":
			out = token
		default:
			out += "." + token
		}
	}
	return out
}

// wanted says a Go kind in JSON's words.
func wanted(kind, name string) string {
	switch {
	case kind == "string":
		return "a string"
	case kind == "bool":
		return "a boolean"
	case strings.HasPrefix(kind, "int"):
		return "an integer"
	case strings.HasPrefix(kind, "float"):
		return "a number"
	case kind == "slice" && !strings.Contains(name, "RawMessage") && !strings.Contains(name, "Value"):
		return "an array"
	case kind == "struct" || kind == "map":
		return "an object"
	}
	return "another type"
}

// kindName says the kind of a JSON value.
func kindName(k jsontext.Kind) string {
	switch k {
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '{':
		return "an object"
	case '[':
		return "an array"
	}
	return "an invalid value"
}

// Kind says the kind of a scanned value by its first byte.
func Kind(v []byte) jsontext.Kind {
	if len(v) == 0 {
		return 0
	}
	return jsontext.Value(v).Kind()
}

// Members lists the members of a JSON object in their order, each name with the
// prefix before it; of anything else, none. The values are copies.
func Members(prefix string, v jsontext.Value) []interline.Member {
	if v.Kind() != '{' {
		return nil
	}
	var out []interline.Member
	dec := jsontext.NewDecoder(bytes.NewReader(v))
	if _, err := dec.ReadToken(); err != nil {
		return nil
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return out
		}
		key := prefix + name.String()
		value, err := dec.ReadValue()
		if err != nil {
			return out
		}
		out = append(out, interline.Member{Name: key, Value: bytes.Clone(value)})
	}
	return out
}

// Text returns the text of a JSON string; of anything else, nothing.
func Text(v jsontext.Value) string {
	out, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		return ""
	}
	return string(out)
}

// Quote returns s as a JSON string; invalid UTF-8 is replaced.
func Quote(s string) []byte {
	out, _ := jsontext.AppendQuote(nil, s)
	return out
}

// JSON says a value that cannot fail to be said: raw members in it were read
// from JSON. Equal values give equal bytes.
func JSON(v any) jsontext.Value {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		panic("protocol: " + err.Error())
	}
	return b
}
