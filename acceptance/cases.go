package acceptance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"slices"
	"strings"

	"github.com/interline-ai/interline/emulator/core"
)

// A Case is one thing a client must be able to do, or must be told. Run returns
// what is wrong with what came of it.
type Case struct {
	Name string
	Run  func(*Trial) error
}

// Cases lists what is judged, unary and streamed.
func Cases() []Case {
	return []Case{
		{"text", text},
		{"long text", longText},
		{"conversation", conversation},
		{"parallel tools", parallelTools},
		{"picture", picture},
		{"length", length},
		{"stop sequence", stopSequence},
		{"schema", schema},
		{"cached prompt", cachedPrompt},
		{"bad request", badRequest},
		{"unknown model", unknownModel},
		{"wrong credential", wrongCredential},
		{"throttled", throttled},
		{"overloaded", overloaded},
		{"cut", cut},
		{"ended early", endedEarly},
		{"error in the answer", errorWithin},
	}
}

const greeting = "First line.\nGrüße, 世界 🎈: say this back."

// text asks for a sentence; streamed, it must be the one that comes whole.
func text(t *Trial) error {
	q := t.question(greeting)
	a, err := t.hear(q)
	if err != nil {
		return err
	}
	q.Stream = false
	whole, err := t.hear(q)
	switch {
	case err != nil:
		return err
	case a.Stop != StopEnd || !strings.Contains(a.Text, "emulated answer by "+t.Place) || !strings.HasSuffix(a.Text, "Grüße, 世界 🎈: say this back."):
		return fmt.Errorf("answer %+v", a)
	case a.Text != whole.Text || a.Usage != whole.Usage:
		return fmt.Errorf("streamed %+v, whole %+v", a, whole)
	case t.Stream && a.Pieces < 5:
		return fmt.Errorf("a stream of %d pieces", a.Pieces)
	}
	return nil
}

func longText(t *Trial) error {
	q := t.question("Please write 1500 words.")
	q.Max = 8000
	a, err := t.hear(q)
	if n := len(strings.Fields(a.Text)); err == nil && (n != 1500 || a.Stop != StopEnd) {
		err = fmt.Errorf("%d words, ended by %s", n, a.Stop)
	}
	return err
}

func conversation(t *Trial) error {
	q := t.question("")
	q.System = "You are terse. " + strings.Repeat("Be brief, plain and polite. ", 20)
	q.Turns = []Turn{
		{Text: "My name is Ada."}, {Assistant: true, Text: "Good day, Ada."}, {Text: "What did I say my name was?"},
	}
	a, err := t.hear(q)
	if err != nil {
		return err
	}
	least := core.CountTokens(q.System)
	for _, turn := range q.Turns {
		least += core.CountTokens(turn.Text)
	}
	if a.Usage.Input < least || !strings.HasSuffix(a.Text, "What did I say my name was?") {
		return fmt.Errorf("answer %+v, want at least %d tokens of input", a, least)
	}
	return nil
}

// parallelTools goes once round the loop: two calls, their results, an answer
// that shows both.
func parallelTools(t *Trial) error {
	q := t.question(`Compare get_weather("Bern") with get_time("Oslo").`)
	q.Tools = []Tool{{"get_weather", "The weather of a city.", "city"}, {"get_time", "The time in a city.", "city"}}
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
		back.Results = append(back.Results, Result{got.ID, "result number " + fmt.Sprint(i+1)})
	}
	q.Turns = append(q.Turns, Turn{Assistant: true, Text: a.Text, Calls: a.Calls}, back)
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

func picture(t *Trial) error {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 24, 16))); err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	q := t.question("What is in this picture?")
	q.Turns[0].PNG = b.Bytes()
	a, err := t.hear(q)
	if want := fmt.Sprintf("image/png of %d bytes, 24x16 pixels", b.Len()); err == nil && !strings.Contains(a.Text, want) {
		err = fmt.Errorf("answer %+v, want %q", a, want)
	}
	return err
}

func length(t *Trial) error {
	q := t.question("Please write 200 words.")
	q.Max = 16
	a, err := t.hear(q)
	if err == nil && (a.Stop != StopLength || a.Usage.Output > 16 || a.Text == "") {
		err = fmt.Errorf("answer %+v, want at most 16 tokens", a)
	}
	return err
}

func stopSequence(t *Trial) error {
	q := t.question("hello")
	q.Stop = []string{"answer"}
	a, err := t.hear(q)
	if err == nil && (!slices.Contains([]Stop{StopEnd, StopSequence}, a.Stop) || a.Text != "This is an emulated ") {
		err = fmt.Errorf("answer %+v, want it to end before %q", a, q.Stop[0])
	}
	return err
}

func schema(t *Trial) error {
	q := t.question("A city and how many people live there.")
	q.Schema = map[string]any{
		"type": "object", "required": []string{"city", "people"}, "additionalProperties": false,
		"properties": map[string]any{"city": map[string]any{"type": "string"}, "people": map[string]any{"type": "integer"}},
	}
	a, err := t.hear(q)
	if err != nil {
		return err
	}
	var got struct {
		City   *string
		People *int
	}
	if err := json.Unmarshal([]byte(a.Text), &got); err != nil || got.City == nil || got.People == nil || a.Stop != StopEnd {
		return fmt.Errorf("answer %+v does not fit the schema: %v", a, err)
	}
	return nil
}

// cachedPrompt says a long prompt twice. What was read from a cache is on the
// bill, and hear sees to it that the client is told the same.
func cachedPrompt(t *Trial) error {
	q := t.question("hello")
	q.Cache = t.Door.Caches
	// The seat's name keeps the prompts of different trials apart.
	q.System = t.Target.Name + t.Kind.Name + mode(t.Stream) + strings.Repeat(" All of this is worth remembering for a while.", 200)
	if _, err := t.hear(q); err != nil {
		return err
	}
	again, err := t.hear(q)
	if err == nil && t.Door.Caches && again.Usage.CacheRead < 1024 {
		err = fmt.Errorf("the second answer read nothing from a cache: %+v", again.Usage)
	}
	return err
}

// refused asks what must be refused with one of some statuses, and billed to
// nobody.
func (t *Trial) refused(q Question, statuses ...int) error {
	t.Bill.Clear()
	a, err := t.ask(q)
	if status := statusOf(err); !slices.Contains(statuses, status) {
		return fmt.Errorf("status %d, %v, answer %+v; want status %v", status, err, a, statuses)
	}
	if rows := t.Bill.Rows(""); len(rows) > 0 {
		return fmt.Errorf("a refusal was billed: %+v", rows)
	}
	return nil
}

func badRequest(t *Trial) error {
	q := t.question("")
	q.Turns = nil
	return t.refused(q, 400)
}

func unknownModel(t *Trial) error {
	q := t.question("hello")
	q.Model = "no-such-model"
	return t.refused(q, 400, 404)
}

func wrongCredential(t *Trial) error {
	t.Door.Credential = t.Door.Credential.Wrong()
	return t.refused(t.question("hello"), 401, 403)
}

func throttled(t *Trial) error {
	if err := t.drill(core.Drill{Kind: core.Throttle}); err != nil {
		return err
	}
	return t.refused(t.question("hello"), 429)
}

// overloaded accepts what the clouds say to it: 503, and Anthropic's 529.
func overloaded(t *Trial) error {
	if err := t.drill(core.Drill{Kind: core.Overload}); err != nil {
		return err
	}
	return t.refused(t.question("hello"), 503, 529)
}

// broken breaks an answer and insists that the client is told. What was heard
// before must be a beginning of the whole answer.
func (t *Trial) broken(kind core.Kind) error {
	q := t.question("Please write 100 words.")
	whole, err := t.hear(q)
	if err != nil {
		return err
	}
	if err := t.drill(core.Drill{Kind: kind, After: 12}); err != nil {
		return err
	}
	a, err := t.ask(q)
	switch {
	case err == nil:
		return fmt.Errorf("no error, and the answer %+v", a)
	case !strings.HasPrefix(whole.Text, a.Text) || a.Text == whole.Text:
		return fmt.Errorf("heard %q of %q", a.Text, whole.Text)
	case q.Stream && a.Text == "":
		return fmt.Errorf("nothing of the answer came before: %w", err)
	}
	return nil
}

// cut resets the connection in the middle of the answer.
func cut(t *Trial) error { return t.broken(core.Cut) }

// endedEarly ends the connection politely in the middle of the answer.
func endedEarly(t *Trial) error { return t.broken(core.EOF) }

// errorWithin sends the cloud's own error in the middle of the answer.
func errorWithin(t *Trial) error { return t.broken(core.InStream) }
