package filter

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error says what is wrong with an expression and where.
type Error struct {
	Expr string // the expression as given to Compile
	Pos  int    // byte offset of the offending text in Expr
	End  int    // byte offset just behind it; Pos when something is missing
	Msg  string
}

// Error is the message with the expression and the place in one line.
func (e *Error) Error() string {
	if e.Pos >= len(e.Expr) {
		return fmt.Sprintf("filter %q: at the end: %s", clip(e.Expr), e.Msg)
	}
	return fmt.Sprintf("filter %q: at %q: %s", clip(e.Expr), clip(e.Expr[e.Pos:max(e.End, e.Pos)]), e.Msg)
}

// clip shortens a text that would drown the message.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Caret is the message on three lines, for a terminal: the expression, a line that
// marks the offending text below it, and what is wrong.
func (e *Error) Caret() string {
	// Control characters would break the alignment; each becomes one blank.
	line := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, e.Expr)
	pos := min(e.Pos, len(e.Expr))
	col := utf8.RuneCountInString(e.Expr[:pos])
	width := max(1, utf8.RuneCountInString(e.Expr[pos:max(pos, min(e.End, len(e.Expr)))]))
	return line + "\n" + strings.Repeat(" ", col) + strings.Repeat("^", width) + "\n" + e.Msg
}

// nearest is the name among names that somebody may have meant by word: at most
// one edit away, two for words of six letters and more; "" if there is none. Of equally
// near ones it is the first in alphabetical order.
func nearest(word string, names []string) string {
	best, bestDist := "", 1
	if len(word) >= 6 {
		bestDist = 2
	}
	for _, n := range names {
		if len(n) < 2 || len(n) > len(word)+2 || len(word) > len(n)+2 {
			continue
		}
		if d := editDistance(word, n); d < bestDist || d == bestDist && (best == "" || n < best) {
			best, bestDist = n, d
		}
	}
	return best
}

// editDistance counts insertions, deletions, substitutions and swaps of
// neighbours (the restricted Damerau-Levenshtein distance).
func editDistance(a, b string) int {
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
	return prev[len(b)]
}
