package line

import (
	"slices"
	"strings"
	"unicode"
)

// buffer is the line being edited and the cursor in it, 0 to len(text).
type buffer struct {
	text []rune
	pos  int
}

func (b buffer) before() string { return string(b.text[:b.pos]) }
func (b buffer) after() string  { return string(b.text[b.pos:]) }

// replace puts s in place of text[from:to], the cursor after it. The result
// shares no memory with b.
func (b buffer) replace(from, to int, s []rune) buffer {
	return buffer{slices.Concat(b.text[:from], s, b.text[to:]), from + len(s)}
}

// edit carries out an editing key. kill is what Ctrl-Y inserts; it is returned
// as the key leaves it. ok is false for a key that is not an editing key.
func (b buffer) edit(k rune, kill []rune) (_ buffer, _ []rune, ok bool) {
	cut := func(from, to int) (buffer, []rune, bool) {
		if from == to {
			return b, kill, true
		}
		return b.replace(from, to, nil), slices.Clone(b.text[from:to]), true
	}
	switch k {
	case keyBackspace:
		if b.pos > 0 {
			b = b.replace(b.pos-b.backspaceWidth(), b.pos, nil)
		}
	case keyDelete:
		if b.pos < len(b.text) {
			b = b.replace(b.pos, b.pos+1, nil)
		}
	case keyWordLeft:
		b.pos = b.wordLeft()
	case keyWordRight:
		b.pos = b.wordRight()
	case keyWordRubout:
		return cut(b.wordLeft(), b.pos)
	case keyWordKill:
		return cut(b.pos, b.wordRight())
	case keyKillStart:
		return cut(0, b.pos)
	case keyKillEnd:
		return cut(b.pos, len(b.text))
	case keyYank:
		b = b.replace(b.pos, b.pos, kill)
	case keyTranspose:
		b = b.transpose()
	case keyNewline:
		b = b.replace(b.pos, b.pos, []rune{glyph})
	case keyViLast:
		b.pos = max(0, len(b.text)-1)
	case keyViEnd:
		b.pos = b.wordEnd()
	default:
		return b, kill, false
	}
	return b, kill, true
}

// indentWidth is what Tab and Backspace go by in the white space that a line
// begins with.
const indentWidth = 4

// blankBefore tells whether only spaces stand before the cursor.
func (b buffer) blankBefore() bool { return strings.Trim(b.before(), " ") == "" }

// backspaceWidth is how many characters Backspace takes: one, or a step of indentation.
func (b buffer) backspaceWidth() int {
	if b.pos > 1 && b.blankBefore() {
		return (b.pos-1)%indentWidth + 1
	}
	return 1
}

// indent is Tab in the indentation: spaces up to the next step.
func (b buffer) indent() buffer {
	n := indentWidth - b.pos%indentWidth
	return b.replace(b.pos, b.pos, []rune(strings.Repeat(" ", n)))
}

// inWord is what word motions move over: what a name or a number is made of.
func inWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func (b buffer) wordLeft() int {
	i := b.pos
	for i > 0 && !inWord(b.text[i-1]) {
		i--
	}
	for i > 0 && inWord(b.text[i-1]) {
		i--
	}
	return i
}

func (b buffer) wordRight() int {
	i := b.pos
	for i < len(b.text) && !inWord(b.text[i]) {
		i++
	}
	for i < len(b.text) && inWord(b.text[i]) {
		i++
	}
	return i
}

// wordEnd is vi's e: the last character of this word, or of the next.
func (b buffer) wordEnd() int {
	i := b.pos + 1
	for i < len(b.text) && !inWord(b.text[i]) {
		i++
	}
	for i+1 < len(b.text) && inWord(b.text[i+1]) {
		i++
	}
	return min(i, max(0, len(b.text)-1))
}

// transpose swaps the characters around the cursor, the last two at the end.
func (b buffer) transpose() buffer {
	if len(b.text) < 2 || b.pos == 0 {
		return b
	}
	i := min(b.pos, len(b.text)-1)
	return b.replace(i-1, i+1, []rune{b.text[i], b.text[i-1]})
}

// undo remembers what a line was before each change. Runs of typed characters
// count as one change.
type undo struct {
	past   []buffer
	now    buffer
	typing bool // the last change was a typed character
}

// note takes the state after a key; typed says that it was a character.
func (u *undo) note(b buffer, typed bool) {
	if slices.Equal(b.text, u.now.text) {
		u.now.pos = b.pos
		return
	}
	if !(typed && u.typing) {
		u.past = append(u.past, u.now)
	}
	u.typing = typed
	u.now = buffer{slices.Clone(b.text), b.pos}
}

// back is the state before the last change.
func (u *undo) back() buffer {
	if n := len(u.past); n > 0 {
		u.now, u.past = u.past[n-1], u.past[:n-1]
	}
	u.typing = false
	return buffer{slices.Clone(u.now.text), u.now.pos}
}
