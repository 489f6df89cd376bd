package vertex

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/core"
	"github.com/interline-ai/interline/emulator/gemini"
	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// Service is the name of Vertex AI in refusals.
const Service = "aiplatform.googleapis.com"

// Options are what can differ from one emulated Vertex AI to another. The zero
// value is complete.
type Options struct {
	Name         string        // the place's name; "vertex" if empty
	Project      string        // the only project; "emulated-project" if empty
	Location     string        // the only location; "global" if empty
	Key          string        // the API key of express mode; "emulated-vertex-key" if empty
	SubjectToken string        // of workload identity federation; "emulated-subject-token" if empty
	TokenLife    time.Duration // how long access tokens live; an hour if zero
}

// New returns an emulated Vertex AI, which is a [core.Authority].
func New(o Options) core.Place {
	orDefault := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	orDefault(&o.Name, "vertex")
	orDefault(&o.Project, "emulated-project")
	orDefault(&o.Location, "global")
	orDefault(&o.Key, "emulated-vertex-key")
	orDefault(&o.SubjectToken, "emulated-subject-token")
	if o.TokenLife <= 0 {
		o.TokenLife = time.Hour
	}
	return &place{
		Options: o, surface: gemini.NewSurface(true), mint: newMint(o.TokenLife),
		account: newAccount("interline@" + o.Project + ".iam.gserviceaccount.com"),
	}
}

type place struct {
	Options
	surface *gemini.Surface
	mint    *mint
	account *account
}

func (p *place) Name() string { return p.Options.Name }
func (p *place) Kind() string { return "vertex" }

// call is one request whose path is known.
type call struct {
	*core.Exchange
	core  *core.Core
	place *place
	r     *http.Request

	express    bool   // the path has no project
	location   string // of the path
	publisher  string
	model      string
	method     string
	credential string // who calls
}

// Handler serves the versions v1 and v1beta1, which are the same here.
func (p *place) Handler(c *core.Core) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, ok := c.Enter(p.Name(), w, r)
		if !ok {
			return
		}
		x.Header().Set("Vary", "Origin, X-Origin, Referer")
		x.Header().Set("X-Content-Type-Options", "nosniff")
		k := &call{Exchange: x, core: c, place: p, r: r}
		path, ok := strings.CutPrefix(r.URL.Path, "/v1/")
		if !ok {
			path, ok = strings.CutPrefix(r.URL.Path, "/v1beta1/")
		}
		if !ok {
			k.unrouted()
			return
		}
		k.route(path)
	})
}

func (k *call) unrouted() {
	(&rpc.Error{Status: http.StatusNotFound, Message: "The requested URL " + k.r.URL.Path + " was not found on this server."}).Send(k.Exchange)
}

// route finds what a path below the version asks for.
func (k *call) route(path string) {
	rest, project, ok := k.within(path)
	if !ok {
		k.unrouted()
		return
	}
	if publisher, id, ok := listed(rest); ok && k.r.Method == http.MethodGet {
		if e := k.admit(project); e != nil {
			e.Send(k.Exchange)
			return
		}
		k.list(publisher, id)
		return
	}
	door := rest == "endpoints/openapi/chat/completions" || rest == "endpoints/openapi/embeddings"
	if !door && !k.published(rest) {
		k.unrouted()
		return
	}
	if e := k.admit(project); e != nil {
		k.refuse(e, door)
		return
	}
	switch {
	case door:
		k.openapi(strings.TrimPrefix(rest, "endpoints/openapi/"))
	case k.publisher == "google":
		k.native().Serve(k.method)
	case k.publisher == "anthropic":
		k.claude()
	default:
		k.refuse(k.missing(), false)
	}
}

// within takes the project and the location from the front of a path. Express
// mode has neither.
func (k *call) within(path string) (rest, project string, ok bool) {
	if strings.HasPrefix(path, "publishers/") {
		k.express, k.location = true, "global"
		return path, "", true
	}
	parts := strings.SplitN(path, "/", 5)
	if len(parts) < 5 || parts[0] != "projects" || parts[2] != "locations" {
		return "", "", false
	}
	k.location = parts[3]
	return parts[4], parts[1], true
}

// published reads publishers/{publisher}/models/{model}:{method}.
func (k *call) published(path string) bool {
	parts := strings.SplitN(path, "/", 4)
	if len(parts) < 4 || parts[0] != "publishers" || parts[2] != "models" {
		return false
	}
	k.publisher = parts[1]
	at := strings.LastIndexByte(parts[3], ':')
	if at < 0 {
		return false
	}
	k.model, k.method = parts[3][:at], parts[3][at+1:]
	return k.model != ""
}

// resource is the full name of the model.
func (k *call) resource() string {
	name := "publishers/" + k.publisher + "/models/" + k.model
	if k.express {
		return name
	}
	return "projects/" + k.place.Project + "/locations/" + k.location + "/" + name
}

// admit carries out refusing drills and checks credential, project and location.
func (k *call) admit(project string) *rpc.Error {
	if e := gemini.Drilled(k.Fault, true, unauthenticated(errForeign, false, method, Service)); e != nil {
		return e
	}
	if e := k.authorize(); e != nil {
		return e
	}
	if k.express {
		return nil
	}
	if project != k.place.Project {
		return &rpc.Error{
			Status:  http.StatusForbidden,
			Message: "Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis.com/projects/" + project + "/locations/" + k.location + "' (or it may not exist).",
			Details: []any{rpc.ErrorInfo("IAM_PERMISSION_DENIED", Service, map[string]string{"permission": "aiplatform.endpoints.predict"})},
		}
	}
	if k.location != k.place.Location {
		return rpc.Invalid("Unsupported region for Vertex AI, select from: %s", k.place.Location)
	}
	return nil
}

// method is what refusals of credentials name.
const method = "google.cloud.aiplatform.v1beta1.PredictionService.GenerateContent"

// authorize takes an access token, and in express mode an API key too.
func (k *call) authorize() *rpc.Error {
	key := k.r.Header.Get("X-Goog-Api-Key")
	if key == "" {
		key = k.r.URL.Query().Get("key")
	}
	token, bearer := strings.CutPrefix(k.r.Header.Get("Authorization"), "Bearer ")
	if !bearer && key != "" {
		switch {
		case subtle.ConstantTimeCompare([]byte(key), []byte(k.place.Key)) != 1:
			return gemini.BadKey(Service)
		case !k.express:
			return unauthenticated(errKey, false, method, Service)
		}
		k.credential = "api-key"
		return nil
	}
	who, err := k.place.mint.principal(token)
	if err != nil {
		k.core.Logger.Info("token refused", "place", k.Place, "request", k.ID, "reason", err)
		return unauthenticated(err, !bearer, method, Service)
	}
	k.credential = who
	return nil
}

// errKey is the reason for refusing a key where a token is wanted.
var errKey = errors.New("API keys are not supported by this API")

// unauthenticated is Google's 401 (google.api.ErrorReason, 2026-10).
func unauthenticated(why error, none bool, method, service string) *rpc.Error {
	e := &rpc.Error{Status: http.StatusUnauthorized}
	const expected = "Expected OAuth 2 access token, login cookie or other valid authentication credential. " +
		"See https://developers.google.com/identity/sign-in/web/devconsole-project."
	reason := "ACCESS_TOKEN_TYPE_UNSUPPORTED"
	switch {
	case none:
		e.Message, reason = "Request is missing required authentication credential. "+expected, "CREDENTIALS_MISSING"
	case errors.Is(why, errKey):
		e.Message = "API keys are not supported by this API. Expected OAuth2 access token or other authentication credentials that assert a principal. " +
			"See https://cloud.google.com/docs/authentication"
		reason = "CREDENTIALS_MISSING"
	case errors.Is(why, errExpired):
		e.Message, reason = "Request had invalid authentication credentials. "+expected, "ACCESS_TOKEN_EXPIRED"
	default:
		e.Message = "Request had invalid authentication credentials. " + expected
	}
	e.Details = []any{rpc.ErrorInfo(reason, "googleapis.com", map[string]string{"service": service, "method": method})}
	return e
}

// refuse writes a refusal in the shape of the door that was used.
func (k *call) refuse(e *rpc.Error, door bool) {
	switch {
	case door:
		gemini.CompatibleError(e).Send(k.Exchange)
	case k.publisher == "google":
		k.native().Send(k.method, e)
	default:
		e.Send(k.Exchange)
	}
}

func (k *call) native() *gemini.Call {
	return &gemini.Call{
		Surface: k.place.surface, Exchange: k.Exchange, Core: k.core, Request: k.r,
		Credential: k.credential, Model: k.model, Resource: k.resource(),
	}
}

func (k *call) missing() *rpc.Error {
	return &rpc.Error{
		Status: http.StatusNotFound,
		Message: "Publisher Model `" + k.resource() + "` was not found or your project does not have access to it. Please ensure you are using a valid model version. " +
			"For more information, see: https://cloud.google.com/vertex-ai/generative-ai/docs/learn/model-versions",
	}
}
