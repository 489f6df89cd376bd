package acceptance

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// sse is one server-sent event.
type sse struct {
	name string
	data []byte
}

// readEvents takes a stream apart, and suffers nothing that a strict reader of
// server-sent events would not.
func readEvents(body []byte) ([]sse, error) {
	text := strings.ReplaceAll(string(body), "\r\n", "\n")
	rest, ok := strings.CutSuffix(text, "\n\n")
	if !ok {
		return nil, errors.New("the stream does not end with an empty line")
	}
	var out []sse
	for block := range strings.SplitSeq(rest, "\n\n") {
		var e sse
		for line := range strings.SplitSeq(block, "\n") {
			field, value, _ := strings.Cut(line, ":")
			value = strings.TrimPrefix(value, " ")
			switch field {
			case "": // a comment
			case "event":
				e.name = value
			case "data":
				e.data = append(e.data, value...)
			default:
				return nil, fmt.Errorf("the line %q", line)
			}
		}
		if e.data == nil {
			continue
		}
		if !json.Valid(e.data) {
			return nil, fmt.Errorf("event %s is not JSON: %s", e.name, e.data)
		}
		out = append(out, e)
	}
	return out, nil
}

// messageEvent is an event of Messages.
type messageEvent struct {
	Type         string
	Index        int
	Message      struct{ ID, Role, Model string }
	ContentBlock struct{ Type, ID, Name string } `json:"content_block"`
	Delta        struct {
		Type, Text, Thinking, Signature string
		Partial                         string  `json:"partial_json"`
		Stop                            *string `json:"stop_reason"`
	}
	Usage *struct {
		Output int `json:"output_tokens"`
	}
}

// readMessageEvents reads a stream of Messages: one message, blocks one after the
// other, each delta of its block's kind, the reason, the end.
func readMessageEvents(events []sse) (a agentHeard, err error) {
	open, next, args := "", 0, ""
	for i, e := range events {
		var m messageEvent
		if err := json.Unmarshal(e.data, &m); err != nil || m.Type != e.name {
			return a, fmt.Errorf("event %d, %s, is of type %s: %w", i, e.name, m.Type, err)
		}
		last := i == len(events)-1
		wrong := fmt.Errorf("event %d, %s, is out of place", i, e.data)
		switch m.Type {
		case "ping":
		case "message_start":
			if i != 0 || m.Message.ID == "" || m.Message.Role != "assistant" {
				return a, wrong
			}
		case "content_block_start":
			if open != "" || m.Index != next || a.ended != "" {
				return a, wrong
			}
			open, args = m.ContentBlock.Type, ""
			if open == "tool_use" {
				a.calls = append(a.calls, Call{ID: m.ContentBlock.ID, Name: m.ContentBlock.Name})
			}
		case "content_block_delta":
			kind := map[string]string{"text_delta": "text", "input_json_delta": "tool_use", "thinking_delta": "thinking", "signature_delta": "thinking"}[m.Delta.Type]
			if kind == "" || kind != open || m.Index != next {
				return a, wrong
			}
			a.text, a.thought, args = a.text+m.Delta.Text, a.thought+m.Delta.Thinking, args+m.Delta.Partial
		case "content_block_stop":
			if open == "" || m.Index != next {
				return a, wrong
			}
			if open == "tool_use" {
				a.calls[len(a.calls)-1].Arguments = args
			}
			open, next = "", next+1
		case "message_delta":
			if open != "" || m.Delta.Stop == nil || m.Usage == nil {
				return a, wrong
			}
			a.output = m.Usage.Output
			a.ended = map[string]Stop{"end_turn": StopEnd, "tool_use": StopCalls, "max_tokens": StopLength}[*m.Delta.Stop]
		case "message_stop":
			if !last || a.ended == "" {
				return a, wrong
			}
			return a, nil
		default:
			return a, fmt.Errorf("event %d, %s, is unknown", i, e.data)
		}
	}
	return a, errors.New("the stream has no end")
}

// responseEvent is an event of Responses.
type responseEvent struct {
	Type     string
	Number   *int   `json:"sequence_number"`
	Index    *int   `json:"output_index"`
	ItemID   string `json:"item_id"`
	Delta    string
	Item     responseItem
	Response struct {
		ID, Status string
		Output     []responseItem
		Usage      *struct {
			Output int `json:"output_tokens"`
		}
	}
}

type responseItem struct {
	Type, ID, Name, Arguments, Input string
	CallID                           string `json:"call_id"`
	Content                          []struct{ Type, Text string }
}

// readResponseEvents reads a stream of Responses: events numbered without a gap,
// items announced and ended in their order, pieces of what was announced, and a
// last event that says the same again.
func readResponseEvents(events []sse) (a agentHeard, err error) {
	var items, whole []responseItem
	pieces := map[string]string{} // by item
	ended := map[string]bool{}
	for i, e := range events {
		var m responseEvent
		if err := json.Unmarshal(e.data, &m); err != nil || m.Type != e.name || m.Number == nil || *m.Number != i {
			return a, fmt.Errorf("event %d, %s: %s: %w", i, e.name, e.data, err)
		}
		wrong := fmt.Errorf("event %d, %s, is out of place", i, e.data)
		switch {
		case (m.Type == "response.created") != (i == 0) || m.Type == "error" || m.Type == "response.failed":
			return a, wrong
		case m.Type == "response.output_item.added":
			if m.Index == nil || *m.Index != len(items) || m.Item.ID == "" {
				return a, wrong
			}
			items = append(items, m.Item)
		case m.Type == "response.output_item.done":
			if m.Index == nil || *m.Index >= len(items) || items[*m.Index].ID != m.Item.ID || ended[m.Item.ID] {
				return a, wrong
			}
			ended[m.Item.ID] = true
		case strings.HasSuffix(m.Type, ".delta"):
			if !slices.ContainsFunc(items, func(it responseItem) bool { return it.ID == m.ItemID }) || ended[m.ItemID] {
				return a, wrong
			}
			if !strings.Contains(m.Type, "reasoning") {
				pieces[m.ItemID] += m.Delta
			}
		case m.Type == "response.completed":
			if i != len(events)-1 || len(ended) != len(items) || m.Response.Usage == nil || m.Response.Status != "completed" {
				return a, wrong
			}
			a.output, whole = m.Response.Usage.Output, m.Response.Output
		}
	}
	if len(whole) != len(items) || len(whole) == 0 {
		return a, fmt.Errorf("%d items in the last event, %d before", len(whole), len(items))
	}
	return a, a.addItems(whole, pieces)
}

// addItems adds the items of an answer, which must be what their pieces said.
func (a *agentHeard) addItems(whole []responseItem, pieces map[string]string) error {
	a.ended = StopEnd
	for _, it := range whole {
		all := it.Arguments + it.Input
		for _, p := range it.Content {
			all += p.Text
		}
		switch it.Type {
		case "message":
			a.text += all
		case "function_call":
			a.calls, a.ended = append(a.calls, Call{ID: it.CallID, Name: it.Name, Arguments: it.Arguments}), StopCalls
		case "custom_tool_call":
			a.free, a.ended = append(a.free, Call{ID: it.CallID, Name: it.Name, Arguments: it.Input}), StopCalls
		case "reasoning":
			continue
		default:
			return fmt.Errorf("an item of type %s", it.Type)
		}
		if pieces[it.ID] != all {
			return fmt.Errorf("the pieces of %s are %q, the whole is %q", it.ID, pieces[it.ID], all)
		}
	}
	return nil
}

// geminiEvent is a chunk of generateContent.
type geminiEvent struct {
	Candidates []struct {
		Content struct {
			Role  string
			Parts []struct {
				Text    string
				Thought bool
				Call    *struct {
					ID, Name string
					Args     json.RawMessage
				} `json:"functionCall"`
			}
		}
		FinishReason string
	}
	Usage *struct {
		Candidates int `json:"candidatesTokenCount"`
		Thoughts   int `json:"thoughtsTokenCount"`
	} `json:"usageMetadata"`
	ModelVersion, ResponseID string
}

// readGeminiEvents reads a stream of generateContent: nameless events, the last of
// which says why it ended and what was used.
func readGeminiEvents(events []sse) (a agentHeard, err error) {
	for i, e := range events {
		var m geminiEvent
		if err := json.Unmarshal(e.data, &m); err != nil || e.name != "" || len(m.Candidates) != 1 || m.ResponseID == "" || m.ModelVersion == "" {
			return a, fmt.Errorf("event %d, %s: %s: %w", i, e.name, e.data, err)
		}
		c := m.Candidates[0]
		if (c.FinishReason != "") != (i == len(events)-1) || c.Content.Role != "model" {
			return a, fmt.Errorf("event %d of %d is %s", i, len(events), e.data)
		}
		for _, p := range c.Content.Parts {
			switch {
			case p.Call != nil:
				a.calls = append(a.calls, Call{ID: p.Call.Name + p.Call.ID, Name: p.Call.Name, Arguments: string(p.Call.Args)})
			case p.Thought:
				a.thought += p.Text
			default:
				a.text += p.Text
			}
		}
		if m.Usage != nil {
			a.output = m.Usage.Candidates + m.Usage.Thoughts
		}
		if a.ended = map[string]Stop{"STOP": StopEnd, "MAX_TOKENS": StopLength}[c.FinishReason]; a.ended == StopEnd && len(a.calls) > 0 {
			a.ended = StopCalls
		}
	}
	return a, nil
}
