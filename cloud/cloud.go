// Package cloud is a place that serves models, as the rest of the house sees
// it: deployments that can be asked. What a kind of place has to implement is
// in package driver; the kinds themselves are the packages beside it, and
// package all lists them.
package cloud

import (
	"context"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
)

// Signer puts a credential on a call just before it is sent. Signers are used
// by many requests at once.
type Signer interface {
	// Sign adds the credential's headers to a call to the origin. It may fetch
	// a token, within the context's time. Its error says what was attempted
	// and never holds a secret.
	Sign(ctx context.Context, origin string, c *driver.Call) error
	// Renew is told that the cloud refused the credential. It reports whether
	// the next Sign will bring another one, so that trying again makes sense.
	Renew() bool
}

// Keeper is implemented by signers that know their secret as it is sent.
type Keeper interface {
	// Holds reports whether the text holds the secret.
	Holds(text []byte) bool
}

// Deployment is one deployment, ready to be asked.
type Deployment struct {
	driver.Deployment
	Driver driver.Driver
	Signer Signer
	// Cost is what a usage at a moment costs by the seller's list, in nano-dollars;
	// known is false where nobody knows. It is nil likewise.
	Cost func(u interline.Usage, at time.Time) (nano int64, known bool)
}
