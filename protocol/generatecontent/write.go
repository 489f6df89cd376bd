package generatecontent

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/jsonout"
	"github.com/interline-ai/interline/protocol/loss"
)

// writer says one request and notes what it could not say.
type writer struct {
	t      protocol.Target
	r      *interline.Request
	vertex bool // it goes to Vertex AI
	own    bool // the request was read from this language
	out    jsonout.Text
	losses dialogue.Losses
	names  map[string]string // of functions, by the id of their call
}

// WriteRequest implements protocol.Translator. Members are written in one fixed
// order, schemas verbatim, so that prompt caches stay warm. A request that came
// in this language, over the other envelope, keeps what the words do not model.
func (l *Language) WriteRequest(r *interline.Request, t protocol.Target) ([]byte, []interline.Loss, error) {
	w := &writer{t: t, r: r, vertex: l.product == vertexAI, own: t.From == protocol.GenerateContent, names: map[string]string{}}
	if err := dialogue.CheckMedia(r, t.From, w.cannot); err != nil {
		return nil, nil, err
	}
	if err := dialogue.CheckSound(r, t.From, w.unspeakable); err != nil {
		return nil, nil, err
	}
	d := dialogue.Arrange(r.Turns, dialogue.Rules{
		Refuse: w.refuse, LegalID: func(id string) bool { return id != "" },
	}, &w.losses)
	if d.Prefilled() && t.Traits.NoPrefill {
		f := interline.Invalid("messages", "the model does not go on with a last turn of the assistant: end with a user's")
		f.Class = interline.C2Capability
		return nil, nil, f
	}
	if d.Prefilled() && !w.own {
		w.losses.Note(loss.PrefillMaybe, fmt.Sprintf("messages[%d]", len(r.Turns)-1))
	}
	w.body(&d)
	return w.out, protocol.InWords(t.From, r, w.losses), nil
}

func (w *writer) body(d *dialogue.Dialogue) {
	w.out.Open('{')
	if len(d.System) > 0 {
		w.out.Object("systemInstruction")
		w.parts(d.System)
		w.out.Close('}')
	}
	w.contents(d)
	w.tools()
	w.choice()
	w.config()
	w.tier()
	w.extra("")
	w.out.Close('}')
	w.unsaid()
}

// extra writes what the words do not model, where the request came in this
// language: the members directly under the prefix.
func (w *writer) extra(prefix string) {
	if !w.own {
		return
	}
	for _, m := range w.r.Extra {
		name, under := strings.CutPrefix(m.Name, prefix)
		if under && !strings.ContainsAny(name, ".[") && m.Name != callingMode {
			w.out.Quote(name)
			w.out = append(w.out, ':')
			w.out.Value(m.Value)
		}
	}
}

// said reports whether extra has written a member. Calls whose arguments come
// in pieces cannot be read, so they are not asked for.
func (w *writer) said(name string) bool {
	if !w.own {
		return false
	}
	for _, prefix := range []string{"generationConfig.", "toolConfig.", ""} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && !strings.ContainsAny(rest, ".[") {
			return true
		}
	}
	return name == callingMode
}

// tools writes the functions as one tool, and Google's own tools as they were.
func (w *writer) tools() {
	var own, functions []interline.Tool
	for i, t := range w.r.Tools {
		if function, ok := dialogue.Standing(t, protocol.GenerateContent); ok {
			w.losses.Note(loss.ToolFreeform, fmt.Sprintf("tools[%d]", i))
			t = function
		}
		switch {
		case t.Raw == nil:
			functions = append(functions, t)
			w.unsaidOfTool(i, &t)
		case t.Language == protocol.GenerateContent:
			own = append(own, t)
		default:
			w.losses.Note(loss.OwnTool, fmt.Sprintf("tools[%d]", i))
		}
	}
	if len(own)+len(functions) == 0 {
		return
	}
	w.out.Array("tools")
	if len(functions) > 0 {
		w.out.Open('{')
		w.out.Array("functionDeclarations")
		for i := range functions {
			w.declaration(&functions[i])
		}
		w.out.Close(']')
		w.out.Close('}')
	}
	for _, t := range own {
		w.out.Value(t.Raw)
	}
	w.out.Close(']')
}

func (w *writer) unsaidOfTool(i int, t *interline.Tool) {
	if t.Strict != nil && *t.Strict {
		w.losses.Note(loss.ToolStrict, fmt.Sprintf("tools[%d].strict", i))
	}
	if t.Cache != nil {
		w.losses.Note(loss.CacheNoMarks, "cache_control")
	}
}

func (w *writer) declaration(t *interline.Tool) {
	w.out.Open('{')
	w.out.String("name", t.Name)
	w.out.Said("description", t.Description)
	if len(t.Schema) > 0 && string(t.Schema) != "null" {
		w.out.Raw("parametersJsonSchema", t.Schema)
	}
	w.out.Close('}')
}

// choice writes the word on calling functions; without functions there is
// nothing to say.
func (w *writer) choice() {
	c := w.r.Choice
	if c.Parallel != nil && !*c.Parallel {
		w.losses.Note(loss.OneCall, "parallel_tool_calls")
	}
	mode, names := w.mode(&c)
	start := len(w.out)
	w.out.Object("toolConfig")
	if mode != "" {
		w.out.Object("functionCallingConfig")
		w.out.String("mode", mode)
		if len(names) > 0 {
			w.out.Array("allowedFunctionNames")
			for _, n := range names {
				w.out.Quote(n)
			}
			w.out.Close(']')
		}
		w.out.Close('}')
	}
	w.extra("toolConfig.")
	w.dropIfEmpty(start)
}

// dropIfEmpty closes the object that was begun at start, or takes it back when
// it says nothing.
func (w *writer) dropIfEmpty(start int) {
	if w.out[len(w.out)-1] == '{' {
		w.out = w.out[:start]
		return
	}
	w.out.Close('}')
}

func (w *writer) mode(c *interline.ToolChoice) (mode string, names []string) {
	functions := false
	for _, t := range w.r.Tools {
		_, stands := dialogue.Standing(t, protocol.GenerateContent)
		functions = functions || stands || t.Raw == nil
	}
	if !functions {
		return "", nil
	}
	forced := c.Mode == interline.ToolsRequired || c.Mode == interline.ToolsOne || c.Mode == interline.ToolsSubset && c.Required
	if forced && w.t.Traits.NoForcedTools {
		w.losses.Note(loss.ToolForced, "tool_choice")
		return "AUTO", nil
	}
	switch c.Mode {
	case interline.ToolsAuto:
		for _, m := range w.r.Extra {
			if w.own && m.Name == callingMode {
				return text(jsontext.Value(m.Value)), nil
			}
		}
		return "AUTO", nil
	case interline.ToolsNone:
		return "NONE", nil
	case interline.ToolsRequired:
		return "ANY", nil
	case interline.ToolsOne:
		return "ANY", c.Names
	case interline.ToolsSubset:
		if c.Required {
			return "ANY", c.Names
		}
		return "VALIDATED", c.Names
	}
	return "", nil
}

// tier writes the service tier in the Gemini API's words.
func (w *writer) tier() {
	switch t := w.r.ServiceTier; {
	case t == "", t == "auto":
	case w.vertex && (t == "default" || t == "standard" || t == "standard_only"):
	case w.vertex:
		w.losses.Note(loss.Tier, "service_tier", t)
	case w.own, t == "flex", t == "priority", t == "standard":
		w.out.String("serviceTier", t)
	case t == "default", t == "standard_only":
		w.out.String("serviceTier", "standard")
	default:
		w.losses.Note(loss.Tier, "service_tier", t)
	}
}

// unsaid notes what the language has no word for.
func (w *writer) unsaid() {
	w.losses = append(w.losses, dialogue.Uncited(w.r)...)
	r := w.r
	for _, f := range []struct {
		said bool
		name string
		kind loss.Kind
	}{
		{len(r.Sampling.LogitBias) > 0, "logit_bias", loss.Parameter},
		{r.Output.Verbosity != "", "verbosity", loss.Parameter},
		{r.CacheKey != "", "prompt_cache_key", loss.Parameter},
		{r.CacheAutomatic != nil, "cache_control", loss.CacheNoMarks},
		{r.User != "", "user", loss.EndUser},
		{len(r.Metadata) > 0, "metadata", loss.Labels},
	} {
		if f.said {
			w.losses.Note(f.kind, f.name)
		}
	}
	for _, m := range r.Extra {
		if !w.said(m.Name) {
			w.losses.Note(loss.Member, m.Name)
		}
	}
}
