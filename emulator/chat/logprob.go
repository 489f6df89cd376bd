package chat

import "github.com/interline-ai/interline/emulator/core"

type logprobs struct {
	Content []logprob `json:"content"`
	Refusal []logprob `json:"refusal"`
}

type logprob struct {
	Token   string    `json:"token"`
	Logprob float64   `json:"logprob"`
	Bytes   []int     `json:"bytes"`
	Top     []logprob `json:"top_logprobs,omitempty"`
}

// logprobs gives every piece of the answer's text a probability.
func (o *outcome) logprobs(a core.Answer) *logprobs {
	out := &logprobs{Content: []logprob{}}
	for _, p := range a.Parts {
		if p.Kind != core.PartText {
			continue
		}
		for _, piece := range p.Pieces {
			out.Content = append(out.Content, o.logprob(piece))
		}
	}
	return out
}

func (o *outcome) logprob(piece string) logprob {
	most := 0
	if o.q.TopLogprobs != nil {
		most = *o.q.TopLogprobs
	}
	one, top := core.Odds(piece, most)
	said := oneLogprob(one)
	for _, l := range top {
		said.Top = append(said.Top, oneLogprob(l))
	}
	return said
}

func oneLogprob(l core.Likely) logprob {
	p := logprob{Token: l.Token, Logprob: l.Log}
	for i := range len(l.Token) {
		p.Bytes = append(p.Bytes, int(l.Token[i]))
	}
	return p
}
