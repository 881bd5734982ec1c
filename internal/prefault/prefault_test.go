package prefault

import (
	"fmt"
	"slices"
	"testing"
)

// TestPopulate chooses among the mappings of a program without libraries.
func TestPopulate(t *testing.T) {
	const lines = `00400000-00b60000 r-xp 00000000 fe:00 10183960                           /usr/bin/pktsh
00b60000-0128f000 r--p 00760000 fe:00 10183960                           /usr/bin/pktsh
0128f000-01338000 rw-p 00e8f000 fe:00 10183960                           /usr/bin/pktsh
01338000-0338e000 rw-p 00000000 00:00 0 
14e32c000000-14e32fc00000 ---p 00000000 00:00 0 
14e32fc00000-14e330400000 rw-p 00000000 00:00 0                          [anon: Go: heap]
14e330400000-14e334000000 ---p 00000000 00:00 0 
7f590d61a000-7f590d64c000 rw-p 00000000 00:00 0 
7f590d64c000-7f590d6`
	for _, c := range []struct {
		zero, heap uintptr
		want       []string
	}{
		{0x1372000, 0x14e32fc81010, []string{"128f000-1338000", "1338000-1378000", "14e32fc01000-14e32fd81000"}},
		{0x1372000, 0x14e32fc00010, []string{"128f000-1338000", "1338000-1378000", "14e32fc00000-14e32fd00000"}}, // at its beginning
		{0x1372000, 0x14e3303fffff, []string{"128f000-1338000", "1338000-1378000", "14e33037f000-14e330400000"}}, // at its end
		{0x1000, 0x1000, nil},
	} {
		var got []string
		populate(lines, c.zero, c.heap, func(from, to uintptr) { got = append(got, fmt.Sprintf("%x-%x", from, to)) })
		if !slices.Equal(got, c.want) {
			t.Errorf("zero %#x, heap %#x: populates %q, want %q", c.zero, c.heap, got, c.want)
		}
	}
	populate("", 0, 0, func(from, to uintptr) { t.Errorf("of no lines %x-%x", from, to) })
	populate("\n\nrw-p\n1-2 rw\nx", 0, 0, func(from, to uintptr) { t.Errorf("of no mappings %x-%x", from, to) })
}
