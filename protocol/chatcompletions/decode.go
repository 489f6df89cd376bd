package chatcompletions

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// Decoder implements protocol.Translator.
func (l *Language) Decoder(stream bool) protocol.Decoder {
	return &decoder{l: l, stream: stream}
}

// decoder reads one answer. The language has no frames for the ends of blocks:
// text ends when something else begins, calls end with the choice, since the
// deltas of parallel calls may interleave.
type decoder struct {
	l       *Language
	stream  bool
	started bool
	choices []*candidate
	events  []interline.Event
	usage   interline.Usage
}

// candidate is the state of one choice.
type candidate struct {
	next     int                 // number of the next block
	open     interline.BlockKind // the open block of text, reasoning or refusal; 0 is none
	at       int                 // its number
	calls    []call              // calls seen, in order
	thought  []byte              // what the open block of reasoning has said
	finished bool
	refused  bool
	spoken   speaking
	texts    texts
}

type call struct{ wire, block int }

// Decode implements protocol.Decoder.
func (d *decoder) Decode(f protocol.Frame) ([]interline.Event, error) {
	d.events = d.events[:0]
	if len(f.Data) == 0 {
		return nil, nil
	}
	if string(f.Data) == "[DONE]" {
		d.emit(interline.Event{Kind: interline.End})
		return d.events, nil
	}
	var a answer
	if err := readLenient(f.Data, &a); err != nil {
		return nil, fmt.Errorf("read chat completions answer: %w", err)
	}
	d.read(&a, f.Data)
	return d.events, nil
}

// readLenient lets pass what models are known to get wrong.
func readLenient(data []byte, v any) error {
	return json.Unmarshal(data, v, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
}

func (d *decoder) emit(e interline.Event) { d.events = append(d.events, e) }

func (d *decoder) read(a *answer, body []byte) {
	if len(a.Error) > 0 && a.Error.Kind() != 'n' {
		d.emit(interline.Event{Kind: interline.FaultEvent, Fault: d.l.ReadFault(0, nil, body)})
		return
	}
	if !d.started && (a.ID != "" || a.Model != "" || len(a.Choices) > 0) {
		d.started = true
		d.emit(interline.Event{Kind: interline.Start, ID: a.ID, Model: a.Model})
	}
	for i := range a.Choices {
		d.choice(&a.Choices[i])
	}
	if u := a.tokens(); u != nil {
		d.usage = d.l.usage(u)
		d.emit(interline.Event{Kind: interline.UsageEvent, Usage: &d.usage})
	}
	if !d.stream || d.l.dialect.NoDone && d.finished() {
		d.emit(interline.Event{Kind: interline.End})
	}
}

func (d *decoder) finished() bool {
	for _, c := range d.choices {
		if c != nil && !c.finished {
			return false
		}
	}
	return len(d.choices) > 0
}

// tokens finds the usage where vendors put it.
func (a *answer) tokens() *usage {
	if a.Usage != nil {
		return a.Usage
	}
	if a.XGroq != nil && a.XGroq.Usage != nil {
		return a.XGroq.Usage
	}
	for _, c := range a.Choices {
		if c.Usage != nil {
			return c.Usage
		}
	}
	return nil
}

func (d *decoder) candidate(i int) *candidate {
	if i < 0 || i > 127 {
		i = 0
	}
	for len(d.choices) <= i {
		d.choices = append(d.choices, nil)
	}
	if d.choices[i] == nil {
		d.choices[i] = &candidate{}
	}
	return d.choices[i]
}

func (d *decoder) choice(w *choice) {
	c := d.candidate(w.Index)
	m := w.Delta
	if m == nil {
		m = w.Message
	}
	if !c.finished {
		first := len(d.events)
		if m != nil {
			d.say(w.Index, c, m)
		}
		d.probable(w.Index, c, w, first)
	}
	if w.FinishReason != nil && *w.FinishReason != "" && !c.finished {
		d.finish(w.Index, c, *w.FinishReason)
	}
}

// say reads one message or delta: reasoning, text, refusal, calls.
func (d *decoder) say(i int, c *candidate, m *answerMessage) {
	d.sealed(i, c, m.ThinkingBlocks)
	if len(m.ThinkingBlocks) == 0 {
		d.text(i, c, interline.ReasoningBlock, m.ReasoningContent)
		if m.ReasoningContent == "" && m.Reasoning.Kind() == '"' {
			d.text(i, c, interline.ReasoningBlock, protocol.Text(m.Reasoning))
		}
	}
	switch m.Content.Kind() {
	case '"':
		d.text(i, c, interline.Text, protocol.Text(m.Content))
	case '[':
		d.parts(i, c, m.Content)
	}
	d.annotated(i, c, m.Annotations)
	d.text(i, c, interline.Refusal, m.Refusal)
	d.sound(i, c, m.Audio)
	for n := range m.ToolCalls {
		d.call(i, c, n, &m.ToolCalls[n])
	}
	if f := m.FunctionCall; f != nil {
		zero := 0
		d.call(i, c, 0, &answerCall{Index: &zero, ID: f.Name, Function: &callFunction{Name: f.Name, Arguments: protocol.Quote(f.Arguments)}})
	}
}

// parts reads content in parts, as Mistral answers.
func (d *decoder) parts(i int, c *candidate, v jsontext.Value) {
	var parts []part
	if json.Unmarshal(v, &parts) != nil {
		return
	}
	for _, p := range parts {
		switch p.Type {
		case "thinking":
			d.text(i, c, interline.ReasoningBlock, thinkingText(p.Thinking))
		case "text":
			d.text(i, c, interline.Text, p.Text)
		}
	}
}

// text emits a piece of the block of that kind, opening it when another is
// open.
func (d *decoder) text(i int, c *candidate, kind interline.BlockKind, s string) {
	if s == "" {
		return
	}
	d.open(i, c, kind)
	if kind == interline.ReasoningBlock {
		c.thought = append(c.thought, s...)
	}
	if kind == interline.Text {
		c.texts.add(c.at, s)
	}
	d.emit(interline.Event{Kind: interline.Delta, Choice: i, Index: c.at, Block: kind, Text: s})
}

// open begins a block of that kind unless one is open.
func (d *decoder) open(i int, c *candidate, kind interline.BlockKind) {
	if c.open == kind {
		return
	}
	d.close(i, c)
	c.open, c.at = kind, c.next
	c.next++
	c.refused = c.refused || kind == interline.Refusal
	c.thought = c.thought[:0]
	d.emit(interline.Event{Kind: interline.BlockStart, Choice: i, Index: c.at, Block: kind})
}

func (d *decoder) close(i int, c *candidate) {
	if c.open != 0 {
		d.emit(interline.Event{Kind: interline.BlockStop, Choice: i, Index: c.at})
		c.open = 0
	}
}

// sealed reads thinking_blocks, which gateways add for signed reasoning. In a
// stream a block may come whole after its text has come in pieces, which is
// then not told twice.
func (d *decoder) sealed(i int, c *candidate, blocks []thinkingBlock) {
	for _, b := range blocks {
		text := b.text()
		if c.open == interline.ReasoningBlock {
			text = strings.TrimPrefix(text, string(c.thought))
		}
		d.text(i, c, interline.ReasoningBlock, text)
		if b.Signature == "" && b.Data == "" {
			continue
		}
		if c.open != interline.ReasoningBlock {
			d.close(i, c)
			c.open, c.at = interline.ReasoningBlock, c.next
			c.next++
			c.thought = c.thought[:0]
			d.emit(interline.Event{Kind: interline.BlockStart, Choice: i, Index: c.at, Block: interline.ReasoningBlock})
		}
		d.emit(interline.Event{Kind: interline.SealDelta, Choice: i, Index: c.at, Block: interline.ReasoningBlock, Seal: seal(b)})
		d.close(i, c)
	}
}

// call reads one piece of a tool call. n is its place in the list, which
// counts where the vendor sends no index (Mistral).
func (d *decoder) call(i int, c *candidate, n int, w *answerCall) {
	wire := n
	if w.Index != nil {
		wire = *w.Index
	} else if d.stream && w.ID != "" {
		wire = -1 - len(c.calls) // whole calls, one a chunk
	}
	name, args := w.parts()
	block := -1
	for _, k := range c.calls {
		if k.wire == wire {
			block = k.block
		}
	}
	if block < 0 {
		d.close(i, c)
		block = c.next
		c.next++
		c.calls = append(c.calls, call{wire: wire, block: block})
		d.emit(interline.Event{Kind: interline.BlockStart, Choice: i, Index: block, Block: interline.ToolCallBlock, ID: w.ID, Name: name})
	}
	if args != "" {
		d.emit(interline.Event{Kind: interline.Delta, Choice: i, Index: block, Block: interline.ToolCallBlock, Text: args})
	}
}

func (w *answerCall) parts() (name, args string) {
	switch {
	case w.Custom != nil:
		return w.Custom.Name, w.Custom.Input
	case w.Function == nil:
		return "", ""
	case w.Function.Arguments.Kind() == '"':
		return w.Function.Name, protocol.Text(w.Function.Arguments)
	case w.Function.Arguments.Kind() == '{':
		return w.Function.Name, string(w.Function.Arguments)
	}
	return w.Function.Name, ""
}

func (d *decoder) finish(i int, c *candidate, reason string) {
	c.finished = true
	d.close(i, c)
	d.silence(i, c)
	for _, k := range c.calls {
		d.emit(interline.Event{Kind: interline.BlockStop, Choice: i, Index: k.block})
	}
	stop := stopReason(reason)
	switch {
	case stop == interline.StopEnd && len(c.calls) > 0:
		stop = interline.StopTools // some vendors say stop for calls too
	case stop == interline.StopEnd && c.refused:
		stop = interline.StopFiltered
	}
	d.emit(interline.Event{Kind: interline.Finish, Choice: i, Stop: stop, RawStop: reason})
}

func stopReason(s string) interline.StopReason {
	switch strings.ToLower(s) {
	case "stop", "eos", "end_turn":
		return interline.StopEnd
	case "length", "max_tokens":
		return interline.StopLength
	case "model_length":
		return interline.StopContext
	case "tool_calls", "function_call":
		return interline.StopTools
	case "content_filter":
		return interline.StopFiltered
	}
	return interline.StopOther
}

// usage converts the vendor's counts to the canonical vector.
func (l *Language) usage(u *usage) interline.Usage {
	out := interline.Usage{Input: u.PromptTokens, Output: u.CompletionTokens, CacheRead: u.CacheHit}
	if p := u.PromptDetails; p != nil {
		if p.Cached > 0 {
			out.CacheRead = p.Cached
		}
		out.CacheWrite1h, out.InputAudio, out.InputImage = p.CacheWrite, p.Audio, p.Image
	}
	if c := u.CompletionDetails; c != nil {
		out.Reasoning, out.OutputAudio = c.Reasoning, c.Audio
		if l.dialect.ReasoningApart {
			out.Output += c.Reasoning
		}
	}
	return out
}
