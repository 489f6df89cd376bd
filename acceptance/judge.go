package acceptance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// A Seat puts a kind of client before a target.
type Seat struct {
	Kind
	Target
}

// Judge runs every case in every seat, unary and streamed, one after the other.
// A failure is an error of the test unless a gap says that it is known; a gap
// that does not fail, or that no trial met, is an error as well.
//
// Trials share the emulated clouds and their bill, so nothing else may use them
// meanwhile.
func Judge(t *testing.T, gaps []Gap, seats ...Seat) {
	t.Helper()
	met := make(map[int]bool)
	run, planned := 0, 0
	for _, s := range seats {
		cases := slices.DeleteFunc(Cases(), func(c Case) bool { return !c.concerns(s) })
		planned += 2 * len(cases)
		t.Run(s.Target.Name+"/"+s.Kind.Name, func(t *testing.T) {
			for _, c := range cases {
				for _, stream := range []bool{false, true} {
					t.Run(c.Name+"/"+mode(stream), func(t *testing.T) {
						run++
						s.try(t, c, stream, gaps, met)
					})
				}
			}
		})
	}
	if t.Failed() || run != planned {
		return // a part was left out, so gaps may not have been met
	}
	for i, g := range gaps {
		if !met[i] && concerns(g, seats) {
			t.Errorf("no trial met the gap %+v: take it off the list", g)
		}
	}
}

func mode(stream bool) string {
	if stream {
		return "streamed"
	}
	return "unary"
}

func concerns(g Gap, seats []Seat) bool {
	for _, s := range seats {
		if s.Target.Name == g.Target {
			return true
		}
	}
	return false
}

// try runs one trial and holds its outcome against the gaps.
func (s Seat) try(t *testing.T, c Case, stream bool, gaps []Gap, met map[int]bool) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	defer s.Drills.Clear()
	s.Drills.Clear()
	if s.Reset != nil {
		s.Reset()
	}
	err := c.Run(&Trial{Seat: s, Stream: stream, ctx: ctx})
	known := -1
	for i, g := range gaps {
		if g.covers(s, c.Name, stream) {
			known = i
			met[i] = true
			t.Logf("known gap, %s: %v", g.Reason, err)
		}
	}
	if err := verdict(err, known >= 0); err != nil {
		t.Error(err)
	}
}

// verdict turns the outcome of a trial into what the test has to say.
func verdict(outcome error, known bool) error {
	switch {
	case known && outcome == nil:
		return errors.New("a known gap works now: take it off the list")
	case known:
		return nil
	}
	return outcome
}

// A Trial is one run of one case.
type Trial struct {
	Seat
	Stream bool

	ctx    context.Context
	wire   Wire // of the last request
	schema bool // the last question wants an answer by a schema
}

// question has what every question of the trial has in common.
func (t *Trial) question(text string) Question {
	return Question{
		Model: t.Door.Model, Effort: t.Door.Effort, Thinks: t.Door.Thinks, Max: 2000, Stream: t.Stream,
		Turns: []Turn{{Text: text}},
	}
}

// ask asks with a client of its own, whatever comes of it.
func (t *Trial) ask(q Question) (Answer, error) {
	d := t.Door
	d.Wire, t.schema = &t.wire, q.Schema != nil
	client, err := t.Open(t.ctx, d)
	if err != nil {
		return Answer{}, fmt.Errorf("open client: %w", err)
	}
	return client.Ask(t.ctx, q)
}

// hear asks and insists on a complete answer whose usage is that of the bill.
func (t *Trial) hear(q Question) (Answer, error) {
	t.Bill.Clear()
	a, err := t.ask(q)
	switch {
	case err != nil:
		return a, fmt.Errorf("ask: %w", err)
	case a.Stop == "":
		return a, fmt.Errorf("the answer has no reason why it ended: %+v", a)
	case q.Stream && a.Pieces == 0 && a.Stop != StopFiltered && a.Stop != StopLength:
		return a, errors.New("the stream brought no piece of the answer")
	}
	return a, t.settle(a.Usage)
}

// settle holds a usage against the bill. What a protocol does not tell of a
// usage is not held against it: writes to caches, and reasoning.
func (t *Trial) settle(u core.Usage) error {
	rows := t.billed()
	if len(rows) != 1 {
		return fmt.Errorf("%d requests on the bill, want one: %+v", len(rows), rows)
	}
	row := rows[0]
	want := row.Usage
	if row.Place != t.Place {
		return fmt.Errorf("bill %+v, want a whole answer by %s", row, t.Place)
	}
	if !agree(u, want) {
		return fmt.Errorf("usage told %+v, on the bill %+v", u, want)
	}
	if t.Records == nil {
		return nil
	}
	return t.recorded(want)
}

// billed are the whole answers on the bill. One that was cut may be written late,
// by a cloud that notices late that nobody hears it any more.
func (t *Trial) billed() []core.Row {
	return slices.DeleteFunc(t.Bill.Rows(""), func(r core.Row) bool { return r.Cut })
}

// agree compares a usage that was told with the one on the bill.
func agree(told, bill core.Usage) bool {
	return told.Input == bill.Input && told.Output == bill.Output && told.CacheRead == bill.CacheRead &&
		(told.CacheWrite() == 0 || told.CacheWrite() == bill.CacheWrite()) && (told.Reasoning == 0 || told.Reasoning == bill.Reasoning)
}

// recorded holds the gateway's record of the last request against the bill, and
// against what a gateway must do: ask once, and forward what needs no
// translation.
func (t *Trial) recorded(bill core.Usage) error {
	r, err := t.Records.Find(t.ctx, t.wire.ID)
	switch {
	case err != nil:
		return err
	case r.Usage == nil || !agree(r.Usage.usage(), bill):
		return fmt.Errorf("usage on the record %+v, on the bill %+v", r.Usage, bill)
	case len(r.Attempts) != 1:
		return fmt.Errorf("attempts on the record: %+v", r.Attempts)
	}
	want := "translate"
	if slices.Contains(t.Speaks, t.Language) {
		want = "forward"
	}
	// A place of the client's own language that knows no schema is asked another way.
	if a := r.Attempts[0]; a.Grade != want && !t.schema {
		return fmt.Errorf("grade %s in %s, want %s", a.Grade, a.Language, want)
	}
	return nil
}

// drill orders a fault that lasts until the trial ends, so that no retry on the
// way can hide it.
func (t *Trial) drill(d core.Drill) error {
	d.Target = t.Place
	if _, err := t.Drills.Add(d); err != nil {
		return fmt.Errorf("order drill: %w", err)
	}
	return nil
}
