package messages

import (
	"slices"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/jsonout"
	"github.com/interline-ai/interline/protocol/loss"
)

// writer says one request and notes what it could not say.
type writer struct {
	l      *Language
	t      protocol.Target
	r      *interline.Request
	out    jsonout.Text
	losses dialogue.Losses
	marks  dialogue.Marks
}

// WriteRequest implements protocol.Translator. Members are written in one fixed
// order, tools and schemas verbatim, so that prompt caches stay warm.
func (l *Language) WriteRequest(r *interline.Request, t protocol.Target) ([]byte, []interline.Loss, error) {
	if err := dialogue.CheckSound(r, t.From, nil); err != nil {
		return nil, nil, err
	}
	if err := dialogue.CheckMedia(r, t.From, cannot); err != nil {
		return nil, nil, err
	}
	w := &writer{l: l, t: t, r: r}
	d := dialogue.Arrange(r.Turns, dialogue.Rules{
		MidSystem: t.Traits.MidSystem && !l.dialect.NoMidSystem, Refuse: refuse, LegalID: legalID,
	}, &w.losses)
	if d.Prefilled() && t.Traits.NoPrefill {
		f := interline.Invalid("messages", "the model does not go on with a last turn of the assistant: end with a user's")
		f.Class = interline.C2Capability
		return nil, nil, f
	}
	w.body(&d)
	w.losses.Unsaid(r)
	return w.out, protocol.InWords(t.From, r, w.losses), nil
}

func (w *writer) body(d *dialogue.Dialogue) {
	offer := dialogue.OfferTools(w.r, w.t.Traits, protocol.Messages, !w.l.dialect.NoSchema, &w.losses)
	claude := dialogue.AskClaude(w.r, w.t.Traits, d, offer.Forced(), &w.losses)
	w.out.Open('{')
	if v := w.l.dialect.Version; v != "" {
		w.out.String(versionMember, v)
	} else {
		w.out.Said("model", w.t.Model)
	}
	w.out.Int("max_tokens", claude.MaxTokens)
	w.automatic()
	w.tools(&offer)
	w.system(d, offer.Instruction)
	w.messages(d)
	w.thinking(&claude)
	w.sampling(&claude)
	w.labels()
	if w.r.Stream {
		w.out.Bool("stream", true)
	}
	w.out.Close('}')
}

// refuses reports whether the place answers 4xx to a member, and notes the loss
// of it.
func (w *writer) refuses(name, field string) bool {
	if !slices.Contains(w.l.dialect.Refuses, name) {
		return false
	}
	w.losses.Note(loss.Refused, field)
	return true
}

func (w *writer) automatic() {
	if m := w.r.CacheAutomatic; m != nil && !w.refuses("cache_control", "cache_control") {
		w.mark(m, "cache_control")
	}
}

func (w *writer) thinking(c *dialogue.Claude) {
	if c.Thinking != "" {
		w.out.Object("thinking")
		w.out.String("type", c.Thinking)
		if c.Thinking == "enabled" {
			w.out.Int("budget_tokens", c.Budget)
		}
		w.out.Said("display", c.Display)
		w.out.Close('}')
	}
	schema := w.r.Output.Format == interline.FormatSchema && !w.l.dialect.NoSchema
	if c.Effort == "" && !schema {
		return
	}
	w.out.Object("output_config")
	w.out.Said("effort", string(c.Effort))
	if schema {
		w.out.Object("format")
		w.out.String("type", "json_schema")
		w.out.Raw("schema", w.r.Output.Schema)
		w.out.Close('}')
		if w.r.Output.Description != "" {
			w.losses.Note(loss.SchemaDescription, "response_format.json_schema.description")
		}
	}
	w.out.Close('}')
}

func (w *writer) sampling(c *dialogue.Claude) {
	thinks := c.Thinking == "enabled" || c.Thinking == "adaptive"
	s := dialogue.Sampling(w.r, w.t.Traits, thinks, &w.losses)
	w.out.Float("temperature", s.Temperature)
	w.out.Float("top_p", s.TopP)
	if s.TopK != nil {
		w.out.Int("top_k", *s.TopK)
	}
	if len(w.r.Stop) == 0 {
		return
	}
	w.out.Array("stop_sequences")
	for _, stop := range w.r.Stop {
		w.out.Quote(stop)
	}
	w.out.Close(']')
}

func (w *writer) labels() {
	if w.r.User != "" && !w.refuses("metadata", "user") {
		w.out.Object("metadata")
		w.out.String("user_id", w.r.User)
		w.out.Close('}')
	}
	if len(w.r.Metadata) > 0 {
		w.losses.Note(loss.Labels, "metadata")
	}
	switch t := w.r.ServiceTier; t {
	case "":
	case "auto", "priority", "fast": // priority capacity is used when the account has it
		w.tier("auto")
	case "standard_only", "default":
		w.tier("standard_only")
	default:
		w.losses.Note(loss.Tier, "service_tier", t)
	}
}

func (w *writer) tier(word string) {
	if !w.refuses("service_tier", "service_tier") {
		w.out.String("service_tier", word)
	}
}

func (w *writer) tools(o *dialogue.Offer) {
	if len(o.Tools) == 0 {
		return
	}
	w.out.Array("tools")
	for _, t := range o.Tools {
		w.tool(&t)
	}
	w.out.Close(']')
	w.choice(&o.Choice)
}

func (w *writer) tool(t *interline.Tool) {
	if t.Raw != nil {
		w.out.Value(t.Raw)
		if t.Cache != nil {
			w.marks++ // it stands in the raw tool
		}
		return
	}
	w.out.Open('{')
	w.out.String("name", t.Name)
	w.out.Said("description", t.Description)
	w.out.Raw("input_schema", dialogue.Schema(t))
	if t.Strict != nil {
		w.out.Bool("strict", *t.Strict)
	}
	w.mark(t.Cache, "cache_control")
	w.out.Close('}')
}

// choice says the word on calling tools. OpenAI's default is the same as here,
// so it is only said where there is something to say.
func (w *writer) choice(c *interline.ToolChoice) {
	alone := c.Parallel != nil && !*c.Parallel
	kind := map[interline.ToolMode]string{
		interline.ToolsAuto: "auto", interline.ToolsNone: "none", interline.ToolsRequired: "any", interline.ToolsOne: "tool",
	}[c.Mode]
	if kind == "" && alone {
		kind = "auto"
	}
	if kind == "" {
		return
	}
	w.out.Object("tool_choice")
	w.out.String("type", kind)
	if kind == "tool" {
		w.out.String("name", c.Names[0])
	}
	if alone && kind != "none" {
		w.out.Bool("disable_parallel_tool_use", true)
	}
	w.out.Close('}')
}
