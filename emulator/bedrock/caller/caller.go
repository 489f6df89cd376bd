// Package caller knows who may call an emulated service of AWS: whoever signs
// with its access key, or brings its API key. Bedrock's two endpoints and the
// Claude Platform on AWS differ only in the service that a signature is for and
// in the headers that a key may come in.
//
// It refuses in AWS's words; the shape of the refusal is its user's.
package caller

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/bedrock/sigv4"
)

// The access key that the places accept unless told otherwise. It is AWS's in
// form only: no account has it.
const (
	DefaultRegion = "us-east-1"
	DefaultID     = "AKIDEMULATED00000000"
)

// Keys are what a service accepts. They are not changed once they are in use.
type Keys struct {
	Region   string   // the only region signatures may be for
	Services []string // the services signatures may be for; the first is the one told to others

	AccessKeyID, SecretAccessKey string
	SessionToken                 string // when set, it must come with the access key
	APIKey                       string
}

// Credentials are the keys by the names under which places tell them.
func (k Keys) Credentials() map[string]string {
	c := map[string]string{
		"region": k.Region, "access_key_id": k.AccessKeyID, "secret_access_key": k.SecretAccessKey, "api_key": k.APIKey,
	}
	if k.SessionToken != "" {
		c["session_token"] = k.SessionToken
	}
	return c
}

// BadKey is the code of a refused API key.
const BadKey = "AccessDeniedException"

// Bearer judges an Authorization header of the form "Bearer key". ok is false
// when the header has another form.
func (k Keys) Bearer(r *http.Request) (who string, ok bool, refused *sigv4.Refusal) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return "", false, nil
	}
	who, refused = k.Key(token)
	return who, true, refused
}

// Key judges an API key.
func (k Keys) Key(given string) (who string, refused *sigv4.Refusal) {
	if subtle.ConstantTimeCompare([]byte(given), []byte(k.APIKey)) != 1 {
		return "", &sigv4.Refusal{Code: BadKey, Message: "Authentication failed: Please make sure your API Key is valid."}
	}
	return "api-key", nil
}

// Signed judges the signature of a request with this body.
func (k Keys) Signed(r *http.Request, body []byte) (who string, refused *sigv4.Refusal) {
	key, err := k.verifier(r).Verify(r, body)
	if refused := new(sigv4.Refusal); errors.As(err, &refused) {
		return "", refused
	} else if err != nil {
		return "", &sigv4.Refusal{Code: sigv4.InvalidSignature, Message: err.Error()}
	}
	return key.ID, nil
}

// verifier is for the service the request was signed for, where that is one of
// those accepted.
func (k Keys) verifier(r *http.Request) sigv4.Verifier {
	service := k.Services[0]
	if a, err := sigv4.ParseAuthorization(r.Header.Get("Authorization")); err == nil && slices.Contains(k.Services, a.Service) {
		service = a.Service
	}
	return sigv4.Verifier{
		Region: k.Region, Service: service, Now: time.Now,
		Lookup: func(id string) (sigv4.Key, bool) {
			return sigv4.Key{ID: k.AccessKeyID, Secret: k.SecretAccessKey, Token: k.SessionToken}, id == k.AccessKeyID
		},
	}
}

// ErrTooLarge says that a body has more bytes than the service takes.
var ErrTooLarge = errors.New("request body too large")

// Body reads a request's body of at most so many bytes, and puts it back for
// the next reader. A body over the limit gives [ErrTooLarge].
func Body(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if tooBig := new(http.MaxBytesError); errors.As(err, &tooBig) {
		return nil, ErrTooLarge
	} else if err != nil {
		return nil, fmt.Errorf("read request body: %w", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// RequestID gives a request id the form AWS's have.
func RequestID(id string) string {
	return strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-")
}
