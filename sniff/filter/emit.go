package filter

// registers is what A and X are known to hold at a point of the program; 0 is
// unknown.
type registers struct{ a, x valueID }

// meet is what is known where two paths join.
func (r registers) meet(s registers) registers {
	if r.a != s.a {
		r.a = 0
	}
	if r.x != s.x {
		r.x = 0
	}
	return r
}

// emitter writes the instructions of one node.
type emitter struct {
	*valuePool
	reg   registers
	code  []Instruction
	temps uint32 // the next scratch cell for intermediate results
	full  bool   // there was none left
}

func (e *emitter) put(op uint16, k uint32) { e.code = append(e.code, Instruction{Op: op, K: k}) }

var loadSizes = map[uint8]uint16{1: sizeB, 2: sizeH, 4: sizeW}

// loadA makes A hold a value.
func (e *emitter) loadA(id valueID) {
	if e.reg.a == id {
		return
	}
	v := e.values[id]
	if e.reg.x == id && v.op != vConst {
		e.put(clsMISC|miscTXA, 0)
		e.reg.a = id
		return
	}
	switch v.op {
	case vConst:
		e.put(clsLD|modeIMM, v.k)
	case vLen:
		e.put(clsLD|modeLEN, 0)
	case vMem:
		e.put(clsLD|modeMEM, v.k)
	case vMSH:
		e.loadX(id)
		e.put(clsMISC|miscTXA, 0)
	case vLoad:
		if v.a == 0 {
			e.put(clsLD|modeABS|loadSizes[v.size], v.k)
			break
		}
		e.loadX(v.a)
		e.put(clsLD|modeIND|loadSizes[v.size], v.k)
	case vNeg:
		e.loadA(v.a)
		e.put(clsALU|aluNeg, 0)
	case vArith:
		if k, ok := e.isConst(v.b); ok {
			e.loadA(v.a)
			e.put(clsALU|v.alu|srcK, k)
			break
		}
		e.operands(v.a, v.b, commutes(v.alu))
		e.put(clsALU|v.alu|srcX, 0)
	}
	e.reg.a = id
}

// loadX makes X hold a value. It may change A.
func (e *emitter) loadX(id valueID) {
	if e.reg.x == id {
		return
	}
	switch v := e.values[id]; v.op {
	case vConst:
		e.put(clsLDX|modeIMM, v.k)
	case vLen:
		e.put(clsLDX|modeLEN, 0)
	case vMem:
		e.put(clsLDX|modeMEM, v.k)
	case vMSH:
		e.put(clsLDX|modeMSH|sizeB, v.k)
	default:
		e.loadA(id)
		e.put(clsMISC|miscTAX, 0)
	}
	e.reg.x = id
}

// direct reports whether X can be loaded with a value without going through A.
func (e *emitter) direct(id valueID) bool {
	switch e.values[id].op {
	case vConst, vLen, vMem, vMSH:
		return true
	}
	return false
}

// keepsX reports whether computing a value in A leaves X as it is. If it is there
// already, nothing is computed, unless A is to be used for something else before.
func (e *emitter) keepsX(id valueID, usesA bool) bool {
	if e.reg.a == id && !usesA {
		return true
	}
	switch v := e.values[id]; v.op {
	case vConst, vLen, vMem:
		return true
	case vLoad:
		return v.a == 0
	case vNeg:
		return e.keepsX(v.a, usesA)
	case vArith:
		_, ok := e.isConst(v.b)
		return ok && e.keepsX(v.a, usesA)
	}
	return false
}

// operands makes A hold l and X hold r, or, if swap allows, the other way round.
func (e *emitter) operands(l, r valueID, swap bool) {
	stays := func(in, other valueID) bool { return e.reg.x == in && e.keepsX(other, false) }
	switch {
	case e.direct(r) || stays(r, l):
		e.loadA(l)
		e.loadX(r)
	case e.keepsX(l, true):
		e.loadX(r)
		e.loadA(l)
	case swap && (e.direct(l) || stays(l, r)):
		e.loadA(r)
		e.loadX(l)
	default:
		e.loadA(r)
		temp := e.temps
		if temp >= memCells {
			e.full = true
			temp = 0
		}
		e.temps++
		e.put(clsST, temp)
		e.loadA(l)
		e.put(clsLDX|modeMEM, temp)
		e.reg.x = r
		e.temps--
	}
}

// assign sets a scratch cell. The register it comes from then counts as holding the
// cell, which is what the code behind asks for.
func (e *emitter) assign(slot int32, val valueID) {
	fromX := e.reg.x == val && e.reg.a != val
	if fromX {
		e.put(clsSTX, uint32(slot))
	} else {
		e.loadA(val)
		e.put(clsST, uint32(slot))
	}
	// What was computed from the cell's old content is stale.
	if e.cells[e.reg.a]&(1<<slot) != 0 {
		e.reg.a = 0
	}
	if e.cells[e.reg.x]&(1<<slot) != 0 {
		e.reg.x = 0
	}
	if fromX {
		e.reg.x = e.cell(uint32(slot))
	} else {
		e.reg.a = e.cell(uint32(slot))
	}
}

// emit makes the program for a graph: the accept return gives snapLen. slots is the
// number of scratch cells that are taken, unset those to be cleared at the start.
func emit(p *valuePool, g *graph, root nodeID, slots uint32, unset uint16, snapLen uint32) ([]Instruction, error) {
	order := g.order(root)
	blocks := make([]block, len(order))
	place := make([]int, len(g.nodes)) // a node's index in order
	for i, id := range order {
		place[id] = i
	}
	type edge struct {
		reg  registers
		seen bool
	}
	in := make([]edge, len(g.nodes))
	in[root].seen = true
	var prologue []Instruction
	if unset != 0 {
		prologue = append(prologue, Instruction{Op: clsLD | modeIMM})
		for s := uint32(0); s < memCells; s++ {
			if unset&(1<<s) != 0 {
				prologue = append(prologue, Instruction{Op: clsST, K: s})
			}
		}
	}
	for i, id := range order {
		e := &emitter{valuePool: p, reg: in[id].reg, temps: slots}
		switch n := &g.nodes[id]; {
		case id == nodeReject:
			e.put(clsRET, 0)
		case id == nodeAccept:
			e.put(clsRET, snapLen)
		case n.slot >= 0:
			e.assign(n.slot, n.val)
		default:
			e.jump(n.test)
		}
		if e.full {
			return nil, errTooDeep
		}
		blocks[i] = block{code: e.code, conditional: id > nodeAccept && g.nodes[id].slot < 0, t: -1, f: -1}
		if id <= nodeAccept {
			continue
		}
		blocks[i].t, blocks[i].f = place[g.nodes[id].t], place[g.nodes[id].f]
		for _, next := range []nodeID{g.nodes[id].t, g.nodes[id].f} {
			if s := &in[next]; s.seen {
				s.reg = s.reg.meet(e.reg)
			} else {
				*s = edge{e.reg, true}
			}
		}
	}
	code := layOut(blocks)
	if code = append(prologue, code...); len(code) > maxInsns {
		return nil, errTooLong
	}
	return code, nil
}

// jump writes a conditional jump, with no targets yet.
func (e *emitter) jump(x test) {
	if k, ok := e.isConst(x.r); ok {
		e.loadA(x.l)
		e.put(clsJMP|x.op|srcK, k)
		return
	}
	if x.op == jmpEQ && e.reg.a == x.r && (e.direct(x.l) || e.reg.x == x.l) {
		x.l, x.r = x.r, x.l
	}
	e.operands(x.l, x.r, x.op == jmpEQ)
	e.put(clsJMP|x.op|srcX, 0)
}
