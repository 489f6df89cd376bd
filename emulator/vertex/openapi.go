package vertex

import (
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/chat"
)

// openapi serves the OpenAI-compatible door: Gemini as google/{model}, and open
// weights under their publisher's name.
func (k *call) openapi(path string) {
	if k.r.Method != http.MethodPost {
		chat.WrongMethod(http.MethodPost).Send(k.Exchange)
		return
	}
	d := k.native().Compatible()
	google := d.Find
	d.Find = func(name string) (chat.Model, *chat.Error) {
		if m, ok := chat.FindModel(openWeights(), name); ok {
			return m, nil
		}
		if !strings.HasPrefix(name, "google/") {
			name = "google/" + name + " (a model is named with its publisher)"
		}
		return google(name)
	}
	if path == "embeddings" {
		chat.Embed(k.core, k.Exchange, k.r, d, k.credential)
		return
	}
	chat.Serve(k.core, k.Exchange, k.r, d, k.credential)
}

// openWeights are the models of other publishers (Vertex AI docs, "OpenAI
// models", 2026-10).
func openWeights() []chat.Model {
	oss := chat.Model{
		OwnedBy: "openai", Created: 1754352000, Context: 131_072, MaxOutput: 32_768, Tools: true,
		Efforts: []string{"low", "medium", "high"}, Effort: "medium", NoDetails: true, ShowReasoning: true,
	}
	large, small := oss, oss
	large.ID, large.Snapshot = "openai/gpt-oss-120b-maas", "openai/gpt-oss-120b-maas"
	small.ID, small.Snapshot = "openai/gpt-oss-20b-maas", "openai/gpt-oss-20b-maas"
	return []chat.Model{large, small}
}
