package converse

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// lenient lets pass what models are known to get wrong.
var lenient = json.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))

// The shapes of the wire, as far as they are read whole. Everything that is
// written is written member by member, since the order must not change.

type request struct {
	Messages        []message        `json:"messages"`
	System          []jsontext.Value `json:"system"`
	InferenceConfig *inference       `json:"inferenceConfig"`
	ToolConfig      *toolConfig      `json:"toolConfig"`
	Additional      jsontext.Value   `json:"additionalModelRequestFields"`
	OutputConfig    *outputConfig    `json:"outputConfig"`
	RequestMetadata jsontext.Value   `json:"requestMetadata"`
	ServiceTier     *serviceTier     `json:"serviceTier"`

	Rest jsontext.Value `json:",embed"`
}

type message struct {
	Role    string           `json:"role"`
	Content []jsontext.Value `json:"content"`
}

type inference struct {
	MaxTokens     int64    `json:"maxTokens"`
	Temperature   *float64 `json:"temperature"`
	TopP          *float64 `json:"topP"`
	StopSequences []string `json:"stopSequences"`

	Rest jsontext.Value `json:",embed"`
}

type serviceTier struct {
	Type string `json:"type"`
}

type toolConfig struct {
	Tools      []jsontext.Value `json:"tools"`
	ToolChoice *toolChoice      `json:"toolChoice"`
}

type toolChoice struct {
	Auto jsontext.Value `json:"auto"`
	Any  jsontext.Value `json:"any"`
	Tool *struct {
		Name string `json:"name"`
	} `json:"tool"`
}

type tool struct {
	Spec  *toolSpec      `json:"toolSpec"`
	Cache *cachePoint    `json:"cachePoint"`
	Rest  jsontext.Value `json:",embed"`
}

type toolSpec struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	InputSchema struct {
		JSON jsontext.Value `json:"json"`
	} `json:"inputSchema"`
	Strict *bool `json:"strict"`
}

type outputConfig struct {
	Effort     string      `json:"effort"`
	TextFormat *textFormat `json:"textFormat"`
}

type textFormat struct {
	Type      string `json:"type"`
	Structure struct {
		JSONSchema *jsonSchema `json:"jsonSchema"`
	} `json:"structure"`
}

type jsonSchema struct {
	Schema      string `json:"schema"` // JSON within a string
	Name        string `json:"name"`
	Description string `json:"description"`
}

type cachePoint struct {
	Type string `json:"type"`
	TTL  string `json:"ttl"`
}

// block is a block of any kind that is modelled: one of the members is set.
type block struct {
	Text       *string        `json:"text"`
	JSON       jsontext.Value `json:"json"` // in tool results
	Image      *media         `json:"image"`
	Document   *media         `json:"document"`
	Audio      *media         `json:"audio"`
	ToolUse    *toolUse       `json:"toolUse"`
	ToolResult *toolResult    `json:"toolResult"`
	Reasoning  *reasoning     `json:"reasoningContent"`
	CachePoint *cachePoint    `json:"cachePoint"`
	Cited      *citedContent  `json:"citationsContent"`

	Rest jsontext.Value `json:",embed"`
}

type media struct {
	Format string         `json:"format"`
	Name   string         `json:"name"`
	Cited  *citationsWish `json:"citations"`
	Source struct {
		Bytes string  `json:"bytes"`
		Text  *string `json:"text"`
		S3    *struct {
			URI string `json:"uri"`
		} `json:"s3Location"`
		Rest jsontext.Value `json:",embed"`
	} `json:"source"`

	Rest jsontext.Value `json:",embed"`
}

type toolUse struct {
	ToolUseID string         `json:"toolUseId"`
	Name      string         `json:"name"`
	Input     jsontext.Value `json:"input"`
}

type toolResult struct {
	ToolUseID string           `json:"toolUseId"`
	Content   []jsontext.Value `json:"content"`
	Status    string           `json:"status"`
}

type reasoning struct {
	ReasoningText *struct {
		Text      string `json:"text"`
		Signature string `json:"signature"`
	} `json:"reasoningText"`
	RedactedContent string `json:"redactedContent"` // base64 of the vendor's own text
}

// answer is a whole answer.
type answer struct {
	Output struct {
		Message *struct {
			Content []block `json:"content"`
		} `json:"message"`
	} `json:"output"`
	StopReason string `json:"stopReason"`
	Usage      *usage `json:"usage"`
}

// event is the payload of any frame of a stream.
type event struct {
	Index int `json:"contentBlockIndex"`
	Start *struct {
		ToolUse *toolUse `json:"toolUse"`
	} `json:"start"`
	Delta      *delta `json:"delta"`
	StopReason string `json:"stopReason"`
	Usage      *usage `json:"usage"`
}

type delta struct {
	Citation jsontext.Value `json:"citation"`
	Text     *string        `json:"text"`
	ToolUse  *struct {
		Input string `json:"input"`
	} `json:"toolUse"`
	Reasoning *struct {
		Text            string `json:"text"`
		Signature       string `json:"signature"`
		RedactedContent string `json:"redactedContent"`
	} `json:"reasoningContent"`
}

type usage struct {
	Input        int64 `json:"inputTokens"`
	Output       int64 `json:"outputTokens"`
	CacheRead    int64 `json:"cacheReadInputTokens"`
	CacheWrite   int64 `json:"cacheWriteInputTokens"`
	CacheDetails []struct {
		TTL    string `json:"ttl"`
		Tokens int64  `json:"inputTokens"`
	} `json:"cacheDetails"`
}
