package bedrock

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/core"
)

// Tokens that frame a prompt without being anyone's text: this emulator's rule,
// but for Claude's prompt for tools, whose size Anthropic documents.
const (
	turnTokens = 4
	tailTokens = 3 // what opens the answer; it is never cached
	toolPrompt = 346
)

// prompt says a checked request in the core's words.
func (r *request) prompt(place string, m model, w wish) core.Prompt {
	p := core.Prompt{
		Place: place, Model: m.ID, Segments: r.segments(m, w), Choice: r.choice(), OneCall: w.oneCall,
		MaxOutput: r.MaxTokens, Stop: r.Stop, Effort: w.effort,
	}
	if !m.IgnoresSchema {
		p.Schema = r.Schema
	}
	for _, t := range r.Tools {
		if t.Name != "" {
			p.Tools = append(p.Tools, core.Tool{Name: t.Name, Description: t.Description, Schema: t.Schema})
		}
	}
	if w.mode.On {
		p.Budget = w.mode.Budget
		if p.Effort = w.mode.Effort; p.Effort == "" {
			p.Effort = "high" // Claude's default effort
		}
	}
	for _, q := range r.quotes() {
		p.Quotes = append(p.Quotes, q.Text)
	}
	r.readLastTurn(&p)
	return p
}

func (r *request) choice() core.Choice {
	switch r.Choice.Kind {
	case "any":
		return core.Choice{Mode: core.ChooseRequired}
	case "tool":
		return core.Choice{Mode: core.ChooseNamed, Name: r.Choice.Name}
	}
	return core.Choice{}
}

// readLastTurn fills in what the model is to react to, and every picture.
func (r *request) readLastTurn(p *core.Prompt) {
	names := make(map[string]string)
	for _, t := range r.Turns {
		for _, b := range t.Blocks {
			if b.Kind == "toolUse" {
				names[b.ID] = b.Name
			}
		}
		p.Images = append(p.Images, images(t.Blocks)...)
	}
	turns := r.spoken()
	last := turns[len(turns)-1]
	if last.Role != "user" { // a prefill: what came before it counts
		last = turns[len(turns)-2]
	}
	p.LastUser = joined(last.Blocks, "text", "guardContent")
	for _, b := range last.Blocks {
		if b.Kind == "toolResult" {
			p.Results = append(p.Results, core.ToolResult{ID: b.ID, Name: names[b.ID], Text: joined(b.Inner, "text", "json"), Failed: b.Failed})
		}
	}
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

// joined is the text of blocks of some kinds, line by line.
func joined(blocks []block, kinds ...string) string {
	var lines []string
	for _, b := range blocks {
		for _, kind := range kinds {
			if b.Kind == kind && b.Text != "" {
				lines = append(lines, b.Text)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// segments lays the prompt out as it is cached: tools, system, messages. A
// change of tool choice or thinking spoils the cache of the messages only, so it
// is the first message that carries it.
func (r *request) segments(m model, w wish) []core.Segment {
	var out []core.Segment
	for _, t := range r.Tools {
		if t.Name == "" {
			out = marked(out, block{Mark: t.Mark})
			continue
		}
		s := core.Segment{Text: t.Name + "\n" + t.Description + "\n" + string(t.Schema)}
		if len(out) == 0 && m.Family == claudeFamily {
			s.Extra = toolPrompt
		}
		out = append(out, s)
	}
	for _, b := range r.System {
		out = marked(out, b)
	}
	salt := fmt.Sprintf("%v %v %s", r.Choice, w.mode, w.effort)
	for _, t := range r.Turns {
		for i, b := range t.Blocks {
			n := len(out)
			if out = marked(out, b, m.Family); i == 0 && len(out) > n {
				out[n].Extra += turnTokens
				out[n].Salt += t.Role + salt
				salt = ""
			}
		}
	}
	return append(out, core.Segment{Extra: tailTokens})
}

// marked adds a block to the segments: a cache point as the mark of the last
// one, anything else as its own.
func marked(out []core.Segment, b block, of ...family) []core.Segment {
	if b.Mark == 0 {
		return append(out, b.segment(len(of) > 0 && of[0] == claudeFamily))
	}
	if n := len(out); n > 0 {
		out[n-1].Mark = b.Mark
	}
	return out
}

// segment counts a block. Reasoning that comes back is read again like text.
func (b block) segment(ofClaude bool) core.Segment {
	s := core.Segment{Text: b.Text, Extra: b.Extra, Salt: b.Kind + b.Salt + b.ID + string(b.Redacted)}
	switch {
	case b.Kind == "toolUse":
		s.Text = b.Name + string(b.Input) // as written: the cache is exact to the byte
	case b.Image != nil && ofClaude:
		s.Extra += claude.ImageTokens(b.Image.Width, b.Image.Height)
	case b.Image != nil:
		s.Extra += b.Image.Tokens()
	}
	for _, inner := range b.Inner {
		in := inner.segment(ofClaude)
		s.Text = strings.TrimPrefix(s.Text+"\n"+in.Text, "\n")
		s.Extra += in.Extra
		s.Salt += in.Salt
	}
	return s
}

// rootType is the type a schema gives its root, or "".
func rootType(schema json.RawMessage) string {
	var root struct{ Type string }
	if json.Unmarshal(schema, &root) != nil {
		return ""
	}
	return root.Type
}
