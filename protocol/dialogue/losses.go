package dialogue

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/loss"
)

// Losses collects what could not be said, in the order it was found.
type Losses []interline.Loss

// Note notes the loss of a field. args complete the reason of kinds that have a
// format.
func (l *Losses) Note(k loss.Kind, field string, args ...any) { *l = append(*l, k.At(field, args...)) }

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
			l.Note(loss.Parameter, f.name)
		}
	}
	for _, m := range r.Extra {
		l.Note(loss.Member, m.Name)
	}
}

// Arguments is [Object] for a call in a request, where wrapping is a loss.
func Arguments(args, field string, losses *Losses) []byte {
	out, verbatim := object([]byte(args))
	if !verbatim {
		losses.Note(loss.ArgumentsRaw, field)
	}
	return out
}
