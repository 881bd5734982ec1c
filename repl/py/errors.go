package py

import (
	"errors"
	"fmt"
	"strings"

	"pktsh/repl/py/pyrt"
)

// Colours of an error report (ECMA-48 SGR).
const (
	sgrRed   = "\x1b[31m"
	sgrBold  = "\x1b[1;31m"
	sgrDim   = "\x1b[2m"
	sgrReset = "\x1b[0m"
)

// report writes an error for a person to read.
type report struct {
	b      strings.Builder
	colour bool
}

func (r *report) paint(sgr, s string) string {
	if !r.colour || s == "" {
		return s
	}
	return sgr + s + sgrReset
}

// FormatError is the text that tells a user of err: the calls that led to it,
// the line with carets under the exact place, and the message. It ends in a
// newline. In code that has a file the place is file:line:column.
//
//	Traceback: handle() called from line 4
//	  line 2:     if p[TCP].flgs == "S":
//	                        ^^^^
//	AttributeError: TCP has no field 'flgs' (did you mean 'flags'?)
func FormatError(err error, colour bool) string {
	r := &report{colour: colour}
	var e *Exception
	var syn *SyntaxError
	switch {
	case errors.As(err, &e):
		r.exception(e, 0)
	case errors.As(err, &syn):
		r.syntax(syn)
	default:
		e := convert(err)
		r.message(e.class.name, e.message(), e.hint)
	}
	return r.b.String()
}

func (r *report) syntax(e *SyntaxError) {
	if e.src != nil {
		r.quote(e.src, e.Span)
	}
	r.message(e.Kind(), e.Msg, e.Hint)
}

// maxChain bounds how many causes are told.
const maxChain = 5

func (r *report) exception(e *Exception, n int) {
	if prev, why := e.earlier(); prev != nil && n < maxChain {
		r.exception(prev, n+1)
		fmt.Fprintf(&r.b, "%s\n", r.paint(sgrDim, why))
	}
	r.calls(e.trace)
	var syn *SyntaxError
	if errors.As(e.goErr, &syn) && syn.src != nil {
		// The text that eval, exec or import could not read is the place.
		r.quote(syn.src, syn.Span)
	} else if len(e.trace) > 0 {
		r.quote(e.trace[0].code.src, e.trace[0].at)
	}
	hint := e.hint
	if syn != nil && hint == "" {
		hint = syn.Hint
	}
	if hint == "" {
		hint = advice(e)
	}
	r.message(e.class.name, e.message(), hint)
}

// earlier is the exception that led to e, and how.
func (e *Exception) earlier() (*Exception, string) {
	switch {
	case e.cause != nil && e.cause != e:
		return e.cause, "which was the direct cause of:"
	case e.context != nil && !e.quiet && e.context != e:
		return e.context, "while handling that, another error came up:"
	}
	return nil, ""
}

// advice says what to do about an error whose remedy is known.
func advice(e *Exception) string {
	if e.class.name == "RecursionError" {
		return fmt.Sprintf("calls may nest %d deep; does the recursion end?", maxDepth)
	}
	return ""
}

// calls writes the calls that led from the top level to the error. Repeated
// ones are told once, with their number.
func (r *report) calls(trace []place) {
	if len(trace) < 2 {
		return
	}
	var lines []string
	for i := len(trace) - 1; i > 0; i-- {
		name := trace[i-1].code.name
		line := fmt.Sprintf("%s called from %s", callName(name), where(trace[i]))
		lines = append(lines, line)
	}
	head := "Traceback: "
	for i := 0; i < len(lines); {
		n := 1
		for i+n < len(lines) && lines[i+n] == lines[i] {
			n++
		}
		more := ""
		if n > 1 {
			more = fmt.Sprintf(" (%d times)", n)
		}
		fmt.Fprintf(&r.b, "%s%s\n", head, lines[i]+more)
		head = "           "
		i += n
		if i > 20 && len(lines)-i > 20 {
			fmt.Fprintf(&r.b, "%s… %d calls\n", head, len(lines)-i-20)
			i = len(lines) - 20
		}
	}
}

func callName(name string) string {
	switch name {
	case "<module>":
		return "module"
	case "<genexpr>", "<expression>":
		return strings.Trim(name, "<>")
	}
	return name + "()"
}

// where names a place: "line 4", or "scan.py:4" in a file.
func where(p place) string {
	line, _ := p.code.src.position(p.at.Start)
	if p.at.Start < 0 {
		line = p.code.src.first
	}
	if p.code.src.interactive() {
		return fmt.Sprintf("line %d", line)
	}
	return fmt.Sprintf("%s:%d", p.code.src.name, line)
}

// quote writes the source line of span with carets under it. A span of several
// lines is marked to the end of its first.
func (r *report) quote(src *source, at Span) {
	if at.Start < 0 || at.Start > len(src.text) {
		return
	}
	if at.Start == len(src.text) && strings.HasSuffix(src.text, "\n") && at.Start > 0 {
		// The end of the input is behind its last line.
		at = Span{at.Start - 1, at.Start - 1}
	}
	text, start := src.lineAt(at.Start)
	line, col := src.position(at.Start)
	place := fmt.Sprintf("line %d", line)
	if !src.interactive() {
		place = fmt.Sprintf("%s:%d:%d", src.name, line, col)
	}
	head := "  " + place + ": "
	from := min(at.Start-start, len(text))
	to := min(max(at.End-start, from), len(text))
	fmt.Fprintf(&r.b, "%s%s\n", r.paint(sgrDim, head), printable(text))
	pad := strings.Repeat(" ", len([]rune(head))) + blanks(text[:from])
	carets := strings.Repeat("^", max(width(text[from:to]), 1))
	fmt.Fprintf(&r.b, "%s%s\n", pad, r.paint(sgrRed, carets))
}

// printable keeps control characters of the source away from the terminal.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' && c != '\t' || c == 0x7f || c >= 0x80 && c < 0xa0 {
			return '?'
		}
		return c
	}, s)
}

// blanks is as wide as s, tabs kept.
func blanks(s string) string {
	var b strings.Builder
	for _, c := range s {
		if c == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteString(strings.Repeat(" ", runeWidth(c)))
		}
	}
	return b.String()
}

func width(s string) int {
	n := 0
	for _, c := range s {
		n += runeWidth(c)
	}
	return n
}

// runeWidth is how many columns a terminal gives c: two for the wide ranges of
// Unicode's East Asian Width (UAX #11), roughly.
func runeWidth(c rune) int {
	switch {
	case c >= 0x1100 && c <= 0x115f, c >= 0x2e80 && c <= 0xa4cf, c >= 0xac00 && c <= 0xd7a3, c >= 0xf900 && c <= 0xfaff,
		c >= 0xfe30 && c <= 0xfe6f, c >= 0xff00 && c <= 0xff60, c >= 0xffe0 && c <= 0xffe6, c >= 0x1f300 && c <= 0x1faff, c >= 0x20000 && c <= 0x3fffd:
		return 2
	case c >= 0x300 && c <= 0x36f:
		return 0
	}
	return 1
}

func (r *report) message(class, msg, hint string) {
	line := r.paint(sgrBold, class)
	if msg != "" {
		line += ": " + msg
	}
	r.b.WriteString(line + "\n")
	if hint != "" {
		for _, h := range strings.Split(strings.TrimRight(hint, "\n"), "\n") {
			r.b.WriteString("  " + h + "\n")
		}
	}
}

// Position is where err was raised, or where the syntax error is: the name of
// the source, and line and column counted from one. ok is false if err has no
// place.
func Position(err error) (name string, line, col int, ok bool) {
	var e *Exception
	var syn *SyntaxError
	switch {
	case errors.As(err, &e) && len(e.trace) > 0 && e.trace[0].at.Start >= 0:
		src := e.trace[0].code.src
		line, col = src.position(e.trace[0].at.Start)
		return src.name, line, col, true
	case errors.As(err, &syn) && syn.src != nil:
		line, col = syn.src.position(syn.Span.Start)
		return syn.src.name, line, col, true
	}
	return "", 0, 0, false
}

var _ interface{ Arg() string } = (*pyrt.Error)(nil)
