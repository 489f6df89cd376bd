package acceptance

import (
	"context"
	"errors"
	"fmt"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/responses"
)

// A Talk is a conversation that an SDK itself remembers: what the model answered
// goes into the next request as the SDK gives it back, with everything the SDK
// knows of it and nothing that it drops.
type Talk interface {
	// Say says what the user says next and hears the model's turn. After an
	// error the conversation is over.
	Say(ctx context.Context, next Turn) (Answer, error)
}

// Talks begins a conversation with a client. What all turns have in common is
// taken from the question, whose own turns must be none.
func Talks(ctx context.Context, c Client, q Question) (Talk, error) {
	switch c := c.(type) {
	case chat:
		return &chatTalk{chat: c, params: chatParams(q), stream: q.Stream}, nil
	case respond:
		return &responseTalk{respond: c, params: responseParams(q), stream: q.Stream}, nil
	case messages:
		return newMessageTalk(c, q), nil
	case converse:
		return &converseTalk{converse: c, in: converseInput(q), stream: q.Stream, marks: q.Cache}, nil
	case gemini:
		return newGeminiTalk(ctx, c, q)
	}
	return nil, fmt.Errorf("no conversation with a client of type %T", c)
}

// chatTalk appends message.ToParam() to the messages.
type chatTalk struct {
	chat
	params openai.ChatCompletionNewParams
	stream bool
}

func (t *chatTalk) Say(ctx context.Context, next Turn) (Answer, error) {
	t.params.Messages = append(t.params.Messages, chatTurn(next)...)
	got, err := t.hear(ctx)
	if err != nil {
		return Answer{}, chatError(err)
	}
	if len(got.Choices) == 0 {
		return Answer{}, errors.New("an answer without a choice")
	}
	t.params.Messages = append(t.params.Messages, got.Choices[0].Message.ToParam())
	return chatAnswer(*got), nil
}

func (t *chatTalk) hear(ctx context.Context) (*openai.ChatCompletion, error) {
	if !t.stream {
		return t.sdk.Chat.Completions.New(ctx, t.params)
	}
	params := t.params
	params.StreamOptions.IncludeUsage = openai.Bool(true)
	stream := t.sdk.Chat.Completions.NewStreaming(ctx, params)
	defer stream.Close()
	var all openai.ChatCompletionAccumulator
	for stream.Next() {
		if chunk := stream.Current(); !all.AddChunk(chunk) {
			return nil, fmt.Errorf("a chunk does not fit the others: %s", chunk.RawJSON())
		}
	}
	return &all.ChatCompletion, stream.Err()
}

// responseTalk appends the items of the output to the input, and keeps nothing at
// the place; or, when it is kept, names the response before and sends only what
// is new.
type responseTalk struct {
	respond
	params responses.ResponseNewParams
	stream bool
	kept   bool
}

func (t *responseTalk) Say(ctx context.Context, next Turn) (Answer, error) {
	in := &t.params.Input.OfInputItemList
	if t.kept {
		*in = nil
		t.params.Store, t.params.Include = openai.Bool(true), nil
	}
	*in = append(*in, responseTurn(next)...)
	got, err := t.hear(ctx)
	if err != nil {
		return Answer{}, chatError(err)
	}
	if t.kept {
		t.params.PreviousResponseID = openai.String(got.ID)
	}
	for _, item := range got.Output {
		back, err := itemBack(item)
		if err != nil {
			return Answer{}, err
		}
		*in = append(*in, back)
	}
	return responseAnswer(got)
}

func (t *responseTalk) hear(ctx context.Context) (*responses.Response, error) {
	if !t.stream {
		return t.sdk.Responses.New(ctx, t.params)
	}
	stream := t.sdk.Responses.NewStreaming(ctx, t.params)
	defer stream.Close()
	var got *responses.Response
	for stream.Next() {
		switch e := stream.Current(); e.Type {
		case "error":
			return nil, fmt.Errorf("an error in the stream: %s", e.RawJSON())
		case "response.completed", "response.incomplete", "response.failed":
			got = &e.Response
		}
	}
	if err := stream.Err(); err != nil {
		return nil, err
	}
	if got == nil {
		return nil, errors.New("a stream without its last event")
	}
	return got, nil
}

// itemBack is an item of an output as an item of an input.
func itemBack(item responses.ResponseOutputItemUnion) (responses.ResponseInputItemUnionParam, error) {
	switch item := item.AsAny().(type) {
	case responses.ResponseOutputMessage:
		p := item.ToParam()
		return responses.ResponseInputItemUnionParam{OfOutputMessage: &p}, nil
	case responses.ResponseFunctionToolCall:
		p := item.ToParam()
		return responses.ResponseInputItemUnionParam{OfFunctionCall: &p}, nil
	case responses.ResponseReasoningItem:
		p := item.ToParam()
		return responses.ResponseInputItemUnionParam{OfReasoning: &p}, nil
	}
	return responses.ResponseInputItemUnionParam{}, fmt.Errorf("an item nobody asked for: %s", item.RawJSON())
}
