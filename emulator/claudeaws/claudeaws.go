// Package claudeaws emulates the Claude Platform on AWS: Anthropic's own API,
// which Anthropic runs at an address of AWS. Models have their bare names and
// are all there at once; what differs from the first party is who may call, and
// that every request names a workspace (anthropic docs, 2026-07, and
// anthropic-sdk-go v1.84.0, package aws).
package claudeaws

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/interline-ai/interline/emulator/anthropic"
	"github.com/interline-ai/interline/emulator/bedrock/caller"
	"github.com/interline-ai/interline/emulator/core"
)

// Options are what can differ from one emulated platform to another. The zero
// value is complete.
type Options struct {
	Name      string // the place's name; "claudeaws" if empty
	Region    string // the only region signatures may be for; "us-east-1" if empty
	Workspace string // the only workspace there is; "wrkspc_emulated" if empty

	// The access key it accepts; AKIDEMULATED00000000 with the secret
	// "emulated-claudeaws-secret" if empty. SessionToken, when set, must come
	// with it.
	AccessKeyID, SecretAccessKey, SessionToken string
	// APIKey is accepted in x-api-key; "emulated-claudeaws-key" if empty.
	APIKey string
}

// New returns an emulated Claude Platform on AWS.
func New(o Options) core.Place {
	return place{
		name: cmp.Or(o.Name, "claudeaws"), workspace: cmp.Or(o.Workspace, "wrkspc_emulated"),
		keys: caller.Keys{
			Region: cmp.Or(o.Region, caller.DefaultRegion), Services: []string{"aws-external-anthropic"},
			AccessKeyID:     cmp.Or(o.AccessKeyID, caller.DefaultID),
			SecretAccessKey: cmp.Or(o.SecretAccessKey, "emulated-claudeaws-secret"),
			SessionToken:    o.SessionToken,
			APIKey:          cmp.Or(o.APIKey, "emulated-claudeaws-key"),
		},
	}
}

type place struct {
	name, workspace string
	keys            caller.Keys
}

func (p place) Name() string { return p.name }
func (p place) Kind() string { return "claudeaws" }

func (p place) Credentials() map[string]string {
	c := p.keys.Credentials()
	c["workspace"] = p.workspace
	return c
}

// Handler serves the whole surface.
func (p place) Handler(c *core.Core) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, ok := c.Enter(p.name, w, r)
		if !ok {
			return
		}
		x.Header().Set("X-Amzn-Requestid", caller.RequestID(x.ID))
		anthropic.Serve(c, x, w, r, r.URL.Path, anthropic.Host{
			Admit:  func() (string, *anthropic.Refusal) { return p.admit(w, r) },
			Models: true, Limits: true,
		})
	})
}

// maxBody is in bytes, as at Anthropic.
const maxBody = 32 << 20

// admit takes an API key or a signature, and then the workspace. In which words
// a workspace is refused was not recorded.
func (p place) admit(w http.ResponseWriter, r *http.Request) (who string, refused *anthropic.Refusal) {
	body, err := caller.Body(w, r, maxBody)
	if errors.Is(err, caller.ErrTooLarge) {
		return "", &anthropic.Refusal{Status: http.StatusRequestEntityTooLarge, Message: "Request exceeds the maximum size"}
	} else if err != nil {
		return "", &anthropic.Refusal{Status: http.StatusBadRequest, Message: "The request body could not be read: " + err.Error()}
	}
	if who, refused = p.identify(r, body); refused != nil {
		return "", refused
	}
	switch r.Header.Get("Anthropic-Workspace-Id") {
	case p.workspace:
		return who, nil
	case "":
		return "", &anthropic.Refusal{Status: http.StatusBadRequest, Message: "anthropic-workspace-id: header is required"}
	}
	return "", &anthropic.Refusal{Status: http.StatusForbidden, Message: "anthropic-workspace-id: the workspace does not exist or the caller may not use it"}
}

func (p place) identify(r *http.Request, body []byte) (string, *anthropic.Refusal) {
	key, signed := r.Header.Get("X-Api-Key"), r.Header.Get("Authorization") != ""
	switch {
	case key != "" && signed:
		return "", &anthropic.Refusal{Status: http.StatusUnauthorized, Message: "x-api-key and Authorization headers must not both be set"}
	case key != "":
		who, refused := p.keys.Key(key)
		if refused != nil {
			return "", &anthropic.Refusal{Status: http.StatusUnauthorized, Message: "invalid x-api-key"}
		}
		return who, nil
	}
	who, refused := p.keys.Signed(r, body)
	if refused != nil {
		return "", &anthropic.Refusal{Status: http.StatusForbidden, Message: refused.Message}
	}
	return who, nil
}
