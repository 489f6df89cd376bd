package azure

import (
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/chat"
)

// responses serves what lies under /openai/v1/responses; rest is the path after
// it. Responses are stored by the resource: whoever may call it may have them,
// whether he came with the key or with a token.
func (v *visit) responses(rest string) *chat.Error {
	d := v.dialect("responses", "")
	switch {
	case rest == "" && v.r.Method == http.MethodPost:
		v.x.Header().Set("X-Ms-Rai-Invoked", "true")
		chat.Respond(v.c, v.x, v.r, d, v.who, v.shelf)
	case rest == "input_tokens" && v.r.Method == http.MethodPost:
		chat.CountInput(v.c, v.x, v.r, d, v.who, v.shelf)
	case rest == "" || rest == "input_tokens" || strings.Contains(rest, "/"):
		return notFound()
	case v.r.Method == http.MethodGet:
		return chat.Recall(v.x, v.r, v.shelf, rest)
	case v.r.Method == http.MethodDelete:
		return chat.Forget(v.x, v.shelf, rest)
	default:
		return notFound()
	}
	return nil
}

// responseResults is content_filters of a response whose prompt and answer
// passed (recorded, 2026).
func responseResults() any {
	passed := func(source string, results any) map[string]any {
		return map[string]any{
			"blocked": false, "source_type": source, "content_filter_results": results,
			"content_filter_offsets": map[string]int{"start_offset": 0, "end_offset": 0, "check_offset": 0},
		}
	}
	prompt := graded()
	prompt["jailbreak"] = detection{}
	return []any{passed("prompt", prompt), passed("completion", answerResults())}
}
