package gemini

import (
	"hash/fnv"

	"github.com/interline-ai/interline/emulator/core"
	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// mostLogprobs is how many of the likeliest tokens can be asked for (Google's
// reference of GenerationConfig, 2026-10).
const mostLogprobs = 20

// checkLogprobs holds what is asked of likelihoods against the rules. All models
// that answer tell them here; the real ones differ, by product and by month.
func (k *Call) checkLogprobs(c *config) *rpc.Error {
	n := c.TopLogprobs
	switch {
	case n == nil:
	case !c.Logprobs:
		return rpc.Invalid("generation_config.logprobs can only be set when response_logprobs is true.")
	case *n < 1 || *n > mostLogprobs:
		return k.refuse(refusals{
			"* GenerateContentRequest.generation_config.logprobs: logprobs must be in the range [1, %[2]d], got %[1]d\n",
			"Unable to submit request because it has a logprobs value of %[1]d but the supported range is from 1 (inclusive) to %[3]d (exclusive). Update the value and try again." + learn,
		}, *n, mostLogprobs, mostLogprobs+1)
	}
	return nil
}

// logprobs is a LogprobsResult.
type logprobs struct {
	Chosen []tokenOdds `json:"chosenCandidates"`
	Top    []topOdds   `json:"topCandidates,omitempty"`
}

type topOdds struct {
	Candidates []tokenOdds `json:"candidates"`
}

type tokenOdds struct {
	Token string  `json:"token"`
	ID    int     `json:"tokenId"`
	Log   float32 `json:"logProbability"`
}

// oddsOf are the likelihoods of pieces of text, and their average; nil where they
// were not asked for, or where there is no text.
func (j *job) oddsOf(pieces ...string) (*logprobs, float64) {
	if !j.q.Config.Logprobs || len(pieces) == 0 {
		return nil, 0
	}
	most := 0
	if n := j.q.Config.TopLogprobs; n != nil {
		most = *n
	}
	out, sum := &logprobs{}, 0.0
	for _, piece := range pieces {
		said, top := core.Odds(piece, most)
		out.Chosen = append(out.Chosen, oneToken(said))
		sum += said.Log
		if most == 0 {
			continue
		}
		var at topOdds
		for _, l := range top {
			at.Candidates = append(at.Candidates, oneToken(l))
		}
		out.Top = append(out.Top, at)
	}
	return out, sum / float64(len(pieces))
}

// oneToken numbers a token as no real tokenizer does.
func oneToken(l core.Likely) tokenOdds {
	h := fnv.New32a()
	_, _ = h.Write([]byte(l.Token)) // which never fails
	return tokenOdds{l.Token, int(h.Sum32() % 262_144), float32(l.Log)}
}

// textOf are the pieces of an answer's text.
func textOf(a core.Answer) []string {
	var all []string
	for _, p := range a.Parts {
		if p.Kind == core.PartText {
			all = append(all, p.Pieces...)
		}
	}
	return all
}
