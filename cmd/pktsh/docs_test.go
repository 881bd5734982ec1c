package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// Every code block of README.md and docs/*.md is run as the word behind its
// opening fence says:
//
//	pktsh       a session: lines of ">>> " are typed ("... " continue them), the
//	            others are what must be printed. Blocks of a page are one session.
//	  lab       … in the shell inside its lab (a session of its own)
//	  new       … that begins here afresh
//	python      a script, run by itself (lab: inside the lab); must end well
//	output      what the script before it prints
//	sh          lines of "$ " are commands, pktsh is the program; what they print follows
//	go          must be formatted; with file=PATH the page's program is built with it
//	diff        a change of file=PATH, as diff -u has it; the page's program is built with it
//	text        is not run
//
// A block without a word that has ">>> " lines is a session, in the lab if it
// begins with "$ make run". A line "…" of expected output stands for any lines,
// "…" within a line for any text. Of an error its place need not be written.
func TestDocs(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	sessions := 0
	for _, page := range append(pages, "../../README.md") {
		t.Run(filepath.Base(page), func(t *testing.T) {
			blocks := readBlocks(t, page)
			p := &docPage{dir: t.TempDir(), program: programWith(t, blocks)}
			for i, b := range blocks {
				switch b.kind {
				case "pktsh":
					sessions++
				case "python":
					var want *docBlock
					if i+1 < len(blocks) && blocks[i+1].kind == "output" {
						want = blocks[i+1]
					}
					p.script(t, b, want)
				case "sh":
					p.commands(t, b)
				}
			}
			for _, s := range sessionsOf(blocks) {
				p.session(t, s)
			}
		})
	}
	if sessions == 0 {
		t.Error("no page has a session: the blocks are not found")
	}
}

// A docBlock is one fenced block of a page.
type docBlock struct {
	where string // page:line
	kind  string
	words []string // what follows the kind
	lines []string
}

func (b *docBlock) is(word string) bool { return slices.Contains(b.words, word) }

func (b *docBlock) text() string { return strings.Join(b.lines, "\n") + "\n" }

func (b *docBlock) file() string {
	for _, w := range b.words {
		if name, ok := strings.CutPrefix(w, "file="); ok {
			return name
		}
	}
	return ""
}

func readBlocks(t *testing.T, page string) []*docBlock {
	t.Helper()
	src, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var out []*docBlock
	var open *docBlock
	for i, line := range strings.Split(string(src), "\n") {
		info, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && open == nil:
			open = &docBlock{where: fmt.Sprintf("%s:%d", filepath.Base(page), i+1)}
			if w := strings.Fields(info); len(w) > 0 {
				open.kind, open.words = w[0], w[1:]
			}
		case fence:
			out, open = append(out, open.settle(t)), nil
		case open != nil:
			open.lines = append(open.lines, line)
		}
	}
	if open != nil {
		t.Errorf("%s: the block is not closed", open.where)
	}
	return out
}

// settle finds the kind of a block that has no word, and refuses unknown ones.
func (b *docBlock) settle(t *testing.T) *docBlock {
	t.Helper()
	isInput := func(s string) bool { return strings.HasPrefix(s, ">>> ") }
	if b.kind == "" && slices.ContainsFunc(b.lines, isInput) {
		b.kind = "pktsh"
		if b.lines[0] == "$ make run" {
			b.lines, b.words = b.lines[1:], []string{"lab"}
		}
	}
	switch b.kind {
	case "pktsh", "python", "output", "sh", "go", "diff", "text":
	default:
		t.Errorf("%s: a block of kind %q; want pktsh, python, output, sh, go, diff or text", b.where, b.kind)
	}
	if b.kind == "pktsh" && !slices.ContainsFunc(b.lines, isInput) {
		t.Errorf("%s: a session without a line of >>>", b.where)
	}
	if b.kind == "sh" && !strings.HasPrefix(b.lines[0], "$ ") {
		t.Errorf("%s: a block of sh begins with a command: $ pktsh …; one that is not to be run is text", b.where)
	}
	if b.kind == "go" {
		formatted, err := format.Source([]byte(b.text()))
		if err != nil {
			t.Errorf("%s: %v", b.where, err)
		} else if string(formatted) != b.text() {
			t.Errorf("%s: is not as gofmt would have it", b.where)
		}
	}
	return b
}

// patched is the file at path with the change that the block shows.
func (b *docBlock) patched(t *testing.T, path string) string {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var before, after strings.Builder
	for _, line := range b.lines {
		text := strings.TrimLeft(line, " +-")
		if !strings.HasPrefix(line, "+") {
			before.WriteString(text + "\n")
		}
		if !strings.HasPrefix(line, "-") {
			after.WriteString(text + "\n")
		}
	}
	if strings.Count(string(file), before.String()) != 1 {
		t.Fatalf("%s: the lines to be changed do not stand once in %s", b.where, path)
	}
	return strings.Replace(string(file), before.String(), after.String(), 1)
}

// programWith is the program, built with the Go files that the page shows.
func programWith(t *testing.T, blocks []*docBlock) string {
	t.Helper()
	replace := map[string]string{}
	dir := t.TempDir()
	for i, b := range blocks {
		if b.file() == "" {
			continue
		}
		at, err := filepath.Abs(filepath.Join("../..", b.file()))
		if err != nil {
			t.Fatal(err)
		}
		text := b.text()
		if b.kind == "diff" {
			text = b.patched(t, at)
		}
		shown := filepath.Join(dir, fmt.Sprintf("%d.go", i))
		if err := os.WriteFile(shown, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[at] = shown
	}
	if len(replace) == 0 {
		return program
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "pktsh")
	if msg, err := exec.Command("go", "build", "-overlay", list, "-o", out, ".").CombinedOutput(); err != nil {
		t.Fatalf("the program with the page's Go files: %v\n%s", err, msg)
	}
	return out
}

// A docPage is where a page's blocks run: one folder for the files they write.
type docPage struct {
	dir, program string
}

// run runs the program, or sh, and gives what it printed on both streams.
func (p *docPage) run(t *testing.T, stdin string, name string, args ...string) (out string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdin = p.dir, strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(p.program)+":"+os.Getenv("PATH"))
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	err = cmd.Run()
	return b.String(), err
}

func (p *docPage) script(t *testing.T, b, want *docBlock) {
	t.Helper()
	var args []string
	if b.is("lab") {
		needLab(t)
		args = []string{"--lab"}
	}
	file := filepath.Join(p.dir, "script.py")
	if err := os.WriteFile(file, []byte(b.text()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := p.run(t, "", p.program, append(args, file)...)
	if err != nil {
		t.Errorf("%s: %v\n%s", b.where, err, out)
	} else if want != nil && !matches(want.lines, out) {
		t.Errorf("%s: printed\n%s", want.where, out)
	}
}

func (p *docPage) commands(t *testing.T, b *docBlock) {
	t.Helper()
	for _, step := range steps(b.lines, "$ ", "> ") {
		if strings.Contains(step.typed, "--lab") {
			needLab(t)
		}
		out, _ := p.run(t, "", "sh", "-c", step.typed) // a failure shows in what is printed
		if !matches(step.want, out) {
			t.Errorf("%s: $ %s\nprinted\n%swant\n%s", b.where, step.typed, out, strings.Join(step.want, "\n"))
		}
	}
}

// sessionsOf are the blocks of each session, in the page's order.
func sessionsOf(blocks []*docBlock) [][]*docBlock {
	var out [][]*docBlock
	at := map[bool]int{} // by being in the lab
	for _, b := range blocks {
		if b.kind != "pktsh" {
			continue
		}
		n, running := at[b.is("lab")]
		if !running || b.is("new") {
			n = len(out)
			at[b.is("lab")] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], b)
	}
	return out
}

// session types the blocks into one shell, with a mark printed behind each input.
func (p *docPage) session(t *testing.T, blocks []*docBlock) {
	t.Helper()
	var args []string
	if blocks[0].is("lab") {
		needLab(t)
		args = []string{"--lab"}
	}
	const mark = "--8<--"
	var typed strings.Builder
	type place struct {
		step
		where string
	}
	var all []place
	for _, b := range blocks {
		for _, s := range steps(b.lines, ">>> ", "... ") {
			all = append(all, place{s, b.where})
			typed.WriteString(s.typed + "\n")
			if strings.Contains(s.typed, "\n") {
				typed.WriteString("\n") // ends a block, as at the prompt
			}
			fmt.Fprintf(&typed, "print(%q)\n", mark)
		}
	}
	out, _ := p.run(t, typed.String(), p.program, args...) // status 1 if there were errors, which are compared
	parts := strings.Split(out, mark+"\n")
	if len(parts) != len(all)+1 {
		t.Fatalf("%s: %d inputs, %d outputs:\n%s", blocks[0].where, len(all), len(parts)-1, out)
	}
	for i, s := range all {
		if !matches(s.want, parts[i]) {
			t.Errorf("%s: >>> %s\nprinted\n%swant\n%s", s.where, s.typed, parts[i], strings.Join(s.want, "\n"))
		}
	}
}

// A step is one input and the lines it must print.
type step struct {
	typed string
	want  []string
}

func steps(lines []string, prompt, more string) []step {
	var out []step
	for _, line := range lines {
		code, isInput := strings.CutPrefix(line, prompt)
		next, isMore := strings.CutPrefix(line, more)
		isMore = isMore || line == strings.TrimRight(more, " ")
		n := len(out) - 1
		switch {
		case isInput:
			out = append(out, step{typed: code})
		case isMore && n >= 0 && len(out[n].want) == 0:
			if line == strings.TrimRight(more, " ") {
				next = ""
			}
			out[n].typed += "\n" + next
		case n >= 0:
			out[n].want = append(out[n].want, line)
		}
	}
	return out
}

var errorPlace = regexp.MustCompile(`(?m)^ +line \d+: .*\n(?: .*\n)*? *\^+ *\n`)

// matches tells whether out is the lines wanted, white space at their ends aside.
func matches(want []string, out string) bool {
	trim := func(lines []string) []string {
		var kept []string
		for _, l := range lines {
			kept = append(kept, strings.TrimRight(l, " \t"))
		}
		for len(kept) > 0 && kept[len(kept)-1] == "" {
			kept = kept[:len(kept)-1]
		}
		return kept
	}
	if !errorPlace.MatchString(strings.Join(want, "\n") + "\n") {
		out = errorPlace.ReplaceAllString(out, "")
	}
	var re strings.Builder
	re.WriteString("^")
	for _, l := range trim(want) {
		if l == "…" {
			re.WriteString("(?:.*\n)*?")
			continue
		}
		re.WriteString(strings.ReplaceAll(regexp.QuoteMeta(l), "…", ".*") + "\n")
	}
	re.WriteString("$")
	got := strings.Join(trim(strings.Split(out, "\n")), "\n")
	if got != "" {
		got += "\n"
	}
	return regexp.MustCompile(re.String()).MatchString(got)
}
