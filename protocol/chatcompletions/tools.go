package chatcompletions

import (
	"fmt"
	"slices"

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
		if function, ok := dialogue.Standing(t, protocol.ChatCompletions); ok {
			w.lose(loss.ToolFreeform, field)
			t = function
		}
		switch {
		case t.Raw != nil && t.Language == protocol.ChatCompletions:
			w.w.Tools = append(w.w.Tools, jsontext.Value(t.Raw))
			continue
		case t.Raw != nil:
			w.lose(loss.OwnToolNamed, field, t.Name)
			continue
		case c.Mode == interline.ToolsSubset && !w.hasSubsets() && !slices.Contains(c.Names, t.Name):
			w.lose(loss.ToolSubset, "tool_choice")
			continue
		}
		if t.Cache != nil {
			w.lose(loss.CacheOnTools, "cache_control")
		}
		w.w.Tools = append(w.w.Tools, protocol.JSON(tool{Type: "function", Function: &toolFunction{
			Name: t.Name, Description: t.Description, Parameters: t.Schema, Strict: t.Strict,
		}}))
	}
	if len(w.w.Tools) == 0 {
		return
	}
	w.w.ParallelToolCalls = c.Parallel
	w.w.ToolChoice = w.choice(c)
}

// hasSubsets: only OpenAI itself knows allowed_tools.
func (w *writer) hasSubsets() bool { return w.t.Traits.Family == "gpt" }

func (w *writer) choice(c interline.ToolChoice) jsontext.Value {
	required := w.l.dialect.Required
	if required == "" {
		required = "required"
	}
	switch c.Mode {
	case interline.ToolsAuto:
		return jsontext.Value(`"auto"`)
	case interline.ToolsNone:
		return jsontext.Value(`"none"`)
	case interline.ToolsRequired:
		return protocol.Quote(required)
	case interline.ToolsOne:
		return protocol.JSON(toolChoice{Type: "function", Function: &nameOnly{Name: c.Names[0]}})
	case interline.ToolsSubset:
		return w.subset(c, required)
	}
	return nil
}

func (w *writer) subset(c interline.ToolChoice, required string) jsontext.Value {
	mode := "auto"
	if c.Required {
		mode = required
	}
	if !w.hasSubsets() {
		return protocol.Quote(mode)
	}
	a := &allowedTools{Mode: mode}
	for _, n := range c.Names {
		a.Tools = append(a.Tools, allowTool{Type: "function", Function: &nameOnly{Name: n}})
	}
	return protocol.JSON(toolChoice{Type: "allowed_tools", AllowedTools: a})
}
