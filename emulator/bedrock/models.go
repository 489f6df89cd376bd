package bedrock

import (
	"slices"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
)

// family says whose model it is, which decides what its vendor fields are.
type family int

const (
	claudeFamily family = iota
	gptFamily           // GPT-5.6 and later
	gptOSS
	nova
)

// model is what the emulator knows of a model: data. Lengths are in tokens.
type model struct {
	ID       string // base id
	Family   family
	Profiles []string // prefixes of its inference profiles, without the dot
	Bare     bool     // may be called by its base id
	Counts   bool     // CountTokens takes its base id

	Context, MaxOutput int
	MaxStops           int // stop sequences; 0 for no limit of its own
	Images, Documents  bool
	Reasons            bool     // reasoningContent may come back to it
	ShowsReasoning     bool     // Converse returns what it thought
	Efforts            []string // of vendors other than Anthropic
	Effort             string   // when none is asked for
	NoSampling         bool
	NoStops            bool // stopSequences
	ForcedTool         bool // toolChoice any and tool
	Schema             bool // outputConfig.textFormat
	IgnoresSchema      bool // takes it and does not heed it
	MaxTTL             string
	Optimizes          bool // performanceConfig.latency may be optimized (recorded, nova-pro)
	Cache              core.CacheRule
	Burndown           int // weight of output tokens against the quota

	Embeds   *embedding   // of models that embed, which do nothing else
	Claude   claude.Rules // of the Claude family
	Messages bool         // on the Messages path; the newest only
	Chat     *chat.Model  // of models on the OpenAI path; nil for the others
	Responds bool         // on Responses, too
}

const (
	k128    = 128_000
	million = 1_050_000
)

// table lists the models (bedrock docs and recorded probes, 2026-11). Where no
// document says how large an answer may be, it is what the vendor says at home.
func table() []model {
	nova1 := model{
		Family: nova, Profiles: []string{"us", "eu"}, Bare: true, Context: k128, MaxOutput: 10_000, MaxStops: 4, ForcedTool: true,
		MaxTTL: "5m", Cache: core.CacheRule{Mode: core.CacheMarked, Minimum: 1024, LookBack: 20, MaxMarks: 4}, Burndown: 1,
	}
	micro, pro := nova1, nova1
	micro.ID = "amazon.nova-micro-v1:0"
	pro.ID, pro.Context, pro.Images, pro.Documents, pro.Optimizes = "amazon.nova-pro-v1:0", 300_000, true, true, true
	return append(embedders(), []model{
		gpt("openai.gpt-5.6-sol", "none", "low", "medium", "high", "xhigh"),
		gpt("openai.gpt-6-sol", "none", "low", "medium", "high", "xhigh", "max"),
		gpt("openai.gpt-6-luna", "none", "low", "medium", "high", "xhigh", "max"),
		grok("xai.grok-4.6"),
		oss("openai.gpt-oss-120b-1:0"), oss("openai.gpt-oss-20b-1:0"),
		ofClaude("anthropic.claude-opus-5", "claude-opus-5"),
		ofClaude("anthropic.claude-sonnet-5", "claude-sonnet-5"),
		ofClaude("anthropic.claude-opus-4-8", "claude-opus-4-8"),
		ofClaude("anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
		ofClaude("anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"),
		micro, pro,
	}...)
}

func ofClaude(id, name string) model {
	rules, ok := claude.Find(name)
	if !ok {
		panic("no rules for " + name)
	}
	fifth := strings.HasSuffix(name, "-5") && strings.Count(name, "-") == 2
	return model{
		ID: id, Family: claudeFamily, Profiles: []string{"us", "eu", "global"},
		Counts: !fifth, Messages: fifth, // Claude 5 is not counted here, and has a path of its own
		Context: rules.Context, MaxOutput: rules.MaxOutput,
		Images: true, Documents: true, Reasons: true, ShowsReasoning: true, ForcedTool: true,
		Schema: !rules.NoSampling, // refused for the newest
		MaxTTL: "1h", Cache: core.CacheRule{Mode: core.CacheMarked, Minimum: rules.MinCache, LookBack: 20, MaxMarks: 4},
		Burndown: 5, Claude: rules,
	}
}

// gpt is a frontier model of OpenAI: its trace and its caching do not pass
// through Converse, and neither endpoint lets one choose how tokens are drawn.
func gpt(id string, efforts ...string) model {
	m := model{
		ID: id, Family: gptFamily, Profiles: []string{"us", "global"}, Context: million, MaxOutput: k128,
		Images: true, Efforts: efforts, Effort: "medium", NoSampling: true, NoStops: true, ForcedTool: true, Schema: true, Burndown: 1,
		Responds: true,
	}
	m.Chat = &chat.Model{
		Context: million, MaxOutput: k128, Vision: true, Tools: true, Efforts: efforts, Effort: "medium",
		Sampling: chat.SamplingFixed, CallsNeed: "none",
		Refused: []string{"n", "stop", "frequency_penalty", "presence_penalty", "logprobs", "top_logprobs"},
	}
	if strings.HasPrefix(id, "openai.gpt-6") {
		m.Chat.Sampling = chat.SamplingNever
	}
	return m
}

// grok is called as OpenAI's models are, and draws its tokens as one likes.
func grok(id string) model {
	const context = 256_000
	efforts := []string{"none", "low", "medium", "high"}
	return model{
		ID: id, Family: gptFamily, Profiles: []string{"us", "global"}, Context: context, MaxOutput: k128,
		Images: true, Efforts: efforts, Effort: "low", ForcedTool: true, Schema: true, Burndown: 1, Responds: true,
		Chat: &chat.Model{Context: context, MaxOutput: k128, Vision: true, Tools: true, Efforts: efforts, Effort: "low"},
	}
}

func oss(id string) model {
	efforts := []string{"low", "medium", "high"}
	return model{
		ID: id, Family: gptOSS, Bare: true, Context: k128, MaxOutput: k128,
		Reasons: true, ShowsReasoning: true, Efforts: efforts, Effort: "medium", Schema: true, IgnoresSchema: true, Burndown: 1,
		Chat: &chat.Model{
			Context: k128, MaxOutput: k128, Tools: true, Efforts: efforts, Effort: "medium", Refused: []string{"logit_bias"},
			ShowReasoning: true, NoDetails: true, IgnoreSchema: true, RefuseChoice: []string{"none", "required"}, IgnoreNamed: true,
		},
	}
}

var models = table()

// resolve finds the model of an id as it stood in the URL: a base id, a profile
// id, or an ARN of either. bare tells that it was named without a profile. The
// emulator serves every profile from its one region; which profiles a real
// region has is not part of what it knows.
func (p *place) resolve(id string) (m model, bare bool, f *fault) {
	unknown := invalid("The provided model identifier is invalid.")
	if rest, ok := strings.CutPrefix(id, "arn:aws:bedrock:"+p.keys.Region+":"); ok {
		_, resource, _ := strings.Cut(rest, ":")
		kind, name, ok := strings.Cut(resource, "/")
		profile := kind == "inference-profile"
		if !ok || (!profile && kind != "foundation-model") {
			return m, false, unknown
		}
		m, bare, f = p.resolve(name)
		if f == nil && bare == profile {
			return m, bare, unknown
		}
		return m, bare, f
	}
	for _, m := range models {
		if m.ID == id {
			return m, true, nil
		}
		if prefix, base, ok := strings.Cut(id, "."); ok && base == m.ID && slices.Contains(m.Profiles, prefix) {
			return m, false, nil
		}
	}
	return m, false, unknown
}

// callable resolves an id for inference, where some models want a profile.
func (p *place) callable(id string) (model, *fault) {
	m, bare, f := p.resolve(id)
	if f == nil && m.Embeds != nil {
		f = invalid("This action doesn't support the model that you provided. Try again with a supported text or chat model.")
	}
	if f == nil && bare && !m.Bare {
		f = invalid("Invocation of model ID " + id + " with on-demand throughput isn’t supported. " +
			"Retry your request with the ID or ARN of an inference profile that contains this model.")
	}
	return m, f
}
