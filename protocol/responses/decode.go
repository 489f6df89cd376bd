package responses

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
)

// Decoder implements protocol.Translator.
func (l *Language) Decoder(stream bool) protocol.Decoder { return newDecoder(l, stream) }

func newDecoder(l *Language, stream bool) *decoder {
	return &decoder{l: l, stream: stream, blocks: map[int]*told{}}
}

// decoder reads one answer. Every part of a message, every call and every item
// of reasoning is a block; items of other kinds (the vendor's own tools) give no
// events. The frames that repeat a block whole count only for what no delta has
// told, since some servers leave the one or the other out.
type decoder struct {
	l       *Language
	stream  bool
	id      string // the response's
	started bool
	ended   bool
	refused bool
	answer  dialogue.Answer
	blocks  map[int]*told // by place
	usage   interline.Usage
	event   event // the one that is being read
}

// told is what a block has told so far.
type told struct {
	any   bool // something
	cites int  // annotations
	odds  bool // log-probabilities
	done  bool
	part  string // the part of reasoning that is being told
}

// place numbers a part of an item as a block of the wire.
func place(output, content int) int { return output<<16 | content&0xffff }

// kindOf names an event. Bedrock Mantle sends some streams without event names
// (recordings, 2026), so the data's type stands in.
func kindOf(f protocol.Frame) (string, error) {
	if f.Name == "error" || strings.HasPrefix(f.Name, "response.") {
		return f.Name, nil
	}
	var e struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(f.Data, &e, lenient); err != nil {
		return "", fmt.Errorf("read responses event: %w", err)
	}
	return e.Type, nil
}

// Decode implements protocol.Decoder.
func (d *decoder) Decode(f protocol.Frame) ([]interline.Event, error) {
	d.answer.Reset()
	if len(f.Data) == 0 || d.ended || bytes.Equal(f.Data, []byte("[DONE]")) {
		return nil, nil
	}
	if !d.stream {
		return d.whole(f.Data)
	}
	kind, err := kindOf(f)
	if err != nil {
		return nil, err
	}
	if kind == "error" {
		d.answer.Emit(interline.Event{Kind: interline.FaultEvent, Fault: errorOf(f.Data)})
		return d.answer.Events(), nil
	}
	if kind == "response.output_text.delta" {
		if output, content, text, ok := piece(f.Data); ok {
			d.say(place(output, content), interline.Text, string(text), false)
			return d.answer.Events(), nil
		}
	}
	read := d.reader(kind)
	if read == nil {
		return nil, nil
	}
	d.event = event{Logprobs: d.event.Logprobs[:0]} // whose memory is used again
	if err := json.Unmarshal(f.Data, &d.event, lenient); err != nil {
		return nil, fmt.Errorf("read responses event %s: %w", kind, err)
	}
	read(&d.event, f.Data)
	return d.answer.Events(), nil
}

// reader returns what reads events of a kind, or nil for those that tell
// nothing or that nobody knows yet.
func (d *decoder) reader(kind string) func(*event, []byte) {
	switch kind {
	case "response.created", "response.in_progress", "response.queued":
		return func(e *event, _ []byte) { d.start(e.Response) }
	case "response.completed", "response.incomplete", "response.failed":
		return func(e *event, data []byte) { d.finish(e.Response, kind, data) }
	case "response.output_item.added":
		return func(e *event, _ []byte) { d.added(e) }
	case "response.output_item.done":
		return func(e *event, _ []byte) { d.item(e.OutputIndex, e.Item) }
	case "response.output_text.annotation.added":
		return func(e *event, _ []byte) { d.annotated(e) }
	case "response.content_part.done":
		return func(e *event, _ []byte) {
			if e.Part != nil {
				d.partDone(place(e.OutputIndex, e.ContentIndex), e.Part)
			}
		}
	}
	return d.deltaReader(kind)
}

// deltaReader is reader for the events that tell pieces of a block, or repeat
// all of it.
func (d *decoder) deltaReader(kind string) func(*event, []byte) {
	whole := strings.HasSuffix(kind, ".done")
	switch strings.TrimSuffix(strings.TrimSuffix(kind, ".delta"), ".done") {
	case "response.output_text":
		return func(e *event, _ []byte) {
			d.sayText(place(e.OutputIndex, e.ContentIndex), pick(whole, e.Text, e.Delta), e.Logprobs, whole)
		}
	case "response.refusal":
		return func(e *event, _ []byte) {
			d.say(place(e.OutputIndex, e.ContentIndex), interline.Refusal, pick(whole, e.Refusal, e.Delta), whole)
		}
	case "response.function_call_arguments":
		return func(e *event, _ []byte) {
			// A call that was never announced has no name, and waits for its item.
			if at := place(e.OutputIndex, 0); d.blocks[at] != nil {
				d.say(at, interline.ToolCallBlock, pick(whole, e.Arguments, e.Delta), whole)
			}
		}
	case "response.reasoning_summary_text":
		return func(e *event, _ []byte) {
			d.think(e.OutputIndex, fmt.Sprintf("summary %d", e.SummaryIndex), pick(whole, e.Text, e.Delta), whole)
		}
	case "response.reasoning_text":
		return func(e *event, _ []byte) {
			d.think(e.OutputIndex, fmt.Sprintf("content %d", e.ContentIndex), pick(whole, e.Text, e.Delta), whole)
		}
	}
	return nil
}

func pick(whole bool, all, delta string) string {
	if whole {
		return all
	}
	return delta
}

// whole reads an answer that came as one body.
func (d *decoder) whole(body []byte) ([]interline.Event, error) {
	var a answer
	if err := json.Unmarshal(body, &a, lenient); err != nil {
		return nil, fmt.Errorf("read responses answer: %w", err)
	}
	if a.Output == nil && a.Status == "" && a.Error.Kind() != '{' {
		return nil, errors.New("read responses answer: it is no response object")
	}
	d.finish(&a, "response."+a.Status, body)
	return d.answer.Events(), nil
}

func (d *decoder) start(a *answer) {
	if d.started {
		return
	}
	d.started = true
	e := interline.Event{Kind: interline.Start}
	if a != nil {
		e.ID, e.Model, d.id = a.ID, a.Model, a.ID
	}
	d.answer.Emit(e)
}

// open returns the block at a place, which it opens when it is new.
func (d *decoder) open(at int, kind interline.BlockKind, id, name string) *told {
	b := d.blocks[at]
	if b == nil {
		d.start(nil)
		b = &told{}
		d.blocks[at] = b
		d.refused = d.refused || kind == interline.Refusal
		d.answer.Open(at, kind, d.callID(kind, id), name)
	}
	return b
}

// say adds a piece of a block, or all of it when nothing was told before.
func (d *decoder) say(at int, kind interline.BlockKind, s string, whole bool) {
	if b := d.open(at, kind, "", ""); s != "" && !b.done && (!whole || !b.any) {
		b.any = true
		d.answer.Say(at, s)
	}
}

// think adds a piece of a part of reasoning. All parts of an item, those of its
// summary and those of open reasoning, are one block, with empty lines between.
func (d *decoder) think(output int, part, s string, whole bool) {
	at := place(output, 0)
	b := d.open(at, interline.ReasoningBlock, "", "")
	if s == "" || b.done || whole && b.part == part {
		return
	}
	if b.any && b.part != part {
		s = "\n\n" + s
	}
	b.any, b.part = true, part
	d.answer.Say(at, s)
}

func (d *decoder) stop(at int) {
	if b := d.blocks[at]; b != nil && !b.done {
		b.done = true
		d.answer.Stop(at)
	}
}

// added opens calls, which have a name from the start. Messages wait for their
// parts, reasoning for its first piece.
func (d *decoder) added(e *event) {
	var it outItem
	if json.Unmarshal(e.Item, &it, lenient) == nil && it.Type == "function_call" {
		d.open(place(e.OutputIndex, 0), interline.ToolCallBlock, it.CallID, it.Name)
	}
}

// partDone ends a part of a message.
func (d *decoder) partDone(at int, p *outPart) {
	switch p.Type {
	case "output_text":
		d.sayText(at, p.Text, p.Logprobs, true)
		d.annotate(at, p)
	case "refusal":
		d.say(at, interline.Refusal, p.Refusal, true)
	default:
		return
	}
	d.stop(at)
}

// item reads a whole item: what of it was not told before, and that it ends.
func (d *decoder) item(output int, v jsontext.Value) {
	var it outItem
	if json.Unmarshal(v, &it, lenient) != nil {
		return
	}
	at := place(output, 0)
	switch it.Type {
	case "message":
		for i := range it.Content {
			d.partDone(place(output, i), &it.Content[i])
		}
	case "function_call":
		d.open(at, interline.ToolCallBlock, it.CallID, it.Name)
		d.say(at, interline.ToolCallBlock, it.Arguments, true)
		d.stop(at)
	case "custom_tool_call":
		d.open(at, interline.ToolCallBlock, it.CallID, it.Name)
		d.say(at, interline.ToolCallBlock, freeArguments(it.Input), true)
		d.stop(at)
	case "reasoning":
		d.reasoned(output, &it)
	}
}

// reasoned ends an item of reasoning; the encrypted form comes only now.
func (d *decoder) reasoned(output int, it *outItem) {
	at := place(output, 0)
	b := d.open(at, interline.ReasoningBlock, "", "")
	if b.done {
		return
	}
	if !b.any {
		for i, p := range it.Summary {
			d.think(output, fmt.Sprintf("summary %d", i), p.Text, true)
		}
		for i, p := range it.Content {
			d.think(output, fmt.Sprintf("content %d", i), p.Text, true)
		}
	}
	if s := unsealed(it.Encrypted, it.ID); s != nil {
		d.answer.Seal(at, *s)
	}
	d.stop(at)
}

// finish reads the terminal event, or one body. Its items are told only where no
// event has: not every server numbers them as in the events.
func (d *decoder) finish(a *answer, kind string, data []byte) {
	if a == nil {
		a = &answer{}
	}
	failure := kind == "response.failed" || a.Error.Kind() == '{'
	if !failure || a.ID != "" {
		d.start(a)
	}
	if len(d.blocks) == 0 {
		for i, v := range a.Output {
			d.item(i, v)
		}
	}
	if a.Usage != nil {
		d.usage = a.Usage.canonical()
		d.answer.Emit(interline.Event{Kind: interline.UsageEvent, Usage: &d.usage})
	}
	d.ended = true
	if failure {
		d.answer.Emit(interline.Event{Kind: interline.FaultEvent, Fault: failed(a.Error, data)})
		return
	}
	stop, word := a.stop(strings.TrimPrefix(kind, "response."))
	if stop == interline.StopEnd && d.refused {
		stop = interline.StopFiltered
	}
	d.answer.Finish(stop, word, "")
	d.answer.Emit(interline.Event{Kind: interline.End})
}

// stop reads why the answer ended, and the vendor's own word for it.
func (a *answer) stop(status string) (interline.StopReason, string) {
	switch status {
	case "completed":
		return interline.StopEnd, status
	case "incomplete":
		if a.Incomplete == nil || a.Incomplete.Reason == "" {
			return interline.StopOther, status
		}
		switch word := a.Incomplete.Reason; word {
		case "max_output_tokens":
			return interline.StopLength, word
		case "content_filter":
			return interline.StopFiltered, word
		default:
			return interline.StopOther, word
		}
	case "": // some servers leave it out of a whole body
		return interline.StopEnd, "no status"
	}
	return interline.StopOther, status
}

// canonical converts the vendor's counts, which hold what was cached and what
// was reasoned, to the canonical vector. The shortest lifetime of a cache that
// is written here is 30 minutes.
func (u *usage) canonical() interline.Usage {
	out := interline.Usage{Input: u.Input, Output: u.Output}
	if p := u.InputDetails; p != nil {
		out.CacheRead, out.CacheWrite1h, out.InputAudio, out.InputImage = p.Cached, p.CacheWrite, p.Audio, p.Image
	}
	if c := u.OutputDetails; c != nil {
		out.Reasoning, out.OutputAudio = c.Reasoning, c.Audio
	}
	return out
}
