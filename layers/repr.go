package layers

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
)

// A Theme colours text for a terminal. Each member is the escape sequence that
// begins a part; the zero Theme is plain text.
type Theme struct {
	Punct  string // "<", "|", "=", "###["
	Layer  string // layer names
	Field  string // field names
	Value  string // values
	Strong string // added to Field and Value for src and dst
	Note   string // what dissecting could not make sense of
}

// DefaultTheme is Scapy's: layer names red and bold, fields blue, values
// purple, source and destination underlined and bold.
var DefaultTheme = Theme{
	Layer:  "\x1b[31m\x1b[1m",
	Field:  "\x1b[34m",
	Value:  "\x1b[35m",
	Strong: "\x1b[4m\x1b[1m",
	Note:   "\x1b[33m",
}

const colorOff = "\x1b[0m"

func paint(color, s string) string {
	if color == "" || s == "" {
		return s
	}
	return color + s + colorOff
}

// strong is the colour of a field's name or value.
func (t Theme) strong(color string, f *Field) string {
	if f.Name == "src" || f.Name == "dst" {
		return color + t.Strong
	}
	return color
}

// Repr is the packet on one line, with the fields that are set or that the
// layer above decides: <IP  frag=0 proto=tcp dst=10.0.0.2 |<TCP  dport=http |>>.
func (p *Packet) Repr() string { return Theme{}.Repr(p, 0) }

// ReprFrom is Repr of the layers from position i on, as they stand in p.
func (p *Packet) ReprFrom(i int) string { return Theme{}.Repr(p, i) }

// Repr is p.ReprFrom(i) in the theme's colours.
func (t Theme) Repr(p *Packet, i int) string {
	var b strings.Builder
	n := p.Len()
	if i >= n {
		return ""
	}
	for k := max(i, 0); k < n; k++ {
		t.reprLayer(&b, At{p, k})
	}
	b.WriteString(strings.Repeat(paint(t.Punct, ">"), n-max(i, 0)))
	return b.String()
}

func (t Theme) reprLayer(b *strings.Builder, at At) {
	l := at.Layer()
	b.WriteString(paint(t.Punct, "<") + paint(t.Layer, l.proto.Name) + "  ")
	for i := range l.proto.Fields {
		if !at.shown(i) {
			continue
		}
		f := &l.proto.Fields[i]
		b.WriteString(paint(t.strong(t.Field, f), f.Name) + paint(t.Punct, "=") +
			paint(t.strong(t.Value, f), FieldText(at, i)) + " ")
	}
	b.WriteString(paint(t.Punct, "|"))
}

// shown tells whether repr and command mention field i: it is part of the
// header, was set or is decided by the layer above, and is no empty list.
func (a At) shown(i int) bool {
	l := a.Layer()
	f := &l.proto.Fields[i]
	if !a.Exists(i) || f.Tacit != nil && f.Tacit(l) {
		return false
	}
	if !l.IsSet(i) {
		_, over := a.overload(i)
		if f.Told && !over {
			_, over = f.Derive(a)
		}
		return over || f.given() && !l.unchanged(i)
	}
	switch v := l.own(i).(type) {
	case List:
		return len(v) > 0
	case []byte:
		return len(v) > 0 || !l.endsBefore(i)
	}
	return true
}

// endsBefore tells whether l was dissected and ends in front of Var field i, which has nothing in it then.
func (l *Layer) endsBefore(i int) bool {
	return l.fromWire(i) && len(l.slots[l.proto.Fields[i].slot].raw) == 0 && l.bytesBefore(i) >= len(l.src)
}

// unchanged tells a value of ASN.1 that is still its default; what may be changed in place is not set then.
func (l *Layer) unchanged(i int) bool {
	f := &l.proto.Fields[i]
	_, ok := f.Codec.(asn1Value)
	return ok && equalValue(l.own(i), f.DefaultValue)
}

// given tells whether repr names the field though nobody set it: a default that
// is a list or a packet is the packet's own.
func (f *Field) given() bool {
	switch v := f.DefaultValue.(type) {
	case List:
		return len(v) > 0
	case *Packet:
		return true
	}
	return f.Given
}

// fromWire tells whether field i is of variable size and stands as dissected.
func (l *Layer) fromWire(i int) bool {
	f := &l.proto.Fields[i]
	return f.Kind == Var && l.slots[f.slot].raw != nil
}

// FieldText is field i of the layer at at as show prints it: numbers by their
// name where they have one, None where the value is computed when built.
func FieldText(at At, i int) string {
	v := at.Value(i)
	f := &at.Layer().proto.Fields[i]
	if at.isNone(i) {
		return "None"
	}
	if f.Text != nil {
		if s, ok := f.Text(at.Layer(), v); ok {
			return s
		}
	}
	if !at.Layer().IsSet(i) && !at.Layer().proto.defined {
		if s, ok := f.defaultText(v); ok {
			return s
		}
	}
	return at.display(i).text(v, false)
}

// defaultText is a default that Scapy's tables write otherwise than a value: whole numbers of
// fixed-point fields without a fraction, digits that are all zero not at all.
func (f *Field) defaultText(v any) (string, bool) {
	switch v := v.(type) {
	case float64:
		if v == math.Trunc(v) {
			return strconv.FormatFloat(v, 'f', 0, 64), true
		}
	case []byte:
		return "", f.Kind == Fixed && f.DefaultValue == nil && display{f: f}.bareHex()
	}
	return "", false
}

// FieldRepr is the value of field i of the layer at at as Python prints it: 80
// where FieldText says http, '10.0.0.1' in quotes, <Flag 2 (S)>.
func FieldRepr(at At, i int) string {
	v := at.Value(i)
	if at.isNone(i) {
		return "None"
	}
	if v == nil && at.Layer().form(i).Kind == Var {
		return at.display(i).empty()
	}
	return pyValue(v)
}

// A display is what printing a value needs to know of its field.
type display struct {
	f    *Field // as it applies to the layer
	enum *Enum
}

func (a At) display(i int) display {
	l := a.Layer()
	f := l.form(i)
	return display{f, f.enum(l)}
}

// text is a value for people. Inside a list (quoted) names and addresses stand
// in quotes, as Python's lists print them.
func (d display) text(v any, quoted bool) string {
	q := func(s string) string {
		if quoted {
			return pyStr(s)
		}
		return s
	}
	switch v := v.(type) {
	case nil:
		if d.bareHex() {
			return ""
		}
		if d.f.Kind == Var {
			return d.empty()
		}
		return "None"
	case uint64:
		if name, ok := d.enum.Name(v); ok {
			return q(name)
		}
		if d.enum != nil { // Scapy quotes all members once any may be a name
			return q(d.number(v))
		}
		return d.number(v)
	case Flags:
		return q(v.String())
	case Choice:
		return d.join("[", "]", v)
	case Range:
		if d.f.Kind == Hex && d.enum == nil {
			return fmt.Sprintf("(%#x, %#x)", v.Lo, v.Hi)
		}
		s := fmt.Sprintf("(%d, %d)", v.Lo, v.Hi)
		if d.enum != nil {
			return q(s)
		}
		return s
	case netip.Addr:
		if quoted {
			return pyStr(AddrText(v))
		}
		return AddrText(v) + embedded(v)
	case MAC:
		return q(v.String())
	case []byte:
		if d.bareHex() {
			return HexBytes(v)
		}
		if d.f.Kind == Fixed {
			return pyBytes(trimZeros(v))
		}
		return pyBytes(v)
	case List:
		return d.list(v)
	}
	return pyValue(v)
}

// bareHex tells a field of bytes that people read as digits, Scapy's XStrField.
func (d display) bareHex() bool {
	return strings.HasPrefix(d.f.Type, "XStr") || d.f.Type == "XLEStrLenField"
}

func (d display) number(v uint64) string {
	if d.f.Kind == Hex {
		return "0x" + strconv.FormatUint(v, 16)
	}
	return strconv.FormatUint(v, 10)
}

// empty is an unset field of variable size.
func (d display) empty() string {
	if c, ok := d.f.Codec.(interface{ empty() string }); ok {
		return c.empty()
	}
	if d.f.Codec == nil && !d.f.holdsPackets() {
		return "b''"
	}
	return "[]"
}

func (d display) join(open, end string, vs []any) string {
	parts := make([]string, len(vs))
	for i, v := range vs {
		parts[i] = d.text(v, true)
	}
	return open + strings.Join(parts, ", ") + end
}

// list prints a field that is a list by nature. Scapy shows lists of addresses
// bare: routers=[1.2.3.4].
func (d display) list(vs List) string {
	parts := make([]string, len(vs))
	for i, v := range vs {
		switch v := v.(type) {
		case netip.Addr:
			parts[i] = AddrText(v)
		case MAC:
			parts[i] = v.String()
		default:
			parts[i] = pyValue(v)
		}
	}
	if d.f.Codec == (addrList{16}) { // Scapy's lists of IPv6 addresses
		return "[ " + strings.Join(parts, ", ") + " ]"
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// holdsPackets tells whether the field is a list of packets, for which show
// leaves a gutter even when it is empty.
func (f *Field) holdsPackets() bool {
	switch f.Codec.(type) {
	case packetList, Packets, berList:
		return true
	}
	return strings.HasSuffix(f.TypeName(), "PacketListField")
}

// anyByte tells whether v is bytes of which one is not zero.
func anyByte(v any) bool {
	b, _ := toBytes(v)
	return len(trimZeros(b)) > 0
}

func trimZeros(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}
