package messages

import (
	"github.com/go-json-experiment/json/jsontext"
)

// The shapes of the wire, as far as they are read whole. Everything that is
// written is written member by member, since the order must not change.

type request struct {
	Model         string           `json:"model"`
	Messages      []message        `json:"messages"`
	System        jsontext.Value   `json:"system"`
	MaxTokens     int64            `json:"max_tokens"`
	Tools         []jsontext.Value `json:"tools"`
	ToolChoice    *toolChoice      `json:"tool_choice"`
	Thinking      *thinking        `json:"thinking"`
	OutputConfig  *outputConfig    `json:"output_config"`
	Temperature   *float64         `json:"temperature"`
	TopP          *float64         `json:"top_p"`
	TopK          *int64           `json:"top_k"`
	StopSequences []string         `json:"stop_sequences"`
	Metadata      *metadata        `json:"metadata"`
	ServiceTier   string           `json:"service_tier"`
	CacheControl  *cacheControl    `json:"cache_control"`
	Stream        *bool            `json:"stream"`

	Rest jsontext.Value `json:",embed"`
}

type message struct {
	Role    string         `json:"role"`
	Content jsontext.Value `json:"content"`

	Rest jsontext.Value `json:",embed"`
}

type toolChoice struct {
	Type    string `json:"type"`
	Name    string `json:"name"`
	Disable *bool  `json:"disable_parallel_tool_use"`

	Rest jsontext.Value `json:",embed"`
}

type thinking struct {
	Type    string `json:"type"`
	Budget  int64  `json:"budget_tokens"`
	Display string `json:"display"`

	Rest jsontext.Value `json:",embed"`
}

type outputConfig struct {
	Effort string  `json:"effort"`
	Format *format `json:"format"`

	Rest jsontext.Value `json:",embed"`
}

type format struct {
	Type   string         `json:"type"`
	Schema jsontext.Value `json:"schema"`

	Rest jsontext.Value `json:",embed"`
}

type metadata struct {
	UserID string `json:"user_id"`

	Rest jsontext.Value `json:",embed"`
}

type cacheControl struct {
	Type string `json:"type"`
	TTL  string `json:"ttl"`
}

type tool struct {
	Type         string         `json:"type"`
	Name         string         `json:"name"`
	Description  string         `json:"description"`
	InputSchema  jsontext.Value `json:"input_schema"`
	Strict       *bool          `json:"strict"`
	CacheControl *cacheControl  `json:"cache_control"`

	Rest jsontext.Value `json:",embed"`
}

// block is a block of any kind that is modelled, in a request or an answer.
type block struct {
	Type         string         `json:"type"`
	Text         string         `json:"text"`
	Thinking     string         `json:"thinking"`
	Signature    string         `json:"signature"`
	Data         string         `json:"data"`
	Source       *source        `json:"source"`
	Title        *string        `json:"title"`
	ID           string         `json:"id"`
	Name         string         `json:"name"`
	Input        jsontext.Value `json:"input"`
	ToolUseID    string         `json:"tool_use_id"`
	Content      jsontext.Value `json:"content"`
	Citations    jsontext.Value `json:"citations"` // of a text they are a list, of a document a wish
	IsError      bool           `json:"is_error"`
	CacheControl *cacheControl  `json:"cache_control"`

	Rest jsontext.Value `json:",embed"`
}

type source struct {
	Type      string         `json:"type"`
	MediaType string         `json:"media_type"`
	Data      string         `json:"data"`
	URL       string         `json:"url"`
	FileID    string         `json:"file_id"`
	Content   jsontext.Value `json:"content"`
}

// answer is a whole answer, or the message of a message_start event.
type answer struct {
	ID           string         `json:"id"`
	Model        string         `json:"model"`
	Content      []block        `json:"content"`
	StopReason   string         `json:"stop_reason"`
	StopSequence string         `json:"stop_sequence"`
	Usage        *usage         `json:"usage"`
	Error        jsontext.Value `json:"error"`
}

// event is any event of a stream.
type event struct {
	Type         string  `json:"type"`
	Index        int     `json:"index"`
	Message      *answer `json:"message"`
	ContentBlock *block  `json:"content_block"`
	Delta        *delta  `json:"delta"`
	Usage        *usage  `json:"usage"`
}

type delta struct {
	Type         string         `json:"type"`
	Text         string         `json:"text"`
	PartialJSON  string         `json:"partial_json"`
	Thinking     string         `json:"thinking"`
	Signature    string         `json:"signature"`
	Citation     jsontext.Value `json:"citation"`
	StopReason   string         `json:"stop_reason"`
	StopSequence string         `json:"stop_sequence"`
}

// usage is what the vendor counts. Counts that an event leaves out keep the
// value of the event before, so absent and 0 differ.
type usage struct {
	Input         *int64 `json:"input_tokens"`
	CacheCreation *int64 `json:"cache_creation_input_tokens"`
	CacheRead     *int64 `json:"cache_read_input_tokens"`
	Creation      *struct {
		OneHour int64 `json:"ephemeral_1h_input_tokens"`
	} `json:"cache_creation"`
	Output  *int64 `json:"output_tokens"`
	Details *struct {
		Thinking int64 `json:"thinking_tokens"`
	} `json:"output_tokens_details"`
}
