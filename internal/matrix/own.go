package matrix

import (
	"strings"

	"github.com/interline-ai/interline/protocol"
)

// own are things that one language alone can say.
func own() []Probe {
	const (
		chat     = `{"model":"m","messages":[{"role":"user","content":"x"}],`
		resp     = `{"model":"m","input":"x",`
		claude   = `{"model":"m","max_tokens":1000,"messages":[{"role":"user","content":"x"}],`
		converse = `{"messages":[{"role":"user","content":[{"text":"x"}]}],"inferenceConfig":{"maxTokens":1000},`
		gemini   = `{"contents":[{"role":"user","parts":[{"text":"x"}]}],`
	)
	invoke := strings.Replace(claude, `"model":"m"`, `"anthropic_version":"bedrock-2023-05-31"`, 1)
	return []Probe{
		{Title: "the vendor's own tool", Raw: map[string]string{
			protocol.ChatCompletions: chat + `"tools":[{"type":"custom","custom":{"name":"c"}}]}`,
			protocol.Responses:       resp + `"tools":[{"type":"web_search"}]}`,
			protocol.Messages:        claude + `"tools":[{"type":"web_search_20250305","name":"web_search"}]}`,
			protocol.Invoke:          invoke + `"tools":[{"type":"bash_20250124","name":"bash"}]}`,
			protocol.GenerateContent: gemini + `"tools":[{"googleSearch":{}}]}`,
		}},
		{Title: "tool of free text", Raw: map[string]string{
			protocol.Responses: resp + `"tools":[{"type":"custom","name":"apply_patch"}]}`,
		}},
		{Title: "what only the vendor keeps", Raw: map[string]string{
			protocol.Responses:       resp + `"previous_response_id":"resp_1"}`,
			protocol.GenerateContent: gemini + `"cachedContent":"cachedContents/1"}`,
		}},
		{Title: "a member nobody knows yet", Raw: map[string]string{
			protocol.ChatCompletions: chat + `"new_thing":1}`, protocol.Responses: resp + `"new_thing":1}`,
			protocol.Messages: claude + `"new_thing":1}`, protocol.Invoke: invoke + `"new_thing":1}`,
			protocol.Converse: converse + `"newThing":1}`, protocol.GenerateContent: gemini + `"newThing":1}`,
		}},
		{Title: "guardrail, safety settings", Raw: map[string]string{
			protocol.Converse:        converse + `"guardrailConfig":{"guardrailIdentifier":"g","guardrailVersion":"1"}}`,
			protocol.GenerateContent: gemini + `"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}]}`,
		}},
	}
}
