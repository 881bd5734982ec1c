package layers

import (
	"fmt"
	"strings"
)

// A figure's rows are this many bits wide.
const figureBits = 32

// A figureCell is the share of a row that a field takes.
type figureCell struct {
	name  string
	field int
	bits  int
}

// Figure draws the protocol's header as RFCs do, a row for each 32 bits. Fields
// of variable size are drawn 16 bits wide. Its caption is the protocol's name;
// withCaption=false leaves it out.
func Figure(p *Proto, withCaption bool) string {
	rows := figureRows(p)
	ruler := func(bits int) string { return strings.Repeat("+-", bits) + "+\n" }
	var b strings.Builder
	fmt.Fprintf(&b, " 0%19s1%19s2%19s3\n", "", "", "")
	for i := range figureBits {
		fmt.Fprintf(&b, " %d", i%10)
	}
	b.WriteByte('\n')
	last := figureBits
	for i, row := range rows {
		sep := ruler(figureBits)
		if i > 0 {
			sep = openRuler(sep, rows[i-1], row)
		}
		b.WriteString(sep)
		last = 0
		for _, c := range row {
			b.WriteString("|" + centre(c.name, 2*c.bits-1))
			last += c.bits
		}
		b.WriteString("|\n")
	}
	b.WriteString(ruler(last))
	if withCaption {
		b.WriteString("\n" + centre("Fig. "+p.Name, 66))
	}
	return b.String()
}

func figureRows(p *Proto) [][]figureCell {
	var rows [][]figureCell
	var row []figureCell
	used := 0
	for i := range p.Use().Fields {
		f := &p.Fields[i]
		bits := f.Bits
		if f.Kind == Var || f.Form != nil || bits == 0 {
			bits = 16
		}
		name := strings.ToUpper(strings.ReplaceAll(f.Name, "_", " "))
		for bits > 0 {
			n := min(bits, figureBits-used)
			row = append(row, figureCell{name[:min(len(name), 2*n-1)], i, n})
			name = "" // stands in its first row alone
			bits -= n
			if used += n; used == figureBits {
				rows, row, used = append(rows, row), nil, 0
			}
		}
	}
	if row != nil {
		rows = append(rows, row)
	}
	return rows
}

// openRuler leaves a gap in the ruler between two rows where a field goes on
// from one to the next.
func openRuler(sep string, above, below []figureCell) string {
	end := above[len(above)-1]
	if end.field != below[0].field {
		return sep
	}
	from, to := 0, 2*below[0].bits-1
	for _, c := range above[:len(above)-1] {
		from += 2 * c.bits
	}
	if from >= to {
		return sep
	}
	return sep[:1+from] + strings.Repeat(" ", to-from) + sep[1+to:]
}

// centre pads s to width as Python's str.center does.
func centre(s string, width int) string {
	pad := width - len(s)
	if pad <= 0 {
		return s
	}
	left := pad/2 + pad&width&1
	return strings.Repeat(" ", left) + s + strings.Repeat(" ", pad-left)
}
