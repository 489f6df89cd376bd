package vertex

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/core"
	"github.com/interline-ai/interline/emulator/gemini"
)

// publisherModel is a model as ModelGardenService describes it (aiplatform
// v1beta1, 2026-10). It has no sizes, as the real one has none.
type publisherModel struct {
	Name    string `json:"name"`
	Version string `json:"versionId"`
	Source  string `json:"openSourceCategory"`
	Stage   string `json:"launchStage"`
}

// listed reads publishers/{publisher}/models and, below it, a model's id. Both
// are asked for without a project.
func listed(path string) (publisher, id string, ok bool) {
	parts := strings.SplitN(path, "/", 4)
	if len(parts) < 3 || parts[0] != "publishers" || parts[2] != "models" {
		return "", "", false
	}
	if len(parts) == 4 {
		id = parts[3]
	}
	return parts[1], id, true
}

// list answers with the models of a publisher, or with one of them.
func (k *call) list(publisher, id string) {
	k.publisher, k.model = publisher, id
	all := published(publisher)
	if id == "" {
		k.describe(map[string]any{"publisherModels": all})
		return
	}
	for _, m := range all {
		if m.Name == "publishers/"+publisher+"/models/"+id {
			k.describe(m)
			return
		}
	}
	k.missing().Send(k.Exchange)
}

func published(publisher string) []publisherModel {
	all := []publisherModel{}
	add := func(id, version string) {
		all = append(all, publisherModel{"publishers/" + publisher + "/models/" + id, version, "PROPRIETARY", "GA"})
	}
	switch publisher {
	case "google":
		for _, m := range gemini.Catalogue() {
			add(m.ID, "default")
		}
	case "anthropic":
		for _, m := range claude.Models() {
			version := dates[m.Name]
			if version == "" {
				version = "default"
			}
			add(m.Name, version)
		}
	}
	return all
}

// describe sends what nobody pays for.
func (k *call) describe(v any) {
	body, _ := json.Marshal(v) // strings always encode
	if err := k.Respond(http.StatusOK, "application/json; charset=UTF-8", body, 0); errors.Is(err, core.ErrInStream) {
		gemini.Internal().Send(k.Exchange)
	}
}
