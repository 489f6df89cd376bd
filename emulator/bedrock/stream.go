package bedrock

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/bedrock/eventstream"
	"github.com/interline-ai/interline/emulator/core"
)

// wire frames the events of one answer.
type wire struct {
	s   *core.Stream
	pad *rand.Rand
}

func (k *call) wire(s *core.Stream) *wire {
	h := fnv.New64a()
	h.Write([]byte(k.ID))
	return &wire{s, rand.New(rand.NewPCG(h.Sum64(), 1))}
}

// event sends one event. Its payload carries a key p whose length hides its
// own: a beginning of the alphabet, as recorded.
func (w *wire) event(name string, payload map[string]any) error {
	const signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	payload["p"] = signs[:1+w.pad.IntN(len(signs))]
	data, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("encode event %s: %w", name, err)
	}
	frame, err := eventstream.Append(nil, eventstream.Event(name, data))
	if err != nil {
		return err
	}
	if w.s.Corrupting() {
		eventstream.Corrupt(frame)
	}
	return w.s.Send(frame)
}

// exception ends a stream with a modelled error. The caller may be gone; the
// answer is billed either way.
func (w *wire) exception(name string, payload map[string]any) {
	data, _ := json.Marshal(payload) // plain values always encode
	if frame, err := eventstream.Append(nil, eventstream.Exception(name, data)); err == nil {
		_ = w.s.Last(frame)
	}
}

// teller streams one answer of Converse.
type teller struct {
	*core.Stream
	j     *job
	wire  *wire
	index int // of the content block being told
}

func (t *teller) tell(book func()) error {
	if err := t.wire.event("messageStart", map[string]any{"role": "assistant"}); err != nil {
		return err
	}
	a := t.j.reply.Answers[0]
	for step := range a.Steps() {
		if err := t.step(a.Parts[step.Part], step); err != nil {
			return err
		}
	}
	stop := map[string]any{"stopReason": t.j.stop}
	if fields := t.j.fields(); fields != nil {
		stop["additionalModelResponseFields"] = fields
	}
	if err := t.wire.event("messageStop", stop); err != nil {
		return err
	}
	end := map[string]any{"usage": t.j.usage(), "metrics": t.j.metrics()}
	if tier := t.j.tier(); tier != nil {
		end["serviceTier"] = tier
	}
	if config := t.j.performance(); config != nil {
		end["performanceConfig"] = config
	}
	book()
	return t.wire.event("metadata", end)
}

// step tells one piece. Text and reasoning have no start event; a part that was
// cut to nothing or is not shown is not told at all.
func (t *teller) step(p core.Part, s core.Step) error {
	if err := t.Pace(s, p.Kind); err != nil {
		return err
	}
	hidden := p.Kind == core.PartReasoning && !t.j.model.ShowsReasoning
	if hidden || (p.Kind == core.PartText && s.Piece == "") {
		return nil
	}
	if s.First {
		if err := t.begin(p); err != nil {
			return err
		}
	}
	if d := t.piece(p.Kind, s.Piece); d != nil {
		if err := t.delta(d); err != nil {
			return err
		}
	}
	if !s.Last {
		return nil
	}
	if c := t.j.citation(p); c != nil {
		if err := t.delta(map[string]any{"citation": c}); err != nil {
			return err
		}
	}
	if d := t.closing(p); d != nil {
		if err := t.delta(d); err != nil {
			return err
		}
	}
	return t.wire.event("contentBlockStop", map[string]any{"contentBlockIndex": t.index})
}

func (t *teller) begin(p core.Part) error {
	t.index++
	if p.Kind != core.PartCall {
		return nil
	}
	return t.wire.event("contentBlockStart", map[string]any{
		"contentBlockIndex": t.index,
		"start":             map[string]any{"toolUse": map[string]any{"toolUseId": useIDOf(p), "name": p.Name}},
	})
}

// piece is the delta that carries a piece, or nil where it is not shown.
func (t *teller) piece(kind core.PartKind, piece string) map[string]any {
	switch {
	case piece == "":
		return nil
	case kind == core.PartCall:
		return map[string]any{"toolUse": map[string]any{"input": piece}}
	case kind == core.PartText:
		return map[string]any{"text": piece}
	case t.j.redacts() || t.j.wish.mode.Hidden:
		return nil
	}
	return reasoningDelta("text", piece)
}

// closing is the last delta of a block of reasoning: Claude's seal.
func (t *teller) closing(p core.Part) map[string]any {
	switch {
	case p.Kind != core.PartReasoning || t.j.model.Family != claudeFamily:
		return nil
	case t.j.redacts():
		return reasoningDelta("redactedContent", []byte(claude.Redact(p.Text())))
	}
	return reasoningDelta("signature", claude.Sign(t.j.shown(p.Text()), p.Text()))
}

func reasoningDelta(member string, value any) map[string]any {
	return map[string]any{"reasoningContent": map[string]any{member: value}}
}

func (t *teller) delta(d map[string]any) error {
	return t.wire.event("contentBlockDelta", map[string]any{"contentBlockIndex": t.index, "delta": d})
}
