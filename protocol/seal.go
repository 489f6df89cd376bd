package protocol

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/interline-ai/interline"
)

// enclosedPrefix begins a seal in an envelope of ours. No vendor's own begins so:
// Claude's and Google's signatures are base64, OpenAI's encrypted reasoning begins
// with "gAAAA" (recordings, 2026).
const enclosedPrefix = "interline.1."

// enclosed is what the envelope holds.
type enclosed struct {
	Issuer    string `json:"issuer"`
	Place     string `json:"place,omitempty"`
	ID        string `json:"id,omitempty"`
	Signature string `json:"signature,omitempty"`
	Redacted  string `json:"redacted,omitempty"`
}

// Enclose says a seal as a text that names its issuer. Clients of another
// language get it where that language has its own seals, and send it back
// unread; so it returns to its issuer and to nobody else.
func Enclose(s *interline.Seal) string {
	b, err := json.Marshal(enclosed(*s))
	if err != nil {
		return "" // texts can always be said in JSON
	}
	return enclosedPrefix + base64.RawURLEncoding.EncodeToString(b)
}

// Disclose reads what Enclose said; nil means that the text is a vendor's own
// seal.
func Disclose(text string) *interline.Seal {
	rest, ok := strings.CutPrefix(text, enclosedPrefix)
	if !ok {
		return nil
	}
	var s enclosed
	if b, err := base64.RawURLEncoding.DecodeString(rest); err != nil || json.Unmarshal(b, &s) != nil || s.Issuer == "" {
		return nil
	}
	out := interline.Seal(s)
	return &out
}

// NoSeal has no words for any seal: for languages whose own seals never travel in
// an envelope.
func NoSeal(*interline.Seal) string { return "" }
