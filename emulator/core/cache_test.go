package core

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// repeated is a text of exactly n tokens.
func repeated(word string, n int) string {
	text := strings.TrimSpace(strings.Repeat(word+" ", n))
	if CountTokens(text) != n {
		panic("test text has another length")
	}
	return text
}

func reading(segments ...Segment) *Reading {
	return New(Config{}).Read(Prompt{Segments: segments})
}

func TestAutomaticCache(t *testing.T) {
	rule := CacheRule{Mode: CacheAutomatic, Minimum: 1024, Step: 128, Life: 10 * time.Minute}
	system := repeated("river", 1500)
	tests := []struct {
		name          string
		first, second *Reading
		want          int
	}{
		{"same prompt", reading(Segment{Text: system}), reading(Segment{Text: system}), 1024 + 3*128},
		{"longer prompt", reading(Segment{Text: system}), reading(Segment{Text: system}, Segment{Text: "more"}), 1024 + 3*128},
		{"too short", reading(Segment{Text: "hello"}), reading(Segment{Text: "hello"}), 0},
		{"other beginning", reading(Segment{Text: "a " + system}), reading(Segment{Text: system}), 0},
		{"other picture", reading(Segment{Salt: "x", Text: system}), reading(Segment{Salt: "y", Text: system}), 0},
		{"shared prefix", reading(Segment{Text: repeated("river", 1200)}, Segment{Text: repeated("stone", 500)}), reading(Segment{Text: system}), 1024 + 128},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := NewCache()
			if got := c.Look("s", tt.first, rule); got != (Hit{}) {
				t.Errorf("first look hit %+v", got)
			}
			if got := c.Look("s", tt.second, rule); got != (Hit{Read: tt.want}) {
				t.Errorf("second look hit %+v, want %d read", got, tt.want)
			}
			if got := c.Look("other", tt.second, rule); got.Read != 0 {
				t.Errorf("another scope read %d", got.Read)
			}
		})
	}
}

func TestMarkedCache(t *testing.T) {
	rule := CacheRule{Mode: CacheMarked, Minimum: 1024}
	five, hour := 5*time.Minute, time.Hour
	system := Segment{Text: repeated("river", 1100)}
	turn := Segment{Text: repeated("stone", 200)}
	marked := func(s Segment, life time.Duration) Segment { s.Mark = life; return s }
	c := NewCache()
	steps := []struct {
		name string
		r    *Reading
		want Hit
	}{
		{"nothing marked", reading(system, turn), Hit{}},
		{"first write", reading(marked(system, hour), turn), Hit{Write1h: 1100}},
		{"read", reading(marked(system, hour), turn), Hit{Read: 1100}},
		{"read and write on", reading(marked(system, hour), marked(turn, five)), Hit{Read: 1100, Write5m: 200}},
		{"read all", reading(marked(system, hour), marked(turn, five)), Hit{Read: 1300}},
		{"a later mark finds an earlier boundary", reading(system, turn, marked(turn, five)), Hit{Read: 1300, Write5m: 200}},
		{"too short", reading(marked(Segment{Text: "hello"}, five)), Hit{}},
	}
	for _, s := range steps {
		if got := c.Look("s", s.r, rule); got != s.want {
			t.Errorf("%s: %+v, want %+v", s.name, got, s.want)
		}
	}
}

func TestImplicitMark(t *testing.T) {
	rule := CacheRule{Mode: CacheMarked, Minimum: 1024, Implicit: 30 * time.Minute}
	c := NewCache()
	r := reading(Segment{Text: repeated("river", 1100)}, Segment{Text: "hello"})
	if got := c.Look("s", r, rule); got != (Hit{Write30m: r.Tokens}) {
		t.Errorf("first %+v", got)
	}
	if got := c.Look("s", r, rule); got != (Hit{Read: r.Tokens}) {
		t.Errorf("second %+v", got)
	}
}

func TestCacheForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rule := CacheRule{Mode: CacheMarked, Minimum: 10}
		r := reading(Segment{Text: repeated("river", 50), Mark: 5 * time.Minute})
		c := NewCache()
		c.Look("s", r, rule)
		time.Sleep(4 * time.Minute)
		if got := c.Look("s", r, rule); got.Read != 50 {
			t.Errorf("after 4 minutes %+v", got)
		}
		time.Sleep(4 * time.Minute) // the read has renewed it
		if got := c.Look("s", r, rule); got.Read != 50 {
			t.Errorf("4 minutes after its last use %+v", got)
		}
		time.Sleep(5 * time.Minute)
		if got := c.Look("s", r, rule); got.Read != 0 || got.Write5m != 50 {
			t.Errorf("5 minutes after its last use %+v", got)
		}
		time.Sleep(time.Hour)
		c.Look("s", reading(), rule)
		if len(c.entries) != 0 {
			t.Errorf("%d entries are kept after their end", len(c.entries))
		}
	})
}
