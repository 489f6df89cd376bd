package anthropic

import (
	"fmt"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/core"
)

// Tokens that frame a prompt without being anyone's text. The tool prompt is
// the documented size for the 4.x models; the others are this emulator's rule.
const (
	turnTokens     = 4
	tailTokens     = 3 // what opens the answer; it is never cached
	toolPromptAuto = 346
	toolPromptAny  = 313
)

// prompt says a checked request in the core's words.
func (r *request) prompt(place string, m claude.Rules, mode claude.Mode) core.Prompt {
	p := core.Prompt{
		Place: place, Model: publicName(m), Segments: r.segments(mode),
		Choice: r.coreChoice(), OneCall: r.Choice.OneCall,
		MaxOutput: r.MaxTokens, Stop: r.Stop, Schema: r.Schema,
	}
	for _, t := range r.Tools {
		p.Tools = append(p.Tools, core.Tool{Name: t.Name, Description: t.Description, Schema: t.Schema})
	}
	if mode.On {
		p.Effort, p.Budget = mode.Effort, mode.Budget
		if p.Effort == "" {
			p.Effort = "high" // the API's default effort
		}
	}
	for _, q := range r.quotes() {
		p.Quotes = append(p.Quotes, q.Text)
	}
	r.readLastTurn(&p)
	return p
}

// readLastTurn fills in what the model is to react to: the last message, or the
// last but a closing system message or prefill.
func (r *request) readLastTurn(p *core.Prompt) {
	turns := merge(r.Turns)
	for i := len(turns) - 1; i >= 0; i-- {
		if turns[i].role != "user" {
			continue
		}
		p.LastUser = joined(only(turns[i].blocks, "text"))
		for _, b := range only(turns[i].blocks, "tool_result") {
			p.Results = append(p.Results, core.ToolResult{ID: b.ID, Name: nameOf(turns, b.ID), Text: joined(b.Inner), Failed: b.Failed})
		}
		break
	}
	for _, t := range turns {
		p.Images = append(p.Images, images(t.blocks)...)
	}
}

func only(blocks []block, kind string) []block {
	var out []block
	for _, b := range blocks {
		if b.Kind == kind {
			out = append(out, b)
		}
	}
	return out
}

func nameOf(turns []exchange, id string) string {
	for _, t := range turns {
		for _, b := range t.blocks {
			if b.Kind == "tool_use" && b.ID == id {
				return b.Name
			}
		}
	}
	return ""
}

func images(blocks []block) []core.Image {
	var out []core.Image
	for _, b := range blocks {
		if b.Image != nil {
			out = append(out, *b.Image)
		}
		out = append(out, images(b.Inner)...)
	}
	return out
}

func (r *request) coreChoice() core.Choice {
	switch r.Choice.Type {
	case "none":
		return core.Choice{Mode: core.ChooseNone}
	case "any":
		return core.Choice{Mode: core.ChooseRequired}
	case "tool":
		return core.Choice{Mode: core.ChooseNamed, Name: r.Choice.Name}
	}
	return core.Choice{}
}

// segments lays the prompt out as it is cached: tools, system, messages. A
// change of tool choice or thinking spoils the cache of the messages but not of
// what comes before them, so it is the first message that carries it.
func (r *request) segments(mode claude.Mode) []core.Segment {
	var out []core.Segment
	for i, t := range r.Tools {
		s := core.Segment{Text: t.Name + "\n" + t.Description + "\n" + string(t.Schema), Mark: t.Mark}
		if i == 0 {
			s.Extra = r.toolPrompt()
		}
		out = append(out, s)
	}
	for _, b := range r.System {
		out = append(out, core.Segment{Text: b.Text, Mark: b.Mark})
	}
	salt := fmt.Sprintf("%v %s %v", r.Choice, r.Thinking.Type, mode.Budget)
	for _, t := range r.Turns {
		for i, b := range t.Blocks {
			s := b.segment()
			if i == 0 {
				s.Extra += turnTokens
				s.Salt += t.Role + salt
			}
			salt = ""
			out = append(out, s)
		}
	}
	if n := len(out); r.AutoMark > 0 && n > 0 && out[n-1].Mark == 0 {
		out[n-1].Mark = r.AutoMark
	}
	return append(out, core.Segment{Extra: tailTokens})
}

func (r *request) toolPrompt() int {
	if r.Choice.Type == "any" || r.Choice.Type == "tool" {
		return toolPromptAny
	}
	return toolPromptAuto
}

// segment counts a block. Thinking that comes back is read again like text.
func (b block) segment() core.Segment {
	s := core.Segment{Text: b.Text, Extra: b.Extra, Salt: b.Kind + b.Salt + b.ID + b.Data, Mark: b.Mark}
	if b.Kind == "tool_use" {
		s.Text = b.Name + string(b.Input) // as written: the cache is exact to the byte
	}
	for _, inner := range b.Inner {
		in := inner.segment()
		s.Text = strings.TrimPrefix(s.Text+"\n"+in.Text, "\n")
		s.Extra += in.Extra
		s.Salt += in.Salt
	}
	return s
}
