package line

import (
	"fmt"
	"io"
	"strings"
)

const (
	// noteLimit is how many candidates may come with their notes, one a row.
	noteLimit = 20
	// noteWidth is the narrowest terminal on which notes are shown.
	noteWidth = 40
	// listLimit is how many candidates are listed; of more, summaryRows rows.
	listLimit   = 100
	summaryRows = 8
)

// complete is Tab: it puts in what all candidates have in common, else lists
// them above the prompt. In the indentation it indents.
func (e *Editor) complete(b buffer) buffer {
	if b.blankBefore() && (b.pos > 0 || e.st.inside) {
		return b.indent()
	}
	if e.cfg.Complete == nil {
		return b
	}
	above := ""
	if e.st.inside {
		above = e.st.block + "\n"
	}
	head := above + decode(b.before())
	start, cands := e.candidates(head+decode(b.after()), len(head))
	if len(cands) == 0 {
		e.rl.Terminal.Bell()
		return b
	}
	start = min(max(start, len(above)), len(head))
	typed := head[start:]
	common := commonPrefix(cands)
	if len(cands) == 1 || common != typed && strings.HasPrefix(common, typed) {
		line := []rune(encode(head[len(above):start] + common))
		return b.replace(0, b.pos, line)
	}
	io.WriteString(e.out, table(cands, e.term.width()))
	return b
}

// candidates asks the callback, and makes what it says fit to be shown.
func (e *Editor) candidates(text string, pos int) (start int, cands []Candidate) {
	defer e.caught("completing") // the results are zero then
	start, all := e.cfg.Complete(text, pos)
	seen := map[string]bool{}
	for _, c := range all {
		c.Text = clean(c.Text, false)
		if c.Text == "" || seen[c.Text] {
			continue
		}
		seen[c.Text] = true
		if c.Display == "" {
			c.Display = c.Text
		}
		c.Display = strings.ReplaceAll(clean(c.Display, false), "\t", " ")
		c.Note = strings.ReplaceAll(clean(c.Note, false), "\t", " ")
		cands = append(cands, c)
	}
	return start, cands
}

// commonPrefix is what every candidate's text starts with.
func commonPrefix(cands []Candidate) string {
	p := []rune(cands[0].Text)
	for _, c := range cands[1:] {
		n := 0
		for _, r := range c.Text {
			if n == len(p) || p[n] != r {
				break
			}
			n++
		}
		p = p[:n]
	}
	return string(p)
}

// table lays candidates out on a terminal of the given width: one a row with
// their notes when they are few, else in columns, read downwards. Every row
// ends in a newline and none is wider than the terminal.
func table(cands []Candidate, width int) string {
	// The last column stays free: terminals differ on what follows it.
	room := max(1, width-1)
	widest, notes := 0, false
	for _, c := range cands {
		widest = max(widest, stringWidth(c.Display))
		notes = notes || c.Note != ""
	}
	var b strings.Builder
	if notes && len(cands) <= noteLimit && width >= noteWidth {
		widest = min(widest, room/2)
		for _, c := range cands {
			name := fit(c.Display, widest)
			row := name + strings.Repeat(" ", widest-stringWidth(name)+2) + c.Note
			b.WriteString(strings.TrimRight(fit(row, room), " "))
			b.WriteByte('\n')
		}
		return b.String()
	}

	widest = min(widest, room)
	cols := max(1, (room+2)/(widest+2))
	shown := cands
	if len(cands) > listLimit {
		shown = cands[:min(len(cands), cols*summaryRows)]
	}
	rows := (len(shown) + cols - 1) / cols
	for r := range rows {
		var row strings.Builder
		for i := r; i < len(shown); i += rows {
			name := fit(shown[i].Display, widest)
			row.WriteString(name)
			if i+rows < len(shown) {
				row.WriteString(strings.Repeat(" ", widest-stringWidth(name)+2))
			}
		}
		b.WriteString(row.String())
		b.WriteByte('\n')
	}
	if n := len(cands) - len(shown); n > 0 {
		b.WriteString(fit(fmt.Sprintf("… and %d more", n), room))
		b.WriteByte('\n')
	}
	return b.String()
}
