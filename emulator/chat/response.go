package chat

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// response is the response object, in the order in which OpenAI writes it.
type response struct {
	ID           string          `json:"id"`
	Object       string          `json:"object"`
	Created      int64           `json:"created_at"`
	Status       string          `json:"status"`
	Background   bool            `json:"background"`
	Completed    *int64          `json:"completed_at"`
	Error        *brokenBy       `json:"error"`
	Incomplete   *incomplete     `json:"incomplete_details"`
	Filters      any             `json:"content_filters,omitempty"`
	Instructions *string         `json:"instructions"`
	MaxOutput    *int            `json:"max_output_tokens"`
	MaxCalls     json.RawMessage `json:"max_tool_calls"`
	Metadata     json.RawMessage `json:"metadata"`
	Model        string          `json:"model"`
	Output       []any           `json:"output"`
	Parallel     bool            `json:"parallel_tool_calls"`
	Previous     *string         `json:"previous_response_id"`
	CacheKey     json.RawMessage `json:"prompt_cache_key"`
	Reasoning    thinking        `json:"reasoning"`
	Safety       json.RawMessage `json:"safety_identifier"`
	Tier         string          `json:"service_tier,omitempty"`
	Store        bool            `json:"store"`
	Temperature  float64         `json:"temperature"`
	Text         textConfig      `json:"text"`
	Choice       json.RawMessage `json:"tool_choice"`
	Tools        []any           `json:"tools"`
	TopLogprobs  int             `json:"top_logprobs"`
	TopP         float64         `json:"top_p"`
	Truncation   string          `json:"truncation"`
	Usage        *responseUsage  `json:"usage"`
	User         json.RawMessage `json:"user"`
}

type brokenBy struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type incomplete struct {
	Reason string `json:"reason"`
}

type thinking struct {
	Effort  *string `json:"effort"`
	Summary *string `json:"summary"`
}

type textConfig struct {
	Format    any    `json:"format"`
	Verbosity string `json:"verbosity"`
}

type textFormat struct {
	Type        string          `json:"type"`
	Name        string          `json:"name"`
	Description json.RawMessage `json:"description"`
	Schema      json.RawMessage `json:"schema"`
	Strict      bool            `json:"strict"`
}

type responseUsage struct {
	Input int `json:"input_tokens"`
	Read  struct {
		Cached int  `json:"cached_tokens"`
		Writes *int `json:"cache_write_tokens,omitempty"`
	} `json:"input_tokens_details"`
	Output int `json:"output_tokens"`
	Said   struct {
		Reasoning int `json:"reasoning_tokens"`
	} `json:"output_tokens_details"`
	Total int `json:"total_tokens"`
}

type messageItem struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Status  string `json:"status"`
	Content []any  `json:"content"`
	Role    string `json:"role"`
}

type outputText struct {
	Type        string    `json:"type"`
	Annotations []any     `json:"annotations"`
	Logprobs    []logprob `json:"logprobs"`
	Text        string    `json:"text"`
}

type callItem struct {
	ID        string `json:"id"`
	Type      string `json:"type"`
	Status    string `json:"status"`
	Arguments string `json:"arguments"`
	CallID    string `json:"call_id"`
	Name      string `json:"name"`
}

type reasoningItem struct {
	ID      string        `json:"id"`
	Type    string        `json:"type"`
	Summary []summaryText `json:"summary"`
	Sealed  string        `json:"encrypted_content,omitempty"`
}

type summaryText struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// The states of a response and of its items.
const (
	inProgress = "in_progress"
	completed  = "completed"
	unfinished = "incomplete"
	failed     = "failed"
)

// answered is a reply about to be written as a response.
type answered struct {
	outcome
	a     *asked
	shelf *Shelf
}

func (o *answered) responseID() string { return "resp_" + o.x.ID }

func (o *answered) answer() core.Answer { return o.reply.Answers[0] }

// itemID names an output item after its kind, its response and its place.
func (o *answered) itemID(i int) string {
	prefix := map[core.PartKind]string{core.PartText: "msg", core.PartCall: "fc", core.PartReasoning: "rs"}
	return fmt.Sprintf("%s_%s%04x", prefix[o.answer().Parts[i].Kind], o.x.ID, i)
}

// echo is the response before anything was said.
func (o *answered) echo() response {
	a := o.a
	out := response{
		ID: o.responseID(), Object: "response", Created: o.created, Status: inProgress,
		Instructions: a.instructions, MaxOutput: a.MaxCompletion, MaxCalls: a.top["max_tool_calls"],
		Metadata: json.RawMessage(`{}`), Model: o.m.Snapshot, Output: []any{}, Parallel: a.Parallel,
		Previous: orNull(a.previous), CacheKey: a.top["prompt_cache_key"], Safety: a.top["safety_identifier"],
		Reasoning: thinking{Summary: orNull(a.summary)}, Tier: o.tier(), Store: a.store, Temperature: 1, TopP: 1,
		Text: textConfig{Format: a.formatEcho(), Verbosity: a.verbosity}, Choice: json.RawMessage(`"auto"`),
		Tools: a.tools, Truncation: "disabled", User: a.top["user"],
	}
	if o.m.Reasoning() {
		out.Reasoning.Effort = orNull(a.effort(o.m))
	}
	if !absent(a.top["metadata"]) {
		out.Metadata = a.top["metadata"]
	}
	if !absent(a.top["tool_choice"]) {
		out.Choice = a.top["tool_choice"]
	}
	if a.Temperature != nil {
		out.Temperature = *a.Temperature
	}
	if a.TopP != nil {
		out.TopP = *a.TopP
	}
	if a.TopLogprobs != nil {
		out.TopLogprobs = *a.TopLogprobs
	}
	if string(a.top["truncation"]) == `"auto"` {
		out.Truncation = "auto"
	}
	return out
}

func (a *asked) formatEcho() any {
	if a.Format.kind != "json_schema" {
		return map[string]string{"type": a.Format.kind}
	}
	var given struct {
		Format struct {
			Description json.RawMessage `json:"description"`
		} `json:"format"`
	}
	_ = json.Unmarshal(a.top["text"], &given) // it was read before
	return textFormat{
		Type: "json_schema", Name: a.formatName, Description: given.Format.Description,
		Schema: a.Format.schema, Strict: a.formatStrict,
	}
}

// final is the response after all was said.
func (o *answered) final() response {
	out := o.echo()
	out.Status = completed
	switch o.answer().Stop {
	case core.StopLength:
		out.Status, out.Incomplete = unfinished, &incomplete{"max_output_tokens"}
	case stopFiltered:
		out.Status, out.Incomplete = unfinished, &incomplete{"content_filter"}
	default:
		out.Completed = new(time.Now().Unix())
	}
	for i := range o.answer().Parts {
		out.Output = append(out.Output, o.item(i))
	}
	if f := o.d.Filter; f != nil {
		out.Filters = f.Response
	}
	out.Usage = o.usage()
	return out
}

func (o *answered) usage() *responseUsage {
	u := o.reply.Usage
	w := &responseUsage{Input: u.Input, Output: u.Output, Total: u.Total()}
	w.Read.Cached, w.Said.Reasoning = u.CacheRead, u.Reasoning
	if o.m.CacheWrites {
		w.Read.Writes = new(u.CacheWrite())
	}
	return w
}

// itemStatus is that of an item that was said to its end: only the last of an
// answer that was cut is unfinished.
func (o *answered) itemStatus(i int) string {
	a := o.answer()
	if i == len(a.Parts)-1 && (a.Stop == core.StopLength || a.Stop == stopFiltered) {
		return unfinished
	}
	return completed
}

// item is a finished output item.
func (o *answered) item(i int) any {
	p := o.answer().Parts[i]
	switch p.Kind {
	case core.PartCall:
		if o.free(p) {
			return o.freeCall(i, o.itemStatus(i), freeText(p.Text()))
		}
		c := o.newCall(i)
		c.Status, c.Arguments = o.itemStatus(i), p.Text()
		return c
	case core.PartReasoning:
		r := o.newReasoning(i)
		if o.a.summary != "" {
			r.Summary = []summaryText{{"summary_text", p.Text()}}
		}
		if o.a.sealed {
			r.Sealed = o.shelf.seal(p.Text())
		}
		return r
	}
	m := o.newMessage(i)
	m.Status, m.Content = o.itemStatus(i), []any{o.textPart(p.Pieces)}
	return m
}

// newCall, newReasoning and newMessage are items of which nothing was said yet.
func (o *answered) newCall(i int) callItem {
	p := o.answer().Parts[i]
	return callItem{ID: o.itemID(i), Type: "function_call", Status: inProgress, CallID: o.callID(i), Name: p.Name}
}

// free reports whether a call is one of a custom tool.
func (o *answered) free(p core.Part) bool {
	return slices.ContainsFunc(o.a.Tools, func(t Tool) bool { return t.Free && t.Name == p.Name })
}

// freeItem is a call of a custom tool.
type freeItem struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Status string `json:"status"`
	CallID string `json:"call_id"`
	Name   string `json:"name"`
	Input  string `json:"input"`
}

func (o *answered) freeCall(i int, status, input string) freeItem {
	return freeItem{o.itemID(i), "custom_tool_call", status, o.callID(i), o.answer().Parts[i].Name, input}
}

// callID is the id of the call that a part is.
func (o *answered) callID(i int) string {
	parts := o.answer().Parts
	if !o.m.LocalCalls {
		return callID(parts[i])
	}
	before := 0
	for _, p := range parts[:i] {
		if p.Kind == core.PartCall {
			before++
		}
	}
	return fmt.Sprintf("call_%d", before)
}

func (o *answered) newReasoning(i int) reasoningItem {
	return reasoningItem{ID: o.itemID(i), Type: "reasoning", Summary: []summaryText{}}
}

func (o *answered) newMessage(i int) messageItem {
	return messageItem{ID: o.itemID(i), Type: "message", Status: inProgress, Content: []any{}, Role: "assistant"}
}

func (o *answered) textPart(pieces []string) outputText {
	t := outputText{Type: "output_text", Annotations: []any{}, Logprobs: []logprob{}}
	var said strings.Builder
	for _, piece := range pieces {
		said.WriteString(piece)
		t.Logprobs = append(t.Logprobs, o.probable(piece)...)
	}
	t.Text = said.String()
	return t
}

// probable is the logprob of a piece where logprobs were asked for.
func (o *answered) probable(piece string) []logprob {
	if !o.a.Logprobs {
		return []logprob{}
	}
	return []logprob{o.logprob(piece)}
}
