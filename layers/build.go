package layers

import (
	"slices"
	"sync"
)

// A Build is a packet on its way to bytes. The hooks of a protocol's table see
// it with everything behind their own header final.
type Build struct {
	P   *Packet
	I   int    // the layer at work
	Out []byte // what was written so far

	parts  []part // one for each layer
	end    int    // where the innermost payload ends, padding not counted
	outer  int    // the layers from this one down end at outEnd instead; -1 for none
	outEnd int
	pseudo pseudo // of the transport header at work
	err    error  // the first value that could not be computed
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

// lengths are those of the layer at work's header and payload.
func (b *Build) lengths() (header, payload int) {
	p := &b.parts[b.I]
	return p.body - p.start, max(b.end-p.body, 0)
}

// HeaderOf is the bytes of layer i's header as they stand. Those of the layers
// below the one at work still lack their automatic fields.
func (b *Build) HeaderOf(i int) []byte { return b.Out[b.parts[i].start:b.parts[i].body] }

// Build is the packet's bytes: unset fields computed, set ones as they are. A
// field that holds a set of values builds as its first member.
func (p *Packet) Build() ([]byte, error) { return p.AppendTo(nil) }

// AppendTo appends the packet's bytes to dst. It allocates nothing when dst has room.
func (p *Packet) AppendTo(dst []byte) ([]byte, error) {
	if p.untouched() {
		return append(dst, p.data...), nil
	}
	if out, ok := p.flat(dst); ok {
		return out, nil
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
	b.P, b.Out, b.pseudo.addrs, b.err = nil, nil, nil, nil
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

// atEnd puts bytes behind all, padding included, which is payload from then on.
func (b *Build) atEnd(trailer []byte) {
	b.Out = append(b.Out, trailer...)
	b.end = len(b.Out)
}

// setBehind has the layer at work and those on it stand behind the payload of the
// layers between it and layer k, at a distance of n zeros. Those do not count it, nor
// padding in front of it.
func (b *Build) setBehind(k, n int) {
	at, inner := b.parts[b.I].start, b.I
	for b.P.layers[inner-1].proto == Padding {
		inner--
	}
	end := b.parts[inner].start
	b.Out = slices.Insert(b.Out, at, make([]byte, n)...)
	for i := b.I; i < len(b.parts); i++ {
		b.parts[i].start += n
		b.parts[i].body += n
	}
	b.outer, b.outEnd, b.end = k, b.end+n, end
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
	ls := p.Layers()
	b.P, b.Out, b.parts, b.end, b.outer = p, dst, b.parts[:0], 0, -1
	padding := len(ls) // the first of the trailing Padding layers
	for padding > 0 && ls[padding-1].proto == Padding {
		padding--
	}
	for i := range ls {
		if i == padding {
			b.end = len(b.Out)
		}
		if err := b.write(ls, i); err != nil {
			return err
		}
	}
	if padding == len(ls) {
		b.end = len(b.Out)
	}
	for i := len(ls) - 1; i >= 0; i-- {
		if b.I = i; i == b.outer {
			b.end = b.outEnd
		}
		ls[i].complete(b)
	}
	return b.err
}

// write appends layer i: its header with what is given to it in it, and zeros
// where a value is still to be computed.
func (b *Build) write(ls []*Layer, i int) error {
	l := ls[i]
	proto, start, over := l.proto, len(b.Out), noJoin
	if i+1 < len(ls) {
		over = joined(proto, ls[i+1].proto)
	}
	given := l.isset | over.given
	b.I = i
	b.parts = append(b.parts, part{start: start, given: given})
	if proto.plain && l.cut == 0 {
		b.Out = append(b.Out, l.cells...)
		if unset := given &^ l.isset; unset != 0 {
			over.put(b.Out[start:], unset)
		}
		if !l.bare() || proto.derived&^given != 0 {
			if err := l.encodeRest(b, proto.derived&^given); err != nil {
				return err
			}
		}
	} else if err := l.encodeFields(b); err != nil {
		return err
	}
	b.parts[i].body = len(b.Out)
	return nil
}

// complete fills in the automatic fields, then the checksums.
func (l *Layer) complete(b *Build) {
	if l.cut > 0 {
		return // a header cut short is quoted, not made
	}
	if l.proto.plain {
		part := &b.parts[b.I]
		hdr, given := b.Out[part.start:part.body], part.given
		for i := range l.proto.autos {
			a := &l.proto.autos[i]
			if given>>(a.field&63)&1 != 0 {
				continue
			}
			if v := a.Field.compute(b); v < uint64(a.limit) {
				a.put(hdr, v)
			} else {
				b.putComputed(hdr, a.cell, a.Field, v)
			}
		}
	} else if l.proto.Write == nil {
		l.completeFields(b)
	}
	if s := l.proto.Sum; s != nil && !l.IsSet(s.Field) {
		b.putSum(s, l.proto.sumAt)
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
		if f.Computed() && given>>uint(i)&1 == 0 && off+f.Bits <= len(hdr)*8 {
			b.putComputed(hdr, off, f, f.compute(b))
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
