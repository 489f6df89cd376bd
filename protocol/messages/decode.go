package messages

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
)

// Decoder implements protocol.Translator.
func (l *Language) Decoder(stream bool) protocol.Decoder {
	return &decoder{l: l, stream: stream}
}

// decoder reads one answer. Blocks come one after the other; those of unknown
// kinds (server tools and their results) give no events.
type decoder struct {
	l      *Language
	stream bool
	answer dialogue.Answer
	tally  tally
	usage  interline.Usage
}

// lenient lets pass what models are known to get wrong.
var lenient = json.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))

// Decode implements protocol.Decoder.
func (d *decoder) Decode(f protocol.Frame) ([]interline.Event, error) {
	d.answer.Reset()
	if len(f.Data) == 0 {
		return nil, nil
	}
	if !d.stream {
		return d.whole(f.Data)
	}
	var e event
	if err := json.Unmarshal(f.Data, &e, lenient); err != nil {
		return nil, fmt.Errorf("read messages event: %w", err)
	}
	d.read(&e, f.Data)
	return d.answer.Events(), nil
}

// whole reads an answer that came as one body.
func (d *decoder) whole(body []byte) ([]interline.Event, error) {
	var a answer
	if err := json.Unmarshal(body, &a, lenient); err != nil {
		return nil, fmt.Errorf("read messages answer: %w", err)
	}
	if a.Error.Kind() == '{' {
		d.answer.Emit(interline.Event{Kind: interline.FaultEvent, Fault: d.l.ReadFault(0, nil, body)})
		return d.answer.Events(), nil
	}
	d.answer.Emit(interline.Event{Kind: interline.Start, ID: a.ID, Model: a.Model})
	for i := range a.Content {
		d.start(i, &a.Content[i])
		d.answer.Stop(i)
	}
	d.finish(a.StopReason, a.StopSequence)
	d.count(a.Usage)
	d.answer.Emit(interline.Event{Kind: interline.End})
	return d.answer.Events(), nil
}

func (d *decoder) read(e *event, body []byte) {
	switch e.Type {
	case "message_start":
		if e.Message != nil {
			d.answer.Emit(interline.Event{Kind: interline.Start, ID: e.Message.ID, Model: e.Message.Model})
			d.count(e.Message.Usage)
		}
	case "content_block_start":
		if e.ContentBlock != nil {
			d.start(e.Index, e.ContentBlock)
		}
	case "content_block_delta":
		if e.Delta != nil {
			d.delta(e.Index, e.Delta)
		}
	case "content_block_stop":
		d.answer.Stop(e.Index)
	case "message_delta":
		if e.Delta != nil {
			d.finish(e.Delta.StopReason, e.Delta.StopSequence)
		}
		d.count(e.Usage)
	case "message_stop":
		d.answer.Emit(interline.Event{Kind: interline.End})
	case "ping":
		d.answer.Emit(interline.Event{Kind: interline.Ping})
	case "error":
		d.answer.Emit(interline.Event{Kind: interline.FaultEvent, Fault: d.l.ReadFault(0, nil, body)})
	}
}

// start opens a block. In a whole answer, and for blocks that are not streamed,
// everything stands in it.
func (d *decoder) start(i int, b *block) {
	switch b.Type {
	case "text":
		d.answer.Open(i, interline.Text, "", "")
		d.answer.Say(i, b.Text)
		for _, c := range citations(b.Citations) {
			d.answer.Cite(i, c)
		}
	case "thinking":
		d.answer.Open(i, interline.ReasoningBlock, "", "")
		d.answer.Say(i, b.Thinking)
		if b.Signature != "" {
			d.answer.Seal(i, *dialogue.Seal(b.Signature))
		}
	case "redacted_thinking":
		d.answer.Open(i, interline.ReasoningBlock, "", "")
		d.answer.Seal(i, interline.Seal{Issuer: dialogue.Issuer, Redacted: b.Data})
	case "tool_use":
		d.answer.Open(i, interline.ToolCallBlock, b.ID, b.Name)
		if b.Input.Kind() == '{' && (!d.stream || string(b.Input) != "{}") {
			d.answer.Say(i, string(b.Input))
		}
	}
}

func (d *decoder) delta(i int, w *delta) {
	switch w.Type {
	case "text_delta":
		d.answer.Say(i, w.Text)
	case "thinking_delta":
		d.answer.Say(i, w.Thinking)
	case "input_json_delta":
		d.answer.Say(i, w.PartialJSON)
	case "citations_delta":
		d.answer.Cite(i, citation(w.Citation))
	case "signature_delta":
		if s := dialogue.Seal(w.Signature); s != nil {
			d.answer.Seal(i, *s)
		}
	}
}

func (d *decoder) finish(reason, sequence string) {
	if reason != "" {
		d.answer.Finish(stopReason(reason), reason, sequence)
	}
}

func (d *decoder) count(u *usage) {
	if u != nil {
		d.usage = d.tally.add(u)
		d.answer.Emit(interline.Event{Kind: interline.UsageEvent, Usage: &d.usage})
	}
}

func stopReason(s string) interline.StopReason {
	switch s {
	case "end_turn":
		return interline.StopEnd
	case "stop_sequence":
		return interline.StopSequence
	case "max_tokens":
		return interline.StopLength
	case "model_context_window_exceeded":
		return interline.StopContext
	case "tool_use":
		return interline.StopTools
	case "refusal":
		return interline.StopFiltered
	case "pause_turn":
		return interline.StopPause
	}
	return interline.StopOther
}
