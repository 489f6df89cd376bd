package chat

import (
	"encoding/json"
	"errors"
	"math/rand/v2"

	"github.com/interline-ai/interline/emulator/core"
)

// moment is one event of a stream of Responses. Which members an event has is
// in OpenAI's reference (openai-go v3.96.0, ResponseStreamEventUnion).
type moment struct {
	Type        string     `json:"type"`
	Sequence    int        `json:"sequence_number"`
	Response    *response  `json:"response,omitempty"`
	OutputIndex *int       `json:"output_index,omitempty"`
	ItemID      string     `json:"item_id,omitempty"`
	Content     *int       `json:"content_index,omitempty"`
	Summary     *int       `json:"summary_index,omitempty"`
	Item        any        `json:"item,omitempty"`
	Part        any        `json:"part,omitempty"`
	Delta       *string    `json:"delta,omitempty"`
	Text        *string    `json:"text,omitempty"`
	Arguments   *string    `json:"arguments,omitempty"`
	Input       *string    `json:"input,omitempty"`
	Name        string     `json:"name,omitempty"`
	Logprobs    *[]logprob `json:"logprobs,omitempty"`
	Obfuscation string     `json:"obfuscation,omitempty"`
}

// moments writes a reply as a stream.
type moments struct {
	*answered
	s        *core.Stream
	tab      *core.Tab
	pad      *rand.Rand // nil when deltas are not padded
	sequence int
}

// stream sends the response event by event and books what was said, also when
// the stream breaks off. A response that broke off is not stored.
func (o *answered) stream() {
	w := &moments{answered: o, tab: o.c.Open(o.row(o.m, "responses", true, o.reply.Usage))}
	done := false
	defer func() {
		if !done {
			w.bookCut()
		}
	}()
	var err error
	if w.s, err = o.x.Stream("text/event-stream; charset=utf-8"); err != nil {
		return
	}
	w.s.OnBreak = w.bookCut
	if o.d.Obfuscate && !o.a.NoObfuscated {
		w.pad = newPad(o.x.ID)
	}
	err = w.write()
	if errors.Is(err, core.ErrInStream) {
		w.fail()
		return
	}
	done = err == nil
}

// bookCut books what was said of a stream that broke off.
func (w *moments) bookCut() {
	var said, reasoned int
	if w.s != nil {
		said, reasoned = w.s.Said()
	}
	w.tab.Break(w.reply.Partial(said, reasoned))
}

// write sends every event. There is no [DONE].
func (w *moments) write() error {
	for _, kind := range []string{"response.created", "response.in_progress"} {
		if err := w.send(moment{Type: kind, Response: new(w.echo())}); err != nil {
			return err
		}
	}
	for step := range w.answer().Steps() {
		if err := w.step(step); err != nil {
			return err
		}
	}
	final := w.final()
	body, err := json.Marshal(final)
	if err != nil {
		return err
	}
	// Booked and stored before the last event, where clients stop reading.
	w.tab.Book()
	w.remember(body)
	return w.send(moment{Type: "response." + final.Status, Response: &final})
}

// step sends one piece with what opens and closes its item.
func (w *moments) step(s core.Step) error {
	p := w.answer().Parts[s.Part]
	if err := w.s.Pace(s, p.Kind); err != nil {
		return err
	}
	var all []moment
	switch p.Kind {
	case core.PartCall:
		all = w.calling(s, p)
	case core.PartReasoning:
		all = w.thinking(s, p)
	default:
		all = w.saying(s, p)
	}
	for _, m := range all {
		m.OutputIndex = &s.Part
		if m.Item == nil {
			m.ItemID = w.itemID(s.Part)
		}
		if err := w.send(m); err != nil {
			return err
		}
	}
	return nil
}

func (w *moments) saying(s core.Step, p core.Part) (all []moment) {
	if s.First {
		all = append(all, moment{Type: "response.output_item.added", Item: w.newMessage(s.Part)},
			moment{Type: "response.content_part.added", Content: new(0), Part: w.textPart(nil)})
	}
	if s.Piece != "" {
		all = append(all, moment{Type: "response.output_text.delta", Content: new(0), Delta: &s.Piece, Logprobs: new(w.probable(s.Piece))})
	}
	if s.Last {
		whole := w.textPart(p.Pieces)
		all = append(all, moment{Type: "response.output_text.done", Content: new(0), Text: &whole.Text, Logprobs: &whole.Logprobs},
			moment{Type: "response.content_part.done", Content: new(0), Part: whole},
			moment{Type: "response.output_item.done", Item: w.item(s.Part)})
	}
	return all
}

// callingFree says the text of a call in one piece, when it is there.
func (w *moments) callingFree(s core.Step, p core.Part) (all []moment) {
	if s.First {
		all = append(all, moment{Type: "response.output_item.added", Item: w.freeCall(s.Part, inProgress, "")})
	}
	if s.Last {
		text := freeText(p.Text())
		all = append(all, moment{Type: "response.custom_tool_call_input.delta", Delta: &text},
			moment{Type: "response.custom_tool_call_input.done", Input: &text},
			moment{Type: "response.output_item.done", Item: w.item(s.Part)})
	}
	return all
}

func (w *moments) calling(s core.Step, p core.Part) (all []moment) {
	if w.free(p) {
		return w.callingFree(s, p)
	}
	if s.First {
		all = append(all, moment{Type: "response.output_item.added", Item: w.newCall(s.Part)})
	}
	if s.Piece != "" {
		all = append(all, moment{Type: "response.function_call_arguments.delta", Delta: &s.Piece})
	}
	if s.Last {
		all = append(all, moment{Type: "response.function_call_arguments.done", Arguments: new(p.Text()), Name: p.Name},
			moment{Type: "response.output_item.done", Item: w.item(s.Part)})
	}
	return all
}

// thinking shows reasoning only as the summary that was asked for.
func (w *moments) thinking(s core.Step, p core.Part) (all []moment) {
	shown := w.a.summary != ""
	if s.First {
		all = append(all, moment{Type: "response.output_item.added", Item: w.newReasoning(s.Part)})
	}
	if s.First && shown {
		all = append(all, moment{Type: "response.reasoning_summary_part.added", Summary: new(0), Part: summaryText{Type: "summary_text"}})
	}
	if s.Piece != "" && shown {
		all = append(all, moment{Type: "response.reasoning_summary_text.delta", Summary: new(0), Delta: &s.Piece})
	}
	if s.Last && shown {
		all = append(all, moment{Type: "response.reasoning_summary_text.done", Summary: new(0), Text: new(p.Text())},
			moment{Type: "response.reasoning_summary_part.done", Summary: new(0), Part: summaryText{"summary_text", p.Text()}})
	}
	if s.Last {
		all = append(all, moment{Type: "response.output_item.done", Item: w.item(s.Part)})
	}
	return all
}

func (w *moments) send(m moment) error {
	m.Sequence = w.sequence
	w.sequence++
	if w.pad != nil && m.Delta != nil {
		m.Obfuscation = padding(w.pad)
	}
	return w.s.Event(m.Type, m)
}

// fail ends the stream as the cloud does when the model breaks: with an error,
// and with the response as failed.
func (w *moments) fail() {
	e := Failed()
	w.sequence--                            // the event that the error takes the place of was not sent
	body, _ := json.Marshal(map[string]any{ // strings and a number always encode
		"type": "error", "sequence_number": w.sequence, "code": e.Code, "message": e.Message, "param": nil,
	})
	if w.s.Last(core.SSE("error", body)) != nil {
		return
	}
	broken := w.echo()
	broken.Status, broken.Error = failed, &brokenBy{e.Code, e.Message}
	body, _ = json.Marshal(moment{Type: "response.failed", Sequence: w.sequence + 1, Response: &broken})
	_ = w.s.Last(core.SSE("response.failed", body)) // the caller may be gone
}
