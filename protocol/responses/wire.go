package responses

import (
	"encoding/json"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The shapes of the wire, as far as they are read or written whole.

type request struct {
	Model             string           `json:"model,omitzero"`
	Instructions      jsontext.Value   `json:"instructions,omitzero"`
	Input             jsontext.Value   `json:"input,omitzero"`
	Tools             []jsontext.Value `json:"tools,omitzero"`
	ToolChoice        jsontext.Value   `json:"tool_choice,omitzero"`
	ParallelToolCalls *bool            `json:"parallel_tool_calls,omitzero"`
	MaxOutputTokens   *int64           `json:"max_output_tokens,omitzero"`
	Temperature       *float64         `json:"temperature,omitzero"`
	TopP              *float64         `json:"top_p,omitzero"`
	TopLogprobs       *int64           `json:"top_logprobs,omitzero"`
	Reasoning         *reasoning       `json:"reasoning,omitzero"`
	Text              *textOptions     `json:"text,omitzero"`
	Include           []string         `json:"include,omitzero"`
	Store             *bool            `json:"store,omitzero"`
	Truncation        string           `json:"truncation,omitzero"`
	Background        *bool            `json:"background,omitzero"`
	ServiceTier       string           `json:"service_tier,omitzero"`
	User              string           `json:"user,omitzero"`
	SafetyIdentifier  string           `json:"safety_identifier,omitzero"`
	PromptCacheKey    string           `json:"prompt_cache_key,omitzero"`
	Metadata          jsontext.Value   `json:"metadata,omitzero"`
	Stream            *bool            `json:"stream,omitzero"`
	StreamOptions     jsontext.Value   `json:"stream_options,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

type reasoning struct {
	Effort  string `json:"effort,omitzero"`
	Summary string `json:"summary,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

type textOptions struct {
	Format    *format `json:"format,omitzero"`
	Verbosity string  `json:"verbosity,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

type format struct {
	Type        string          `json:"type"`
	Name        string          `json:"name,omitzero"`
	Description string          `json:"description,omitzero"`
	Schema      json.RawMessage `json:"schema,omitzero"`
	Strict      *bool           `json:"strict,omitzero"`
}

// itemKind is as much of an item as says what it is.
type itemKind struct {
	Type string `json:"type"`
	Role string `json:"role"`
	ID   string `json:"id"`
}

// message is an item that someone says.
type message struct {
	Type    string         `json:"type"`
	Role    string         `json:"role"`
	Content jsontext.Value `json:"content"`
	ID      string         `json:"id,omitzero"`
	Status  string         `json:"status,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

type functionCall struct {
	Type      string `json:"type"`
	CallID    string `json:"call_id"`
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
	ID        string `json:"id,omitzero"`
	Status    string `json:"status,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

type functionOutput struct {
	Type   string         `json:"type"`
	CallID string         `json:"call_id"`
	Output jsontext.Value `json:"output"`
	ID     string         `json:"id,omitzero"`
	Status string         `json:"status,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

type reasoningItem struct {
	Type      string `json:"type"`
	ID        string `json:"id,omitzero"`
	Summary   []part `json:"summary"`
	Content   []part `json:"content,omitzero"`
	Encrypted string `json:"encrypted_content,omitzero"`
	Status    string `json:"status,omitzero"`
}

// part is a part of a message, of a result or of reasoning.
type part struct {
	Type        string         `json:"type"`
	Text        string         `json:"text,omitzero"`
	Refusal     string         `json:"refusal,omitzero"`
	ImageURL    string         `json:"image_url,omitzero"`
	Detail      string         `json:"detail,omitzero"`
	FileID      string         `json:"file_id,omitzero"`
	FileData    string         `json:"file_data,omitzero"`
	FileURL     string         `json:"file_url,omitzero"`
	Filename    string         `json:"filename,omitzero"`
	InputAudio  *inputAudio    `json:"input_audio,omitzero"`
	Breakpoint  *cacheMark     `json:"prompt_cache_breakpoint,omitzero"`
	Annotations jsontext.Value `json:"annotations,omitzero"` // of what was answered before
}

type inputAudio struct {
	Data   string `json:"data"`
	Format string `json:"format"`
}

type cacheMark struct {
	Mode string `json:"mode"`
	TTL  string `json:"ttl,omitzero"`
}

type tool struct {
	Type        string          `json:"type"`
	Name        string          `json:"name,omitzero"`
	Description string          `json:"description,omitzero"`
	Parameters  json.RawMessage `json:"parameters,omitzero"`
	Strict      *bool           `json:"strict,omitzero"`
}

type toolChoice struct {
	Type  string      `json:"type"`
	Name  string      `json:"name,omitzero"`
	Mode  string      `json:"mode,omitzero"`
	Tools []allowTool `json:"tools,omitzero"`
}

type allowTool struct {
	Type string `json:"type"`
	Name string `json:"name,omitzero"`
}

// answer is the response object, whole or within an event.
type answer struct {
	ID         string         `json:"id"`
	Model      string         `json:"model"`
	Status     string         `json:"status"`
	Error      jsontext.Value `json:"error"`
	Incomplete *struct {
		Reason string `json:"reason"`
	} `json:"incomplete_details"`
	Output []jsontext.Value `json:"output"`
	Usage  *usage           `json:"usage"`
}

type usage struct {
	Input        int64 `json:"input_tokens"`
	InputDetails *struct {
		Cached     int64 `json:"cached_tokens"`
		CacheWrite int64 `json:"cache_write_tokens"`
		Audio      int64 `json:"audio_tokens"`
		Image      int64 `json:"image_tokens"`
	} `json:"input_tokens_details"`
	Output        int64 `json:"output_tokens"`
	OutputDetails *struct {
		Reasoning int64 `json:"reasoning_tokens"`
		Audio     int64 `json:"audio_tokens"`
	} `json:"output_tokens_details"`
}

// event is one frame of a stream, of the kinds that are read.
type event struct {
	Response        *answer        `json:"response"`
	OutputIndex     int            `json:"output_index"`
	ContentIndex    int            `json:"content_index"`
	SummaryIndex    int            `json:"summary_index"`
	Item            jsontext.Value `json:"item"`
	Part            *outPart       `json:"part"`
	Delta           string         `json:"delta"`
	Text            string         `json:"text"`
	Refusal         string         `json:"refusal"`
	Arguments       string         `json:"arguments"`
	Annotation      jsontext.Value `json:"annotation"`
	AnnotationIndex int            `json:"annotation_index"`
	Logprobs        jsontext.Value `json:"logprobs"`
}

// outItem is an item of an answer, as far as it is read.
type outItem struct {
	Type      string    `json:"type"`
	ID        string    `json:"id"`
	CallID    string    `json:"call_id"`
	Name      string    `json:"name"`
	Arguments string    `json:"arguments"`
	Input     string    `json:"input"`
	Content   []outPart `json:"content"`
	Summary   []outPart `json:"summary"`
	Encrypted string    `json:"encrypted_content"`
}

type outPart struct {
	Type        string         `json:"type"`
	Text        string         `json:"text"`
	Refusal     string         `json:"refusal"`
	Annotations jsontext.Value `json:"annotations"`
	Logprobs    jsontext.Value `json:"logprobs"`
}

// lenient lets pass what models are known to get wrong.
var lenient = jsonv2.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
