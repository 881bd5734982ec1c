package filter

import (
	"encoding/binary"
	"math/bits"
)

// Jump threading: walk the graph from the root with what the tests on the way have
// shown, and leave out every test whose outcome that decides. One node may become
// several, each for another history; as the results are hash-consed again, only
// histories that make a difference cost code.

// threadBudget bounds the work. A filter that needs more keeps its plain graph, which
// is longer but as right.
const threadBudget = 40000

// fact is what is known about a value: it is in lo..hi.
type fact struct {
	v      valueID
	lo, hi uint32
}

// outcome is a test that has failed, or a bit test or a comparison with X that has
// had either result, so that its repetition can be decided.
type outcome struct {
	test int32
	held bool
}

type facts struct {
	ranges   []fact    // by value, ascending
	outcomes []outcome // by test, ascending
}

type threader struct {
	*valuePool
	in, out *graph
	tests   map[test]int32 // tests that more than one node makes
	values  [][]uint64     // per node: the values tested at it or after it
	later   [][]uint64     // per node: the repeated tests made at it or after it
	memo    map[string]nodeID
	budget  int
	key     []byte
}

// thread returns the shorter equivalent of in, and its root.
func thread(p *valuePool, in *graph, root nodeID) (*graph, nodeID) {
	t := &threader{valuePool: p, in: in, out: newGraph(), memo: make(map[string]nodeID), budget: threadBudget}
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
	for {
		if id <= nodeAccept {
			return id, true
		}
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

// relevant drops the facts that nothing at or after a node asks for. The slices of f
// are not changed.
func (t *threader) relevant(id nodeID, f facts) facts {
	var out facts
	for i, r := range f.ranges {
		if t.values[id][r.v/64]&(1<<(r.v%64)) == 0 {
			if out.ranges == nil {
				out.ranges = append(make([]fact, 0, len(f.ranges)), f.ranges[:i]...)
			}
			continue
		}
		if out.ranges != nil {
			out.ranges = append(out.ranges, r)
		}
	}
	if out.ranges == nil {
		out.ranges = f.ranges
	}
	for i, o := range f.outcomes {
		if t.later[id][o.test/64]&(1<<(o.test%64)) == 0 {
			if out.outcomes == nil {
				out.outcomes = append(make([]outcome, 0, len(f.outcomes)), f.outcomes[:i]...)
			}
			continue
		}
		if out.outcomes != nil {
			out.outcomes = append(out.outcomes, o)
		}
	}
	if out.outcomes == nil {
		out.outcomes = f.outcomes
	}
	return out
}

// rangeOf is what is known of a value: from the facts, or computed from a value it
// depends on.
func (t *threader) rangeOf(v valueID, f facts) (lo, hi uint32) {
	for _, r := range f.ranges {
		if r.v == v {
			return r.lo, r.hi
		}
	}
	x := t.valuePool.values[v]
	if x.op == vArith {
		if c, ok := t.isConst(x.b); ok {
			if lo, hi := t.rangeOf(x.a, f); lo == hi {
				if r, ok := aluEval(x.alu, lo, c); ok {
					return r, r
				}
			}
		}
	}
	if m := t.mask(v); m != 0xffffffff {
		return 0, 1<<bits.Len32(m) - 1
	}
	return 0, 0xffffffff
}

// decided reports whether the facts decide a test, and how.
func (t *threader) decided(x test, f facts) (held, known bool) {
	if k, ok := t.tests[x]; ok {
		for _, o := range f.outcomes {
			if o.test == k {
				return o.held, true
			}
		}
	}
	c, ok := t.isConst(x.r)
	if !ok {
		return false, false
	}
	lo, hi := t.rangeOf(x.l, f)
	switch x.op {
	case jmpEQ:
		if c < lo || c > hi {
			return false, true
		}
		return true, lo == hi
	case jmpGT:
		return lo > c, lo > c || hi <= c
	case jmpGE:
		return lo >= c, lo >= c || hi < c
	case jmpSET:
		if lo == hi {
			return lo&c != 0, true
		}
		return false, uint64(1)<<bits.Len32(hi)-1&uint64(c) == 0
	}
	return false, false
}

// learn is f with the result of a test added.
func (t *threader) learn(f facts, x test, held bool) facts {
	c, ok := t.isConst(x.r)
	if ok && x.op != jmpSET {
		lo, hi := t.rangeOf(x.l, f)
		switch {
		case x.op == jmpEQ && held:
			lo, hi = c, c
		case x.op == jmpEQ && c == lo:
			lo++
		case x.op == jmpEQ && c == hi:
			hi--
		case x.op == jmpGT && held:
			lo = max(lo, c+1)
		case x.op == jmpGT:
			hi = min(hi, c)
		case x.op == jmpGE && held:
			lo = max(lo, c)
		case x.op == jmpGE:
			hi = min(hi, c-1)
		}
		ranges := make([]fact, 0, len(f.ranges)+1)
		i := 0
		for ; i < len(f.ranges) && f.ranges[i].v < x.l; i++ {
			ranges = append(ranges, f.ranges[i])
		}
		if lo > 0 || hi < t.mask(x.l) {
			ranges = append(ranges, fact{x.l, lo, hi})
		}
		if i < len(f.ranges) && f.ranges[i].v == x.l {
			i++
		}
		f.ranges = append(ranges, f.ranges[i:]...)
		if x.op != jmpEQ || held {
			return f // the range says it all
		}
	}
	k, ok := t.tests[x]
	if !ok {
		return f
	}
	outcomes := make([]outcome, 0, len(f.outcomes)+1)
	i := 0
	for ; i < len(f.outcomes) && f.outcomes[i].test < k; i++ {
		outcomes = append(outcomes, f.outcomes[i])
	}
	f.outcomes = append(append(outcomes, outcome{k, held}), f.outcomes[i:]...)
	return f
}

// forget is f without what concerns values that depend on scratch cells.
func (t *threader) forget(f facts, cells uint16) facts {
	var out facts
	for _, r := range f.ranges {
		if t.cells[r.v]&cells == 0 {
			out.ranges = append(out.ranges, r)
		}
	}
	if len(f.outcomes) > 0 {
		dep := make(map[int32]bool)
		for x, k := range t.tests {
			dep[k] = (t.cells[x.l]|t.cells[x.r])&cells != 0
		}
		for _, o := range f.outcomes {
			if !dep[o.test] {
				out.outcomes = append(out.outcomes, o)
			}
		}
	}
	return out
}
