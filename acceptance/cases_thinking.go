package acceptance

import (
	"fmt"
	"strings"
)

func thinks(s Seat) bool { return s.Door.Thinks != "" }

// sealed holds for models that prove what they thought.
func sealed(s Seat) bool {
	return s.Door.Thinks == ThinksByBudget || s.Door.Thinks == ThinksAdaptively
}

// thinking asks the model to reason first. What it thought is billed, and never
// part of the answer's text; where the protocol shows it, the model's proof that
// it is its own comes along. The newest models show the proof alone.
func thinking(t *Trial) error {
	q := t.question(greeting)
	q.Think, q.Max = true, 4000
	a, err := t.hear(q)
	if err != nil {
		return err
	}
	shown := t.Language != chatCompletions && sealed(t.Seat)
	switch rows := t.billed(); {
	case rows[0].Usage.Reasoning == 0:
		return fmt.Errorf("the model did not think: %+v", rows)
	case a.Stop != StopEnd || !strings.HasPrefix(a.Text, "This is an emulated answer"):
		return fmt.Errorf("answer %+v", a)
	case shown && !proven(a.Thoughts, t.Door.Thinks == ThinksByBudget):
		return fmt.Errorf("thoughts %+v", a.Thoughts)
	}
	return nil
}

// proven reports whether thoughts come with one proof, and are told where they
// must be. generateContent carries the proof on what follows.
func proven(thoughts []Thought, told bool) bool {
	text, seals := "", 0
	for _, th := range thoughts {
		text += th.Text
		if th.Seal != "" {
			seals++
		}
	}
	return seals == 1 && (text != "" || !told)
}

// thinkingTools goes round the loop of tools with a model that thinks, and sends
// back what it thought, as the protocols demand that have it. Clients whose
// protocol has no such thing must get their answer all the same.
func thinkingTools(t *Trial) error {
	q := t.question(`Compare get_weather("Bern") with get_time("Oslo").`)
	q.Think, q.Max = true, 4000
	return t.toolLoop(q)
}
