package chatcompletions

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/openai"
)

// Log-probabilities stand beside the message or delta whose text they are of: a
// list for the text, one for a refusal. Some servers also tell those of tokens that
// are of neither, such as a call's arguments.

// choiceLogprobs is logprobs of a choice; the lists are read only where they are
// wanted.
type choiceLogprobs struct {
	Content jsontext.Value `json:"content"`
	Refusal jsontext.Value `json:"refusal"`
}

// checkLogprobs refuses what the API refuses.
func checkLogprobs(w *request) error {
	if n := w.TopLogprobs; n != nil {
		switch {
		case *n < 0 || *n > openai.MostLogProbs:
			return interline.Invalid("top_logprobs", "invalid 'top_logprobs': expected a value between 0 and %d", openai.MostLogProbs)
		case w.Logprobs == nil || !*w.Logprobs:
			return interline.Invalid("top_logprobs", "the 'top_logprobs' parameter is only allowed when 'logprobs' is enabled")
		}
	}
	return nil
}

// probable tells the log-probabilities of a message or delta, with the last piece
// of text among the events since first. A token that ends within a letter comes
// with no text; those of other things than text are left out.
func (d *decoder) probable(i int, c *candidate, w *choice, first int) {
	if w.Logprobs.Kind() != '{' {
		return
	}
	var l choiceLogprobs
	if readLenient(w.Logprobs, &l) != nil {
		return
	}
	m := w.Delta
	if m == nil {
		m = w.Message
	}
	said := m != nil && m.Content.Kind() == '"'
	d.attach(i, c, interline.Text, openai.ReadLogProbs(l.Content), first, said)
	d.attach(i, c, interline.Refusal, openai.ReadLogProbs(l.Refusal), first, m != nil && m.Refusal != "")
}

func (d *decoder) attach(i int, c *candidate, kind interline.BlockKind, probs []interline.LogProb, first int, said bool) {
	if len(probs) == 0 {
		return
	}
	for n := len(d.events) - 1; n >= first; n-- {
		if e := &d.events[n]; e.Kind == interline.Delta && e.Block == kind {
			e.LogProbs = probs
			return
		}
	}
	if c.open != kind && !said {
		return
	}
	d.open(i, c, kind)
	d.emit(interline.Event{Kind: interline.Delta, Choice: i, Index: c.at, Block: kind, LogProbs: probs})
}

// spokenProbs are the log-probabilities that a choice has told, as elements of
// their lists.
type spokenProbs struct{ text, refusal []byte }

func (p *spokenProbs) add(ev *interline.Event) {
	switch {
	case len(ev.LogProbs) == 0:
	case ev.Block == interline.Text:
		p.text = openai.AppendLogProbs(p.text, ev.LogProbs)
	case ev.Block == interline.Refusal:
		p.refusal = openai.AppendLogProbs(p.refusal, ev.LogProbs)
	}
}

// append appends the member's value.
func (p *spokenProbs) append(dst []byte) []byte {
	if len(p.text) == 0 && len(p.refusal) == 0 {
		return append(dst, "null"...)
	}
	list := func(name string, elements []byte) {
		dst = append(dst, name...)
		if len(elements) == 0 {
			dst = append(dst, "null"...)
			return
		}
		dst = append(append(append(dst, '['), elements...), ']')
	}
	list(`{"content":`, p.text)
	list(`,"refusal":`, p.refusal)
	return append(dst, '}')
}
