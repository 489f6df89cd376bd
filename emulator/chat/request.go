package chat

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"time"
)

// Request is a Chat Completions request after it was read, before the rules of
// its model are applied.
type Request struct {
	Model    string
	Messages []Message
	Tools    []Tool
	Choice   choice
	Parallel bool

	MaxTokens, MaxCompletion   *int
	Temperature, TopP          *float64
	Frequency, Presence        *float64
	Bias, Logprobs             bool
	TopLogprobs                *int
	Count                      int
	Stop                       []string
	Effort                     string
	Format                     format
	Stream                     bool
	IncludeUsage, NoObfuscated bool

	Speak         bool   // the answer is asked for as sound
	SoundFormat   string // in this format
	Tier          string
	CacheExplicit bool          // prompt_cache_options.mode is explicit
	CacheLife     time.Duration // prompt_cache_options.ttl; 0 when not given

	given map[string]bool // top-level members that were there
}

// fields are the top-level members Chat Completions knows (openai-go v3.96.0).
var fields = []string{
	"audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs",
	"max_completion_tokens", "max_tokens", "messages", "metadata", "modalities", "model",
	"moderation", "n", "parallel_tool_calls", "prediction", "presence_penalty",
	"prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning_effort",
	"response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream",
	"stream_options", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user",
	"verbosity", "web_search_options",
}

// unemulated are the members the cloud knows and this emulator does not play.
var unemulated = []string{"function_call", "functions", "moderation", "prediction"}

// Decode reads a request body. Extra are further top-level members to accept
// and ignore. Model may come back empty: some clouds have it in the URL.
func Decode(body []byte, extra ...string) (*Request, *Error) {
	top, err := readTop(body, fields, extra)
	if err != nil {
		return nil, err
	}
	r := &reader{}
	q := &Request{given: make(map[string]bool)}
	for name, raw := range top {
		q.given[name] = !absent(raw)
	}
	q.Model = r.text("model", top["model"])
	q.Messages = readMessages(r, top["messages"])
	q.Tools = readTools(r, top["tools"])
	q.Choice = readChoice(r, top["tool_choice"], q.Tools)
	q.Format = readFormat(r, top["response_format"])
	q.readLimits(r, top)
	q.readSampling(r, top)
	q.readDelivery(r, top)
	q.readRest(r, top)
	if r.err != nil {
		return nil, r.err
	}
	return q, nil
}

// readTop takes the body apart and refuses members nobody knows.
func readTop(body []byte, known, extra []string) (members, *Error) {
	var top members
	if err := json.Unmarshal(body, &top); err != nil || top == nil {
		return nil, Invalid("", "", "We could not parse the JSON body of your request. "+
			"(HINT: This likely means you aren't using your HTTP library correctly. The API expects a JSON payload.)")
	}
	for _, name := range slices.Sorted(maps.Keys(top)) {
		if !slices.Contains(known, name) && !slices.Contains(extra, name) {
			return nil, Invalid("", "", "Unrecognized request argument supplied: %s", name)
		}
	}
	return top, nil
}

func (q *Request) readLimits(r *reader, top members) {
	q.MaxTokens = r.whole("max_tokens", top["max_tokens"], 1, math.MaxInt32)
	q.MaxCompletion = r.whole("max_completion_tokens", top["max_completion_tokens"], 1, math.MaxInt32)
	if q.MaxTokens != nil && q.MaxCompletion != nil {
		r.fail(Invalid("max_tokens", "invalid_parameter_combination",
			"Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."))
	}
	q.Count = 1
	if n := r.whole("n", top["n"], 1, 128); n != nil {
		q.Count = *n
	}
	q.readStop(r, top["stop"])
}

func (q *Request) readStop(r *reader, raw json.RawMessage) {
	if kindOf(raw) != "an array" {
		if s := r.text("stop", raw); s != "" {
			q.Stop = []string{s}
		}
		return
	}
	items := r.list("stop", raw)
	if len(items) > 4 {
		r.fail(Invalid("stop", "array_above_max_length",
			"Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length %d instead.", len(items)))
	}
	for i, item := range items {
		q.Stop = append(q.Stop, r.need(at("stop", i), item))
	}
}

func (q *Request) readSampling(r *reader, top members) {
	q.Temperature = r.decimal("temperature", top["temperature"], 0, 2)
	q.TopP = r.decimal("top_p", top["top_p"], 0, 1)
	q.Frequency = r.decimal("frequency_penalty", top["frequency_penalty"], -2, 2)
	q.Presence = r.decimal("presence_penalty", top["presence_penalty"], -2, 2)
	q.Logprobs = r.flag("logprobs", top["logprobs"], false)
	q.TopLogprobs = r.whole("top_logprobs", top["top_logprobs"], 0, 20)
	if q.TopLogprobs != nil && !q.Logprobs {
		r.fail(Invalid("top_logprobs", "", "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled."))
	}
	bias := r.object("logit_bias", top["logit_bias"])
	for _, token := range slices.Sorted(maps.Keys(bias)) {
		r.decimal("logit_bias."+token, bias[token], -100, 100)
	}
	q.Bias = len(bias) > 0
	r.whole("seed", top["seed"], math.MinInt64, math.MaxInt64)
}

func (q *Request) readDelivery(r *reader, top members) {
	q.Stream = r.flag("stream", top["stream"], false)
	if !absent(top["stream_options"]) && !q.Stream {
		r.fail(Invalid("stream_options", "", "The 'stream_options' parameter is only allowed when 'stream' is enabled."))
	}
	options := r.object("stream_options", top["stream_options"], "include_usage", "include_obfuscation")
	q.IncludeUsage = r.flag("stream_options.include_usage", options["include_usage"], false)
	q.NoObfuscated = !r.flag("stream_options.include_obfuscation", options["include_obfuscation"], true)
	q.Parallel = r.flag("parallel_tool_calls", top["parallel_tool_calls"], true)
	if !absent(top["parallel_tool_calls"]) && len(q.Tools) == 0 {
		r.fail(Invalid("parallel_tool_calls", "", "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified."))
	}
	q.Tier = r.word("service_tier", top["service_tier"], "auto", "default", "flex", "scale", "priority", "fast")
}

func (q *Request) readRest(r *reader, top members) {
	for _, name := range unemulated {
		if !absent(top[name]) {
			r.fail(Invalid(name, "unsupported_parameter", "Unsupported parameter: '%s' is not emulated.", name))
		}
	}
	if !absent(top["web_search_options"]) {
		r.fail(Invalid("", "", "Web search options not supported with this model."))
	}
	q.Effort = r.word("reasoning_effort", top["reasoning_effort"], "none", "minimal", "low", "medium", "high", "xhigh", "max")
	r.word("verbosity", top["verbosity"], "low", "medium", "high")
	q.readSound(r, top)
	r.flag("store", top["store"], false)
	r.text("user", top["user"])
	r.text("prompt_cache_key", top["prompt_cache_key"])
	r.word("prompt_cache_retention", top["prompt_cache_retention"], "in_memory", "in-memory", "24h")
	if len(r.text("safety_identifier", top["safety_identifier"])) > 128 {
		r.fail(Invalid("safety_identifier", "string_above_max_length", "Invalid 'safety_identifier': string too long. Expected a string with maximum length 128."))
	}
	q.readCache(r, top["prompt_cache_options"])
	readMetadata(r, top["metadata"])
}

func (q *Request) readCache(r *reader, raw json.RawMessage) {
	options := r.object("prompt_cache_options", raw, "mode", "ttl")
	q.CacheExplicit = r.word("prompt_cache_options.mode", options["mode"], "implicit", "explicit") == "explicit"
	if r.word("prompt_cache_options.ttl", options["ttl"], "30m") != "" {
		q.CacheLife = 30 * time.Minute
	}
}

func readMetadata(r *reader, raw json.RawMessage) {
	pairs := r.object("metadata", raw)
	if len(pairs) > 16 {
		r.fail(Invalid("metadata", "object_above_max_properties",
			"Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with %d properties instead.", len(pairs)))
	}
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		value := r.text("metadata."+key, pairs[key])
		if len(key) > 64 || len(value) > 512 {
			r.fail(Invalid("metadata", "string_above_max_length",
				"Invalid 'metadata': keys may have 64 characters and values 512."))
		}
	}
}

// limit is the answer's limit in tokens, or 0.
func (q *Request) limit() int {
	switch {
	case q.MaxCompletion != nil:
		return *q.MaxCompletion
	case q.MaxTokens != nil:
		return *q.MaxTokens
	}
	return 0
}
