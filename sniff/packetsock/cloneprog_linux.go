package packetsock

import "unsafe"

// cloneProgram is the classifier that a Cloner has the kernel run, on a packet that is nobody's. It sends
// up to cloneRun frames of the table, from the next one on, and ends at the first that is refused.
func cloneProgram(table, ifindex, queue int) *bpfAsm {
	const (
		r0, r1, r2, r3, r4, r5 = 0, 1, 2, 3, 4, 5
		skb, base, next, left  = 6, 7, 8, 9 // registers that calls leave alone
		// Offsets in struct __sk_buff (linux/bpf.h).
		skbLen, skbQueue = 0, 12
	)
	var t cloneTable
	entry := func(a *bpfAsm) { // r5 is the next frame's entry
		a.op(bpfMovX, r5, next, 0, 0)
		a.op(bpfAnd, r5, 0, 0, cloneFrames-1)
		a.op(bpfShift, r5, 0, 0, 3) // the size of an entry
		a.op(bpfAddX, r5, base, 0, 0)
		a.op(bpfAdd, r5, 0, 0, int32(unsafe.Offsetof(t.frames)))
	}
	const at, length = 0, 4 // in an entry
	a := &bpfAsm{}
	a.op(bpfMovX, skb, r1, 0, 0)
	a.value(base, table)
	// As if it had come in by this queue: the kernel then takes the one of the same number
	// (skb_tx_hash), without a look at the addresses.
	a.op(bpfMov, r1, 0, 0, int32(queue+1))
	a.op(bpfStore4, skb, r1, skbQueue, 0)
	a.op(bpfLoad4, next, base, int16(unsafe.Offsetof(t.next)), 0)
	a.op(bpfMov, left, 0, 0, cloneRun)

	loop := len(a.code)
	a.op(bpfLoad4, r1, base, int16(unsafe.Offsetof(t.end)), 0)
	done := []int{a.jump(bpfJumpGEX, next, r1, 0)}
	entry(a)
	a.op(bpfLoad4, r2, r5, length, 0)
	a.op(bpfLoad4, r1, skb, skbLen, 0)
	same := a.jump(bpfJumpEqX, r1, r2, 0)
	a.op(bpfMovX, r1, skb, 0, 0)
	a.op(bpfMov, r3, 0, 0, 0)
	a.op(bpfCall, 0, 0, 0, bpfChangeTail)
	refused := []int{a.jump(bpfJumpNot, r0, 0, 0)}
	entry(a)
	a.here(same)
	// The verifier wants to see that what is read lies in the table.
	a.op(bpfLoad4, r4, r5, length, 0)
	a.op(bpfLoad4, r3, r5, at, 0)
	done = append(done, a.jump(bpfJumpLT, r4, 0, etherHeader), a.jump(bpfJumpGT, r4, 0, CloneLongest), a.jump(bpfJumpGT, r3, 0, cloneBytes-CloneLongest))
	a.op(bpfAddX, r3, base, 0, 0)
	a.op(bpfAdd, r3, 0, 0, int32(unsafe.Offsetof(t.data)))
	a.op(bpfMovX, r1, skb, 0, 0)
	a.op(bpfMov, r2, 0, 0, 0)
	a.op(bpfMov, r5, 0, 0, 0)
	a.op(bpfCall, 0, 0, 0, bpfStoreBytes)
	refused = append(refused, a.jump(bpfJumpNot, r0, 0, 0))
	a.op(bpfMovX, r1, skb, 0, 0)
	a.op(bpfMov, r2, 0, 0, int32(ifindex))
	a.op(bpfMov, r3, 0, 0, 0)
	a.op(bpfCall, 0, 0, 0, bpfCloneRedirect)
	refused = append(refused, a.jump(bpfJumpNot, r0, 0, 0))
	a.op(bpfAdd, next, 0, 0, 1)
	a.op(bpfSub, left, 0, 0, 1)
	a.aim(a.jump(bpfJumpNot, left, 0, 0), loop)

	a.here(done...)
	a.op(bpfMov, r0, 0, 0, 0)
	out := a.jump(bpfJumpZero, r0, 0, 0)
	a.here(refused...)
	a.op(bpfLoad4, r1, base, int16(unsafe.Offsetof(t.refused)), 0)
	a.op(bpfAdd, r1, 0, 0, 1)
	a.op(bpfStore4, base, r1, int16(unsafe.Offsetof(t.refused)), 0)
	a.here(out)
	a.op(bpfStore4, base, r0, int16(unsafe.Offsetof(t.why)), 0)
	a.op(bpfStore4, base, next, int16(unsafe.Offsetof(t.next)), 0)
	a.op(bpfMov, r0, 0, 0, 0)
	a.op(bpfExit, 0, 0, 0, 0)
	return a
}
