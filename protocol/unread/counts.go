package unread

import (
	"cmp"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// answer is where usage stands in what vendors answer.
type answer struct {
	Usage    *counts `json:"usage"`
	Metadata *counts `json:"usageMetadata"`
	Message  struct {
		Usage *counts `json:"usage"`
	} `json:"message"`
	Response struct {
		Usage *counts `json:"usage"`
	} `json:"response"`
}

// counts are the names that counts of tokens have (openai-go v3.96.0: Completions,
// Responses, images, transcriptions; anthropic-sdk-go v1.84.0; genai v1.77.0;
// bedrockruntime v1.63.12). A place that tells seconds or characters instead has
// told none of these.
type counts struct {
	InputTokens      *int64 `json:"input_tokens"`
	PromptTokens     *int64 `json:"prompt_tokens"`
	OutputTokens     *int64 `json:"output_tokens"`
	CompletionTokens *int64 `json:"completion_tokens"`

	InputDetails      inputs  `json:"input_tokens_details"`
	InputTokenDetails inputs  `json:"input_token_details"` // of transcriptions
	PromptDetails     inputs  `json:"prompt_tokens_details"`
	OutputDetails     outputs `json:"output_tokens_details"`
	CompletionDetails outputs `json:"completion_tokens_details"`

	CacheRead  int64 `json:"cache_read_input_tokens"`
	CacheWrite int64 `json:"cache_creation_input_tokens"`

	BedrockInput  *int64 `json:"inputTokens"`
	BedrockOutput *int64 `json:"outputTokens"`
	BedrockRead   int64  `json:"cacheReadInputTokens"`
	BedrockWrite  int64  `json:"cacheWriteInputTokens"`

	GooglePrompt   *int64 `json:"promptTokenCount"`
	GoogleOutput   *int64 `json:"candidatesTokenCount"`
	GoogleThoughts int64  `json:"thoughtsTokenCount"`
	GoogleCached   int64  `json:"cachedContentTokenCount"`
	GoogleTools    int64  `json:"toolUsePromptTokenCount"`
}

type inputs struct {
	Cached int64 `json:"cached_tokens"`
	Audio  int64 `json:"audio_tokens"`
	Image  int64 `json:"image_tokens"`
}

type outputs struct {
	Reasoning int64 `json:"reasoning_tokens"`
	Audio     int64 `json:"audio_tokens"`
}

// said reports whether any total was told, if only as 0.
func (c *counts) said() bool {
	for _, n := range []*int64{
		c.InputTokens, c.PromptTokens, c.OutputTokens, c.CompletionTokens, c.BedrockInput, c.BedrockOutput, c.GooglePrompt, c.GoogleOutput,
	} {
		if n != nil {
			return true
		}
	}
	return false
}

// usage is what was told as the house counts it, where inputs include what caches
// gave and outputs the thoughts: Anthropic and Bedrock leave the one out of their
// totals, Google the other.
func (c *counts) usage(api string) interline.Usage {
	in := cmp.Or(number(c.InputTokens), number(c.PromptTokens))
	out := cmp.Or(number(c.OutputTokens), number(c.CompletionTokens))
	switch api {
	case protocol.APIGemini, protocol.APIVertex:
		if c.GooglePrompt == nil && c.GoogleOutput == nil {
			break // another publisher's body
		}
		return interline.Usage{
			Input: number(c.GooglePrompt) + c.GoogleTools, ToolPrompt: c.GoogleTools, CacheRead: c.GoogleCached,
			Output: number(c.GoogleOutput) + c.GoogleThoughts, Reasoning: c.GoogleThoughts,
		}
	case protocol.APIBedrock:
		if c.BedrockInput != nil || c.BedrockOutput != nil {
			return interline.Usage{
				Input: number(c.BedrockInput) + c.BedrockRead + c.BedrockWrite, CacheRead: c.BedrockRead,
				CacheWrite5m: c.BedrockWrite, Output: number(c.BedrockOutput),
			}
		}
	}
	if api != protocol.APIOpenAI && (c.InputTokens != nil || c.CacheRead > 0 || c.CacheWrite > 0) {
		return interline.Usage{
			Input: in + c.CacheRead + c.CacheWrite, CacheRead: c.CacheRead, CacheWrite5m: c.CacheWrite, Output: out,
			Reasoning: c.OutputDetails.Reasoning,
		}
	}
	return interline.Usage{
		Input: in, Output: out,
		CacheRead:   cmp.Or(c.InputDetails.Cached, c.PromptDetails.Cached),
		InputAudio:  cmp.Or(c.InputDetails.Audio, c.InputTokenDetails.Audio, c.PromptDetails.Audio),
		InputImage:  c.InputDetails.Image,
		Reasoning:   cmp.Or(c.OutputDetails.Reasoning, c.CompletionDetails.Reasoning),
		OutputAudio: cmp.Or(c.OutputDetails.Audio, c.CompletionDetails.Audio),
	}
}

func number(n *int64) int64 {
	if n == nil {
		return 0
	}
	return max(*n, 0)
}

// later is what is known after a second count: what it says, and of the first what
// it does not say again.
func later(was, is interline.Usage) interline.Usage {
	return interline.Usage{
		Input: cmp.Or(is.Input, was.Input), CacheRead: cmp.Or(is.CacheRead, was.CacheRead),
		CacheWrite5m: cmp.Or(is.CacheWrite5m, was.CacheWrite5m), CacheWrite1h: cmp.Or(is.CacheWrite1h, was.CacheWrite1h),
		InputAudio: cmp.Or(is.InputAudio, was.InputAudio), InputImage: cmp.Or(is.InputImage, was.InputImage),
		ToolPrompt: cmp.Or(is.ToolPrompt, was.ToolPrompt), Output: cmp.Or(is.Output, was.Output),
		Reasoning: cmp.Or(is.Reasoning, was.Reasoning), OutputAudio: cmp.Or(is.OutputAudio, was.OutputAudio),
	}
}
