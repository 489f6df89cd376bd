package converse

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// reader reads one request. What the words do not model is kept as Extra under
// its path.
type reader struct{ r *interline.Request }

// ReadRequest implements protocol.Translator.
func (l *Language) ReadRequest(o *protocol.Opened) (*interline.Request, error) {
	var w request
	if err := protocol.Unmarshal(o.Body, "", &w); err != nil {
		return nil, err
	}
	rd := &reader{r: &interline.Request{Head: o.Head}}
	rd.limits(&w)
	if err := rd.metadata(w.RequestMetadata); err != nil {
		return nil, err
	}
	if err := rd.turns(&w); err != nil {
		return nil, err
	}
	if err := rd.tools(w.ToolConfig); err != nil {
		return nil, err
	}
	if err := rd.output(w.OutputConfig); err != nil {
		return nil, err
	}
	if err := rd.additional(w.Additional); err != nil {
		return nil, err
	}
	rd.rest("", w.Rest)
	return rd.r, nil
}

// rest keeps members that are not modelled.
func (rd *reader) rest(prefix string, v jsontext.Value) {
	rd.r.Extra = append(rd.r.Extra, protocol.Members(prefix, v)...)
}

func (rd *reader) extra(name string, v []byte) {
	rd.r.Extra = append(rd.r.Extra, interline.Member{Name: name, Value: v})
}

func (rd *reader) limits(w *request) {
	r := rd.r
	if c := w.InferenceConfig; c != nil {
		r.MaxOutput, r.Stop = c.MaxTokens, c.StopSequences
		r.Sampling.Temperature, r.Sampling.TopP = c.Temperature, c.TopP
		rd.rest("inferenceConfig.", c.Rest)
	}
	if w.ServiceTier != nil {
		r.ServiceTier = w.ServiceTier.Type
	}
}

func (rd *reader) metadata(v jsontext.Value) error {
	for _, m := range protocol.Members("", v) {
		value := jsontext.Value(m.Value)
		if value.Kind() != '"' {
			return interline.Invalid("requestMetadata."+m.Name, "the values of requestMetadata must be strings")
		}
		rd.r.Metadata = append(rd.r.Metadata, interline.Label{Name: m.Name, Value: protocol.Text(value)})
	}
	return nil
}

func (rd *reader) output(w *outputConfig) error {
	if w == nil {
		return nil
	}
	rd.r.Reasoning.Effort = interline.Effort(w.Effort)
	f := w.TextFormat
	if f == nil {
		return nil
	}
	const path = "outputConfig.textFormat"
	s := f.Structure.JSONSchema
	if f.Type != "json_schema" || s == nil {
		return interline.Invalid(path, "%s: type must be json_schema, with structure.jsonSchema", path)
	}
	if v := jsontext.Value(s.Schema); !v.IsValid() || v.Kind() != '{' {
		return interline.Invalid(path+".structure.jsonSchema.schema", "%s.structure.jsonSchema.schema: the text is not a JSON object", path)
	}
	o := &rd.r.Output
	o.Format, o.Name, o.Description, o.Schema = interline.FormatSchema, s.Name, s.Description, []byte(s.Schema)
	return nil
}

func (rd *reader) tools(w *toolConfig) error {
	if w == nil {
		return nil
	}
	for i, v := range w.Tools {
		path := fmt.Sprintf("toolConfig.tools[%d]", i)
		var t tool
		if err := protocol.Unmarshal(v, path, &t); err != nil {
			return err
		}
		if err := rd.tool(&t, v, path); err != nil {
			return err
		}
	}
	c := &rd.r.Choice
	switch t := w.ToolChoice; {
	case t == nil:
	case t.Tool != nil:
		c.Mode, c.Names = interline.ToolsOne, []string{t.Tool.Name}
	case t.Any != nil:
		c.Mode = interline.ToolsRequired
	case t.Auto != nil:
		c.Mode = interline.ToolsAuto
	default:
		return interline.Invalid("toolConfig.toolChoice", "toolConfig.toolChoice: one of auto, any and tool must be set")
	}
	return nil
}

func (rd *reader) tool(t *tool, raw jsontext.Value, path string) error {
	tools := &rd.r.Tools
	switch {
	case t.Spec != nil && t.Spec.Name == "":
		return interline.Invalid(path+".toolSpec.name", "Value null at '%s.toolSpec.name' failed to satisfy constraint: Member must not be null", path)
	case t.Spec != nil:
		s := t.Spec
		*tools = append(*tools, interline.Tool{Name: s.Name, Description: s.Description, Schema: []byte(s.InputSchema.JSON), Strict: s.Strict})
	case t.Cache != nil && len(*tools) > 0:
		(*tools)[len(*tools)-1].Cache = &interline.CacheMark{TTL: t.Cache.TTL}
	case t.Cache != nil:
		rd.extra(path+".cachePoint", []byte(raw))
	default: // systemTool, and what comes later
		name := path
		if m := protocol.Members("", t.Rest); len(m) > 0 {
			name = m[0].Name
		}
		*tools = append(*tools, interline.Tool{Name: name, Language: protocol.Converse, Raw: []byte(raw)})
	}
	return nil
}
