package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	sigV4Algorithm  = "AWS4-HMAC-SHA256"
	sigV4End        = "aws4_request"
	sigV4Time       = "20060102T150405Z"
	sigV4Skew       = 15 * time.Minute
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

// VerifySigV4 checks that an incoming request was signed with a key of ours,
// used as static AWS credentials: the access key id names it and the secret is
// the key itself. lookup finds the secret of a name. body is the whole body.
//
// The signature is checked over the path as it was sent, under whatever prefix
// this gateway is mounted, and must cover the host and all x-amz- headers. Any
// region is accepted, and any service whose name begins with "bedrock"; the
// time may differ from ours by 15 minutes, as AWS allows (IAM user guide,
// "Create a signed AWS API request", 2026-11). A body may be left unsigned by
// x-amz-content-sha256: UNSIGNED-PAYLOAD; streaming and pre-signed forms are
// refused. Unknown names and wrong signatures take the same time. Errors hold
// nothing secret. It may be called at any time from many goroutines.
func VerifySigV4(r *http.Request, body []byte, lookup func(name string) (secret string, ok bool)) error {
	values := r.Header["Authorization"]
	if len(values) != 1 {
		return fmt.Errorf("verify a signature: %d authorization headers", len(values))
	}
	s, err := parseSignature(values[0])
	if err != nil {
		return fmt.Errorf("verify a signature: %w", err)
	}
	stamp, err := s.checkTime(r.Header.Get("X-Amz-Date"), time.Now())
	if err != nil {
		return fmt.Errorf("verify a signature: %w", err)
	}
	if err := s.checkCover(r); err != nil {
		return fmt.Errorf("verify a signature: %w", err)
	}
	hash, err := payloadHash(r.Header.Values("X-Amz-Content-Sha256"), body)
	if err != nil {
		return fmt.Errorf("verify a signature: %w", err)
	}
	secret, known := lookup(s.name)
	if !known {
		secret = "a key that nobody has, so that a stranger waits as long"
	}
	request := sha256.Sum256([]byte(s.canonicalRequest(r, hash)))
	toSign := strings.Join([]string{sigV4Algorithm, stamp, s.scope, hex.EncodeToString(request[:])}, "\n")
	if !hmac.Equal(s.sign(secret, toSign), s.signature) || !known {
		return errors.New("verify a signature: no key of that name made this signature")
	}
	return nil
}

// signature is a parsed Authorization header.
type signature struct {
	name      string // the access key id
	day       string
	region    string
	service   string
	scope     string // day/region/service/aws4_request
	headers   []string
	signature []byte
}

func parseSignature(header string) (*signature, error) {
	rest, ok := strings.CutPrefix(header, sigV4Algorithm+" ")
	if !ok {
		return nil, errors.New("the authorization is not AWS4-HMAC-SHA256")
	}
	fields := make(map[string]string, 3)
	for part := range strings.SplitSeq(rest, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if _, twice := fields[name]; !ok || twice {
			return nil, errors.New("the authorization is not a list of Credential, SignedHeaders and Signature")
		}
		fields[name] = value
	}
	s := &signature{headers: strings.Split(fields["SignedHeaders"], ";")}
	if err := s.readScope(fields["Credential"]); err != nil {
		return nil, err
	}
	if !slices.IsSorted(s.headers) || !slices.Contains(s.headers, "host") {
		return nil, errors.New("the signed headers are not sorted or leave out the host")
	}
	var err error
	if s.signature, err = hex.DecodeString(fields["Signature"]); err != nil || len(s.signature) != sha256.Size {
		return nil, errors.New("the signature is not 64 hexadecimal digits")
	}
	return s, nil
}

// readScope reads name/day/region/service/aws4_request.
func (s *signature) readScope(credential string) error {
	name, scope, _ := strings.Cut(credential, "/")
	parts := strings.Split(scope, "/")
	if name == "" || len(parts) != 4 || parts[3] != sigV4End {
		return errors.New("the credential is not name/date/region/service/aws4_request")
	}
	s.name, s.day, s.region, s.service, s.scope = name, parts[0], parts[1], parts[2], scope
	if !strings.HasPrefix(s.service, "bedrock") {
		return fmt.Errorf("the credential is for the service %q, not bedrock", s.service)
	}
	return nil
}

func (s *signature) checkTime(stamp string, now time.Time) (string, error) {
	at, err := time.Parse(sigV4Time, stamp)
	if err != nil {
		return "", fmt.Errorf("x-amz-date %q is not a time such as 20261124T120000Z", stamp)
	}
	if off := at.Sub(now).Abs(); off > sigV4Skew {
		return "", fmt.Errorf("the clocks differ by %v, more than %v", off.Round(time.Second), sigV4Skew)
	}
	if at.Format("20060102") != s.day {
		return "", fmt.Errorf("x-amz-date %s is not on the credential's day %s", stamp, s.day)
	}
	return stamp, nil
}

// checkCover refuses a request with x-amz- headers that were not signed:
// somebody may have added them on the way.
func (s *signature) checkCover(r *http.Request) error {
	for name := range r.Header {
		lower := strings.ToLower(name)
		if strings.HasPrefix(lower, "x-amz-") && !slices.Contains(s.headers, lower) {
			return fmt.Errorf("the header %s is not signed", lower)
		}
	}
	return nil
}

// payloadHash is what the signature says of the body. A hash that is stated
// must be the body's.
func payloadHash(stated []string, body []byte) (string, error) {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	switch {
	case len(stated) == 0, len(stated) == 1 && stated[0] == hash:
		return hash, nil
	case len(stated) == 1 && stated[0] == unsignedPayload:
		return unsignedPayload, nil
	}
	return "", errors.New("x-amz-content-sha256 is not the hash of the body")
}

// canonicalRequest writes the request as its signer did.
func (s *signature) canonicalRequest(r *http.Request, payload string) string {
	path, query := sentTarget(r)
	var b strings.Builder
	b.WriteString(r.Method)
	b.WriteString("\n" + escapeAWS(path, true))
	b.WriteString("\n" + canonicalQuery(query) + "\n")
	for _, name := range s.headers {
		b.WriteString(name + ":" + signedValue(r, name) + "\n")
	}
	b.WriteString("\n" + strings.Join(s.headers, ";") + "\n" + payload)
	return b.String()
}

func (s *signature) sign(secret, toSign string) []byte {
	k := []byte("AWS4" + secret)
	for _, part := range []string{s.day, s.region, s.service, sigV4End, toSign} {
		h := hmac.New(sha256.New, k)
		h.Write([]byte(part))
		k = h.Sum(nil)
	}
	return k
}

// sentTarget is the path and query as the request line had them. A parsed URL
// forgets which of several spellings was sent, and a prefix may have been cut
// from it.
func sentTarget(r *http.Request) (path, query string) {
	uri := r.RequestURI
	if uri == "" {
		uri = r.URL.RequestURI()
	}
	if i := strings.Index(uri, "://"); i >= 0 && !strings.HasPrefix(uri, "/") { // absolute form
		uri = uri[i+3:]
		if i = strings.IndexByte(uri, '/'); i < 0 {
			return "/", ""
		}
		uri = uri[i:]
	}
	path, query, _ = strings.Cut(uri, "?")
	return path, query
}

// signedValue is a header as it is signed: values joined by commas, trimmed,
// with runs of spaces made one. The server keeps the host and the length apart.
func signedValue(r *http.Request, name string) string {
	switch name {
	case "host":
		return r.Host
	case "content-length":
		return strconv.FormatInt(max(r.ContentLength, 0), 10)
	}
	var all []string
	for _, v := range r.Header.Values(name) {
		all = append(all, strings.Join(strings.FieldsFunc(v, func(c rune) bool { return c == ' ' }), " "))
	}
	return strings.Join(all, ",")
}
