package responses

import (
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/jsonout"
	"github.com/interline-ai/interline/protocol/loss"
	"github.com/interline-ai/interline/protocol/openai"
)

// Log-probabilities are asked for in include, and stand beside every text: those of
// a piece beside the piece, all of them wherever the whole text is told again.
// Refusals have none.

// outputLogprobs is the word that asks for them. Without it top_logprobs asks for
// nothing.
const outputLogprobs = "message.output_text.logprobs"

func readLikely(w *request, r *interline.Request) error {
	s := &r.Sampling
	s.Logprobs, s.TopLogprobs = slices.Contains(w.Include, outputLogprobs), nil
	n := w.TopLogprobs
	if n != nil && (*n < 0 || *n > openai.MostLogProbs) {
		return interline.Invalid("top_logprobs", "invalid 'top_logprobs': expected a value between 0 and %d", openai.MostLogProbs)
	}
	if s.Logprobs && n != nil && *n > 0 {
		s.TopLogprobs = n
	}
	return nil
}

// likely asks for log-probabilities, unless the model or the place does not tell
// them.
func (w *writer) likely() {
	s := w.r.Sampling
	switch {
	case !s.Logprobs:
	case w.refusesSampling():
		w.lose(loss.SamplingRefused, "logprobs")
	case w.l.unlikely():
		w.lose(loss.Refused, "logprobs")
	default:
		w.w.Include, w.w.TopLogprobs = append(w.w.Include, outputLogprobs), s.TopLogprobs
	}
}

// unlikely reports whether the vendor refuses to tell log-probabilities.
func (l *Language) unlikely() bool { return slices.Contains(l.dialect.Refuses, "top_logprobs") }

// withoutLikely takes the word out of include for such a vendor.
func (l *Language) withoutLikely(o *protocol.Opened) ([]protocol.Replacement, []interline.Loss) {
	m, said := o.Members.Find("include")
	if !said || !l.unlikely() {
		return nil, nil
	}
	var words []string
	if json.Unmarshal(o.Body[m.Start:m.End], &words) != nil || !slices.Contains(words, outputLogprobs) {
		return nil, nil
	}
	words = slices.DeleteFunc(words, func(s string) bool { return s == outputLogprobs })
	return []protocol.Replacement{{Start: m.Start, End: m.End, Value: protocol.JSON(words)}}, []interline.Loss{loss.Refused.At(outputLogprobs)}
}

// sayText is say for a text with log-probabilities. Where a text is told again, they
// count only if none were told with its pieces.
func (d *decoder) sayText(at int, s string, v jsontext.Value, whole bool) {
	odds := openai.ReadLogProbs(v)
	if len(odds) == 0 {
		d.say(at, interline.Text, s, whole)
		return
	}
	b := d.open(at, interline.Text, "", "")
	if b.done || whole && b.odds {
		return
	}
	if whole && b.any {
		s = ""
	}
	b.any, b.odds = b.any || s != "", true
	d.answer.SayProbable(at, s, odds)
}

// odds are the log-probabilities of an item's text, as elements of their lists.
type odds struct{ all, piece []byte }

// of are those that an event tells.
func (o *odds) of(event string) []byte {
	if event == "delta" {
		return o.piece
	}
	return o.all
}

func appendOdds(t *jsonout.Text, elements []byte) {
	t.Array("logprobs")
	*t = append(*t, elements...)
	t.Close(']')
}

// probable says a piece of a text with its log-probabilities; a token that ends
// within a letter has no text yet.
func (e *encoder) probable(dst []byte, it *item, ev *interline.Event) []byte {
	it.odds.piece = openai.AppendLogProbs(nil, ev.LogProbs)
	dst = e.delta(dst, it, ev.Text)
	it.odds.all, it.odds.piece = openai.AppendLogProbs(it.odds.all, ev.LogProbs), nil
	return dst
}
