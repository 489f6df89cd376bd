package auth

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
)

// Secret is text that must not be seen. It prints, formats, marshals and logs
// as "***" whatever the verb or encoder; only [Secret.Reveal] gives it away.
// The text is behind a pointer, because fmt prints the unexported fields of a
// struct without asking their methods. The zero value is empty.
type Secret struct{ text *string }

const redacted = "***"

// NewSecret returns the text as a secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the secret itself, for the header or the key derivation that
// needs it.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.text == nil }

// String implements fmt.Stringer.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return redacted
}

// GoString implements fmt.GoStringer.
func (s Secret) GoString() string { return fmt.Sprintf("auth.NewSecret(%q)", s.String()) }

// Format implements fmt.Formatter, so that no verb prints the bytes.
func (s Secret) Format(f fmt.State, verb rune) {
	text := s.String()
	if verb == 'v' && f.Flag('#') {
		text = s.GoString()
	}
	_, _ = io.WriteString(f, text) // a formatter has nobody to report to
}

// MarshalText implements encoding.TextMarshaler.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON implements json.Marshaler.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

func canonical(name string) string { return http.CanonicalHeaderKey(name) }
