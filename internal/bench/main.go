// Command bench prints one table of figures: pktsh's beside its peers', each the
// median of several runs with the least and the most, all measured in this one run. The runs of a
// subject take turns, so that its rows met the same weather. Hosts are namespaces that it
// makes itself; it needs root.
//
//	go run ./internal/bench [-runs N] [-rows REGEXP] [SUBJECT…]
//
// Peers that are not installed are named; `make bench-peers` installs Debian's packages.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// A subject is a group of rows that are compared with each other.
type subject struct {
	name string
	doc  string
	unit string
	more bool // more is better
	full bool // it matters first how much of the work was done
	runs int  // 0: as -runs says
	rows []row
}

// A row is one way to do the subject's work. The first row of a subject whose tool is pktsh is what
// the others are compared with.
type row struct {
	tool string
	peer string // the program it needs, "" for ours
	run  func(w *world) (sample, error)
}

// A sample is what one run took, and how much of the work it did.
type sample struct {
	value float64
	done  string // "100 % answered", "" where there is nothing to leave out
}

func subjects() []subject {
	return slices.Concat(startRows(), packetRows(), probeRows(), scanRows(), transmitRows(), captureRows(), fileRows(), bridgeRows())
}

func main() {
	runs := flag.Int("runs", 5, "runs of each row")
	nice := flag.Int("nice", 0, "run everything in a scheduling group of its own at this nice value: -15 steadies a machine with other work")
	var only regexp.Regexp
	flag.TextVar(&only, "rows", regexp.MustCompile(""), "measure only the rows whose names match this regular expression")
	list := flag.Bool("list", false, "list the subjects")
	flag.Parse()
	all := subjects()
	if *list {
		for _, s := range all {
			fmt.Printf("%-10s %s\n", s.name, s.doc)
		}
		return
	}
	for i := range all {
		all[i].rows = slices.DeleteFunc(all[i].rows, func(r row) bool { return !only.MatchString(r.tool) })
	}
	if *nice != 0 {
		if err := ownGroup(*nice); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
	}
	if err := bench(all, flag.Args(), *runs); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(all []subject, names []string, runs int) error {
	// "scan" stands for all scans, "scan-1000" for one.
	is := func(s subject, name string) bool { return s.name == name || strings.HasPrefix(s.name, name+"-") }
	wanted := func(s subject) bool {
		return len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return is(s, n) })
	}
	for _, n := range names {
		if !slices.ContainsFunc(all, func(s subject) bool { return is(s, n) }) {
			return fmt.Errorf("there is no subject %q; -list shows what there is", n)
		}
	}
	if runs < 1 {
		return fmt.Errorf("runs: got %d, want at least 1", runs)
	}
	w, err := newWorld()
	if err != nil {
		return err
	}
	defer w.close()
	missing := map[string]bool{}
	for _, s := range all {
		if !wanted(s) {
			continue
		}
		n := runs
		if s.runs > 0 {
			n = min(n, s.runs)
		}
		s.measure(w, n, missing)
	}
	if len(missing) > 0 {
		var names []string
		for m := range missing {
			names = append(names, m)
		}
		slices.Sort(names)
		fmt.Printf("\nNot installed, and so left out: %s. `make bench-peers` installs them on Debian.\n", strings.Join(names, ", "))
	}
	return nil
}

// measure runs a subject's rows in turns and prints them.
func (s *subject) measure(w *world, runs int, missing map[string]bool) {
	got := make([][]sample, len(s.rows))
	failed := make([]error, len(s.rows))
	var here []int
	for i, r := range s.rows {
		if r.peer != "" {
			if _, err := exec.LookPath(r.peer); err != nil {
				missing[r.peer] = true
				continue
			}
		}
		here = append(here, i)
	}
	for range runs {
		for _, i := range here {
			if failed[i] != nil {
				continue
			}
			v, err := s.rows[i].run(w)
			if failed[i] = err; err == nil {
				got[i] = append(got[i], v)
			}
		}
	}
	s.print(here, got, failed)
}
