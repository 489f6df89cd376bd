package bedrock

import (
	"fmt"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
)

// checkModel is what the model itself refuses, after Converse let it pass.
func (r *request) checkModel(m model, w wish) string {
	if m.Family == claudeFamily {
		return r.checkClaude(m.Claude, w)
	}
	switch {
	case m.NoSampling && r.Temperature != nil && *r.Temperature != 1:
		return fmt.Sprintf("Unsupported value: 'temperature' does not support %v with this model. Only the default (1) value is supported.", *r.Temperature)
	case m.NoSampling && r.TopP != nil:
		return "Unsupported parameter: 'top_p' is not supported with this model."
	case m.NoStops && len(r.Stop) > 0:
		return "Unsupported parameter: 'stop' is not supported with this model."
	}
	return ""
}

func (r *request) checkClaude(rules claude.Rules, w wish) string {
	marks := r.marks()
	if len(marks) > 4 {
		return fmt.Sprintf("A maximum of 4 blocks with cache_control may be provided. Found %d.", len(marks))
	}
	for i, life := range marks {
		if i > 0 && life > marks[i-1] {
			return "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. " +
				"Note that blocks are processed in the following order: `tools`, `system`, `messages`."
		}
	}
	for _, s := range r.Stop {
		if strings.TrimSpace(s) == "" {
			return "stop_sequences: each stop sequence must contain non-whitespace"
		}
	}
	if r.Choice.Kind == "any" || r.Choice.Kind == "tool" {
		if refusal := rules.CheckForcedTool(w.mode); refusal != "" {
			return refusal
		}
	}
	return r.checkReplay(w.mode)
}

// checkReplay holds thinking that comes back to its seal, and a tool loop under
// manual thinking to begin with it.
func (r *request) checkReplay(mode claude.Mode) string {
	turns := r.spoken()
	for _, t := range turns {
		for _, b := range t.Blocks {
			switch {
			case b.Kind != "reasoningContent":
			case b.Redacted != nil && !claude.VerifyRedacted(string(b.Redacted)):
				return b.at.Path() + ": Invalid `data` in `redacted_thinking` block"
			case b.Redacted == nil && !claude.Verify(b.Text, b.Signature):
				return b.at.Path() + ": Invalid `signature` in `thinking` block"
			}
		}
	}
	n := len(turns)
	if last := turns[n-1]; last.Role == "assistant" {
		b := last.Blocks[len(last.Blocks)-1]
		if b.Kind == "text" && b.Text != strings.TrimRight(b.Text, " \t\r\n") {
			return "messages: final assistant content cannot end with trailing whitespace"
		}
	}
	if !mode.Manual || n < 2 || len(idsOf(turns[n-1], "toolResult")) == 0 || turns[n-2].Blocks[0].Kind == "reasoningContent" {
		return ""
	}
	return fmt.Sprintf("%s.content.0.type: Expected `thinking` or `redacted_thinking`, but found `%s`. "+
		"When `thinking` is enabled, a final `assistant` message must start with a thinking block.", turns[n-2].at.Path(), turns[n-2].Blocks[0].Kind)
}
