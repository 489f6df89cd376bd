package dialogue

import (
	"github.com/interline-ai/interline"
)

// SchemaTool is the name of the tool that stands for a schema where a place
// takes none: the model is made to call it, and its input is the answer.
const SchemaTool = "interline_answer"

// Answer turns the blocks of a wire answer, numbered as that numbers them, into
// events. It is what the decoders of Messages and Converse share. Blocks that
// were never opened give no events, so unknown kinds are passed over by not
// opening them. A call of [SchemaTool] is told as the text that it stands for.
// The zero value is ready for use.
type Answer struct {
	events  []interline.Event
	open    []wireBlock
	next    int
	calls   int
	wrapped bool // SchemaTool was called
}

// wireBlock is an open block.
type wireBlock struct {
	wire, index int
	kind        interline.BlockKind
	object      bool // must hold a JSON object in the end
	cites       []interline.Citation
}

// Reset forgets the events given so far; it begins every Decode.
func (a *Answer) Reset() { a.events = a.events[:0] }

// Events are those since the last Reset.
func (a *Answer) Events() []interline.Event { return a.events }

// Emit adds an event as it is.
func (a *Answer) Emit(e interline.Event) { a.events = append(a.events, e) }

// Has reports whether the wire's block is open, and what it is.
func (a *Answer) Has(wire int) (interline.BlockKind, bool) {
	if b := a.find(wire); b != nil {
		return b.kind, true
	}
	return 0, false
}

func (a *Answer) find(wire int) *wireBlock {
	for i := range a.open {
		if a.open[i].wire == wire {
			return &a.open[i]
		}
	}
	return nil
}

// Open begins a block. id and name are those of a tool call. A block that is
// still open under that number ends.
func (a *Answer) Open(wire int, kind interline.BlockKind, id, name string) {
	a.Stop(wire)
	object := kind == interline.ToolCallBlock
	switch {
	case kind != interline.ToolCallBlock:
	case name == SchemaTool:
		kind, id, name, a.wrapped = interline.Text, "", "", true
	default:
		a.calls++
	}
	b := wireBlock{wire: wire, index: a.next, kind: kind, object: object}
	a.next++
	a.open = append(a.open, b)
	a.Emit(interline.Event{Kind: interline.BlockStart, Index: b.index, Block: kind, ID: id, Name: name})
}

// Say adds a piece of the block's text or arguments.
func (a *Answer) Say(wire int, text string) {
	if b := a.find(wire); b != nil && text != "" {
		b.object = false
		a.Emit(interline.Event{Kind: interline.Delta, Index: b.index, Block: b.kind, Text: text})
	}
}

// Seal adds the proof of a reasoning block.
func (a *Answer) Seal(wire int, s interline.Seal) {
	b := a.find(wire)
	if b == nil || b.kind != interline.ReasoningBlock {
		return
	}
	a.Emit(interline.Event{Kind: interline.SealDelta, Index: b.index, Block: b.kind, Seal: &s})
}

// Stop ends a block. The arguments of a call that said nothing are the empty
// object, which not every language may leave out.
func (a *Answer) Stop(wire int) {
	for i, b := range a.open {
		if b.wire == wire {
			if b.object {
				a.Say(wire, "{}")
			}
			a.cite(&b)
			a.open = append(a.open[:i], a.open[i+1:]...)
			a.Emit(interline.Event{Kind: interline.BlockStop, Index: b.index})
			return
		}
	}
}

// Finish ends the answer's content. A vendor now and then says that the model
// was done although it calls tools (recordings of both languages, 2026).
func (a *Answer) Finish(stop interline.StopReason, word, sequence string) {
	for len(a.open) > 0 {
		a.Stop(a.open[0].wire)
	}
	switch {
	case stop == interline.StopEnd && a.calls > 0:
		stop = interline.StopTools
	case stop == interline.StopTools && a.wrapped && a.calls == 0:
		stop = interline.StopEnd
	}
	a.Emit(interline.Event{Kind: interline.Finish, Stop: stop, RawStop: word, StopSequence: sequence})
}
