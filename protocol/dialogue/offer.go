package dialogue

import (
	"fmt"
	"slices"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/loss"
)

// Offer is the tools a model is offered, and the word on calling them.
type Offer struct {
	Tools  []interline.Tool
	Choice interline.ToolChoice // never a subset
	// Instruction, when not empty, must be said to the model at the end of the
	// system prompt.
	Instruction string
}

// Forced reports whether a tool must be called.
func (o *Offer) Forced() bool {
	return o.Choice.Mode == interline.ToolsRequired || o.Choice.Mode == interline.ToolsOne
}

// OfferTools decides which of a request's tools a model of a language is
// offered, and how freely. schemas says that the place takes a schema for the
// answer; where it does not, and for an answer that must only be some JSON
// object, the answer is asked for with [SchemaTool].
func OfferTools(r *interline.Request, traits interline.Traits, language string, schemas bool, losses *Losses) Offer {
	o := Offer{Choice: r.Choice}
	for i, t := range r.Tools {
		if function, ok := Standing(t, language); ok {
			losses.Note(loss.ToolFreeform, fmt.Sprintf("tools[%d]", i))
			t = function
		}
		switch {
		case t.Raw != nil && t.Language != language:
			losses.Note(loss.OwnTool, fmt.Sprintf("tools[%d]", i))
		case r.Choice.Mode == interline.ToolsSubset && t.Raw == nil && !slices.Contains(r.Choice.Names, t.Name):
		default:
			o.Tools = append(o.Tools, t)
		}
	}
	if r.Choice.Mode == interline.ToolsSubset {
		losses.Note(loss.ToolSubset, "tool_choice")
		o.Choice.Mode, o.Choice.Names = interline.ToolsAuto, nil
		if r.Choice.Required {
			o.Choice.Mode = interline.ToolsRequired
		}
	}
	if f := r.Output.Format; f == interline.FormatJSON || f == interline.FormatSchema && !schemas {
		o.answer(r.Output)
		losses.Note(loss.SchemaByTool, "response_format")
	}
	if traits.NoForcedTools && o.Forced() {
		o.free(losses)
	}
	return o
}

// Standing returns the function that stands in a language for a tool of another
// one's own: its reader has given it a schema. ok is false for every other tool.
func Standing(t interline.Tool, language string) (function interline.Tool, ok bool) {
	if t.Raw == nil || t.Language == language || len(t.Schema) == 0 {
		return t, false
	}
	t.Language, t.Raw = "", nil
	return t, true
}

// answer adds the tool that stands for the format. It must be called, unless
// the caller's own tools are there to be called first.
func (o *Offer) answer(out interline.Output) {
	t := interline.Tool{
		Name: SchemaTool, Schema: out.Schema,
		Description: "Gives the final answer to the user. Call it exactly once, with the whole answer as its input.",
	}
	if out.Description != "" {
		t.Description += " The answer: " + out.Description
	}
	if out.Format == interline.FormatJSON {
		t.Schema = []byte(`{"type":"object","additionalProperties":true}`)
	}
	alone := len(o.Tools) == 0 || o.Choice.Mode == interline.ToolsNone
	o.Tools = append(o.Tools, t)
	switch {
	case alone:
		o.Choice = interline.ToolChoice{Mode: interline.ToolsOne, Names: []string{SchemaTool}}
	case o.Choice.Mode != interline.ToolsOne:
		o.Choice.Mode = interline.ToolsRequired
	}
}

// free lets the model decide, and asks it in words where that is what the
// schema hangs on.
func (o *Offer) free(losses *Losses) {
	losses.Note(loss.ToolForced, "tool_choice")
	if slices.ContainsFunc(o.Tools, func(t interline.Tool) bool { return t.Name == SchemaTool }) {
		o.Instruction = "Give your final answer by calling the tool " + SchemaTool + ", and write no other text."
	}
	o.Choice.Mode, o.Choice.Names = interline.ToolsAuto, nil
}

// Schema returns the schema of a tool's arguments, which both languages demand.
func Schema(t *interline.Tool) []byte {
	if len(t.Schema) == 0 || string(t.Schema) == "null" {
		return []byte(`{"type":"object","properties":{}}`)
	}
	return t.Schema
}
