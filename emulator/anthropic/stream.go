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
	Type        string    `json:"type"`
	Text        *string   `json:"text,omitempty"`
	Thinking    *string   `json:"thinking,omitempty"`
	Signature   *string   `json:"signature,omitempty"`
	PartialJSON *string   `json:"partial_json,omitempty"`
	Citation    *citation `json:"citation,omitempty"`
}

type messageDelta struct {
	StopReason   string       `json:"stop_reason"`
	StopSequence *string      `json:"stop_sequence"`
	StopDetails  *stopDetails `json:"stop_details"`
}

// teller streams one answer.
type teller struct {
	*core.Stream
	j     *Job
	send  Sender
	index int  // of the content block being told
	begun bool // a block was begun, so a ping was sent
}

// A Sender puts one event of the stream, JSON whose type is name, into an
// envelope and sends it.
type Sender func(name string, data []byte) error

// stream sends the answer event by event and bills what was said of it.
func (k *call) stream(j *Job) core.Usage {
	tab := k.core.Open(k.row(j))
	s, err := k.Stream("text/event-stream; charset=utf-8")
	if err != nil {
		tab.Break(j.reply.Partial(0, 0))
		return j.reply.Partial(0, 0)
	}
	s.OnBreak = func() { tab.Break(j.reply.Partial(s.Said())) }
	err = core.ErrBroken // what stands if a drill leaves by a panic
	defer func() {
		if err != nil {
			s.OnBreak()
		}
	}()
	err = j.Tell(s, k.messageID(), tab.Book, sse(s))
	if errors.Is(err, core.ErrInStream) {
		busy := failed(overloaded, "Overloaded")
		_ = s.Last(core.SSE("error", k.errorBody(busy))) // the caller may be gone; it is billed either way
	}
	if err != nil {
		return j.reply.Partial(s.Said())
	}
	return j.reply.Usage
}

// sse sends events as server-sent events. Spaces before the closing brace hide
// their length, as the API's do; how many depends on nothing secret here.
func sse(s *core.Stream) Sender {
	return func(name string, data []byte) error {
		last := len(data) - 1
		switch {
		case s.Corrupting():
			data = data[:last]
		case name != "ping":
			data = append(append(data[:last:last], bytes.Repeat([]byte(" "), len(data)*7%16)...), '}')
		}
		return s.Send(core.SSE(name, data))
	}
}

// Tell sends the answer event by event, paced by the stream, under an id. book
// is called before the last event is sent. Errors are those of the stream.
func (j *Job) Tell(s *core.Stream, id string, book func(), send Sender) error {
	t := &teller{Stream: s, j: j, send: send, index: -1}
	u := usageOf(j, j.reply.Usage)
	u.OutputTokens, u.OutputDetails = min(1, u.OutputTokens), outputDetails{}
	start := j.message(id)
	start.Usage = u
	if err := t.event(event{Type: "message_start", Message: &start}); err != nil {
		return err
	}
	a := j.reply.Answers[0]
	for step := range a.Steps() {
		if err := t.step(a.Parts[step.Part], step); err != nil {
			return err
		}
	}
	end := usageOf(j, j.reply.Usage)
	end.CacheCreation, end.ServiceTier, end.InferenceGeo, end.Speed = nil, "", "", ""
	err := t.event(event{Type: "message_delta", Usage: &end, Delta: messageDelta{j.stop, j.matched(), j.details()}})
	if err != nil {
		return err
	}
	book()
	return t.event(event{Type: "message_stop"})
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
	if err := t.event(event{Type: "content_block_start", Index: &t.index, Block: t.opening(p)}); err != nil {
		return err
	}
	if !t.begun {
		t.begun = true
		if err := t.event(event{Type: "ping"}); err != nil {
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
	for _, c := range t.j.citations(p) {
		if err := t.sendDelta(delta{Type: "citations_delta", Citation: &c}); err != nil {
			return err
		}
	}
	return t.event(event{Type: "content_block_stop", Index: &t.index})
}

func (t *teller) sendDelta(d delta) error {
	return t.event(event{Type: "content_block_delta", Index: &t.index, Delta: d})
}

func (t *teller) event(e event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode event %s: %w", e.Type, err)
	}
	return t.send(e.Type, data)
}
