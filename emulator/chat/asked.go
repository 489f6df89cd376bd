package chat

import (
	"encoding/json"
	"math"
	"slices"

	"github.com/interline-ai/interline/emulator/core"
)

// asked is a Responses request after it was read. Its Request is what the same
// would be in Chat Completions; the messages there are the instructions, the
// conversation so far and the input, in this order.
type asked struct {
	*Request
	top members // as they came, for the echo in the answer

	instructions *string
	previous     string
	talk         []Message // the conversation and the input, without instructions
	size         int       // bytes of the talk
	store        bool
	sealed       bool   // include has reasoning.encrypted_content
	summary      string // reasoning.summary
	tools        []any  // the echo of the tools
	verbosity    string
	formatName   string
	formatStrict bool
}

// askedFields are the members of POST responses, countedFields those of POST
// responses/input_tokens (openai-go v3.96.0).
var (
	askedFields = []string{
		"access_programs", "background", "context_management", "conversation", "include", "input", "instructions",
		"max_output_tokens", "max_tool_calls", "metadata", "model", "moderation", "parallel_tool_calls",
		"previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
		"reasoning", "safety_identifier", "service_tier", "store", "stream", "stream_options", "temperature",
		"text", "tool_choice", "tools", "top_logprobs", "top_p", "truncation", "user",
	}
	countedFields = []string{
		"conversation", "input", "instructions", "model", "parallel_tool_calls", "personality",
		"previous_response_id", "reasoning", "text", "tool_choice", "tools", "truncation",
	}
	unemulatedAsked = []string{"access_programs", "context_management", "conversation", "moderation", "personality", "prompt"}
)

// readAsked reads a body whose members must be among the known ones.
func (k *call) readAsked(s *Shelf, body []byte, known []string) (*asked, *Error) {
	if !json.Valid(body) || kindOf(body) != "an object" {
		return nil, Invalid("", "", "We could not parse the JSON body of your request. "+
			"(HINT: This likely means you aren't using your HTTP library correctly. The API expects a JSON payload.)")
	}
	r := &reader{file: k.d.File, idle: k.d.Idle}
	top := r.object("", body, append(slices.Clone(known), k.d.Extra...)...)
	a := &asked{Request: &Request{given: make(map[string]bool), Count: 1}, top: top}
	for name, raw := range top {
		a.given[name] = !absent(raw)
	}
	a.Model = r.need("model", top["model"])
	for _, name := range unemulatedAsked {
		if !absent(top[name]) {
			r.fail(Invalid(name, "unsupported_parameter", "Unsupported parameter: '%s' is not emulated.", name))
		}
	}
	a.readTalk(r, s)
	a.readFunctions(r)
	a.readText(r)
	a.readThinking(r)
	a.readLimits(r)
	a.readDelivery(r)
	a.readRest(r)
	if r.err != nil {
		return nil, r.err
	}
	return a, nil
}

// readTalk puts the conversation together.
func (a *asked) readTalk(r *reader, s *Shelf) {
	if !absent(a.top["instructions"]) {
		text := r.text("instructions", a.top["instructions"])
		a.instructions = &text
	}
	a.previous = r.text("previous_response_id", a.top["previous_response_id"])
	a.size = len(a.top["input"])
	if a.previous != "" {
		k := s.find(a.previous)
		if k == nil {
			r.fail(Invalid("previous_response_id", "previous_response_not_found", "Previous response with id '%s' not found.", a.previous))
			return
		}
		a.talk = slices.Clone(k.messages)
		a.size += k.size
	}
	in := &inputs{reader: r, shelf: s}
	in.read(a.top["input"])
	a.talk = append(a.talk, in.messages...)
	checkPairs(r, a.talk)
	if a.instructions != nil && *a.instructions != "" {
		a.Messages = append(a.Messages, Message{Role: "developer", Parts: []Part{{Text: *a.instructions}}})
	}
	a.Messages = append(a.Messages, a.talk...)
}

func (a *asked) readText(r *reader) {
	m := r.object("text", a.top["text"], "format", "verbosity")
	if a.verbosity = r.word("text.verbosity", m["verbosity"], "low", "medium", "high"); a.verbosity == "" {
		a.verbosity = "medium"
	}
	a.Format.kind = "text"
	f := r.object("text.format", m["format"], "type", "name", "description", "schema", "strict")
	if f == nil {
		return
	}
	r.need("text.format.type", f["type"])
	a.Format.kind = r.word("text.format.type", f["type"], "text", "json_object", "json_schema")
	if a.Format.kind != "json_schema" {
		return
	}
	a.formatName = r.need("text.format.name", f["name"])
	checkName(r, "text.format.name", a.formatName)
	if absent(f["schema"]) {
		r.missing("text.format.schema")
		return
	}
	a.Format.schema = f["schema"]
	// Like a function, a format is strict unless it cannot be or is told not to.
	a.formatStrict = r.flag("text.format.strict", f["strict"], checkSchema(f["schema"], true) == "")
	if wrong := checkSchema(f["schema"], a.formatStrict); wrong != "" {
		r.fail(Invalid("text.format.schema", "invalid_json_schema", "Invalid schema for response_format '%s': %s", a.formatName, wrong))
	}
}

func (a *asked) readThinking(r *reader) {
	m := r.object("reasoning", a.top["reasoning"], "effort", "summary", "generate_summary", "context", "mode")
	a.Effort = r.word("reasoning.effort", m["effort"], "none", "minimal", "low", "medium", "high", "xhigh", "max")
	old := r.word("reasoning.generate_summary", m["generate_summary"], "auto", "concise", "detailed")
	if a.summary = r.word("reasoning.summary", m["summary"], "auto", "concise", "detailed"); a.summary == "" {
		a.summary = old
	}
	r.word("reasoning.context", m["context"], "auto", "current_turn", "all_turns")
	if r.word("reasoning.mode", m["mode"], "standard", "pro") == "pro" {
		r.fail(Invalid("reasoning.mode", "unsupported_value", "Unsupported value: 'reasoning.mode' does not support 'pro' with this model."))
	}
}

// leastOutput is the least max_output_tokens (openai docs, 2026-11).
const leastOutput = 16

func (a *asked) readLimits(r *reader) {
	a.MaxCompletion = r.whole("max_output_tokens", a.top["max_output_tokens"], leastOutput, math.MaxInt32)
	r.whole("max_tool_calls", a.top["max_tool_calls"], 1, math.MaxInt32)
	a.Temperature = r.decimal("temperature", a.top["temperature"], 0, 2)
	a.TopP = r.decimal("top_p", a.top["top_p"], 0, 1)
	a.TopLogprobs = r.whole("top_logprobs", a.top["top_logprobs"], 0, 20)
}

// includable are the values of include (openai-go v3.96.0). Those of hosted
// tools are accepted and have no effect, as at the cloud when none is called.
var includable = []string{
	"file_search_call.results", "web_search_call.results", "web_search_call.action.sources",
	"message.input_image.image_url", "computer_call_output.output.image_url",
	"code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs",
}

func (a *asked) readDelivery(r *reader) {
	a.Stream = r.flag("stream", a.top["stream"], false)
	if !absent(a.top["stream_options"]) && !a.Stream {
		r.fail(Invalid("stream_options", "", "The 'stream_options' parameter is only allowed when 'stream' is enabled."))
	}
	options := r.object("stream_options", a.top["stream_options"], "include_obfuscation")
	a.NoObfuscated = !r.flag("stream_options.include_obfuscation", options["include_obfuscation"], true)
	a.Parallel = r.flag("parallel_tool_calls", a.top["parallel_tool_calls"], true)
	a.store = r.flag("store", a.top["store"], true)
	a.Tier = r.word("service_tier", a.top["service_tier"], "auto", "default", "flex", "scale", "priority", "fast", "ultrafast")
	for i, item := range r.list("include", a.top["include"]) {
		switch r.word(at("include", i), item, includable...) {
		case "reasoning.encrypted_content":
			a.sealed = true
		case "message.output_text.logprobs":
			a.Logprobs = true
		}
	}
	if r.flag("background", a.top["background"], false) {
		r.fail(Invalid("background", "unsupported_value", "Unsupported value: background responses are not emulated."))
	}
}

func (a *asked) readRest(r *reader) {
	r.word("truncation", a.top["truncation"], "auto", "disabled")
	r.text("user", a.top["user"])
	r.text("prompt_cache_key", a.top["prompt_cache_key"])
	r.word("prompt_cache_retention", a.top["prompt_cache_retention"], "in_memory", "in-memory", "24h")
	if len(r.text("safety_identifier", a.top["safety_identifier"])) > 128 {
		r.fail(Invalid("safety_identifier", "string_above_max_length", "Invalid 'safety_identifier': string too long. Expected a string with maximum length 128."))
	}
	a.readCache(r, a.top["prompt_cache_options"])
	readMetadata(r, a.top["metadata"])
}

// fits applies the rules of a model to the request.
func (a *asked) fits(m Model) *Error {
	r := &reader{}
	m.CallsNeed = "" // the rule of Chat Completions only
	a.fitsThinking(r, m)
	a.checkSampling(r, m)
	a.checkTools(r, m)
	if n := a.limit(); n > m.MaxOutput {
		r.fail(Invalid("max_output_tokens", "integer_above_max_value",
			"Invalid 'max_output_tokens': integer above maximum value. Expected a value <= %d, but got %d instead.", m.MaxOutput, n))
	}
	if (a.given["prompt_cache_options"] || a.hasMarks()) && m.Cache.Mode != core.CacheMarked {
		unsupported(r, "prompt_cache_options")
	}
	return r.err
}

func (a *asked) fitsThinking(r *reader, m Model) {
	switch {
	case !m.Reasoning() && a.Effort != "":
		unsupported(r, "reasoning.effort")
	case !m.Reasoning() && a.summary != "":
		unsupported(r, "reasoning.summary")
	case !m.Reasoning() && a.sealed:
		r.fail(Invalid("include", "", "Encrypted content is not supported with this model."))
	case a.Effort != "" && !slices.Contains(m.Efforts, a.Effort):
		r.fail(Invalid("reasoning.effort", "unsupported_value",
			"Unsupported value: '%s' is not supported with the '%s' model. Supported values are: %s.", a.Effort, m.ID, quoteAll(m.Efforts)))
	case a.Logprobs && slices.Contains(m.Refused, "logprobs"):
		r.fail(Invalid("include", "unsupported_parameter", "Unsupported parameter: logprobs are not supported with this model."))
	case a.Logprobs && m.Reasoning() && a.effort(m) != "none":
		r.fail(Invalid("include", "unsupported_parameter", "Unsupported parameter: logprobs are not supported with reasoning models."))
	}
}
