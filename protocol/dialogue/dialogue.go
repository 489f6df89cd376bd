// Package dialogue holds what Messages and Converse have in common: the order
// that both demand of a conversation, the habits of Claude that shape a request
// in either, and the order in which both tell an answer.
//
// A conversation in the words of package interline may come from a language
// without such rules. [Arrange] gives it the order of these: the user begins,
// user and assistant alternate, every tool call is answered at the very start
// of the next turn, nothing is empty. Whatever is changed on the way is a loss.
// The package does no I/O and writes no wire language.
package dialogue

import (
	"fmt"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/loss"
)

// Rules are how one language, and one model in it, takes a conversation.
type Rules struct {
	// MidSystem: system turns may stand after a user's turn, at the end or
	// before the assistant's.
	MidSystem bool
	// Refuse says why a block has no place in the language, or "" when it has
	// one. Refused blocks are dropped and reported.
	Refuse func(interline.Block) loss.Kind
	// LegalID reports whether a tool call may have that id.
	LegalID func(id string) bool
}

// At is where a block stands in the request it came from.
type At struct{ Turn, Block int }

// String returns the place as a path.
func (a At) String() string { return fmt.Sprintf("messages[%d].content[%d]", a.Turn, a.Block) }

// Block is a block and where it came from.
type Block struct {
	interline.Block
	At At
}

// Turn is one speaker's say.
type Turn struct {
	Role   interline.Role
	Blocks []Block
}

// Dialogue is a conversation in order: System stands before it; Turns begin
// with the user and never hold two neighbours of one role. Refusals have become
// text, text is never empty.
type Dialogue struct {
	System []Block
	Turns  []Turn
}

// Prefilled reports whether the assistant has the last word, so that the model
// is asked to go on with it.
func (d *Dialogue) Prefilled() bool {
	return len(d.Turns) > 0 && d.Turns[len(d.Turns)-1].Role == interline.Assistant
}

// Open returns the assistant's turn whose tool results the conversation ends
// with, or nil when it does not end so.
func (d *Dialogue) Open() *Turn {
	n := len(d.Turns)
	if n < 2 || d.Turns[n-1].Role != interline.User || d.Turns[n-1].Blocks[0].Kind != interline.ToolResultBlock {
		return nil
	}
	return &d.Turns[n-2]
}

// UsesTools reports whether any turn holds a tool call.
func (d *Dialogue) UsesTools() bool {
	for _, t := range d.Turns {
		for _, b := range t.Blocks {
			if b.Kind == interline.ToolCallBlock {
				return true
			}
		}
	}
	return false
}

// Arrange puts turns in order. The turns are not changed.
func Arrange(turns []interline.Turn, rules Rules, losses *Losses) Dialogue {
	var d Dialogue
	runs := merge(gather(turns, rules, losses))
	if len(runs) > 0 && runs[0].Role == interline.System {
		d.System, runs = runs[0].Blocks, runs[1:]
	}
	runs = merge(withoutLoneReasoning(runs, losses))
	runs = merge(placeSystem(runs, rules.MidSystem, losses))
	d.Turns = begin(answerCalls(runs, rules.LegalID, losses), losses)
	d.trimEnd()
	return d
}

// merge joins neighbours of one role.
func merge(turns []Turn) []Turn {
	var out []Turn
	for _, t := range turns {
		if n := len(out); n > 0 && out[n-1].Role == t.Role {
			out[n-1].Blocks = append(out[n-1].Blocks, t.Blocks...)
			continue
		}
		out = append(out, t)
	}
	return out
}

// withoutLoneReasoning drops turns that hold nothing but reasoning: an answer
// that was cut while the model thought. Both languages refuse them.
func withoutLoneReasoning(turns []Turn, losses *Losses) []Turn {
	var out []Turn
	for _, t := range turns {
		lone := t.Role == interline.Assistant
		for _, b := range t.Blocks {
			lone = lone && b.Kind == interline.ReasoningBlock
		}
		if lone {
			losses.Note(loss.ReasoningAlone, t.Blocks[0].At.String())
			continue
		}
		out = append(out, t)
	}
	return out
}

// placeSystem leaves system turns where the model takes them, and turns the
// others into marked text of the user at the same place. Moving them to the top
// would break the prompt cache and the order.
func placeSystem(turns []Turn, native bool, losses *Losses) []Turn {
	for i := range turns {
		t := &turns[i]
		if t.Role != interline.System {
			continue
		}
		afterUser := i > 0 && turns[i-1].Role == interline.User
		beforeAnswer := i+1 == len(turns) || turns[i+1].Role == interline.Assistant
		if native && afterUser && beforeAnswer {
			continue
		}
		t.Role = interline.User
		for j := range t.Blocks {
			b := &t.Blocks[j]
			b.Text = "<system>" + b.Text + "</system>"
			losses.Note(loss.SystemAmid, b.At.String())
		}
	}
	return turns
}

// begin makes the user speak first.
func begin(turns []Turn, losses *Losses) []Turn {
	if len(turns) > 0 && turns[0].Role == interline.User {
		return turns
	}
	losses.Note(loss.UserFirst, "messages")
	first := Turn{Role: interline.User, Blocks: []Block{{Block: interline.Block{Kind: interline.Text, Text: "Please continue"}}}}
	return append([]Turn{first}, turns...)
}

// trimEnd takes white space off the end of a last turn of the assistant, which
// the model is to go on with: the vendors refuse it.
func (d *Dialogue) trimEnd() {
	if !d.Prefilled() {
		return
	}
	last := d.Turns[len(d.Turns)-1].Blocks
	if b := &last[len(last)-1]; b.Kind == interline.Text {
		b.Text = strings.TrimRight(b.Text, " \t\r\n")
	}
}
