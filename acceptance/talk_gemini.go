package acceptance

import (
	"context"
	"encoding/json"
	"fmt"

	"google.golang.org/genai"
)

// geminiTalk is a chat of genai, which replays the parts of the model as they
// came: with the proofs of its thoughts, and of a stream every chunk apart.
type geminiTalk struct {
	talk   *genai.Chat
	stream bool
	names  map[string]string // of calls, by id
}

func newGeminiTalk(ctx context.Context, c gemini, q Question) (*geminiTalk, error) {
	talk, err := c.sdk.Chats.Create(ctx, q.Model, geminiConfig(q), nil)
	if err != nil {
		return nil, fmt.Errorf("begin a chat: %w", err)
	}
	return &geminiTalk{talk, q.Stream, map[string]string{}}, nil
}

func (t *geminiTalk) Say(ctx context.Context, next Turn) (Answer, error) {
	parts := t.parts(next)
	var a Answer
	if !t.stream {
		got, err := t.talk.SendMessage(ctx, parts...)
		if err != nil {
			return a, geminiError(err)
		}
		err = a.addGemini(got)
		t.remember(a.Calls)
		return a, err
	}
	for got, err := range t.talk.SendMessageStream(ctx, parts...) {
		if err != nil {
			return a, geminiError(err)
		}
		if err := a.addGemini(got); err != nil {
			return a, err
		}
	}
	t.remember(a.Calls)
	return a, nil
}

func (t *geminiTalk) remember(calls []Call) {
	for _, c := range calls {
		t.names[c.ID] = c.Name
	}
}

func (t *geminiTalk) parts(next Turn) []genai.Part {
	var parts []genai.Part
	for _, r := range next.Results {
		parts = append(parts, genai.Part{FunctionResponse: &genai.FunctionResponse{
			ID: r.ID, Name: t.names[r.ID], Response: map[string]any{"output": r.Text},
		}})
	}
	if next.Text != "" {
		parts = append(parts, genai.Part{Text: next.Text})
	}
	return parts
}

// anyJSON is a JSON text as Go's values; one that is none stays text.
func anyJSON(text string) any {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return text
	}
	return v
}
