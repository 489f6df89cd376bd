package responses

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/loss"
)

// noResult stands for the result of a call that the history does not answer:
// the API refuses a call without one.
const noResult = "(no result)"

// maxCallID is how long the id of a call may be.
const maxCallID = 64

// input says the turns as items, in their order.
func (w *writer) input() {
	w.owed, w.free = map[string]int{}, map[string]bool{}
	for _, t := range w.r.Turns {
		for _, b := range t.Blocks {
			if b.Kind == interline.ToolResultBlock {
				w.owed[b.Result.CallID]++
			}
		}
	}
	called := map[string]int{}
	for i, t := range w.r.Turns {
		field := fmt.Sprintf("messages[%d]", i)
		if t.Name != "" {
			w.lose(loss.SpeakerName, field+".name")
		}
		if t.Role == interline.Assistant {
			w.assistant(t, field, called)
		} else {
			w.said(t, field, called)
		}
	}
	if n := len(w.r.Turns); n > 0 && w.r.Turns[n-1].Role == interline.Assistant {
		w.lose(loss.Prefill, fmt.Sprintf("messages[%d]", n-1))
	}
}

func (w *writer) add(v any) { w.items = append(w.items, protocol.JSON(v)) }

// assistant says the assistant's turn, and answers those of its calls that
// nothing else will.
func (w *writer) assistant(t interline.Turn, field string, called map[string]int) {
	var parts []part
	var lone []string
	flush := func() {
		if len(parts) > 0 {
			w.add(message{Type: "message", Role: "assistant", Content: saidBefore(parts)})
			parts = nil
		}
	}
	last := lastSaid(t)
	for j, b := range t.Blocks {
		path := fmt.Sprintf("%s.content[%d]", field, j)
		if b.Kind != interline.Text && b.Kind != interline.Refusal {
			flush()
		}
		if b.Cache != nil {
			w.lose(loss.CacheOnAssistant, "cache_control")
		}
		switch {
		case b.Kind == interline.Text && b.Text == "", b.Kind == interline.Refusal && b.Text == "":
		case b.Kind == interline.Text:
			parts = append(parts, part{Type: "output_text", Text: b.Text})
		case b.Kind == interline.Refusal:
			parts = append(parts, part{Type: "refusal", Refusal: b.Text})
		case b.Kind == interline.ReasoningBlock:
			w.thought(b, path, j < last)
		case b.Kind == interline.ToolCallBlock:
			if !w.call(b.Call, path, called) {
				lone = append(lone, b.Call.ID)
			}
		case b.Kind == interline.Opaque && b.Language == protocol.Responses && !isPart(b.Raw):
			w.items = append(w.items, jsontext.Value(b.Raw))
		default:
			w.lose(loss.AssistantBlock, path)
		}
	}
	flush()
	for _, id := range lone {
		w.answer(id, protocol.Quote(noResult))
	}
}

// lastSaid is the number of the last block that reasoning may stand before.
func lastSaid(t interline.Turn) int {
	for j := len(t.Blocks) - 1; j >= 0; j-- {
		if b := t.Blocks[j]; b.Kind == interline.ToolCallBlock || b.Text != "" && b.Kind != interline.ReasoningBlock {
			return j
		}
	}
	return -1
}

// saidBefore is the content of an assistant's message: a text where there is
// nothing but one, which the API takes without an id.
func saidBefore(parts []part) jsontext.Value {
	if len(parts) == 1 && parts[0].Type == "output_text" {
		return protocol.Quote(parts[0].Text)
	}
	return protocol.JSON(parts)
}

// answer says the output of a call.
func (w *writer) answer(id string, out jsontext.Value) {
	kind := "function_call_output"
	if w.free[id] {
		kind = "custom_tool_call_output"
	}
	w.add(functionOutput{Type: kind, CallID: callID(id), Output: out})
}

// call says a call, and reports whether a result of it follows.
func (w *writer) call(c *interline.ToolCall, path string, called map[string]int) bool {
	args := c.Arguments
	if strings.TrimSpace(args) == "" {
		args = "{}"
	}
	if input, ok := freeInput(args); ok {
		w.free[c.ID] = true
		w.add(customCall{Type: "custom_tool_call", CallID: callID(c.ID), Name: c.Name, Input: input})
	} else {
		w.add(functionCall{Type: "function_call", CallID: callID(c.ID), Name: c.Name, Arguments: args})
	}
	if w.owed[c.ID] == 0 {
		w.lose(loss.CallUnansweredText, path)
		return false
	}
	w.owed[c.ID]--
	called[c.ID]++
	return true
}

// thought sends reasoning back to the vendor that encrypted it, and to nobody
// else. The API refuses an item of reasoning that nothing follows.
func (w *writer) thought(b interline.Block, path string, followed bool) {
	switch s := b.Seal; {
	case s == nil:
		w.lose(loss.SealMissing, path)
	case s.Issuer != issuer || s.Redacted == "":
		w.lose(loss.SealForeign, path)
	case !followed:
		w.lose(loss.ReasoningLast, path)
	default:
		item := reasoningItem{Type: "reasoning", ID: s.ID, Summary: []part{}, Encrypted: s.Redacted}
		if b.Text != "" {
			item.Summary = []part{{Type: "summary_text", Text: b.Text}}
		}
		w.add(item)
	}
}

// said says a turn of the user or the system: results are items of their own,
// what stands between them a message.
func (w *writer) said(t interline.Turn, field string, called map[string]int) {
	role := "user"
	if t.Role == interline.System {
		role = "system"
		if w.t.Traits.Developer {
			role = "developer"
		}
	}
	var parts []part
	var items []jsontext.Value
	flush := func() {
		if len(parts) > 0 {
			w.add(message{Type: "message", Role: role, Content: content(parts)})
			parts = nil
		}
	}
	for j, b := range t.Blocks {
		path := fmt.Sprintf("%s.content[%d]", field, j)
		switch {
		case b.Kind == interline.ToolResultBlock && called[b.Result.CallID] > 0:
			called[b.Result.CallID]--
			flush()
			w.answer(b.Result.CallID, output(w.result(b.Result, path)))
		case b.Kind == interline.ToolResultBlock:
			w.owed[b.Result.CallID]-- // it comes before any call of that id
			w.lose(loss.ResultStrayText, path)
			parts = append(parts, w.result(b.Result, path)...)
		case b.Kind == interline.Opaque && b.Language == protocol.Responses && !isPart(b.Raw):
			items = append(items, jsontext.Value(b.Raw))
		default:
			parts = append(parts, w.part(b, path)...)
		}
	}
	flush()
	w.items = append(w.items, items...)
}

// isPart reports whether an unknown value was a part of a message, and not an
// item.
func isPart(v []byte) bool {
	var kind itemKind
	return json.Unmarshal(v, &kind) == nil && (strings.HasPrefix(kind.Type, "input_") || strings.HasPrefix(kind.Type, "output_"))
}

// result says what a tool gave.
func (w *writer) result(r *interline.ToolResult, path string) []part {
	var parts []part
	if r.Failed {
		w.lose(loss.ResultFailed, path+".is_error")
		parts = append(parts, part{Type: "input_text", Text: "Error:"})
	}
	for _, b := range r.Blocks {
		parts = append(parts, w.part(b, path)...)
	}
	return parts
}

// output is a result's output: a text where there is nothing else in it.
func output(parts []part) jsontext.Value {
	var texts []string
	for _, p := range parts {
		if p.Type != "input_text" || p.Breakpoint != nil {
			return protocol.JSON(parts)
		}
		texts = append(texts, p.Text)
	}
	return protocol.Quote(strings.Join(texts, "\n"))
}

// content is a string when there is nothing but one text without marks.
func content(parts []part) jsontext.Value {
	if len(parts) == 1 && parts[0].Type == "input_text" && parts[0].Breakpoint == nil {
		return protocol.Quote(parts[0].Text)
	}
	return protocol.JSON(parts)
}

// callID makes a call's id one that the API takes, the same way each time.
func callID(id string) string {
	if id != "" && len(id) <= maxCallID {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "call_" + hex.EncodeToString(sum[:12])
}
