package filter

import "encoding/binary"

// Meta is what the kernel knows of a packet beside its bytes. Filters that were
// compiled with Options.Live ask for it.
type Meta struct {
	Type        uint8  // PACKET_HOST (0), PACKET_OUTGOING (4) …, as in linux/if_packet.h
	IfIndex     int    // the interface
	Protocol    uint16 // the EtherType the kernel goes by
	VLANPresent bool   // a VLAN tag was taken out of the frame
	VLANTCI     uint16 // that tag: priority, drop eligibility and VLAN id
	VLANTPID    uint16 // the EtherType it had, 0x8100 or 0x88a8
}

// maxSteps bounds the run of a program with backward jumps, which only programs made
// elsewhere have (libpcap's protochain). No chain of headers is that long.
const maxSteps = 1 << 16

// Match reports whether a packet is accepted. pkt is what was captured of it and
// wireLen its length on the wire, which is what len, less and greater look at.
func (p *Program) Match(pkt []byte, wireLen int) bool {
	keep, _ := run(p.insns, pkt, uint32(wireLen), nil)
	return keep != 0
}

// MatchMeta is Match for a program compiled with Options.Live: it gives the verdict
// that the kernel would give on a packet with this metadata.
func (p *Program) MatchMeta(pkt []byte, wireLen int, m Meta) bool {
	keep, _ := run(p.insns, pkt, uint32(wireLen), &m)
	return keep != 0
}

// run executes a valid program and returns how many bytes of the packet to keep, 0 to
// reject it. It does what libpcap's bpf_filter does; on programs and packets for which
// that agrees with the kernel (all that Compile makes), it agrees with the kernel too.
// A load beyond the captured bytes rejects the packet, as does a division by zero: fault.
func run(prog []Instruction, pkt []byte, wireLen uint32, meta *Meta) (keep uint32, fault bool) {
	var a, x uint32
	var mem [memCells]uint32
	n := uint32(len(pkt))
	steps := 0
	for pc := 0; pc < len(prog); pc++ {
		in := &prog[pc]
		k := in.K
		switch in.Op {
		case clsLD | modeABS | sizeW:
			if k >= metaBase {
				var ok bool
				if a, ok = meta.load(k); !ok {
					return 0, true
				}
				continue
			}
			if k > n || n-k < 4 {
				return 0, true
			}
			a = binary.BigEndian.Uint32(pkt[k:])
		case clsLD | modeABS | sizeH:
			if k >= metaBase {
				var ok bool
				if a, ok = meta.load(k); !ok {
					return 0, true
				}
				continue
			}
			if k > n || n-k < 2 {
				return 0, true
			}
			a = uint32(binary.BigEndian.Uint16(pkt[k:]))
		case clsLD | modeABS | sizeB:
			if k >= metaBase {
				var ok bool
				if a, ok = meta.load(k); !ok {
					return 0, true
				}
				continue
			}
			if k >= n {
				return 0, true
			}
			a = uint32(pkt[k])
		case clsLD | modeIND | sizeW:
			if k > n || x > n-k || n-k-x < 4 {
				return 0, true
			}
			a = binary.BigEndian.Uint32(pkt[x+k:])
		case clsLD | modeIND | sizeH:
			if k > n || x > n-k || n-k-x < 2 {
				return 0, true
			}
			a = uint32(binary.BigEndian.Uint16(pkt[x+k:]))
		case clsLD | modeIND | sizeB:
			if k >= n || x >= n-k {
				return 0, true
			}
			a = uint32(pkt[x+k])
		case clsLDX | modeMSH | sizeB:
			if k >= n {
				return 0, true
			}
			x = uint32(pkt[k]&0xf) << 2
		case clsLD | modeIMM:
			a = k
		case clsLDX | modeIMM:
			x = k
		case clsLD | modeLEN:
			a = wireLen
		case clsLDX | modeLEN:
			x = wireLen
		case clsLD | modeMEM:
			a = mem[k%memCells]
		case clsLDX | modeMEM:
			x = mem[k%memCells]
		case clsST:
			mem[k%memCells] = a
		case clsSTX:
			mem[k%memCells] = x

		case clsJMP | jmpJA:
			pc += int(int32(k))
			if steps++; steps > maxSteps {
				return 0, true
			}
		case clsJMP | jmpEQ | srcK:
			pc += in.skip(a == k)
		case clsJMP | jmpGT | srcK:
			pc += in.skip(a > k)
		case clsJMP | jmpGE | srcK:
			pc += in.skip(a >= k)
		case clsJMP | jmpSET | srcK:
			pc += in.skip(a&k != 0)
		case clsJMP | jmpEQ | srcX:
			pc += in.skip(a == x)
		case clsJMP | jmpGT | srcX:
			pc += in.skip(a > x)
		case clsJMP | jmpGE | srcX:
			pc += in.skip(a >= x)
		case clsJMP | jmpSET | srcX:
			pc += in.skip(a&x != 0)

		case clsALU | aluNeg:
			a = -a
		case clsMISC | miscTAX:
			x = a
		case clsMISC | miscTXA:
			a = x
		case clsRET:
			return k, false
		case clsRET | retA:
			return a, false
		default: // validate leaves only arithmetic
			if in.Op&srcX != 0 {
				k = x
			}
			var ok bool
			if a, ok = aluEval(in.Op&0xf0, a, k); !ok {
				return 0, true
			}
		}
	}
	return 0, true
}

func (in *Instruction) skip(held bool) int {
	if held {
		return int(in.Jt)
	}
	return int(in.Jf)
}

// load reads one of the kernel's ancillary fields (SKF_AD_*). Without metadata, and
// for fields that are not kept, it fails like a load beyond the packet.
func (m *Meta) load(k uint32) (uint32, bool) {
	if m == nil {
		return 0, false
	}
	switch k {
	case metaProtocol:
		return uint32(m.Protocol), true
	case metaPktType:
		return uint32(m.Type), true
	case metaIfIndex:
		return uint32(m.IfIndex), true
	case metaVLANTag:
		return uint32(m.VLANTCI), true
	case metaVLANTPID:
		return uint32(m.VLANTPID), true
	case metaVLANPresent:
		if m.VLANPresent {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}
