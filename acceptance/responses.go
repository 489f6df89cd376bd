package acceptance

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/responses"
	"github.com/openai/openai-go/v3/shared"
)

// Responses is openai-go on the Responses API, with a base URL and a bearer key.
// It keeps nothing at the place, as agents do that keep their own history.
func Responses() Kind {
	return Kind{"openai-go, responses", responsesAPI, func(_ context.Context, d Door) (Client, error) {
		return respond{openai.NewClient(option.WithBaseURL(d.URL), option.WithAPIKey(d.Credential.Key), once(), watch(d))}, nil
	}}
}

// respond asks by the Responses API.
type respond struct{ sdk openai.Client }

func (c respond) Ask(ctx context.Context, q Question) (Answer, error) {
	params := responseParams(q)
	if q.Stream {
		return c.stream(ctx, params)
	}
	got, err := c.sdk.Responses.New(ctx, params)
	if err != nil {
		return Answer{}, chatError(err)
	}
	return responseAnswer(got)
}

func (c respond) stream(ctx context.Context, params responses.ResponseNewParams) (Answer, error) {
	stream := c.sdk.Responses.NewStreaming(ctx, params)
	defer stream.Close()
	var heard struct {
		Answer
		told string // the tokens of its pieces
	}
	for stream.Next() {
		switch e := stream.Current(); e.Type {
		case "response.output_text.delta":
			heard.Text += e.Delta
			for _, l := range e.Logprobs.OfResponseTextDeltaEventLogprobs {
				heard.told += l.Token
			}
			heard.Pieces++
		case "response.function_call_arguments.delta":
			heard.Pieces++
		case "error":
			return heard.Answer, fmt.Errorf("an error in the stream: %s", e.RawJSON())
		case "response.completed", "response.incomplete", "response.failed":
			a, err := responseAnswer(&e.Response)
			if err == nil && a.Text != heard.Text {
				err = fmt.Errorf("the pieces make %q, the whole is %q", heard.Text, a.Text)
			}
			if told := tokens(a.Odds); err == nil && told != heard.told {
				err = fmt.Errorf("the pieces have the tokens %q, the whole has %q", heard.told, told)
			}
			a.Pieces = heard.Pieces
			if err != nil {
				return a, err
			}
			heard.Answer = a
		}
	}
	return heard.Answer, chatError(stream.Err())
}

func responseParams(q Question) responses.ResponseNewParams {
	p := responses.ResponseNewParams{
		Model: q.Model, Store: openai.Bool(false), Reasoning: shared.ReasoningParam{Effort: shared.ReasoningEffort(q.Effort)},
		Input: responses.ResponseNewParamsInputUnion{OfInputItemList: []responses.ResponseInputItemUnionParam{}},
	}
	if q.Max > 0 {
		p.MaxOutputTokens = openai.Int(int64(q.Max))
	}
	if q.Think {
		p.Reasoning.Effort = shared.ReasoningEffortLow
		p.Include = []responses.ResponseIncludable{responses.ResponseIncludableReasoningEncryptedContent}
	}
	if q.System != "" {
		p.Instructions = openai.String(q.System)
	}
	for _, t := range q.Turns {
		p.Input.OfInputItemList = append(p.Input.OfInputItemList, responseTurn(t)...)
	}
	for _, t := range q.Tools {
		tool := responses.ToolParamOfFunction(t.Name, t.Schema(), false)
		tool.OfFunction.Description = openai.String(t.Description)
		p.Tools = append(p.Tools, tool)
	}
	switch q.Choice {
	case "":
	case anyTool:
		p.ToolChoice.OfToolChoiceMode = param.NewOpt(responses.ToolChoiceOptionsRequired)
	case noTool:
		p.ToolChoice.OfToolChoiceMode = param.NewOpt(responses.ToolChoiceOptionsNone)
	default:
		p.ToolChoice.OfFunctionTool = &responses.ToolChoiceFunctionParam{Name: q.Choice}
	}
	if q.Schema != nil {
		p.Text.Format = responses.ResponseFormatTextConfigParamOfJSONSchema("answer", q.Schema)
		p.Text.Format.OfJSONSchema.Strict = openai.Bool(true)
	}
	if q.Odds > 0 {
		p.Include = append(p.Include, responses.ResponseIncludableMessageOutputTextLogprobs)
		p.TopLogprobs = openai.Int(int64(q.Odds))
	}
	if q.Labels {
		p.Metadata, p.User, p.ServiceTier = shared.Metadata{"team": "a b"}, openai.String("u-1"), responses.ResponseNewParamsServiceTierAuto
	}
	return p
}

func responseTurn(t Turn) []responses.ResponseInputItemUnionParam {
	var out []responses.ResponseInputItemUnionParam
	if t.Assistant {
		for _, th := range t.Thoughts {
			id, blob, _ := strings.Cut(th.Seal, "\n")
			item := responses.ResponseInputItemParamOfReasoning(id, []responses.ResponseReasoningItemSummaryParam{})
			item.OfReasoning.EncryptedContent = openai.String(blob)
			if th.Text != "" {
				item.OfReasoning.Summary = append(item.OfReasoning.Summary, responses.ResponseReasoningItemSummaryParam{Text: th.Text})
			}
			out = append(out, item)
		}
		if t.Text != "" {
			out = append(out, responses.ResponseInputItemParamOfMessage(t.Text, responses.EasyInputMessageRoleAssistant))
		}
		for _, c := range t.Calls {
			out = append(out, responses.ResponseInputItemParamOfFunctionCall(c.Arguments, c.ID, c.Name))
		}
		return out
	}
	if t.System {
		return append(out, responses.ResponseInputItemParamOfMessage(t.Text, responses.EasyInputMessageRoleDeveloper))
	}
	for _, r := range t.Results {
		out = append(out, responseResult(r))
	}
	switch {
	case t.PNG != nil:
		image := responses.ResponseInputContentParamOfInputImage(responses.ResponseInputImageDetailAuto)
		image.OfInputImage.ImageURL = openai.String("data:image/png;base64," + base64.StdEncoding.EncodeToString(t.PNG))
		out = append(out, responses.ResponseInputItemParamOfMessage(
			responses.ResponseInputMessageContentListParam{responses.ResponseInputContentParamOfInputText(t.Text), image},
			responses.EasyInputMessageRoleUser,
		))
	case t.PDF != nil:
		out = append(out, responses.ResponseInputItemParamOfMessage(responses.ResponseInputMessageContentListParam{
			responses.ResponseInputContentParamOfInputText(t.Text),
			{OfInputFile: &responses.ResponseInputFileParam{
				Filename: openai.String("report.pdf"), FileData: openai.String("data:application/pdf;base64," + base64.StdEncoding.EncodeToString(t.PDF)),
			}},
		}, responses.EasyInputMessageRoleUser))
	case t.Text != "":
		out = append(out, responses.ResponseInputItemParamOfMessage(t.Text, responses.EasyInputMessageRoleUser))
	}
	return out
}

func responseResult(r Result) responses.ResponseInputItemUnionParam {
	item := responses.ResponseInputItemParamOfFunctionCallOutput(r.Text)
	item.OfFunctionCallOutput.CallID = openai.String(r.ID)
	if r.PNG != nil {
		item.OfFunctionCallOutput.Output = responses.ResponseInputItemFunctionCallOutputOutputUnionParam{
			OfResponseFunctionCallOutputItemArray: responses.ResponseFunctionCallOutputItemListParam{
				{OfInputText: &responses.ResponseInputTextContentParam{Text: r.Text}},
				{OfInputImage: &responses.ResponseInputImageContentParam{ImageURL: openai.String("data:image/png;base64," + base64.StdEncoding.EncodeToString(r.PNG))}},
			},
		}
	}
	return item
}

func responseAnswer(got *responses.Response) (Answer, error) {
	var a Answer
	a.Usage.Input = int(got.Usage.InputTokens)
	a.Usage.Output = int(got.Usage.OutputTokens)
	a.Usage.CacheRead = int(got.Usage.InputTokensDetails.CachedTokens)
	a.Usage.Reasoning = int(got.Usage.OutputTokensDetails.ReasoningTokens)
	a.Text = got.OutputText()
	for _, item := range got.Output {
		switch item.Type {
		case "message":
			a.Odds = append(a.Odds, responseOdds(item.Content)...)
			a.Cites = append(a.Cites, responseCites(item)...)
		case "reasoning":
			th := Thought{Seal: item.ID + "\n" + item.EncryptedContent}
			for _, s := range item.Summary {
				th.Text += s.Text
			}
			if item.EncryptedContent != "" {
				a.Thoughts = append(a.Thoughts, th)
			}
		case "function_call":
			a.Calls = append(a.Calls, Call{ID: item.CallID, Name: item.Name, Arguments: item.Arguments.OfString})
		}
	}
	switch {
	case got.Status == responses.ResponseStatusFailed:
		return a, fmt.Errorf("the response failed: %s", got.Error.RawJSON())
	case got.Status == responses.ResponseStatusIncomplete:
		a.Stop = map[string]Stop{"max_output_tokens": StopLength, "content_filter": StopFiltered}[got.IncompleteDetails.Reason]
	case got.Status == responses.ResponseStatusCompleted && len(a.Calls) > 0:
		a.Stop = StopCalls
	case got.Status == responses.ResponseStatusCompleted:
		a.Stop = StopEnd
	}
	return a, nil
}
