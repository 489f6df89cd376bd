package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"

	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/driver"
)

// GoogleOptions say who we are to Google Cloud. With credentials it is what they
// name: a service account with its key, a workload of another cloud (identity
// federation), one that takes another's place, a user. With nothing it is what
// Google's default chain finds: GOOGLE_APPLICATION_CREDENTIALS, gcloud's file, the
// metadata server.
type GoogleOptions struct {
	// File is a JSON credential file; JSON its content. One of them or neither.
	File string
	JSON Secret
	// Scope is what the token is for, such as
	// "https://www.googleapis.com/auth/cloud-platform".
	Scope string
	// QuotaProject is the project that requests count against, where it is not
	// the credentials' own; "" is theirs.
	QuotaProject string
	// HTTP carries the token requests; nil means the library's own client.
	HTTP *http.Client
}

// google is a signer that sends OAuth access tokens.
type googleToken struct {
	tokens *tokens
	quota  string
}

// Google returns a signer that sends Google Cloud's access tokens. They are cached,
// replaced at 80 % of their life, and used until they end if Google cannot be
// reached.
func Google(o GoogleOptions) cloud.Signer {
	return &googleToken{newTokens(o.fetch), o.QuotaProject}
}

// fetch makes a new token source for every token, since Google's cache theirs, and
// one that was refused must not come back from there.
func (o GoogleOptions) fetch(ctx context.Context) (string, time.Time, error) {
	if o.HTTP != nil {
		ctx = context.WithValue(ctx, oauth2.HTTPClient, o.HTTP)
	}
	c, err := o.credentials(ctx)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("prepare the Google credentials: %w", err)
	}
	t, err := c.TokenSource.Token()
	if err != nil {
		return "", time.Time{}, fmt.Errorf("fetch a Google access token: %w", err)
	}
	return t.AccessToken, t.Expiry, nil
}

// credentialTypes are those a file may be of. Others are refused, as Google
// advises, so that a file cannot name a kind nobody thought of.
var credentialTypes = []google.CredentialsType{
	google.ServiceAccount, google.AuthorizedUser, google.ExternalAccount, google.ExternalAccountAuthorizedUser, google.ImpersonatedServiceAccount,
}

func (o GoogleOptions) credentials(ctx context.Context) (*google.Credentials, error) {
	data := []byte(o.JSON.Reveal())
	if o.File != "" {
		var err error
		if data, err = os.ReadFile(o.File); err != nil {
			return nil, fmt.Errorf("read the credential file: %w", err)
		}
	}
	if len(data) == 0 {
		return google.FindDefaultCredentials(ctx, o.Scope)
	}
	kind, err := CheckGoogle(data)
	if err != nil {
		return nil, err
	}
	return google.CredentialsFromJSONWithType(ctx, data, kind, o.Scope)
}

// CheckGoogle reads the type of a JSON credential. Its error never holds any of the
// credential.
func CheckGoogle(data []byte) (google.CredentialsType, error) {
	var c struct {
		Type google.CredentialsType `json:"type"`
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return "", fmt.Errorf("read the credential: it is not JSON as Google Cloud writes it")
	}
	if !slices.Contains(credentialTypes, c.Type) {
		return "", fmt.Errorf("read the credential: its type %.40q is none of %q", c.Type, credentialTypes)
	}
	return c.Type, nil
}

// Sign implements cloud.Signer.
func (g *googleToken) Sign(ctx context.Context, _ string, c *driver.Call) error {
	value, err := g.tokens.get(ctx)
	if err != nil {
		return fmt.Errorf("sign a call with Google credentials: %w", err)
	}
	c.Header["Authorization"] = []string{"Bearer " + value}
	if g.quota != "" {
		c.Header["X-Goog-User-Project"] = []string{g.quota}
	}
	return nil
}

// Renew implements cloud.Signer.
func (g *googleToken) Renew() bool { return g.tokens.forget() }
