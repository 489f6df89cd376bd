package converse

import (
	"encoding/base64"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
)

// Decoder implements protocol.Translator.
func (l *Language) Decoder(stream bool) protocol.Decoder { return &decoder{stream: stream} }

// decoder reads one answer. In a stream, text and reasoning have no start
// event: their first delta opens the block (recorded in all streams of 2026).
// Blocks of other kinds give no events.
type decoder struct {
	stream  bool
	started bool
	answer  dialogue.Answer
	usage   interline.Usage
}

// Decode implements protocol.Decoder.
func (d *decoder) Decode(f protocol.Frame) ([]interline.Event, error) {
	d.answer.Reset()
	if f.Exception {
		d.answer.Emit(interline.Event{Kind: interline.FaultEvent, Fault: exception(&f)})
		return d.answer.Events(), nil
	}
	if len(f.Data) == 0 {
		return nil, nil
	}
	if !d.stream {
		return d.whole(f.Data)
	}
	if f.Name == "contentBlockDelta" {
		if i, text, ok := piece(f.Data); ok {
			d.start()
			d.say(i, string(text))
			return d.answer.Events(), nil
		}
	}
	var e event
	if err := json.Unmarshal(f.Data, &e, lenient); err != nil {
		return nil, fmt.Errorf("read converse event %s: %w", f.Name, err)
	}
	d.read(f.Name, &e)
	return d.answer.Events(), nil
}

// whole reads an answer that came as one body.
func (d *decoder) whole(body []byte) ([]interline.Event, error) {
	var a answer
	if err := json.Unmarshal(body, &a, lenient); err != nil {
		return nil, fmt.Errorf("read converse answer: %w", err)
	}
	d.start()
	if a.Output.Message != nil {
		for i := range a.Output.Message.Content {
			d.block(i, &a.Output.Message.Content[i])
			d.answer.Stop(i)
		}
	}
	d.finish(a.StopReason)
	d.count(a.Usage)
	d.answer.Emit(interline.Event{Kind: interline.End})
	return d.answer.Events(), nil
}

// start tells the beginning once. The language names neither answer nor model.
func (d *decoder) start() {
	if !d.started {
		d.started = true
		d.answer.Emit(interline.Event{Kind: interline.Start})
	}
}

func (d *decoder) read(name string, e *event) {
	switch name {
	case "messageStart":
		d.start()
	case "contentBlockStart":
		d.start()
		if e.Start != nil && e.Start.ToolUse != nil {
			d.answer.Open(e.Index, interline.ToolCallBlock, e.Start.ToolUse.ToolUseID, e.Start.ToolUse.Name)
		}
	case "contentBlockDelta":
		d.start()
		if e.Delta != nil {
			d.delta(e.Index, e.Delta)
		}
	case "contentBlockStop":
		d.answer.Stop(e.Index)
	case "messageStop":
		d.finish(e.StopReason)
	case "metadata": // always last
		d.count(e.Usage)
		d.answer.Emit(interline.Event{Kind: interline.End})
	}
}

func (d *decoder) delta(i int, w *delta) {
	switch {
	case w.Reasoning != nil:
		r := w.Reasoning
		d.open(i, interline.ReasoningBlock, r.Text != "" || r.Signature != "" || r.RedactedContent != "")
		d.answer.Say(i, r.Text)
		d.seal(i, r.Signature, r.RedactedContent)
	case w.ToolUse != nil:
		d.answer.Say(i, w.ToolUse.Input)
	case w.Citation.Kind() == '{':
		d.open(i, interline.Text, true)
		d.answer.Cite(i, citation(w.Citation))
	case w.Text != nil:
		d.say(i, *w.Text)
	}
}

func (d *decoder) say(i int, text string) {
	if text != "" {
		d.open(i, interline.Text, true)
		d.answer.Say(i, text)
	}
}

// open opens a block of that kind unless it is open, when there is something to
// say in it.
func (d *decoder) open(i int, kind interline.BlockKind, something bool) {
	if k, open := d.answer.Has(i); something && (!open || k != kind && k != interline.ToolCallBlock) {
		d.answer.Open(i, kind, "", "")
	}
}

func (d *decoder) seal(i int, signature, redacted string) {
	if signature != "" {
		d.answer.Seal(i, *dialogue.Seal(signature))
	}
	if redacted != "" {
		d.answer.Seal(i, interline.Seal{Issuer: dialogue.Issuer, Redacted: unwrap(redacted)})
	}
}

// unwrap takes the vendor's own text out of a blob: Converse carries Claude's
// redacted thinking, itself base64, as bytes (recorded 2025 and 2026).
func unwrap(blob string) string {
	out, err := base64.StdEncoding.DecodeString(blob)
	if err != nil {
		return blob
	}
	return string(out)
}

// block reads a whole block of a unary answer.
func (d *decoder) block(i int, b *block) {
	switch {
	case b.Text != nil:
		d.answer.Open(i, interline.Text, "", "")
		d.answer.Say(i, *b.Text)
	case b.Cited != nil:
		d.answer.Open(i, interline.Text, "", "")
		d.answer.Say(i, b.Cited.text())
		d.cites(i, b.Cited.citations())
	case b.ToolUse != nil:
		d.answer.Open(i, interline.ToolCallBlock, b.ToolUse.ToolUseID, b.ToolUse.Name)
		d.answer.Say(i, string(b.ToolUse.Input))
	case b.Reasoning != nil:
		d.answer.Open(i, interline.ReasoningBlock, "", "")
		signature := ""
		if t := b.Reasoning.ReasoningText; t != nil {
			d.answer.Say(i, t.Text)
			signature = t.Signature
		}
		d.seal(i, signature, b.Reasoning.RedactedContent)
	}
}

func (d *decoder) finish(reason string) {
	if reason != "" {
		d.answer.Finish(stopReason(reason), reason, "")
	}
}

func (d *decoder) count(u *usage) {
	if u != nil {
		d.usage = u.canonical()
		d.answer.Emit(interline.Event{Kind: interline.UsageEvent, Usage: &d.usage})
	}
}

// canonical is the canonical vector: inputTokens is only what no cache was read
// or written for (recorded 2026). Writes whose lifetime is not told live five
// minutes. Reasoning is not told apart.
func (u *usage) canonical() interline.Usage {
	long := int64(0)
	for _, c := range u.CacheDetails {
		if c.TTL == "1h" {
			long += c.Tokens
		}
	}
	long = min(long, u.CacheWrite)
	return interline.Usage{
		Input:        u.Input + u.CacheRead + u.CacheWrite,
		CacheRead:    u.CacheRead,
		CacheWrite5m: u.CacheWrite - long,
		CacheWrite1h: long,
		Output:       u.Output,
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
	case "content_filtered":
		return interline.StopFiltered
	case "guardrail_intervened":
		return interline.StopGuardrail
	case "malformed_tool_use", "malformed_model_output":
		return interline.StopMalformed
	}
	return interline.StopOther
}
