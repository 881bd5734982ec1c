package line

import (
	"fmt"
	"strings"
	"unicode"
)

// search is an incremental search through the history, as Ctrl-R begins it.
type search struct {
	query   []rune
	forward bool
	at      int // the entry found; len(entries) at first
	failing bool
	start   buffer // the line to go back to
	startAt int
}

// searchKey carries out a key of a search, or begins one.
func (e *Editor) searchKey(k rune, b buffer) buffer {
	st := &e.st
	s := st.search
	if s == nil {
		s = &search{at: st.at, start: b, startAt: st.at}
		st.search = s
	} else if k == keySearchBack || k == keySearchForward {
		if len(s.query) == 0 { // Ctrl-R Ctrl-R: what was searched for last
			s.query = []rune(e.hist.lastQuery)
		}
	}
	step := 0
	switch k {
	case keySearchBack:
		s.forward, step = false, -1
	case keySearchForward:
		s.forward, step = true, 1
	case keyExtend:
		s.query = append(s.query, st.char)
	case keyShorten, keyBackspace:
		if n := len(s.query); n > 0 {
			s.query = s.query[:n-1]
		}
		s.at = s.startAt // what is shorter may be found nearer
	case keyAbort, keyEscape:
		b, st.at = s.start, s.startAt
		e.endSearch()
		return b
	}
	if len(s.query) > 0 {
		e.hist.lastQuery = string(s.query)
		b = e.find(s, step, b)
	} else {
		s.failing = false
	}
	e.showPrompt(s.prompt(e.term.width()))
	return b
}

// find looks for the query from the current entry on, or from the next one when
// step says so, and shows what it finds with the cursor on it.
func (e *Editor) find(s *search, step int, b buffer) buffer {
	dir := -1
	if s.forward {
		dir = 1
	}
	at, pos := findEntry(e.hist.entries, s.query, s.at+step, dir)
	s.failing = at < 0
	if s.failing {
		return b
	}
	s.at, e.st.at = at, at
	return buffer{[]rune(e.hist.entries[at]), pos}
}

// findEntry is the first entry from index at on, in steps of dir, that has the
// query in it, and where: the last place in the entry, in characters. A query in
// small letters finds capitals too. It returns -1 when there is none.
func findEntry(entries []string, query []rune, at, dir int) (entry, pos int) {
	fold := true
	for _, r := range query {
		fold = fold && !unicode.IsUpper(r)
	}
	want := string(query)
	if at >= len(entries) && dir < 0 {
		at = len(entries) - 1
	}
	for ; at >= 0 && at < len(entries); at += dir {
		have := entries[at]
		if fold {
			// Letter by letter, so that places stay the same.
			have = strings.Map(unicode.ToLower, have)
		}
		if i := strings.LastIndex(have, want); i >= 0 {
			return at, len([]rune(have[:i]))
		}
	}
	return -1, 0
}

// prompt is what stands before the line during a search.
func (s *search) prompt(width int) string {
	name := "reverse-i-search"
	if s.forward {
		name = "i-search"
	}
	if s.failing {
		name = "failed " + name
	}
	p := fmt.Sprintf("(%s)`%s': ", name, string(s.query))
	if stringWidth(p) > width/2 {
		p = fmt.Sprintf("?%s: ", fit(string(s.query), max(1, width/2)))
	}
	return p
}

// endSearch ends a search and leaves what it found in the line.
func (e *Editor) endSearch() {
	e.st.search = nil
	e.showPrompt(e.st.prompt)
	e.rl.Refresh()
}

// showPrompt changes the prompt of the line being edited. The line is wiped
// first: how many rows it takes depends on the prompt it was drawn with.
func (e *Editor) showPrompt(p string) {
	e.rl.Clean()
	e.rl.SetPrompt(p)
}
