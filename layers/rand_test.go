package layers

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"testing"
	"time"
)

func mustVolatile(t *testing.T) func(v Volatile, err error) Volatile {
	return func(v Volatile, err error) Volatile {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestVolatileText(t *testing.T) {
	must := mustVolatile(t)
	for _, c := range []struct {
		v                Volatile
		str, constructor string
	}{
		{RandShort(), "<RandShort>", "RandShort()"},
		{RandNum(1, 5), "<RandNum>", "RandNum(min=1, max=5)"},
		{must(RandIP("")), "<RandIP>", "RandIP()"},
		{must(RandIP("10.0.0.0/8")), "<RandIP>", "RandIP(iptemplate='10.0.0.0/8')"},
		{must(RandIP6("2001:db8::*")), "<RandIP6>", "RandIP6(ip6template='2001:db8::*')"},
		{must(RandMAC("02:00:*")), "<RandMAC>", "RandMAC(template='02:00:*')"},
		{RandString(uint64(5), ""), "<RandString>", "RandString(size=5)"},
		{RandBin(RandNum(0, 3)), "<RandBin>", "RandBin(size=RandNum(min=0, max=3))"},
		{RandTermString(uint64(3), []byte("x")), "<RandTermString>", "RandTermString(size=3, term=b'x')"},
		{RandChoice(uint64(1), "a"), "<RandChoice>", "RandChoice(1, 'a')"},
		{RandEnum(1, 3), "<RandEnum>", "RandEnum(min=1, max=3)"},
		{RandEnumKeys(uint64(1), uint64(2)), "<RandEnumKeys>", "RandEnumKeys(enum=[1, 2])"},
		{RandSingNum(0, 9), "<RandSingNum>", "RandSingNum(mn=0, mx=9)"},
		{must(RandRegExp("a[0-9]")), "<RandRegExp>", "RandRegExp(regexp='a[0-9]')"},
		{IncrementalValue(0, 1, -1), "<IncrementalValue>", "IncrementalValue()"},
		{IncrementalValue(3, 2, 10), "<IncrementalValue>", "IncrementalValue(start=3, step=2, restart=10)"},
		{CorruptedBytes([]byte("abc"), 0.01, 2), "<CorruptedBytes>", "CorruptedBytes(s=b'abc', n=2)"},
	} {
		if got := c.v.String(); got != c.str {
			t.Errorf("got %s, want %s", got, c.str)
		}
		if got := commandValue(c.v); got != c.constructor {
			t.Errorf("got %s, want %s", got, c.constructor)
		}
	}
}

// TestVolatileRanges draws often and looks that nothing leaves its range and
// that both ends of small ranges come up.
func TestVolatileRanges(t *testing.T) {
	must := mustVolatile(t)
	Seed(1)
	for _, c := range []struct {
		name string
		v    Volatile
		ok   func(any) bool
	}{
		{"RandNum", RandNum(-2, 3), func(v any) bool {
			n, neg := v.(int64)
			u, pos := v.(uint64)
			return neg && n >= -2 && n < 0 || pos && u <= 3
		}},
		{"RandByte", RandByte(), func(v any) bool { return v.(uint64) <= 255 }},
		{"RandIP", must(RandIP("10.1.2.0/30")), func(v any) bool {
			return netip.MustParsePrefix("10.1.2.0/30").Contains(v.(netip.Addr))
		}},
		{"RandIP6 net", must(RandIP6("2001:db8::/61")), func(v any) bool {
			return netip.MustParsePrefix("2001:db8::/61").Contains(v.(netip.Addr))
		}},
		{"RandIP6", must(RandIP6("2001:db8::1-ff:*")), func(v any) bool {
			a := v.(netip.Addr).As16()
			return a[12] == 0 && a[13] >= 1
		}},
		{"RandMAC", must(RandMAC("02:00:00-0f:*")), func(v any) bool { m := v.(MAC); return m[0] == 2 && m[1] == 0 && m[2] <= 15 }},
		{"RandString", RandString(uint64(4), "ab"), func(v any) bool { return regexp.MustCompile(`^[ab]{4}$`).Match(v.([]byte)) }},
		{"RandTermString", RandTermString(uint64(4), []byte{0}), func(v any) bool {
			b := v.([]byte)
			return len(b) == 5 && slices.Index(b, 0) == 4
		}},
		{"RandRegExp", must(RandRegExp(`^(GET|POST) /[a-z]{1,8}\.html\d?$`)), func(v any) bool {
			return regexp.MustCompile(`^(GET|POST) /[a-z]{1,8}\.html\d?$`).Match(v.([]byte))
		}},
		{"RandFloat", RandFloat(1, 2), func(v any) bool { return v.(float64) >= 1 && v.(float64) <= 2 }},
		{"RandNumGamma", RandNumGamma(0.5, 2), func(v any) bool { _, ok := v.(uint64); return ok }},
		{"RandPool", RandPool(Weighted{uint64(1), 2}, Weighted{RandNum(4, 99), 1}), func(v any) bool { n := v.(uint64); return n == 1 || n >= 4 && n <= 99 }},
		{"RandUUID", RandUUID(), func(v any) bool {
			return regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(v.(string))
		}},
		{"RandOID", must(RandOID("1.3.*.5-7")), func(v any) bool { return regexp.MustCompile(`^1\.3\.\d+\.[567]$`).MatchString(v.(string)) }},
		{"AutoTime", AutoTime(time.Hour), func(v any) bool { return v.(float64) > float64(time.Now().Unix()) }},
		{"CorruptedBytes", CorruptedBytes([]byte("abcdef"), 0, 2), func(v any) bool { return differing(v.([]byte), "abcdef") == 2 }},
		{"CorruptedBits", CorruptedBits([]byte("abcdef"), 0, 1), func(v any) bool { return differing(v.([]byte), "abcdef") == 1 }},
		{"RandSingByte", RandSingByte(), func(v any) bool {
			return slices.Contains([]uint64{0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 254, 255}, v.(uint64))
		}},
	} {
		seen := map[string]bool{}
		for range 500 {
			v := c.v.Draw()
			if !c.ok(v) {
				t.Errorf("%s drew %v", c.name, v)
				break
			}
			seen[fmt.Sprint(v)] = true
		}
		if len(seen) < 4 {
			t.Errorf("%s drew %d different values out of 500", c.name, len(seen))
		}
	}
}

func differing(b []byte, s string) (n int) {
	for i := range b {
		if b[i] != s[i] {
			n++
		}
	}
	return n
}

func TestRandEnumDrawsEachOnce(t *testing.T) {
	for _, c := range []struct{ lo, hi int64 }{{0, 0}, {0, 1}, {-3, 3}, {0, 9}, {1, 1000}} {
		v := RandEnum(c.lo, c.hi)
		for round := range 3 {
			seen := map[any]bool{}
			for range c.hi - c.lo + 1 {
				seen[v.Draw()] = true
			}
			if int64(len(seen)) != c.hi-c.lo+1 {
				t.Errorf("RandEnum(%d, %d), round %d: %d different values", c.lo, c.hi, round, len(seen))
			}
		}
	}
}

func TestIncrementalValue(t *testing.T) {
	for _, c := range []struct {
		v    Volatile
		want string
	}{
		{IncrementalValue(0, 1, -1), "[0 1 2 3 4]"},
		{IncrementalValue(3, 2, 7), "[3 5 7 3 5]"},
		{IncrementalValue(5, -2, 1), "[5 3 1 5 3]"},
	} {
		// Setting a field must not use a value up.
		l := New(IP)
		if err := l.Set(ipID, c.v); err != nil {
			t.Fatal(err)
		}
		var got []any
		for range 5 {
			got = append(got, c.v.Draw())
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("got %v, want %s", got, c.want)
		}
	}
}

func TestSeedRepeats(t *testing.T) {
	draw := func() string {
		Seed(7)
		return fmt.Sprint(RandInt().Draw(), RandEnum(0, 999).Draw(), RandString(uint64(9), "").Draw())
	}
	if a, b := draw(), draw(); a != b {
		t.Errorf("the same seed drew %s and %s", a, b)
	}
}

func TestFuzzKeepsWhatWasSetAndComputed(t *testing.T) {
	Seed(3)
	p := NewPacket(New(Ether), New(IP), New(TCP), New(Raw))
	for _, set := range []struct {
		layer int
		field string
		value any
	}{{0, "src", "02:00:00:00:00:01"}, {1, "ttl", 9}, {1, "src", "10.0.0.1"}, {1, "dst", "10.0.0.2"}, {2, "dport", 80}} {
		if err := p.At(set.layer).SetField(set.field, set.value); err != nil {
			t.Fatal(err)
		}
	}
	f := Fuzz(p)
	ids := map[uint64]bool{}
	for range 50 {
		b, err := f.Build()
		if err != nil {
			t.Fatal(err)
		}
		// Options and version are drawn too; look at the bytes alone.
		if b[14+8] != 9 || b[14+9] != 6 || [2]byte(b[14+22:]) != [2]byte{0, 80} && b[14]&15 == 5 {
			t.Fatalf("a set or overloaded field changed: %x", b)
		}
		ids[uint64(b[18])<<8|uint64(b[19])] = true
	}
	if len(ids) < 40 {
		t.Errorf("IP.id had %d values in 50 packets", len(ids))
	}
	if p.IsSet() {
		t.Error("Fuzz changed the packet it was given")
	}
	for _, proto := range Protos() {
		if _, err := Fuzz(NewPacket(New(proto))).Build(); err != nil {
			t.Errorf("Fuzz(%s): %v", proto, err)
		}
	}
}

func TestBadTemplates(t *testing.T) {
	for name, err := range map[string]error{
		"RandIP":     second(RandIP("10.0.0.300/8")),
		"RandIP 6":   second(RandIP("2001:db8::/64")),
		"RandIP6":    second(RandIP6("2001:zz::*")),
		"RandIP6 **": second(RandIP6("1:2:3:4:5:6:7:8:**")),
		"RandMAC":    second(RandMAC("02:zz")),
		"RandMAC 7":  second(RandMAC("1:2:3:4:5:6:7")),
		"RandRegExp": second(RandRegExp("a[")),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func second(_ Volatile, err error) error { return err }
