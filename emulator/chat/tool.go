package chat

import (
	"encoding/json"
	"regexp"
	"slices"

	"github.com/interline-ai/interline/emulator/core"
)

// Tool is a function declared in a request.
type Tool struct {
	Name, Description string
	Parameters        json.RawMessage
	Strict            bool
	Free              bool // a custom tool, which takes text: in Parameters that is one member, input
}

// choice is the request's tool_choice.
type choice struct {
	mode    string   // auto, none, required or named; empty when absent
	name    string   // when named
	allowed []string // when restricted by allowed_tools; nil for all
}

// format is the request's response_format.
type format struct {
	kind   string // text, json_object or json_schema; empty when absent
	schema json.RawMessage
}

var toolName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

func checkName(r *reader, path, name string) {
	if r.err == nil && !toolName.MatchString(name) {
		r.fail(Invalid(path, "invalid_value",
			"Invalid '%s': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$' and has at most 64 characters.", path))
	}
}

func readTools(r *reader, raw json.RawMessage) []Tool {
	items := r.list("tools", raw)
	if r.err == nil && items != nil && len(items) == 0 {
		r.fail(Invalid("tools", "empty_array",
			"Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead."))
	}
	if len(items) > 128 {
		r.fail(Invalid("tools", "array_above_max_length",
			"Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length %d instead.", len(items)))
	}
	var tools []Tool
	for i, item := range items {
		tools = append(tools, readTool(r, at("tools", i), item))
	}
	return tools
}

func readTool(r *reader, path string, raw json.RawMessage) Tool {
	m := r.object(path, raw, "type", "function", "custom")
	kind := r.need(path+".type", m["type"])
	if kind == "custom" {
		r.fail(Invalid(path+".type", "unsupported_value", "Unsupported value: custom tools are not emulated."))
	}
	r.word(path+".type", m["type"], "function", "custom")
	f := r.object(path+".function", m["function"], "name", "description", "parameters", "strict")
	if f == nil {
		r.missing(path + ".function")
	}
	t := Tool{
		Name:        r.need(path+".function.name", f["name"]),
		Description: r.text(path+".function.description", f["description"]),
		Strict:      r.flag(path+".function.strict", f["strict"], false),
	}
	checkName(r, path+".function.name", t.Name)
	if absent(f["parameters"]) {
		return t
	}
	t.Parameters = f["parameters"]
	wrong := checkSchema(t.Parameters, t.Strict)
	if wrong != "" {
		r.fail(Invalid(path+".function.parameters", "invalid_function_parameters",
			"Invalid schema for function '%s': %s", t.Name, wrong))
	}
	return t
}

func readChoice(r *reader, raw json.RawMessage, tools []Tool) choice {
	if absent(raw) || r.err != nil {
		return choice{}
	}
	if len(tools) == 0 {
		r.fail(Invalid("tool_choice", "", "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified."))
		return choice{}
	}
	if kindOf(raw) == "a string" {
		return choice{mode: r.word("tool_choice", raw, "none", "auto", "required")}
	}
	m := r.object("tool_choice", raw, "type", "function", "allowed_tools", "custom")
	switch r.word("tool_choice.type", m["type"], "function", "allowed_tools", "custom") {
	case "function":
		f := r.object("tool_choice.function", m["function"], "name")
		c := choice{mode: "named", name: r.need("tool_choice.function.name", f["name"])}
		c.mustExist(r, tools, c.name)
		return c
	case "allowed_tools":
		return readAllowed(r, m["allowed_tools"], tools)
	case "custom":
		r.fail(Invalid("tool_choice", "unsupported_value", "Unsupported value: custom tools are not emulated."))
	default:
		r.missing("tool_choice.type")
	}
	return choice{}
}

func readAllowed(r *reader, raw json.RawMessage, tools []Tool) choice {
	m := r.object("tool_choice.allowed_tools", raw, "mode", "tools")
	c := choice{mode: r.word("tool_choice.allowed_tools.mode", m["mode"], "auto", "required"), allowed: []string{}}
	for i, item := range r.list("tool_choice.allowed_tools.tools", m["tools"]) {
		p := at("tool_choice.allowed_tools.tools", i)
		t := r.object(p, item)
		f := r.object(p+".function", t["function"])
		name := r.need(p+".function.name", f["name"])
		c.mustExist(r, tools, name)
		c.allowed = append(c.allowed, name)
	}
	return c
}

func (c choice) mustExist(r *reader, tools []Tool, name string) {
	if r.err == nil && !slices.ContainsFunc(tools, func(t Tool) bool { return t.Name == name }) {
		r.fail(Invalid("tool_choice", "", "Tool choice '%s' not found in 'tools' parameter.", name))
	}
}

func readFormat(r *reader, raw json.RawMessage) format {
	m := r.object("response_format", raw, "type", "json_schema")
	if m == nil {
		return format{}
	}
	f := format{kind: r.word("response_format.type", m["type"], "json_object", "json_schema", "text")}
	if absent(m["type"]) {
		r.missing("response_format.type")
	}
	if f.kind != "json_schema" {
		return f
	}
	s := r.object("response_format.json_schema", m["json_schema"], "name", "description", "schema", "strict")
	if s == nil {
		r.missing("response_format.json_schema")
	}
	name := r.need("response_format.json_schema.name", s["name"])
	checkName(r, "response_format.json_schema.name", name)
	strict := r.flag("response_format.json_schema.strict", s["strict"], false)
	f.schema = s["schema"]
	if absent(f.schema) {
		f.schema = json.RawMessage(`{"type":"object"}`)
		if strict {
			r.missing("response_format.json_schema.schema")
		}
	}
	if wrong := checkSchema(f.schema, strict); wrong != "" {
		r.fail(Invalid("response_format", "", "Invalid schema for response_format '%s': %s", name, wrong))
	}
	return f
}

// core turns the declared tools into what the model of package core sees.
func (q *Request) core(m Model) ([]core.Tool, core.Choice) {
	var tools []core.Tool
	for _, t := range q.Tools {
		if q.Choice.allowed != nil && !slices.Contains(q.Choice.allowed, t.Name) {
			continue
		}
		tools = append(tools, core.Tool{Name: t.Name, Description: t.Description, Schema: t.Parameters})
	}
	switch q.Choice.mode {
	case "none":
		return tools, core.Choice{Mode: core.ChooseNone}
	case "required":
		return tools, core.Choice{Mode: core.ChooseRequired}
	case "named":
		if !m.IgnoreNamed {
			return tools, core.Choice{Mode: core.ChooseNamed, Name: q.Choice.name}
		}
	}
	return tools, core.Choice{}
}
