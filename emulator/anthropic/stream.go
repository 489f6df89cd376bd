package anthropic

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/core"
)

// event is any event of the stream; its name on the wire is its type.
type event struct {
	Type    string   `json:"type"`
	Message *message `json:"message,omitempty"`
	Index   *int     `json:"index,omitempty"`
	Block   any      `json:"content_block,omitempty"`
	Delta   any      `json:"delta,omitempty"`
	Usage   *usage   `json:"usage,omitempty"`
}

// delta of a content block; exactly one of the texts is set.
type delta struct {
	Type        string  `json:"type"`
	Text        *string `json:"text,omitempty"`
	Thinking    *string `json:"thinking,omitempty"`
	Signature   *string `json:"signature,omitempty"`
	PartialJSON *string `json:"partial_json,omitempty"`
}

type messageDelta struct {
	StopReason   string       `json:"stop_reason"`
	StopSequence *string      `json:"stop_sequence"`
	StopDetails  *stopDetails `json:"stop_details"`
}

// teller streams one answer.
type teller struct {
	*core.Stream
	j     *job
	index int  // of the content block being told
	begun bool // a block was begun, so a ping was sent
}

// stream sends the answer event by event and bills what was said of it.
func (k *call) stream(j *job) core.Usage {
	s, err := k.Stream("text/event-stream; charset=utf-8")
	if err != nil {
		k.bill(j, j.reply.Partial(0, 0), true)
		return j.reply.Partial(0, 0)
	}
	t := &teller{Stream: s, j: j, index: -1}
	err = t.tell(k.message(j))
	if errors.Is(err, core.ErrInStream) {
		busy := failed(overloaded, "Overloaded")
		_ = s.Last(core.SSE("error", k.errorBody(busy))) // the caller may be gone; it is billed either way
	}
	usage := j.reply.Usage
	if err != nil {
		usage = j.reply.Partial(s.Said())
	}
	k.bill(j, usage, err != nil)
	return usage
}

func (t *teller) tell(start message) error {
	u := usageOf(t.j, t.j.reply.Usage)
	u.OutputTokens, u.OutputDetails = min(1, u.OutputTokens), outputDetails{}
	start.Usage = u
	if err := t.send(event{Type: "message_start", Message: &start}); err != nil {
		return err
	}
	a := t.j.reply.Answers[0]
	for step := range a.Steps() {
		if err := t.step(a.Parts[step.Part], step); err != nil {
			return err
		}
	}
	end := usageOf(t.j, t.j.reply.Usage)
	end.CacheCreation, end.ServiceTier, end.InferenceGeo, end.Speed = nil, "", "", ""
	err := t.send(event{Type: "message_delta", Usage: &end, Delta: messageDelta{t.j.stop, t.j.matched(), t.j.details()}})
	if err != nil {
		return err
	}
	return t.send(event{Type: "message_stop"})
}

// step tells one piece: the block's beginning before the first, its end after
// the last. A part cut to nothing is not told.
func (t *teller) step(p core.Part, s core.Step) error {
	if err := t.Pace(s, p.Kind); err != nil {
		return err
	}
	if s.First && s.Last && s.Piece == "" && p.Kind == core.PartText {
		return nil
	}
	if s.First {
		if err := t.begin(p); err != nil {
			return err
		}
	}
	if d := t.piece(p.Kind, s.Piece); d != nil {
		if err := t.sendDelta(*d); err != nil {
			return err
		}
	}
	if !s.Last {
		return nil
	}
	return t.end(p)
}

// begin opens a block. The API was recorded to send a ping after the first
// opening and an empty fragment at the beginning of a tool's input.
func (t *teller) begin(p core.Part) error {
	t.index++
	if err := t.send(event{Type: "content_block_start", Index: &t.index, Block: t.opening(p)}); err != nil {
		return err
	}
	if !t.begun {
		t.begun = true
		if err := t.send(event{Type: "ping"}); err != nil {
			return err
		}
	}
	if p.Kind == core.PartCall {
		empty := ""
		return t.sendDelta(delta{Type: "input_json_delta", PartialJSON: &empty})
	}
	return nil
}

func (t *teller) opening(p core.Part) any {
	switch {
	case p.Kind == core.PartCall:
		return useBlock{"tool_use", "toolu_" + p.CallID, p.Name, json.RawMessage("{}")}
	case p.Kind == core.PartReasoning && t.j.redacts():
		return t.j.blockOf(p)
	case p.Kind == core.PartReasoning:
		return thinkingBlock{Type: "thinking"}
	}
	return textBlock{Type: "text"}
}

// piece is the delta that carries a piece, or nil where it is not shown.
func (t *teller) piece(kind core.PartKind, piece string) *delta {
	switch {
	case piece == "":
		return nil
	case kind == core.PartCall:
		return &delta{Type: "input_json_delta", PartialJSON: &piece}
	case kind == core.PartText:
		return &delta{Type: "text_delta", Text: &piece}
	case t.j.mode.Hidden || t.j.redacts():
		return nil
	}
	return &delta{Type: "thinking_delta", Thinking: &piece}
}

func (t *teller) end(p core.Part) error {
	if p.Kind == core.PartReasoning && !t.j.redacts() {
		shown := p.Text()
		if t.j.mode.Hidden {
			shown = ""
		}
		signature := claude.Sign(shown, p.Text())
		if err := t.sendDelta(delta{Type: "signature_delta", Signature: &signature}); err != nil {
			return err
		}
	}
	return t.send(event{Type: "content_block_stop", Index: &t.index})
}

func (t *teller) sendDelta(d delta) error {
	return t.send(event{Type: "content_block_delta", Index: &t.index, Delta: d})
}

// send writes one event. Spaces before the closing brace hide its length, as
// the API's do; how many depends on nothing secret here.
func (t *teller) send(e event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode event %s: %w", e.Type, err)
	}
	if t.Corrupting() {
		return t.Send(core.SSE(e.Type, data[:len(data)-1]))
	}
	if e.Type != "ping" {
		last := len(data) - 1
		data = append(append(data[:last:last], bytes.Repeat([]byte(" "), len(data)*7%16)...), '}')
	}
	return t.Send(core.SSE(e.Type, data))
}
