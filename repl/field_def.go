package repl

import (
	"fmt"
	"math/bits"
	"net/netip"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// fieldDef is a row of a protocol that a program defines: ByteField("ttl", 64).
type fieldDef struct {
	frozenValue
	typ string
	f   layers.Field

	sizeOf, countOf string            // the field whose length or count this one is
	ofPayload       bool              // its value is the payload's length
	adjust          starlark.Callable // adjust(pkt, x) of such a value
	lengthFrom      starlark.Value    // a field's name or a function of the packet
	countFrom       starlark.Value    // the same, of a list
	cond            starlark.Callable // the field is there if cond(pkt)
	auto            starlark.Value    // a rule's name or a function(header, payload)
	record          starlark.Value    // the class of the packets it holds, or a function of the bytes
	nextClass       starlark.Callable // next_cls_cb of a list of packets
	one             bool              // a packet, not a list of them
	choices         []fieldChoice     // of a field whose type depends on others
	element         *fieldDef         // of a list of values
	prefix          bool              // a network whose length stands elsewhere
	dependsOn       starlark.Callable // chooses among enums
	enums           map[int]*layers.Enum
	self            starlark.Value // the instance of a program's class that this is part of; nil for none
	noDefault       bool           // None was given for it
	trailer         bool           // it stands behind the payload
}

func (d *fieldDef) String() string        { return "<" + d.typ + " " + d.f.Name + ">" }
func (d *fieldDef) Type() string          { return d.typ }
func (d *fieldDef) Hash() (uint32, error) { return starlark.String(d.f.Name).Hash() }

// Attr is a method of the field, tried on its own.
func (d *fieldDef) Attr(name string) (starlark.Value, error) { return fieldAttr(d.f, name) }

// AttrNames are the methods, name and default.
func (d *fieldDef) AttrNames() []string {
	out := []string{"default", "name"}
	for name := range fieldMethods {
		out = append(out, name)
	}
	return out
}

const fieldGroup = "Fields of a protocol of your own"

// numberKind is a family of field constructors that differ in width.
type numberKind struct {
	typ  string
	bits int
	hex  bool
	enum bool
	le   bool
}

var numberKinds = []numberKind{
	{typ: "ByteField", bits: 8}, {typ: "XByteField", bits: 8, hex: true}, {typ: "ShortField", bits: 16}, {typ: "XShortField", bits: 16, hex: true},
	{typ: "ThreeBytesField", bits: 24}, {typ: "X3BytesField", bits: 24, hex: true}, {typ: "IntField", bits: 32}, {typ: "XIntField", bits: 32, hex: true},
	{typ: "LongField", bits: 64}, {typ: "XLongField", bits: 64, hex: true},
	{typ: "ByteEnumField", bits: 8, enum: true}, {typ: "XByteEnumField", bits: 8, hex: true, enum: true}, {typ: "ShortEnumField", bits: 16, enum: true},
	{typ: "XShortEnumField", bits: 16, hex: true, enum: true}, {typ: "IntEnumField", bits: 32, enum: true}, {typ: "LongEnumField", bits: 64, enum: true},
	{typ: "LEShortField", bits: 16, le: true}, {typ: "LEThreeBytesField", bits: 24, le: true}, {typ: "LEIntField", bits: 32, le: true}, {typ: "LELongField", bits: 64, le: true},
	{typ: "XLEShortField", bits: 16, le: true, hex: true}, {typ: "XLE3BytesField", bits: 24, le: true, hex: true}, {typ: "XLEIntField", bits: 32, le: true, hex: true}, {typ: "XLELongField", bits: 64, le: true, hex: true},
	{typ: "LEX3BytesField", bits: 24, le: true, hex: true}, {typ: "ByteEnumKeysField", bits: 8, enum: true}, {typ: "ShortEnumKeysField", bits: 16, enum: true}, {typ: "IntEnumKeysField", bits: 32, enum: true},
	{typ: "LEShortEnumField", bits: 16, le: true, enum: true}, {typ: "LEIntEnumField", bits: 32, le: true, enum: true}, {typ: "LELongEnumField", bits: 64, le: true, enum: true},
}

// fieldBuiltins construct fields, under Scapy's names.
func fieldBuiltins() []*builtin {
	var out []*builtin
	for _, k := range numberKinds {
		doc := fmt.Sprintf("A number of %d bits", k.bits)
		if k.hex {
			doc += ", printed in hexadecimal"
		}
		if k.le {
			doc += ", the least significant byte first"
		}
		sig := k.typ + "(name, default, auto=None)"
		if k.enum {
			sig = k.typ + "(name, default, enum, auto=None)"
			doc += "; enum names its values: {1: \"request\", 2: \"reply\"} or a list from 0"
		}
		out = append(out, fieldBuiltin(sig, doc+".", func(c *call, d *fieldDef) error { return d.number(c, k) }))
	}
	bits := func(hex, enum bool) func(*call, *fieldDef) error {
		return func(c *call, d *fieldDef) error {
			n, err := c.int("size", 0)
			if err != nil || n < 1 || n > 64 {
				return c.wrong("size", "1..64 bits")
			}
			return d.number(c, numberKind{bits: n, hex: hex, enum: enum})
		}
	}
	out = append(append(append(append(append(out, packetFieldBuiltins()...), otherNumberBuiltins()...), likeFieldBuiltins()...), textFieldBuiltins()...),
		fieldBuiltin("BitField(name, default, size, auto=None)", "A number of size bits. The widths of neighbours add up to whole bytes.", bits(false, false)),
		fieldBuiltin("XBitField(name, default, size, auto=None)", "A number of size bits, printed in hexadecimal.", bits(true, false)),
		fieldBuiltin("BitEnumField(name, default, size, enum, auto=None)", "A number of size bits whose values have names.", bits(false, true)),
		fieldBuiltin("FlagsField(name, default, size, names)", "size bits with names, the least significant first: \"FSRPAU\" or [\"MF\", \"DF\"].", flagsDef),
		fieldBuiltin("IPField(name, default)", "An IPv4 address.", addressDef(layers.Addr4, 32)),
		fieldBuiltin("XStrFixedLenField(name, default, length)", "length bytes, padded with zeros.", fixedDef),
		fieldBuiltin("IP6Field(name, default)", "An IPv6 address.", addressDef(layers.Addr6, 128)),
		fieldBuiltin("MACField(name, default)", "An Ethernet address.", addressDef(layers.HWAddr, 48)),
		fieldBuiltin("StrField(name, default)", "Bytes: all that follow.", bytesDef),
		fieldBuiltin("XStrField(name, default)", "The same.", bytesDef),
		fieldBuiltin("StrFixedLenField(name, default, length)", "length bytes, padded with zeros.", fixedDef),
		fieldBuiltin("StrLenField(name, default, length_from=None)", "Bytes, as many as length_from tells: a field's name or a function of the packet. Without it the FieldLenField of this field does.", bytesDef),
		fieldBuiltin("XStrLenField(name, default, length_from=None)", "The same.", bytesDef),
		fieldBuiltin("StrNullField(name, default)", "Text up to a zero byte, which is no part of it.", func(c *call, d *fieldDef) error {
			d.f.Codec, d.f.Size = layers.CString{}, layers.CStringSize
			return bytesDef(c, d)
		}),
		fieldBuiltin("FieldLenField(name, default, length_of=None, fmt=\"H\", count_of=None, adjust=None)", "The length in bytes, or the number of members, of another field.\nfmt: \"B\", \"H\", \"I\" or \"Q\" for 8, 16, 32 or 64 bits. adjust(pkt, x) turns the length into the value; the other field then needs a length_from.", lengthDef),
		fieldBuiltin("BitFieldLenField(name, default, size, length_of=None, count_of=None, adjust=None)", "FieldLenField() of size bits.", lengthDef),
		fieldBuiltin("LenField(name, default, fmt=\"H\", adjust=None)", "The length of the payload. adjust(x) turns it into the value.", lengthDef),
		fieldBuiltin("LEFieldLenField(name, default, length_of=None, fmt=\"<H\", count_of=None, adjust=None)", "FieldLenField() whose least significant byte is first.", lengthDef),
		fieldBuiltin("FieldListField(name, default, field, length_from=None, count_from=None)", "Values of the field one behind the other; the field has a fixed size.", valuesDef),
		&builtin{Sig: "ConditionalField(fld, cond)", Group: fieldGroup, Doc: "A field that is there if cond(pkt) is true; cond looks at the fields before it.",
			Run: func(c *call) (starlark.Value, error) {
				d, err := c.innerField()
				if err == nil {
					d.cond, err = c.fn("cond")
				}
				return d, err
			}},
	)
	return out
}

func fieldBuiltin(sig, doc string, fill func(c *call, d *fieldDef) error) *builtin {
	typ, _, _ := strings.Cut(sig, "(")
	return &builtin{Sig: sig, Group: fieldGroup, Doc: doc, Run: func(c *call) (starlark.Value, error) {
		name, err := c.str("name", "")
		if err != nil {
			return nil, err
		}
		d := &fieldDef{typ: typ, f: layers.Field{Name: name, Type: typ}, noDefault: c.vals["default"] == starlark.None}
		if c.has("auto") {
			d.auto = c.val("auto")
		}
		for arg, dst := range map[string]*starlark.Value{"length_from": &d.lengthFrom, "count_from": &d.countFrom} {
			if c.has(arg) {
				*dst = c.val(arg)
			}
		}
		if err := fill(c, d); err != nil {
			return nil, err
		}
		return d, nil
	}}
}

// number fills in a field that holds a number.
func (d *fieldDef) number(c *call, k numberKind) error {
	d.f.Bits = k.bits
	if k.hex {
		d.f.Kind = layers.Hex
	}
	if k.enum {
		var err error
		if d.f.Enum, err = enumOf(c.val("enum")); err != nil {
			return c.wrong("enum", "a dictionary of names by number, or a list of names")
		}
	}
	d.f.Little = k.le
	return d.setDefault(c)
}

// enumOf reads {1: "a", "b": 2} and ["a", "b"].
func enumOf(v starlark.Value) (*layers.Enum, error) {
	names := map[uint64]string{}
	switch v := v.(type) {
	case *starlark.Dict:
		for _, kv := range v.Items() {
			n, text := kv[0], kv[1]
			if _, swapped := n.(starlark.String); swapped {
				n, text = text, n
			}
			i, ok := toInt(n)
			s, isText := text.(starlark.String)
			if !ok || i < 0 || !isText {
				return nil, fmt.Errorf("%s: %s", pyRepr(kv[0]), pyRepr(kv[1]))
			}
			names[uint64(i)] = string(s)
		}
	case *starlark.List:
		for i, x := range elements(v) {
			names[uint64(i)] = pyStr(x)
		}
	default:
		return nil, fmt.Errorf("a %s", v.Type())
	}
	return layers.NewEnum(names), nil
}

// setDefault reads the argument default. None means that the field is computed,
// or 0 if nothing computes it.
func (d *fieldDef) setDefault(c *call) error {
	v := c.val("default")
	if v == starlark.None {
		if d.f.Kind != layers.Var && d.auto == nil && d.f.Kind <= layers.Flag {
			d.f.Auto = func(*layers.Build) uint64 { return 0 }
		}
		return nil
	}
	g, err := toGo(v)
	if err != nil {
		return err
	}
	// A layer of this field alone says whether the default fits.
	probe := &layers.Proto{Name: "default", Table: layers.Table{Fields: []layers.Field{d.f}}}
	if err := layers.Prepare(probe); err != nil {
		return pyrt.Errorf("ValueError", "%v", err)
	}
	l := layers.New(probe)
	if d.f.Bits%8 == 0 || d.f.Kind <= layers.Flag {
		if err := l.Set(0, g); err != nil {
			return withArg(pyrt.Errorf("ValueError", "%s(%q): default: %s", d.typ, d.f.Name, strings.TrimPrefix(err.Error(), "default."+d.f.Name+": ")), "default")
		}
	}
	switch v := l.Value(0).(type) {
	case uint64:
		if d.f.Kind == layers.Var {
			d.f.DefaultValue = v
		} else {
			d.f.Default = v
		}
	case float64:
		if d.f.Unit > 0 {
			d.f.Default = uint64(v * float64(d.f.Unit))
		} else {
			d.f.DefaultValue = v
		}
	case layers.Flags:
		d.f.Default = v.Bits
	case layers.MAC:
		for _, b := range v {
			d.f.Default = d.f.Default<<8 | uint64(b)
		}
	case netip.Addr:
		if v.Is4() {
			b := v.As4()
			d.f.Default = uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
		} else {
			d.f.DefaultValue = v
		}
	case nil, layers.Choice, layers.Range, layers.Net, layers.Volatile:
		return c.wrong("default", "one value")
	default:
		d.f.DefaultValue = v
	}
	return nil
}

func flagsDef(c *call, d *fieldDef) error {
	n, err := c.int("size", 0)
	if err != nil || n < 1 || n > 64 {
		return c.wrong("size", "1..64 bits")
	}
	d.f.Kind, d.f.Bits = layers.Flag, n
	switch v := c.val("names").(type) {
	case starlark.String:
		d.f.Flags = &layers.FlagSet{Letters: string(v)}
	case *starlark.Dict:
		set := &layers.FlagSet{}
		for i := range n {
			set.Names = append(set.Names, fmt.Sprintf("bit %d", i))
		}
		for _, kv := range v.Items() {
			bit, ok := toInt(kv[0])
			i := bits.TrailingZeros64(uint64(bit))
			if !ok || bits.OnesCount64(uint64(bit)) != 1 || i >= n {
				return c.wrong("names", fmt.Sprintf("names by single bits of %d", n))
			}
			set.Names[i] = pyStr(kv[1])
		}
		d.f.Flags = set
	case starlark.Iterable:
		set := &layers.FlagSet{}
		for x := range starlark.Elements(v) {
			set.Names = append(set.Names, pyStr(x))
		}
		d.f.Flags = set
	default:
		return c.wrong("names", "text with a letter for each bit, or a list of names")
	}
	return d.setDefault(c)
}

func addressDef(kind layers.Kind, bits int) func(*call, *fieldDef) error {
	return func(c *call, d *fieldDef) error {
		d.f.Kind, d.f.Bits = kind, bits
		if kind == layers.Addr6 {
			d.f.DefaultValue = netip.IPv6Unspecified()
		}
		return d.setDefault(c)
	}
}

func bytesDef(c *call, d *fieldDef) error {
	d.f.Kind = layers.Var
	return d.setDefault(c)
}

// widths are those of the letters of struct, in bits.
var widths = map[string]int{"B": 8, "H": 16, "I": 32, "Q": 64}

// lengthDef fills in FieldLenField, BitFieldLenField and LenField.
func lengthDef(c *call, d *fieldDef) error {
	format := c.text1("fmt", "H")
	if d.typ == "LEFieldLenField" {
		format = "<" + strings.TrimLeft(c.text1("fmt", "H"), "<")
	}
	d.f.Bits = widths[strings.TrimLeft(format, "!><")]
	d.f.Little = strings.HasPrefix(format, "<")
	if _, bits := c.vals["size"]; bits {
		n, err := c.int("size", 0)
		if err != nil || n < 1 || n > 64 {
			return c.wrong("size", "1..64 bits")
		}
		d.f.Bits = n
	}
	if d.f.Bits == 0 {
		return c.wrong("fmt", "\"B\", \"H\", \"I\" or \"Q\", with \"<\" in front for little-endian")
	}
	d.sizeOf, d.countOf = c.text1("length_of", ""), c.text1("count_of", "")
	d.ofPayload = d.typ == "LenField"
	if !d.ofPayload && (d.sizeOf == "") == (d.countOf == "") {
		return c.errorf("", "%s(%q) wants length_of= or count_of=, the name of a field", d.typ, d.f.Name)
	}
	var err error
	if d.adjust, err = c.fn("adjust"); err != nil {
		return err
	}
	return d.setDefault(c)
}

// text1 is a text argument, "" where it is none.
func (c *call) text1(name, def string) string {
	s, err := c.str(name, def)
	if err != nil {
		return ""
	}
	return s
}

func fixedDef(c *call, d *fieldDef) error {
	n, err := c.int("length", 0)
	if err != nil || n < 1 || n > 65535 {
		return c.wrong("length", "1..65535 bytes")
	}
	d.f.Kind, d.f.Bits = layers.Fixed, 8*n
	return d.setDefault(c)
}

func valuesDef(c *call, d *fieldDef) error {
	e, ok := asField(c.val("field"))
	if !ok || e.f.Kind == layers.Var || e.f.Bits%8 != 0 {
		return c.wrong("field", "a field of a fixed size, such as IPField(\"\", \"0.0.0.0\")")
	}
	d.element = e
	d.f.Kind, d.f.DefaultValue, d.f.Codec = layers.Var, layers.List{}, layers.Values(e.f)
	return d.listDefault(c)
}

// listDefault takes None and [] as the empty list.
func (d *fieldDef) listDefault(c *call) error {
	if l, ok := c.val("default").(*starlark.List); ok && l.Len() == 0 {
		return nil
	}
	return d.setDefault(c)
}
