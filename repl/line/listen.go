package line

import (
	"strings"

	"github.com/chzyer/readline"
)

// state is what one run of readline knows beside the line itself.
type state struct {
	prompt string
	block  string // the lines above, without a last newline
	inside bool   // there are lines above
	preset preset
	paste  *pasted // set by a paste that ended the line

	key  rune // what the coming OnChange is for; 0: readline did the key itself
	char rune // the character with it, for a key that extends a search
	kill []rune
	undo undo

	at     int // the history entry shown; len(entries) is the new line
	drafts map[int]buffer
	search *search
}

// preset is what a line starts with: an indentation, or the rest of a paste.
type preset struct {
	set bool
	buffer
}

var presetNone preset

func presetLine(s string, cursor int) preset {
	return preset{true, buffer{[]rune(encode(s)), len([]rune(encode(s[:cursor])))}}
}

// keyExtend and keyShorten are the keys of a running search.
const (
	keyExtend  = keyLimit + 1
	keyShorten = keyLimit + 2
)

// filter sees every character before readline does. Keys of ours are kept for
// OnChange and go on as Ctrl-G, with which readline does nothing.
//
// Two rules of readline's: Enter, Ctrl-C and Ctrl-D may neither be made nor
// unmade here, since its reading goroutine has seen them already and has
// stopped, or not; and the second result must be true, since false
// leaves a wake-up behind that later steals a key from a running command.
func (e *Editor) filter(r rune) (rune, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	vi := e.rl != nil && e.cfg.Vi
	st := &e.st
	switch {
	case r >= keyBase:
		st.key = r
	case st.search != nil && r >= ' ':
		st.key, st.char = keyExtend, r
	case st.search != nil && r != 0:
		e.endSearch()
		fallthrough
	default:
		if vi && (r == enter || r == ctrlC || r == ctrlD) {
			e.rl.Operation.EnterVimInsertMode() // command mode drops them
		}
		return r, true
	}
	if vi {
		e.rl.Operation.EnterVimInsertMode() // command mode would beep
	}
	return readline.CharBell, true
}

// listener is readline's hook after every key.
type listener struct{ e *Editor }

// OnChange implements readline.Listener: it may replace the line.
func (l listener) OnChange(line []rune, pos int, key rune) (text []rune, cursor int, changed bool) {
	e := l.e
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.caught("editing") // leaves the line as it was
	st := &e.st
	k := st.key
	st.key = 0
	if k == 0 {
		if key == enter || key == ctrlC || line == nil {
			return nil, 0, false // the line is over, or not begun
		}
		st.undo.note(buffer{line, pos}, key >= ' ' && key != ' ')
		return nil, 0, false
	}
	if k >= keyBase+keyStay {
		k -= keyStay
		defer e.rl.Operation.ExitVimInsertMode()
	}
	b := e.press(k, buffer{line, pos})
	if k != keyUndo {
		st.undo.note(b, false)
	}
	return b.text, b.pos, true
}

// press carries out a key of ours.
func (e *Editor) press(k rune, b buffer) buffer {
	st := &e.st
	switch k {
	case keySearchBack, keySearchForward, keyExtend, keyShorten, keyAbort, keyEscape, keyBackspace:
		if st.search != nil || k == keySearchBack || k == keySearchForward {
			return e.searchKey(k, b)
		}
	}
	if st.search != nil {
		e.endSearch()
	}
	if nb, kill, ok := b.edit(k, st.kill); ok {
		st.kill = kill
		return nb
	}
	switch k {
	case keyUp:
		return e.browse(st.at-1, b)
	case keyDown:
		return e.browse(st.at+1, b)
	case keyFirst:
		return e.browse(0, b)
	case keyLast:
		return e.browse(len(e.hist.entries), b)
	case keyUndo:
		return st.undo.back()
	case keyTab:
		return e.complete(b)
	case keyPreset:
		return st.preset.buffer
	case keyPaste:
		return e.insertPaste(b, e.src.nextPaste())
	case keySuspend:
		e.rl.Clean()
		e.term.suspend()
	}
	return b
}

// browse shows another entry of the history. What was typed or changed on
// the way is kept until the line is entered.
func (e *Editor) browse(to int, b buffer) buffer {
	st, entries := &e.st, e.hist.entries
	if to < 0 || to > len(entries) || to == st.at {
		return b
	}
	if st.drafts == nil {
		st.drafts = map[int]buffer{}
	}
	st.drafts[st.at] = b
	st.at = to
	if d, ok := st.drafts[to]; ok {
		return d
	}
	if to == len(entries) {
		return buffer{}
	}
	text := []rune(entries[to])
	return buffer{text, len(text)}
}

// insertPaste puts a paste at the cursor. With newlines in it the line shows its
// first line; the Enter that the translator sent after it ends the line.
func (e *Editor) insertPaste(b buffer, text string) buffer {
	if !strings.Contains(text, "\n") {
		return b.replace(b.pos, b.pos, []rune(encode(text)))
	}
	before, after := decode(b.before()), decode(b.after())
	last := text[strings.LastIndexByte(text, '\n')+1:]
	e.st.paste = &pasted{text: before + text + after, cursor: len(last)}
	first, _, _ := strings.Cut(text, "\n")
	line := append([]rune(b.before()), []rune(encode(first))...)
	return buffer{line, len(line)}
}
