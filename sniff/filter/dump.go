package filter

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// String is the program as tcpdump -d prints it.
func (p *Program) String() string {
	var b strings.Builder
	for i, in := range p.insns {
		b.WriteString(in.text(i))
		b.WriteByte('\n')
	}
	return b.String()
}

// DumpC is the program as tcpdump -dd prints it: the initialisers of a C array of
// struct bpf_insn.
func (p *Program) DumpC() string {
	var b strings.Builder
	for _, in := range p.insns {
		fmt.Fprintf(&b, "{ 0x%x, %d, %d, 0x%08x },\n", in.Op, in.Jt, in.Jf, in.K)
	}
	return b.String()
}

// DumpDecimal is the program as tcpdump -ddd prints it: the number of instructions,
// then one a line in decimal. iptables' bpf match and ParseDecimal read it.
func (p *Program) DumpDecimal() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d\n", len(p.insns))
	for _, in := range p.insns {
		fmt.Fprintf(&b, "%d %d %d %d\n", in.Op, in.Jt, in.Jf, in.K)
	}
	return b.String()
}

// ParseDecimal reads what tcpdump -ddd prints, and checks that the program can run.
func ParseDecimal(r io.Reader) (*Program, error) {
	br := bufio.NewReader(r)
	var n int
	if _, err := fmt.Fscanln(br, &n); err != nil {
		return nil, fmt.Errorf("filter: reading the number of instructions: %w", err)
	}
	if n < 1 || n > maxInsns {
		return nil, fmt.Errorf("filter: a program of %d instructions; 1 to %d are possible", n, maxInsns)
	}
	insns := make([]Instruction, n)
	for i := range insns {
		in := &insns[i]
		if _, err := fmt.Fscanln(br, &in.Op, &in.Jt, &in.Jf, &in.K); err != nil {
			return nil, fmt.Errorf("filter: reading instruction %d of %d: %w", i, n, err)
		}
	}
	return NewProgram(insns)
}

// NewProgram takes a program made elsewhere, if Match can run it: all instructions
// are known, all jumps land inside, and it ends in a return. Unlike the kernel it
// allows backward jumps, which libpcap uses for protochain.
func NewProgram(insns []Instruction) (*Program, error) {
	if len(insns) == 0 || len(insns) > maxInsns {
		return nil, fmt.Errorf("filter: a program of %d instructions; 1 to %d are possible", len(insns), maxInsns)
	}
	for i, in := range insns {
		if why := in.invalid(i, len(insns)); why != "" {
			return nil, fmt.Errorf("filter: instruction %d {%#x, %d, %d, %#x}: %s", i, in.Op, in.Jt, in.Jf, in.K, why)
		}
	}
	if insns[len(insns)-1].Op&7 != clsRET {
		return nil, fmt.Errorf("filter: the program does not end in a return")
	}
	return &Program{insns: append([]Instruction(nil), insns...)}, nil
}

// invalid says why the instruction at pc cannot be run; "" if it can.
func (in Instruction) invalid(pc, n int) string {
	const unknown = "unknown instruction"
	size, mode := in.Op&0x18, in.Op&0xe0
	switch in.Op & 7 {
	case clsLD, clsLDX:
		x := in.Op&7 == clsLDX
		switch {
		case in.Op&^0xff != 0, size == 0x18:
			return unknown
		case mode == modeMEM && in.K >= memCells:
			return "there are 16 scratch cells"
		case (mode == modeIMM || mode == modeMEM || mode == modeLEN) && size == sizeW:
			return ""
		case !x && (mode == modeABS || mode == modeIND):
			return ""
		case x && mode == modeMSH && size == sizeB:
			return ""
		}
		return unknown
	case clsST, clsSTX:
		if in.Op&^7 != 0 {
			return unknown
		}
		if in.K >= memCells {
			return "there are 16 scratch cells"
		}
	case clsALU:
		op := in.Op & 0xf0
		switch {
		case in.Op&^0xff != 0 || op > aluXor || op == aluNeg && in.Op&srcX != 0:
			return unknown
		case in.Op&srcX == 0 && in.K == 0 && (op == aluDiv || op == aluMod):
			return "division by zero"
		case in.Op&srcX == 0 && in.K > 31 && (op == aluLsh || op == aluRsh):
			return "shift by more than 31 bits"
		}
	case clsJMP:
		switch {
		case in.Op == clsJMP|jmpJA:
			if to := int64(pc) + 1 + int64(int32(in.K)); to < 0 || to >= int64(n) {
				return "jump out of the program"
			}
		case in.Op&^0xff != 0 || in.Op&0xf0 > jmpSET || in.Op == clsJMP|jmpJA|srcX:
			return unknown
		case pc+1+int(max(in.Jt, in.Jf)) >= n:
			return "jump out of the program"
		}
	case clsRET:
		if in.Op != clsRET && in.Op != clsRET|retA {
			return unknown
		}
	case clsMISC:
		if in.Op != clsMISC|miscTAX && in.Op != clsMISC|miscTXA {
			return unknown
		}
	}
	return ""
}

var aluNames = [...]string{"add", "sub", "mul", "div", "or", "and", "lsh", "rsh", "neg", "mod", "xor"}
var jumpNames = [...]string{"ja", "jeq", "jgt", "jge", "jset"}

// metaNames are how the kernel's ancillary fields are written.
var metaNames = map[uint32]string{
	metaProtocol: "[proto]", metaPktType: "[type]", metaIfIndex: "[ifidx]",
	metaVLANTag: "[vlan_tci]", metaVLANPresent: "[vlanp]", metaVLANTPID: "[vlan_tpid]",
}

// text is the instruction at pc as libpcap's bpf_image writes it.
func (in Instruction) text(pc int) string {
	op, operand := in.Op, ""
	name := ""
	switch op & 7 {
	case clsLD, clsLDX:
		name = "ld"
		if op&7 == clsLDX {
			name = "ldx"
		}
		switch op & 0x18 {
		case sizeH:
			name += "h"
		case sizeB:
			name += "b"
		}
		switch op & 0xe0 {
		case modeIMM:
			operand = fmt.Sprintf("#0x%x", in.K)
		case modeABS:
			operand = fmt.Sprintf("[%d]", in.K)
			if m, ok := metaNames[in.K]; ok {
				operand = m
			}
		case modeIND:
			operand = fmt.Sprintf("[x + %d]", in.K)
		case modeMEM:
			operand = fmt.Sprintf("M[%d]", in.K)
		case modeLEN:
			operand = "#pktlen"
		case modeMSH:
			operand = fmt.Sprintf("4*([%d]&0xf)", in.K)
		}
	case clsST:
		name, operand = "st", fmt.Sprintf("M[%d]", in.K)
	case clsSTX:
		name, operand = "stx", fmt.Sprintf("M[%d]", in.K)
	case clsALU:
		i := op >> 4 & 0xf
		if int(i) >= len(aluNames) {
			break
		}
		name = aluNames[i]
		switch {
		case op&0xf0 == aluNeg:
		case op&srcX != 0:
			operand = "x"
		case op&0xf0 == aluAnd || op&0xf0 == aluOr || op&0xf0 == aluXor:
			operand = fmt.Sprintf("#0x%x", in.K)
		default:
			operand = fmt.Sprintf("#%d", in.K)
		}
	case clsJMP:
		i := op >> 4 & 0xf
		if int(i) >= len(jumpNames) {
			break
		}
		name = jumpNames[i]
		if op == clsJMP|jmpJA {
			operand = fmt.Sprint(pc + 1 + int(int32(in.K)))
			break
		}
		operand = fmt.Sprintf("#0x%x", in.K)
		if op&srcX != 0 {
			operand = "x"
		}
		return fmt.Sprintf("(%03d) %-8s %-16s jt %d\tjf %d", pc, name, operand, pc+1+int(in.Jt), pc+1+int(in.Jf))
	case clsRET:
		name, operand = "ret", fmt.Sprintf("#%d", in.K)
		if op == clsRET|retA {
			operand = ""
		}
	case clsMISC:
		name = "tax"
		if op&0xf8 == miscTXA {
			name = "txa"
		}
	}
	if name == "" {
		name, operand = "unimp", fmt.Sprintf("0x%x", op)
	}
	return fmt.Sprintf("(%03d) %-8s %s", pc, name, operand)
}
