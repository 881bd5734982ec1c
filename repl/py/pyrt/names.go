package pyrt

import (
	"sort"
	"strings"

	"go.starlark.net/starlark"
)

// TypeName is the name of v's type as Python's messages give it.
func TypeName(v starlark.Value) string {
	if t := v.Type(); t != "string" {
		return t
	}
	return "str"
}

// Suggest finds the candidate that name is most likely a misspelling of, ""
// when none is near. An exact match but for case always counts; otherwise up
// to a third of the letters, at least one, may differ (Damerau-Levenshtein).
func Suggest(name string, candidates []string) string {
	limit := max(1, len(name)/3)
	if len(name) < 3 {
		limit = 1
	}
	best, bestDist := "", limit+1
	sorted := append([]string(nil), candidates...)
	sort.Strings(sorted)
	for _, c := range sorted {
		if c == name || c == "" {
			continue
		}
		if strings.EqualFold(c, name) {
			return c
		}
		if d := len(c) - len(name); d > limit || -d > limit {
			continue
		}
		// One letter of one or two is no resemblance.
		if len(name) < 3 && len(c) < 3 && c[0] != name[0] {
			continue
		}
		if d := distance(strings.ToLower(name), strings.ToLower(c)); d < bestDist {
			best, bestDist = c, d
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b.
func distance(a, b string) int {
	prev2 := make([]int, len(b)+1)
	prev := make([]int, len(b)+1)
	cur := make([]int, len(b)+1)
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
			d := min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, prev2[j-2]+1)
			}
			cur[j] = d
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}

// DidYouMean is " (did you mean 'x'?)" for the nearest candidate, or "".
func DidYouMean(name string, candidates []string) string {
	if s := Suggest(name, candidates); s != "" {
		return " (did you mean '" + s + "'?)"
	}
	return ""
}
