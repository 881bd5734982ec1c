package filter

import "math/bits"

// A valueID names a 32-bit number that a program can compute from a packet. Equal
// computations have equal ids (the pool hash-conses them), which is what lets the
// optimiser see that two tests look at the same field. 0 is "no value".
type valueID int32

type valueOp uint8

const (
	vConst valueOp = iota + 1
	vLoad          // size bytes in network order at base+k
	vLen           // the packet's length on the wire
	vMSH           // 4*([k]&0xf), the header length that BPF's ldx computes in one go
	vArith         // a alu b
	vNeg           // -a
	vMem           // scratch cell k
)

type value struct {
	op   valueOp
	size uint8   // vLoad: 1, 2 or 4
	alu  uint16  // vArith: one of the alu* codes
	a, b valueID // vLoad: a is the base or 0; vArith: operands; vNeg: a
	k    uint32
}

// valuePool holds the values of one compilation.
type valuePool struct {
	byValue map[value]valueID
	values  []value  // indexed by id; [0] is unused
	cells   []uint16 // scratch cells that a value depends on, as a bit set
}

func newValuePool() *valuePool {
	return &valuePool{byValue: make(map[value]valueID, 64), values: make([]value, 1, 64), cells: make([]uint16, 1, 64)}
}

func (p *valuePool) intern(v value) valueID {
	if id, ok := p.byValue[v]; ok {
		return id
	}
	id := valueID(len(p.values))
	cells := uint16(0)
	if v.a != 0 {
		cells |= p.cells[v.a]
	}
	if v.b != 0 {
		cells |= p.cells[v.b]
	}
	if v.op == vMem {
		cells |= 1 << v.k
	}
	p.byValue[v] = id
	p.values = append(p.values, v)
	p.cells = append(p.cells, cells)
	return id
}

func (p *valuePool) constant(k uint32) valueID { return p.intern(value{op: vConst, k: k}) }
func (p *valuePool) length() valueID           { return p.intern(value{op: vLen}) }
func (p *valuePool) headerLen(k uint32) valueID {
	return p.intern(value{op: vMSH, k: k})
}
func (p *valuePool) cell(slot uint32) valueID { return p.intern(value{op: vMem, k: slot}) }

// load is size bytes at at.base + at.k.
func (p *valuePool) load(size uint8, at offset) valueID {
	if c, ok := p.isConst(at.base); ok {
		// As libpcap does, an index that is constant is added modulo 2^32 once and
		// for all: ip[-1] is the byte before the IP header.
		at = offset{k: at.k + c}
	}
	return p.intern(value{op: vLoad, size: size, a: at.base, k: at.k})
}

func (p *valuePool) isConst(id valueID) (uint32, bool) {
	if id == 0 || p.values[id].op != vConst {
		return 0, false
	}
	return p.values[id].k, true
}

func (p *valuePool) neg(a valueID) valueID {
	if c, ok := p.isConst(a); ok {
		return p.constant(-c)
	}
	return p.intern(value{op: vNeg, a: a})
}

// arith is a alu b, folded where the operands allow it. Division and modulus by a
// constant 0 must have been refused before.
func (p *valuePool) arith(alu uint16, a, b valueID) valueID {
	ca, aConst := p.isConst(a)
	cb, bConst := p.isConst(b)
	if aConst && bConst {
		if c, ok := aluEval(alu, ca, cb); ok {
			return p.constant(c)
		}
	}
	if aConst && commutes(alu) {
		a, b, cb, bConst, aConst = b, a, ca, true, false
	}
	if bConst {
		switch {
		case cb == 0 && (alu == aluAdd || alu == aluSub || alu == aluOr || alu == aluXor || alu == aluLsh || alu == aluRsh),
			cb == 1 && (alu == aluMul || alu == aluDiv),
			alu == aluAnd && p.mask(a)&^cb == 0:
			return a
		case cb == 0 && (alu == aluAnd || alu == aluMul), cb > 31 && (alu == aluLsh || alu == aluRsh):
			return p.constant(0)
		}
		// (x + 1) + 2 is x + 3, and likewise for the other operators that associate.
		if va := p.values[a]; va.op == vArith && va.alu == alu && (alu == aluAdd || alu == aluAnd || alu == aluOr || alu == aluXor) {
			if inner, ok := p.isConst(va.b); ok {
				c, _ := aluEval(alu, inner, cb)
				return p.arith(alu, va.a, p.constant(c))
			}
		}
	}
	return p.intern(value{op: vArith, alu: alu, a: a, b: b})
}

// mask is a superset of the bits that a value can have set.
func (p *valuePool) mask(id valueID) uint32 {
	switch v := p.values[id]; v.op {
	case vConst:
		return v.k
	case vLoad:
		if v.size < 4 && !isMetadata(v.k) {
			return 1<<(8*v.size) - 1
		}
	case vMSH:
		return 0x3c
	case vArith:
		c, ok := p.isConst(v.b)
		if !ok {
			break
		}
		m := p.mask(v.a)
		switch v.alu {
		case aluAnd:
			return m & c
		case aluOr, aluXor:
			return m | c
		case aluLsh:
			return m << c
		case aluRsh:
			return m >> c
		case aluDiv, aluMod:
			return 1<<bits.Len32(m) - 1
		}
	}
	return 0xffffffff
}

// loads tells whether a value is made of bytes of the packet, all of which may not be there.
func (p *valuePool) loads(id valueID) bool {
	switch v := p.values[id]; v.op {
	case vLoad:
		return !isMetadata(v.k)
	case vMSH:
		return true
	case vNeg:
		return p.loads(v.a)
	case vArith:
		return p.loads(v.a) || p.loads(v.b)
	}
	return false
}

// offset is a place in the packet: k bytes beyond the value base, or beyond the
// start of the packet where base is 0.
type offset struct {
	base valueID
	k    uint32
}

func (o offset) plus(k uint32) offset { return offset{base: o.base, k: o.k + k} }

func commutes(alu uint16) bool {
	return alu == aluAdd || alu == aluMul || alu == aluAnd || alu == aluOr || alu == aluXor
}

// aluEval computes a alu b as a BPF machine does; it reports false for a
// division or modulus by zero, on which the machine rejects the packet.
func aluEval(alu uint16, a, b uint32) (uint32, bool) {
	switch alu {
	case aluAdd:
		return a + b, true
	case aluSub:
		return a - b, true
	case aluMul:
		return a * b, true
	case aluDiv:
		if b == 0 {
			return 0, false
		}
		return a / b, true
	case aluMod:
		if b == 0 {
			return 0, false
		}
		return a % b, true
	case aluAnd:
		return a & b, true
	case aluOr:
		return a | b, true
	case aluXor:
		return a ^ b, true
	case aluLsh:
		return a << b, true // Go shifts by 32 and more give 0, as libpcap's machine does
	case aluRsh:
		return a >> b, true
	}
	return 0, false
}
