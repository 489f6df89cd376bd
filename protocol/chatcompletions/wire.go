package chatcompletions

import (
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"
)

// The shapes of the wire, as far as they are read or written whole.

type request struct {
	Model               string           `json:"model,omitzero"`
	Messages            []message        `json:"messages"`
	Tools               []jsontext.Value `json:"tools,omitzero"`
	ToolChoice          jsontext.Value   `json:"tool_choice,omitzero"`
	ParallelToolCalls   *bool            `json:"parallel_tool_calls,omitzero"`
	Functions           jsontext.Value   `json:"functions,omitzero"`
	FunctionCall        jsontext.Value   `json:"function_call,omitzero"`
	MaxCompletionTokens *int64           `json:"max_completion_tokens,omitzero"`
	MaxTokens           *int64           `json:"max_tokens,omitzero"`
	Temperature         *float64         `json:"temperature,omitzero"`
	TopP                *float64         `json:"top_p,omitzero"`
	FrequencyPenalty    *float64         `json:"frequency_penalty,omitzero"`
	PresencePenalty     *float64         `json:"presence_penalty,omitzero"`
	LogitBias           jsontext.Value   `json:"logit_bias,omitzero"`
	Logprobs            *bool            `json:"logprobs,omitzero"`
	TopLogprobs         *int64           `json:"top_logprobs,omitzero"`
	N                   *int64           `json:"n,omitzero"`
	Seed                *int64           `json:"seed,omitzero"`
	RandomSeed          *int64           `json:"random_seed,omitzero"`
	Stop                jsontext.Value   `json:"stop,omitzero"`
	ResponseFormat      *responseFormat  `json:"response_format,omitzero"`
	ReasoningEffort     string           `json:"reasoning_effort,omitzero"`
	Verbosity           string           `json:"verbosity,omitzero"`
	Modalities          jsontext.Value   `json:"modalities,omitzero"`
	Audio               jsontext.Value   `json:"audio,omitzero"`
	ServiceTier         string           `json:"service_tier,omitzero"`
	User                string           `json:"user,omitzero"`
	SafetyIdentifier    string           `json:"safety_identifier,omitzero"`
	PromptCacheKey      string           `json:"prompt_cache_key,omitzero"`
	Metadata            jsontext.Value   `json:"metadata,omitzero"`
	Stream              *bool            `json:"stream,omitzero"`
	StreamOptions       jsontext.Value   `json:"stream_options,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

type message struct {
	Role             string          `json:"role"`
	Content          jsontext.Value  `json:"content,omitzero"`
	Name             string          `json:"name,omitzero"`
	Refusal          *string         `json:"refusal,omitzero"`
	ReasoningContent *string         `json:"reasoning_content,omitzero"`
	Reasoning        *string         `json:"reasoning,omitzero"`
	ThinkingBlocks   []thinkingBlock `json:"thinking_blocks,omitzero"`
	ToolCalls        []toolCall      `json:"tool_calls,omitzero"`
	FunctionCall     *function       `json:"function_call,omitzero"`
	ToolCallID       string          `json:"tool_call_id,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

// thinkingBlock is a signed reasoning block in the form that LiteLLM and Envoy
// AI Gateway give to Chat Completions clients, which send it back unchanged.
type thinkingBlock struct {
	Type      string  `json:"type"`
	Thinking  *string `json:"thinking,omitzero"` // also said when it is empty
	Signature string  `json:"signature,omitzero"`
	Data      string  `json:"data,omitzero"`
}

// text is what the block shows.
func (b *thinkingBlock) text() string {
	if b.Thinking == nil {
		return ""
	}
	return *b.Thinking
}

type toolCall struct {
	Index    *int64         `json:"index,omitzero"`
	ID       string         `json:"id,omitzero"`
	Type     string         `json:"type,omitzero"`
	Function *function      `json:"function,omitzero"`
	Custom   jsontext.Value `json:"custom,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

type function struct {
	Name      string `json:"name,omitzero"`
	Arguments string `json:"arguments"`
}

type part struct {
	Type       string         `json:"type"`
	Text       string         `json:"text,omitzero"`
	Refusal    string         `json:"refusal,omitzero"`
	ImageURL   *imageURL      `json:"image_url,omitzero"`
	InputAudio *inputAudio    `json:"input_audio,omitzero"`
	File       *file          `json:"file,omitzero"`
	Thinking   jsontext.Value `json:"thinking,omitzero"` // Mistral
	Breakpoint *cacheMark     `json:"prompt_cache_breakpoint,omitzero"`
}

type imageURL struct {
	URL    string `json:"url"`
	Detail string `json:"detail,omitzero"`
}

type inputAudio struct {
	Data   string `json:"data"`
	Format string `json:"format"`
}

type file struct {
	FileData string `json:"file_data,omitzero"`
	FileID   string `json:"file_id,omitzero"`
	Filename string `json:"filename,omitzero"`
}

type cacheMark struct {
	Mode string `json:"mode"`
	TTL  string `json:"ttl,omitzero"`
}

type tool struct {
	Type     string        `json:"type"`
	Function *toolFunction `json:"function,omitzero"`
}

type toolFunction struct {
	Name        string          `json:"name"`
	Description string          `json:"description,omitzero"`
	Parameters  json.RawMessage `json:"parameters,omitzero"`
	Strict      *bool           `json:"strict,omitzero"`
}

type toolChoice struct {
	Type         string        `json:"type"`
	Function     *nameOnly     `json:"function,omitzero"`
	AllowedTools *allowedTools `json:"allowed_tools,omitzero"`
}

type nameOnly struct {
	Name string `json:"name"`
}

type allowedTools struct {
	Mode  string      `json:"mode"`
	Tools []allowTool `json:"tools"`
}

type allowTool struct {
	Type     string    `json:"type"`
	Function *nameOnly `json:"function,omitzero"`
}

type responseFormat struct {
	Type       string      `json:"type"`
	JSONSchema *jsonSchema `json:"json_schema,omitzero"`
}

type jsonSchema struct {
	Name        string          `json:"name"`
	Description string          `json:"description,omitzero"`
	Schema      json.RawMessage `json:"schema,omitzero"`
	Strict      *bool           `json:"strict,omitzero"`
}

// answer is a whole answer or one chunk of a stream: they differ in message and
// delta only.
type answer struct {
	ID      string         `json:"id"`
	Model   string         `json:"model"`
	Choices []choice       `json:"choices"`
	Usage   *usage         `json:"usage"`
	XGroq   *xGroq         `json:"x_groq"`
	Error   jsontext.Value `json:"error"`
}

type xGroq struct {
	Usage *usage `json:"usage"`
}

type choice struct {
	Index        int            `json:"index"`
	Message      *answerMessage `json:"message"`
	Delta        *answerMessage `json:"delta"`
	FinishReason *string        `json:"finish_reason"`
	Usage        *usage         `json:"usage"` // Moonshot, in its last chunk
	Logprobs     jsontext.Value `json:"logprobs"`
}

type answerMessage struct {
	Content          jsontext.Value  `json:"content"`
	Refusal          string          `json:"refusal"`
	Annotations      jsontext.Value  `json:"annotations"`
	ReasoningContent string          `json:"reasoning_content"`
	Reasoning        jsontext.Value  `json:"reasoning"`
	ThinkingBlocks   []thinkingBlock `json:"thinking_blocks"`
	ToolCalls        []answerCall    `json:"tool_calls"`
	FunctionCall     *function       `json:"function_call"`
	Audio            *answerAudio    `json:"audio"`
}

type answerCall struct {
	Index    *int          `json:"index"`
	ID       string        `json:"id"`
	Function *callFunction `json:"function"`
	Custom   *customCall   `json:"custom"`
}

type callFunction struct {
	Name      string         `json:"name"`
	Arguments jsontext.Value `json:"arguments"` // a string; some servers send the object
}

type customCall struct {
	Name  string `json:"name"`
	Input string `json:"input"`
}

type usage struct {
	PromptTokens     int64 `json:"prompt_tokens"`
	CompletionTokens int64 `json:"completion_tokens"`
	PromptDetails    *struct {
		Cached     int64 `json:"cached_tokens"`
		CacheWrite int64 `json:"cache_write_tokens"`
		Audio      int64 `json:"audio_tokens"`
		Image      int64 `json:"image_tokens"`
	} `json:"prompt_tokens_details"`
	CompletionDetails *struct {
		Reasoning int64 `json:"reasoning_tokens"`
		Audio     int64 `json:"audio_tokens"`
	} `json:"completion_tokens_details"`
	CacheHit int64 `json:"prompt_cache_hit_tokens"` // DeepSeek
}
