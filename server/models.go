package server

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// listed is a model as clients are told of it: members of OpenAI's and
// Anthropic's lists side by side, which the SDKs of both accept.
type listed struct {
	ID          string `json:"id"`
	Object      string `json:"object"`
	Created     int64  `json:"created"`
	OwnedBy     string `json:"owned_by"`
	Type        string `json:"type"`
	DisplayName string `json:"display_name"`
	CreatedAt   string `json:"created_at"`
}

type listing struct {
	Object  string   `json:"object"`
	Data    []listed `json:"data"`
	HasMore bool     `json:"has_more"`
	FirstID *string  `json:"first_id"`
	LastID  *string  `json:"last_id"`
}

func describe(name string) listed {
	return listed{
		ID: name, Object: "model", OwnedBy: "interline", Type: "model", DisplayName: name,
		CreatedAt: time.Unix(0, 0).UTC().Format(time.RFC3339), // it is not known when a model was made
	}
}

// googles is a model as Google's clients are told of it.
type googles struct {
	Name        string   `json:"name"`
	BaseModelID string   `json:"baseModelId"`
	Version     string   `json:"version"`
	DisplayName string   `json:"displayName"`
	Methods     []string `json:"supportedGenerationMethods"`
}

func describeGoogles(name string) googles {
	return googles{
		Name: "models/" + name, BaseModelID: name, Version: "001", DisplayName: name, // Google's own say 001 where there is one
		Methods: []string{"generateContent", "countTokens"},
	}
}

// google reports whether a visit wants Google's shape.
func (v *visit) google() bool { return v.lang.Name() == protocol.GenerateContent }

// admitted asks for a key on a path without a body, and refuses without one.
func (v *visit) admitted() bool {
	_, fault := v.world.Keys.check(v.r)
	if fault == nil {
		fault = v.world.Keys.checkBody(v.r, nil)
	}
	if fault != nil {
		v.refuse(fault)
	}
	return fault == nil
}

// listModels answers with all models under their own names and aliases.
func listModels(v *visit, _ *Route, _ Names) {
	if !v.admitted() {
		return
	}
	if v.google() {
		v.listGoogles()
		return
	}
	l := listing{Object: "list", Data: []listed{}}
	for _, m := range v.world.Table.Models() {
		for _, name := range append([]string{m.Name}, m.Aliases...) {
			l.Data = append(l.Data, describe(name))
		}
	}
	if n := len(l.Data); n > 0 {
		l.FirstID, l.LastID = &l.Data[0].ID, &l.Data[n-1].ID
	}
	writeJSON(v.w, http.StatusOK, l)
}

// listGoogles answers with all models on one page, whatever size of page is asked
// for: only without nextPageToken is a list over.
func (v *visit) listGoogles() {
	l := []googles{}
	for _, m := range v.world.Table.Models() {
		for _, name := range append([]string{m.Name}, m.Aliases...) {
			l = append(l, describeGoogles(name))
		}
	}
	writeJSON(v.w, http.StatusOK, map[string]any{"models": l})
}

// showModel answers with one model.
func showModel(v *visit, _ *Route, names Names) {
	if !v.admitted() {
		return
	}
	if v.world.Table.Candidates(&interline.Head{Model: names.Model}) == nil {
		v.refuse(&interline.Fault{
			Class: interline.C12Local, Code: interline.CodeModel, Param: "model",
			Message: "the model '" + clip(names.Model) + "' is not configured here; GET /v1/models lists what is",
		})
		return
	}
	if v.google() {
		writeJSON(v.w, http.StatusOK, describeGoogles(names.Model))
		return
	}
	writeJSON(v.w, http.StatusOK, describe(names.Model))
}

// health says that the process lives.
func health(v *visit, _ *Route, _ Names) {
	writeJSON(v.w, http.StatusOK, map[string]string{"status": "ok"})
}

// ready says whether new requests may come.
func ready(v *visit, _ *Route, _ Names) {
	if v.s.draining.Load() {
		writeJSON(v.w, http.StatusServiceUnavailable, map[string]string{"status": "draining"})
		return
	}
	writeJSON(v.w, http.StatusOK, map[string]string{"status": "ready"})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // plain values always encode
		status, body = http.StatusInternalServerError, []byte(`{}`)
	}
	w.Header()["Content-Type"] = []string{"application/json"}
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // nobody is left to tell
}
