package acceptance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// parallelTools goes once round the loop: two calls, their results, an answer
// that shows both.
func parallelTools(t *Trial) error {
	return t.toolLoop(t.question(`Compare get_weather("Bern") with get_time("Oslo").`))
}

func cityTools() []Tool {
	return []Tool{{"get_weather", "The weather of a city.", "city"}, {"get_time", "The time in a city.", "city"}}
}

func (t *Trial) toolLoop(q Question) error {
	q.Tools = cityTools()
	a, err := t.hear(q)
	if err != nil {
		return err
	}
	if a.Stop != StopCalls || len(a.Calls) != 2 || a.Calls[0].ID == a.Calls[1].ID {
		return fmt.Errorf("want two calls: %+v", a)
	}
	back := Turn{}
	for i, want := range []Call{{Name: "get_weather", Arguments: "Bern"}, {Name: "get_time", Arguments: "Oslo"}} {
		var args struct{ City string }
		got := a.Calls[i]
		if err := json.Unmarshal([]byte(got.Arguments), &args); err != nil || got.Name != want.Name || args.City != want.Arguments {
			return fmt.Errorf("call %d is %+v, want %s of %s: %v", i, got, want.Name, want.Arguments, err)
		}
		back.Results = append(back.Results, Result{ID: got.ID, Text: "result number " + fmt.Sprint(i+1)})
	}
	q.Turns = append(q.Turns, Turn{Assistant: true, Thoughts: a.Thoughts, Text: a.Text, Calls: a.Calls}, back)
	end, err := t.hear(q)
	if err != nil {
		return fmt.Errorf("with results: %w", err)
	}
	for _, want := range []string{"get_weather returned: result number 1", "get_time returned: result number 2"} {
		if !strings.Contains(end.Text, want) || end.Stop != StopEnd {
			return fmt.Errorf("with results: %+v, want %q", end, want)
		}
	}
	return nil
}

// oddArguments are what JSON has to escape, and what must not be escaped twice.
func oddArguments(t *Trial) error {
	const odd = "Zürich \"Nord\" \\ <b>&amp;</b> \U0001F388 \u2028 line\nbreak\ttab \u0001"
	said, err := json.Marshal(map[string]string{"city": odd})
	if err != nil {
		return err
	}
	q := t.question("Please call get_weather " + string(said))
	q.Tools = cityTools()
	a, err := t.hear(q)
	if err != nil {
		return err
	}
	var got struct{ City string }
	if len(a.Calls) != 1 {
		return fmt.Errorf("want one call: %+v", a)
	}
	if err := json.Unmarshal([]byte(a.Calls[0].Arguments), &got); err != nil || got.City != odd {
		return fmt.Errorf("arguments %s, want city %q: %v", a.Calls[0].Arguments, odd, err)
	}
	q.Turns = append(q.Turns, Turn{Assistant: true, Text: a.Text, Calls: a.Calls}, Turn{Results: []Result{{ID: a.Calls[0].ID, Text: odd}}})
	end, err := t.hear(q)
	if err == nil && !strings.Contains(end.Text, "get_weather returned: "+odd) {
		err = fmt.Errorf("with results: %+v", end)
	}
	return err
}

// forcedTool leaves the model no choice: any tool first, then a certain one.
func forcedTool(t *Trial) error {
	for _, tt := range []struct {
		choice string
		allows []string
	}{{anyTool, []string{"get_weather", "get_time"}}, {"get_time", []string{"get_time"}}} {
		q := t.question("hello")
		q.Tools, q.Choice = cityTools(), tt.choice
		a, err := t.hear(q)
		if err == nil && (len(a.Calls) != 1 || !slices.Contains(tt.allows, a.Calls[0].Name)) {
			err = fmt.Errorf("calls %+v", a)
		}
		if err != nil {
			return fmt.Errorf("choice %q: %w", tt.choice, err)
		}
	}
	return nil
}
