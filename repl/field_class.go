package repl

import (
	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
	"pktsh/repl/py/pyrt"
)

// A class below a class of fields: class VarLen(Field) with methods of its own. What
// an instance has from the base is a fieldDef that knows the instance.

var _ pyrt.Subclassable = function{}

// Extend makes the base's part of a field of a program's class.
func (f function) Extend(th *starlark.Thread, self starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := f.CallInternal(th, args, kwargs)
	if d, ok := v.(*fieldDef); ok {
		d.self = self
		return d, err
	}
	return v, err
}

// scriptMethods are what a class of fields may redefine.
var scriptMethods = []string{"i2m", "m2i", "addfield", "getfield", "any2i", "h2i", "i2h", "i2repr", "i2len", "randval"}

// fieldBase tells whether a class begins from a class of fields, and refuses methods
// that would never be called.
func fieldBase(name string, bases starlark.Tuple, body *starlark.Dict) error {
	for _, b := range bases {
		f, ok := b.(function)
		if !ok {
			continue
		}
		if f.b.Group != fieldGroup {
			return pyrt.Errorf("TypeError", "class %s: %s is a function, not a class", name, f.Name())
		}
		for _, method := range []string{"i2count", "do_copy", "register_owner"} {
			if _, has, _ := body.Get(starlark.String(method)); has {
				e := pyrt.Errorf("TypeError", "class %s: %s() would never be called here", name, method)
				e.Hint = "there are addfield, getfield, i2m, m2i, any2i, h2i, i2h, i2repr, i2len and randval"
				return e
			}
		}
	}
	return nil
}

// asField is v as a field: one of ours, or one of a program's class.
func asField(v starlark.Value) (*fieldDef, bool) {
	if d, ok := v.(*fieldDef); ok {
		return d, true
	}
	d, ok := py.Native(v).(*fieldDef)
	return d, ok
}

// fieldMethodOf is Field.i2m and the like, with the field as its first argument.
func fieldMethodOf(name string) starlark.Value {
	return py.NewGoMethod(name, func(th *starlark.Thread, self starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		d, ok := asField(self)
		if !ok {
			return nil, pyrt.Errorf("TypeError", "%s() wants a field as its first argument, not %s", name, pyRepr(self))
		}
		m, err := d.Attr(name)
		if err != nil {
			return nil, err
		}
		return starlark.Call(th, m, args, kwargs)
	})
}

// unset is the value of a field whose default is None and that its own methods write.
type unset struct{}

// scriptCodec is a field that the methods of a program's class read and write.
type scriptCodec struct {
	u    *userProto
	d    *fieldDef
	base layers.Field // as the base class made it
}

// has tells whether the program's class has the method.
func (c scriptCodec) has(name string) bool { return py.HasMethod(c.d.self, name) }

// call calls a method with the packet and more; what it raises is told.
func (c scriptCodec) call(l *layers.Layer, name string, args ...starlark.Value) (starlark.Value, error) {
	m, err := c.d.self.(starlark.HasAttrs).Attr(name)
	if err != nil {
		return nil, err
	}
	return c.u.s.in.Nested(m, append([]starlark.Value{c.u.view(l)}, args...)...)
}

// plain is the base's field on its own.
func (c scriptCodec) plain() *layers.Layer {
	f := c.base
	f.When, f.Name = nil, c.d.f.Name
	p := &layers.Proto{Name: c.u.p.Name, Table: layers.Table{Fields: []layers.Field{f}}}
	if layers.Prepare(p) != nil {
		return nil
	}
	return layers.New(p)
}

// Encode writes the value by addfield, or by i2m and then as the base does.
func (c scriptCodec) Encode(l *layers.Layer, dst []byte, v any) ([]byte, error) {
	if r, ok := v.(layers.RawVal); ok {
		return append(dst, r...), nil
	}
	x := scriptValue(v)
	if c.has("addfield") {
		out, err := c.call(l, "addfield", starlark.Bytes(""), x)
		return c.take(dst, "addfield", out, err)
	}
	if c.has("i2m") {
		var err error
		if x, err = c.call(l, "i2m", x); err != nil {
			return dst, err
		}
	}
	if b, err := bytesOf(x); err == nil && c.base.Kind <= layers.Flag {
		return append(dst, b...), nil // of i2m
	}
	one := c.plain()
	if g, err := toGo(x); one == nil || err != nil {
		return dst, pyrt.Errorf("ValueError", "i2m() gave %s, which a %s does not write", pyRepr(x), c.d.typ)
	} else if x != starlark.None {
		if err := one.Set(0, g); err != nil {
			return dst, err
		}
	}
	b, err := layers.NewPacket(one).Build()
	return append(dst, b...), err
}

func (c scriptCodec) take(dst []byte, name string, v starlark.Value, err error) ([]byte, error) {
	if err != nil {
		return dst, err
	}
	b, err := bytesOf(v)
	if err != nil {
		return dst, pyrt.Errorf("ValueError", "%s() gave %s, want bytes", name, pyRepr(v))
	}
	return append(dst, b...), nil
}

// scriptValue is a field's value as its methods get it.
func scriptValue(v any) starlark.Value {
	if _, none := v.(unset); none || v == nil {
		return starlark.None
	}
	return fromGo(v)
}

// read is what getfield gives: the value and how many bytes it took.
func (c scriptCodec) read(l *layers.Layer, b []byte) (starlark.Value, int) {
	v, err := c.call(l, "getfield", starlark.Bytes(b))
	t, ok := v.(starlark.Tuple)
	if err == nil && ok && len(t) == 2 {
		if rest, err := bytesOf(t[0]); err == nil {
			return t[1], max(len(b)-len(rest), 0)
		}
	}
	if err == nil {
		c.u.s.warnOnce("%s.%s: getfield() gave %s, want (the bytes behind, value)", c.u.p.Name, c.d.f.Name, pyRepr(v))
	} else {
		c.u.s.warnOnce("%s.%s: getfield(): %v", c.u.p.Name, c.d.f.Name, err)
	}
	return nil, len(b)
}

// Decode reads the value by getfield, or as the base does and then by m2i.
func (c scriptCodec) Decode(l *layers.Layer, b []byte) any {
	var v starlark.Value
	if c.has("getfield") {
		v, _ = c.read(l, b)
	} else {
		v = starlark.Bytes(b)
		if one := c.plain(); one != nil && c.base.Kind != layers.Var {
			p := layers.Dissect(one.Proto(), b)
			if p.Len() == 0 || p.At(0).Proto() != one.Proto() {
				return layers.RawVal(b) // less than the field
			}
			v = fromGo(p.Layers()[0].Value(0))
		}
		if c.has("m2i") {
			var err error
			if v, err = c.call(l, "m2i", v); err != nil {
				c.u.s.warnOnce("%s.%s: m2i(): %v", c.u.p.Name, c.d.f.Name, err)
				return layers.RawVal(b)
			}
		}
	}
	if v == nil {
		return layers.RawVal(b)
	}
	if g, err := toGo(v); err == nil && g != nil {
		return g
	}
	return layers.RawVal(b)
}

// Parse brings what a person sets into the value's form by any2i or h2i.
func (c scriptCodec) Parse(l *layers.Layer, v any) (any, error) {
	for _, name := range []string{"any2i", "h2i"} {
		if !c.has(name) {
			continue
		}
		x, err := c.call(l, name, scriptValue(v))
		if err != nil {
			return nil, err
		}
		if x == starlark.None {
			return unset{}, nil
		}
		return toGo(x)
	}
	return v, nil
}

// Fuzz draws what randval() gives.
func (c scriptCodec) Fuzz(*layers.Layer) layers.Volatile {
	if !c.has("randval") {
		return nil
	}
	m, err := c.d.self.(starlark.HasAttrs).Attr("randval")
	if err == nil {
		if m, err = c.u.s.in.Nested(m); err == nil {
			if v, ok := m.(volatile); ok {
				return v.v
			}
		}
	}
	c.u.s.warnOnce("%s.%s: randval() gave no volatile value", c.u.p.Name, c.d.f.Name)
	return nil
}

// human is a value as people see it: what i2h() makes of it.
func (c scriptCodec) human(l *layers.Layer, v any) starlark.Value {
	if !c.has("i2h") {
		return fromGo(v)
	}
	x, err := c.call(l, "i2h", scriptValue(v))
	if err != nil {
		c.u.s.warnOnce("%s.%s: i2h(): %v", c.u.p.Name, c.d.f.Name, err)
		return fromGo(v)
	}
	return x
}

// asBase prints a value as a field of the base class does.
func (c scriptCodec) asBase(v any) (string, bool) {
	if _, none := v.(unset); none {
		return "None", true
	}
	one := c.plain()
	if one == nil || one.Set(0, v) != nil {
		return "", false
	}
	return layers.FieldText(layers.NewPacket(one).At(0), 0), true
}

// wireScript has a field of a program's class read and written by its methods.
func (u *userProto) wireScript(i int, d *fieldDef) error {
	f := &u.p.Fields[i]
	c := scriptCodec{u: u, d: d, base: *f}
	if c.has("i2repr") {
		f.Text = func(l *layers.Layer, v any) (string, bool) {
			x, err := c.call(l, "i2repr", scriptValue(v))
			if err != nil {
				u.s.warnOnce("%s.%s: i2repr(): %v", u.p.Name, d.f.Name, err)
				return "", false
			}
			return pyStr(x), true
		}
	}
	if c.has("i2h") && f.Text == nil {
		f.Text = func(l *layers.Layer, v any) (string, bool) { return pyRepr(c.human(l, v)), true }
	}
	wire := false
	for _, name := range scriptMethods {
		wire = wire || name != "i2repr" && name != "i2len" && c.has(name)
	}
	if !wire {
		return nil
	}
	if f.Bits%8 != 0 {
		return pyrt.Errorf("ValueError", "a %s of %d bits cannot have such methods: want whole bytes", d.typ, f.Bits)
	}
	size := f.Bits / 8
	def := any(unset{})
	if one := c.plain(); one != nil && !d.noDefault {
		u.s.in.AllowNested()
		var err error
		if def, err = c.Parse(one, one.Value(0)); err != nil {
			return err
		}
	}
	if f.Text == nil {
		f.Text = func(_ *layers.Layer, v any) (string, bool) { return c.asBase(v) }
	}
	f.Enum, f.Kind, f.Bits, f.Codec, f.DefaultValue, f.Auto = nil, layers.Var, 0, c, def, nil
	switch {
	case c.has("getfield"):
		f.Size = func(l *layers.Layer, rest []byte) int { _, n := c.read(l, rest); return n }
	case size > 0:
		f.Size = func(*layers.Layer, []byte) int { return size }
	case f.Size == nil:
		var err error
		f.Size, err = u.size(i, d)
		return err
	}
	return nil
}
