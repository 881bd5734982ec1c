package repl

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// packetFieldBuiltins construct fields that hold packets, or other fields.
func packetFieldBuiltins() []*builtin {
	return []*builtin{
		fieldBuiltin("PacketListField(name, default, pkt_cls=None, count_from=None, length_from=None, next_cls_cb=None)", `Packets one behind the other, as many as count_from or as long as length_from tells.
pkt_cls: their layer, or a function of the bytes that gives a packet. A member takes what follows it, but for what its layer leaves as padding:
define extract_padding(self, s): return "", s for members without payload. next_cls_cb(pkt, members, last, bytes) gives the next member's layer, None at the end.`, packetsDef),
		fieldBuiltin("PacketField(name, default, pkt_cls)", "One packet of the layer pkt_cls, with its payload but not its padding.", onePacketDef),
		fieldBuiltin("PacketLenField(name, default, pkt_cls, length_from=None)", "One packet, as long as length_from tells.", onePacketDef),
		{Sig: "MultipleTypeField(flds, dflt)", Group: fieldGroup, Doc: "A field whose type depends on others before it: MultipleTypeField([(IPField(\"a\", \"0.0.0.0\"), lambda pkt: pkt.kind == 1), …], StrField(\"a\", b\"\")).\nThe first field counts whose function gives True, or else dflt; all have one name.", Run: multipleDef},
		{Sig: "PadField(fld, align, padwith=None)", Group: fieldGroup, Doc: "A field of variable size that is filled up with zero bytes, or padwith, to a multiple of align bytes.", Run: padDef},
		{Sig: "ReversePadField(fld, align)", Group: fieldGroup, Doc: "A field that begins at a multiple of align bytes from the header's first: zeros fill up what is in front of it.", Run: alignDef},
		{Sig: "TrailerField(fld)", Group: fieldGroup, Doc: "The number behind the payload, at the packet's end.", Run: func(c *call) (starlark.Value, error) {
			d, err := c.innerField()
			if err == nil {
				d.trailer = true
			}
			return d, err
		}},
		fieldBuiltin("FCSField(name, default, fmt=\"H\")", "A check sequence behind the payload, at the packet's end; post_build(self, p, pay) has it as the end of pay.", func(c *call, d *fieldDef) error {
			d.trailer = true
			format := c.text1("fmt", "H")
			bits := widths[strings.TrimLeft(format, "!><")]
			if bits == 0 {
				return c.wrong("fmt", "\"B\", \"H\", \"I\" or \"Q\", with \"<\" in front for little-endian")
			}
			return d.number(c, numberKind{bits: bits, hex: true, le: strings.HasPrefix(format, "<")})
		}),
		{Sig: "Emph(fld)", Group: fieldGroup, Doc: "The field as it is: Scapy prints it in another colour.", Run: func(c *call) (starlark.Value, error) { return c.innerField() }},
	}
}

// fieldChoice is one of the types of a field, and when it has it.
type fieldChoice struct {
	d    *fieldDef
	when starlark.Callable // nil is otherwise
}

func packetsDef(c *call, d *fieldDef) error {
	d.f.Kind, d.f.DefaultValue, d.f.Codec = layers.Var, layers.List{}, layers.Packets{}
	var err error
	if d.nextClass, err = c.fn("next_cls_cb"); err != nil {
		return err
	}
	if !c.has("pkt_cls") && d.nextClass == nil {
		return c.errorf("pkt_cls", "%s(%q) wants pkt_cls=, the layer of its packets, or next_cls_cb=", d.typ, d.f.Name)
	}
	if err := d.recordClass(c); err != nil {
		return err
	}
	return d.listDefault(c)
}

func onePacketDef(c *call, d *fieldDef) error {
	d.f.Kind, d.f.Codec, d.one = layers.Var, layers.Packets{One: true}, true
	if err := d.recordClass(c); err != nil {
		return err
	}
	return d.setDefault(c)
}

// recordClass takes pkt_cls: a class, or a function that gives a packet.
func (d *fieldDef) recordClass(c *call) error {
	switch v := c.val("pkt_cls").(type) {
	case starlark.NoneType:
	case *class, starlark.Callable:
		d.record = v
	default:
		return c.wrong("pkt_cls", "a layer such as IP")
	}
	return nil
}

// wirePackets makes the codec of a field that holds packets.
func (u *userProto) wirePackets(i int, d *fieldDef) error {
	f := &u.p.Fields[i]
	codec := layers.Packets{One: d.one, Next: func(l *layers.Layer, list layers.List, b []byte) *layers.Proto { return u.nextRecord(d, l, list, b) }}
	number, count, err := u.lengthRule(i, d)
	if err != nil {
		return err
	}
	if count {
		codec.Count, number = number, nil
	}
	f.Codec = codec
	switch {
	case number != nil:
		f.Size = func(l *layers.Layer, _ []byte) int { return number(l) }
	case count || d.one || d.nextClass != nil:
		f.Size = codec.Size
	}
	return nil
}

// nextRecord is the protocol of the packet that b begins with.
func (u *userProto) nextRecord(d *fieldDef, l *layers.Layer, list layers.List, b []byte) *layers.Proto {
	var v starlark.Value = d.record
	var err error
	if d.nextClass != nil {
		var last starlark.Value = starlark.None
		if len(list) > 0 {
			last = fromGo(list[len(list)-1])
		}
		v, err = u.call(d.nextClass, u.view(l), fromGoList(list), last, starlark.Bytes(b))
	} else if _, isClass := v.(*class); !isClass {
		v, err = u.call(v.(starlark.Callable), starlark.Bytes(b))
	}
	switch v := v.(type) {
	case *class:
		return v.proto()
	case *packet:
		return v.proto()
	case packetClass:
		return layers.Raw
	}
	if err == nil && v != starlark.None {
		u.s.warnOnce("%s.%s: got %s for the class of a packet, want a layer", u.p.Name, d.f.Name, pyRepr(v))
	}
	return nil
}

func multipleDef(c *call) (starlark.Value, error) {
	other, ok := asField(c.val("dflt"))
	if !ok {
		return nil, c.wrong("dflt", "a field such as StrField(\"a\", b\"\")")
	}
	list, ok := c.val("flds").(starlark.Iterable)
	if !ok {
		return nil, c.wrong("flds", "a list of (field, function)")
	}
	d := &fieldDef{typ: "MultipleTypeField", f: layers.Field{Name: other.f.Name, Type: "MultipleTypeField"}}
	for v := range starlark.Elements(list) {
		t, _ := v.(starlark.Tuple)
		if len(t) != 2 {
			return nil, c.errorf("flds", "MultipleTypeField(): got %s, want (field, function)", pyRepr(v))
		}
		when := t[1]
		if two, ok := when.(starlark.Tuple); ok && len(two) > 0 { // (of the packet, of packet and value)
			when = two[0]
		}
		fld, isField := asField(t[0])
		cond, isFunc := when.(starlark.Callable)
		if !isField || !isFunc {
			return nil, c.errorf("flds", "MultipleTypeField(): got %s, want (field, function)", pyRepr(v))
		}
		if fld.f.Name != other.f.Name {
			return nil, pyrt.Errorf("ValueError", "MultipleTypeField(): got fields %q and %q, want one name", fld.f.Name, other.f.Name)
		}
		d.choices = append(d.choices, fieldChoice{fld, cond})
	}
	d.choices = append(d.choices, fieldChoice{d: other})
	return d, nil
}

// wireChoices makes the form of a field that has several types.
func (u *userProto) wireChoices(i int, d *fieldDef) error {
	forms := make([]*layers.Field, len(d.choices))
	for k, ch := range d.choices {
		f := ch.d.f
		if ch.d.choices != nil || ch.d.sizeOf+ch.d.countOf != "" || f.Bits%8 != 0 {
			return fmt.Errorf("a %s cannot be one of its types", ch.d.typ)
		}
		if f.Kind == layers.Var && f.Size == nil {
			size, err := u.size(i, ch.d)
			if err != nil {
				return err
			}
			f.Size = size
		}
		forms[k] = &f
	}
	u.p.Fields[i].Form = func(l *layers.Layer) *layers.Field {
		for k, ch := range d.choices {
			if ch.when == nil {
				return forms[k]
			}
			if v, err := u.call(ch.when, u.view(l)); err == nil && bool(v.Truth()) {
				return forms[k]
			}
		}
		return forms[len(forms)-1]
	}
	return nil
}

func padDef(c *call) (starlark.Value, error) {
	inner, ok := c.val("fld").(*fieldDef)
	if !ok || inner.f.Kind != layers.Var || inner.f.Size == nil {
		return nil, c.wrong("fld", "a field that tells its own size, such as StrNullField(\"s\", b\"\")")
	}
	align, err := c.int("align", 0)
	if err != nil || align < 1 || align > 1024 {
		return nil, c.wrong("align", "1..1024 bytes")
	}
	with := []byte{0}
	if c.has("padwith") {
		if with, err = c.bytes("padwith"); err != nil || len(with) != 1 {
			return nil, c.wrong("padwith", "one byte")
		}
	}
	out := *inner
	codec := layers.Padded{Codec: inner.f.Codec, Of: inner.f.Size, Align: align, With: with[0]}
	out.typ, out.f.Type, out.f.Codec, out.f.Size = "PadField", "PadField", codec, codec.Size
	return &out, nil
}

// innerField is the argument fld.
func (c *call) innerField() (*fieldDef, error) {
	d, ok := asField(c.val("fld"))
	if !ok {
		return nil, c.wrong("fld", "a field such as ByteField(\"x\", 0)")
	}
	out := *d
	return &out, nil
}

func alignDef(c *call) (starlark.Value, error) {
	d, err := c.innerField()
	if err != nil {
		return nil, err
	}
	n, err := c.int("align", 0)
	if err != nil || n < 1 || n > 255 {
		return nil, c.wrong("align", "1..255 bytes")
	}
	d.f.Align = uint8(n)
	return d, nil
}
