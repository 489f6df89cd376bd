package responses

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/loss"
)

// tools says the tools and the word on which to call.
func (w *writer) tools() {
	c := w.r.Choice
	for i, t := range w.r.Tools {
		field := fmt.Sprintf("tools[%d]", i)
		switch {
		case t.Raw != nil && t.Language == protocol.Responses:
			w.w.Tools = append(w.w.Tools, jsontext.Value(t.Raw))
			continue
		case t.Raw != nil:
			w.lose(loss.OwnToolNamed, field, t.Name)
			continue
		}
		if t.Cache != nil {
			w.lose(loss.CacheOnTools, "cache_control")
		}
		// Left out, strict would mean true here and false everywhere else.
		strict := t.Strict
		if strict == nil {
			strict = new(false)
		}
		w.w.Tools = append(w.w.Tools, protocol.JSON(tool{
			Type: "function", Name: t.Name, Description: t.Description, Parameters: dialogue.Schema(&t), Strict: strict,
		}))
	}
	if len(w.w.Tools) == 0 {
		return
	}
	w.w.ParallelToolCalls = c.Parallel
	w.w.ToolChoice = w.choice(c)
}

// typeOf is the type of the tool of a name.
func (w *writer) typeOf(name string) string {
	for _, t := range w.r.Tools {
		if t.Name == name && t.Raw != nil && t.Language == protocol.Responses {
			return "custom"
		}
	}
	return "function"
}

func (w *writer) choice(c interline.ToolChoice) jsontext.Value {
	switch c.Mode {
	case interline.ToolsAuto:
		return jsontext.Value(`"auto"`)
	case interline.ToolsNone:
		return jsontext.Value(`"none"`)
	case interline.ToolsRequired:
		return jsontext.Value(`"required"`)
	case interline.ToolsOne:
		return protocol.JSON(toolChoice{Type: w.typeOf(c.Names[0]), Name: c.Names[0]})
	case interline.ToolsSubset:
		out := toolChoice{Type: "allowed_tools", Mode: "auto"}
		if c.Required {
			out.Mode = "required"
		}
		for _, n := range c.Names {
			out.Tools = append(out.Tools, allowTool{Type: w.typeOf(n), Name: n})
		}
		return protocol.JSON(out)
	}
	return nil
}
