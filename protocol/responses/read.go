package responses

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/openai"
)

// stateful are the members that name what only the vendor keeps: messages said
// before, or a prompt; and background, whose answer is kept there too.
var stateful = []string{"previous_response_id", "conversation", "prompt", "background"}

// encryptedReasoning is the one thing to include that is said in any case.
const encryptedReasoning = "reasoning.encrypted_content"

// ReadRequest implements protocol.Translator.
func (l *Language) ReadRequest(o *protocol.Opened) (*interline.Request, error) {
	var w request
	if err := protocol.Unmarshal(o.Body, "", &w); err != nil {
		return nil, err
	}
	r := &interline.Request{Head: o.Head}
	readLimits(&w, r)
	if err := readLikely(&w, r); err != nil {
		return nil, err
	}
	if err := readText(w.Text, r); err != nil {
		return nil, err
	}
	var err error
	if r.Metadata, err = openai.Labels(w.Metadata); err != nil {
		return nil, err
	}
	if err := readTools(&w, r); err != nil {
		return nil, err
	}
	switch w.Instructions.Kind() {
	case 0, 'n':
	case '"':
		if s := protocol.Text(w.Instructions); s != "" {
			r.Turns = append(r.Turns, interline.Turn{Role: interline.System, Blocks: []interline.Block{{Kind: interline.Text, Text: s}}})
		}
	default:
		return nil, interline.Invalid("instructions", "invalid type for 'instructions': expected a string")
	}
	if err := readInput(w.Input, r); err != nil {
		return nil, err
	}
	readExtra(&w, r)
	return r, nil
}

func readLimits(w *request, r *interline.Request) {
	if w.MaxOutputTokens != nil {
		r.MaxOutput = *w.MaxOutputTokens
	}
	r.Sampling = interline.Sampling{Temperature: w.Temperature, TopP: w.TopP}
	if t := w.Reasoning; t != nil {
		r.Reasoning.Effort = interline.Effort(t.Effort)
		if t.Summary != "" { // how long it should be has no word elsewhere
			r.Reasoning.Display = "summarized"
		}
	}
	r.ServiceTier = w.ServiceTier
	r.User = w.SafetyIdentifier
	if r.User == "" {
		r.User = w.User
	}
	r.CacheKey = w.PromptCacheKey
}

func readText(t *textOptions, r *interline.Request) error {
	if t == nil {
		return nil
	}
	r.Output.Verbosity = t.Verbosity
	f := t.Format
	if f == nil {
		return nil
	}
	switch f.Type {
	case "text":
		r.Output.Format = interline.FormatText
	case "json_object":
		r.Output.Format = interline.FormatJSON
	case "json_schema":
		if f.Name == "" {
			return interline.Invalid("text.format.name", "missing required parameter: 'text.format.name'")
		}
		if len(f.Schema) == 0 {
			return interline.Invalid("text.format.schema", "missing required parameter: 'text.format.schema'")
		}
		r.Output = interline.Output{
			Format: interline.FormatSchema, Name: f.Name, Description: f.Description,
			Schema: f.Schema, Strict: f.Strict, Verbosity: t.Verbosity,
		}
	default:
		return interline.Invalid("text.format.type", "invalid value: %q; supported values are 'text', 'json_object' and 'json_schema'", f.Type)
	}
	return nil
}

// readExtra keeps what these words do not model. What asks for nothing that
// another language would do differently is not kept: store:false, encrypted
// reasoning, no truncation, the padding of a stream. A store that is left out
// means true to the API, but it is what clients leave out who do not know of it,
// so only the word itself is a loss.
func readExtra(w *request, r *interline.Request) {
	add := func(name string, v []byte) {
		if protocol.Kind(v) == 'n' {
			return
		}
		r.Extra = append(r.Extra, interline.Member{Name: name, Value: v})
		if r.Stored == "" && slices.Contains(stateful, name) {
			r.Stored = name
		}
	}
	if w.Store != nil && *w.Store {
		add("store", []byte("true"))
	}
	if w.Truncation != "" && w.Truncation != "disabled" {
		add("truncation", protocol.Quote(w.Truncation))
	}
	if w.Background != nil && *w.Background {
		add("background", []byte("true"))
	}
	include := slices.DeleteFunc(w.Include, func(s string) bool { return s == encryptedReasoning || s == outputLogprobs })
	if len(include) > 0 {
		add("include", protocol.JSON(include))
	}
	if w.Reasoning != nil {
		addAll(protocol.Members("reasoning.", w.Reasoning.Rest), add)
	}
	if w.Text != nil {
		addAll(protocol.Members("text.", w.Text.Rest), add)
	}
	addAll(protocol.Members("", w.Rest), add)
}

func addAll(members []interline.Member, add func(string, []byte)) {
	for _, m := range members {
		add(m.Name, m.Value)
	}
}

func readTools(w *request, r *interline.Request) error {
	for i, v := range w.Tools {
		path := fmt.Sprintf("tools[%d]", i)
		var t tool
		var kind itemKind
		if err := protocol.Unmarshal(v, path, &kind); err != nil {
			return err
		}
		switch kind.Type {
		case "":
			return interline.Invalid(path+".type", "missing required parameter: '%s.type'", path)
		case "function":
		case "custom":
			custom, err := readCustomTool(v, path)
			if err != nil {
				return err
			}
			r.Tools = append(r.Tools, custom)
			continue
		default:
			r.Tools = append(r.Tools, interline.Tool{Language: protocol.Responses, Name: kind.Type, Raw: []byte(v)})
			continue
		}
		if err := protocol.Unmarshal(v, path, &t); err != nil {
			return err
		}
		if t.Name == "" {
			return interline.Invalid(path+".name", "missing required parameter: '%s.name'", path)
		}
		if string(t.Parameters) == "null" {
			t.Parameters = nil
		}
		if t.Strict == nil && fitsStrict(jsontext.Value(t.Parameters)) {
			// The API documents strict as the default, and keeps it where the
			// schema can be held to (openai-go v3.96.0, FunctionTool; 2026-11).
			t.Strict = new(true)
		}
		r.Tools = append(r.Tools, interline.Tool{Name: t.Name, Description: t.Description, Schema: t.Parameters, Strict: t.Strict})
	}
	r.Choice.Parallel = w.ParallelToolCalls
	return readChoice(w.ToolChoice, r)
}

func readChoice(v jsontext.Value, r *interline.Request) error {
	c := &r.Choice
	switch v.Kind() {
	case 0, 'n':
		return nil
	case '"':
		var err error
		c.Mode, err = openai.ToolMode(v)
		return err
	}
	var w toolChoice
	if err := protocol.Unmarshal(v, "tool_choice", &w); err != nil {
		return err
	}
	switch {
	case w.Type == "":
		return interline.Invalid("tool_choice.type", "missing required parameter: 'tool_choice.type'")
	case (w.Type == "function" || w.Type == "custom") && w.Name == "":
		return interline.Invalid("tool_choice.name", "missing required parameter: 'tool_choice.name'")
	case w.Type == "function" || w.Type == "custom":
		c.Mode, c.Names = interline.ToolsOne, []string{w.Name}
	case w.Type == "allowed_tools" && allFunctions(w.Tools):
		c.Mode, c.Required = interline.ToolsSubset, w.Mode == "required"
		for _, t := range w.Tools {
			c.Names = append(c.Names, t.Name)
		}
	default: // the vendor's own tools
		r.Extra = append(r.Extra, interline.Member{Name: "tool_choice", Value: []byte(v)})
	}
	return nil
}

func allFunctions(tools []allowTool) bool {
	return !slices.ContainsFunc(tools, func(t allowTool) bool {
		return t.Type != "function" && t.Type != "custom" || t.Name == ""
	})
}

// fitsStrict reports whether a schema is one that OpenAI's strict mode takes:
// every object closed, and all of its properties required.
func fitsStrict(schema jsontext.Value) bool {
	switch schema.Kind() {
	case '[':
		var list []jsontext.Value
		if protocol.Unmarshal(schema, "", &list) != nil {
			return false
		}
		return !slices.ContainsFunc(list, func(v jsontext.Value) bool { return !fitsStrict(v) })
	case '{':
	default:
		return schema.Kind() != 0
	}
	var s struct {
		Properties jsontext.Value `json:"properties"`
		Required   jsontext.Value `json:"required"`
		Additional jsontext.Value `json:"additionalProperties"`
		Type       jsontext.Value `json:"type"`
		Rest       jsontext.Value `json:",embed"`
	}
	if protocol.Unmarshal(schema, "", &s) != nil {
		return false
	}
	properties := protocol.Members("", s.Properties)
	if strings.Contains(string(s.Type), `"object"`) || len(properties) > 0 {
		var required []string
		if string(s.Additional) != "false" || len(s.Required) > 0 && protocol.Unmarshal(s.Required, "", &required) != nil {
			return false
		}
		for _, p := range properties {
			if !slices.Contains(required, p.Name) {
				return false
			}
		}
	}
	for _, m := range append(properties, protocol.Members("", s.Rest)...) {
		if !fitsStrict(jsontext.Value(m.Value)) {
			return false
		}
	}
	return true
}
