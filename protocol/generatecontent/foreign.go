package generatecontent

import (
	"bytes"
	"encoding/base64"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/loss"
)

var _ protocol.Bound = (*Language)(nil)

// withoutForeign returns the replacements of the signatures that travel in an
// envelope, when a body goes to Google as it is: those that the place made are
// taken out of it; of others Google is told not to check them.
func withoutForeign(body []byte, place string) ([]protocol.Replacement, []interline.Loss) {
	mark := []byte(`"` + base64.StdEncoding.EncodeToString([]byte(`interline.1.`))) // twelve bytes are sixteen letters
	var reps []protocol.Replacement
	var losses []interline.Loss
	for at := 0; ; {
		i := bytes.Index(body[at:], mark)
		if i < 0 {
			return reps, losses
		}
		start := at + i + 1
		end := start + bytes.IndexByte(body[start:], '"')
		at = end
		switch s := seal(string(body[start:end])); {
		case s.Issuer == Issuer && s.Place != "" && s.Place == place:
			reps = append(reps, protocol.Replacement{Start: start, End: end, Value: []byte(s.Signature)})
		case s.Issuer != Issuer || s.Place != "":
			reps = append(reps, protocol.Replacement{Start: start, End: end, Value: []byte(foreignSeal)})
			losses = []interline.Loss{loss.SealUnchecked.At("contents")}
		}
	}
}

// Keeps implements protocol.Bound: cached content binds by its name, which no
// answer tells.
func (*Language) Keeps(*protocol.Opened) bool { return false }

// signed is the member that signatures stand in.
var signed = []byte(`"thoughtSignature":`)

// AppendNamed implements protocol.Bound. Clients take a signature for base64, so
// that is what the envelope is told in.
func (*Language) AppendNamed(dst []byte, f protocol.Frame, n protocol.Names) []byte {
	rest := f.Raw
	for n.Seal != nil {
		i := bytes.Index(rest, signed)
		if i < 0 {
			break
		}
		at := i + len(signed)
		for at < len(rest) && rest[at] == ' ' {
			at++
		}
		dst, rest = append(dst, rest[:at]...), rest[at:]
		if len(rest) == 0 || rest[0] != '"' {
			continue
		}
		end := bytes.IndexByte(rest[1:], '"')
		if end <= 0 {
			break
		}
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, []byte(n.Seal(string(rest[1:1+end]))))
		rest = rest[1+end:]
	}
	return append(dst, rest...)
}
