package bedrock

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/core"
)

// answer is the body of Converse.
type answer struct {
	Output  output         `json:"output"`
	Stop    string         `json:"stopReason"`
	Usage   usage          `json:"usage"`
	Metrics metrics        `json:"metrics"`
	Fields  map[string]any `json:"additionalModelResponseFields,omitempty"`
	Tier    *tier          `json:"serviceTier,omitempty"`
	Config  *performance   `json:"performanceConfig,omitempty"`
}

type output struct {
	Message message `json:"message"`
}

type message struct {
	Role    string           `json:"role"`
	Content []map[string]any `json:"content"`
}

type metrics struct {
	Latency int64 `json:"latencyMs"`
}

type tier struct {
	Type string `json:"type"`
}

type performance struct {
	Latency string `json:"latency"`
}

// usage counts cache reads and writes beside inputTokens; total is the sum of
// all four. The second pair of names is undocumented and was recorded.
type usage struct {
	Input      int           `json:"inputTokens"`
	Output     int           `json:"outputTokens"` // reasoning included
	Total      int           `json:"totalTokens"`
	CacheRead  *int          `json:"cacheReadInputTokens,omitempty"`
	CacheWrite *int          `json:"cacheWriteInputTokens,omitempty"`
	ReadTwin   *int          `json:"cacheReadInputTokenCount,omitempty"`
	WriteTwin  *int          `json:"cacheWriteInputTokenCount,omitempty"`
	Details    []cacheDetail `json:"cacheDetails,omitempty"`
	ServerTool struct{}      `json:"serverToolUsage"`
}

type cacheDetail struct {
	TTL   string `json:"ttl"`
	Input int    `json:"inputTokens"`
}

// usage says the core's usage in Bedrock's way. Models that do not cache say
// nothing of caches (recorded, gpt-oss).
func (j *job) usage() usage {
	u := j.reply.Usage
	w := usage{Input: u.Uncached(), Output: u.Output, Total: u.Total()}
	if j.model.MaxTTL == "" {
		return w
	}
	read, write := u.CacheRead, u.CacheWrite()
	w.CacheRead, w.CacheWrite, w.ReadTwin, w.WriteTwin = &read, &write, &read, &write
	if u.CacheWrite1h > 0 {
		w.Details = append(w.Details, cacheDetail{"1h", u.CacheWrite1h})
	}
	if u.CacheWrite5m > 0 {
		w.Details = append(w.Details, cacheDetail{"5m", u.CacheWrite5m})
	}
	return w
}

func (j *job) metrics() metrics { return metrics{time.Since(j.begun).Milliseconds()} }

func (j *job) tier() *tier {
	if j.Tier == "" {
		return nil
	}
	return &tier{j.Tier}
}

func (j *job) performance() *performance {
	if j.Latency == "" {
		return nil
	}
	return &performance{j.Latency}
}

func (j *job) whole() answer {
	a := answer{Stop: j.stop, Usage: j.usage(), Metrics: j.metrics(), Fields: j.fields(), Tier: j.tier(), Config: j.performance()}
	a.Output.Message = message{"assistant", []map[string]any{}}
	for _, p := range j.reply.Answers[0].Parts {
		if b := j.blockOf(p); b != nil {
			a.Output.Message.Content = append(a.Output.Message.Content, b)
		}
	}
	return a
}

// blockOf is a part as a content block, or nil for what is not shown.
func (j *job) blockOf(p core.Part) map[string]any {
	text := p.Text()
	switch {
	case p.Kind == core.PartCall:
		return map[string]any{"toolUse": map[string]any{"toolUseId": useIDOf(p), "name": p.Name, "input": input(text)}}
	case p.Kind == core.PartReasoning:
		return j.reasoning(text)
	case text == "":
		return nil
	}
	if c := j.citation(p); c != nil {
		return cited(text, c)
	}
	return map[string]any{"text": text}
}

func (j *job) reasoning(text string) map[string]any {
	switch {
	case !j.model.ShowsReasoning:
		return nil
	case j.redacts():
		return map[string]any{"reasoningContent": map[string]any{"redactedContent": []byte(claude.Redact(text))}}
	case j.model.Family != claudeFamily:
		return map[string]any{"reasoningContent": map[string]any{"reasoningText": map[string]any{"text": text}}}
	}
	shown := j.shown(text)
	return map[string]any{"reasoningContent": map[string]any{
		"reasoningText": map[string]any{"text": shown, "signature": claude.Sign(shown, text)},
	}}
}

// shown is what the caller gets to see of Claude's thinking.
func (j *job) shown(text string) string {
	if j.wish.mode.Hidden {
		return ""
	}
	return text
}

func (j *job) redacts() bool {
	return j.model.Family == claudeFamily && claude.Redacts(j.reading.Prompt.LastUser)
}

func useIDOf(p core.Part) string { return "tooluse_" + p.CallID[:22] }

// input is a call's arguments, or an empty object when the answer's length cut
// them before they were whole.
func input(arguments string) json.RawMessage {
	if !json.Valid([]byte(arguments)) {
		return json.RawMessage("{}")
	}
	return json.RawMessage(arguments)
}

// fields are the members of the model's own answer that were asked for with
// additionalModelResponseFieldPaths. Those that it does not have are left out.
func (j *job) fields() map[string]any {
	if len(j.Paths) == 0 || j.model.Family != claudeFamily {
		return nil
	}
	var matched any
	if a := j.reply.Answers[0]; a.Stop == core.StopSequence {
		matched = a.Matched
	}
	native := map[string]any{"stop_reason": j.stop, "stop_sequence": matched}
	out := make(map[string]any)
	for _, p := range j.Paths {
		if v, ok := native[strings.TrimPrefix(p, "/")]; ok {
			out[strings.TrimPrefix(p, "/")] = v
		}
	}
	return out
}
