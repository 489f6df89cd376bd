package core

import (
	"iter"
	"strings"
)

// Answer is what the model says to a prompt.
type Answer struct {
	Parts []Part // in the order in which they are said
	Stop  Stop
	// Matched is the stop sequence that ended the answer; empty unless Stop
	// is StopSequence. It is not part of the text.
	Matched string

	Output    int // tokens said, reasoning included
	Reasoning int // tokens of reasoning among them
}

// Part is a run of one kind of output: reasoning, text, or one tool call.
type Part struct {
	Kind PartKind
	// Pieces is the text, or the arguments of a call as JSON, cut as the
	// tokenizer cuts it. A piece is never empty and never splits a rune.
	Pieces []string
	// Tokens has the number of tokens of each piece; their sum is counted
	// in the answer's Output.
	Tokens []int

	Quote int // which of the prompt's Quotes the text is, from 1; 0 is none

	Name   string // the tool called
	CallID string // 24 letters and digits; dialects put their own prefix before it
}

// PartKind tells the kinds of [Part] apart.
type PartKind int

// The kinds of [Part].
const (
	PartText PartKind = iota
	PartReasoning
	PartCall
)

// Text is the part's pieces joined: words, or the arguments of a call.
func (p Part) Text() string { return strings.Join(p.Pieces, "") }

// Stop is the reason why an answer ended.
type Stop int

// The reasons why an answer ends.
const (
	StopEnd      Stop = iota // all was said
	StopLength               // MaxOutput was reached
	StopSequence             // one of the stop sequences was met
	StopCalls                // tools are to be called
)

// Text joins the text parts of the answer.
func (a Answer) Text() string { return a.join(PartText) }

// ReasoningText joins the reasoning parts of the answer.
func (a Answer) ReasoningText() string { return a.join(PartReasoning) }

func (a Answer) join(kind PartKind) string {
	var b strings.Builder
	for _, p := range a.Parts {
		if p.Kind == kind {
			b.WriteString(p.Text())
		}
	}
	return b.String()
}

// Calls returns the tool calls of the answer, in order.
func (a Answer) Calls() []Part {
	var calls []Part
	for _, p := range a.Parts {
		if p.Kind == PartCall {
			calls = append(calls, p)
		}
	}
	return calls
}

// Shorten leaves the first n pieces of an answer, without any tool call: what a
// model said before a filter stopped it. The reason to stop is kept.
func (a Answer) Shorten(n int) Answer {
	cut := Answer{Stop: a.Stop}
	for step := range a.Steps() {
		part := a.Parts[step.Part]
		if n--; n < 0 || part.Kind == PartCall {
			break
		}
		if step.First {
			cut.Parts = append(cut.Parts, Part{Kind: part.Kind, Quote: part.Quote})
		}
		last := &cut.Parts[len(cut.Parts)-1]
		last.Pieces, last.Tokens = append(last.Pieces, step.Piece), append(last.Tokens, step.Tokens)
		cut.Output += step.Tokens
		if part.Kind == PartReasoning {
			cut.Reasoning += step.Tokens
		}
	}
	return cut
}

// Step is one moment of a streamed answer.
type Step struct {
	Part   int // index in Answer.Parts
	First  bool
	Last   bool
	Piece  string // empty only when the part has no pieces
	Tokens int    // tokens of this piece
}

// Steps walks the answer piece by piece. A part without pieces, such as a text
// cut to nothing, still has one step, which is its first and its last.
func (a Answer) Steps() iter.Seq[Step] {
	return func(yield func(Step) bool) {
		for i, p := range a.Parts {
			if len(p.Pieces) == 0 && !yield(Step{Part: i, First: true, Last: true}) {
				return
			}
			for j, piece := range p.Pieces {
				s := Step{Part: i, First: j == 0, Last: j == len(p.Pieces)-1, Piece: piece, Tokens: p.Tokens[j]}
				if !yield(s) {
					return
				}
			}
		}
	}
}
