package catalog

import (
	"reflect"
	"slices"
	"testing"

	"github.com/interline-ai/interline"
	rules "github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/chat"
)

// TestNames finds one model behind every name that places give it.
func TestNames(t *testing.T) {
	for model, names := range map[string][]string{
		"claude-haiku-4-5": {
			"claude-haiku-4-5-20251001", "us.anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic/claude-haiku-4.5",
			"claude-haiku-4-5@20251001", "global.anthropic.claude-haiku-4-5-20251001-v1:0",
			"arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-haiku-4-5-20251001-v1:0",
		},
		"claude-opus-4-6": {"anthropic.claude-opus-4-6-v1", "us.anthropic.claude-opus-4-6-v1:0"},
		"gpt-5.6":         {"gpt-5.6-sol", "openai.gpt-5.6-sol", "us.openai.gpt-5.6-terra", "global.openai.gpt-5.6-luna", "GPT-5.6-Sol"},
		"gpt-5.5":         {"gpt-5.5-2026-04-23", "openai.gpt-5.5-2026-04-23", "gpt-5.5-pro"},
		"gpt-5":           {"gpt-5-mini", "gpt-5-2025-08-07"},
		"gpt-oss":         {"openai.gpt-oss-120b-1:0", "openai/gpt-oss-120b", "gpt-oss-20b", "accounts/fireworks/models/gpt-oss-120b", "gpt-oss:20b"},
		"nova-micro":      {"amazon.nova-micro-v1:0", "us.amazon.nova-micro-v1:0"},
		"gpt-4o":          {"gpt-4o-mini", "gpt-4o-2024-11-20"},
	} {
		want := Traits(model)
		if want.Family == "" {
			t.Errorf("%s is not known", model)
		}
		for _, name := range names {
			if got := Traits(name); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got %+v, want %s's %+v", name, got, model, want)
			}
		}
	}
}

func TestUnknownModelsTakeEverything(t *testing.T) {
	for _, name := range []string{
		"", ".", "/", "my-deployment", "gpt-7", "gpt-5.55", "gpt-50", "claude", "claude-opus-45", "o11", "us.", "us.openai.",
		"arn:aws:bedrock:us-east-1:1:application-inference-profile/abcdefghijkl",
	} {
		if got := Traits(name); !reflect.DeepEqual(got, interline.Traits{}) {
			t.Errorf("%q has habits: %+v", name, got)
		}
	}
}

func TestTableIsSound(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range table {
		if seen[r.name] || r.traits.Family == "" || Name(r.name) != r.name {
			t.Errorf("row %+v", r)
		}
		seen[r.name] = true
	}
	a, b := Traits("gpt-5.5"), Traits("gpt-5.5")
	a.NoEfforts[0] = "changed"
	if b.NoEfforts[0] == "changed" || Traits("gpt-5.5").NoEfforts[0] == "changed" {
		t.Error("callers share the table's memory")
	}
}

// TestAgreesWithTheEmulators compares two tables written apart from each other
// from the same pages.
func TestAgreesWithTheEmulators(t *testing.T) {
	for _, m := range chat.Catalogue() {
		if m.Dimensions > 0 {
			continue
		}
		got := Traits(m.ID)
		sampling := map[chat.Sampling]interline.SamplingRule{
			chat.SamplingFree: interline.SamplingFree, chat.SamplingWithoutEffort: interline.SamplingNoEffort, chat.SamplingNever: interline.SamplingNone,
		}[m.Sampling]
		if got.Sampling != sampling || got.MaxOutput != int64(m.MaxOutput) || got.CompletionTokens != m.Reasoning() {
			t.Errorf("%s: %+v", m.ID, got)
		}
		for _, e := range got.NoEfforts {
			careful := e == most && m.ID == "gpt-5.6-sol" // Bedrock's probes know no max for it
			if slices.Contains(m.Efforts, string(e)) && !careful {
				t.Errorf("%s: takes effort %s after all", m.ID, e)
			}
		}
	}
	thinking := map[rules.Thinking]interline.ThinkingRule{
		rules.BudgetOnly: interline.ThinkingBudget, rules.BudgetOrAdaptive: interline.ThinkingAdaptive,
		rules.AdaptiveOnly: interline.ThinkingAdaptive, rules.AlwaysAdaptive: interline.ThinkingAlways,
	}
	for _, m := range rules.Models() {
		got := Traits(m.Name)
		if got.MaxOutput != int64(m.MaxOutput) || got.Thinking != thinking[m.Thinking] || (got.Sampling == interline.SamplingNone) != m.NoSampling ||
			got.NoPrefill != m.NoPrefill || got.NoForcedTools != m.NoForcedTool || got.MidSystem != m.MidSystem {
			t.Errorf("%s: got %+v, the emulator has %+v", m.Name, got, m)
		}
		for _, e := range []interline.Effort{low, medium, high, xhigh, most} {
			if slices.Contains(m.Efforts, string(e)) == slices.Contains(got.NoEfforts, e) {
				t.Errorf("%s: effort %s", m.Name, e)
			}
		}
	}
}
