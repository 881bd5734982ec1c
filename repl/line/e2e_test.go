package line

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const (
	left, right, up, down = "\x1b[D", "\x1b[C", "\x1b[A", "\x1b[B"
	pasteOn, pasteOff     = "\x1b[200~", pasteEnd
)

func TestTypingAndEditing(t *testing.T) {
	for _, tc := range []struct{ name, keys, want string }{
		{"plain", "x = 1", "x = 1"},
		{"insert in the middle", "x 1" + left + left + " =", "x = 1"},
		{"backspace", "ab\x7fc", "ac"},
		{"delete key", "abc" + left + left + "\x1b[3~", "ac"},
		{"home and end", "b\x1b[Ha\x1b[Fc", "abc"},
		{"home and end of tmux", "b\x1b[1~a\x1b[4~c", "abc"},
		{"home and end of rxvt", "b\x1b[7~a\x1b[8~c", "abc"},
		{"home and end in application mode", "b\x1bOHa\x1bOFc", "abc"},
		{"ctrl-a, ctrl-e", "b\x01a\x05c", "abc"},
		{"ctrl-w on the first word keeps the rest", "ab cd\x01\x06\x06\x17X", "X cd"},
		{"ctrl-left", "ab cd\x1b[1;5DX", "ab Xcd"},
		{"alt-right", "ab cd\x01\x1b[1;3CX", "abX cd"},
		{"kill and yank", "ab cd\x01\x0b\x19\x19", "ab cdab cd"},
		{"kill the start", "ab cd" + left + left + "\x15", "cd"},
		{"transpose", "ab\x14", "ba"},
		{"transpose of one, then more", "a\x14bc", "abc"},
		{"undo", "ab\x0b\x15\x1f", "ab"},
		{"unknown keys", "a\x1b[15~\x1bOP\x1b[[A\x1b[5~\x1b[Ib\x00\x11c", "abc"},
		{"ctrl-d deletes", "abc\x01\x04", "bc"},
		{"ctrl-g does nothing", "a\x07b", "ab"},
		{"not ASCII", "é漢x" + left + left + "\x7f", "漢x"},
		{"broken UTF-8", "a\xff\xe9b", "ab"},
		{"private-use characters", "a\U0010ff01\U0010ff18b", "ab"},
		{"a glyph that was typed", "'⏎'", "'⏎'"},
		{"alt-enter", "a\x1b\rb", "a\nb"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := start(t, 80)
			s.send(tc.keys + "\r")
			s.see(fmt.Sprintf("<typed %q>", tc.want))
		})
	}
}

func TestTypingIsShown(t *testing.T) {
	s := start(t, 80)
	s.send("IP(dst=1)")
	s.seeLine(">>> IP(dst=1)|")
	s.send(left + left)
	s.seeLine(">>> IP(dst=|1)")
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.Contains(s.raw.String(), "\x1b[36mIP\x1b[0m(dst=1)") {
		t.Errorf("not coloured: %q", s.raw.String())
	}
}

func TestNoColor(t *testing.T) {
	s := start(t, 80, "NO_COLOR=1")
	s.send("IP()\r")
	s.see("<typed \"IP()\">")
	s.mu.Lock()
	defer s.mu.Unlock()
	if strings.Contains(s.raw.String(), "m>>>") || strings.Contains(s.raw.String(), "\x1b[36m") {
		t.Errorf("coloured: %q", s.raw.String())
	}
}

func TestDeleteOnEmptyLineIsNoEOF(t *testing.T) {
	s := start(t, 80)
	s.send("\x1b[3~\x1b[3~still\r")
	s.see(`<typed "still">`)
}

func TestCtrlD(t *testing.T) {
	s := start(t, 80)
	s.send("\x04")
	if status := s.wait(); status != 0 {
		t.Errorf("status %d", status)
	}
	s.see("<err EOF>")
}

func TestCtrlCDropsTheBlock(t *testing.T) {
	s := start(t, 80)
	s.send("def f():\r")
	s.seeLine("...     |")
	s.send("half a li\x03")
	s.see("<err interrupted>")
	s.send("x\r")
	s.see(`<typed "x">`)
	if strings.Contains(s.text(), "half a li\\n") {
		t.Error("the dropped block came back")
	}
}

func TestBlockWithIndent(t *testing.T) {
	s := start(t, 80)
	s.send("def f():\r")
	s.seeLine("...     |")
	s.send("return 1\r")
	s.seeLine("...     |")
	s.send("\x7f")
	s.seeLine("... |")
	s.send("\t")
	s.seeLine("...     |")
	s.send("\r")
	s.see(`<typed "def f():\n    return 1">`)
}

// In a session of its own nobody could continue the shell; the kernel drops
// the signal and the line must go on.
func TestCtrlZKeepsTheLine(t *testing.T) {
	s := start(t, 80)
	s.send("ab" + left + "\x1aX\r")
	s.see(`<typed "aXb">`)
}

func TestTypeAhead(t *testing.T) {
	s := start(t, 80)
	// A block typed faster than prompts come: the indentation is still put first.
	s.send("def f():\rreturn 1\r\r")
	s.see(`<typed "def f():\n    return 1">`)
	s.send("wait\r")
	s.see("<waiting>")
	if !s.cooked() {
		t.Error("the terminal is raw while a command runs")
	}
	s.send("y = 2\nz = 3\n")
	s.signal(unix.SIGUSR1)
	s.see(`<typed "y = 2">`)
	s.see(`<typed "z = 3">`)
}

func TestPaste(t *testing.T) {
	t.Run("one line goes to the cursor", func(t *testing.T) {
		s := start(t, 80)
		s.send("f()" + left + pasteOn + "1,\t2" + pasteOff)
		s.see(">>> f(1,    2)")
		s.send("\r")
		s.see(`<typed "f(1,\t2)">`)
	})
	t.Run("several lines are one unit", func(t *testing.T) {
		s := start(t, 80)
		s.send("x" + pasteOn + " = 1\rdef f():\r\treturn x\r\r\treturn 2\ry = f()\r" + pasteOff)
		s.see(`<pasted "x = 1\ndef f():\n\treturn x\n\n\treturn 2\ny = f()">`)
		s.see(">>> x = 1 \n... def f(): \n...     return x \n... ")
		s.send("z\r")
		s.see(`<typed "z">`)
	})
	t.Run("a block needs no blank line after it", func(t *testing.T) {
		s := start(t, 80)
		s.send(pasteOn + "def f():\n    return 1\n" + pasteOff)
		s.see(`<pasted "def f():\n    return 1">`)
	})
	t.Run("an open block goes on", func(t *testing.T) {
		s := start(t, 80)
		s.send(pasteOn + "x = (1,\n2,\n" + pasteOff)
		s.see("... 2,")
		s.send("3)\r")
		s.see(`<pasted "x = (1,\n2,\n3)">`)
	})
	t.Run("without a final newline the last line waits", func(t *testing.T) {
		s := start(t, 80)
		s.send(pasteOn + "a = 1\nb = 2" + pasteOff)
		s.seeLine("... b = 2|")
		if strings.Contains(s.text(), "<pasted") {
			t.Error("ran before Enter")
		}
		s.send("3\r")
		s.see(`<pasted "a = 1\nb = 23">`)
	})
	t.Run("in the middle of a line", func(t *testing.T) {
		s := start(t, 80)
		s.send("f(x)" + left + left + pasteOn + "1,\n2," + pasteOff)
		s.seeLine("... 2,|x)")
		s.send("\r")
		s.see(`<pasted "f(1,\n2,x)">`)
	})
	t.Run("control characters are dropped", func(t *testing.T) {
		s := start(t, 80)
		s.send(pasteOn + "a\x1b[2J\x04b\x00" + pasteOff + "\r")
		s.see(`<typed "a[2Jb">`)
	})
	t.Run("two pastes and keys in one go", func(t *testing.T) {
		s := start(t, 80)
		s.send(pasteOn + "a\n" + pasteOff + pasteOn + "b\nc\n" + pasteOff + "d\r")
		s.see(`<pasted "a">`)
		s.see(`<pasted "b\nc">`)
		s.see(`<typed "d">`)
	})
	t.Run("500 lines", func(t *testing.T) {
		s := start(t, 80)
		s.send(pasteOn + strings.Repeat("x = 1\n", 500) + "last = 1\n" + pasteOff)
		s.see(`\nlast = 1">`)
	})
	t.Run("lost end", func(t *testing.T) {
		s := start(t, 80)
		s.send(pasteOn + "gone\x03")
		s.see("<err interrupted>")
		s.send("x\r")
		s.see(`<typed "x">`)
	})
	t.Run("into input", func(t *testing.T) {
		s := start(t, 80)
		s.send("input\r")
		s.see("name? ")
		s.send(pasteOn + "one\ntwo\n" + pasteOff)
		s.see(`<input "one" <nil>>`)
		s.see(`<pasted "two">`)
	})
}

func TestCompletion(t *testing.T) {
	t.Run("common prefix, then the list with notes", func(t *testing.T) {
		s := start(t, 80)
		s.send("x = se\t")
		s.seeLine(">>> x = sendp|")
		s.send("\t")
		s.see("sendp      does sendp \nsendpfast  does sendpfast \n>>> x = sendp ")
		s.send("f\t()\r")
		s.see(`<typed "x = sendpfast()">`)
	})
	for _, cols := range []int{20, 10} {
		t.Run(fmt.Sprintf("%d columns", cols), func(t *testing.T) {
			s := start(t, cols)
			s.send("sr\t")
			switch cols {
			case 20:
				s.see("sr      srloop \nsr1     srp \n>>> sr ")
			case 10:
				s.see("sr \nsr1 \nsrloop \nsrp \n>>> sr ")
			}
			s.seeLine(">>> sr|")
			s.send("1\r")
			s.see("sr1")
			s.send("abcdefghijk\x02\x02sn\tX")
			s.until("the completed line", func(c *screen) bool {
				return strings.Contains(strings.ReplaceAll(c.String(), " \n", ""), ">>> abcdefghisnXjk")
			})
		})
	}
	t.Run("many are summarised", func(t *testing.T) {
		s := start(t, 40)
		s.send("zz\t")
		s.see("… and 210 more \n>>> zz ")
	})
	t.Run("a completer that panics", func(t *testing.T) {
		s := start(t, 80)
		s.send("PANIC\t")
		s.see("internal error while completing: completer")
		s.send("!\r")
		s.see(`<typed "PANIC!">`)
	})
	t.Run("in the line of a block", func(t *testing.T) {
		s := start(t, 80)
		s.send("f(1,\rsnif\t)\r")
		s.see(`<typed "f(1,\nsniff)">`)
	})
}

func TestPanickingCallbacks(t *testing.T) {
	s := start(t, 80)
	s.send("PANIC-PAINT\r")
	s.see(`<typed "PANIC-PAINT">`)
	s.send("PANIC-INC\r")
	s.see("internal error while looking for the end of the input: incomplete")
	s.see(`<typed "PANIC-INC">`)
}

func TestHistoryKeys(t *testing.T) {
	s := start(t, 80)
	s.send("def f():\rreturn 1\r\r")
	s.see(`<typed "def f():\n    return 1">`)
	s.send("x = 2\r")
	s.see(`<typed "x = 2">`)
	s.send("draft" + up)
	s.seeLine(">>> x = 2|")
	s.send(up)
	s.seeLine(">>> def f():⏎    return 1|")
	s.send(up + down + down)
	s.seeLine(">>> draft|")
	s.send(up + up + "0\r")
	s.see(`<typed "def f():\n    return 10">`)
	s.send("\x1b<")
	s.seeLine(">>> def f():⏎    return 1|")
	s.send("\x15" + "\x1b[B\x1b[B\x1b[B\x15\x12x =")
	s.seeLine("(reverse-i-search)`x =': |x = 2")
	s.send("\x12")
	s.see("failed reverse-i-search")
	s.send("\x05")
	s.seeLine(">>> x = 2|")
	s.send("5\r")
	s.see(`<typed "x = 25">`)
	s.send("\x12RETURN 1\x7f\x07")
	s.seeLine(">>> |")
	s.send("\x12return\x12\r\x04")
	s.wait()

	// What was found and edited is still there as it was entered.
	data, err := os.ReadFile(s.history)
	if err != nil {
		t.Fatal(err)
	}
	want := "def f():⏎    return 1\nx = 2\ndef f():⏎    return 10\nx = 25\ndef f():⏎    return 1\n"
	if string(data) != want {
		t.Errorf("history file: got %q, want %q", data, want)
	}
	again := startWith(t, 80, s.history)
	again.send(up)
	again.seeLine(">>> def f():⏎    return 1|")
}

func TestSearchInEmptyHistory(t *testing.T) {
	s := start(t, 80)
	s.send("\x12abc\x7f\x07\x12\x13\x03")
	s.see("<err interrupted>")
	s.send("\x12q\x1b[Dok\r")
	s.see(`<typed "ok">`)
}

func TestNarrowWindowAndResize(t *testing.T) {
	s := start(t, 80)
	s.send("abcdefghijklmnopqrstuvwxyz")
	s.seeLine(">>> abcdefghijklmnopqrstuvwxyz|")
	s.resize(60)
	s.send("\x01")
	s.seeLine(">>> |abcdefghijklmnopqrstuvwxyz")
	s.send("\x15\x0b")
	s.seeLine(">>> |")
	s.resize(12)
	// SIGWINCH comes when it comes: until the editor has seen it, it lays lines
	// out for the old width, so the line is typed until it stands right.
	right := false
	for try := 0; try < 40 && !right; try++ {
		s.send("\x15\x0b123456789012345")
		right = s.within(50, func(c *screen) bool {
			return strings.Contains(c.String(), ">>> 12345678 \n9012345 ")
		})
		s.send("\x01x")
		right = right && s.within(50, func(c *screen) bool {
			return strings.Contains(c.String(), ">>> x1234567 \n89012345 ") && c.x == 5 && strings.HasPrefix(string(c.cells[c.y]), ">>>")
		})
	}
	s.until("a line wrapped at 12 columns, the cursor in its first row", func(*screen) bool { return right })
	s.send("\r")
	s.resize(80)
	s.send("z\r")
	s.see(`<typed "z">`)
}

func TestOutputBehindThePrompt(t *testing.T) {
	s := start(t, 80)
	s.send("background\r")
	s.see(`<typed "background">`)
	s.send("half typed" + left)
	s.seeLine(">>> half type|d")
	s.signal(unix.SIGUSR1)
	s.see("from behind \nand a half line \n>>> half typed ")
	s.seeLine(">>> half type|d")
	s.send("\rhalfline\r")
	s.see("no newline \n>>> ")
}

func TestTerminalIsRestored(t *testing.T) {
	for name, end := range map[string]func(*session){
		"signal": func(s *session) { s.signal(unix.SIGTERM) },
		"eof":    func(s *session) { s.send("\x04") },
		"close": func(s *session) {
			s.send("\x15close\r")
			s.see(`<typed "close">`)
			s.send("pending")
			s.seeLine(">>> pending|")
			s.signal(unix.SIGUSR1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, 80)
			if s.cooked() {
				t.Error("cooked at the prompt")
			}
			end(s)
			s.wait()
			if !s.cooked() {
				t.Error("left raw")
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			raw := s.raw.String()
			if strings.LastIndex(raw, pasteModeOff) < strings.LastIndex(raw, pasteModeOn) {
				t.Error("bracketed paste left on")
			}
		})
	}
}

// A terminal that goes away has not pressed Enter.
func TestHangUpDropsTheLine(t *testing.T) {
	s := start(t, 80)
	s.send("first\rhalf typed")
	s.seeLine(">>> half typed|")
	s.ptm.Close()
	s.wait()
	data, err := os.ReadFile(s.history)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(data); got != "first\n" {
		t.Errorf("history: got %q, want only the line that was entered", got)
	}
}

func TestVi(t *testing.T) {
	for _, tc := range []struct{ name, keys, want string }{
		{"insert, command, insert", "bc\x1b0ia\r", "abc"},
		{"arrows in command mode", "abc\x1b" + left + left + "iX\r", "aXbc"},
		{"e and r at the end", "abc\x1beee$rXeA!\r", "abX!"},
		{"r on an empty line", "\x1brXa!\r", "X!"},
		{"an operator, then Enter", "abc\x1b0d\r", "abc"},
		{"an operator, then ctrl-c", "abc\x1br\x03x\r", "x"},
		{"ctrl-d in command mode", "abc\x1b0\x04\r", "bc"},
		{"k recalls", "one\rtwo\r\x1bkkA!\r", "one!"},
		{"k and j stay in command mode", "one\rtwo\r\x1bkkjx\x1bA!\r", "two!"},
		{"u undoes", "abc\x1b0Du\r", "abc"},
		{"C changes the rest", "abc\x1bhCX\x19\r", "abXc"},
		{"paste in command mode", "ab\x1b" + pasteOn + "cd" + pasteOff + "e\r", "abcde"},
		{"tab in command mode", "snif\x1b\ti\r", "sniffi"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := start(t, 80, "LINE_TEST_VI=1")
			s.send(tc.keys)
			s.see(fmt.Sprintf("<typed %q>", tc.want))
		})
	}
}
