package acceptance

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/responses"
	"github.com/openai/openai-go/v3/shared"

	"github.com/interline-ai/interline/emulator"
	"github.com/interline-ai/interline/emulator/core"
)

// bench is openai-go before an emulated cloud that speaks Responses.
type bench struct {
	*testing.T
	ctx    context.Context
	sdk    openai.Client
	drills *core.Drills
	place  string
}

// TestResponsesDirect lets openai-go judge the Responses API of the emulated
// clouds themselves: OpenAI's, and Azure's v1 surface with its own header.
func TestResponsesDirect(t *testing.T) {
	run, err := emulator.Start(t.Context(), emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := run.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	o, a := run.Place("openai"), run.Place("azure")
	clients := map[string]openai.Client{
		"openai": openai.NewClient(option.WithBaseURL(o.URL+"/v1"), option.WithAPIKey(o.Credentials["key"]), option.WithMaxRetries(0)),
		"azure": openai.NewClient(option.WithBaseURL(a.URL+"/openai/v1"), option.WithAPIKey(""), option.WithHeaderDel("Authorization"),
			option.WithHeader("Api-Key", a.Credentials["key"]), option.WithMaxRetries(0)),
	}
	for place, sdk := range clients {
		for name, judge := range map[string]func(*bench){
			"unary": judgeUnary, "streamed": judgeStream, "tools": judgeTools, "reasoning": judgeReasoning,
			"schema": judgeSchema, "previous": judgePrevious, "errors": judgeErrors, "cut": judgeCut,
		} {
			t.Run(place+"/"+name, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				judge(&bench{t, ctx, sdk, run.Drills(), place})
			})
		}
	}
}

func input(text string) responses.ResponseNewParamsInputUnion {
	return responses.ResponseNewParamsInputUnion{OfString: openai.String(text)}
}

func (b *bench) ask(p responses.ResponseNewParams) *responses.Response {
	b.Helper()
	got, err := b.sdk.Responses.New(b.ctx, p)
	if err != nil {
		b.Fatal(err)
	}
	return got
}

// listen streams a request through the SDK's own accumulator. The response is
// nil when the stream had no end.
func (b *bench) listen(p responses.ResponseNewParams) (heard string, whole *responses.Response, err error) {
	b.Helper()
	stream := b.sdk.Responses.NewStreaming(b.ctx, p)
	defer stream.Close()
	var acc responses.ResponseAccumulator
	for stream.Next() {
		var e responses.ResponsesServerEventUnion
		if err := json.Unmarshal([]byte(stream.Current().RawJSON()), &e); err != nil {
			b.Fatal(err)
		}
		if err := acc.AddEvent(e); err != nil {
			b.Fatalf("event %s: %v", e.RawJSON(), err)
		}
	}
	for _, item := range acc.Snapshot().Output {
		heard += item.Arguments
		for _, text := range item.Text {
			heard += text
		}
	}
	whole, ended := acc.ReconstructedResponse()
	return heard, whole, errors.Join(stream.Err(), ended)
}

func judgeUnary(b *bench) {
	p := responses.ResponseNewParams{Model: gpt41, Input: input("What is the capital of France?"), Instructions: openai.String("Be terse.")}
	got := b.ask(p)
	if got.Status != responses.ResponseStatusCompleted || !strings.Contains(got.OutputText(), "capital of France?") || got.Instructions.OfString != "Be terse." {
		b.Errorf("response %s", got.RawJSON())
	}
	if u := got.Usage; u.InputTokens == 0 || u.OutputTokens == 0 || u.TotalTokens != u.InputTokens+u.OutputTokens {
		b.Errorf("usage %+v", u)
	}
	counted, err := b.sdk.Responses.InputTokens.Count(b.ctx, responses.InputTokenCountParams{
		Model: openai.String(gpt41), Instructions: p.Instructions,
		Input: responses.InputTokenCountParamsInputUnion{OfString: p.Input.OfString},
	})
	if err != nil || counted.InputTokens != got.Usage.InputTokens {
		b.Errorf("counted %+v, %v; used %d", counted, err, got.Usage.InputTokens)
	}
	stored, err := b.sdk.Responses.Get(b.ctx, got.ID, responses.ResponseGetParams{})
	if err != nil || stored.RawJSON() != got.RawJSON() {
		b.Errorf("stored %+v, %v", stored, err)
	}
	if err := b.sdk.Responses.Delete(b.ctx, got.ID); err != nil {
		b.Error(err)
	}
	b.refused(404, "", func() error {
		_, err := b.sdk.Responses.Get(b.ctx, got.ID, responses.ResponseGetParams{})
		return err
	})
}

func judgeStream(b *bench) {
	p := responses.ResponseNewParams{Model: gpt41, Input: input("write 60 words")}
	want := b.ask(p)
	heard, got, err := b.listen(p)
	if err != nil || heard != want.OutputText() || got.OutputText() != heard || got.Usage.OutputTokens != want.Usage.OutputTokens {
		b.Errorf("heard %q, %v; want %q", heard, err, want.OutputText())
	}
	p.MaxOutputTokens = openai.Int(16)
	heard, got, err = b.listen(p)
	if err != nil || got.Status != responses.ResponseStatusIncomplete || got.IncompleteDetails.Reason != "max_output_tokens" || !strings.HasPrefix(want.OutputText(), heard) {
		b.Errorf("heard %q, %v", heard, err)
	}
}

func weatherAndTime() []responses.ToolUnionParam {
	city := map[string]any{
		"type": "object", "properties": map[string]any{"city": map[string]any{"type": "string"}},
		"required": []string{"city"}, "additionalProperties": false,
	}
	return []responses.ToolUnionParam{
		responses.ToolParamOfFunction("get_weather", city, true), responses.ToolParamOfFunction("get_time", city, true),
	}
}

// judgeTools has two turns: the calls, streamed, and what is made of their
// outputs, with the whole history sent again and nothing stored.
func judgeTools(b *bench) {
	question := responses.ResponseInputItemParamOfMessage("use get_weather(Bern) and get_time(Rome)", responses.EasyInputMessageRoleUser)
	items := []responses.ResponseInputItemUnionParam{question}
	p := responses.ResponseNewParams{
		Model: sol, Tools: weatherAndTime(), Store: openai.Bool(false), Input: responses.ResponseNewParamsInputUnion{OfInputItemList: items},
		Reasoning: shared.ReasoningParam{Effort: shared.ReasoningEffortLow},
		Include:   []responses.ResponseIncludable{responses.ResponseIncludableReasoningEncryptedContent},
	}
	heard, first, err := b.listen(p)
	if err != nil || heard != `{"city":"Bern"}{"city":"Rome"}` {
		b.Fatalf("heard %q, %v", heard, err)
	}
	for _, item := range first.Output {
		switch made := item.AsAny().(type) {
		case responses.ResponseReasoningItem:
			replayed := made.ToParam()
			items = append(items, responses.ResponseInputItemUnionParam{OfReasoning: &replayed})
		case responses.ResponseFunctionToolCall:
			replayed := made.ToParam()
			items = append(items, responses.ResponseInputItemUnionParam{OfFunctionCall: &replayed})
		}
	}
	for _, item := range first.Output[1:] {
		out := responses.ResponseInputItemParamOfFunctionCallOutput("result of " + item.Name)
		out.OfFunctionCallOutput.CallID = openai.String(item.CallID)
		items = append(items, out)
	}
	p.Input.OfInputItemList = items
	second := b.ask(p)
	for _, want := range []string{"Tool get_weather returned: result of get_weather", "Tool get_time returned: result of get_time"} {
		if !strings.Contains(second.OutputText(), want) {
			b.Errorf("the second turn says %q, want %q", second.OutputText(), want)
		}
	}
}

// judgeReasoning replays sealed reasoning, whole and damaged.
func judgeReasoning(b *bench) {
	p := responses.ResponseNewParams{
		Model: sol, Store: openai.Bool(false), Input: input("think"),
		Reasoning: shared.ReasoningParam{Effort: shared.ReasoningEffortLow, Summary: shared.ReasoningSummaryAuto},
		Include:   []responses.ResponseIncludable{responses.ResponseIncludableReasoningEncryptedContent},
	}
	_, got, err := b.listen(p)
	if err != nil {
		b.Fatal(err)
	}
	thought := got.Output[0].AsReasoning()
	if len(thought.Summary) != 1 || thought.Summary[0].Text == "" || thought.EncryptedContent == "" || got.Usage.OutputTokensDetails.ReasoningTokens == 0 {
		b.Fatalf("response %s", got.RawJSON())
	}
	replayed := thought.ToParam()
	said := got.Output[1].AsMessage().ToParam()
	p.Input = responses.ResponseNewParamsInputUnion{OfInputItemList: []responses.ResponseInputItemUnionParam{
		responses.ResponseInputItemParamOfMessage("think", responses.EasyInputMessageRoleUser),
		{OfReasoning: &replayed},
		{OfOutputMessage: &said},
		responses.ResponseInputItemParamOfMessage("go on", responses.EasyInputMessageRoleUser),
	}}
	if again := b.ask(p); !strings.Contains(again.OutputText(), "go on") {
		b.Errorf("after the replay %q", again.OutputText())
	}
	foreign := responses.ResponseInputItemParamOfReasoning(thought.ID, []responses.ResponseReasoningItemSummaryParam{})
	foreign.OfReasoning.EncryptedContent = openai.String("gAAAAABmadeSomewhereElse")
	p.Input.OfInputItemList[1] = foreign // a param made from a response cannot be changed
	b.refused(400, "invalid_encrypted_content", func() error {
		_, err := b.sdk.Responses.New(b.ctx, p)
		return err
	})
}

func judgeSchema(b *bench) {
	p := responses.ResponseNewParams{Model: gpt41, Input: input("a person")}
	p.Text.Format = responses.ResponseFormatTextConfigParamOfJSONSchema("person", map[string]any{
		"type": "object", "properties": map[string]any{"name": map[string]any{"type": "string"}, "age": map[string]any{"type": "integer"}},
		"required": []string{"name", "age"}, "additionalProperties": false,
	})
	var person struct {
		Name *string
		Age  *int
	}
	if text := b.ask(p).OutputText(); json.Unmarshal([]byte(text), &person) != nil || person.Name == nil || person.Age == nil {
		b.Errorf("answer %s", text)
	}
}

// judgePrevious carries a conversation on by its id, through a tool.
func judgePrevious(b *bench) {
	p := responses.ResponseNewParams{Model: gpt41, Input: input("use get_weather(Bern)"), Tools: weatherAndTime()}
	first := b.ask(p)
	out := responses.ResponseInputItemParamOfFunctionCallOutput("snow")
	out.OfFunctionCallOutput.CallID = openai.String(first.Output[0].CallID)
	p.Input = responses.ResponseNewParamsInputUnion{OfInputItemList: []responses.ResponseInputItemUnionParam{out}}
	p.PreviousResponseID = openai.String(first.ID)
	_, second, err := b.listen(p)
	if err != nil || !strings.Contains(second.OutputText(), "Tool get_weather returned: snow") || second.PreviousResponseID != first.ID {
		b.Fatalf("second %+v, %v", second, err)
	}
	p.Input, p.PreviousResponseID = input("and now?"), openai.String(second.ID)
	if third := b.ask(p); third.Usage.InputTokens <= second.Usage.InputTokens {
		b.Errorf("the third turn reads %d tokens, the second read %d", third.Usage.InputTokens, second.Usage.InputTokens)
	}
}

// refused wants the SDK's own error of a status and a code.
func (b *bench) refused(status int, code string, try func() error) {
	b.Helper()
	var e *openai.Error
	if err := try(); !errors.As(err, &e) || e.StatusCode != status || e.Code != code {
		b.Errorf("the error is %v, want status %d and code %q", err, status, code)
	}
}

func judgeErrors(b *bench) {
	try := func(change func(*responses.ResponseNewParams)) func() error {
		return func() error {
			p := responses.ResponseNewParams{Model: gpt41, Input: input("hi")}
			change(&p)
			_, err := b.sdk.Responses.New(b.ctx, p)
			return err
		}
	}
	b.refused(400, "integer_below_min_value", try(func(p *responses.ResponseNewParams) { p.MaxOutputTokens = openai.Int(15) }))
	b.refused(400, "previous_response_not_found", try(func(p *responses.ResponseNewParams) { p.PreviousResponseID = openai.String("resp_1") }))
	b.refused(400, "unsupported_parameter", try(func(p *responses.ResponseNewParams) { p.Reasoning.Effort = shared.ReasoningEffortLow }))
	b.refused(400, "missing_required_parameter", try(func(p *responses.ResponseNewParams) { p.Input = responses.ResponseNewParamsInputUnion{} }))
	orphan := responses.ResponseInputItemParamOfFunctionCallOutput("x")
	orphan.OfFunctionCallOutput.CallID = openai.String("call_1")
	b.refused(400, "", try(func(p *responses.ResponseNewParams) {
		p.Input = responses.ResponseNewParamsInputUnion{OfInputItemList: []responses.ResponseInputItemUnionParam{orphan}}
	}))
}

// judgeCut breaks streams off: neither may look like a whole response.
func judgeCut(b *bench) {
	for _, kind := range []core.Kind{core.Cut, core.EOF} {
		if _, err := b.drills.Add(core.Drill{Target: b.place, Kind: kind, After: 12, Count: 1}); err != nil {
			b.Fatal(err)
		}
		heard, got, err := b.listen(responses.ResponseNewParams{Model: gpt41, Input: input("write 60 words")})
		if heard == "" || got != nil || err == nil {
			b.Errorf("%s: heard %q, response %+v, %v", kind, heard, got, err)
		}
	}
}
