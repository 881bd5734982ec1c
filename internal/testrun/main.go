// Command testrun runs `go test` with the arguments it is given and closes with
// one line that counts what passed, failed and was skipped, and why. A test that
// was skipped is not one that passed: its reason is printed.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// event is a line of `go test -json` (go doc test2json).
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

func main() {
	cmd := exec.Command("go", append([]string{"test", "-json"}, os.Args[1:]...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		fatal(err)
	}
	if err := cmd.Start(); err != nil {
		fatal(err)
	}
	var t tally
	in := bufio.NewScanner(out)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			fmt.Println(in.Text()) // the go command's own words
			continue
		}
		t.add(e)
	}
	err = cmd.Wait()
	t.print()
	if err != nil {
		os.Exit(1)
	}
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "testrun:", err)
	os.Exit(1)
}

type tally struct {
	passed, failed, skipped int
	output                  map[string][]string // by package and test, until it ends
	reasons                 map[string]int      // of skipping
}

func (t *tally) add(e event) {
	if t.output == nil {
		t.output, t.reasons = map[string][]string{}, map[string]int{}
	}
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output", "build-output":
		if e.Action == "build-output" {
			fmt.Print(e.Output)
			return
		}
		t.output[key] = append(t.output[key], e.Output)
		return
	case "pass":
		if e.Test != "" {
			t.passed++
		} else {
			fmt.Printf("ok    %-40s %6.1fs\n", e.Package, e.Elapsed)
		}
	case "skip":
		if e.Test != "" {
			t.skipped++
			t.reasons[reason(t.output[key])]++
		}
	case "fail":
		if e.Test != "" {
			t.failed++
		}
		fmt.Print(strings.Join(t.output[key], ""))
		if e.Test == "" {
			fmt.Printf("FAIL  %-40s %6.1fs\n", e.Package, e.Elapsed)
		}
	default:
		return
	}
	delete(t.output, key)
}

// reason is the text that t.Skip printed: "    x_test.go:12: why".
func reason(lines []string) string {
	for _, l := range lines {
		if _, why, ok := strings.Cut(strings.TrimSpace(l), ".go:"); ok {
			_, why, _ = strings.Cut(why, ": ")
			return why
		}
	}
	return "no reason given"
}

func (t *tally) print() {
	var why []string
	for r, n := range t.reasons {
		why = append(why, fmt.Sprintf("skipped %d: %s", n, r))
	}
	slices.Sort(why)
	for _, w := range why {
		fmt.Println(w)
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
}
