package acceptance

import (
	"context"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/anthropics/anthropic-sdk-go"
	claudeaws "github.com/anthropics/anthropic-sdk-go/aws"
	claudebedrock "github.com/anthropics/anthropic-sdk-go/bedrock"
	"github.com/anthropics/anthropic-sdk-go/foundry"
	claudeoption "github.com/anthropics/anthropic-sdk-go/option"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/bedrock"
)

// MantleChat is openai-go with its bedrock package on bedrock-mantle: signed, or
// with a Bedrock API key where the door has one.
func MantleChat() Kind {
	return Kind{"openai-go/bedrock, mantle", chatCompletions, func(ctx context.Context, d Door) (Client, error) {
		c, err := bedrockClient(ctx, bedrock.EndpointMantle, d)
		return chat{c}, err
	}}
}

// MantleResponses is the same, on the Responses API.
func MantleResponses() Kind {
	return Kind{"openai-go/bedrock, mantle, responses", responsesAPI, func(ctx context.Context, d Door) (Client, error) {
		c, err := bedrockClient(ctx, bedrock.EndpointMantle, d)
		return respond{c}, err
	}}
}

// BedrockResponses is openai-go with its bedrock package on the runtime's
// Responses API.
func BedrockResponses() Kind {
	return Kind{"openai-go/bedrock, responses", responsesAPI, func(ctx context.Context, d Door) (Client, error) {
		c, err := bedrockClient(ctx, bedrock.EndpointRuntime, d)
		return respond{c}, err
	}}
}

func bedrockClient(ctx context.Context, endpoint bedrock.Endpoint, d Door) (openai.Client, error) {
	c, err := bedrock.NewClient(ctx, bedrock.Config{
		Endpoint: endpoint, BaseURL: d.URL, AWSRegion: d.Credential.Region, APIKey: d.Credential.Key,
		AWSAccessKeyID: d.Credential.AccessKeyID, AWSSecretAccessKey: d.Credential.SecretAccessKey,
	}, once(), watch(d))
	if err != nil {
		return c, fmt.Errorf("make bedrock client: %w", err)
	}
	return c, nil
}

// MantleMessages is the mantle client of anthropic-sdk-go's bedrock package.
func MantleMessages() Kind {
	return Kind{"anthropic-sdk-go/bedrock, mantle", messagesAPI, func(ctx context.Context, d Door) (Client, error) {
		c, err := claudebedrock.NewMantleClient(ctx, claudebedrock.MantleClientConfig{
			APIKey: d.Credential.Key, AWSAccessKey: d.Credential.AccessKeyID, AWSSecretAccessKey: d.Credential.SecretAccessKey,
			AWSRegion: d.Credential.Region, BaseURL: d.URL,
		}, claudeoption.WithMaxRetries(0), watchMessages(d))
		if err != nil {
			return nil, fmt.Errorf("make mantle client: %w", err)
		}
		return messages{anthropic.Client{Messages: c.Messages}}, nil
	}}
}

// FoundryMessages is anthropic-sdk-go's foundry package: with a key, or with a
// token of Entra where the door has none.
func FoundryMessages() Kind {
	return Kind{"anthropic-sdk-go/foundry", messagesAPI, func(_ context.Context, d Door) (Client, error) {
		cfg := foundry.ClientConfig{APIKey: d.Credential.Key, BaseURL: d.URL}
		if d.Credential.Key == "" {
			token, err := entra(d.Credential)
			if err != nil {
				return nil, err
			}
			cfg.AzureADTokenProvider = func(ctx context.Context) (string, error) {
				t, err := token.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{foundry.EntraIDScope}})
				return t.Token, err
			}
		}
		c, err := foundry.NewClient(cfg, claudeoption.WithMaxRetries(0), watchMessages(d))
		if err != nil {
			return nil, fmt.Errorf("make foundry client: %w", err)
		}
		return foundryMessages{messages{anthropic.Client{Messages: c.Messages}}}, nil
	}}
}

// foundryMessages tells a refused token request by its status, too.
type foundryMessages struct{ messages }

func (c foundryMessages) Ask(ctx context.Context, q Question) (Answer, error) {
	a, err := c.messages.Ask(ctx, q)
	return a, chatError(err)
}

// ClaudeAWS is anthropic-sdk-go's aws package, for the Claude Platform on AWS.
func ClaudeAWS() Kind {
	return Kind{"anthropic-sdk-go/aws", messagesAPI, func(ctx context.Context, d Door) (Client, error) {
		c, err := claudeaws.NewClient(ctx, claudeaws.ClientConfig{
			APIKey: d.Credential.Key, AWSAccessKey: d.Credential.AccessKeyID, AWSSecretAccessKey: d.Credential.SecretAccessKey,
			AWSRegion: d.Credential.Region, WorkspaceID: d.Credential.Workspace, BaseURL: d.URL,
		}, claudeoption.WithMaxRetries(0), watchMessages(d))
		if err != nil {
			return nil, fmt.Errorf("make aws client: %w", err)
		}
		return messages{anthropic.Client{Messages: c.Messages}}, nil
	}}
}
