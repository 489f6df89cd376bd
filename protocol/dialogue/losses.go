package dialogue

import "github.com/interline-ai/interline"

// Losses collects what could not be said, in the order it was found.
type Losses []interline.Loss

// Dropped notes that a field was left out.
func (l *Losses) Dropped(field, reason string) {
	*l = append(*l, interline.Loss{Field: field, Action: interline.LossDropped, Reason: reason})
}

// Approximated notes that a field was said differently.
func (l *Losses) Approximated(field, reason string) {
	*l = append(*l, interline.Loss{Field: field, Action: interline.LossApproximated, Reason: reason})
}

// Emulated notes that a field was made to work another way.
func (l *Losses) Emulated(field, reason string) {
	*l = append(*l, interline.Loss{Field: field, Action: interline.LossEmulated, Reason: reason})
}

// Unsaid notes what neither Messages nor Converse has a word for.
func (l *Losses) Unsaid(r *interline.Request) {
	s := &r.Sampling
	for _, f := range []struct {
		said bool
		name string
	}{
		{s.Seed != nil, "seed"},
		{s.FrequencyPenalty != nil, "frequency_penalty"},
		{s.PresencePenalty != nil, "presence_penalty"},
		{s.Candidates > 1, "n"},
		{len(s.LogitBias) > 0, "logit_bias"},
		{s.Logprobs, "logprobs"},
		{s.TopLogprobs != nil, "top_logprobs"},
		{r.Output.Verbosity != "", "verbosity"},
		{r.CacheKey != "", "prompt_cache_key"},
	} {
		if f.said {
			l.Dropped(f.name, "the cloud's language has no such parameter")
		}
	}
	for _, m := range r.Extra {
		l.Dropped(m.Name, "not known in the cloud's language")
	}
}

// Arguments is [Object] for a call in a request, where wrapping is a loss.
func Arguments(args, field string, losses *Losses) []byte {
	out, verbatim := object([]byte(args))
	if !verbatim {
		losses.Approximated(field, "the arguments are not a JSON object, so they were wrapped as _raw")
	}
	return out
}
