// Package interline holds the words of the house: what a request asks
// ([Head], [Request]), what an answer is made of ([Event]), what it used
// ([Usage]), what could not be said in another language ([Loss]) and what went
// wrong ([Fault]).
//
// The words belong to no vendor. Every protocol under protocol/ reads its own
// wire language into them and writes them back out, so that two languages
// never need to know each other. The package imports only the standard
// library, does no I/O and starts nothing; its values are plain data that one
// request owns at a time.
package interline

import (
	"slices"
	"strings"
)

// The operations. Names that OpenTelemetry's gen_ai.operation.name has are its
// own.
const (
	// OperationChat asks a model for an answer. It is translated between languages.
	OperationChat = "chat"
	// OperationCount asks how many tokens a request is. A place that speaks the
	// caller's language counts; else it is estimated.
	OperationCount = "count_tokens"
	// OperationEmbeddings asks a model for vectors. It is translated too, between
	// languages of its own (embedding.go).
	OperationEmbeddings = "embeddings"
	// OperationPass is any other operation of an API: its requests are forwarded
	// to a deployment that has the API, and not understood.
	OperationPass = "forward"
)

// Head is what admission and routing may know without reading a whole body.
type Head struct {
	// Operation is OpenTelemetry's gen_ai.operation.name.
	Operation string
	// Model is the model as the caller wrote it.
	Model string
	// Stream says that the caller wants the answer event by event.
	Stream bool
	// StreamUsage says that the caller asked to be told the usage of a
	// streamed answer. Languages that always tell it set it always.
	StreamUsage bool
	// Needs is what a deployment must be able to do to answer.
	Needs Capabilities
	// InputSize is the size of the request's body in bytes.
	InputSize int
}

// Capabilities is a set of things that not every deployment can do.
type Capabilities uint32

// The capabilities a request can need.
const (
	CapTools Capabilities = 1 << iota
	CapImages
	CapDocuments
	CapAudio
	CapSchema
	CapReasoning
)

// Has reports whether every capability of need is in the set.
func (c Capabilities) Has(need Capabilities) bool { return c&need == need }

// Usage is what an answer used, in tokens, as one vector for every place.
// Input and Output are totals that include the finer counts beside them, so
// Input+Output is the vendor's own total. Places that report the uncached
// remainder (Anthropic, Bedrock Converse) or leave reasoning out (xAI) are
// converted where they are read.
type Usage struct {
	Input        int64 // all prompt tokens, cached or not
	CacheRead    int64 // of Input: read from a prompt cache
	CacheWrite5m int64 // of Input: written to a cache that lives five minutes
	CacheWrite1h int64 // of Input: written to a cache that lives longer (30m, 1h, 12h, 24h)
	InputAudio   int64 // of Input: audio
	InputImage   int64 // of Input: images, where the place says so
	ToolPrompt   int64 // of Input: prompts the place's own tools added
	Output       int64 // all generated tokens, reasoning included
	Reasoning    int64 // of Output: hidden or shown reasoning
	OutputAudio  int64 // of Output: audio
}

// CacheWrite is all prompt tokens that were written to a cache.
func (u Usage) CacheWrite() int64 { return u.CacheWrite5m + u.CacheWrite1h }

// Total is the vendor's total: everything read and everything written.
func (u Usage) Total() int64 { return u.Input + u.Output }

// Fresh is the part of the input that no cache was read or written for.
func (u Usage) Fresh() int64 { return max(0, u.Input-u.CacheRead-u.CacheWrite()) }

// Add returns the sum of two usages.
func (u Usage) Add(v Usage) Usage {
	return Usage{
		Input:        u.Input + v.Input,
		CacheRead:    u.CacheRead + v.CacheRead,
		CacheWrite5m: u.CacheWrite5m + v.CacheWrite5m,
		CacheWrite1h: u.CacheWrite1h + v.CacheWrite1h,
		InputAudio:   u.InputAudio + v.InputAudio,
		InputImage:   u.InputImage + v.InputImage,
		ToolPrompt:   u.ToolPrompt + v.ToolPrompt,
		Output:       u.Output + v.Output,
		Reasoning:    u.Reasoning + v.Reasoning,
		OutputAudio:  u.OutputAudio + v.OutputAudio,
	}
}

// LossAction says what happened to something that has no word in the other
// language.
type LossAction string

// The three things that can happen to it.
const (
	LossDropped      LossAction = "dropped"      // left out
	LossApproximated LossAction = "approximated" // said differently, nearly the same
	LossEmulated     LossAction = "emulated"     // made to work another way
)

// Loss is something said in one language that the other cannot say as it was.
// Losses are reported to the caller and kept with the attempt; strict mode
// refuses a request that has any.
type Loss struct {
	Kind   string     // which row of the table of losses it is, e.g. "tool-subset"
	Field  string     // the path in the caller's request, e.g. "messages[2].content[0]" or "seed"
	Action LossAction // what became of it
	Reason string     // one clause for a person to read
}

// ChangesMeaning reports whether the loss may change what the answer means or
// costs, and not only how it is made. Such a loss is never silent.
func (l Loss) ChangesMeaning() bool {
	if l.Action == LossDropped && (strings.HasPrefix(l.Field, "messages[") || strings.HasPrefix(l.Field, "contents[")) {
		return true
	}
	for part := range strings.SplitSeq(l.Field, ".") {
		name, _, _ := strings.Cut(part, "[")
		if slices.Contains(weighty, name) {
			return true
		}
	}
	return false
}

// weighty are the members of requests, in any language, that the loss of which
// is never silent: forced tools, schemas, stop texts, candidates, guardrails,
// cache marks, reasoning, seeds, what vectors are for and how long they are (translation rules, principle 2).
var weighty = []string{
	"tool_choice", "toolChoice", "toolConfig", "tools", "response_format", "format", "outputConfig", "stop", "stop_sequences",
	"stopSequences", "n", "guardrailConfig", "cache_control", "cachePoint", "prompt_cache_breakpoint", "reasoning_effort",
	"thinking", "reasoning", "seed", "logprobs", "modalities", "previous_response_id", "conversation", "prompt", "background",
	"dimensions", "output_dimension", "outputDimensionality", "input_type", "taskType", "task_type",
	"responseSchema", "responseJsonSchema", "responseMimeType", "candidateCount", "thinkingConfig", "cachedContent", "safetySettings",
}
