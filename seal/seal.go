// Package seal keeps the ids of what only a vendor keeps: responses, files. A
// client is told such an id sealed together with the place that issued it, under
// the key of the tenant it was told to. So the id says by itself where it goes, on
// every node and after every restart, without a table; nobody can make one up, and
// one tenant's means nothing in another's hands.
//
// Sealing is deterministic (a synthetic nonce): the same id is told the same way
// each time, and prompts that hold it stay the same for caches.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// mark follows the vendor's prefix in a sealed id, as in resp_il1_…
const mark = "il1_"

// ErrForeign is the error of an id that is sealed and was not told to this tenant,
// or was changed.
var ErrForeign = errors.New("the id was not given to this key, or was changed")

// Box seals for all tenants. It is immutable.
type Box struct{ tenants map[string]*tenant }

type tenant struct {
	aead  cipher.AEAD
	nonce []byte // key of the synthetic nonce
}

// New returns a box for tenants by the name and secret of their keys. Whoever has
// no key is the tenant "", who is served on loopback only; his ids are told apart
// from others' and protect nothing.
func New(secrets map[string]string) (*Box, error) {
	b := &Box{tenants: make(map[string]*tenant, len(secrets)+1)}
	for name, secret := range secrets {
		t, err := newTenant(secret)
		if err != nil {
			return nil, err
		}
		b.tenants[name] = t
	}
	if len(secrets) == 0 {
		t, err := newTenant("loopback")
		if err != nil {
			return nil, err
		}
		b.tenants[""] = t
	}
	return b, nil
}

func newTenant(secret string) (*tenant, error) {
	keys, err := hkdf.Key(sha256.New, []byte(secret), nil, "interline sealed ids", 64)
	if err != nil {
		return nil, fmt.Errorf("derive a key for sealed ids: %w", err)
	}
	block, err := aes.NewCipher(keys[:32])
	if err != nil {
		return nil, fmt.Errorf("derive a key for sealed ids: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("derive a key for sealed ids: %w", err)
	}
	return &tenant{aead, keys[32:]}, nil
}

// Seal returns the id as the tenant is told it: the vendor's prefix stays, since
// clients look at it. An id of a tenant that the box does not know stays as it is.
func (b *Box) Seal(tenant, place, id string) string {
	t := b.tenants[tenant]
	if t == nil {
		return id
	}
	prefix := prefixOf(id)
	plain := place + "\x00" + id
	mac := hmac.New(sha256.New, t.nonce)
	mac.Write([]byte(plain))
	nonce := mac.Sum(nil)[:t.aead.NonceSize()]
	return prefix + mark + base64.RawURLEncoding.EncodeToString(t.aead.Seal(nonce, nonce, []byte(plain), []byte(prefix)))
}

// Mark is a text that every sealed id has.
func (*Box) Mark() string { return mark }

// Sealed reports whether an id looks like one that a box has sealed.
func (*Box) Sealed(id string) bool { return strings.HasPrefix(id[len(prefixOf(id)):], mark) }

// Open returns who issued an id and what he calls it. Its error is ErrForeign.
func (b *Box) Open(tenant, sealed string) (place, id string, err error) {
	t := b.tenants[tenant]
	prefix := prefixOf(sealed)
	text, ok := strings.CutPrefix(sealed[len(prefix):], mark)
	if t == nil || !ok {
		return "", "", ErrForeign
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(data) < t.aead.NonceSize() {
		return "", "", ErrForeign
	}
	n := t.aead.NonceSize()
	plain, err := t.aead.Open(nil, data[:n], data[n:], []byte(prefix))
	if err != nil {
		return "", "", ErrForeign
	}
	place, id, ok = strings.Cut(string(plain), "\x00")
	if !ok {
		return "", "", ErrForeign
	}
	return place, id, nil
}

// prefixOf is what an id begins with up to its first underscore, or hyphen, as in
// resp_ and file-; ids without one have no prefix.
func prefixOf(id string) string {
	i := strings.IndexAny(id, "_-")
	if i < 0 || i > 16 || strings.HasPrefix(id, mark) {
		return ""
	}
	return id[:i+1]
}
