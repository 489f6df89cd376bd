package protocol

import (
	"slices"
	"strconv"
	"strings"

	"github.com/interline-ai/interline"
)

// InWords names the fields of losses in the words of the language that the
// request was read from, and leaves out losses that say the same twice. Writers
// name fields as Chat Completions does, and count turns as the request does.
func InWords(from string, r *interline.Request, losses []interline.Loss) []interline.Loss {
	var out []interline.Loss
	for _, l := range losses {
		if !isExtra(r, l.Field) {
			l.Field = inWords(from, r, l.Field)
		}
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// isExtra reports whether a field is named by the reader already.
func isExtra(r *interline.Request, field string) bool {
	return slices.ContainsFunc(r.Extra, func(m interline.Member) bool { return m.Name == field })
}

// callerWords are the members that are called otherwise, by language.
var callerWords = map[string]map[string]string{
	Messages: claudeWords,
	Invoke:   claudeWords,
	Responses: {
		"max_tokens":       "max_output_tokens",
		"response_format":  "text.format",
		"verbosity":        "text.verbosity",
		"logprobs":         "message.output_text.logprobs", // in include
		"reasoning_effort": "reasoning.effort",
		"cache_control":    "prompt_cache_breakpoint",
	},
	GenerateContent: {
		"stop":                "generationConfig.stopSequences",
		"max_tokens":          "generationConfig.maxOutputTokens",
		"temperature":         "generationConfig.temperature",
		"top_p":               "generationConfig.topP",
		"top_k":               "generationConfig.topK",
		"frequency_penalty":   "generationConfig.frequencyPenalty",
		"presence_penalty":    "generationConfig.presencePenalty",
		"seed":                "generationConfig.seed",
		"n":                   "generationConfig.candidateCount",
		"logprobs":            "generationConfig.responseLogprobs",
		"top_logprobs":        "generationConfig.logprobs",
		"modalities":          "generationConfig.responseModalities",
		"audio.voice":         "generationConfig.speechConfig",
		"response_format":     "generationConfig.responseJsonSchema",
		"reasoning_effort":    "generationConfig.thinkingConfig",
		"tool_choice":         "toolConfig.functionCallingConfig",
		"parallel_tool_calls": "toolConfig.functionCallingConfig",
		"metadata":            "labels",
		"service_tier":        "serviceTier",
	},
	Converse: {
		"stop":                "inferenceConfig.stopSequences",
		"max_tokens":          "inferenceConfig.maxTokens",
		"temperature":         "inferenceConfig.temperature",
		"top_p":               "inferenceConfig.topP",
		"top_k":               "additionalModelRequestFields.top_k",
		"response_format":     "outputConfig.textFormat",
		"reasoning_effort":    "additionalModelRequestFields.thinking",
		"parallel_tool_calls": "additionalModelRequestFields.tool_choice",
		"tool_choice":         "toolConfig.toolChoice",
		"tools":               "toolConfig.tools",
		"metadata":            "requestMetadata",
		"service_tier":        "serviceTier",
		"cache_control":       "cachePoint",
	},
}

// claudeWords are those of Anthropic's bodies, wherever they are sent.
var claudeWords = map[string]string{
	"stop":                "stop_sequences",
	"response_format":     "output_config.format",
	"reasoning_effort":    "thinking",
	"parallel_tool_calls": "tool_choice.disable_parallel_tool_use",
	"user":                "metadata.user_id",
}

func inWords(from string, r *interline.Request, field string) string {
	words := callerWords[from]
	if words == nil {
		return field
	}
	end := strings.IndexAny(field, ".[")
	if end < 0 {
		end = len(field)
	}
	head, tail := field[:end], field[end:]
	if head == "messages" && from == GenerateContent {
		return inContents(r, tail)
	}
	if head == "messages" && from != Responses && len(r.Turns) > 0 && r.Turns[0].Role == interline.System {
		return afterSystem(tail)
	}
	if word, ok := words[head]; ok {
		return word + tail
	}
	return field
}

// inContents names a place in the turns in Google's words.
func inContents(r *interline.Request, tail string) string {
	place := "messages" + tail
	if len(r.Turns) > 0 && r.Turns[0].Role == interline.System {
		place = afterSystem(tail)
	}
	place = strings.Replace(place, ".content[", ".parts[", 1)
	if rest, ok := strings.CutPrefix(place, "messages"); ok {
		return "contents" + rest
	}
	rest := strings.TrimPrefix(place, "system")
	if strings.HasPrefix(rest, "[") {
		rest = ".parts" + rest
	}
	return "systemInstruction" + rest
}

// afterSystem names a place in the turns of a language that has the system
// prompt apart: it is the first turn, and the messages count from the second.
func afterSystem(tail string) string {
	number, rest, ok := strings.Cut(strings.TrimPrefix(tail, "["), "]")
	n, err := strconv.Atoi(number)
	switch {
	case !ok || err != nil:
		return "messages" + tail
	case n == 0 && rest == "":
		return "system"
	case n == 0:
		return "system" + strings.TrimPrefix(rest, ".content")
	}
	return "messages[" + strconv.Itoa(n-1) + "]" + rest
}
