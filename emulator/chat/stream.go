package chat

import (
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"github.com/interline-ai/interline/emulator/core"
)

// chunk is one event of a stream. Usage is a pointer to a pointer: absent
// unless include_usage was asked for, then null until the last chunk.
type chunk struct {
	ID          string        `json:"id"`
	Object      string        `json:"object"`
	Created     int64         `json:"created"`
	Model       string        `json:"model"`
	Tier        string        `json:"service_tier,omitempty"`
	Fingerprint string        `json:"system_fingerprint,omitempty"`
	Choices     []chunkChoice `json:"choices"`
	Usage       **usage       `json:"usage,omitempty"`
	Filter      any           `json:"prompt_filter_results,omitempty"`
	Obfuscation string        `json:"obfuscation,omitempty"`
}

type chunkChoice struct {
	Index    int            `json:"index"`
	Delta    map[string]any `json:"delta"`
	Logprobs *logprobs      `json:"logprobs"`
	Finish   *string        `json:"finish_reason"`
	Filter   any            `json:"content_filter_results,omitempty"`
}

// chunks writes a reply as a stream.
type chunks struct {
	*outcome
	s   *core.Stream
	tab *core.Tab
	pad *rand.Rand // nil when chunks are not padded
}

// stream sends the answer event by event and books what was said, also when
// the stream breaks off.
func (o *outcome) stream() {
	w := &chunks{outcome: o, tab: o.c.Open(o.row(o.m, "chat", true, o.reply.Usage))}
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
	if o.d.Obfuscate && !o.q.NoObfuscated {
		w.pad = newPad(o.x.ID)
	}
	err = w.write()
	if errors.Is(err, core.ErrInStream) {
		_ = w.s.Last(core.SSE("", Failed().Body())) // and no [DONE]: the stream has failed
		return
	}
	done = err == nil
}

// bookCut books what was said of a stream that broke off.
func (w *chunks) bookCut() {
	var said, reasoned int
	if w.s != nil {
		said, reasoned = w.s.Said()
	}
	w.tab.Break(w.reply.Partial(said, reasoned))
}

// write sends every event up to [DONE].
func (w *chunks) write() error {
	if f := w.d.Filter; f != nil {
		// Azure's first frame has no choices, and nothing else of an envelope.
		if err := w.s.Event("", chunk{Choices: []chunkChoice{}, Filter: f.Prompt}); err != nil {
			return err
		}
	}
	if err := w.opening(); err != nil {
		return err
	}
	if err := w.saying(); err != nil {
		return err
	}
	if w.q.IncludeUsage {
		last := w.envelope()
		u := wireUsage(w.reply.Usage, w.m)
		last.Usage, last.Choices = &u, []chunkChoice{}
		if err := w.s.Event("", last); err != nil {
			return err
		}
	}
	// The row comes before [DONE], where clients stop reading.
	w.tab.Book()
	return w.s.Send(core.SSE("", []byte("[DONE]")))
}

// opening announces every choice with its role.
func (w *chunks) opening() error {
	for i, a := range w.reply.Answers {
		delta := map[string]any{"role": "assistant", "content": "", "refusal": nil}
		if len(a.Calls()) > 0 {
			delta["content"] = nil
		}
		if err := w.send(chunkChoice{Index: i, Delta: delta}); err != nil {
			return err
		}
	}
	return nil
}

// saying sends the answers piece by piece, turn about when there are several.
func (w *chunks) saying() error {
	var steps [][]core.Step
	for _, a := range w.reply.Answers {
		steps = append(steps, slices.Collect(a.Steps()))
	}
	for round, open := 0, len(steps); open > 0; round++ {
		for i, list := range steps {
			var err error
			switch {
			case round < len(list):
				err = w.step(i, list[round])
			case round == len(list):
				err = w.ending(i)
				open--
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// step sends one piece: words, reasoning where it is shown, or a fragment of a
// call's arguments after the call was announced.
func (w *chunks) step(i int, s core.Step) error {
	a := w.reply.Answers[i]
	p := a.Parts[s.Part]
	if err := w.s.Pace(s, p.Kind); err != nil {
		return err
	}
	switch p.Kind {
	case core.PartCall:
		return w.callStep(i, s)
	case core.PartReasoning:
		if w.m.ShowReasoning && s.Piece != "" {
			return w.send(chunkChoice{Index: i, Delta: map[string]any{"reasoning": s.Piece}})
		}
	case core.PartText:
		if s.Piece == "" {
			return nil
		}
		if w.q.Speak {
			return w.sound(i, s.Piece)
		}
		c := chunkChoice{Index: i, Delta: map[string]any{"content": s.Piece}}
		if w.q.Logprobs {
			c.Logprobs = &logprobs{Content: []logprob{w.logprob(s.Piece)}}
		}
		return w.send(c)
	}
	return nil
}

func (w *chunks) callStep(i int, s core.Step) error {
	parts := w.reply.Answers[i].Parts
	number := 0
	for _, p := range parts[:s.Part] {
		if p.Kind == core.PartCall {
			number++
		}
	}
	p := parts[s.Part]
	if s.First {
		c := toolCall{Index: &number, ID: callID(p), Type: "function", Function: toolFunction{Name: p.Name}}
		if err := w.send(chunkChoice{Index: i, Delta: map[string]any{"tool_calls": []toolCall{c}}}); err != nil {
			return err
		}
	}
	if s.Piece == "" {
		return nil
	}
	c := toolCall{Index: &number, Function: toolFunction{Arguments: s.Piece}}
	return w.send(chunkChoice{Index: i, Delta: map[string]any{"tool_calls": []toolCall{c}}})
}

func (w *chunks) ending(i int) error {
	reason := finish(w.reply.Answers[i].Stop)
	return w.send(chunkChoice{Index: i, Delta: map[string]any{}, Finish: &reason})
}

// send puts one choice into an envelope and sends it.
func (w *chunks) send(c chunkChoice) error {
	out := w.envelope()
	if f := w.d.Filter; f != nil {
		c.Filter = f.Answer
	}
	out.Choices = []chunkChoice{c}
	if w.q.IncludeUsage {
		out.Usage = new(*usage)
	}
	if w.pad != nil {
		out.Obfuscation = padding(w.pad)
	}
	return w.s.Event("", out)
}

func (w *chunks) envelope() chunk {
	return chunk{
		ID: w.id(), Object: "chat.completion.chunk", Created: w.created, Model: w.m.Snapshot,
		Tier: w.tier(), Fingerprint: fingerprint,
	}
}

// newPad is the source of a stream's padding.
func newPad(request string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(request))
	return rand.New(rand.NewPCG(h.Sum64(), 1))
}

func padding(pad *rand.Rand) string {
	const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	b := make([]byte, 1+pad.IntN(15))
	for i := range b {
		b[i] = signs[pad.IntN(len(signs))]
	}
	return string(b)
}
