package repl

import (
	"bytes"
	"fmt"
	"time"

	"go.starlark.net/starlark"

	"pktsh/layers"
)

// signedKinds are the fields that hold numbers with a sign.
var signedKinds = []struct {
	typ  string
	size int
	le   bool
}{
	{"SignedByteField", 1, false}, {"SignedShortField", 2, false}, {"SignedIntField", 4, false}, {"SignedLongField", 8, false},
	{"LESignedShortField", 2, true}, {"LESignedIntField", 4, true}, {"LESignedLongField", 8, true},
}

// ofFormat makes fields whose width fmt tells.
func ofFormat(enum bool) func(c *call, d *fieldDef) error {
	return func(c *call, d *fieldDef) error {
		size, little, _, err := c.format("H")
		if err != nil {
			return err
		}
		return d.number(c, numberKind{bits: 8 * size, enum: enum, le: little})
	}
}

// otherNumberBuiltins construct fields of numbers that are printed, scaled or
// bounded in ways of their own.
func otherNumberBuiltins() []*builtin {
	var out []*builtin
	for _, k := range signedKinds {
		doc := fmt.Sprintf("A number of %d bits with a sign", 8*k.size)
		if k.le {
			doc += ", the least significant byte first"
		}
		out = append(out, fieldBuiltin(k.typ+"(name, default)", doc+".", func(c *call, d *fieldDef) error {
			return d.odd(c, layers.Number{Bytes: k.size, Little: k.le, Signed: true})
		}))
	}
	nbytes := func(hex bool) func(*call, *fieldDef) error {
		return func(c *call, d *fieldDef) error {
			n, err := c.int("sz", 0)
			if err != nil || n < 1 || n > 8 {
				return c.wrong("sz", "1..8 bytes; a longer one is a StrFixedLenField")
			}
			return d.number(c, numberKind{bits: 8 * n, hex: hex})
		}
	}
	return append(out,
		fieldBuiltin("NBytesField(name, default, sz)", "A number of sz bytes, 8 at most.", nbytes(false)),
		fieldBuiltin("XNBytesField(name, default, sz)", "A number of sz bytes, printed in hexadecimal.", nbytes(true)),
		fieldBuiltin("Field(name, default, fmt=\"H\")", "A number. fmt: \"B\", \"H\", \"I\" or \"Q\", with \"<\" in front for little-endian.", ofFormat(false)),
		fieldBuiltin("EnumField(name, default, enum, fmt=\"H\")", "A number whose values have names. fmt is Field()'s.", ofFormat(true)),
		fieldBuiltin("ScalingField(name, default, scaling=1, unit=\"\", offset=0, ndigits=3, fmt=\"B\")", "A number of which each 1 on the wire counts scaling, and offset more: ScalingField(\"temperature\", 20, scaling=0.1, fmt=\"b\").\nfmt in small letters has a sign. The value is rounded to ndigits; unit is printed behind it.", scalingDef),
		fieldBuiltin("OUIField(name, default)", "The first three bytes of an Ethernet address, as a number.", func(c *call, d *fieldDef) error {
			d.f.Text = func(_ *layers.Layer, v any) (string, bool) {
				n, ok := v.(uint64)
				return fmt.Sprintf("%02x:%02x:%02x", byte(n>>16), byte(n>>8), byte(n)), ok
			}
			return d.number(c, numberKind{bits: 24})
		}),
		fieldBuiltin("YesNoByteField(name, default)", "A byte that is printed as no if it is 0, else as yes.", func(c *call, d *fieldDef) error {
			d.f.Text = func(_ *layers.Layer, v any) (string, bool) {
				n, ok := v.(uint64)
				return map[bool]string{false: "no", true: "yes"}[n != 0], ok
			}
			return d.number(c, numberKind{bits: 8})
		}),
		fieldBuiltin("UTCTimeField(name, default)", "Seconds since 1970, in 32 bits.", func(c *call, d *fieldDef) error {
			d.f.Text = func(_ *layers.Layer, v any) (string, bool) {
				n, ok := v.(uint64)
				return fmt.Sprintf("%s (%d)", time.Unix(int64(n), 0).UTC().Format("Mon, 02 Jan 2006 15:04:05 +0000"), n), ok
			}
			return d.number(c, numberKind{bits: 32})
		}),
		fieldBuiltin("StrStopField(name, default, stop, additional=0)", "Bytes up to the text stop, which is part of them, and additional more.", func(c *call, d *fieldDef) error {
			stop, err := c.bytes("stop")
			if err != nil || len(stop) == 0 {
				return c.wrong("stop", "the bytes that it ends with")
			}
			more, err := c.int("additional", 0)
			if err != nil {
				return err
			}
			d.f.Size = func(_ *layers.Layer, rest []byte) int {
				if i := bytes.Index(rest, stop); i >= 0 {
					return i + len(stop) + more
				}
				return 0
			}
			return bytesDef(c, d)
		}),
	)
}

// format reads the argument fmt: how many bytes, which end first, and whether
// there is a sign.
func (c *call) format(def string) (size int, little, signed bool, err error) {
	text := c.text1("fmt", def)
	letter := text[max(len(text)-1, 0):]
	size = map[string]int{"b": 1, "h": 2, "i": 4, "q": 8, "B": 1, "H": 2, "I": 4, "Q": 8}[letter]
	if size == 0 {
		return 0, false, false, c.wrong("fmt", "\"B\", \"H\", \"I\" or \"Q\", with \"<\" in front for little-endian")
	}
	return size, text[0] == '<', letter >= "a", nil
}

// odd fills in a field that holds a number which is no plain unsigned one.
func (d *fieldDef) odd(c *call, n layers.Number) error {
	d.f.Kind, d.f.Codec, d.f.Size = layers.Var, n, n.Size
	d.f.DefaultValue = int64(0)
	if n.Scale != 0 {
		d.f.DefaultValue = n.Offset
	}
	if c.val("default") == starlark.None {
		return nil
	}
	return d.setDefault(c)
}

func scalingDef(c *call, d *fieldDef) error {
	size, little, signed, err := c.format("B")
	if err != nil {
		return err
	}
	n := layers.Number{Bytes: size, Little: little, Signed: signed}
	if n.Scale, err = c.float("scaling", 1); err != nil || n.Scale == 0 {
		return c.wrong("scaling", "a number that is not 0")
	}
	if n.Offset, err = c.float("offset", 0); err != nil {
		return err
	}
	if n.Digits, err = c.int("ndigits", 3); err != nil || n.Digits < 0 || n.Digits > 15 {
		return c.wrong("ndigits", "0..15")
	}
	if unit := c.text1("unit", ""); unit != "" {
		d.f.Text = func(_ *layers.Layer, v any) (string, bool) {
			if _, volatile := v.(layers.Volatile); v == nil || volatile {
				return "", false
			}
			return pyRepr(fromGo(v)) + " " + unit, true
		}
	}
	return d.odd(c, n)
}
