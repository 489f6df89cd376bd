package core

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// fillSchema returns JSON that satisfies a schema, for the parts of JSON Schema
// that structured outputs admit: type, enum, const, properties, required,
// items, prefixItems, anyOf, oneOf, allOf, $ref within the document, limits of
// numbers, strings and arrays, and common formats. Patterns are tried with a
// few samples and otherwise not met. Only required properties are filled.
func fillSchema(schema json.RawMessage) json.RawMessage {
	f := filler{root: schema}
	return f.fill(schema, "", 0)
}

// filler makes a value for a schema. Words, when given, are used up in order by
// the first values that can hold them.
type filler struct {
	root  json.RawMessage
	words []string
}

// deep is where optional depth is no longer entered, deepest where filling
// stops whatever the schema requires, so that recursive schemas end.
const (
	deep    = 6
	deepest = 24
)

// schema is the part of JSON Schema the filler understands.
type schema struct {
	Ref         string            `json:"$ref"`
	Type        types             `json:"type"`
	Enum        []json.RawMessage `json:"enum"`
	Const       json.RawMessage   `json:"const"`
	Default     json.RawMessage   `json:"default"`
	Properties  object            `json:"properties"`
	Required    []string          `json:"required"`
	Items       json.RawMessage   `json:"items"`
	PrefixItems []json.RawMessage `json:"prefixItems"`
	AnyOf       []json.RawMessage `json:"anyOf"`
	OneOf       []json.RawMessage `json:"oneOf"`
	AllOf       []json.RawMessage `json:"allOf"`

	MinItems         int      `json:"minItems"`
	MaxItems         *int     `json:"maxItems"`
	MinLength        int      `json:"minLength"`
	MaxLength        *int     `json:"maxLength"`
	Pattern          string   `json:"pattern"`
	Format           string   `json:"format"`
	Minimum          *float64 `json:"minimum"`
	Maximum          *float64 `json:"maximum"`
	ExclusiveMinimum *float64 `json:"exclusiveMinimum"`
	ExclusiveMaximum *float64 `json:"exclusiveMaximum"`
	MultipleOf       float64  `json:"multipleOf"`
}

var null = json.RawMessage("null")

// fill makes the value of one schema; name is the property it is for.
func (f *filler) fill(raw json.RawMessage, name string, depth int) json.RawMessage {
	var s schema
	if depth > deepest || json.Unmarshal(raw, &s) != nil {
		return null
	}
	switch {
	case s.Ref != "":
		return f.fill(resolve(f.root, s.Ref), name, depth+1)
	case len(s.Const) > 0:
		return s.Const
	case len(s.Enum) > 0:
		return f.pickEnum(s.Enum)
	case len(s.AnyOf) > 0:
		return f.fill(f.pickBranch(s.AnyOf, depth), name, depth+1)
	case len(s.OneOf) > 0:
		return f.fill(f.pickBranch(s.OneOf, depth), name, depth+1)
	case len(s.AllOf) > 0:
		f.merge(&s, depth)
	}
	switch s.kind(depth) {
	case "object":
		return f.object(s, depth)
	case "array":
		return f.array(s, name, depth)
	case "integer", "number":
		return f.number(s)
	case "boolean":
		return json.RawMessage("true")
	case "null":
		return null
	default:
		return f.text(s, name)
	}
}

// kind is the type to make; a schema without one is judged by its members.
func (s schema) kind(depth int) string {
	for _, t := range s.Type {
		if t == "null" && depth > deep {
			return t
		}
	}
	for _, t := range s.Type {
		if t != "null" {
			return t
		}
	}
	switch {
	case len(s.Type) > 0:
		return "null"
	case len(s.Properties) > 0 || len(s.Required) > 0:
		return "object"
	case len(s.Items) > 0 || len(s.PrefixItems) > 0:
		return "array"
	case s.Minimum != nil || s.Maximum != nil || s.MultipleOf != 0:
		return "number"
	}
	return "string"
}

// pickEnum takes the first word that is one of the values, else the first value.
func (f *filler) pickEnum(values []json.RawMessage) json.RawMessage {
	for _, v := range values {
		var s string
		if len(f.words) > 0 && json.Unmarshal(v, &s) == nil && s == f.words[0] {
			f.words = f.words[1:]
			return v
		}
	}
	return values[0]
}

// pickBranch takes the first alternative that is not null; far down, null.
func (f *filler) pickBranch(branches []json.RawMessage, depth int) json.RawMessage {
	pick := branches[0]
	for i := len(branches) - 1; i >= 0; i-- {
		var s schema
		if json.Unmarshal(branches[i], &s) != nil {
			continue
		}
		isNull := len(s.Type) == 1 && s.Type[0] == "null"
		if isNull && depth > deep {
			return branches[i]
		}
		if !isNull {
			pick = branches[i]
		}
	}
	return pick
}

// merge takes the members of every allOf branch into s.
func (f *filler) merge(s *schema, depth int) {
	for _, raw := range s.AllOf {
		var b schema
		if json.Unmarshal(raw, &b) == nil && b.Ref != "" && depth < deepest {
			_ = json.Unmarshal(resolve(f.root, b.Ref), &b)
		}
		if len(b.Type) > 0 {
			s.Type = b.Type
		}
		s.Properties = append(s.Properties, b.Properties...)
		s.Required = append(s.Required, b.Required...)
	}
}

func (f *filler) object(s schema, depth int) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	spare := 0
	if depth == 0 {
		spare = len(f.words)
	}
	for _, name := range s.wanted(spare) {
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(name) // a string always encodes
		b.Write(key)
		b.WriteByte(':')
		b.Write(f.fill(s.Properties.get(name), name, depth+1))
	}
	b.WriteByte('}')
	return b.Bytes()
}

// wanted lists the properties to fill: the required ones, in the order of
// their declaration, then required ones that were never declared. As many
// optional properties as there are spare words are filled too.
func (s schema) wanted(spare int) []string {
	required := make(map[string]bool, len(s.Required))
	for _, r := range s.Required {
		required[r] = true
	}
	spare -= len(required)
	var names []string
	seen := make(map[string]bool)
	for _, m := range s.Properties {
		switch {
		case seen[m.name]:
			continue
		case !required[m.name] && spare <= 0:
			continue
		case !required[m.name]:
			spare--
		}
		names, seen[m.name] = append(names, m.name), true
	}
	for _, r := range s.Required {
		if !seen[r] {
			names, seen[r] = append(names, r), true
		}
	}
	return names
}

// mostItems is how many items an array is filled with, whatever the schema requires.
const mostItems = 64

func (f *filler) array(s schema, name string, depth int) json.RawMessage {
	n := max(1, s.MinItems, len(s.PrefixItems))
	if depth > deep {
		n = s.MinItems
	}
	if s.MaxItems != nil {
		n = min(n, *s.MaxItems)
	}
	items := make([]json.RawMessage, 0, max(0, min(n, mostItems)))
	for i := range cap(items) {
		of := s.Items
		if i < len(s.PrefixItems) {
			of = s.PrefixItems[i]
		}
		items = append(items, f.fill(of, name, depth+1))
	}
	return append(append([]byte{'['}, bytes.Join(asBytes(items), []byte(","))...), ']')
}

func asBytes(items []json.RawMessage) [][]byte {
	out := make([][]byte, len(items))
	for i, item := range items {
		out[i] = item
	}
	return out
}

// resolve follows a reference of the form #/a/b within the document.
func resolve(root json.RawMessage, ref string) json.RawMessage {
	path, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return null
	}
	at := root
	for step := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if step == "" {
			continue
		}
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		var members map[string]json.RawMessage
		var items []json.RawMessage
		if json.Unmarshal(at, &members) == nil {
			at = members[step]
		} else if i, err := strconv.Atoi(step); err == nil && json.Unmarshal(at, &items) == nil && i >= 0 && i < len(items) {
			at = items[i]
		} else {
			return null
		}
	}
	return at
}
