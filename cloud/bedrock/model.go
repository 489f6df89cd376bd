package bedrock

import (
	"slices"
	"strings"

	"github.com/interline-ai/interline/protocol/chatcompletions"
)

// family says which of the runtime's APIs a model takes, and how.
type family uint8

const (
	nativeOnly family = iota // Converse
	gpt                      // OpenAI's frontier models: Chat Completions and Converse
	gptOSS                   // OpenAI's open models: the same, with other refusals
	chatToo                  // Converse; Chat Completions if the operator says so
)

// profiles are the prefixes of inference profiles (Bedrock user guide,
// "Inference profiles", 2026-11).
var profiles = []string{"us", "eu", "apac", "jp", "au", "ca", "in", "us-gov", "global"}

// chatVendors also answered Chat Completions when probed (2026-08-22), but not
// with every model, so Converse stays their first language. Llama, Nova and
// Claude never did.
var chatVendors = []string{"qwen", "zai", "moonshot", "moonshotai", "deepseek", "xai"}

// familyOf reads a model or profile id. An ARN is taken by Converse only: the
// OpenAI paths answer 400 to application inference profiles.
func familyOf(model string) family {
	prefix, rest, _ := strings.Cut(model, ".")
	if slices.Contains(profiles, prefix) {
		prefix, rest, _ = strings.Cut(rest, ".")
	}
	switch {
	case prefix == "openai" && strings.HasPrefix(rest, "gpt-oss"):
		return gptOSS
	case prefix == "openai":
		return gpt
	case slices.Contains(chatVendors, prefix):
		return chatToo
	}
	return nativeOnly
}

// dialect is the family's Chat Completions. What is listed was answered with
// 400 (probes of 2026-08-22 and user reports).
func (f family) dialect() chatcompletions.Dialect {
	switch f {
	case gpt:
		return chatcompletions.Dialect{
			Refuses: []string{"n", "stop", "frequency_penalty", "presence_penalty", "logprobs", "top_logprobs", "logit_bias"},
		}
	case gptOSS:
		// A schema is taken and not heeded, which is worse than a refusal.
		return chatcompletions.Dialect{NoDeveloper: true, Refuses: []string{"logit_bias", "response_format"}}
	}
	return chatcompletions.Dialect{MaxTokens: "max_tokens", NoDeveloper: true}
}

// isClaude reports whether a model or profile id is one of Claude, whose bodies
// InvokeModel takes.
func isClaude(model string) bool { return strings.Contains(model, "anthropic.claude") }
