package acceptance

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/bedrock"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Anthropic is anthropic-sdk-go with an API key: Anthropic itself, and every
// gateway that speaks Messages.
func Anthropic() Kind {
	return Kind{"anthropic-sdk-go", messagesAPI, func(_ context.Context, d Door) (Client, error) {
		return messages{anthropic.NewClient(
			option.WithBaseURL(d.URL), option.WithAPIKey(d.Credential.Key), option.WithMaxRetries(0), watchMessages(d),
		)}, nil
	}}
}

// BedrockMessages is anthropic-sdk-go with its bedrock package: signed, or with
// a Bedrock API key where the door has one.
func BedrockMessages() Kind {
	return Kind{"anthropic-sdk-go/bedrock", invokeAPI, func(_ context.Context, d Door) (Client, error) {
		cfg := aws.Config{Region: d.Credential.Region}
		if d.Credential.Key != "" {
			cfg.BearerAuthTokenProvider = bedrock.NewStaticBearerTokenProvider(d.Credential.Key)
		} else {
			cfg.Credentials = credentials.NewStaticCredentialsProvider(d.Credential.AccessKeyID, d.Credential.SecretAccessKey, "")
		}
		return messages{anthropic.NewClient(
			bedrock.WithConfig(cfg), option.WithBaseURL(d.URL), option.WithMaxRetries(0), watchMessages(d),
		)}, nil
	}}
}

func watchMessages(d Door) option.RequestOption {
	return option.WithMiddleware(func(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
		return d.Wire.carry(r, next)
	})
}

// messages asks by Anthropic's Messages.
type messages struct{ sdk anthropic.Client }

func (c messages) Ask(ctx context.Context, q Question) (Answer, error) {
	params := messageParams(q)
	if q.Stream {
		return c.stream(ctx, params)
	}
	got, err := c.sdk.Messages.New(ctx, params)
	if err != nil {
		return Answer{}, messageError(err)
	}
	return messageAnswer(*got), nil
}

func (c messages) stream(ctx context.Context, params anthropic.MessageNewParams) (Answer, error) {
	stream := c.sdk.Messages.NewStreaming(ctx, params)
	defer stream.Close()
	var all anthropic.Message
	pieces := 0
	for stream.Next() {
		event := stream.Current()
		if err := all.Accumulate(event); err != nil {
			return Answer{}, fmt.Errorf("an event does not fit the others: %w", err)
		}
		if event.Type == "content_block_delta" {
			pieces++
		}
	}
	a := messageAnswer(all)
	a.Pieces = pieces
	return a, messageError(stream.Err())
}

func messageError(err error) error {
	if e := new(anthropic.Error); errors.As(err, &e) {
		return &Refusal{e.StatusCode, err}
	}
	return err
}

func messageParams(q Question) anthropic.MessageNewParams {
	p := anthropic.MessageNewParams{
		Model: q.Model, MaxTokens: int64(cmp.Or(q.Max, 2000)), Messages: []anthropic.MessageParam{}, StopSequences: q.Stop,
	}
	if q.System != "" {
		p.System = []anthropic.TextBlockParam{{Text: q.System}}
		if q.Cache {
			p.System[0].CacheControl = anthropic.NewCacheControlEphemeralParam()
		}
	}
	p.OutputConfig.Format.Schema = q.Schema
	switch {
	case q.Think && q.Thinks == ThinksAdaptively:
		p.Thinking.OfAdaptive = &anthropic.ThinkingConfigAdaptiveParam{}
	case q.Think:
		p.Thinking = anthropic.ThinkingConfigParamOfEnabled(1024)
	case q.Effort == "none":
		p.Thinking.OfDisabled = &anthropic.ThinkingConfigDisabledParam{}
	}
	switch q.Choice {
	case "":
	case anyTool:
		p.ToolChoice.OfAny = &anthropic.ToolChoiceAnyParam{}
	case noTool:
		p.ToolChoice.OfNone = &anthropic.ToolChoiceNoneParam{}
	default:
		p.ToolChoice = anthropic.ToolChoiceParamOfTool(q.Choice)
	}
	if q.Labels {
		p.Metadata.UserID = anthropic.String("u-1")
	}
	for _, t := range q.Turns {
		p.Messages = append(p.Messages, messageTurn(t))
	}
	for _, t := range q.Tools {
		p.Tools = append(p.Tools, anthropic.ToolUnionParam{OfTool: &anthropic.ToolParam{
			Name: t.Name, Description: anthropic.String(t.Description),
			InputSchema: anthropic.ToolInputSchemaParam{Properties: t.Properties(), Required: []string{t.Argument}},
		}})
	}
	return p
}

func messageTurn(t Turn) anthropic.MessageParam {
	var blocks []anthropic.ContentBlockParamUnion
	for _, th := range t.Thoughts {
		blocks = append(blocks, anthropic.NewThinkingBlock(th.Seal, th.Text))
	}
	for _, r := range t.Results {
		block := anthropic.NewToolResultBlock(r.ID, r.Text, r.Failed)
		if r.PNG != nil {
			block.OfToolResult.Content = append(block.OfToolResult.Content, anthropic.ToolResultBlockParamContentUnion{
				OfImage: anthropic.NewImageBlockBase64("image/png", base64.StdEncoding.EncodeToString(r.PNG)).OfImage,
			})
		}
		blocks = append(blocks, block)
	}
	if t.Text != "" {
		blocks = append(blocks, messageText(t))
	}
	if t.PNG != nil {
		blocks = append(blocks, anthropic.NewImageBlockBase64("image/png", base64.StdEncoding.EncodeToString(t.PNG)))
	}
	if t.Notes != "" {
		blocks = append(blocks, messageNotes(t.Notes))
	}
	if t.PDF != nil {
		blocks = append(blocks, anthropic.NewDocumentBlock(anthropic.Base64PDFSourceParam{Data: base64.StdEncoding.EncodeToString(t.PDF)}))
	}
	for _, c := range t.Calls {
		blocks = append(blocks, anthropic.NewToolUseBlock(c.ID, json.RawMessage(c.Arguments), c.Name))
	}
	if t.Assistant {
		return anthropic.NewAssistantMessage(blocks...)
	}
	return anthropic.NewUserMessage(blocks...)
}

func messageAnswer(got anthropic.Message) Answer {
	var a Answer
	for _, b := range got.Content {
		switch b.Type {
		case "thinking":
			a.Thoughts = append(a.Thoughts, Thought{Text: b.Thinking, Seal: b.Signature})
		case "text":
			a.Text += b.Text
			a.Cites = append(a.Cites, messageCites(b)...)
		case "tool_use":
			a.Calls = append(a.Calls, Call{ID: b.ID, Name: b.Name, Arguments: string(b.Input)})
		}
	}
	u := got.Usage
	a.Usage.CacheRead = int(u.CacheReadInputTokens)
	a.Usage.CacheWrite5m = int(u.CacheCreationInputTokens)
	a.Usage.Input = int(u.InputTokens) + a.Usage.CacheRead + a.Usage.CacheWrite5m
	a.Usage.Output = int(u.OutputTokens)
	a.Usage.Reasoning = int(u.OutputTokensDetails.ThinkingTokens)
	a.Stop = map[anthropic.StopReason]Stop{
		anthropic.StopReasonEndTurn: StopEnd, anthropic.StopReasonMaxTokens: StopLength,
		anthropic.StopReasonStopSequence: StopSequence, anthropic.StopReasonToolUse: StopCalls,
		anthropic.StopReasonRefusal: StopFiltered,
	}[got.StopReason]
	return a
}
