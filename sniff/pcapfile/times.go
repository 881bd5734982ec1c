package pcapfile

import (
	"math"
	"math/bits"
)

// units turn an interface's time stamps into nanoseconds and back.
type units struct {
	perSecond uint64 // 0 for a resolution finer than a 64-bit second
	offset    int64  // if_tsoffset, seconds
}

// unitsOf reads if_tsresol and if_tsoffset.
func unitsOf(resol uint8, offset int64) units {
	n := resol & 0x7f
	u := units{offset: offset}
	switch {
	case resol&0x80 != 0 && n < 64:
		u.perSecond = 1 << n
	case resol&0x80 == 0 && n < 20:
		u.perSecond = 1
		for range n {
			u.perSecond *= 10
		}
	}
	return u
}

// nanos is a stamp as nanoseconds since 1970, held to what 64 bits can say.
func (u units) nanos(stamp uint64) int64 {
	switch {
	case u.offset == 0 && u.perSecond == 1e9 && stamp <= math.MaxInt64:
		return int64(stamp)
	case u.offset == 0 && u.perSecond == 1e6 && stamp <= math.MaxInt64/1000:
		return int64(stamp) * 1000
	case u.perSecond == 0:
		return NoTime
	}
	sec, part := stamp/u.perSecond, stamp%u.perSecond
	hi, lo := bits.Mul64(part, 1e9)
	frac, _ := bits.Div64(hi, lo, u.perSecond) // hi < perSecond since part is
	s := int64(min(sec, math.MaxInt64))
	if u.offset > 0 && s > math.MaxInt64-u.offset {
		return math.MaxInt64
	}
	s += u.offset
	switch {
	case s >= math.MaxInt64/1_000_000_000:
		return math.MaxInt64
	case s <= -math.MaxInt64/1_000_000_000:
		return -math.MaxInt64
	}
	return s*1e9 + int64(frac)
}

// stamp is the inverse of nanos: what a stamp came to gives that stamp again. Other times are cut
// to a decimal resolution, and go up to a binary one, whose stamps nanos cut. Times that the
// interface cannot say become the nearest it can.
func (u units) stamp(nanos int64) uint64 {
	if nanos == NoTime || u.perSecond == 0 {
		return 0
	}
	sec, frac := nanos/1e9, nanos%1e9
	if frac < 0 {
		sec, frac = sec-1, frac+1e9
	}
	sec -= u.offset
	if sec < 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(sec), u.perSecond)
	if hi != 0 {
		return math.MaxUint64
	}
	fh, fl := bits.Mul64(uint64(frac), u.perSecond)
	part, rest := bits.Div64(fh, fl, 1e9) // fh < 1e9 since frac is
	if binary := u.perSecond&(u.perSecond-1) == 0; binary && rest > 0 {
		part++
	}
	sum, carry := bits.Add64(lo, part, 0)
	if carry != 0 {
		return math.MaxUint64
	}
	return sum
}
