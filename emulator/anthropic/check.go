package anthropic

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
)

// check holds a request against the rules of the conversation and of its model
// and returns how the model is to think. The order is that of reading: the
// request's own limits first, then its messages, then what the model refuses.
func (r *request) check(m claude.Rules, counting bool) (claude.Mode, *fault) {
	limit := r.MaxTokens
	if counting {
		limit = m.MaxOutput
	}
	if limit > m.MaxOutput {
		return claude.Mode{}, failed(invalid, "max_tokens: %d > %d, which is the maximum allowed number of output tokens for %s", limit, m.MaxOutput, publicName(m))
	}
	mode, refusal := m.Think(r.Thinking, limit)
	if refusal == "" {
		refusal = m.CheckSampling(r.Sampling, mode)
	}
	if refusal == "" {
		refusal = r.checkChoice(m, mode)
	}
	if refusal == "" {
		refusal = r.checkMarks()
	}
	if refusal == "" {
		refusal = r.checkTurns(m, mode)
	}
	if refusal == "" {
		refusal = r.checkCitations()
	}
	if refusal != "" {
		return mode, failed(invalid, "%s", refusal)
	}
	return mode, nil
}

func (r *request) checkChoice(m claude.Rules, mode claude.Mode) string {
	c := r.Choice
	if c.Type == "" || c.Type == "none" {
		return ""
	}
	if len(r.Tools) == 0 {
		return fmt.Sprintf("tool_choice.%s may only be specified while providing tools", c.Type)
	}
	if c.Type == "auto" {
		return ""
	}
	if c.Type == "tool" && !slices.ContainsFunc(r.Tools, func(t tool) bool { return t.Name == c.Name }) {
		return fmt.Sprintf("Tool '%s' not found in provided tools", c.Name)
	}
	return m.CheckForcedTool(mode)
}

// checkMarks allows four breakpoints, those of an hour before those of five
// minutes, in the order in which a prompt is cached. Automatic caching takes one
// of the four and stands last.
func (r *request) checkMarks() string {
	if len(r.marks) > 4 {
		return fmt.Sprintf("A maximum of 4 blocks with cache_control may be provided. Found %d.", len(r.marks))
	}
	short := false
	for _, m := range r.orderedMarks() {
		if m.life == time.Hour && short {
			return m.at.Path() + ".ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. " +
				"Note that blocks are processed in the following order: `tools`, `system`, `messages`."
		}
		short = short || m.life < time.Hour
	}
	return ""
}

// orderedMarks moves the mark of automatic caching, which is read first, to the
// end; the others are read in the order of caching.
func (r *request) orderedMarks() []mark {
	if r.AutoMark == 0 {
		return r.marks
	}
	return append(slices.Clone(r.marks[1:]), r.marks[0])
}

func (r *request) checkTurns(m claude.Rules, mode claude.Mode) string {
	if len(r.Turns) == 0 {
		return "messages: at least one message is required"
	}
	for i, t := range r.Turns {
		if refusal := r.checkTurn(i, t, m); refusal != "" {
			return refusal
		}
	}
	if r.Turns[0].Role != "user" {
		return `messages: first message must use the "user" role`
	}
	if refusal := checkText("system", r.System); refusal != "" {
		return refusal
	}
	if refusal := r.checkEnd(m); refusal != "" {
		return refusal
	}
	merged := merge(r.Turns)
	if refusal := checkCalls(merged); refusal != "" {
		return refusal
	}
	return checkReplay(merged, mode)
}

func (r *request) checkTurn(i int, t turn, m claude.Rules) string {
	last := i == len(r.Turns)-1
	switch {
	case t.Role == "system" && !m.MidSystem:
		return fmt.Sprintf("messages.%d.role: role 'system' is not supported on this model. Use the top-level 'system' parameter.", i)
	case t.Role == "system" && i == 0:
		return "messages.0.role: a 'system' message must not come first. Use the top-level 'system' parameter for the initial system prompt."
	case len(t.Blocks) == 0 && (!last || t.Role != "assistant"):
		return fmt.Sprintf("messages.%d: all messages must have non-empty content except for the optional final assistant message", i)
	}
	if refusal := checkText("messages", t.Blocks); refusal != "" {
		return refusal
	}
	for _, b := range t.Blocks {
		if refusal := checkBlock(t.Role, b); refusal != "" {
			return refusal
		}
	}
	return ""
}

// checkText refuses text that says nothing.
func checkText(where string, blocks []block) string {
	for _, b := range blocks {
		if refusal := checkText(where, b.Inner); refusal != "" {
			return refusal
		}
		switch {
		case b.Kind != "text" || strings.TrimSpace(b.Text) != "":
		case b.Text == "":
			return where + ": text content blocks must be non-empty"
		default:
			return where + ": text content blocks must contain non-whitespace text"
		}
	}
	return ""
}

// speakers says whose message each kind of block may stand in; text stands in
// everyone's.
var speakers = map[string]string{
	"tool_use": "assistant", "thinking": "assistant", "redacted_thinking": "assistant",
	"tool_result": "user", "image": "user", "document": "user", "search_result": "user",
}

func checkBlock(role string, b block) string {
	if want := speakers[b.Kind]; want != "" && want != role {
		return fmt.Sprintf("%s: `%s` blocks can only be in `%s` messages", b.at.Path(), b.Kind, want)
	}
	switch {
	case b.Kind == "thinking" && !claude.Verify(b.Text, b.Signature):
		return b.at.Path() + ": Invalid `signature` in `thinking` block"
	case b.Kind == "redacted_thinking" && !claude.VerifyRedacted(b.Data):
		return b.at.Path() + ": Invalid `data` in `redacted_thinking` block"
	}
	return ""
}

// checkEnd holds a final assistant message, a prefill, to the model's rule.
func (r *request) checkEnd(m claude.Rules) string {
	last := r.Turns[len(r.Turns)-1]
	if last.Role != "assistant" {
		return ""
	}
	if m.NoPrefill {
		return "This model does not support assistant message prefill. The conversation must end with a user message."
	}
	if n := len(last.Blocks); n > 0 && last.Blocks[n-1].Kind == "text" {
		if text := last.Blocks[n-1].Text; text != strings.TrimRight(text, " \t\r\n") {
			return "messages: final assistant content cannot end with trailing whitespace"
		}
	}
	return ""
}

// exchange is a run of messages of one role, seen as one message.
type exchange struct {
	role   string
	first  int // index of its first message
	blocks []block
}

func merge(turns []turn) []exchange {
	var out []exchange
	for i, t := range turns {
		if n := len(out); n > 0 && out[n-1].role == t.Role {
			out[n-1].blocks = append(out[n-1].blocks, t.Blocks...)
			continue
		}
		out = append(out, exchange{t.Role, i, slices.Clone(t.Blocks)})
	}
	return out
}

// checkCalls holds that every tool_use is answered at the very beginning of the
// message that follows, and that nothing else is answered there.
func checkCalls(turns []exchange) string {
	seen := map[string]bool{}
	for i, t := range turns {
		open := map[string]bool{}
		if i > 0 {
			open = calls(turns[i-1])
		}
		for j, b := range t.blocks {
			switch b.Kind {
			case "tool_use":
				if seen[b.ID] {
					return "messages: `tool_use` ids must be unique"
				}
				seen[b.ID] = true
			case "tool_result":
				if !open[b.ID] {
					return fmt.Sprintf("%s: unexpected `tool_use_id` found in `tool_result` blocks: %s. "+
						"Each `tool_result` block must have a corresponding `tool_use` block in the previous message.", b.at.Path(), b.ID)
				}
				delete(open, b.ID)
			}
			if last := b.Kind != "tool_result" || j == len(t.blocks)-1; last && len(open) > 0 {
				return unanswered(turns[i-1], open)
			}
		}
	}
	if end := turns[len(turns)-1]; len(calls(end)) > 0 {
		return unanswered(end, calls(end))
	}
	return ""
}

func calls(t exchange) map[string]bool {
	ids := map[string]bool{}
	for _, b := range t.blocks {
		if b.Kind == "tool_use" {
			ids[b.ID] = true
		}
	}
	return ids
}

func unanswered(t exchange, open map[string]bool) string {
	var ids []string
	for _, b := range t.blocks {
		if b.Kind == "tool_use" && open[b.ID] {
			ids = append(ids, b.ID)
		}
	}
	return fmt.Sprintf("messages.%d: `tool_use` ids were found without `tool_result` blocks immediately after: %s. "+
		"Each `tool_use` block must have a corresponding `tool_result` block in the next message.", t.first, strings.Join(ids, ", "))
}

// checkReplay holds that, under manual thinking, the assistant's turn of a tool
// loop still going on begins with its thinking. Adaptive thinking may leave
// thinking out of a turn, so nothing can be demanded of it (anthropic docs
// "Adaptive thinking", validation).
func checkReplay(turns []exchange, mode claude.Mode) string {
	n := len(turns)
	if !mode.Manual || n < 2 || turns[n-1].role != "user" || turns[n-1].blocks[0].Kind != "tool_result" {
		return ""
	}
	b := turns[n-2].blocks[0]
	if b.Kind == "thinking" || b.Kind == "redacted_thinking" {
		return ""
	}
	return fmt.Sprintf("messages.%d.content.0.type: Expected `thinking` or `redacted_thinking`, but found `%s`. "+
		"When `thinking` is enabled, a final `assistant` message must start with a thinking block.", turns[n-2].first, b.Kind)
}
