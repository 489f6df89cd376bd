package azure

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"
	"time"
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

// signer signs and verifies tokens with a key that is made when first needed
// and never leaves the process.
type signer struct {
	key func() (*rsa.PrivateKey, error)
}

func newSigner() *signer {
	return &signer{key: sync.OnceValues(func() (*rsa.PrivateKey, error) {
		return rsa.GenerateKey(rand.Reader, 2048)
	})}
}

// keyID names the one key there is.
const keyID = "emulated-1"

var raw64 = base64.RawURLEncoding.Strict()

// sign returns a JWT with an RS256 signature.
func (s *signer) sign(c claims) (string, error) {
	key, err := s.key()
	if err != nil {
		return "", fmt.Errorf("make signing key: %w", err)
	}
	head, err := json.Marshal(map[string]string{"typ": "JWT", "alg": "RS256", "kid": keyID})
	if err != nil {
		return "", fmt.Errorf("encode token header: %w", err)
	}
	body, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encode claims: %w", err)
	}
	signed := raw64.EncodeToString(head) + "." + raw64.EncodeToString(body)
	sum := sha256.Sum256([]byte(signed))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return signed + "." + raw64.EncodeToString(sig), nil
}

// verify checks form, algorithm and signature, and returns the claims.
func (s *signer) verify(token string) (claims, error) {
	var c claims
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return c, errors.New("read token: want three parts")
	}
	var head struct {
		Algorithm string `json:"alg"`
		Key       string `json:"kid"`
	}
	if err := decodePart(parts[0], &head); err != nil {
		return c, fmt.Errorf("read token header: %w", err)
	}
	if head.Algorithm != "RS256" || head.Key != keyID {
		return c, fmt.Errorf("verify token: algorithm %q with key %q is not ours", head.Algorithm, head.Key)
	}
	sig, err := raw64.DecodeString(parts[2])
	if err != nil {
		return c, fmt.Errorf("read signature: %w", err)
	}
	key, err := s.key()
	if err != nil {
		return c, fmt.Errorf("make signing key: %w", err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], sig); err != nil {
		return c, fmt.Errorf("verify token: %w", err)
	}
	if err := decodePart(parts[1], &c); err != nil {
		return c, fmt.Errorf("read claims: %w", err)
	}
	return c, nil
}

func decodePart(part string, v any) error {
	raw, err := raw64.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

// keys is the public key as a JSON Web Key Set.
func (s *signer) keys() any {
	key, err := s.key()
	if err != nil {
		return map[string]any{"keys": []any{}}
	}
	return map[string]any{"keys": []any{map[string]string{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": keyID,
		"n": raw64.EncodeToString(key.N.Bytes()),
		"e": raw64.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
	}}}
}

// check verifies a token for one of some audiences at a moment, and returns
// the application it was given to.
func (e *entra) check(token string, audiences []string, now time.Time) (client string, err error) {
	c, err := e.signer.verify(token)
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
