package line

import (
	"bytes"
	"sync"
	"time"
)

// output is the writer of Editor.Stdout. Safe for concurrent use.
type output struct {
	e *Editor

	mu        sync.Mutex
	held      []byte // an unfinished line, while the prompt is shown
	lineStart bool   // the last byte written was a newline, or none was
}

// maxHeld is how much of an unfinished line is kept back.
const maxHeld = 1 << 16

// Write implements io.Writer.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.e.reading.Load() {
		if len(b) > 0 {
			o.lineStart = b[len(b)-1] == '\n'
		}
		return o.e.cfg.Out.Write(b)
	}
	// What stands before the prompt on its line is wiped with it.
	o.held = append(o.held, b...)
	n := bytes.LastIndexByte(o.held, '\n') + 1
	if n == 0 && len(o.held) > maxHeld {
		o.held = append(o.held, '\n')
		n = len(o.held)
	}
	if n == 0 {
		return len(b), nil
	}
	if err := o.above(o.held[:n]); err != nil {
		return 0, err
	}
	o.held = append(o.held[:0], o.held[n:]...)
	return len(b), nil
}

// above writes whole lines above the prompt. readline only redraws the prompt
// when it waits for a key; for the moments in which it is shown already, or
// still, but nothing waits, there is a little patience and a second look.
func (o *output) above(lines []byte) error {
	rl := o.e.rl
	for i := 0; i < 50 && !rl.Terminal.IsReading() && o.e.reading.Load(); i++ {
		time.Sleep(time.Millisecond)
	}
	waited := rl.Terminal.IsReading()
	_, err := rl.Stdout().Write(lines)
	if !waited && rl.Terminal.IsReading() {
		rl.Refresh()
	}
	return err
}

// beginPrompt makes sure that the prompt starts a line of its own: what stood
// before it would be wiped with the first key.
func (o *output) beginPrompt() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.lineStart {
		o.e.cfg.Out.WriteString("\n")
		o.lineStart = true
	}
}

// endPrompt writes what was kept back.
func (o *output) endPrompt() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.held) > 0 {
		o.e.cfg.Out.Write(o.held)
		o.held, o.lineStart = nil, false
	}
}
