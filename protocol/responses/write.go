package responses

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

// minOutput is the least max_output_tokens that the API takes.
const minOutput = 16

// writer says one request and notes what it could not say.
type writer struct {
	l      *Language
	t      protocol.Target
	r      *interline.Request
	w      request
	items  []jsontext.Value
	owed   map[string]int  // results that answer no call yet, by call id
	free   map[string]bool // calls of custom tools
	losses []interline.Loss
}

// WriteRequest implements protocol.Translator. Nothing is stored at the vendor
// unless the caller said store.
func (l *Language) WriteRequest(r *interline.Request, t protocol.Target) ([]byte, []interline.Loss, error) {
	w := &writer{l: l, t: t, r: r}
	if err := dialogue.CheckSound(r, t.From, nil); err != nil {
		return nil, nil, err
	}
	if err := dialogue.CheckMedia(r, t.From, w.cannot); err != nil {
		return nil, nil, err
	}
	w.w.Model = t.Model
	w.input()
	if len(w.items) == 0 {
		return nil, nil, interline.Invalid("input", "no item says anything")
	}
	w.w.Input = protocol.JSON(w.items)
	w.limits()
	w.sampling()
	w.reasoning()
	w.output()
	w.tools()
	w.labels()
	w.extra()
	w.likely()
	w.losses = append(w.losses, dialogue.Uncited(r)...)
	if r.Stream {
		w.w.Stream = new(true)
	}
	body, err := json.Marshal(&w.w, json.Deterministic(true))
	if err == nil {
		body, err = w.refused(body)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("write responses request: %w", err)
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
		if n < minOutput {
			w.lose(loss.LimitRaised, "max_tokens", minOutput)
			n = minOutput
		}
		if top := w.t.Traits.MaxOutput; top > 0 && n > top {
			w.lose(loss.LimitLowered, "max_tokens")
			n = top
		}
		w.w.MaxOutputTokens = &n
	}
}

func (w *writer) sampling() {
	s := w.r.Sampling
	w.w.Temperature, w.w.TopP = s.Temperature, s.TopP
	for _, f := range []struct {
		said bool
		name string
	}{
		{len(w.r.Stop) > 0, "stop"},
		{s.TopK != nil, "top_k"},
		{s.Seed != nil, "seed"},
		{s.Candidates > 1, "n"},
		{s.FrequencyPenalty != nil, "frequency_penalty"},
		{s.PresencePenalty != nil, "presence_penalty"},
		{len(s.LogitBias) > 0, "logit_bias"},
	} {
		if f.said {
			w.lose(loss.Parameter, f.name)
		}
	}
	if !w.refusesSampling() {
		return
	}
	drop := func(p **float64, field string) {
		if *p != nil && **p != 1 {
			w.lose(loss.SamplingRefused, field)
		}
		*p = nil
	}
	drop(&w.w.Temperature, "temperature")
	drop(&w.w.TopP, "top_p")
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

// reasoning says how to think, and asks for the encrypted form: without the
// vendor's store it is the only one that can be sent back.
func (w *writer) reasoning() {
	r := w.r.Reasoning
	effort := w.effort()
	out := reasoning{Effort: string(effort)}
	thinks := effort != interline.EffortNone && w.t.Traits.Thinking != interline.ThinkingNone
	switch {
	case r.Display == "":
	case !thinks || r.Display == "omitted": // nothing is shown unasked
	default:
		out.Summary = "auto"
	}
	if out.Effort != "" || out.Summary != "" {
		w.w.Reasoning = &out
	}
	if thinks && (r.Asked() || out.Summary != "") {
		w.w.Include = []string{encryptedReasoning}
	}
}

// effort is the effort that the model takes and that is nearest to the one
// asked for.
func (w *writer) effort() interline.Effort {
	r := w.r.Reasoning
	effort := r.Effort
	if effort == "" && r.Budget > 0 {
		effort = dialogue.EffortOf(r.Budget)
		w.lose(loss.BudgetAsEffort, "reasoning_effort", r.Budget, effort)
	}
	switch {
	case effort == "":
		return ""
	case w.t.Traits.Thinking == interline.ThinkingNone:
		if effort != interline.EffortNone {
			w.lose(loss.ThinksNot, "reasoning_effort")
		}
		return ""
	case !slices.Contains(w.t.Traits.NoEfforts, effort):
		return effort
	}
	near := effort
	if near == interline.EffortNone {
		near = interline.EffortMinimal
	}
	near = dialogue.Nearest(near, w.t.Traits.NoEfforts)
	w.lose(loss.EffortNear, "reasoning_effort", effort, near)
	return near
}

func (w *writer) output() {
	o := w.r.Output
	out := textOptions{Verbosity: o.Verbosity}
	switch o.Format {
	case interline.FormatText:
		out.Format = &format{Type: "text"}
	case interline.FormatJSON:
		out.Format = &format{Type: "json_object"}
	case interline.FormatSchema:
		name := o.Name
		if name == "" {
			name = "answer"
		}
		out.Format = &format{Type: "json_schema", Name: name, Description: o.Description, Schema: o.Schema, Strict: o.Strict}
	}
	if out.Format != nil || out.Verbosity != "" {
		w.w.Text = &out
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

// tier says the service tier in OpenAI's word; this language has one more than
// Chat Completions.
func (w *writer) tier() string {
	if w.r.ServiceTier == "ultrafast" {
		return "ultrafast"
	}
	word, ok := openai.Tier(w.r.ServiceTier)
	if !ok {
		w.lose(loss.Tier, "service_tier", w.r.ServiceTier)
	}
	return word
}

// extra says store, which both of OpenAI's languages have, and loses the rest.
// Left out it would mean true here and false everywhere else, so it is always
// said.
func (w *writer) extra() {
	store := false
	for _, m := range w.r.Extra {
		switch {
		case m.Name != "store":
			w.lose(loss.Member, m.Name)
		case string(m.Value) == "true":
			store = true
		}
	}
	w.w.Store = &store
	if store {
		w.w.Include = nil
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
		if _, said := obj.Find(name); said && name != "store" {
			w.lose(loss.Refused, name)
		}
	}
	return protocol.Splice(body, protocol.Cuts(obj, names)).Bytes(), nil
}
