package dialogue

import (
	"fmt"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/loss"
)

// gather copies the turns, leaving out what is empty or has no place, and
// splits turns that hold blocks of another role: calls and reasoning are the
// assistant's, results the user's.
func gather(turns []interline.Turn, rules Rules, losses *Losses) []Turn {
	var out []Turn
	for i, t := range turns {
		if t.Name != "" {
			losses.Note(loss.SpeakerName, fmt.Sprintf("messages[%d].name", i))
		}
		mine := len(out) // runs of this turn begin here
		for j, b := range t.Blocks {
			kept, ok := keep(Block{b, At{i, j}}, t.Role, rules, losses)
			if !ok {
				moveMark(out[mine:], b.Cache)
				continue
			}
			role := roleOf(t.Role, b.Kind)
			if n := len(out); n == mine || out[n-1].Role != role {
				out = append(out, Turn{Role: role})
			}
			out[len(out)-1].Blocks = append(out[len(out)-1].Blocks, kept)
		}
	}
	return out
}

// moveMark gives the cache mark of a block that was left out to the one before.
func moveMark(runs []Turn, mark *interline.CacheMark) {
	if mark == nil || len(runs) == 0 {
		return
	}
	blocks := runs[len(runs)-1].Blocks
	if last := &blocks[len(blocks)-1]; last.Cache == nil {
		last.Cache = mark
	}
}

func roleOf(turn interline.Role, kind interline.BlockKind) interline.Role {
	switch kind {
	case interline.ToolCallBlock, interline.ReasoningBlock:
		return interline.Assistant
	case interline.ToolResultBlock:
		return interline.User
	}
	return turn
}

// keep returns the block as it can be said, and whether it can be said at all.
func keep(b Block, role interline.Role, rules Rules, losses *Losses) (Block, bool) {
	if b.Kind == interline.Refusal {
		b.Kind = interline.Text
		losses.Note(loss.RefusalText, b.At.String())
	}
	if b.Kind == interline.Text && strings.TrimSpace(b.Text) == "" {
		return b, false // nothing is lost
	}
	if role == interline.System && b.Kind != interline.Text {
		losses.Note(loss.SystemMedia, b.At.String())
		return b, false
	}
	if why := rules.Refuse(b.Block); why != "" {
		losses.Note(why, b.At.String())
		return b, false
	}
	if b.Kind == interline.ToolResultBlock {
		b.Result = keepResult(b, rules, losses)
	}
	return b, true
}

// keepResult returns a copy of the block's result without what is empty or has
// no place.
func keepResult(b Block, rules Rules, losses *Losses) *interline.ToolResult {
	out := &interline.ToolResult{CallID: b.Result.CallID, Failed: b.Result.Failed}
	for _, inner := range b.Result.Blocks {
		if kept, ok := keep(Block{inner, b.At}, interline.User, rules, losses); ok {
			out.Blocks = append(out.Blocks, kept.Block)
		}
	}
	return out
}
