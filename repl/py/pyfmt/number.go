package pyfmt

import (
	"math"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

func repeat(s string, n int) string {
	if n <= 0 {
		return ""
	}
	return strings.Repeat(s, n)
}

// intBase gives the base and the "#" prefix of an integer type letter.
func intBase(typ rune) (base int, prefix string) {
	switch typ {
	case 'b':
		return 2, "0b"
	case 'o':
		return 8, "0o"
	case 'x':
		return 16, "0x"
	case 'X':
		return 16, "0X"
	}
	return 10, ""
}

// digitsOf writes |n| in the base.
func digitsOf(n starlark.Int, typ rune) string {
	base, _ := intBase(typ)
	d := strings.TrimPrefix(n.BigInt().Text(base), "-")
	if typ == 'X' {
		d = strings.ToUpper(d)
	}
	return d
}

// formatInt is int.__format__; v is the value that messages name.
func formatInt(v starlark.Value, n starlark.Int, s string) (string, error) {
	if s == "" {
		return n.String(), nil
	}
	f, err := parseSpec(v, s, 'd', '>')
	if err != nil {
		return "", err
	}
	switch f.typ {
	case 'd', 'b', 'o', 'x', 'X', 'n', 'c':
	case 'e', 'E', 'f', 'F', 'g', 'G', '%':
		x, err := floatOf(n)
		if err != nil {
			return "", err
		}
		return f.float(x)
	default:
		return "", unknownCode(f.typ, v)
	}
	if f.prec >= 0 {
		return "", pyrt.Errorf("ValueError", "Precision not allowed in integer format specifier")
	}
	if f.z {
		return "", pyrt.Errorf("ValueError", "Negative zero coercion (z) not allowed in integer format specifier")
	}
	if f.typ == 'c' {
		return f.char(n)
	}
	prefix := ""
	if f.alt {
		_, prefix = intBase(f.typ)
	}
	return f.layout(n.Sign() < 0, prefix, digitsOf(n, f.typ), "")
}

func (f *spec) char(n starlark.Int) (string, error) {
	if f.sign != 0 {
		return "", pyrt.Errorf("ValueError", "Sign not allowed with integer format specifier 'c'")
	}
	if f.alt {
		return "", pyrt.Errorf("ValueError", "Alternate form (#) not allowed with integer format specifier 'c'")
	}
	r, ok := n.Int64()
	if !ok {
		return "", pyrt.Errorf("OverflowError", "Python int too large to convert to C long")
	}
	if r < 0 || r > 0x10ffff {
		return "", pyrt.Errorf("OverflowError", "%%c arg not in range(0x110000)")
	}
	return f.pad("", CodePoint(rune(r)))
}

func formatFloatValue(v starlark.Value, x float64, s string) (string, error) {
	if s == "" {
		return FloatRepr(x), nil
	}
	f, err := parseSpec(v, s, 0, '>')
	if err != nil {
		return "", err
	}
	switch f.typ {
	case 0, 'e', 'E', 'f', 'F', 'g', 'G', 'n', '%':
		return f.float(x)
	}
	return "", unknownCode(f.typ, v)
}

// float is format_float_internal of CPython's Python/formatter_unicode.c.
func (f *spec) float(x float64) (string, error) {
	code, flags, prec := byte(f.typ), 0, 6
	if f.alt {
		flags |= alt
	}
	if f.z {
		flags |= noNeg0
	}
	percent := ""
	switch f.typ {
	case 0:
		code, prec = 'r', 0
		flags |= dot0
		if f.prec >= 0 {
			code = 'g'
		}
	case 'n':
		code = 'g'
	case '%':
		code, percent = 'f', "%"
		x *= 100
	}
	if f.prec >= 0 {
		prec = f.prec
	}
	if prec > math.MaxInt32 {
		return "", pyrt.Errorf("ValueError", "precision too big")
	}
	if prec > maxText {
		return "", tooLong()
	}
	text := formatDouble(x, code, prec, flags)
	text, neg := strings.CutPrefix(text, "-")
	whole := 0
	for whole < len(text) && text[whole] >= '0' && text[whole] <= '9' {
		whole++
	}
	return f.layout(neg, "", text[:whole], text[whole:]+percent)
}

// layout joins sign, prefix, digits (grouped if asked for) and what follows
// them, and fills up to the width. Zeros that fill up take part in grouping.
func (f *spec) layout(neg bool, prefix, digits, tail string) (string, error) {
	sign := ""
	switch {
	case neg:
		sign = "-"
	case f.sign == '+' || f.sign == ' ':
		sign = string(rune(f.sign))
	}
	head := sign + prefix
	if f.fill == "0" && f.align == '=' && digits != "" {
		need := f.width - len(head) - len(tail)
		if need > maxText {
			return "", tooLong()
		}
		digits = f.group(digits, need)
	} else if digits != "" {
		digits = f.group(digits, 0)
	}
	return f.pad(head, digits+tail)
}

// group inserts the separator, from the right, and leading zeros up to minWidth
// (_PyUnicode_InsertThousandsGrouping): a separator never leads, so the result
// may be one longer than minWidth.
func (f *spec) group(digits string, minWidth int) string {
	if f.sep == "" {
		return repeat("0", minWidth-len(digits)) + digits
	}
	size := 3
	switch f.typ {
	case 'b', 'o', 'x', 'X':
		size = 4
	}
	var parts []string // from the right
	for {
		n := min(size, max(len(digits), minWidth, 1))
		cut := max(0, len(digits)-n)
		parts = append(parts, repeat("0", n-(len(digits)-cut))+digits[cut:])
		digits = digits[:cut]
		minWidth -= n
		if digits == "" && minWidth <= 0 {
			break
		}
		minWidth--
	}
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return strings.Join(parts, f.sep)
}

// floatOf is float(n) with Python's overflow check.
func floatOf(n starlark.Int) (float64, error) {
	x := float64(n.Float())
	if math.IsInf(x, 0) {
		return 0, pyrt.Errorf("OverflowError", "int too large to convert to float")
	}
	return x, nil
}

// CodePoint is chr(r). The surrogates that stand for stray bytes give that byte.
func CodePoint(r rune) string {
	if r >= 0xdc80 && r <= 0xdcff {
		return string([]byte{byte(r - 0xdc00)})
	}
	return string(r)
}
