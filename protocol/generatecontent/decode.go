package generatecontent

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/envelope"
)

// maxCandidates is more than Google gives (8, 2026-11).
const maxCandidates = 64

// outstanding knows which candidates have begun and which have said why they
// ended. The decoder and the meter share it, so that both see the same end.
type outstanding struct{ begun, done uint64 }

func (o *outstanding) begin(i int)      { o.begun |= 1 << i }
func (o *outstanding) finish(i int)     { o.begun |= 1 << i; o.done |= 1 << i }
func (o *outstanding) ended(i int) bool { return o.done&(1<<i) != 0 }

// whole reports whether every candidate has ended.
func (o *outstanding) whole() bool { return o.begun != 0 && o.begun == o.done }

// place is a candidate's number; one that cannot be is left out.
func place(c count) (int, bool) { return int(c), c >= 0 && c < maxCandidates }

// ends reports whether a word says why an answer ended.
func ends(reason string) bool { return reason != "" && reason != "FINISH_REASON_UNSPECIFIED" }

// blocked reports whether the prompt was refused, so that there are no
// candidates.
func blocked(f *promptFeedback, o *outstanding) bool {
	return f != nil && f.BlockReason != "" && f.BlockReason != "BLOCKED_REASON_UNSPECIFIED" && o.begun == 0
}

// Decoder implements protocol.Translator.
func (l *Language) Decoder(stream bool) protocol.Decoder {
	return &decoder{stream: stream, array: l.array}
}

// decoder reads one answer. A text goes on from chunk to chunk until a part of
// another kind comes, or a signature, which proves what stands before it.
type decoder struct {
	stream, array  bool
	started, ended bool
	left           outstanding
	said           []spokenSoFar
	id             string
	usage          interline.Usage
	events         []interline.Event
	chunk          answer // the one that is being read
	piece          chunk
}

// spokenSoFar is what a candidate has said.
type spokenSoFar struct {
	open  interline.BlockKind // of block next-1; 0 when none is open
	next  int
	calls int
	from  sources
	// unproven: the open block is a thought that no signature came for.
	unproven bool
}

// Decode implements protocol.Decoder.
func (d *decoder) Decode(f protocol.Frame) ([]interline.Event, error) {
	d.events = d.events[:0]
	if d.ended {
		return nil, nil
	}
	if len(f.Data) == 0 {
		if d.stream && d.array && f.Name == envelope.ArrayEnd && d.left.whole() {
			d.end()
		}
		return d.events, nil
	}
	if d.started && d.stream && d.piece.read(f.Data) {
		d.read(&d.piece.answer)
		return d.events, nil
	}
	d.chunk = answer{Candidates: d.chunk.Candidates[:0]} // whose memory is used again
	if err := json.Unmarshal(f.Data, &d.chunk, lenient); err != nil {
		return nil, fmt.Errorf("read an answer of generateContent: %w", err)
	}
	if d.chunk.Error.Kind() == '{' {
		d.emit(interline.Event{Kind: interline.FaultEvent, Fault: readFault(0, f.Data)})
		return d.events, nil
	}
	d.read(&d.chunk)
	return d.events, nil
}

func (d *decoder) emit(e interline.Event) { d.events = append(d.events, e) }

func (d *decoder) end() {
	d.ended = true
	d.emit(interline.Event{Kind: interline.End})
}

func (d *decoder) read(a *answer) {
	if !d.started {
		d.started, d.id = true, a.ResponseID
		d.emit(interline.Event{Kind: interline.Start, ID: a.ResponseID, Model: a.ModelVersion})
	}
	for i := range a.Candidates {
		d.candidate(&a.Candidates[i])
	}
	if blocked(a.PromptFeedback, &d.left) {
		d.finish(0, a.PromptFeedback.BlockReason)
	}
	if a.Usage != nil {
		d.usage = a.Usage.canonical()
		d.emit(interline.Event{Kind: interline.UsageEvent, Usage: &d.usage})
	}
	// The end of an array is its closing bracket.
	if d.left.whole() && (!d.stream || !d.array) {
		d.end()
	}
}

func (d *decoder) candidate(c *candidate) {
	i, ok := place(c.Index)
	if !ok || d.left.ended(i) {
		return
	}
	d.left.begin(i)
	for len(d.said) <= i {
		d.said = append(d.said, spokenSoFar{})
	}
	likely, first := readLogprobs(c.Logprobs), len(d.events)
	alone := d.probableAlone(i, c, likely)
	from := &d.said[i].from
	from.read(c.Grounding, c.Citations)
	for j := range c.Content.Parts {
		before := from.end()
		d.part(i, &c.Content.Parts[j])
		if !d.stream {
			from.part(before)
		}
	}
	if ends(c.FinishReason) || !d.stream {
		d.cite(i, -1)
	}
	if !alone {
		d.probable(likely, first)
	}
	switch {
	case ends(c.FinishReason):
		d.finish(i, c.FinishReason)
	case !d.stream: // a whole body that does not say why it ended
		d.finish(i, "FINISH_REASON_UNSPECIFIED")
	}
}

// part reads one part. Kinds that the words do not have give no events.
func (d *decoder) part(i int, p *part) {
	switch {
	case p.FunctionCall != nil:
		d.call(i, p)
	case p.Text != nil:
		kind := interline.Text
		if p.Thought {
			kind = interline.ReasoningBlock
		}
		d.text(i, kind, *p.Text, p.ThoughtSignature)
	case p.InlineData != nil && kindOf(p.InlineData.MIMEType) == interline.Audio:
		d.sound(i, p)
	case p.InlineData != nil && kindOf(p.InlineData.MIMEType) == interline.Image:
		m := &interline.Media{Type: p.InlineData.MIMEType, Data: standard(p.InlineData.Data)}
		d.sealAlone(i, p.ThoughtSignature)
		d.open(i, interline.Event{Block: interline.Image, Media: m})
		d.close(i)
	}
}

// text goes on with a block of the kind, or begins one. A signature ends it.
// One that stands alone proves the text before it; where there is none it is
// kept as reasoning, since no language has a text that says nothing.
func (d *decoder) text(i int, kind interline.BlockKind, said, signature string) {
	if said == "" && signature == "" {
		return
	}
	if kind != interline.ReasoningBlock && foreign(seal(signature)) {
		d.sealAlone(i, signature) // which the text only carries
		signature = ""
	}
	open := d.said[i].open
	if said == "" && open == 0 {
		kind = interline.ReasoningBlock
	}
	if open == 0 || said != "" && open != kind {
		d.open(i, interline.Event{Block: kind})
	}
	if said != "" {
		d.emit(interline.Event{Kind: interline.Delta, Choice: i, Index: d.said[i].next - 1, Block: kind, Text: said})
		if kind == interline.Text {
			d.said[i].from.say(d.said[i].next-1, said)
		}
	}
	if d.said[i].open == interline.ReasoningBlock && signature != "" {
		d.seal(i, signature)
		d.close(i)
		return
	}
	d.sealAlone(i, signature)
}

// sealAlone tells a signature of something that other languages cannot seal, as
// reasoning that says nothing: before the call or image that it proves, after
// the text.
func (d *decoder) sealAlone(i int, signature string) {
	if signature == "" {
		return
	}
	d.open(i, interline.Event{Block: interline.ReasoningBlock})
	d.seal(i, signature)
	d.close(i)
}

// call reads a call, which comes whole. Gemini often gives it no id.
func (d *decoder) call(i int, p *part) {
	c := p.FunctionCall
	if c.Name == "" {
		return // a piece of a call whose arguments were asked for in pieces
	}
	s := &d.said[i]
	s.calls++
	id := c.ID
	if id == "" {
		id = madeID(d.id + "\x00" + strconv.Itoa(i) + "\x00" + strconv.Itoa(s.calls) + "\x00" + c.Name)
	}
	d.sealAlone(i, p.ThoughtSignature)
	d.open(i, interline.Event{Block: interline.ToolCallBlock, ID: id, Name: c.Name})
	args := string(bytes.TrimSpace(c.Args))
	if args == "" || args == "null" {
		args = "{}"
	}
	d.emit(interline.Event{Kind: interline.Delta, Choice: i, Index: s.next - 1, Block: interline.ToolCallBlock, Text: args})
	d.close(i)
}

// open begins a block; e says which.
func (d *decoder) open(i int, e interline.Event) {
	d.close(i)
	s := &d.said[i]
	e.Kind, e.Choice, e.Index = interline.BlockStart, i, s.next
	s.open, s.unproven = e.Block, e.Block == interline.ReasoningBlock
	s.next++
	d.emit(e)
}

func (d *decoder) seal(i int, signature string) {
	if signature != "" {
		s := &d.said[i]
		s.unproven = false
		d.emit(interline.Event{Kind: interline.SealDelta, Choice: i, Index: s.next - 1, Block: s.open, Seal: seal(signature)})
	}
}

// close ends the open block. Gemini proves the call that follows a thought, and
// not the thought; whose it is must be told all the same, or the client gives it
// back as one of its own vendor, who refuses what nobody signed.
func (d *decoder) close(i int) {
	s := &d.said[i]
	if s.open != 0 && s.unproven {
		s.unproven = false
		d.emit(interline.Event{Kind: interline.SealDelta, Choice: i, Index: s.next - 1, Block: s.open, Seal: &interline.Seal{Issuer: Issuer}})
	}
	if s.open == interline.Text && len(s.from.waiting) > 0 {
		d.cite(i, s.next-1)
	}
	if s.open != 0 {
		d.emit(interline.Event{Kind: interline.BlockStop, Choice: i, Index: s.next - 1, Block: s.open})
		s.open = 0
	}
}

// finish tells why a candidate ended. There is no word for tool calls: an
// answer that calls tools ends with STOP.
func (d *decoder) finish(i int, reason string) {
	stop := stopReason(reason)
	if i < len(d.said) {
		d.close(i)
		if stop == interline.StopEnd && d.said[i].calls > 0 {
			stop = interline.StopTools
		}
	}
	d.left.finish(i)
	d.emit(interline.Event{Kind: interline.Finish, Choice: i, Stop: stop, RawStop: reason})
}

// stopReason reads a finish reason, or the reason why a prompt was blocked.
func stopReason(s string) interline.StopReason {
	switch s {
	case "STOP":
		return interline.StopEnd
	case "MAX_TOKENS":
		return interline.StopLength
	case "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "JAILBREAK",
		"IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION":
		return interline.StopFiltered
	case "MODEL_ARMOR":
		return interline.StopGuardrail
	case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE":
		return interline.StopMalformed
	case "CONTINUATION":
		return interline.StopPause
	}
	return interline.StopOther
}
