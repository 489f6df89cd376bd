package messages

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// reader reads one request. What the words do not model is kept as Extra under
// its path, however deep it stands.
type reader struct{ r *interline.Request }

// ReadRequest implements protocol.Translator.
func (l *Language) ReadRequest(o *protocol.Opened) (*interline.Request, error) {
	var w request
	if err := protocol.Unmarshal(o.Body, "", &w); err != nil {
		return nil, err
	}
	rd := &reader{r: &interline.Request{Head: o.Head}}
	rd.limits(&w)
	rd.thinking(w.Thinking)
	if err := rd.output(w.OutputConfig); err != nil {
		return nil, err
	}
	if err := rd.turns(&w); err != nil {
		return nil, err
	}
	if err := rd.tools(&w); err != nil {
		return nil, err
	}
	rd.rest("", w.Rest)
	// The version says which language this is, and is no part of what was asked.
	rd.r.Extra = slices.DeleteFunc(rd.r.Extra, func(m interline.Member) bool { return m.Name == versionMember })
	return rd.r, nil
}

// rest keeps members that are not modelled.
func (rd *reader) rest(prefix string, v jsontext.Value) {
	rd.r.Extra = append(rd.r.Extra, protocol.Members(prefix, v)...)
}

func (rd *reader) limits(w *request) {
	r := rd.r
	r.MaxOutput = w.MaxTokens
	r.Stop = w.StopSequences
	r.Sampling.Temperature, r.Sampling.TopP, r.Sampling.TopK = w.Temperature, w.TopP, w.TopK
	r.ServiceTier = w.ServiceTier
	r.CacheAutomatic = mark(w.CacheControl)
	if w.MaxTokens == 0 {
		rd.extra("max_tokens", jsontext.Value("0")) // warms the cache, answers nothing
	}
	if w.Metadata != nil {
		r.User = w.Metadata.UserID
		rd.rest("metadata.", w.Metadata.Rest)
	}
}

func (rd *reader) extra(name string, v jsontext.Value) {
	rd.r.Extra = append(rd.r.Extra, interline.Member{Name: name, Value: []byte(v)})
}

func mark(c *cacheControl) *interline.CacheMark {
	if c == nil {
		return nil
	}
	return &interline.CacheMark{TTL: c.TTL}
}

func (rd *reader) thinking(w *thinking) {
	if w == nil {
		return
	}
	r := &rd.r.Reasoning
	r.Display = w.Display
	switch w.Type {
	case "enabled":
		r.Budget = w.Budget
	case "adaptive":
		r.Adaptive = true
	case "disabled":
		r.Effort = interline.EffortNone
	default: // between_tools (beta) and what comes later
		rd.extra("thinking.type", protocol.Quote(w.Type))
	}
	rd.rest("thinking.", w.Rest)
}

func (rd *reader) output(w *outputConfig) error {
	if w == nil {
		return nil
	}
	r := rd.r
	switch {
	case w.Effort == "":
	case r.Reasoning.Effort == interline.EffortNone: // thinking is off; the words have one effort only
		rd.extra("output_config.effort", protocol.Quote(w.Effort))
	default:
		r.Reasoning.Effort = interline.Effort(w.Effort)
	}
	if f := w.Format; f != nil {
		switch {
		case f.Type != "json_schema":
			rd.extra("output_config.format.type", protocol.Quote(f.Type))
		case f.Schema.Kind() != '{':
			return interline.Invalid("output_config.format.schema", "output_config.format.schema: Input should be a JSON Schema, an object")
		default:
			r.Output.Format, r.Output.Schema = interline.FormatSchema, []byte(f.Schema)
		}
		rd.rest("output_config.format.", f.Rest)
	}
	rd.rest("output_config.", w.Rest)
	return nil
}

func (rd *reader) tools(w *request) error {
	for i, v := range w.Tools {
		path := fmt.Sprintf("tools[%d]", i)
		var t tool
		if err := protocol.Unmarshal(v, path, &t); err != nil {
			return err
		}
		if t.Name == "" && t.Type == "" {
			return interline.Invalid(path+".name", "%s.name: Field required", path)
		}
		out := interline.Tool{Name: t.Name, Cache: mark(t.CacheControl)}
		if t.Type == "" || t.Type == "custom" {
			out.Description, out.Schema, out.Strict = t.Description, []byte(t.InputSchema), t.Strict
			rd.rest(path+".", t.Rest)
		} else {
			out.Language, out.Raw = protocol.Messages, []byte(v)
		}
		rd.r.Tools = append(rd.r.Tools, out)
	}
	return rd.choice(w.ToolChoice)
}

func (rd *reader) choice(w *toolChoice) error {
	if w == nil {
		return nil
	}
	c := &rd.r.Choice
	switch w.Type {
	case "auto":
		c.Mode = interline.ToolsAuto
	case "any":
		c.Mode = interline.ToolsRequired
	case "none":
		c.Mode = interline.ToolsNone
	case "tool":
		if w.Name == "" {
			return interline.Invalid("tool_choice.name", "tool_choice.tool.name: Field required")
		}
		c.Mode, c.Names = interline.ToolsOne, []string{w.Name}
	default:
		return interline.Invalid("tool_choice.type", "tool_choice: Input tag %q does not match any of the expected tags: 'auto', 'any', 'tool', 'none'", w.Type)
	}
	if w.Disable != nil {
		parallel := !*w.Disable
		c.Parallel = &parallel
	}
	rd.rest("tool_choice.", w.Rest)
	return nil
}
