package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// print writes a subject's part of the table.
func (s *subject) print(here []int, got [][]sample, failed []error) {
	better := "less is better"
	if s.more {
		better = "more is better"
	}
	fmt.Printf("\n%s: %s (%s, %s)\n", s.name, s.doc, s.unit, better)
	s.line("", "median", "least", "most", "n", "to pktsh", "of the work")
	ours := 0.0
	for _, i := range here {
		if strings.HasPrefix(s.rows[i].tool, "pktsh") && len(got[i]) > 0 && ours == 0 {
			ours = median(got[i]).value
		}
	}
	for _, i := range here {
		if failed[i] != nil {
			fmt.Printf("  %-44s left out: %v\n", s.rows[i].tool, failed[i])
			continue
		}
		m := median(got[i])
		least := slices.MinFunc(got[i], byValue)
		most := slices.MaxFunc(got[i], byValue)
		s.line(s.rows[i].tool, number(m.value), number(least.value), number(most.value), fmt.Sprint(len(got[i])), number(m.value/ours)+"x", worst(got[i]))
	}
}

// line prints a row. How much of the work was done stands first where it matters most.
func (s *subject) line(tool, median, least, most, n, ratio, done string) {
	figures := fmt.Sprintf("%10s %10s %10s %3s %9s", median, least, most, n, ratio)
	if s.full {
		fmt.Printf("  %-44s %18s %s\n", tool, done, figures)
	} else {
		fmt.Printf("  %-44s %s  %s\n", tool, figures, done)
	}
}

func byValue(a, b sample) int { return cmp.Compare(a.value, b.value) }

func median(s []sample) sample {
	s = slices.Clone(s)
	slices.SortFunc(s, byValue)
	return s[len(s)/2]
}

// worst is what was done in the run that did the least: the text that sorts first as a number.
func worst(s []sample) string {
	return slices.MinFunc(s, func(a, b sample) int {
		var x, y float64
		fmt.Sscan(a.done, &x)
		fmt.Sscan(b.done, &y)
		return cmp.Compare(x, y)
	}).done
}

// number has three digits that count.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}
