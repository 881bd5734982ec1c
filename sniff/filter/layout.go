package filter

import "encoding/binary"

// block is the code of one node. t and f are the indexes of the blocks it goes on to,
// -1 for a return; an unconditional block goes to t.
type block struct {
	code        []Instruction
	conditional bool // the last instruction is a jump that wants its targets
	t, f        int
}

// share makes blocks with the same code and the same successors one: the test of a
// port, say, with the port in A, serves IPv4 and IPv6. Equal is here what the machine
// does, not what the values mean. Of equal blocks the last is kept, so that jumps still
// go forward; the others' code becomes nil.
func share(blocks []block) {
	kept := make(map[string]int, len(blocks))
	same := make([]int, len(blocks))
	var key []byte
	for i := len(blocks) - 1; i >= 0; i-- {
		b := &blocks[i]
		if b.t >= 0 {
			b.t, b.f = same[b.t], same[b.f]
		}
		key = binary.LittleEndian.AppendUint32(key[:0], uint32(b.t))
		key = binary.LittleEndian.AppendUint32(key, uint32(b.f))
		for _, in := range b.code {
			key = binary.LittleEndian.AppendUint16(key, in.Op)
			key = binary.LittleEndian.AppendUint32(key, in.K)
		}
		if j, ok := kept[string(key)]; ok {
			same[i] = j
			b.code = nil
			continue
		}
		kept[string(key)] = i
		same[i] = i
	}
}

// layOut joins blocks, each of which goes on to later ones, to a program. It works from
// the last to the first, so that every distance is known when it is needed. Conditional
// jumps reach 255 instructions; where that is not enough, a jump always stands between.
func layOut(blocks []block) []Instruction {
	share(blocks)
	var rev []Instruction             // the program backwards
	toEnd := make([]int, len(blocks)) // instructions from a block's first to the end
	for i := len(blocks) - 1; i >= 0; i-- {
		b := &blocks[i]
		switch {
		case b.code == nil || b.t < 0:
		case b.conditional:
			dt, df := len(rev)-toEnd[b.t], len(rev)-toEnd[b.f]
			far := func(d, other int) bool { return d > 255 || d == 255 && other > 255 }
			switch farT, farF := far(dt, df), far(df, dt); {
			case farT && farF:
				rev = append(rev, always(df), always(dt+1))
				dt, df = 0, 1
			case farT:
				rev = append(rev, always(dt))
				dt, df = 0, df+1
			case farF:
				rev = append(rev, always(df))
				dt, df = dt+1, 0
			}
			last := &b.code[len(b.code)-1]
			last.Jt, last.Jf = uint8(dt), uint8(df)
		default:
			if d := len(rev) - toEnd[b.t]; d != 0 {
				rev = append(rev, always(d))
			}
		}
		for j := len(b.code) - 1; j >= 0; j-- {
			rev = append(rev, b.code[j])
		}
		toEnd[i] = len(rev)
	}
	for i, j := 0, len(rev)-1; i < j; i, j = i+1, j-1 {
		rev[i], rev[j] = rev[j], rev[i]
	}
	return rev
}

// always is an unconditional jump over n instructions.
func always(n int) Instruction { return Instruction{Op: clsJMP | jmpJA, K: uint32(n)} }
