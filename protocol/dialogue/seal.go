package dialogue

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// Seal reads the signature of a reasoning block: Claude's own, or another
// issuer's in the envelope that [Sequence] told it in. nil means that the block
// has none, so that it was not Claude who thought.
func Seal(signature string) *interline.Seal {
	if signature == "" {
		return nil
	}
	if s := protocol.Disclose(signature); s != nil {
		return s
	}
	return &interline.Seal{Issuer: Issuer, Signature: signature}
}

// Claudes returns a seal as Claude's languages tell it: its own as it is,
// another issuer's as a signature in an envelope.
func Claudes(s *interline.Seal) interline.Seal {
	if s.Issuer == Issuer {
		return *s
	}
	return interline.Seal{Issuer: Issuer, Signature: protocol.Enclose(s)}
}
