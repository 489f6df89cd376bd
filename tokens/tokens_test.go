package tokens

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/interline-ai/interline"
)

func said(blocks ...interline.Block) *interline.Request {
	return &interline.Request{Turns: []interline.Turn{{Role: interline.User, Blocks: blocks}}}
}

func text(s string) interline.Block { return interline.Block{Kind: interline.Text, Text: s} }

func TestEstimate(t *testing.T) {
	image := interline.Block{Kind: interline.Image, Media: &interline.Media{Type: "image/png", Data: "aaaa"}}
	call := interline.Block{Kind: interline.ToolCallBlock, Call: &interline.ToolCall{Name: "hello", Arguments: "hello"}}
	result := interline.Block{Kind: interline.ToolResultBlock, Result: &interline.ToolResult{Blocks: []interline.Block{text("hello"), image}}}
	thought := interline.Block{Kind: interline.ReasoningBlock, Text: strings.Repeat("hmm ", 100)}
	for name, tt := range map[string]struct {
		r    *interline.Request
		want int64
	}{
		"nothing":     {&interline.Request{}, 0},
		"a word":      {said(text("hello")), perTurn + 1},
		"words":       {said(text("hello world"), text("hello")), perTurn + 3},
		"a picture":   {said(image), perTurn + perMedia},
		"a call":      {said(call), perTurn + 2},
		"a result":    {said(result), 2*perTurn + 1 + perMedia},
		"a thought":   {said(thought), perTurn},
		"plain paper": {said(interline.Block{Kind: interline.Document, Media: &interline.Media{Plain: true, Data: "hello world"}}), perTurn + 2},
		"paper":       {said(interline.Block{Kind: interline.Document, Media: &interline.Media{Data: "aaaa"}}), perTurn + perMedia},
		"a tool":      {&interline.Request{Tools: []interline.Tool{{Name: "hello", Description: "hello", Schema: json.RawMessage("hello")}}}, perTool + 3},
		"no UTF-8":    {said(text(strings.Repeat("\xff", 10))), perTurn + 10},
	} {
		if got := Estimate(tt.r); got != tt.want && (name != "no UTF-8" || got < perTurn+1 || got > perTurn+40) {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}

// A large text is not counted to its end, and taken to be alike all through; a
// long word takes no longer than a sentence.
func TestLargeTexts(t *testing.T) {
	sentence := "All of this is worth remembering for a while. "
	one := Estimate(said(text(strings.Repeat(sentence, 1000))))
	got := Estimate(said(text(strings.Repeat(sentence, 100_000))))
	if got < 95*one || got > 105*one {
		t.Errorf("a hundred times the text is %d, and once %d", got, one)
	}
	if got := Estimate(said(text(strings.Repeat("a", 200_000)))); got < 1000 || got > 200_000 {
		t.Errorf("a long word is %d", got)
	}
	if n := cut("ab\u00e9", 3); n != 2 {
		t.Errorf("cut within a character at %d", n)
	}
}
