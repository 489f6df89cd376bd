package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/interline-ai/interline"
)

// Key is one client key of the configuration.
type Key struct{ Name, Secret string }

// VerifySigned checks an AWS signature made with a client key as static AWS
// credentials: its name is the access key id, its secret the secret. lookup
// finds the secret of a name.
type VerifySigned func(r *http.Request, body []byte, lookup func(name string) (secret string, ok bool)) error

// Keys decides who may come in. It is immutable. With no keys everybody may,
// which the configuration allows on loopback only.
type Keys struct {
	digests [][sha256.Size]byte
	names   []string
	secrets map[string]string // by name
	verify  VerifySigned
}

// NewKeys returns the keys. verify may be nil: then signed requests are refused.
func NewKeys(keys []Key, verify VerifySigned) *Keys {
	k := &Keys{secrets: make(map[string]string, len(keys)), verify: verify}
	for _, key := range keys {
		k.digests = append(k.digests, sha256.Sum256([]byte(key.Secret)))
		k.names = append(k.names, key.Name)
		k.secrets[key.Name] = key.Secret
	}
	return k
}

// several reports whether there are tenants to be kept apart.
func (k *Keys) several() bool { return len(k.names) > 1 }

// awsScheme begins the Authorization header of a signed request.
const awsScheme = "AWS4-HMAC-SHA256 "

// check finds the caller's key by what its headers bring, in constant time for
// any key that is wrong. A signed request is let through here and judged by
// checkBody, since the signature covers the body.
func (k *Keys) check(r *http.Request) (name string, fault *interline.Fault) {
	if len(k.names) == 0 {
		return "", fromHere(r)
	}
	for _, name := range credentialHeaders {
		if len(r.Header[name]) > 1 {
			return "", twoKeys()
		}
	}
	auth := first(r.Header["Authorization"])
	if strings.HasPrefix(auth, awsScheme) {
		// A name is no secret; a stranger's body is not worth reading.
		name = signedBy(auth)
		if _, known := k.secrets[name]; !known || k.verify == nil {
			return "", unknownKey()
		}
		return name, nil
	}
	secret, fault := presented(r, auth)
	if fault != nil {
		return "", fault
	}
	digest := sha256.Sum256([]byte(secret))
	at := -1
	for i := range k.digests {
		at = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(digest[:], k.digests[i][:]), i, at)
	}
	if at < 0 {
		return "", unknownKey()
	}
	return k.names[at], nil
}

// checkBody judges a signed request, now that its body is there.
func (k *Keys) checkBody(r *http.Request, body []byte) *interline.Fault {
	if len(k.names) == 0 || !strings.HasPrefix(first(r.Header["Authorization"]), awsScheme) {
		return nil
	}
	if k.verify == nil {
		return unknownKey()
	}
	err := k.verify(r, body, func(name string) (string, bool) {
		secret, ok := k.secrets[name]
		return secret, ok
	})
	if err != nil {
		f := unknownKey()
		f.Message = "the AWS signature does not fit: use the key's name as access key id and the key itself as secret; check the clock"
		f.Err = err
		return f
	}
	return nil
}

// presented is the one credential of a request. Two different ones are refused:
// whoever looks at one of them only would see another caller.
func presented(r *http.Request, auth string) (string, *interline.Fault) {
	h, inQuery := r.Header, ""
	if strings.Contains(r.URL.RawQuery, "key=") {
		inQuery = r.URL.Query().Get("key") // as the Gemini API's clients do
	}
	bearer, isBearer := strings.CutPrefix(auth, "Bearer ")
	if auth != "" && !isBearer {
		return "", unknownKey()
	}
	found := ""
	for _, v := range [...]string{bearer, first(h["X-Api-Key"]), first(h["Api-Key"]), first(h["X-Goog-Api-Key"]), inQuery} {
		if v = strings.TrimSpace(v); v == "" {
			continue
		}
		if found != "" && subtle.ConstantTimeCompare([]byte(found), []byte(v)) == 0 {
			return "", twoKeys()
		}
		found = v
	}
	if found == "" {
		return "", unknownKey()
	}
	return found, nil
}

// credentialHeaders are where a key may be.
var credentialHeaders = [...]string{"Authorization", "X-Api-Key", "Api-Key", "X-Goog-Api-Key"}

// fromHere refuses, where there are no keys, what a web page makes the browser
// of this machine's user send: requests from other sites, and those to a name
// that was made to resolve to this machine (DNS rebinding).
func fromHere(r *http.Request) *interline.Fault {
	f := &interline.Fault{Class: interline.C12Local, Code: interline.CodePermission}
	switch site := first(r.Header["Sec-Fetch-Site"]); {
	case !loopbackHost(r.Host):
		f.Message = "without keys, only requests to a loopback address are served, not to " + clip(r.Host) + "; configure keys"
	case site != "" && site != "same-origin" && site != "none":
		f.Message = "without keys, requests that a web page makes are not served; configure keys"
	case !localOrigin(first(r.Header["Origin"])):
		f.Message = "without keys, requests from " + clip(first(r.Header["Origin"])) + " are not served; configure keys"
	default:
		return nil
	}
	return f
}

func localOrigin(origin string) bool {
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && loopbackHost(u.Host)
}

// loopbackHost reports whether a host, with or without a port, is this machine
// by its very name.
func loopbackHost(host string) bool {
	name := (&url.URL{Host: host}).Hostname()
	if strings.EqualFold(name, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.IsLoopback()
}

func twoKeys() *interline.Fault {
	return &interline.Fault{
		Class: interline.C12Local, Code: interline.CodeInvalid, Param: "authorization",
		Message: "the request brings two different keys; send one of authorization, x-api-key, api-key, x-goog-api-key and ?key=",
	}
}

// signedBy is the access key id of a signature.
func signedBy(auth string) string {
	_, rest, _ := strings.Cut(auth, "Credential=")
	id, _, _ := strings.Cut(rest, "/")
	return clip(id)
}

// unknownKey is the same for a missing, a wrong and a revoked key.
func unknownKey() *interline.Fault {
	return &interline.Fault{
		Class: interline.C12Local, Code: interline.CodeAuth,
		Message: "no valid key: send a key of this gateway as `authorization: Bearer`, `x-api-key`, `api-key`, `x-goog-api-key` or `?key=`",
	}
}

func first(v []string) string {
	if len(v) == 0 {
		return ""
	}
	return v[0]
}
