package pages_test

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"pktsh/internal/pages"
)

// TestMake makes slices of all sizes: zeroed, and from some size on resident before they
// are touched.
func TestMake(t *testing.T) {
	for _, n := range []int{0, 1, 4096, 256 << 10, 5 << 20} {
		b := pages.Make[byte](n)
		if len(b) != n {
			t.Fatalf("%d bytes, want %d", len(b), n)
		}
		if n >= 256<<10 {
			if absent := absent(t, b); absent > 0 {
				t.Errorf("%d bytes: %d pages are not there", n, absent)
			}
		}
		for i := range b {
			if b[i] != 0 {
				t.Fatalf("%d bytes: %#x at %d", n, b[i], i)
			}
		}
	}
	rows := pages.Make[struct{ a, b *int }](1 << 14)
	if len(rows) != 1<<14 || rows[100].a != nil {
		t.Errorf("%d rows, the hundredth has %v", len(rows), rows[100].a)
	}
}

// absent counts b's whole pages that have no memory behind them.
func absent(t *testing.T, b []byte) (n int) {
	t.Helper()
	page := unix.Getpagesize()
	skip := -int(uintptr(unsafe.Pointer(&b[0]))) & (page - 1)
	whole := (len(b) - skip) / page
	there := make([]byte, whole)
	_, _, errno := unix.Syscall(unix.SYS_MINCORE, uintptr(unsafe.Pointer(&b[skip])), uintptr(whole*page), uintptr(unsafe.Pointer(&there[0])))
	if errno != 0 {
		t.Skipf("mincore: %v", errno)
	}
	if unix.Madvise(b[skip:skip+page], unix.MADV_POPULATE_WRITE) != nil {
		t.Skip("the kernel has no MADV_POPULATE_WRITE")
	}
	for _, is := range there {
		if is&1 == 0 {
			n++
		}
	}
	return n
}
