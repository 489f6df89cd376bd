package acceptance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/document"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/aws/smithy-go/auth/bearer"

	"github.com/interline-ai/interline/emulator/core"
)

// Converse is aws-sdk-go-v2's bedrockruntime: signed, or with a Bedrock API key
// where the door has one. The SDK does not send a key without TLS; at a door of
// http it is put on below the SDK, as a proxy with TLS would bring it.
func Converse() Kind {
	return Kind{"bedrockruntime", converseAPI, func(_ context.Context, d Door) (Client, error) {
		o := bedrockruntime.Options{BaseEndpoint: &d.URL, Region: d.Credential.Region, Retryer: aws.NopRetryer{}}
		var carrier doer = awshttp.NewBuildableClient() // what the SDK has by itself
		if d.CertificatePEM != nil {
			trusting, err := trust(d.CertificatePEM)
			if err != nil {
				return nil, err
			}
			carrier = trusting
		}
		switch key := d.Credential.Key; {
		case key == "":
			o.Credentials = credentials.NewStaticCredentialsProvider(d.Credential.AccessKeyID, d.Credential.SecretAccessKey, "")
		case strings.HasPrefix(d.URL, "https:"):
			o.BearerAuthTokenProvider = bearer.StaticTokenProvider{Token: bearer.Token{Value: key}}
			o.AuthSchemePreference = []string{"httpBearerAuth"}
		default:
			o.Credentials = credentials.NewStaticCredentialsProvider("unused", "unused", "") // its signature is replaced
			carrier = &http.Client{Transport: withKey(key)}
		}
		o.HTTPClient = watched{d.Wire, carrier}
		return converse{bedrockruntime.New(o)}, nil
	}}
}

// withKey sends requests with a bearer key.
type withKey string

func (key withKey) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(key))
	return http.DefaultTransport.RoundTrip(r)
}

// converse asks by Converse and ConverseStream.
type converse struct{ sdk *bedrockruntime.Client }

func (c converse) Ask(ctx context.Context, q Question) (Answer, error) {
	in := converseInput(q)
	if q.Stream {
		return c.stream(ctx, in)
	}
	got, err := c.sdk.Converse(ctx, in)
	if err != nil {
		return Answer{}, converseError(err)
	}
	out, ok := got.Output.(*types.ConverseOutputMemberMessage)
	if !ok {
		return Answer{}, fmt.Errorf("an output of type %T", got.Output)
	}
	a := Answer{Stop: converseStop(got.StopReason), Usage: converseUsage(got.Usage)}
	for _, b := range out.Value.Content {
		switch b := b.(type) {
		case *types.ContentBlockMemberReasoningContent:
			if th, ok := b.Value.(*types.ReasoningContentBlockMemberReasoningText); ok {
				a.Thoughts = append(a.Thoughts, Thought{Text: *th.Value.Text, Seal: aws.ToString(th.Value.Signature)})
			}
		case *types.ContentBlockMemberText:
			a.Text += b.Value
		case *types.ContentBlockMemberCitationsContent:
			a.addCited(b.Value)
		case *types.ContentBlockMemberToolUse:
			input, err := b.Value.Input.MarshalSmithyDocument()
			if err != nil {
				return a, fmt.Errorf("read input of %s: %w", *b.Value.Name, err)
			}
			a.Calls = append(a.Calls, Call{ID: *b.Value.ToolUseId, Name: *b.Value.Name, Arguments: string(input)})
		}
	}
	return a, nil
}

func (c converse) stream(ctx context.Context, in *bedrockruntime.ConverseInput) (Answer, error) {
	got, err := c.sdk.ConverseStream(ctx, &bedrockruntime.ConverseStreamInput{
		ModelId: in.ModelId, Messages: in.Messages, System: in.System, ToolConfig: in.ToolConfig,
		InferenceConfig: in.InferenceConfig, AdditionalModelRequestFields: in.AdditionalModelRequestFields,
		OutputConfig: in.OutputConfig,
	})
	if err != nil {
		return Answer{}, converseError(err)
	}
	stream := got.GetStream()
	defer stream.Close()
	var a Answer
	for event := range stream.Events() {
		a.hear(event)
	}
	return a, converseError(stream.Err())
}

// hear adds one event to an answer. A call's arguments come in fragments for the
// last call begun, since blocks do not interleave.
func (a *Answer) hear(event types.ConverseStreamOutput) {
	switch e := event.(type) {
	case *types.ConverseStreamOutputMemberContentBlockStart:
		if use, ok := e.Value.Start.(*types.ContentBlockStartMemberToolUse); ok {
			a.Calls = append(a.Calls, Call{ID: *use.Value.ToolUseId, Name: *use.Value.Name})
		}
	case *types.ConverseStreamOutputMemberContentBlockDelta:
		a.Pieces++
		switch d := e.Value.Delta.(type) {
		case *types.ContentBlockDeltaMemberReasoningContent:
			a.think(d.Value, aws.ToInt32(e.Value.ContentBlockIndex))
		case *types.ContentBlockDeltaMemberText:
			a.Text += d.Value
			a.block += d.Value
		case *types.ContentBlockDeltaMemberCitation:
			a.cite(d.Value)
		case *types.ContentBlockDeltaMemberToolUse:
			if n := len(a.Calls); n > 0 {
				a.Calls[n-1].Arguments += *d.Value.Input
			}
		}
	case *types.ConverseStreamOutputMemberContentBlockStop:
		a.block = ""
	case *types.ConverseStreamOutputMemberMessageStop:
		a.Stop = converseStop(e.Value.StopReason)
	case *types.ConverseStreamOutputMemberMetadata:
		a.Usage = converseUsage(e.Value.Usage)
	}
}

// think adds to the thought of a content block, or begins it.
func (a *Answer) think(delta types.ReasoningContentBlockDelta, block int32) {
	if n := len(a.Thoughts); n == 0 || a.Thoughts[n-1].block != block {
		a.Thoughts = append(a.Thoughts, Thought{block: block})
	}
	th := &a.Thoughts[len(a.Thoughts)-1]
	switch d := delta.(type) {
	case *types.ReasoningContentBlockDeltaMemberText:
		th.Text += d.Value
	case *types.ReasoningContentBlockDeltaMemberSignature:
		th.Seal += d.Value
	}
}

func converseError(err error) error {
	if e := new(awshttp.ResponseError); errors.As(err, &e) {
		return &Refusal{e.HTTPStatusCode(), err}
	}
	return err
}

func converseInput(q Question) *bedrockruntime.ConverseInput {
	in := &bedrockruntime.ConverseInput{
		ModelId: &q.Model, Messages: []types.Message{},
		InferenceConfig: &types.InferenceConfiguration{StopSequences: q.Stop},
	}
	if q.Max > 0 {
		in.InferenceConfig.MaxTokens = aws.Int32(int32(q.Max))
	}
	if q.System != "" {
		in.System = []types.SystemContentBlock{&types.SystemContentBlockMemberText{Value: q.System}}
		if q.Cache {
			in.System = append(in.System, &types.SystemContentBlockMemberCachePoint{Value: types.CachePointBlock{Type: types.CachePointTypeDefault}})
		}
	}
	if q.Schema != nil {
		in.OutputConfig = &types.OutputConfig{TextFormat: converseFormat(q.Schema)}
	}
	if fields := converseThinking(q); fields != nil {
		in.AdditionalModelRequestFields = document.NewLazyDocument(fields)
	}
	for _, t := range q.Turns {
		in.Messages = append(in.Messages, converseTurn(t))
	}
	var tools []types.Tool
	for _, t := range q.Tools {
		tools = append(tools, &types.ToolMemberToolSpec{Value: types.ToolSpecification{
			Name: &t.Name, Description: &t.Description,
			InputSchema: &types.ToolInputSchemaMemberJson{Value: document.NewLazyDocument(t.Schema())},
		}})
	}
	if q.Labels {
		in.RequestMetadata = map[string]string{"team": "a b"}
		in.ServiceTier = &types.ServiceTier{Type: types.ServiceTierTypeDefault}
	}
	if tools != nil {
		in.ToolConfig = &types.ToolConfiguration{Tools: tools, ToolChoice: converseChoice(q.Choice)}
	}
	return in
}

// converseThinking is the vendor's own way to ask a model to reason, or not to.
func converseThinking(q Question) map[string]any {
	switch {
	case q.Think && q.Thinks == ThinksByBudget:
		return map[string]any{"thinking": map[string]any{"type": "enabled", "budget_tokens": 1024}}
	case q.Think && q.Thinks == ThinksAdaptively:
		return map[string]any{"thinking": map[string]any{"type": "adaptive"}}
	case q.Thinks == ThinksAdaptively:
		return map[string]any{"thinking": map[string]any{"type": "disabled"}}
	case q.Think:
		return map[string]any{"reasoning": map[string]any{"effort": "low"}}
	case q.Effort != "":
		return map[string]any{"reasoning": map[string]any{"effort": q.Effort}}
	}
	return nil
}

func converseChoice(choice string) types.ToolChoice {
	switch choice {
	case "":
		return nil
	case anyTool:
		return &types.ToolChoiceMemberAny{}
	}
	return &types.ToolChoiceMemberTool{Value: types.SpecificToolChoice{Name: &choice}}
}

// converseFormat asks for JSON by a schema, which Converse wants as a string.
func converseFormat(schema map[string]any) *types.OutputFormat {
	text, _ := json.Marshal(schema) // the cases' own, which always encode
	return &types.OutputFormat{
		Type: types.OutputFormatTypeJsonSchema,
		Structure: &types.OutputFormatStructureMemberJsonSchema{Value: types.JsonSchemaDefinition{
			Name: aws.String("answer"), Schema: aws.String(string(text)),
		}},
	}
}

func converseTurn(t Turn) types.Message {
	m := types.Message{Role: types.ConversationRoleUser}
	if t.Assistant {
		m.Role = types.ConversationRoleAssistant
	}
	for _, th := range t.Thoughts {
		m.Content = append(m.Content, &types.ContentBlockMemberReasoningContent{Value: &types.ReasoningContentBlockMemberReasoningText{
			Value: types.ReasoningTextBlock{Text: &th.Text, Signature: &th.Seal},
		}})
	}
	for _, r := range t.Results {
		m.Content = append(m.Content, &types.ContentBlockMemberToolResult{Value: types.ToolResultBlock{
			ToolUseId: &r.ID, Content: converseResult(r), Status: map[bool]types.ToolResultStatus{true: types.ToolResultStatusError}[r.Failed],
		}})
	}
	if t.Text != "" {
		m.Content = append(m.Content, converseText(t))
	}
	if t.PNG != nil {
		m.Content = append(m.Content, &types.ContentBlockMemberImage{Value: types.ImageBlock{
			Format: types.ImageFormatPng, Source: &types.ImageSourceMemberBytes{Value: t.PNG},
		}})
	}
	if t.Notes != "" {
		m.Content = append(m.Content, converseNotes(t.Notes))
	}
	if t.PDF != nil {
		m.Content = append(m.Content, &types.ContentBlockMemberDocument{Value: types.DocumentBlock{
			Name: aws.String("report"), Format: types.DocumentFormatPdf, Source: &types.DocumentSourceMemberBytes{Value: t.PDF},
		}})
	}
	for _, c := range t.Calls {
		var input map[string]any
		_ = json.Unmarshal([]byte(c.Arguments), &input) // the cases' own, checked when they came
		m.Content = append(m.Content, &types.ContentBlockMemberToolUse{Value: types.ToolUseBlock{
			ToolUseId: &c.ID, Name: &c.Name, Input: document.NewLazyDocument(input),
		}})
	}
	return m
}

func converseResult(r Result) []types.ToolResultContentBlock {
	out := []types.ToolResultContentBlock{&types.ToolResultContentBlockMemberText{Value: r.Text}}
	if r.PNG != nil {
		out = append(out, &types.ToolResultContentBlockMemberImage{Value: types.ImageBlock{
			Format: types.ImageFormatPng, Source: &types.ImageSourceMemberBytes{Value: r.PNG},
		}})
	}
	return out
}

func converseStop(r types.StopReason) Stop {
	return map[types.StopReason]Stop{
		types.StopReasonEndTurn: StopEnd, types.StopReasonMaxTokens: StopLength,
		types.StopReasonStopSequence: StopSequence, types.StopReasonToolUse: StopCalls,
		types.StopReasonContentFiltered: StopFiltered, types.StopReasonGuardrailIntervened: StopFiltered,
	}[r]
}

func converseUsage(u *types.TokenUsage) (out core.Usage) {
	if u == nil {
		return out
	}
	out.CacheRead = int(aws.ToInt32(u.CacheReadInputTokens))
	out.CacheWrite5m = int(aws.ToInt32(u.CacheWriteInputTokens))
	out.Input = int(aws.ToInt32(u.InputTokens)) + out.CacheRead + out.CacheWrite5m
	out.Output = int(aws.ToInt32(u.OutputTokens))
	return out
}
