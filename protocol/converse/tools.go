package converse

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/jsonout"
	"github.com/interline-ai/interline/protocol/loss"
)

// toolConfig writes the tools and the word on calling them. There is no "none":
// without calls in the conversation the tools are left out, otherwise they must
// stay declared (aws docs, 2026-11).
func (w *writer) toolConfig(o *dialogue.Offer, d *dialogue.Dialogue) {
	tools := o.Tools
	if o.Choice.Mode == interline.ToolsNone {
		if !d.UsesTools() {
			return
		}
		w.losses.Note(loss.ToolsForbidden, "tool_choice")
	}
	if len(tools) == 0 && d.UsesTools() {
		tools = w.remembered(d)
	}
	if len(tools) == 0 {
		return
	}
	w.out.Object("toolConfig")
	w.out.Array("tools")
	for i := range tools {
		w.tool(&tools[i])
	}
	w.out.Close(']')
	w.choice(&o.Choice)
	w.out.Close('}')
}

// remembered makes declarations for the tools that the conversation has called,
// since Bedrock refuses calls of tools that are not declared.
func (w *writer) remembered(d *dialogue.Dialogue) []interline.Tool {
	var out []interline.Tool
	seen := map[string]bool{}
	for _, t := range d.Turns {
		for _, b := range t.Blocks {
			if b.Kind == interline.ToolCallBlock && !seen[b.Call.Name] {
				seen[b.Call.Name] = true
				out = append(out, interline.Tool{Name: b.Call.Name, Schema: []byte(`{"type":"object"}`)})
			}
		}
	}
	w.losses.Note(loss.ToolsDeclared, "tools")
	return out
}

func (w *writer) tool(t *interline.Tool) {
	if t.Raw != nil {
		w.out.Value(t.Raw)
	} else {
		w.out.Open('{')
		w.out.Object("toolSpec")
		w.out.String("name", t.Name)
		w.out.Said("description", t.Description)
		w.out.Object("inputSchema")
		w.out.Raw("json", dialogue.Schema(t))
		w.out.Close('}')
		if t.Strict != nil {
			w.out.Bool("strict", *t.Strict)
		}
		w.out.Close('}')
		w.out.Close('}')
	}
	w.cachePoint(t.Cache, "cache_control")
}

func (w *writer) choice(c *interline.ToolChoice) {
	if c.Parallel != nil && !*c.Parallel {
		if w.family == claude {
			w.claudeChoice(c)
			return
		}
		w.losses.Note(loss.OneCall, "parallel_tool_calls")
	}
	switch c.Mode {
	case interline.ToolsAuto:
		empty(&w.out, "toolChoice", "auto")
	case interline.ToolsRequired:
		empty(&w.out, "toolChoice", "any")
	case interline.ToolsOne:
		w.out.Object("toolChoice")
		w.out.Object("tool")
		w.out.String("name", c.Names[0])
		w.out.Close('}')
		w.out.Close('}')
	}
}

func empty(out *jsonout.Text, outer, inner string) {
	out.Object(outer)
	out.Object(inner)
	out.Close('}')
	out.Close('}')
}

// claudeChoice says the choice in Claude's own field, the only place where
// parallel calls can be switched off.
func (w *writer) claudeChoice(c *interline.ToolChoice) {
	w.more.Object("tool_choice")
	switch c.Mode {
	case interline.ToolsRequired:
		w.more.String("type", "any")
	case interline.ToolsOne:
		w.more.String("type", "tool")
		w.more.String("name", c.Names[0])
	default:
		w.more.String("type", "auto")
	}
	w.more.Bool("disable_parallel_tool_use", true)
	w.more.Close('}')
}
