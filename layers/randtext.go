package layers

import (
	"fmt"
	"net/netip"
	"regexp/syntax"
	"strconv"
	"strings"
)

// RandIP draws an IPv4 address of a network; an empty template means any.
func RandIP(template string) (Volatile, error) {
	name := volatileName{name: "RandIP"}
	n := Net{netip.PrefixFrom(netip.IPv4Unspecified(), 0)}
	if template != "" && template != "0.0.0.0/0" {
		name.args = "iptemplate=" + pyStr(template)
		var err error
		text := template
		if !strings.Contains(text, "/") {
			text += "/32"
		}
		if n, err = ParseNet(text); err != nil || !n.Prefix.Addr().Is4() {
			return nil, fmt.Errorf("RandIP(%q): want an IPv4 network such as 10.0.0.0/8", template)
		}
	}
	return &randFunc{name, func() any {
		a := n.Prefix.Addr().As4()
		r := uint32(randUpTo(1<<(32-n.Prefix.Bits()) - 1))
		for i := range a {
			a[i] |= byte(r >> (24 - 8*i))
		}
		return netip.AddrFrom4(a)
	}}, nil
}

// RandIP6 draws an IPv6 address: any with an empty template, one of a network
// ("2001:db8::/64"), or with a group drawn where the template has "*" and a
// number of a range where it has "lo-hi" ("2001:db8::1-ff:*"). "**" stands for
// as many drawn groups as make eight.
func RandIP6(template string) (Volatile, error) {
	name := volatileName{name: "RandIP6"}
	if template == "" {
		template = "**"
	} else if template != "**" {
		name.args = "ip6template=" + pyStr(template)
	}
	if strings.Contains(template, "/") {
		n, err := ParseNet(template)
		if err != nil || !n.Prefix.Addr().Is6() {
			return nil, fmt.Errorf("RandIP6(%q): want an IPv6 network such as 2001:db8::/64", template)
		}
		return &randFunc{name, func() any { return randIn6(n.Prefix) }}, nil
	}
	if before, after, ok := strings.Cut(template, "**"); ok {
		missing := 8 - strings.Count(before, ":") - strings.Count(after, ":")
		if missing < 1 {
			return nil, fmt.Errorf("RandIP6(%q): got more than eight groups", template)
		}
		template = before + strings.TrimSuffix(strings.Repeat("*:", missing), ":") + after
	}
	groups := strings.Split(template, ":")
	fill := func() string {
		out := make([]string, len(groups))
		for i, g := range groups {
			v, ok := drawGroup(g, 16, 0xffff)
			if !ok {
				return "" // refused below
			}
			out[i] = v
		}
		return strings.Join(out, ":")
	}
	if _, err := netip.ParseAddr(fill()); err != nil {
		return nil, fmt.Errorf("RandIP6(%q): want groups of hex digits, *, lo-hi or **", template)
	}
	return &randFunc{name, func() any {
		a, _ := netip.ParseAddr(fill())
		return a
	}}, nil
}

func randIn6(p netip.Prefix) netip.Addr {
	a := p.Addr().As16()
	for i := range a {
		keep := min(max(p.Bits()-8*i, 0), 8)
		a[i] |= byte(randUint64()) & byte(0xff>>keep)
	}
	return netip.AddrFrom16(a)
}

// drawGroup draws one part of a template in hexadecimal: "*", "lo-hi" or itself.
func drawGroup(g string, base int, limit uint64) (string, bool) {
	if g == "*" {
		return strconv.FormatUint(randUpTo(limit), 16), true
	}
	lo, hi, ok := strings.Cut(g, "-")
	if !ok {
		return g, true
	}
	a, err1 := strconv.ParseUint(lo, base, 64)
	b, err2 := strconv.ParseUint(hi, base, 64)
	if err1 != nil || err2 != nil || a > b || b > limit {
		return "", false
	}
	return strconv.FormatUint(a+randUpTo(b-a), 16), true
}

// RandMAC draws an Ethernet address: any with an empty template, else as the
// template says for each of its bytes, "*" and "lo-hi" drawn, those missing at
// the end drawn too ("02:00:*", "02:00:00:00-0f:*:*").
func RandMAC(template string) (Volatile, error) {
	name := volatileName{name: "RandMAC"}
	if template != "" && template != "*" {
		name.args = "template=" + pyStr(template)
	}
	parts := strings.Split(template, ":")
	if template == "" {
		parts = nil
	}
	draw := func() (MAC, bool) {
		var m MAC
		for i := range m {
			g := "*"
			if i < len(parts) {
				g = parts[i]
			}
			s, ok := drawGroup(g, 16, 0xff)
			v, err := strconv.ParseUint(s, 16, 8)
			if !ok || err != nil {
				return m, false
			}
			m[i] = byte(v)
		}
		return m, true
	}
	if _, ok := draw(); !ok || len(parts) > 6 {
		return nil, fmt.Errorf("RandMAC(%q): want up to six parts of hex digits, * or lo-hi", template)
	}
	return &randFunc{name, func() any {
		m, _ := draw()
		return m
	}}, nil
}

// alphanumerics are what RandString draws from unless told otherwise.
const alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// RandString draws size characters of chars; empty means letters and digits. A
// size that is a Volatile is drawn first.
func RandString(size any, chars string) Volatile {
	name := volatileName{"RandString", "size=" + commandValue(size)}
	if chars == "" {
		chars = alphanumerics
	} else {
		name.args += ", chars=" + pyBytes([]byte(chars))
	}
	return &randFunc{name, func() any { return randBytes(size, chars) }}
}

// RandBin draws size bytes of any value.
func RandBin(size any) Volatile {
	return &randFunc{volatileName{"RandBin", "size=" + commandValue(size)}, func() any { return randBytes(size, "") }}
}

// RandTermString draws size bytes, none of them term, and ends them with term.
func RandTermString(size any, term []byte) Volatile {
	name := volatileName{"RandTermString", "size=" + commandValue(size) + ", term=" + pyBytes(term)}
	return &randFunc{name, func() any {
		b := randBytes(size, "")
		for i := range b {
			for strings.IndexByte(string(term), b[i]) >= 0 && len(term) < 256 {
				b[i] = byte(randUint64())
			}
		}
		return append(b, term...)
	}}
}

// maxRandSize bounds random strings: nothing longer fits an IP packet.
const maxRandSize = 65535

// randBytes is size bytes out of chars, of all 256 values if chars is empty.
func randBytes(size any, chars string) []byte {
	if v, ok := size.(Volatile); ok {
		size = v.Draw()
	}
	n, _ := toUint(size)
	b := make([]byte, min(n, maxRandSize))
	random.Lock()
	defer random.Unlock()
	for i := range b {
		if chars == "" {
			b[i] = byte(random.Uint64())
		} else {
			b[i] = chars[random.IntN(len(chars))]
		}
	}
	return b
}

// CorruptedBytes draws copies of b with n bytes changed; n < 1 means the share p
// of them, and at least one.
func CorruptedBytes(b []byte, p float64, n int) Volatile {
	return corrupted("CorruptedBytes", b, p, n, 8)
}

// CorruptedBits draws copies of b with n bits turned over; n < 1 means the share
// p of them, and at least one.
func CorruptedBits(b []byte, p float64, n int) Volatile {
	return corrupted("CorruptedBits", b, p, n, 1)
}

func corrupted(kind string, b []byte, p float64, n, unit int) Volatile {
	args := "s=" + pyBytes(b)
	if n >= 1 {
		args += fmt.Sprintf(", n=%d", n)
	} else {
		args += fmt.Sprintf(", p=%v", p)
	}
	total := len(b) * 8 / unit
	if n < 1 {
		n = max(int(float64(total)*p), 1)
	}
	n = min(n, total)
	return &randFunc{volatileName{kind, args}, func() any {
		out := append([]byte(nil), b...)
		random.Lock()
		defer random.Unlock()
		for _, k := range random.Perm(total)[:n] {
			if unit == 8 {
				out[k] ^= byte(1 + random.IntN(255))
			} else {
				out[k/8] ^= 0x80 >> (k % 8)
			}
		}
		return out
	}}
}

// RandRegExp draws strings that the regular expression matches (syntax of Go's
// regexp). Open repetitions such as a* give at most maxRepeat more than they must.
func RandRegExp(expr string) (Volatile, error) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("RandRegExp(%q): %w", expr, err)
	}
	re = re.Simplify()
	return &randFunc{volatileName{"RandRegExp", "regexp=" + pyStr(expr)}, func() any {
		var out strings.Builder
		drawRegExp(&out, re)
		return []byte(out.String())
	}}, nil
}

const maxRepeat = 32

func drawRegExp(out *strings.Builder, re *syntax.Regexp) {
	repeat := func(lo, hi int) {
		if out.Len() > maxRandSize {
			return // nested repetitions multiply
		}
		for range lo + int(randUpTo(uint64(hi-lo))) {
			drawRegExp(out, re.Sub[0])
		}
	}
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			out.WriteRune(r)
		}
	case syntax.OpCharClass:
		out.WriteRune(drawRune(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		out.WriteByte(byte(' ' + randUpTo('~'-' ')))
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			drawRegExp(out, sub)
		}
	case syntax.OpAlternate:
		drawRegExp(out, re.Sub[randUpTo(uint64(len(re.Sub)-1))])
	case syntax.OpStar:
		repeat(0, maxRepeat)
	case syntax.OpPlus:
		repeat(1, maxRepeat)
	case syntax.OpQuest:
		repeat(0, 1)
	}
}

// drawRune draws a rune of a class, given as pairs of first and last. Classes
// that exclude characters reach up to U+10FFFF; of those only ASCII is drawn.
func drawRune(pairs []rune) rune {
	var ascii []rune
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] <= '~' && pairs[i+1] > '~' {
			for r := max(pairs[i], ' '); r <= '~'; r++ {
				ascii = append(ascii, r)
			}
			continue
		}
		for r := pairs[i]; r <= pairs[i+1] && len(ascii) < 1<<12; r++ {
			if r <= '~' || pairs[0] > '~' {
				ascii = append(ascii, r)
			}
		}
	}
	if len(ascii) == 0 {
		return pairs[0]
	}
	return ascii[randUpTo(uint64(len(ascii)-1))]
}
