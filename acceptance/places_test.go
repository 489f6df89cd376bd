package acceptance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator"
	"github.com/interline-ai/interline/emulator/azure"
	"github.com/interline-ai/interline/emulator/core"
)

// A stand is a place of the gateway's configuration, emulated for one model of
// the same name.
type stand struct {
	Routed
	settings func(emulator.Place) string // of the place
	deployed string                      // the deployment's fields beside its place
}

// stands are all kinds of places, each with each of its credentials and
// surfaces, and every family of models there.
func stands() []stand {
	return []stand{
		{gpt("openai", "openai"), keyed("openai", ""), "model: " + sol},
		{gpt("azure-v1", "azure"), keyed("azure", ""), "model: " + sol},
		{gpt4("azure-dated", "azure"), keyed("azure", ", api_version: "+azureVersion), "model: " + gpt41},
		{gpt("azure-entra", "azure"), byEntra, "model: " + prod + ", is: " + sol},
		{claude("anthropic", "anthropic", ThinksByBudget, messagesAPI), keyed("anthropic", ""), "model: " + sonnet},
		{claude("anthropic-adaptive", "anthropic", ThinksAdaptively, messagesAPI), keyed("anthropic", ""), "model: " + sonnet5},
		{claude("bedrock-claude", "bedrock", ThinksByBudget, converseAPI, invokeAPI), signed, fmt.Sprintf("model: %q", sonnetBedrock)},
		{claude("bedrock-adaptive", "bedrock", ThinksAdaptively, converseAPI, invokeAPI), signed, "model: " + sonnet5Bedrock},
		{claude("bedrock-converse", "bedrock", ThinksByBudget, converseAPI), signed, fmt.Sprintf("model: %q, speaks: [converse]", sonnetBedrock)},
		{claude("bedrock-key", "bedrock", "", converseAPI), bearing, fmt.Sprintf("model: %q", novaPro)},
		{bedrockGPT("bedrock-chat", chatCompletions, converseAPI), signed, "model: " + solOnBedrock},
		{bedrockGPT("bedrock-sol", converseAPI), signed, "model: " + solOnBedrock + ", speaks: [converse]"},
		{gpt4("compatible", "openai"), keyed("compatible", ", vendor: vllm"), "model: " + gpt41},
	}
}

// prod is an Azure deployment, which may be called anything.
const prod = "prod"

// gpt is a model of OpenAI that reasons.
func gpt(model, place string) Routed {
	r := gpt4(model, place)
	r.Effort, r.Thinks = "none", ThinksByEffort
	return r
}

// gpt4 is one that does not.
func gpt4(model, place string) Routed {
	return Routed{Model: model, Place: place, Cache: CachesAlways, Speaks: []string{chatCompletions}}
}

// bedrockGPT is a model of OpenAI at Bedrock.
func bedrockGPT(model string, speaks ...string) Routed {
	r := gpt(model, "bedrock")
	r.Cache, r.Speaks = CachesNothing, speaks
	return r
}

// claude is a model of Anthropic, or another that caches what is marked.
func claude(model, place string, thinks Thinks, speaks ...string) Routed {
	r := Routed{Model: model, Place: place, Cache: CachesMarked, Thinks: thinks, Speaks: speaks}
	if thinks == ThinksAdaptively {
		r.Effort = "none"
	}
	return r
}

func keyed(kind, more string) func(emulator.Place) string {
	return func(p emulator.Place) string {
		return fmt.Sprintf("{kind: %s, endpoint: %q, api_key: %q%s}", kind, p.URL, p.Credentials["key"], more)
	}
}

func byEntra(p emulator.Place) string {
	return fmt.Sprintf("{kind: azure, endpoint: %q, entra: {tenant_id: %q, client_id: %q, client_secret: %q, authority: %q}}",
		p.URL, p.Credentials["tenant"], p.Credentials["client"], p.Credentials["secret"], p.Authority)
}

func signed(p emulator.Place) string {
	return fmt.Sprintf("{kind: bedrock, endpoint: %q, region: %s, access_key_id: %q, secret_access_key: %q}",
		p.URL, p.Credentials["region"], p.Credentials["access_key_id"], p.Credentials["secret_access_key"])
}

func bearing(p emulator.Place) string {
	return fmt.Sprintf("{kind: bedrock, endpoint: %q, region: %s, api_key: %q}", p.URL, p.Credentials["region"], p.Credentials["api_key"])
}

// emulateStands starts an emulated cloud for each stand and returns the gateway's
// configuration with them. The certificate of Entra's token endpoint is written
// to a file.
func emulateStands(t *testing.T, all []stand, certificate string) string {
	t.Helper()
	var places, models strings.Builder
	for i := range all {
		s := &all[i]
		o := emulatorOf(t, s.Place)
		if s.Model == "azure-entra" {
			renamed, err := azure.New(azure.Options{Deployments: map[string]string{prod: sol}})
			if err != nil {
				t.Fatal(err)
			}
			o.Places, o.CertificateFile = []core.Place{renamed}, certificate
		}
		s.Emulators = emulate(t, o)
		fmt.Fprintf(&places, "  %s: %s\n", s.Model, s.settings(s.Emulators.Place(s.Place)))
		fmt.Fprintf(&models, "  %s:\n    deployments:\n      - {place: %s, %s}\n", s.Model, s.Model, s.deployed)
	}
	return fmt.Sprintf("keys:\n  - {name: %s, key: %s}\nplaces:\n%smodels:\n%s", keyName, keyText, places.String(), models.String())
}
