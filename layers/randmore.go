package layers

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// RandNumGamma draws whole numbers of a gamma distribution of shape alpha and
// scale beta, both above 0 (Marsaglia and Tsang, ACM TOMS 26, 2000).
func RandNumGamma(alpha, beta float64) Volatile {
	return &randFunc{volatileName{"RandNumGamma", fmt.Sprintf("alpha=%v, beta=%v", alpha, beta)}, func() any {
		random.Lock()
		defer random.Unlock()
		shape, boost := alpha, 1.0
		if shape < 1 { // gamma(a) is gamma(a+1)·U^(1/a)
			boost = math.Pow(1-random.Float64(), 1/shape)
			shape++
		}
		d := shape - 1.0/3
		c := 1 / math.Sqrt(9*d)
		for {
			x := random.NormFloat64()
			v := 1 + c*x
			if v <= 0 {
				continue
			}
			v *= v * v
			if math.Log(1-random.Float64()) < x*x/2+d*(1-v+math.Log(v)) {
				return number(int64(d*v*boost*beta), 0)
			}
		}
	}}
}

// RandFloat draws a number between lo and hi.
func RandFloat(lo, hi float64) Volatile {
	return &randFunc{volatileName{"RandFloat", fmt.Sprintf("min=%v, max=%v", lo, hi)}, func() any {
		random.Lock()
		defer random.Unlock()
		return lo + random.Float64()*(hi-lo)
	}}
}

// RandSingSByte is RandSingNum of -128..127.
func RandSingSByte() Volatile { return randSing("RandSingSByte", "", math.MinInt8, math.MaxUint8) }

// RandSingSShort is RandSingNum of -32768..32767.
func RandSingSShort() Volatile { return randSing("RandSingSShort", "", math.MinInt16, math.MaxUint16) }

// RandSingSInt is RandSingNum of -2³¹..2³¹-1.
func RandSingSInt() Volatile { return randSing("RandSingSInt", "", math.MinInt32, math.MaxUint32) }

// RandSingSLong is RandSingNum of -2⁶³..2⁶³-1.
func RandSingSLong() Volatile { return randSing("RandSingSLong", "", math.MinInt64, math.MaxUint64) }

// RandEnumSByte draws -128..127 without repeating itself.
func RandEnumSByte() Volatile { return randEnumWidth("RandEnumSByte", math.MinInt8, math.MaxUint8) }

// RandEnumSShort draws -32768..32767 without repeating itself.
func RandEnumSShort() Volatile { return randEnumWidth("RandEnumSShort", math.MinInt16, math.MaxUint16) }

// RandEnumSInt draws -2³¹..2³¹-1 without repeating itself.
func RandEnumSInt() Volatile { return randEnumWidth("RandEnumSInt", math.MinInt32, math.MaxUint32) }

// RandEnumSLong draws -2⁶³..2⁶³-1 without repeating itself.
func RandEnumSLong() Volatile { return randEnumWidth("RandEnumSLong", math.MinInt64, math.MaxUint64) }

func randEnumWidth(name string, lo int64, span uint64) Volatile {
	return &randEnum{volatileName: volatileName{name: name}, lo: lo, span: span}
}

// breakingStrings are what string parsers stumble over: nothing, ends, quotes,
// formats, paths, markup, what is no UTF-8, and lengths around powers of two.
var breakingStrings = func() []string {
	list := []string{"", "\x00", "\x00\x00\x00\x00", "\xff", "\xc0\x80", "\xed\xa0\x80", "\xef\xbb\xbf", "\r", "\n", "\r\n\r\n", "\t", "\x1b[2J", "\x7f",
		"'", "\"", "\\", "`", "$(id)", ";id", "|id", "&", "' OR '1'='1", "%s%s%s%s%s%s%s%s", "%n%n%n%n", "%99999d", "%x%p%u",
		"../../../../../../etc/passwd", "..\\..\\..\\..\\boot.ini", "/dev/zero", "CON", "NUL", "C:\\", "file://", "http://[::1", "@", "*", "?", "{}", "[", "<", "]]>",
		"<!DOCTYPE a [<!ENTITY b \"b\">]>", "-1", "0", "4294967296", "18446744073709551616", "1e309", "NaN", "0x7fffffff"}
	for _, n := range []int{63, 64, 127, 128, 255, 256, 257, 1023, 1024, 4096} {
		list = append(list, strings.Repeat("A", n))
	}
	return list
}

// RandSingString draws strings at which programs break.
func RandSingString() Volatile {
	list := breakingStrings()
	return &randFunc{volatileName{name: "RandSingString"}, func() any { return []byte(list[randUpTo(uint64(len(list)-1))]) }}
}

// Weighted is a value of a [RandPool] and how many shares of the draws it gets.
type Weighted struct {
	Value  any
	Weight int
}

// RandPool draws one of the values, each as often as its weight says; a Volatile
// among them is drawn in turn. It wants at least one weight above 0.
func RandPool(pool ...Weighted) Volatile {
	total := 0
	var parts []any
	for _, w := range pool {
		total += max(w.Weight, 0)
		parts = append(parts, Tuple{w.Value, uint64(w.Weight)})
	}
	return &randFunc{volatileName{"RandPool", strings.TrimSuffix(pyTupleBody(parts), ",")}, func() any {
		if total == 0 {
			return nil
		}
		n := int(randUpTo(uint64(total - 1)))
		for _, w := range pool {
			if n -= max(w.Weight, 0); n < 0 {
				if v, ok := w.Value.(Volatile); ok {
					return v.Draw()
				}
				return w.Value
			}
		}
		return nil
	}}
}

// RandUUID draws a UUID of version 4 (RFC 9562 §5.4) as text.
func RandUUID() Volatile {
	return &randFunc{volatileName{name: "RandUUID"}, func() any {
		hi, lo := randUint64(), randUint64()
		hi = hi&^0xf000 | 0x4000
		lo = lo&^(3<<62) | 2<<62
		return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", hi>>32, hi>>16&0xffff, hi&0xffff, lo>>48, lo&(1<<48-1))
	}}
}

// RandOID draws an object identifier as text: of drawn depth with an empty
// template, else with a number drawn where it has "*", one of a range where it
// has "lo-hi", and a drawn number of numbers where it has "**" ("1.3.6.1.*").
func RandOID(template string) (Volatile, error) {
	name := volatileName{name: "RandOID"}
	parts := []string{"**"}
	if template != "" {
		name.args = "fmt=" + pyStr(template)
		parts = strings.Split(template, ".")
	}
	depth, id := RandNumExpo(0.1, 0), RandNumExpo(0.01, 0)
	draw := func() (string, bool) {
		var out []string
		for _, part := range parts {
			if part == "**" {
				n, _ := toUint(depth.Draw())
				for range min(n, 64) + 1 {
					out = append(out, fmt.Sprint(id.Draw()))
				}
				continue
			}
			if part == "*" {
				part = fmt.Sprint(id.Draw())
			}
			lo, hi, ok := strings.Cut(part, "-")
			if !ok {
				hi = lo
			}
			a, err1 := strconv.ParseUint(lo, 10, 32)
			b, err2 := strconv.ParseUint(hi, 10, 32)
			if err1 != nil || err2 != nil || a > b {
				return "", false
			}
			out = append(out, strconv.FormatUint(a+randUpTo(b-a), 10))
		}
		return strings.Join(out, "."), true
	}
	if _, ok := draw(); !ok {
		return nil, fmt.Errorf("RandOID(%q): want numbers, *, lo-hi or ** joined by dots", template)
	}
	return &randFunc{name, func() any {
		s, _ := draw()
		return s
	}}, nil
}

// The formats in which clock values are drawn.
const (
	zuluTime        = "060102150405Z"   // ASN.1 UTCTime
	generalizedTime = "20060102150405Z" // ASN.1 GeneralizedTime
)

// AutoTime draws the time of the draw in seconds since 1970, shifted by ahead.
func AutoTime(ahead time.Duration) Volatile {
	return clock("AutoTime", ahead, func(t time.Time) any { return float64(t.UnixNano()) / 1e9 })
}

// IntAutoTime is AutoTime in whole seconds.
func IntAutoTime(ahead time.Duration) Volatile {
	return clock("IntAutoTime", ahead, func(t time.Time) any { return uint64(max(t.Unix(), 0)) })
}

// ZuluTime draws the time of the draw as ASN.1's UTCTime: 261125190524Z.
func ZuluTime(ahead time.Duration) Volatile {
	return clock("ZuluTime", ahead, func(t time.Time) any { return t.UTC().Format(zuluTime) })
}

// GeneralizedTime draws the time of the draw as ASN.1's: 20261125190524Z.
func GeneralizedTime(ahead time.Duration) Volatile {
	return clock("GeneralizedTime", ahead, func(t time.Time) any { return t.UTC().Format(generalizedTime) })
}

func clock(name string, ahead time.Duration, value func(time.Time) any) Volatile {
	v := &randFunc{volatileName{name: name}, func() any { return value(time.Now().Add(ahead)) }}
	if ahead != 0 {
		v.args = fmt.Sprintf("diff=%v", ahead.Seconds())
	}
	return v
}

// CorruptBytes is a copy of b with n bytes changed; n < 1 means the share p of
// them, and at least one.
func CorruptBytes(b []byte, p float64, n int) []byte {
	return CorruptedBytes(b, p, n).Draw().([]byte)
}

// CorruptBits is a copy of b with n bits turned over; n < 1 means the share p of
// them, and at least one.
func CorruptBits(b []byte, p float64, n int) []byte {
	return CorruptedBits(b, p, n).Draw().([]byte)
}
