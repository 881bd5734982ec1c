package sendrecv

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/big"
	"time"

	"pktsh/layers"
)

// frameSource is what a flood sends: a sequence of frames for one interface, all
// in memory or made by a template.
type frameSource struct {
	ifindex int
	ether   bool
	size    uint64           // frames in the sequence
	list    [][]byte         // all of them; or
	set     *layers.Template // what makes them behind
	header  []byte           // this
	times   []time.Duration  // when each is due after the first, by its packet's time
	longest int
	drawn   bool // some values are drawn anew for each frame
}

const (
	// A sequence is kept in memory up to so many frames and bytes.
	mostFrames = 1 << 18
	mostBytes  = 256 << 20
)

// errNotFrames are packets that a frameSource cannot stand for.
var errNotFrames = errors.New("not to be had as frames")

// compiler makes frames of packets.
type compiler struct {
	ctx    context.Context
	pl     *planner
	again  bool // the sequence is sent more than once
	timed  bool
	errors []SendError
}

func (c *compiler) compile(list []*layers.Packet) (*frameSource, error) {
	total, drawn := new(big.Int), false
	for _, p := range list {
		if p.Len() == 0 {
			return nil, errors.New("the packet is empty")
		}
		p.SetEnv(c.pl.v)
		total.Add(total, p.SetSize())
		drawn = drawn || Draws(p)
	}
	if total.Sign() == 0 {
		return nil, errors.New("there is no packet to send")
	}
	if len(list) == 1 && list[0].IsSet() && !c.timed {
		if s, err := c.template(list[0], total); err != errNotFrames {
			return s, err
		}
	}
	if total.Cmp(big.NewInt(mostFrames)) > 0 || drawn && c.again {
		return nil, errNotFrames
	}
	return c.frames(list)
}

// Draws tells whether a packet has values that are drawn anew for each copy.
func Draws(p *layers.Packet) bool {
	if !p.IsSet() {
		return false
	}
	for i := range p.Layers() {
		at := p.At(i)
		for f := range at.Proto().Fields {
			if _, ok := at.Value(f).(layers.Volatile); ok {
				return true
			}
		}
	}
	return false
}

// expand walks all packets of a list of sets.
func expand(list []*layers.Packet) iter.Seq[*layers.Packet] {
	return func(yield func(*layers.Packet) bool) {
		for _, p := range list {
			for q := range p.Expand() {
				if !yield(q) {
					return
				}
			}
		}
	}
}

// frames builds every packet.
func (c *compiler) frames(list []*layers.Packet) (*frameSource, error) {
	s := &frameSource{}
	var first time.Time
	bytes := 0
	for p := range expand(list) {
		if err := c.ctx.Err(); err != nil {
			return nil, err
		}
		d := &departure{}
		err := c.pl.plan(p, d)
		if err == nil && d.ask != nil {
			err = c.ask(d)
		}
		if err != nil {
			if c.ctx.Err() != nil {
				return nil, err
			}
			c.errors = append(c.errors, SendError{p, err})
			continue
		}
		if bytes += len(d.bytes); d.raw || bytes > mostBytes || s.size > 0 && d.ifindex != s.ifindex {
			return nil, errNotFrames
		}
		s.ifindex, s.ether = d.ifindex, d.ether
		s.list = append(s.list, d.bytes)
		s.longest = max(s.longest, len(d.bytes))
		s.size++
		if c.timed {
			at := p.Meta0().Time
			if s.size == 1 {
				first = at
			}
			s.times = append(s.times, at.Sub(first))
		}
	}
	if s.size == 0 {
		return nil, c.errors[0].Err
	}
	return s, nil
}

// ask waits for a packet's next hop.
func (c *compiler) ask(d *departure) error {
	hw, err := c.pl.e.table.LinkDest(c.ctx, d.ask)
	if err != nil {
		c.pl.dead[hopOf(d.ask)] = err
		return err
	}
	mac := layers.MAC(hw)
	c.pl.macs[hopOf(d.ask)] = mac
	copy(d.bytes, mac[:])
	return nil
}

// template compiles one set of packets. It gives errNotFrames for a set whose members may
// go different ways, or have different lengths.
func (c *compiler) template(p *layers.Packet, total *big.Int) (*frameSource, error) {
	if !total.IsUint64() {
		return nil, fmt.Errorf("send: got a set of %s packets, want fewer than 2^64", total)
	}
	if !c.pl.l2 && severalWays(p) {
		return nil, errNotFrames
	}
	d := &departure{}
	for q := range p.Expand() { // the first shows the way
		err := c.pl.plan(q, d)
		if err == nil && d.ask != nil {
			err = c.ask(d)
		}
		if err != nil {
			return nil, err
		}
		break
	}
	if d.raw {
		return nil, errNotFrames
	}
	t, err := p.Template()
	if err != nil {
		return nil, errNotFrames
	}
	s := &frameSource{ifindex: d.ifindex, ether: d.ether, size: total.Uint64(), set: t, longest: len(d.bytes), drawn: Draws(p)}
	s.header = d.bytes[:len(d.bytes)-t.Len()]
	return s, nil
}

// severalWays tells whether the packets of a set may have several next hops.
func severalWays(p *layers.Packet) bool {
	first := p.At(0)
	i := first.Proto().Index("dst")
	if i < 0 {
		return false
	}
	dst := first.Value(i)
	_, drawn := dst.(layers.Volatile)
	return drawn || layers.Count(dst).Cmp(big.NewInt(1)) != 0
}

// A frameReader gives one thread the frames of a source.
type frameReader struct {
	s     *frameSource
	set   *layers.Template
	slots []byte // of frames that the template makes
	pos   uint64
}

// open makes a reader of up to batch frames at once.
func (s *frameSource) open(batch int) *frameReader {
	r := &frameReader{s: s}
	if s.set != nil {
		r.set = s.set.Clone()
		r.slots = make([]byte, batch*s.longest)
		for i := range batch {
			copy(r.slots[i*s.longest:], s.header)
		}
	}
	return r
}

// seek makes frame n the next; behind the last the sequence begins again.
func (r *frameReader) seek(n uint64) {
	n %= r.s.size
	if n == r.pos && n > 0 {
		return
	}
	if r.pos = n; r.set != nil {
		r.set.Seek(n)
	}
}

// read fills batch with the next frames, which hold until the next read.
func (r *frameReader) read(batch [][]byte) error {
	for i := range batch {
		if r.pos == r.s.size {
			r.pos = 0
			if r.set != nil {
				r.set.Reset()
			}
		}
		if r.set == nil {
			batch[i] = r.s.list[r.pos]
		} else {
			slot := r.slots[i*r.s.longest : (i+1)*r.s.longest]
			if !r.set.Next(slot[len(r.s.header):]) {
				return fmt.Errorf("send: packet %d of the set: %w", r.pos, r.set.Err())
			}
			batch[i] = slot
		}
		r.pos++
	}
	return nil
}

// all are the frames as a list, if they are no more than most.
func (s *frameSource) all(most int) ([][]byte, error) {
	if s.size > uint64(most) {
		return nil, fmt.Errorf("got %d different frames, want at most %d", s.size, most)
	}
	if s.set == nil {
		return s.list, nil
	}
	out := make([][]byte, s.size)
	return out, s.open(len(out)).read(out)
}
