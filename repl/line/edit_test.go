package line

import (
	"slices"
	"strings"
	"testing"
)

// at makes a buffer from text with the cursor at |.
func at(s string) buffer {
	before, after, _ := strings.Cut(s, "|")
	return buffer{[]rune(before + after), len([]rune(before))}
}

func (b buffer) String() string { return b.before() + "|" + b.after() }

func TestEdit(t *testing.T) {
	for _, tc := range []struct {
		key            rune
		in, want, kill string
	}{
		{keyBackspace, "|ab", "|ab", "-"},
		{keyBackspace, "é|b", "|b", "-"},
		{keyBackspace, "      |x", "    |x", "-"},
		{keyBackspace, "    |x", "|x", "-"},
		{keyBackspace, " |x", "|x", "-"},
		{keyBackspace, "a    |", "a   |", "-"},
		{keyDelete, "|", "|", "-"},
		{keyDelete, "ab|", "ab|", "-"},
		{keyDelete, "a|bc", "a|c", "-"},
		{keyWordLeft, "IP(dst=1)|", "IP(dst=|1)", "-"},
		{keyWordLeft, "|ab", "|ab", "-"},
		{keyWordRight, "|IP(dst=1)", "IP|(dst=1)", "-"},
		{keyWordRight, "IP|(dst=1)", "IP(dst|=1)", "-"},
		{keyWordRight, "ab|", "ab|", "-"},
		{keyWordRubout, "one|two", "|two", "one"},
		{keyWordRubout, "one two|", "one |", "two"},
		{keyWordRubout, "|two", "|two", "-"},
		{keyWordRubout, "IP(dst_a)|", "IP(|", "dst_a)"},
		{keyWordKill, "one| two", "one|", " two"},
		{keyWordKill, "|one two", "| two", "one"},
		{keyKillEnd, "ab|cd", "ab|", "cd"},
		{keyKillEnd, "ab|", "ab|", "-"},
		{keyKillStart, "ab|cd", "|cd", "ab"},
		{keyYank, "a|b", "a-|b", "-"},
		{keyTranspose, "ab|", "ba|", "-"},
		{keyTranspose, "a|bc", "ba|c", "-"},
		{keyTranspose, "a|", "a|", "-"},
		{keyTranspose, "|ab", "|ab", "-"},
		{keyNewline, "a|b", "a⏎|b", "-"},
		{keyViLast, "a|bc", "ab|c", "-"},
		{keyViLast, "|", "|", "-"},
		{keyViEnd, "|ab cd", "a|b cd", "-"},
		{keyViEnd, "a|b cd", "ab c|d", "-"},
		{keyViEnd, "ab c|d", "ab c|d", "-"},
		{keyViEnd, "|", "|", "-"},
	} {
		in := at(tc.in)
		got, kill, ok := in.edit(tc.key, []rune("-"))
		if !ok || got.String() != tc.want || string(kill) != tc.kill {
			t.Errorf("%s on %q: got %q, kill %q, %v; want %q, %q", keyNames[tc.key], tc.in, got, string(kill), ok, tc.want, tc.kill)
		}
		if in.String() != tc.in {
			t.Errorf("%s changed the line it was given, from %q to %q", keyNames[tc.key], tc.in, in)
		}
	}
	if _, _, ok := at("|").edit(keyTab, nil); ok {
		t.Error("Tab passed for an editing key")
	}
}

func TestIndent(t *testing.T) {
	for in, want := range map[string]string{"|x": "    |x", "  |": "    |", "    |": "        |"} {
		if got := at(in).indent().String(); got != want {
			t.Errorf("indent %q: got %q, want %q", in, got, want)
		}
	}
}

func TestUndo(t *testing.T) {
	var u undo
	for _, s := range []string{"a|", "ab|", "abc|"} {
		u.note(at(s), true)
	}
	u.note(at("|abc"), false) // a motion
	u.note(at("|"), false)
	for _, want := range []string{"|abc", "|", "|"} {
		if got := u.back().String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestGlyphs(t *testing.T) {
	for _, text := range []string{"", "a", "a\nb", "a\n\nb\n", "x = '⏎'", "⏎\n⏎", "\n⏎\ufe0e"} {
		line := encode(text)
		if strings.Contains(line, "\n") {
			t.Errorf("encode(%q) has a newline", text)
		}
		// A selector that follows a glyph already is taken for ours.
		if got, want := decode(line), strings.ReplaceAll(text, "⏎\ufe0e", "⏎"); got != want {
			t.Errorf("decode(encode(%q)): got %q", text, got)
		}
	}
}

func TestStripSGR(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "\x1b[1;36mIP\x1b[0m(": "IP(", "a\x1b[38:2:1m": "a",
		"\x1b[": "\x1b[", "\x1b[2J": "\x1b[2J", "\x1b[1": "\x1b[1", "\x1b[\x1b[mx": "\x1b[x",
	} {
		if got := stripSGR(in); got != want {
			t.Errorf("stripSGR(%q): got %q, want %q", in, got, want)
		}
	}
}

func TestPainter(t *testing.T) {
	calls := 0
	p := &painter{paint: func(s string) string {
		calls++
		switch s {
		case "panic":
			panic("painter")
		case "longer":
			return s + "!"
		}
		return "\x1b[1m" + s + "\x1b[0m"
	}}
	for in, want := range map[string]string{
		"ab": "\x1b[1mab\x1b[0m", "ab\n": "\x1b[1mab\x1b[0m\n", "panic": "panic", "longer": "longer", "": "",
		"a⏎b": "\x1b[1ma" + dimGlyph + "b\x1b[0m",
	} {
		if got := string(p.Paint([]rune(in), 0)); got != want {
			t.Errorf("Paint(%q): got %q, want %q", in, got, want)
		}
	}
	calls = 0
	for range 3 {
		p.Paint([]rune("same"), 0)
	}
	if calls != 1 {
		t.Errorf("asked %d times for one text", calls)
	}
}

func TestFindEntry(t *testing.T) {
	entries := []string{"send(IP())", "sniff()", "Send again"}
	for _, tc := range []struct {
		query      string
		at, dir    int
		entry, pos int
	}{
		{"send", 3, -1, 2, 0},
		{"send", 1, -1, 0, 0},
		{"Send", 1, -1, -1, 0},
		{"ip", 3, -1, 0, 5},
		{"sn", 0, 1, 1, 0},
		{"sn", 2, 1, -1, 0},
		{"s", 3, 1, -1, 0},
		{"(", 3, -1, 1, 5},
	} {
		entry, pos := findEntry(entries, []rune(tc.query), tc.at, tc.dir)
		if entry != tc.entry || pos != tc.pos {
			t.Errorf("%q from %d by %d: got %d,%d, want %d,%d", tc.query, tc.at, tc.dir, entry, pos, tc.entry, tc.pos)
		}
	}
	if e, _ := findEntry(nil, []rune("x"), 0, -1); e != -1 {
		t.Errorf("found %d in nothing", e)
	}
}

func TestSearchPromptFits(t *testing.T) {
	s := &search{query: []rune(strings.Repeat("long ", 20)), failing: true}
	for _, width := range []int{2, 10, 40, 80} {
		if w := stringWidth(s.prompt(width)); w > max(width/2+3, 4) {
			t.Errorf("prompt takes %d of %d columns", w, width)
		}
	}
}

func TestFit(t *testing.T) {
	for _, tc := range []struct {
		in   string
		w    int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"漢字", 4, "漢字"}, {"漢字x", 4, "漢…"}, {"ab", 1, "…"}} {
		if got := fit(tc.in, tc.w); got != tc.want || stringWidth(got) > tc.w {
			t.Errorf("fit(%q, %d): got %q, want %q", tc.in, tc.w, got, tc.want)
		}
	}
}

func TestTable(t *testing.T) {
	cands := func(names ...string) (cs []Candidate) {
		for _, n := range names {
			name, note, _ := strings.Cut(n, ":")
			cs = append(cs, Candidate{Text: name, Display: name, Note: note})
		}
		return cs
	}
	many := cands(slices.Repeat([]string{"name"}, 101)...)
	for _, tc := range []struct {
		name  string
		cands []Candidate
		width int
		want  string
	}{
		{"columns, downwards", cands("a", "bb", "c", "d", "e"), 9, "a   d\nbb  e\nc\n"},
		{"one column", cands("abcdef", "x"), 10, "abcdef\nx\n"},
		{"too narrow for a name", cands("abcdefghijkl"), 10, "abcdefgh…\n"},
		{"as narrow as can be", cands("abc", "d"), 2, "…\nd\n"},
		{"notes", cands("ttl=:hop limit", "dst="), 40, "ttl=  hop limit\ndst=\n"},
		{"notes cut", cands("ttl=:" + strings.Repeat("x", 50)), 40, "ttl=  " + strings.Repeat("x", 32) + "…\n"},
		{"no notes when narrow", cands("ttl=:hop limit", "dst="), 39, "ttl=  dst=\n"},
		{"wide characters", cands("漢字", "a"), 11, "漢字  a\n"},
		{"many", many, 13, strings.Repeat("name  name\n", 8) + "… and 85 mo…\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := table(tc.cands, tc.width)
			if got != tc.want {
				t.Errorf("got:\n%swant:\n%s", got, tc.want)
			}
			for row := range strings.Lines(got) {
				if stringWidth(strings.TrimSuffix(row, "\n")) >= tc.width {
					t.Errorf("row %q fills %d columns", row, tc.width)
				}
			}
		})
	}
}

func TestCommonPrefix(t *testing.T) {
	for want, in := range map[string][]string{"send": {"sendp", "send"}, "": {"a", "b"}, "é": {"éa", "éb"}, "x": {"x"}} {
		var cs []Candidate
		for _, s := range in {
			cs = append(cs, Candidate{Text: s})
		}
		if got := commonPrefix(cs); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
