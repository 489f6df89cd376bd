package converse

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/loss"
)

// reasoning asks for reasoning in the family's own fields, and returns the
// bound on the answer's tokens, 0 where none is known, and whether Claude's
// thinking limits the sampling.
func (w *writer) reasoning(d *dialogue.Dialogue, forced bool) (limit int64, thinks bool) {
	if w.family == claude {
		c := dialogue.AskClaude(w.r, w.t.Traits, d, forced, &w.losses)
		w.claude(&c)
		return c.MaxTokens, c.Thinking == "enabled" || c.Thinking == "adaptive"
	}
	if e := w.effort(); e != "" {
		w.ask(e)
	}
	if w.r.MaxOutput == 0 && w.t.Traits.MaxOutput == 0 {
		return 0, false // a default could be more than the model allows
	}
	return dialogue.Limit(w.r, w.t.Traits, 0, &w.losses), false
}

// claude writes Claude's thinking as Messages has it (recorded 2026).
func (w *writer) claude(c *dialogue.Claude) {
	if c.Thinking != "" {
		w.more.Object("thinking")
		w.more.String("type", c.Thinking)
		if c.Thinking == "enabled" {
			w.more.Int("budget_tokens", c.Budget)
		}
		w.more.Said("display", c.Display)
		w.more.Close('}')
	}
	if c.Effort != "" {
		w.more.Object("output_config")
		w.more.String("effort", string(c.Effort))
		w.more.Close('}')
	}
}

// effort is the effort to ask a model of another family for.
func (w *writer) effort() interline.Effort {
	r := w.r.Reasoning
	e := r.Effort
	switch {
	case e == "" && r.Budget > 0:
		e = dialogue.EffortOf(r.Budget)
		w.losses.Note(loss.BudgetAsEffort, "reasoning_effort", r.Budget, e)
	case e == "" && r.Adaptive:
		w.losses.Note(loss.ThinkingUndecided, "reasoning_effort")
	}
	if e == "" || w.t.Traits.Thinking != interline.ThinkingNone {
		return e
	}
	if e != interline.EffortNone {
		w.losses.Note(loss.ThinksNot, "reasoning_effort")
	}
	return ""
}

// Efforts that families do not know.
var (
	gptOSSRefuses = []interline.Effort{interline.EffortMinimal, interline.EffortXHigh, interline.EffortMax}
	novaRefuses   = gptOSSRefuses
)

// ask writes an effort: nested for GPT, flat for gpt-oss (each refuses the
// other's form, probed 2026-08), in Nova's own words for Nova.
func (w *writer) ask(e interline.Effort) {
	switch w.family {
	case gpt:
		w.more.Object("reasoning")
		w.more.String("effort", string(w.nearest(e, w.t.Traits.NoEfforts)))
		w.more.Close('}')
	case gptOSS:
		if e == interline.EffortNone {
			w.losses.Note(loss.ThinksLeast, "reasoning_effort")
			e = interline.EffortLow
		}
		w.more.String("reasoning_effort", string(w.nearest(e, gptOSSRefuses)))
	case nova:
		w.more.Object("reasoningConfig")
		if e == interline.EffortNone {
			w.more.String("type", "disabled")
		} else {
			w.more.String("type", "enabled")
			w.more.String("maxReasoningEffort", string(w.nearest(e, novaRefuses)))
		}
		w.more.Close('}')
	default:
		if e != interline.EffortNone {
			w.losses.Note(loss.EffortUnknown, "reasoning_effort")
		}
	}
}

func (w *writer) nearest(e interline.Effort, refused []interline.Effort) interline.Effort {
	near := dialogue.Nearest(e, refused)
	if near != e {
		w.losses.Note(loss.EffortNear, "reasoning_effort", e, near)
	}
	return near
}
