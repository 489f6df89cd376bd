package generatecontent

import (
	"bytes"
	"encoding/base64"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/loss"
)

// withoutForeign returns the replacements of the signatures that another issuer's
// seal travels in, when a body goes to Google as it is: Google is told not to
// check them.
func withoutForeign(body []byte) ([]protocol.Replacement, []interline.Loss) {
	mark := []byte(base64.StdEncoding.EncodeToString([]byte(`interline.1.`))) // twelve bytes are sixteen letters
	var reps []protocol.Replacement
	for at := 0; ; {
		i := bytes.Index(body[at:], append([]byte{'"'}, mark...))
		if i < 0 {
			break
		}
		start := at + i + 1
		end := start + bytes.IndexByte(body[start:], '"')
		at = end
		if seal(string(body[start:end])).Issuer != Issuer {
			reps = append(reps, protocol.Replacement{Start: start, End: end, Value: []byte(foreignSeal)})
		}
	}
	if reps == nil {
		return nil, nil
	}
	return reps, []interline.Loss{loss.SealUnchecked.At("contents")}
}
