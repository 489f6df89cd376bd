package generatecontent

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// Log-probabilities stand beside a candidate's content: the tokens that were
// chosen, and at the same places of a second list the likeliest ones. In a stream
// each chunk has those of its own tokens. Tokens have no bytes here.

// mostLogprobs is how many of the likeliest tokens can be asked for (Google's
// reference of GenerationConfig, 2026-11).
const mostLogprobs = 20

type logprobsResult struct {
	Chosen []tokenProb `json:"chosenCandidates"`
	Top    []struct {
		Candidates []tokenProb `json:"candidates"`
	} `json:"topCandidates"`
}

type tokenProb struct {
	Token string  `json:"token"`
	Value float64 `json:"logProbability"` // left out where it is 0
}

func (p tokenProb) word() interline.LogProb {
	return interline.LogProb{Token: p.Token, LogProb: p.Value}
}

// readLogprobs reads log-probabilities; what cannot be read is none.
func readLogprobs(v jsontext.Value) []interline.LogProb {
	var w logprobsResult
	if v.Kind() != '{' || json.Unmarshal(v, &w, lenient) != nil || len(w.Chosen) == 0 {
		return nil
	}
	out := make([]interline.LogProb, len(w.Chosen))
	for i, p := range w.Chosen {
		out[i] = p.word()
		if i >= len(w.Top) {
			continue
		}
		for _, t := range w.Top[i].Candidates {
			out[i].Top = append(out[i].Top, t.word())
		}
	}
	return out
}

// readLikely reads whether log-probabilities are wanted.
func (rd *reader) readLikely(c *generationConfig) error {
	s := &rd.r.Sampling
	if s.Logprobs = c.ResponseLogprobs; c.Logprobs == nil {
		return nil
	}
	switch n := int64(*c.Logprobs); {
	case !s.Logprobs:
		return interline.Invalid("generationConfig.logprobs", "generation_config.logprobs can only be set when response_logprobs is true.")
	case n < 0 || n > mostLogprobs:
		return interline.Invalid("generationConfig.logprobs", "generation_config.logprobs must be in the range [0, %d], got %d", mostLogprobs, n)
	default:
		s.TopLogprobs = &n
	}
	return nil
}

// likely asks for log-probabilities. A number of 0 is what is meant anyway.
func (w *writer) likely() {
	s := w.r.Sampling
	if !s.Logprobs {
		return
	}
	w.out.Bool("responseLogprobs", true)
	if n := s.TopLogprobs; n != nil && *n > 0 {
		w.out.Int("logprobs", *n)
	}
}

// probable tells a chunk's log-probabilities with the last piece of text among the
// events since first. Where the chunk has no text they go on with the text that is
// open, or begin the answer; those of calls and thoughts are left out.
func (d *decoder) probable(probs []interline.LogProb, first int) {
	if len(probs) == 0 {
		return
	}
	for n := len(d.events) - 1; n >= first; n-- {
		if e := &d.events[n]; e.Kind == interline.Delta && e.Block == interline.Text {
			e.LogProbs = probs
			return
		}
	}
}

// probableAlone does so for a chunk that has no text, before the rest of it is
// read, and reports whether it did.
func (d *decoder) probableAlone(i int, c *candidate, probs []interline.LogProb) bool {
	s := &d.said[i]
	if len(probs) == 0 || s.open != interline.Text && s.next > 0 {
		return false
	}
	for _, p := range c.Content.Parts {
		if p.FunctionCall != nil || p.Thought || p.Text != nil && *p.Text != "" {
			return false
		}
	}
	if s.open == 0 {
		d.open(i, interline.Event{Block: interline.Text})
	}
	d.emit(interline.Event{Kind: interline.Delta, Choice: i, Index: s.next - 1, Block: interline.Text, LogProbs: probs})
	return true
}

// probs are log-probabilities that were not told yet, as elements of the two
// lists, and what the average of a whole answer is made of.
type probs struct {
	chosen, top jsonout.Text
	tops        bool // there are likeliest ones
	sum         float64
	n           int
}

func (p *probs) add(list []interline.LogProb) {
	for i := range list {
		l := &list[i]
		p.chosen.Open('{')
		addToken(&p.chosen, l)
		p.top.Open('{')
		if len(l.Top) > 0 {
			p.tops = true
			p.top.Array("candidates")
			for j := range l.Top {
				p.top.Open('{')
				addToken(&p.top, &l.Top[j])
			}
			p.top.Close(']')
		}
		p.top.Close('}')
		p.sum += l.LogProb
		p.n++
	}
}

// spoken reports whether a block's tokens are told.
func (p *piece) spoken() bool { return p.kind == interline.Text || p.kind == interline.Refusal }

// of reports whether a block that ends has likelihoods left that are told with no
// text.
func (p *probs) of(b *piece) bool { return len(p.chosen) > 0 && b.begun && b.spoken() }

func addToken(out *jsonout.Text, l *interline.LogProb) {
	out.String("token", l.Token)
	out.Float("logProbability", &l.LogProb)
	out.Close('}')
}

// tell adds the lists and forgets them; last adds the average of all that was told.
func (p *probs) tell(out *jsonout.Text, last bool) {
	if last && p.n > 0 {
		out.Float("avgLogprobs", new(p.sum/float64(p.n)))
	}
	if len(p.chosen) == 0 {
		return
	}
	out.Object("logprobsResult")
	out.Array("chosenCandidates")
	*out = append(*out, p.chosen...)
	out.Close(']')
	if p.tops {
		out.Array("topCandidates")
		*out = append(*out, p.top...)
		out.Close(']')
	}
	out.Close('}')
	p.chosen, p.top, p.tops = p.chosen[:0], p.top[:0], false
}
