package gemini

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/interline-ai/interline/emulator/core"
	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// Service is the name of the Gemini API in refusals.
const Service = "generativelanguage.googleapis.com"

// Options are what can differ from one emulated Gemini API to another. The zero
// value is complete.
type Options struct {
	Name string // the place's name; "gemini" if empty
	Key  string // the API key it accepts; "emulated-gemini-key" if empty
}

// New returns an emulated Gemini API.
func New(o Options) core.Place {
	if o.Name == "" {
		o.Name = "gemini"
	}
	if o.Key == "" {
		o.Key = "emulated-gemini-key"
	}
	return &place{Options: o, surface: NewSurface(false)}
}

type place struct {
	Options
	surface *Surface
}

func (p *place) Name() string                   { return p.Options.Name }
func (p *place) Kind() string                   { return "gemini" }
func (p *place) Credentials() map[string]string { return map[string]string{"key": p.Key} }

// Handler serves the versions v1beta and v1, which are the same here.
func (p *place) Handler(c *core.Core) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, ok := c.Enter(p.Name(), w, r)
		if !ok {
			return
		}
		x.Header().Set("Vary", "Origin, X-Origin, Referer")
		x.Header().Set("X-Content-Type-Options", "nosniff")
		path, ok := strings.CutPrefix(r.URL.Path, "/v1beta/")
		if !ok {
			path, ok = strings.CutPrefix(r.URL.Path, "/v1/")
		}
		rest, compatible := strings.CutPrefix(path, "openai/")
		k := &Call{Surface: p.surface, Exchange: x, Core: c, Request: r, Credential: p.Key}
		switch {
		case !ok:
			unrouted(r).Send(x)
		case compatible:
			p.openai(k, rest)
		default:
			p.native(k, path)
		}
	})
}

// native serves the paths of Google's own language.
func (p *place) native(k *Call, path string) {
	id, ok := strings.CutPrefix(path, "models/")
	id, method, called := strings.Cut(id, ":")
	k.Model, k.Resource = id, "models/"+id
	e := Drilled(k.Fault, false, BadKey(Service))
	if e == nil {
		e = p.authorize(k.Request)
	}
	switch {
	case e != nil:
		k.Send(method, e)
	case path == "models":
		k.get(k.list)
	case !ok:
		unrouted(k.Request).Send(k.Exchange)
	case !called:
		k.get(k.describeModel)
	default:
		k.Serve(method)
	}
}

func unrouted(r *http.Request) *rpc.Error {
	return &rpc.Error{Status: http.StatusNotFound, Message: "The requested URL " + r.URL.Path + " was not found on this server."}
}

// authorize takes the key from the header or, as browsers do, from the query.
func (p *place) authorize(r *http.Request) *rpc.Error {
	key := r.Header.Get("X-Goog-Api-Key")
	if key == "" {
		key = r.URL.Query().Get("key")
	}
	if key == "" {
		return &rpc.Error{
			Status: http.StatusForbidden,
			Message: "Method doesn't allow unregistered callers (callers without established identity). " +
				"Please use API Key or other form of API consumer identity to call this API.",
		}
	}
	if subtle.ConstantTimeCompare([]byte(key), []byte(p.Key)) != 1 {
		return BadKey(Service)
	}
	return nil
}

// get serves a description, which nobody pays for.
func (k *Call) get(answer func() *rpc.Error) {
	if k.Request.Method != http.MethodGet {
		unrouted(k.Request).Send(k.Exchange)
		return
	}
	if e := answer(); e != nil {
		e.Send(k.Exchange)
	}
}

// described is a model as the API lists it.
type described struct {
	Name        string   `json:"name"`
	Version     string   `json:"version"`
	Display     string   `json:"displayName"`
	Description string   `json:"description"`
	Input       int      `json:"inputTokenLimit"`
	Output      int      `json:"outputTokenLimit"`
	Methods     []string `json:"supportedGenerationMethods"`
	Temperature float64  `json:"temperature,omitempty"`
	Hottest     float64  `json:"maxTemperature,omitempty"`
	TopP        float64  `json:"topP,omitempty"`
	TopK        int      `json:"topK,omitempty"`
	Thinking    bool     `json:"thinking,omitempty"`
}

func describe(m Model) described {
	d := described{
		Name: "models/" + m.ID, Version: m.Version, Display: m.Display, Description: m.Display + ", emulated.",
		Input: m.Context, Output: m.MaxOutput, Methods: m.methods(),
	}
	if !m.Embeds() {
		d.Temperature, d.Hottest, d.TopP, d.TopK, d.Thinking = 1, 2, 0.95, 64, true
	}
	return d
}

func (k *Call) describeModel() *rpc.Error {
	m, ok := Find(k.Models, k.Model)
	if !ok {
		return k.notFound("generateContent")
	}
	return k.answer(describe(m), nil)
}

// list answers with the models, in pages of pageSize that continue after the
// model that pageToken names.
func (k *Call) list() *rpc.Error {
	q := k.Request.URL.Query()
	size := 50
	if s := q.Get("pageSize"); s != "" {
		if json.Unmarshal([]byte(s), &size) != nil || size < 0 {
			return rpc.Invalid("Invalid value at 'page_size' (TYPE_INT32), %q", s)
		}
		size = max(1, min(size, 1000))
	}
	from := 0
	if token := q.Get("pageToken"); token != "" {
		from = 1 + slices.IndexFunc(k.Models, func(m Model) bool { return m.ID == token })
		if from == 0 {
			return rpc.Invalid("Invalid page token.")
		}
	}
	all := []described{}
	for _, m := range k.Models[from:] {
		if len(all) == size {
			break
		}
		all = append(all, describe(m))
	}
	answer := map[string]any{"models": all}
	if end := from + len(all); end < len(k.Models) {
		answer["nextPageToken"] = k.Models[end-1].ID
	}
	return k.answer(answer, nil)
}
