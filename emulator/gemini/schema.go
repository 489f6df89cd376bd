package gemini

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// schema is Google's OpenAPI dialect, as much of it as has rules.
type schema struct {
	Type       string            `json:"type"`
	Enum       []string          `json:"enum"`
	Items      object            `json:"items"`
	Properties map[string]object `json:"properties"`
	Required   []string          `json:"required"`
	Ordering   []string          `json:"propertyOrdering"`
	AnyOf      []object          `json:"anyOf"`
}

// checkSchema sees that a schema is complete: arrays say of what, required
// properties exist, enums are of strings. The front end has seen the names.
func checkSchema(path string, raw object) *rpc.Error {
	var s schema
	if json.Unmarshal(raw, &s) != nil {
		return rpc.Invalid("%s: invalid schema.\n", path)
	}
	switch {
	case s.Type == "ARRAY" && s.Items == nil:
		return rpc.Invalid("%s.items: missing field.\n", path)
	case len(s.Enum) > 0 && s.Type != "STRING" && s.Type != "":
		return rpc.Invalid("%s.enum: only allowed for STRING type\n", path)
	case slices.Contains(s.Enum, ""):
		return rpc.Invalid("%s.enum[%d]: cannot be empty\n", path, slices.Index(s.Enum, ""))
	case len(s.Properties) > 0 && s.Type != "OBJECT":
		return rpc.Invalid("%s.properties: only allowed for OBJECT type\n", path)
	}
	for i, name := range s.Required {
		if s.Properties[name] == nil {
			return rpc.Invalid("%s.required[%d]: property is not defined\n", path, i)
		}
	}
	for name, p := range s.Properties {
		if e := checkSchema(path+".properties["+name+"]", p); e != nil {
			return e
		}
	}
	for _, branch := range s.AnyOf {
		if e := checkSchema(path+".any_of", branch); e != nil {
			return e
		}
	}
	if s.Items != nil {
		return checkSchema(path+".items", s.Items)
	}
	return nil
}

// jsonSchema says a schema of Google's dialect in JSON Schema: types in lower
// case, properties in the order the dialect asks for.
func jsonSchema(raw object) object {
	var s schema
	var all map[string]object
	if json.Unmarshal(raw, &s) != nil || json.Unmarshal(raw, &all) != nil {
		return raw
	}
	if s.Type != "" {
		all["type"], _ = json.Marshal(strings.ToLower(s.Type)) // a string always encodes
	}
	if s.Items != nil {
		all["items"] = jsonSchema(s.Items)
	}
	if s.Properties != nil {
		all["properties"] = ordered(all["properties"], s)
	}
	if s.AnyOf != nil {
		for i := range s.AnyOf {
			s.AnyOf[i] = jsonSchema(s.AnyOf[i])
		}
		all["anyOf"], _ = json.Marshal(s.AnyOf) // it was JSON
	}
	out, _ := json.Marshal(all) // it was JSON
	return out
}

// ordered writes properties as propertyOrdering names them, the others after
// them as they were written.
func ordered(raw object, s schema) object {
	names := slices.Clone(s.Ordering)
	for _, name := range keys(raw) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for _, name := range names {
		if s.Properties[name] == nil {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(name) // a string always encodes
		b.Write(key)
		b.WriteByte(':')
		b.Write(jsonSchema(s.Properties[name]))
	}
	b.WriteByte('}')
	return b.Bytes()
}

// keys are the names of an object in the order of writing.
func keys(raw object) []string {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil
	}
	var names []string
	for dec.More() {
		name, err := dec.Token()
		var skip object
		if err != nil || dec.Decode(&skip) != nil {
			return names
		}
		names = append(names, name.(string)) // a member's name is always a string
	}
	return names
}

// typeOf is the type a schema of Google's dialect names.
func typeOf(raw object) string {
	var s schema
	_ = json.Unmarshal(raw, &s) // what cannot be read has no type
	return s.Type
}
