package layers

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"pktsh/internal/near"
)

// ResolveHost turns a host name that stands where an address is wanted into an
// address of the family (4 or 6). The shell sets it; until then names are refused.
// Look-ups happen when the value is set, never while building.
var ResolveHost func(name string, family int) (netip.Addr, error)

// parse brings a value that a person gave into the field's own type, or leaves
// it as a set when it is one.
func (f *Field) parse(l *Layer, v any) (any, error) {
	switch v := v.(type) {
	case RawVal:
		return v, nil
	case Volatile:
		_, err := f.parse(l, sample(v)) // a value that never fits is told now
		return v, err
	case Choice:
		if _, single := f.Codec.(singler); f.Kind == Var && f.Codec != nil && !single {
			return nil, f.wrong(l, v, "a list of values")
		}
		return f.parseChoice(l, v)
	case Range:
		return f.parseRange(l, v)
	}
	switch f.Kind {
	case Addr4, Addr6:
		return f.parseAddr(l, v)
	case HWAddr:
		return f.parseMAC(l, v)
	case Fixed:
		b, ok := toBytes(v)
		if !ok {
			return nil, f.wrong(l, v, "bytes")
		}
		if len(b) > f.Bits/8 {
			return nil, f.errorf(l, "got %d bytes, want at most %d", len(b), f.Bits/8)
		}
		return b, nil
	case Var:
		if list, ok := v.(List); ok {
			if _, single := f.Codec.(singler); single {
				return f.parseChoice(l, Choice(list))
			}
		}
		if f.Codec != nil {
			x, err := f.Codec.Parse(l, v)
			if err != nil {
				return nil, f.named(l, err)
			}
			return x, nil
		}
		if p, ok := v.(*Packet); ok {
			return p.Build()
		}
		if list, ok := v.(List); ok {
			return f.parseChoice(l, Choice(list))
		}
		b, ok := toBytes(v)
		if !ok {
			return nil, f.wrong(l, v, "bytes or text")
		}
		return b, nil
	}
	if f.Kind == Flag {
		if list, ok := v.(List); ok { // Scapy joins a list of names
			return f.parseFlagList(l, list)
		}
	} else if list, ok := v.(List); ok {
		return f.parseChoice(l, Choice(list))
	}
	if t, ok := v.(Tuple); ok {
		return f.parseTuple(l, t)
	}
	if f.Unit > 0 {
		return f.parseFixed(l, v)
	}
	n, err := f.parseUint(l.proto, f.enum(l), v)
	if err != nil {
		return nil, err
	}
	if f.Kind == Flag {
		return Flags{n, f.Flags}, nil
	}
	return n, nil
}

func (f *Field) enum(l *Layer) *Enum {
	if f.Names != nil && l != nil {
		return f.Names(l)
	}
	return f.Enum
}

// parseUint reads a number, a name of the field's Enum, or flags.
func (f *Field) parseUint(p *Proto, e *Enum, v any) (uint64, error) {
	bad := func(format string, a ...any) error { return &ValueError{p.Name, f.Name, fmt.Sprintf(format, a...)} }
	var n uint64
	switch v := v.(type) {
	case Flags:
		n = v.Bits
	case bool:
		if v {
			n = 1
		}
	case string:
		if f.Kind == Flag {
			bits, err := f.Flags.Parse(v)
			if err != nil {
				return 0, bad("%v", err)
			}
			return bits, nil
		}
		if f.Words != nil {
			if n, ok := f.Words(v); ok {
				return n, nil
			}
		}
		val, ok := e.Value(v)
		if !ok {
			if e == nil {
				return 0, bad("got %q, want a number", v)
			}
			return 0, bad("no value named %q%s", v, near.Hint(v, e.Names()))
		}
		return val, nil
	case float64:
		if v != float64(int64(v)) {
			return 0, bad("got %v, want a whole number", v)
		}
		return f.parseUint(p, e, int64(v))
	default:
		u, ok := toUint(v)
		if !ok {
			if i, isInt := v.(int64); isInt {
				return 0, bad("got %d, want 0..%d", i, f.maxUint())
			}
			return 0, bad("got %s, want a number", describe(v))
		}
		n = u
	}
	if n > f.maxUint() {
		return 0, bad("got %d, want 0..%d", n, f.maxUint())
	}
	return n, nil
}

// parseFixed reads a fixed-point number.
func (f *Field) parseFixed(l *Layer, v any) (any, error) {
	x, ok := v.(float64)
	if n, isUint := toUint(v); isUint {
		x, ok = float64(n), true
	}
	if most := f.maxFixedPoint(); !ok || !(x >= 0 && x <= most) {
		return nil, f.errorf(l, "got %s, want a number from 0 to %g", describe(v), most)
	}
	return x, nil
}

// maxFixedPoint is the largest number of a field that has a Unit.
func (f *Field) maxFixedPoint() float64 { return float64(f.maxUint()) / float64(f.Unit) }

func (f *Field) maxUint() uint64 {
	if f.Bits >= 64 {
		return 1<<64 - 1
	}
	return 1<<uint(f.Bits) - 1
}

func (f *Field) parseAddr(l *Layer, v any) (any, error) {
	family, want := 4, "an IPv4 address, a network or a host name"
	if f.Kind == Addr6 {
		family, want = 6, "an IPv6 address, a network or a host name"
	}
	switch v := v.(type) {
	case netip.Addr:
		if v.Is4() != (family == 4) && !(family == 6 && v.Is6()) {
			return nil, f.wrong(l, v, want)
		}
		return v, nil
	case Net:
		if v.Prefix.Addr().Is4() != (family == 4) {
			return nil, f.wrong(l, v, want)
		}
		return v, nil
	case List:
		return f.parseChoice(l, Choice(v))
	case []byte:
		return f.parseAddr(l, string(v))
	case string:
		if a, err := netip.ParseAddr(v); err == nil {
			return f.parseAddr(l, a)
		}
		if strings.Contains(v, "/") {
			return f.parseNet(l, v, family, want)
		}
		if looksNumeric(v) {
			return nil, f.errorf(l, "%q: not %s", v, want)
		}
		if strings.ContainsAny(v, "*-") && strings.Trim(v, "0123456789.*-") == "" {
			return nil, f.errorf(l, "%q: a range is Net(\"192.0.2.1\", \"192.0.2.9\"), a network \"192.0.2.0/24\"", v)
		}
		if ResolveHost == nil {
			return nil, f.errorf(l, "%q: not an address (names are not looked up here)", v)
		}
		a, err := ResolveHost(v, family)
		if err != nil {
			return nil, f.errorf(l, "%q: %v", v, err)
		}
		return a, nil
	}
	if n, ok := toUint(v); ok && family == 4 && n <= 1<<32-1 {
		return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), nil
	}
	return nil, f.wrong(l, v, want)
}

func (f *Field) parseNet(l *Layer, s string, family int, want string) (any, error) {
	n, err := ParseNet(s)
	if err != nil {
		host, bits, _ := strings.Cut(s, "/")
		if b, err := strconv.Atoi(bits); err == nil && !looksNumeric(host) && ResolveHost != nil {
			a, err := ResolveHost(host, family)
			if err != nil {
				return nil, f.errorf(l, "%q: %v", s, err)
			}
			if p, err := a.Prefix(b); err == nil {
				return Net{p}, nil
			}
		}
		return nil, f.errorf(l, "%q: not %s", s, want)
	}
	return f.parseAddr(l, n)
}

// looksNumeric tells text that was meant as an address from a host name.
func looksNumeric(s string) bool {
	return strings.Contains(s, ":") || strings.Trim(s, "0123456789.") == ""
}

func (f *Field) parseMAC(l *Layer, v any) (any, error) {
	switch v := v.(type) {
	case MAC:
		return v, nil
	case List:
		return f.parseChoice(l, Choice(v))
	case string:
		m, err := ParseMAC(v)
		if err != nil {
			return nil, f.errorf(l, "%v", err)
		}
		return m, nil
	case []byte:
		if len(v) == 6 {
			return MAC(v), nil
		}
	}
	return nil, f.wrong(l, v, "an Ethernet address")
}

func (f *Field) parseChoice(l *Layer, list Choice) (any, error) {
	return parseSet(list, func(m any) (any, error) { return f.parse(l, m) })
}

func (f *Field) parseFlagList(l *Layer, list List) (any, error) {
	var bits uint64
	for _, v := range list {
		n, err := f.parseUint(l.proto, nil, v)
		if err != nil {
			return nil, err
		}
		bits |= n
	}
	return Flags{bits, f.Flags}, nil
}

// parseTuple reads (lo, hi): a range, as Scapy has it.
func (f *Field) parseTuple(l *Layer, t Tuple) (any, error) {
	if len(t) != 2 {
		return nil, f.errorf(l, "got a tuple of %d values, want (first, last)", len(t))
	}
	lo, err := f.parseUint(l.proto, f.enum(l), t[0])
	if err != nil {
		return nil, err
	}
	hi, err := f.parseUint(l.proto, f.enum(l), t[1])
	if err != nil {
		return nil, err
	}
	return f.parseRange(l, Range{lo, hi})
}

func (f *Field) parseRange(l *Layer, r Range) (any, error) {
	switch f.Kind {
	case Uint, Hex, Flag:
	default:
		return nil, f.errorf(l, "got a range of numbers, want %s", f.Kind.want())
	}
	if f.Unit > 0 {
		if _, err := f.parseFixed(l, r.Hi); err != nil {
			return nil, err
		}
	} else if r.Hi > f.maxUint() {
		return nil, f.errorf(l, "got %d, want 0..%d", r.Hi, f.maxUint())
	}
	if r.Lo > r.Hi {
		return nil, f.errorf(l, "got the range (%d, %d), want the smaller number first", r.Lo, r.Hi)
	}
	return r, nil
}

func (k Kind) want() string {
	switch k {
	case Addr4, Addr6:
		return "an address, a network or a list of them"
	case HWAddr:
		return "an Ethernet address"
	}
	return "bytes or text"
}

func toUint(v any) (uint64, bool) {
	switch v := v.(type) {
	case uint64:
		return v, true
	case int:
		return uint64(v), v >= 0
	case int64:
		return uint64(v), v >= 0
	case uint16:
		return uint64(v), true
	case uint8:
		return uint64(v), true
	case uint32:
		return uint64(v), true
	case Flags:
		return v.Bits, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

func toBytes(v any) ([]byte, bool) {
	switch v := v.(type) {
	case []byte:
		return v, true
	case string:
		return []byte(v), true
	case RawVal:
		return v, true
	}
	return nil, false
}
