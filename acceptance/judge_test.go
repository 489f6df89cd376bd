package acceptance

import (
	"errors"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

func TestVerdict(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		outcome error
		known   bool
		fails   bool
	}{{nil, false, false}, {broken, false, true}, {broken, true, false}, {nil, true, true}} {
		if got := verdict(tt.outcome, tt.known); (got != nil) != tt.fails {
			t.Errorf("outcome %v, known %v: %v", tt.outcome, tt.known, got)
		}
	}
}

func TestGapCoversOneCase(t *testing.T) {
	s := Seat{Kind{Name: "a"}, Target{Name: "b"}}
	g := Gap{Client: "a", Target: "b", Mode: "streamed", Case: "c"}
	if !g.covers(s, "c", true) || g.covers(s, "c", false) || g.covers(s, "d", true) {
		t.Error("the gap covers another case or mode")
	}
	g.Mode, g.Client = "", "x"
	if g.covers(s, "c", true) {
		t.Error("the gap covers another client")
	}
}

// TestSettle makes sure that no usage passes but the billed one.
func TestSettle(t *testing.T) {
	told := core.Usage{Input: 10, CacheRead: 4, Output: 5}
	for _, tt := range []struct {
		name string
		rows []core.Row
		fits bool
	}{
		{"the same", []core.Row{{Place: "p", Usage: told}}, true},
		{"reasoning untold", []core.Row{{Place: "p", Usage: core.Usage{Input: 10, CacheRead: 4, Output: 5, Reasoning: 2}}}, true},
		{"one token more", []core.Row{{Place: "p", Usage: core.Usage{Input: 10, CacheRead: 4, Output: 6}}}, false},
		{"asked twice", []core.Row{{Place: "p", Usage: told}, {Place: "p", Usage: told}}, false},
		{"another place", []core.Row{{Place: "q", Usage: told}}, false},
		{"broken off", []core.Row{{Place: "p", Usage: told, Cut: true}}, false},
		{"nothing", nil, false},
	} {
		bill := &core.Bill{}
		for _, r := range tt.rows {
			bill.Add(r)
		}
		trial := &Trial{Seat: Seat{Target: Target{Place: "p", Bill: bill}}}
		if err := trial.settle(told); (err == nil) != tt.fits {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
