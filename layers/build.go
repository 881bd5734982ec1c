package layers

import (
	"encoding/binary"
	"fmt"
	"sync"
)

// A Build is a packet on its way to bytes. The hooks of a protocol's table see
// it with everything behind their own header final.
type Build struct {
	P   *Packet
	I   int    // the layer at work
	Out []byte // what was written so far

	parts []part // one for each layer that was begun
	end   int    // where the innermost payload ends, padding not counted
	err   error  // the first value that could not be computed
}

// A part is a layer's place in the packet that is built.
type part struct {
	start int    // offset in Out of its header
	body  int    // offset in Out of what follows it
	given uint64 // one bit per field: set, or given by the layer above
}

// At is the layer at work in its place.
func (b *Build) At() At { return At{b.P, b.I} }

// Layer is the layer at work.
func (b *Build) Layer() *Layer { return b.P.layers[b.I] }

// Header is the bytes of the layer at work's header.
func (b *Build) Header() []byte { return b.HeaderOf(b.I) }

// Payload is the bytes behind it, padding not counted.
func (b *Build) Payload() []byte { return b.Out[b.parts[b.I].body:max(b.end, b.parts[b.I].body)] }

// HeaderAndPayload is both.
func (b *Build) HeaderAndPayload() []byte {
	p := &b.parts[b.I]
	return b.Out[p.start:max(b.end, p.body)]
}

// HeaderOf is the bytes of layer i's header as they stand. Those of the layers
// below the one at work still lack their automatic fields.
func (b *Build) HeaderOf(i int) []byte { return b.Out[b.parts[i].start:b.parts[i].body] }

// Build is the packet's bytes: unset fields computed, set ones as they are. A
// field that holds a set of values builds as its first member.
func (p *Packet) Build() ([]byte, error) { return p.AppendTo(nil) }

// AppendTo appends the packet's bytes to dst. It allocates nothing when dst has room.
func (p *Packet) AppendTo(dst []byte) ([]byte, error) {
	if p.first != nil {
		return append(dst, p.data...), nil
	}
	b := builds.Get().(*Build)
	err := p.build(b, dst)
	dst = b.Out
	b.release()
	return dst, err
}

// builds are those at rest. A hook must not keep the one it is given.
var builds = sync.Pool{New: func() any { return &Build{} }}

func (b *Build) release() {
	*b = Build{parts: b.parts[:0]}
	builds.Put(b)
}

// Pad appends zeros until the packet is n bytes long. The layer at work must be
// the last one; behind others it does nothing.
func (b *Build) Pad(n int) { b.padFrom(0, n) }

// padFrom is Pad of the layers from position i on. Inside a tunnel what is
// appended counts as payload of the layers below.
func (b *Build) padFrom(i, n int) {
	if b.I != len(b.P.layers)-1 {
		return
	}
	for len(b.Out)-b.parts[i].start < n {
		b.Out = append(b.Out, 0)
	}
	if i > 0 {
		b.end = len(b.Out)
	}
}

// BuildFrom is the bytes of the layers from position i on, with the checksums
// they have in their place.
func (p *Packet) BuildFrom(i int) ([]byte, error) {
	if i == 0 {
		return p.Build()
	}
	b := &Build{}
	if err := p.build(b, nil); err != nil || i >= len(b.parts) {
		return nil, err
	}
	return b.Out[b.parts[i].start:], nil
}

// build fills b with the packet's bytes, appended to dst.
func (p *Packet) build(b *Build, dst []byte) error {
	n := len(p.Layers())
	b.P, b.Out = p, dst
	tail := n // the first of the trailing Padding layers
	for tail > 0 && p.layers[tail-1].proto == Padding {
		tail--
	}
	for i, l := range p.layers {
		b.I = i
		b.parts = append(b.parts, part{start: len(b.Out), given: l.isset})
		if i == tail {
			b.end = len(b.Out)
		}
		if err := l.encode(b); err != nil {
			return err
		}
		b.parts[i].body = len(b.Out)
	}
	if tail == n {
		b.end = len(b.Out)
	}
	for i := n - 1; i >= 0; i-- {
		b.I = i
		p.layers[i].complete(b)
	}
	return b.err
}

// encode appends the header with overloads and derived values in it and zeros
// where a value is still to be computed.
func (l *Layer) encode(b *Build) error {
	proto := l.proto
	part := &b.parts[b.I]
	var over []FieldValue
	if b.I+1 < len(b.P.layers) {
		over = overloads(proto, b.P.layers[b.I+1].proto)
	}
	for i := range over {
		part.given |= 1 << uint(over[i].Field)
	}
	if !proto.plain || l.cut > 0 {
		return l.encodeFields(b)
	}
	b.Out = append(b.Out, l.cells...)
	for i := range over {
		if fv := &over[i]; !l.IsSet(fv.Field) {
			f := &proto.Fields[fv.Field]
			if fv.Addr.IsValid() {
				f.putAt(b.Out[part.start:], fv.Addr)
			} else {
				f.store(b.Out[part.start:], fv.Value)
			}
		}
	}
	made := false // some Var field is not as it was dissected
	for _, i := range proto.special {
		f := &proto.Fields[i]
		if f.Kind == Var {
			if l.isEmpty(f) {
				made = true
				continue
			}
			asIs, err := l.encodeVar(b, i, f)
			if err != nil {
				return err
			}
			made = made || !asIs
		} else if part.given>>uint(i)&1 == 0 {
			if v, ok := f.Derive(b.At()); ok {
				f.putAt(b.Out[part.start:], First(v))
			}
		}
	}
	if len(l.odd) > 0 {
		if err := l.encodeOdd(b.Out[part.start:]); err != nil {
			return err
		}
	}
	if made && proto.Pad > 0 && len(b.Out)-part.start != proto.even {
		for (len(b.Out)-part.start)%proto.Pad != 0 {
			b.Out = append(b.Out, 0)
		}
	}
	return nil
}

// isEmpty tells a Var field that takes no bytes, in the common case that it was
// neither read nor set.
func (l *Layer) isEmpty(f *Field) bool {
	s := &l.slots[f.slot]
	return s.v == nil && s.raw == nil && f.DefaultValue == nil && f.Derive == nil && len(l.odd) == 0
}

// encodeOdd writes the first member of each set over its cell.
func (l *Layer) encodeOdd(hdr []byte) error {
	for _, o := range l.odd {
		f := &l.proto.Fields[o.field]
		if f.Kind == Var {
			continue // encodeVar took it
		}
		if err := l.putOdd(hdr, f, o.v); err != nil {
			return err
		}
	}
	return nil
}

func (l *Layer) putOdd(hdr []byte, f *Field, v any) error {
	if r, ok := v.(RawVal); ok {
		if len(r)*8 != f.Bits || f.cell%8 != 0 {
			return f.errorf(l, "got RawVal of %d bytes, want %d bits", len(r), f.Bits)
		}
		copy(hdr[f.cell/8:], r)
		return nil
	}
	one, err := f.parse(l, First(v))
	if err != nil {
		return err
	}
	f.putAt(hdr, one)
	return nil
}

// encodeFields writes a header whose shape depends on its fields, one after the other.
func (l *Layer) encodeFields(b *Build) error {
	if l.proto.Write != nil {
		out, err := l.proto.Write(b)
		if err == nil {
			b.Out = out
		}
		return err
	}
	at := b.At()
	l = at.effective()
	var acc bitWriter
	for i := range l.proto.Fields {
		if !l.Exists(i) || l.proto.Fields[i].Phantom {
			continue
		}
		f := l.form(i)
		if f.Align > 1 {
			b.Out = append(b.Out, l.gap(i, len(b.Out)-b.parts[b.I].start)...)
		}
		if f.Kind == Var {
			if _, err := l.encodeVar(b, i, f); err != nil {
				return err
			}
			continue
		}
		if l.proto.Fields[i].Form == nil && (f.Derive == nil || l.IsSet(i)) {
			if _, odd := l.oddValue(i); !odd {
				b.Out = acc.addCell(b.Out, l.cells, f)
				continue
			}
		}
		v := at.Value(i)
		if v == nil {
			v = f.numDefault()
		}
		if r, ok := v.(RawVal); ok {
			b.Out = append(b.Out, r...)
			continue
		}
		v = First(v)
		if _, ok := l.oddValue(i); ok {
			var err error
			if v, err = f.parse(l, v); err != nil {
				return err
			}
		}
		var cell [16]byte
		buf := cell[:]
		if f.Bits > 128 {
			buf = make([]byte, f.Bits/8)
		}
		g := *f
		g.cell = 0
		g.putAt(buf, v)
		b.Out = acc.add(b.Out, buf, f.Bits)
	}
	return nil
}

// bitWriter joins fields that are not whole bytes.
type bitWriter struct {
	bits int // pending bits in the last byte of out
}

// addCell adds a field as it stands in a layer's cells.
func (w *bitWriter) addCell(out, cells []byte, f *Field) []byte {
	if f.Bits > 64 {
		return w.add(out, cells[f.cell/8:], f.Bits)
	}
	var b [8]byte
	putBits(b[:], 0, f.Bits, getBits(cells, f.cell, f.Bits))
	return w.add(out, b[:], f.Bits)
}

func (w *bitWriter) add(out, v []byte, bits int) []byte {
	if w.bits == 0 && bits%8 == 0 {
		return append(out, v[:bits/8]...)
	}
	for done := 0; done < bits; done++ {
		if w.bits == 0 {
			out = append(out, 0)
		}
		bit := v[done>>3] >> uint(7-done&7) & 1
		out[len(out)-1] |= bit << uint(7-w.bits)
		w.bits = (w.bits + 1) & 7
	}
	return out
}

// encodeVar appends a Var field and tells whether it is as it was dissected.
func (l *Layer) encodeVar(b *Build, i int, f *Field) (asIs bool, err error) {
	if len(l.odd) > 0 {
		if v, ok := l.oddValue(i); ok {
			if r, ok := v.(RawVal); ok {
				b.Out = append(b.Out, r...)
				return false, nil
			}
			return false, l.appendVar(b, f, First(v))
		}
	}
	s := &l.slots[l.proto.Fields[i].slot]
	if f.Derive != nil && !l.IsSet(i) {
		if v, ok := f.Derive(b.At()); ok {
			return false, l.appendVar(b, f, v)
		}
	}
	if s.v == nil {
		if s.raw != nil || f.DefaultValue == nil {
			b.Out = append(b.Out, s.raw...)
			return s.raw != nil, nil
		}
		return false, l.appendVar(b, f, f.DefaultValue)
	}
	start := len(b.Out)
	if err := l.appendVar(b, f, s.v); err != nil {
		// Not everything that is read may be written: a name with a dot in a label.
		if s.raw == nil || f.Codec == nil || !equalValue(s.v, f.Codec.Decode(l, s.raw)) {
			return false, err
		}
		b.Out = append(b.Out[:start], s.raw...)
		return true, nil
	}
	if s.raw != nil && f.Codec != nil {
		// Looked into but perhaps not changed: if the value encodes as a fresh
		// reading of the bytes does, the bytes themselves stand.
		fresh, err := f.Codec.Encode(l, nil, f.Codec.Decode(l, s.raw))
		if err == nil && string(fresh) == string(b.Out[start:]) {
			b.Out = append(b.Out[:start], s.raw...)
			return true, nil
		}
	}
	return false, nil
}

func (l *Layer) appendVar(b *Build, f *Field, v any) error {
	if f.Codec != nil {
		out, err := f.Codec.Encode(l, b.Out, v)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", l.proto.Name, f.Name, err)
		}
		b.Out = out
		return nil
	}
	data, ok := toBytes(v)
	if !ok {
		return f.wrong(l, v, "bytes or text")
	}
	b.Out = append(b.Out, data...)
	return nil
}

// complete fills in the automatic fields, then the checksums.
func (l *Layer) complete(b *Build) {
	if l.cut > 0 {
		return // a header cut short is quoted, not made
	}
	if l.proto.plain {
		part := b.parts[b.I]
		for i := range l.proto.autos {
			a := &l.proto.autos[i]
			if part.given>>a.field&1 != 0 {
				continue
			}
			v := a.auto(b)
			if a.word && v <= 0xffff {
				binary.BigEndian.PutUint16(b.Out[part.start+a.at:], uint16(v))
			} else {
				f := &l.proto.Fields[a.field]
				b.putComputed(b.Out[part.start:], f.cell, f, v)
			}
		}
	} else if l.proto.Write == nil {
		l.completeFields(b)
	}
	if s := l.proto.Sum; s != nil && !l.IsSet(s.Field) {
		b.putSum(s)
	}
	if l.proto.Finish != nil {
		l.proto.Finish(b)
	}
}

// putComputed writes a computed value, which must fit: wrapping it would send a
// length that nobody asked for.
func (b *Build) putComputed(hdr []byte, off int, f *Field, v uint64) {
	if v > f.maxUint() && b.err == nil {
		b.err = f.errorf(b.Layer(), "computed %d, which is more than the %d that fit; set it by hand or send less", v, f.maxUint())
	}
	putBits(hdr, off, f.Bits, f.swap(v))
}

// completeFields is complete for a header whose shape depends on its fields.
func (l *Layer) completeFields(b *Build) {
	hdr, given := b.Header(), b.parts[b.I].given
	l = b.At().effective()
	off := 0
	for i := range l.proto.Fields {
		if !l.Exists(i) || l.proto.Fields[i].Phantom {
			continue
		}
		f := l.form(i)
		off = f.aligned(off)
		if f.Kind == Var {
			off += l.varLen(b, i, f) * 8
			continue
		}
		if f.Auto != nil && given>>uint(i)&1 == 0 && off+f.Bits <= len(hdr)*8 {
			b.putComputed(hdr, off, f, f.Auto(b))
		}
		off += f.Bits
	}
}

func (l *Layer) varLen(b *Build, i int, f *Field) int {
	scratch := Build{P: b.P, I: b.I}
	if _, err := l.encodeVar(&scratch, i, f); err != nil {
		return 0
	}
	return len(scratch.Out)
}

// Offset is the bit offset of field i in the header that b wrote for the layer
// at work, for Finish hooks of protocols whose fields move.
func (b *Build) Offset(i int) int {
	l := b.At().effective()
	if l.proto.plain {
		return l.proto.Fields[i].cell
	}
	off := 0
	for k := 0; k < i; k++ {
		if l.Exists(k) && !l.proto.Fields[k].Phantom {
			f := l.form(k)
			if off = f.aligned(off); f.Kind == Var {
				off += l.varLen(b, k, f) * 8
			} else {
				off += f.Bits
			}
		}
	}
	return l.form(i).aligned(off)
}
