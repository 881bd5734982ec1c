package py

import (
	"strings"
	"testing"
)

// TestTokens writes each token as kind:text.
func TestTokens(t *testing.T) {
	tests := []struct{ src, want string }{
		{"x = 1", "name:x op:= number:1 newline:"},
		{"if x:\n  y\nz", "keyword:if name:x op:: newline:\n indent:   name:y newline:\n dedent: name:z newline:"},
		{"# c\nx # d", "comment:# c name:x comment:# d newline:"},
		{"a **= b // c", "name:a op:**= name:b op:// name:c newline:"},
		{`r"a\d" b'x' 'y'`, `string:r"a\d" string:b'x' string:'y' newline:`},
		{`f"a{x!r:>{w}}b{{"`, `fstring-start:f" fstring-text:a op:{ name:x op:! name:r op:: fstring-text:> op:{ name:w op:} op:} fstring-text:b{{ fstring-end:" newline:`},
		{`f'{x["k"]}'`, `fstring-start:f' op:{ name:x op:[ string:"k" op:] op:} fstring-end:' newline:`},
		{`f"{x=}{a!=b}"`, `fstring-start:f" op:{ name:x op:= op:} op:{ name:a op:!= name:b op:} fstring-end:" newline:`},
		{"10.0.0.2 10.0.0.0/8 1.5 1.2.3", "addr:10.0.0.2 addr:10.0.0.0/8 number:1.5 number:1.2 number:.3 newline:"},
		{"10.0.0.1/TCP()", "addr:10.0.0.1 op:/ name:TCP op:( op:) newline:"},
		{"f(a=00:11:22:33:44:55)", "name:f op:( name:a op:= addr:00:11:22:33:44:55 op:) newline:"},
		{"l[aa:bb:cc]", "name:l op:[ name:aa op:: name:bb op:: name:cc op:] newline:"},
		{"f(a=fe80::1)", "name:f op:( name:a op:= error:fe80::1 op:) newline:"},
		{"x = 'ab\ny", "name:x op:= error:'ab newline:\n name:y newline:"},
		{"'''ab", "error:'''ab newline:"},
		{"f'{x", "fstring-start:f' op:{ name:x error:"},
		{"$ ? x", "error:$ error:? name:x newline:"},
		{"0x1F 0o17 0b1 1_0 1e5 .5 5. 0777 1ab", "number:0x1F number:0o17 number:0b1 number:1_0 number:1e5 number:.5 number:5. error:0777 error:1ab newline:"},
		{"1if x else 2", "number:1 keyword:if name:x keyword:else number:2 newline:"},
		{"x \\\n= 1", "name:x op:= number:1 newline:"},
		{"(1,\n2)", "op:( number:1 op:, number:2 op:) newline:"},
		{"é = ñ1", "name:é op:= name:ñ1 newline:"},
		{"x)", "name:x error:) newline:"},
	}
	for _, tt := range tests {
		var got []string
		for _, tok := range Tokens(tt.src) {
			if tok.Kind != EOF {
				got = append(got, tok.Kind.String()+":"+tok.Text)
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%q\n got %s\nwant %s", tt.src, s, tt.want)
		}
	}
}

// TestTokenPositions is the line and column of each token.
func TestTokenPositions(t *testing.T) {
	src := "x = '''a\nb''' + f'''{\ny}\n''' # c\nif z:\n  w"
	lines := strings.Split(src, "\n")
	for _, tok := range Tokens(src) {
		if tok.Kind == Dedent || tok.Kind == EOF || tok.Text == "" {
			continue
		}
		if rest := lines[tok.Line-1][tok.Col-1:] + "\n"; !strings.HasPrefix(rest, strings.SplitAfter(tok.Text, "\n")[0]) {
			t.Errorf("%v %q is not at %d:%d (%q)", tok.Kind, tok.Text, tok.Line, tok.Col, rest)
		}
	}
}

func TestCalls(t *testing.T) {
	for src, want := range map[string]bool{
		"net = lab()": true, "x = lab (1)": true, "a.lab()": false, "def lab(): pass": false,
		"'lab()'": false, "# lab()": false, "lab": false, "f(lab(router=True))": true, "f\"{lab()}\"": true,
	} {
		if got := Calls(src, "lab"); got != want {
			t.Errorf("Calls(%q) = %v, want %v", src, got, want)
		}
	}
}
