package protocoltest

import (
	"slices"
	"unicode/utf8"

	"github.com/interline-ai/interline"
)

// Told is what an answer tells, however it was cut into events.
type Told struct {
	Model   string
	Choices []Choice
	Usage   *interline.Usage
	Fault   *interline.Fault
	Ended   bool
}

// Choice is one candidate.
type Choice struct {
	Blocks       []Block
	Stop         interline.StopReason
	StopSequence string
}

// Block is one block of a candidate, whole. Blocks that say nothing are left
// out.
type Block struct {
	Kind     interline.BlockKind
	ID, Name string
	Text     string
	Seal     interline.Seal
	LogProbs []interline.LogProb
	Cites    []interline.Citation // their bounds said, and without the vendor's own form
}

// Fold gathers what events tell.
func Fold(events []interline.Event) Told {
	var told Told
	for _, e := range events {
		switch e.Kind {
		case interline.Start:
			told.Model = e.Model
		case interline.UsageEvent:
			u := *e.Usage
			told.Usage = &u
		case interline.FaultEvent:
			told.Fault = e.Fault
		case interline.End:
			told.Ended = true
		case interline.BlockStart, interline.Delta, interline.SealDelta, interline.CitationDelta, interline.Finish:
			told.choice(e.Choice).take(e)
		}
	}
	for i := range told.Choices {
		told.Choices[i].trim()
	}
	return told
}

func (t *Told) choice(n int) *Choice {
	for len(t.Choices) <= n {
		t.Choices = append(t.Choices, Choice{})
	}
	return &t.Choices[n]
}

func (c *Choice) take(e interline.Event) {
	if e.Kind == interline.Finish {
		c.Stop, c.StopSequence = e.Stop, e.StopSequence
		return
	}
	for len(c.Blocks) <= e.Index {
		c.Blocks = append(c.Blocks, Block{})
	}
	b := &c.Blocks[e.Index]
	switch e.Kind {
	case interline.BlockStart:
		*b = Block{Kind: e.Block, ID: e.ID, Name: e.Name}
	case interline.Delta:
		b.Text += e.Text
		b.LogProbs = append(b.LogProbs, e.LogProbs...)
	case interline.SealDelta:
		b.Seal = *e.Seal
	case interline.CitationDelta:
		b.cite(e.Citation)
	}
}

// cite keeps a citation as of a piece with bounds, which not every language says.
func (b *Block) cite(c *interline.Citation) {
	said := c.Clone()
	said.Language, said.Raw = "", nil
	if said.End == 0 {
		said.End = utf8.RuneCountInString(b.Text)
	}
	b.Cites = append(b.Cites, said)
}

// trim leaves out what says nothing, and says calls without arguments in one
// way.
func (c *Choice) trim() {
	var kept []Block
	for _, b := range c.Blocks {
		if b.Kind == interline.ToolCallBlock && b.Text == "" {
			b.Text = "{}"
		}
		if b.Text != "" || b.Seal != (interline.Seal{}) {
			kept = append(kept, b)
		}
	}
	c.Blocks = kept
}

// clone copies events together with what they point to, since a decoder's last
// only until its next call.
func clone(events []interline.Event) []interline.Event {
	out := make([]interline.Event, len(events))
	for i, e := range events {
		e.LogProbs = slices.Clone(e.LogProbs)
		if e.Seal != nil {
			s := *e.Seal
			e.Seal = &s
		}
		if e.Usage != nil {
			u := *e.Usage
			e.Usage = &u
		}
		if e.Citation != nil {
			c := e.Citation.Clone()
			e.Citation = &c
		}
		out[i] = e
	}
	return out
}
