package anthropic

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/core"
)

// message is the answer, whole or as it begins in message_start.
type message struct {
	Model             string          `json:"model"`
	ID                string          `json:"id"`
	Type              string          `json:"type"`
	Role              string          `json:"role"`
	Content           []any           `json:"content"`
	StopReason        *string         `json:"stop_reason"`
	StopSequence      *string         `json:"stop_sequence"`
	StopDetails       *stopDetails    `json:"stop_details"`
	Usage             usage           `json:"usage"`
	ContextManagement json.RawMessage `json:"context_management,omitempty"`
}

type stopDetails struct {
	Type        string `json:"type"`
	Category    string `json:"category"`
	Explanation string `json:"explanation"`
}

type usage struct {
	InputTokens         int            `json:"input_tokens"` // the uncached remainder only
	CacheCreationTokens int            `json:"cache_creation_input_tokens"`
	CacheReadTokens     int            `json:"cache_read_input_tokens"`
	CacheCreation       *cacheCreation `json:"cache_creation,omitempty"`
	OutputTokens        int            `json:"output_tokens"` // thinking included
	OutputDetails       outputDetails  `json:"output_tokens_details"`
	ServiceTier         string         `json:"service_tier,omitempty"`
	InferenceGeo        string         `json:"inference_geo,omitempty"`
	Speed               string         `json:"speed,omitempty"`
}

type cacheCreation struct {
	FiveMinutes int `json:"ephemeral_5m_input_tokens"`
	OneHour     int `json:"ephemeral_1h_input_tokens"`
}

type outputDetails struct {
	ThinkingTokens int `json:"thinking_tokens"`
}

// usageOf says the core's usage in the API's way, which counts cache reads and
// writes beside the input and not within it.
func usageOf(j *Job, u core.Usage) usage {
	w := usage{
		InputTokens: u.Uncached(), CacheCreationTokens: u.CacheWrite(), CacheReadTokens: u.CacheRead,
		CacheCreation: &cacheCreation{u.CacheWrite5m, u.CacheWrite1h},
		OutputTokens:  u.Output, OutputDetails: outputDetails{u.Reasoning},
		ServiceTier: "standard",
	}
	if !j.hosted { // absent in recorded answers of Bedrock
		w.InferenceGeo, w.Speed = cmp.Or(j.Geo, "global"), j.Speed
	}
	return w
}

// Body is the whole answer as the API sends it, under an id.
func (j *Job) Body(id string) ([]byte, error) {
	m := j.message(id)
	m.Content = j.content()
	m.StopReason, m.StopSequence, m.StopDetails = &j.stop, j.matched(), j.details()
	m.Usage = usageOf(j, j.reply.Usage)
	body, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	return body, nil
}

func (j *Job) message(id string) message {
	m := message{ID: id, Type: "message", Role: "assistant", Model: publicName(j.model), Content: []any{}}
	if j.ManageContext {
		m.ContextManagement = json.RawMessage(`{"applied_edits":[]}`) // no threshold is ever reached here
	}
	return m
}

func (j *Job) matched() *string {
	if a := j.reply.Answers[0]; j.stop == "stop_sequence" {
		return &a.Matched
	}
	return nil
}

func (j *Job) details() *stopDetails {
	if !j.refused {
		return nil
	}
	return &stopDetails{"refusal", "general_harms", "Emulated refusal: a drill of kind content-filter stopped this answer."}
}

// Content blocks of an answer.
type (
	textBlock struct {
		Type      string     `json:"type"`
		Text      string     `json:"text"`
		Citations []citation `json:"citations,omitempty"`
	}
	thinkingBlock struct {
		Type      string `json:"type"`
		Thinking  string `json:"thinking"`
		Signature string `json:"signature"`
	}
	redactedBlock struct {
		Type string `json:"type"`
		Data string `json:"data"`
	}
	useBlock struct {
		Type  string          `json:"type"`
		ID    string          `json:"id"`
		Name  string          `json:"name"`
		Input json.RawMessage `json:"input"`
	}
)

func (j *Job) content() []any {
	blocks := []any{}
	for _, p := range j.reply.Answers[0].Parts {
		if b := j.blockOf(p); b != nil {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// blockOf is a part as a content block, or nil for text that was cut to nothing,
// since the API never sends an empty text block.
func (j *Job) blockOf(p core.Part) any {
	text := p.Text()
	switch {
	case p.Kind == core.PartCall:
		return useBlock{"tool_use", "toolu_" + p.CallID, p.Name, input(text)}
	case p.Kind == core.PartReasoning && j.redacts():
		return redactedBlock{"redacted_thinking", claude.Redact(text)}
	case p.Kind == core.PartReasoning && j.mode.Hidden:
		return thinkingBlock{"thinking", "", claude.Sign("", text)}
	case p.Kind == core.PartReasoning:
		return thinkingBlock{"thinking", text, claude.Sign(text, text)}
	case text == "":
		return nil
	}
	return textBlock{"text", text, j.citations(p)}
}

func (j *Job) redacts() bool { return claude.Redacts(j.reading.Prompt.LastUser) }

// input is a call's arguments, or an empty object when the answer's length cut
// them before they were whole.
func input(arguments string) json.RawMessage {
	if !json.Valid([]byte(arguments)) {
		return json.RawMessage("{}")
	}
	return json.RawMessage(arguments)
}
