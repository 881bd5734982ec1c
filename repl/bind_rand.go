package repl

import (
	"time"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

const randGroup = "Random values"

// randBuiltins make values that are drawn anew for each packet.
func randBuiltins() []*builtin {
	out := []*builtin{
		randPlain("RandByte", "A number of 8 bits, drawn anew for each packet.", layers.RandByte),
		randPlain("RandShort", "A number of 16 bits: TCP(sport=RandShort()).", layers.RandShort),
		randPlain("RandInt", "A number of 32 bits.", layers.RandInt),
		randPlain("RandLong", "A number of 64 bits.", layers.RandLong),
		randBetween("RandNum(min, max)", "A number from min to max, both included.", layers.RandNum),
		randPlain("RandSByte", "A signed number of 8 bits.", layers.RandSByte),
		randPlain("RandSShort", "A signed number of 16 bits.", layers.RandSShort),
		randPlain("RandSInt", "A signed number of 32 bits.", layers.RandSInt),
		randPlain("RandSLong", "A signed number of 64 bits.", layers.RandSLong),
		{Sig: "RandNumGauss(mu, sigma)", Group: randGroup, Doc: "A whole number of a normal distribution.", Run: randTwo("mu", "sigma", layers.RandNumGauss)},
		{Sig: "RandNumGamma(alpha, beta)", Group: randGroup, Doc: "A whole number of a gamma distribution.", Run: randTwo("alpha", "beta", layers.RandNumGamma)},
		{Sig: "RandNumExpo(lambd, base=0)", Group: randGroup, Doc: "A whole number of an exponential distribution, base added.", Run: randNumExpo},
		{Sig: "RandFloat(min, max)", Group: randGroup, Doc: "A number between min and max.", Run: randFloat},
		randBetween("RandEnum(min, max)", "Every number from min to max once, in random order, before any comes again.", layers.RandEnum),
		randPlain("RandEnumByte", "Every number of 8 bits once before any comes again.", layers.RandEnumByte),
		randPlain("RandEnumShort", "The same of 16 bits.", layers.RandEnumShort),
		randPlain("RandEnumInt", "The same of 32 bits.", layers.RandEnumInt),
		randPlain("RandEnumLong", "The same of 64 bits.", layers.RandEnumLong),
		randPlain("RandEnumSByte", "Every signed number of 8 bits once before any comes again.", layers.RandEnumSByte),
		randPlain("RandEnumSShort", "The same of 16 bits.", layers.RandEnumSShort),
		randPlain("RandEnumSInt", "The same of 32 bits.", layers.RandEnumSInt),
		randPlain("RandEnumSLong", "The same of 64 bits.", layers.RandEnumSLong),
		{Sig: "RandEnumKeys(enum)", Group: randGroup, Doc: "Every key of a dictionary, or member of a list, once before any comes again.", Run: randEnumKeys},
		randBetween("RandSingNum(mn, mx)", "A number from mn to mx that is likely to find mistakes.", layers.RandSingNum),
		randPlain("RandSingByte", "A number of 8 bits that is likely to find mistakes: 0, 1, 127, 255 and their neighbours.", layers.RandSingByte),
		randPlain("RandSingShort", "The same of 16 bits.", layers.RandSingShort),
		randPlain("RandSingInt", "The same of 32 bits.", layers.RandSingInt),
		randPlain("RandSingLong", "The same of 64 bits.", layers.RandSingLong),
		randPlain("RandSingSByte", "The same of 8 bits with a sign.", layers.RandSingSByte),
		randPlain("RandSingSShort", "The same of 16 bits with a sign.", layers.RandSingSShort),
		randPlain("RandSingSInt", "The same of 32 bits with a sign.", layers.RandSingSInt),
		randPlain("RandSingSLong", "The same of 64 bits with a sign.", layers.RandSingSLong),
		randPlain("RandSingString", "Text that is likely to find mistakes: empty, long, quotes, formats, paths.", layers.RandSingString),
		{Sig: "IncrementalValue(start=0, step=1, restart=-1)", Group: randGroup, Doc: "start, start+step, …; from start again after restart, if that is not -1.", Run: incrementalValue},
		{Sig: "RandPool(*values)", Group: randGroup, Doc: "One of the values; (value, n) counts n times: RandPool((RandShort(), 3), 80).", Run: randPool},
	}
	return append(out, randTextBuiltins()...)
}

// randTextBuiltins are the volatile values that are no plain numbers.
func randTextBuiltins() []*builtin {
	return []*builtin{
		randTemplate("RandIP(iptemplate=\"0.0.0.0/0\")", "An IPv4 address of the network.", layers.RandIP),
		randTemplate("RandIP6(ip6template=\"**\")", "An IPv6 address; * is any group, ** any groups.", layers.RandIP6),
		randTemplate("RandMAC(template=\"*\")", "An Ethernet address: RandMAC(\"02:00:00:*\").", layers.RandMAC),
		randTemplate("RandOID(fmt=\"\")", "An object identifier: RandOID(\"1.3.6.1.*\"); ** is any numbers, 3-7 one of them.", layers.RandOID),
		randTemplate("RandRegExp(regexp)", "Text that the regular expression matches.", layers.RandRegExp),
		{Sig: "RandString(size=None, chars=None)", Group: randGroup, Doc: "Text of random letters and digits.", Run: func(c *call) (starlark.Value, error) {
			chars, err := c.str("chars", "")
			if err != nil {
				return nil, err
			}
			size, err := c.size()
			return volatile{layers.RandString(size, chars)}, err
		}},
		{Sig: "RandBin(size=None)", Group: randGroup, Doc: "Random bytes.", Run: func(c *call) (starlark.Value, error) {
			size, err := c.size()
			return volatile{layers.RandBin(size)}, err
		}},
		{Sig: "RandTermString(size, term)", Group: randGroup, Doc: "Random bytes with term behind them and not among them.", Run: func(c *call) (starlark.Value, error) {
			size, err := c.size()
			if err != nil {
				return nil, err
			}
			term, err := c.bytes("term")
			return volatile{layers.RandTermString(size, term)}, err
		}},
		{Sig: "RandUUID(version=4)", Group: randGroup, Doc: "A UUID of version 4, as text.", Run: func(c *call) (starlark.Value, error) {
			if n, err := c.int("version", 4); err != nil || n != 4 {
				return nil, c.wrong("version", "4: the other versions are not drawn but made of a host's address or a name")
			}
			return volatile{layers.RandUUID()}, nil
		}},
		{Sig: "RandChoice(*values)", Group: randGroup, Doc: "One of the values.", Run: func(c *call) (starlark.Value, error) {
			if len(c.rest) == 0 {
				return nil, c.errorf("", "RandChoice() wants at least one value")
			}
			vals, err := toGoEach(c.rest)
			if err != nil {
				return nil, err
			}
			return volatile{layers.RandChoice(vals...)}, nil
		}},
		{Sig: "AutoTime(base=None, diff=None)", Group: randGroup, Doc: "The time of the draw in seconds since 1970; base: the time that now stands for; diff: seconds by which it is late.", Run: randClock(layers.AutoTime, -1)},
		{Sig: "IntAutoTime(base=None, diff=None)", Group: randGroup, Doc: "AutoTime() in whole seconds.", Run: randClock(layers.IntAutoTime, -1)},
		{Sig: "ZuluTime(diff=0)", Group: randGroup, Doc: "The time of the draw as ASN.1 UTCTime, diff seconds ahead: 261125190524Z.", Run: randClock(layers.ZuluTime, 1)},
		{Sig: "GeneralizedTime(diff=0)", Group: randGroup, Doc: "The time of the draw as ASN.1 GeneralizedTime, diff seconds ahead.", Run: randClock(layers.GeneralizedTime, 1)},
		{Sig: "CorruptedBytes(s, p=0.01, n=None)", Group: randGroup, Doc: "s with the share p of its bytes changed, or n of them, others each time.", Run: corrupted(func(b []byte, p float64, n int) starlark.Value { return volatile{layers.CorruptedBytes(b, p, n)} })},
		{Sig: "CorruptedBits(s, p=0.01, n=None)", Group: randGroup, Doc: "s with the share p of its bits turned over, or n of them, others each time.", Run: corrupted(func(b []byte, p float64, n int) starlark.Value { return volatile{layers.CorruptedBits(b, p, n)} })},
		{Sig: "corrupt_bytes(data, p=0.01, n=None)", Group: randGroup, Doc: "A copy of bytes, text or a packet's bytes with the share p of them changed, or n.", Run: corrupted(func(b []byte, p float64, n int) starlark.Value { return starlark.Bytes(layers.CorruptBytes(b, p, n)) })},
		{Sig: "corrupt_bits(data, p=0.01, n=None)", Group: randGroup, Doc: "A copy of bytes, text or a packet's bytes with the share p of its bits turned over, or n.", Run: corrupted(func(b []byte, p float64, n int) starlark.Value { return starlark.Bytes(layers.CorruptBits(b, p, n)) })},
	}
}

func randPlain(name, doc string, f func() layers.Volatile) *builtin {
	return &builtin{Sig: name + "()", Group: randGroup, Doc: doc, Run: func(*call) (starlark.Value, error) { return volatile{f()}, nil }}
}

// randBetween is a builtin whose two parameters are the ends of a range.
func randBetween(sig, doc string, f func(lo, hi int64) layers.Volatile) *builtin {
	return &builtin{Sig: sig, Group: randGroup, Doc: doc, Run: func(c *call) (starlark.Value, error) {
		names := c.b.Params()
		lo, err := c.int(names[0], 0)
		if err != nil {
			return nil, err
		}
		hi, err := c.int(names[1], 0)
		if err != nil {
			return nil, err
		}
		if hi < lo {
			return nil, c.wrong(names[1], names[0]+" or more")
		}
		return volatile{f(int64(lo), int64(hi))}, nil
	}}
}

// randTemplate is a builtin of one text.
func randTemplate(sig, doc string, f func(string) (layers.Volatile, error)) *builtin {
	return &builtin{Sig: sig, Group: randGroup, Doc: doc, Run: func(c *call) (starlark.Value, error) {
		name := c.b.Params()[0]
		t, err := c.str(name, "")
		if err != nil {
			return nil, err
		}
		v, err := f(t)
		if err != nil {
			e := pyrt.Errorf("ValueError", "%v", err)
			e.Field = name
			return nil, e
		}
		return volatile{v}, nil
	}}
}

// randTwo runs a builtin of two numbers, the second above 0.
func randTwo(first, second string, f func(a, b float64) layers.Volatile) func(*call) (starlark.Value, error) {
	return func(c *call) (starlark.Value, error) {
		a, err := c.float(first, 0)
		if err != nil {
			return nil, err
		}
		b, err := c.float(second, 0)
		if err != nil {
			return nil, err
		}
		if b <= 0 {
			return nil, c.wrong(second, "a number above 0")
		}
		if first == "alpha" && a <= 0 {
			return nil, c.wrong(first, "a number above 0")
		}
		return volatile{f(a, b)}, nil
	}
}

func randNumExpo(c *call) (starlark.Value, error) {
	lambd, err := c.float("lambd", 0)
	if err != nil {
		return nil, err
	}
	if lambd <= 0 {
		return nil, c.wrong("lambd", "a number above 0")
	}
	base, err := c.int("base", 0)
	return volatile{layers.RandNumExpo(lambd, int64(base))}, err
}

func randFloat(c *call) (starlark.Value, error) {
	lo, err := c.float("min", 0)
	if err != nil {
		return nil, err
	}
	hi, err := c.float("max", 0)
	return volatile{layers.RandFloat(lo, hi)}, err
}

func randEnumKeys(c *call) (starlark.Value, error) {
	it, ok := c.val("enum").(starlark.Iterable)
	if !ok {
		return nil, c.wrong("enum", "a dictionary or a list")
	}
	keys, err := toGoEach(it)
	if err == nil && len(keys) == 0 {
		err = c.wrong("enum", "at least one key")
	}
	return volatile{layers.RandEnumKeys(keys...)}, err
}

func incrementalValue(c *call) (starlark.Value, error) {
	start, err := c.int("start", 0)
	if err != nil {
		return nil, err
	}
	step, err := c.int("step", 1)
	if err != nil {
		return nil, err
	}
	restart, err := c.int("restart", -1)
	return volatile{layers.IncrementalValue(int64(start), int64(step), int64(restart))}, err
}

func randPool(c *call) (starlark.Value, error) {
	var pool []layers.Weighted
	total := 0
	for _, v := range c.rest {
		w := layers.Weighted{Weight: 1}
		if t, ok := v.(starlark.Tuple); ok && len(t) == 2 {
			n, isNumber := toInt(t[1])
			if !isNumber || n < 0 || n > 1<<30 {
				return nil, c.errorf("", "RandPool(): got %s, want (value, weight)", pyRepr(v))
			}
			v, w.Weight = t[0], n
		}
		var err error
		if w.Value, err = toGo(v); err != nil {
			return nil, err
		}
		total += w.Weight
		pool = append(pool, w)
	}
	if total == 0 {
		return nil, c.errorf("", "RandPool() wants at least one value")
	}
	return volatile{layers.RandPool(pool...)}, nil
}

// randClock runs AutoTime and the like; sign is that of diff.
func randClock(f func(ahead time.Duration) layers.Volatile, sign float64) func(*call) (starlark.Value, error) {
	return func(c *call) (starlark.Value, error) {
		diff, err := c.float("diff", 0)
		if err != nil {
			return nil, err
		}
		if c.has("base") {
			base, err := c.float("base", 0)
			if err != nil {
				return nil, err
			}
			diff = float64(time.Now().UnixNano())/1e9 - base
		}
		if diff > 1e9*4 || diff < -1e9*4 {
			return nil, c.wrong("diff", "a number of seconds")
		}
		return volatile{f(time.Duration(sign * diff * float64(time.Second)))}, nil
	}
}

// corrupted runs what changes some of the first argument's bytes.
func corrupted(f func(b []byte, p float64, n int) starlark.Value) func(*call) (starlark.Value, error) {
	return func(c *call) (starlark.Value, error) {
		b, err := c.bytes(c.b.Params()[0])
		if err != nil {
			return nil, err
		}
		p, err := c.float("p", 0.01)
		if err != nil {
			return nil, err
		}
		if p < 0 || p > 1 {
			return nil, c.wrong("p", "0..1")
		}
		n, err := c.int("n", 0)
		if err != nil {
			return nil, err
		}
		if n < 0 {
			return nil, c.wrong("n", "1 or more")
		}
		return f(b, p, n), nil
	}
}

// size is how long a drawn string is: a number, else drawn too.
func (c *call) size() (any, error) {
	if !c.has("size") {
		return layers.RandNumExpo(0.01, 0), nil // Scapy's default
	}
	if v, ok := c.val("size").(volatile); ok {
		return v.v, nil
	}
	n, err := c.int("size", 0)
	if err == nil && (n < 0 || n > 65535) {
		return nil, c.wrong("size", "0..65535")
	}
	return n, err
}
