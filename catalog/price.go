package catalog

import (
	"cmp"
	"time"

	"github.com/interline-ai/interline"
)

// Rates are prices in pico-dollars per token, which is millionths of a dollar per
// million tokens: every published price is a whole number of them.
type Rates struct {
	Input          int64 // tokens that no cache was read or written for
	CacheRead      int64
	CacheWrite     int64 // into a cache that lives five minutes
	CacheWriteLong int64 // into one that lives longer
	Output         int64 // reasoning included
	InputAudio     int64 // of Input: sound, where its price is its own; else 0
	OutputAudio    int64 // of Output: likewise
}

// Price is what an offer costs from a day on.
type Price struct {
	Rates
	// Steps hold dearer rates for long prompts, shortest first. One applies to the
	// whole request.
	Steps []Step

	From       time.Time // midnight UTC
	Announced  bool      // said for the future and not confirmed: shown, and never billed by
	Source     string
	Checked    time.Time
	Confidence Confidence
}

// Step is the rates of a prompt of more than Above tokens.
type Step struct {
	Above int64
	Rates
}

// Confidence is how a price is known, the best last.
type Confidence uint8

// The confidences.
const (
	Inferred Confidence = iota + 1 // from another price, or a third party
	Stated                         // by the seller
	Invoiced                       // by a bill
)

// String returns the word that the catalog's files use.
func (c Confidence) String() string {
	switch c {
	case Inferred:
		return "inferred"
	case Stated:
		return "stated"
	case Invoiced:
		return "invoiced"
	}
	return "unknown"
}

// Cost is what a usage costs in nano-dollars, exactly; what is less than one is
// rounded up. Tokens of sound that were read from a cache are priced as others are.
func (p *Price) Cost(u interline.Usage) int64 {
	r := &p.Rates
	for i := range p.Steps {
		if u.Input > p.Steps[i].Above {
			r = &p.Steps[i].Rates
		}
	}
	heard, spoken := min(u.InputAudio, u.Fresh()), min(u.OutputAudio, u.Output)
	pico := (u.Fresh()-heard)*r.Input + heard*cmp.Or(r.InputAudio, r.Input) +
		u.CacheRead*r.CacheRead + u.CacheWrite5m*r.CacheWrite + u.CacheWrite1h*r.CacheWriteLong +
		(u.Output-spoken)*r.Output + spoken*cmp.Or(r.OutputAudio, r.Output)
	return (pico + 999) / 1000
}
