// Package sigv4 checks AWS Signature Version 4 on incoming requests the way an
// AWS service does: it rebuilds the canonical request from what arrived, signs
// it with the secret it knows, and compares.
//
// The code follows the published specification ("Create a signed AWS API
// request", IAM user guide, 2026-11) and shares nothing with the library that
// clients sign with, so that a mistake on one side cannot hide on the other.
// Services other than S3 escape the path twice: the path as sent on the wire is
// escaped once more. Pre-signed URLs and chunked signatures are not supported,
// and neither does Bedrock's runtime take them.
//
// Nothing here reads a body or a clock on its own: both are handed in.
package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	scopeEnd   = "aws4_request"
	timeLayout = "20060102T150405Z"
	dayLayout  = "20060102"
	skew       = 5 * time.Minute
)

// A Key is one AWS credential. Token is the session token that must come with
// it, or "" for a long-lived key.
type Key struct{ ID, Secret, Token string }

// A Verifier checks requests for one service in one region. It is safe for
// concurrent use if Lookup and Now are.
type Verifier struct {
	Region, Service string
	Lookup          func(id string) (Key, bool) // the keys the service knows
	Now             func() time.Time
}

// A Refusal is why a request was not accepted: the error code AWS would put in
// x-amzn-errortype, always with HTTP status 403, and its message.
type Refusal struct{ Code, Message string }

func (r *Refusal) Error() string { return r.Code + ": " + r.Message }

// Error codes of AWS's front door (recorded error names, 2026-11).
const (
	MissingToken      = "MissingAuthenticationTokenException"
	Incomplete        = "IncompleteSignatureException"
	UnknownClient     = "UnrecognizedClientException"
	InvalidSignature  = "InvalidSignatureException"
	mismatch          = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	unknownCredential = "The security token included in the request is invalid."
)

// Verify checks the request's signature over the given body and returns the key
// that signed it. A refused request gives a *Refusal.
func (v Verifier) Verify(r *http.Request, body []byte) (Key, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return Key{}, &Refusal{MissingToken, "Missing Authentication Token"}
	}
	auth, err := ParseAuthorization(header)
	if err != nil {
		return Key{}, &Refusal{Incomplete, err.Error()}
	}
	key, ok := v.Lookup(auth.KeyID)
	if !ok || r.Header.Get("X-Amz-Security-Token") != key.Token {
		return Key{}, &Refusal{UnknownClient, unknownCredential}
	}
	stamp, err := v.checkTime(r, auth)
	if err != nil {
		return Key{}, err
	}
	if err := v.checkScope(r, auth); err != nil {
		return Key{}, err
	}
	if !genuine(r, auth, key, stamp, body) {
		return Key{}, &Refusal{InvalidSignature, mismatch}
	}
	return key, nil
}

// checkTime returns the time stamp of the request as it was written, once it
// is known to be within five minutes of now.
func (v Verifier) checkTime(r *http.Request, auth Authorization) (string, error) {
	stamp := r.Header.Get("X-Amz-Date")
	if stamp == "" {
		return "", &Refusal{Incomplete, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."}
	}
	at, err := time.Parse(timeLayout, stamp)
	if err != nil {
		return "", &Refusal{Incomplete, fmt.Sprintf("Date must be in ISO-8601 'basic format'. Got '%s'. See http://en.wikipedia.org/wiki/ISO_8601", stamp)}
	}
	now := v.Now().UTC()
	if oldest := now.Add(-skew); at.Before(oldest) {
		return "", &Refusal{InvalidSignature, fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - 5 min.)",
			stamp, oldest.Format(timeLayout), now.Format(timeLayout))}
	}
	if newest := now.Add(skew); at.After(newest) {
		return "", &Refusal{InvalidSignature, fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + 5 min.)",
			stamp, newest.Format(timeLayout), now.Format(timeLayout))}
	}
	if day := at.Format(dayLayout); day != auth.Day {
		return "", &Refusal{InvalidSignature, fmt.Sprintf("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '%s' != '%s', from '%s'.", auth.Day, day, stamp)}
	}
	return stamp, nil
}

// checkScope refuses a credential scoped to another place and a signature that
// leaves out what AWS insists on.
func (v Verifier) checkScope(r *http.Request, auth Authorization) error {
	if auth.Region != v.Region {
		return &Refusal{InvalidSignature, fmt.Sprintf("Credential should be scoped to a valid region, not '%s'.", auth.Region)}
	}
	if auth.Service != v.Service {
		return &Refusal{InvalidSignature, fmt.Sprintf("Credential should be scoped to correct service: '%s'.", v.Service)}
	}
	if !slices.Contains(auth.SignedHeaders, "host") {
		return &Refusal{InvalidSignature, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."}
	}
	for name := range r.Header {
		lower := strings.ToLower(name)
		if strings.HasPrefix(lower, "x-amz-") && !slices.Contains(auth.SignedHeaders, lower) {
			return &Refusal{InvalidSignature, fmt.Sprintf("'%s' must be a 'SignedHeader' in the AWS Authorization.", name)}
		}
	}
	return nil
}

// genuine recomputes the signature. A request that also states the hash of its
// body must state the right one.
func genuine(r *http.Request, auth Authorization, key Key, stamp string, body []byte) bool {
	hash := hexHash(body)
	if stated := r.Header.Get("X-Amz-Content-Sha256"); stated != "" && stated != hash {
		return false
	}
	toSign := strings.Join([]string{algorithm, stamp, auth.scope(), hexHash([]byte(canonicalRequest(r, auth.SignedHeaders, hash)))}, "\n")
	want := mac(signingKey(key.Secret, auth), toSign)
	got, err := hex.DecodeString(auth.Signature)
	return err == nil && hmac.Equal(want, got)
}

func signingKey(secret string, auth Authorization) []byte {
	k := mac([]byte("AWS4"+secret), auth.Day)
	for _, part := range []string{auth.Region, auth.Service, scopeEnd} {
		k = mac(k, part)
	}
	return k
}

func canonicalRequest(r *http.Request, signed []string, bodyHash string) string {
	path, query := target(r)
	var b strings.Builder
	b.WriteString(r.Method + "\n" + escape(path, true) + "\n" + canonicalQuery(query) + "\n")
	for _, name := range signed {
		b.WriteString(name + ":" + headerValue(r, name) + "\n")
	}
	b.WriteString("\n" + strings.Join(signed, ";") + "\n" + bodyHash)
	return b.String()
}

// target returns path and query exactly as they stood in the request line. A
// parsed URL would not do: it forgets which of several spellings was sent.
func target(r *http.Request) (path, query string) {
	uri := r.RequestURI
	if uri == "" {
		uri = r.URL.RequestURI()
	}
	if _, after, ok := strings.Cut(uri, "://"); ok && !strings.HasPrefix(uri, "/") {
		if i := strings.IndexByte(after, '/'); i >= 0 {
			uri = after[i:]
		} else {
			uri = "/"
		}
	}
	path, query, _ = strings.Cut(uri, "?")
	if path == "" {
		path = "/"
	}
	return path, query
}

// canonicalQuery sorts the parameters by their escaped names, then values.
func canonicalQuery(query string) string {
	var pairs []string
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, escape(unescape(name), false)+"="+escape(unescape(value), false))
	}
	slices.SortFunc(pairs, func(a, b string) int {
		an, av, _ := strings.Cut(a, "=")
		bn, bv, _ := strings.Cut(b, "=")
		if c := strings.Compare(an, bn); c != 0 {
			return c
		}
		return strings.Compare(av, bv)
	})
	return strings.Join(pairs, "&")
}

// headerValue gives a header as it is signed: values joined by commas, each
// trimmed and with runs of spaces made one. Host and Content-Length are not
// among a Go request's headers in every protocol version.
func headerValue(r *http.Request, name string) string {
	switch name {
	case "host":
		return squeeze(r.Host)
	case "content-length":
		return strconv.FormatInt(max(r.ContentLength, 0), 10)
	}
	var values []string
	for _, v := range r.Header.Values(name) {
		values = append(values, squeeze(v))
	}
	return strings.Join(values, ",")
}

func squeeze(s string) string {
	var b strings.Builder
	space := false
	for _, c := range []byte(strings.TrimSpace(s)) {
		if c == ' ' && space {
			continue
		}
		space = c == ' '
		b.WriteByte(c)
	}
	return b.String()
}

// escape percent-encodes everything but RFC 3986's unreserved characters, and
// slashes if they are kept.
func escape(s string, keepSlash bool) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9',
			c == '-', c == '_', c == '.', c == '~', c == '/' && keepSlash:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

// unescape undoes percent-encoding and leaves alone what is not encoding.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(v))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func hexHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, data string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(data))
	return h.Sum(nil)
}
