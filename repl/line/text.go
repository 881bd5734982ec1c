package line

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A block recalled from the history is edited on one line, with the glyph where
// its newlines are; so it is in the history file. A glyph that is part of
// the text is followed by literal, an invisible variation selector.
const (
	glyph   = '⏎'
	literal = '\ufe0e'
)

var (
	glyphs = strings.NewReplacer(string([]rune{glyph, literal}), string([]rune{glyph, literal}),
		string(glyph), string([]rune{glyph, literal}), "\n", string(glyph))
	newlines = strings.NewReplacer(string([]rune{glyph, literal}), string(glyph), string(glyph), "\n")
)

// encode puts text with newlines on one line.
func encode(text string) string { return glyphs.Replace(text) }

// decode is the reverse of encode.
func decode(line string) string { return newlines.Replace(line) }

// typeable tells whether a character may come into a line: no control
// character, none of the keys' private-use ones, nothing broken.
func typeable(r rune) bool {
	switch {
	case r == utf8.RuneError, r >= 0x10ff00, r == '\u2028', r == '\u2029':
		return false
	}
	return !unicode.IsControl(r)
}

// clean drops from s what may not come into a line, but keeps tabs, and
// newlines too when several lines are fine. CR LF and CR become a newline.
func clean(s string, lines bool) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' && lines || typeable(r) {
			return r
		}
		return -1
	}, s)
}

// stripSGR drops colour sequences, ESC [ … m.
func stripSGR(s string) string {
	if !strings.Contains(s, "\x1b[") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "\x1b[")
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		j := strings.IndexFunc(s[i+2:], func(r rune) bool { return r != ';' && r != ':' && (r < '0' || r > '9') })
		if j < 0 || s[i+2+j] != 'm' {
			b.WriteString(s[i : i+2])
			s = s[i+2:]
			continue
		}
		s = s[i+2+j+1:]
	}
}

// runeWidth is the columns of a character as readline counts them; the two
// must agree, or the cursor ends up beside the text.
func runeWidth(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cc, unicode.Cf):
		return 0
	case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana):
		return 2
	}
	return 1
}

func stringWidth(s string) (n int) {
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// fit cuts s to at most w columns, the last of them an ellipsis where something
// was cut.
func fit(s string, w int) string {
	if stringWidth(s) <= w {
		return s
	}
	n := 0
	for i, r := range s {
		if n += runeWidth(r); n > w-1 {
			return s[:i] + "…"
		}
	}
	return s
}
