package layers

import (
	"fmt"
	"slices"
	"strings"
)

// Ls is the list of all protocols with their titles, by name, as ls() prints it.
func Ls() string { return LsMatching("") }

// LsMatching is Ls of the protocols whose name or title contains part, in any
// case, as ls("dot1") prints it; "" if there is none.
func LsMatching(part string) string {
	part = strings.ToLower(part)
	var rows []string
	for _, p := range Protos() {
		if strings.Contains(strings.ToLower(p.Name), part) || strings.Contains(strings.ToLower(p.TitleText()), part) {
			rows = append(rows, fmt.Sprintf("%-10s : %s\n", p.Name, p.TitleText()))
		}
	}
	slices.SortFunc(rows, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return strings.Join(rows, "")
}

// LsProto is the protocol's table, one field a line: name, type, default.
// Fields whose default is computed or derived show None.
func LsProto(p *Proto) string { return lsProto(p, false) }

// LsVerbose is LsProto with the names of each field's values and flags.
func LsVerbose(p *Proto) string { return lsProto(p, true) }

func lsProto(p *Proto, verbose bool) string {
	var b strings.Builder
	l := New(p)
	for i := range p.Fields {
		if p.Fields[i].Tacit != nil {
			continue
		}
		fmt.Fprintf(&b, "%-10s : %-35s = (%s)\n", p.Fields[i].Name, lsType(l, i), pyStr(lsDefault(l, i)))
		if verbose {
			lsNames(&b, l, i)
		}
	}
	return b.String()
}

// LsPacket is the same for each layer of the packet, with the value that each
// field has now; layers are divided by "--".
func LsPacket(p *Packet) string { return LsPacketFrom(p, 0) }

// LsPacketFrom is LsPacket of the layers from position from on.
func LsPacketFrom(p *Packet, from int) string {
	var b strings.Builder
	for li := max(from, 0); li < p.Len(); li++ {
		at := At{p, li}
		l := at.Layer()
		if li > from {
			b.WriteString("--\n")
		}
		fresh := New(l.proto)
		for i := range l.proto.Fields {
			if f := l.proto.Fields[i].Tacit; f != nil && f(l) {
				continue
			}
			text := "None" // also where the field is absent
			if at.Exists(i) {
				text = FieldRepr(at, i)
			}
			fmt.Fprintf(&b, "%-10s : %-35s = %-15s (%s)\n", l.proto.Fields[i].Name, lsType(l, i), text, pyStr(lsDefault(fresh, i)))
		}
	}
	return b.String()
}

// lsType is the field's type with what qualifies it: a width that the type's
// name does not tell, what its names depend on, and that it is conditional.
func lsType(l *Layer, i int) string {
	f := &l.proto.Fields[i]
	s := f.TypeName()
	switch {
	case s == "BitField" && f.Bits == 1:
		s += "  (1 bit)"
	case s == "BitField":
		s += fmt.Sprintf("  (%d bits)", f.Bits)
	case f.Names != nil && i > 0 && !strings.Contains(s, "("):
		// Codes are named by the type before them.
		s += fmt.Sprintf(" (Depends on %s)", pyValue(l.own(i-1)))
	}
	if f.When != nil {
		s += " (Cond)"
	}
	return s
}

// lsDefault is field i's default as Python prints it.
func lsDefault(l *Layer, i int) string {
	f := l.form(i)
	if l.proto.Fields[i].Absent || f.Computed() || f.Derive != nil || strings.HasPrefix(f.Type, "Dest") || strings.HasPrefix(f.Type, "Source") {
		return "None"
	}
	if l.proto.Fields[i].Form != nil && (f.Kind == HWAddr || f.Kind == Addr4 || f.Kind == Addr6) {
		return "None"
	}
	v := l.own(i)
	switch b, ok := v.([]byte); {
	case v == nil && f.Kind == Var:
		return display{f: f}.empty()
	case ok && f.Kind == Fixed:
		return pyValue(trimZeros(b))
	}
	return pyValue(v)
}

func lsNames(b *strings.Builder, l *Layer, i int) {
	f := l.form(i)
	if f.Flags != nil {
		names := f.Flags.Names
		if f.Flags.Letters != "" {
			names = strings.Split(f.Flags.Letters, "")
		}
		fmt.Fprintf(b, "%15s%s\n", "", strings.Join(names, ", "))
		return
	}
	e := f.enum(l)
	type row struct {
		v    uint64
		name string
	}
	var rows []row
	for _, n := range e.Names() {
		if v, ok := e.Value(n); ok {
			rows = append(rows, row{v, n})
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		if a.v < b.v {
			return -1
		}
		return 1
	})
	for _, r := range rows {
		fmt.Fprintf(b, "%15s%s: %d\n", "", r.name, r.v)
	}
}
