package line

import (
	"strings"
	"sync"
)

// painter is readline's Painter: it colours the line by the callback, checks
// and remembers what that returned. readline repaints the line for every key, and
// from whatever goroutine writes to the terminal, and holds its lock then.
type painter struct {
	paint func(string) string // nil: no colour

	mu         sync.Mutex
	last, done string
}

// Paint implements readline.Painter.
func (p *painter) Paint(line []rune, _ int) []rune {
	if p.paint == nil || len(line) == 0 {
		return line
	}
	// readline adds a newline to the line when Enter is pressed.
	text, newline := strings.CutSuffix(string(line), "\n")
	out := []rune(p.text(text))
	if newline {
		out = append(out, '\n')
	}
	return out
}

// text paints one line.
func (p *painter) text(s string) string {
	if p.paint == nil || s == "" {
		return s
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if s != p.last {
		p.last, p.done = s, p.fresh(s)
	}
	return p.done
}

// dim shows that a glyph is not part of the text.
const dimGlyph = "\x1b[2m" + string(glyph) + "\x1b[22m"

// fresh asks the callback. What differs from s in more than colours would put
// the cursor beside the text and is not used.
func (p *painter) fresh(s string) (out string) {
	defer func() {
		if recover() != nil {
			out = s // there will be another try with the next key
		}
	}()
	painted := p.paint(s)
	if stripSGR(painted) != s {
		return s
	}
	return strings.ReplaceAll(painted, string(glyph), dimGlyph)
}
