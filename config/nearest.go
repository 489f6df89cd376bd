package config

import "strings"

// nearest returns the one of names that was probably meant, or "". Letters that
// are missing, added, wrong or swapped count, and one in three may be; case and
// the difference of hyphen and underscore do not.
func nearest(word string, names []string) string {
	fold := strings.NewReplacer("-", "_").Replace
	word = fold(strings.ToLower(word))
	best, bound := "", len(word)/3+1
	for _, n := range names {
		if d := distance(word, fold(strings.ToLower(n))); d < bound || d == bound && best == "" && d < len(word) {
			best, bound = n, d
		}
	}
	return best
}

// distance is the number of edits between two words, with a swap of neighbours
// as one.
func distance(a, b string) int {
	before, last, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(last[j]+1, next[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, last, next = last, next, before
	}
	return last[len(b)]
}
