package dialogue

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/loss"
)

func anyID(id string) bool { return id != "" && !strings.Contains(id, "!") }

func rules() Rules {
	return Rules{LegalID: anyID, Refuse: func(b interline.Block) loss.Kind {
		if b.Kind == interline.Opaque {
			return "opaque"
		}
		return ""
	}}
}

// randomTurns makes a history as confused as clients can make them.
func randomTurns(r *rand.Rand) []interline.Turn {
	texts := []string{"a", "b", " ", "", "c\n"}
	ids := []string{"1", "2", "1", "bad!", ""}
	turns := make([]interline.Turn, r.IntN(7))
	for i := range turns {
		turns[i].Role = interline.Role(1 + r.IntN(3))
		for range r.IntN(4) {
			b := interline.Block{Kind: interline.Text, Text: texts[r.IntN(len(texts))]}
			switch r.IntN(7) {
			case 0:
				b = interline.Block{Kind: interline.ToolCallBlock, Call: &interline.ToolCall{ID: ids[r.IntN(len(ids))], Name: "f"}}
			case 1:
				b = interline.Block{Kind: interline.ToolResultBlock, Result: &interline.ToolResult{CallID: ids[r.IntN(len(ids))]}}
			case 2:
				b = interline.Block{Kind: interline.ReasoningBlock, Text: "r"}
			case 3:
				b = interline.Block{Kind: interline.Opaque}
			}
			if r.IntN(5) == 0 {
				b.Cache = &interline.CacheMark{}
			}
			turns[i].Blocks = append(turns[i].Blocks, b)
		}
	}
	return turns
}

// TestArrange holds the order that Messages and Converse demand against random
// histories.
func TestArrange(t *testing.T) {
	for seed := range uint64(3000) {
		turns := randomTurns(rand.New(rand.NewPCG(seed, 1)))
		var losses Losses
		r := rules()
		r.MidSystem = seed%2 == 0
		d := Arrange(turns, r, &losses)
		if err := ordered(&d); err != nil {
			t.Fatalf("seed %d: %v\nturns %+v\nbecame %+v", seed, err, turns, d)
		}
		var again Losses
		if a := Arrange(turns, r, &again); fmt.Sprintf("%+v", show(&a)) != fmt.Sprintf("%+v", show(&d)) || len(again) != len(losses) {
			t.Fatalf("seed %d: arranged twice, the history differs", seed)
		}
	}
}

func show(d *Dialogue) (out []string) {
	for _, t := range d.Turns {
		for _, b := range t.Blocks {
			line := fmt.Sprint(t.Role, b.Kind, b.Text, b.At)
			if b.Call != nil {
				line += b.Call.ID
			}
			out = append(out, line)
		}
	}
	return out
}

// ordered reports the first rule that a history breaks.
func ordered(d *Dialogue) error {
	var open []string
	for i, t := range d.Turns {
		switch {
		case i == 0 && t.Role != interline.User:
			return fmt.Errorf("the user does not speak first")
		case i > 0 && d.Turns[i-1].Role == t.Role:
			return fmt.Errorf("turns %d and %d are of one role", i-1, i)
		case len(t.Blocks) == 0:
			return fmt.Errorf("turn %d is empty", i)
		}
		var err error
		if open, err = answered(t, open); err != nil {
			return fmt.Errorf("turn %d: %w", i, err)
		}
		if n := len(d.Turns); i == n-1 && len(open) > 0 {
			return fmt.Errorf("calls %q have no result", open)
		}
	}
	return nil
}

// answered checks a turn's results against the calls that wait for them, and
// returns the turn's own calls.
func answered(t Turn, open []string) ([]string, error) {
	others := false
	var calls []string
	for _, b := range t.Blocks {
		switch b.Kind {
		case interline.Text:
			if strings.TrimSpace(b.Text) == "" {
				return nil, fmt.Errorf("an empty text")
			}
		case interline.ToolCallBlock:
			calls = append(calls, b.Call.ID)
			if t.Role != interline.Assistant || !anyID(b.Call.ID) {
				return nil, fmt.Errorf("a call %q of role %s", b.Call.ID, t.Role)
			}
		case interline.ToolResultBlock:
			if len(open) == 0 || others || t.Role != interline.User {
				return nil, fmt.Errorf("a result that is not first, or answers nothing")
			}
			if !remove(&open, b.Result.CallID) {
				return nil, fmt.Errorf("a result of %q, which was not called", b.Result.CallID)
			}
			continue
		}
		others = true
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("calls %q have no result", open)
	}
	return calls, nil
}

func remove(ids *[]string, id string) bool {
	for i, x := range *ids {
		if x == id {
			*ids = append((*ids)[:i], (*ids)[i+1:]...)
			return true
		}
	}
	return false
}

func TestMidSystem(t *testing.T) {
	turns := []interline.Turn{
		{Role: interline.System, Blocks: []interline.Block{{Kind: interline.Text, Text: "first"}}},
		{Role: interline.User, Blocks: []interline.Block{{Kind: interline.Text, Text: "a"}}},
		{Role: interline.System, Blocks: []interline.Block{{Kind: interline.Text, Text: "later"}}},
	}
	r := rules()
	r.MidSystem = true
	var losses Losses
	d := Arrange(turns, r, &losses)
	if len(losses) > 0 || len(d.System) != 1 || d.Turns[1].Role != interline.System || d.Turns[1].Blocks[0].Text != "later" {
		t.Errorf("where the model takes it: %+v, losses %v", d, losses)
	}
	r.MidSystem = false
	d = Arrange(turns, r, &losses)
	if len(losses) != 1 || losses[0].Field != "messages[2].content[0]" || d.Turns[0].Blocks[1].Text != "<system>later</system>" {
		t.Errorf("where it does not: %+v, losses %v", d, losses)
	}
}

func TestAskClaude(t *testing.T) {
	loop := Dialogue{Turns: []Turn{
		{Role: interline.Assistant, Blocks: []Block{{Block: interline.Block{Kind: interline.ToolCallBlock}}}},
		{Role: interline.User, Blocks: []Block{{Block: interline.Block{Kind: interline.ToolResultBlock}}}},
	}}
	budget := interline.Traits{Thinking: interline.ThinkingBudget, MaxOutput: 8192}
	adaptive := interline.Traits{Thinking: interline.ThinkingAdaptive, NoEfforts: []interline.Effort{interline.EffortXHigh}}
	for _, tt := range []struct {
		name   string
		asked  interline.Reasoning
		max    int64
		traits interline.Traits
		d      *Dialogue
		forced bool
		want   Claude
		losses int
	}{
		{name: "nothing", want: Claude{MaxTokens: 16384}},
		{name: "nothing, of a small model", traits: budget, want: Claude{MaxTokens: 8192}},
		{name: "a limit", max: 7, want: Claude{MaxTokens: 7}},
		{name: "an effort as a budget", asked: interline.Reasoning{Effort: interline.EffortMedium}, max: 5000, traits: budget, want: Claude{Thinking: "enabled", Budget: 2048, MaxTokens: 5000}},
		{name: "a budget above the limit", asked: interline.Reasoning{Budget: 4096}, max: 100, traits: budget, want: Claude{Thinking: "enabled", Budget: 4096, MaxTokens: 4196}, losses: 1},
		{name: "a budget above the model's limit", asked: interline.Reasoning{Budget: 9000}, max: 100, traits: budget, want: Claude{Thinking: "enabled", Budget: 8191, MaxTokens: 8192}, losses: 3},
		{name: "a budget too small", asked: interline.Reasoning{Budget: 5}, max: 2000, traits: budget, want: Claude{Thinking: "enabled", Budget: 1024, MaxTokens: 2000}, losses: 1},
		{name: "a budget with a forced tool", asked: interline.Reasoning{Budget: 2000}, max: 5000, traits: budget, forced: true, want: Claude{MaxTokens: 5000}, losses: 1},
		{name: "a budget in a loop whose reasoning is lost", asked: interline.Reasoning{Budget: 2000}, max: 5000, traits: budget, d: &loop, want: Claude{MaxTokens: 5000}, losses: 1},
		{name: "adaptive", asked: interline.Reasoning{Adaptive: true, Display: "omitted"}, max: 5, traits: adaptive, want: Claude{Thinking: "adaptive", Display: "omitted", MaxTokens: 5}},
		{name: "an effort the model has not", asked: interline.Reasoning{Effort: interline.EffortXHigh}, max: 5, traits: adaptive, want: Claude{Thinking: "adaptive", Effort: interline.EffortHigh, MaxTokens: 5}, losses: 1},
		{name: "a budget for a model that decides itself", asked: interline.Reasoning{Budget: 2000}, max: 5, traits: adaptive, want: Claude{Thinking: "adaptive", Effort: interline.EffortMedium, MaxTokens: 5}, losses: 1},
		{name: "off", asked: interline.Reasoning{Effort: interline.EffortNone, Display: "omitted"}, max: 5, traits: adaptive, want: Claude{Thinking: "disabled", MaxTokens: 5}},
		{name: "off where it cannot be", asked: interline.Reasoning{Effort: interline.EffortNone}, max: 5, traits: interline.Traits{Thinking: interline.ThinkingAlways}, want: Claude{MaxTokens: 5}, losses: 1},
		{name: "a model that does not reason", asked: interline.Reasoning{Effort: interline.EffortLow}, max: 5, traits: interline.Traits{Thinking: interline.ThinkingNone}, want: Claude{MaxTokens: 5}, losses: 1},
	} {
		var losses Losses
		d := tt.d
		if d == nil {
			d = &Dialogue{}
		}
		got := AskClaude(&interline.Request{Reasoning: tt.asked, MaxOutput: tt.max}, tt.traits, d, tt.forced, &losses)
		if got != tt.want || len(losses) != tt.losses {
			t.Errorf("%s: %+v, losses %v, want %+v and %d", tt.name, got, losses, tt.want, tt.losses)
		}
	}
}

func TestOfferTools(t *testing.T) {
	tools := []interline.Tool{{Name: "a"}, {Name: "b"}, {Name: "search", Language: "chatcompletions", Raw: []byte(`{}`)}}
	schema := interline.Output{Format: interline.FormatSchema, Schema: []byte(`{"type":"object"}`)}
	for _, tt := range []struct {
		name    string
		tools   []interline.Tool
		choice  interline.ToolChoice
		out     interline.Output
		schemas bool
		noForce bool
		want    string
		losses  []string
	}{
		{name: "nothing", want: "0"},
		{name: "a schema where there is a way", out: schema, schemas: true, want: "0"},
		{name: "another vendor's tool", tools: tools, choice: interline.ToolChoice{Mode: interline.ToolsAuto}, want: "a b 1", losses: []string{"tools[2]"}},
		{name: "a subset", tools: tools[:2], choice: interline.ToolChoice{Mode: interline.ToolsSubset, Names: []string{"b"}, Required: true}, want: "b 3", losses: []string{"tool_choice"}},
		{name: "a schema by a tool", out: schema, want: "interline_answer 4 interline_answer", losses: []string{"response_format"}},
		{name: "any JSON by a tool", out: interline.Output{Format: interline.FormatJSON}, schemas: true, want: "interline_answer 4 interline_answer", losses: []string{"response_format"}},
		{name: "a schema beside tools", tools: tools[:2], out: schema, want: "a b interline_answer 3", losses: []string{"response_format"}},
		{name: "a schema beside a forced tool", tools: tools[:2], choice: interline.ToolChoice{Mode: interline.ToolsOne, Names: []string{"a"}}, out: schema, want: "a b interline_answer 4 a", losses: []string{"response_format"}},
		{name: "a schema where nothing can be forced", out: schema, noForce: true, want: "interline_answer 1 instructed", losses: []string{"response_format", "tool_choice"}},
		{name: "a tool that cannot be forced", tools: tools[:1], choice: interline.ToolChoice{Mode: interline.ToolsRequired}, noForce: true, want: "a 1", losses: []string{"tool_choice"}},
	} {
		var losses Losses
		o := OfferTools(&interline.Request{Tools: tt.tools, Choice: tt.choice, Output: tt.out}, interline.Traits{NoForcedTools: tt.noForce}, "messages", tt.schemas, &losses)
		var got []string
		for _, tool := range o.Tools {
			got = append(got, tool.Name)
		}
		got = append(append(got, fmt.Sprint(uint8(o.Choice.Mode))), o.Choice.Names...)
		if o.Instruction != "" {
			got = append(got, "instructed")
		}
		var fields []string
		for _, l := range losses {
			fields = append(fields, l.Field)
		}
		if s := strings.Join(got, " "); s != tt.want || fmt.Sprint(fields) != fmt.Sprint(tt.losses) {
			t.Errorf("%s: %s, losses %v, want %s and %v", tt.name, s, fields, tt.want, tt.losses)
		}
	}
}
