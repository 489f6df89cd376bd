package responses

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/interline-ai/interline"
)

// issuer is who encrypts the reasoning of this language's own clouds.
const issuer = "openai"

// sealedPrefix begins an encrypted_content that is not OpenAI's: the proof of
// another vendor's reasoning in an envelope of ours, which the client sends back
// unread, so that it goes to nobody but its issuer. OpenAI's own begin with
// "gAAAA", Bedrock's are another base64 (recordings, 2026).
const sealedPrefix = "interline.1."

// sealed is what the envelope holds.
type sealed struct {
	Issuer    string `json:"issuer"`
	ID        string `json:"id,omitempty"`
	Signature string `json:"signature,omitempty"`
	Redacted  string `json:"redacted,omitempty"`
}

// encrypted says a seal as the encrypted_content of the item with that id.
// OpenAI checks that the two belong together, so a seal of its own under another
// id goes into an envelope too.
func encrypted(s *interline.Seal, id string) string {
	if s.Issuer == issuer && s.Signature == "" && s.ID == id {
		return s.Redacted
	}
	b, err := json.Marshal(sealed(*s))
	if err != nil {
		return ""
	}
	return sealedPrefix + base64.RawURLEncoding.EncodeToString(b)
}

// unsealed reads the encrypted_content of the item with that id; nil means that
// there is none.
func unsealed(content, id string) *interline.Seal {
	if content == "" {
		return nil
	}
	if rest, ok := strings.CutPrefix(content, sealedPrefix); ok {
		var s sealed
		if b, err := base64.RawURLEncoding.DecodeString(rest); err == nil && json.Unmarshal(b, &s) == nil && s.Issuer != "" {
			out := interline.Seal(s)
			return &out
		}
	}
	return &interline.Seal{Issuer: issuer, ID: id, Redacted: content}
}
