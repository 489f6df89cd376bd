package chat

import (
	"slices"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// Model is what the emulator knows of a model: data, not behaviour.
type Model struct {
	ID       string // public name
	Snapshot string // name in response.model, with its date
	Created  int64  // Unix seconds, for model lists
	OwnedBy  string

	Context   int // tokens of prompt and answer together
	MaxOutput int // tokens of one answer, reasoning included

	Vision    bool
	Tools     bool
	NoSystem  bool     // the developer role is refused
	Efforts   []string // efforts a reasoning model accepts; empty for models without reasoning
	Effort    string   // effort when the request names none
	Sampling  Sampling
	Refused   []string // further parameters this model refuses, by their name
	CallsNeed string   // effort that function tools require on Chat; empty for any

	// ShowReasoning puts the reasoning text into the field reasoning of
	// messages and deltas, as gpt-oss on Bedrock does.
	ShowReasoning bool
	OldLimit      bool     // takes max_tokens although it reasons
	NoDetails     bool     // usage without the details of prompt and completion
	IgnoreSchema  bool     // response_format json_schema is accepted and has no effect
	RefuseChoice  []string // tool_choice modes refused, such as none or required
	IgnoreNamed   bool     // a named tool_choice is accepted and has no effect
	Speaks        bool     // answers with sound and its transcript where that is asked for
	LocalCalls    bool     // calls are numbered from call_0 in every response of Responses

	Cache       core.CacheRule
	CacheWrites bool // usage reports cache_write_tokens

	Dimensions int  // length of an embedding; 0 for models that do not embed
	Shortens   bool // embeddings can be asked for shorter
}

// Reasoning says whether the model can reason.
func (m Model) Reasoning() bool { return len(m.Efforts) > 0 }

// FindModel looks a name up among models, as an id or as a snapshot's name.
func FindModel(models []Model, name string) (Model, bool) {
	i := slices.IndexFunc(models, func(m Model) bool { return m.ID == name || m.Snapshot == name })
	if i < 0 {
		return Model{}, false
	}
	return models[i], true
}

// Sampling says when temperature, top_p and logprobs are accepted.
type Sampling int

// The sampling rules of OpenAI's families (openai docs, 2026-11), and of a cloud.
const (
	SamplingFree          Sampling = iota // always, within range
	SamplingWithoutEffort                 // only with effort none; the default values always
	SamplingNever                         // refused whatever the value
	SamplingFixed                         // temperature only at its default value, the others never (gpt-5.6 on Bedrock, probed 2026-08)
)

// AutomaticCache is the caching of OpenAI's models up to gpt-5.5: prefixes of
// 1024 tokens and more, in steps of 128, kept up to ten idle minutes, free.
func AutomaticCache() core.CacheRule {
	return core.CacheRule{Mode: core.CacheAutomatic, Minimum: 1024, Step: 128, Life: 10 * time.Minute}
}

// ExplicitCache is the caching of gpt-5.6 and later: breakpoints that the
// caller sets and one that the cloud sets at the end, kept 30 minutes, written
// for a fee; at most four writes and 80 breakpoints looked up.
func ExplicitCache() core.CacheRule {
	return core.CacheRule{
		Mode: core.CacheMarked, Minimum: 1024, Implicit: 30 * time.Minute, LookBack: 80, MaxMarks: 4,
	}
}

var efforts5 = []string{"none", "low", "medium", "high", "xhigh"}

// Catalogue lists the OpenAI models the emulators serve. Contexts, outputs and
// rules are those of OpenAI's model pages (2026-11); where a page does not say
// which efforts a model takes, it is given all from none to xhigh.
func Catalogue() []Model {
	six := Model{
		Created: 1789948800, OwnedBy: "system", Context: 1_050_000, MaxOutput: 128_000,
		Vision: true, Tools: true, Efforts: append(slices.Clone(efforts5), "max"), Effort: "medium",
		Sampling: SamplingNever, CallsNeed: "none", Cache: ExplicitCache(), CacheWrites: true,
	}
	five := six
	five.Created, five.Sampling = 1776902400, SamplingWithoutEffort
	five.Efforts, five.Cache, five.CacheWrites = efforts5, AutomaticCache(), false
	four := Model{
		Created: 1744316542, OwnedBy: "system", Context: 1_047_576, MaxOutput: 32_768,
		Vision: true, Tools: true, Cache: AutomaticCache(),
	}
	audio := Model{Created: 1756339249, OwnedBy: "system", Tools: true, Speaks: true}
	return []Model{
		six.named("gpt-6-sol", "gpt-6-sol-2026-09-21", 0, 0),
		six.named("gpt-6-luna", "gpt-6-luna-2026-09-21", 0, 0),
		withSampling(six, SamplingWithoutEffort).named("gpt-5.6-sol", "gpt-5.6-sol-2026-07-09", 0, 0),
		five.named("gpt-5.5", "gpt-5.5-2026-04-23", 0, 0),
		five.named("gpt-5.4-mini", "gpt-5.4-mini-2026-03-17", 400_000, 128_000),
		four.named("gpt-4.1", "gpt-4.1-2025-04-14", 0, 0),
		four.named("gpt-4.1-mini", "gpt-4.1-mini-2025-04-14", 0, 0),
		four.named("gpt-4o", "gpt-4o-2024-11-20", 128_000, 16_384),
		audio.named("gpt-audio", "gpt-audio-2025-08-28", 128_000, 16_384),
		embedding("text-embedding-3-small", 1536),
		embedding("text-embedding-3-large", 3072),
	}
}

// named gives a family its name; a context of 0 keeps the family's sizes.
func (m Model) named(id, snapshot string, context, output int) Model {
	m.ID, m.Snapshot = id, snapshot
	if context > 0 {
		m.Context, m.MaxOutput = context, output
	}
	return m
}

func withSampling(m Model, s Sampling) Model {
	m.Sampling = s
	return m
}

func embedding(id string, dimensions int) Model {
	return Model{
		ID: id, Snapshot: id, Created: 1705948997, OwnedBy: "system",
		Context: 8192, Dimensions: dimensions, Shortens: true,
	}
}
