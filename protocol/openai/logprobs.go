package openai

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// MostLogProbs is how many of the likeliest tokens can be asked for.
const MostLogProbs = 20

type logProb struct {
	Token string    `json:"token"`
	Value float64   `json:"logprob"`
	Bytes []int     `json:"bytes"`
	Top   []logProb `json:"top_logprobs"`
}

// ReadLogProbs reads a list of tokens with their log-probabilities. One that
// cannot be read is none: the text that it is of is an answer without it.
func ReadLogProbs(v jsontext.Value) []interline.LogProb {
	if v.Kind() != '[' || len(bytes.Trim(v, "[] \t\r\n")) == 0 {
		return nil
	}
	var list []logProb
	if json.Unmarshal(v, &list, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)) != nil {
		return nil
	}
	return words(list)
}

func words(list []logProb) []interline.LogProb {
	if len(list) == 0 {
		return nil
	}
	out := make([]interline.LogProb, len(list))
	for i, l := range list {
		out[i] = interline.LogProb{Token: l.Token, Bytes: ownBytes(l.Bytes, l.Token), LogProb: l.Value, Top: words(l.Top)}
	}
	return out
}

// ownBytes are a token's bytes where its text does not have them.
func ownBytes(list []int, token string) []byte {
	if len(list) == 0 {
		return nil
	}
	out := make([]byte, len(list))
	for i, n := range list {
		if n < 0 || n > 255 {
			return nil
		}
		out[i] = byte(n)
	}
	if string(out) == token {
		return nil
	}
	return out
}

// AppendLogProbs appends the elements of a list, after those that are there.
func AppendLogProbs(dst []byte, probs []interline.LogProb) []byte {
	out := jsonout.Text(dst)
	for i := range probs {
		appendLogProb(&out, &probs[i], true)
	}
	return out
}

// appendLogProb says one token. Its bytes are told in any case, since clients join
// them, unless they are not known: then they are null. OpenAI spells a token that
// is no text by its bytes, and leaves these out in the events of Responses.
func appendLogProb(out *jsonout.Text, p *interline.LogProb, chosen bool) {
	out.Open('{')
	out.String("token", p.Token)
	out.Float("logprob", &p.LogProb)
	own := p.Bytes
	if own == nil && !strings.ContainsRune(p.Token, '\uFFFD') && !strings.HasPrefix(p.Token, `bytes:\x`) {
		own = []byte(p.Token)
	}
	if own == nil {
		out.Null("bytes")
	} else {
		out.Array("bytes")
		for i, b := range own {
			if i > 0 {
				*out = append(*out, ',')
			}
			*out = strconv.AppendUint(*out, uint64(b), 10)
		}
		out.Close(']')
	}
	if chosen {
		out.Array("top_logprobs")
		for i := range p.Top {
			appendLogProb(out, &p.Top[i], false)
		}
		out.Close(']')
	}
	out.Close('}')
}
