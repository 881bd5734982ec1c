package filter

// Instruction is one classic BPF instruction, laid out as struct sock_filter
// (linux/filter.h) and struct bpf_insn (pcap/bpf.h) are: convert it field by field to
// unix.SockFilter or bpf.RawInstruction.
type Instruction struct {
	Op     uint16 // class, size, mode and source, as in linux/bpf_common.h
	Jt, Jf uint8  // conditional jumps: instructions to skip when true and when false
	K      uint32 // operand
}

// Instruction codes, from linux/bpf_common.h and linux/filter.h. A code is the sum
// of a class and, depending on it, a size and a mode or an operation and a source.
const (
	clsLD   = 0x00
	clsLDX  = 0x01
	clsST   = 0x02
	clsSTX  = 0x03
	clsALU  = 0x04
	clsJMP  = 0x05
	clsRET  = 0x06
	clsMISC = 0x07

	sizeW = 0x00
	sizeH = 0x08
	sizeB = 0x10

	modeIMM = 0x00
	modeABS = 0x20
	modeIND = 0x40
	modeMEM = 0x60
	modeLEN = 0x80
	modeMSH = 0xa0

	aluAdd = 0x00
	aluSub = 0x10
	aluMul = 0x20
	aluDiv = 0x30
	aluOr  = 0x40
	aluAnd = 0x50
	aluLsh = 0x60
	aluRsh = 0x70
	aluNeg = 0x80
	aluMod = 0x90
	aluXor = 0xa0

	jmpJA  = 0x00
	jmpEQ  = 0x10
	jmpGT  = 0x20
	jmpGE  = 0x30
	jmpSET = 0x40

	srcK = 0x00
	srcX = 0x08

	retA = 0x10

	miscTAX = 0x00
	miscTXA = 0x80
)

// cells is the number of scratch memory words (BPF_MEMWORDS), maxInsns the longest
// program the kernel attaches (BPF_MAXINSNS).
const (
	memCells = 16
	maxInsns = 4096
)

// Packet metadata that Linux lets a socket filter read as if it were packet data
// (SKF_AD_* in linux/filter.h), at these absolute offsets.
const (
	metaBase        = 0xfffff000 // SKF_AD_OFF
	metaProtocol    = metaBase + 0
	metaPktType     = metaBase + 4
	metaIfIndex     = metaBase + 8
	metaVLANTag     = metaBase + 44
	metaVLANPresent = metaBase + 48
	metaVLANTPID    = metaBase + 60
)

// netBase is where the network header begins, wherever that is (SKF_NET_OFF).
const netBase = 0xfff00000

func isMetadata(k uint32) bool { return k >= metaBase }
