package chat

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checkSchema says what is wrong with a schema of a tool or an output, or
// nothing. Any schema must be an object of type object; a strict one must
// besides close every object and require all its properties (openai docs,
// structured outputs, 2026-11).
func checkSchema(raw json.RawMessage, strict bool) string {
	var m members
	if json.Unmarshal(raw, &m) != nil || m == nil {
		return "schema must be a JSON Schema of 'type: \"object\"', got " + kindOf(raw) + "."
	}
	var kind string
	_ = json.Unmarshal(m["type"], &kind)
	_, byRef := m["$ref"]
	if kind != "object" && !byRef && (strict || len(m["type"]) > 0) {
		return fmt.Sprintf("schema must be a JSON Schema of 'type: \"object\"', got 'type: \"%s\"'.", orNone(kind))
	}
	if !strict {
		return ""
	}
	return checkStrict(raw, nil, 0)
}

func orNone(s string) string {
	if s == "" {
		return "None"
	}
	return s
}

// deepestSchema bounds the nesting that is looked at; the cloud admits ten.
const deepestSchema = 10

func checkStrict(raw json.RawMessage, path []string, depth int) string {
	var m members
	if json.Unmarshal(raw, &m) != nil || m == nil {
		return ""
	}
	if depth > deepestSchema {
		return fmt.Sprintf("%s, nesting depth must not exceed %d.", context(path), deepestSchema)
	}
	if wrong := checkClosed(m, path); wrong != "" {
		return wrong
	}
	for _, key := range []string{"properties", "$defs", "definitions"} {
		var inner members
		_ = json.Unmarshal(m[key], &inner)
		for _, name := range slices.Sorted(maps.Keys(inner)) {
			if wrong := checkStrict(inner[name], append(slices.Clone(path), key, name), depth+1); wrong != "" {
				return wrong
			}
		}
	}
	var branches []json.RawMessage
	_ = json.Unmarshal(m["anyOf"], &branches)
	if len(m["items"]) > 0 {
		branches = append(branches, m["items"])
	}
	for _, b := range branches {
		if wrong := checkStrict(b, append(slices.Clone(path), "items"), depth+1); wrong != "" {
			return wrong
		}
	}
	return ""
}

// checkClosed checks one object schema.
func checkClosed(m members, path []string) string {
	var props members
	_ = json.Unmarshal(m["properties"], &props)
	if !strings.Contains(string(m["type"]), `"object"`) && props == nil {
		return ""
	}
	if string(m["additionalProperties"]) != "false" {
		return context(path) + ", 'additionalProperties' is required to be supplied and to be false."
	}
	var required []string
	_ = json.Unmarshal(m["required"], &required)
	for _, name := range slices.Sorted(maps.Keys(props)) {
		if !slices.Contains(required, name) {
			return fmt.Sprintf("%s, 'required' is required to be supplied and to be an array including every key in properties. Missing '%s'.", context(path), name)
		}
	}
	return ""
}

// context is how OpenAI prints a place within a schema.
func context(path []string) string {
	each := make([]string, len(path))
	for i, p := range path {
		each[i] = "'" + p + "'"
	}
	tail := ""
	if len(path) == 1 {
		tail = ","
	}
	return "In context=(" + strings.Join(each, ", ") + tail + ")"
}
