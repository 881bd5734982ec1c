// Package quick makes system calls that do not block, and does not tell the runtime of them. Telling costs more than
// such a call: it wakes the runtime's monitor when that sleeps, whose thread then takes turns with the caller's on
// its processor, and which takes the right to run Go code away from a goroutine that was in system calls both times it
// looked (entersyscall, retake: runtime/proc.go).
//
// A call that does block holds up everything else that wants to run there, the garbage collector above all.
package quick

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Send is send(2) with MSG_DONTWAIT.
func Send(fd int, b []byte) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), unix.MSG_DONTWAIT, 0, 0)
	return failed(errno)
}

// Recv is recv(2) with MSG_DONTWAIT.
func Recv(fd int, b []byte) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), unix.MSG_DONTWAIT, 0, 0)
	return int(n), failed(errno)
}

// SendMsg is sendmsg(2) with MSG_DONTWAIT.
func SendMsg(fd int, m *unix.Msghdr) error {
	_, _, errno := unix.RawSyscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(m)), unix.MSG_DONTWAIT)
	runtime.KeepAlive(m)
	return failed(errno)
}

// RecvMsg is recvmsg(2) with MSG_DONTWAIT and flags.
func RecvMsg(fd int, m *unix.Msghdr, flags int) (int, error) {
	n, _, errno := unix.RawSyscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(m)), uintptr(flags|unix.MSG_DONTWAIT))
	runtime.KeepAlive(m)
	return int(n), failed(errno)
}

// Getsockopt is getsockopt(2), for an option whose value is a T.
func Getsockopt[T any](fd, level, name int) (v T, err error) {
	size := uint32(unsafe.Sizeof(v))
	_, _, errno := unix.RawSyscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(level), uintptr(name), uintptr(unsafe.Pointer(&v)), uintptr(unsafe.Pointer(&size)), 0)
	return v, failed(errno)
}

// failed is an error only where there is one. EINTR is none that these calls give: nothing in them waits.
func failed(errno unix.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}
