package dialogue

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// CheckMedia returns the fault of the first image, document or sound that the
// language has no way to say, named in the words of the language that the
// request was read from. Leaving it out would change what is asked, so the
// request is refused here and may be served by another deployment. cannot says
// why a block cannot be sent, or "".
func CheckMedia(r *interline.Request, from string, cannot func(interline.Block) string) error {
	for i, t := range r.Turns {
		for j, b := range t.Blocks {
			if reason := checkBlock(b, cannot); reason != "" {
				field := protocol.InWords(from, r, []interline.Loss{{Field: At{i, j}.String()}})[0].Field
				f := interline.Invalid(field, "%s: %s", field, reason)
				f.Class = interline.C2Capability
				return f
			}
		}
	}
	return nil
}

func checkBlock(b interline.Block, cannot func(interline.Block) string) string {
	switch b.Kind {
	case interline.Image, interline.Document, interline.Audio:
		return cannot(b)
	case interline.ToolResultBlock:
		for _, inner := range b.Result.Blocks {
			if reason := checkBlock(inner, cannot); reason != "" {
				return reason
			}
		}
	}
	return ""
}

// PlainText returns a document's text where it is one: said as text, or base64
// of a type of text. Languages that only know PDF can still say it as text.
func PlainText(m *interline.Media) (text string, ok bool) {
	if m.Plain {
		return m.Data, true
	}
	if !strings.HasPrefix(m.Type, "text/") || m.Data == "" {
		return "", false
	}
	out, err := base64.StdEncoding.DecodeString(m.Data)
	if err != nil || !utf8.Valid(out) {
		return "", false
	}
	return string(out), true
}
