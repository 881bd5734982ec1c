package layers

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Command is an expression that makes the packet when the shell evaluates it:
// IP(dst='10.0.0.2')/TCP(dport=80, flags=2). It names what was set, so that
// what was computed is computed again.
func (p *Packet) Command() string { return p.CommandFrom(0) }

// CommandFrom is Command of the layers from position i on.
func (p *Packet) CommandFrom(i int) string {
	i = max(i, 0)
	var b strings.Builder
	for k := i; k < p.Len(); k++ {
		if k > i {
			b.WriteByte('/')
		}
		at := p.At(k)
		if data, short := at.Layer().short(); short {
			b.WriteString(at.Proto().Name + "(" + pyBytes(data) + ")")
			continue
		}
		at.command(&b)
	}
	return b.String()
}

// short gives the bytes of a header that ends before its fields do, or has fields of other sizes than
// it would be built with, if no values of fields make them.
func (l *Layer) short() (data []byte, ok bool) {
	formed := func(f Field) bool { return f.Form != nil }
	if l.cut == 0 && (l.src == nil || !slices.ContainsFunc(l.proto.Fields, formed)) {
		return nil, false
	}
	data, err := NewPacket(l.Clone()).Build()
	if err != nil {
		return nil, false
	}
	whole := l.Clone()
	if l.cut > 0 {
		whole.cut = 0
	} else {
		whole.src = nil // which Form may look at
	}
	made, err := NewPacket(whole).Build()
	return data, err == nil && !bytes.Equal(made, data)
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
		b.WriteString(l.proto.Fields[i].Name + "=" + commandValue(l.exact(i)))
	}
	b.WriteByte(')')
}

// An exacter is a codec with a value of its own for bytes that what Decode reads does not make again.
type exacter interface {
	exact(l *Layer, raw []byte) any
}

// exact is field i's value as one that makes the same bytes: where the bytes that it was read from
// stand and its value is written otherwise, such as a name that was compressed, these bytes.
func (l *Layer) exact(i int) any {
	v, f := l.own(i), l.form(i)
	raw := l.stands(i)
	if raw == nil || bytes.Equal(l.padded(f, v), raw) {
		return v
	}
	if e, ok := f.Codec.(exacter); ok {
		if v := e.exact(l, raw); bytes.Equal(l.padded(f, v), raw) {
			return v
		}
	}
	return RawVal(raw)
}

// stands gives the bytes that field i with a Codec was read from, nil if it was not or is no longer what they say.
func (l *Layer) stands(i int) []byte {
	f := l.form(i)
	if _, odd := l.oddValue(i); odd || f.Kind != Var || f.Codec == nil {
		return nil
	}
	raw := l.slots[l.proto.Fields[i].slot].raw
	if raw == nil || !bytes.Equal(l.padded(f, l.own(i)), l.padded(f, f.Codec.Decode(l, raw))) {
		return nil
	}
	return raw
}

// padded is what building writes for the value of a Var field, nil if it cannot be written.
func (l *Layer) padded(f *Field, v any) []byte {
	if r, ok := v.(RawVal); ok {
		return r
	}
	var b Build
	if err := l.appendVar(&b, f, v); err != nil {
		return nil
	}
	for l.proto.Pad > 0 && len(b.Out)%l.proto.Pad != 0 {
		b.Out = append(b.Out, 0)
	}
	return b.Out
}

// named tells whether command mentions field i: it was set, or stands in the
// packet as if it had been. One that repr leaves out as empty is named where
// unset it would not be empty, or be filled up.
func (a At) named(i int) bool {
	l := a.Layer()
	f := &l.proto.Fields[i]
	if !l.IsSet(i) {
		return a.shown(i) && f.given()
	}
	if a.shown(i) || !a.Exists(i) || f.Tacit != nil {
		return a.shown(i)
	}
	_, asIs := l.exact(i).(RawVal)
	return asIs || !isEmpty(f.DefaultValue)
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
