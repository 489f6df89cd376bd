package acceptance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"google.golang.org/genai"
)

// Gemini is genai on the Gemini API with an API key.
func Gemini() Kind {
	return Kind{"genai, gemini", generateContent, func(ctx context.Context, d Door) (Client, error) {
		return openGemini(ctx, d, genai.ClientConfig{APIKey: d.Credential.Key, Backend: genai.BackendGeminiAPI})
	}}
}

// VertexExpress is genai on Vertex AI in its express mode: an API key, and
// Vertex's paths.
func VertexExpress() Kind {
	return Kind{"genai, vertex, key", generateContent, func(ctx context.Context, d Door) (Client, error) {
		return openGemini(ctx, d, genai.ClientConfig{APIKey: d.Credential.Key, Backend: genai.BackendVertexAI})
	}}
}

func openGemini(ctx context.Context, d Door, c genai.ClientConfig) (Client, error) {
	c.HTTPClient = &http.Client{Transport: carried{d.Wire}}
	c.HTTPOptions.BaseURL = d.URL
	sdk, err := genai.NewClient(ctx, &c)
	if err != nil {
		return nil, fmt.Errorf("make genai client: %w", err)
	}
	return gemini{sdk}, nil
}

// carried is a transport that a wire watches.
type carried struct{ wire *Wire }

func (c carried) RoundTrip(r *http.Request) (*http.Response, error) {
	return c.wire.carry(r, http.DefaultTransport.RoundTrip)
}

// gemini asks by generateContent.
type gemini struct{ sdk *genai.Client }

func (c gemini) Ask(ctx context.Context, q Question) (Answer, error) {
	contents, config := geminiContents(q), geminiConfig(q)
	if !q.Stream {
		got, err := c.sdk.Models.GenerateContent(ctx, q.Model, contents, config)
		if err != nil {
			return Answer{}, geminiError(err)
		}
		var a Answer
		err = a.addGemini(got)
		return a, err
	}
	var a Answer
	for got, err := range c.sdk.Models.GenerateContentStream(ctx, q.Model, contents, config) {
		if err != nil {
			return a, geminiError(err)
		}
		if err := a.addGemini(got); err != nil {
			return a, err
		}
	}
	return a, nil
}

// geminiError tells a refusal. An error in the middle of a stream is of the same
// type and comes with a code, too.
func geminiError(err error) error {
	if e := (genai.APIError{}); errors.As(err, &e) && e.Code > 0 {
		return &Refusal{e.Code, err}
	}
	return err
}

func geminiConfig(q Question) *genai.GenerateContentConfig {
	c := &genai.GenerateContentConfig{StopSequences: q.Stop, MaxOutputTokens: int32(q.Max)}
	if q.System != "" {
		c.SystemInstruction = genai.NewContentFromText(q.System, genai.RoleUser)
	}
	switch {
	case q.Think && q.Thinks == ThinksByTokens:
		c.ThinkingConfig = &genai.ThinkingConfig{IncludeThoughts: true, ThinkingBudget: genai.Ptr[int32](2048)}
	case q.Think:
		c.ThinkingConfig = &genai.ThinkingConfig{IncludeThoughts: true, ThinkingLevel: genai.ThinkingLevelLow}
	case q.Effort == "none":
		c.ThinkingConfig = &genai.ThinkingConfig{ThinkingBudget: genai.Ptr[int32](0)}
	}
	if q.Odds > 0 {
		c.ResponseLogprobs, c.Logprobs = true, genai.Ptr(int32(q.Odds))
	}
	for _, t := range q.Tools {
		c.Tools = append(c.Tools, &genai.Tool{FunctionDeclarations: []*genai.FunctionDeclaration{{
			Name: t.Name, Description: t.Description, ParametersJsonSchema: t.Schema(),
		}}})
	}
	if q.Choice != "" {
		calling := &genai.FunctionCallingConfig{Mode: genai.FunctionCallingConfigModeAny}
		switch q.Choice {
		case anyTool:
		case noTool:
			calling.Mode = genai.FunctionCallingConfigModeNone
		default:
			calling.AllowedFunctionNames = []string{q.Choice}
		}
		c.ToolConfig = &genai.ToolConfig{FunctionCallingConfig: calling}
	}
	if q.Schema != nil {
		c.ResponseMIMEType, c.ResponseJsonSchema = "application/json", q.Schema
	}
	return c
}

func geminiContents(q Question) []*genai.Content {
	all := []*genai.Content{}
	names := map[string]string{} // of calls, by id
	for _, t := range q.Turns {
		c := &genai.Content{Role: genai.RoleUser}
		if t.Assistant {
			c.Role = genai.RoleModel
		}
		for _, r := range t.Results {
			c.Parts = append(c.Parts, &genai.Part{FunctionResponse: geminiResult(r, names[r.ID])})
		}
		var held []byte // the proof that came on a text
		for _, th := range t.Thoughts {
			if th.Text == "" {
				held = []byte(th.Seal)
				continue
			}
			c.Parts = append(c.Parts, &genai.Part{Text: th.Text, Thought: true, ThoughtSignature: []byte(th.Seal)})
		}
		if t.Text != "" {
			c.Parts = append(c.Parts, &genai.Part{Text: t.Text, ThoughtSignature: held})
		}
		if t.PNG != nil {
			c.Parts = append(c.Parts, genai.NewPartFromBytes(t.PNG, "image/png"))
		}
		if t.PDF != nil {
			c.Parts = append(c.Parts, genai.NewPartFromBytes(t.PDF, "application/pdf"))
		}
		for _, call := range t.Calls {
			names[call.ID] = call.Name
			var args map[string]any
			if err := json.Unmarshal([]byte(call.Arguments), &args); err != nil {
				args = map[string]any{"unreadable": call.Arguments}
			}
			c.Parts = append(c.Parts, &genai.Part{
				FunctionCall: &genai.FunctionCall{ID: call.ID, Name: call.Name, Args: args}, ThoughtSignature: []byte(call.Seal),
			})
		}
		all = append(all, c)
	}
	return all
}

func geminiResult(r Result, name string) *genai.FunctionResponse {
	said := "output"
	if r.Failed {
		said = "error"
	}
	out := &genai.FunctionResponse{ID: r.ID, Name: name, Response: map[string]any{said: r.Text}}
	if r.PNG != nil {
		out.Parts = []*genai.FunctionResponsePart{{InlineData: &genai.FunctionResponseBlob{MIMEType: "image/png", Data: r.PNG}}}
	}
	return out
}

// addGemini adds what one response, or one chunk of a stream, says.
func (a *Answer) addGemini(got *genai.GenerateContentResponse) error {
	if u := got.UsageMetadata; u != nil {
		a.Usage.Input, a.Usage.CacheRead = int(u.PromptTokenCount), int(u.CachedContentTokenCount)
		a.Usage.Output, a.Usage.Reasoning = int(u.CandidatesTokenCount+u.ThoughtsTokenCount), int(u.ThoughtsTokenCount)
	}
	if len(got.Candidates) == 0 {
		return nil
	}
	candidate := got.Candidates[0]
	if candidate.Content != nil {
		for _, p := range candidate.Content.Parts {
			if err := a.addPart(p); err != nil {
				return err
			}
		}
	}
	a.addOdds(candidate.LogprobsResult)
	if err := a.addGrounding(candidate); err != nil {
		return err
	}
	switch candidate.FinishReason {
	case "":
	case genai.FinishReasonStop:
		if a.Stop = StopEnd; len(a.Calls) > 0 {
			a.Stop = StopCalls
		}
	case genai.FinishReasonMaxTokens:
		a.Stop = StopLength
	case genai.FinishReasonSafety, genai.FinishReasonProhibitedContent:
		a.Stop = StopFiltered
	}
	return nil
}

func (a *Answer) addPart(p *genai.Part) error {
	switch {
	case p.FunctionCall != nil:
		args, err := json.Marshal(p.FunctionCall.Args)
		if err != nil {
			return fmt.Errorf("arguments of a call: %w", err)
		}
		a.Calls = append(a.Calls, Call{p.FunctionCall.ID, p.FunctionCall.Name, string(args), string(p.ThoughtSignature)})
		a.Pieces++
	case p.Thought:
		a.addThought(p)
	case p.Text != "" || len(p.ThoughtSignature) > 0:
		a.Text += p.Text
		if len(p.ThoughtSignature) > 0 {
			a.Thoughts = append(a.Thoughts, Thought{Seal: string(p.ThoughtSignature)})
		}
		a.Pieces++
	}
	return nil
}

// addThought adds what a part says of a thought. A stream tells one in pieces, and
// its proof on the last.
func (a *Answer) addThought(p *genai.Part) {
	n := len(a.Thoughts)
	if n == 0 || a.Thoughts[n-1].Seal != "" {
		a.Thoughts = append(a.Thoughts, Thought{})
		n++
	}
	a.Thoughts[n-1].Text += p.Text
	a.Thoughts[n-1].Seal = string(p.ThoughtSignature)
}
