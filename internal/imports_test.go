// Package internal holds what only this repository uses; its test keeps the
// packages' imports running downwards.
package internal

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rules say which packages may import a path, by prefix; ours first.
var rules = []struct {
	imported string
	by       []string // importers that may, and what is below them
	why      string
}{
	{"github.com/chzyer/readline", []string{"pktsh/repl/line"}, "the editor alone knows readline"},
	{"go.starlark.net", []string{"pktsh/repl"}, "the language stays in the shell"},
	{"github.com/google/gopacket/layers", []string{"pktsh/layers/gopkt"}, "it costs 20 ms of start-up"},
	{"github.com/google/gopacket", []string{"pktsh/layers"}, "one package speaks gopacket"},
	{"github.com/google/nftables", []string{"pktsh/firewall"}, ""},
	{"pktsh/repl", []string{"pktsh/repl", "pktsh/cmd"}, "nothing below the shell knows it"},
	{"pktsh/firewall", []string{"pktsh/repl", "pktsh/firewall"}, "the engine is given a Guard"},
	{"pktsh/sendrecv", []string{"pktsh/repl", "pktsh/sendrecv"}, "sniff never imports it"},
	{"pktsh/lab", []string{"pktsh/repl", "pktsh/lab", "pktsh/internal/bench", "pktsh/internal/labtest"}, ""},
}

func TestImportsRunDownwards(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "pktsh/...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	under := func(path, prefix string) bool { return path == prefix || strings.HasPrefix(path, prefix+"/") }
	seen := 0
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		seen++
		for _, imp := range words[1:] {
			if under(words[0], "pktsh/layers") && words[0] != "pktsh/layers/gopkt" && strings.HasPrefix(imp, "pktsh/") && !strings.HasPrefix(imp, "pktsh/internal/") {
				t.Errorf("%s imports %s: packets are pure data", words[0], imp)
			}
			for _, r := range rules {
				if under(imp, r.imported) && !slices.ContainsFunc(r.by, func(b string) bool { return under(words[0], b) }) {
					t.Errorf("%s imports %s: %s", words[0], imp, r.why)
				}
			}
		}
	}
	if seen < 15 {
		t.Errorf("go list named %d packages only:\n%s", seen, out)
	}
}
