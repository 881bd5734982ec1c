package filter

// A cond is a condition on a packet: a tree of tests joined by and, or and not,
// with assignments to scratch cells in between. The generator makes it from left to
// right; evaluation is from left to right too, with the usual short cuts.
type cond interface{ isCond() }

type (
	condConst bool
	condTest  test
	condNot   struct{ x cond }
	condAnd   struct{ l, r cond }
	condOr    struct{ l, r cond }
	// condStore sets a scratch cell and is true.
	condStore struct {
		slot uint32
		val  valueID
	}
)

func (condConst) isCond()  {}
func (condTest) isCond()   {}
func (*condNot) isCond()   {}
func (*condAnd) isCond()   {}
func (*condOr) isCond()    {}
func (*condStore) isCond() {}

// test compares two values as a BPF jump does: l == r, l > r, l >= r, or l & r != 0.
// All comparisons are unsigned.
type test struct {
	op   uint16 // jmpEQ, jmpGT, jmpGE or jmpSET
	l, r valueID
}

func not(x cond) cond {
	switch x := x.(type) {
	case condConst:
		return !x
	case *condNot:
		return x.x
	}
	return &condNot{x}
}

// and is the conjunction of all of its arguments, from left to right.
func and(cs ...cond) cond {
	var out cond = condConst(true)
	for i := len(cs) - 1; i >= 0; i-- {
		switch c := cs[i].(type) {
		case condConst:
			if !c {
				out = c
			}
		default:
			if out == condConst(true) {
				out = c
			} else if out != condConst(false) || hasStore(c) {
				out = &condAnd{c, out}
			}
		}
	}
	return out
}

// or is the disjunction of all of its arguments, from left to right.
func or(cs ...cond) cond {
	var out cond = condConst(false)
	for i := len(cs) - 1; i >= 0; i-- {
		switch c := cs[i].(type) {
		case condConst:
			if c {
				out = c
			}
		default:
			if out == condConst(false) {
				out = c
			} else if out != condConst(true) || hasStore(c) {
				out = &condOr{c, out}
			}
		}
	}
	return out
}

// hasStore reports whether evaluating c can change a scratch cell, so that it may
// not be dropped although its result does not matter.
func hasStore(c cond) bool {
	switch c := c.(type) {
	case *condNot:
		return hasStore(c.x)
	case *condAnd:
		return hasStore(c.l) || hasStore(c.r)
	case *condOr:
		return hasStore(c.l) || hasStore(c.r)
	case *condStore:
		return true
	}
	return false
}

// compare makes the condition l op r, for any of the six comparisons, in the form
// that costs the fewest instructions.
func (p *valuePool) compare(op string, l, r valueID) cond {
	a, lConst := p.isConst(l)
	b, rConst := p.isConst(r)
	switch {
	case lConst && rConst:
		return condConst(compareConst(op, a, b))
	case lConst:
		return p.compare(mirrored[op], r, l)
	}
	switch op {
	case "!=":
		return not(p.compare("=", l, r))
	case "<":
		return not(p.compare(">=", l, r))
	case "<=":
		return not(p.compare(">", l, r))
	}
	if !rConst {
		return condTest{op: jumpOps[op], l: l, r: r}
	}
	most := p.mask(l) // no value of l is above its mask
	if p.loads(l) {
		most = 0xffffffff // what is always so asks still for the bytes to be there, as in libpcap
	}
	v := p.values[l]
	switch {
	case op == ">" && b >= most, op == ">=" && b > most, op == "=" && b&^most != 0:
		return condConst(false)
	case op == ">=" && b == 0 && !p.loads(l):
		return condConst(true)
	case op == ">" && b == 0, op == ">=" && b == 1:
		return not(p.compare("=", l, p.constant(0)))
	case op == "=" && v.op == vArith:
		k, ok := p.isConst(v.b)
		switch {
		case !ok:
		case v.alu == aluAnd && b == 0:
			return not(p.anySet(v.a, k))
		case v.alu == aluAnd && b == k && k&(k-1) == 0:
			return p.anySet(v.a, k)
		case v.alu == aluAdd:
			return p.compare("=", v.a, p.constant(b-k))
		case v.alu == aluSub:
			return p.compare("=", v.a, p.constant(b+k))
		case v.alu == aluXor:
			return p.compare("=", v.a, p.constant(b^k))
		}
	}
	return condTest{op: jumpOps[op], l: l, r: r}
}

// anySet is the condition l & bits != 0.
func (p *valuePool) anySet(l valueID, bits uint32) cond {
	if m := p.mask(l); m&bits == 0 {
		return condConst(false)
	} else if m&^bits == 0 && p.values[l].op == vLoad {
		// All of a field's bits: compare with 0, so that other tests of it can use that.
		return not(p.compare("=", l, p.constant(0)))
	}
	return condTest{op: jmpSET, l: l, r: p.constant(bits)}
}

var (
	mirrored = map[string]string{"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
	jumpOps  = map[string]uint16{"=": jmpEQ, ">": jmpGT, ">=": jmpGE}
)

func compareConst(op string, a, b uint32) bool {
	switch op {
	case "=":
		return a == b
	case "!=":
		return a != b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}
