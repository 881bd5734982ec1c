package pymod

import "math"

// toHalf rounds f to IEEE 754 binary16, to nearest even; false if it overflows.
func toHalf(f float64) (uint16, bool) {
	sign := uint16(math.Float64bits(f)>>48) & 0x8000
	switch a := math.Abs(f); {
	case math.IsNaN(f):
		return sign | 0x7e00, true
	case math.IsInf(f, 0):
		return sign | 0x7c00, true
	case a >= 65520: // half way between the largest half and the next power of two
		return 0, false
	case a < 0x1p-14: // subnormal: a multiple of 2^-24
		return sign | uint16(math.RoundToEven(a*0x1p24)), true
	default:
		frac, exp := math.Frexp(a) // a = frac * 2^exp, 0.5 <= frac < 1
		m := uint16(math.RoundToEven(frac * 0x1p11))
		return sign | (uint16(exp+14)<<10 + m - 0x400), true // a carry moves into the exponent
	}
}

func fromHalf(h uint16) float64 {
	sign, exp, m := 1.0, int(h>>10&31), float64(h&0x3ff)
	if h&0x8000 != 0 {
		sign = -1
	}
	switch exp {
	case 0:
		return math.Copysign(m*0x1p-24, sign)
	case 31:
		if m != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(0x400+m, exp-25)
}
