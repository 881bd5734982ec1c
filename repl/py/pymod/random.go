package pymod

import (
	crand "crypto/rand"
	"crypto/sha512"
	"encoding/binary"
	"math"
	"math/big"
	"slices"
	"sort"
	"sync"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// OnSeed, when set, is told of random.seed() with a number that follows from the
// seed, so that other sources of random values begin anew with it.
var OnSeed func(n uint64)

// generator is random.Random: the same seed gives CPython's sequence. It is safe
// for concurrent use.
type generator struct {
	noHash
	mu       sync.Mutex
	mt       mt19937
	shared   bool     // it is the one behind the module's functions
	gaussian *float64 // the second value of the last pair that gauss made
}

func newGenerator() *generator {
	g := &generator{noHash: noHash{"Random"}}
	g.seedSystem()
	return g
}

func (g *generator) seedSystem() {
	var b [2496]byte
	crand.Read(b[:])
	key := make([]uint32, len(b)/4)
	for i := range key {
		key[i] = binary.NativeEndian.Uint32(b[4*i:])
	}
	g.mt.seed(key)
	g.gaussian = nil
}

// seed is seed(a): None takes the system's randomness, numbers their absolute
// value, texts and bytes themselves with their SHA-512 (seed version 2).
func (g *generator) seed(v starlark.Value) error {
	var n *big.Int
	switch v := v.(type) {
	case nil, starlark.NoneType:
		g.seedSystem()
		return nil
	case starlark.Int:
		n = new(big.Int).Abs(v.BigInt())
	case starlark.Bool:
		n = big.NewInt(0)
		if v {
			n = big.NewInt(1)
		}
	case starlark.String:
		n = seedBytes([]byte(v))
	case starlark.Bytes:
		n = seedBytes([]byte(v))
	case starlark.Float:
		n = new(big.Int).SetUint64(floatHash(float64(v)))
	default:
		return pyrt.Errorf("TypeError", "The only supported seed types are: None,\nint, float, str, bytes, and bytearray.")
	}
	g.gaussian = nil
	key := []uint32{}
	for mask := big.NewInt(math.MaxUint32); n.Sign() > 0; n = new(big.Int).Rsh(n, 32) {
		key = append(key, uint32(new(big.Int).And(n, mask).Uint64()))
	}
	if len(key) == 0 {
		key = []uint32{0}
	}
	g.mt.seed(key)
	return nil
}

func seedBytes(b []byte) *big.Int {
	sum := sha512.Sum512(b)
	return new(big.Int).SetBytes(append(slices.Clone(b), sum[:]...))
}

// floatHash is hash(f) as an unsigned number: f modulo the prime 2^61-1
// (_Py_HashDouble in CPython's Python/pyhash.c).
func floatHash(f float64) uint64 {
	const bits, modulus = 61, 1<<61 - 1
	if math.IsInf(f, 0) {
		if f > 0 {
			return 314159
		}
		return ^uint64(314159) + 1 // -314159
	}
	m, e := math.Frexp(f)
	neg := m < 0
	m = math.Abs(m)
	var x uint64
	for m > 0 {
		x = x<<28&modulus | x>>(bits-28)
		m *= 1 << 28
		e -= 28
		y := uint64(m)
		m -= float64(y)
		if x += y; x >= modulus {
			x -= modulus
		}
	}
	if e >= 0 {
		e %= bits
	} else {
		e = bits - 1 - (-1-e)%bits
	}
	x = x<<e&modulus | x>>(bits-e)
	if neg {
		x = -x
	}
	if x == math.MaxUint64 {
		x--
	}
	return x
}

// bits is getrandbits(k), k > 0.
func (g *generator) bits(k int) *big.Int {
	if k <= 64 {
		lo := uint64(g.mt.uint32())
		if k <= 32 {
			return new(big.Int).SetUint64(lo >> (32 - k))
		}
		hi := uint64(g.mt.uint32()) >> (64 - k)
		return new(big.Int).SetUint64(hi<<32 | lo)
	}
	words := (k + 31) / 32
	b := make([]byte, 4*words)
	for i := range words { // the least significant word first
		w := g.mt.uint32()
		if left := k - 32*i; left < 32 {
			w >>= 32 - left
		}
		binary.BigEndian.PutUint32(b[4*(words-1-i):], w)
	}
	return new(big.Int).SetBytes(b)
}

// below is a number in [0, n), n > 0.
func (g *generator) below(n *big.Int) *big.Int {
	k := n.BitLen()
	for {
		if r := g.bits(k); r.Cmp(n) < 0 {
			return r
		}
	}
}

func (g *generator) index(n int) int { return int(g.below(big.NewInt(int64(n))).Int64()) }

// between is randint for big numbers: lo <= r <= hi.
func (g *generator) between(lo, hi *big.Int) (starlark.Value, error) {
	width := new(big.Int).Sub(hi, lo)
	if width.Add(width, big.NewInt(1)).Sign() <= 0 {
		return nil, pyrt.Errorf("ValueError", "empty range for randrange() (%s, %s, %s)", lo, new(big.Int).Add(hi, big.NewInt(1)), width)
	}
	return starlark.MakeBigInt(new(big.Int).Add(lo, g.below(width))), nil
}

func (g *generator) String() string { return "<random.Random object>" }

func (g *generator) Attr(name string) (starlark.Value, error) {
	f := randomFuncs[name]
	if f == nil {
		return nil, nil
	}
	return fn(name, func(a *args) (starlark.Value, error) {
		g.mu.Lock()
		defer g.mu.Unlock()
		return f(g, a)
	}), nil
}

func (g *generator) AttrNames() []string {
	var names []string
	for n := range randomFuncs {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// sequence is the argument of choice, sample and their like.
func sequence(v starlark.Value) (starlark.Indexable, error) {
	switch s := v.(type) {
	case starlark.String:
		vs, err := pymeth.Collect(s)
		return starlark.Tuple(vs), err
	case starlark.Bytes:
		vs, err := pymeth.Collect(s)
		return starlark.Tuple(vs), err
	case starlark.Indexable:
		return s, nil
	}
	return nil, pyrt.Errorf("TypeError", "'%s' object is not subscriptable", pyfmt.TypeName(v))
}

func randomModule() *Module {
	g := newGenerator()
	g.shared = true
	d := starlark.StringDict{
		"Random": fn("Random", func(a *args) (starlark.Value, error) {
			v, err := a.bind("x")
			if err != nil {
				return nil, err
			}
			g := newGenerator()
			return g, g.seed(v[0])
		}),
		"SystemRandom": fn("SystemRandom", func(a *args) (starlark.Value, error) { return newGenerator(), a.none() }),
	}
	for name := range randomFuncs {
		d[name], _ = g.Attr(name)
	}
	return newModule("random", d)
}

// weights are the cumulative weights of choices.
func weights(v starlark.Value, cumulative bool) ([]float64, error) {
	vs, err := pymeth.Collect(v)
	if err != nil {
		return nil, err
	}
	out, sum := make([]float64, len(vs)), 0.0
	for i, w := range vs {
		f, err := pymeth.FloatValue(w)
		if err != nil {
			return nil, err
		}
		sum += f
		if out[i] = sum; cumulative {
			out[i] = f
		}
	}
	return out, nil
}

func (g *generator) choices(a *args) (starlark.Value, error) {
	v, err := a.bind("population!", "weights", "*cum_weights", "k")
	if err != nil {
		return nil, err
	}
	pop, err := sequence(v[0])
	if err != nil {
		return nil, err
	}
	k, err := intOr(v[3], 1)
	if err != nil {
		return nil, err
	}
	n := pop.Len()
	out := make([]starlark.Value, 0, max(0, min(k, 1<<20)))
	if isNone(v[1]) && isNone(v[2]) {
		if n == 0 && k > 0 {
			return nil, pyrt.Errorf("IndexError", "list index out of range")
		}
		for range max(0, k) {
			out = append(out, pop.Index(int(g.mt.float64()*float64(n))))
		}
		return list(out), nil
	}
	cum, err := weights(v[1], false)
	if !isNone(v[2]) {
		cum, err = weights(v[2], true)
	}
	if err != nil {
		return nil, err
	}
	if len(cum) != n {
		return nil, pyrt.Errorf("ValueError", "The number of weights does not match the population")
	}
	if n == 0 || cum[n-1] <= 0 {
		return nil, pyrt.Errorf("ValueError", "Total of weights must be greater than zero")
	}
	for range max(0, k) {
		x := g.mt.float64() * cum[n-1]
		i := sort.Search(n-1, func(i int) bool { return x < cum[i] }) // bisect_right
		out = append(out, pop.Index(i))
	}
	return list(out), nil
}

func (g *generator) sample(a *args) (starlark.Value, error) {
	v, err := a.bind("population!", "k!")
	if err != nil {
		return nil, err
	}
	if _, ok := v[0].(starlark.Indexable); !ok {
		return nil, pyrt.Errorf("TypeError", "Population must be a sequence.  For dicts or sets, use sorted(d).")
	}
	pop, err := sequence(v[0])
	if err != nil {
		return nil, err
	}
	k, err := pymeth.Index(v[1])
	if err != nil {
		return nil, err
	}
	n := pop.Len()
	if k < 0 || k > n {
		return nil, pyrt.Errorf("ValueError", "Sample larger than population or is negative")
	}
	out := make([]starlark.Value, k)
	setsize := 21.0 // where a set of chosen indices becomes smaller than a list
	if k > 5 {
		setsize += math.Pow(4, math.Ceil(math.Log(float64(k)*3)/math.Log(4)))
	}
	if float64(n) <= setsize {
		pool := make([]starlark.Value, n)
		for i := range pool {
			pool[i] = pop.Index(i)
		}
		for i := range out {
			j := g.index(n - i)
			out[i] = pool[j]
			pool[j] = pool[n-i-1]
		}
		return list(out), nil
	}
	chosen := map[int]bool{}
	for i := range out {
		j := g.index(n)
		for chosen[j] {
			j = g.index(n)
		}
		chosen[j] = true
		out[i] = pop.Index(j)
	}
	return list(out), nil
}
