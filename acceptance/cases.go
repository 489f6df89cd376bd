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
	For  func(Seat) bool // whom it concerns; nil for everybody
}

func (c Case) concerns(s Seat) bool { return c.For == nil || c.For(s) }

// Cases lists what is judged, unary and streamed.
func Cases() []Case {
	return []Case{
		{Name: "text", Run: text},
		{Name: "long text", Run: longText},
		{Name: "conversation", Run: conversation},
		{Name: "parallel tools", Run: parallelTools},
		{Name: "odd arguments", Run: oddArguments},
		{Name: "forced tool", Run: forcedTool},
		{Name: "no tool", Run: noToolAtAll, For: saysNoTool},
		{Name: "failed result", Run: failedResult},
		{Name: "picture in a result", Run: pictureInResult, For: hasPicturesInResults},
		{Name: "document", Run: pdfDocument},
		{Name: "citations", Run: citations, For: asksCites},
		{Name: "system amid", Run: systemAmid, For: hasSystemTurns},
		{Name: "labels", Run: labels},
		{Name: "thinking", Run: thinking, For: thinks},
		{Name: "thinking amid tools", Run: thinkingTools, For: sealed},
		{Name: "picture", Run: picture},
		{Name: "no limit", Run: noLimit},
		{Name: "length", Run: length},
		{Name: "stop sequence", Run: stopSequence},
		{Name: "schema", Run: schema},
		{Name: "log-probabilities", Run: logProbabilities, For: hasOdds},
		{Name: "cached prompt", Run: cachedPrompt},
		{Name: "untold usage", Run: untoldUsage, For: mayHideUsage},
		{Name: "filtered", Run: filtered},
		{Name: "bad request", Run: badRequest},
		{Name: "unknown model", Run: unknownModel},
		{Name: "wrong credential", Run: wrongCredential},
		{Name: "throttled", Run: throttled},
		{Name: "overloaded", Run: overloaded},
		{Name: "cut", Run: cut},
		{Name: "ended early", Run: endedEarly},
		{Name: "error in the answer", Run: errorWithin},
		{Name: "garbled", Run: garbled},
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

// noLimit does not say how long the answer may be, where the protocol allows that.
func noLimit(t *Trial) error {
	q := t.question("Please write 30 words.")
	q.Max = 0
	a, err := t.hear(q)
	if n := len(strings.Fields(a.Text)); err == nil && (n != 30 || a.Stop != StopEnd) {
		err = fmt.Errorf("%d words, ended by %s", n, a.Stop)
	}
	return err
}

func length(t *Trial) error {
	q := t.question("Please write 200 words.")
	q.Max = 16
	a, err := t.hear(q)
	spent := err == nil && t.billed()[0].Usage.Reasoning > 0 // on reasoning that cannot be turned off
	if err == nil && (a.Stop != StopLength || a.Usage.Output > 16 || a.Text == "" && !spent) {
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
	q.System = t.Target.Name + t.Kind.Name + mode(t.Stream) + strings.Repeat(" All of this is worth remembering for a while.", 300)
	if _, err := t.hear(q); err != nil {
		return err
	}
	again, err := t.hear(q)
	if err == nil && t.Door.Caches && again.Usage.CacheRead < 1024 {
		err = fmt.Errorf("the second answer read nothing from a cache: %+v", again.Usage)
	}
	return err
}

// mayHideUsage holds for clients that are told the usage of a stream only if they
// ask for it.
func mayHideUsage(s Seat) bool { return s.Language == chatCompletions }

// untoldUsage does not ask for the usage of a stream. It is not told then, and
// on a gateway's record all the same.
func untoldUsage(t *Trial) error {
	q := t.question("hello")
	q.Untold = true
	if !t.Stream {
		_, err := t.hear(q)
		return err
	}
	t.Bill.Clear()
	a, err := t.ask(q)
	rows := t.billed()
	switch {
	case err != nil:
		return err
	case a.Stop != StopEnd || a.Usage != core.Usage{} || len(rows) != 1:
		return fmt.Errorf("answer %+v, bill %+v", a, rows)
	case t.Records == nil:
		return nil
	}
	return t.recorded(rows[0].Usage)
}
