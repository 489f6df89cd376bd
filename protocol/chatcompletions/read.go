package chatcompletions

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/openai"
)

// ReadRequest implements protocol.Translator.
func (l *Language) ReadRequest(o *protocol.Opened) (*interline.Request, error) {
	var w request
	if err := protocol.Unmarshal(o.Body, "", &w); err != nil {
		return nil, err
	}
	r := &interline.Request{Head: o.Head}
	readLimits(&w, r)
	if err := checkLogprobs(&w); err != nil {
		return nil, err
	}
	if err := readSound(&w, r); err != nil {
		return nil, err
	}
	if err := readStop(w.Stop, r); err != nil {
		return nil, err
	}
	if err := readFormat(w.ResponseFormat, r); err != nil {
		return nil, err
	}
	var err error
	if r.Metadata, err = openai.Labels(w.Metadata); err != nil {
		return nil, err
	}
	if err := readTools(&w, r); err != nil {
		return nil, err
	}
	for i, m := range w.Messages {
		turn, err := readMessage(m, i)
		if err != nil {
			return nil, err
		}
		r.Turns = append(r.Turns, turn)
		r.Extra = append(r.Extra, protocol.Members(fmt.Sprintf("messages[%d].", i), m.Rest)...)
	}
	r.Extra = append(r.Extra, protocol.Members("", w.Rest)...)
	if len(w.Functions) > 0 {
		r.Extra = append(r.Extra, interline.Member{Name: "functions", Value: []byte(w.Functions)})
	}
	return r, nil
}

func readLimits(w *request, r *interline.Request) {
	r.MaxOutput = first(w.MaxCompletionTokens, w.MaxTokens)
	r.Sampling = interline.Sampling{
		Temperature: w.Temperature, TopP: w.TopP,
		FrequencyPenalty: w.FrequencyPenalty, PresencePenalty: w.PresencePenalty,
		Seed: w.Seed, Candidates: first(w.N), LogitBias: []byte(w.LogitBias),
		Logprobs: w.Logprobs != nil && *w.Logprobs, TopLogprobs: w.TopLogprobs,
	}
	r.Reasoning.Effort = interline.Effort(w.ReasoningEffort)
	r.Output.Verbosity = w.Verbosity
	r.ServiceTier = w.ServiceTier
	r.User = w.SafetyIdentifier
	if r.User == "" {
		r.User = w.User
	}
	r.CacheKey = w.PromptCacheKey
}

func first(vs ...*int64) int64 {
	for _, v := range vs {
		if v != nil {
			return *v
		}
	}
	return 0
}

func readStop(v jsontext.Value, r *interline.Request) error {
	switch v.Kind() {
	case '"':
		r.Stop = []string{protocol.Text(v)}
	case '[':
		return protocol.Unmarshal(v, "stop", &r.Stop)
	case 0, 'n':
	default:
		return interline.Invalid("stop", "invalid type for 'stop': expected a string or an array of strings")
	}
	return nil
}

func readFormat(f *responseFormat, r *interline.Request) error {
	if f == nil {
		return nil
	}
	switch f.Type {
	case "text":
		r.Output.Format = interline.FormatText
	case "json_object":
		r.Output.Format = interline.FormatJSON
	case "json_schema":
		if f.JSONSchema == nil || f.JSONSchema.Name == "" {
			return interline.Invalid("response_format.json_schema", "missing required parameter: 'response_format.json_schema.name'")
		}
		s := f.JSONSchema
		r.Output.Format, r.Output.Name, r.Output.Description = interline.FormatSchema, s.Name, s.Description
		r.Output.Schema, r.Output.Strict = s.Schema, s.Strict
	default:
		return interline.Invalid("response_format.type", "invalid value: %q; supported values are 'text', 'json_object' and 'json_schema'", f.Type)
	}
	return nil
}

func readTools(w *request, r *interline.Request) error {
	for i, v := range w.Tools {
		path := fmt.Sprintf("tools[%d]", i)
		var t tool
		if err := protocol.Unmarshal(v, path, &t); err != nil {
			return err
		}
		if t.Type != "function" {
			r.Tools = append(r.Tools, interline.Tool{Language: protocol.ChatCompletions, Name: t.Type, Raw: []byte(v)})
			continue
		}
		if t.Function == nil || t.Function.Name == "" {
			return interline.Invalid(path+".function.name", "missing required parameter: '%s.function.name'", path)
		}
		f := t.Function
		r.Tools = append(r.Tools, interline.Tool{Name: f.Name, Description: f.Description, Schema: f.Parameters, Strict: f.Strict})
	}
	r.Choice.Parallel = w.ParallelToolCalls
	return readChoice(w.ToolChoice, &r.Choice)
}

func readChoice(v jsontext.Value, c *interline.ToolChoice) error {
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
	case w.Type == "function" && w.Function != nil:
		c.Mode, c.Names = interline.ToolsOne, []string{w.Function.Name}
	case w.Type == "allowed_tools" && w.AllowedTools != nil:
		c.Mode, c.Required = interline.ToolsSubset, w.AllowedTools.Mode == "required"
		for _, t := range w.AllowedTools.Tools {
			if t.Function != nil {
				c.Names = append(c.Names, t.Function.Name)
			}
		}
	default:
		return interline.Invalid("tool_choice.type", "unsupported tool choice of type %q", w.Type)
	}
	return nil
}
