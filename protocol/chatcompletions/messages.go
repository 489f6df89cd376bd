package chatcompletions

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/loss"
	"github.com/interline-ai/interline/protocol/openai"
)

// noResult stands for the result of a call that the history does not answer:
// the API refuses a call without one.
const noResult = "(no result)"

// messages says the turns. A turn may become several messages: each tool
// result is one of its own here.
func (w *writer) messages() {
	var open []string // calls not yet answered, in order
	for i, t := range w.r.Turns {
		field := fmt.Sprintf("messages[%d]", i)
		if t.Role == interline.Assistant {
			w.unanswered(open, field)
			open = w.assistant(t, field)
			continue
		}
		open = w.results(t, open, field)
		w.said(t, field)
	}
	last := fmt.Sprintf("messages[%d]", len(w.r.Turns)-1)
	w.unanswered(open, last)
	if n := len(w.r.Turns); n > 0 && w.r.Turns[n-1].Role == interline.Assistant {
		w.lose(loss.Prefill, last)
	}
}

// unanswered gives each open call an empty result, before the message at field.
func (w *writer) unanswered(open []string, field string) {
	for _, id := range open {
		w.lose(loss.CallUnansweredText, field)
		w.add(message{Role: "tool", ToolCallID: w.id(id), Content: protocol.Quote(noResult)})
	}
}

func (w *writer) add(m message) { w.w.Messages = append(w.w.Messages, m) }

// results writes a turn's tool results and returns the calls still open.
func (w *writer) results(t interline.Turn, open []string, field string) []string {
	var after []part
	for j, b := range t.Blocks {
		if b.Kind != interline.ToolResultBlock {
			continue
		}
		path := fmt.Sprintf("%s.content[%d]", field, j)
		text, media := w.result(b.Result, path)
		at := slices.Index(open, b.Result.CallID)
		if at < 0 {
			w.lose(loss.ResultStrayText, path)
			after = append(after, part{Type: "text", Text: text})
			continue
		}
		open = append(open[:at:at], open[at+1:]...)
		w.add(message{Role: "tool", ToolCallID: w.id(b.Result.CallID), Content: protocol.Quote(text)})
		after = append(after, media...)
	}
	if len(after) > 0 {
		w.unanswered(open, field)
		open = nil
		w.add(message{Role: "user", Content: protocol.JSON(after)})
	}
	if hasSay(t) {
		w.unanswered(open, field)
		open = nil
	}
	return open
}

func hasSay(t interline.Turn) bool {
	for _, b := range t.Blocks {
		if b.Kind != interline.ToolResultBlock {
			return true
		}
	}
	return false
}

// result says a tool result as text; pictures in it go into the user message
// that follows, since tool messages hold text only.
func (w *writer) result(r *interline.ToolResult, field string) (string, []part) {
	var text []string
	var media []part
	if r.Failed {
		w.lose(loss.ResultFailed, field+".is_error")
		text = append(text, "Error:")
	}
	for _, b := range r.Blocks {
		if b.Kind == interline.Text {
			text = append(text, b.Text)
			continue
		}
		if p, ok := w.part(b, field); ok {
			w.lose(loss.ResultPicture, field)
			text = append(text, "(see the attachment in the next message)")
			media = append(media, p)
		}
	}
	return strings.Join(text, "\n"), media
}

// said writes what a user or system turn says beside tool results.
func (w *writer) said(t interline.Turn, field string) {
	m := message{Role: "user", Name: t.Name}
	if t.Role == interline.System {
		m.Role = "system"
		if w.t.Traits.Developer && !w.l.dialect.NoDeveloper {
			m.Role = "developer"
		}
	}
	var parts []part
	for j, b := range t.Blocks {
		if b.Kind == interline.ToolResultBlock {
			continue
		}
		if p, ok := w.part(b, fmt.Sprintf("%s.content[%d]", field, j)); ok {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return
	}
	m.Content = content(parts)
	w.add(m)
}

// content is a string when there is nothing but one text without marks.
func content(parts []part) []byte {
	if len(parts) == 1 && parts[0].Type == "text" && parts[0].Breakpoint == nil {
		return protocol.Quote(parts[0].Text)
	}
	return protocol.JSON(parts)
}

// part says one block; ok is false when there is no way to.
func (w *writer) part(b interline.Block, field string) (p part, ok bool) {
	switch b.Kind {
	case interline.Text:
		p = part{Type: "text", Text: b.Text}
	case interline.Image:
		p, ok = image(b.Media), true
	case interline.Document:
		p, ok = document(b.Media), true
		if p.Type == "text" && b.Media.Name != "" {
			w.lose(loss.DocumentTitle, field+".title")
		}
	case interline.Audio:
		p = part{Type: "input_audio", InputAudio: &inputAudio{Data: b.Media.Data, Format: openai.AudioFormat(b.Media.Type)}}
	default:
		w.lose(loss.Block, field)
		return part{}, false
	}
	ok = ok || b.Kind == interline.Text || b.Kind == interline.Audio
	if ok && b.Cache != nil {
		p.Breakpoint = w.breakpoint(b.Cache)
	}
	return p, ok
}

// breakpoint says a cache mark where the model takes one (GPT-5.6 and later).
func (w *writer) breakpoint(m *interline.CacheMark) *cacheMark {
	if !w.t.Traits.CacheMarks {
		w.lose(loss.CacheNoMarks, "cache_control")
		return nil
	}
	if m.TTL != "" && m.TTL != "30m" {
		w.lose(loss.CacheLifetime, "cache_control.ttl", "30m", m.TTL)
	}
	return &cacheMark{Mode: "explicit", TTL: "30m"}
}

// cannot says why an image, document or sound cannot be sent.
func cannot(b interline.Block) string {
	switch m := b.Media; {
	case m.FileID != "":
		return "an uploaded file belongs to the vendor that has it: send its bytes"
	case b.Kind == interline.Document && m.URL != "":
		return "a document cannot be named by its URL here: send its bytes"
	case m.URL != "" && !strings.HasPrefix(m.URL, "https://") && !strings.HasPrefix(m.URL, "http://"):
		return "the cloud can only fetch http and https: send the bytes"
	}
	return ""
}

func image(m *interline.Media) part {
	url := m.URL
	if m.Data != "" {
		url = openai.DataURL(m)
	}
	return part{Type: "image_url", ImageURL: &imageURL{URL: url, Detail: m.Detail}}
}

// document says a PDF as a file, the only type OpenAI documents, and a text as
// text.
func document(m *interline.Media) part {
	if text, ok := dialogue.PlainText(m); ok {
		return part{Type: "text", Text: text}
	}
	name := m.Name
	if name == "" {
		name = "document.pdf"
	}
	return part{Type: "file", File: &file{FileData: openai.DataURL(m), Filename: name}}
}

// assistant writes the assistant's turn and returns the ids of its calls.
func (w *writer) assistant(t interline.Turn, field string) []string {
	m := message{Role: "assistant", Name: t.Name}
	var text, refusal, reasoning strings.Builder
	var calls []string
	for j, b := range t.Blocks {
		switch b.Kind {
		case interline.Text:
			text.WriteString(b.Text)
			if b.Cache != nil {
				w.lose(loss.CacheOnAssistant, "cache_control")
			}
		case interline.Refusal:
			refusal.WriteString(b.Text)
		case interline.ReasoningBlock:
			reasoning.WriteString(b.Text)
			w.withheld(b, fmt.Sprintf("%s.content[%d]", field, j))
		case interline.ToolCallBlock:
			calls = append(calls, b.Call.ID)
			m.ToolCalls = append(m.ToolCalls, toolCall{
				ID: w.id(b.Call.ID), Type: "function",
				Function: &function{Name: b.Call.Name, Arguments: arguments(b.Call.Arguments)},
			})
		default:
			w.lose(loss.AssistantBlock, fmt.Sprintf("%s.content[%d]", field, j))
		}
	}
	if text.Len() > 0 {
		m.Content = protocol.Quote(text.String())
	}
	if refusal.Len() > 0 {
		s := refusal.String()
		m.Refusal = &s
	}
	w.thought(&m, reasoning.String())
	if m.Content == nil && m.Refusal == nil && len(m.ToolCalls) == 0 {
		return calls
	}
	w.add(m)
	return calls
}

// withheld notes reasoning that does not go back to the vendor.
func (w *writer) withheld(b interline.Block, field string) {
	switch {
	case w.l.dialect.Reasoning == "":
		w.lose(loss.ReasoningPast, field)
	case b.Seal != nil && b.Seal.Redacted != "":
		w.lose(loss.SealForeign, field)
	}
}

func (w *writer) thought(m *message, s string) {
	if s == "" {
		return
	}
	switch w.l.dialect.Reasoning {
	case "reasoning_content":
		m.ReasoningContent = &s
	case "reasoning":
		m.Reasoning = &s
	}
}

// arguments is a call's argument text; some languages leave it empty when
// there are none.
func arguments(s string) string {
	if strings.TrimSpace(s) == "" {
		return "{}"
	}
	return s
}

// id makes a tool call's id legal for the vendor, the same way each time.
func (w *writer) id(id string) string {
	if !w.l.dialect.ShortToolIDs || len(id) == 9 && strings.Trim(id, letters) == "" {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	short := strings.NewReplacer("-", "a", "_", "b").Replace(base64.RawURLEncoding.EncodeToString(sum[:]))
	return short[:9]
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
