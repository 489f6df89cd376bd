package claude

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// RedactionTrigger is the string Anthropic publishes for testing: a prompt that
// holds it makes a thinking model answer with redacted thinking.
const RedactionTrigger = "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB"

// sealKey is no secret: it guards nothing but the emulators' own replay rule.
const sealKey = "interline emulated thinking, 2026"

// Redacts tells whether a prompt's text asks for redacted thinking.
func Redacts(text string) bool { return strings.Contains(text, RedactionTrigger) }

// Sign returns the signature of a thinking block: shown is the text the caller
// gets to see and hidden what was really thought. Like the real one it is
// opaque base64 and must come back unchanged with exactly that text. All
// emulated Claude platforms accept each other's, as the documentation says of
// the real family; no other vendor's thinking passes.
func Sign(shown, hidden string) string {
	salt := sha256.Sum256([]byte(hidden))
	return seal("thinking", salt[:16], shown)
}

// Verify tells whether a signature belongs to the text of a thinking block.
func Verify(shown, signature string) bool {
	salt, ok := saltOf(signature)
	return ok && hmac.Equal([]byte(signature), []byte(seal("thinking", salt, shown)))
}

// Redact returns the data of a redacted thinking block.
func Redact(hidden string) string {
	salt := sha256.Sum256([]byte(hidden))
	return seal("redacted", salt[:16], "")
}

// VerifyRedacted tells whether the data of a redacted block is ours.
func VerifyRedacted(data string) bool {
	salt, ok := saltOf(data)
	return ok && hmac.Equal([]byte(data), []byte(seal("redacted", salt, "")))
}

func seal(kind string, salt []byte, text string) string {
	h := hmac.New(sha256.New, []byte(sealKey))
	h.Write([]byte(kind + "\x00"))
	h.Write(salt)
	h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(salt[:len(salt):len(salt)]))
}

// saltOf takes a seal apart without judging it.
func saltOf(seal string) ([]byte, bool) {
	raw, err := base64.StdEncoding.DecodeString(seal)
	if err != nil || len(raw) != 16+sha256.Size {
		return nil, false
	}
	return raw[:16], true
}
