package generatecontent

import (
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/envelope"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// separator stands between the elements of an array, as Google writes it
// (recorded by peers, 2026).
const separator = ",\r\n"

// Encoder implements protocol.Translator.
func (l *Language) Encoder(a protocol.Answer) protocol.Encoder {
	return &encoder{array: l.array, stream: a.Stream, id: a.ID, model: a.Model}
}

// encoder writes an answer. Texts and thoughts go out as they come; a call goes
// out whole, when its arguments are. In one body nothing goes out before the
// end.
type encoder struct {
	array, stream bool
	id, model     string

	begun  bool // an element of the array was written
	said   []told
	usage  *interline.Usage
	dst    []byte
	scrap  jsonout.Text // the part under construction
	chunks jsonout.Text // the chunk under construction
}

// told is what a candidate has said.
type told struct {
	open     []*piece        // in the order they began; only the first is told
	held     *interline.Seal // of reasoning that says nothing more, until it is known what it proves
	parts    jsonout.Text    // of one body: the parts so far
	likely   probs
	found    grounding
	finished bool
	stop     interline.StopReason
	raw      string
}

// piece is a block that is not told to its end.
type piece struct {
	index    int
	kind     interline.BlockKind
	id, name string
	media    *interline.Media
	text     []byte // what was not told yet
	seal     *interline.Seal
	begun    bool // some of it was told
	closed   bool
}

// Append implements protocol.Encoder.
func (e *encoder) Append(dst []byte, events []interline.Event) []byte {
	e.dst = dst
	for i := range events {
		ev := &events[i]
		if ev.Kind == interline.UsageEvent {
			u := *ev.Usage
			e.usage = &u
			continue
		}
		if ev.Choice >= 0 && ev.Choice < maxCandidates {
			e.take(ev)
		}
	}
	return e.dst
}

func (e *encoder) choice(n int) *told {
	for len(e.said) <= n {
		e.said = append(e.said, told{})
	}
	return &e.said[n]
}

func (e *encoder) take(ev *interline.Event) {
	switch ev.Kind {
	case interline.BlockStart:
		c := e.choice(ev.Choice)
		// What is kept beyond this call must not share the source's memory.
		p := &piece{index: ev.Index, kind: ev.Block, id: strings.Clone(ev.ID), name: strings.Clone(ev.Name)}
		if ev.Media != nil {
			m := *ev.Media
			m.Data, m.Type, m.URL = strings.Clone(m.Data), strings.Clone(m.Type), strings.Clone(m.URL)
			p.media = &m
		}
		c.open = append(c.open, p)
	case interline.Delta:
		e.delta(ev)
	case interline.CitationDelta:
		e.choice(ev.Choice).found.cite(ev)
	case interline.SealDelta:
		if p := e.choice(ev.Choice).find(ev.Index); p != nil && ev.Seal != nil && *ev.Seal != (interline.Seal{Issuer: Issuer}) {
			s := *ev.Seal
			s.Place, s.ID, s.Signature, s.Redacted = strings.Clone(s.Place), strings.Clone(s.ID), strings.Clone(s.Signature), strings.Clone(s.Redacted)
			p.seal = &s
		}
	case interline.BlockStop:
		if p := e.choice(ev.Choice).find(ev.Index); p != nil {
			p.closed = true
			e.advance(ev.Choice)
		}
	case interline.Finish:
		c := e.choice(ev.Choice)
		for _, p := range c.open {
			p.closed = true
		}
		e.advance(ev.Choice)
		e.release(ev.Choice)
		c.finished, c.stop, c.raw = true, ev.Stop, strings.Clone(ev.RawStop)
	}
}

func (c *told) find(index int) *piece {
	for _, p := range c.open {
		if p.index == index {
			return p
		}
	}
	return nil
}

// delta tells a piece of text at once when it is the first block's turn.
func (e *encoder) delta(ev *interline.Event) {
	c := e.choice(ev.Choice)
	p := c.find(ev.Index)
	if p == nil {
		return
	}
	if p.kind == interline.Audio {
		p.hear(ev.Text)
	} else {
		p.text = append(p.text, ev.Text...)
	}
	if p.spoken() {
		c.likely.add(ev.LogProbs)
		c.found.say(ev.Index, ev.Text)
	}
	if e.stream && p == c.open[0] && p.kind != interline.ToolCallBlock && len(p.text) > 0 {
		e.tell(ev.Choice, p, nil)
	}
}

// advance tells the first blocks to their ends, as far as those have come.
func (e *encoder) advance(choice int) {
	c := e.choice(choice)
	for len(c.open) > 0 && c.open[0].closed {
		p := c.open[0]
		c.open = c.open[1:]
		if p.kind == interline.ReasoningBlock && len(p.text) == 0 && p.seal != nil && (!p.begun || foreign(p.seal)) {
			e.release(choice)
			c.held = p.seal
			continue
		}
		if len(p.text) > 0 || p.seal != nil || p.kind == interline.Image || p.kind == interline.ToolCallBlock || e.stream && c.likely.of(p) {
			e.tell(choice, p, p.seal)
		}
	}
	if len(c.open) == 0 {
		return
	}
	if p := c.open[0]; e.stream && p.kind != interline.ToolCallBlock && len(p.text) > 0 {
		e.tell(choice, p, nil)
	}
}

// release tells a seal that stands alone, as a part that says nothing.
func (e *encoder) release(choice int) {
	c := e.choice(choice)
	if s := c.held; s != nil {
		c.held = nil
		e.write(choice, &piece{kind: interline.ReasoningBlock}, s)
	}
}

// tell says what a block has and was not told yet, as one part.
func (e *encoder) tell(choice int, p *piece, s *interline.Seal) {
	c := e.choice(choice)
	// Google's own proves the call; another's is carried by whatever comes next,
	// since clients drop parts that say nothing (genai v1.77.0).
	if s == nil && c.held != nil && p.kind != interline.ReasoningBlock && (p.kind == interline.ToolCallBlock || p.media != nil || foreign(c.held)) {
		s, c.held = c.held, nil
	}
	e.release(choice)
	p.begun = true
	e.write(choice, p, s)
}

func (e *encoder) write(choice int, p *piece, s *interline.Seal) {
	out := &e.scrap
	*out = (*out)[:0]
	out.Open('{')
	switch {
	case p.kind == interline.ToolCallBlock:
		out.Object("functionCall")
		out.Said("id", p.id)
		out.String("name", p.name)
		out.Raw("args", dialogue.Object(p.text))
		out.Close('}')
	case p.kind == interline.Audio:
		addSound(out, p)
	case p.media != nil:
		addMedia(out, p.media)
	default: // a refusal is text, and the finish reason says that it is one
		out.String("text", string(p.text))
		if p.kind == interline.ReasoningBlock && (len(p.text) > 0 || s == nil || s.Issuer != Issuer) {
			out.Bool("thought", true)
		}
	}
	tellSeal(out, s)
	out.Close('}')
	e.choice(choice).found.wrote(p, e.stream)
	p.text = p.text[:0]
	if !e.stream {
		c := e.choice(choice)
		if len(c.parts) > 0 {
			c.parts = append(c.parts, ',')
		}
		c.parts = append(c.parts, *out...)
		return
	}
	e.chunks.Open('{')
	e.chunks.Array("candidates")
	var likely *probs
	if p.spoken() {
		likely = &e.choice(choice).likely
	}
	addCandidate(&e.chunks, choice, *out, "", likely, nil)
	e.chunks.Close(']')
	e.send()
}

// addCandidate adds a candidate with those parts, and what is known of their
// likelihood.
func addCandidate(out *jsonout.Text, choice int, parts []byte, reason string, likely *probs, found *grounding) {
	out.Open('{')
	out.Object("content")
	out.Array("parts")
	*out = append(*out, parts...)
	out.Close(']')
	out.String("role", "model")
	out.Close('}')
	out.Said("finishReason", reason)
	if likely != nil {
		likely.tell(out, reason != "")
	}
	if found != nil {
		found.tell(out)
	}
	out.Int("index", int64(choice))
	out.Close('}')
}

// send ends the chunk and appends it in its envelope.
func (e *encoder) send() {
	out := &e.chunks
	out.String("modelVersion", e.model)
	out.String("responseId", e.id)
	out.Close('}')
	switch {
	case !e.stream:
		e.dst = append(e.dst, *out...)
	case !e.array:
		e.dst = envelope.AppendSSE(e.dst, "", *out)
	case e.begun:
		e.dst = append(append(e.dst, separator...), *out...)
	default:
		e.dst = append(append(e.dst, '['), *out...)
	}
	e.begun = true
	*out = (*out)[:0]
}

// Finish implements protocol.Encoder: the last chunk says why every candidate
// ended and what was used.
func (e *encoder) Finish(dst []byte) []byte {
	e.dst = dst
	e.choice(0)
	out := &e.chunks
	out.Open('{')
	out.Array("candidates")
	for i := range e.said {
		c := &e.said[i]
		parts := []byte(c.parts)
		if e.stream {
			parts = []byte(`{"text":""}`) // as Google ends a stream (recorded 2026)
		}
		addCandidate(out, i, parts, reason(c), &c.likely, &c.found)
	}
	out.Close(']')
	if e.usage != nil {
		addUsage(out, *e.usage)
	}
	e.send()
	if e.stream && e.array {
		e.dst = append(e.dst, ']')
	}
	return e.dst
}

// reason says why a candidate ended: in Google's own word where it was one, and
// otherwise in the word for it. A blocked answer must never look complete.
func reason(c *told) string {
	own := stopReason(c.raw)
	if c.raw == "JAILBREAK" { // why a prompt is blocked, and no finish reason
		own = 0
	}
	if own == c.stop && own != interline.StopOther || own == interline.StopEnd && c.stop == interline.StopTools {
		return c.raw
	}
	switch c.stop {
	case interline.StopLength, interline.StopContext:
		return "MAX_TOKENS"
	case interline.StopFiltered:
		return "SAFETY"
	case interline.StopGuardrail:
		return "MODEL_ARMOR"
	case interline.StopMalformed:
		return "MALFORMED_FUNCTION_CALL"
	case interline.StopPause, interline.StopOther:
		return "OTHER"
	}
	return "STOP"
}

// addUsage adds the counts as Google tells them: thoughts beside the candidates,
// prompts of tools beside the prompt.
func addUsage(out *jsonout.Text, u interline.Usage) {
	out.Object("usageMetadata")
	out.Int("promptTokenCount", u.Input-u.ToolPrompt)
	out.Int("candidatesTokenCount", u.Output-u.Reasoning)
	out.Int("totalTokenCount", u.Total())
	for _, c := range []struct {
		name   string
		tokens int64
	}{
		{"cachedContentTokenCount", u.CacheRead}, {"thoughtsTokenCount", u.Reasoning}, {"toolUsePromptTokenCount", u.ToolPrompt},
	} {
		if c.tokens > 0 {
			out.Int(c.name, c.tokens)
		}
	}
	addModalities(out, "promptTokensDetails", u.Input-u.ToolPrompt, u.InputAudio, u.InputImage)
	addModalities(out, "candidatesTokensDetails", u.Output-u.Reasoning, u.OutputAudio, 0)
	out.Close('}')
}

// addModalities tells sounds and images apart from text, where there are any.
func addModalities(out *jsonout.Text, name string, all, audio, image int64) {
	if audio+image == 0 {
		return
	}
	out.Array(name)
	for _, m := range []struct {
		word   string
		tokens int64
	}{{"TEXT", max(0, all-audio-image)}, {"AUDIO", audio}, {"IMAGE", image}} {
		if m.tokens > 0 {
			out.Open('{')
			out.String("modality", m.word)
			out.Int("tokenCount", m.tokens)
			out.Close('}')
		}
	}
	out.Close(']')
}
