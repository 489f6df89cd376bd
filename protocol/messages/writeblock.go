package messages

import (
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/loss"
)

// refuse says why a block has no place in the language.
func refuse(b interline.Block) loss.Kind {
	switch b.Kind {
	case interline.Opaque:
		if b.Language != protocol.Messages {
			return loss.Block
		}
	case interline.ReasoningBlock:
		if b.Seal == nil {
			return loss.SealMissing
		}
		if b.Seal.Issuer != dialogue.Issuer {
			return loss.SealForeign
		}
	}
	return ""
}

// imageTypes are those the vendor takes (anthropic docs, 2026-11).
var imageTypes = map[string]bool{"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true}

// cannot says why an image, document or sound cannot be sent.
func cannot(b interline.Block) string {
	m := b.Media
	switch {
	case b.Kind == interline.Audio:
		return "the model takes no sound"
	case m.FileID != "":
		return "an uploaded file belongs to the vendor that has it: send its bytes"
	case m.URL != "" && !strings.HasPrefix(m.URL, "https://") && !strings.HasPrefix(m.URL, "http://"):
		return "the cloud can only fetch http and https: send the bytes as a data URL"
	case b.Kind == interline.Image && m.Data != "" && !imageTypes[m.Type]:
		return "the model takes images of type jpeg, png, gif and webp, not " + m.Type
	case b.Kind == interline.Document && m.Data != "" && m.Type != "application/pdf":
		if _, ok := dialogue.PlainText(m); !ok {
			return "the model takes documents of type PDF and plain text, not " + m.Type
		}
	}
	return ""
}

// legalID reports whether a tool call may have that id (recorded: the API
// refuses others).
func legalID(id string) bool {
	return id != "" && len(id) <= 64 && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

// mark writes a cache mark as a member of the object that is open.
func (w *writer) mark(m *interline.CacheMark, field string) {
	ttl, ok := w.marks.Take(m, field, &w.losses)
	if !ok {
		return
	}
	w.out.Object("cache_control")
	w.out.String("type", "ephemeral")
	w.out.Said("ttl", ttl)
	w.out.Close('}')
}

func (w *writer) system(d *dialogue.Dialogue, instruction string) {
	blocks := d.System
	if instruction != "" {
		blocks = append(blocks[:len(blocks):len(blocks)], dialogue.Block{Block: interline.Block{Kind: interline.Text, Text: instruction}})
	}
	w.content("system", blocks)
}

func (w *writer) messages(d *dialogue.Dialogue) {
	w.out.Array("messages")
	for _, t := range d.Turns {
		w.out.Open('{')
		w.out.String("role", t.Role.String())
		w.content("content", t.Blocks)
		w.out.Close('}')
	}
	w.out.Close(']')
}

// content writes blocks, one plain text as a string.
func (w *writer) content(name string, blocks []dialogue.Block) {
	if len(blocks) == 0 {
		return
	}
	if b := &blocks[0]; len(blocks) == 1 && b.Kind == interline.Text && b.Cache == nil && len(b.Citations) == 0 {
		w.out.String(name, b.Text)
		return
	}
	w.out.Array(name)
	for i := range blocks {
		w.block(&blocks[i].Block, blocks[i].At)
	}
	w.out.Close(']')
}

func (w *writer) block(b *interline.Block, at dialogue.At) {
	if b.Kind == interline.Opaque {
		w.out.Value(b.Raw)
		if b.Cache != nil {
			w.marks++ // it stands in the raw block
		}
		return
	}
	w.out.Open('{')
	switch b.Kind {
	case interline.Text:
		w.out.String("type", "text")
		w.out.String("text", b.Text)
		w.citations(b.Citations, at)
	case interline.Image:
		w.out.String("type", "image")
		w.source(b.Media)
	case interline.Document:
		w.out.String("type", "document")
		w.source(b.Media)
		w.out.Said("title", b.Media.Name)
		if b.Media.Cited {
			w.out.Raw("citations", []byte(`{"enabled":true}`))
		}
	case interline.ToolCallBlock:
		w.out.String("type", "tool_use")
		w.out.String("id", b.Call.ID)
		w.out.String("name", b.Call.Name)
		w.out.Raw("input", dialogue.Arguments(b.Call.Arguments, at.String(), &w.losses))
	case interline.ToolResultBlock:
		w.result(b.Result, at)
	case interline.ReasoningBlock:
		w.reasoning(b)
		w.out.Close('}')
		return // the vendor takes no marks on reasoning
	}
	w.mark(b.Cache, at.String()+".cache_control")
	w.out.Close('}')
}

func (w *writer) reasoning(b *interline.Block) {
	if b.Cache != nil {
		w.losses.Note(loss.CacheOnReasoning, "cache_control")
	}
	if b.Seal.Redacted != "" {
		w.out.String("type", "redacted_thinking")
		w.out.String("data", b.Seal.Redacted)
		return
	}
	w.out.String("type", "thinking")
	w.out.String("thinking", b.Text)
	w.out.String("signature", b.Seal.Signature)
}

func (w *writer) source(m *interline.Media) {
	w.out.Object("source")
	text, plain := dialogue.PlainText(m)
	switch {
	case m.URL != "":
		w.out.String("type", "url")
		w.out.String("url", m.URL)
	case plain:
		w.out.String("type", "text")
		w.out.String("media_type", "text/plain")
		w.out.String("data", text)
	default:
		w.out.String("type", "base64")
		w.out.String("media_type", m.Type)
		w.out.String("data", m.Data)
	}
	w.out.Close('}')
}

func (w *writer) result(r *interline.ToolResult, at dialogue.At) {
	w.out.String("type", "tool_result")
	w.out.String("tool_use_id", r.CallID)
	blocks := make([]dialogue.Block, len(r.Blocks))
	for i, b := range r.Blocks {
		blocks[i] = dialogue.Block{Block: b, At: at}
	}
	w.content("content", blocks)
	if r.Failed {
		w.out.Bool("is_error", true)
	}
}
