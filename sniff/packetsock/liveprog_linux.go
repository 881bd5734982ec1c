package packetsock

import (
	"slices"

	"golang.org/x/sys/unix"
)

// load makes the table of differences, and each thread's program.
func (l *LiveFrames) load() (err error) {
	frames := l.cfg.Frames
	var parts []livePart
	if len(frames) > 1 {
		parts = liveParts(differing(frames), len(frames[0]))
	}
	if len(parts) > 0 {
		last := parts[len(parts)-1]
		if l.diff, err = newBPFTable(len(frames), last.at+last.size); err != nil {
			return err
		}
		for i, f := range frames {
			for _, p := range parts {
				copy(l.diff.entry(i)[p.at:], f[p.off:p.off+p.size])
			}
		}
	}
	for i := range l.cfg.Threads {
		t := &liveThread{prog: -1}
		if t.count, err = newBPFTable(1, 8); err != nil {
			return err
		}
		l.threads = append(l.threads, t)
		*t.count.counter() = uint64(i * len(frames) / l.cfg.Threads)
		if t.prog, err = l.program(t.count, parts).load(unix.BPF_PROG_TYPE_XDP, "pktsh_live"); err != nil {
			return err
		}
	}
	return nil
}

// A livePart is some bytes in which frames differ: where in the frame, and where in
// an entry of the table.
type livePart struct{ off, at, size int }

// differing are the offsets at which not all frames have the same.
func differing(frames [][]byte) (out []int) {
	for i, b := range frames[0] {
		for _, f := range frames[1:] {
			if f[i] != b {
				out = append(out, i)
				break
			}
		}
	}
	return out
}

// liveParts covers offsets with pieces as wide as one load takes, the widest first, so
// that each is aligned in the table.
func liveParts(offsets []int, length int) (out []livePart) {
	for len(offsets) > 0 {
		off, size := offsets[0], 8
		for size > 1 && (off+size > length || size > 1 && (len(offsets) < 2 || offsets[1] >= off+size)) {
			size /= 2
		}
		out = append(out, livePart{off: off, size: size})
		for len(offsets) > 0 && offsets[0] < off+size {
			offsets = offsets[1:]
		}
	}
	slices.SortStableFunc(out, func(a, b livePart) int { return b.size - a.size })
	for i := 1; i < len(out); i++ {
		out[i].at = out[i-1].at + out[i-1].size
	}
	return out
}

// program is the XDP program of one thread: it counts, writes what the frame whose turn it is
// has different, and redirects it.
func (l *LiveFrames) program(count *bpfTable, parts []livePart) *bpfAsm {
	const r0, r1, r2, r3, r6, r7 = 0, 1, 2, 3, 6, 7
	a := &bpfAsm{}
	var out []int                // jumps to the end
	a.op(bpfLoad4, r6, r1, 0, 0) // xdp_md.data
	a.op(bpfLoad4, r7, r1, 4, 0) // xdp_md.data_end
	a.value(r2, count.fd)
	a.op(bpfMov, r1, 0, 0, 1)
	a.op(bpfAtomic, r2, r1, 0, bpfFetchAdd)
	if len(parts) > 0 {
		a.op(bpfMovX, r3, r6, 0, 0)
		a.op(bpfAdd, r3, 0, 0, int32(len(l.cfg.Frames[0])))
		out = append(out, a.jump(bpfJumpGTX, r3, r7, 0))
		a.op(bpfMod, r1, 0, 0, int32(len(l.cfg.Frames)))
		a.op(bpfStore4, bpfFrame, r1, -4, 0)
		a.op(bpfLoad64, r1, bpfMapFD, 0, int32(l.diff.fd))
		a.op(0, 0, 0, 0, 0)
		a.op(bpfMovX, r2, bpfFrame, 0, 0)
		a.op(bpfAdd, r2, 0, 0, -4)
		a.op(bpfCall, 0, 0, 0, bpfLookupElem)
		out = append(out, a.jump(bpfJumpZero, r0, 0, 0))
		for _, p := range parts {
			a.op(bpfSized[p.size].load, r3, r0, int16(p.at), 0)
			a.op(bpfSized[p.size].store, r6, r3, int16(p.off), 0)
		}
	}
	a.here(out...)
	a.op(bpfMov, r1, 0, 0, int32(l.cfg.Ifindex))
	a.op(bpfMov, r2, 0, 0, 0)
	a.op(bpfCall, 0, 0, 0, bpfRedirectTo)
	a.op(bpfExit, 0, 0, 0, 0)
	return a
}
