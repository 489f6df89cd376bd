package chat

import (
	"crypto/sha256"
	"strings"

	"github.com/interline-ai/interline/emulator/core"
)

// framing is what a message costs besides its content: three tokens around it
// and one for its role; priming is what the answer's beginning costs, once.
// Both are OpenAI's published rule, and reproduce recorded counts.
const (
	framing = 4
	priming = 3
)

// prompt says what was asked in the words of package core.
func (q *Request) prompt(place string, m Model) core.Prompt {
	tools, choice := q.core(m)
	p := core.Prompt{
		Place: place, Model: m.ID, Tools: tools, Choice: choice, OneCall: !q.Parallel,
		MaxOutput: q.limit(), Stop: q.Stop, Count: q.Count,
		JSON: q.Format.kind == "json_object",
	}
	if p.MaxOutput == 0 {
		p.MaxOutput = m.MaxOutput
	}
	if m.Reasoning() {
		p.Effort = q.effort(m)
	}
	if q.Format.kind == "json_schema" && !m.IgnoreSchema {
		p.Schema = q.Format.schema
	}
	q.segments(&p)
	q.lastTurn(&p)
	return p
}

// segments lays the prompt out in the order of the cache: tools, then messages.
func (q *Request) segments(p *core.Prompt) {
	first := core.Segment{Extra: priming}
	var b strings.Builder
	for _, t := range q.Tools {
		b.WriteString(t.Name + "\n" + t.Description + "\n" + string(t.Parameters) + "\n")
	}
	if len(q.Format.schema) > 0 {
		b.Write(q.Format.schema)
	}
	first.Text = b.String()
	p.Segments = append(p.Segments, first)
	for _, msg := range q.Messages {
		p.Segments = append(p.Segments, core.Segment{Text: msg.Name, Extra: framing, Salt: msg.Role})
		for _, part := range msg.Parts {
			p.Segments = append(p.Segments, part.segment())
			if part.Image != nil {
				p.Images = append(p.Images, *part.Image)
			}
		}
		for _, c := range msg.Calls {
			p.Segments = append(p.Segments, core.Segment{Text: c.Name + c.Arguments, Salt: c.ID})
		}
	}
}

func (p Part) segment() core.Segment {
	s := core.Segment{Text: p.Text, Extra: (p.Bytes + 3) / 4, Mark: p.Mark}
	if p.Image != nil {
		s.Extra += p.Image.Tokens()
	}
	if p.Salt != "" {
		sum := sha256.Sum256([]byte(p.Salt))
		s.Salt = string(sum[:])
	}
	return s
}

// lastTurn finds what the model is to react to: the tool results at the end,
// or what a user said last.
func (q *Request) lastTurn(p *core.Prompt) {
	end := len(q.Messages)
	start := end
	for start > 0 && q.Messages[start-1].Role == "tool" {
		start--
	}
	if start == end {
		if last := q.Messages[end-1]; last.Role != "assistant" {
			p.LastUser = last.Text()
		}
		return
	}
	names := make(map[string]string)
	for _, m := range q.Messages[:start] { // the order was checked: the calls are among these
		for _, c := range m.Calls {
			names[c.ID] = c.Name
		}
	}
	for _, m := range q.Messages[start:end] {
		p.Results = append(p.Results, core.ToolResult{ID: m.CallID, Name: names[m.CallID], Text: m.Text()})
	}
}

// cacheRule is the model's rule as the request bends it.
func (q *Request) cacheRule(m Model) core.CacheRule {
	rule := m.Cache
	if q.CacheExplicit {
		rule.Implicit = 0
	}
	return rule
}
