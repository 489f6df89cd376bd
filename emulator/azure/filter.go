package azure

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
)

// trigger is what a prompt says to be refused by the content filter.
const trigger = "[[content filter]]"

type severity struct {
	Filtered bool   `json:"filtered"`
	Severity string `json:"severity"`
}

type detection struct {
	Filtered bool `json:"filtered"`
	Detected bool `json:"detected"`
}

// graded are the categories that have a severity.
func graded() map[string]any {
	safe := severity{Severity: "safe"}
	return map[string]any{"hate": safe, "self_harm": safe, "sexual": safe, "violence": safe}
}

// promptResults is prompt_filter_results of a prompt that passed.
func promptResults() any {
	results := graded()
	results["jailbreak"] = detection{}
	return []any{map[string]any{"prompt_index": 0, "content_filter_results": results}}
}

// answerResults is content_filter_results of a choice that passed.
func answerResults() any {
	results := graded()
	results["protected_material_text"] = detection{}
	results["protected_material_code"] = detection{}
	return results
}

// refusePrompt is the filter's 400, for prompts with the trigger and for
// drills of kind content-filter that do not let the answer begin. A drill with
// After cuts the answer instead.
func refusePrompt(prompt string, f core.Fault) *chat.Error {
	drilled := f.Kind == core.ContentFilter && f.After == 0
	if !drilled && !strings.Contains(prompt, trigger) {
		return nil
	}
	results := graded()
	results["jailbreak"] = detection{}
	results["violence"] = severity{Filtered: true, Severity: "high"}
	message := "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. " +
		"Please modify your prompt and retry. (Emulated.)"
	body, _ := json.Marshal(map[string]any{"error": map[string]any{ // plain values always encode
		"message": message, "type": nil, "param": "prompt", "code": "content_filter", "status": http.StatusBadRequest,
		"innererror": map[string]any{"code": "ResponsibleAIPolicyViolation", "content_filter_result": results},
	}})
	return &chat.Error{
		Status: http.StatusBadRequest, Code: "content_filter", Param: "prompt", Message: message, Whole: body,
	}
}
