package generatecontent

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/jsonout"
	"github.com/interline-ai/interline/protocol/loss"
)

// foreignSeal stands in for the signature of a call that Gemini did not make:
// from Gemini 3 on it refuses the calls of a running turn without one (google
// docs on thought signatures, 2026).
const foreignSeal = "skip_thought_signature_validator"

// refuse says why a block has no place in the language.
func (w *writer) refuse(b interline.Block) loss.Kind {
	switch b.Kind {
	case interline.Opaque:
		if b.Language != protocol.GenerateContent {
			return loss.Block
		}
	case interline.ReasoningBlock:
		if b.Seal == nil && w.own {
			return ""
		}
		if b.Seal == nil {
			return loss.SealMissing
		}
		if b.Seal.Issuer != Issuer {
			return loss.SealForeign
		}
	}
	return ""
}

// cannot says why an image, document or sound cannot be sent. The Gemini API
// reads its own files and YouTube, Vertex reads Google's storage and the web;
// which one it is only the place knows, so URLs that neither reads are refused
// here.
func (w *writer) cannot(b interline.Block) string {
	m := b.Media
	switch {
	case m.FileID != "" && !ownFile(m.FileID):
		return "an uploaded file belongs to the vendor that has it: send its bytes"
	case m.URL != "" && !w.own && !strings.HasPrefix(m.URL, "gs://"):
		return "Gemini does not fetch every URL: send the bytes as a data URL"
	case !w.own && !takes(b.Kind, m):
		return "Gemini takes images of type png, jpeg, webp, heic and heif, documents of type pdf and text, and sounds, not " + m.Type
	}
	return ""
}

// takes reports whether Gemini takes media of that type (google docs, 2026-11).
func takes(kind interline.BlockKind, m *interline.Media) bool {
	switch kind {
	case interline.Image:
		return slices.Contains([]string{"image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"}, m.Type)
	case interline.Audio:
		return strings.HasPrefix(m.Type, "audio/")
	}
	return m.Plain || m.Type == "application/pdf" || m.Type == "application/json" || strings.HasPrefix(m.Type, "text/")
}

func (w *writer) contents(d *dialogue.Dialogue) {
	w.out.Array("contents")
	for i := range d.Turns {
		t := &d.Turns[i]
		w.out.Open('{')
		if t.Role == interline.Assistant {
			w.out.String("role", "model")
			t.Blocks = merged(t.Blocks)
			w.vouch(t.Blocks)
		} else {
			w.out.String("role", "user")
		}
		w.parts(t.Blocks)
		w.out.Close('}')
	}
	w.out.Close(']')
}

// merged puts seals that stand alone on the calls they prove, where Google wants
// them: other languages tell them before the call, having no place on it.
func merged(blocks []dialogue.Block) []dialogue.Block {
	out := blocks[:0:0]
	for _, b := range blocks {
		if n := len(out) - 1; n >= 0 && b.Kind == interline.ToolCallBlock && sealAlone(&out[n].Block) && (b.Seal == nil || b.Seal.Issuer != Issuer) {
			b.Seal = out[n].Seal
			out = out[:n]
		}
		out = append(out, b)
	}
	return out
}

func sealAlone(b *interline.Block) bool {
	return b.Kind == interline.ReasoningBlock && b.Text == "" && b.Seal != nil && b.Seal.Issuer == Issuer
}

// vouch learns the names of a turn's calls, and gives the first of them the
// stand-in for a signature where the model wants one: Gemini signs only the
// first of parallel calls.
func (w *writer) vouch(blocks []dialogue.Block) {
	first := true
	for i := range blocks {
		b := &blocks[i]
		if b.Kind != interline.ToolCallBlock {
			continue
		}
		w.names[b.Call.ID] = b.Call.Name
		if first && !w.own && w.levels() && (b.Seal == nil || b.Seal.Issuer != Issuer) {
			b.Seal = seal(foreignSeal)
			w.losses.Note(loss.CallUnsigned, b.At.String())
		}
		first = false
	}
}

func (w *writer) parts(blocks []dialogue.Block) {
	w.out.Array("parts")
	for i := range blocks {
		b := &blocks[i]
		w.part(&b.Block, b.At)
		if b.Cache != nil {
			w.losses.Note(loss.CacheNoMarks, "cache_control")
		}
	}
	w.out.Close(']')
}

func (w *writer) part(b *interline.Block, at dialogue.At) {
	if b.Kind == interline.Opaque {
		w.out.Value(b.Raw)
		return
	}
	w.out.Open('{')
	switch b.Kind {
	case interline.Text:
		w.out.String("text", b.Text)
	case interline.ReasoningBlock:
		w.out.String("text", b.Text)
		if b.Text != "" { // a seal that stands alone proves what was said before it
			w.out.Bool("thought", true)
		}
	case interline.Image, interline.Document, interline.Audio:
		addMedia(&w.out, b.Media)
	case interline.ToolCallBlock:
		w.out.Object("functionCall")
		w.out.String("id", b.Call.ID)
		w.out.String("name", b.Call.Name)
		w.out.Raw("args", dialogue.Arguments(b.Call.Arguments, at.String(), &w.losses))
		w.out.Close('}')
	case interline.ToolResultBlock:
		w.result(b.Result)
	}
	addSeal(&w.out, b.Seal)
	w.out.Close('}')
}

// addSeal adds the signature, if it is Google's.
func addSeal(out *jsonout.Text, s *interline.Seal) {
	if s != nil && s.Issuer == Issuer {
		out.Said("thoughtSignature", s.Signature)
	}
}

// tellSeal adds a seal for a client to give back: Google's own as it is, another
// issuer's in an envelope.
func tellSeal(out *jsonout.Text, s *interline.Seal) {
	if s != nil && (s.Issuer != Issuer || s.Place != "" && s.Signature != "") {
		out.String("thoughtSignature", base64.StdEncoding.EncodeToString([]byte(protocol.Enclose(s))))
		return
	}
	addSeal(out, s)
}

// addMedia adds an image, a document or a sound as a part's member.
func addMedia(out *jsonout.Text, m *interline.Media) {
	if uri := m.URL + m.FileID; uri != "" {
		out.Object("fileData")
		out.Said("mimeType", m.Type)
		out.String("fileUri", uri)
		out.Close('}')
		return
	}
	kind, data := m.Type, m.Data
	if m.Plain {
		data = base64.StdEncoding.EncodeToString([]byte(m.Data))
		if kind == "" {
			kind = "text/plain"
		}
	}
	out.Object("inlineData")
	out.String("mimeType", kind)
	out.String("data", data)
	out.Close('}')
}

// result writes a function's result: what it said as an object, and its media
// beside it. The function's name is that of the call.
func (w *writer) result(r *interline.ToolResult) {
	var said []string
	var media []*interline.Media
	for i := range r.Blocks {
		switch b := &r.Blocks[i]; b.Kind {
		case interline.Text:
			said = append(said, b.Text)
		case interline.Image, interline.Document, interline.Audio:
			media = append(media, b.Media)
		}
	}
	w.out.Object("functionResponse")
	w.out.String("id", r.CallID)
	w.out.String("name", w.names[r.CallID])
	w.out.Name("response")
	w.response(strings.Join(said, "\n"), r.Failed)
	if len(media) > 0 {
		w.out.Array("parts")
		for _, m := range media {
			w.out.Open('{')
			addMedia(&w.out, m)
			w.out.Close('}')
		}
		w.out.Close(']')
	}
	w.out.Close('}')
}

func (w *writer) response(said string, failed bool) {
	v := jsontext.Value(strings.TrimSpace(said))
	if !failed && v.Kind() == '{' && v.IsValid() {
		w.out.Value(v)
		return
	}
	name := "output"
	if failed {
		name = "error"
	}
	w.out.Open('{')
	w.out.String(name, said)
	w.out.Close('}')
}
