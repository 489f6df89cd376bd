package interline

import "encoding/json"

// Request is what was asked, in no vendor's language. It is made by a
// protocol's ReadRequest and read by another's WriteRequest; between the two it
// is not changed, so the slices in it may share memory with the caller's body.
type Request struct {
	Head

	Turns []Turn
	Tools []Tool

	// Choice says which tools the model may or must call.
	Choice ToolChoice

	// MaxOutput bounds the answer in tokens, reasoning included; 0 is "not
	// said".
	MaxOutput int64
	// Stop holds texts that end the answer.
	Stop []string

	Sampling  Sampling
	Output    Output
	Reasoning Reasoning

	// User names the caller's own end user for abuse tracking.
	User string
	// Metadata is the caller's own labels, in the order they were written.
	Metadata []Label
	// ServiceTier is the tier in the word of the language it was read from.
	ServiceTier string
	// CacheAutomatic asks the place to place cache marks by itself (the
	// top-level cache_control of Messages).
	CacheAutomatic *CacheMark
	// CacheKey is the caller's routing hint for the vendor's prompt cache.
	CacheKey string

	// Stored names the member of the request that refers to what only its vendor
	// keeps, such as an earlier response; "" is none. Who does not keep it
	// would answer another question.
	Stored string

	// Extra is what the caller said that these words do not model, in the
	// order it was written. A writer of another language turns each member
	// into a Loss.
	Extra []Member
}

// Member is a name of a request's body and its value, verbatim.
type Member struct {
	Name  string // a path where it is nested: "inferenceConfig.topK"
	Value json.RawMessage
}

// Label is one pair of a caller's metadata.
type Label struct{ Name, Value string }

// Role says who speaks a turn.
type Role uint8

// The three roles. OpenAI's developer role is System; tool results are blocks
// of a User turn, as in Messages and Converse.
const (
	System Role = iota + 1
	User
	Assistant
)

// String returns the role's common name in lower case.
func (r Role) String() string {
	switch r {
	case System:
		return "system"
	case User:
		return "user"
	case Assistant:
		return "assistant"
	}
	return "unknown"
}

// Turn is one speaker's say. System turns may stand anywhere. Neighbouring
// turns may have the same role; writers of alternating languages merge them.
type Turn struct {
	Role   Role
	Name   string // the speaker's name, where a language has one
	Blocks []Block
}

// BlockKind says what a block is, and which of its fields are set.
type BlockKind uint8

// The kinds of blocks.
const (
	Text            BlockKind = iota + 1 // Text
	Image                                // Media
	Document                             // Media
	Audio                                // Media
	ToolCallBlock                        // Call
	ToolResultBlock                      // Result
	ReasoningBlock                       // Text, Seal
	Refusal                              // Text
	Opaque                               // Raw: a block of Language that has no word here
)

// Block is one piece of a turn.
type Block struct {
	Kind   BlockKind
	Text   string
	Media  *Media
	Call   *ToolCall
	Result *ToolResult
	// Seal is the vendor's proof that reasoning is its own, or the reasoning
	// itself in encrypted form.
	Seal *Seal
	// Cache, when set, asks for a prompt-cache mark right after this block.
	Cache *CacheMark
	// Citations say where an assistant's text is from.
	Citations []Citation
	// Language and Raw hold an Opaque block: the protocol it was read from and
	// its value, verbatim.
	Language string
	Raw      json.RawMessage
}

// Media is an image, a document or a sound: exactly one of Data, URL and
// FileID is set.
type Media struct {
	Type   string // MIME type such as "image/png"; may be empty with URL or FileID
	Data   string // base64, standard alphabet, padded, as it stands in JSON on every wire
	URL    string
	FileID string // the vendor's own id of an uploaded file
	Name   string // file name or title
	Detail string // OpenAI's image detail: auto, low, high, original
	// Plain marks a document whose Data is text, not base64.
	Plain bool
	// Cited asks for citations of this document.
	Cited bool
}

// ToolCall is the model's request to call a tool.
type ToolCall struct {
	ID   string
	Name string
	// Arguments is the argument object as JSON text, verbatim: key order and
	// number forms are kept so that prompt caches stay warm. It is not
	// guaranteed to be valid JSON, since models and clients err.
	Arguments string
}

// ToolResult answers a ToolCall.
type ToolResult struct {
	CallID string
	Blocks []Block // Text, Image, Document
	Failed bool
}

// Seal ties a reasoning block to the vendor that made it. A seal never goes to
// another issuer.
type Seal struct {
	Issuer    string // "anthropic" for Claude on any cloud, "openai", ...
	Place     string // whose account alone can read it, for issuers that seal for one; "" is any
	ID        string // the vendor's own id of the reasoning, where it has one (Responses)
	Signature string // signature over the shown text
	Redacted  string // the reasoning itself, encrypted, when nothing is shown
}

// CacheMark asks a vendor to cache the prompt up to this point.
type CacheMark struct {
	TTL string // "" (the vendor's default), "5m", "30m", "1h", "12h", "24h"
}

// Tool is a function the model may call.
type Tool struct {
	Name        string
	Description string
	// Schema is the JSON Schema of the arguments, verbatim; empty means that
	// the tool takes none.
	Schema json.RawMessage
	Strict *bool
	Cache  *CacheMark
	// Language and Raw hold a vendor's built-in or custom tool, verbatim. A built-in
	// tool has no Schema; a custom one, which takes free text, has that of the
	// function that stands for it elsewhere.
	Language string
	Raw      json.RawMessage
}

// ToolMode says how free the model is in calling tools.
type ToolMode uint8

// The tool modes; the zero value is "not said", which every vendor reads as
// auto when there are tools.
const (
	ToolsAuto ToolMode = iota + 1
	ToolsNone
	ToolsRequired
	ToolsOne    // Choice.Names holds the one
	ToolsSubset // Choice.Names holds the allowed ones; Required says whether one must be called
)

// ToolChoice is the caller's word on which tools to call.
type ToolChoice struct {
	Mode     ToolMode
	Names    []string
	Required bool // with ToolsSubset
	// Parallel is false when the caller wants one call at most in a turn; nil
	// is "not said".
	Parallel *bool
}

// Sampling holds the numbers that shape the choice of tokens; nil is "not
// said".
type Sampling struct {
	Temperature      *float64
	TopP             *float64
	TopK             *int64
	FrequencyPenalty *float64
	PresencePenalty  *float64
	Seed             *int64
	Candidates       int64 // n; 0 is "not said"
	LogitBias        json.RawMessage
	Logprobs         bool
	TopLogprobs      *int64
}

// Format is the shape of the answer the caller wants.
type Format uint8

// The formats; the zero value is "not said".
const (
	FormatText   Format = iota + 1
	FormatJSON          // any JSON object
	FormatSchema        // JSON that satisfies Output.Schema
)

// Output is how the answer should be written.
type Output struct {
	Format      Format
	Name        string // the schema's name, where a language has one
	Description string
	Schema      json.RawMessage // verbatim
	Strict      *bool
	Verbosity   string // low, medium, high
	// Sound asks for the answer as speech; nil is not.
	Sound *Sound
}

// Sound is how an answer is spoken.
type Sound struct {
	Voice  string // in the word of the vendor; "" is not said
	Format string // pcm16 (24 kHz, mono, little-endian), wav, mp3, flac, opus, aac; "" is not said
}

// Effort is how much the model should reason, in OpenAI's words.
type Effort string

// The efforts, least first; the zero value is "not said".
const (
	EffortNone    Effort = "none"
	EffortMinimal Effort = "minimal"
	EffortLow     Effort = "low"
	EffortMedium  Effort = "medium"
	EffortHigh    Effort = "high"
	EffortXHigh   Effort = "xhigh"
	EffortMax     Effort = "max"
)

// Reasoning is how the model should think before it answers.
type Reasoning struct {
	Effort Effort
	// Budget is a bound in tokens, for vendors that count them; 0 is "not
	// said".
	Budget int64
	// Adaptive lets the model decide how much to think (Claude's adaptive
	// thinking).
	Adaptive bool
	// Display is Claude's "summarized" or "omitted"; "" is "not said".
	Display string
}

// Asked reports whether the caller asked for reasoning in any way.
func (r Reasoning) Asked() bool {
	return r.Adaptive || r.Budget > 0 || (r.Effort != "" && r.Effort != EffortNone)
}
