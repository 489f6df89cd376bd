package dialogue

import (
	"slices"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/loss"
)

// Issuer is who seals Claude's reasoning, on whatever cloud it runs.
const Issuer = "anthropic"

// Bounds of the output limit where the caller sets none, and of a thinking
// budget (anthropic docs, 2026-11).
const (
	defaultLimit  = 16384
	minimalBudget = 1024
)

// Claude is a request to a Claude model, as far as its habits shape it: both
// Messages and Converse write these values, under their own names.
type Claude struct {
	// Thinking is "enabled", "adaptive", "disabled" or "" (not said).
	Thinking string
	Budget   int64            // with enabled, in tokens
	Display  string           // with enabled and adaptive
	Effort   interline.Effort // "" is not said
	// MaxTokens bounds the answer, reasoning included; it is always set.
	MaxTokens int64
}

// AskClaude decides how a Claude model is asked to reason, and how long its
// answer may be. forced says that a tool must be called.
func AskClaude(r *interline.Request, traits interline.Traits, d *Dialogue, forced bool, losses *Losses) Claude {
	c := Claude{Display: r.Reasoning.Display}
	c.think(r.Reasoning, traits, losses)
	if c.Thinking == "enabled" {
		c.reconsider(d, forced, losses)
	}
	if c.Thinking != "enabled" && c.Thinking != "adaptive" {
		c.Display = ""
	}
	c.MaxTokens = Limit(r, traits, c.Budget, losses)
	if c.Budget >= c.MaxTokens && c.Budget > 0 {
		c.Budget = max(minimalBudget, c.MaxTokens-1)
		losses.Note(loss.ThinkingRoom, "reasoning_effort")
	}
	return c
}

// think chooses the form of thinking that the model knows.
func (c *Claude) think(r interline.Reasoning, traits interline.Traits, losses *Losses) {
	rule := traits.Thinking
	if rule == interline.ThinkingUnknown {
		rule = interline.ThinkingAdaptive
		if r.Budget > 0 {
			rule = interline.ThinkingBudget
		}
	}
	switch {
	case !r.Asked() && r.Effort == "":
	case !r.Asked():
		c.off(rule, losses)
	case rule == interline.ThinkingNone:
		losses.Note(loss.ThinksNot, "reasoning_effort")
	case rule == interline.ThinkingBudget:
		c.Thinking = "enabled"
		c.Budget = budget(r, losses)
	default:
		c.Thinking = "adaptive"
		c.Effort = effort(r, traits.NoEfforts, losses)
	}
}

// off asks the model not to think.
func (c *Claude) off(rule interline.ThinkingRule, losses *Losses) {
	switch rule {
	case interline.ThinkingNone:
	case interline.ThinkingAlways:
		losses.Note(loss.ThinksAlways, "reasoning_effort")
	default:
		c.Thinking = "disabled"
	}
}

// reconsider gives up a thinking budget where the vendor refuses it: with a
// forced tool, and within a tool loop whose reasoning is not at hand.
func (c *Claude) reconsider(d *Dialogue, forced bool, losses *Losses) {
	var why loss.Kind
	if forced {
		why = loss.ThinksNotForced
	}
	if t := d.Open(); t != nil && t.Blocks[0].Kind != interline.ReasoningBlock {
		why = loss.ThinksNotAmid
	}
	if why != "" {
		losses.Note(why, "reasoning_effort")
		c.Thinking, c.Budget = "", 0
	}
}

// Limit returns the bound on the answer's tokens: what the caller said, or a
// default with the thinking budget on top. A budget must be less than the
// bound, so a bound that is too low is raised.
func Limit(r *interline.Request, traits interline.Traits, budget int64, losses *Losses) int64 {
	top := traits.MaxOutput
	limit := r.MaxOutput
	switch {
	case limit == 0:
		limit = budget + defaultLimit
		if top > 0 {
			limit = min(limit, top)
		}
		return limit
	case budget >= limit:
		limit += budget
		losses.Note(loss.ThinkingLimit, "max_tokens")
	}
	if top > 0 && limit > top {
		limit = top
		losses.Note(loss.LimitLowered, "max_tokens")
	}
	return limit
}

// budget returns the thinking budget in tokens.
func budget(r interline.Reasoning, losses *Losses) int64 {
	if r.Budget == 0 {
		if r.Effort == "" {
			losses.Note(loss.ThinkingGuessed, "reasoning_effort")
		}
		return budgetOf(r.Effort)
	}
	if r.Budget < minimalBudget {
		losses.Note(loss.BudgetLeast, "reasoning_effort")
	}
	return max(r.Budget, minimalBudget)
}

func budgetOf(e interline.Effort) int64 {
	switch e {
	case interline.EffortMinimal, interline.EffortLow:
		return 1024
	case interline.EffortMedium:
		return 2048
	case interline.EffortXHigh:
		return 8192
	case interline.EffortMax:
		return 16384
	}
	return 4096
}

// EffortOf returns the effort that a thinking budget in tokens amounts to.
func EffortOf(budget int64) interline.Effort {
	switch {
	case budget <= 1024:
		return interline.EffortLow
	case budget <= 4096:
		return interline.EffortMedium
	case budget <= 16384:
		return interline.EffortHigh
	}
	return interline.EffortXHigh
}

// effort returns the effort for a model that is steered by one.
func effort(r interline.Reasoning, refused []interline.Effort, losses *Losses) interline.Effort {
	asked := r.Effort
	if asked == "" && r.Budget > 0 {
		asked = EffortOf(r.Budget)
		losses.Note(loss.BudgetAsEffort, "reasoning_effort", r.Budget, asked)
	}
	if asked == "" {
		return ""
	}
	got := asked
	if got == interline.EffortMinimal {
		got = interline.EffortLow
	}
	got = Nearest(got, refused)
	if got != asked {
		losses.Note(loss.EffortNear, "reasoning_effort", asked, got)
	}
	return got
}

// Nearest returns the effort itself, or, when the model refuses it, the next
// lower one that it takes, or else the next higher.
func Nearest(e interline.Effort, refused []interline.Effort) interline.Effort {
	order := []interline.Effort{
		interline.EffortMinimal, interline.EffortLow, interline.EffortMedium,
		interline.EffortHigh, interline.EffortXHigh, interline.EffortMax,
	}
	at := slices.Index(order, e)
	if at < 0 || !slices.Contains(refused, e) {
		return e
	}
	for i := at; i >= 0; i-- {
		if !slices.Contains(refused, order[i]) {
			return order[i]
		}
	}
	for _, higher := range order[at:] {
		if !slices.Contains(refused, higher) {
			return higher
		}
	}
	return e
}

// Sampling returns the sampling parameters that may be sent. thinking says that
// the model is asked to think, which in Claude excludes most of them; pass
// false for other models.
func Sampling(r *interline.Request, traits interline.Traits, thinking bool, losses *Losses) interline.Sampling {
	s := interline.Sampling{Temperature: r.Sampling.Temperature, TopP: r.Sampling.TopP, TopK: r.Sampling.TopK}
	refusesAll := traits.Sampling == interline.SamplingNone ||
		traits.Sampling == interline.SamplingNoEffort && r.Reasoning.Effort != interline.EffortNone
	if refusesAll {
		drop(&s.Temperature, "temperature", loss.SamplingRefused, losses)
		drop(&s.TopP, "top_p", loss.SamplingRefused, losses)
		drop(&s.TopK, "top_k", loss.SamplingRefused, losses)
		return s
	}
	if s.Temperature != nil && *s.Temperature > 1 {
		one := 1.0
		s.Temperature = &one
		losses.Note(loss.TemperatureLowered, "temperature")
	}
	if thinking {
		restrain(&s, losses)
	}
	if traits.Sampling == interline.SamplingOneOf && s.Temperature != nil {
		drop(&s.TopP, "top_p", loss.SamplingOneOf, losses)
	}
	return s
}

// restrain leaves the parameters that go with thinking: temperature 1 and a
// top_p of 0.95 or more.
func restrain(s *interline.Sampling, losses *Losses) {
	const reason = loss.SamplingThinking
	if s.Temperature != nil && *s.Temperature != 1 {
		drop(&s.Temperature, "temperature", reason, losses)
	}
	if s.TopP != nil && *s.TopP < 0.95 {
		drop(&s.TopP, "top_p", reason, losses)
	}
	drop(&s.TopK, "top_k", reason, losses)
}

func drop[T any](p **T, field string, reason loss.Kind, losses *Losses) {
	if *p != nil {
		*p = nil
		losses.Note(reason, field)
	}
}
