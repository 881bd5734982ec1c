package py

import (
	"errors"
	"strings"
)

// Incomplete tells whether the prompt should ask for another line: a bracket, a
// triple-quoted string or a block is open. A block ends with a blank line, as
// at Python's prompt.
func Incomplete(src string) bool {
	if strings.TrimSpace(src) == "" {
		return false
	}
	s := newSource("<input>", src)
	_, err := parseFile(s)
	var syn *SyntaxError
	if errors.As(err, &syn) {
		return syn.More && !(endsBlank(src) && !openInside(src))
	}
	return isBlock(src) && !endsBlank(src)
}

// Continues is Incomplete for text that comes from a pipe, not from a person: a
// block goes on over blank lines, until a line in the first column that does
// not continue it.
func Continues(src string) bool {
	if strings.TrimSpace(src) == "" {
		return false
	}
	_, err := parseFile(newSource("<input>", src))
	var syn *SyntaxError
	if errors.As(err, &syn) {
		return syn.More
	}
	return isBlock(src)
}

// endsBlank tells whether the last line of src is blank.
func endsBlank(src string) bool {
	if i := strings.LastIndexByte(strings.TrimSuffix(src, "\n"), '\n'); i >= 0 {
		return strings.TrimSpace(src[i+1:]) == ""
	}
	return false
}

// openInside tells whether src ends within brackets or a string, where a blank
// line means nothing.
func openInside(src string) bool {
	depth := 0
	for _, t := range Tokens(src) {
		switch {
		case t.Kind == Error && t.More:
			return true
		case t.Kind == Op && strings.Contains("([{", t.Text):
			depth++
		case t.Kind == Op && strings.Contains(")]}", t.Text):
			depth--
		}
	}
	return depth > 0
}

// isBlock tells whether the last statement of src opens a block.
func isBlock(src string) bool {
	block, first := false, true
	depth := 0
	for _, t := range Tokens(src) {
		switch t.Kind {
		case Comment:
			continue
		case Indent:
			depth++
			continue
		case Dedent:
			depth--
			continue
		case Newline:
			first = true
			continue
		case EOF:
			return block
		}
		if first && depth == 0 {
			switch {
			case t.Kind == Keyword && blockWords[t.Text]:
				block = true
			case t.Kind == Op && t.Text == "@":
				block = true
			default:
				block = false
			}
		}
		first = false
	}
	return block
}

// blockWords begin a compound statement or continue one.
var blockWords = map[string]bool{"if": true, "for": true, "while": true, "def": true, "try": true, "with": true,
	"class": true, "async": true, "else": true, "elif": true, "except": true, "finally": true}

// contWords continue the compound statement before them.
var contWords = map[string]bool{"else": true, "elif": true, "except": true, "finally": true}

// Split cuts a text into the units that a prompt would run one by one: each a
// statement that begins in the first column, with its block, blank lines and
// comments before it. Joined, the units are src again. A blank line does not
// end a block here: the next line in the first column does.
func Split(src string) []string {
	var units []string
	start, depth := 0, 0
	first, code, decorated := true, false, false
	for _, t := range Tokens(src) {
		switch t.Kind {
		case Comment, EOF:
			continue
		case Newline:
			first = true
			continue
		case Indent:
			depth++
			continue
		case Dedent:
			depth--
			continue
		}
		if first && depth == 0 && !(t.Kind == Keyword && contWords[t.Text]) {
			at := strings.LastIndexByte(src[:t.Start], '\n') + 1
			if code && at > start && !decorated {
				cut := leadIn(src, start, at)
				units = append(units, src[start:cut])
				start = cut
			}
			code, decorated = true, t.Kind == Op && t.Text == "@"
		}
		first = false
	}
	if start < len(src) {
		units = append(units, src[start:])
	}
	return units
}

// leadIn moves a cut before the comment lines that stand in the first column
// directly above it, so that they stay with what they explain.
func leadIn(src string, start, at int) int {
	for at > start {
		prev := strings.LastIndexByte(src[:at-1], '\n') + 1
		if prev <= start || src[prev] != '#' {
			break
		}
		at = prev
	}
	return at
}

// indentStep is one level of the indentation that the prompt proposes.
const indentStep = "    "

// IndentFor is the white space with which the line after src should begin: one
// step deeper behind a colon, one less behind return and its like, else as deep
// as the last line.
func IndentFor(src string) string {
	src = strings.TrimSuffix(src, "\n")
	line := src[strings.LastIndexByte(src, '\n')+1:]
	if strings.TrimSpace(line) == "" || openInside(src) {
		return ""
	}
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	toks := Tokens(src)
	var last, head Token
	newLine := true
	for _, t := range toks {
		switch t.Kind {
		case Comment, Dedent, EOF, Indent:
		case Newline:
			newLine = true
		default:
			if newLine {
				head = t
				// A logical line of several physical ones is as deep as its first.
				text, _ := (&source{text: src}).lineAt(t.Start)
				indent = text[:len(text)-len(strings.TrimLeft(text, " \t"))]
			}
			newLine = false
			last = t
		}
	}
	switch {
	case last.Kind == Op && last.Text == ":":
		return indent + indentStep
	case head.Kind == Keyword:
		switch head.Text {
		case "return", "break", "continue", "pass", "raise":
			return strings.TrimSuffix(indent, indentStep)
		}
	}
	return indent
}
