package anthropic

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/anthropic/strict"
)

// request is a Messages request as it was read; field names follow the API.
type request struct {
	doc *strict.Document

	Model         string
	MaxTokens     int
	System        []block
	Turns         []turn
	Tools         []tool
	Choice        choice
	Sampling      claude.Sampling
	Thinking      claude.Wish
	Schema        json.RawMessage // of output_config.format
	Stop          []string
	Stream        bool
	Geo, Speed    string
	ManageContext bool          // context_management was sent
	AutoMark      time.Duration // lifetime of automatic caching, 0 for none
	marks         []mark        // in the order of prompt caching: tools, system, messages
}

// turn is one message. Consecutive messages of one role are not yet merged.
type turn struct {
	at     strict.Object
	Role   string
	Blocks []block
}

// choice is tool_choice; Type is "" when it was not sent.
type choice struct {
	Type, Name string
	OneCall    bool
}

// tool is a declared tool that the caller runs.
type tool struct {
	Name, Description string
	Schema            json.RawMessage
	Mark              time.Duration
}

// mark is a cache breakpoint and where it was written.
type mark struct {
	at   strict.Object
	life time.Duration
}

var sharedFields = []string{
	"model", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "cache_control",
	"speed", "context_management",
}

var messageFields = append([]string{
	"max_tokens", "metadata", "stop_sequences", "stream", "temperature", "top_k", "top_p",
	"service_tier", "inference_geo", "container", "diagnostics",
}, sharedFields...)

// hostedFields are those of a body on a cloud that hosts Claude: without what
// the URL says and without what only Anthropic itself offers (anthropic docs,
// feature availability, 2026-07).
var hostedFields = []string{
	"anthropic_version", "anthropic_beta", "messages", "system", "tools", "tool_choice", "thinking", "output_config",
	"max_tokens", "metadata", "stop_sequences", "temperature", "top_k", "top_p", "context_management",
}

// form is which members a body must and may have.
type form struct {
	needs, fields []string
	beta          bool // context_management is switched on
}

// The forms of a body.
var (
	messageForm = form{needs: []string{"model", "max_tokens", "messages"}, fields: messageFields}
	countForm   = form{needs: []string{"model", "messages"}, fields: sharedFields}
	hostedForm  = form{needs: []string{"anthropic_version", "max_tokens", "messages"}, fields: hostedFields}
)

// contextBeta begins the betas that switch context_management on.
const contextBeta = "context-management-"

// readRequest reads a body of a form. What is wrong with its shape is refused
// here; what breaks a rule of the conversation or the model is for check.
func readRequest(body []byte, shape form) (*request, *fault) {
	doc, o, err := strict.Parse(body)
	if err != nil {
		return nil, failed(invalid, "The request body is not valid JSON: %s", err)
	}
	r := &request{doc: doc}
	o.Need(shape.needs...)
	o.Only(shape.fields...)
	oneOf(o, "anthropic_version", "bedrock-2023-05-31")
	for _, beta := range texts(o, "anthropic_beta") {
		shape.beta = shape.beta || strings.HasPrefix(beta, contextBeta)
	}
	if o.Has("context_management") && !shape.beta {
		o.Within("context_management").Fail("Extra inputs are not permitted")
	}
	r.readScalars(o)
	r.readTools(o)
	r.readSystem(o)
	r.readMessages(o)
	r.readThinking(o)
	if len(doc.Problems()) > 0 {
		return nil, wording(doc.Problems())
	}
	return r, nil
}

func (r *request) readScalars(o strict.Object) {
	r.Model, _ = o.Text("model")
	r.MaxTokens, _ = o.Whole("max_tokens")
	if r.MaxTokens < 0 {
		o.Within("max_tokens").Fail("Input should be greater than or equal to 0")
	}
	r.Stream, _ = o.Flag("stream")
	r.Sampling.Temperature = within(o, "temperature", 0, 1)
	r.Sampling.TopP = within(o, "top_p", 0, 1)
	if k, ok := o.Whole("top_k"); ok {
		r.Sampling.TopK = &k
		if k < 0 {
			o.Within("top_k").Fail("Input should be greater than or equal to 0")
		}
	}
	r.Stop = texts(o, "stop_sequences")
	for _, s := range r.Stop {
		if strings.TrimSpace(s) == "" {
			o.Within("stop_sequences").Fail("each stop sequence must contain non-whitespace")
		}
	}
	oneOf(o, "service_tier", "auto", "standard_only")
	r.Speed = oneOf(o, "speed", "standard", "fast")
	r.Geo = oneOf(o, "inference_geo", "global", "us", "eu")
	r.AutoMark = r.readMark(o)
	if m, ok := o.Sub("metadata"); ok {
		m.Only("user_id")
		m.Text("user_id")
	}
	o.Sub("diagnostics")
	_, r.ManageContext = o.Sub("context_management")
	if o.Has("container") {
		o.Within("container").Fail("the emulator runs no code execution, so it has no containers")
	}
}

// within reads a number and its bounds.
func within(o strict.Object, name string, low, high float64) *float64 {
	f, ok := o.Float(name)
	if !ok {
		return nil
	}
	if f < low {
		o.Within(name).Fail("Input should be greater than or equal to %g", low)
	}
	if f > high {
		o.Within(name).Fail("Input should be less than or equal to %g", high)
	}
	return &f
}

// oneOf reads a string that must be one of a few words.
func oneOf(o strict.Object, name string, words ...string) string {
	s, ok := o.Text(name)
	if !ok {
		return ""
	}
	for _, w := range words {
		if s == w {
			return s
		}
	}
	o.Within(name).Fail("Input should be %s", orList(words))
	return ""
}

func orList(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "'" + w + "'"
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}

func texts(o strict.Object, name string) []string {
	items, _ := o.Items(name)
	var out []string
	for _, item := range items {
		if s, ok := item.String(); ok {
			out = append(out, s)
		}
	}
	return out
}

// readMark reads cache_control of a block, a tool or the whole request.
func (r *request) readMark(o strict.Object) time.Duration {
	c, ok := o.Sub("cache_control")
	if !ok {
		return 0
	}
	c.Need("type")
	c.Only("type", "ttl")
	if t, ok := c.Text("type"); ok && t != "ephemeral" {
		c.Fail("Input tag '%s' found using 'type' does not match any of the expected tags: 'ephemeral'", t)
	}
	life := 5 * time.Minute
	if oneOf(c, "ttl", "5m", "1h") == "1h" {
		life = time.Hour
	}
	r.marks = append(r.marks, mark{c, life})
	return life
}

func (r *request) readThinking(o strict.Object) {
	if t, ok := o.Sub("thinking"); ok {
		t.Need("type")
		r.Thinking.Type, _ = t.Text("type")
		switch r.Thinking.Type {
		case "enabled":
			in := t.Within("enabled")
			in.Need("budget_tokens")
			in.Only("type", "budget_tokens", "display")
			r.Thinking.Budget, _ = in.Whole("budget_tokens")
			r.Thinking.Display = oneOf(in, "display", "summarized", "omitted")
		case "adaptive":
			in := t.Within("adaptive")
			in.Only("type", "display")
			r.Thinking.Display = oneOf(in, "display", "summarized", "omitted")
		case "disabled":
			t.Within("disabled").Only("type")
		case "":
		default:
			t.Fail("Input tag '%s' found using 'type' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'", r.Thinking.Type)
		}
	}
	if c, ok := o.Sub("output_config"); ok {
		c.Only("effort", "format")
		r.Thinking.Effort = oneOf(c, "effort", "low", "medium", "high", "xhigh", "max")
		r.readFormat(c)
	}
}

func (r *request) readFormat(c strict.Object) {
	f, ok := c.Sub("format")
	if !ok {
		return
	}
	f.Need("type", "schema")
	f.Only("type", "schema")
	oneOf(f, "type", "json_schema")
	if _, ok := f.Sub("schema"); ok {
		r.Schema = f.Raw("schema")
	}
}

var toolName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,128}$`)

func (r *request) readTools(o strict.Object) {
	items, _ := o.Items("tools")
	seen := map[string]bool{}
	for _, item := range items {
		t, ok := item.Object()
		if !ok {
			continue
		}
		each := r.readTool(t)
		if seen[each.Name] && each.Name != "" {
			t.Fail("Tool names must be unique.")
		}
		seen[each.Name] = true
		r.Tools = append(r.Tools, each)
	}
	r.readChoice(o)
}

func (r *request) readChoice(o strict.Object) {
	c, ok := o.Sub("tool_choice")
	if !ok {
		return
	}
	c.Need("type")
	r.Choice.Type = oneOf(c, "type", "auto", "any", "tool", "none")
	switch r.Choice.Type {
	case "tool":
		c.Need("name")
		c.Only("type", "name", "disable_parallel_tool_use")
		r.Choice.Name, _ = c.Text("name")
	case "none":
		c.Only("type")
	default:
		c.Only("type", "disable_parallel_tool_use")
	}
	r.Choice.OneCall, _ = c.Flag("disable_parallel_tool_use")
}

func (r *request) readSystem(o strict.Object) {
	v, ok := o.Get("system")
	if !ok {
		return
	}
	if v.Type() == "string" {
		if s, _ := v.String(); s != "" {
			r.System = []block{{Kind: "text", Text: s}}
		}
		return
	}
	r.System = r.readBlocks(v, "text")
}

func (r *request) readMessages(o strict.Object) {
	items, _ := o.Items("messages")
	for _, item := range items {
		m, ok := item.Object()
		if !ok {
			continue
		}
		m.Need("role", "content")
		m.Only("role", "content")
		t := turn{at: m, Role: oneOf(m, "role", "user", "assistant", "system")}
		if v, ok := m.Get("content"); ok {
			t.Blocks = r.readContent(v, turnKinds...)
		}
		r.Turns = append(r.Turns, t)
	}
}
