package repl

import (
	"fmt"
	"strings"
	"testing"
)

// A chart has its points where they belong.
func TestChart(t *testing.T) {
	got := textChart([]series{{name: "a", x: []float64{0, 1}, y: []float64{0, 5}}, {name: "b", x: []float64{1}, y: []float64{0}}})
	lines := strings.Split(got, "\n")
	if !strings.HasPrefix(lines[0], "5 |") || !strings.HasSuffix(lines[0], " *") || lines[chartRows-1] != "0 |*"+strings.Repeat(" ", chartCols-2)+"o" {
		t.Errorf("got\n%s", got)
	}
	if svg := svgChart([]series{{name: "<&>", x: []float64{3}, y: []float64{3}}}); !strings.Contains(svg, "&lt;&amp;&gt;") || strings.Contains(svg, "NaN") {
		t.Errorf("got\n%s", svg)
	}
}

// More series than marks are counted, not named, and do not hide those that have one.
func TestChartOfMany(t *testing.T) {
	var all []series
	for i := range 2000 {
		all = append(all, series{name: fmt.Sprint(i), x: []float64{0}, y: []float64{float64(i % 2)}})
	}
	got := textChart(all)
	if lines := strings.Split(got, "\n"); len(lines) != chartRows+2+len(chartMarks)+2 || !strings.HasSuffix(lines[len(lines)-2], ". 1992 more") ||
		!strings.HasSuffix(lines[0], "|o") {
		t.Errorf("got\n%s", got)
	}
	if svg := svgChart(all); strings.Count(svg, "<text") != 4+len(chartMarks)+1 {
		t.Errorf("%d texts", strings.Count(svg, "<text"))
	}
}

// The ends of float's range have a place, and what has none is refused.
func TestChartBounds(t *testing.T) {
	if got := textChart([]series{{x: []float64{0, 1}, y: []float64{-1e308, 1e308}}}); !strings.HasPrefix(got, " 1e+308 |") {
		t.Errorf("got\n%s", got)
	}
	s := New(Options{Stdout: t.Output(), Stderr: t.Output()})
	defer s.Close()
	for _, v := range []string{`float("nan")`, `float("inf")`, `(float("nan"), 1)`} {
		err := s.Run(t.Context(), "x.py", "PacketList([IP()]).plot(lambda p: "+v+")")
		if err == nil || !strings.Contains(err.Error(), "no place on an axis") {
			t.Errorf("%s: %v", v, err)
		}
	}
}
