package responses

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// issuer is who encrypts the reasoning of this language's own clouds.
const issuer = "openai"

// encrypted says a seal as the encrypted_content of the item with that id.
// OpenAI checks that the two belong together, so a seal of its own under another
// id goes into an envelope, as those of other vendors do.
func encrypted(s *interline.Seal, id string) string {
	if s.Issuer == issuer && s.Place == "" && s.Signature == "" && s.ID == id {
		return s.Redacted
	}
	return protocol.Enclose(s)
}

// unsealed reads the encrypted_content of the item with that id; nil means that
// there is none.
func unsealed(content, id string) *interline.Seal {
	if content == "" {
		return nil
	}
	if s := protocol.Disclose(content); s != nil {
		if s.Issuer == issuer && s.ID == "" {
			s.ID = id
		}
		return s
	}
	return &interline.Seal{Issuer: issuer, ID: id, Redacted: content}
}
