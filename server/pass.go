package server

import (
	"bytes"
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/exchange"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/unread"
)

// passing returns the route of a request whose path, or whose method at it, is in
// no table, but lies below the root of a known API; else nil.
func passing(r *http.Request) (*Route, Names) {
	p := below(r)
	if p == nil || !passable(p, r.URL.EscapedPath()) {
		return nil, Names{}
	}
	found := &Route{Method: r.Method, Pattern: "any other path", Operation: interline.OperationPass, serve: pass}
	found.Language = passLanguages[p.API]
	if p.API == protocol.APIOpenAI && strings.HasPrefix(p.Before, "/responses") {
		found.Language = protocol.Responses
	}
	p.Method, p.Header, p.Shown = r.Method, first(r.Header[exchange.HeaderModel]), clip(r.URL.Path)
	p.After += passQuery(r.URL.RawQuery)
	return found, Names{Model: p.Model, pass: p}
}

// elsewise reports whether a path that has a route is another operation of its API
// with another method: to list what is stored, to delete a model, to ask one of
// Google's to do something that has no route.
func elsewise(found *Route, r *http.Request) bool {
	switch {
	case strings.HasSuffix(found.Pattern, "/v1/chat/completions"):
		return r.Method == http.MethodGet
	case strings.HasSuffix(found.Pattern, "/models/{model}"):
		return r.Method == http.MethodDelete || r.Method == http.MethodPost && strings.Contains(r.URL.Path, ":")
	}
	return false
}

// passLanguages are the languages whose errors each API has.
var passLanguages = map[string]string{
	protocol.APIOpenAI: protocol.ChatCompletions, protocol.APIAnthropic: protocol.Messages, protocol.APIBedrock: protocol.Converse,
	protocol.APIGemini: protocol.GenerateContent, protocol.APIVertex: protocol.GenerateContent,
}

// passMethods are those that the APIs use.
var passMethods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// below finds the API, with and without the prefixes.
func below(r *http.Request) *exchange.Passing {
	path := r.URL.EscapedPath()
	if p := root(r, path, ""); p != nil {
		return p
	}
	for _, prefix := range Prefixes {
		if rest, ok := strings.CutPrefix(path, prefix); ok && strings.HasPrefix(rest, "/") {
			return root(r, rest, prefix)
		}
	}
	return nil
}

var (
	vertexRoot  = regexp.MustCompile(`^/v[0-9][0-9a-z]*/(?:projects/[^/]+/locations/[^/]+/|publishers/)`)
	geminiRoot  = regexp.MustCompile(`^/v[0-9][0-9a-z]*/`)
	googleModel = regexp.MustCompile(`^((?:/publishers/[^/]+)?/models/)([^/:]+)([:/].*)$`)
	awsModel    = regexp.MustCompile(`^(/model/)([^/]+)(/[^/]+)$`)
	openaiModel = regexp.MustCompile(`^(/models/)([^/]+)()$`)
)

// root tells whose path it is. Below /v1 it may be OpenAI's, Anthropic's or
// Google's, which a prefix, a header or the form of the path tells apart.
func root(r *http.Request, path, prefix string) *exchange.Passing {
	h := r.Header
	cut := func(root string) string {
		rest, ok := strings.CutPrefix(path, root)
		if !ok || !strings.HasPrefix(rest, "/") || rest == "/" {
			return ""
		}
		return rest
	}
	switch {
	case cut("/openai/openai") != "", cut("/azure/openai") != "":
		return nil // a prefix, and then a root
	case cut("/openai/v1") != "":
		return named(&exchange.Passing{API: protocol.APIOpenAI}, cut("/openai/v1"), r.Method)
	case cut("/openai") != "" && strings.Contains(r.URL.RawQuery, "api-version="):
		return dated(cut("/openai"), r.Method)
	case cut("/anthropic/v1") != "":
		return named(&exchange.Passing{API: protocol.APIAnthropic}, cut("/anthropic/v1"), r.Method)
	case awsModel.MatchString(path), cut("/guardrail") != "", cut("/async-invoke") != "", path == "/async-invoke":
		return named(&exchange.Passing{API: protocol.APIBedrock}, path, r.Method)
	case vertexRoot.MatchString(path):
		rest := vertexRoot.FindString(path)
		at := len(rest) - 1
		if strings.HasSuffix(rest, "/publishers/") {
			at -= len("/publishers")
		}
		return named(&exchange.Passing{API: protocol.APIVertex}, path[at:], r.Method)
	case prefix == "/vertex", prefix == "/bedrock":
		return nil
	case prefix == "/gemini" && geminiRoot.MatchString(path), strings.HasPrefix(path, "/v1beta/"):
		return named(&exchange.Passing{API: protocol.APIGemini}, path[len(geminiRoot.FindString(path))-1:], r.Method)
	case cut("/v1") == "":
		return nil
	case prefix == "/anthropic" || prefix == "" && len(h["Anthropic-Version"]) > 0:
		return named(&exchange.Passing{API: protocol.APIAnthropic}, cut("/v1"), r.Method)
	case prefix == "" && (len(h["X-Goog-Api-Key"]) > 0 || r.Method == http.MethodPost && googleModel.MatchString(cut("/v1"))):
		return named(&exchange.Passing{API: protocol.APIGemini}, cut("/v1"), r.Method)
	}
	return named(&exchange.Passing{API: protocol.APIOpenAI}, cut("/v1"), r.Method)
}

// dated takes the deployment out of a path of Azure's dated versions. Elsewhere
// the body names it.
func dated(path, method string) *exchange.Passing {
	p := &exchange.Passing{API: protocol.APIOpenAI}
	rest, ok := strings.CutPrefix(path, "/deployments/")
	if !ok {
		return named(p, path, method)
	}
	segment, rest, _ := strings.Cut(rest, "/")
	model, err := url.PathUnescape(segment)
	if err != nil || rest == "" || model == "" {
		return nil
	}
	p.Model, p.Insert, p.Before = model, true, "/"+rest
	return p
}

// named takes the model out of a path that names it.
func named(p *exchange.Passing, path, method string) *exchange.Passing {
	var at []string
	switch p.API {
	case protocol.APIBedrock:
		at = awsModel.FindStringSubmatch(path)
	case protocol.APIGemini, protocol.APIVertex:
		at = googleModel.FindStringSubmatch(path)
	case protocol.APIOpenAI:
		if method == http.MethodDelete {
			at = openaiModel.FindStringSubmatch(path)
		}
	}
	p.Before = path
	if at == nil {
		return p
	}
	model, err := url.PathUnescape(at[2])
	if err != nil || model == "" {
		return nil
	}
	p.Before, p.After, p.InPath, p.Model = at[1], at[3], true, model
	return p
}

// passable reports whether a path stays where it seems to be, however often it is
// decoded on the way: no empty or dot segments, no slashes in disguise. Bedrock's
// ids are ARNs, which have slashes. What administers an account is nobody's to
// reach with the gateway's credential.
func passable(p *exchange.Passing, whole string) bool {
	for segment := range strings.SplitSeq(strings.TrimPrefix(whole, "/"), "/") {
		text, err := url.PathUnescape(segment)
		if err != nil || strings.ContainsAny(text, "\\%") || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return false
		}
		for part := range strings.SplitSeq(text, "/") {
			if part == "" || part == "." || part == ".." {
				return false
			}
		}
		inModel := p.InPath && text == p.Model
		if strings.Contains(text, "/") && !inModel && p.API != protocol.APIBedrock {
			return false
		}
	}
	return !slices.Contains([]string{"organization", "organizations"}, strings.Split(p.Before, "/")[1])
}

// withheld are the parameters that carry a credential at some cloud, or at this
// gateway.
var withheld = []string{"key", "access_token", "oauth_token", "api_key", "api-key", "subscription-key", "$userproject", "quotauser"}

// passQuery is the query without what is withheld, escaped as it must be sent,
// with its question mark.
func passQuery(raw string) string {
	var kept []string
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, valued := strings.Cut(pair, "=")
		key, err1 := url.QueryUnescape(name)
		text, err2 := url.QueryUnescape(value)
		lower := strings.ToLower(key)
		if pair == "" || err1 != nil || err2 != nil || slices.Contains(withheld, lower) || strings.HasPrefix(lower, "x-amz-") {
			continue
		}
		pair = url.QueryEscape(key)
		if valued {
			pair += "=" + url.QueryEscape(text)
		}
		kept = append(kept, pair)
	}
	if len(kept) == 0 {
		return ""
	}
	return "?" + strings.Join(kept, "&")
}

// collections are what the vendors keep for an account, by the path that lists all
// of it.
var collections = map[string][]string{
	protocol.APIOpenAI: {
		"/files", "/batches", "/responses", "/conversations", "/vector_stores", "/containers", "/uploads", "/videos", "/skills",
		"/chat/completions", "/fine_tuning/jobs", "/assistants", "/threads", "/evals",
	},
	protocol.APIAnthropic: {"/files", "/messages/batches", "/skills"},
	protocol.APIGemini:    {"/files", "/cachedContents", "/batches", "/fileSearchStores", "/tunedModels"},
	protocol.APIVertex:    {"/cachedContents", "/batchPredictionJobs", "/operations"},
	protocol.APIBedrock:   {"/async-invoke"},
}

// lists reports whether a request lists what was stored with the gateway's own
// credential, for whichever of its keys.
func lists(p *exchange.Passing) bool {
	path, _, _ := strings.Cut(p.Before+p.After, "?")
	return p.Method == http.MethodGet && slices.Contains(collections[p.API], path)
}

// pass serves a request that is forwarded and not understood.
func pass(v *visit, rt *Route, names Names) {
	if !slices.Contains(passMethods, v.r.Method) {
		v.w.Header().Set("Allow", strings.Join(passMethods, ", "))
		v.refuse(&interline.Fault{
			Class: interline.C12Local, Code: interline.CodeMethod,
			Message: "the path does not take " + clip(v.r.Method),
		})
		return
	}
	key, fault := v.world.Keys.check(v.r)
	if fault != nil {
		v.refuse(fault)
		return
	}
	v.key = key
	if v.world.Keys.several() && lists(names.pass) {
		v.refuse(&interline.Fault{
			Class: interline.C12Local, Code: interline.CodePermission,
			Message: clip(v.r.URL.Path) + " lists what every key of this gateway has stored; ask for what is yours by its id",
		})
		return
	}
	body, fault := v.s.readAny(v.w, v.r, &v.world.Limits)
	if fault != nil {
		v.refuse(fault)
		return
	}
	v.forward(rt, names.pass, body)
}

// forward hands a request to the exchange that is not understood.
func (v *visit) forward(rt *Route, p *exchange.Passing, body *body) {
	if fault := v.openPass(p, body); fault != nil {
		body.free()
		v.refuse(fault)
		return
	}
	v.handed = true
	v.world.Exchange.Pass(v.w, v.r, &exchange.Ask{
		In: v.lang, ID: v.id, Key: v.key, Received: v.received, Release: body.free, Seals: v.world.Seals,
		Opened: &protocol.Opened{Head: interline.Head{Operation: rt.Operation, Model: cmp.Or(p.Model, p.Header), InputSize: len(body.bytes)}, Body: body.bytes},
	}, p)
}

// foreign returns how a request is forwarded whose path has a route, for the bodies
// of one kind of models, but whose body is another kind's: Nova's or Llama's at
// InvokeModel, pictures at predict. It is nil where nobody would take it.
func (v *visit) foreign(rt *Route, err error, body []byte) (*Route, *exchange.Passing) {
	var f *interline.Fault
	switch {
	case !errors.As(err, &f):
		return nil, nil
	case rt.Language == protocol.Invoke && !bytes.Contains(body, []byte("anthropic_version")):
	case rt.Language == protocol.Predict && strings.HasPrefix(f.Param, "instances"):
	default:
		return nil, nil
	}
	found, names := passing(v.r)
	if found == nil || !v.world.Exchange.Forwards(names.pass) {
		return nil, nil
	}
	return found, names.pass
}

// openPass looks for the model in the body.
func (v *visit) openPass(p *exchange.Passing, body *body) *interline.Fault {
	if fault := v.world.Keys.checkBody(v.r, body.bytes); fault != nil {
		return fault
	}
	if len(v.r.Header["Content-Type"]) > 1 || len(v.r.Header[exchange.HeaderModel]) > 1 {
		return interline.Invalid("", "content-type and x-interline-model may each be sent once")
	}
	p.ContentType = first(v.r.Header["Content-Type"])
	if kind, _, _ := strings.Cut(p.ContentType, ";"); strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") {
		return checkType(v.r.Header) // curl's own guess, at JSON that no cloud would read
	}
	opened, err := unread.Open(p.ContentType, body.bytes)
	if err != nil {
		return faultOf(err)
	}
	p.Body = opened
	switch p.API {
	case protocol.APIOpenAI, protocol.APIAnthropic:
		p.Model = cmp.Or(p.Model, opened.Model)
	case protocol.APIGemini:
		p.Model = cmp.Or(p.Model, opened.Within("models/")) // as caches name theirs
	default:
		opened.Unname() // a model there is something else
	}
	if len(p.Model) > maxModel || len(p.Header) > maxModel {
		return interline.Invalid("model", "the model's name is longer than %d bytes", maxModel)
	}
	return nil
}
