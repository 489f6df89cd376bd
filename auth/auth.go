// Package auth puts credentials on calls: keys in headers, Entra ID tokens,
// AWS signatures. It also checks the one kind of client credential that is a
// proof rather than a password, a signature made with a gateway key
// ([VerifySigV4]).
//
// Signers implement cloud.Signer. They are made when a configuration is read
// and do nothing then: no file is read and no token fetched before the first
// call needs it, so that a cloud that cannot be reached never holds up a start.
// Secrets are [Secret] values and stay out of every error and log line.
//
// The room does not decide who may come in (server) nor where a call goes
// (route), and does not know a cloud by name: which signer a place takes is
// said in cloud/all.
package auth

import (
	"bytes"
	"context"
	"fmt"

	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/driver"
)

// key is a signer that writes one header.
type key struct {
	header string
	prefix string
	secret Secret
}

// Key returns a signer that sends the secret in the named header, as in
// "X-Api-Key" or "Api-Key".
func Key(header string, secret Secret) cloud.Signer {
	return key{header: canonical(header), secret: secret}
}

// Bearer returns a signer that sends the secret as a bearer token.
func Bearer(secret Secret) cloud.Signer {
	return key{header: "Authorization", prefix: "Bearer ", secret: secret}
}

// Sign implements cloud.Signer.
func (k key) Sign(_ context.Context, _ string, c *driver.Call) error {
	if k.secret.IsZero() {
		return fmt.Errorf("sign a call: the key for %s is empty", k.header)
	}
	if c.KeyHeader != "" {
		c.Header[c.KeyHeader] = []string{k.secret.Reveal()}
		return nil
	}
	c.Header[k.header] = []string{k.prefix + k.secret.Reveal()}
	return nil
}

// Renew implements cloud.Signer: a key that was refused stays refused.
func (key) Renew() bool { return false }

// Holds implements cloud.Keeper.
func (k key) Holds(text []byte) bool {
	secret := k.secret.Reveal()
	return secret != "" && bytes.Contains(text, []byte(secret))
}

// none is the signer of a place that asks for no credential.
type none struct{}

// None returns a signer that adds nothing.
func None() cloud.Signer { return none{} }

// Sign implements cloud.Signer.
func (none) Sign(context.Context, string, *driver.Call) error { return nil }

// Renew implements cloud.Signer.
func (none) Renew() bool { return false }
