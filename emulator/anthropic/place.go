package anthropic

import (
	"crypto/subtle"
	"net/http"
	"strings"

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
	mux := http.NewServeMux()
	for pattern, serve := range map[string]func(*call){
		"/v1/messages":              (*call).messages,
		"/v1/messages/count_tokens": (*call).countTokens,
		"/v1/models":                (*call).listModels,
		"/v1/models/{id}":           (*call).getModel,
		"/":                         (*call).notFound,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { p.serve(c, w, r, serve) })
	}
	return mux
}

// call is one request being served.
type call struct {
	*core.Exchange
	core  *core.Core
	place place
	r     *http.Request
	w     http.ResponseWriter
	key   string // the credential that was accepted
}

// serve does what every path has in common: identity, drills that refuse, and
// the two headers every request must carry.
func (p place) serve(c *core.Core, w http.ResponseWriter, r *http.Request, next func(*call)) {
	x, ok := c.Enter(p.Name(), w, r)
	if !ok {
		return
	}
	k := &call{Exchange: x, core: c, place: p, r: r, w: w}
	k.Header().Set("Request-Id", k.requestID())
	k.Header().Set("Anthropic-Organization-Id", "00000000-0000-4000-8000-000000000000")
	if f := drilled(x.Fault); f != nil {
		k.refuse(f)
		return
	}
	if f := k.admit(); f != nil {
		k.refuse(f)
		return
	}
	next(k)
}

func (k *call) requestID() string { return "req_" + k.ID[:24] }

// admit checks the credential and the version. The key may come in either of
// two headers but not in both; current clients send it as a bearer token.
func (k *call) admit() *fault {
	given, bearer := k.r.Header.Get("X-Api-Key"), k.r.Header.Get("Authorization")
	switch {
	case given != "" && bearer != "":
		return failed(authentication, "x-api-key and Authorization headers must not both be set")
	case given == "" && bearer == "":
		return failed(authentication, "x-api-key header is required")
	case given != "" && !equal(given, k.place.Key):
		return failed(authentication, "invalid x-api-key")
	case bearer != "" && !equal(bearer, "Bearer "+k.place.Key):
		return failed(authentication, "Invalid bearer token")
	}
	k.key = k.place.Key
	switch version := strings.TrimSpace(k.r.Header.Get("Anthropic-Version")); version {
	case "2023-06-01", "2026-10-21":
		return nil
	case "":
		return failed(invalid, "anthropic-version: header is required")
	default:
		return failed(invalid, "anthropic-version: \"%s\" is not a valid version", version)
	}
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (k *call) notFound() { k.refuse(failed(notFound, "Not Found")) }

// method refuses every method but the one that is wanted.
func (k *call) method(want string) bool {
	if k.r.Method == want {
		return true
	}
	k.Header().Set("Allow", want)
	k.refuse(&fault{kind: invalid, status: http.StatusMethodNotAllowed, message: "Method Not Allowed"})
	return false
}
