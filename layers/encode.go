package layers

import (
	"fmt"
	"math/bits"
)

// bare tells a layer of plain form that is its cells alone.
func (l *Layer) bare() bool {
	for i := range l.slots {
		if s := &l.slots[i]; s.v != nil || s.raw != nil {
			return false
		}
	}
	return len(l.odd) == 0 && l.proto.bare
}

// encodeRest makes a header of plain form, whose cells are written, whole: with
// those fields that follow from their surroundings, sets, and what has no cell.
func (l *Layer) encodeRest(b *Build, derived uint64) error {
	proto, start := l.proto, b.parts[b.I].start
	for ; derived != 0; derived &= derived - 1 {
		f := &proto.Fields[bits.TrailingZeros64(derived)]
		if v, ok := f.Derive(b.At()); ok {
			f.putAt(b.Out[start:], First(v))
		}
	}
	if err := l.encodeOdd(b.Out[start:]); err != nil {
		return err
	}
	made := false // some Var field is not as it was dissected
	for vars := proto.vars; vars != 0; vars &= vars - 1 {
		i := bits.TrailingZeros64(vars)
		asIs, err := l.encodeVar(b, i, &proto.Fields[i])
		if err != nil {
			return err
		}
		made = made || !asIs
	}
	if made && proto.Pad > 0 {
		for (len(b.Out)-start)%proto.Pad != 0 {
			b.Out = append(b.Out, 0)
		}
	}
	return nil
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

// encodeVar appends a Var field and tells whether it is as it was dissected, or given as bytes.
func (l *Layer) encodeVar(b *Build, i int, f *Field) (asIs bool, err error) {
	if len(l.odd) > 0 {
		if v, ok := l.oddValue(i); ok {
			if r, ok := v.(RawVal); ok {
				b.Out = append(b.Out, r...)
				return true, nil // to the byte, with no padding
			}
			return false, l.appendVar(b, f, First(v))
		}
	}
	s := &l.slots[l.proto.Fields[i].slot]
	if !l.IsSet(i) {
		if v, ok := b.At().overload(i); ok {
			return false, l.appendVar(b, f, v.value(f))
		}
		if f.Derive != nil {
			if v, ok := f.Derive(b.At()); ok {
				return false, l.appendVar(b, f, v)
			}
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
