package azure

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// claims are those of an Entra access token, version 2.
type claims struct {
	Audience  string `json:"aud"`
	Issuer    string `json:"iss"`
	Tenant    string `json:"tid"`
	App       string `json:"azp"`
	Subject   string `json:"sub"`
	Version   string `json:"ver"`
	Issued    int64  `json:"iat"`
	NotBefore int64  `json:"nbf"`
	Expires   int64  `json:"exp"`
}

// keySet is the public key as a JSON Web Key Set.
func keySet(s *core.Signer) any {
	key, err := s.Key()
	if err != nil {
		return map[string]any{"keys": []any{}}
	}
	return map[string]any{"keys": []any{map[string]string{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": s.KeyID,
		"n": core.Raw64.EncodeToString(key.N.Bytes()),
		"e": core.Raw64.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
	}}}
}

// check verifies a token for one of some audiences at a moment, and returns
// the application it was given to.
func (e *entra) check(token string, audiences []string, now time.Time) (client string, err error) {
	var c claims
	err = e.signer.Verify(token, &c)
	switch {
	case err != nil:
		return "", err
	case c.Tenant != e.tenant:
		return "", fmt.Errorf("check token: tenant %q is not ours", c.Tenant)
	case !slices.Contains(audiences, c.Audience):
		return "", fmt.Errorf("check token: audience %q is not accepted here", c.Audience)
	case now.Unix() < c.NotBefore || now.Unix() >= c.Expires:
		return "", errors.New("check token: it is not valid now")
	}
	return c.App, nil
}
