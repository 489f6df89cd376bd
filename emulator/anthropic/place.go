package anthropic

import (
	"crypto/subtle"
	"net/http"

	"github.com/interline-ai/interline/emulator/core"
)

// Options are what can differ from one emulated Anthropic to another. The zero
// value is complete.
type Options struct {
	Name string // the place's name; "anthropic" if empty
	Key  string // the API key it accepts; "emulated-anthropic-key" if empty
}

// New returns an emulated Anthropic.
func New(o Options) core.Place {
	if o.Name == "" {
		o.Name = "anthropic"
	}
	if o.Key == "" {
		o.Key = "emulated-anthropic-key"
	}
	return place{o}
}

type place struct{ Options }

func (p place) Name() string                   { return p.Options.Name }
func (p place) Kind() string                   { return "anthropic" }
func (p place) Credentials() map[string]string { return map[string]string{"key": p.Key} }

// Handler serves the whole surface; what is not on it answers 404 in the API's
// own shape.
func (p place) Handler(c *core.Core) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, ok := c.Enter(p.Name(), w, r)
		if !ok {
			return
		}
		Serve(c, x, w, r, r.URL.Path, Host{Admit: func() (string, *Refusal) { return p.admit(r) }, Models: true, Limits: true})
	})
}

// admit checks the credential. The key may come in either of two headers but
// not in both; current clients send it as a bearer token.
func (p place) admit(r *http.Request) (who string, refused *Refusal) {
	given, bearer := r.Header.Get("X-Api-Key"), r.Header.Get("Authorization")
	say := func(message string) (string, *Refusal) { return "", &Refusal{http.StatusUnauthorized, message} }
	switch {
	case given != "" && bearer != "":
		return say("x-api-key and Authorization headers must not both be set")
	case given == "" && bearer == "":
		return say("x-api-key header is required")
	case given != "" && !equal(given, p.Key):
		return say("invalid x-api-key")
	case bearer != "" && !equal(bearer, "Bearer "+p.Key):
		return say("Invalid bearer token")
	}
	return p.Key, nil
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
