package catalog

import "github.com/interline-ai/interline"

// row is a model, or a family whose members share a beginning, and its habits.
// The longest name that fits counts.
type row struct {
	name   string
	traits interline.Traits
}

const (
	k4   = 4_096
	k8   = 8_192
	k16  = 16_384
	k32  = 32_768
	k64  = 64_000
	k100 = 100_000
	k128 = 128_000
)

// Efforts that not every reasoning model has.
const (
	none    = interline.EffortNone
	minimal = interline.EffortMinimal
	low     = interline.EffortLow
	medium  = interline.EffortMedium
	high    = interline.EffortHigh
	xhigh   = interline.EffortXHigh
	most    = interline.EffortMax
)

// reasons are the habits of OpenAI's reasoning models, which take the developer
// role and max_completion_tokens (model pages and AI SDK's table, 2026-11).
func reasons(s interline.SamplingRule, output int64, lacks ...interline.Effort) interline.Traits {
	return interline.Traits{
		Family: "gpt", Sampling: s, Thinking: interline.ThinkingEffort, Developer: true, CompletionTokens: true,
		MaxOutput: output, NoEfforts: lacks,
	}
}

// late adds what holds from GPT-5.4 on (recorded refusals, 2026-08).
func late(t interline.Traits) interline.Traits {
	t.ToolsUnthinking = true
	return t
}

// cached marks a model as one that takes prompt-cache marks: GPT-5.6 and later
// (openai-go v3.96.0).
func cached(t interline.Traits) interline.Traits {
	t.CacheMarks = true
	return late(t)
}

// speaks are the habits of a GPT model that does not reason.
func speaks(output int64) interline.Traits {
	return interline.Traits{Family: "gpt", Thinking: interline.ThinkingNone, MaxOutput: output}
}

// claude are the habits of a Claude model (Anthropic's capability matrix,
// 2026-07, and recorded refusals).
func claude(s interline.SamplingRule, th interline.ThinkingRule, output int64) interline.Traits {
	return interline.Traits{Family: "claude", Sampling: s, Thinking: th, MaxOutput: output}
}

// newer adds what holds from Claude 4.6 on: no prefill, and from 4.8 on system
// turns within a conversation.
func newer(t interline.Traits, midSystem, noForcedTools bool, lacks ...interline.Effort) interline.Traits {
	t.NoPrefill, t.MidSystem, t.NoForcedTools, t.NoEfforts = true, midSystem, noForcedTools, lacks
	return t
}

func family(name string) interline.Traits { return interline.Traits{Family: name} }

// table is every model we know the habits of.
var table = []row{
	// OpenAI, newest first
	{"gpt-6.1", cached(reasons(interline.SamplingNone, k128, none, minimal))},
	{"gpt-6.1-terra", cached(reasons(interline.SamplingNone, k128, minimal))},
	{"gpt-6", cached(reasons(interline.SamplingNone, k128, none, minimal))},
	{"gpt-6-sol", cached(reasons(interline.SamplingNone, k128, minimal))},
	{"gpt-6-luna", cached(reasons(interline.SamplingNone, k128, minimal))},
	{"gpt-5.6", cached(reasons(interline.SamplingNoEffort, k128, minimal, most))},
	{"gpt-5.5", late(reasons(interline.SamplingNoEffort, k128, minimal, most))},
	{"gpt-5.4", late(reasons(interline.SamplingNoEffort, k128, minimal, most))},
	{"gpt-5.3", reasons(interline.SamplingNoEffort, k128, minimal, most)},
	{"gpt-5.2", reasons(interline.SamplingNoEffort, k128, minimal, most)},
	{"gpt-5.1", reasons(interline.SamplingNoEffort, k128, minimal, xhigh, most)},
	{"gpt-5", reasons(interline.SamplingNone, k128, none, xhigh, most)},
	{"o1", reasons(interline.SamplingNone, k100, none, minimal, xhigh, most)},
	{"o3", reasons(interline.SamplingNone, k100, none, minimal, xhigh, most)},
	{"o4-mini", reasons(interline.SamplingNone, k100, none, minimal, xhigh, most)},
	{"gpt-4.1", speaks(k32)},
	{"gpt-4o", speaks(k16)},
	{"gpt-audio", speaks(k16)},
	{"gpt-4-turbo", speaks(k4)},
	{"gpt-3.5-turbo", speaks(k4)},
	{"gpt-oss", interline.Traits{
		Family: "gpt-oss", Thinking: interline.ThinkingEffort, NoForcedTools: true, NoEfforts: []interline.Effort{none, minimal, xhigh, most},
	}},

	// Anthropic, newest first
	{"claude-opus-5-5", newer(claude(interline.SamplingNone, interline.ThinkingAlways, k128), true, true)},
	{"claude-sonnet-5-5", newer(claude(interline.SamplingNone, interline.ThinkingAlways, k128), true, true)},
	{"claude-haiku-5-5", newer(claude(interline.SamplingNone, interline.ThinkingAdaptive, k128), true, false)},
	{"claude-fable-5-1", newer(claude(interline.SamplingNone, interline.ThinkingAlways, k128), true, true)},
	{"claude-fable-5", newer(claude(interline.SamplingNone, interline.ThinkingAlways, k128), true, false)},
	{"claude-mythos", newer(claude(interline.SamplingNone, interline.ThinkingAlways, k128), true, false)},
	{"claude-opus-5", newer(claude(interline.SamplingNone, interline.ThinkingAdaptive, k128), true, false)},
	{"claude-sonnet-5", newer(claude(interline.SamplingNone, interline.ThinkingAdaptive, k128), true, false)},
	{"claude-opus-4-8", newer(claude(interline.SamplingNone, interline.ThinkingAdaptive, k128), true, false)},
	{"claude-opus-4-7", newer(claude(interline.SamplingNone, interline.ThinkingAdaptive, k128), false, false)},
	{"claude-opus-4-6", newer(claude(interline.SamplingOneOf, interline.ThinkingAdaptive, k128), false, false, xhigh)},
	{"claude-sonnet-4-6", newer(claude(interline.SamplingOneOf, interline.ThinkingAdaptive, k128), false, false, xhigh)},
	{"claude-opus-4-5", claude(interline.SamplingOneOf, interline.ThinkingBudget, k64)},
	{"claude-sonnet-4-5", budgeted(k64)},
	{"claude-haiku-4-5", budgeted(k64)},
	{"claude-opus-4-1", budgeted(32_000)},
	{"claude-opus-4", budgeted(32_000)},
	{"claude-sonnet-4", budgeted(k64)},
	{"claude-3-7-sonnet", claude(interline.SamplingFree, interline.ThinkingBudget, k64)},
	{"claude-3-5", claude(interline.SamplingFree, interline.ThinkingNone, k8)},
	{"claude-3", claude(interline.SamplingFree, interline.ThinkingNone, k4)},

	// Amazon (recorded probes of Converse, 2026-08)
	{"nova-micro", interline.Traits{Family: "nova", Thinking: interline.ThinkingNone, MaxOutput: 10_000}},
	{"nova-lite", interline.Traits{Family: "nova", Thinking: interline.ThinkingNone, MaxOutput: 10_000}},
	{"nova-pro", interline.Traits{Family: "nova", Thinking: interline.ThinkingNone, MaxOutput: 10_000}},
	{"nova-premier", interline.Traits{Family: "nova", Thinking: interline.ThinkingNone}},

	// Others, of which only the line is known
	{"nova", family("nova")},
	{"deepseek", family("deepseek")},
	{"gemini", family("gemini")},
	{"gemma", family("gemma")},
	{"glm", family("glm")},
	{"grok", family("grok")},
	{"kimi", family("kimi")},
	{"llama", family("llama")},
	{"mistral", family("mistral")},
	{"qwen3", family("qwen")},
}

// budgeted are the Claude models up to 4.5 that know a thinking budget and no
// effort at all.
func budgeted(output int64) interline.Traits {
	t := claude(interline.SamplingOneOf, interline.ThinkingBudget, output)
	t.NoEfforts = []interline.Effort{low, medium, high, xhigh, most}
	return t
}
