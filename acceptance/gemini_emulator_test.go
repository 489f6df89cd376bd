package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"google.golang.org/genai"

	"github.com/interline-ai/interline/emulator"
	"github.com/interline-ai/interline/emulator/core"
)

// googleBench is genai before an emulated place that speaks generateContent.
type googleBench struct {
	*testing.T
	ctx    context.Context
	sdk    *genai.Client
	drills *core.Drills
	place  string
	bill   *core.Bill
}

const (
	flash38 = "gemini-3.8-flash"
	flash25 = "gemini-2.5-flash"
)

func startEmulator(t *testing.T, places ...string) *emulator.Running {
	t.Helper()
	all, err := emulator.Places(places...)
	if err != nil {
		t.Fatal(err)
	}
	run, err := emulator.Start(t.Context(), emulator.Options{Places: all})
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
	return run
}

// TestGeminiDirect lets genai judge the emulated Gemini API.
func TestGeminiDirect(t *testing.T) {
	run := startEmulator(t, "gemini")
	at := run.Place("gemini")
	judgeGoogle(t, run, "gemini", &genai.ClientConfig{
		Backend: genai.BackendGeminiAPI, APIKey: at.Credentials["key"],
		HTTPOptions: genai.HTTPOptions{BaseURL: at.URL, RetryOptions: &genai.HTTPRetryOptions{Attempts: genai.Ptr[int32](1)}},
	})
}

// judgeGoogle runs every case against one place.
func judgeGoogle(t *testing.T, run *emulator.Running, place string, cfg *genai.ClientConfig) {
	t.Helper()
	sdk, err := genai.NewClient(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		judge func(*googleBench)
	}{
		{"unary", googleUnary},
		{"streamed", googleStream},
		{"tools", googleTools},
		{"schema", googleSchema},
		{"thinking", googleThinking},
		{"picture", googlePicture},
		{"embeddings", googleEmbeddings},
		{"models", googleModels},
		{"blocked", googleBlocked},
		{"errors", googleErrors},
		{"cut", googleCut},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			c.judge(&googleBench{t, ctx, sdk, run.Drills(), place, run.Bill()})
		})
	}
}

func (b *googleBench) ask(model, text string, cfg *genai.GenerateContentConfig) *genai.GenerateContentResponse {
	b.Helper()
	got, err := b.sdk.Models.GenerateContent(b.ctx, model, genai.Text(text), cfg)
	if err != nil {
		b.Fatal(err)
	}
	return got
}

// listen streams an answer and returns its text, its last chunk, and how many
// chunks there were.
func (b *googleBench) listen(model, text string, cfg *genai.GenerateContentConfig) (heard string, last *genai.GenerateContentResponse, chunks int, err error) {
	b.Helper()
	for r, err := range b.sdk.Models.GenerateContentStream(b.ctx, model, genai.Text(text), cfg) {
		if err != nil {
			return heard, last, chunks, err
		}
		heard, last = heard+r.Text(), r
		chunks++
	}
	return heard, last, chunks, nil
}

func (b *googleBench) drill(d core.Drill) {
	b.Helper()
	d.Target = b.place
	if _, err := b.drills.Add(d); err != nil {
		b.Fatal(err)
	}
}

// refused says whether err is the SDK's own error with a code and a status.
func (b *googleBench) refused(err error, code int, status string) genai.APIError {
	b.Helper()
	var e genai.APIError
	if !errors.As(err, &e) || e.Code != code || e.Status != status {
		b.Errorf("error %v, want %d %s", err, code, status)
	}
	return e
}

func googleUnary(b *googleBench) {
	cfg := &genai.GenerateContentConfig{
		SystemInstruction: genai.NewContentFromText("Be terse.", genai.RoleUser),
		Temperature:       genai.Ptr[float32](0.5), TopK: genai.Ptr[float32](40), StopSequences: []string{"###"},
		SafetySettings: []*genai.SafetySetting{{Category: genai.HarmCategoryHarassment, Threshold: genai.HarmBlockThresholdBlockOnlyHigh}},
	}
	got := b.ask(flash38, "What is the capital of France?", cfg)
	if !strings.Contains(got.Text(), "capital of France?") || got.Candidates[0].FinishReason != genai.FinishReasonStop || got.ModelVersion != flash38 || got.ResponseID == "" {
		b.Errorf("response %+v", got)
	}
	u := got.UsageMetadata
	if u.PromptTokenCount == 0 || u.CandidatesTokenCount == 0 || u.ThoughtsTokenCount == 0 ||
		u.TotalTokenCount != u.PromptTokenCount+u.CandidatesTokenCount+u.ThoughtsTokenCount {
		b.Errorf("usage %+v", u)
	}
	if vertex := b.place == "vertex"; (u.TrafficType == genai.TrafficTypeOnDemand) != vertex {
		b.Errorf("traffic type %q on %s", u.TrafficType, b.place)
	}
	counted, err := b.sdk.Models.CountTokens(b.ctx, flash38, genai.Text("What is the capital of France?"), nil)
	if err != nil || counted.TotalTokens == 0 || counted.TotalTokens >= u.PromptTokenCount {
		b.Errorf("counted %+v, %v; used %d with a system instruction", counted, err, u.PromptTokenCount)
	}
}

func googleStream(b *googleBench) {
	want := b.ask(flash25, "write 60 words", nil)
	heard, last, chunks, err := b.listen(flash25, "write 60 words", nil)
	if err != nil || heard != want.Text() || chunks < 10 {
		b.Fatalf("heard %q in %d chunks, %v; want %q", heard, chunks, err, want.Text())
	}
	if last.Candidates[0].FinishReason != genai.FinishReasonStop || last.UsageMetadata.TotalTokenCount != want.UsageMetadata.TotalTokenCount {
		b.Errorf("last chunk %+v, usage %+v", last.Candidates[0], last.UsageMetadata)
	}
	cfg := &genai.GenerateContentConfig{MaxOutputTokens: 16, ThinkingConfig: &genai.ThinkingConfig{ThinkingBudget: genai.Ptr[int32](0)}}
	heard, last, _, err = b.listen(flash25, "write 60 words", cfg)
	if err != nil || last.Candidates[0].FinishReason != genai.FinishReasonMaxTokens || last.UsageMetadata.CandidatesTokenCount != 16 || heard == "" {
		b.Errorf("cut at 16 tokens: heard %q, %v", heard, err)
	}
}

func weather() *genai.GenerateContentConfig {
	return &genai.GenerateContentConfig{Tools: []*genai.Tool{{FunctionDeclarations: []*genai.FunctionDeclaration{
		{Name: "get_weather", Description: "The weather in a city.", Parameters: &genai.Schema{
			Type: genai.TypeObject, Properties: map[string]*genai.Schema{"city": {Type: genai.TypeString}}, Required: []string{"city"},
		}},
		{Name: "get_time", Description: "The time in a city.", ParametersJsonSchema: map[string]any{
			"type": "object", "properties": map[string]any{"city": map[string]any{"type": "string"}}, "required": []string{"city"},
		}},
	}}}}
}

// googleTools holds two turns of calls in one chat, whose history is the SDK's
// own: it is what carries the signatures back. Whole and streamed.
func googleTools(b *googleBench) {
	for _, model := range []string{flash38, "gemini-4-argon", flash25} {
		for _, stream := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/stream=%v", model, stream), func(t *testing.T) {
				c := &googleBench{t, b.ctx, b.sdk, b.drills, b.place, b.bill}
				chat, err := c.sdk.Chats.Create(c.ctx, model, weather(), nil)
				if err != nil {
					c.Fatal(err)
				}
				c.turn(chat, stream, `Call get_weather("Bern") and get_time("Oslo").`, "get_weather Bern", "get_time Oslo")
				c.turn(chat, stream, `Now get_time("Rome").`, "get_time Rome")
			})
		}
	}
	_, err := b.sdk.Models.GenerateContent(b.ctx, flash38, []*genai.Content{
		genai.NewContentFromText("hello", genai.RoleUser),
		genai.NewContentFromFunctionCall("get_weather", map[string]any{"city": "Bern"}, genai.RoleModel),
		genai.NewContentFromFunctionResponse("get_weather", map[string]any{"output": "sun"}, genai.RoleUser),
	}, weather())
	if e := b.refused(err, 400, "INVALID_ARGUMENT"); !strings.Contains(e.Message, "thought_signature") {
		b.Errorf("a call without its signature: %v", err)
	}
}

// turn asks for calls, answers them and wants the results quoted.
func (b *googleBench) turn(chat *genai.Chat, stream bool, text string, want ...string) {
	b.Helper()
	parts := b.say(chat, stream, genai.Part{Text: text})
	var got []string
	var responses []genai.Part
	for _, p := range parts {
		if p.FunctionCall == nil {
			continue
		}
		if signed := len(p.ThoughtSignature) > 0; signed != (len(got) == 0) {
			b.Errorf("call %d has a signature: %v", len(got), signed)
		}
		if p.FunctionCall.ID == "" {
			b.Errorf("call %d has no id", len(got))
		}
		got = append(got, fmt.Sprint(p.FunctionCall.Name, " ", p.FunctionCall.Args["city"]))
		responses = append(responses, genai.Part{FunctionResponse: &genai.FunctionResponse{
			ID: p.FunctionCall.ID, Name: p.FunctionCall.Name, Response: map[string]any{"output": "seven degrees"},
		}})
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		b.Fatalf("calls %q, want %q", got, want)
	}
	var heard string
	for _, p := range b.say(chat, stream, responses...) {
		heard += p.Text
	}
	if !strings.Contains(heard, "seven degrees") {
		b.Errorf("after the results: %q", heard)
	}
}

func (b *googleBench) say(chat *genai.Chat, stream bool, parts ...genai.Part) []*genai.Part {
	b.Helper()
	if !stream {
		got, err := chat.SendMessage(b.ctx, parts...)
		if err != nil {
			b.Fatal(err)
		}
		return got.Candidates[0].Content.Parts
	}
	var all []*genai.Part
	for got, err := range chat.SendMessageStream(b.ctx, parts...) {
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, got.Candidates[0].Content.Parts...)
	}
	return all
}

func googleSchema(b *googleBench) {
	for name, cfg := range map[string]*genai.GenerateContentConfig{
		"responseSchema": {ResponseMIMEType: "application/json", ResponseSchema: &genai.Schema{
			Type: genai.TypeObject, Required: []string{"city", "size"}, PropertyOrdering: []string{"size", "city"},
			Properties: map[string]*genai.Schema{"city": {Type: genai.TypeString, Enum: []string{"Bern", "Oslo"}}, "size": {Type: genai.TypeInteger, Minimum: genai.Ptr(3.0)}},
		}},
		"responseJsonSchema": {ResponseMIMEType: "application/json", ResponseJsonSchema: map[string]any{
			"type": "object", "required": []string{"city", "size"},
			"properties": map[string]any{"city": map[string]any{"enum": []string{"Bern", "Oslo"}}, "size": map[string]any{"type": "integer", "minimum": 3}},
		}},
	} {
		got := b.ask(flash25, "Which city?", cfg)
		var v struct {
			City string
			Size int
		}
		if err := json.Unmarshal([]byte(got.Text()), &v); err != nil || v.City != "Bern" || v.Size < 3 {
			b.Errorf("%s: %q, %v", name, got.Text(), err)
		}
	}
}

func googleThinking(b *googleBench) {
	low := &genai.GenerateContentConfig{ThinkingConfig: &genai.ThinkingConfig{IncludeThoughts: true, ThinkingLevel: genai.ThinkingLevelLow}}
	got := b.ask("gemini-4-argon", "Why?", low)
	parts := got.Candidates[0].Content.Parts
	if len(parts) != 2 || !parts[0].Thought || parts[1].Thought || len(parts[1].ThoughtSignature) == 0 || got.UsageMetadata.ThoughtsTokenCount == 0 {
		b.Errorf("parts %+v", parts)
	}
	for name, budget := range map[string]int32{"off": 0, "small": 5} {
		cfg := &genai.GenerateContentConfig{ThinkingConfig: &genai.ThinkingConfig{ThinkingBudget: genai.Ptr(budget)}}
		if got := b.ask(flash25, "Why?", cfg); got.UsageMetadata.ThoughtsTokenCount > budget || len(got.Candidates[0].Content.Parts) != 1 {
			b.Errorf("%s: usage %+v", name, got.UsageMetadata)
		}
	}
	_, err := b.sdk.Models.GenerateContent(b.ctx, flash25, genai.Text("Why?"), low)
	b.refused(err, 400, "INVALID_ARGUMENT")
}

func googlePicture(b *googleBench) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 20, 10))); err != nil {
		b.Fatal(err)
	}
	got, err := b.sdk.Models.GenerateContent(b.ctx, flash25, []*genai.Content{genai.NewContentFromParts([]*genai.Part{
		genai.NewPartFromBytes(picture.Bytes(), "image/png"), genai.NewPartFromText("What is it?"),
	}, genai.RoleUser)}, nil)
	if err != nil || !strings.Contains(got.Text(), "20x10 pixels") {
		b.Fatalf("%+v, %v", got, err)
	}
	d := got.UsageMetadata.PromptTokensDetails
	if len(d) != 2 || d[1].Modality != genai.MediaModalityImage || d[0].TokenCount+d[1].TokenCount != got.UsageMetadata.PromptTokenCount {
		b.Errorf("details %+v", d)
	}
}

func googleEmbeddings(b *googleBench) {
	got, err := b.sdk.Models.EmbedContent(b.ctx, "gemini-embedding-001", genai.Text("the river and the stone"),
		&genai.EmbedContentConfig{OutputDimensionality: genai.Ptr[int32](256), TaskType: "RETRIEVAL_DOCUMENT"})
	if err != nil || len(got.Embeddings) != 1 || len(got.Embeddings[0].Values) != 256 {
		b.Fatalf("%+v, %v", got, err)
	}
	length := 0.0
	for _, n := range got.Embeddings[0].Values {
		length += float64(n) * float64(n)
	}
	if length < 0.99 || length > 1.01 {
		b.Errorf("length %v", length)
	}
}

func googleModels(b *googleBench) {
	listed := make(map[string]bool)
	for m, err := range b.sdk.Models.All(b.ctx) {
		if err != nil {
			b.Fatal(err)
		}
		listed[m.Name[strings.LastIndexByte(m.Name, '/')+1:]] = true
	}
	if !listed[flash38] || !listed[flash25] || !listed["gemini-4-argon"] {
		b.Errorf("listed %v", listed)
	}
	if got, err := b.sdk.Models.Get(b.ctx, flash38, nil); err != nil || !strings.HasSuffix(got.Name, "models/"+flash38) {
		b.Errorf("got %+v, %v", got, err)
	}
	_, err := b.sdk.Models.Get(b.ctx, "gemini-0", nil)
	b.refused(err, 404, "NOT_FOUND")
}

func googleBlocked(b *googleBench) {
	got := b.ask(flash25, "Say [[content filter]]", nil)
	if len(got.Candidates) != 0 || got.PromptFeedback == nil || got.PromptFeedback.BlockReason != genai.BlockedReasonProhibitedContent {
		b.Errorf("%+v", got)
	}
	b.drill(core.Drill{Kind: core.ContentFilter, Count: 1, After: 5})
	heard, last, _, err := b.listen(flash25, "write 60 words", &genai.GenerateContentConfig{ThinkingConfig: &genai.ThinkingConfig{ThinkingBudget: genai.Ptr[int32](0)}})
	if err != nil || last.Candidates[0].FinishReason != genai.FinishReasonSafety || heard == "" || len(strings.Fields(heard)) > 6 {
		b.Errorf("heard %q, %v", heard, err)
	}
}

func googleErrors(b *googleBench) {
	ask := func(model string, cfg *genai.GenerateContentConfig) error {
		_, err := b.sdk.Models.GenerateContent(b.ctx, model, genai.Text("hello"), cfg)
		return err
	}
	b.refused(ask("gemini-0", nil), 404, "NOT_FOUND")
	b.refused(ask(flash25, &genai.GenerateContentConfig{Temperature: genai.Ptr[float32](9)}), 400, "INVALID_ARGUMENT")
	b.refused(ask(flash25, &genai.GenerateContentConfig{StopSequences: []string{"a", "b", "c", "d", "e", "f"}}), 400, "INVALID_ARGUMENT")
	b.drill(core.Drill{Kind: core.Overload, Count: 1})
	b.refused(ask(flash25, nil), 503, "UNAVAILABLE")
	b.drill(core.Drill{Kind: core.Throttle, Count: 1})
	e := b.refused(ask(flash25, nil), 429, "RESOURCE_EXHAUSTED")
	if detailed := len(e.Details) > 0; detailed == (b.place == "vertex") {
		b.Errorf("details %v on %s", e.Details, b.place)
	}
	b.drill(core.Drill{Kind: core.Throttle, Count: 1})
	_, _, _, err := b.listen(flash25, "hello", nil)
	b.refused(err, 429, "RESOURCE_EXHAUSTED")
}

func googleCut(b *googleBench) {
	b.bill.Clear()
	b.drill(core.Drill{Kind: core.Cut, Count: 1, After: 5})
	heard, _, chunks, err := b.listen(flash25, "write 60 words", nil)
	if err == nil || chunks != 5 || heard == "" {
		b.Errorf("heard %q in %d chunks, %v", heard, chunks, err)
	}
	if rows := b.bill.Rows(b.place); len(rows) != 1 || !rows[0].Cut || rows[0].Usage.Output == 0 {
		b.Errorf("bill %+v", rows)
	}
	b.drill(core.Drill{Kind: core.InStream, Count: 1, After: 5})
	_, _, chunks, err = b.listen(flash25, "write 60 words", nil)
	if err == nil || chunks != 5 || !strings.Contains(err.Error(), "overloaded") {
		b.Errorf("%d chunks, then %v", chunks, err)
	}
}
