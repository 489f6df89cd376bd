package gemini

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
)

// Bypass is the signature Google accepts in place of one it cannot know, for
// calls that another model made (ai.google.dev, "Thought signatures", 2026-10).
const Bypass = "skip_thought_signature_validator"

// sealKey is no secret: it guards nothing but the emulators' own replay rule.
const sealKey = "interline emulated thoughts, 2026"

// seal is a thought signature: opaque bytes that belong to one call, or to text
// when the call is nil. The two products do not accept each other's.
func seal(vertex bool, salt string, c *functionCall) []byte {
	sum := sha256.Sum256([]byte(salt))
	return sealWith(vertex, sum[:12], c)
}

func sealWith(vertex bool, salt []byte, c *functionCall) []byte {
	h := hmac.New(sha256.New, []byte(sealKey))
	if vertex {
		h.Write([]byte("vertex\x00"))
	}
	h.Write(salt)
	if c != nil {
		h.Write([]byte(c.Name + "\x00"))
		h.Write(canonical(c.Args))
	}
	return h.Sum(salt[:len(salt):len(salt)])
}

// canonical is an object whatever its spacing and order.
func canonical(args object) []byte {
	var v any
	if json.Unmarshal(args, &v) != nil || v == nil {
		return []byte("{}")
	}
	out, _ := json.Marshal(v) // it was JSON
	return out
}

// sealed tells whether a signature was made here for this call or, with nil,
// for text.
func sealed(vertex bool, signature []byte, c *functionCall) bool {
	if len(signature) != 12+sha256.Size {
		return false
	}
	return hmac.Equal(signature, sealWith(vertex, signature[:12], c))
}

// bypasses tells whether a signature is the accepted stand-in. Its letters are
// also valid base64, so it may have arrived decoded.
func bypasses(signature []byte) bool {
	return bytes.Equal(signature, []byte(Bypass)) || bytes.Equal(signature, decodedBypass())
}

// decodedBypass is what a reader of base64 makes of the literal stand-in.
func decodedBypass() []byte {
	data, _ := base64.RawURLEncoding.DecodeString(Bypass) // a constant that decodes
	return data
}
