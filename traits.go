package interline

// Traits are a model's habits, as far as they shape what may be asked of it in
// whatever language. The zero value is a model that takes everything.
type Traits struct {
	// Family is the vendor's line of models: "claude", "gpt", "gpt-oss",
	// "nova", ... or "".
	Family string
	// Sampling says which sampling parameters the model takes.
	Sampling SamplingRule
	// Thinking says how reasoning is asked for.
	Thinking ThinkingRule
	// Developer: wants OpenAI's "developer" role instead of "system".
	Developer bool
	// CompletionTokens: the limit must be said as max_completion_tokens.
	CompletionTokens bool
	// ToolsUnthinking: takes tools on Chat Completions only while it does not
	// reason (GPT-5.4 and later; recorded, 2026-08).
	ToolsUnthinking bool
	// NoForcedTools: refuses a tool choice that forces a call.
	NoForcedTools bool
	// NoPrefill: refuses a conversation that ends with the assistant's turn.
	NoPrefill bool
	// MidSystem: takes system turns in the middle of a conversation.
	MidSystem bool
	// NoEfforts lists efforts that the model refuses.
	NoEfforts []Effort
	// CacheMarks: takes explicit prompt-cache marks in OpenAI's languages
	// (GPT-5.6 and later).
	CacheMarks bool
	// MaxOutput is the model's own limit of output tokens; 0 is unknown.
	MaxOutput int64
}

// SamplingRule says which sampling parameters a model takes.
type SamplingRule uint8

// The sampling rules.
const (
	SamplingFree     SamplingRule = iota // temperature and top_p
	SamplingOneOf                        // temperature or top_p, not both
	SamplingNoEffort                     // only while the reasoning effort is none
	SamplingNone                         // neither
)

// ThinkingRule says how a model is asked to reason.
type ThinkingRule uint8

// The thinking rules.
const (
	ThinkingUnknown  ThinkingRule = iota // as the language does by default
	ThinkingBudget                       // Claude: a budget in tokens
	ThinkingAdaptive                     // Claude: adaptive, steered by effort
	ThinkingAlways                       // Claude: adaptive, and it cannot be disabled
	ThinkingEffort                       // GPT: an effort
	ThinkingNone                         // the model does not reason
)
