package layers

import (
	"bytes"
	"fmt"
	"slices"
)

// Define takes a table that was made while the program runs into use, for
// building and dissecting at once. It takes the place of an earlier one of that
// name, but of none of this package's own.
func Define(p *Proto) error {
	if old := Lookup(p.Name); old != nil && !old.defined {
		return fmt.Errorf("there is a layer %s already; choose another name", p.Name)
	}
	p.defined = true
	p.ready.Store(false) // defaults may have changed
	if err := p.prepare(); err != nil {
		return err
	}
	registry.Lock()
	defer registry.Unlock()
	if i := slices.IndexFunc(registry.added, func(q *Proto) bool { return q.Name == p.Name }); i >= 0 {
		registry.added[i] = p
	} else {
		registry.added = append(registry.added, p)
	}
	if registry.byName != nil {
		registry.byName[p.Name] = p
	}
	return nil
}

// VarLen is how many bytes the Var field i takes in the header at work.
func (b *Build) VarLen(i int) int { return b.varLenAt(i) }

// Fail has the packet not build, for hooks that cannot tell otherwise. The first
// error counts.
func (b *Build) Fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// Values is the codec of a Var field that holds values of one fixed size, one
// behind the other. Of the element its kind and width count.
func Values(element Field) Codec { return valueList{&element} }

type valueList struct{ f *Field }

func (c valueList) Decode(l *Layer, b []byte) any {
	size := c.f.Bits / 8
	out := List{}
	for len(b) >= size {
		out = append(out, c.f.decode(l, b[:size:size]))
		b = b[size:]
	}
	if len(b) > 0 {
		out = append(out, RawVal(b)) // less than a value
	}
	return out
}

func (c valueList) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	list, _ := v.(List)
	for _, m := range list {
		if r, ok := m.(RawVal); ok {
			dst = append(dst, r...)
			continue
		}
		cell := make([]byte, c.f.Bits/8)
		g := *c.f
		g.cell = 0
		g.putAt(cell, First(m))
		dst = append(dst, cell...)
	}
	return dst, nil
}

func (c valueList) Parse(l *Layer, v any) (any, error) {
	return parseEach(v, func(m any) (any, error) { return c.f.parse(l, m) })
}

// CString is the codec of text that ends with a zero byte, which is no part of
// the value; [CStringSize] is its Size.
type CString struct{}

// CStringSize is how many bytes of rest the text takes, the zero byte included.
func CStringSize(_ *Layer, rest []byte) int {
	if i := bytes.IndexByte(rest, 0); i >= 0 {
		return i + 1
	}
	return len(rest)
}

// Decode leaves the zero byte away. Text that the data ended inside of stands
// as it is.
func (CString) Decode(_ *Layer, b []byte) any {
	if n := len(b); n > 0 && b[n-1] == 0 {
		return b[:n-1]
	}
	return RawVal(b)
}

// Encode adds the zero byte.
func (CString) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	if r, ok := v.(RawVal); ok {
		return append(dst, r...), nil
	}
	b, _ := toBytes(v)
	return append(append(dst, b...), 0), nil
}

// Parse takes text and bytes without a zero byte in them.
func (CString) Parse(_ *Layer, v any) (any, error) {
	b, ok := toBytes(v)
	if !ok {
		return nil, fmt.Errorf("got %s, want text or bytes", describe(v))
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return nil, fmt.Errorf("got %s with a zero byte, which would end it", describe(v))
	}
	return b, nil
}

// Prepare makes a table usable without a name: for trying a field on its own.
func Prepare(p *Proto) error { return p.prepare() }

// Value is field i's value in the layer alone: set, dissected or the default.
func (l *Layer) Value(i int) any { return l.own(i) }

// IsDefined tells whether the table came by [Define].
func IsDefined(p *Proto) bool { return p.defined }

// Put writes a computed value into field i of the header at work, which must not
// be a Var one. A value that does not fit has the packet not build.
func (b *Build) Put(i int, v uint64) {
	f := b.Layer().form(i)
	if off := b.Offset(i); off+f.Bits <= 8*len(b.Header()) && b.Layer().Exists(i) {
		b.putComputed(b.Header(), off, f, v)
	}
}

// Rewrite puts out, the header and the payload of the layer at work, in the place of
// both. Where out ends in the payload as it was, the header has grown or shrunk; else
// the header keeps its length as far as it can, and what follows it is the payload.
func (b *Build) Rewrite(out []byte) {
	p := &b.parts[b.I]
	end := max(b.end, p.body)
	body := min(p.body, p.start+len(out))
	if pay := b.Out[p.body:end]; bytes.HasSuffix(out, pay) {
		body = p.start + len(out) - len(pay)
	}
	moved, grown := body-p.body, p.start+len(out)-end
	b.Out = slices.Replace(b.Out, p.start, end, out...)
	p.body, b.end = body, b.end+grown
	if b.outer >= 0 {
		b.outEnd += grown
	}
	for i := b.I + 1; i < len(b.parts); i++ {
		q := &b.parts[i]
		if q.start >= end { // padding
			q.start, q.body = q.start+grown, q.body+grown
			continue
		}
		q.start = min(q.start+moved, b.end)
		q.body = min(q.body+moved, b.end)
	}
}

// Trail has field i of a table that is not in use yet, a number of whole bytes, stand behind
// the payload: the last of the packet's bytes, or in front of such a field before it. A packet
// too short for it has it unset.
func Trail(p *Proto, i int) error {
	f := &p.Fields[i]
	if f.Bits%8 != 0 || f.Bits > 64 || f.Kind > Flag {
		return fmt.Errorf("want a number of whole bytes")
	}
	f.Phantom = true
	n := f.Bits / 8
	take, finish := p.Trailer, p.Finish
	p.Trailer = func(l *Layer, rest []byte) int {
		k := 0
		if take != nil {
			k = take(l, rest)
		}
		rest = rest[:len(rest)-k]
		if len(rest) < n {
			return k
		}
		f := &l.proto.Fields[i]
		l.isset |= 1 << uint(i)
		f.store(l.cells, f.swap(getBits(rest[len(rest)-n:], 0, f.Bits)))
		return k + n
	}
	p.Finish = func(b *Build) {
		f := &b.Layer().proto.Fields[i]
		switch v := First(b.At().Value(i)).(type) {
		case RawVal:
			b.atEnd(v)
		default:
			sum, _ := toUint(v)
			if fl, ok := v.(Flags); ok {
				sum = fl.Bits
			}
			out := make([]byte, n)
			putBits(out, 0, f.Bits, f.swap(sum))
			b.atEnd(out)
		}
		if finish != nil {
			finish(b)
		}
	}
	return nil
}
