package converse

import (
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/jsonout"
	"github.com/interline-ai/interline/protocol/loss"
)

// The families of models whose own fields are known.
const (
	claude = "claude"
	gpt    = "gpt"
	gptOSS = "gpt-oss"
	nova   = "nova"
)

// writer says one request and notes what it could not say.
type writer struct {
	l      *Language
	t      protocol.Target
	r      *interline.Request
	family string
	out    jsonout.Text
	// more is the inside of additionalModelRequestFields.
	more   jsonout.Text
	losses dialogue.Losses
	marks  dialogue.Marks
	names  map[string]bool
}

// WriteRequest implements protocol.Translator. Members are written in one fixed
// order, tools and schemas verbatim, so that prompt caches stay warm.
func (l *Language) WriteRequest(r *interline.Request, t protocol.Target) ([]byte, []interline.Loss, error) {
	w := &writer{l: l, t: t, r: r, family: familyOf(t), names: map[string]bool{}}
	if err := dialogue.CheckSound(r, t.From, nil); err != nil {
		return nil, nil, err
	}
	if err := dialogue.CheckMedia(r, t.From, w.cannot); err != nil {
		return nil, nil, err
	}
	d := dialogue.Arrange(r.Turns, dialogue.Rules{
		MidSystem: t.Traits.MidSystem, Refuse: w.refuse, LegalID: legalID,
	}, &w.losses)
	if d.Prefilled() && t.Traits.NoPrefill {
		f := interline.Invalid("messages", "the model does not go on with a last turn of the assistant: end with a user's")
		f.Class = interline.C2Capability
		return nil, nil, f
	}
	w.more.Open('{')
	w.body(&d)
	if !w.cites() {
		w.losses.Unasked(r)
	}
	w.losses.Unsaid(r)
	return w.out, protocol.InWords(t.From, r, w.losses), nil
}

// familyOf is the model's line: as its traits say, or as its id shows
// ("us.anthropic.claude-…").
func familyOf(t protocol.Target) string {
	if t.Traits.Family != "" {
		return t.Traits.Family
	}
	for _, mark := range []struct{ id, family string }{
		{"anthropic.", claude}, {"openai.gpt-oss", gptOSS}, {"openai.", gpt}, {"amazon.nova", nova},
	} {
		if strings.Contains(t.Model, mark.id) {
			return mark.family
		}
	}
	return ""
}

func (w *writer) body(d *dialogue.Dialogue) {
	offer := dialogue.OfferTools(w.r, w.t.Traits, protocol.Converse, !w.l.dialect.NoSchema, &w.losses)
	limit, thinks := w.reasoning(d, offer.Forced())
	w.out.Open('{')
	w.toolConfig(&offer, d)
	w.system(d, offer.Instruction)
	w.messages(d)
	w.inference(limit, thinks)
	w.output()
	w.labels()
	if len(w.more) > len("{") {
		w.more.Close('}')
		w.out.Raw("additionalModelRequestFields", w.more)
	}
	w.out.Close('}')
}

// inference writes the limits and the sampling. The limit is always said where
// it is known, since Bedrock reserves quota by it.
func (w *writer) inference(limit int64, thinks bool) {
	s := dialogue.Sampling(w.r, w.t.Traits, thinks, &w.losses)
	if s.TopK != nil {
		w.topK(*s.TopK)
	}
	stops := w.r.Stop
	if len(stops) > 0 && w.l.dialect.NoStops {
		w.losses.Note(loss.StopsRefused, "stop")
		stops = nil
	}
	if limit == 0 && s.Temperature == nil && s.TopP == nil && len(stops) == 0 {
		return
	}
	w.out.Object("inferenceConfig")
	if limit > 0 {
		w.out.Int("maxTokens", limit)
	}
	w.out.Float("temperature", s.Temperature)
	w.out.Float("topP", s.TopP)
	if len(stops) > 0 {
		w.out.Array("stopSequences")
		for _, stop := range stops {
			w.out.Quote(stop)
		}
		w.out.Close(']')
	}
	w.out.Close('}')
}

func (w *writer) topK(n int64) {
	switch w.family {
	case claude:
		w.more.Int("top_k", n)
	case nova:
		w.more.Object("inferenceConfig")
		w.more.Int("topK", n)
		w.more.Close('}')
	default:
		w.losses.Note(loss.TopKUnknown, "top_k")
	}
}

// output asks for a schema, which travels as text within the JSON.
func (w *writer) output() {
	o := w.r.Output
	if o.Format != interline.FormatSchema || w.l.dialect.NoSchema {
		return
	}
	w.out.Object("outputConfig")
	w.out.Object("textFormat")
	w.out.String("type", "json_schema")
	w.out.Object("structure")
	w.out.Object("jsonSchema")
	w.out.String("schema", string(o.Schema))
	w.out.Said("name", o.Name)
	w.out.Said("description", o.Description)
	for range 4 {
		w.out.Close('}')
	}
}

// maxLabels is how many pairs requestMetadata may have.
const maxLabels = 16

func (w *writer) labels() {
	labels := w.r.Metadata
	if w.r.User != "" {
		labels = append(labels[:len(labels):len(labels)], interline.Label{Name: "user", Value: w.r.User})
	}
	said := 0
	for _, l := range labels {
		if said == maxLabels || !legalLabel(l.Name) || !legalLabel(l.Value) {
			w.losses.Note(loss.LabelForm, "metadata."+l.Name)
			continue
		}
		if said++; said == 1 {
			w.out.Object("requestMetadata")
		}
		w.out.String(l.Name, l.Value)
	}
	if said > 0 {
		w.out.Close('}')
	}
	switch t := w.r.ServiceTier; t {
	case "", "auto":
	case "default", "priority", "flex", "reserved":
		w.tier(t)
	case "standard_only":
		w.tier("default")
	default:
		w.losses.Note(loss.Tier, "service_tier", t)
	}
}

func (w *writer) tier(word string) {
	w.out.Object("serviceTier")
	w.out.String("type", word)
	w.out.Close('}')
}

// legalLabel: letters, digits, spaces and :_@$#=/+,-. (service model of
// bedrock-runtime).
func legalLabel(s string) bool {
	if s == "" || len(s) > 256 {
		return false
	}
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 :_@$#=/+,-.") == ""
}
