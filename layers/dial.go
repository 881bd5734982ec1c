package layers

import (
	"encoding/binary"
	"math"
	"net/netip"
	"slices"
)

// A dial is a field of a template that holds a set: its place in the frame and
// its members, through which it turns.
type dial struct {
	spot
	f            *Field // as it applies to the layer
	l            *Layer // the layer, its packet's sets replaced by their present members
	layer, field int
	runs         []run
	steers       bool // derived fields may follow from it

	i     int // the run it stands in
	cur   run // runs[i]
	k     uint64
	value num
	err   error
}

// A run is members of a set that follow one another: n numbers from lo on, or
// one value drawn anew each time.
type run struct {
	lo num
	n  uint64 // saturated: nobody gets to the end of an IPv6 network
	v  Volatile
}

// A num is a field's value as bits: up to 64 in lo, 128 in both, or bytes.
type num struct {
	hi, lo uint64
	raw    []byte
}

func (a *num) equal(b *num) bool {
	return a.hi == b.hi && a.lo == b.lo && string(a.raw) == string(b.raw)
}

func (a *num) plus(k uint64) num {
	out := num{a.hi, a.lo + k, a.raw}
	if out.lo < k {
		out.hi++
	}
	return out
}

// A spot is a field's place in a frame.
type spot struct {
	off, bits int
	little    bool
	covers    []cover
}

func (s *spot) put(frame []byte, v *num) {
	b := frame[s.off/8:]
	switch {
	case v.raw != nil:
		copy(b[:s.bits/8], v.raw)
	case s.bits == 128:
		binary.BigEndian.PutUint64(b, v.hi)
		binary.BigEndian.PutUint64(b[8:], v.lo)
	default:
		s.store(frame, v.lo)
	}
}

// store is put of a number of up to 64 bits.
func (s *spot) store(frame []byte, v uint64) {
	if s.little {
		v = swapped(v, s.bits)
	}
	putBits(frame, s.off, s.bits, v)
}

// bitsOf is a value of the field's own type as bits.
func (f *Field) bitsOf(v any) num {
	if f.Kind == Var {
		b, _ := toBytes(v)
		return num{raw: append([]byte{}, b...)}
	}
	switch v := v.(type) {
	case uint64:
		return num{lo: v}
	case Flags:
		return num{lo: v.Bits}
	case netip.Addr:
		if f.Kind == Addr4 {
			a := v.Unmap().As4()
			return num{lo: uint64(binary.BigEndian.Uint32(a[:]))}
		}
		a := v.As16()
		return num{hi: binary.BigEndian.Uint64(a[:]), lo: binary.BigEndian.Uint64(a[8:])}
	case MAC:
		return num{lo: getBits(v[:], 0, 48)}
	case float64:
		return num{lo: f.fixedPoint(v)}
	}
	raw := make([]byte, f.Bits/8)
	putFixed(raw, v)
	return num{raw: raw}
}

// valueOf is the reverse of bitsOf.
func (f *Field) valueOf(v *num) any {
	if v.raw != nil {
		return v.raw
	}
	var b [16]byte
	s := spot{bits: f.Bits, little: f.Little}
	s.put(b[:], v)
	g := *f
	g.cell = 0
	return g.valueAt(b[:])
}

// setRuns makes the dial's runs of the members of v. What no run can hold is told.
func (d *dial) setRuns(v any) error {
	l := d.l
	switch v := v.(type) {
	case Choice:
		for _, m := range v {
			if err := d.setRuns(m); err != nil {
				return err
			}
		}
		return nil
	case Range:
		if d.f.Unit > 0 || d.f.Kind > Flag {
			return d.f.errorf(l, "a range of numbers in a field of another kind")
		}
		n := v.Hi - v.Lo
		if n < math.MaxUint64 {
			n++
		}
		d.runs = append(d.runs, run{lo: num{lo: v.Lo}, n: n})
		return nil
	case Net:
		if d.f.Kind != Addr4 && d.f.Kind != Addr6 {
			return d.f.errorf(l, "a network in a field of another kind")
		}
		n := uint64(math.MaxUint64)
		if bits := v.Prefix.Addr().BitLen() - v.Prefix.Bits(); bits < 64 {
			n = 1 << uint(bits)
		}
		d.runs = append(d.runs, run{lo: d.f.bitsOf(v.Prefix.Addr()), n: n})
		return nil
	case Volatile:
		if d.f.Kind == Var {
			return d.f.errorf(l, "%s draws values of any length", v)
		}
		d.runs = append(d.runs, run{v: v, n: 1})
		return nil
	case nil, RawVal:
		return d.f.errorf(l, "%s among its values takes a place of its own", describe(v))
	}
	v, err := d.f.parse(l, v)
	if err != nil {
		return err
	}
	switch v.(type) {
	case Choice, Range, Net, Volatile, List, Tuple:
		return d.f.errorf(l, "%s among its values is a set itself", describe(v))
	}
	d.runs = append(d.runs, run{lo: d.f.bitsOf(v), n: 1})
	return nil
}

// size is the number of members.
func (d *dial) size() (n uint64) {
	for i := range d.runs {
		if n += d.runs[i].n; n < d.runs[i].n {
			return math.MaxUint64
		}
	}
	return n
}

// span is how many values the dial may take, saturated: a volatile may draw any
// number that fits.
func (d *dial) span() uint64 {
	if !d.wild() {
		return d.size()
	}
	if n := d.f.maxUint(); n < math.MaxUint64 {
		return n + 1
	}
	return math.MaxUint64
}

func (d *dial) wild() bool {
	return slices.ContainsFunc(d.runs, func(r run) bool { return r.v != nil })
}

// pick is value number k of the span, which counts as a circle.
func (d *dial) pick(k uint64) num {
	k %= d.span()
	if d.wild() {
		if d.f.Kind == Fixed {
			return d.value
		}
		return num{lo: k}
	}
	i := 0
	for ; k >= d.runs[i].n; i++ {
		k -= d.runs[i].n
	}
	return d.runs[i].lo.plus(k)
}

// seek turns to member k, which exists.
func (d *dial) seek(k uint64) {
	d.i = 0
	for k >= d.runs[d.i].n {
		k -= d.runs[d.i].n
		d.i++
	}
	d.cur, d.k = d.runs[d.i], k
	d.value = d.cur.lo.plus(k)
}

// step turns to the next member, if there is one.
func (d *dial) step() bool {
	if d.k++; d.k < d.cur.n {
		if d.value.lo++; d.value.lo == 0 {
			d.value.hi++
		}
		return true
	}
	if d.i++; d.i == len(d.runs) {
		return false
	}
	d.cur, d.k = d.runs[d.i], 0
	d.value = d.cur.lo
	return true
}

// draw gives a volatile member its value. As when a packet is built, a value
// that does not fit is drawn once more.
func (d *dial) draw() bool {
	if u, ok := d.cur.v.(uintDrawer); ok && d.f.Bits <= 64 && d.f.Kind <= Flag && d.f.Unit == 0 {
		n, ok := u.drawUint()
		if ok && n <= d.f.maxUint() {
			d.value = num{lo: n}
			return true
		}
	} else if d.take(d.cur.v.Draw()) == nil {
		return true
	}
	d.err = d.take(d.cur.v.Draw())
	return d.err == nil
}

func (d *dial) take(v any) error {
	v, err := d.f.parse(d.l, v)
	if err == nil {
		d.value = d.f.bitsOf(v)
	}
	return err
}

// A uintDrawer is a Volatile whose values need not become any.
type uintDrawer interface {
	drawUint() (n uint64, ok bool) // not ok: a negative number
}

// store puts the dial's value into its field of l.
func (d *dial) store(l *Layer) {
	own := &l.proto.Fields[d.field]
	if own.Kind == Var || own.Form != nil {
		l.slots[own.slot] = slot{v: d.f.valueOf(&d.value)}
		return
	}
	at := spot{off: own.cell, bits: own.Bits, little: own.Little}
	at.put(l.cells, &d.value)
}
