package catalog

import (
	"strings"
	"testing"
)

func TestDoors(t *testing.T) {
	all, err := doors()
	if err != nil {
		t.Fatal(err)
	}
	for kind, list := range all {
		seen := map[string]bool{}
		for _, d := range list {
			if seen[d.Model] || seen["id "+d.ID] {
				t.Errorf("%s has %+v twice", kind, d)
			}
			seen[d.Model], seen["id "+d.ID] = true, true
			if name := Name(d.In("us.")); !strings.HasPrefix(name, d.Model) {
				t.Errorf("%s calls %s %q, whose name is %q", kind, d.Model, d.ID, name)
			}
			if Traits(d.In("global.")).Family == "" {
				t.Errorf("the habits of %s at %s are not known", d.Model, kind)
			}
		}
	}
	if d, ok := At("claude-sonnet-5", "bedrock"); !ok || d.In("eu.") != "eu.anthropic.claude-sonnet-5" {
		t.Errorf("claude-sonnet-5 at Bedrock is %+v", d)
	}
	if _, ok := At("claude-sonnet-5", "openai"); ok {
		t.Error("OpenAI serves Claude")
	}
}

func TestDoorsAreChecked(t *testing.T) {
	for _, bad := range []string{"models: {a: {}}", "models: {a: b}", "models: {a: {openai: ''}}", "models: {a: {openai: 7}}", "model: {}", "models: [a]"} {
		if _, err := readDoors([]byte(bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
