package mantle

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
)

// openai serves what lies below one of OpenAI's prefixes: the list of models is
// below the second only (probed, 2026-08). It returns a refusal,
// or nil when the request was answered.
func (k *call) openai(prefix, path string) *chat.Error {
	if e := k.admit(); e != nil {
		return e
	}
	collection, id, single := strings.Cut(path, "/")
	switch {
	case path == completions, path == responses:
		return k.answer(prefix, path)
	case single && (id == "" || strings.Contains(id, "/")):
	case single && collection == responses:
		return k.stored(id)
	case prefix == open && collection == "models":
		return k.describe(id)
	}
	return unroutable()
}

func (k *call) answer(prefix, api string) *chat.Error {
	if k.r.Method != http.MethodPost {
		return chat.WrongMethod(http.MethodPost)
	}
	if e := k.settleNames(); e != nil {
		return e
	}
	d := k.dialect(prefix, api)
	if api == completions {
		chat.Serve(k.core, k.Exchange, k.r, d, k.key)
		return nil
	}
	k.w.named = true
	chat.Respond(k.core, k.Exchange, k.r, d, k.key, k.place.shelf)
	return nil
}

// stored serves what was kept of a response.
func (k *call) stored(id string) *chat.Error {
	switch k.r.Method {
	case http.MethodGet:
		return chat.Recall(k.Exchange, k.r, k.place.shelf, id)
	case http.MethodDelete:
		return chat.Forget(k.Exchange, k.place.shelf, id)
	}
	return chat.WrongMethod(http.MethodGet, http.MethodDelete)
}

// settleNames applies the rules on members whose model decides about them: which
// tiers it has, and whether its answer may be limited by either name.
func (k *call) settleNames() *chat.Error {
	var top map[string]json.RawMessage
	var id, tier string
	_ = json.Unmarshal(k.body, &top) // what cannot be read is refused by the reader
	_ = json.Unmarshal(top["model"], &id)
	_ = json.Unmarshal(top["service_tier"], &tier)
	i := slices.IndexFunc(k.place.models, func(m model) bool { return m.ID == id })
	if i < 0 {
		return nil
	}
	m := k.place.models[i]
	if tier != "" && tier != "auto" && tier != "default" && !slices.Contains(m.Tiers, tier) {
		return chat.Invalid("", "", "Unsupported value: 'service_tier' does not support '%s' with this model.", tier)
	}
	return nil
}

func (k *call) dialect(prefix, api string) chat.Dialect {
	return chat.Dialect{
		Find:  func(id string) (chat.Model, *chat.Error) { return k.place.find(id, prefix, api) },
		Send:  func(_ *core.Exchange, e *chat.Error) { k.send(e) },
		Fault: func(core.Fault) *chat.Error { return nil }, // admit saw to it
		Throttled: func(_ chat.Model, g core.Grant) *chat.Error {
			return throttled(g.ByTokens)
		},
		Limits: usageHeaders,
		Tiers:  true,
	}
}

// usageHeaders tell the state of the quota (recorded, 2026). The names of the
// second and the third are read from a list that abridges them.
func usageHeaders(h http.Header, g core.Grant) {
	h.Set("X-Amzn-Usage-Reservation-Quota", strconv.Itoa(g.LimitTokens))
	h.Set("X-Amzn-Usage-Remaining-Quota", strconv.Itoa(g.RemainingTokens))
	h.Set("X-Amzn-Usage-Spillover", "0")
}

// retention is what the list tells of how long a model's data are kept.
type retention struct {
	Mode    string   `json:"mode"`
	Allowed []string `json:"allowed_modes"`
	Source  string   `json:"source"`
}

type listed struct {
	ID        string    `json:"id"`
	Object    string    `json:"object"`
	Created   int64     `json:"created"`
	OwnedBy   string    `json:"owned_by"`
	Status    string    `json:"status"`
	Retention retention `json:"data_retention"`
}

// describe lists the models, or the one with this id. GPT-5.6 and later allow no
// zero retention (probed, 2026-08).
func (k *call) describe(id string) *chat.Error {
	if k.r.Method != http.MethodGet {
		return chat.WrongMethod(http.MethodGet)
	}
	data := []listed{}
	for _, m := range k.place.models {
		e := listed{m.ID, "model", m.Created, m.OwnedBy, "available", retention{"default", []string{"default", "provider_data_share"}, "model"}}
		if len(m.Efforts) == 0 || m.ShowReasoning {
			e.Retention.Allowed = append([]string{"none"}, e.Retention.Allowed...)
		}
		data = append(data, e)
	}
	for _, name := range claudes() {
		data = append(data, listed{
			name, "model", 1782864000, "anthropic", "available",
			retention{"default", []string{"none", "default", "provider_data_share"}, "model"},
		})
	}
	if id == "" {
		return k.plain(map[string]any{"object": "list", "data": data})
	}
	i := slices.IndexFunc(data, func(e listed) bool { return e.ID == id })
	if i < 0 {
		return &chat.Error{Status: http.StatusNotFound, Code: "model_not_found", Message: "The model '" + id + "' does not exist"}
	}
	return k.plain(data[i])
}
