package pyfmt

import (
	"math"
	"strconv"
	"strings"
)

// FloatRepr is repr() of a float: the shortest digits that read back as x,
// with an exponent below 1e-4 and from 1e16 on.
func FloatRepr(x float64) string { return formatDouble(x, 'r', 0, dot0) }

// Flags of formatDouble, named after CPython's Py_DTSF_*.
const (
	alwaysSign = 1 << iota // '+' before positive numbers too
	dot0                   // at least one digit after the point, as repr has
	alt                    // the '#' flag: keep the point and trailing zeros
	noNeg0                 // the 'z' flag: -0.0 after rounding loses its sign
)

// formatDouble is CPython's PyOS_double_to_string (Python/pystrtod.c) for the
// codes e, f, g and r and their capitals.
func formatDouble(x float64, code byte, prec, flags int) string {
	upper := code >= 'A' && code <= 'Z'
	if upper {
		code += 'a' - 'A'
	}
	neg := math.Signbit(x)
	var s string
	switch {
	case math.IsNaN(x):
		s, neg = "nan", false
	case math.IsInf(x, 0):
		s = "inf"
	default:
		s = finite(math.Abs(x), code, prec, flags)
		if flags&noNeg0 != 0 && isZero(s) {
			neg = false
		}
	}
	if upper {
		s = strings.ToUpper(s)
	}
	switch {
	case neg:
		return "-" + s
	case flags&alwaysSign != 0:
		return "+" + s
	}
	return s
}

// isZero reports whether the number in s shows no digit but 0.
func isZero(s string) bool {
	m, _, _ := strings.Cut(s, "e")
	return strings.Trim(m, "0.") == ""
}

// finite lays out a finite x >= 0.
func finite(x float64, code byte, prec, flags int) string {
	var digits string
	var decpt int // the point stands before digits[decpt]
	useExp := false
	end := 0 // how many digits to show at least, before the fix-ups below
	switch code {
	case 'f':
		s := strconv.FormatFloat(x, 'f', prec, 64)
		if prec == 0 && flags&alt != 0 {
			s += "."
		}
		return s
	case 'e':
		digits, decpt = decimal(x, prec)
		useExp, end = true, prec+1
	case 'g':
		prec = max(prec, 1)
		digits, decpt = decimal(x, prec-1)
		digits = trimZeros(digits)
		limit := prec
		if flags&dot0 != 0 {
			limit--
		}
		useExp = decpt <= -4 || decpt > limit
		end = len(digits)
		if flags&alt != 0 {
			end = prec
		}
	default: // 'r'
		digits, decpt = decimal(x, -1)
		digits = trimZeros(digits)
		useExp = decpt <= -4 || decpt > 16
		end = len(digits)
	}
	exp := decpt - 1
	if useExp {
		decpt = 1
	}
	if end <= decpt {
		end = decpt
		if !useExp && flags&dot0 != 0 {
			end++
		}
	}
	var b strings.Builder
	at := func(i int) {
		if i >= 0 && i < len(digits) {
			b.WriteByte(digits[i])
		} else {
			b.WriteByte('0')
		}
	}
	for i := min(0, decpt-1); i < decpt; i++ {
		at(i)
	}
	if end > decpt || flags&alt != 0 {
		b.WriteByte('.')
	}
	for i := decpt; i < end; i++ {
		at(i)
	}
	if useExp {
		b.WriteByte('e')
		if exp < 0 {
			b.WriteByte('-')
			exp = -exp
		} else {
			b.WriteByte('+')
		}
		if exp < 10 {
			b.WriteByte('0')
		}
		b.WriteString(strconv.Itoa(exp))
	}
	return b.String()
}

// decimal gives the digits of x with after digits behind the first (-1: the
// fewest that identify x) and the place of the point.
func decimal(x float64, after int) (digits string, decpt int) {
	m, e, _ := strings.Cut(strconv.FormatFloat(x, 'e', after, 64), "e")
	exp, _ := strconv.Atoi(e)
	return strings.Replace(m, ".", "", 1), exp + 1
}

func trimZeros(d string) string {
	t := strings.TrimRight(d, "0")
	if t == "" {
		return "0"
	}
	return t
}
