package py

import (
	"context"
	"strings"
	"testing"
)

func TestIncomplete(t *testing.T) {
	for src, want := range map[string]bool{
		"":                                  false,
		"\n":                                false,
		"# only a comment":                  false,
		"x = 1":                             false,
		"x = 1\n":                           false,
		"x = (":                             true,
		"x = (1,\n":                         true,
		"x = (1,\n\n":                       true,
		"x = (1,\n2)":                       false,
		"f(a,":                              true,
		"{1: [2,":                           true,
		"x = 1 +":                           false,
		"x = 1 + \\\n":                      true,
		"x = 1 + \\\n2":                     false,
		"x = \"\"\"abc":                     true,
		"x = \"\"\"abc\n\n":                 true,
		"x = \"\"\"abc\n\"\"\"":             false,
		"f\"\"\"{x}":                        true,
		"x = 'abc":                          false,
		"if x:":                             true,
		"if x:\n":                           true,
		"if x:\n    y":                      true,
		"if x:\n    y\n":                    true,
		"if x:\n    y\n\n":                  false,
		"if x:\n    y\n    \n":              false,
		"if x:\n    y\nelse:":               true,
		"if x:\n    y\nelse:\n    z\n\n":    false,
		"if x: y":                           true,
		"if x: y\n\n":                       false,
		"for i in l: print(i)":              true,
		"def f():\n    return (1,\n":        true,
		"def f():\n    return (1,\n\n":      true,
		"def f():\n    return 1\n\n":        false,
		"try:\n    x\n":                     true,
		"try:\n    x\n\n":                   false, // and an error when run
		"try:\n    x\nexcept A:\n    y\n":   true,
		"try:\n    x\nexcept A:\n    y\n\n": false,
		"while True:\n    if x:\n        y": true,
		"x = )":                             false,
		"if x:\n\n":                         false,
		"if (a and\n":                       true,
		"class A:":                          true,
		"class A:\n    x = 1\n":             true,
		"class A:\n    x = 1\n\n":           false,
		"@cache\n":                          true,
		"@cache\ndef f():\n":                true,
		"x = [\n  1,  # one\n":              true,
	} {
		if got := Incomplete(src); got != want {
			t.Errorf("Incomplete(%q) = %v, want %v", src, got, want)
		}
	}
}

func TestContinues(t *testing.T) {
	for src, want := range map[string]bool{
		"":                           false,
		"x = 1\n":                    false,
		"x = (\n\n":                  true,
		"if x:\n    y\n\n":           true,
		"if x:\n    y\n\nelse:\n":    true,
		"if x:\n    y\n\nz\n":        false,
		"try:\n    x\n\n":            true,
		"def f(): pass\n# comment\n": true,
		"x = )":                      false,
	} {
		if got := Continues(src); got != want {
			t.Errorf("Continues(%q) = %v, want %v", src, got, want)
		}
	}
}

// TestExecAt is the line in the error of a unit of a larger text.
func TestExecAt(t *testing.T) {
	_, err := New(Options{}).ExecAt(context.Background(), "<stdin>", 7, "x = 1\nnope", ModeSingle)
	if _, line, col, ok := Position(err); !ok || line != 8 || col != 1 {
		t.Errorf("error at %d:%d, want 8:1: %v", line, col, err)
	}
}

func TestSplit(t *testing.T) {
	for _, want := range [][]string{
		{},
		{"x = 1\n", "y = 2\n"},
		{"x = 1; y = 2\n", "z\n"},
		{"def f():\n    a\n\n    b\n", "f()\n"},
		{"if x:\n    y\nelif z:\n    a\nelse:\n    b\n", "x"},
		{"try:\n    x\nexcept A:\n    y\nfinally:\n    z\n", "w\n"},
		{"x = [\n1,\n2]\n", "y = \"\"\"\na\nb\"\"\"\n", "z\n"},
		{"\n\nx = 1\n\n\n", "# about y\ny = 2\n"},
		{"for i in l: a\n", "b"},
		{"x = (\n"},
		{"x = 1 # c\n", "y = f'''{\n1}'''\n", "z"},
		{"if x:\n\ty\n\n\n\tz\n", "w\n"},
		{"@a\n@b(1)\ndef f():\n    y\n", "class A:\n    x = 1\n\n    y = 2\n", "w\n"},
	} {
		src := strings.Join(want, "")
		got := Split(src)
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("Split(%q) = %q, want %q", src, got, want)
		}
	}
}

func TestIndentFor(t *testing.T) {
	for src, want := range map[string]string{
		"x = 1":                              "",
		"if x:":                              "    ",
		"if x:  # why\n":                     "    ",
		"if x:\n    y":                       "    ",
		"if x:\n    if y:\n":                 "        ",
		"def f():\n    return 1":             "",
		"while x:\n    if y:\n        break": "    ",
		"x = {\"a\":":                        "",
		"f(a,\n  b)":                         "",
		"def f(a,\n      b):":                "    ",
		"if x:\n\ty":                         "\t",
		"if x:\n    y\n\n":                   "",
		"d = {1: 2}":                         "",
	} {
		if got := IndentFor(src); got != want {
			t.Errorf("IndentFor(%q) = %q, want %q", src, got, want)
		}
	}
}
