package repl

import (
	"cmp"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// A series is the points of one line of a chart, by x.
type series struct {
	name string
	x, y []float64
}

// The size of a chart in characters and in SVG's units.
const (
	chartRows, chartCols   = 12, 64
	svgWidth, svgHeight    = 720, 320
	svgMargin, svgLegendUp = 50, 18
)

// As many series as there are marks and colours can be told apart; those after
// them share the last one.
const (
	chartMarks = "*o+x#@%&"
	chartRest  = '.'
	svgRest    = "#bbbbbb"
)

var svgColours = [len(chartMarks)]string{"#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd", "#8c564b", "#17becf", "#7f7f7f"}

// An axis is the range of values along one side of a chart.
type axis struct{ low, high float64 }

// axes are those that hold all the points; equal ends are moved apart.
func axes(all []series) (x, y axis) {
	x, y = axis{math.Inf(1), math.Inf(-1)}, axis{math.Inf(1), math.Inf(-1)}
	for _, s := range all {
		for i := range s.x {
			x.low, x.high = min(x.low, s.x[i]), max(x.high, s.x[i])
			y.low, y.high = min(y.low, s.y[i]), max(y.high, s.y[i])
		}
	}
	if x.low == x.high {
		x.high++
	}
	if y.low == y.high {
		y.low, y.high = min(y.low, 0), max(y.high, y.low+1)
	}
	return x, y
}

// at is the place of v between the ends, from 0 to 1. The halves keep the
// difference of two large values finite.
func (a axis) at(v float64) float64 {
	span := a.high/2 - a.low/2
	if span == 0 { // the ends are one number to a float's precision
		return 0
	}
	return (v/2 - a.low/2) / span
}

// textChart draws the series in characters, the first with "*".
func textChart(all []series) string {
	x, y := axes(all)
	canvas := make([][]byte, chartRows)
	for i := range canvas {
		canvas[i] = []byte(strings.Repeat(" ", chartCols))
	}
	for n, s := range slices.Backward(all) { // the first, which have a mark of their own, on top
		mark := byte(chartRest)
		if n < len(chartMarks) {
			mark = chartMarks[n]
		}
		for i := range s.x {
			col := math.Round(x.at(s.x[i]) * (chartCols - 1))
			row := math.Round((1 - y.at(s.y[i])) * (chartRows - 1))
			canvas[int(row)][int(col)] = mark
		}
	}
	top, bottom := fmt.Sprintf("%.6g", y.high), fmt.Sprintf("%.6g", y.low)
	w := max(len(top), len(bottom))
	var b strings.Builder
	for i, line := range canvas {
		label := ""
		switch i {
		case 0:
			label = top
		case chartRows - 1:
			label = bottom
		}
		fmt.Fprintf(&b, "%*s |%s\n", w, label, strings.TrimRight(string(line), " "))
	}
	fmt.Fprintf(&b, "%*s +%s\n", w, "", strings.Repeat("-", chartCols))
	left, right := fmt.Sprintf("%.6g", x.low), fmt.Sprintf("%.6g", x.high)
	fmt.Fprintf(&b, "%*s  %s%*s\n", w, "", left, chartCols-len(left), right)
	for n, name := range legend(all) {
		mark := rune(chartRest)
		if n < len(chartMarks) {
			mark = rune(chartMarks[n])
		}
		fmt.Fprintf(&b, "%*s  %c %s\n", w, "", mark, name)
	}
	return b.String()
}

// legend is the names of the series, and how many have no mark of their own.
func legend(all []series) []string {
	if len(all) == 1 && all[0].name == "" {
		return nil
	}
	var names []string
	for _, s := range all[:min(len(all), len(chartMarks))] {
		names = append(names, s.name)
	}
	if more := len(all) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return names
}

// svgChart draws the series as lines with a mark at each point.
func svgChart(all []series) string {
	x, y := axes(all)
	px := func(v float64) float64 { return svgMargin + x.at(v)*(svgWidth-2*svgMargin) }
	py := func(v float64) float64 { return svgMargin + (1-y.at(v))*(svgHeight-2*svgMargin) }
	names := legend(all)
	height := svgHeight + len(names)*svgLegendUp
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">`+"\n", svgWidth, height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="white"/><path d="M%d %dV%dH%d" fill="none" stroke="black"/>`+"\n",
		svgMargin, svgMargin, svgHeight-svgMargin, svgWidth-svgMargin)
	label := func(at, up float64, anchor string, v float64) {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="%s">%.6g</text>`+"\n", at, up, anchor, v)
	}
	label(svgMargin-5, py(y.high)+4, "end", y.high)
	label(svgMargin-5, py(y.low)+4, "end", y.low)
	label(px(x.low), svgHeight-svgMargin+16, "start", x.low)
	label(px(x.high), svgHeight-svgMargin+16, "end", x.high)
	colour := func(n int) string {
		if n < len(svgColours) {
			return svgColours[n]
		}
		return svgRest
	}
	for n, s := range slices.Backward(all) {
		order := make([]int, len(s.x))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(s.x[i], s.x[j]) })
		var points []string
		for _, i := range order {
			points = append(points, fmt.Sprintf("%.1f,%.1f", px(s.x[i]), py(s.y[i])))
			fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="2" fill="%s"/>`+"\n", px(s.x[i]), py(s.y[i]), colour(n))
		}
		fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="%s"/>`+"\n", strings.Join(points, " "), colour(n))
	}
	for n, name := range names {
		fmt.Fprintf(&b, `<text x="%d" y="%d" fill="%s">%s</text>`+"\n", svgMargin, svgHeight+n*svgLegendUp, colour(n), html.EscapeString(name))
	}
	b.WriteString("</svg>\n")
	return b.String()
}
