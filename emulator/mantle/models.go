package mantle

import (
	"net/http"
	"slices"

	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
)

// The prefixes of paths, and what is served below them.
const (
	frontier = "/openai/v1/"
	open     = "/v1/"

	completions = "chat/completions"
	responses   = "responses"
)

// model is what the endpoint knows of a model besides how it answers.
type model struct {
	chat.Model
	Prefix string
	APIs   []string
	Tiers  []string // of service_tier, besides auto and default
}

var (
	efforts    = []string{"none", "low", "medium", "high", "xhigh"}
	ossEfforts = []string{"low", "medium", "high"}
	both       = []string{completions, responses}
	chatOnly   = []string{completions}
)

const (
	k128    = 128_000
	million = 1_050_000
)

// table lists the models (bedrock docs and probes, 2026-08 to 2026-11). Where no
// document says how large an answer may be, it is what the vendor says at home.
func table() []model {
	five := gpt("openai.gpt-5.5", chat.SamplingFixed, chat.AutomaticCache())
	five.OldLimit = true
	six := slices.Clone(efforts)
	six = append(six, "max")
	of := func(m model, id string, efforts []string) model {
		m.ID, m.Snapshot, m.Efforts = id, id, efforts
		return m
	}
	newer := gpt("", chat.SamplingFixed, chat.ExplicitCache())
	newest := gpt("", chat.SamplingNever, chat.ExplicitCache())
	return []model{
		of(newest, "openai.gpt-6-sol", six), of(newest, "openai.gpt-6-luna", six), of(newest, "openai.gpt-6-astra", six),
		of(newer, "openai.gpt-5.6-sol", efforts), of(newer, "openai.gpt-5.6-terra", efforts), of(newer, "openai.gpt-5.6-luna", efforts),
		five, of(five, "openai.gpt-5.5-2026-04-23", efforts), of(five, "openai.gpt-5.4", efforts),
		grok(), plain("google.gemma-4-31b-it", frontier, chatOnly, 256_000),
		oss("openai.gpt-oss-120b", both), oss("openai.gpt-oss-20b", both),
		oss("openai.gpt-oss-safeguard-120b", chatOnly), oss("openai.gpt-oss-safeguard-20b", chatOnly),
		plain("qwen.qwen3-32b", open, chatOnly, k128), plain("moonshotai.kimi-k2-thinking", open, chatOnly, 256_000),
	}
}

// gpt is a frontier model of OpenAI: what it refuses was probed (2026-08).
func gpt(id string, sampling chat.Sampling, cache core.CacheRule) model {
	return model{
		Model: chat.Model{
			ID: id, Snapshot: id, Created: 1782864000, OwnedBy: "openai", Context: million, MaxOutput: k128, Vision: true, Tools: true,
			Efforts: efforts, Effort: "medium", Sampling: sampling, CallsNeed: "none",
			Refused: []string{"n", "stop", "frequency_penalty", "presence_penalty", "logprobs", "top_logprobs"},
			Cache:   cache, CacheWrites: true, LocalCalls: true,
		},
		Prefix: frontier, APIs: both,
	}
}

// oss is an open-weight model of OpenAI. It takes a schema and does not heed it.
func oss(id string, apis []string) model {
	return model{
		Model: chat.Model{
			ID: id, Snapshot: id, Created: 1754352000, OwnedBy: "openai", Context: k128, MaxOutput: k128, Tools: true,
			Efforts: ossEfforts, Effort: "medium", Refused: []string{"logit_bias"}, ShowReasoning: true, NoDetails: true,
			IgnoreSchema: true, RefuseChoice: []string{"none", "required"}, IgnoreNamed: true,
		},
		Prefix: open, APIs: apis, Tiers: []string{"flex", "priority"},
	}
}

// grok reasons by effort, and is called as its vendor's own API is.
func grok() model {
	m := plain("xai.grok-4.6", frontier, both, 256_000)
	m.OldLimit, m.MaxOutput, m.Vision, m.Efforts, m.Effort = true, k128, true, []string{"none", "low", "medium", "high"}, "low"
	return m
}

// plain is a model of another vendor that follows no rules of its own.
func plain(id, prefix string, apis []string, context int) model {
	return model{
		Model: chat.Model{
			ID: id, Snapshot: id, Created: 1767225600, OwnedBy: "system", Context: context, MaxOutput: 32_768, Tools: true,
		},
		Prefix: prefix, APIs: apis,
	}
}

// find resolves the model of a request to one API below one prefix. A model that
// is elsewhere is told by the path that was asked (probed, 2026-08).
func (p *place) find(id, prefix, api string) (chat.Model, *chat.Error) {
	i := slices.IndexFunc(p.models, func(m model) bool { return m.ID == id })
	switch {
	case i < 0 && !claudeNamed(id):
		return chat.Model{}, &chat.Error{
			Status: http.StatusNotFound, Code: "model_not_found", Message: "The model '" + id + "' does not exist",
		}
	case i < 0, p.models[i].Prefix != prefix, !slices.Contains(p.models[i].APIs, api):
		return chat.Model{}, chat.Invalid("", "", "The model '%s' does not support the '%s' API", id, prefix+api)
	}
	return p.models[i].Model, nil
}
