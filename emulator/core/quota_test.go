package core

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQuota(map[string]Limits{"p": {Requests: 2, Tokens: 600}})
		pool := Pool{Place: "p", Credential: "c", Model: "m"}
		if g := q.Admit(pool, 100); !g.OK || g.RemainingRequests != 1 || g.RemainingTokens != 500 || g.ResetTokens != 10*time.Second || g.ResetRequests != 30*time.Second {
			t.Errorf("first %+v", g)
		}
		if g := q.Admit(pool, 550); g.OK || !g.ByTokens || g.RetryAfter != 5*time.Second || g.RemainingTokens != 500 {
			t.Errorf("too many tokens %+v", g)
		}
		if g := q.Admit(pool, 500); !g.OK {
			t.Errorf("second %+v", g)
		}
		if g := q.Admit(pool, 0); g.OK || g.ByTokens || g.RetryAfter != 30*time.Second {
			t.Errorf("too many requests %+v", g)
		}
		if g := q.Admit(Pool{Place: "p", Credential: "d", Model: "m"}, 600); !g.OK {
			t.Errorf("another credential %+v", g)
		}
		time.Sleep(30 * time.Second)
		if g := q.Admit(pool, 300); !g.OK || g.RemainingTokens != 0 {
			t.Errorf("half a minute later %+v", g)
		}
		q.Return(pool, 1_000_000)
		if g := q.Admit(pool, 0); g.RemainingTokens != 600 {
			t.Errorf("after returning more than the limit %+v", g)
		}
	})
}

func TestQuotaSettles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQuota(map[string]Limits{"p": {Requests: 10, Tokens: 600}})
		pool := Pool{Place: "p", Credential: "c", Model: "m"}
		q.Admit(pool, 500)
		q.Settle(pool, 500, 100)
		if g := q.Admit(pool, 0); g.RemainingTokens != 500 {
			t.Errorf("after less than estimated %+v", g)
		}
		q.Settle(pool, 0, 800)
		if g := q.Admit(pool, 1); g.OK || g.RemainingTokens != 0 || g.RetryAfter.Round(time.Millisecond) != 30100*time.Millisecond {
			t.Errorf("after more than estimated %+v", g)
		}
	})
}

func TestQuotaDefaults(t *testing.T) {
	g := NewQuota(nil).Admit(Pool{Place: "p"}, 1)
	if g.LimitRequests != DefaultLimits.Requests || g.LimitTokens != DefaultLimits.Tokens {
		t.Errorf("limits %+v", g)
	}
}

func TestPace(t *testing.T) {
	tests := []struct {
		name     string
		speed    float64
		fault    Fault
		min, max time.Duration
	}{
		{"as fast as possible", 0, Fault{}, 0, 0},
		{"realistic", 1, Fault{}, time.Second, 3 * time.Second},
		{"ten times", 10, Fault{}, 100 * time.Millisecond, 300 * time.Millisecond},
		{"slow drill at any speed", 0, Fault{Kind: Slow, Delay: 2 * time.Second}, 12 * time.Second, 12 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBeat(DefaultPace, tt.speed, tt.fault, 3)
				began := time.Now()
				if err := b.First(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := b.Tokens(t.Context(), 100); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took < tt.min || took > tt.max {
					t.Errorf("100 tokens took %v, want %v to %v", took, tt.min, tt.max)
				}
			})
		})
	}
}

func TestPaceEndsWithTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		b := newBeat(DefaultPace, 0, Fault{Kind: Slow, Delay: time.Hour}, 3)
		if err := b.First(ctx); err == nil {
			t.Error("the wait outlived its caller")
		}
	})
}

func TestBill(t *testing.T) {
	var b Bill
	b.Add(Row{Place: "a", Usage: Usage{Input: 10, CacheRead: 3, CacheWrite5m: 2, Output: 5, Reasoning: 1}})
	b.Add(Row{Place: "b", Usage: Usage{Input: 1, Output: 1}, Cut: true})
	if got := b.Total(""); got != (Usage{Input: 11, CacheRead: 3, CacheWrite5m: 2, Output: 6, Reasoning: 1}) {
		t.Errorf("total %+v", got)
	}
	if got := b.Total("a"); got.Total() != 15 || got.Uncached() != 5 {
		t.Errorf("total of a %+v", got)
	}
	if rows := b.Rows("b"); len(rows) != 1 || !rows[0].Cut || rows[0].At.IsZero() {
		t.Errorf("rows of b %+v", rows)
	}
	b.Add(Row{RequestID: "r1"})
	b.MarkCut("r1")
	b.MarkCut("unknown")
	if rows := b.Rows(""); !rows[2].Cut || rows[0].Cut {
		t.Errorf("rows after marking %+v", rows)
	}
	b.Clear()
	if rows := b.Rows(""); rows == nil || len(rows) != 0 {
		t.Errorf("rows after clearing %v", rows)
	}
}
