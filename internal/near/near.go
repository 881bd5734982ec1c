// Package near finds the name that somebody may have meant by another.
package near

import (
	"fmt"
	"slices"
	"strings"
)

// Word is the one of names that got is most likely a misspelling of, "" where none is near:
// the same but for case, or with at most a third of its letters, one at least, inserted,
// dropped, changed or swapped with their neighbours. Of equally near ones it is one of the same
// case, then the first in alphabetical order. A name that is got itself is no answer.
func Word(got string, names []string) string {
	names = slices.Clone(names)
	slices.Sort(names) // the answer must not depend on map order
	limit := max(1, (len(got)+1)/3)
	best, least := "", limit+1
	for _, n := range names {
		switch {
		case n == "" || n == got || got == "":
		case strings.EqualFold(n, got):
			return n
		case len(got) < 3 && len(n) < 3 && n[0] != got[0]: // one letter of two is no resemblance
		default:
			d := distance(strings.ToLower(got), strings.ToLower(n), limit+1)
			if d < least || d == least && d <= limit && distance(got, n, d+1) == d && distance(got, best, d+1) > d {
				best, least = n, d
			}
		}
	}
	return best
}

// Hint is `; did you mean "x"?` for the name that [Word] finds, "" where it finds none.
func Hint(got string, names []string) string {
	if n := Word(got, names); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return ""
}

// distance is the restricted Damerau-Levenshtein distance of a and b; limit where it is that or more.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	prev2, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return min(prev[len(b)], limit)
}
