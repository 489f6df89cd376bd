package acceptance

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"slices"
	"strings"
)

// saysNoTool holds for protocols that can forbid tools; Converse cannot.
func saysNoTool(s Seat) bool { return s.Language != converseAPI }

// noToolAtAll offers tools and forbids them.
func noToolAtAll(t *Trial) error {
	q := t.question(`Call get_weather("Bern").`)
	q.Tools, q.Choice = cityTools(), noTool
	a, err := t.hear(q)
	if err == nil && (len(a.Calls) > 0 || a.Stop != StopEnd || a.Text == "") {
		err = fmt.Errorf("answer %+v", a)
	}
	return err
}

// called asks for one call and returns the question with the model's answer.
func (t *Trial) called() (Question, Call, error) {
	q := t.question(`Please call get_weather("Bern").`)
	q.Tools = cityTools()
	a, err := t.hear(q)
	if err == nil && len(a.Calls) != 1 {
		err = fmt.Errorf("want one call: %+v", a)
	}
	if err != nil {
		return q, Call{}, err
	}
	q.Turns = append(q.Turns, Turn{Assistant: true, Thoughts: a.Thoughts, Text: a.Text, Calls: a.Calls})
	return q, a.Calls[0], nil
}

// failedResult says that a call failed; whether as a word of the protocol or in the
// text, the model must learn it.
func failedResult(t *Trial) error {
	q, call, err := t.called()
	if err != nil {
		return err
	}
	q.Turns = append(q.Turns, Turn{Results: []Result{{ID: call.ID, Text: "no such city", Failed: true}}})
	a, err := t.hear(q)
	if err == nil && !strings.Contains(a.Text, "no such city") {
		err = fmt.Errorf("answer %+v", a)
	}
	return err
}

func hasPicturesInResults(s Seat) bool { return s.Language != chatCompletions }

// pictureInResult returns a picture beside the text of a result: it must reach the
// model, wherever the protocol of its cloud has room for it.
func pictureInResult(t *Trial) error {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 24, 16))); err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	q, call, err := t.called()
	if err != nil {
		return err
	}
	q.Turns = append(q.Turns, Turn{Results: []Result{{ID: call.ID, Text: "a map", PNG: b.Bytes()}}})
	without := q
	without.Turns = slices.Clone(q.Turns)
	without.Turns[len(q.Turns)-1] = Turn{Results: []Result{{ID: call.ID, Text: "a map"}}}
	a, err := t.hear(q)
	if err != nil {
		return err
	}
	plain, err := t.hear(without)
	if err == nil && (!strings.Contains(a.Text, "a map") && !strings.Contains(a.Text, "image/png") || a.Usage.Input <= plain.Usage.Input) {
		err = fmt.Errorf("with the picture %+v, without %+v", a, plain)
	}
	return err
}

// pdfDocument sends a PDF, which the emulated models count and do not describe.
func pdfDocument(t *Trial) error {
	q := t.question("Sum it up.")
	plain, err := t.hear(q)
	if err != nil {
		return err
	}
	q.Turns[0].PDF = []byte("%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n" + strings.Repeat("% padding\n", 50) + "trailer<</Root 1 0 R>>\n%%EOF\n")
	a, err := t.hear(q)
	if err == nil && (a.Usage.Input < plain.Usage.Input+50 || a.Stop != StopEnd) {
		err = fmt.Errorf("with the document %+v, without %+v", a, plain)
	}
	return err
}

func hasSystemTurns(s Seat) bool { return s.Language == chatCompletions || s.Language == responsesAPI }

// systemAmid gives an instruction in the middle of a conversation.
func systemAmid(t *Trial) error {
	q := t.question("")
	q.System = "You are terse."
	q.Turns = []Turn{
		{Text: "Hello."},
		{Assistant: true, Text: "Good day."},
		{Text: "From now on speak French."},
		{System: true, Text: "French is allowed."},
		{Assistant: true, Text: "Bonjour."},
		{Text: "Merci."},
	}
	a, err := t.hear(q)
	if err == nil && (a.Stop != StopEnd || !strings.HasSuffix(a.Text, "Merci.")) {
		err = fmt.Errorf("answer %+v", a)
	}
	return err
}

// labels says what changes no answer; every cloud must take what becomes of it.
func labels(t *Trial) error {
	q := t.question(greeting)
	q.Labels = true
	a, err := t.hear(q)
	if err == nil && a.Stop != StopEnd {
		err = fmt.Errorf("answer %+v", a)
	}
	return err
}
