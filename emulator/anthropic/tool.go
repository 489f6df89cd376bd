package anthropic

import (
	"encoding/json"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic/strict"
)

// clientTools are the built-in tools that the caller runs, by the beginning of
// their dated type, with the input the model gives them (anthropic docs,
// 2026-11). Everything else with a type is run by Anthropic itself.
var clientTools = []struct {
	prefix, name string
	schema       json.RawMessage
}{
	{"bash_2", "bash", json.RawMessage(`{"type":"object","properties":{"command":{"type":"string"}},"required":["command"]}`)},
	{"text_editor_2", "str_replace_based_edit_tool", json.RawMessage(`{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert"]},"path":{"type":"string"}},"required":["command","path"]}`)},
	{"memory_2", "memory", json.RawMessage(`{"type":"object","properties":{"command":{"type":"string","enum":["view","create","delete"]},"path":{"type":"string"}},"required":["command","path"]}`)},
}

// readTool reads one declaration: a custom tool or a built-in the caller runs.
func (r *request) readTool(t strict.Object) tool {
	kind, _ := t.Text("type")
	if kind == "" || kind == "custom" {
		return r.readCustomTool(t.Within("custom"))
	}
	for _, c := range clientTools {
		if strings.HasPrefix(kind, c.prefix) {
			t = t.Within(kind)
			t.Need("name")
			return tool{Name: oneOf(t, "name", c.name), Schema: c.schema, Mark: r.readMark(t)}
		}
	}
	t.Fail("Input tag '%s' found using 'type' does not match any of the expected tags: 'bash_20250124', 'custom', "+
		"'memory_20250818', 'text_editor_20250124', 'text_editor_20250429', 'text_editor_20250728' (the emulator runs no server tools)", kind)
	return tool{}
}

func (r *request) readCustomTool(t strict.Object) tool {
	t.Need("name", "input_schema")
	t.Only("type", "name", "description", "input_schema", "cache_control", "strict", "eager_input_streaming",
		"defer_loading", "allowed_callers", "input_examples")
	each := tool{Schema: t.Raw("input_schema"), Mark: r.readMark(t)}
	name, named := t.Text("name")
	if named && !toolName.MatchString(name) {
		t.Within("name").Fail("String should match pattern '^[a-zA-Z0-9_-]{1,128}$'")
	}
	each.Name = name
	each.Description, _ = t.Text("description")
	t.Flag("strict")
	t.Flag("eager_input_streaming")
	t.Flag("defer_loading")
	texts(t, "allowed_callers")
	t.Items("input_examples")
	if s, ok := t.Sub("input_schema"); ok {
		checkSchema(s)
	}
	return each
}

// checkSchema holds the root of a tool's schema to what the API accepts there.
func checkSchema(s strict.Object) {
	s.Need("type")
	oneOf(s, "type", "object")
	for _, word := range []string{"oneOf", "allOf", "anyOf"} {
		if s.Has(word) {
			s.Fail("input_schema does not support oneOf, allOf, or anyOf at the top level")
			return
		}
	}
}
