package chatcompletions

import (
	"encoding/json"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/loss"
)

// TestBounds: a limit above the model's own, and an effort that the vendor has no
// word for, are said as near as can be.
func TestBounds(t *testing.T) {
	efforts := Dialect{NoEfforts: []interline.Effort{interline.EffortXHigh, interline.EffortMax}}
	for _, tt := range []struct {
		name    string
		dialect Dialect
		traits  interline.Traits
		r       interline.Request
		member  string
		want    string
		loss    loss.Kind
	}{
		{"limit", Dialect{}, interline.Traits{MaxOutput: 4096}, interline.Request{MaxOutput: 8000}, "max_tokens", "4096", loss.LimitLowered},
		{"limit by its new name", Dialect{}, interline.Traits{MaxOutput: 4096, CompletionTokens: true}, interline.Request{MaxOutput: 8000}, "max_completion_tokens", "4096", loss.LimitLowered},
		{"limit within", Dialect{}, interline.Traits{MaxOutput: 4096}, interline.Request{MaxOutput: 4096}, "max_tokens", "4096", ""},
		{"limit of an unknown model", Dialect{}, interline.Traits{}, interline.Request{MaxOutput: 8000}, "max_tokens", "8000", ""},
		{"effort", efforts, interline.Traits{}, interline.Request{Reasoning: interline.Reasoning{Effort: interline.EffortMax}}, "reasoning_effort", `"high"`, loss.EffortNear},
		{"effort of neither", efforts, interline.Traits{NoEfforts: []interline.Effort{interline.EffortHigh}}, interline.Request{Reasoning: interline.Reasoning{Effort: interline.EffortXHigh}}, "reasoning_effort", `"medium"`, loss.EffortNear},
		{"effort with a word", efforts, interline.Traits{}, interline.Request{Reasoning: interline.Reasoning{Effort: interline.EffortLow}}, "reasoning_effort", `"low"`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.r.Turns = []interline.Turn{{Role: interline.User, Blocks: []interline.Block{{Kind: interline.Text, Text: "Hi"}}}}
			body, losses, err := New(tt.dialect).WriteRequest(&tt.r, protocol.Target{Model: "m", Traits: tt.traits})
			if err != nil {
				t.Fatal(err)
			}
			var said map[string]json.RawMessage
			if err := json.Unmarshal(body, &said); err != nil || string(said[tt.member]) != tt.want {
				t.Errorf("%s is %s, want %s (%v)", tt.member, said[tt.member], tt.want, err)
			}
			switch {
			case tt.loss == "" && len(losses) == 0:
			case len(losses) != 1 || losses[0].Kind != string(tt.loss):
				t.Errorf("losses %v, want %q", losses, tt.loss)
			}
		})
	}
}
