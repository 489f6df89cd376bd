package core

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// Raw64 is how JSON Web Tokens write bytes.
var Raw64 = base64.RawURLEncoding.Strict()

// Signer signs and verifies JSON Web Tokens (RS256) with a key that is made when
// first needed and never stored. It may be used by many requests at once.
type Signer struct {
	KeyID string // names the one key
	key   func() (*rsa.PrivateKey, error)
}

// NewSigner returns a signer with a key of its own.
func NewSigner(keyID string) *Signer {
	return &Signer{KeyID: keyID, key: sync.OnceValues(func() (*rsa.PrivateKey, error) {
		return rsa.GenerateKey(rand.Reader, 2048)
	})}
}

// Key returns the key, which it makes when it is first asked for.
func (s *Signer) Key() (*rsa.PrivateKey, error) {
	key, err := s.key()
	if err != nil {
		return nil, fmt.Errorf("make the key %s: %w", s.KeyID, err)
	}
	return key, nil
}

// Sign returns a token with the claims.
func (s *Signer) Sign(claims any) (string, error) {
	key, err := s.Key()
	if err != nil {
		return "", err
	}
	head, err := json.Marshal(map[string]string{"typ": "JWT", "alg": "RS256", "kid": s.KeyID})
	if err != nil {
		return "", fmt.Errorf("encode token header: %w", err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("encode claims: %w", err)
	}
	signed := Raw64.EncodeToString(head) + "." + Raw64.EncodeToString(body)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return signed + "." + Raw64.EncodeToString(signature), nil
}

// Verify checks form, algorithm and signature of a token, and reads its claims.
// Whether they are good is the caller's to say.
func (s *Signer) Verify(token string, claims any) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return errors.New("read token: want three parts")
	}
	var head struct {
		Algorithm string `json:"alg"`
		Key       string `json:"kid"`
	}
	if err := decodePart(parts[0], &head); err != nil {
		return fmt.Errorf("read token header: %w", err)
	}
	if head.Algorithm != "RS256" || head.Key != "" && head.Key != s.KeyID {
		return fmt.Errorf("verify token: algorithm %q with key %q is not ours", head.Algorithm, head.Key)
	}
	signature, err := Raw64.DecodeString(parts[2])
	if err != nil {
		return fmt.Errorf("read signature: %w", err)
	}
	key, err := s.Key()
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature); err != nil {
		return fmt.Errorf("verify token: %w", err)
	}
	if err := decodePart(parts[1], claims); err != nil {
		return fmt.Errorf("read claims: %w", err)
	}
	return nil
}

func decodePart(part string, v any) error {
	raw, err := Raw64.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}
