package vertex

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// scope is what tokens must be asked for.
const scope = "https://www.googleapis.com/auth/cloud-platform"

var raw64 = base64.RawURLEncoding.Strict()

// mint issues access tokens and knows them again. They are opaque to callers.
type mint struct {
	key  []byte
	life time.Duration
}

func newMint(life time.Duration) *mint {
	m := &mint{key: make([]byte, 32), life: life}
	rand.Read(m.key) // never fails: crypto/rand aborts the program instead
	return m
}

const tokenPrefix = "ya29.emulated."

// issue makes a token for a principal that lives so long.
func (m *mint) issue(principal string, life time.Duration) (token string, ends time.Time) {
	ends = time.Now().Add(life)
	said := raw64.EncodeToString([]byte(strconv.FormatInt(ends.UnixMilli(), 10) + " " + principal))
	return tokenPrefix + said + "." + raw64.EncodeToString(m.sign(said)), ends
}

func (m *mint) sign(said string) []byte {
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte(said))
	return h.Sum(nil)
}

// Reasons why a token is refused.
var (
	errForeign = errors.New("the token was not issued here")
	errExpired = errors.New("the token has expired")
)

// principal tells whom a token was issued to. The errors are errForeign and
// errExpired.
func (m *mint) principal(token string) (string, error) {
	rest, ok := strings.CutPrefix(token, tokenPrefix)
	said, signature, cut := strings.Cut(rest, ".")
	mac, err := raw64.DecodeString(signature)
	if !ok || !cut || err != nil || !hmac.Equal(mac, m.sign(said)) {
		return "", errForeign
	}
	plain, err := raw64.DecodeString(said)
	until, name, _ := strings.Cut(string(plain), " ")
	ends, numeric := strconv.ParseInt(until, 10, 64)
	if err != nil || numeric != nil {
		return "", errForeign
	}
	if time.Now().UnixMilli() >= ends {
		return "", errExpired
	}
	return name, nil
}

// account is the place's service account. Its key is made when first needed and
// is known to the place and to whoever reads its credentials.
type account struct {
	email string
	key   func() (*rsa.PrivateKey, error)
}

func newAccount(email string) *account {
	return &account{email: email, key: sync.OnceValues(func() (*rsa.PrivateKey, error) {
		return rsa.GenerateKey(rand.Reader, 2048)
	})}
}

// keyID names the account's one key.
const keyID = "emulated00000000000000000000000000000001"

// assertion are the claims of the JWT grant.
type assertion struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Scope    string `json:"scope"`
	Audience string `json:"aud"`
	Issued   int64  `json:"iat"`
	Expires  int64  `json:"exp"`
}

// verify checks form, algorithm and signature of a JWT, and returns the claims.
func (a *account) verify(jwt string) (assertion, error) {
	var c assertion
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return c, errors.New("read assertion: want three parts")
	}
	var head struct {
		Algorithm string `json:"alg"`
	}
	if err := decodePart(parts[0], &head); err != nil {
		return c, fmt.Errorf("read assertion header: %w", err)
	}
	if head.Algorithm != "RS256" {
		return c, fmt.Errorf("verify assertion: algorithm %q is not RS256", head.Algorithm)
	}
	signature, err := raw64.DecodeString(parts[2])
	if err != nil {
		return c, fmt.Errorf("read signature: %w", err)
	}
	key, err := a.key()
	if err != nil {
		return c, fmt.Errorf("make service account key: %w", err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature); err != nil {
		return c, fmt.Errorf("verify assertion: %w", err)
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
