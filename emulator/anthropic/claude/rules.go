// Package claude knows what is true of a Claude model on every cloud that
// serves it: what it refuses, how it thinks, how large its answers may be, and
// how its thinking is sealed for replay. The Anthropic and the Bedrock emulator
// both ask it, so that one model behaves alike in both.
//
// Rules are data: one entry per model, after the capability matrix of the
// Anthropic documentation and recorded refusals (2026-11). The package speaks
// no protocol; it returns the model's own words for a refusal, without the
// envelope a cloud puts around them.
package claude

import (
	"fmt"
	"slices"
	"strings"
)

// Thinking says which thinking configurations a model takes.
type Thinking int

// The ways of thinking.
const (
	BudgetOnly       Thinking = iota // enabled with a budget; adaptive is refused
	BudgetOrAdaptive                 // adaptive preferred, a budget still works
	AdaptiveOnly                     // enabled with a budget is refused
	AlwaysAdaptive                   // as AdaptiveOnly, and disabled is refused
)

// Rules is what holds for one model. Lengths are in tokens.
type Rules struct {
	Name            string // as first party names it, without a date
	Display         string // for people
	Released        string // RFC 3339
	Context         int    // longest prompt
	MaxOutput       int    // longest answer, thinking included
	MinCache        int    // shortest prefix that is cached
	Thinking        Thinking
	ThinksByDefault bool // thinks adaptively when the request does not say
	HidesThinking   bool // thinking text is omitted unless a summary is asked for
	NoSampling      bool // temperature, top_p and top_k are refused
	NoPrefill       bool // the conversation must end with a user message
	NoForcedTool    bool // tool_choice any and tool are refused
	MidSystem       bool // messages of role system within the conversation
	Efforts         []string
}

var (
	fourEfforts = []string{"low", "medium", "high", "max"}
	allEfforts  = []string{"low", "medium", "high", "xhigh", "max"}
)

const (
	million = 1_000_000
	k64     = 64_000
	k128    = 128_000
)

var models = []Rules{
	{
		Name: "claude-opus-5-5", Display: "Claude Opus 5.5", Released: "2026-10-06T00:00:00Z", Context: million, MaxOutput: k128, MinCache: 4096,
		Thinking: AlwaysAdaptive, HidesThinking: true, NoSampling: true, NoPrefill: true, NoForcedTool: true, MidSystem: true, Efforts: allEfforts,
	},
	{
		Name: "claude-sonnet-5-5", Display: "Claude Sonnet 5.5", Released: "2026-09-22T00:00:00Z", Context: million, MaxOutput: k128, MinCache: 2048,
		Thinking: AlwaysAdaptive, HidesThinking: true, NoSampling: true, NoPrefill: true, NoForcedTool: true, MidSystem: true, Efforts: allEfforts,
	},
	{
		Name: "claude-opus-5", Display: "Claude Opus 5", Released: "2026-07-14T00:00:00Z", Context: million, MaxOutput: k128, MinCache: 4096,
		Thinking: AdaptiveOnly, HidesThinking: true, NoSampling: true, NoPrefill: true, MidSystem: true, Efforts: allEfforts,
	},
	{
		Name: "claude-sonnet-5", Display: "Claude Sonnet 5", Released: "2026-06-16T00:00:00Z", Context: million, MaxOutput: k128, MinCache: 2048,
		Thinking: AdaptiveOnly, ThinksByDefault: true, HidesThinking: true, NoSampling: true, NoPrefill: true, MidSystem: true, Efforts: allEfforts,
	},
	{
		Name: "claude-opus-4-8", Display: "Claude Opus 4.8", Released: "2026-05-19T00:00:00Z", Context: million, MaxOutput: k128, MinCache: 4096,
		Thinking: AdaptiveOnly, HidesThinking: true, NoSampling: true, NoPrefill: true, MidSystem: true, Efforts: allEfforts,
	},
	{
		Name: "claude-sonnet-4-6", Display: "Claude Sonnet 4.6", Released: "2026-02-17T00:00:00Z", Context: million, MaxOutput: k128, MinCache: 2048,
		Thinking: BudgetOrAdaptive, NoPrefill: true, Efforts: fourEfforts,
	},
	{
		Name: "claude-sonnet-4-5", Display: "Claude Sonnet 4.5", Released: "2025-09-29T00:00:00Z", Context: million, MaxOutput: k64, MinCache: 1024,
		Thinking: BudgetOnly,
	},
	{
		Name: "claude-haiku-4-5", Display: "Claude Haiku 4.5", Released: "2025-10-01T00:00:00Z", Context: 200_000, MaxOutput: k64, MinCache: 4096,
		Thinking: BudgetOnly,
	},
}

// Models returns the rules of every model, newest first.
func Models() []Rules { return slices.Clone(models) }

// Find returns the rules of a model by its first-party name without a date.
func Find(name string) (Rules, bool) {
	i := slices.IndexFunc(models, func(r Rules) bool { return r.Name == name })
	if i < 0 {
		return Rules{}, false
	}
	return models[i], true
}

// Sampling is how a request wants tokens chosen. Nil is not said.
type Sampling struct {
	Temperature, TopP *float64
	TopK              *int
}

// CheckSampling returns the model's refusal of the sampling parameters, or "".
func (r Rules) CheckSampling(s Sampling, m Mode) string {
	switch {
	case r.NoSampling && s.Temperature != nil:
		return "`temperature` is deprecated for this model."
	case r.NoSampling && s.TopP != nil:
		return "`top_p` is deprecated for this model."
	case r.NoSampling && s.TopK != nil:
		return "`top_k` is deprecated for this model."
	case s.Temperature != nil && s.TopP != nil:
		return "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
	case m.On && s.Temperature != nil && *s.Temperature != 1:
		return "`temperature` may only be set to 1 when thinking is enabled."
	case m.On && s.TopP != nil && *s.TopP < 0.95:
		return "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled."
	case m.On && s.TopK != nil:
		return "`top_k` must be unset when thinking is enabled."
	}
	return ""
}

// CheckEffort returns the model's refusal of an effort level, or "".
func (r Rules) CheckEffort(effort string) string {
	switch {
	case effort == "" || slices.Contains(r.Efforts, effort):
		return ""
	case len(r.Efforts) == 0:
		return "This model does not support the effort parameter."
	}
	sorted := slices.Sorted(slices.Values(r.Efforts))
	return fmt.Sprintf("This model does not support effort level '%s'. Supported levels: %s.", effort, strings.Join(sorted, ", "))
}
