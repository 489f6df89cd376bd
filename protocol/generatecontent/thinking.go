package generatecontent

import (
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/loss"
)

// config writes the limits, the sampling, the format and the thinking.
func (w *writer) config() {
	start := len(w.out)
	w.out.Object("generationConfig")
	w.limits()
	w.sampling()
	w.format()
	w.thinking()
	w.sound()
	w.extra("generationConfig.")
	w.dropIfEmpty(start)
}

// limits: the bound on the answer includes thoughts, as in the words.
func (w *writer) limits() {
	limit, top := w.r.MaxOutput, w.t.Traits.MaxOutput
	if top > 0 && limit > top {
		limit = top
		w.losses.Note(loss.LimitLowered, "max_tokens")
	}
	if limit > 0 {
		w.out.Int("maxOutputTokens", limit)
	}
	if len(w.r.Stop) > 0 {
		w.out.Array("stopSequences")
		for _, s := range w.r.Stop {
			w.out.Quote(s)
		}
		w.out.Close(']')
	}
}

func (w *writer) sampling() {
	s := w.r.Sampling
	if w.t.Traits.Sampling == interline.SamplingNone {
		for _, f := range []struct {
			said bool
			name string
		}{{s.Temperature != nil, "temperature"}, {s.TopP != nil, "top_p"}, {s.TopK != nil, "top_k"}} {
			if f.said {
				w.losses.Note(loss.SamplingRefused, f.name)
			}
		}
		s.Temperature, s.TopP, s.TopK = nil, nil, nil
	}
	w.out.Float("temperature", s.Temperature)
	w.out.Float("topP", s.TopP)
	w.integer("topK", s.TopK)
	if s.Candidates > 0 {
		w.out.Int("candidateCount", s.Candidates)
	}
	w.integer("seed", s.Seed)
	w.out.Float("presencePenalty", s.PresencePenalty)
	w.out.Float("frequencyPenalty", s.FrequencyPenalty)
	w.likely()
}

func (w *writer) integer(name string, n *int64) {
	if n != nil {
		w.out.Int(name, *n)
	}
}

// format asks for JSON. A schema goes as JSON Schema, verbatim.
func (w *writer) format() {
	switch o := w.r.Output; o.Format {
	case interline.FormatText:
		w.out.String("responseMimeType", "text/plain")
	case interline.FormatJSON:
		w.out.String("responseMimeType", "application/json")
	case interline.FormatSchema:
		w.out.String("responseMimeType", "application/json")
		w.out.Raw("responseJsonSchema", o.Schema)
	}
}

// levels reports whether the model is asked to think by level (from Gemini 3
// on) and not by a budget in tokens.
func (w *writer) levels() bool {
	switch w.t.Traits.Thinking {
	case interline.ThinkingBudget:
		return false
	case interline.ThinkingEffort:
		return true
	}
	return !strings.Contains(w.t.Model, "gemini-2") && !strings.Contains(w.t.Model, "gemini-1")
}

// thinking asks for thoughts. Where they are asked for they are shown, unless
// the caller said otherwise: Gemini alone hides them when nothing is said.
func (w *writer) thinking() {
	r := w.r.Reasoning
	if r.Effort == "" && !r.Asked() && (!w.own || r.Display == "") {
		return
	}
	if w.t.Traits.Thinking == interline.ThinkingNone {
		if r.Asked() {
			w.losses.Note(loss.ThinksNot, "reasoning_effort")
		}
		return
	}
	start := len(w.out)
	w.out.Object("thinkingConfig")
	switch {
	case w.own:
		w.asSaid(r)
	case w.levels():
		w.level(r)
	default:
		w.budget(r)
	}
	if r.Display == "summarized" || !w.own && r.Asked() && r.Display != "omitted" {
		w.out.Bool("includeThoughts", true)
	}
	w.dropIfEmpty(start)
}

// asSaid gives back what was read in this language; a model that is asked in
// the other way takes it too, or refuses it itself.
func (w *writer) asSaid(r interline.Reasoning) {
	switch {
	case r.Effort == interline.EffortNone:
		w.out.Int("thinkingBudget", 0)
	case r.Budget > 0:
		w.out.Int("thinkingBudget", r.Budget)
	case r.Adaptive:
		w.out.Int("thinkingBudget", -1)
	}
	if r.Effort != "" && r.Effort != interline.EffortNone {
		w.out.String("thinkingLevel", strings.ToUpper(string(r.Effort)))
	}
}

// level says an effort as a level. MINIMAL is for Flash models alone (google
// docs, 2026-11).
func (w *writer) level(r interline.Reasoning) {
	asked := r.Effort
	if asked == "" && r.Budget > 0 {
		asked = dialogue.EffortOf(r.Budget)
		w.losses.Note(loss.BudgetAsLevel, "reasoning_effort")
	}
	if asked == "" {
		return // the model decides by itself, as it does when nothing is said
	}
	got := asked
	switch asked {
	case interline.EffortNone:
		got = interline.EffortMinimal
	case interline.EffortXHigh, interline.EffortMax:
		got = interline.EffortHigh
	}
	refused := w.t.Traits.NoEfforts
	if !strings.Contains(w.t.Model, "flash") {
		refused = append(refused[:len(refused):len(refused)], interline.EffortMinimal)
	}
	got = dialogue.Nearest(got, refused)
	if got != asked {
		w.losses.Note(loss.EffortNear, "reasoning_effort", asked, got)
	}
	w.out.String("thinkingLevel", strings.ToUpper(string(got)))
}

// Budgets of the 2.5 models in tokens: Google's own for the efforts of its
// OpenAI-compatible surface, and what Pro thinks at the least (google docs,
// 2026-11).
const (
	budgetMinimal = 512
	budgetLow     = 1024
	budgetMedium  = 8192
	budgetHigh    = 24576
	budgetLeast   = 128
	budgetPro     = 32768 // the most that Pro takes; for the others it is that of high
)

// budget says an effort as a budget in tokens.
func (w *writer) budget(r interline.Reasoning) {
	n, most := r.Budget, int64(budgetHigh)
	if strings.Contains(w.t.Model, "pro") {
		most = budgetPro
	}
	switch {
	case n > most:
		w.losses.Note(loss.BudgetMost, "reasoning_effort")
		n = most
	case n > 0:
	case r.Effort == "": // adaptive
		n = -1
	default:
		n = w.budgetOf(r.Effort)
	}
	w.out.Int("thinkingBudget", n)
}

func (w *writer) budgetOf(e interline.Effort) int64 {
	switch e {
	case interline.EffortNone:
		if strings.Contains(w.t.Model, "pro") {
			w.losses.Note(loss.ThinksLeast, "reasoning_effort")
			return budgetLeast
		}
		return 0
	case interline.EffortMinimal:
		return budgetMinimal
	case interline.EffortLow:
		return budgetLow
	case interline.EffortMedium:
		return budgetMedium
	case interline.EffortXHigh, interline.EffortMax:
		w.losses.Note(loss.BudgetMost, "reasoning_effort")
	}
	return budgetHigh
}
