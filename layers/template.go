package layers

import (
	"encoding/binary"
	"math/big"
)

// A Template is a packet that stands for a set of packets, compiled: the frame of
// the first, and which of its bits each of the others has different. Going from
// one frame to the next writes those bits and brings checksums up to date; it
// interprets no table and, but for the values listed at [Packet.Template],
// allocates nothing. A Template is for one goroutine at a time; see Clone.
type Template struct {
	p     *Packet // what it was made from
	frame []byte  // the packet of the present turn
	parts []part  // of each layer in frame
	dials []dial  // the slowest first
	draws []dial  // volatile fields, in the order in which Expand draws them
	steps []step  // checksums, innermost first
	ways  []way   // derived fields that depend on a dial
	live  *Build  // its packet has the present values; nil if nothing looks at them
	begun bool    // frame is the packet of the dials' present positions
	done  bool
	err   error
}

// A step brings one layer's checksum up to date.
type step struct {
	layer  int
	sum    *Sum    // nil: all that is computed in the header is computed again
	total  uint64  // of what sum covers, its own field left out
	at     int     // offset in frame of the checksum
	covers []cover // of the outer sums that take in what the step writes
}

// A cover is a stretch of the frame that changes, as some sums see it: whole
// 16-bit words from the place where they begin.
type cover struct {
	lo, hi int
	steps  []int
}

// A way is an unset field whose value follows from others: the source address
// that the route to the destination gives.
type way struct {
	f       *Field
	layer   int
	at      spot
	plain   num // the value where nothing gives one
	present num
}

// Len is the length in bytes of every packet of the set.
func (t *Template) Len() int { return len(t.frame) }

// Start is the offset of layer i's header.
func (t *Template) Start(i int) int { return t.parts[i].start }

// Count is how many packets there are. A volatile field adds none, as in
// Expand: Reset begins another round with other values.
func (t *Template) Count() *big.Int { return t.p.SetSize() }

// Err is the reason why Next stopped early: a volatile value that does not fit.
func (t *Template) Err() error { return t.err }

// Clone is a template of the same packet at its beginning, for another
// goroutine. They draw volatile values from the same sources.
func (t *Template) Clone() *Template {
	c, err := t.p.Template()
	if err != nil {
		panic("layers: a template that was made cannot be made again: " + err.Error())
	}
	return c
}

// Reset goes back to before the first packet.
func (t *Template) Reset() { t.Seek(0) }

// Seek makes packet n, counted from 0 in the order of Expand, the next one.
func (t *Template) Seek(n uint64) {
	t.begun, t.done, t.err = false, false, nil
	for i := len(t.dials) - 1; i >= 0; i-- {
		d := &t.dials[i]
		size := d.size()
		d.seek(n % size)
		n /= size
	}
	if n > 0 {
		t.done = true
	}
}

// Next writes the next packet to dst[:t.Len()]. It returns false, with dst as it
// was, behind the last packet and when a value cannot be had: see Err.
func (t *Template) Next(dst []byte) bool {
	if t.done {
		return false
	}
	if !t.advance() {
		t.done = true
		return false
	}
	copy(dst[:len(t.frame)], t.frame)
	return true
}

// advance brings frame to the next packet.
func (t *Template) advance() bool {
	turned := 0 // the slowest dial that moves; those behind it begin again
	steers := false
	if t.begun {
		for turned = len(t.dials) - 1; turned >= 0; turned-- {
			if t.dials[turned].step() {
				break
			}
		}
		if turned < 0 {
			return false
		}
	}
	for i := turned; i < len(t.dials); i++ {
		d := &t.dials[i]
		if i > turned && t.begun {
			d.seek(0)
		}
		if !t.set(d) {
			return false
		}
		steers = steers || d.steers
	}
	t.begun = true
	for i := range t.draws {
		if !t.set(&t.draws[i]) {
			return false
		}
		steers = steers || t.draws[i].steers
	}
	if steers {
		t.derive()
	}
	for i := range t.steps {
		t.finish(&t.steps[i])
	}
	if t.live != nil && t.live.err != nil {
		t.err = t.live.err
	}
	return t.err == nil
}

// set writes the value that d stands at.
func (t *Template) set(d *dial) bool {
	if d.cur.v != nil && !d.draw() {
		t.err = d.err
		return false
	}
	t.write(&d.spot, &d.value)
	if t.live != nil {
		d.store(t.live.P.layers[d.layer])
	}
	return true
}

// write puts v into the frame and into the sums that cover it.
func (t *Template) write(s *spot, v *num) {
	if s.bits == 0 {
		return // the field is not part of this header
	}
	if len(s.covers) == 1 && v.raw == nil {
		if c := &s.covers[0]; c.hi-c.lo == 2 {
			word := t.frame[c.lo:c.hi]
			old := uint64(binary.BigEndian.Uint16(word))
			s.store(t.frame, v.lo)
			diff := uint64(binary.BigEndian.Uint16(word)) - old
			for _, k := range c.steps {
				t.steps[k].total += diff
			}
			return
		}
	}
	for i := range s.covers {
		t.take(&s.covers[i], -1)
	}
	s.put(t.frame, v)
	for i := range s.covers {
		t.take(&s.covers[i], 1)
	}
}

// take adds what stands at c to its sums, or takes it off.
func (t *Template) take(c *cover, sign int) {
	n := words(t.frame[c.lo:c.hi])
	if sign < 0 {
		n = -n
	}
	for _, k := range c.steps {
		t.steps[k].total += n
	}
}

// derive asks again for the fields that follow from others.
func (t *Template) derive() {
	for i := range t.ways {
		w := &t.ways[i]
		v := w.plain
		if got, ok := w.f.Derive(At{t.live.P, w.layer}); ok {
			v = w.f.bitsOf(First(got))
		}
		if !v.equal(&w.present) {
			w.present = v
			t.write(&w.at, &v)
		}
	}
}

// finish brings one checksum up to date, in the frame and in the sums around it.
func (t *Template) finish(s *step) {
	var c uint16
	if s.sum != nil {
		c = s.sum.finish(s.total)
		if binary.BigEndian.Uint16(t.frame[s.at:]) == c {
			return
		}
	}
	for i := range s.covers {
		t.take(&s.covers[i], -1)
	}
	if s.sum != nil {
		binary.BigEndian.PutUint16(t.frame[s.at:], c)
	} else {
		t.live.I = s.layer
		t.live.P.layers[s.layer].complete(t.live)
	}
	for i := range s.covers {
		t.take(&s.covers[i], 1)
	}
}

// words is the sum of b's 16-bit words, an odd last byte being the high half of
// one. Unlike sum16 it weighs each byte by its place alone, so that parts of a
// sum may be replaced exactly.
func words(b []byte) (s uint64) {
	for len(b) >= 2 {
		s += uint64(b[0])<<8 | uint64(b[1])
		b = b[2:]
	}
	if len(b) == 1 {
		s += uint64(b[0]) << 8
	}
	return s
}
