package catalog

import (
	"testing"

	"github.com/interline-ai/interline"
)

// dollars is an amount of nano-dollars for people who read tests.
const dollars = 1_000_000_000

// The goldens of the design, to the nano-dollar.
func TestCost(t *testing.T) {
	opus := &Price{Rates: perMillion(4, 0.20, 5, 8, 20)}
	long := perMillion(4, 0.4, 5, 5, 15)
	sol := &Price{Rates: perMillion(2, 0.2, 2.5, 2.5, 10), Steps: []Step{{272_000, long}}}
	gpt := &Price{Rates: perMillion(5, 0.5, 5, 5, 30)}
	sound := &Price{Rates: Rates{Input: 1e6, CacheRead: 1e5, Output: 2e6, InputAudio: 10e6, OutputAudio: 20e6}}
	for _, tt := range []struct {
		name  string
		price *Price
		usage interline.Usage
		want  int64
	}{
		{"a warm turn", opus, interline.Usage{Input: 86_000, CacheRead: 84_000, CacheWrite5m: 2_000, Output: 500}, 0.0368 * dollars},
		{"the same where it is cold", opus, interline.Usage{Input: 86_000, CacheWrite5m: 86_000, Output: 500}, 0.44 * dollars},
		{"up to the step", sol, interline.Usage{Input: 272_000, Output: 1_000}, 0.554 * dollars},
		{"one more token", sol, interline.Usage{Input: 272_001, Output: 1_000}, 1.103004 * dollars},
		{"read from a cache", gpt, interline.Usage{Input: 12_035, CacheRead: 7_221, Output: 343}, 0.0379705 * dollars},
		{"nothing", gpt, interline.Usage{}, 0},
		{"less than a nano-dollar", &Price{Rates: Rates{Input: 1}}, interline.Usage{Input: 1}, 1},
		{"a million tokens of the dearest", &Price{Rates: perMillion(1000, 0, 0, 0, 1000)}, interline.Usage{Input: 1e6, Output: 1e6}, 2000 * dollars},
		{"sound", sound, interline.Usage{Input: 100, InputAudio: 40, Output: 50, OutputAudio: 30}, (60*1e6 + 40*10e6 + 20*2e6 + 30*20e6) / 1000},
		{"cached sound", sound, interline.Usage{Input: 100, CacheRead: 80, InputAudio: 40}, (20*10e6 + 80*1e5) / 1000},
	} {
		if got := tt.price.Cost(tt.usage); got != tt.want {
			t.Errorf("%s costs %d nano-dollars, want %d", tt.name, got, tt.want)
		}
	}
}

// perMillion are rates in dollars per million tokens.
func perMillion(input, read, write, long, output float64) Rates {
	pico := func(d float64) int64 { return int64(d*1e6 + 0.5) }
	return Rates{Input: pico(input), CacheRead: pico(read), CacheWrite: pico(write), CacheWriteLong: pico(long), Output: pico(output)}
}

func BenchmarkCost(b *testing.B) {
	p := &Price{Rates: perMillion(2, 0.2, 2.5, 2.5, 10), Steps: []Step{{272_000, perMillion(4, 0.4, 5, 5, 15)}}}
	u := interline.Usage{Input: 86_000, CacheRead: 84_000, CacheWrite5m: 2_000, Output: 500}
	b.ReportAllocs()
	for b.Loop() {
		p.Cost(u)
	}
}
