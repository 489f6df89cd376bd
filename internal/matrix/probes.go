package matrix

import (
	"github.com/interline-ai/interline"
)

// Probe is one thing that a request may say.
type Probe struct {
	Title string
	// Words are the request; nil where only one language can say it.
	Words func(r *interline.Request)
	// Raw are requests that only these languages can say, by language.
	Raw map[string]string
	// Hidden keeps a probe off the page: it is a form that few clients send, and
	// there to provoke a loss.
	Hidden bool
}

func user(blocks ...interline.Block) interline.Turn {
	return interline.Turn{Role: interline.User, Blocks: blocks}
}

func assistant(blocks ...interline.Block) interline.Turn {
	return interline.Turn{Role: interline.Assistant, Blocks: blocks}
}

func say(text string) interline.Block { return interline.Block{Kind: interline.Text, Text: text} }

func call(id, args string) interline.Block {
	return interline.Block{Kind: interline.ToolCallBlock, Call: &interline.ToolCall{ID: id, Name: "weather", Arguments: args}}
}

func result(id string, blocks ...interline.Block) interline.Block {
	return interline.Block{Kind: interline.ToolResultBlock, Result: &interline.ToolResult{CallID: id, Blocks: blocks}}
}

func media(kind interline.BlockKind, m interline.Media) interline.Block {
	return interline.Block{Kind: kind, Media: &m}
}

func marked(b interline.Block, ttl string) interline.Block {
	b.Cache = &interline.CacheMark{TTL: ttl}
	return b
}

func thought(text string, s *interline.Seal) interline.Block {
	return interline.Block{Kind: interline.ReasoningBlock, Text: text, Seal: s}
}

var (
	weather = interline.Tool{Name: "weather", Description: "The weather.", Schema: []byte(`{"type":"object","properties":{"city":{"type":"string"}}}`)}
	clock   = interline.Tool{Name: "clock", Schema: []byte(`{"type":"object","properties":{}}`)}
	png     = media(interline.Image, interline.Media{Type: "image/png", Data: "iVBORw0KGgo="})

	claudes = &interline.Seal{Issuer: "anthropic", Signature: "c2ln"}
	openais = &interline.Seal{Issuer: "openai", ID: "rs_1", Redacted: "gAAAA"}
	googles = &interline.Seal{Issuer: "google", Signature: "c2ln"}
)

// tools lets the model call tools, in a turn that has gone round once.
func tools(r *interline.Request, before ...interline.Block) {
	r.Tools = []interline.Tool{weather, clock}
	r.Turns = append(r.Turns, assistant(append(before, call("call_1", `{"city":"Rome"}`))...), user(result("call_1", say("20 degrees"))))
}

func choose(c interline.ToolChoice) func(*interline.Request) {
	return func(r *interline.Request) { r.Tools, r.Choice = []interline.Tool{weather, clock}, c }
}

func system(blocks ...interline.Block) func(*interline.Request) {
	return func(r *interline.Request) {
		r.Turns = append([]interline.Turn{{Role: interline.System, Blocks: blocks}}, r.Turns...)
	}
}

func more(blocks ...interline.Block) func(*interline.Request) {
	return func(r *interline.Request) { r.Turns[0].Blocks = append(r.Turns[0].Blocks, blocks...) }
}

// Probes are the rows of the page, in its order.
func Probes() []Probe {
	var out []Probe
	for _, part := range [][]Probe{turns(), toolProbes(), reasoning(), sampling(), output(), caching(), labels(), own(), odd()} {
		out = append(out, part...)
	}
	return out
}

func turns() []Probe {
	return []Probe{
		{Title: "text", Words: func(*interline.Request) {}},
		{Title: "streamed", Words: func(r *interline.Request) { r.Stream, r.StreamUsage = true, true }},
		{Title: "system prompt", Words: system(say("Be brief."))},
		{Title: "system turn amid the conversation", Words: func(r *interline.Request) {
			r.Turns = append(r.Turns, assistant(say("a")), interline.Turn{Role: interline.System, Blocks: []interline.Block{say("b")}}, user(say("c")))
		}},
		{Title: "the assistant's turn to go on with", Words: func(r *interline.Request) { r.Turns = append(r.Turns, assistant(say("Once"))) }},
		{Title: "names of speakers", Words: func(r *interline.Request) { r.Turns[0].Name = "ann" }},
		{Title: "picture by its bytes", Words: more(png)},
		{Title: "picture by its address", Words: more(media(interline.Image, interline.Media{Type: "image/png", URL: "https://example.com/a.png"}))},
		{Title: "PDF by its address", Words: more(media(interline.Document, interline.Media{Type: "application/pdf", URL: "https://example.com/a.pdf"}))},
		{Title: "picture by an uploaded file", Words: more(media(interline.Image, interline.Media{FileID: "file-1"}))},
		{Title: "PDF by its bytes", Words: more(media(interline.Document, interline.Media{Type: "application/pdf", Data: "JVBERi0=", Name: "report"}))},
		{Title: "document with citations", Words: more(media(interline.Document, interline.Media{Type: "text/plain", Data: "Rome is old.", Plain: true, Cited: true}))},
		{Title: "cited history", Words: func(r *interline.Request) {
			cited := say("Rome is old.")
			cited.Citations = []interline.Citation{{Document: 0, Unit: interline.Characters, To: 12, Title: "n", Cited: "Rome is old."}}
			r.Turns[0].Blocks = append(r.Turns[0].Blocks, media(interline.Document, interline.Media{Type: "text/plain", Data: "Rome is old.", Plain: true}))
			r.Turns = append(r.Turns, assistant(cited), user(say("and?")))
		}},
		{Title: "sound by its bytes", Words: more(media(interline.Audio, interline.Media{Type: "audio/wav", Data: "UklGRg=="}))},
	}
}

func toolProbes() []Probe {
	one := false
	return []Probe{
		{Title: "tools: a call and its result", Words: func(r *interline.Request) { tools(r) }},
		{Title: "parallel calls", Words: func(r *interline.Request) {
			r.Tools = []interline.Tool{weather}
			r.Turns = append(r.Turns, assistant(call("call_1", `{}`), call("call_2", `{}`)), user(result("call_1", say("a")), result("call_2", say("b"))))
		}},
		{Title: "picture in a result", Words: func(r *interline.Request) {
			r.Tools = []interline.Tool{weather}
			r.Turns = append(r.Turns, assistant(call("call_1", `{}`)), user(result("call_1", say("see"), png)))
		}},
		{Title: "failed result", Words: func(r *interline.Request) {
			tools(r)
			r.Turns[2].Blocks[0].Result.Failed = true
		}},
		{Title: "some tool must be called", Words: choose(interline.ToolChoice{Mode: interline.ToolsRequired})},
		{Title: "one tool must be called", Words: choose(interline.ToolChoice{Mode: interline.ToolsOne, Names: []string{"weather"}})},
		{Title: "no tool may be called", Words: choose(interline.ToolChoice{Mode: interline.ToolsNone})},
		{Title: "a subset of the tools", Words: choose(interline.ToolChoice{Mode: interline.ToolsSubset, Names: []string{"weather"}})},
		{Title: "one call at a time", Words: choose(interline.ToolChoice{Mode: interline.ToolsAuto, Parallel: &one})},
		{Title: "strict tool", Words: func(r *interline.Request) {
			strict, on := weather, true
			strict.Strict = &on
			r.Tools = []interline.Tool{strict}
		}},
	}
}

func reasoning() []Probe {
	return []Probe{
		{Title: "reasoning effort", Words: func(r *interline.Request) { r.Reasoning.Effort = interline.EffortHigh }},
		{Title: "no reasoning", Words: func(r *interline.Request) { r.Reasoning.Effort = interline.EffortNone }},
		{Title: "thinking budget", Words: func(r *interline.Request) { r.Reasoning.Budget, r.MaxOutput = 4096, 8000 }},
		{Title: "adaptive thinking", Words: func(r *interline.Request) { r.Reasoning.Adaptive = true }},
		{Title: "Claude's sealed reasoning, given back", Words: func(r *interline.Request) { tools(r, thought("Hm.", claudes)) }},
		{Title: "OpenAI's sealed reasoning, given back", Words: func(r *interline.Request) { tools(r, thought("", openais)) }},
		{Title: "Google's signed call, given back", Words: func(r *interline.Request) { tools(r, thought("", googles)) }},
	}
}

func sampling() []Probe {
	set := func(f func(*interline.Sampling)) func(*interline.Request) {
		return func(r *interline.Request) { f(&r.Sampling) }
	}
	return []Probe{
		{Title: "temperature", Words: set(func(s *interline.Sampling) { s.Temperature = new(0.5) })},
		{Title: "temperature above 1", Words: set(func(s *interline.Sampling) { s.Temperature = new(1.5) })},
		{Title: "top_p", Words: set(func(s *interline.Sampling) { s.TopP = new(0.5) })},
		{Title: "top_k", Words: set(func(s *interline.Sampling) { s.TopK = new(int64(5)) })},
		{Title: "seed", Words: set(func(s *interline.Sampling) { s.Seed = new(int64(5)) })},
		{Title: "penalties", Words: set(func(s *interline.Sampling) { s.FrequencyPenalty, s.PresencePenalty = new(0.5), new(0.5) })},
		{Title: "several candidates", Words: set(func(s *interline.Sampling) { s.Candidates = 2 })},
		{Title: "log-probabilities", Words: set(func(s *interline.Sampling) { s.Logprobs, s.TopLogprobs = true, new(int64(2)) })},
		{Title: "logit bias", Words: set(func(s *interline.Sampling) { s.LogitBias = []byte(`{"1":5}`) })},
		{Title: "stop texts", Words: func(r *interline.Request) { r.Stop = []string{"END"} }},
		{Title: "more than four stop texts", Words: func(r *interline.Request) { r.Stop = []string{"a", "b", "c", "d", "e"} }},
		{Title: "no limit of the answer", Words: func(r *interline.Request) { r.MaxOutput = 0 }},
	}
}

func output() []Probe {
	return []Probe{
		{Title: "answer by a JSON schema", Words: func(r *interline.Request) {
			r.Output = interline.Output{Format: interline.FormatSchema, Name: "answer", Schema: []byte(`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}`)}
		}},
		{Title: "any JSON object", Words: func(r *interline.Request) { r.Output.Format = interline.FormatJSON }},
		{Title: "spoken answer", Words: func(r *interline.Request) { r.Output.Sound = &interline.Sound{Format: "pcm16"} }},
		{Title: "spoken answer, by a voice", Words: func(r *interline.Request) { r.Output.Sound = &interline.Sound{Voice: "Nobody", Format: "pcm16"} }},
		{Title: "verbosity", Words: func(r *interline.Request) { r.Output.Verbosity = "low" }},
	}
}

func caching() []Probe {
	return []Probe{
		{Title: "cache mark", Words: system(marked(say("Long."), ""))},
		{Title: "cache mark for 1h", Words: system(marked(say("Long."), "1h"))},
		{Title: "cache mark on a tool", Words: func(r *interline.Request) {
			t := weather
			t.Cache = &interline.CacheMark{}
			r.Tools = []interline.Tool{t}
		}},
		{Title: "automatic cache marks", Words: func(r *interline.Request) { r.CacheAutomatic = &interline.CacheMark{} }},
		{Title: "cache key", Words: func(r *interline.Request) { r.CacheKey = "k" }},
	}
}

func labels() []Probe {
	return []Probe{
		{Title: "metadata", Words: func(r *interline.Request) { r.Metadata = []interline.Label{{Name: "team", Value: "a"}} }},
		{Title: "end user", Words: func(r *interline.Request) { r.User = "u" }},
		{Title: "service tier", Words: func(r *interline.Request) { r.ServiceTier = "flex" }},
	}
}
