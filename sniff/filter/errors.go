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
