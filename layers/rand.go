package layers

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
)

// The source of all volatile values. It is safe for concurrent use.
var random randomSource

type randomSource struct {
	mutex      sync.Mutex
	*rand.Rand // nil until the first Lock
}

// Lock has the source there and for the caller alone.
func (r *randomSource) Lock() {
	r.mutex.Lock()
	if r.Rand == nil {
		r.Rand = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
}

// Unlock gives the source back.
func (r *randomSource) Unlock() { r.mutex.Unlock() }

// Seed makes the volatile values that are drawn from now on repeatable.
func Seed(n uint64) {
	random.Lock()
	defer random.Unlock()
	random.Rand = rand.New(rand.NewPCG(n, n))
}

func randUint64() uint64 {
	random.Lock()
	defer random.Unlock()
	return random.Uint64()
}

// randUpTo is 0..n, both included.
func randUpTo(n uint64) uint64 {
	random.Lock()
	defer random.Unlock()
	if n == math.MaxUint64 {
		return random.Uint64()
	}
	return random.Uint64N(n + 1)
}

// volatileName is the name and constructor arguments that all volatile values print.
type volatileName struct{ name, args string }

func (v *volatileName) String() string  { return "<" + v.name + ">" }
func (v *volatileName) Command() string { return v.name + "(" + v.args + ")" }

// number is lo+n as a field takes it: unsigned unless it is negative.
func number(lo int64, n uint64) any {
	v, ok := natural(lo, n)
	if !ok {
		return int64(v)
	}
	return v
}

// natural is lo+n, ok=false if that is negative.
func natural(lo int64, n uint64) (v uint64, ok bool) {
	return uint64(lo) + n, lo >= 0 || n >= uint64(-lo)
}

type randNum struct {
	volatileName
	lo   int64
	span uint64
}

func (r *randNum) Draw() any { return number(r.lo, randUpTo(r.span)) }

func (r *randNum) drawUint() (uint64, bool) { return natural(r.lo, randUpTo(r.span)) }

// RandNum draws any integer from lo to hi, both included.
func RandNum(lo, hi int64) Volatile {
	if hi < lo {
		lo, hi = hi, lo
	}
	return &randNum{volatileName{"RandNum", fmt.Sprintf("min=%d, max=%d", lo, hi)}, lo, uint64(hi) - uint64(lo)}
}

// Bounds are the least and the greatest number that v draws, ok=false if it draws other
// values.
func Bounds(v Volatile) (lo, hi any, ok bool) {
	b, ok := v.(interface{ bounds() (int64, uint64) })
	if !ok {
		return nil, nil, false
	}
	first, span := b.bounds()
	return number(first, 0), number(first, span), true
}

func (r *randNum) bounds() (int64, uint64) { return r.lo, r.span }

func randWidth(name string, lo int64, span uint64) Volatile {
	return &randNum{volatileName{name: name}, lo, span}
}

// RandByte draws 0..255.
func RandByte() Volatile { return randWidth("RandByte", 0, math.MaxUint8) }

// RandSByte draws -128..127.
func RandSByte() Volatile { return randWidth("RandSByte", math.MinInt8, math.MaxUint8) }

// RandShort draws 0..65535.
func RandShort() Volatile { return randWidth("RandShort", 0, math.MaxUint16) }

// RandSShort draws -32768..32767.
func RandSShort() Volatile { return randWidth("RandSShort", math.MinInt16, math.MaxUint16) }

// RandInt draws 0..2³²-1.
func RandInt() Volatile { return randWidth("RandInt", 0, math.MaxUint32) }

// RandSInt draws -2³¹..2³¹-1.
func RandSInt() Volatile { return randWidth("RandSInt", math.MinInt32, math.MaxUint32) }

// RandLong draws 0..2⁶⁴-1.
func RandLong() Volatile { return randWidth("RandLong", 0, math.MaxUint64) }

// RandSLong draws -2⁶³..2⁶³-1.
func RandSLong() Volatile { return randWidth("RandSLong", math.MinInt64, math.MaxUint64) }

// RandBits draws an unsigned number of the given width in bits.
func RandBits(bits int) Volatile {
	switch bits {
	case 8:
		return RandByte()
	case 16:
		return RandShort()
	case 32:
		return RandInt()
	case 64:
		return RandLong()
	}
	hi := uint64(1)<<uint(bits) - 1
	return &randNum{volatileName{"RandNum", fmt.Sprintf("min=0, max=%d", hi)}, 0, hi}
}

type randFunc struct {
	volatileName
	draw func() any
}

func (r *randFunc) Draw() any { return r.draw() }

// RandOf is a value that draw draws, called name.
func RandOf(name string, draw func() any) Volatile { return &randFunc{volatileName{name: name}, draw} }

// RandNumGauss draws whole numbers of a normal distribution.
func RandNumGauss(mu, sigma float64) Volatile {
	return &randFunc{volatileName{"RandNumGauss", fmt.Sprintf("mu=%v, sigma=%v", mu, sigma)}, func() any {
		random.Lock()
		defer random.Unlock()
		return number(int64(random.NormFloat64()*sigma+mu), 0)
	}}
}

// RandNumExpo draws whole numbers of an exponential distribution of rate lambda,
// base added.
func RandNumExpo(lambda float64, base int64) Volatile {
	return &randFunc{volatileName{"RandNumExpo", fmt.Sprintf("lambd=%v, base=%d", lambda, base)}, func() any {
		random.Lock()
		defer random.Unlock()
		return number(base+int64(random.ExpFloat64()/lambda), 0)
	}}
}

// RandChoice draws one of the values.
func RandChoice(values ...any) Volatile {
	name := volatileName{"RandChoice", strings.TrimSuffix(pyTupleBody(values), ",")}
	return &randFunc{name, func() any {
		if len(values) == 0 {
			return nil
		}
		v := values[randUpTo(uint64(len(values)-1))]
		if inner, ok := v.(Volatile); ok {
			return inner.Draw()
		}
		return v
	}}
}

func pyTupleBody(vs []any) string { return pyJoin("", "", vs, commandValue) }

// RandEnum draws every integer from lo to hi once, in random order, before any
// comes again.
func RandEnum(lo, hi int64) Volatile {
	if hi < lo {
		lo, hi = hi, lo
	}
	return &randEnum{volatileName: volatileName{"RandEnum", fmt.Sprintf("min=%d, max=%d", lo, hi)}, lo: lo, span: uint64(hi) - uint64(lo)}
}

// RandEnumByte draws 0..255 without repeating itself.
func RandEnumByte() Volatile {
	return &randEnum{volatileName: volatileName{name: "RandEnumByte"}, span: math.MaxUint8}
}

// RandEnumShort draws 0..65535 without repeating itself.
func RandEnumShort() Volatile {
	return &randEnum{volatileName: volatileName{name: "RandEnumShort"}, span: math.MaxUint16}
}

// RandEnumInt draws 0..2³²-1 without repeating itself.
func RandEnumInt() Volatile {
	return &randEnum{volatileName: volatileName{name: "RandEnumInt"}, span: math.MaxUint32}
}

// RandEnumLong draws 0..2⁶⁴-1 without repeating itself.
func RandEnumLong() Volatile {
	return &randEnum{volatileName: volatileName{name: "RandEnumLong"}, span: math.MaxUint64}
}

// RandEnumKeys draws the values, each once before any comes again.
func RandEnumKeys(values ...any) Volatile {
	order := &randEnum{span: uint64(max(len(values), 1) - 1)}
	name := volatileName{"RandEnumKeys", "enum=" + pyJoin("[", "]", values, commandValue)}
	return &randFunc{name, func() any {
		if len(values) == 0 {
			return nil
		}
		return values[order.next()]
	}}
}

// A randEnum walks a permutation of 0..span that needs no memory: four Feistel
// rounds over the next even number of bits, stepping over results too large.
type randEnum struct {
	volatileName
	lo     int64
	span   uint64
	mu     sync.Mutex
	keys   [4]uint64
	at     uint64
	keyed  bool
	halfSz uint
}

func (r *randEnum) Draw() any { return number(r.lo, r.next()) }

func (r *randEnum) drawUint() (uint64, bool) { return natural(r.lo, r.next()) }

// Sample is a value that Draw could give, leaving the order as it is.
func (r *randEnum) Sample() any { return number(r.lo, r.span) }

func (r *randEnum) next() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.keyed {
		for i := range r.keys {
			r.keys[i] = randUint64()
		}
		for r.halfSz = 1; r.halfSz < 32 && r.span>>(2*r.halfSz) != 0; r.halfSz++ {
		}
		r.keyed = true
	}
	v := r.permute(r.at)
	for v > r.span {
		v = r.permute(v)
	}
	if r.at == r.span {
		r.at, r.keyed = 0, false // the next round in another order
	} else {
		r.at++
	}
	return v
}

func (r *randEnum) permute(v uint64) uint64 {
	mask := uint64(1)<<r.halfSz - 1
	a, b := v>>r.halfSz, v&mask
	for _, k := range r.keys {
		h := (b ^ k) * 0x9e3779b97f4a7c15 // 2⁶⁴ over the golden ratio
		h ^= h >> 29
		h *= 0xbf58476d1ce4e5b9 // from SplitMix64's finalizer
		a, b = b, a^(h>>32)&mask
	}
	return a<<r.halfSz | b
}

// RandSingNum draws values at which programs break: the ends of lo..hi, and the
// powers of two in it with their neighbours.
func RandSingNum(lo, hi int64) Volatile {
	return randSing("RandSingNum", fmt.Sprintf("mn=%d, mx=%d", lo, hi), lo, uint64(hi)-uint64(lo))
}

// RandSingByte is RandSingNum of 0..255.
func RandSingByte() Volatile { return randSing("RandSingByte", "", 0, math.MaxUint8) }

// RandSingShort is RandSingNum of 0..65535.
func RandSingShort() Volatile { return randSing("RandSingShort", "", 0, math.MaxUint16) }

// RandSingInt is RandSingNum of 0..2³²-1.
func RandSingInt() Volatile { return randSing("RandSingInt", "", 0, math.MaxUint32) }

// RandSingLong is RandSingNum of 0..2⁶⁴-1.
func RandSingLong() Volatile { return randSing("RandSingLong", "", 0, math.MaxUint64) }

func randSing(name, args string, lo int64, span uint64) Volatile {
	var values []any
	seen := map[uint64]bool{}
	add := func(n uint64) { // n is the distance from lo
		if n <= span && !seen[n] {
			seen[n] = true
			values = append(values, number(lo, n))
		}
	}
	zero := uint64(-lo)
	for _, n := range []uint64{0, 1, span - 1, span, zero} {
		add(n)
	}
	for k := range 64 {
		for _, d := range []uint64{math.MaxUint64, 0, 1} {
			n := uint64(1)<<k + d
			add(zero + n)
			if lo < 0 {
				add(zero - n)
			}
		}
	}
	return &randFunc{volatileName{name, args}, func() any { return values[randUpTo(uint64(len(values)-1))] }}
}

// IncrementalValue draws start, start+step, … and begins again after the last
// value that is not beyond restart; a restart of -1 means never.
func IncrementalValue(start, step, restart int64) Volatile {
	args := ""
	if start != 0 || step != 1 || restart != -1 {
		args = fmt.Sprintf("start=%d, step=%d, restart=%d", start, step, restart)
	}
	return &incremental{volatileName: volatileName{"IncrementalValue", args}, start: start, step: step, restart: restart, next: start}
}

type incremental struct {
	volatileName
	start, step, restart int64
	mu                   sync.Mutex
	next                 int64
}

func (v *incremental) Draw() any { return number(v.advance(), 0) }

func (v *incremental) drawUint() (uint64, bool) { return natural(v.advance(), 0) }

func (v *incremental) advance() int64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	n := v.next
	switch {
	case v.restart == -1:
		v.next += v.step
	case v.step >= 0 && n+v.step > v.restart, v.step < 0 && n+v.step < v.restart:
		v.next = v.start
	default:
		v.next += v.step
	}
	return n
}

// Sample is the first value, without taking it.
func (v *incremental) Sample() any { return number(v.start, 0) }

// sample is a value that v may draw, to see whether a field takes it. Values
// that keep count offer one without counting.
func sample(v Volatile) any {
	if s, ok := v.(interface{ Sample() any }); ok {
		return s.Sample()
	}
	return v.Draw()
}
