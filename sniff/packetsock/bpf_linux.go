package packetsock

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// bpf is bpf(2). attr is one of the members of union bpf_attr, as long as its
// kernels knew it when it was new.
func bpf[T any](cmd int, attr *T) (int, error) {
	n, _, errno := unix.Syscall(unix.SYS_BPF, uintptr(cmd), uintptr(unsafe.Pointer(attr)), unsafe.Sizeof(*attr))
	if errno != 0 {
		return -1, errno
	}
	return int(n), nil
}

// bpfAsm writes a program of extended BPF (RFC 9669).
type bpfAsm struct{ code []byte }

func (a *bpfAsm) op(code byte, dst, src byte, off int16, imm int32) {
	a.code = append(a.code, code, dst|src<<4)
	a.code = binary.NativeEndian.AppendUint16(a.code, uint16(off))
	a.code = binary.NativeEndian.AppendUint32(a.code, uint32(imm))
}

// Opcodes that the program uses (RFC 9669 appendix A).
const (
	bpfMov      = 0xb7 // dst = imm
	bpfMovX     = 0xbf // dst = src
	bpfAdd      = 0x07 // dst += imm
	bpfAddX     = 0x0f // dst += src
	bpfSub      = 0x17 // dst -= imm
	bpfAnd      = 0x57 // dst &= imm
	bpfShift    = 0x67 // dst <<= imm
	bpfMod      = 0x97 // dst %= imm
	bpfJumpEqX  = 0x1d // if dst == src goto off
	bpfJumpGT   = 0x25 // if dst > imm goto off
	bpfJumpGTX  = 0x2d // if dst > src goto off
	bpfJumpGEX  = 0x3d // if dst >= src goto off
	bpfJumpLT   = 0xa5 // if dst < imm goto off
	bpfJumpZero = 0x15 // if dst == imm goto off
	bpfJumpNot  = 0x55 // if dst != imm goto off
	bpfAtomic   = 0xdb // *(u64 *)(dst + off), by imm
	bpfLoad64   = 0x18 // dst = imm64, in two instructions
	bpfCall     = 0x85
	bpfExit     = 0x95

	bpfLoad4  = 0x61 // dst = *(u32 *)(src + off)
	bpfStore4 = 0x63 // *(u32 *)(dst + off) = src

	bpfFetchAdd = 0x01 // imm of bpfAtomic: src is what was there
	bpfMapFD    = 1    // src of bpfLoad64: imm is a map
	bpfMapValue = 2    // src of bpfLoad64: imm is a map, the value is the address of its first entry

	// Helpers (bpf-helpers(7)), by their numbers in linux/bpf.h.
	bpfLookupElem    = 1  // map_lookup_elem
	bpfStoreBytes    = 9  // skb_store_bytes
	bpfCloneRedirect = 13 // clone_redirect
	bpfRedirectTo    = 23 // redirect
	bpfChangeTail    = 38 // skb_change_tail

	bpfFrame = 10 // the register that points behind the stack
)

// bpfSized are opcodes of loads and stores, by their width in bytes.
var bpfSized = map[int]struct{ load, store byte }{1: {0x71, 0x73}, 2: {0x69, 0x6b}, 4: {bpfLoad4, bpfStore4}, 8: {0x79, 0x7b}}

// jump is op for a jump; here or aim says where to.
func (a *bpfAsm) jump(code byte, dst, src byte, imm int32) (at int) {
	a.op(code, dst, src, 0, imm)
	return len(a.code) - 8
}

// here makes the next instruction the target of jumps.
func (a *bpfAsm) here(jumps ...int) {
	for _, at := range jumps {
		a.aim(at, len(a.code))
	}
}

// aim makes the instruction at target the one that a jump leads to.
func (a *bpfAsm) aim(jump, target int) {
	binary.NativeEndian.PutUint16(a.code[jump+2:], uint16((target-jump)/8-1))
}

// value sets dst to the address of a map's only entry.
func (a *bpfAsm) value(dst byte, mapFD int) {
	a.op(bpfLoad64, dst, bpfMapValue, 0, int32(mapFD))
	a.op(0, 0, 0, 0, 0)
}

// load is BPF_PROG_LOAD.
func (a *bpfAsm) load(kind uint32, name string) (fd int, err error) {
	license := []byte("BSD\x00")
	attr := struct {
		progType, insnCount   uint32
		insns, license        uint64
		logLevel, logSize     uint32
		log                   uint64
		kernVersion, flags    uint32
		name                  [16]byte
		ifindex, attachedType uint32
	}{
		progType:  kind,
		insnCount: uint32(len(a.code) / 8),
		insns:     uint64(uintptr(unsafe.Pointer(&a.code[0]))),
		license:   uint64(uintptr(unsafe.Pointer(&license[0]))),
	}
	if kind == unix.BPF_PROG_TYPE_XDP {
		attr.attachedType = unix.BPF_XDP
	}
	copy(attr.name[:len(attr.name)-1], name)
	fd, err = bpf(unix.BPF_PROG_LOAD, &attr)
	if err != nil {
		err = fmt.Errorf("load a BPF program: %w", err)
		// Again, to hear why: the log of a program that is in order may not fit, which is an error, too.
		log := make([]byte, 1<<20)
		attr.logLevel, attr.logSize, attr.log = 1, uint32(len(log)), uint64(uintptr(unsafe.Pointer(&log[0])))
		if fd, err := bpf(unix.BPF_PROG_LOAD, &attr); err == nil {
			return fd, nil
		}
		runtime.KeepAlive(log)
		if said := lastSaid(string(log)); said != "" {
			err = fmt.Errorf("%w: the verifier says: %s", err, said)
		}
	}
	runtime.KeepAlive(a.code)
	runtime.KeepAlive(license)
	return fd, err
}

// lastSaid is the last line of a verifier's log, but for its statistics.
func lastSaid(log string) (said string) {
	text, _, _ := strings.Cut(log, "\x00")
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "processed ") {
			said = strings.TrimSpace(line)
		}
	}
	return said
}

// bpfTable is an array that a program and this process share: n entries, stride
// bytes apart.
type bpfTable struct {
	fd     int
	mem    []byte
	stride int
}

func newBPFTable(n, size int) (*bpfTable, error) {
	attr := struct{ mapType, keySize, valueSize, entries, flags uint32 }{unix.BPF_MAP_TYPE_ARRAY, 4, uint32(size), uint32(n), unix.BPF_F_MMAPABLE}
	fd, err := bpf(unix.BPF_MAP_CREATE, &attr)
	if err != nil {
		return nil, fmt.Errorf("make a BPF map: %w", err)
	}
	stride := (size + 7) &^ 7 // array_map_alloc, kernel/bpf/arraymap.c
	page := unix.Getpagesize()
	mem, err := unix.Mmap(fd, 0, (n*stride+page-1)/page*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("map a BPF map: %w", err)
	}
	return &bpfTable{fd, mem, stride}, nil
}

// entry is entry i.
func (t *bpfTable) entry(i int) []byte { return t.mem[i*t.stride : (i+1)*t.stride] }

// counter is the first entry as a number.
func (t *bpfTable) counter() *uint64 { return (*uint64)(unsafe.Pointer(&t.mem[0])) }

func (t *bpfTable) close() {
	unix.Munmap(t.mem)
	unix.Close(t.fd)
}

// testRun is what BPF_PROG_TEST_RUN takes (Documentation/bpf/bpf_prog_run.rst).
type testRun struct {
	prog, retval     uint32
	sizeIn, sizeOut  uint32
	in, out          uint64
	repeat, duration uint32
	ctxIn, ctxOut    uint32
	ctx, ctxOutAt    uint64
	flags, cpu       uint32
	batch, _         uint32
}

// runLive has the kernel run an XDP program repeat times, each time with a frame that is
// then treated as if a driver had received it (BPF_F_TEST_XDP_LIVE_FRAMES, Linux 5.18).
// A signal ends it early with EINTR.
func runLive(prog int, frame []byte, repeat int) error {
	_, err := bpf(unix.BPF_PROG_TEST_RUN, &testRun{
		prog: uint32(prog), sizeIn: uint32(len(frame)), in: uint64(uintptr(unsafe.Pointer(&frame[0]))),
		repeat: uint32(repeat), flags: unix.BPF_F_TEST_XDP_LIVE_FRAMES, batch: 64,
	})
	runtime.KeepAlive(frame)
	return err
}
