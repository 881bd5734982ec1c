package line

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/chzyer/readline"
)

// ErrInterrupt is returned when Ctrl-C was typed at the prompt. The line, and
// the block it belonged to, are dropped.
var ErrInterrupt = errors.New("interrupted")

// Config says how an Editor looks and whom it asks. The zero value is an editor
// on the process's own terminal, with no prompt, history or completion.
//
// The callbacks are called from the editor's own goroutines, one at a time. One
// that panics is treated as having had nothing to say; the panic is reported on
// the terminal, which stays usable.
type Config struct {
	// Prompt and Continue stand before the first and every further line of a
	// block. They may hold SGR colours; these are removed where colour is off.
	Prompt   string
	Continue string

	// HistoryFile keeps the history, one entry a line, mode 0600. Its directory
	// is made when missing. Unset: the history ends with the process. Optional.
	HistoryFile string

	// Incomplete tells whether src wants more lines. The lines are joined by
	// newlines with none at the end, so a blank last line shows as a final
	// newline: as for Python's codeop.compile_command, a block wants more
	// until that is there. Unset: every line is complete. Optional.
	Incomplete func(src string) bool

	// Indent gives the white space that the line after src starts with. Optional.
	Indent func(src string) string

	// Complete lists what may stand at pos, a byte offset into text: the block so far
	// with the line being typed. A candidate replaces text[start:pos]. Optional.
	Complete func(text string, pos int) (start int, cands []Candidate)

	// Paint returns line with SGR sequences put in and nothing else changed;
	// otherwise what it returns is not used. Not called where colour is
	// off: NO_COLOR (https://no-color.org) or TERM=dumb. Optional.
	Paint func(line string) string

	// In, Out and Err default to the process's own. The prompt is drawn on Out.
	In, Out, Err *os.File

	// Vi chooses vi keys; unset means Emacs keys. Optional.
	Vi bool
}

// Candidate is one way to complete the text at the cursor.
type Candidate struct {
	Text    string // what is put into the line
	Display string // what the list shows; Text when empty
	Note    string // a short remark, shown when the list is short enough
}

// Editor reads blocks of lines from a terminal, or from whatever else its input
// is. ReadBlock and ReadLine belong to one goroutine; Stdout's writer,
// Restore and Close may be used from any.
type Editor struct {
	cfg   Config
	color bool
	hist  *history
	term  *terminal // nil when the input is not edited
	plain *plainReader
	src   *source
	rl    *readline.Instance
	paint *painter
	out   *output

	readMu  sync.Mutex  // held by ReadBlock and ReadLine
	reading atomic.Bool // readline has the terminal
	closed  atomic.Bool
	once    sync.Once

	mu sync.Mutex // guards st: readline's goroutine and the reader's meet here
	st state
}

// New makes an editor. Where the input or the output is not a terminal, or
// TERM is "dumb", it reads plain lines, and prompts only somebody who can see
// it. A history file that cannot be used costs one warning on Err, no error.
func New(cfg Config) (*Editor, error) {
	if cfg.In == nil {
		cfg.In = os.Stdin
	}
	if cfg.Out == nil {
		cfg.Out = os.Stdout
	}
	if cfg.Err == nil {
		cfg.Err = os.Stderr
	}
	dumb := os.Getenv("TERM") == "dumb"
	e := &Editor{cfg: cfg, color: os.Getenv("NO_COLOR") == "" && !dumb}
	e.out = &output{e: e, lineStart: true}
	if !e.color {
		e.cfg.Prompt, e.cfg.Continue = stripSGR(cfg.Prompt), stripSGR(cfg.Continue)
	}
	tty := isTerminal(cfg.In)
	if !tty || !isTerminal(cfg.Out) || dumb {
		var err error
		if e.plain, err = newPlainReader(e, tty); err != nil {
			return nil, err
		}
		return e, nil
	}

	var err error
	if e.hist, err = openHistory(cfg.HistoryFile); err != nil {
		fmt.Fprintf(cfg.Err, "the history is not kept: %v\n", err)
	}
	if e.term, err = newTerminal(cfg.In, cfg.Out); err != nil {
		return nil, err
	}
	if e.src, err = newSource(cfg.In, cfg.Vi); err != nil {
		return nil, err
	}
	e.paint = &painter{}
	if e.color {
		e.paint.paint = cfg.Paint
	}
	e.rl, err = readline.NewEx(&readline.Config{
		Prompt:                 e.cfg.Prompt,
		DisableAutoSaveHistory: true,
		Listener:               listener{e},
		Painter:                e.paint,
		VimMode:                cfg.Vi,
		EOFPrompt:              "\n",
		Stdin:                  e.src,
		Stdout:                 cfg.Out,
		Stderr:                 cfg.Err,
		FuncFilterInputRune:    e.filter,
		FuncGetWidth:           e.term.width,
		FuncIsTerminal:         func() bool { return true },
		FuncMakeRaw:            e.term.raw,
		FuncExitRaw:            e.term.cooked,
		FuncOnWidthChanged:     e.term.onResize,
	})
	if err != nil {
		e.src.close()
		e.src.free()
		return nil, fmt.Errorf("start line editor: %w", err)
	}
	return e, nil
}

// ReadBlock reads one complete unit: a line, or several until Incomplete is
// content. Lines are joined by newlines; blank ones at the end are left off. A
// paste of several lines comes back as one unit with pasted set, however
// many statements it holds. The error is io.EOF after Ctrl-D or the end of
// the input, ErrInterrupt after Ctrl-C, os.ErrClosed after Close.
func (e *Editor) ReadBlock() (text string, pasted bool, err error) {
	e.readMu.Lock()
	defer e.readMu.Unlock()
	if e.plain != nil {
		text, err = e.plain.readBlock()
		return text, false, err
	}
	var lines []string
	prompt, preset := e.cfg.Prompt, presetNone
	tail := false // the line to come holds the end of a paste, which waits for Enter
	for {
		got, err := e.edit(prompt, strings.Join(lines, "\n"), len(lines) > 0, preset)
		if err != nil {
			return "", false, err
		}
		preset = presetNone
		unit := tail // came as a whole: needs no blank line to end it
		if got.paste != nil {
			pasted = true
			whole := strings.Split(got.paste.text, "\n")
			rest := whole[len(whole)-1]
			whole = whole[:len(whole)-1]
			e.echo(whole[1:])
			lines = append(lines, whole...)
			prompt = e.cfg.Continue
			if rest != "" {
				preset = presetLine(rest, got.paste.cursor)
				tail = true
				continue
			}
			unit = true
		} else {
			// A block recalled from the history is one line with glyphs in it.
			unit = unit || strings.Contains(got.line, "\n")
			if strings.TrimSpace(got.line) == "" {
				got.line = "" // nothing but the indentation, which came by itself
			}
			lines = append(lines, got.line)
		}
		tail = false
		src := strings.Join(lines, "\n")
		if strings.TrimSpace(src) == "" {
			lines, pasted, prompt = nil, false, e.cfg.Prompt
			continue
		}
		if !e.incomplete(src) || unit && !e.incomplete(src+"\n") {
			text = trimBlankLines(src)
			if err := e.hist.add(text); err != nil {
				fmt.Fprintf(e.cfg.Err, "the history is not kept from here on: %v\n", err)
			}
			return text, pasted, nil
		}
		prompt = e.cfg.Continue
		if in := e.indent(src); in != "" {
			preset = presetLine(in, len(in))
		}
	}
}

// ReadLine reads one line after a prompt of the caller's, leaving the history
// alone: what Python's input() does. Its errors are those of ReadBlock.
func (e *Editor) ReadLine(prompt string) (string, error) {
	e.readMu.Lock()
	defer e.readMu.Unlock()
	if e.plain != nil {
		return e.plain.readLine(prompt)
	}
	got, err := e.edit(prompt, "", false, presetNone)
	if err != nil {
		return "", err
	}
	if got.paste != nil {
		first, rest, _ := strings.Cut(got.paste.text, "\n")
		if rest != "" {
			e.src.unreadPaste(rest)
		}
		return first, nil
	}
	return got.line, nil
}

// edited is what one run of readline gave: a line, or a paste that ended it.
type edited struct {
	line  string
	paste *pasted
}

// pasted is a paste with newlines in it, merged with the line it was put into.
type pasted struct {
	text   string
	cursor int // where in its last line the paste ended, in bytes
}

// edit reads one line with readline. block is the text above it.
func (e *Editor) edit(prompt, block string, inside bool, pre preset) (edited, error) {
	if e.closed.Load() {
		return edited{}, os.ErrClosed
	}
	if e.src.ended() {
		return edited{}, io.EOF
	}
	e.mu.Lock()
	e.st = state{prompt: prompt, block: block, inside: inside, preset: pre, kill: e.st.kill, at: len(e.hist.entries)}
	e.mu.Unlock()
	if pre.set {
		e.src.unreadKey(keyPreset)
	}
	e.out.beginPrompt()
	e.rl.SetPrompt(prompt)
	e.reading.Store(true)
	text, err := e.rl.Readline()
	e.reading.Store(false)
	e.out.endPrompt()

	switch {
	case e.closed.Load():
		return edited{}, os.ErrClosed
	case e.src.ended():
		// readline submits a half-typed line when its input ends. Nobody
		// pressed Enter: a terminal that went away must not send a packet.
		return edited{}, io.EOF
	case errors.Is(err, readline.ErrInterrupt):
		return edited{}, ErrInterrupt
	case errors.Is(err, io.EOF):
		return edited{}, io.EOF
	case err != nil:
		return edited{}, fmt.Errorf("read line: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return edited{line: decode(text), paste: e.st.paste}, nil
}

// echo shows the lines of a paste as if they had been typed.
func (e *Editor) echo(lines []string) {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(e.cfg.Continue)
		b.WriteString(e.paint.text(strings.ReplaceAll(l, "\t", "    ")))
		b.WriteByte('\n')
	}
	io.WriteString(e.cfg.Out, b.String())
}

// Stdout is a writer for output that may come while the prompt is shown: the
// prompt is taken away, the output written, the prompt drawn again. An
// unfinished line is kept back until its newline comes or the prompt is gone.
func (e *Editor) Stdout() io.Writer { return e.out }

// Restore puts the terminal back as it was found: cooked, bracketed paste off.
// It is for signal handlers and panics, just before the process ends.
func (e *Editor) Restore() {
	if e.term != nil {
		e.term.cooked()
	}
}

// Close restores the terminal and ends a ReadBlock that waits, which then
// returns os.ErrClosed. It does not close the files of Config.
func (e *Editor) Close() error {
	var err error
	e.once.Do(func() {
		e.closed.Store(true)
		if e.plain != nil {
			e.plain.p.close()
			e.readMu.Lock()
			defer e.readMu.Unlock()
			e.plain.p.free()
			return
		}
		// readline's own Close hangs while something reads: let that end first.
		e.src.close()
		e.readMu.Lock()
		defer e.readMu.Unlock()
		err = e.rl.Close()
		e.term.close()
		e.src.free()
	})
	return err
}

func (e *Editor) incomplete(src string) (more bool) {
	if e.cfg.Incomplete == nil {
		return false
	}
	defer e.caught("looking for the end of the input")
	return e.cfg.Incomplete(src)
}

func (e *Editor) indent(src string) (s string) {
	if e.cfg.Indent == nil {
		return ""
	}
	defer e.caught("indenting")
	return clean(e.cfg.Indent(src), false)
}

// caught, deferred, turns a panic in a callback into a line on the screen. A
// panic on readline's goroutine would end the process with the terminal raw.
func (e *Editor) caught(doing string) {
	if r := recover(); r != nil {
		fmt.Fprintf(e.out, "internal error while %s: %v\n", doing, r)
	}
}

// trimBlankLines drops blank lines at the end of s.
func trimBlankLines(s string) string {
	for {
		i := strings.LastIndexByte(s, '\n')
		if strings.TrimSpace(s[i+1:]) != "" || i < 0 {
			return s
		}
		s = s[:i]
	}
}
