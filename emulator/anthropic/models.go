package anthropic

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
)

// dated names the models that are answered for under their dated id, which is
// accepted as well.
var dated = map[string]string{
	"claude-sonnet-4-5": "claude-sonnet-4-5-20250929",
	"claude-haiku-4-5":  "claude-haiku-4-5-20251001",
}

// publicName is the id the API puts into its answers.
func publicName(m claude.Rules) string {
	if id := dated[m.Name]; id != "" {
		return id
	}
	return m.Name
}

// find looks a model up by its alias or its dated id.
func find(id string) (claude.Rules, *fault) {
	for alias, full := range dated {
		if id == full {
			id = alias
		}
	}
	m, ok := claude.Find(id)
	if !ok {
		return m, failed(notFound, "model: %s", id)
	}
	return m, nil
}

type supported struct {
	Supported bool `json:"supported"`
}

// modelEntry is one model as GET /v1/models describes it (anthropic-sdk-go
// v1.84.0, ModelInfo).
type modelEntry struct {
	Type           string         `json:"type"`
	ID             string         `json:"id"`
	DisplayName    string         `json:"display_name"`
	CreatedAt      string         `json:"created_at"`
	DeprecatedAt   *string        `json:"deprecated_at"`
	Lifecycle      string         `json:"lifecycle"`
	Line           string         `json:"line"`
	MaxInputTokens int            `json:"max_input_tokens"`
	MaxTokens      int            `json:"max_tokens"`
	RetiresAt      *string        `json:"retires_at"`
	Capabilities   map[string]any `json:"capabilities"`
}

func entryOf(m claude.Rules) modelEntry {
	return modelEntry{
		Type: "model", ID: publicName(m), DisplayName: m.Display, CreatedAt: m.Released,
		Lifecycle: "active", Line: strings.Split(m.Name, "-")[1],
		MaxInputTokens: m.Context, MaxTokens: m.MaxOutput, Capabilities: capabilities(m),
	}
}

// capabilities tells what this emulator does with the model; what only the real
// service can do, such as batches, is not claimed.
func capabilities(m claude.Rules) map[string]any {
	effort := map[string]any{"supported": len(m.Efforts) > 0}
	for _, level := range []string{"low", "medium", "high", "xhigh", "max"} {
		effort[level] = supported{m.CheckEffort(level) == ""}
	}
	return map[string]any{
		"batch": supported{}, "citations": supported{}, "code_execution": supported{},
		"image_input": supported{true}, "pdf_input": supported{true}, "structured_outputs": supported{true},
		"context_management": map[string]any{
			"supported": false, "clear_thinking_20251015": supported{}, "clear_tool_uses_20250919": supported{}, "compact_20260112": supported{},
		},
		"server_tools": map[string]any{"supported": false, "code_execution": supported{}, "web_search": supported{}},
		"effort":       effort,
		"thinking": map[string]any{"supported": true, "types": map[string]any{
			"enabled":  supported{m.Thinking <= claude.BudgetOrAdaptive},
			"adaptive": supported{m.Thinking != claude.BudgetOnly},
		}},
	}
}

type modelPage struct {
	Data    []modelEntry `json:"data"`
	HasMore bool         `json:"has_more"`
	FirstID *string      `json:"first_id"`
	LastID  *string      `json:"last_id"`
}

func (k *call) getModel(id string) {
	if !k.method(http.MethodGet) {
		return
	}
	m, f := find(id)
	if f != nil {
		k.refuse(f)
		return
	}
	k.send(entryOf(m))
}

// listModels answers GET /v1/models, newest first, in pages of limit models
// after after_id or before before_id.
func (k *call) listModels() {
	if !k.method(http.MethodGet) {
		return
	}
	q := k.r.URL.Query()
	limit := 20
	if s := q.Get("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 1000 {
			k.refuse(failed(invalid, "limit: Input should be a whole number from 1 to 1000"))
			return
		}
		limit = n
	}
	var all []modelEntry
	for _, m := range claude.Models() {
		all = append(all, entryOf(m))
	}
	k.send(pageOf(all, limit, q.Get("after_id"), q.Get("before_id")))
}

func pageOf(all []modelEntry, limit int, after, before string) modelPage {
	for i, e := range all {
		if e.ID == before {
			from := max(0, i-limit)
			return newPage(all[from:i], from > 0)
		}
		if e.ID == after {
			all = all[i+1:]
			break
		}
	}
	return newPage(all[:min(limit, len(all))], len(all) > limit)
}

func newPage(data []modelEntry, more bool) modelPage {
	p := modelPage{Data: data, HasMore: more}
	if n := len(data); n > 0 {
		p.FirstID, p.LastID = &data[0].ID, &data[n-1].ID
	}
	return p
}

// send answers at once with a value that is no model's work.
func (k *call) send(v any) {
	body, err := json.Marshal(v)
	if err != nil {
		k.refuse(failed(apiError, "Internal server error"))
		k.core.Logger.Error("encode answer", "place", k.Place, "error", err)
		return
	}
	k.Refuse(http.StatusOK, "application/json", body) // without pace: no model spoke
}
