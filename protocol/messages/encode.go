package messages

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// Encoder implements protocol.Translator.
func (l *Language) Encoder(a protocol.Answer) protocol.Encoder {
	e := encoder{id: "msg_" + a.ID, model: a.Model, order: dialogue.Sequence{Skip: interline.Image}}
	if a.Stream {
		return &streamEncoder{encoder: e}
	}
	return &bodyEncoder{encoder: e}
}

// encoder is what the two encoders share. Only the first candidate is told:
// the language has no others.
type encoder struct {
	id, model string
	order     dialogue.Sequence
	usage     interline.Usage
	stop      interline.StopReason
	sequence  string
}

// note keeps what both encoders need to know of an event.
func (e *encoder) note(ev *interline.Event) {
	switch ev.Kind {
	case interline.Start:
		if ev.Model != "" {
			e.model = ev.Model
		}
	case interline.UsageEvent:
		e.usage = *ev.Usage
	case interline.Finish:
		e.stop, e.sequence = ev.Stop, ev.StopSequence
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
	case interline.StopFiltered, interline.StopGuardrail:
		return "refusal"
	case interline.StopPause:
		return "pause_turn"
	}
	return "end_turn"
}

// stopped adds the members that say why the answer ended.
func (e *encoder) stopped(out *jsonout.Text) {
	out.String("stop_reason", reason(e.stop))
	if e.sequence != "" {
		out.String("stop_sequence", e.sequence)
	} else {
		out.Null("stop_sequence")
	}
}

// head adds the members every message begins with, up to its content.
func (e *encoder) head(out *jsonout.Text) {
	out.String("id", e.id)
	out.String("type", "message")
	out.String("role", "assistant")
	out.String("model", e.model)
}

func addUsage(out *jsonout.Text, u interline.Usage) {
	out.Object("usage")
	out.Int("input_tokens", u.Fresh())
	out.Int("cache_creation_input_tokens", u.CacheWrite())
	out.Int("cache_read_input_tokens", u.CacheRead)
	out.Object("cache_creation")
	out.Int("ephemeral_5m_input_tokens", u.CacheWrite5m)
	out.Int("ephemeral_1h_input_tokens", u.CacheWrite1h)
	out.Close('}')
	out.Int("output_tokens", u.Output)
	if u.Reasoning > 0 {
		out.Object("output_tokens_details")
		out.Int("thinking_tokens", u.Reasoning)
		out.Close('}')
	}
	out.Close('}')
}

// streamEncoder writes events. message_delta is held back to the end, since
// other languages tell the usage after the reason why the answer ended.
type streamEncoder struct {
	encoder
	begun bool
}

// Append implements protocol.Encoder.
func (e *streamEncoder) Append(dst []byte, events []interline.Event) []byte {
	out := jsonout.Text(dst)
	ordered := e.order.Order(events)
	for i := range ordered {
		ev := &ordered[i]
		e.note(ev)
		switch ev.Kind {
		case interline.Start:
			e.begin(&out)
		case interline.BlockStart:
			e.begin(&out)
			e.open(&out, ev)
		case interline.Delta, interline.SealDelta:
			e.delta(&out, ev)
		case interline.CitationDelta:
			e.cite(&out, ev)
		case interline.BlockStop:
			begin(&out, "content_block_stop")
			out.Int("index", int64(ev.Index))
			end(&out)
		case interline.Ping:
			begin(&out, "ping")
			end(&out)
		}
	}
	return out
}

// begin and end frame one event.
func begin(out *jsonout.Text, name string) {
	*out = append(*out, "event: "...)
	*out = append(*out, name...)
	*out = append(*out, "\ndata: "...)
	out.Open('{')
	out.String("type", name)
}

func end(out *jsonout.Text) {
	out.Close('}')
	*out = append(*out, "\n\n"...)
}

// begin writes message_start once: the official SDK throws on a second. The
// usage in it is what is known by then, mostly nothing; clients read the final
// counts from message_delta.
func (e *streamEncoder) begin(out *jsonout.Text) {
	if e.begun {
		return
	}
	e.begun = true
	begin(out, "message_start")
	out.Object("message")
	e.head(out)
	out.Array("content")
	out.Close(']')
	out.Null("stop_reason")
	out.Null("stop_sequence")
	addUsage(out, e.usage)
	out.Close('}')
	end(out)
}

func (e *streamEncoder) open(out *jsonout.Text, ev *interline.Event) {
	begin(out, "content_block_start")
	out.Int("index", int64(ev.Index))
	out.Object("content_block")
	switch {
	case ev.Block == interline.ToolCallBlock:
		out.String("type", "tool_use")
		out.String("id", ev.ID)
		out.String("name", ev.Name)
		out.Object("input")
		out.Close('}')
	case ev.Block == interline.ReasoningBlock && ev.Seal != nil:
		out.String("type", "redacted_thinking")
		out.String("data", ev.Seal.Redacted)
	case ev.Block == interline.ReasoningBlock:
		out.String("type", "thinking")
		out.String("thinking", "")
		out.String("signature", "")
	default: // text; a refusal is text, and the stop reason says that it is one
		out.String("type", "text")
		out.String("text", "")
	}
	out.Close('}')
	end(out)
}

func (e *streamEncoder) delta(out *jsonout.Text, ev *interline.Event) {
	kind, name, value := "text_delta", "text", ev.Text
	switch {
	case ev.Seal != nil:
		kind, name, value = "signature_delta", "signature", ev.Seal.Signature
	case ev.Block == interline.ReasoningBlock:
		kind, name = "thinking_delta", "thinking"
	case ev.Block == interline.ToolCallBlock:
		kind, name = "input_json_delta", "partial_json"
	}
	begin(out, "content_block_delta")
	out.Int("index", int64(ev.Index))
	out.Object("delta")
	out.String("type", kind)
	out.String(name, value)
	out.Close('}')
	end(out)
}

// Finish implements protocol.Encoder.
func (e *streamEncoder) Finish(dst []byte) []byte {
	out := jsonout.Text(dst)
	e.begin(&out)
	begin(&out, "message_delta")
	out.Object("delta")
	e.stopped(&out)
	out.Close('}')
	addUsage(&out, e.usage)
	end(&out)
	begin(&out, "message_stop")
	end(&out)
	return out
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
	e.head(&out)
	out.Array("content")
	for i := range e.said {
		addAnswer(&out, &e.said[i])
	}
	out.Close(']')
	e.stopped(&out)
	addUsage(&out, e.usage)
	out.Close('}')
	return out
}

// addAnswer adds a block of an answer.
func addAnswer(out *jsonout.Text, b *dialogue.Piece) {
	out.Open('{')
	switch {
	case b.Kind == interline.ToolCallBlock:
		out.String("type", "tool_use")
		out.String("id", b.ID)
		out.String("name", b.Name)
		out.Raw("input", dialogue.Object(b.Text))
	case b.Kind == interline.ReasoningBlock && b.Seal.Redacted != "":
		out.String("type", "redacted_thinking")
		out.String("data", b.Seal.Redacted)
	case b.Kind == interline.ReasoningBlock:
		out.String("type", "thinking")
		out.String("thinking", string(b.Text))
		out.String("signature", b.Seal.Signature)
	default:
		out.String("type", "text")
		out.String("text", string(b.Text))
		addCitations(out, b.Cites)
	}
	out.Close('}')
}
