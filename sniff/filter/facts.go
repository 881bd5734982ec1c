package filter

import "math/bits"

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

// meet is what two histories have in common.
func meet(f, g facts) facts {
	var out facts
	for i, j := 0, 0; i < len(f.ranges) && j < len(g.ranges); {
		switch a, b := f.ranges[i], g.ranges[j]; {
		case a.v < b.v:
			i++
		case a.v > b.v:
			j++
		default:
			out.ranges = append(out.ranges, fact{a.v, min(a.lo, b.lo), max(a.hi, b.hi)})
			i, j = i+1, j+1
		}
	}
	for i, j := 0, 0; i < len(f.outcomes) && j < len(g.outcomes); {
		switch a, b := f.outcomes[i], g.outcomes[j]; {
		case a.test < b.test:
			i++
		case a.test > b.test:
			j++
		default:
			if a == b {
				out.outcomes = append(out.outcomes, a)
			}
			i, j = i+1, j+1
		}
	}
	return out
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
// depends on, which learned tells; or else from its width.
func (t *threader) rangeOf(v valueID, f facts) (lo, hi uint32, learned bool) {
	for _, r := range f.ranges {
		if r.v == v {
			return r.lo, r.hi, true
		}
	}
	x := t.valuePool.values[v]
	if x.op == vArith {
		if c, ok := t.isConst(x.b); ok {
			if lo, hi, _ := t.rangeOf(x.a, f); lo == hi {
				if r, ok := aluEval(x.alu, lo, c); ok {
					return r, r, true
				}
			}
		}
	}
	if m := t.mask(v); m != 0xffffffff {
		return 0, 1<<bits.Len32(m) - 1, false
	}
	return 0, 0xffffffff, false
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
	lo, hi, learned := t.rangeOf(x.l, f)
	if !learned && t.loads(x.l) {
		return false, false // what is always so asks still for the bytes to be there
	}
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
	if ok && (x.op == jmpEQ || t.bounds && x.op != jmpSET) {
		lo, hi, _ := t.rangeOf(x.l, f)
		switch {
		case x.op == jmpEQ && held:
			lo, hi = c, c
		case x.op == jmpEQ && t.bounds && c == lo:
			lo++
		case x.op == jmpEQ && t.bounds && c == hi:
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
