package protocoltest_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// odds is a token that rivals stood beside.
func odds(token string, log float64, rivals ...string) interline.LogProb {
	p := interline.LogProb{Token: token, LogProb: log}
	if len(rivals) > 0 {
		p.Top = []interline.LogProb{{Token: token, LogProb: log}}
	}
	for i, r := range rivals {
		p.Top = append(p.Top, interline.LogProb{Token: r, LogProb: log - 2.25*float64(i+1)})
	}
	return p
}

// half is a token that ends within a letter, as OpenAI spells it.
func half(token string, b byte) interline.LogProb {
	p := odds(token, -1.5, "x")
	p.Bytes, p.Top[0].Bytes = []byte{b}, []byte{b}
	return p
}

// probable is an answer of which the likelihoods were asked for: the first piece is
// a token, the second no letter yet, the last several tokens at once.
func probable(kind interline.BlockKind, stop interline.StopReason) []interline.Event {
	say := func(text string, probs ...interline.LogProb) interline.Event {
		return interline.Event{Kind: interline.Delta, Block: kind, Text: text, LogProbs: probs}
	}
	return []interline.Event{
		{Kind: interline.Start, ID: "x", Model: "m"},
		{Kind: interline.BlockStart, Block: kind},
		say("Gr", odds("Gr", -0.1, " Gr", "\"\\\n")), say("", half(`bytes:\xc3`, 0xc3)), say("ü", half(`bytes:\xbc`, 0xbc)),
		say("ße", odds("ß", -1e-7, "ss"), odds("e", -9999, "\U0001F600")), say(".", odds(".", 0)),
		{Kind: interline.BlockStop},
		{Kind: interline.Finish, Stop: stop},
		{Kind: interline.UsageEvent, Usage: &usage},
		{Kind: interline.End},
	}
}

// limitOdds says what of likelihoods a language does not tell.
func limitOdds(lang string, b *protocoltest.Block) {
	switch lang {
	case protocol.ChatCompletions:
	case protocol.Responses:
		if b.Kind == interline.Refusal {
			b.LogProbs = nil
		}
	case protocol.GenerateContent:
		b.LogProbs = withoutBytes(b.LogProbs)
	default:
		b.LogProbs = nil
	}
}

func withoutBytes(probs []interline.LogProb) []interline.LogProb {
	out := slices.Clone(probs)
	for i := range out {
		out[i].Bytes, out[i].Top = nil, withoutBytes(out[i].Top)
	}
	return out
}

// TestLogProbsAreAskedFor: whether they are wanted, and how many of the likeliest,
// arrives in the languages that have them.
func TestLogProbsAreAskedFor(t *testing.T) {
	pairs(t, func(t *testing.T, in, out protocol.Translator) {
		if !slices.Contains(probableIn, in.Name()) || !slices.Contains(probableIn, out.Name()) {
			return
		}
		for _, want := range []interline.Sampling{{}, {Logprobs: true}, {Logprobs: true, TopLogprobs: new(int64(5))}} {
			r := &interline.Request{Turns: []interline.Turn{turn(interline.User, text("Hello"))}, Sampling: want}
			got := reopen(t, out, reopen(t, in, r, in.Name()), in.Name())
			if diff := cmp.Diff(want, got.Sampling, cmpopts.EquateEmpty()); diff != "" || len(got.Extra) > 0 {
				t.Errorf("what was asked for arrives as %s, beside it %v", diff, got.Extra)
			}
		}
	})
}

// probableIn are the languages that have log-probabilities.
var probableIn = []string{protocol.ChatCompletions, protocol.Responses, protocol.GenerateContent}
