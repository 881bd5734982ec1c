package line

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Bytes with a meaning of their own.
const (
	ctrlC  = 0x03
	ctrlD  = 0x04
	tab    = '\t'
	enter  = '\r'
	escape = 0x1b
	rubout = 0x7f
)

// Keys that readline does not know, or does wrong, travel through it as
// private-use characters at the end of the last plane. Nobody can type one: the
// translator drops them from its input.
const (
	keyBase rune = 0x10ff00 + iota
	keyBackspace
	keyDelete
	keyWordLeft
	keyWordRight
	keyWordRubout // Ctrl-W, Alt-Backspace
	keyWordKill   // Alt-D
	keyKillEnd    // Ctrl-K
	keyKillStart  // Ctrl-U
	keyYank       // Ctrl-Y
	keyTranspose  // Ctrl-T
	keyUndo       // Ctrl-_
	keyNewline    // Alt-Enter
	keyUp
	keyDown
	keyFirst // Alt-<
	keyLast  // Alt->
	keySearchBack
	keySearchForward
	keyAbort  // Ctrl-G
	keyEscape // Esc and nothing after it
	keyTab
	keySuspend // Ctrl-Z
	keyPaste   // the text waits in source.pastes
	keyPreset  // not a key: the text that the next line starts with
	keyViEnd   // e
	keyViLast  // $
	keyLimit

	// keyStay added to a key means that vi's command mode goes on after it.
	keyStay rune = 0x80
)

// controls maps the control bytes that do not pass as they are. Those in
// neither this table nor passes are dropped; NUL above all, which is
// readline's sign for the end of the input.
var controls = map[byte]rune{
	'\n': enter, // typed while the terminal was cooked, or Ctrl-J
	0x07: keyAbort, 0x08: keyBackspace, tab: keyTab, 0x0b: keyKillEnd,
	0x0e: keyDown, 0x10: keyUp, 0x12: keySearchBack, 0x13: keySearchForward,
	0x14: keyTranspose, 0x15: keyKillStart, 0x17: keyWordRubout, 0x19: keyYank,
	0x1a: keySuspend, 0x1f: keyUndo, rubout: keyBackspace,
}

// passes are the control bytes that readline does right: start, left, Ctrl-C,
// Ctrl-D, end, right, clear screen, Enter.
const passes = "\x01\x02\x03\x04\x05\x06\x0c\r"

// metas maps what follows Esc, or comes with Alt.
var metas = map[byte]rune{
	'b': keyWordLeft, 'f': keyWordRight, 'd': keyWordKill, rubout: keyWordRubout, 0x08: keyWordRubout,
	'<': keyFirst, '>': keyLast, enter: keyNewline, '\n': keyNewline, 'B': keyWordLeft, 'F': keyWordRight,
}

// The states of the translator.
const (
	inText  = iota
	inEsc   // after Esc
	inCSI   // after Esc [
	inSS3   // after Esc O
	inStr   // in an answer of the terminal: Esc ] or P or X or ^ or _ up to BEL or ST
	inF     // after Esc [ [ : one of the Linux console's first five function keys
	inPaste // after Esc [ 200 ~
)

// maxParam bounds the parameters of a sequence that are kept.
const maxParam = 32

// pasteEnd ends a paste. A terminal never lets it through inside one.
const pasteEnd = "\x1b[201~"

// translator turns the bytes of a terminal into bytes that readline does the
// right thing with. What comes out is UTF-8 without control characters other
// than passes (and, in vi mode, Esc), with private-use characters for keys.
//
// It is a state machine without a clock: however the bytes of a key are
// split, the same comes out. Only a lone Esc needs the split: as the last byte
// of a read it counts as the Esc key at once, and what follows may still
// make it the start of a sequence.
type translator struct {
	vi    bool
	paste func(text string) // takes each paste; may be nil

	state int
	meta  bool   // Esc Esc: the sequence comes with Alt
	said  bool   // this Esc has been emitted as a lone one already
	str   bool   // this Esc came inside a string: a backslash ends both
	param []byte // the bytes between Esc [ and the last one
	part  []byte // an unfinished UTF-8 character
	buf   []byte // a paste so far
	cmd   viCommand
}

// feed translates in and appends to out.
func (t *translator) feed(out, in []byte) []byte {
	for i := 0; i < len(in); i++ {
		if t.state == inPaste {
			// The whole rest at once: a paste may have megabytes.
			n, done := t.pasted(&out, in[i:])
			i += n - 1
			if done {
				t.state = inText
			}
			continue
		}
		out = t.step(out, in[i])
	}
	if t.state == inEsc && !t.said && !t.str {
		t.said = true
		out = t.loneEscape(out)
	}
	return out
}

// step takes one byte that is not part of a paste.
func (t *translator) step(out []byte, c byte) []byte {
	// Whatever was going on, these three are never swallowed.
	if t.state != inText && (c == ctrlC || c == ctrlD || c == enter && t.state != inEsc) {
		t.state = inText
	}
	switch t.state {
	case inEsc:
		return t.escaped(out, c)
	case inCSI:
		return t.csi(out, c)
	case inSS3:
		if c >= '0' && c <= '9' || c == ';' { // a modifier, as some terminals send it
			t.keep(c)
			return out
		}
		t.state = inText
		return t.final(out, c)
	case inF:
		t.state = inText
		return out
	case inStr:
		switch c {
		case 0x07:
			t.state = inText
		case escape:
			t.state, t.meta, t.said, t.str = inEsc, false, false, true
		}
		return out
	}
	return t.text(out, c)
}

// text takes a byte outside any sequence.
func (t *translator) text(out []byte, c byte) []byte {
	switch {
	case len(t.part) > 0 || c >= utf8.RuneSelf:
		return t.wide(out, c)
	case c == escape:
		t.state, t.meta, t.said, t.str = inEsc, false, false, false
		return out
	case c >= ' ' && c != rubout || strings.IndexByte(passes, c) >= 0:
		return t.emit(out, rune(c))
	}
	if k, ok := controls[c]; ok {
		return t.emit(out, k)
	}
	return out
}

// wide gathers a character of several bytes. Broken ones are dropped.
func (t *translator) wide(out []byte, c byte) []byte {
	if len(t.part) > 0 && c&0xc0 != 0x80 {
		t.part = t.part[:0] // not a continuation: what came before is broken
		return t.text(out, c)
	}
	t.part = append(t.part, c)
	if !utf8.FullRune(t.part) {
		return out
	}
	r, _ := utf8.DecodeRune(t.part)
	t.part = t.part[:0]
	switch {
	case !typeable(r):
		return out
	case r == glyph:
		return t.emit(t.emit(out, r), literal)
	}
	return t.emit(out, r)
}

// escaped takes the byte after Esc.
func (t *translator) escaped(out []byte, c byte) []byte {
	t.state = inText
	switch {
	case c == '[':
		t.state, t.param = inCSI, t.param[:0]
		return out
	case c == 'O':
		t.state, t.param = inSS3, t.param[:0]
		return out
	case t.str && c == '\\':
		return out
	case t.vi: // no Alt here: Esc is a command, and so is c
		if !t.said && !t.str {
			out = t.loneEscape(out)
		}
		return t.text(out, c)
	case strings.IndexByte("]PX^_", c) >= 0:
		t.state = inStr
		return out
	case c == escape:
		t.state, t.meta = inEsc, true
		return out
	}
	if k, ok := metas[c]; ok {
		return t.emit(out, k)
	}
	if c < ' ' {
		return t.text(out, c)
	}
	return out
}

// csi takes a byte after Esc [ (ECMA-48 5.4: parameters 0x30-0x3f,
// intermediates 0x20-0x2f, one final byte 0x40-0x7e).
func (t *translator) csi(out []byte, c byte) []byte {
	switch {
	case c == '[' && len(t.param) == 0:
		t.state = inF
	case c >= 0x20 && c < 0x40:
		t.keep(c)
	case c >= 0x40 && c < 0x7f:
		t.state = inText
		return t.final(out, c)
	default: // a control byte or worse: not a sequence after all
		t.state = inText
		return t.text(out, c)
	}
	return out
}

func (t *translator) keep(c byte) {
	if len(t.param) < maxParam {
		t.param = append(t.param, c)
	}
}

// final takes the last byte of a sequence and emits the key it stands for.
func (t *translator) final(out []byte, c byte) []byte {
	first, mod, _ := strings.Cut(string(t.param), ";")
	// The modifier is 1 plus Shift 1, Alt 2, Ctrl 4 (xterm, ctlseqs, "PC-Style
	// Function Keys"). rxvt says Ctrl with small letters, old terminals with "5".
	far := t.meta || mod >= "3" && mod <= "8" || mod == "" && (first == "5" || first == "3") && c != '~'
	t.meta = false
	if (c == 'c' || c == 'd') && len(t.param) > 0 {
		return out // the terminal says what it is (DA), unasked
	}
	switch c {
	case 'A':
		return t.emit(out, keyUp)
	case 'B':
		return t.emit(out, keyDown)
	case 'C', 'D', 'c', 'd':
		switch {
		case (far || c == 'c') && (c == 'C' || c == 'c'):
			return t.emit(out, keyWordRight)
		case far || c == 'd':
			return t.emit(out, keyWordLeft)
		case c == 'C':
			return t.emit(out, 0x06)
		}
		return t.emit(out, 0x02)
	case 'H':
		return t.emit(out, 0x01)
	case 'F':
		return t.emit(out, 0x05)
	case 'M': // Enter of the keypad
		if len(t.param) == 0 {
			return t.emit(out, enter)
		}
	case '~':
		switch first {
		case "1", "7":
			return t.emit(out, 0x01)
		case "4", "8":
			return t.emit(out, 0x05)
		case "3":
			if far {
				return t.emit(out, keyWordKill)
			}
			return t.emit(out, keyDelete)
		case "200":
			t.state, t.buf = inPaste, t.buf[:0]
		}
	}
	return out
}

// loneEscape emits what Esc with nothing after it means.
func (t *translator) loneEscape(out []byte) []byte {
	if t.vi {
		return t.emit(out, escape)
	}
	return t.emit(out, keyEscape)
}

// emit appends one key, by way of vi's command mode where that is on.
func (t *translator) emit(out []byte, r rune) []byte {
	if t.vi {
		return t.cmd.key(out, r)
	}
	return utf8.AppendRune(out, r)
}

// pasted takes the bytes of a paste, as many as belong to it. Ctrl-C gives a
// paste up whose end got lost; no text has one.
func (t *translator) pasted(out *[]byte, in []byte) (n int, done bool) {
	old := len(t.buf)
	t.buf = append(t.buf, in...)
	from := max(0, old-len(pasteEnd)+1)
	end := bytes.Index(t.buf[from:], []byte(pasteEnd))
	stop := bytes.IndexByte(in, ctrlC)
	switch {
	case stop >= 0 && (end < 0 || old+stop < from+end):
		t.buf = t.buf[:0]
		return stop, true // the Ctrl-C itself goes through
	case end < 0:
		return len(in), false
	}
	end += from
	text := clean(string(t.buf[:end]), true)
	t.buf = nil
	if text != "" {
		if t.paste != nil {
			t.paste(text)
		}
		t.cmd = viCommand{}
		*out = pasteKeys(*out, text)
	}
	return end + len(pasteEnd) - old, true
}

// pasteKeys are the keys that stand for a paste: one, and Enter when the text
// does not fit into the line.
func pasteKeys(out []byte, text string) []byte {
	out = utf8.AppendRune(out, keyPaste)
	if strings.Contains(text, "\n") {
		out = append(out, enter)
	}
	return out
}
