package core

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func testDrills() *Drills {
	return NewDrills(map[string]string{"azure": "azure", "azure-west": "azure", "openai": "openai"})
}

func TestDrillsRefuse(t *testing.T) {
	tests := []struct {
		name  string
		order Drill
		says  string
	}{
		{"target", Drill{Target: "mars", Kind: Down}, "valid: azure, azure-west, openai"},
		{"kind", Drill{Target: "azure", Kind: "flood"}, "valid: down, hang"},
		{"no status", Drill{Target: "azure", Kind: StatusCode}, "400 to 599"},
		{"status of another kind", Drill{Target: "azure", Kind: Down, Status: 500}, "kind status"},
		{"slow without delay", Drill{Target: "azure", Kind: Slow}, "needs a delay"},
		{"negative", Drill{Target: "azure", Kind: Cut, After: -1}, "negative"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := testDrills().Add(tt.order)
			if !errors.Is(err, ErrDrill) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want one that says %q", err, tt.says)
			}
		})
	}
}

func TestDrillsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := testDrills()
		first, err := d.Add(Drill{Target: "azure-west", Kind: Cut, After: 5, Count: 2})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Add(Drill{Target: "azure", Kind: Throttle, For: Span(time.Minute), Delay: Span(7 * time.Second)}); err != nil {
			t.Fatal(err)
		}
		for i, want := range []Fault{
			{Kind: Cut, After: 5}, {Kind: Cut, After: 5}, {Kind: Throttle, Delay: 7 * time.Second},
		} {
			if got := d.For("azure"); got != want {
				t.Errorf("request %d: %+v, want %+v", i, got, want)
			}
		}
		if got := d.For("openai"); got != (Fault{}) {
			t.Errorf("another place: %+v", got)
		}
		if d.Remove(first.ID) {
			t.Error("a drill whose count is used up was still there")
		}
		if list := d.List(); len(list) != 1 || list[0].Hits != 1 {
			t.Errorf("list %+v", list)
		}
		time.Sleep(time.Minute)
		if got := d.For("azure"); got != (Fault{}) {
			t.Errorf("after its time: %+v", got)
		}
	})
}

func TestOnlyDownTakesConnections(t *testing.T) {
	d := testDrills()
	if _, err := d.Add(Drill{Target: "azure", Kind: Cut}); err != nil {
		t.Fatal(err)
	}
	if d.TakeDown("azure") {
		t.Error("a cut drill reset a connection")
	}
	if _, err := d.Add(Drill{Target: "azure", Kind: Down, Count: 1}); err != nil {
		t.Fatal(err)
	}
	if !d.TakeDown("azure") || d.TakeDown("azure") {
		t.Error("a drill of one hit did not reset one connection")
	}
	d.Clear()
	if got := d.For("azure"); got != (Fault{}) {
		t.Errorf("after clearing: %+v", got)
	}
}

func FuzzSpan(f *testing.F) {
	f.Add("30s")
	f.Add("-1h")
	f.Fuzz(func(t *testing.T, text string) {
		var s, again Span
		if s.UnmarshalText([]byte(text)) != nil {
			return
		}
		out, _ := s.MarshalText()
		if s < 0 || again.UnmarshalText(out) != nil || again != s {
			t.Errorf("%q read as %v, written as %s", text, time.Duration(s), out)
		}
	})
}
