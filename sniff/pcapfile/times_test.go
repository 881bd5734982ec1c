package pcapfile

import (
	"math"
	"testing"
)

func TestTimes(t *testing.T) {
	for _, c := range []struct {
		resol  uint8
		offset int64
		stamp  uint64
		nanos  int64
	}{
		{6, 0, 1_700_000_000_123_456, 1_700_000_000_123_456_000},
		{9, 0, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789},
		{0, 0, 5, 5e9},
		{0x80 | 10, 0, 1024 + 512, 15e8},
		{3, -10, 2500, -7_500_000_000},
		{9, 0, math.MaxUint64, math.MaxInt64}, // told as the last time there is
		{6, 0, math.MaxUint64, math.MaxInt64},
	} {
		u := unitsOf(c.resol, c.offset)
		if got := u.nanos(c.stamp); got != c.nanos {
			t.Errorf("%+v: %d", c, got)
		} else if back := u.stamp(got); back != c.stamp && c.stamp != math.MaxUint64 {
			t.Errorf("%+v: back to %d", c, back)
		}
	}
	for _, resol := range []uint8{0, 3, 6, 7, 9, 0x80, 0x80 | 7, 0x80 | 20, 0x80 | 29} {
		u := unitsOf(resol, -5)
		for i := range uint64(10_000) {
			stamp := 1000*u.perSecond + i*7919
			if back := u.stamp(u.nanos(stamp)); back != stamp {
				t.Fatalf("resolution %#x: %d comes back as %d", resol, stamp, back)
			}
		}
	}
	if got := unitsOf(12, 0).nanos(1_700_000_000_123_456_789_012 % (1 << 63)); got <= 0 {
		t.Errorf("picoseconds: %d", got)
	}
}
