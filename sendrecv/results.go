package sendrecv

import (
	"iter"
	"time"

	"pktsh/internal/pile"
	"pktsh/layers"
)

// Pairs are what a call found to belong together, in the order of the answers' arrival. Packets that
// sets stood for, and answers, are made when they are asked for, each time anew. Safe for concurrent use.
type Pairs struct{ list pile.List[answer] }

// answer is an answer as a call keeps it.
type answer struct {
	to      *probe
	p       *layers.Packet // nil: data, not looked into
	from    *origin
	data    []byte
	time    int64
	wireLen int32
	rivals  int32
}

// origin is what answers have in common: where they came in, and as what.
type origin struct {
	details *layers.Details
	proto   *layers.Proto
}

// Len is how many there are.
func (p *Pairs) Len() int { return p.list.Len() }

// At is pair i, counted from 0.
func (p *Pairs) At(i int) Pair {
	a := p.list.At(i)
	out := Pair{Query: a.to.packet(), Answer: a.p, Rivals: int(a.rivals)}
	if out.Answer == nil {
		out.Answer = layers.Dissect(a.from.proto, a.data)
		out.Answer.Meta = &layers.Meta{Time: time.Unix(0, a.time), WireLen: int(a.wireLen), Direction: layers.DirIn}
		out.Answer.Meta.Share(a.from.details)
		out.Answer.SetLax(out.Query.Lax())
	}
	return out
}

// All walks them.
func (p *Pairs) All() iter.Seq[Pair] {
	return func(yield func(Pair) bool) {
		for i := range p.Len() {
			if !yield(p.At(i)) {
				return
			}
		}
	}
}

// Packets are packets of a call, in the order of its sequence. Those that sets stood for are made when
// they are asked for, each time anew. Safe for concurrent use.
type Packets struct{ list []*probe }

// Len is how many there are.
func (p *Packets) Len() int { return len(p.list) }

// At is packet i, counted from 0.
func (p *Packets) At(i int) *layers.Packet { return p.list[i].packet() }

// All walks them.
func (p *Packets) All() iter.Seq[*layers.Packet] {
	return func(yield func(*layers.Packet) bool) {
		for _, pr := range p.list {
			if !yield(pr.packet()) {
				return
			}
		}
	}
}

// An arena keeps bytes without a memory block for each.
type arena struct{ block []byte }

const (
	leastArena = 1 << 7
	mostArena  = 64 << 10
)

// keep copies b.
func (a *arena) keep(b []byte) []byte {
	if len(a.block)+len(b) > cap(a.block) {
		a.block = make([]byte, 0, max(len(b), min(max(2*cap(a.block), leastArena), mostArena)))
	}
	n := len(a.block)
	a.block = append(a.block, b...)
	return a.block[n:len(a.block):len(a.block)]
}

// drop forgets b if it was kept last.
func (a *arena) drop(b []byte) {
	if n := len(a.block) - len(b); len(b) > 0 && n >= 0 && &a.block[n] == &b[0] {
		a.block = a.block[:n]
	}
}
