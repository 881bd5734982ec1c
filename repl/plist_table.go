package repl

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go.starlark.net/starlark"
)

// A grid is what make_table and its kin print: text by column and row.
type grid struct {
	cols, rows []string
	cells      map[[2]string]string
	labels     map[string]bool
}

func newGrid() *grid { return &grid{cells: map[[2]string]string{}} }

func (g *grid) set(col, row, text string) {
	if !g.seen("c" + col) {
		g.cols = append(g.cols, col)
	}
	if !g.seen("r" + row) {
		g.rows = append(g.rows, row)
	}
	g.cells[[2]string{col, row}] = text
}

// seen tells whether a label was there before, and notes it.
func (g *grid) seen(label string) bool {
	if g.labels == nil {
		g.labels = map[string]bool{}
	}
	was := g.labels[label]
	g.labels[label] = true
	return was
}

// listTable runs make_table, make_lined_table or make_tex_table.
func listTable(draw func(*grid) string) func(c *call) (starlark.Value, error) {
	return func(c *call) (starlark.Value, error) {
		g, err := c.grid()
		if err != nil {
			return nil, err
		}
		s := draw(g)
		if c.bool("dump", false) {
			return starlark.String(s), nil
		}
		return nil, printText(c.th, s)
	}
}

// grid asks func for the column, row and text of each packet.
func (c *call) grid() (*grid, error) {
	f, err := c.fn("func")
	if err != nil {
		return nil, err
	}
	g := newGrid()
	for i := range c.list.Len() {
		r, err := starlark.Call(c.th, f, argsOf(c.list.Index(i)), nil)
		if err != nil {
			return nil, err
		}
		t, ok := r.(starlark.Tuple)
		if !ok || len(t) != 3 {
			return nil, c.errorf("func", "%s(): func gave %s, want (column, row, text)", c.b.Name(), pyRepr(r))
		}
		g.set(pyStr(t[0]), pyStr(t[1]), pyStr(t[2]))
	}
	for arg, list := range map[string][]string{"sortx": g.cols, "sorty": g.rows} {
		if err := c.sortLabels(arg, list); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// sortLabels sorts by the key that the argument names; without one as numbers if
// all are numbers, as IPv4 addresses if all are, else as text.
func (c *call) sortLabels(arg string, list []string) error {
	key, err := c.fn(arg)
	if err != nil || key == nil {
		sortNatural(list)
		return err
	}
	keys := map[string]starlark.Value{}
	for _, s := range list {
		if keys[s], err = starlark.Call(c.th, key, starlark.Tuple{starlark.String(s)}, nil); err != nil {
			return err
		}
	}
	slices.SortStableFunc(list, func(a, b string) int { return compareValues(keys[a], keys[b], &err) })
	return err
}

func sortNatural(list []string) {
	number := func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) }
	address := func(s string) (int64, error) {
		a, err := netip.ParseAddr(s)
		if err != nil || !a.Is4() {
			return 0, strconv.ErrSyntax
		}
		b := a.As4()
		return int64(b[0])<<24 | int64(b[1])<<16 | int64(b[2])<<8 | int64(b[3]), nil
	}
	for _, read := range []func(string) (int64, error){number, address} {
		keys, all := map[string]int64{}, true
		for _, s := range list {
			k, err := read(s)
			keys[s], all = k, all && err == nil
		}
		if all {
			slices.SortStableFunc(list, func(a, b string) int { return int(min(max(keys[a]-keys[b], -1), 1)) })
			return
		}
	}
	slices.Sort(list)
}

func (g *grid) cell(col, row string) string {
	if s, ok := g.cells[[2]string{col, row}]; ok {
		return s
	}
	return "-"
}

// lines are the header's and the rows' cells, the label of the row first.
func (g *grid) lines() [][]string {
	out := [][]string{append([]string{""}, g.cols...)}
	for _, row := range g.rows {
		line := []string{row}
		for _, col := range g.cols {
			line = append(line, g.cell(col, row))
		}
		out = append(out, line)
	}
	return out
}

func (g *grid) plain() string { return padTable(g.lines()) }

// lined draws bars between the columns and rulers around the header.
func (g *grid) lined() string {
	lines := g.lines()
	width := make([]int, len(lines[0]))
	for _, l := range lines {
		for i, c := range l {
			width[i] = max(width[i], len([]rune(c)))
		}
	}
	rule := strings.Repeat("-", width[0]+1)
	for _, w := range width[1:] {
		rule += "+" + strings.Repeat("-", w+2)
	}
	rule += "+\n"
	var b strings.Builder
	b.WriteString(rule)
	for n, l := range lines {
		for i, c := range l {
			b.WriteString(c + strings.Repeat(" ", width[i]-len([]rune(c))) + " | ")
		}
		b.WriteString("\n")
		if n == 0 {
			b.WriteString(rule)
		}
	}
	b.WriteString(rule)
	return b.String()
}

// tex is the body of a LaTeX tabular.
func (g *grid) tex() string {
	var b strings.Builder
	b.WriteString("\\hline\n")
	for n, l := range g.lines() {
		b.WriteString(strings.Join(l, " & ") + " \\\\\n")
		if n == 0 {
			b.WriteString("\\hline\n")
		}
	}
	b.WriteString("\\hline\n")
	return b.String()
}
