// Package protocoltest is what every language must prove.
//
// [Run] holds a language to its laws with fixtures the language brings: patches
// change only what they are told to, writing is deterministic and reads back,
// the meter and the decoder agree, a stream and a whole body of the same answer
// tell the same, cut streams never look whole, what nobody knows yet never
// fails, and a fault written is a fault read. [Stories] runs whole exchanges
// between two languages from files. [FuzzRequest] and [FuzzAnswer] feed a
// language what nobody would send on purpose.
//
// The package is for tests only. It contacts nothing.
package protocoltest

import (
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// Fixtures are what a language brings to its own proof.
type Fixtures struct {
	// Requests are bodies that clients send. The first one must be a plain
	// conversation; it also serves as the body that misuse is made of.
	Requests []Request
	// Answers are answers told twice: in one body and as a stream.
	Answers []Answer
	// Strange are streams that hold frames, deltas or stop reasons nobody
	// knows. They must be read to their end.
	Strange []Strange
	// Misuses are bodies that must be refused, beside those that every
	// language refuses.
	Misuses []Misuse
	// Merged are codes that the language cannot tell from another when they
	// come back: code to the one that is read. Streamed are those it merges
	// within a stream only.
	Merged, Streamed map[interline.Code]interline.Code
}

// Request is a request's body and what its path said.
type Request struct {
	Name   string
	Spoken protocol.Spoken
	Body   string
}

// Answer is one answer, told twice. Stream is in the form of [Stream].
type Answer struct {
	Name   string
	Body   string
	Stream string
	Usage  interline.Usage
}

// Strange is a stream with something in it that nobody knows, in the form of
// [Stream], and perhaps the like in one body.
type Strange struct {
	Name   string
	Stream string
	Body   string
	Stop   interline.StopReason // how it must be understood to end
}

// Misuse is a body that must be refused with a fault that names the field.
type Misuse struct {
	Name, Body, Field string
}

// Run holds the language to its laws.
func Run(t *testing.T, lang protocol.Translator, fx Fixtures) {
	t.Run("requests", func(t *testing.T) {
		for _, r := range fx.Requests {
			t.Run(r.Name, func(t *testing.T) { testRequest(t, lang, r) })
		}
	})
	t.Run("misuse", func(t *testing.T) { testMisuse(t, lang, fx) })
	t.Run("answers", func(t *testing.T) {
		for _, a := range fx.Answers {
			t.Run(a.Name, func(t *testing.T) { testAnswer(t, lang, a) })
		}
	})
	t.Run("strange", func(t *testing.T) {
		for _, s := range fx.Strange {
			t.Run(s.Name, func(t *testing.T) { testStrange(t, lang, s) })
		}
	})
	t.Run("faults", func(t *testing.T) { testFaults(t, lang, fx) })
	t.Run("ping", func(t *testing.T) { testPing(t, lang) })
}
