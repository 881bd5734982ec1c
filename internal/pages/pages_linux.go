// Package pages has the kernel put memory behind large slices before they are used.
//
// A page that a program touches for the first time costs a fault: on virtual machines
// some 25 µs, that is as much as copying 250 KB. Asked for all pages in one call, the kernel takes a
// fifth of that for each, and a hundredth where it may use huge ones.
package pages

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Huge is the size of a huge page. Slices of some times that are had the cheapest.
const Huge = 2 << 20

// least is the size from which on the call costs less than the faults that it saves.
const least = 32 << 10

// Make is make([]T, n) for slices that will be filled.
func Make[T any](n int) []T {
	s := make([]T, n)
	if size := n * int(unsafe.Sizeof(*new(T))); size >= least {
		ready(uintptr(unsafe.Pointer(unsafe.SliceData(s))), uintptr(size))
	}
	return s
}

// ready populates the pages from at on. That it fails, as before Linux 5.14, does no
// harm: what is missing comes by faults.
func ready(at, size uintptr) {
	page := uintptr(unix.Getpagesize())
	from, to := (at+page-1)&^(page-1), (at+size)&^(page-1)
	if size >= Huge { // the last page may reach beyond: the next slice is likely to begin there
		madvise((at+Huge-1)&^(Huge-1), (at+size+Huge-1)&^(Huge-1), unix.MADV_HUGEPAGE)
	}
	madvise(from, to, unix.MADV_POPULATE_WRITE)
}

// madvise is madvise(2), for memory of the heap, of which unix.Madvise would want a slice.
func madvise(from, to uintptr, advice int) {
	_, _, _ = unix.Syscall(unix.SYS_MADVISE, from, to-from, uintptr(advice))
}
