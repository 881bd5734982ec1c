package repl

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestTablesCostNoStart holds what package layers allocates before main runs: its
// tables are data or made when they are used. inittrace counts allocations, which do
// not depend on the machine.
func TestTablesCostNoStart(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		_, rest, ok := strings.Cut(line, "init pktsh/layers @")
		if !ok {
			continue
		}
		var at, clock float64
		var bytes, allocs int
		if _, err := fmt.Sscanf(rest, "%g ms, %g ms clock, %d bytes, %d allocs", &at, &clock, &bytes, &allocs); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if bytes > 16<<10 || allocs > 150 {
			t.Errorf("init of pktsh/layers makes %d allocations of %d bytes, want at most 150 of 16384", allocs, bytes)
		}
		return
	}
	t.Errorf("no line of pktsh/layers in %s", out)
}
