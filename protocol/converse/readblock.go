package converse

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
)

// turns reads the system prompt, as a turn before all others, and the messages.
func (rd *reader) turns(w *request) error {
	system, err := rd.content(w.System, "system")
	if err != nil {
		return err
	}
	if len(system) > 0 {
		rd.r.Turns = append(rd.r.Turns, interline.Turn{Role: interline.System, Blocks: system})
	}
	roles := map[string]interline.Role{"user": interline.User, "assistant": interline.Assistant, "system": interline.System}
	for i, m := range w.Messages {
		path := fmt.Sprintf("messages[%d]", i)
		role, ok := roles[m.Role]
		if !ok {
			return interline.Invalid(path+".role", "Value '%.40s' at '%s.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant, system]", m.Role, path)
		}
		if m.Content == nil {
			return interline.Invalid(path+".content", "Value null at '%s.content' failed to satisfy constraint: Member must not be null", path)
		}
		blocks, err := rd.content(m.Content, path+".content")
		if err != nil {
			return err
		}
		rd.r.Turns = append(rd.r.Turns, interline.Turn{Role: role, Blocks: blocks})
	}
	return nil
}

// content reads blocks. A cache point belongs to the block before it.
func (rd *reader) content(raws []jsontext.Value, path string) ([]interline.Block, error) {
	out := make([]interline.Block, 0, len(raws))
	for i, raw := range raws {
		at := fmt.Sprintf("%s[%d]", path, i)
		var w block
		if err := protocol.Unmarshal(raw, at, &w); err != nil {
			return nil, err
		}
		if w.CachePoint != nil {
			if len(out) > 0 {
				out[len(out)-1].Cache = &interline.CacheMark{TTL: w.CachePoint.TTL}
			} else {
				rd.extra(at+".cachePoint", []byte(raw))
			}
			continue
		}
		b, err := rd.block(&w, raw, at)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

func (rd *reader) block(w *block, raw jsontext.Value, path string) (interline.Block, error) {
	opaque := interline.Block{Kind: interline.Opaque, Language: protocol.Converse, Raw: []byte(raw)}
	switch {
	case w.Text != nil:
		return interline.Block{Kind: interline.Text, Text: *w.Text}, nil
	case w.JSON != nil:
		return interline.Block{Kind: interline.Text, Text: string(w.JSON)}, nil
	case w.Cited != nil:
		return interline.Block{Kind: interline.Text, Text: w.Cited.text(), Citations: w.Cited.citations()}, nil
	case w.Image != nil:
		return rd.media(interline.Image, w.Image, "image/"+w.Image.Format, opaque, path+".image")
	case w.Audio != nil:
		return rd.media(interline.Audio, w.Audio, audioType(w.Audio.Format), opaque, path+".audio")
	case w.Document != nil:
		return rd.media(interline.Document, w.Document, documentTypes[w.Document.Format], opaque, path+".document")
	case w.ToolUse != nil:
		t := w.ToolUse
		if t.ToolUseID == "" || t.Name == "" {
			return opaque, interline.Invalid(path+".toolUse.toolUseId", "%s.toolUse: toolUseId and name must not be null", path)
		}
		return interline.Block{Kind: interline.ToolCallBlock, Call: &interline.ToolCall{ID: t.ToolUseID, Name: t.Name, Arguments: string(t.Input)}}, nil
	case w.ToolResult != nil:
		t := w.ToolResult
		if t.ToolUseID == "" {
			return opaque, interline.Invalid(path+".toolResult.toolUseId", "%s.toolResult.toolUseId must not be null", path)
		}
		inner, err := rd.content(t.Content, path+".toolResult.content")
		return interline.Block{Kind: interline.ToolResultBlock, Result: &interline.ToolResult{
			CallID: t.ToolUseID, Blocks: inner, Failed: t.Status == "error",
		}}, err
	case w.Reasoning != nil:
		return reasoningBlock(w.Reasoning), nil
	}
	return opaque, nil // guardContent, video, and what comes later
}

func reasoningBlock(w *reasoning) interline.Block {
	b := interline.Block{Kind: interline.ReasoningBlock}
	if t := w.ReasoningText; t != nil {
		b.Text, b.Seal = t.Text, dialogue.Seal(t.Signature)
	}
	if w.RedactedContent != "" {
		b.Seal = &interline.Seal{Issuer: dialogue.Issuer, Redacted: unwrap(w.RedactedContent)}
	}
	return b
}

// media reads an image, document or sound; one whose source is not modelled
// stays as it is.
func (rd *reader) media(kind interline.BlockKind, w *media, mime string, opaque interline.Block, path string) (interline.Block, error) {
	m := &interline.Media{Type: mime, Name: w.Name, Cited: w.Cited.asks()}
	s := &w.Source
	switch {
	case s.Bytes != "":
		m.Data = s.Bytes
	case s.Text != nil:
		m.Data, m.Plain = *s.Text, true
	case s.S3 != nil && s.S3.URI != "":
		m.URL = s.S3.URI
	case s.Rest != nil:
		return opaque, nil
	default:
		return opaque, interline.Invalid(path+".source", "%s.source: it is empty", path)
	}
	rd.rest(path+".", w.Rest)
	return interline.Block{Kind: kind, Media: m}, nil
}

func audioType(format string) string {
	if format == "mp3" {
		return "audio/mpeg"
	}
	return "audio/" + format
}

// documentTypes are the media types of the formats a document may have
// (aws-sdk-go-v2 bedrockruntime v1.63.12).
var documentTypes = map[string]string{
	"pdf":  "application/pdf",
	"csv":  "text/csv",
	"html": "text/html",
	"txt":  "text/plain",
	"md":   "text/markdown",
	"doc":  "application/msword",
	"xls":  "application/vnd.ms-excel",
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// documentFormat is the format of a media type, or "".
func documentFormat(mime string) string {
	mime, _, _ = strings.Cut(mime, ";")
	for format, t := range documentTypes {
		if t == mime {
			return format
		}
	}
	return ""
}
