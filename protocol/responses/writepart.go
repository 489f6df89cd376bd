package responses

import (
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/loss"
	"github.com/interline-ai/interline/protocol/openai"
)

// part says one block of the user's or the system's, or nothing where there is
// no way to.
func (w *writer) part(b interline.Block, field string) []part {
	var p part
	switch b.Kind {
	case interline.Text:
		p = part{Type: "input_text", Text: b.Text}
	case interline.Refusal:
		w.lose(loss.RefusalText, field)
		p = part{Type: "input_text", Text: b.Text}
	case interline.Image:
		p = image(b.Media)
	case interline.Document:
		p = document(b.Media)
		if p.Type == "input_text" && b.Media.Name != "" {
			w.lose(loss.DocumentTitle, field+".title")
		}
	case interline.Audio:
		p = part{Type: "input_audio", InputAudio: &inputAudio{Data: b.Media.Data, Format: openai.AudioFormat(b.Media.Type)}}
	default:
		w.lose(loss.Block, field)
		return nil
	}
	if p.Type == "input_text" && p.Text == "" {
		return nil
	}
	if b.Cache != nil {
		p.Breakpoint = w.breakpoint(b.Cache)
	}
	return []part{p}
}

// breakpoint says a cache mark where the model takes one (GPT-5.6 and later).
func (w *writer) breakpoint(m *interline.CacheMark) *cacheMark {
	if !w.t.Traits.CacheMarks {
		w.lose(loss.CacheNoMarks, "cache_control")
		return nil
	}
	ttl := "30m"
	switch m.TTL {
	case "", "30m":
	case "12h", "24h":
		ttl = "12h"
	}
	if m.TTL != "" && m.TTL != ttl {
		w.lose(loss.CacheLifetime, "cache_control.ttl", ttl, m.TTL)
	}
	return &cacheMark{Mode: "explicit", TTL: ttl}
}

// cannot says why an image, document or sound cannot be sent.
func (w *writer) cannot(b interline.Block) string {
	switch m := b.Media; {
	case m.FileID != "" && w.t.From != protocol.Responses:
		return "an uploaded file belongs to the vendor that has it: send its bytes"
	case m.URL != "" && !strings.HasPrefix(m.URL, "https://") && !strings.HasPrefix(m.URL, "http://"):
		return "the cloud can only fetch http and https: send the bytes"
	}
	return ""
}

func image(m *interline.Media) part {
	p := part{Type: "input_image", ImageURL: m.URL, FileID: m.FileID, Detail: m.Detail}
	if m.Data != "" {
		p.ImageURL = openai.DataURL(m)
	}
	return p
}

// document says a file as one, and a text as text, which every vendor takes.
func document(m *interline.Media) part {
	if text, ok := dialogue.PlainText(m); ok {
		return part{Type: "input_text", Text: text}
	}
	p := part{Type: "input_file", FileURL: m.URL, FileID: m.FileID, Filename: m.Name, Detail: m.Detail}
	if m.Data == "" {
		return p
	}
	p.FileData = openai.DataURL(m)
	if p.Filename == "" {
		p.Filename = "document.pdf" // the API demands one beside data
	}
	return p
}
