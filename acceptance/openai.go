package acceptance

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/azure"
	"github.com/openai/openai-go/v3/bedrock"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/shared"
)

// azureVersion is the api-version of Azure's dated surface.
const azureVersion = "2024-10-21"

// OpenAI is openai-go with a base URL and a bearer key: OpenAI itself, Azure's
// v1 surface, and every gateway that speaks Chat Completions.
func OpenAI() Kind {
	return Kind{"openai-go", chatCompletions, func(_ context.Context, d Door) (Client, error) {
		return chat{openai.NewClient(option.WithBaseURL(d.URL), option.WithAPIKey(d.Credential.Key), once(), watch(d))}, nil
	}}
}

// AzureDated is openai-go with its azure package and an API key.
func AzureDated() Kind {
	return Kind{"openai-go/azure, dated, key", chatCompletions, func(_ context.Context, d Door) (Client, error) {
		return chat{openai.NewClient(
			azure.WithEndpoint(d.URL, azureVersion), azure.WithAPIKey(d.Credential.Key), azure.WithUnsafeAllowHTTP(), once(), watch(d),
		)}, nil
	}}
}

// AzureDatedEntra is openai-go with its azure package and a token of Entra.
func AzureDatedEntra() Kind {
	return Kind{"openai-go/azure, dated, entra", chatCompletions, func(_ context.Context, d Door) (Client, error) {
		token, err := entra(d.Credential)
		if err != nil {
			return nil, err
		}
		return chat{openai.NewClient(
			azure.WithEndpoint(d.URL, azureVersion), azure.WithTokenCredential(token), azure.WithUnsafeAllowHTTP(), once(), watch(d),
		)}, nil
	}}
}

// AzureV1Entra is openai-go on Azure's v1 surface with a token of Entra, which
// the azure package does not cover: the token goes in as a bearer key.
func AzureV1Entra() Kind {
	return Kind{"openai-go, azure v1, entra", chatCompletions, func(_ context.Context, d Door) (Client, error) {
		token, err := entra(d.Credential)
		if err != nil {
			return nil, err
		}
		bearer := option.WithMiddleware(func(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
			t, err := token.GetToken(r.Context(), policy.TokenRequestOptions{Scopes: []string{"https://ai.azure.com/.default"}})
			if err != nil {
				return nil, err
			}
			r.Header.Set("Authorization", "Bearer "+t.Token)
			return next(r)
		})
		return chat{openai.NewClient(option.WithBaseURL(d.URL), option.WithAPIKey("unused"), bearer, once(), watch(d))}, nil
	}}
}

// entra makes a client-secret credential that asks the door's authority.
func entra(c Credential) (azcore.TokenCredential, error) {
	trusting, err := trust(c.AuthorityPEM)
	if err != nil {
		return nil, fmt.Errorf("reach the authority: %w", err)
	}
	token, err := azidentity.NewClientSecretCredential(c.Tenant, c.ClientID, c.ClientSecret, &azidentity.ClientSecretCredentialOptions{
		DisableInstanceDiscovery: true,
		ClientOptions: azcore.ClientOptions{
			Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: c.Authority},
			Transport: trusting,
			Retry:     policy.RetryOptions{MaxRetries: -1},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("make entra credential: %w", err)
	}
	return token, nil
}

// BedrockChat is openai-go with its bedrock package on the runtime's
// OpenAI-compatible path: signed, or with a Bedrock API key where the door has
// one.
func BedrockChat() Kind {
	return Kind{"openai-go/bedrock", chatCompletions, func(ctx context.Context, d Door) (Client, error) {
		c, err := bedrock.NewClient(ctx, bedrock.Config{
			Endpoint: bedrock.EndpointRuntime, BaseURL: d.URL, AWSRegion: d.Credential.Region, APIKey: d.Credential.Key,
			AWSAccessKeyID: d.Credential.AccessKeyID, AWSSecretAccessKey: d.Credential.SecretAccessKey,
		}, once(), watch(d))
		if err != nil {
			return nil, fmt.Errorf("make bedrock client: %w", err)
		}
		return chat{c}, nil
	}}
}

func once() option.RequestOption { return option.WithMaxRetries(0) }

func watch(d Door) option.RequestOption {
	return option.WithMiddleware(func(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
		return d.Wire.carry(r, next)
	})
}

// chat asks by Chat Completions.
type chat struct{ sdk openai.Client }

func (c chat) Ask(ctx context.Context, q Question) (Answer, error) {
	params := chatParams(q)
	if q.Stream {
		return c.stream(ctx, params, q.Untold)
	}
	got, err := c.sdk.Chat.Completions.New(ctx, params)
	if err != nil {
		return Answer{}, chatError(err)
	}
	return chatAnswer(*got), nil
}

func (c chat) stream(ctx context.Context, params openai.ChatCompletionNewParams, untold bool) (Answer, error) {
	if !untold {
		params.StreamOptions.IncludeUsage = openai.Bool(true)
	}
	stream := c.sdk.Chat.Completions.NewStreaming(ctx, params)
	defer stream.Close()
	var all openai.ChatCompletionAccumulator
	pieces := 0
	var notes []openai.ChatCompletionMessageAnnotation
	for stream.Next() {
		chunk := stream.Current()
		notes = append(notes, annotationsOf(chunk)...)
		if !all.AddChunk(chunk) {
			return Answer{}, fmt.Errorf("a chunk does not fit the others: %s", chunk.RawJSON())
		}
		for _, choice := range chunk.Choices {
			if choice.Delta.Content != "" || len(choice.Delta.ToolCalls) > 0 {
				pieces++
			}
		}
	}
	a := chatAnswer(all.ChatCompletion)
	a.Cites = chatCites(a.Text, notes)
	a.Pieces = pieces
	return a, chatError(stream.Err())
}

func chatError(err error) error {
	if e := new(openai.Error); errors.As(err, &e) {
		return &Refusal{e.StatusCode, err}
	}
	// azcore's own error is what a refused token request becomes.
	if e := new(azidentity.AuthenticationFailedError); errors.As(err, &e) && e.RawResponse != nil {
		return &Refusal{e.RawResponse.StatusCode, err}
	}
	return err
}

func chatParams(q Question) openai.ChatCompletionNewParams {
	p := openai.ChatCompletionNewParams{
		Model: q.Model, Messages: []openai.ChatCompletionMessageParamUnion{}, ReasoningEffort: shared.ReasoningEffort(q.Effort),
	}
	if q.Max > 0 {
		p.MaxCompletionTokens = openai.Int(int64(q.Max))
	}
	if q.Think {
		p.ReasoningEffort = shared.ReasoningEffortLow
	}
	p.ToolChoice = chatChoice(q.Choice)
	if q.System != "" {
		p.Messages = append(p.Messages, openai.SystemMessage(q.System))
	}
	for _, t := range q.Turns {
		p.Messages = append(p.Messages, chatTurn(t)...)
	}
	for _, t := range q.Tools {
		p.Tools = append(p.Tools, openai.ChatCompletionFunctionTool(shared.FunctionDefinitionParam{
			Name: t.Name, Description: openai.String(t.Description), Parameters: t.Schema(),
		}))
	}
	if q.Schema != nil {
		p.ResponseFormat.OfJSONSchema = &shared.ResponseFormatJSONSchemaParam{JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{
			Name: "answer", Strict: openai.Bool(true), Schema: q.Schema,
		}}
	}
	if len(q.Stop) > 0 {
		p.Stop.OfStringArray = q.Stop
	}
	if q.Odds > 0 {
		p.Logprobs, p.TopLogprobs = openai.Bool(true), openai.Int(int64(q.Odds))
	}
	if q.Labels {
		p.Metadata, p.User, p.ServiceTier = shared.Metadata{"team": "a b"}, openai.String("u-1"), openai.ChatCompletionNewParamsServiceTierAuto
	}
	return p
}

func chatChoice(choice string) (c openai.ChatCompletionToolChoiceOptionUnionParam) {
	switch choice {
	case "":
	case anyTool:
		c.OfAuto = openai.String("required")
	case noTool:
		c.OfAuto = openai.String("none")
	default:
		c = openai.ToolChoiceOptionFunctionToolChoice(openai.ChatCompletionNamedToolChoiceFunctionParam{Name: choice})
	}
	return c
}

func chatTurn(t Turn) []openai.ChatCompletionMessageParamUnion {
	if t.Assistant {
		var m openai.ChatCompletionAssistantMessageParam
		if t.Text != "" {
			m.Content.OfString = openai.String(t.Text)
		}
		for _, c := range t.Calls {
			m.ToolCalls = append(m.ToolCalls, openai.ChatCompletionMessageToolCallUnionParam{
				OfFunction: &openai.ChatCompletionMessageFunctionToolCallParam{
					ID:       c.ID,
					Function: openai.ChatCompletionMessageFunctionToolCallFunctionParam{Name: c.Name, Arguments: c.Arguments},
				},
			})
		}
		return []openai.ChatCompletionMessageParamUnion{{OfAssistant: &m}}
	}
	if t.System {
		return []openai.ChatCompletionMessageParamUnion{openai.SystemMessage(t.Text)}
	}
	var out []openai.ChatCompletionMessageParamUnion
	for _, r := range t.Results {
		out = append(out, openai.ToolMessage(r.Text, r.ID))
	}
	switch {
	case t.PNG != nil:
		out = append(out, openai.UserMessage([]openai.ChatCompletionContentPartUnionParam{
			openai.TextContentPart(t.Text),
			openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{
				URL: "data:image/png;base64," + base64.StdEncoding.EncodeToString(t.PNG),
			}),
		}))
	case t.PDF != nil:
		out = append(out, openai.UserMessage([]openai.ChatCompletionContentPartUnionParam{
			openai.TextContentPart(t.Text),
			openai.FileContentPart(openai.ChatCompletionContentPartFileFileParam{
				Filename: openai.String("report.pdf"), FileData: openai.String("data:application/pdf;base64," + base64.StdEncoding.EncodeToString(t.PDF)),
			}),
		}))
	case t.Text != "":
		out = append(out, openai.UserMessage(t.Text))
	}
	return out
}

func chatAnswer(got openai.ChatCompletion) Answer {
	var a Answer
	a.Usage.Input = int(got.Usage.PromptTokens)
	a.Usage.Output = int(got.Usage.CompletionTokens)
	a.Usage.CacheRead = int(got.Usage.PromptTokensDetails.CachedTokens)
	a.Usage.Reasoning = int(got.Usage.CompletionTokensDetails.ReasoningTokens)
	if len(got.Choices) == 0 {
		return a
	}
	choice := got.Choices[0]
	a.Text = choice.Message.Content
	a.Cites = chatCites(a.Text, choice.Message.Annotations)
	for _, l := range choice.Logprobs.Content {
		o := Odds{Token: l.Token, Log: l.Logprob, Bytes: bytesOf(l.Bytes)}
		for _, top := range l.TopLogprobs {
			o.Top = append(o.Top, Odds{Token: top.Token, Log: top.Logprob, Bytes: bytesOf(top.Bytes)})
		}
		a.Odds = append(a.Odds, o)
	}
	for _, c := range choice.Message.ToolCalls {
		a.Calls = append(a.Calls, Call{ID: c.ID, Name: c.Function.Name, Arguments: c.Function.Arguments})
	}
	a.Stop = map[string]Stop{"stop": StopEnd, "length": StopLength, "tool_calls": StopCalls, "content_filter": StopFiltered}[choice.FinishReason]
	return a
}
