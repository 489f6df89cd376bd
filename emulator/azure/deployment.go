package azure

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
)

// deployments resolves the base model of each deployment. A deployment is
// known by its own name on the bill and in quotas, and answers with its base
// model's snapshot.
func deployments(wanted map[string]string) (map[string]chat.Model, error) {
	if wanted == nil {
		wanted = make(map[string]string)
		for _, name := range DefaultDeployments() {
			wanted[name] = name
		}
	}
	models := make(map[string]chat.Model, len(wanted))
	for name, from := range wanted {
		m, ok := chat.FindModel(chat.Catalogue(), from)
		if !ok {
			return nil, fmt.Errorf("deploy %q: no base model %q; there are: %s", name, from, baseNames())
		}
		if date, ok := snapshots[m.ID]; ok {
			m.Snapshot = date
		}
		m.ID = name
		m.CacheWrites = false // absent in recorded answers of gpt-5.6-sol
		models[name] = m
	}
	return models, nil
}

func baseNames() string {
	var names []string
	for _, m := range chat.Catalogue() {
		names = append(names, m.ID)
	}
	for _, m := range claude.Models() {
		names = append(names, m.Name)
	}
	return strings.Join(names, ", ")
}

// answer sends a small body, which costs nobody anything.
func (v *visit) answer(value any) *chat.Error {
	body, err := json.Marshal(value)
	if err != nil {
		return chat.Failed()
	}
	if err := v.x.Respond(http.StatusOK, "application/json", body, 0); errors.Is(err, core.ErrInStream) {
		return chat.Failed()
	}
	return nil
}
