package chatcompletions

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/envelope"
)

// Encoder implements protocol.Translator.
func (l *Language) Encoder(a protocol.Answer) protocol.Encoder {
	e := encoder{answer: a, id: "chatcmpl-" + a.ID, model: a.Model, said: map[int]*said{}}
	if a.Stream {
		return &streamEncoder{encoder: e}
	}
	return &bodyEncoder{encoder: e}
}

// encoder is what the two encoders share.
type encoder struct {
	answer protocol.Answer
	id     string
	model  string
	said   map[int]*said // by choice
	usage  interline.Usage
	used   bool
}

// said is what one choice has said so far.
type said struct {
	text, refusal, reasoning strings.Builder
	blocks                   []thinkingBlock
	calls                    []toolCall
	call                     map[int]int // block number to number of the call
	probs                    spokenProbs
	speech                   speech
	reason                   string
	role                     bool
	texts                    texts
	cites                    []annotation
}

func (e *encoder) choice(i int) *said {
	if e.said[i] == nil {
		e.said[i] = &said{call: map[int]int{}}
	}
	return e.said[i]
}

// note keeps what both encoders need to know of an event.
func (e *encoder) note(ev *interline.Event) {
	switch ev.Kind {
	case interline.Start:
		if ev.Model != "" {
			e.model = ev.Model
		}
	case interline.UsageEvent:
		e.usage, e.used = *ev.Usage, true
	}
}

// finishReason says a stop reason in this language. A blocked answer must never
// look complete.
func finishReason(s interline.StopReason) string {
	switch s {
	case interline.StopLength, interline.StopContext:
		return "length"
	case interline.StopTools:
		return "tool_calls"
	case interline.StopFiltered, interline.StopGuardrail:
		return "content_filter"
	}
	return "stop"
}

// head appends what every chunk and body begins with, up to choices.
func (e *encoder) head(dst []byte, object string) []byte {
	dst = append(dst, `{"id":`...)
	dst = appendQuote(dst, e.id)
	dst = append(dst, `,"object":"`...)
	dst = append(dst, object...)
	dst = append(dst, `","created":`...)
	dst = strconv.AppendInt(dst, e.answer.Created, 10)
	dst = append(dst, `,"model":`...)
	dst = appendQuote(dst, e.model)
	return append(dst, `,"choices":[`...)
}

func appendQuote(dst []byte, s string) []byte {
	out, err := jsontext.AppendQuote(dst, s)
	if err != nil { // invalid UTF-8 was replaced
		return out
	}
	return out
}

func appendUsage(dst []byte, u interline.Usage) []byte {
	field := func(name string, n int64) {
		dst = append(dst, name...)
		dst = strconv.AppendInt(dst, n, 10)
	}
	field(`"usage":{"prompt_tokens":`, u.Input)
	field(`,"completion_tokens":`, u.Output)
	field(`,"total_tokens":`, u.Total())
	field(`,"prompt_tokens_details":{"cached_tokens":`, u.CacheRead)
	field(`,"cache_write_tokens":`, u.CacheWrite())
	field(`,"audio_tokens":`, u.InputAudio)
	field(`},"completion_tokens_details":{"reasoning_tokens":`, u.Reasoning)
	field(`,"audio_tokens":`, u.OutputAudio)
	return append(dst, "}}"...)
}

// streamEncoder writes chunks.
type streamEncoder struct{ encoder }

// Append implements protocol.Encoder.
func (e *streamEncoder) Append(dst []byte, events []interline.Event) []byte {
	for i := range events {
		ev := &events[i]
		e.note(ev)
		switch ev.Kind {
		case interline.BlockStart:
			switch ev.Block {
			case interline.ToolCallBlock:
				dst = e.start(dst, ev)
			case interline.Audio:
				e.choice(ev.Choice).speech.begin(&e.encoder, ev)
			}
		case interline.Delta:
			dst = e.delta(dst, ev)
		case interline.SealDelta:
			if ev.Seal != nil {
				dst = e.seal(dst, ev)
			}
		case interline.CitationDelta:
			dst = e.annotate(dst, ev)
		case interline.Finish:
			dst = e.chunk(dst, ev.Choice, nil, finishReason(ev.Stop))
		case interline.Ping:
			dst = append(dst, ": ping\n\n"...)
		}
	}
	return dst
}

// chunk appends one chunk with the members of a delta, and the reason when the
// choice is finished.
func (e *streamEncoder) chunk(dst []byte, choice int, delta func([]byte) []byte, reason string) []byte {
	return e.probable(dst, choice, delta, nil, reason)
}

// probable is chunk with the log-probabilities of the delta, or nil.
func (e *streamEncoder) probable(dst []byte, choice int, delta func([]byte) []byte, probs *spokenProbs, reason string) []byte {
	dst = append(dst, "data: "...)
	dst = e.head(dst, "chat.completion.chunk")
	dst = append(dst, `{"index":`...)
	dst = strconv.AppendInt(dst, int64(choice), 10)
	dst = append(dst, `,"delta":{`...)
	c := e.choice(choice)
	if !c.role {
		c.role = true
		dst = append(dst, `"role":"assistant"`...)
		if delta != nil {
			dst = append(dst, ',')
		} else {
			dst = append(dst, `,"content":""`...)
		}
	}
	if delta != nil {
		dst = delta(dst)
	}
	if dst = append(dst, '}'); probs != nil {
		dst = probs.append(append(dst, `,"logprobs":`...))
	}
	dst = append(dst, `,"finish_reason":`...)
	if reason == "" {
		dst = append(dst, "null"...)
	} else {
		dst = appendQuote(dst, reason)
	}
	dst = append(dst, "}]"...)
	if e.answer.StreamUsage {
		dst = append(dst, `,"usage":null`...)
	}
	return append(dst, "}\n\n"...)
}

func (e *streamEncoder) start(dst []byte, ev *interline.Event) []byte {
	c := e.choice(ev.Choice)
	n := len(c.call)
	c.call[ev.Index] = n
	return e.chunk(dst, ev.Choice, func(dst []byte) []byte {
		dst = append(dst, `"tool_calls":[{"index":`...)
		dst = strconv.AppendInt(dst, int64(n), 10)
		dst = append(dst, `,"id":`...)
		dst = appendQuote(dst, ev.ID)
		dst = append(dst, `,"type":"function","function":{"name":`...)
		dst = appendQuote(dst, ev.Name)
		return append(dst, `,"arguments":""}}]`...)
	}, "")
}

func (e *streamEncoder) delta(dst []byte, ev *interline.Event) []byte {
	var probs *spokenProbs
	if len(ev.LogProbs) > 0 {
		probs = &spokenProbs{}
		probs.add(ev)
	}
	if ev.Text == "" && probs == nil {
		return dst
	}
	if ev.Block == interline.Audio || ev.Block == interline.Text && e.speaking(e.choice(ev.Choice)) {
		return e.speak(dst, ev, probs)
	}
	name := ""
	switch ev.Block {
	case interline.Text:
		name = `"content":`
		e.choice(ev.Choice).texts.add(ev.Index, ev.Text)
	case interline.Refusal:
		name = `"refusal":`
	case interline.ReasoningBlock:
		name = `"reasoning_content":`
	case interline.ToolCallBlock:
		return e.arguments(dst, ev)
	default:
		return dst
	}
	return e.probable(dst, ev.Choice, func(dst []byte) []byte {
		if ev.Block == interline.ReasoningBlock {
			e.choice(ev.Choice).reasoning.WriteString(ev.Text)
		}
		return appendQuote(append(dst, name...), ev.Text)
	}, probs, "")
}

func (e *streamEncoder) arguments(dst []byte, ev *interline.Event) []byte {
	n := e.choice(ev.Choice).call[ev.Index]
	return e.chunk(dst, ev.Choice, func(dst []byte) []byte {
		dst = append(dst, `"tool_calls":[{"index":`...)
		dst = strconv.AppendInt(dst, int64(n), 10)
		dst = append(dst, `,"function":{"arguments":`...)
		dst = appendQuote(dst, ev.Text)
		return append(dst, "}}]"...)
	}, "")
}

// seal sends a signed reasoning block whole, so that a client that echoes the
// message sends it back unchanged.
func (e *streamEncoder) seal(dst []byte, ev *interline.Event) []byte {
	c := e.choice(ev.Choice)
	b := thinkingOf(ev.Seal, c.reasoning.String())
	c.reasoning.Reset()
	return e.chunk(dst, ev.Choice, func(dst []byte) []byte {
		dst = append(dst, `"thinking_blocks":[`...)
		return append(append(dst, protocol.JSON(b)...), ']')
	}, "")
}

func thinkingOf(told *interline.Seal, text string) thinkingBlock {
	s := dialogue.Claudes(told)
	if s.Redacted != "" {
		return thinkingBlock{Type: "redacted_thinking", Data: s.Redacted}
	}
	return thinkingBlock{Type: "thinking", Thinking: &text, Signature: s.Signature}
}

// Finish implements protocol.Encoder.
func (e *streamEncoder) Finish(dst []byte) []byte {
	if e.answer.StreamUsage && e.used {
		dst = append(dst, "data: "...)
		dst = e.head(dst, "chat.completion.chunk")
		dst = append(dst, "],"...)
		dst = appendUsage(dst, e.usage)
		dst = append(dst, "}\n\n"...)
	}
	return envelope.AppendSSE(dst, "", []byte("[DONE]"))
}

// bodyEncoder writes one body at the end.
type bodyEncoder struct{ encoder }

// Append implements protocol.Encoder.
func (e *bodyEncoder) Append(dst []byte, events []interline.Event) []byte {
	for i := range events {
		ev := &events[i]
		e.note(ev)
		c := e.choice(ev.Choice)
		switch ev.Kind {
		case interline.BlockStart:
			if ev.Block == interline.ToolCallBlock {
				c.call[ev.Index] = len(c.calls)
				c.calls = append(c.calls, toolCall{ID: ev.ID, Type: "function", Function: &function{Name: ev.Name}})
			}
			if ev.Block == interline.Audio {
				c.speech.begin(&e.encoder, ev)
			}
		case interline.Delta:
			c.add(ev)
		case interline.SealDelta:
			if ev.Seal == nil {
				continue
			}
			text := c.reasoning.String()
			for _, b := range c.blocks {
				text = strings.TrimPrefix(text, b.text())
			}
			c.blocks = append(c.blocks, thinkingOf(ev.Seal, text))
		case interline.CitationDelta:
			if a, ok := c.texts.annotation(ev); ok {
				c.cites = append(c.cites, a)
			}
		case interline.Finish:
			c.reason = finishReason(ev.Stop)
		}
	}
	return dst
}

func (c *said) add(ev *interline.Event) {
	c.probs.add(ev)
	switch ev.Block {
	case interline.Text:
		c.text.WriteString(ev.Text)
		c.texts.add(ev.Index, ev.Text)
	case interline.Audio:
		c.speech.add(ev)
	case interline.Refusal:
		c.refusal.WriteString(ev.Text)
	case interline.ReasoningBlock:
		c.reasoning.WriteString(ev.Text)
	case interline.ToolCallBlock:
		if n, ok := c.call[ev.Index]; ok {
			c.calls[n].Function.Arguments += ev.Text
		}
	}
}

// Finish implements protocol.Encoder.
func (e *bodyEncoder) Finish(dst []byte) []byte {
	dst = e.head(dst, "chat.completion")
	for i := range max(1, len(e.said)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = e.choice(i).append(dst, i, &e.encoder)
	}
	dst = append(dst, ']')
	if e.used {
		dst = appendUsage(append(dst, ','), e.usage)
	}
	return append(dst, '}')
}

func (c *said) append(dst []byte, i int, e *encoder) []byte {
	dst = append(dst, `{"index":`...)
	dst = strconv.AppendInt(dst, int64(i), 10)
	dst = append(dst, `,"message":{"role":"assistant","content":`...)
	spoke := len(c.speech.data) > 0
	if !spoke && (c.text.Len() > 0 || len(c.calls) == 0 && c.refusal.Len() == 0) {
		dst = appendQuote(dst, c.text.String())
	} else {
		dst = append(dst, "null"...)
	}
	dst = append(dst, `,"refusal":`...)
	if c.refusal.Len() > 0 {
		dst = appendQuote(dst, c.refusal.String())
	} else {
		dst = append(dst, "null"...)
	}
	if len(c.cites) > 0 {
		dst = appendAnnotations(append(dst, ','), c.cites)
	}
	if spoke {
		dst = c.speech.message(dst, e, c.text.String())
	}
	if c.reasoning.Len() > 0 {
		dst = appendQuote(append(dst, `,"reasoning_content":`...), c.reasoning.String())
	}
	if len(c.blocks) > 0 {
		dst = append(append(dst, `,"thinking_blocks":`...), protocol.JSON(c.blocks)...)
	}
	if len(c.calls) > 0 {
		dst = append(append(dst, `,"tool_calls":`...), protocol.JSON(c.calls)...)
	}
	dst = c.probs.append(append(dst, `},"logprobs":`...))
	dst = append(dst, `,"finish_reason":`...)
	dst = appendQuote(dst, c.reason)
	return append(dst, '}')
}
