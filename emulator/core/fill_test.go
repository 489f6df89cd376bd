package core

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestFillSchema(t *testing.T) {
	tests := []struct{ name, schema, want string }{
		{"order of declaration", `{"type":"object","properties":{"b":{"type":"string"},"a":{"type":"boolean"},"c":{"type":"null"}},"required":["a","b"]}`, `{"b":"emulated b","a":true}`},
		{"enum", `{"enum":["x","y"]}`, `"x"`},
		{"const", `{"const":{"k":1}}`, `{"k":1}`},
		{"optional type", `{"type":["null","integer"]}`, `1`},
		{"bounds", `{"type":"integer","minimum":10,"multipleOf":7}`, `14`},
		{"negative", `{"type":"number","maximum":-2.5}`, `-2.5`},
		{"exclusive", `{"type":"integer","exclusiveMinimum":4}`, `5`},
		{"narrow", `{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":0.5}`, `0.25`},
		{"array", `{"type":"array","items":{"type":"boolean"},"minItems":2}`, `[true,true]`},
		{"tuple", `{"type":"array","prefixItems":[{"type":"integer"},{"const":"z"}]}`, `[1,"z"]`},
		{"no items", `{"type":"array","items":{"type":"boolean"},"maxItems":0}`, `[]`},
		{"nested", `{"type":"object","properties":{"o":{"type":"object","properties":{"d":{"type":"string","format":"date"}},"required":["d"]}},"required":["o"]}`, `{"o":{"d":"2026-01-01"}}`},
		{"reference", `{"$defs":{"u":{"enum":["C"]}},"type":"object","properties":{"u":{"$ref":"#/$defs/u"}},"required":["u"]}`, `{"u":"C"}`},
		{"any of", `{"anyOf":[{"type":"null"},{"type":"boolean"}]}`, `true`},
		{"all of", `{"allOf":[{"type":"object","properties":{"a":{"const":1}},"required":["a"]},{"properties":{"b":{"const":2}},"required":["b"]}]}`, `{"a":1,"b":2}`},
		{"length", `{"type":"string","minLength":10,"maxLength":10}`, `"emulatedxx"`},
		{"pattern", `{"type":"string","pattern":"^\\d{4}$"}`, `"1111"`},
		{"undeclared", `{"type":"object","required":["x"]}`, `{"x":"emulated x"}`},
		{"broken reference", `{"$ref":"#/nowhere"}`, `null`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(fillSchema(json.RawMessage(tt.schema))); got != tt.want {
				t.Errorf("filled %s, want %s", got, tt.want)
			}
		})
	}
}

func TestFillEndsOnRecursion(t *testing.T) {
	for _, schema := range []string{
		`{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},"required":["next"]}`,
		`{"type":"object","properties":{"children":{"type":"array","items":{"$ref":"#"}}},"required":["children"]}`,
		`{"type":"object","properties":{"self":{"$ref":"#"}},"required":["self"]}`,
		`{"$ref":"#"}`,
	} {
		if got := fillSchema(json.RawMessage(schema)); !json.Valid(got) {
			t.Errorf("schema %s filled with %q", schema, got)
		}
	}
}

func FuzzFillSchema(f *testing.F) {
	f.Add(`{"type":"object","properties":{"a":{"type":["string","null"]}},"required":["a"]}`)
	f.Add(`{"$ref":"#/$defs/a","$defs":{"a":{"items":{"$ref":"#"},"minItems":3}}}`)
	f.Add(`{"allOf":[{"$ref":"#"}],"type":"number","multipleOf":0.1,"minimum":-1e308}`)
	f.Fuzz(func(t *testing.T, schema string) {
		if len(schema) > 400 {
			t.Skip("size is not what is tested")
		}
		if got := fillSchema(json.RawMessage(schema)); !json.Valid(got) {
			t.Errorf("schema %q filled with %q, which is not JSON", schema, got)
		}
	})
}

func FuzzMentions(f *testing.F) {
	f.Add(`use get_weather("Bern", 3) and get_time {"a":{}}`)
	f.Add(`get_weather( get_weather{ get_time{}`)
	tools := []Tool{{Name: "get_weather", Schema: json.RawMessage(`{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}`)}, {Name: "get_time"}}
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range findMentions(text, tools) {
			if got := m.arguments(); !json.Valid(got) || !strings.HasPrefix(string(got), "{") {
				t.Errorf("text %q gave arguments %q", text, got)
			}
		}
	})
}
