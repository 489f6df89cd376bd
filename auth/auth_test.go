package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/driver"
)

const canary = "canary-secret-value"

func newCall(path, body string) *driver.Call {
	return &driver.Call{Method: "POST", Path: path, Header: driver.Header("application/json"), Body: [][]byte{[]byte(body)}}
}

func TestKeys(t *testing.T) {
	for _, tt := range []struct {
		signer       cloud.Signer
		header, want string
	}{
		{Key("api-key", NewSecret("k")), "Api-Key", "k"},
		{Key("X-Api-Key", NewSecret("k")), "X-Api-Key", "k"},
		{Bearer(NewSecret("k")), "Authorization", "Bearer k"},
		{None(), "Authorization", ""},
	} {
		c := newCall("/", "")
		if err := tt.signer.Sign(t.Context(), "https://x", c); err != nil || c.Header.Get(tt.header) != tt.want {
			t.Errorf("%s: %v, %v; want %q", tt.header, c.Header, err, tt.want)
		}
		if tt.signer.Renew() {
			t.Errorf("%s: says that it will bring another", tt.header)
		}
	}
	if err := Bearer(Secret{}).Sign(t.Context(), "https://x", newCall("/", "")); err == nil {
		t.Error("an empty key signs")
	}
}

// TestSecretsAreNotSeen prints secrets and what holds them in every way there
// is.
func TestSecretsAreNotSeen(t *testing.T) {
	s := NewSecret(canary)
	type holder struct {
		Public  Secret
		private Secret
		list    []Secret
		byName  map[string]Secret
	}
	h := holder{s, s, []Secret{s}, map[string]Secret{"a": s}}
	values := []any{
		s, &s, h, &h, Bearer(s), Key("api-key", s), Entra(EntraOptions{ClientID: "c", ClientSecret: s}),
		SigV4(AWSOptions{AccessKeyID: "id", SecretAccessKey: s, SessionToken: s}), &cloud.Deployment{Signer: Bearer(s)},
	}
	var out strings.Builder
	text, object := slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		text.Info("value", "v", v)
		object.Info("value", "v", v)
		if b, err := json.Marshal(v); err == nil {
			out.Write(b)
		}
	}
	seen := out.String()
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), "99 97 110 97"} {
		if strings.Contains(seen, form) {
			t.Errorf("a secret is seen as %s in:\n%s", form, seen)
		}
	}
	if s.Reveal() != canary || !strings.Contains(seen, redacted) {
		t.Error("the secret is lost altogether")
	}
}

// sign is a shorthand for tests of signers.
func sign(ctx context.Context, s cloud.Signer) (http.Header, error) {
	c := newCall("/x", "{}")
	err := s.Sign(ctx, "https://x.example.com", c)
	return c.Header, err
}
