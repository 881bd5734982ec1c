package repl

import (
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
	chartRows, chartCols      = 12, 64
	svgWidth, svgHeight       = 720, 320
	svgMargin, svgLegendSpace = 50, 18
)

// chartMarks tell the series of a chart of characters apart.
const chartMarks = "*o+x#@%&"

// svgColours tell the series of an SVG chart apart.
var svgColours = []string{"#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd", "#8c564b", "#17becf", "#7f7f7f"}

// bounds are the ends of both axes; equal ends are moved apart.
func bounds(all []series) (x0, x1, y0, y1 float64) {
	x0, x1, y0, y1 = math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, s := range all {
		for i := range s.x {
			x0, x1 = min(x0, s.x[i]), max(x1, s.x[i])
			y0, y1 = min(y0, s.y[i]), max(y1, s.y[i])
		}
	}
	if x0 == x1 {
		x1++
	}
	if y0 == y1 {
		y0, y1 = min(y0, 0), max(y1, y0+1)
	}
	return x0, x1, y0, y1
}

// textChart draws the series in characters, the first with "*".
func textChart(all []series) string {
	x0, x1, y0, y1 := bounds(all)
	canvas := make([][]byte, chartRows)
	for i := range canvas {
		canvas[i] = []byte(strings.Repeat(" ", chartCols))
	}
	for n, s := range all {
		for i := range s.x {
			col := int(math.Round((s.x[i] - x0) / (x1 - x0) * (chartCols - 1)))
			row := int(math.Round((y1 - s.y[i]) / (y1 - y0) * (chartRows - 1)))
			canvas[row][col] = chartMarks[n%len(chartMarks)]
		}
	}
	labels := []string{fmt.Sprintf("%.6g", y1), fmt.Sprintf("%.6g", y0)}
	w := max(len(labels[0]), len(labels[1]))
	var b strings.Builder
	for i, line := range canvas {
		label := ""
		switch i {
		case 0:
			label = labels[0]
		case chartRows - 1:
			label = labels[1]
		}
		fmt.Fprintf(&b, "%*s |%s\n", w, label, strings.TrimRight(string(line), " "))
	}
	fmt.Fprintf(&b, "%*s +%s\n", w, "", strings.Repeat("-", chartCols))
	left, right := fmt.Sprintf("%.6g", x0), fmt.Sprintf("%.6g", x1)
	fmt.Fprintf(&b, "%*s  %s%*s\n", w, "", left, chartCols-len(left), right)
	for n, s := range all {
		if s.name != "" {
			fmt.Fprintf(&b, "%*s  %c %s\n", w, "", chartMarks[n%len(chartMarks)], s.name)
		}
	}
	return b.String()
}

// svgChart draws the series as lines with a mark at each point.
func svgChart(all []series) string {
	x0, x1, y0, y1 := bounds(all)
	px := func(x float64) float64 { return svgMargin + (x-x0)/(x1-x0)*(svgWidth-2*svgMargin) }
	py := func(y float64) float64 { return svgMargin + (y1-y)/(y1-y0)*(svgHeight-2*svgMargin) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">`+"\n", svgWidth, svgHeight)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="white"/><path d="M%d %dV%dH%d" fill="none" stroke="black"/>`+"\n",
		svgMargin, svgMargin, svgHeight-svgMargin, svgWidth-svgMargin)
	for _, t := range []struct {
		x, y   float64
		anchor string
		v      float64
	}{{svgMargin - 5, py(y1) + 4, "end", y1}, {svgMargin - 5, py(y0) + 4, "end", y0},
		{px(x0), svgHeight - svgMargin + 16, "start", x0}, {px(x1), svgHeight - svgMargin + 16, "end", x1}} {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="%s">%.6g</text>`+"\n", t.x, t.y, t.anchor, t.v)
	}
	for n, s := range all {
		colour := svgColours[n%len(svgColours)]
		order := make([]int, len(s.x))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(i, j int) int {
			return int(math.Copysign(1, s.x[i]-s.x[j])) * boolInt(s.x[i] != s.x[j])
		})
		var points []string
		for _, i := range order {
			points = append(points, fmt.Sprintf("%.1f,%.1f", px(s.x[i]), py(s.y[i])))
			fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="2" fill="%s"/>`+"\n", px(s.x[i]), py(s.y[i]), colour)
		}
		fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="%s"/>`+"\n", strings.Join(points, " "), colour)
		if s.name != "" {
			fmt.Fprintf(&b, `<text x="%d" y="%d" fill="%s">%s</text>`+"\n", svgWidth-svgMargin+4, svgMargin+n*svgLegendSpace, colour, html.EscapeString(s.name))
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
