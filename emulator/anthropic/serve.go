package anthropic

import (
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/core"
)

// Host is a cloud that serves the Messages API at a door of its own: what it
// does otherwise than Anthropic. It is made for one request.
type Host struct {
	// Admit checks who calls and names the credential, for quotas and caches,
	// or refuses. It is called once, after drills that refuse.
	Admit func() (who string, refused *Refusal)
	// Find resolves a model as this cloud names it, or refuses; nil takes
	// Anthropic's own names.
	Find func(id string) (claude.Rules, *Refusal)

	Models   bool     // GET /v1/models is served
	NoCount  bool     // POST /v1/messages/count_tokens is not
	Limits   bool     // rate-limit headers go along
	Hosted   bool     // Anthropic does not run it: answers name no organization and no place of inference
	Inline   bool     // pictures and documents must come inline
	NoFormat bool     // output_config.format is refused
	Without  []string // further top-level members that are refused
	Extra    []string // further top-level members that are accepted and ignored
	ID       string   // begins the ids of messages; "msg_01" if empty
}

// A Refusal is why a cloud turns a request away, to be told in the API's shape:
// the error's type follows from the status.
type Refusal struct {
	Status  int
	Message string
}

func (r *Refusal) fault() *fault {
	return &fault{kind: kindOf(r.Status), status: r.Status, message: r.Message}
}

// call is one request being served.
type call struct {
	*core.Exchange
	core *core.Core
	host Host
	r    *http.Request
	w    http.ResponseWriter
	key  string // the credential that was accepted
}

// Serve answers a request to the Messages API. The caller has entered the
// exchange and gives the path as it would be at Anthropic.
func Serve(c *core.Core, x *core.Exchange, w http.ResponseWriter, r *http.Request, path string, h Host) {
	k := &call{Exchange: x, core: c, host: h, r: r, w: w}
	k.Header().Set("Request-Id", k.requestID())
	if !h.Hosted {
		k.Header().Set("Anthropic-Organization-Id", "00000000-0000-4000-8000-000000000000")
	}
	if f := drilled(x.Fault); f != nil {
		k.refuse(f)
		return
	}
	if f := k.admit(); f != nil {
		k.refuse(f)
		return
	}
	k.route(path)
}

func (k *call) requestID() string { return "req_" + k.ID[:24] }

// admit checks the credential and the version.
func (k *call) admit() *fault {
	who, refused := k.host.Admit()
	if refused != nil {
		return refused.fault()
	}
	k.key = who
	switch version := strings.TrimSpace(k.r.Header.Get("Anthropic-Version")); version {
	case "2023-06-01", "2026-10-21":
		return nil
	case "":
		return failed(invalid, "anthropic-version: header is required")
	default:
		return failed(invalid, "anthropic-version: \"%s\" is not a valid version", version)
	}
}

func (k *call) route(path string) {
	id, single := strings.CutPrefix(path, "/v1/models/")
	switch {
	case path == "/v1/messages":
		k.messages()
	case path == "/v1/messages/count_tokens" && !k.host.NoCount:
		k.countTokens()
	case path == "/v1/models" && k.host.Models:
		k.listModels()
	case single && k.host.Models && id != "" && !strings.Contains(id, "/"):
		k.getModel(id)
	default:
		k.refuse(failed(notFound, "Not Found"))
	}
}

// find resolves the model of a request.
func (k *call) find(id string) (claude.Rules, *fault) {
	if k.host.Find == nil {
		return find(id)
	}
	m, refused := k.host.Find(id)
	if refused != nil {
		return m, refused.fault()
	}
	return m, nil
}

// method refuses every method but the one that is wanted.
func (k *call) method(want string) bool {
	if k.r.Method == want {
		return true
	}
	k.Header().Set("Allow", want)
	k.refuse(&fault{kind: invalid, status: http.StatusMethodNotAllowed, message: "Method Not Allowed"})
	return false
}
