package catalog

import (
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline"
)

func date(t *testing.T, text string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What is built in can be read, and its ids and names agree with each other.
func TestBuiltInOffers(t *testing.T) {
	all, err := offers()
	if err != nil || len(all) < 80 {
		t.Fatalf("%d offers: %v", len(all), err)
	}
	for _, o := range all {
		if len(o.Prices) == 0 || o.Prices[0].Announced {
			t.Errorf("%s at %s has no price", o.Model, o.Place)
		}
		for _, p := range o.Prices {
			if p.Output < p.Input && o.Place != "openai" || p.CacheRead > p.Input {
				t.Errorf("%s at %s costs %+v", o.Model, o.Place, p.Rates)
			}
		}
	}
}

// A profile within a geography costs a tenth more, as Bedrock's price list says.
func TestScopes(t *testing.T) {
	var ids []string
	for _, o := range Of("claude-opus-5-5", date(t, "2026-11-25")) {
		p, ok := o.PriceAt(date(t, "2026-11-25"))
		if o.Place != "bedrock" {
			continue
		}
		want := int64(4e6)
		if o.Scope != "global" {
			want = 4.4e6
		}
		if !ok || p.Input != want {
			t.Errorf("%s costs %+v", o.ID, p)
		}
		ids = append(ids, o.ID)
	}
	if got := strings.Join(ids, " "); !strings.Contains(got, "global.anthropic.claude-opus-5-5") || !strings.Contains(got, "us.anthropic.claude-opus-5-5") {
		t.Errorf("the ids are %s", got)
	}
}

// Prices have dates: nothing is billed by a row before its day, or by one that was
// only announced.
func TestPricesHaveDates(t *testing.T) {
	o := Of("gemini-3.8-flash", date(t, "2026-11-25"))[0]
	for day, want := range map[string]int64{"2026-01-01": 0, "2026-09-23": 750_000, "2026-12-31": 750_000, "2027-02-01": 750_000} {
		p, ok := o.PriceAt(date(t, day))
		if ok != (want > 0) || ok && p.Input != want {
			t.Errorf("on %s: %+v", day, p)
		}
	}
	if next, ok := o.Next(date(t, "2026-11-25")); !ok || !next.Announced || next.Input != 1_500_000 || next.From != date(t, "2027-01-01") {
		t.Errorf("next: %+v", next)
	}
}

const good = `place: p
seller: s
offers:
  - model: maker/m
    id: m-1
    scope: [{name: global, runs_in: [any]}, {name: us, prefix: "us.", runs_in: [us], price: x1.10}]
    window: 1000
    price:
      - {input: 2.00, cache_read: 0.2, cache_write_30m: 2.5, output: 10, above: {input: 272_000, input_price: x2, output_price: x1.5},
         from: 2026-09-22, source: a page, checked: 2026-11-20, confidence: stated}
`

func TestReadOffers(t *testing.T) {
	all, err := ReadOffers([]byte(good))
	if err != nil || len(all) != 2 || all[1].ID != "us.m-1" || all[1].RunsIn[0] != "us" {
		t.Fatalf("%+v, %v", all, err)
	}
	want := Rates{Input: 2_200_000, CacheRead: 220_000, CacheWrite: 2_200_000, CacheWriteLong: 2_750_000, Output: 11_000_000}
	p := all[1].Prices[0]
	if p.Rates != want || p.Confidence != Stated || len(p.Steps) != 1 || p.Steps[0].Above != 272_000 || p.Steps[0].Output != 16_500_000 || p.Steps[0].CacheRead != 440_000 {
		t.Errorf("%+v", p)
	}
}

// Each mistake is an error that says where and what.
func TestReadOffersRefuses(t *testing.T) {
	for _, tt := range []struct{ old, new, says string }{
		{"source: a page, ", "", "source"},
		{"from: 2026-09-22, ", "", "from"},
		{"from: 2026-09-22", "from: soon", "soon"},
		{"checked: 2026-11-20, ", "", "checked"},
		{"confidence: stated", "confidence: sure", "sure"},
		{"confidence: stated", "status: maybe, confidence: stated", "maybe"},
		{"input: 2.00", "input: two", "two"},
		{"input: 2.00", "input: -2", "-2"},
		{"input: 2.00", "input: 0.0000001", "digits"},
		{"price: x1.10", "price: 1.10", "factor"},
		{"price: x1.10", "price: x0", "factor"},
		{"model: maker/m", "model: m", "maker/name"},
		{"id: m-1", "id: ''", "id"},
		{`{name: us, prefix: "us."`, `{name: global, prefix: ""`, "twice"},
		{"runs_in: [any]", "runs_in: []", "runs_in"},
		{"window: 1000", "windw: 1000", "windw"},
		{"place: p\n", "", "place"},
		{"input: 272_000, ", "", "above"},
		{"cache_write_30m: 2.5", "cache_write_30m: 2.5, cache_write_1h: 2", "long cache"},
		{"    price:\n", "    price:\n      - {input: 1, output: 2, from: 2027-01-01, source: a, checked: 2026-11-20, confidence: stated}\n", "order"},
	} {
		text := strings.Replace(good, tt.old, tt.new, 1)
		if text == good {
			t.Fatalf("%q is not in the document", tt.old)
		}
		_, err := ReadOffers([]byte(text))
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("with %q: %v", tt.new, err)
		}
	}
}

func FuzzReadOffers(f *testing.F) {
	f.Add([]byte(good))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := ReadOffers(data)
		if err != nil {
			return
		}
		for _, o := range all {
			for _, p := range o.Prices {
				if p.Input < 0 || p.Output < 0 || p.Source == "" {
					t.Fatalf("%+v", p)
				}
			}
		}
	})
}

// A deployment is billed by the offer of its place, id and scope.
func TestSold(t *testing.T) {
	day := date(t, "2026-11-25")
	for _, tt := range []struct {
		place, id, scope string
		want             int64 // of a million fresh tokens, in nano-dollars
	}{
		{"bedrock", "us.anthropic.claude-opus-5-5", "", 4.4 * dollars},
		{"bedrock", "global.anthropic.claude-opus-5-5", "", 4 * dollars},
		{"vertex", "claude-opus-5-5", "global", 4 * dollars},
		{"vertex", "claude-opus-5-5", "eu", 4.4 * dollars},
		{"openai", "gpt-4.1", "", 2 * dollars},
	} {
		o := Sold(tt.place, tt.id, tt.scope)
		if o == nil {
			t.Fatalf("%s does not sell %s", tt.place, tt.id)
		}
		if got, known := o.Cost(interline.Usage{Input: 1e6}, day); !known || got != tt.want {
			t.Errorf("%s at %s %s costs %d", tt.id, tt.place, tt.scope, got)
		}
	}
	if o := Sold("openai", "nobody", ""); o != nil {
		t.Errorf("%+v", o)
	}
	if _, known := Sold("openai", "gpt-4.1", "").Cost(interline.Usage{Input: 1}, date(t, "2020-01-01")); known {
		t.Error("a price is known of before there was one")
	}
}
