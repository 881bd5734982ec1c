package py

import (
	"sort"
	"strings"
)

// source is a text that was given to the interpreter: a file, or one input at
// the prompt. Errors quote it.
type source struct {
	name  string
	text  string
	first int   // the number of its first line
	lines []int // offsets of the line starts, made when first needed
}

func newSource(name, text string) *source { return &source{name: name, text: text, first: 1} }

// interactive tells whether the text was typed and has no file name.
func (s *source) interactive() bool { return strings.HasPrefix(s.name, "<") }

// position gives the line and column, in characters, of an offset; both count
// from one.
func (s *source) position(off int) (line, col int) {
	if s.lines == nil {
		s.lines = []int{0}
		for i := 0; i < len(s.text); i++ {
			if s.text[i] == '\n' {
				s.lines = append(s.lines, i+1)
			}
		}
	}
	off = min(max(off, 0), len(s.text))
	i := sort.SearchInts(s.lines, off+1) - 1
	return i + s.first, len([]rune(s.text[s.lines[i]:off])) + 1
}

// lineAt gives the whole line that contains offset off, and the offset where
// that line begins.
func (s *source) lineAt(off int) (text string, start int) {
	off = min(max(off, 0), len(s.text))
	start = strings.LastIndexByte(s.text[:off], '\n') + 1
	end := strings.IndexByte(s.text[off:], '\n')
	if end < 0 {
		end = len(s.text)
	} else {
		end += off
	}
	return strings.TrimSuffix(s.text[start:end], "\r"), start
}
