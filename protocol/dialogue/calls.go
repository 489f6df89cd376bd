package dialogue

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/loss"
)

// pending is a tool call that waits for its result.
type pending struct {
	said     string // the id it had
	id       string // the id it has now
	at       At
	answered bool
}

// answerCalls makes the user answer every tool call at the start of the next
// turn. Results that answer no call become text, calls without a result get a
// failed one.
func answerCalls(turns []Turn, legal func(string) bool, losses *Losses) []Turn {
	ids := callIDs{legal: legal, used: map[string]bool{}}
	var out []Turn
	var open []pending
	for _, t := range turns {
		if t.Role == interline.User {
			t.Blocks = resultsFirst(t.Blocks, open, losses)
			open = nil
		} else if len(open) > 0 {
			out = append(out, Turn{interline.User, resultsFirst(nil, open, losses)})
			open = nil
		}
		if t.Role == interline.Assistant {
			open = ids.rename(t.Blocks)
		}
		out = append(out, t)
	}
	if len(open) > 0 {
		out = append(out, Turn{interline.User, resultsFirst(nil, open, losses)})
	}
	return out
}

// resultsFirst returns the results of the open calls and then all other blocks
// in their order.
func resultsFirst(blocks []Block, open []pending, losses *Losses) []Block {
	results := make([]Block, 0, len(blocks)+len(open))
	var others []Block
	for _, b := range blocks {
		if b.Kind != interline.ToolResultBlock {
			others = append(others, b)
			continue
		}
		call := find(open, b.Result.CallID)
		if call == nil {
			losses.Note(loss.ResultStray, b.At.String())
			others = append(others, asText(b)...)
			continue
		}
		call.answered = true
		b.Result = &interline.ToolResult{CallID: call.id, Failed: b.Result.Failed, Blocks: b.Result.Blocks}
		results = append(results, b)
	}
	for _, call := range open {
		if !call.answered {
			losses.Note(loss.CallUnanswered, call.at.String())
			results = append(results, noResult(call))
		}
	}
	return append(results, others...)
}

func find(open []pending, id string) *pending {
	for i := range open {
		if open[i].said == id && !open[i].answered {
			return &open[i]
		}
	}
	return nil
}

func noResult(call pending) Block {
	return Block{At: call.at, Block: interline.Block{
		Kind: interline.ToolResultBlock,
		Result: &interline.ToolResult{
			CallID: call.id, Failed: true,
			Blocks: []interline.Block{{Kind: interline.Text, Text: "no result"}},
		},
	}}
}

// asText says a result without its call.
func asText(b Block) []Block {
	text := "Result of tool call " + b.Result.CallID + ":"
	out := []Block{{At: b.At}}
	for _, inner := range b.Result.Blocks {
		if inner.Kind == interline.Text {
			text += "\n" + inner.Text
			continue
		}
		out = append(out, Block{inner, b.At})
	}
	out[0].Block = interline.Block{Kind: interline.Text, Text: strings.TrimSpace(text)}
	out[len(out)-1].Cache = b.Cache
	return out
}

// callIDs gives every call of a conversation an id that is legal and its own.
// Legal ids stay; the rest are made from a hash, so that equal conversations
// give equal ids. Some places count calls from 0 in every answer, so one id may
// come again in a later turn.
type callIDs struct {
	legal func(string) bool
	used  map[string]bool
}

// rename gives the calls among blocks their ids and returns them. Calls are
// copied, since the request is not ours to change.
func (c *callIDs) rename(blocks []Block) []pending {
	var open []pending
	for i := range blocks {
		b := &blocks[i]
		if b.Kind != interline.ToolCallBlock {
			continue
		}
		call := *b.Call
		call.ID = c.id(b.Call.ID)
		open = append(open, pending{said: b.Call.ID, id: call.ID, at: b.At})
		b.Call = &call
	}
	return open
}

func (c *callIDs) id(said string) string {
	id := said
	for n := 1; !c.legal(id) || c.used[id]; n++ {
		sum := sha256.Sum256([]byte(said + "\x00" + strconv.Itoa(n)))
		id = "call_" + hex.EncodeToString(sum[:12])
	}
	c.used[id] = true
	return id
}
