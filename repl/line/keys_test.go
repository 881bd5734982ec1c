package line

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// keyNames writes keys as the tables below do.
var keyNames = map[rune]string{
	keyBackspace: "<bs>", keyDelete: "<del>", keyWordLeft: "<word-left>", keyWordRight: "<word-right>",
	keyWordRubout: "<word-rubout>", keyWordKill: "<word-kill>", keyKillEnd: "<kill-end>",
	keyKillStart: "<kill-start>", keyYank: "<yank>", keyTranspose: "<transpose>", keyUndo: "<undo>",
	keyNewline: "<newline>", keyUp: "<up>", keyDown: "<down>", keyFirst: "<first>", keyLast: "<last>",
	keySearchBack: "<search>", keySearchForward: "<search-fwd>", keyAbort: "<abort>", keyEscape: "<esc>",
	keyTab: "<tab>", keySuspend: "<suspend>", keyPaste: "<paste>", keyPreset: "<preset>",
	keyViEnd: "<vi-e>", keyViLast: "<vi-$>",
	1: "<home>", 2: "<left>", ctrlC: "<ctrl-c>", ctrlD: "<ctrl-d>", 5: "<end>", 6: "<right>", 12: "<clear>",
	enter: "<enter>", escape: "<ESC>",
}

func spell(out []byte) string {
	var b strings.Builder
	for _, r := range string(out) {
		if name, ok := keyNames[r]; ok {
			b.WriteString(name)
		} else if name, ok := keyNames[r-keyStay]; ok && r > keyBase {
			b.WriteString("+" + name)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// keyCases is both the table and the seeds of the fuzz test.
var keyCases = []struct {
	name, in, want string
	pastes         []string
}{
	{name: "text", in: "IP(dst=1)/é漢", want: "IP(dst=1)/é漢"},
	{name: "passing controls", in: "\x01\x02\x03\x04\x05\x06\x0c\r", want: "<home><left><ctrl-c><ctrl-d><end><right><clear><enter>"},
	{name: "enter of a cooked terminal", in: "a\n", want: "a<enter>"},
	{name: "our controls", in: "\x07\x08\t\x0b\x0e\x10\x12\x13\x14\x15\x17\x19\x1a\x1f\x7f",
		want: "<abort><bs><tab><kill-end><down><up><search><search-fwd><transpose><kill-start><word-rubout><yank><suspend><undo><bs>"},
	{name: "NUL would be the end of the input", in: "a\x00b\x0f\x11\x16\x18\x1c\x1d\x1e", want: "ab"},
	{name: "arrows", in: "\x1b[A\x1b[B\x1b[C\x1b[D\x1bOA\x1bOB\x1bOC\x1bOD", want: "<up><down><right><left><up><down><right><left>"},
	{name: "home in all forms", in: "\x1b[H\x1bOH\x1b[1~\x1b[7~\x1b[1;5H", want: "<home><home><home><home><home>"},
	{name: "end in all forms", in: "\x1b[F\x1bOF\x1b[4~\x1b[8~\x1b[1;2F", want: "<end><end><end><end><end>"},
	{name: "delete is not ctrl-d", in: "\x1b[3~\x1b[3;5~", want: "<del><word-kill>"},
	{name: "ctrl-arrows", in: "\x1b[1;5C\x1b[1;5D\x1b[5C\x1b[5D\x1bO5C\x1bOc\x1bOd", want: "<word-right><word-left><word-right><word-left><word-right><word-right><word-left>"},
	{name: "alt-arrows", in: "\x1b[1;3C\x1b[1;3D\x1b\x1b[C\x1b\x1b[D", want: "<word-right><word-left><word-right><word-left>"},
	{name: "shift-arrows", in: "\x1b[1;2C\x1b[1;2D", want: "<right><left>"},
	{name: "alt letters", in: "\x1bb\x1bf\x1bd\x1b\x7f\x1b<\x1b>\x1b\r", want: "<word-left><word-right><word-kill><word-rubout><first><last><newline>"},
	{name: "alt with no meaning", in: "\x1bz\x1b1a", want: "a"},
	{name: "function keys", in: "\x1bOP\x1b[15~\x1b[24;2~\x1b[[Ax\x1b[5~\x1b[6~\x1b[2~\x1b[Z", want: "x"},
	{name: "keypad enter", in: "\x1bOM", want: "<enter>"},
	{name: "answers of the terminal", in: "\x1b[?62;1c\x1b[24;80R\x1b]11;rgb:0/0/0\x07\x1bP1+r\x1b\\a\x1b[I\x1b[O", want: "a"},
	{name: "a sequence cut short by a control", in: "\x1b[12\ra\x1b[\x03b\x1bO\x04c", want: "<enter>a<ctrl-c>b<ctrl-d>c"},
	{name: "a string cut short", in: "\x1b]junk\rx", want: "<enter>x"},
	{name: "a sequence cut short by a letter beyond ASCII", in: "\x1b[1éx", want: "éx"},
	{name: "overlong parameters", in: "\x1b[" + strings.Repeat("1", 1000) + "~x", want: "x"},
	{name: "lone escape", in: "a\x1b", want: "a<esc>"},
	{name: "broken UTF-8", in: "\xffa\xe9b\xc3", want: "ab"},
	{name: "C1 controls", in: "a\u009b1mb", want: "a1mb"},
	{name: "private-use keys are nobody's to type", in: "a\U0010ff18\U0010ff01\U0010fffdb", want: "ab"},
	{name: "a glyph is marked", in: "⏎", want: "⏎\ufe0e"},
	{name: "paste of one line", in: "a\x1b[200~b\tc\x1b[201~d", want: "a<paste>d", pastes: []string{"b\tc"}},
	{name: "paste of lines", in: "\x1b[200~a\rb\r\nc\n\x1b[201~", want: "<paste><enter>", pastes: []string{"a\nb\nc\n"}},
	{name: "controls in a paste", in: "\x1b[200~a\x04\x00\x1b[31mb\x7f\x1b[201~", want: "<paste>", pastes: []string{"a[31mb"}},
	{name: "empty paste", in: "\x1b[200~\x1b[201~a", want: "a"},
	{name: "stray end of a paste", in: "a\x1b[201~b", want: "ab"},
	{name: "two pastes", in: "\x1b[200~a\x1b[201~\x1b[200~b\n\x1b[201~", want: "<paste><paste><enter>", pastes: []string{"a", "b\n"}},
	{name: "paste given up", in: "\x1b[200~abc\x03d", want: "<ctrl-c>d"},
	{name: "ctrl-c after a paste", in: "\x1b[200~abc\x1b[201~\x03", want: "<paste><ctrl-c>", pastes: []string{"abc"}},
	{name: "paste with half an end", in: "\x1b[200~a\x1b[20\x1b[201~", want: "<paste>", pastes: []string{"a[20"}},
}

// translate feeds in pieces of the given size.
func translate(in string, size int, vi bool) (string, []string) {
	var pastes []string
	tr := &translator{vi: vi, paste: func(s string) { pastes = append(pastes, s) }}
	var out []byte
	for b := []byte(in); len(b) > 0; {
		n := min(size, len(b))
		out = tr.feed(out, b[:n])
		b = b[n:]
	}
	return string(out), pastes
}

func TestTranslator(t *testing.T) {
	for _, tc := range keyCases {
		t.Run(tc.name, func(t *testing.T) {
			for _, size := range []int{1 << 20, 1, 2, 3, 5} {
				out, pastes := translate(tc.in, size, false)
				got, want := spell([]byte(out)), tc.want
				if size < len(tc.in) { // a split may make an Esc a lone one
					got, want = strings.ReplaceAll(got, "<esc>", ""), strings.ReplaceAll(want, "<esc>", "")
				}
				if got != want {
					t.Errorf("in pieces of %d: got %s, want %s", size, got, want)
				}
				if strings.Join(pastes, "|") != strings.Join(tc.pastes, "|") {
					t.Errorf("in pieces of %d: pastes %q, want %q", size, pastes, tc.pastes)
				}
			}
		})
	}
}

func TestTranslatorVi(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"insert mode is as usual", "a\x1b[A\tb", "a<up><tab>b"},
		{"commands", "\x1bhl0wbxp", "<ESC>hl0wbxp"},
		{"arrows", "\x1b\x1b[D\x1b[C\x1b[A\x1b[B\x1b[H\x1b[F\x1b[3~", "<ESC>hl+<up>+<down>0+<vi-$>x"},
		{"kj$eu", "\x1bkj$eu", "<ESC>+<up>+<down>+<vi-$>+<vi-e>+<undo>"},
		{"operators", "\x1bdwddfxTyrz", "<ESC>dwddfxTysz<ESC>h"},
		{"change inserts", "\x1bcwk", "<ESC>cwk"},
		{"delete does not", "\x1bdwk", "<ESC>dw+<up>"},
		{"operator and enter", "\x1bd\rk", "<ESC><enter>k"},
		{"operator and escape", "\x1br\x1bk", "<ESC>+<up>"},
		{"operator and ctrl-c", "\x1bf\x03k", "<ESC><ctrl-c>k"},
		{"no such operation", "\x1bdzk", "<ESC>+<up>"},
		{"no such command", "\x1bQ;,k", "<ESC>+<up>"},
		{"search leaves command mode", "\x1b/k", "<ESC><search>k"},
		{"paste leaves command mode", "\x1bd\x1b[200~x\x1b[201~k", "<ESC><paste>k"},
		{"escape twice", "\x1b\x1bk", "<ESC>+<up>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out, _ := translate(tc.in, 1<<20, true)
			if got := spell([]byte(out)); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func FuzzTranslator(f *testing.F) {
	for _, tc := range keyCases {
		f.Add([]byte(tc.in), uint8(3))
	}
	f.Fuzz(func(t *testing.T, in []byte, size uint8) {
		whole, pastes := translate(string(in), len(in)+1, false)
		split, splitPastes := translate(string(in), int(size)+1, false)
		lone := func(s string) string { return strings.ReplaceAll(s, string(keyEscape), "") }
		if lone(whole) != lone(split) || strings.Join(pastes, "\x00") != strings.Join(splitPastes, "\x00") {
			t.Errorf("the way of splitting matters: %s %q and %s %q", spell([]byte(whole)), pastes, spell([]byte(split)), splitPastes)
		}
		vi, _ := translate(string(in), int(size)+1, true)
		for _, out := range []string{whole, vi} {
			if !utf8.ValidString(out) {
				t.Fatalf("not UTF-8: %q", out)
			}
			for _, r := range out {
				if r < ' ' && !strings.ContainsRune(passes, r) && (r != escape || out == whole) || r == rubout ||
					r >= keyLimit && r != r&^keyStay && r-keyStay >= keyLimit {
					t.Fatalf("%q came through in %q", r, out)
				}
			}
		}
		if got := bytes.Count([]byte(whole), []byte(string(keyPaste))); got != len(pastes) {
			t.Errorf("%d keys for %d pastes", got, len(pastes))
		}
		for _, p := range pastes {
			if clean(p, true) != p || p == "" {
				t.Errorf("paste %q is not clean", p)
			}
		}
	})
}

func TestEndOfLine(t *testing.T) {
	for in, want := range map[string]int{"": 0, "abc": 3, "ab\rcd\r": 3, "\x03x": 1, "a\x04": 2} {
		if got := endOfLine([]byte(in)); got != want {
			t.Errorf("endOfLine(%q): got %d, want %d", in, got, want)
		}
	}
}
