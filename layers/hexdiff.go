package layers

import (
	"fmt"
	"slices"
	"strings"
)

// HexDiff is two byte strings aligned with each other so that the least differs,
// sixteen columns a row. A row that is the same in both has both offsets; one that
// differs is printed twice, a's bytes over b's, with gaps where one lacks bytes.
func HexDiff(a, b []byte) string { return Theme{}.HexDiff(a, b) }

// HexDiff is [HexDiff] with the bytes that differ in the theme's Strong colour.
func (t Theme) HexDiff(a, b []byte) string {
	pairs := alignBytes(a, b)
	var s strings.Builder
	ai, bi := 0, 0
	for row := range slices.Chunk(pairs, 16) {
		differs := slices.ContainsFunc(row, func(p bytePair) bool { return p.a != p.b })
		if differs {
			t.diffRow(&s, fmt.Sprintf("%s     ", offsetOf(ai, row, bytePair.hasA)), row, bytePair.left)
			t.diffRow(&s, fmt.Sprintf("     %s", offsetOf(bi, row, bytePair.hasB)), row, bytePair.right)
		} else {
			t.diffRow(&s, fmt.Sprintf("%04x %04x", ai, bi), row, bytePair.left)
		}
		for _, p := range row {
			if p.hasA() {
				ai++
			}
			if p.hasB() {
				bi++
			}
		}
	}
	return s.String()
}

// offsetOf is where a row starts in its own string, blank if it has no byte of it.
func offsetOf(n int, row []bytePair, has func(bytePair) bool) string {
	if !slices.ContainsFunc(row, has) {
		return "    "
	}
	return fmt.Sprintf("%04x", n)
}

func (t Theme) diffRow(s *strings.Builder, offsets string, row []bytePair, side func(bytePair) int) {
	if !slices.ContainsFunc(row, func(p bytePair) bool { return side(p) >= 0 }) {
		return
	}
	fmt.Fprintf(s, "%s   ", offsets)
	text := ""
	for i := range 16 {
		if i == 8 {
			s.WriteByte(' ')
		}
		if i >= len(row) || side(row[i]) < 0 {
			s.WriteString("   ")
			if i < len(row) {
				text += " "
			}
			continue
		}
		c := byte(side(row[i]))
		color := ""
		if row[i].a != row[i].b {
			color = t.Strong
		}
		s.WriteString(paint(color, fmt.Sprintf("%02X", c)) + " ")
		text += paint(color, printable([]byte{c}))
	}
	s.WriteString("  " + strings.TrimRight(text, " ") + "\n")
}

// A bytePair is one column: a byte of each string, -1 where it has none.
type bytePair struct{ a, b int }

func (p bytePair) left() int  { return p.a }
func (p bytePair) right() int { return p.b }
func (p bytePair) hasA() bool { return p.a >= 0 }
func (p bytePair) hasB() bool { return p.b >= 0 }

// maxAlign bounds the table that alignBytes fills; longer strings are compared
// place by place.
const maxAlign = 4 << 20

// alignBytes pairs the bytes of a and b with the fewest changes, insertions and
// deletions, each counting one (Wagner and Fischer 1974).
func alignBytes(a, b []byte) []bytePair {
	pre := 0
	for pre < len(a) && pre < len(b) && a[pre] == b[pre] {
		pre++
	}
	var out []bytePair
	for i := range pre {
		out = append(out, bytePair{int(a[i]), int(b[i])})
	}
	a, b = a[pre:], b[pre:]
	if (len(a)+1)*(len(b)+1) > maxAlign {
		for i := range max(len(a), len(b)) {
			p := bytePair{-1, -1}
			if i < len(a) {
				p.a = int(a[i])
			}
			if i < len(b) {
				p.b = int(b[i])
			}
			out = append(out, p)
		}
		return out
	}
	w := len(b) + 1
	d := make([]int32, (len(a)+1)*w)
	for i := range len(a) + 1 {
		for j := range w {
			switch {
			case i == 0:
				d[j] = int32(j)
			case j == 0:
				d[i*w] = int32(i)
			default:
				change := d[(i-1)*w+j-1]
				if a[i-1] != b[j-1] {
					change++
				}
				d[i*w+j] = min(change, d[(i-1)*w+j]+1, d[i*w+j-1]+1)
			}
		}
	}
	var tail []bytePair
	for i, j := len(a), len(b); i > 0 || j > 0; {
		here := d[i*w+j]
		switch {
		case i > 0 && j > 0 && a[i-1] == b[j-1] && here == d[(i-1)*w+j-1],
			i > 0 && j > 0 && here == d[(i-1)*w+j-1]+1:
			i, j = i-1, j-1
			tail = append(tail, bytePair{int(a[i]), int(b[j])})
		case i > 0 && here == d[(i-1)*w+j]+1:
			i--
			tail = append(tail, bytePair{int(a[i]), -1})
		default:
			j--
			tail = append(tail, bytePair{-1, int(b[j])})
		}
	}
	slices.Reverse(tail)
	return append(out, tail...)
}
