package acceptance

import (
	"context"
	"testing"

	"github.com/anthropics/anthropic-sdk-go"

	"github.com/interline-ai/interline/emulator"
)

// TestBedrockHostedDirect lets openai-go judge the runtime's Responses API, and
// anthropic-sdk-go its Messages.
func TestBedrockHostedDirect(t *testing.T) {
	g := gather(t, "bedrock")
	signed, bearer := awsKeys(g.place)
	g.sitOpenAI(BedrockResponses(), "bedrock responses, signed, sol", "/openai/v1", solOnBedrock, signed)
	g.sitOpenAI(BedrockResponses(), "bedrock responses, bearer, sol", "/openai/v1", solOnBedrock, bearer)
	g.sitOpenAI(BedrockResponses(), "bedrock responses, signed, grok", "/openai/v1", "us."+grokOnMantle, signed)
	// No SDK has a client for the runtime's Messages: mantle's fits with the key.
	g.sitClaude(MantleMessages(), "bedrock messages, bearer, sonnet 5", "/anthropic", sonnet5Bedrock, true, bearer)
	g.gap("", "schema", noSchemaNew)
	Judge(t, g.gaps, g.seats...)
}

// TestFoundryDirect lets anthropic-sdk-go's foundry package judge Claude on the
// emulated Azure, with the key and with a token of Entra.
func TestFoundryDirect(t *testing.T) {
	g := gather(t, "azure")
	c := g.place.Credentials
	key := Credential{Key: c["key"]}
	entra := Credential{
		Tenant: c["tenant"], ClientID: c["client"], ClientSecret: c["secret"],
		Authority: g.place.Authority, AuthorityPEM: g.run.CertificatePEM,
	}
	g.sitClaude(FoundryMessages(), "foundry, key, sonnet 5", "/anthropic/", sonnet5, true, key)
	g.sitClaude(FoundryMessages(), "foundry, key, haiku", "/anthropic/", "claude-haiku-4-5", false, key)
	g.sitClaude(FoundryMessages(), "foundry, entra, sonnet 5", "/anthropic/", sonnet5, true, entra)
	Judge(t, g.gaps, g.seats...)
}

// TestClaudeAWSDirect lets anthropic-sdk-go's aws package judge the emulated
// Claude Platform on AWS, signed and with a key.
func TestClaudeAWSDirect(t *testing.T) {
	g := gather(t, "claudeaws")
	signed, key := awsKeys(g.place)
	g.sitClaude(ClaudeAWS(), "claudeaws, signed, sonnet 5", "", sonnet5, true, signed)
	g.sitClaude(ClaudeAWS(), "claudeaws, signed, sonnet", "", sonnet, false, signed)
	g.sitClaude(ClaudeAWS(), "claudeaws, key, sonnet 5", "", sonnet5, true, key)
	Judge(t, g.gaps, g.seats...)
}

// TestHostedCounts lets the SDKs count tokens where a cloud counts them: as many
// as the same question is then charged for. The runtime of Bedrock does not.
func TestHostedCounts(t *testing.T) {
	run := emulate(t, emulator.Options{})
	mantle, azure, platform := run.Place("mantle"), run.Place("azure"), run.Place("claudeaws")
	_, key := awsKeys(mantle)
	_, own := awsKeys(platform)
	for _, tc := range []struct {
		Kind
		Door
	}{
		{MantleMessages(), Door{URL: mantle.URL + "/anthropic", Model: sonnet5OnMantle, Credential: key}},
		{FoundryMessages(), Door{URL: azure.URL + "/anthropic/", Model: sonnet5, Credential: Credential{Key: azure.Credentials["key"]}}},
		{ClaudeAWS(), Door{URL: platform.URL, Model: sonnet5, Credential: own}},
	} {
		t.Run(tc.Name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			client, err := tc.Open(ctx, tc.Door)
			if err != nil {
				t.Fatal(err)
			}
			params := messageParams(Question{Model: tc.Model, System: "You are terse.", Turns: []Turn{{Text: greeting}}})
			sdk := claudeOf(client)
			counted, err := sdk.Messages.CountTokens(ctx, anthropic.MessageCountTokensParams{
				Model: params.Model, Messages: params.Messages,
				System: anthropic.MessageCountTokensParamsSystemUnion{OfTextBlockArray: params.System},
			})
			if err != nil {
				t.Fatal(err)
			}
			got, err := sdk.Messages.New(ctx, params)
			if err != nil || counted.InputTokens == 0 || got.Usage.InputTokens != counted.InputTokens {
				t.Errorf("counted %+v, answer %+v, %v", counted, got, err)
			}
		})
	}
}

// claudeOf is the SDK within a client that speaks Messages.
func claudeOf(c Client) anthropic.Client {
	if f, ok := c.(foundryMessages); ok {
		c = f.messages
	}
	return c.(messages).sdk
}
