package azure

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
)

// The credentials a place accepts unless told otherwise.
const (
	DefaultKey            = "emulated-azure-key"
	DefaultTenant         = "00000000-0000-4000-8000-00000000e401"
	DefaultClient         = "00000000-0000-4000-8000-00000000e402"
	DefaultSecret         = "emulated-azure-client-secret"
	DefaultFederatedToken = "emulated-azure-federated-token"
)

// Options say how a place is set up. The zero value works.
type Options struct {
	Name   string // the place's name; empty means azure
	Region string // what x-ms-region says; empty means Emulated West

	Key string // the API key; empty means DefaultKey

	// The Entra application that may ask for tokens: tenant, client id, and
	// what proves it, a secret or the token of another issuer (the
	// client_assertion of workload identity). Empty means the defaults.
	Tenant, Client, Secret, FederatedToken string

	// Deployments maps a deployment's name to its base model, of OpenAI or of
	// Anthropic. Nil means one deployment of the same name for each of
	// DefaultDeployments and DefaultClaudes.
	Deployments map[string]string
}

// DefaultDeployments are OpenAI's base models deployed unless told otherwise.
func DefaultDeployments() []string {
	return []string{"gpt-5.6-sol", "gpt-5.5", "gpt-4.1", "gpt-4.1-mini", "gpt-4o", "text-embedding-3-small"}
}

// snapshots are the base models Azure serves, with Azure's own dates where
// they differ from OpenAI's (azure docs, models, 2026-11).
var snapshots = map[string]string{"gpt-5.5": "gpt-5.5-2026-04-24"}

// New makes an emulated Foundry resource. It returns an error when a
// deployment names a base model that is not served.
func New(o Options) (core.Place, error) {
	o.Name = cmp.Or(o.Name, "azure")
	o.Region = cmp.Or(o.Region, "Emulated West")
	o.Key = cmp.Or(o.Key, DefaultKey)
	o.Tenant = cmp.Or(o.Tenant, DefaultTenant)
	o.Client = cmp.Or(o.Client, DefaultClient)
	o.Secret = cmp.Or(o.Secret, DefaultSecret)
	o.FederatedToken = cmp.Or(o.FederatedToken, DefaultFederatedToken)
	hosted, others := claudes(o.Deployments)
	models, err := deployments(others)
	if err != nil {
		return nil, err
	}
	shelf := chat.NewShelf(o.Name + "\x00" + o.Key)
	return &place{Options: o, models: models, claudes: hosted, entra: newEntra(o), shelf: shelf}, nil
}

type place struct {
	Options
	models  map[string]chat.Model   // by deployment
	claudes map[string]claude.Rules // by deployment
	entra   *entra
	shelf   *chat.Shelf
}

func (p *place) Name() string { return p.Options.Name }
func (p *place) Kind() string { return "azure" }

func (p *place) Credentials() map[string]string {
	return map[string]string{
		"key": p.Key, "tenant": p.Tenant, "client": p.Client,
		"secret": p.Secret, "federated_token": p.FederatedToken,
	}
}

// AuthorityHandler serves Entra's endpoints; see [core.Authority].
func (p *place) AuthorityHandler(*core.Core) http.Handler { return p.entra }

// Handler serves the resource, and Entra's endpoints besides, for callers that
// do not insist on TLS for them.
func (p *place) Handler(c *core.Core) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/openai/") && !strings.HasPrefix(r.URL.Path, claudePath+"/") && p.entra.knows(r.URL.Path) {
			p.entra.ServeHTTP(w, r)
			return
		}
		x, ok := c.Enter(p.Options.Name, w, r)
		if !ok {
			return
		}
		p.headers(x, r)
		v := &visit{place: p, c: c, x: x, r: r}
		if path, ok := strings.CutPrefix(r.URL.Path, claudePath+"/"); ok {
			v.claude(w, "/"+path)
			return
		}
		if e := v.serve(); e != nil {
			e.Send(x)
		}
	})
}

// headers go with every answer (recorded, 2026).
func (p *place) headers(x *core.Exchange, r *http.Request) {
	h := x.Header()
	h.Set("Apim-Request-Id", guid(x.ID))
	h.Set("X-Request-Id", guid(x.ID))
	h.Set("X-Ms-Region", p.Region)
	if id := r.Header.Get("X-Ms-Client-Request-Id"); id != "" {
		h.Set("X-Ms-Client-Request-Id", id)
	}
}

// guid writes 32 hexadecimal digits with hyphens.
func guid(id string) string {
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
}

// visit is one request to the resource.
type visit struct {
	*place
	c *core.Core
	x *core.Exchange
	r *http.Request

	version string // api-version; empty on the v1 surface unless given
	who     string // the credential, as the quota knows it
}

// serve routes a request. It returns a refusal, or nil when it was answered.
func (v *visit) serve() *chat.Error {
	if e := fault(v.x.Fault); e != nil {
		return e
	}
	path, ok := strings.CutPrefix(v.r.URL.Path, "/openai/")
	if !ok {
		return notFound()
	}
	v.version = v.r.URL.Query().Get("api-version")
	if rest, ok := strings.CutPrefix(path, "v1/"); ok {
		return v.current(rest)
	}
	return v.dated(path)
}

// current serves the v1 surface, whose bodies name the deployment.
func (v *visit) current(path string) *chat.Error {
	if v.version != "" && v.version != "v1" && v.version != "preview" {
		return unknownVersion(v.version)
	}
	if e := v.authorize(audienceFoundry, audienceCognitive); e != nil {
		return e
	}
	if rest, ok := strings.CutPrefix(path, "responses"); ok && (rest == "" || rest[0] == '/') {
		return v.responses(strings.TrimPrefix(rest, "/"))
	}
	return v.operate(path, "")
}

// dated serves the surface with an api-version, whose paths name the
// deployment.
func (v *visit) dated(path string) *chat.Error {
	if v.version == "" {
		return notFound()
	}
	if !datedVersion.MatchString(v.version) {
		return unknownVersion(v.version)
	}
	if e := v.authorize(audienceCognitive); e != nil {
		return e
	}
	if path == "models" {
		return v.operate(path, "")
	}
	rest, ok := strings.CutPrefix(path, "deployments/")
	name, operation, more := strings.Cut(rest, "/")
	if !ok || !more || name == "" || operation == "models" {
		return notFound()
	}
	return v.operate(operation, name)
}

// operate serves an operation; deployment is empty when the body names it.
func (v *visit) operate(operation, deployment string) *chat.Error {
	switch {
	case operation == "chat/completions" && v.r.Method == http.MethodPost:
		v.x.Header().Set("X-Ms-Rai-Invoked", "true")
		chat.Serve(v.c, v.x, v.r, v.dialect(operation, deployment), v.who)
	case operation == "embeddings" && v.r.Method == http.MethodPost:
		chat.Embed(v.c, v.x, v.r, v.dialect(operation, deployment), v.who)
	case operation == "models" && v.r.Method == http.MethodGet:
		return v.list()
	default:
		return notFound()
	}
	return nil
}

func (v *visit) dialect(operation, deployment string) chat.Dialect {
	return chat.Dialect{
		Idle: []string{"local_shell", "web_search"},
		Find: func(name string) (chat.Model, *chat.Error) {
			if deployment != "" {
				name = deployment
			}
			m, ok := v.models[name]
			if !ok {
				return m, noDeployment()
			}
			return m, nil
		},
		Unnamed:   deployment != "",
		Extra:     []string{"user_security_context", "data_sources"},
		Fault:     fault,
		Unfit:     unfit,
		Throttled: v.throttled(operation),
		Filter:    &chat.Filter{Refuse: refusePrompt, Prompt: promptResults(), Answer: answerResults(), Response: responseResults()},
	}
}

// list names the base models of the resource; deployments are only listed by
// the control plane, which is not emulated.
func (v *visit) list() *chat.Error {
	var data []map[string]any
	for _, m := range v.baseModels() {
		data = append(data, map[string]any{
			"id": m.Snapshot, "object": "model", "created_at": m.Created, "status": "succeeded",
			"lifecycle_status": "generally-available",
			"capabilities": map[string]bool{
				"inference": true, "chat_completion": m.Dimensions == 0, "embeddings": m.Dimensions > 0,
				"completion": false, "fine_tune": false,
			},
		})
	}
	return v.answer(map[string]any{"object": "list", "data": data})
}

// baseModels are the models behind the deployments, each once, by name.
func (p *place) baseModels() []chat.Model {
	byName := make(map[string]chat.Model)
	for _, m := range p.models {
		byName[m.Snapshot] = m
	}
	var models []chat.Model
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		models = append(models, byName[name])
	}
	return models
}
