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

// rivals are the tokens that top_logprobs names besides the one that was said.
// They are made up, as the probabilities are.
var rivals = []string{" the", " a", ",", ".", " and", " of", " to", " in", " is", " that", "\n", " for", " it", " as", " with", " on", " be", " at", " by"}

// logprobs gives every piece of the answer's text a probability: the piece
// itself e⁻⁰·¹, each rival a tenth of the one before.
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
	said := oneLogprob(piece, -0.1)
	if o.q.TopLogprobs == nil || *o.q.TopLogprobs == 0 {
		return said
	}
	top := []logprob{said}
	for _, rival := range rivals {
		if len(top) < *o.q.TopLogprobs && rival != piece {
			top = append(top, oneLogprob(rival, -0.1-2.3*float64(len(top))))
		}
	}
	said.Top = top
	return said
}

func oneLogprob(token string, p float64) logprob {
	l := logprob{Token: token, Logprob: p}
	for i := range len(token) {
		l.Bytes = append(l.Bytes, int(token[i]))
	}
	return l
}
