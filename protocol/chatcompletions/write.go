package chatcompletions

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/loss"
	"github.com/interline-ai/interline/protocol/openai"
)

// maxStops is how many stop texts Chat Completions takes.
const maxStops = 4

// writer says one request and notes what it could not say.
type writer struct {
	l      *Language
	t      protocol.Target
	r      *interline.Request
	w      request
	losses []interline.Loss
}

// WriteRequest implements protocol.Translator.
func (l *Language) WriteRequest(r *interline.Request, t protocol.Target) ([]byte, []interline.Loss, error) {
	if err := dialogue.CheckMedia(r, t.From, cannot); err != nil {
		return nil, nil, err
	}
	w := &writer{l: l, t: t, r: r}
	w.w.Model = t.Model
	w.messages()
	if len(w.w.Messages) == 0 {
		return nil, nil, interline.Invalid("messages", "no message says anything")
	}
	w.limits()
	w.sampling()
	w.reasoning()
	w.output()
	w.sound()
	w.tools()
	w.labels()
	w.stream()
	w.losses = append(w.losses, dialogue.Uncited(r)...)
	for _, m := range r.Extra {
		w.lose(loss.Member, m.Name)
	}
	body, err := json.Marshal(&w.w, json.Deterministic(true))
	if err == nil {
		body, err = w.refused(body)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("write chat completions request: %w", err)
	}
	return body, protocol.InWords(t.From, r, w.losses), nil
}

// lose notes a loss, once for each field.
func (w *writer) lose(k loss.Kind, field string, args ...any) {
	if slices.ContainsFunc(w.losses, func(l interline.Loss) bool { return l.Field == field }) {
		return
	}
	w.losses = append(w.losses, k.At(field, args...))
}

func (w *writer) limits() {
	if n := w.r.MaxOutput; n > 0 {
		if top := w.t.Traits.MaxOutput; top > 0 && n > top {
			w.lose(loss.LimitLowered, "max_tokens")
			n = top
		}
		name := w.l.dialect.MaxTokens
		if name == "max_completion_tokens" || name == "" && w.t.Traits.CompletionTokens {
			w.w.MaxCompletionTokens = &n
		} else {
			w.w.MaxTokens = &n
		}
	}
	stops := w.r.Stop
	if len(stops) > maxStops {
		w.lose(loss.StopsFour, "stop")
		stops = stops[:maxStops]
	}
	switch len(stops) {
	case 0:
	case 1:
		w.w.Stop = protocol.Quote(stops[0])
	default:
		w.w.Stop = protocol.JSON(stops)
	}
}

func (w *writer) sampling() {
	s := w.r.Sampling
	w.w.Temperature, w.w.TopP = s.Temperature, s.TopP
	w.w.FrequencyPenalty, w.w.PresencePenalty = s.FrequencyPenalty, s.PresencePenalty
	w.w.LogitBias, w.w.TopLogprobs = jsontext.Value(s.LogitBias), s.TopLogprobs
	if s.Logprobs {
		w.w.Logprobs = &s.Logprobs
	}
	if s.Candidates > 1 {
		w.w.N = &s.Candidates
	}
	if w.l.dialect.Seed == "random_seed" {
		w.w.RandomSeed = s.Seed
	} else {
		w.w.Seed = s.Seed
	}
	if s.TopK != nil {
		w.lose(loss.Parameter, "top_k")
	}
	if w.refusesSampling() {
		w.dropSampling()
	}
}

// refusesSampling reports whether the model refuses sampling parameters, as
// OpenAI's reasoning models do.
func (w *writer) refusesSampling() bool {
	switch w.t.Traits.Sampling {
	case interline.SamplingNone:
		return true
	case interline.SamplingNoEffort:
		return w.r.Reasoning.Effort != interline.EffortNone
	}
	return false
}

func (w *writer) dropSampling() {
	drop := func(set bool, field string) {
		if set {
			w.lose(loss.SamplingRefused, field)
		}
	}
	drop(w.w.Temperature != nil && *w.w.Temperature != 1, "temperature")
	drop(w.w.TopP != nil && *w.w.TopP != 1, "top_p")
	drop(w.w.FrequencyPenalty != nil, "frequency_penalty")
	drop(w.w.PresencePenalty != nil, "presence_penalty")
	drop(len(w.w.LogitBias) > 0, "logit_bias")
	drop(w.w.Logprobs != nil || w.w.TopLogprobs != nil, "logprobs")
	w.w.Temperature, w.w.TopP, w.w.FrequencyPenalty, w.w.PresencePenalty = nil, nil, nil, nil
	w.w.LogitBias, w.w.Logprobs, w.w.TopLogprobs = nil, nil, nil
}

func (w *writer) reasoning() {
	r := w.r.Reasoning
	if r.Display != "" {
		w.lose(loss.ThinkingShown, "reasoning_effort.display")
	}
	effort := r.Effort
	if effort == "" && r.Budget > 0 {
		effort = dialogue.EffortOf(r.Budget)
		w.lose(loss.BudgetAsEffort, "reasoning_effort", r.Budget, effort)
	}
	if w.mustNotThink() {
		if effort != interline.EffortNone {
			w.lose(loss.ThinksNotWithTools, "reasoning_effort")
		}
		effort = interline.EffortNone
	}
	if effort == "" {
		return
	}
	if w.t.Traits.Thinking == interline.ThinkingNone {
		if effort != interline.EffortNone {
			w.lose(loss.ThinksNot, "reasoning_effort")
		}
		return
	}
	refused := slices.Concat(w.t.Traits.NoEfforts, w.l.dialect.NoEfforts)
	if slices.Contains(refused, effort) {
		near := nearest(effort, refused)
		w.lose(loss.EffortNear, "reasoning_effort", effort, near)
		effort = near
	}
	w.w.ReasoningEffort = string(effort)
}

// mustNotThink reports whether the request offers tools to a model that takes
// them only without reasoning, and can do without.
func (w *writer) mustNotThink() bool {
	t := w.t.Traits
	return t.ToolsUnthinking && len(w.r.Tools) > 0 && !slices.Contains(t.NoEfforts, interline.EffortNone)
}

// nearest is the next effort the model takes: above none and minimal, below the
// rest.
func nearest(e interline.Effort, refused []interline.Effort) interline.Effort {
	order := []interline.Effort{
		interline.EffortNone, interline.EffortMinimal, interline.EffortLow, interline.EffortMedium,
		interline.EffortHigh, interline.EffortXHigh, interline.EffortMax,
	}
	at, step := slices.Index(order, e), -1
	if at < 2 {
		step = 1
	}
	for i := at; i >= 0 && i < len(order); i += step {
		if !slices.Contains(refused, order[i]) {
			return order[i]
		}
	}
	return interline.EffortMedium
}

func (w *writer) output() {
	o := w.r.Output
	w.w.Verbosity = o.Verbosity
	switch o.Format {
	case interline.FormatText:
		w.w.ResponseFormat = &responseFormat{Type: "text"}
	case interline.FormatJSON:
		w.w.ResponseFormat = &responseFormat{Type: "json_object"}
	case interline.FormatSchema:
		name := o.Name
		if name == "" {
			name = "answer"
		}
		w.w.ResponseFormat = &responseFormat{Type: "json_schema", JSONSchema: &jsonSchema{
			Name: name, Description: o.Description, Schema: o.Schema, Strict: o.Strict,
		}}
	}
}

func (w *writer) labels() {
	w.w.User = w.r.User
	w.w.PromptCacheKey = w.r.CacheKey
	w.w.ServiceTier = w.tier()
	if w.r.CacheAutomatic != nil {
		w.lose(loss.CacheAutomatic, "cache_control")
	}
	w.w.Metadata = openai.Metadata(w.r.Metadata)
}

// tier says the service tier in OpenAI's word.
func (w *writer) tier() string {
	word, ok := openai.Tier(w.r.ServiceTier)
	if !ok {
		w.lose(loss.Tier, "service_tier", w.r.ServiceTier)
	}
	return word
}

func (w *writer) stream() {
	if !w.r.Stream {
		return
	}
	on := true
	w.w.Stream = &on
	if !w.l.dialect.NoStreamOptions {
		w.w.StreamOptions = jsontext.Value(`{"include_usage":true}`)
	}
}

// refused takes out of a written body what the vendor answers 4xx to.
func (w *writer) refused(body []byte) ([]byte, error) {
	names := w.l.dialect.Refuses
	if len(names) == 0 {
		return body, nil
	}
	obj, err := jsonscan.ScanAnswer(body)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, said := obj.Find(name); said {
			w.lose(loss.Refused, name)
		}
	}
	return protocol.Splice(body, protocol.Cuts(obj, names)).Bytes(), nil
}
