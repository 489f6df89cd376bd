package vertex

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// scope is what tokens must be asked for.
const scope = "https://www.googleapis.com/auth/cloud-platform"

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
	said := core.Raw64.EncodeToString([]byte(strconv.FormatInt(ends.UnixMilli(), 10) + " " + principal))
	return tokenPrefix + said + "." + core.Raw64.EncodeToString(m.sign(said)), ends
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
	mac, err := core.Raw64.DecodeString(signature)
	if !ok || !cut || err != nil || !hmac.Equal(mac, m.sign(said)) {
		return "", errForeign
	}
	plain, err := core.Raw64.DecodeString(said)
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

// account is the place's service account. Its key is known to the place and to
// whoever reads its credentials.
type account struct {
	email string
	*core.Signer
}

func newAccount(email string) *account {
	return &account{email, core.NewSigner("emulated00000000000000000000000000000001")}
}

// assertion are the claims of the JWT grant.
type assertion struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Scope    string `json:"scope"`
	Audience string `json:"aud"`
	Issued   int64  `json:"iat"`
	Expires  int64  `json:"exp"`
}
