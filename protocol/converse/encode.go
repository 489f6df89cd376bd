package converse

import (
	"encoding/base64"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/envelope"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// Encoder implements protocol.Translator.
func (l *Language) Encoder(a protocol.Answer) protocol.Encoder {
	e := encoder{order: dialogue.Sequence{Skip: interline.Image}}
	if a.Stream {
		return &streamEncoder{encoder: e}
	}
	return &bodyEncoder{encoder: e}
}

// encoder is what the two encoders share. Only the first candidate is told:
// the language has no others.
type encoder struct {
	order dialogue.Sequence
	usage interline.Usage
	stop  interline.StopReason
}

// note keeps what both encoders need to know of an event.
func (e *encoder) note(ev *interline.Event) {
	switch ev.Kind {
	case interline.UsageEvent:
		e.usage = *ev.Usage
	case interline.Finish:
		e.stop = ev.Stop
	}
}

// reason says a stop reason in this language. A blocked answer must never look
// complete.
func reason(s interline.StopReason) string {
	switch s {
	case interline.StopSequence:
		return "stop_sequence"
	case interline.StopLength:
		return "max_tokens"
	case interline.StopContext:
		return "model_context_window_exceeded"
	case interline.StopTools:
		return "tool_use"
	case interline.StopFiltered:
		return "content_filtered"
	case interline.StopGuardrail:
		return "guardrail_intervened"
	case interline.StopMalformed:
		return "malformed_tool_use"
	}
	return "end_turn"
}

// addUsage adds the usage and the metrics that AWS's clients expect. How long
// the model took is not known here, so the latency is 0.
func addUsage(out *jsonout.Text, u interline.Usage) {
	out.Object("usage")
	out.Int("inputTokens", u.Fresh())
	out.Int("outputTokens", u.Output)
	out.Int("totalTokens", u.Total())
	out.Int("cacheReadInputTokens", u.CacheRead)
	out.Int("cacheWriteInputTokens", u.CacheWrite())
	if u.CacheWrite() > 0 {
		out.Array("cacheDetails")
		addDetail(out, "5m", u.CacheWrite5m)
		addDetail(out, "1h", u.CacheWrite1h)
		out.Close(']')
	}
	out.Close('}')
	out.Object("metrics")
	out.Int("latencyMs", 0)
	out.Close('}')
}

func addDetail(out *jsonout.Text, ttl string, tokens int64) {
	if tokens == 0 {
		return
	}
	out.Open('{')
	out.String("ttl", ttl)
	out.Int("inputTokens", tokens)
	out.Close('}')
}

// streamEncoder writes frames.
type streamEncoder struct {
	encoder
	begun bool
	out   jsonout.Text // the payload under construction
}

// Append implements protocol.Encoder.
func (e *streamEncoder) Append(dst []byte, events []interline.Event) []byte {
	ordered := e.order.Order(events)
	for i := range ordered {
		ev := &ordered[i]
		e.note(ev)
		switch ev.Kind {
		case interline.Start:
			dst = e.begin(dst)
		case interline.BlockStart:
			dst = e.open(e.begin(dst), ev)
		case interline.Delta, interline.SealDelta:
			dst = e.delta(dst, ev)
		case interline.CitationDelta:
			dst = e.cite(dst, ev)
		case interline.BlockStop:
			e.block(ev)
			dst = e.frame(dst, "contentBlockStop")
		case interline.Finish:
			dst = e.begin(dst)
			e.out.Open('{')
			e.out.String("stopReason", reason(ev.Stop))
			dst = e.frame(dst, "messageStop")
		}
	}
	return dst
}

// frame closes the payload and appends it as an event of that name.
func (e *streamEncoder) frame(dst []byte, name string) []byte {
	e.out.Close('}')
	dst = envelope.AppendMessage(dst, []envelope.Header{
		{Name: ":event-type", Value: name},
		{Name: ":content-type", Value: "application/json"},
		{Name: ":message-type", Value: "event"},
	}, e.out)
	e.out = e.out[:0]
	return dst
}

// block begins a payload that is about a block.
func (e *streamEncoder) block(ev *interline.Event) {
	e.out.Open('{')
	e.out.Int("contentBlockIndex", int64(ev.Index))
}

func (e *streamEncoder) begin(dst []byte) []byte {
	if e.begun {
		return dst
	}
	e.begun = true
	e.out.Open('{')
	e.out.String("role", "assistant")
	return e.frame(dst, "messageStart")
}

// open tells the start of a tool call. Text and reasoning have no start event;
// encrypted reasoning comes as a delta.
func (e *streamEncoder) open(dst []byte, ev *interline.Event) []byte {
	switch {
	case ev.Block == interline.ToolCallBlock:
		e.block(ev)
		e.out.Object("start")
		e.out.Object("toolUse")
		e.out.String("toolUseId", ev.ID)
		e.out.String("name", ev.Name)
		e.out.Close('}')
		e.out.Close('}')
		return e.frame(dst, "contentBlockStart")
	case ev.Seal != nil:
		e.block(ev)
		e.out.Object("delta")
		e.out.Object("reasoningContent")
		e.out.String("redactedContent", blob(ev.Seal.Redacted))
		e.out.Close('}')
		e.out.Close('}')
		return e.frame(dst, "contentBlockDelta")
	}
	return dst
}

// blob is the reverse of unwrap.
func blob(redacted string) string { return base64.StdEncoding.EncodeToString([]byte(redacted)) }

func (e *streamEncoder) delta(dst []byte, ev *interline.Event) []byte {
	e.block(ev)
	e.out.Object("delta")
	switch {
	case ev.Seal != nil:
		e.out.Object("reasoningContent")
		e.out.String("signature", ev.Seal.Signature)
		e.out.Close('}')
	case ev.Block == interline.ReasoningBlock:
		e.out.Object("reasoningContent")
		e.out.String("text", ev.Text)
		e.out.Close('}')
	case ev.Block == interline.ToolCallBlock:
		e.out.Object("toolUse")
		e.out.String("input", ev.Text)
		e.out.Close('}')
	default: // text; a refusal is text, and the stop reason says that it is one
		e.out.String("text", ev.Text)
	}
	e.out.Close('}')
	return e.frame(dst, "contentBlockDelta")
}

// Finish implements protocol.Encoder: the metadata is always last.
func (e *streamEncoder) Finish(dst []byte) []byte {
	dst = e.begin(dst)
	e.out.Open('{')
	addUsage(&e.out, e.usage)
	return e.frame(dst, "metadata")
}

// bodyEncoder writes one body at the end.
type bodyEncoder struct {
	encoder
	said dialogue.Gathered
}

// Append implements protocol.Encoder.
func (e *bodyEncoder) Append(dst []byte, events []interline.Event) []byte {
	ordered := e.order.Order(events)
	for i := range ordered {
		e.note(&ordered[i])
		e.said.Take(&ordered[i])
	}
	return dst
}

// Finish implements protocol.Encoder.
func (e *bodyEncoder) Finish(dst []byte) []byte {
	out := jsonout.Text(dst)
	out.Open('{')
	out.Object("output")
	out.Object("message")
	out.String("role", "assistant")
	out.Array("content")
	for i := range e.said {
		addAnswer(&out, &e.said[i])
	}
	out.Close(']')
	out.Close('}')
	out.Close('}')
	out.String("stopReason", reason(e.stop))
	addUsage(&out, e.usage)
	out.Close('}')
	return out
}

// addAnswer adds a block of an answer.
func addAnswer(out *jsonout.Text, b *dialogue.Piece) {
	out.Open('{')
	switch b.Kind {
	case interline.ToolCallBlock:
		out.Object("toolUse")
		out.String("toolUseId", b.ID)
		out.String("name", b.Name)
		out.Raw("input", dialogue.Object(b.Text))
		out.Close('}')
	case interline.ReasoningBlock:
		addReasoning(out, string(b.Text), &b.Seal)
	default:
		addCited(out, string(b.Text), b.Cites)
	}
	out.Close('}')
}

// addReasoning adds a reasoning block's member, shown or encrypted.
func addReasoning(out *jsonout.Text, text string, seal *interline.Seal) {
	out.Object("reasoningContent")
	if seal != nil && seal.Redacted != "" {
		out.String("redactedContent", blob(seal.Redacted))
		out.Close('}')
		return
	}
	out.Object("reasoningText")
	out.String("text", text)
	if seal != nil {
		out.Said("signature", seal.Signature)
	}
	out.Close('}')
	out.Close('}')
}
