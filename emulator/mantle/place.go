package mantle

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/bedrock/caller"
	"github.com/interline-ai/interline/emulator/bedrock/sigv4"
	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
)

// Options are what can differ from one emulated endpoint to another. The zero
// value is complete.
type Options struct {
	Name   string // the place's name; "mantle" if empty
	Region string // the only region signatures may be for; "us-east-1" if empty

	// The access key it accepts; AKIDEMULATED00000000 with the secret
	// "emulated-mantle-secret" if empty. SessionToken, when set, must come
	// with it.
	AccessKeyID, SecretAccessKey, SessionToken string
	// APIKey is accepted as a bearer token, and in x-api-key on the paths of
	// Anthropic; "emulated-mantle-key" if empty.
	APIKey string
}

// New returns an emulated bedrock-mantle.
func New(o Options) core.Place {
	name := cmp.Or(o.Name, "mantle")
	return &place{
		name: name,
		keys: caller.Keys{
			Region: cmp.Or(o.Region, caller.DefaultRegion), Services: []string{"bedrock-mantle", "bedrock"},
			AccessKeyID:     cmp.Or(o.AccessKeyID, caller.DefaultID),
			SecretAccessKey: cmp.Or(o.SecretAccessKey, "emulated-mantle-secret"),
			SessionToken:    o.SessionToken,
			APIKey:          cmp.Or(o.APIKey, "emulated-mantle-key"),
		},
		models: table(), shelf: chat.NewShelf(name),
	}
}

type place struct {
	name   string
	keys   caller.Keys
	models []model
	shelf  *chat.Shelf
}

func (p *place) Name() string                   { return p.name }
func (p *place) Kind() string                   { return "mantle" }
func (p *place) Credentials() map[string]string { return p.keys.Credentials() }

// Handler serves the whole surface.
func (p *place) Handler(c *core.Core) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := &turned{ResponseWriter: w}
		x, ok := c.Enter(p.name, t, r)
		if !ok {
			return
		}
		x.Header().Set("X-Amzn-Requestid", caller.RequestID(x.ID))
		x.Header().Set("X-Request-Id", "req_"+x.ID)
		k := &call{Exchange: x, core: c, place: p, r: r, w: t}
		k.route(r.URL.Path)
	})
}

// call is one request being served.
type call struct {
	*core.Exchange
	core  *core.Core
	place *place
	r     *http.Request
	w     *turned

	key  string // the credential that was accepted
	body []byte
}

func (k *call) route(path string) {
	if rest, ok := strings.CutPrefix(path, "/anthropic"); ok {
		k.anthropic(rest)
		return
	}
	for _, prefix := range []string{frontier, open} {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			if e := k.openai(prefix, rest); e != nil {
				k.send(e)
			}
			return
		}
	}
	k.send(unroutable())
}

const maxBody = 25 << 20 // bytes of a request, as of the runtime's

// admit carries out drills that refuse and identifies the caller.
func (k *call) admit() *chat.Error {
	if e := drilled(k.Fault); e != nil {
		return e
	}
	return k.identify()
}

// identify reads the body and checks who sent it. The SDK of Anthropic may send
// the key in its own header.
func (k *call) identify() *chat.Error {
	var err error
	k.body, err = caller.Body(k.w, k.r, maxBody)
	if errors.Is(err, caller.ErrTooLarge) {
		return &chat.Error{Status: http.StatusRequestEntityTooLarge, Message: "Request body exceeds the maximum of 25 MB"}
	} else if err != nil {
		return chat.Invalid("", "", "The request body could not be read: %s", err)
	}
	who, bearer, refused := k.place.keys.Bearer(k.r)
	if own := k.r.Header.Get("X-Api-Key"); !bearer && own != "" && strings.HasPrefix(k.r.URL.Path, "/anthropic/") {
		who, refused = k.place.keys.Key(own)
	} else if !bearer {
		who, refused = k.place.keys.Signed(k.r, k.body)
	}
	if refused != nil {
		return denied(refused)
	}
	k.key = who
	return nil
}

// denied refuses a caller, with the status the runtime has for it: what the
// endpoint itself says was not recorded.
func denied(r *sigv4.Refusal) *chat.Error {
	return &chat.Error{Status: http.StatusForbidden, Code: "access_denied", Message: r.Message}
}
