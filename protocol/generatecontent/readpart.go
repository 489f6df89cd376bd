package generatecontent

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// turns reads the system prompt, as a turn before all others, and the contents.
func (rd *reader) turns(w *request) error {
	system, err := rd.system(w.SystemInstruction)
	if err != nil {
		return err
	}
	if len(system) > 0 {
		rd.r.Turns = append(rd.r.Turns, interline.Turn{Role: interline.System, Blocks: system})
	}
	roles := map[string]interline.Role{"": interline.User, "user": interline.User, "function": interline.User, "model": interline.Assistant}
	for i, c := range w.Contents {
		path := fmt.Sprintf("contents[%d]", i)
		role, ok := roles[c.Role]
		if !ok {
			return interline.Invalid(path+".role", "Please use a valid role: user, model. (%s.role is %.40q)", path, c.Role)
		}
		if c.Parts == nil {
			return interline.Invalid(path+".parts", "* GenerateContentRequest.%s.parts: contents.parts must not be empty", path)
		}
		rd.calls.turn(role)
		blocks, err := rd.content(c.Parts, path+".parts")
		if err != nil {
			return err
		}
		rd.addTurn(interline.Turn{Role: role, Blocks: blocks})
	}
	return nil
}

// addTurn adds a turn, or goes on with the model's: Google's SDKs replay a
// streamed answer with a content for every chunk (genai v1.77.0), so a text or a
// thought may be spread over several, with its proof on the last.
func (rd *reader) addTurn(t interline.Turn) {
	n := len(rd.r.Turns)
	if n == 0 || t.Role != interline.Assistant || rd.r.Turns[n-1].Role != interline.Assistant {
		rd.r.Turns = append(rd.r.Turns, t)
		return
	}
	last := &rd.r.Turns[n-1]
	for _, b := range t.Blocks {
		end := len(last.Blocks) - 1
		switch {
		case end >= 0 && goesOn(&last.Blocks[end], &b):
			last.Blocks[end].Text += b.Text
			last.Blocks[end].Seal = b.Seal
		default:
			last.Blocks = append(last.Blocks, b)
		}
	}
}

// goesOn reports whether a block is more of the one before.
func goesOn(before, b *interline.Block) bool {
	if before.Seal != nil || before.Kind != b.Kind {
		return false
	}
	return b.Kind == interline.Text || b.Kind == interline.ReasoningBlock
}

// system reads the system prompt, which clients also send as a mere text.
func (rd *reader) system(v jsontext.Value) ([]interline.Block, error) {
	switch v.Kind() {
	case '"':
		return []interline.Block{{Kind: interline.Text, Text: text(v)}}, nil
	case 0, 'n':
		return nil, nil
	}
	var c content
	if err := protocol.Unmarshal(v, "systemInstruction", &c); err != nil {
		return nil, err
	}
	return rd.content(c.Parts, "systemInstruction.parts")
}

func (rd *reader) content(raws []jsontext.Value, path string) ([]interline.Block, error) {
	out := make([]interline.Block, 0, len(raws))
	for i, raw := range raws {
		at := fmt.Sprintf("%s[%d]", path, i)
		var w part
		if err := protocol.Unmarshal(raw, at, &w); err != nil {
			return nil, err
		}
		if n := len(out); n > 0 && sealOnly(&w) && !foreign(seal(w.ThoughtSignature)) && out[n-1].Seal == nil && out[n-1].Kind != interline.ToolResultBlock {
			// A stream ends with such a part; it proves what was said before.
			out[n-1].Seal = seal(w.ThoughtSignature)
			continue
		}
		b, err := rd.block(&w, raw, at)
		if err != nil {
			return nil, err
		}
		if b.Kind != interline.ReasoningBlock && foreign(b.Seal) {
			// The call or text only carries it: it proves what was thought before.
			if n := len(out) - 1; n >= 0 && out[n].Kind == interline.ReasoningBlock && out[n].Seal == nil {
				out[n].Seal = b.Seal
			} else {
				out = append(out, interline.Block{Kind: interline.ReasoningBlock, Seal: b.Seal})
			}
			b.Seal = nil
		}
		out = append(out, b)
	}
	return out, nil
}

func foreign(s *interline.Seal) bool { return s != nil && s.Issuer != Issuer }

// sealOnly reports whether a part says nothing and is signed.
func sealOnly(w *part) bool { return w.Text != nil && *w.Text == "" && w.ThoughtSignature != "" }

// seal reads a signature, which is base64: Google's own, or another issuer's in
// an envelope.
func seal(signature string) *interline.Seal {
	if signature == "" {
		return nil
	}
	if b, err := base64.StdEncoding.DecodeString(standard(signature)); err == nil {
		if s := protocol.Disclose(string(b)); s != nil {
			return s
		}
	}
	return &interline.Seal{Issuer: Issuer, Signature: signature}
}

func (rd *reader) block(w *part, raw jsontext.Value, path string) (interline.Block, error) {
	opaque := interline.Block{Kind: interline.Opaque, Language: protocol.GenerateContent, Raw: []byte(raw)}
	b := interline.Block{Seal: seal(w.ThoughtSignature)}
	switch {
	case w.Text != nil:
		b.Kind, b.Text = interline.Text, *w.Text
		if w.Thought {
			b.Kind = interline.ReasoningBlock
		}
	case w.FunctionCall != nil:
		c := w.FunctionCall
		if c.Name == "" {
			return opaque, interline.Invalid(path+".functionCall.name", "%s.functionCall.name: a call must name its function", path)
		}
		b.Kind, b.Call = interline.ToolCallBlock, &interline.ToolCall{ID: rd.calls.call(c.ID, c.Name), Name: c.Name, Arguments: string(c.Args)}
	case w.FunctionResponse != nil:
		res, err := rd.result(w.FunctionResponse, path+".functionResponse")
		b.Kind, b.Result = interline.ToolResultBlock, res
		if err != nil {
			return opaque, err
		}
	case w.InlineData != nil && w.Rest == nil:
		return inline(w.InlineData, opaque, path+".inlineData")
	case w.FileData != nil && w.Rest == nil:
		return file(w.FileData, opaque, path+".fileData")
	default: // executableCode, a video's extent, and what comes later
		return opaque, nil
	}
	rd.rest(path+".", w.Rest)
	return b, nil
}

// kindOf is the kind of block of a media type, or 0 for one that the words do
// not have (video).
func kindOf(mime string) interline.BlockKind {
	family, _, _ := strings.Cut(mime, "/")
	switch family {
	case "image":
		return interline.Image
	case "audio":
		return interline.Audio
	case "application", "text":
		return interline.Document
	}
	return 0
}

func inline(w *inlineData, opaque interline.Block, path string) (interline.Block, error) {
	if w.Data == "" || w.MIMEType == "" {
		return opaque, interline.Invalid(path, "%s: mimeType and data must be set", path)
	}
	kind := kindOf(w.MIMEType)
	if kind == 0 {
		return opaque, nil
	}
	return interline.Block{Kind: kind, Media: &interline.Media{Type: w.MIMEType, Data: standard(w.Data), Name: w.DisplayName}}, nil
}

// standard is base64 in the standard alphabet with its padding: protobuf's JSON
// also takes the alphabet of URLs, and none.
func standard(data string) string {
	if !strings.ContainsAny(data, "-_") && len(data)%4 == 0 {
		return data
	}
	plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(data, "="))
	if pad := len(plain) % 4; pad > 1 {
		plain += "=="[:4-pad]
	}
	if _, err := base64.StdEncoding.DecodeString(plain); err != nil {
		return data
	}
	return plain
}

// file reads a reference. One to Google's Files API is an uploaded file; all
// else is a URL.
func file(w *fileData, opaque interline.Block, path string) (interline.Block, error) {
	if w.FileURI == "" {
		return opaque, interline.Invalid(path+".fileUri", "%s.fileUri must be set", path)
	}
	kind := kindOf(w.MIMEType)
	if kind == 0 {
		return opaque, nil
	}
	m := &interline.Media{Type: w.MIMEType, URL: w.FileURI, Name: w.DisplayName}
	if ownFile(w.FileURI) {
		m.URL, m.FileID = "", w.FileURI
	}
	return interline.Block{Kind: kind, Media: m}, nil
}

// ownFile reports whether a file is one that only Google can read for the
// caller.
func ownFile(uri string) bool {
	return strings.HasPrefix(uri, "https://generativelanguage.googleapis.com/")
}

// result reads a function's result. The response is an object; one that only
// holds a text under the conventional names is that text.
func (rd *reader) result(w *functionResponse, path string) (*interline.ToolResult, error) {
	if w.Name == "" && w.ID == "" {
		return nil, interline.Invalid(path+".name", "%s.name: a result must name its function", path)
	}
	out := &interline.ToolResult{CallID: rd.calls.result(w.ID, w.Name)}
	if v := w.Response; v.Kind() == '{' {
		said := string(v)
		if m := protocol.Members("", v); len(m) == 1 && jsontext.Value(m[0].Value).Kind() == '"' {
			switch m[0].Name {
			case "output", "result":
				said = text(jsontext.Value(m[0].Value))
			case "error":
				said, out.Failed = text(jsontext.Value(m[0].Value)), true
			}
		}
		out.Blocks = append(out.Blocks, interline.Block{Kind: interline.Text, Text: said})
	}
	media, err := rd.content(w.Parts, path+".parts")
	out.Blocks = append(out.Blocks, media...)
	rd.rest(path+".", w.Rest)
	return out, err
}
