package acceptance

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator"
	"github.com/interline-ai/interline/emulator/azure"
	"github.com/interline-ai/interline/emulator/core"
	"github.com/interline-ai/interline/emulator/vertex"
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
		{gpt("openai", "openai", responsesAPI), keyed("openai", ""), "model: " + sol},
		{gpt("azure-v1", "azure", responsesAPI), keyed("azure", ""), "model: " + sol},
		{gpt4("azure-dated", "azure"), keyed("azure", ", api_version: "+azureVersion), "model: " + gpt41},
		{gpt("azure-entra", "azure", responsesAPI), byEntra, "model: " + prod + ", is: " + sol},
		{claude("foundry", "azure", ThinksAdaptively, messagesAPI), keyed("azure", ""), "model: " + sonnet5},
		{claude("anthropic-aws", "claudeaws", ThinksAdaptively, messagesAPI), onAWS, "model: " + sonnet5},
		{claude("anthropic", "anthropic", ThinksByBudget, messagesAPI), keyed("anthropic", ""), "model: " + sonnet},
		{claude("anthropic-adaptive", "anthropic", ThinksAdaptively, messagesAPI), keyed("anthropic", ""), "model: " + sonnet5},
		{claude("bedrock-claude", "bedrock", ThinksByBudget, converseAPI, invokeAPI), signed, fmt.Sprintf("model: %q", sonnetBedrock)},
		{claude("bedrock-adaptive", "bedrock", ThinksAdaptively, converseAPI, invokeAPI, messagesAPI), signed, "model: " + sonnet5Bedrock},
		{claude("bedrock-converse", "bedrock", ThinksByBudget, converseAPI), signed, fmt.Sprintf("model: %q, speaks: [converse]", sonnetBedrock)},
		{claude("bedrock-key", "bedrock", "", converseAPI), bearing, fmt.Sprintf("model: %q", novaPro)},
		{bedrockGPT("bedrock-chat", chatCompletions, converseAPI, responsesAPI), signed, "model: " + solOnBedrock},
		{bedrockGPT("bedrock-sol", converseAPI), signed, "model: " + solOnBedrock + ", speaks: [converse]"},
		{gpt("mantle-gpt", "mantle", responsesAPI), mantled(signed), "model: openai.gpt-5.6-sol"},
		{claude("mantle-claude", "mantle", ThinksAdaptively, messagesAPI), mantled(bearing), "model: anthropic.claude-sonnet-5"},
		{geminiAt("gemini", "gemini"), keyed("gemini", ""), "model: gemini-3.8-flash"},
		{geminiAt("vertex", "vertex"), account, "model: gemini-3.8-flash"},
		{geminiOld("vertex-express", "vertex"), express, "model: gemini-2.5-flash"},
		{claude("vertex-claude", "vertex", ThinksAdaptively, messagesAPI), account, "model: claude-sonnet-5"},
		{Routed{Model: "vertex-open", Place: "vertex", Cache: CachesAlways, Effort: "none", Speaks: []string{chatCompletions}}, account, "model: google/gemini-2.5-flash"},
		{gpt4("compatible", "openai"), keyed("compatible", ", vendor: vllm"), "model: " + gpt41},
	}
}

// prod is an Azure deployment, which may be called anything.
const prod = "prod"

// gpt is a model of OpenAI that reasons.
func gpt(model, place string, more ...string) Routed {
	r := gpt4(model, place)
	r.Effort, r.Thinks, r.Speaks = "none", ThinksByEffort, append(r.Speaks, more...)
	return r
}

// geminiAt is a model of Google that reasons.
func geminiAt(model, place string) Routed {
	return Routed{Model: model, Place: place, Cache: CachesAlways, Thinks: ThinksByEffort, Speaks: []string{generateContent}}
}

// geminiOld is one that counts the tokens it may think.
func geminiOld(model, place string) Routed {
	r := geminiAt(model, place)
	r.Effort, r.Thinks = "none", ThinksByTokens
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

// mantled is a region's other endpoint, which takes the same credentials.
func mantled(runtime func(emulator.Place) string) func(emulator.Place) string {
	return func(p emulator.Place) string {
		return strings.Replace(runtime(p), "kind: bedrock,", "kind: bedrock-mantle,", 1)
	}
}

func onAWS(p emulator.Place) string {
	return strings.Replace(signed(p), "kind: bedrock,", fmt.Sprintf("kind: anthropic-aws, workspace_id: %q,", p.Credentials["workspace"]), 1)
}

// account is a project of Google Cloud, with a service account.
func account(p emulator.Place) string {
	file, err := vertex.File("service_account", p.Credentials, p.Authority, "")
	if err != nil {
		panic(err) // the emulator made it
	}
	return fmt.Sprintf("{kind: vertex, endpoint: %q, project: %q, location: %q, credentials: %q}", p.URL, p.Credentials["project"], p.Credentials["location"], file)
}

// express is Vertex AI without a project.
func express(p emulator.Place) string {
	return fmt.Sprintf("{kind: vertex, endpoint: %q, api_key: %q}", p.URL, p.Credentials["api_key"])
}

func bearing(p emulator.Place) string {
	return fmt.Sprintf("{kind: bedrock, endpoint: %q, region: %s, api_key: %q}", p.URL, p.Credentials["region"], p.Credentials["api_key"])
}

// emulateStands starts an emulated cloud for each stand and returns the gateway's
// configuration with them. The certificates of the token endpoints are written to
// a file.
func emulateStands(t *testing.T, all []stand, certificate string) string {
	t.Helper()
	var places, models strings.Builder
	var trusted bytes.Buffer
	for i := range all {
		s := &all[i]
		o := emulatorOf(t, s.Place)
		if s.Model == "azure-entra" {
			renamed, err := azure.New(azure.Options{Deployments: map[string]string{prod: sol}})
			if err != nil {
				t.Fatal(err)
			}
			o.Places = []core.Place{renamed}
		}
		s.Emulators = emulate(t, o)
		trusted.Write(s.Emulators.CertificatePEM)
		fmt.Fprintf(&places, "  %s: %s\n", s.Model, s.settings(s.Emulators.Place(s.Place)))
		fmt.Fprintf(&models, "  %s:\n    deployments:\n      - {place: %s, %s}\n", s.Model, s.Model, s.deployed)
	}
	if err := os.WriteFile(certificate, trusted.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("keys:\n  - {name: %s, key: %s}\nplaces:\n%smodels:\n%s", keyName, keyText, places.String(), models.String())
}
