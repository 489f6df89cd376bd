package acceptance

import (
	"context"
	"fmt"
	"slices"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/document"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
)

// messageTalk appends message.ToParam(). The system text and the user's last turn
// are marked for the cache, as Anthropic's own agents do.
type messageTalk struct {
	messages
	params anthropic.MessageNewParams
	stream bool
}

func newMessageTalk(c messages, q Question) *messageTalk {
	return &messageTalk{messages: c, params: messageParams(q), stream: q.Stream}
}

func (t *messageTalk) Say(ctx context.Context, next Turn) (Answer, error) {
	if n := len(t.params.Messages); n > 1 {
		*lastMark(t.params.Messages[n-2]) = anthropic.CacheControlEphemeralParam{}
	}
	turn := messageTurn(next)
	*lastMark(turn) = anthropic.NewCacheControlEphemeralParam()
	t.params.Messages = append(t.params.Messages, turn)
	got, err := t.hear(ctx)
	if err != nil {
		return Answer{}, messageError(err)
	}
	t.params.Messages = append(t.params.Messages, got.ToParam())
	return messageAnswer(*got), nil
}

// lastMark is where the last block of a message has its mark.
func lastMark(m anthropic.MessageParam) *anthropic.CacheControlEphemeralParam {
	return m.Content[len(m.Content)-1].GetCacheControl()
}

func (t *messageTalk) hear(ctx context.Context) (*anthropic.Message, error) {
	if !t.stream {
		return t.sdk.Messages.New(ctx, t.params)
	}
	stream := t.sdk.Messages.NewStreaming(ctx, t.params)
	defer stream.Close()
	var all anthropic.Message
	for stream.Next() {
		if err := all.Accumulate(stream.Current()); err != nil {
			return nil, fmt.Errorf("an event does not fit the others: %w", err)
		}
	}
	return &all, stream.Err()
}

// converseTalk appends the message of the output. The SDK puts no stream together,
// so its users do. A cache point follows the system text and the user's last turn.
type converseTalk struct {
	converse
	in     *bedrockruntime.ConverseInput
	stream bool
	marks  bool
}

func (t *converseTalk) Say(ctx context.Context, next Turn) (Answer, error) {
	if n := len(t.in.Messages); n > 1 && t.marks {
		past := &t.in.Messages[n-2]
		past.Content = past.Content[:len(past.Content)-1]
	}
	turn := converseTurn(next)
	if t.marks {
		turn.Content = append(turn.Content, &types.ContentBlockMemberCachePoint{Value: types.CachePointBlock{Type: types.CachePointTypeDefault}})
	}
	t.in.Messages = append(t.in.Messages, turn)
	m, a, err := t.hear(ctx)
	if err != nil {
		return Answer{}, converseError(err)
	}
	t.in.Messages = append(t.in.Messages, m)
	for _, b := range m.Content {
		if err := a.addBlock(b); err != nil {
			return a, err
		}
	}
	return a, nil
}

// addBlock adds what a block of Converse says.
func (a *Answer) addBlock(b types.ContentBlock) error {
	switch b := b.(type) {
	case *types.ContentBlockMemberText:
		a.Text += b.Value
	case *types.ContentBlockMemberToolUse:
		input, err := b.Value.Input.MarshalSmithyDocument()
		if err != nil {
			return fmt.Errorf("read input of %s: %w", *b.Value.Name, err)
		}
		a.Calls = append(a.Calls, Call{ID: *b.Value.ToolUseId, Name: *b.Value.Name, Arguments: string(input)})
	}
	return nil
}

func (t *converseTalk) hear(ctx context.Context) (types.Message, Answer, error) {
	if t.stream {
		return t.hearStream(ctx)
	}
	got, err := t.sdk.Converse(ctx, t.in)
	if err != nil {
		return types.Message{}, Answer{}, err
	}
	out, ok := got.Output.(*types.ConverseOutputMemberMessage)
	if !ok {
		return types.Message{}, Answer{}, fmt.Errorf("an output of type %T", got.Output)
	}
	return out.Value, Answer{Stop: converseStop(got.StopReason), Usage: converseUsage(got.Usage)}, nil
}

func (t *converseTalk) hearStream(ctx context.Context) (types.Message, Answer, error) {
	in := t.in
	got, err := t.sdk.ConverseStream(ctx, &bedrockruntime.ConverseStreamInput{
		ModelId: in.ModelId, Messages: in.Messages, System: in.System, ToolConfig: in.ToolConfig,
		InferenceConfig: in.InferenceConfig, AdditionalModelRequestFields: in.AdditionalModelRequestFields,
	})
	if err != nil {
		return types.Message{}, Answer{}, err
	}
	stream := got.GetStream()
	defer stream.Close()
	var blocks gathering
	var a Answer
	for event := range stream.Events() {
		switch e := event.(type) {
		case *types.ConverseStreamOutputMemberMessageStop:
			a.Stop = converseStop(e.Value.StopReason)
		case *types.ConverseStreamOutputMemberMetadata:
			a.Usage = converseUsage(e.Value.Usage)
		default:
			blocks.hear(event)
		}
	}
	return blocks.message(), a, stream.Err()
}

// gathering is the blocks of a stream of Converse, by their index.
type gathering map[int32]*gathered

type gathered struct {
	use                   *types.ToolUseBlockStart
	text, thought, seal   string
	redacted              []byte
	said, reasoned, calls bool
}

func (g *gathering) hear(event types.ConverseStreamOutput) {
	if *g == nil {
		*g = gathering{}
	}
	switch e := event.(type) {
	case *types.ConverseStreamOutputMemberContentBlockStart:
		if use, ok := e.Value.Start.(*types.ContentBlockStartMemberToolUse); ok {
			b := g.block(e.Value.ContentBlockIndex)
			b.use, b.calls = &use.Value, true
		}
	case *types.ConverseStreamOutputMemberContentBlockDelta:
		b := g.block(e.Value.ContentBlockIndex)
		switch d := e.Value.Delta.(type) {
		case *types.ContentBlockDeltaMemberText:
			b.text, b.said = b.text+d.Value, true
		case *types.ContentBlockDeltaMemberToolUse:
			b.text += aws.ToString(d.Value.Input)
		case *types.ContentBlockDeltaMemberReasoningContent:
			b.think(d.Value)
		}
	}
}

func (g *gathering) block(index *int32) *gathered {
	i := aws.ToInt32(index)
	if (*g)[i] == nil {
		(*g)[i] = &gathered{}
	}
	return (*g)[i]
}

func (b *gathered) think(delta types.ReasoningContentBlockDelta) {
	b.reasoned = true
	switch d := delta.(type) {
	case *types.ReasoningContentBlockDeltaMemberText:
		b.thought += d.Value
	case *types.ReasoningContentBlockDeltaMemberSignature:
		b.seal += d.Value
	case *types.ReasoningContentBlockDeltaMemberRedactedContent:
		b.redacted = append(b.redacted, d.Value...)
	}
}

// message is what was heard as the SDK gives an answer that came whole.
func (g *gathering) message() types.Message {
	m := types.Message{Role: types.ConversationRoleAssistant}
	var order []int32
	for i := range *g {
		order = append(order, i)
	}
	slices.Sort(order)
	for _, i := range order {
		m.Content = append(m.Content, (*g)[i].content())
	}
	return m
}

func (b *gathered) content() types.ContentBlock {
	switch {
	case b.calls:
		return &types.ContentBlockMemberToolUse{Value: types.ToolUseBlock{
			ToolUseId: b.use.ToolUseId, Name: b.use.Name, Input: document.NewLazyDocument(anyJSON(b.text)),
		}}
	case b.redacted != nil:
		return &types.ContentBlockMemberReasoningContent{Value: &types.ReasoningContentBlockMemberRedactedContent{Value: b.redacted}}
	case b.reasoned:
		th := types.ReasoningTextBlock{Text: &b.thought}
		if b.seal != "" {
			th.Signature = &b.seal
		}
		return &types.ContentBlockMemberReasoningContent{Value: &types.ReasoningContentBlockMemberReasoningText{Value: th}}
	}
	return &types.ContentBlockMemberText{Value: b.text}
}
