package gemini

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/interline-ai/interline/emulator/core"
)

// teller streams one reply: as server-sent events, or as one JSON array that
// grows. A chunk holds what is new, and the usage so far.
type teller struct {
	*core.Stream
	*job
	array bool
	open  bool // the array was begun
	book  func()
}

// stream sends the reply and bills what was said of it.
func (j *job) stream() core.Usage {
	array := j.Request.URL.Query().Get("alt") != "sse"
	kind := "text/event-stream"
	if array {
		kind = "application/json; charset=UTF-8"
	}
	tab := j.Core.Open(j.row("generate_content", true, j.reply.Usage))
	j.Header().Set("Content-Disposition", "attachment")
	s, err := j.Stream(kind)
	if err != nil {
		tab.Break(j.reply.Partial(0, 0))
		return j.reply.Partial(0, 0)
	}
	s.OnBreak = func() { tab.Break(j.reply.Partial(s.Said())) }
	err = core.ErrBroken // what stands if a drill leaves by a panic
	defer func() {
		if err != nil {
			s.OnBreak()
		}
	}()
	t := &teller{Stream: s, job: j, array: array, book: tab.Book}
	if err = t.tell(); errors.Is(err, core.ErrInStream) {
		_ = s.Last(t.frame(Overloaded().Body(), true)) // the caller may be gone; it is billed either way
	}
	if err != nil {
		return j.reply.Partial(s.Said())
	}
	return j.reply.Usage
}

// tell sends everything. The end of the last candidate carries the whole usage.
func (t *teller) tell() error {
	if t.blocked {
		t.book()
		return t.chunk(t.whole(), true)
	}
	for i, a := range t.reply.Answers {
		if err := t.candidate(i, a); err != nil {
			return err
		}
	}
	return nil
}

// candidate sends an answer piece by piece, and calls when they are whole.
func (t *teller) candidate(i int, a core.Answer) error {
	calls := 0
	for step := range a.Steps() {
		p := a.Parts[step.Part]
		if err := t.Pace(step, p.Kind); err != nil {
			return err
		}
		piece := core.Part{Kind: p.Kind, Pieces: []string{step.Piece}}
		if p.Kind == core.PartCall {
			if !step.Last {
				continue
			}
			piece = p
		}
		shown := t.part(piece, calls == 0)
		if p.Kind == core.PartCall {
			calls++
		}
		if shown == nil {
			continue
		}
		r := t.response(t.reply.Partial(t.Said()))
		c := candidate{Content: answerContent{[]answerPart{*shown}, "model"}, Index: i}
		if p.Kind == core.PartText {
			c.Odds, _ = t.oddsOf(step.Piece)
		}
		r.Candidates = []candidate{c}
		if err := t.chunk(r, false); err != nil {
			return err
		}
	}
	return t.end(i, a)
}

// end sends the reason of a candidate's end, in a chunk whose part is an empty
// text; on models that sign it carries the signature (recorded, 2026-03).
func (t *teller) end(i int, a core.Answer) error {
	empty := ""
	p := answerPart{Text: &empty}
	if t.signsText(a) {
		p.Signature = t.sealText()
	}
	last := i == len(t.reply.Answers)-1
	r := t.response(t.reply.Partial(t.Said()))
	c := t.ending(i, a)
	_, c.Average = t.oddsOf(textOf(a)...)
	c.Content.Parts = []answerPart{p}
	r.Candidates = []candidate{c}
	if last {
		t.book()
	}
	return t.chunk(r, last)
}

func (t *teller) chunk(r response, last bool) error {
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode chunk: %w", err)
	}
	if t.Corrupting() {
		data = data[:len(data)-1]
	}
	frame := t.frame(data, last)
	err = t.Send(frame)
	t.open = t.open || err == nil
	return err
}

// frame puts a chunk into its envelope. JSON has no line ends of its own here,
// but an error's body does, which server-sent events would break apart.
func (t *teller) frame(data []byte, last bool) []byte {
	if !t.array {
		return fmt.Appendf(nil, "data: %s\r\n\r\n", flat(data))
	}
	before, after := ",\r\n", ""
	if !t.open {
		before = "["
	}
	if last {
		after = "]"
	}
	return fmt.Appendf(nil, "%s%s%s", before, data, after)
}

// flat is JSON on one line; what is not JSON, because a drill broke it, has none.
func flat(data []byte) []byte {
	if !json.Valid(data) {
		return data
	}
	return []byte(compact(data))
}
