package generatecontent

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// reader reads one request. What the words do not model is kept as Extra under
// its path.
type reader struct {
	r     *interline.Request
	calls calls
}

// ReadRequest implements protocol.Translator.
func (l *Language) ReadRequest(o *protocol.Opened) (*interline.Request, error) {
	body := o.Body
	if v := inner(o.Members); v != nil && o.Spoken.Operation == interline.OperationCount {
		body = v
	}
	body, err := camelCase(body)
	if err != nil {
		return nil, err
	}
	var w request
	if err := protocol.Unmarshal(body, "", &w); err != nil {
		return nil, err
	}
	rd := &reader{r: &interline.Request{Head: o.Head, ServiceTier: w.ServiceTier}}
	if err := rd.turns(&w); err != nil {
		return nil, err
	}
	if err := rd.tools(w.Tools); err != nil {
		return nil, err
	}
	if err := rd.choice(w.ToolConfig); err != nil {
		return nil, err
	}
	if err := rd.config(w.GenerationConfig); err != nil {
		return nil, err
	}
	rd.rest("", w.Rest)
	if w.CachedContent != "" { // the beginning of the conversation, kept at Google's
		rd.r.Stored = "cachedContent"
		rd.extra("cachedContent", protocol.Quote(w.CachedContent))
	}
	return rd.r, nil
}

// rest keeps members that are not modelled.
func (rd *reader) rest(prefix string, v jsontext.Value) {
	rd.r.Extra = append(rd.r.Extra, protocol.Members(prefix, v)...)
}

func (rd *reader) extra(name string, v []byte) {
	rd.r.Extra = append(rd.r.Extra, interline.Member{Name: name, Value: v})
}

func (rd *reader) tools(raws []jsontext.Value) error {
	for i, raw := range raws {
		path := fmt.Sprintf("tools[%d]", i)
		var t tool
		if err := protocol.Unmarshal(raw, path, &t); err != nil {
			return err
		}
		for j, f := range t.Functions {
			if err := rd.declaration(f, fmt.Sprintf("%s.functionDeclarations[%d]", path, j)); err != nil {
				return err
			}
		}
		for _, m := range protocol.Members("", t.Rest) { // googleSearch, codeExecution and their like
			raw := append(append([]byte{'{'}, quote(m.Name)...), ':')
			raw = append(append(raw, m.Value...), '}')
			rd.r.Tools = append(rd.r.Tools, interline.Tool{Name: m.Name, Language: protocol.GenerateContent, Raw: raw})
		}
	}
	return nil
}

func (rd *reader) declaration(raw jsontext.Value, path string) error {
	var d declaration
	if err := protocol.Unmarshal(raw, path, &d); err != nil {
		return err
	}
	if d.Name == "" {
		return interline.Invalid(path+".name", "%s.name: a function must have a name", path)
	}
	t := interline.Tool{Name: d.Name, Description: d.Description, Schema: []byte(d.JSONSchema)}
	if d.JSONSchema == nil && d.Parameters != nil {
		t.Schema = jsonSchema(d.Parameters)
	}
	rd.r.Tools = append(rd.r.Tools, t)
	rd.rest(path+".", d.Rest)
	return nil
}

// callingMode is where a mode is kept that the words do not have.
const callingMode = "toolConfig.functionCallingConfig.mode"

func (rd *reader) choice(w *toolConfig) error {
	if w == nil {
		return nil
	}
	rd.rest("toolConfig.", w.Rest)
	f := w.Calling
	if f == nil {
		return nil
	}
	rd.rest("toolConfig.functionCallingConfig.", f.Rest)
	c := &rd.r.Choice
	subset := len(f.Allowed) > 0
	switch f.Mode {
	case "ANY":
		c.Mode, c.Required = interline.ToolsRequired, subset
	case "NONE":
		c.Mode, subset = interline.ToolsNone, false
	case "AUTO":
		c.Mode = interline.ToolsAuto
	case "VALIDATED": // as AUTO, and the calls are held to their schemas
		c.Mode = interline.ToolsAuto
		if !subset {
			rd.extra(callingMode, []byte(`"VALIDATED"`))
		}
	case "", "MODE_UNSPECIFIED":
	default:
		return interline.Invalid(callingMode, "%s: one of AUTO, ANY, NONE and VALIDATED, not %.40q", callingMode, f.Mode)
	}
	switch {
	case !subset:
	case f.Mode == "ANY" && len(f.Allowed) == 1:
		c.Mode, c.Names, c.Required = interline.ToolsOne, f.Allowed, false
	default:
		c.Mode, c.Names = interline.ToolsSubset, f.Allowed
	}
	return nil
}

func (rd *reader) config(c *generationConfig) error {
	if c == nil {
		return nil
	}
	r, s := rd.r, &rd.r.Sampling
	r.MaxOutput, r.Stop = int64(c.MaxOutputTokens), c.StopSequences
	s.Temperature, s.TopP = c.Temperature, c.TopP
	s.PresencePenalty, s.FrequencyPenalty = c.PresencePenalty, c.FrequencyPenalty
	s.Candidates, s.Seed = int64(c.CandidateCount), integer(c.Seed)
	if err := rd.readLikely(c); err != nil {
		return err
	}
	if c.TopK != nil {
		s.TopK = new(int64(*c.TopK))
	}
	rd.format(c)
	if err := rd.thinking(c.Thinking); err != nil {
		return err
	}
	rd.readSound(c)
	rd.rest("generationConfig.", c.Rest)
	return nil
}

func integer(c *count) *int64 {
	if c == nil {
		return nil
	}
	return new(int64(*c))
}

func isText(v jsontext.Value) bool {
	list := elements(v)
	return len(list) == 1 && text(list[0]) == "TEXT"
}

// format reads what the answer should be written as. A type nobody else knows
// (text/x.enum) stays as it is, its schema too.
func (rd *reader) format(c *generationConfig) {
	schema := []byte(c.JSONSchema)
	if c.JSONSchema == nil && c.Schema != nil {
		schema = jsonSchema(c.Schema)
	}
	o := &rd.r.Output
	switch c.MIMEType {
	case "", "application/json":
		switch {
		case schema != nil:
			o.Format, o.Schema = interline.FormatSchema, schema
		case c.MIMEType != "":
			o.Format = interline.FormatJSON
		}
	case "text/plain":
		o.Format = interline.FormatText
	default:
		rd.extra("generationConfig.responseMimeType", quote(c.MIMEType))
		if c.JSONSchema != nil {
			rd.extra("generationConfig.responseJsonSchema", []byte(c.JSONSchema))
		}
		if c.Schema != nil {
			rd.extra("generationConfig.responseSchema", []byte(c.Schema))
		}
	}
}

func (rd *reader) thinking(w *thinkingConfig) error {
	if w == nil {
		return nil
	}
	r := &rd.r.Reasoning
	switch strings.ToUpper(w.Level) { // Google's own examples write them small (2026-11)
	case "MINIMAL":
		r.Effort = interline.EffortMinimal
	case "LOW":
		r.Effort = interline.EffortLow
	case "MEDIUM":
		r.Effort = interline.EffortMedium
	case "HIGH":
		r.Effort = interline.EffortHigh
	case "", "THINKING_LEVEL_UNSPECIFIED":
	default:
		const path = "generationConfig.thinkingConfig.thinkingLevel"
		return interline.Invalid(path, "%s: one of MINIMAL, LOW, MEDIUM and HIGH, not %.40q", path, w.Level)
	}
	if w.Budget != nil {
		switch n := int64(*w.Budget); {
		case n == 0:
			r.Effort = interline.EffortNone
		case n < 0:
			r.Adaptive = true
		default:
			r.Budget = n
		}
	}
	if w.IncludeThoughts {
		r.Display = "summarized"
	}
	return nil
}

// quote returns s as a JSON string; invalid UTF-8 is replaced.
func quote(s string) []byte {
	out, _ := jsontext.AppendQuote(nil, s)
	return out
}
