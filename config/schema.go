package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/interline-ai/interline/auth"
	"github.com/interline-ai/interline/cloud/all"
)

// Schema returns the JSON Schema of a document, for editors and for the
// documentation. It is made from the types the document is decoded into, so it
// knows every field the decoder knows.
func Schema() ([]byte, error) {
	types := scalars()
	places, err := placesSchema(types)
	if err != nil {
		return nil, err
	}
	types[reflect.TypeFor[[]Place]()] = places
	model, err := jsonschema.For[Model](&jsonschema.ForOptions{TypeSchemas: types})
	if err != nil {
		return nil, fmt.Errorf("make the schema of a model: %w", err)
	}
	types[reflect.TypeFor[[]Model]()] = &jsonschema.Schema{Type: "object", AdditionalProperties: model}
	s, err := jsonschema.For[Config](&jsonschema.ForOptions{TypeSchemas: types})
	if err != nil {
		return nil, fmt.Errorf("make the schema of the configuration: %w", err)
	}
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = "Interline configuration"
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the schema: %w", err)
	}
	return append(text, '\n'), nil
}

// scalars are the types that are written as text, or as a number or a reference
// to one.
func scalars() map[reflect.Type]*jsonschema.Schema {
	return map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[auth.Secret]():   {Type: "string", MinLength: jsonschema.Ptr(1)},
		reflect.TypeFor[time.Duration](): {Type: "string", Pattern: `^(0|([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$|\$\{`},
		reflect.TypeFor[Size]():          {Types: []string{"integer", "string"}},
		reflect.TypeFor[int]():           {Types: []string{"integer", "string"}},
		reflect.TypeFor[FetchMode]():     {Type: "string", Enum: []any{FetchPublic, FetchOff}},
		reflect.TypeFor[State]():         {Type: "string", Enum: []any{RefuseState, DropState}},
		reflect.TypeFor[Losses]():        {Type: "string", Enum: []any{Strict, Warn, Silent}},
	}
}

// placesSchema is the mapping of places: each is one of the kinds, told apart
// by kind.
func placesSchema(types map[reflect.Type]*jsonschema.Schema) (*jsonschema.Schema, error) {
	var kinds []*jsonschema.Schema
	for _, k := range all.Kinds() {
		settings := k.New()
		s, err := jsonschema.ForType(reflect.TypeOf(settings).Elem(), &jsonschema.ForOptions{TypeSchemas: types})
		if err != nil {
			return nil, fmt.Errorf("make the schema of kind %s: %w", k.Name, err)
		}
		s.Description = k.Summary
		var name any = k.Name
		s.Properties["kind"] = &jsonschema.Schema{Const: &name, Description: k.Summary}
		s.Required = append([]string{"kind"}, s.Required...)
		s.PropertyOrder = append([]string{"kind"}, s.PropertyOrder...)
		if c, ok := settings.(all.Chooser); ok {
			choose(s, c.Choices())
		}
		kinds = append(kinds, s)
	}
	return &jsonschema.Schema{Type: "object", AdditionalProperties: &jsonschema.Schema{OneOf: kinds}}, nil
}

// choose limits fields to the words they take.
func choose(s *jsonschema.Schema, choices map[string][]string) {
	for _, field := range slices.Sorted(maps.Keys(choices)) {
		for _, word := range choices[field] {
			s.Properties[field].Enum = append(s.Properties[field].Enum, word)
		}
	}
}
