// Package openai emulates OpenAI's API at the wire: Chat Completions, Responses,
// Embeddings, files, moderations, pictures, transcriptions and the list of models, with its bearer authentication, its
// errors, its rate-limit headers and its quota. It never calls OpenAI and never
// says that an answer came from there.
//
// Field names and rules follow OpenAI's API reference (2026-11) and the
// official Go SDK openai-go v3.96.0.
package openai

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
)

// DefaultKey is the API key a place accepts unless told otherwise.
const DefaultKey = "emulated-openai-key"

// Options say how a place is set up. The zero value works.
type Options struct {
	Name string // the place's name; empty means openai
	Key  string // the API key it accepts; empty means DefaultKey
}

// New makes an emulated OpenAI.
func New(o Options) core.Place {
	if o.Name == "" {
		o.Name = "openai"
	}
	if o.Key == "" {
		o.Key = DefaultKey
	}
	return &place{Options: o, models: chat.Catalogue(), shelf: chat.NewShelf(o.Name + "\x00" + o.Key)}
}

type place struct {
	Options
	models []chat.Model
	shelf  *chat.Shelf
	drawer drawer
}

func (p *place) Name() string { return p.Options.Name }
func (p *place) Kind() string { return "openai" }

func (p *place) Credentials() map[string]string { return map[string]string{"key": p.Key} }

func (p *place) Handler(c *core.Core) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, ok := c.Enter(p.Options.Name, w, r)
		if !ok {
			return
		}
		p.headers(x)
		if e := p.serve(c, x, r); e != nil {
			e.Send(x)
		}
	})
}

// headers go with every answer (openai docs, "Debugging requests", 2026-11).
func (p *place) headers(x *core.Exchange) {
	began := time.Now()
	h := x.Header()
	h.Set("X-Request-Id", "req_"+x.ID)
	h.Set("Openai-Version", "2020-10-01")
	h.Set("Openai-Organization", "org-emulated")
	h.Set("Openai-Project", "proj_emulated")
	x.OnHeader = func(h http.Header) {
		h.Set("Openai-Processing-Ms", strconv.FormatInt(time.Since(began).Milliseconds(), 10))
	}
}

// serve routes a request. It returns a refusal, or nil when it was answered.
func (p *place) serve(c *core.Core, x *core.Exchange, r *http.Request) *chat.Error {
	if e := chat.FaultError(x.Fault); e != nil {
		return e
	}
	if e := p.authorize(r); e != nil {
		return e
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/v1/")
	if !ok {
		return chat.Unroutable(r)
	}
	switch path {
	case "chat/completions":
		return p.post(r, func() { chat.Serve(c, x, r, p.dialect(), p.Key) })
	case "embeddings":
		return p.post(r, func() { chat.Embed(c, x, r, p.dialect(), p.Key) })
	case "moderations":
		return p.posted(r, func() *chat.Error { return p.moderate(x, r) })
	case "images/generations":
		return p.posted(r, func() *chat.Error { return p.paint(c, x, r) })
	case "audio/transcriptions":
		return p.posted(r, func() *chat.Error { return p.transcribe(c, x, r) })
	case "models":
		return p.get(r, func() *chat.Error { return p.list(x) })
	}
	if path == "responses" || strings.HasPrefix(path, "responses/") {
		return p.responses(c, x, r, strings.TrimPrefix(strings.TrimPrefix(path, "responses"), "/"))
	}
	if path == "files" || strings.HasPrefix(path, "files/") {
		return p.files(x, r, strings.TrimPrefix(strings.TrimPrefix(path, "files"), "/"))
	}
	if id, ok := strings.CutPrefix(path, "models/"); ok && id != "" {
		return p.get(r, func() *chat.Error { return p.describe(x, id) })
	}
	return chat.Unroutable(r)
}

func (p *place) post(r *http.Request, answer func()) *chat.Error {
	if r.Method != http.MethodPost {
		return chat.WrongMethod(http.MethodPost)
	}
	answer()
	return nil
}

func (p *place) posted(r *http.Request, answer func() *chat.Error) *chat.Error {
	if r.Method != http.MethodPost {
		return chat.WrongMethod(http.MethodPost)
	}
	return answer()
}

func (p *place) get(r *http.Request, answer func() *chat.Error) *chat.Error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return chat.WrongMethod(http.MethodGet)
	}
	return answer()
}

// authorize checks the bearer key.
func (p *place) authorize(r *http.Request) *chat.Error {
	refused := &chat.Error{Status: http.StatusUnauthorized, Type: "invalid_request_error"}
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || key == "" {
		refused.Message = "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
		return refused
	}
	if subtle.ConstantTimeCompare([]byte(key), []byte(p.Key)) == 1 {
		return nil
	}
	refused.Code = "invalid_api_key"
	refused.Message = "Incorrect API key provided: " + masked(key) + ". You can find your API key at https://platform.openai.com/account/api-keys."
	return refused
}

// masked shows only as much of a key as OpenAI does in its errors.
func masked(key string) string {
	if len(key) < 12 {
		return strings.Repeat("*", len(key))
	}
	return key[:4] + strings.Repeat("*", len(key)-8) + key[len(key)-4:]
}

func (p *place) dialect() chat.Dialect {
	return chat.Dialect{Find: p.find, File: p.drawer.content, Idle: []string{"local_shell", "web_search"}, Obfuscate: true, Tiers: true}
}

func (p *place) find(name string) (chat.Model, *chat.Error) {
	m, ok := chat.FindModel(p.models, name)
	if !ok {
		return m, &chat.Error{
			Status: http.StatusNotFound, Type: "invalid_request_error", Code: "model_not_found",
			Message: "The model `" + name + "` does not exist or you do not have access to it.",
		}
	}
	return m, nil
}

type listed struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
}

func list(m chat.Model) listed { return listed{m.ID, "model", m.Created, m.OwnedBy} }

func (p *place) list(x *core.Exchange) *chat.Error {
	var all []listed
	for _, m := range p.models {
		all = append(all, list(m))
	}
	return answer(x, map[string]any{"object": "list", "data": all})
}

func (p *place) describe(x *core.Exchange, id string) *chat.Error {
	m, ok := chat.FindModel(p.models, id)
	if !ok {
		return &chat.Error{
			Status: http.StatusNotFound, Type: "invalid_request_error", Param: "model", Code: "model_not_found",
			Message: "The model '" + id + "' does not exist",
		}
	}
	return answer(x, list(m))
}

// answer sends a small body, which costs nobody anything.
func answer(x *core.Exchange, v any) *chat.Error {
	body, _ := json.Marshal(v) // strings and numbers always encode
	if err := x.Respond(http.StatusOK, "application/json", body, 0); errors.Is(err, core.ErrInStream) {
		return chat.Failed()
	}
	return nil
}
