package repl

import (
	"bytes"
	"fmt"

	"go.starlark.net/starlark"

	"pktsh/layers"
)

// textFieldBuiltins construct fields of text in other writings, of text whose values
// have names, and of numbers in writings of their own.
func textFieldBuiltins() []*builtin {
	utf16 := func(null bool, fill func(*call, *fieldDef) error) func(*call, *fieldDef) error {
		return func(c *call, d *fieldDef) error {
			codec := layers.UTF16{Null: null}
			d.f.Codec = codec
			d.f.Text = func(_ *layers.Layer, v any) (string, bool) {
				s, ok := v.(string)
				return s, ok
			}
			if null {
				d.f.Size = codec.Size
			}
			return fill(c, d)
		}
	}
	extended := func(bit func(*call) (int, error)) func(*call, *fieldDef) error {
		return func(c *call, d *fieldDef) error {
			b, err := bit(c)
			if err != nil || b < 0 || b > 7 {
				return c.wrong("extension_bit", "0..7")
			}
			codec := layers.Extended{Bit: b}
			d.f.Kind, d.f.Codec, d.f.Size, d.f.DefaultValue = layers.Var, codec, codec.Size, uint64(0)
			return d.setDefault(c)
		}
	}
	fixedBit := func(n int) func(*call) (int, error) { return func(*call) (int, error) { return n, nil } }
	float := func(size int) func(*call, *fieldDef) error {
		return func(c *call, d *fieldDef) error {
			codec := layers.Float{Bytes: size}
			d.f.Kind, d.f.Codec, d.f.DefaultValue = layers.Var, codec, float64(0)
			d.f.Size = codec.Size
			return d.setDefault(c)
		}
	}
	return []*builtin{
		fieldBuiltin("StrFieldUtf16(name, default)", "Text of 16-bit units, the least significant byte first: all that follows.", utf16(false, bytesDef)),
		fieldBuiltin("StrLenFieldUtf16(name, default, length_from=None)", "The same, as many bytes as length_from tells.", utf16(false, bytesDef)),
		fieldBuiltin("StrNullFieldUtf16(name, default)", "The same, up to a zero unit, which is no part of it.", utf16(true, bytesDef)),
		fieldBuiltin("BoundStrLenField(name, default, minlen=0, maxlen=255, length_from=None)", "StrLenField() of minlen to maxlen bytes when it is fuzzed.", bytesDef),
		fieldBuiltin("XLEStrLenField(name, default, length_from=None)", "StrLenField() whose bytes are written from the last to the first.", func(c *call, d *fieldDef) error {
			d.f.Codec = layers.Backwards{}
			return bytesDef(c, d)
		}),
		fieldBuiltin("StrEnumField(name, default, enum=None)", "Bytes, all that follow, of which some have names: enum={b\"GET\": \"read\"}.", namedText(bytesDef)),
		fieldBuiltin("StrFixedLenEnumField(name, default, enum=None, length=None)", "length bytes, padded with zeros, of which some have names.", namedText(fixedDef)),
		fieldBuiltin("BitExtendedField(name, default, extension_bit)", "A number in groups of seven bits, a byte each, whose extension_bit, 0..7, says whether another byte follows.", extended(func(c *call) (int, error) { return c.int("extension_bit", -1) })),
		fieldBuiltin("LSBExtendedField(name, default)", "BitExtendedField() whose least significant bit says so.", extended(fixedBit(0))),
		fieldBuiltin("MSBExtendedField(name, default)", "BitExtendedField() whose most significant bit says so.", extended(fixedBit(7))),
		fieldBuiltin("IEEEFloatField(name, default)", "A floating-point number of 32 bits (IEEE 754).", float(4)),
		fieldBuiltin("IEEEDoubleField(name, default)", "A floating-point number of 64 bits (IEEE 754).", float(8)),
		fieldBuiltin("BCDFloatField(name, default)", "A number in steps of 1/256, in 16 bits.", fractionDef(16, 8)),
		fieldBuiltin("FixedPointField(name, default, size, frac_bits=16)", "A number of size bits, frac_bits of them behind the point.", func(c *call, d *fieldDef) error {
			size, err := c.int("size", 0)
			if err != nil || size < 1 || size > 64 {
				return c.wrong("size", "1..64 bits")
			}
			frac, err := c.int("frac_bits", 16)
			if err != nil || frac < 0 || frac >= size {
				return c.wrong("frac_bits", fmt.Sprintf("0..%d", size-1))
			}
			return fractionDef(size, frac)(c, d)
		}),
		fieldBuiltin("OByteField(name, default)", "A byte, printed in octal.", printed(8, func(n uint64) string { return fmt.Sprintf("%03o", n) })),
		fieldBuiltin("SecondsIntField(name, default, use_msec=False, use_micro=False, use_nano=False)", "A number of 32 bits that counts seconds, or thousandths, millionths or thousand-millionths of one, printed in seconds.", secondsDef),
	}
}

// printed is a number with a print of its own.
func printed(bits int, text func(n uint64) string) func(*call, *fieldDef) error {
	return func(c *call, d *fieldDef) error {
		d.f.Text = func(_ *layers.Layer, v any) (string, bool) {
			n, ok := v.(uint64)
			return text(n), ok
		}
		return d.number(c, numberKind{bits: bits})
	}
}

func secondsDef(c *call, d *fieldDef) error {
	unit := 1.0
	for arg, u := range map[string]float64{"use_msec": 1e3, "use_micro": 1e6, "use_nano": 1e9} {
		if c.bool(arg, false) {
			unit = u
		}
	}
	return printed(32, func(n uint64) string {
		if unit == 1 {
			return fmt.Sprint(n, " sec")
		}
		return pyStr(starlark.Float(float64(n)/unit)) + " sec"
	})(c, d)
}

// fractionDef is a fixed-point number.
func fractionDef(bits, frac int) func(*call, *fieldDef) error {
	return func(c *call, d *fieldDef) error {
		d.f.Bits, d.f.Unit = bits, 1<<frac
		return d.setDefault(c)
	}
}

// namedText is a field of text that prints the name of its value too.
func namedText(fill func(*call, *fieldDef) error) func(*call, *fieldDef) error {
	return func(c *call, d *fieldDef) error {
		names := map[string]string{}
		if c.has("enum") {
			table, ok := c.val("enum").(*starlark.Dict)
			if !ok {
				return c.wrong("enum", "a dictionary of names by text")
			}
			for _, kv := range table.Items() {
				key, err := bytesOf(kv[0])
				if err != nil {
					return c.wrong("enum", "a dictionary of names by text")
				}
				names[string(key)] = pyStr(kv[1])
			}
		}
		d.f.Text = func(_ *layers.Layer, v any) (string, bool) {
			b, ok := v.([]byte)
			text := string(bytes.TrimRight(b, "\x00"))
			name := names[string(b)]
			if name == "" {
				name = names[text]
			}
			if !ok || name == "" {
				return "", false
			}
			return pyRepr(starlark.Bytes(text)) + " (" + name + ")", true
		}
		return fill(c, d)
	}
}
