package layers

import "math/rand/v2"

const (
	tryAll  = 1 << 16 // a set of no more members is tried out as a whole
	trySome = 1000    // of a larger one, and of several sets in one header
)

// checkShape refuses the dials of one layer if what the header looks like depends
// on them: which fields it has, of which kind, and how lists in it are encoded.
func (c *compiler) checkShape(ds []*dial) error {
	s := newShape(c.q, ds[0].layer)
	if s == nil {
		return nil
	}
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, d := range ds {
		n := d.span()
		for i := range min(n, tryAll) {
			k := i
			if n > tryAll {
				k = rnd.Uint64()
				if i == trySome {
					break
				}
			}
			if !s.same(d, d.pick(k), i < trySome || i%64 == 0) {
				return d.f.errorf(d.l, "what other fields there are depends on it")
			}
		}
		s.set(d, d.pick(0))
	}
	for range trySome {
		if len(ds) == 1 {
			break
		}
		for _, d := range ds[1:] {
			s.set(d, d.pick(rnd.Uint64()))
		}
		if !s.same(ds[0], ds[0].pick(rnd.Uint64()), true) {
			return ds[0].f.errorf(ds[0].l, "what other fields there are depends on it and other sets")
		}
	}
	return nil
}

// A shape is what a header looks like apart from its numbers.
type shape struct {
	b     *Build
	l     *Layer
	forms []*Field // nil for a field that is absent
	lists [][]byte // of each Var field with a codec
}

// newShape is the shape of layer i, nil if nothing can change it.
func newShape(p *Packet, i int) *shape {
	proto := p.layers[i].proto
	s := &shape{b: &Build{P: p.Clone(), I: i}}
	free := true
	for k := range proto.Fields {
		free = free && proto.plain && proto.Fields[k].Codec == nil
	}
	if free {
		return nil
	}
	// What the layer above gives to others counts as set.
	s.l = s.b.At().effective()
	s.l.unshare()
	s.b.P.layers[i] = s.l
	for k := range proto.Fields {
		s.forms = append(s.forms, s.form(k))
		s.lists = append(s.lists, s.list(k))
	}
	return s
}

func (s *shape) form(k int) *Field {
	if !s.l.Exists(k) {
		return nil
	}
	return s.l.form(k)
}

func (s *shape) list(k int) []byte {
	f := s.forms[k]
	if f == nil || f.Kind != Var || f.Codec == nil {
		return nil
	}
	b := Build{P: s.b.P, I: s.b.I}
	if _, err := s.l.encodeVar(&b, k, f); err != nil {
		return nil
	}
	return b.Out
}

func (s *shape) set(d *dial, v num) {
	d.value = v
	d.store(s.l)
}

// same tells whether the shape stays as it is when d has value v.
func (s *shape) same(d *dial, v num, lists bool) bool {
	s.set(d, v)
	for k := range s.forms {
		if s.form(k) != s.forms[k] || lists && string(s.list(k)) != string(s.lists[k]) {
			return false
		}
	}
	return true
}
