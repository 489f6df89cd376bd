package protocoltest_test

import (
	"slices"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// tell makes the events of an answer.
func tell(stop interline.StopReason, usage interline.Usage, blocks ...protocoltest.Block) []interline.Event {
	out := []interline.Event{{Kind: interline.Start, ID: "x", Model: "m"}}
	for i, b := range blocks {
		out = append(out, interline.Event{Kind: interline.BlockStart, Index: i, Block: b.Kind, ID: b.ID, Name: b.Name})
		for piece := range slices.Chunk([]byte(b.Text), 3) {
			out = append(out, interline.Event{Kind: interline.Delta, Index: i, Block: b.Kind, Text: string(piece)})
		}
		if b.Seal != (interline.Seal{}) {
			out = append(out, interline.Event{Kind: interline.SealDelta, Index: i, Block: b.Kind, Seal: &b.Seal})
		}
		out = append(out, interline.Event{Kind: interline.BlockStop, Index: i})
	}
	return append(out,
		interline.Event{Kind: interline.Finish, Stop: stop},
		interline.Event{Kind: interline.UsageEvent, Usage: &usage},
		interline.Event{Kind: interline.End})
}

var usage = interline.Usage{Input: 100, CacheRead: 40, CacheWrite5m: 10, CacheWrite1h: 20, Output: 30, Reasoning: 5}

var answers = map[string][]interline.Event{
	"text":    tell(interline.StopEnd, usage, protocoltest.Block{Kind: interline.Text, Text: "Hello there."}),
	"length":  tell(interline.StopLength, usage, protocoltest.Block{Kind: interline.Text, Text: "Hello th"}),
	"refusal": tell(interline.StopFiltered, usage, protocoltest.Block{Kind: interline.Refusal, Text: "I will not."}),
	"parallel tools": tell(interline.StopTools, usage,
		protocoltest.Block{Kind: interline.Text, Text: "Looking."},
		protocoltest.Block{Kind: interline.ToolCallBlock, ID: "call_1", Name: "f", Text: `{"x":"\u00e9 \\ \""}`},
		protocoltest.Block{Kind: interline.ToolCallBlock, ID: "call_2", Name: "g", Text: `{}`}),
	"signed reasoning": tell(interline.StopEnd, usage,
		protocoltest.Block{Kind: interline.ReasoningBlock, Text: "Let me think.", Seal: interline.Seal{Issuer: "anthropic", Signature: "c2ln"}},
		protocoltest.Block{Kind: interline.ReasoningBlock, Seal: interline.Seal{Issuer: "anthropic", Redacted: "eA=="}},
		protocoltest.Block{Kind: interline.Text, Text: "42"}),
	"open reasoning": tell(interline.StopEnd, usage,
		protocoltest.Block{Kind: interline.ReasoningBlock, Text: "Let me think."}, protocoltest.Block{Kind: interline.Text, Text: "42"}),
	"log-probabilities":              probable(interline.Text, interline.StopEnd),
	"log-probabilities of a refusal": probable(interline.Refusal, interline.StopFiltered),
	"nothing":                        tell(interline.StopEnd, interline.Usage{Input: 1}),
}
