package converse

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/loss"
)

// refuse says why a block has no place in the language.
func (w *writer) refuse(b interline.Block) loss.Kind {
	switch b.Kind {
	case interline.Opaque:
		if b.Language != protocol.Converse {
			return loss.Block
		}
	case interline.ReasoningBlock:
		if b.Seal == nil {
			return loss.SealMissing
		}
		if w.family != claude || b.Seal.Issuer != dialogue.Issuer {
			return loss.SealForeign
		}
	}
	return ""
}

// imageFormats are those that Converse takes.
var imageFormats = map[string]string{"image/png": "png", "image/jpeg": "jpeg", "image/gif": "gif", "image/webp": "webp"}

// cannot says why an image, document or sound cannot be sent. Converse fetches
// nothing from the web.
func (w *writer) cannot(b interline.Block) string {
	m := b.Media
	switch {
	case m.FileID != "":
		return "an uploaded file belongs to the vendor that has it: send its bytes"
	case m.URL != "" && (!strings.HasPrefix(m.URL, "s3://") || format(b) == ""):
		return "Bedrock does not fetch URLs: send the bytes as a data URL"
	case b.Kind == interline.Audio && w.family != nova:
		return "the model takes no sound"
	case b.Kind == interline.Image && format(b) == "":
		return "Bedrock takes images of type png, jpeg, gif and webp, not " + m.Type
	case b.Kind == interline.Document && (w.family == gpt || w.family == gptOSS):
		return "on Converse the model takes no documents"
	case b.Kind == interline.Document && format(b) == "":
		return "Bedrock takes documents of type pdf, csv, doc, docx, xls, xlsx, html, txt and md, not " + m.Type
	}
	return ""
}

// format is the media's format in Converse's word, or "".
func format(b interline.Block) string {
	m := b.Media
	switch {
	case b.Kind == interline.Image:
		return imageFormats[m.Type]
	case b.Kind == interline.Audio && m.Type == "audio/mpeg":
		return "mp3"
	case b.Kind == interline.Audio:
		return strings.TrimPrefix(m.Type, "audio/")
	case m.Plain && documentFormat(m.Type) == "":
		return "txt"
	}
	return documentFormat(m.Type)
}

// legalID reports whether a tool call may have that id (service model of
// bedrock-runtime).
func legalID(id string) bool {
	return id != "" && len(id) <= 64 && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-") == ""
}

// cachePoint writes a mark as an element of the list that is open.
func (w *writer) cachePoint(m *interline.CacheMark, field string) {
	if m != nil && (w.family == gpt || w.family == gptOSS) {
		// Bedrock answers 403 to marks for models that it does not cache for
		// (probed, 2026-08).
		w.losses.Note(loss.CacheNot, "cache_control")
		return
	}
	ttl, ok := w.marks.Take(m, field, &w.losses)
	if !ok {
		return
	}
	if ttl == "1h" && w.family == nova { // caches for five minutes only (aws docs, 2026-11)
		w.losses.Note(loss.CacheLifetime, field+".ttl", "5m", ttl)
		ttl = "5m"
	}
	w.out.Open('{')
	w.out.Object("cachePoint")
	w.out.String("type", "default")
	w.out.Said("ttl", ttl)
	w.out.Close('}')
	w.out.Close('}')
}

func (w *writer) system(d *dialogue.Dialogue, instruction string) {
	blocks := d.System
	if instruction != "" {
		blocks = append(blocks[:len(blocks):len(blocks)], dialogue.Block{Block: interline.Block{Kind: interline.Text, Text: instruction}})
	}
	if len(blocks) > 0 {
		w.content("system", blocks)
	}
	if w.r.CacheAutomatic != nil {
		w.losses.Note(loss.CacheAutomatic, "cache_control")
	}
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

// content writes blocks, each with its cache point after it. A message with a
// document needs a text too (aws docs, 2026-11).
func (w *writer) content(name string, blocks []dialogue.Block) {
	w.out.Array(name)
	document, said := false, false
	for i := range blocks {
		b := &blocks[i]
		document = document || b.Kind == interline.Document
		said = said || b.Kind == interline.Text
		w.block(&b.Block, b.At)
		w.cachePoint(b.Cache, b.At.String()+".cache_control")
	}
	if document && !said {
		w.losses.Note(loss.DocumentText, blocks[0].At.String())
		w.out.Open('{')
		w.out.String("text", "The document is attached.")
		w.out.Close('}')
	}
	w.out.Close(']')
}

func (w *writer) block(b *interline.Block, at dialogue.At) {
	if b.Kind == interline.Opaque {
		w.out.Value(b.Raw)
		return
	}
	w.out.Open('{')
	switch b.Kind {
	case interline.Text:
		w.said(b, at)
	case interline.Image:
		w.media("image", "", b)
	case interline.Audio:
		w.media("audio", "", b)
	case interline.Document:
		w.media("document", w.documentName(b.Media.Name), b)
	case interline.ToolCallBlock:
		w.out.Object("toolUse")
		w.out.String("toolUseId", b.Call.ID)
		w.out.String("name", b.Call.Name)
		w.out.Raw("input", dialogue.Arguments(b.Call.Arguments, at.String(), &w.losses))
		w.out.Close('}')
	case interline.ToolResultBlock:
		w.result(b.Result, at)
	case interline.ReasoningBlock:
		addReasoning(&w.out, b.Text, b.Seal)
	}
	w.out.Close('}')
}

// media writes an image, a document or a sound. Plain text travels as bytes
// like everything else.
func (w *writer) media(kind, name string, b *interline.Block) {
	m := b.Media
	w.out.Object(kind)
	w.out.String("format", format(*b))
	w.out.Said("name", name)
	w.out.Object("source")
	switch {
	case m.URL != "":
		w.out.Object("s3Location")
		w.out.String("uri", m.URL)
		w.out.Close('}')
	case m.Plain:
		w.out.String("bytes", base64.StdEncoding.EncodeToString([]byte(m.Data)))
	default:
		w.out.String("bytes", m.Data)
	}
	w.out.Close('}')
	w.asked(m)
	w.out.Close('}')
}

// documentName makes a name that Converse takes, and that no other document of
// the request has: letters, digits, spaces, hyphens, brackets, no two spaces in
// a row.
func (w *writer) documentName(name string) string {
	name, _, _ = strings.Cut(name, ".")
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-()[]", r):
			return r
		}
		return ' '
	}, name)
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		name = "document"
	}
	name = name[:min(len(name), 180)]
	unique := name
	for n := 2; w.names[unique]; n++ {
		unique = name + " " + strconv.Itoa(n)
	}
	w.names[unique] = true
	return unique
}

func (w *writer) result(r *interline.ToolResult, at dialogue.At) {
	w.out.Object("toolResult")
	w.out.String("toolUseId", r.CallID)
	w.out.Array("content")
	for i := range r.Blocks {
		w.block(&r.Blocks[i], at)
	}
	if len(r.Blocks) == 0 { // an empty list is refused
		w.out.Open('{')
		w.out.String("text", "(no output)")
		w.out.Close('}')
	}
	w.out.Close(']')
	if r.Failed {
		w.out.String("status", "error")
	}
	w.out.Close('}')
}
