package layers

import (
	"fmt"
	"slices"
)

// Template compiles the packet. It builds byte for byte what building each packet
// of Expand would, in the same order, volatile values drawn in the same order
// too. An error means that the packet has sets that bits and checksums alone
// cannot express, and says which: values of different lengths, a number on
// which depends what other fields the header has. Expand takes them all.
//
// These values cost an allocation per packet: volatiles other than numbers, and
// addresses that follow from others through the packet's Env.
//
// Whether a number decides what a header looks like is tried out, over all its
// values if it has up to 65,536, and over a sample of those that hold sets together.
func (p *Packet) Template() (*Template, error) {
	c := compiler{t: &Template{p: p.Clone()}, q: p.Clone()}
	if err := c.compile(); err != nil {
		return nil, err
	}
	return c.t, nil
}

type compiler struct {
	t *Template
	q *Packet // each set replaced by a member
	b *Build  // of q, done
}

func (c *compiler) compile() error {
	t, q := c.t, c.q
	if err := c.takeSets(); err != nil {
		return err
	}
	c.b = &Build{}
	if err := q.build(c.b, nil); err != nil {
		return err
	}
	t.frame, t.parts = c.b.Out, c.b.parts
	for i := range q.layers {
		var ds []*dial
		for _, d := range c.all() {
			if d.layer != i {
				continue
			}
			d.spot = c.spot(i, d.field)
			if err := c.check(d); err != nil {
				return err
			}
			ds = append(ds, d)
		}
		if len(ds) > 0 {
			if err := c.checkShape(ds); err != nil {
				return err
			}
		}
	}
	c.addSteps()
	c.addWays()
	c.cover()
	if len(t.ways) > 0 || slices.ContainsFunc(t.steps, func(s step) bool { return s.sum == nil }) {
		t.live = c.b
	}
	t.Reset()
	return nil
}

// all are the dials, whatever they turn through.
func (c *compiler) all() (out []*dial) {
	for i := range c.t.dials {
		out = append(out, &c.t.dials[i])
	}
	for i := range c.t.draws {
		out = append(out, &c.t.draws[i])
	}
	return out
}

// takeSets makes a dial of each set and puts a member in its place in q.
func (c *compiler) takeSets() error {
	for i, l := range c.q.Layers() {
		if l.proto.Trailer != nil {
			return fmt.Errorf("%s: what stands behind its payload depends on the whole", l.proto.Name)
		}
		for k := range l.slots {
			if hasVolatile(l.slots[k].v) {
				return fmt.Errorf("%s: a list holds a value that is drawn anew for each packet", l.proto.Name)
			}
		}
		sets := l.setsInOrder()
		slices.Reverse(sets) // the last field of the table turns slowest
		for _, o := range l.odd {
			if _, ok := o.v.(Volatile); ok {
				sets = append(sets, o)
			}
		}
		l.unshare()
		for _, o := range sets {
			d := dial{f: l.form(o.field), l: l, layer: i, field: o.field}
			if d.f.Codec != nil {
				return d.f.errorf(l, "its values are encoded in a way of their own")
			}
			if err := d.setRuns(o.v); err != nil {
				return err
			}
			if d.size() == 0 {
				return d.f.errorf(l, "a set without members")
			}
			d.seek(0)
			if d.cur.v != nil { // any value will do: drawing is for Next
				d.value = d.f.bitsOf(d.f.zeroValue())
			}
			l.dropOdd(o.field)
			d.store(l)
			d.steers = d.f.Kind == Addr4 || d.f.Kind == Addr6 || d.f.Kind == HWAddr || l.proto == ARP ||
				i > 0 && choosesGroup(c.q.layers[i-1], l, o.field)
			if _, ok := o.v.(Volatile); ok {
				c.t.draws = append(c.t.draws, d)
			} else {
				c.t.dials = append(c.t.dials, d)
			}
		}
	}
	for _, d := range c.all() {
		if d.l.form(d.field) != d.f {
			return d.f.errorf(d.l, "what kind of field it is depends on other sets")
		}
	}
	return nil
}

// hasVolatile tells whether a value inside a field is drawn as the packet is built.
func hasVolatile(v any) bool {
	switch v := v.(type) {
	case Volatile:
		return true
	case List:
		return slices.ContainsFunc(v, hasVolatile)
	case Tuple:
		return slices.ContainsFunc(v, hasVolatile)
	case Choice:
		return slices.ContainsFunc(v, hasVolatile)
	case *Packet:
		for _, l := range v.Layers() {
			if slices.ContainsFunc(l.odd, func(o odd) bool { return hasVolatile(o.v) }) {
				return true
			}
			for _, s := range l.slots {
				if hasVolatile(s.v) {
					return true
				}
			}
		}
	}
	return false
}

// zeroValue is some value of a field of fixed width.
func (f *Field) zeroValue() any {
	g := *f
	g.cell = 0
	return g.valueAt(make([]byte, max(f.Bits/8, 16)))
}

// spot is the place of a field in the frame, with no bits if the header lacks it.
func (c *compiler) spot(layer, field int) spot {
	at := At{c.q, layer}
	l := at.effective()
	off := c.b.parts[layer].start * 8
	c.b.I = layer
	for i := range l.proto.Fields {
		if !l.Exists(i) || l.proto.Fields[i].Phantom {
			if i == field {
				break
			}
			continue
		}
		f := l.form(i)
		off = f.aligned(off)
		bits := f.Bits
		if f.Kind == Var {
			bits = l.varLen(c.b, i, f) * 8
		}
		if i == field {
			return spot{off: off, bits: bits, little: f.Little}
		}
		off += bits
	}
	return spot{}
}

// check refuses a dial on which more depends than its own bits and what steps
// and ways bring up to date.
func (c *compiler) check(d *dial) error {
	if d.f.Kind == Var || d.f.Kind == Fixed {
		for _, r := range d.runs {
			if n := len(r.lo.raw); r.v == nil && n*8 != d.bits && d.bits != 0 {
				return d.f.errorf(d.l, "its values differ in length: %d and %d bytes", d.bits/8, n)
			}
		}
	}
	switch d.l.proto {
	case IP, IPerror:
		if d.field == ipLen || d.field == ipIHL {
			return d.f.errorf(d.l, "what a checksum covers depends on it")
		}
	case IPv6ExtHdrRouting, IPv6ExtHdrSegmentRouting, IPv6ExtHdrDestOpt, IPv6ExtHdrHopByHop:
		return d.f.errorf(d.l, "where the packet goes may depend on it")
	}
	return nil
}

// addSteps finds the headers whose computed fields depend on a dial.
func (c *compiler) addSteps() {
	for i := len(c.q.layers) - 1; i >= 0; i-- {
		l := c.q.layers[i]
		if l.cut > 0 {
			continue
		}
		c.b.I = i
		if c.again(l) {
			c.t.steps = append(c.t.steps, step{layer: i})
			continue
		}
		s := l.proto.Sum
		if s == nil || l.IsSet(s.Field) {
			continue
		}
		st := step{layer: i, sum: s, at: c.b.parts[i].start + l.proto.Fields[s.Field].cell/8}
		if s.Pseudo != 0 {
			ps := c.b.pseudoHeader()
			if ps == nil {
				continue
			}
			st.total = uint64(ps.len) + s.Pseudo + words(ps.addrs)
		}
		lo, hi := c.covered(&st)
		st.total += words(c.b.Out[lo:hi]) - words(c.b.Out[st.at:st.at+2])
		c.t.steps = append(c.t.steps, st)
	}
}

// again tells whether the layer at work has something computed that is no Sum.
func (c *compiler) again(l *Layer) bool {
	if l.proto.Finish != nil {
		return true
	}
	for i := range l.proto.Fields {
		if f := &l.proto.Fields[i]; f.Clock && !l.IsSet(i) && c.b.At().Exists(i) {
			return true
		}
	}
	return false
}

// covered is the stretch of the frame that a step's sum covers.
func (c *compiler) covered(s *step) (lo, hi int) {
	lo, hi = c.b.parts[s.layer].start, c.b.parts[s.layer].body
	if !s.sum.HeaderOnly {
		hi = max(c.b.end, hi)
	}
	return lo, hi
}

// addWays finds the unset fields that are derived from others.
func (c *compiler) addWays() {
	if !slices.ContainsFunc(c.all(), func(d *dial) bool { return d.steers }) {
		return
	}
	for i, l := range c.q.layers {
		for k := range l.proto.Fields {
			f := l.form(k)
			if f.Derive == nil || f.Kind == Var || c.b.parts[i].given>>uint(k)&1 != 0 {
				continue
			}
			w := way{f: f, layer: i, at: c.spot(i, k)}
			if w.at.bits == 0 {
				continue
			}
			w.plain = f.bitsOf(l.own(k))
			w.present = c.read(f, w.at)
			c.t.ways = append(c.t.ways, w)
		}
	}
}

// read is the value that stands at a spot of the frame.
func (c *compiler) read(f *Field, s spot) num {
	var b [16]byte
	if s.bits > 64 {
		copy(b[:], c.b.Out[s.off/8:])
	} else {
		putBits(b[:], 0, s.bits, getBits(c.b.Out, s.off, s.bits))
	}
	g := *f
	g.cell = 0
	return f.bitsOf(g.valueAt(b[:]))
}

// cover finds which sums cover each thing that is written.
func (c *compiler) cover() {
	for _, d := range c.all() {
		d.covers = c.coversOf(d.off, d.bits)
	}
	for i := range c.t.ways {
		w := &c.t.ways[i]
		w.at.covers = c.coversOf(w.at.off, w.at.bits)
	}
	for i := range c.t.steps {
		s := &c.t.steps[i]
		off, n := s.at, 2
		if s.sum == nil {
			off = c.b.parts[s.layer].start
			n = c.b.parts[s.layer].body - off
		}
		s.covers = c.coversOf(off*8, n*8)
		for k := range s.covers { // not its own
			s.covers[k].steps = slices.DeleteFunc(s.covers[k].steps, func(j int) bool { return j == i })
		}
		s.covers = slices.DeleteFunc(s.covers, func(c cover) bool { return len(c.steps) == 0 })
	}
}

// coversOf finds the words that bits off to off+bits are in, as each sum sees them.
func (c *compiler) coversOf(off, bits int) (out []cover) {
	if bits == 0 {
		return nil
	}
	lo, hi := off/8, (off+bits+7)/8
	for i := range c.t.steps {
		s := &c.t.steps[i]
		if s.sum == nil {
			continue
		}
		from, to := c.covered(s)
		out = addCover(out, i, lo, hi, from, to)
		if s.sum.Pseudo != 0 {
			c.b.I = s.layer
			ps := c.b.pseudoHeader()
			for _, at := range [2]int{ps.src, ps.dst} {
				if at >= 0 {
					out = addCover(out, i, lo, hi, at, at+len(ps.addrs)/2)
				}
			}
		}
	}
	return out
}

// addCover adds what sum i, which covers from to to, sees of lo to hi.
func addCover(out []cover, i, lo, hi, from, to int) []cover {
	lo, hi = max(lo, from), min(hi, to)
	if lo >= hi {
		return out
	}
	lo -= (lo - from) & 1
	hi = min(hi+(hi-from)&1, to)
	for k := range out {
		if out[k].lo == lo && out[k].hi == hi {
			out[k].steps = append(out[k].steps, i)
			return out
		}
	}
	return append(out, cover{lo, hi, []int{i}})
}
