package mantle

import (
	"os"
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/cloud/drivertest"
)

func TestMantle(t *testing.T) {
	const origin = "https://bedrock-mantle.us-east-1.api.aws"
	drv, err := New()
	if err != nil {
		t.Fatal(err)
	}
	drivertest.Run(t, drv, map[string]*driver.Deployment{
		"sol":   {Name: "sol", Place: "mantle", Origin: origin, Model: "openai.gpt-5.6-sol"},
		"oss":   {Name: "oss", Place: "mantle", Origin: origin, Model: "openai.gpt-oss-120b"},
		"opus":  {Name: "opus", Place: "mantle", Origin: origin, Model: "anthropic.claude-opus-5"},
		"qwen":  {Name: "qwen", Place: "mantle", Origin: origin, Model: "qwen.qwen3-32b"},
		"gemma": {Name: "gemma", Place: "mantle", Origin: origin, Model: "google.gemma-4-31b-it"},
	}, os.DirFS("testdata"))
	for model, want := range map[string]string{
		"openai.gpt-5.6-sol": "responses chatcompletions", "openai.gpt-oss-20b": "chatcompletions responses",
		"openai.gpt-oss-safeguard-20b": "chatcompletions", "anthropic.claude-opus-5": "messages", "moonshotai.kimi-k2-thinking": "chatcompletions",
		"xai.grok-4.6": "responses chatcompletions",
	} {
		var got []string
		for _, l := range drv.Speaks(&driver.Deployment{Model: model}, interline.OperationChat) {
			got = append(got, l.Name())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s speaks %v, want %s", model, got, want)
		}
	}
}

func TestTableIsChecked(t *testing.T) {
	for _, bad := range []string{
		"rows: [{models: a, path: /v1, speaks: [klingon]}]", "rows: [{models: a, path: v1, speaks: [messages]}]",
		"rows: [{models: a, path: /v1}]", "rows: [{models: a, path: /v1, speak: [messages]}]", "rows: 7",
	} {
		if _, err := readTable([]byte(bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
