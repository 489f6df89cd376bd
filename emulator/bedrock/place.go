package bedrock

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/interline-ai/interline/emulator/bedrock/caller"
	"github.com/interline-ai/interline/emulator/chat"
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
	name := cmp.Or(o.Name, "bedrock")
	return &place{
		name: name,
		keys: caller.Keys{
			Region: cmp.Or(o.Region, caller.DefaultRegion), Services: []string{"bedrock"},
			AccessKeyID:     cmp.Or(o.AccessKeyID, caller.DefaultID),
			SecretAccessKey: cmp.Or(o.SecretAccessKey, "emulated-bedrock-secret"),
			SessionToken:    o.SessionToken,
			APIKey:          cmp.Or(o.APIKey, "emulated-bedrock-key"),
		},
		shelf: chat.NewShelf(name),
	}
}

type place struct {
	name  string
	keys  caller.Keys
	shelf *chat.Shelf
}

func (p *place) Name() string                   { return p.name }
func (p *place) Kind() string                   { return "bedrock" }
func (p *place) Credentials() map[string]string { return p.keys.Credentials() }

// Handler serves the whole surface. Routing looks at the path as it was sent,
// because a model id may hold an escaped slash.
func (p *place) Handler(c *core.Core) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, ok := c.Enter(p.Name(), w, r)
		if !ok {
			return
		}
		x.Header().Set("X-Amzn-Requestid", caller.RequestID(x.ID))
		k := &call{Exchange: x, core: c, place: p, r: r, w: w}
		k.route(r.URL.EscapedPath())
	})
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
	if rest, ok := strings.CutPrefix(path, "/anthropic/"); ok {
		k.messages("/" + rest)
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

// admit carries out drills that refuse, reads the body and checks who sent it.
func (k *call) admit() *fault {
	if f := drilled(k.Fault); f != nil {
		return f
	}
	return k.identify()
}

// identify reads the body and takes a Bedrock API key or a signature.
func (k *call) identify() *fault {
	var err error
	k.body, err = caller.Body(k.w, k.r, maxBody)
	if errors.Is(err, caller.ErrTooLarge) {
		return &fault{http.StatusRequestEntityTooLarge, "ValidationException", "Request body exceeds the maximum of 25 MB"}
	} else if err != nil {
		return invalid("The request body could not be read: " + err.Error())
	}
	who, bearer, refused := k.place.keys.Bearer(k.r)
	if !bearer {
		who, refused = k.place.keys.Signed(k.r, k.body)
	}
	if refused != nil {
		return &fault{http.StatusForbidden, refused.Code, refused.Message}
	}
	k.key = who
	return nil
}
