package bedrock

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/bedrock/sigv4"
	"github.com/interline-ai/interline/emulator/core"
)

// Options are what can differ from one emulated Bedrock to another. The zero
// value is complete.
type Options struct {
	Name   string // the place's name; "bedrock" if empty
	Region string // the only region signatures may be for; "us-east-1" if empty

	// The access key it accepts; AKIDEMULATED00000000 with the secret
	// "emulated-bedrock-secret" if empty. SessionToken, when set, must come
	// with it.
	AccessKeyID, SecretAccessKey, SessionToken string
	// APIKey is accepted as a bearer token; "emulated-bedrock-key" if empty.
	APIKey string
}

// New returns an emulated Bedrock runtime.
func New(o Options) core.Place {
	orDefault := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	orDefault(&o.Name, "bedrock")
	orDefault(&o.Region, "us-east-1")
	orDefault(&o.AccessKeyID, "AKIDEMULATED00000000")
	orDefault(&o.SecretAccessKey, "emulated-bedrock-secret")
	orDefault(&o.APIKey, "emulated-bedrock-key")
	return &place{o}
}

type place struct{ Options }

func (p *place) Name() string { return p.Options.Name }
func (p *place) Kind() string { return "bedrock" }

func (p *place) Credentials() map[string]string {
	c := map[string]string{
		"region": p.Region, "access_key_id": p.AccessKeyID, "secret_access_key": p.SecretAccessKey, "api_key": p.APIKey,
	}
	if p.SessionToken != "" {
		c["session_token"] = p.SessionToken
	}
	return c
}

// Handler serves the whole surface. Routing looks at the path as it was sent,
// because a model id may hold an escaped slash.
func (p *place) Handler(c *core.Core) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, ok := c.Enter(p.Name(), w, r)
		if !ok {
			return
		}
		x.Header().Set("X-Amzn-Requestid", uuid(x.ID))
		k := &call{Exchange: x, core: c, place: p, r: r, w: w}
		k.route(r.URL.EscapedPath())
	})
}

// uuid gives a request id the form AWS's have.
func uuid(id string) string {
	return strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-")
}

// call is one request being served.
type call struct {
	*core.Exchange
	core  *core.Core
	place *place
	r     *http.Request
	w     http.ResponseWriter

	key  string // the credential that was accepted
	body []byte
}

// operations are those of /model/{id}/{operation} that are emulated.
var operations = map[string]func(*call, string){
	"converse":        func(k *call, id string) { k.converse(id, false) },
	"converse-stream": func(k *call, id string) { k.converse(id, true) },
	"count-tokens":    (*call).countTokens,

	"invoke":                      func(k *call, id string) { k.invoke(id, false) },
	"invoke-with-response-stream": func(k *call, id string) { k.invoke(id, true) },
}

func (k *call) route(path string) {
	if strings.HasPrefix(path, "/v1/") {
		k.unknownOperation()
		return
	}
	if rest, ok := strings.CutPrefix(path, "/openai/v1/"); ok {
		k.openai(rest)
		return
	}
	parts := strings.Split(path, "/") // "", "model", id, operation
	if len(parts) != 4 || parts[1] != "model" || operations[parts[3]] == nil || k.r.Method != http.MethodPost {
		k.refuse(&fault{http.StatusNotFound, "UnknownOperationException", "The requested operation is not recognized by the service."})
		return
	}
	id, err := url.PathUnescape(parts[2])
	if err != nil {
		k.refuse(invalid("The provided model identifier is invalid."))
		return
	}
	if f := k.admit(); f != nil {
		k.refuse(f)
		return
	}
	operations[parts[3]](k, id)
}

// unknownOperation is what the runtime answers on paths of the other endpoint:
// success by its status, failure by its body (recorded, 2026-08).
func (k *call) unknownOperation() {
	k.Refuse(http.StatusOK, "application/json",
		[]byte(`{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}`))
}

const maxBody = 25 << 20 // bytes of a Converse request (bedrock docs, 2026-11)

// admit carries out drills that refuse, reads the body and checks who signed it.
func (k *call) admit() *fault {
	if f := drilled(k.Fault); f != nil {
		return f
	}
	var err error
	k.body, err = io.ReadAll(http.MaxBytesReader(k.w, k.r.Body, maxBody))
	if tooBig := new(http.MaxBytesError); errors.As(err, &tooBig) {
		return &fault{http.StatusRequestEntityTooLarge, "ValidationException", "Request body exceeds the maximum of 25 MB"}
	} else if err != nil {
		return invalid("The request body could not be read: " + err.Error())
	}
	k.r.Body = io.NopCloser(bytes.NewReader(k.body))
	return k.authorize()
}

// authorize takes a Bedrock API key or a signature.
func (k *call) authorize() *fault {
	if token, ok := strings.CutPrefix(k.r.Header.Get("Authorization"), "Bearer "); ok {
		if subtle.ConstantTimeCompare([]byte(token), []byte(k.place.APIKey)) != 1 {
			return &fault{http.StatusForbidden, "AccessDeniedException", "Authentication failed: Please make sure your API Key is valid."}
		}
		k.key = "api-key"
		return nil
	}
	key, err := k.place.verifier().Verify(k.r, k.body)
	if refusal := new(sigv4.Refusal); errors.As(err, &refusal) {
		return &fault{http.StatusForbidden, refusal.Code, refusal.Message}
	} else if err != nil {
		return &fault{http.StatusForbidden, sigv4.InvalidSignature, err.Error()}
	}
	k.key = key.ID
	return nil
}

func (p *place) verifier() sigv4.Verifier {
	return sigv4.Verifier{
		Region: p.Region, Service: "bedrock", Now: time.Now,
		Lookup: func(id string) (sigv4.Key, bool) {
			return sigv4.Key{ID: p.AccessKeyID, Secret: p.SecretAccessKey, Token: p.SessionToken}, id == p.AccessKeyID
		},
	}
}
