package converse

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// additional reads additionalModelRequestFields, where a caller says what only
// one family of models knows. What is a word here becomes one, the rest is kept
// under its path.
func (rd *reader) additional(v jsontext.Value) error {
	const prefix = "additionalModelRequestFields."
	for _, m := range protocol.Members("", v) {
		path := prefix + m.Name
		known, err := rd.field(m.Name, path, m.Value)
		if err != nil {
			return err
		}
		if !known {
			rd.extra(path, m.Value)
		}
	}
	return nil
}

// field reads one field; known is false for one that is not modelled.
func (rd *reader) field(name, path string, v []byte) (known bool, err error) {
	r := &rd.r.Reasoning
	switch name {
	case "thinking": // Claude
		return true, rd.thinking(v, path)
	case "output_config": // Claude
		return rd.effort(v, path, "effort")
	case "reasoning": // GPT
		return rd.effort(v, path, "effort")
	case "reasoningConfig": // Nova
		return rd.effort(v, path, "maxReasoningEffort")
	case "reasoning_effort": // gpt-oss
		return true, protocol.Unmarshal(v, path, &r.Effort)
	case "top_k":
		return true, protocol.Unmarshal(v, path, &rd.r.Sampling.TopK)
	case "inferenceConfig": // Nova
		var w struct {
			TopK *int64         `json:"topK"`
			Rest jsontext.Value `json:",embed"`
		}
		err := protocol.Unmarshal(v, path, &w)
		rd.r.Sampling.TopK = w.TopK
		rd.rest(path+".", w.Rest)
		return true, err
	case "tool_choice": // Claude: parallelism
		var w struct {
			Disable *bool `json:"disable_parallel_tool_use"`
		}
		err := protocol.Unmarshal(v, path, &w)
		if w.Disable != nil {
			parallel := !*w.Disable
			rd.r.Choice.Parallel = &parallel
		}
		return w.Disable != nil, err
	}
	return false, nil
}

// thinking reads Claude's thinking, as Messages has it.
func (rd *reader) thinking(v []byte, path string) error {
	var w struct {
		Type    string         `json:"type"`
		Budget  int64          `json:"budget_tokens"`
		Display string         `json:"display"`
		Rest    jsontext.Value `json:",embed"`
	}
	if err := protocol.Unmarshal(v, path, &w); err != nil {
		return err
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
	default:
		rd.extra(path+".type", protocol.Quote(w.Type))
	}
	rd.rest(path+".", w.Rest)
	return nil
}

// effort reads an object that holds an effort under the given name, and keeps
// its other members.
func (rd *reader) effort(v []byte, path, name string) (bool, error) {
	if jsontext.Value(v).Kind() != '{' {
		return false, nil
	}
	for _, m := range protocol.Members("", v) {
		switch {
		case m.Name == name && rd.r.Reasoning.Effort == "":
			if err := protocol.Unmarshal(m.Value, path+"."+name, &rd.r.Reasoning.Effort); err != nil {
				return true, err
			}
		case m.Name == "type" && string(m.Value) == `"disabled"`:
			rd.r.Reasoning.Effort = interline.EffortNone
		case m.Name == "type" && string(m.Value) == `"enabled"`:
		default:
			rd.extra(path+"."+m.Name, m.Value)
		}
	}
	return true, nil
}
