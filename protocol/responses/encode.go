package responses

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// Encoder implements protocol.Translator.
func (l *Language) Encoder(a protocol.Answer) protocol.Encoder {
	return &encoder{answer: a, stream: a.Stream, model: a.Model, blocks: map[int]*item{}}
}

// encoder writes one answer, of which it keeps everything: the terminal event
// says it all again, and so do the events that end a part and an item. Every
// block is an item of its own, numbered as it begins to speak, so blocks may
// interleave as parallel calls of OpenAI do. Of several candidates only the
// first is told, since the language knows one.
type encoder struct {
	answer protocol.Answer
	stream bool
	model  string
	items  []*item       // in the order of output_index
	blocks map[int]*item // by number of the block
	usage  interline.Usage
	used   bool
	stop   interline.StopReason
	begun  bool
	seq    int64
}

// item is one item of the answer.
type item struct {
	kind   interline.BlockKind
	id     string
	at     int // output_index
	callID string
	name   string
	text   []byte
	notes  notes
	odds   odds
	form   form   // of a call
	held   []byte // arguments of a call that were not said yet
	seal   *interline.Seal
	open   bool
	parted bool // its part was announced
	ended  bool // the text of a custom tool's call ended
	done   bool
}

// Append implements protocol.Encoder.
func (e *encoder) Append(dst []byte, events []interline.Event) []byte {
	for i := range events {
		if ev := &events[i]; ev.Choice == 0 {
			dst = e.tell(dst, ev)
		}
	}
	return dst
}

func (e *encoder) tell(dst []byte, ev *interline.Event) []byte {
	switch ev.Kind {
	case interline.Start:
		if ev.Model != "" {
			e.model = strings.Clone(ev.Model)
		}
		dst = e.begin(dst)
	case interline.BlockStart:
		// It waits until it says something: only then it is known what it is.
		e.blocks[ev.Index] = &item{kind: ev.Block, callID: strings.Clone(ev.ID), name: strings.Clone(ev.Name)}
	case interline.Delta:
		switch it := e.blocks[ev.Index]; {
		case it != nil && it.kind == interline.Text && len(ev.LogProbs) > 0:
			dst = e.probable(dst, it, ev)
		case it == nil || ev.Text == "" || !it.says():
		case it.kind == interline.ToolCallBlock:
			dst = e.argue(dst, it, ev.Text)
		default:
			dst = e.delta(dst, it, ev.Text)
		}
	case interline.CitationDelta:
		dst = e.cite(dst, ev)
	case interline.SealDelta:
		if it := e.blocks[ev.Index]; it != nil && it.kind == interline.ReasoningBlock && ev.Seal != nil {
			dst = e.seal(dst, it, ev.Seal)
		}
	case interline.BlockStop:
		if it := e.blocks[ev.Index]; it != nil {
			dst = e.close(dst, it)
		}
	case interline.Finish:
		dst = e.closeAll(dst)
		e.stop = ev.Stop
	case interline.UsageEvent:
		e.usage, e.used = *ev.Usage, true
	case interline.Ping:
		if e.stream {
			dst = append(dst, ": ping\n\n"...)
		}
	}
	return dst
}

// says reports whether the language has words for the block.
func (it *item) says() bool {
	switch it.kind {
	case interline.Text, interline.Refusal, interline.ToolCallBlock, interline.ReasoningBlock:
		return true
	}
	return false
}

// prefix is how ids of such items begin.
func (it *item) prefix() string {
	switch {
	case it.form == freeform:
		return "ctc_"
	case it.kind == interline.ToolCallBlock:
		return "fc_"
	case it.kind == interline.ReasoningBlock:
		return "rs_"
	}
	return "msg_"
}

// open announces an item.
func (e *encoder) open(dst []byte, it *item) []byte {
	if it.open {
		return dst
	}
	dst = e.begin(dst)
	it.open, it.at = true, len(e.items)
	e.items = append(e.items, it)
	it.id = it.prefix() + e.answer.ID + "_" + strconv.Itoa(it.at)
	if s := it.seal; s != nil && s.Issuer == issuer && s.ID != "" {
		it.id = s.ID // OpenAI's encrypted reasoning belongs to its id
	}
	return e.frame(dst, "response.output_item.added", func(t *jsonout.Text) {
		t.Int("output_index", int64(it.at))
		t.Name("item")
		it.append(t, "in_progress")
	})
}

// seal keeps the proof of reasoning, which is said when the item ends. What
// shows nothing begins with it.
func (e *encoder) seal(dst []byte, it *item, s *interline.Seal) []byte {
	it.seal = &interline.Seal{
		Issuer: strings.Clone(s.Issuer), Place: strings.Clone(s.Place), ID: strings.Clone(s.ID),
		Signature: strings.Clone(s.Signature), Redacted: strings.Clone(s.Redacted),
	}
	return e.open(dst, it)
}

func (e *encoder) delta(dst []byte, it *item, s string) []byte {
	dst = e.open(dst, it)
	it.text = append(it.text, s...)
	if !it.parted {
		it.parted = true
		dst = e.partFrame(dst, it, "added", "")
	}
	return e.textFrame(dst, it, "delta", "delta", s)
}

// argue says a piece of a call's arguments, once their beginning has told whose
// they are.
func (e *encoder) argue(dst []byte, it *item, s string) []byte {
	if it.form == function {
		return e.delta(dst, it, s)
	}
	it.held = append(it.held, s...)
	if it.form == undecided {
		var inside []byte
		switch inside, it.form = freeBegins(it.held); it.form {
		case undecided:
			return dst
		case function:
			all := string(it.held)
			it.held = nil
			return e.delta(dst, it, all)
		case freeform:
			it.held = inside
		}
	}
	if it.ended {
		return dst
	}
	text, rest, ended := unquoted(it.held)
	it.held, it.ended = append([]byte(nil), rest...), ended
	if text == "" {
		return dst
	}
	return e.delta(dst, it, text)
}

// close ends an item. A call without arguments has the empty object for them,
// which is what OpenAI's models write.
func (e *encoder) close(dst []byte, it *item) []byte {
	if it.kind == interline.ToolCallBlock && !it.done {
		dst = e.concede(dst, it)
	}
	if !it.open || it.done {
		return dst
	}
	it.done = true
	if it.parted {
		dst = e.textFrame(dst, it, "done", it.member(), string(it.text))
		dst = e.partFrame(dst, it, "done", string(it.text))
	}
	return e.frame(dst, "response.output_item.done", func(t *jsonout.Text) {
		t.Int("output_index", int64(it.at))
		t.Name("item")
		it.append(t, "completed")
	})
}

// concede ends the wait for what a call is: it is a function's. A text that was
// cut within an escape ends before it.
func (e *encoder) concede(dst []byte, it *item) []byte {
	if it.form == freeform {
		return e.open(dst, it)
	}
	all := string(it.held)
	if it.held, it.form = nil, function; all == "" && len(it.text) == 0 {
		all = "{}"
	}
	if all == "" {
		return dst
	}
	return e.delta(dst, it, all)
}

func (e *encoder) closeAll(dst []byte) []byte {
	for _, index := range slices.Sorted(maps.Keys(e.blocks)) {
		if it := e.blocks[index]; it.kind == interline.ToolCallBlock {
			dst = e.close(dst, it)
		}
	}
	for _, it := range e.items {
		dst = e.close(dst, it)
	}
	return dst
}

// Finish implements protocol.Encoder.
func (e *encoder) Finish(dst []byte) []byte {
	dst = e.closeAll(e.begin(dst))
	status := e.status()
	if !e.stream {
		var t jsonout.Text
		e.response(&t, status)
		return append(dst, t...)
	}
	return e.frame(dst, "response."+status, func(t *jsonout.Text) {
		t.Name("response")
		e.response(t, status)
	})
}

// status is how the answer ended. A blocked answer must never look complete,
// nor one that ended in a call nobody can read.
func (e *encoder) status() string {
	switch e.stop {
	case interline.StopLength, interline.StopContext, interline.StopFiltered, interline.StopGuardrail:
		return "incomplete"
	case interline.StopMalformed:
		return "failed"
	}
	return "completed"
}

// incomplete is the reason of an incomplete answer.
func (e *encoder) incomplete() string {
	switch e.stop {
	case interline.StopFiltered, interline.StopGuardrail:
		return "content_filter"
	}
	return "max_output_tokens"
}
