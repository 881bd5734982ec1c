package layers

import (
	"fmt"
	"slices"
	"strings"
)

// Explore is a table of the protocols whose name or title contains part, in any
// case, with their titles; "" if there is none.
func Explore(part string) string {
	part = strings.ToLower(part)
	rows := [][]string{}
	for _, p := range Protos() {
		if strings.Contains(strings.ToLower(p.Name), part) || strings.Contains(strings.ToLower(p.TitleText()), part) {
			rows = append(rows, []string{p.Name, p.TitleText(), p.Doc})
		}
	}
	slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(strings.ToLower(a[0]), strings.ToLower(b[0])) })
	if len(rows) == 0 {
		return ""
	}
	return barTable([]string{"Class", "Name", "What it is"}, rows)
}

// Uppers is a table of what is bound to follow lower, and by which of its fields.
func Uppers(lower *Proto) string {
	rows := [][]string{}
	for _, b := range UpperBindings(lower) {
		var conds []string
		for _, fv := range b.Fields {
			f := &lower.Fields[fv.Field]
			conds = append(conds, f.Name+"="+commandValue(fv.value(f)))
		}
		rows = append(rows, []string{b.Upper.Name, strings.Join(conds, ", "), b.Upper.Doc})
	}
	return barTable([]string{"Follows " + lower.Name, "where", "What it is"}, rows)
}

// barTable lines columns up between bars, the last one left ragged.
func barTable(head []string, rows [][]string) string {
	width := make([]int, len(head))
	for _, r := range append([][]string{head}, rows...) {
		for i, c := range r {
			width[i] = max(width[i], len(c))
		}
	}
	var b strings.Builder
	line := func(cells []string) {
		var out []string
		for i, c := range cells {
			out = append(out, fmt.Sprintf("%-*s", width[i], c))
		}
		b.WriteString(strings.TrimRight(strings.Join(out, "|"), " ") + "\n")
	}
	line(head)
	var rule []string
	for _, w := range width {
		rule = append(rule, strings.Repeat("-", w))
	}
	line(rule)
	for _, r := range rows {
		line(r)
	}
	return b.String()
}

// PayloadProto is the protocol that payload behind the layer at is taken for.
func PayloadProto(at At, payload []byte) *Proto {
	if p := nextProto(at, payload); p != nil && p != NoNext {
		return p
	}
	return Raw
}
