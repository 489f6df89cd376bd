package core

import (
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

func TestCountTokens(t *testing.T) {
	// Counts are those of OpenAI's own tokenizer for o200k_base.
	for text, want := range map[string]int{"": 0, "hello world": 2, "What is the capital of France?": 7} {
		if got := CountTokens(text); got != want {
			t.Errorf("%q counts %d, want %d", text, got, want)
		}
		if got := len(Encode(text)); got != want {
			t.Errorf("%q encodes to %d tokens, want %d", text, got, want)
		}
	}
}

func TestLongWordsAreCountedQuickly(t *testing.T) {
	if n := CountTokens(strings.Repeat("é", 300_000)); n < 100 {
		t.Errorf("a long word counts %d tokens", n)
	}
}

func TestCountingIsSafeTogether(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if CountTokens("hello world") != 2 {
				t.Error("a count went wrong")
			}
		})
	}
	wg.Wait()
}

func FuzzPieces(f *testing.F) {
	f.Add("hello 🌧 wörld")
	f.Add("\x7f and \x00")
	f.Add("👩‍👩‍👧‍👦 नमस्ते \x80\xff")
	f.Fuzz(func(t *testing.T, text string) {
		pieces, counts := Pieces(text)
		if len(pieces) != len(counts) {
			t.Fatalf("%d pieces with %d counts", len(pieces), len(counts))
		}
		for i, p := range pieces {
			if p == "" || counts[i] <= 0 {
				t.Errorf("piece %d is %q with %d tokens", i, p, counts[i])
			}
			if utf8.ValidString(text) && !utf8.ValidString(p) {
				t.Errorf("piece %q splits a rune", p)
			}
		}
		if got := strings.Join(pieces, ""); utf8.ValidString(text) && got != text {
			t.Errorf("pieces of %q join to %q", text, got)
		}
	})
}
