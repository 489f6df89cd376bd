package gemini

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

// TestLogprobs: the tokens are the text, in one body and over the chunks of a
// stream, with as many of the likeliest as were asked for.
func TestLogprobs(t *testing.T) {
	s := start(t, core.Limits{})
	body := with(`"responseLogprobs":true,"logprobs":2`)
	c := s.generate(two, body).Candidates[0]
	if c.Odds == nil || len(c.Odds.Top) != len(c.Odds.Chosen) || c.Average > -0.09 || c.Average < -0.11 {
		t.Fatalf("candidate %+v", c)
	}
	text, chosen := "", ""
	for i, o := range c.Odds.Chosen {
		chosen += o.Token
		if top := c.Odds.Top[i].Candidates; len(top) != 2 || top[0] != o || top[1].Log > -2 {
			t.Errorf("token %+v among %+v", o, top)
		}
	}
	for _, p := range c.Content.Parts {
		text += *p.Text
	}
	if text != chosen || text == "" {
		t.Errorf("the text is %q, its tokens are %q", text, chosen)
	}
	_, stream := s.send("POST", models+two+":streamGenerateContent?alt=sse", body)
	streamed := ""
	for line := range strings.Lines(stream) {
		data, ok := strings.CutPrefix(line, "data: ")
		var r response
		if !ok || json.Unmarshal([]byte(data), &r) != nil || r.Candidates[0].Odds == nil {
			continue
		}
		for _, o := range r.Candidates[0].Odds.Chosen {
			streamed += o.Token
		}
	}
	if streamed != text {
		t.Errorf("streamed tokens %q", streamed)
	}
	if c := s.generate(two, with(`"responseLogprobs":true`)).Candidates[0]; c.Odds == nil || c.Odds.Top != nil {
		t.Errorf("without a number: %+v", c.Odds)
	}
	if c := s.generate(two, with(`"topK":1`)).Candidates[0]; c.Odds != nil || c.Average != 0 {
		t.Errorf("unasked: %+v", c)
	}
}
