package layers

import (
	"fmt"
	"net/netip"
	"strings"
)

// Command is an expression that makes the packet when the shell evaluates it:
// IP(dst='10.0.0.2')/TCP(dport=80, flags=2). It names what was set, so that
// what was computed is computed again.
func (p *Packet) Command() string { return p.CommandFrom(0) }

// CommandFrom is Command of the layers from position i on.
func (p *Packet) CommandFrom(i int) string {
	var b strings.Builder
	for k := max(i, 0); k < p.Len(); k++ {
		if b.Len() > 0 {
			b.WriteByte('/')
		}
		p.At(k).command(&b)
	}
	return b.String()
}

func (a At) command(b *strings.Builder) {
	l := a.Layer()
	b.WriteString(l.proto.Name + "(")
	n := 0
	for i := range l.proto.Fields {
		if !a.named(i) {
			continue
		}
		if n++; n > 1 {
			b.WriteString(", ")
		}
		b.WriteString(l.proto.Fields[i].Name + "=" + commandValue(l.own(i)))
	}
	b.WriteByte(')')
}

// named tells whether command mentions field i: it was set, or stands in the
// packet as if it had been.
func (a At) named(i int) bool {
	l := a.Layer()
	return a.shown(i) && (l.IsSet(i) || l.proto.Fields[i].given())
}

// joinValues joins the members of a list; packets without a space, as Scapy.
func joinValues(vs List) string {
	parts := make([]string, len(vs))
	sep := ", "
	for i, v := range vs {
		if _, ok := v.(*Packet); ok {
			sep = ","
		}
		parts[i] = commandValue(v)
	}
	return strings.Join(parts, sep)
}

// commandValue is a value as an expression of the shell.
func commandValue(v any) string {
	switch v := v.(type) {
	case Flags:
		return fmt.Sprint(v.Bits)
	case List:
		return "[" + joinValues(v) + "]"
	case Choice:
		return pyJoin("[", "]", v, commandValue)
	case Tuple:
		return pyTuple(v, commandValue)
	case Dict:
		return v.text(commandValue)
	case RawVal:
		return "RawVal(" + pyBytes(v) + ")"
	case netip.Addr:
		return pyStr(AddrText(v))
	case *Packet:
		return v.Command()
	case interface{ Command() string }: // volatile values
		return v.Command()
	}
	return pyValue(v)
}
