package chat

import (
	"encoding/json"
	"slices"
)

// function is a tool as Responses writes it, flat.
type function struct {
	Type        string          `json:"type"`
	Name        string          `json:"name"`
	Description *string         `json:"description"`
	Parameters  json.RawMessage `json:"parameters"`
	Strict      bool            `json:"strict"`
}

// hosted are the tools the cloud runs itself, which are not played, and the
// kinds of tool that are not functions (openai-go v3.96.0).
var hosted = []string{
	"apply_patch", "code_interpreter", "computer", "computer_use_preview", "file_search", "image_generation",
	"local_shell", "mcp", "namespace", "programmatic_tool_calling", "shell", "tool_search", "web_search",
	"web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11",
}

func (a *asked) readFunctions(r *reader) {
	a.tools = []any{}
	for i, item := range r.list("tools", a.top["tools"]) {
		if kind := r.object(at("tools", i), item)["type"]; slices.Contains(r.idle, r.text(at("tools", i)+".type", kind)) {
			a.tools = append(a.tools, item)
			continue
		}
		t, echo := readFunction(r, at("tools", i), item)
		a.Tools, a.tools = append(a.Tools, t), append(a.tools, echo)
	}
	a.Choice = readAskedChoice(r, a.top["tool_choice"], a.Tools)
}

func readFunction(r *reader, path string, raw json.RawMessage) (Tool, any) {
	m := r.object(path, raw)
	if m == nil && r.err == nil {
		r.wrongType(path, "an object", raw)
	}
	kind := r.need(path+".type", m["type"])
	if slices.Contains(hosted, kind) {
		r.fail(Invalid(path+".type", "unsupported_value", "Unsupported value: tools of type '%s' are not emulated.", kind))
	}
	if r.word(path+".type", m["type"], append([]string{"function", "custom"}, hosted...)...) == "custom" {
		return readCustom(r, path, raw), raw
	}
	r.object(path, raw, "type", "name", "description", "parameters", "strict")
	t := Tool{Name: r.need(path+".name", m["name"]), Description: r.text(path+".description", m["description"])}
	checkName(r, path+".name", t.Name)
	echo := function{Type: "function", Name: t.Name}
	if !absent(m["description"]) {
		echo.Description = &t.Description
	}
	if !absent(m["parameters"]) {
		t.Parameters, echo.Parameters = m["parameters"], m["parameters"]
	}
	// A function is strict unless its schema cannot be or it is told not to
	// (openai docs, function calling, 2026-11).
	possible := t.Parameters != nil && checkSchema(t.Parameters, true) == ""
	t.Strict = r.flag(path+".strict", m["strict"], possible)
	echo.Strict = t.Strict
	if t.Parameters == nil || r.err != nil {
		return t, echo
	}
	if wrong := checkSchema(t.Parameters, t.Strict); wrong != "" {
		r.fail(Invalid(path+".parameters", "invalid_function_parameters", "Invalid schema for function '%s': %s", t.Name, wrong))
	}
	return t, echo
}

// readCustom reads a tool that takes free text. That it keeps to a grammar is more than
// an emulated model can do, which says what it was told to.
func readCustom(r *reader, path string, raw json.RawMessage) Tool {
	m := r.object(path, raw, "type", "name", "description", "format", "defer_loading")
	t := Tool{Name: r.need(path+".name", m["name"]), Description: r.text(path+".description", m["description"]), Free: true}
	checkName(r, path+".name", t.Name)
	f := r.object(path+".format", m["format"], "type", "syntax", "definition")
	if f != nil && r.word(path+".format.type", f["type"], "text", "grammar") == "grammar" {
		r.word(path+".format.syntax", f["syntax"], "lark", "regex")
		r.need(path+".format.definition", f["definition"])
	}
	t.Parameters = json.RawMessage(`{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}`)
	return t
}

// freeText is the text that a custom tool is called with.
func freeText(arguments string) string {
	var in struct {
		Input string `json:"input"`
	}
	if json.Unmarshal([]byte(arguments), &in) != nil {
		return arguments // the limit of tokens cut it
	}
	return in.Input
}

func readAskedChoice(r *reader, raw json.RawMessage, tools []Tool) choice {
	if absent(raw) || r.err != nil {
		return choice{}
	}
	if kindOf(raw) == "a string" {
		c := choice{mode: r.word("tool_choice", raw, "none", "auto", "required")}
		if c.mode == "required" && len(tools) == 0 {
			r.fail(Invalid("tool_choice", "", "Tool choice 'required' must be specified with 'tools' parameter."))
		}
		return c
	}
	m := r.object("tool_choice", raw, "type", "name", "mode", "tools")
	r.need("tool_choice.type", m["type"])
	switch r.word("tool_choice.type", m["type"], "function", "custom", "allowed_tools") {
	case "function", "custom":
		c := choice{mode: "named", name: r.need("tool_choice.name", m["name"])}
		c.mustExist(r, tools, c.name)
		return c
	case "allowed_tools":
		c := choice{mode: r.word("tool_choice.mode", m["mode"], "auto", "required"), allowed: []string{}}
		for i, item := range r.list("tool_choice.tools", m["tools"]) {
			p := at("tool_choice.tools", i)
			t := r.object(p, item, "type", "name")
			name := r.need(p+".name", t["name"])
			c.mustExist(r, tools, name)
			c.allowed = append(c.allowed, name)
		}
		return c
	}
	return choice{}
}
