package core

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// asked is a prompt whose only turn is a user's text.
func asked(text string, change ...func(*Prompt)) Prompt {
	p := Prompt{Place: "openai", Model: "gpt-4.1", LastUser: text, Segments: []Segment{{Text: text, Extra: 7}}}
	for _, f := range change {
		f(&p)
	}
	return p
}

func withTools(p *Prompt) {
	p.Tools = []Tool{
		{Name: "get_weather", Schema: json.RawMessage(`{"type":"object","properties":{"unit":{"enum":["C","F"]},"city":{"type":"string"}},"required":["city"]}`)},
		{Name: "get_time"},
	}
}

func TestThinkCallsTools(t *testing.T) {
	tests := []struct {
		name   string
		prompt Prompt
		want   []string // name and arguments of each call
	}{
		{"two mentions", asked("use get_weather and get_time", withTools), []string{`get_weather {"city":"emulated city"}`, "get_time {}"}},
		{"order of mention", asked("get_time, then get_weather", withTools), []string{"get_time {}", `get_weather {"city":"emulated city"}`}},
		{"twice", asked("get_time get_time", withTools), []string{"get_time {}", "get_time {}"}},
		{"one at a time", asked("use get_weather and get_time", withTools, func(p *Prompt) { p.OneCall = true }), []string{`get_weather {"city":"emulated city"}`}},
		{"words", asked(`get_weather("Bern")`, withTools), []string{`get_weather {"city":"Bern"}`}},
		{"word for an optional property", asked(`get_weather(F, 'Bern, CH')`, withTools), []string{`get_weather {"unit":"F","city":"Bern, CH"}`}},
		{"json", asked(`call get_weather {"city":"Bern","x":[1]} now`, withTools), []string{`get_weather {"city":"Bern","x":[1]}`}},
		{"name inside json", asked(`get_weather {"city":"get_time"}`, withTools), []string{`get_weather {"city":"get_time"}`}},
		{"not a whole word", asked("get_weather_now forget_time", withTools), nil},
		{"no mention", asked("hello", withTools), nil},
		{"none", asked("get_time", withTools, func(p *Prompt) { p.Choice.Mode = ChooseNone }), nil},
		{"required", asked("hello", withTools, func(p *Prompt) { p.Choice.Mode = ChooseRequired }), []string{`get_weather {"city":"emulated city"}`}},
		{"required and named in the text", asked("get_time", withTools, func(p *Prompt) { p.Choice.Mode = ChooseRequired }), []string{"get_time {}"}},
		{"forced", asked("hello", withTools, func(p *Prompt) { p.Choice = Choice{ChooseNamed, "get_time"} }), []string{"get_time {}"}},
		{"after results", asked("get_time", withTools, func(p *Prompt) { p.Results = []ToolResult{{ID: "1", Text: "noon"}} }), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := Think(1, 0, tt.prompt)
			var got []string
			for _, c := range a.Calls() {
				got = append(got, c.Name+" "+c.Text())
				if len(c.CallID) != 24 {
					t.Errorf("call id %q does not have 24 signs", c.CallID)
				}
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("calls %q, want %q", got, tt.want)
			}
			if (a.Stop == StopCalls) != (tt.want != nil) {
				t.Errorf("stop %v with %d calls", a.Stop, len(got))
			}
		})
	}
}

func TestThinkText(t *testing.T) {
	tests := []struct {
		name   string
		prompt Prompt
		want   []string // parts of the text
	}{
		{"echo", asked("one\ntwo \n"), []string{"emulated answer by openai for gpt-4.1", "Your last line was: two"}},
		{"results", asked("", func(p *Prompt) {
			p.Results = []ToolResult{{ID: "a", Name: "get_time", Text: "noon"}, {ID: "b", Text: "broken", Failed: true}}
		}), []string{"Tool get_time returned: noon", "Tool b failed with: broken"}},
		{"images", asked("look", func(p *Prompt) {
			p.Images = []Image{{Type: "image/png", Size: 70, Width: 2, Height: 3}, {URL: "https://x"}}
		}), []string{"2 images", "image/png of 70 bytes, 2x3 pixels", "not fetched"}},
		{"json", asked("hi", func(p *Prompt) { p.JSON = true }), []string{`"emulated":true`, `"last_line":"hi"`}},
		{"schema", asked("hi", func(p *Prompt) {
			p.Schema = json.RawMessage(`{"type":"object","properties":{"n":{"type":"integer","minimum":3}},"required":["n"]}`)
		}), []string{`{"n":3}`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Think(1, 0, tt.prompt).Text()
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("text %q lacks %q", got, want)
				}
			}
		})
	}
}

func TestThinkRepeatsItself(t *testing.T) {
	p := asked("write 300 words", func(p *Prompt) { p.Effort = "low" })
	if a, b := Think(7, 0, p), Think(7, 0, p); !reflect.DeepEqual(a, b) {
		t.Error("the same prompt gave two answers")
	}
	if a, b := Think(7, 0, p), Think(8, 0, p); a.Text() == b.Text() {
		t.Error("another seed gave the same answer")
	}
	if a, b := Think(7, 0, p), Think(7, 1, p); a.Text() == b.Text() {
		t.Error("another index gave the same answer")
	}
}

func TestThinkWritesSoManyWords(t *testing.T) {
	for _, n := range []int{1, 2, 12, 500} {
		text := Think(1, 0, asked("Please write "+itoa(n)+" words about rivers")).Text()
		if got := len(strings.Fields(text)); got != n {
			t.Errorf("wrote %d words, want %d", got, n)
		}
		if !strings.HasPrefix(text, "Emulated") {
			t.Errorf("text %.30q does not say what it is", text)
		}
	}
}

func TestThinkStops(t *testing.T) {
	whole := Think(1, 0, asked("hello"))
	tests := []struct {
		name   string
		change func(*Prompt)
		stop   Stop
		match  string
	}{
		{"sequence", func(p *Prompt) { p.Stop = []string{"model", "answer"} }, StopSequence, "answer"},
		{"length", func(p *Prompt) { p.MaxOutput = 5 }, StopLength, ""},
		{"length before the sequence", func(p *Prompt) { p.Stop, p.MaxOutput = []string{"model"}, 2 }, StopLength, ""},
		{"neither is met", func(p *Prompt) { p.Stop, p.MaxOutput = []string{"no such text"}, 10_000 }, StopEnd, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := asked("hello", tt.change)
			a := Think(1, 0, p)
			if a.Stop != tt.stop || a.Matched != tt.match {
				t.Errorf("stop %v at %q, want %v at %q", a.Stop, a.Matched, tt.stop, tt.match)
			}
			if !strings.HasPrefix(whole.Text(), a.Text()) || tt.match != "" && strings.Contains(a.Text(), tt.match) {
				t.Errorf("text %q is not the beginning of %q", a.Text(), whole.Text())
			}
			if p.MaxOutput > 0 && a.Output > p.MaxOutput {
				t.Errorf("said %d tokens, limit %d", a.Output, p.MaxOutput)
			}
		})
	}
}

func TestThinkReasonsFirst(t *testing.T) {
	a := Think(1, 0, asked("hello", func(p *Prompt) { p.Effort = "high" }))
	if a.Parts[0].Kind != PartReasoning || a.Reasoning == 0 || a.Reasoning >= a.Output {
		t.Fatalf("parts %v, %d of %d tokens are reasoning", a.Parts, a.Reasoning, a.Output)
	}
	if got := Think(1, 0, asked("hello", func(p *Prompt) { p.Effort, p.Budget = "high", 10 })); got.Reasoning > 10 || got.Text() == "" {
		t.Errorf("with a budget of 10: %d tokens of reasoning, text %q", got.Reasoning, got.Text())
	}
	cut := Think(1, 0, asked("hello", func(p *Prompt) { p.Effort, p.MaxOutput = "high", 20 }))
	if cut.Stop != StopLength || cut.Text() != "" || cut.Output > 20 {
		t.Errorf("limit within reasoning: stop %v, text %q, %d tokens", cut.Stop, cut.Text(), cut.Output)
	}
}

func TestStepsWalkTheWholeAnswer(t *testing.T) {
	a := Think(1, 0, asked(`get_weather("Zürich 🌧")`, withTools, func(p *Prompt) { p.Effort = "low" }))
	var said strings.Builder
	tokens, first, last := 0, 0, 0
	for s := range a.Steps() {
		said.WriteString(s.Piece)
		tokens += s.Tokens
		if s.First {
			first++
		}
		if s.Last {
			last++
		}
	}
	if said.String() != a.Parts[0].Text()+a.Parts[1].Text() || tokens != a.Output || first != 2 || last != 2 {
		t.Errorf("steps said %q with %d tokens, %d firsts, %d lasts", said.String(), tokens, first, last)
	}
}

func itoa(n int) string {
	b, _ := json.Marshal(n)
	return string(b)
}
