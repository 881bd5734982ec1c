package line

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// screen is as much of a terminal as readline writes to: the cursor, the
// erasing and the way xterm wraps, which waits in the last column for
// the next character.
type screen struct {
	cells [][]rune
	x, y  int
	wrap  bool // the next character goes to the next row
	bells int
	esc   []byte
	part  []byte
}

func newScreen(cols, rows int) *screen {
	s := &screen{}
	for range rows {
		s.cells = append(s.cells, blank(cols))
	}
	return s
}

func blank(n int) []rune { return slices.Repeat([]rune{' '}, n) }

// resize cuts or widens every row, as a terminal without reflow does.
func (s *screen) resize(cols int) {
	for i, row := range s.cells {
		s.cells[i] = append(row, blank(cols)...)[:cols]
	}
	s.x = min(s.x, cols-1)
}

func (s *screen) String() string {
	var b strings.Builder
	for _, row := range s.cells {
		b.WriteString(strings.TrimRight(string(row), " ") + " \n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func (s *screen) write(p []byte) {
	for _, c := range p {
		switch {
		case len(s.esc) > 0:
			s.esc = append(s.esc, c)
			if len(s.esc) > 2 && c >= 0x40 {
				s.csi(string(s.esc[2:len(s.esc)-1]), c)
				s.esc = nil
			}
		case c == escape:
			s.esc = []byte{c}
		case c == '\r':
			s.x, s.wrap = 0, false
		case c == '\n':
			s.down()
		case c == '\b':
			s.x, s.wrap = max(0, s.x-1), false
		case c == 7:
			s.bells++
		case c >= ' ':
			if s.part = append(s.part, c); utf8.FullRune(s.part) {
				r, _ := utf8.DecodeRune(s.part)
				s.part = nil
				s.put(r)
			}
		}
	}
}

func (s *screen) down() {
	s.wrap = false
	if s.y++; s.y == len(s.cells) {
		s.y--
		s.cells = append(s.cells[1:], blank(len(s.cells[0])))
	}
}

func (s *screen) put(r rune) {
	if runeWidth(r) == 0 {
		return
	}
	if s.wrap {
		s.x = 0
		s.down()
	}
	s.cells[s.y][s.x] = r
	if s.x++; s.x == len(s.cells[0]) {
		s.x, s.wrap = s.x-1, true
	}
}

func (s *screen) csi(param string, c byte) {
	n := 0
	for _, d := range param {
		if d >= '0' && d <= '9' {
			n = n*10 + int(d-'0')
		}
	}
	one := max(1, n)
	cols := len(s.cells[0])
	switch c {
	case 'A':
		s.y, s.wrap = max(0, s.y-one), false
	case 'B':
		s.y, s.wrap = min(len(s.cells)-1, s.y+one), false
	case 'C':
		s.x, s.wrap = min(cols-1, s.x+one), false
	case 'D':
		s.x, s.wrap = max(0, s.x-one), false
	case 'H':
		s.x, s.y, s.wrap = 0, 0, false
	case 'J':
		copy(s.cells[s.y][s.x:], blank(cols))
		for i := s.y + 1; i < len(s.cells); i++ {
			copy(s.cells[i], blank(cols))
		}
	case 'K':
		from := s.x
		if n == 2 {
			from = 0
		}
		copy(s.cells[s.y][from:], blank(cols))
	}
}

func TestScreen(t *testing.T) {
	s := newScreen(4, 3)
	s.write([]byte("abcd\x1b[1me\r\n\x1b[31mfg\x1b[A\rX\x1b[K"))
	if got, want := s.String(), "abcd \nX \nfg "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	s.write([]byte("\n\n\nz"))
	if got, want := s.String(), "fg \n \n z "; got != want {
		t.Errorf("after scrolling: got %q, want %q", got, want)
	}
}
