package filter

import "encoding/binary"

// Jump threading: walk the graph from the root with what the tests on the way have
// shown, and leave out every test whose outcome that decides. One node may become
// several, each for another history; as the results are hash-consed again, only
// histories that make a difference cost code.

// threadBudget bounds the work. A filter that needs more keeps its plain graph, which
// is longer but as right.
const threadBudget = 40000

type threader struct {
	*valuePool
	in, out *graph
	tests   map[test]int32 // tests that more than one node makes
	values  [][]uint64     // per node: the values tested at it or after it
	later   [][]uint64     // per node: the repeated tests made at it or after it
	memo    map[string]nodeID
	bounds  bool // draw conclusions from > and >=, not only from repeating them
	budget  int
	key     []byte
}

// thread returns an equivalent of in that repeats no test, and its root. bounds says
// whether to reason with inequalities too: that saves tests at run time, but tells so
// many histories apart that the program may get longer.
func thread(p *valuePool, in *graph, root nodeID, bounds bool) (*graph, nodeID) {
	t := &threader{valuePool: p, in: in, out: newGraph(), memo: make(map[string]nodeID), bounds: bounds, budget: threadBudget}
	if !t.prepare(in.order(root)) {
		return in, root
	}
	id, ok := t.walk(root, facts{})
	if !ok {
		return in, root
	}
	return t.out, id
}

// prepare finds out which facts can matter after each node.
func (t *threader) prepare(order []nodeID) bool {
	t.tests = make(map[test]int32)
	count := make(map[test]int, len(order))
	for _, id := range order {
		if n := &t.in.nodes[id]; id > nodeAccept && n.slot < 0 {
			if count[n.test]++; count[n.test] == 2 {
				t.tests[n.test] = int32(len(t.tests))
			}
		}
	}
	nv, nt := (len(t.valuePool.values)+63)/64, (len(t.tests)+63)/64
	if len(order)*(nv+nt) > 1<<22 {
		return false
	}
	sets := make([]uint64, len(order)*(nv+nt))
	t.values, t.later = make([][]uint64, len(t.in.nodes)), make([][]uint64, len(t.in.nodes))
	for i := len(order) - 1; i >= 0; i-- {
		id := order[i]
		t.values[id], sets = sets[:nv:nv], sets[nv:]
		t.later[id], sets = sets[:nt:nt], sets[nt:]
		if id <= nodeAccept {
			continue
		}
		n := &t.in.nodes[id]
		for w := range t.values[id] {
			t.values[id][w] = t.values[n.t][w] | t.values[n.f][w]
		}
		for w := range t.later[id] {
			t.later[id][w] = t.later[n.t][w] | t.later[n.f][w]
		}
		if n.slot >= 0 {
			continue
		}
		for v := n.test.l; ; {
			t.values[id][v/64] |= 1 << (v % 64)
			x := t.valuePool.values[v]
			if _, ok := t.isConst(x.b); x.op != vArith || !ok {
				break
			}
			v = x.a // the test of x & 15 is decided, too, when x is known
		}
		if k, ok := t.tests[n.test]; ok {
			t.later[id][k/64] |= 1 << (k % 64)
		}
	}
	return true
}

// walk returns the threaded form of a node that is reached knowing f.
func (t *threader) walk(id nodeID, f facts) (nodeID, bool) {
	if id = t.skip(id, f); id <= nodeAccept {
		return id, true
	}
	f = t.relevant(id, f)
	key := t.keyOf(id, f)
	if out, ok := t.memo[string(key)]; ok {
		return out, true
	}
	mkey := string(key)
	if t.budget -= 1 + (len(f.ranges)+len(f.outcomes))/4; t.budget < 0 {
		return 0, false
	}
	n := t.in.nodes[id]
	var out nodeID
	if n.slot >= 0 {
		next, ok := t.walk(n.t, t.forget(f, uint16(1)<<n.slot))
		if !ok {
			return 0, false
		}
		out = t.out.assign(n.slot, n.val, next)
	} else {
		yes, ok := t.walk(n.t, t.learn(f, n.test, true))
		if !ok {
			return 0, false
		}
		no, ok := t.walk(n.f, t.learn(f, n.test, false))
		if !ok {
			return 0, false
		}
		out = t.out.decide(n.test, yes, no)
	}
	t.memo[mkey] = out
	return out, true
}

// skip follows the tests that f decides, to the first that it does not.
func (t *threader) skip(id nodeID, f facts) nodeID {
	for id > nodeAccept {
		n := &t.in.nodes[id]
		if n.slot >= 0 {
			break
		}
		held, known := t.decided(n.test, f)
		if !known {
			break
		}
		if id = n.f; held {
			id = n.t
		}
	}
	return id
}

// redirect returns an equivalent of in, never longer, and its root: it knows at each
// node only what all ways there have in common, and leads edges past the tests that
// what is known on them decides. Where thread copies too much, this finds tests whose
// outcome makes no difference.
func redirect(p *valuePool, in *graph, root nodeID) (*graph, nodeID) {
	const rounds = 8 // each lets the next see more; few are needed
	for range rounds {
		t := &threader{valuePool: p, in: in, bounds: true}
		order := in.order(root)
		if !t.prepare(order) {
			return in, root
		}
		type edges struct {
			t, f    nodeID
			known   facts
			reached bool
		}
		at := make([]edges, len(in.nodes))
		at[root].reached = true
		arrive := func(id nodeID, f facts) nodeID {
			id = t.skip(id, f)
			if id > nodeAccept {
				f = t.relevant(id, f)
				if at[id].reached {
					f = meet(at[id].known, f)
				}
				at[id].known, at[id].reached = f, true
			}
			return id
		}
		for _, id := range order {
			a := &at[id]
			if !a.reached || id <= nodeAccept {
				continue
			}
			if n := &in.nodes[id]; n.slot >= 0 {
				a.t = arrive(n.t, t.forget(a.known, uint16(1)<<n.slot))
			} else {
				a.t = arrive(n.t, t.learn(a.known, n.test, true))
				a.f = arrive(n.f, t.learn(a.known, n.test, false))
			}
		}
		out := newGraph()
		moved := make([]nodeID, len(in.nodes))
		moved[nodeAccept] = nodeAccept
		for i := len(order) - 1; i >= 0; i-- {
			id := order[i]
			if !at[id].reached || id <= nodeAccept {
				continue
			}
			if n := &in.nodes[id]; n.slot >= 0 {
				moved[id] = out.assign(n.slot, n.val, moved[at[id].t])
			} else {
				moved[id] = out.decide(n.test, moved[at[id].t], moved[at[id].f])
			}
		}
		before := len(order)
		in, root = out, moved[root]
		if len(in.order(root)) == before {
			break
		}
	}
	return in, root
}

func (t *threader) keyOf(id nodeID, f facts) []byte {
	k := binary.LittleEndian.AppendUint32(t.key[:0], uint32(id))
	for _, r := range f.ranges {
		k = binary.LittleEndian.AppendUint32(k, uint32(r.v))
		k = binary.LittleEndian.AppendUint32(k, r.lo)
		k = binary.LittleEndian.AppendUint32(k, r.hi)
	}
	k = append(k, 0xff, 0xff, 0xff, 0xff) // no value has this id
	for _, o := range f.outcomes {
		v := uint32(o.test) << 1
		if o.held {
			v |= 1
		}
		k = binary.LittleEndian.AppendUint32(k, v)
	}
	t.key = k
	return k
}
