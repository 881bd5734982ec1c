package layers

import (
	"fmt"
	"net/netip"
	"strings"
)

// The Go types that a field's value has, as [Layer.Get] gives and [Layer.Set] takes:
//
//	nil                 computed when built (Set: back to the default)
//	uint64              numbers and enumerations
//	Flags               flag fields
//	netip.Addr          IPv4 and IPv6 addresses
//	MAC                 Ethernet addresses
//	[]byte              strings of bytes; Set takes string too (its UTF-8 bytes)
//	List, Tuple         option lists and the like, of these same types
//	*Packet             a packet inside a field
//	Choice, Range, Net  sets of values: the packet becomes a set of packets
//	Volatile            a value drawn anew for each packet of a set

// A MAC is an Ethernet address.
type MAC [6]byte

// Broadcast is ff:ff:ff:ff:ff:ff.
var Broadcast = MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

func (m MAC) String() string {
	var b [17]byte
	return string(m.AppendTo(b[:0]))
}

// AppendTo puts String behind b.
func (m MAC) AppendTo(b []byte) []byte {
	const hex = "0123456789abcdef"
	for i, c := range m {
		if i > 0 {
			b = append(b, ':')
		}
		b = append(b, hex[c>>4], hex[c&15])
	}
	return b
}

// ParseMAC reads six pairs of hex digits joined by colons or dashes.
func ParseMAC(s string) (MAC, error) {
	var m MAC
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ':' || r == '-' })
	if len(parts) != 6 {
		return m, fmt.Errorf("%q: not an Ethernet address (want six hex pairs like 02:00:00:00:00:01)", s)
	}
	for i, p := range parts {
		if len(p) == 0 || len(p) > 2 {
			return m, fmt.Errorf("%q: not an Ethernet address (at %q)", s, p)
		}
		for _, c := range []byte(p) {
			d := strings.IndexByte("0123456789abcdef", c|0x20)
			if d < 0 || (c < '0') {
				return m, fmt.Errorf("%q: not an Ethernet address (at %q)", s, p)
			}
			m[i] = m[i]<<4 | byte(d)
		}
	}
	return m, nil
}

// AddrText is an address as inet_ntop(3) writes it. It differs from
// netip.Addr.String in IPv4-compatible addresses: ::10.0.0.1.
func AddrText(a netip.Addr) string {
	if a.Is6() && a.Zone() == "" {
		b := a.As16()
		if v := [12]byte(b[:12]); v == [12]byte{} && (b[12] != 0 || b[13] != 0) {
			return "::" + netip.AddrFrom4([4]byte(b[12:])).String()
		}
	}
	return a.String()
}

// embedded tells which IPv4 addresses stand in an IPv6 one of 6to4 (RFC 3056 §2) or Teredo (RFC 4380 §4).
func embedded(a netip.Addr) string {
	if !a.Is6() {
		return ""
	}
	b := a.As16()
	switch {
	case b[0] == 0x20 && b[1] == 2:
		return fmt.Sprintf(" [6to4 GW: %s]", netip.AddrFrom4([4]byte(b[2:])))
	case [4]byte(b[:]) == [4]byte{0x20, 1}:
		client := [4]byte{^b[12], ^b[13], ^b[14], ^b[15]}
		return fmt.Sprintf(" [Teredo srv: %s cli: %s:%d]", netip.AddrFrom4([4]byte(b[4:])), netip.AddrFrom4(client), ^(uint16(b[10])<<8 | uint16(b[11])))
	}
	return ""
}

// A List is an ordered list of values (TCP options, IP options).
type List []any

// A Tuple is a fixed group of values, such as one option: ("MSS", 1460).
type Tuple []any

// A Dict holds names and values in their order: tuples of two each.
type Dict []Tuple

// A Choice is a set of values given one by one; members may be sets themselves.
type Choice []any

// A Range is every integer from Lo to Hi, both included.
type Range struct{ Lo, Hi uint64 }

// A Net is every address of a network in order, the first and last included,
// as Scapy's Net.
type Net struct{ Prefix netip.Prefix }

func (n Net) String() string { return fmt.Sprintf("Net(%q)", n.Prefix.String()) }

// ParseNet reads "10.0.0.0/24" or "2001:db8::/126". As in Scapy the host bits
// may be set; they are cleared.
func ParseNet(s string) (Net, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return Net{}, fmt.Errorf("%q: not a network (want address/length)", s)
	}
	return Net{p.Masked()}, nil
}

// Volatile is a value drawn anew for each packet that is built or expanded,
// such as Scapy's RandShort(). Draw returns a value that Set takes; it must not
// return a set or another Volatile.
type Volatile interface {
	Draw() any
	String() string // how it prints: "<RandShort>"
}

// RawVal is bytes that stand in for a field's encoding whatever its kind is.
type RawVal []byte

// Flags is the value of a flag field: bits with names.
type Flags struct {
	Bits uint64
	Set  *FlagSet
}

// A FlagSet names the bits of a flag field, least significant first.
type FlagSet struct {
	Letters string   // one letter a bit, as TCP's "FSRPAUECN"; or
	Names   []string // one word a bit, printed joined by "+", as IP's MF+DF
}

func (f Flags) String() string {
	if f.Set == nil {
		return fmt.Sprint(f.Bits)
	}
	return f.Set.Format(f.Bits)
}

// Format names the bits of v; those behind the last that has a name are "?".
func (s *FlagSet) Format(v uint64) string {
	var out []string
	sep, n := "+", len(s.Names)
	if s.Letters != "" {
		sep, n = "", len(s.Letters)
	}
	for i := 0; v>>uint(i) != 0; i++ {
		switch {
		case v>>uint(i)&1 == 0:
		case i >= n:
			out = append(out, "?")
		case sep == "":
			out = append(out, s.Letters[i:i+1])
		default:
			out = append(out, s.Names[i])
		}
	}
	return strings.Join(out, sep)
}

// Parse reads "SA", "DF", "MF+DF" or "" in any order.
func (s *FlagSet) Parse(text string) (uint64, error) {
	var v uint64
	if s.Letters != "" {
		for _, c := range text {
			i := strings.IndexRune(s.Letters, c)
			if i < 0 {
				return 0, fmt.Errorf("no flag %q (there are %s)", string(c), s.Letters)
			}
			v |= 1 << uint(i)
		}
		return v, nil
	}
	if text == "" {
		return 0, nil
	}
words:
	for _, w := range strings.Split(text, "+") {
		for i, n := range s.Names {
			if n == w {
				v |= 1 << uint(i)
				continue words
			}
		}
		return 0, fmt.Errorf("no flag %q (there are %s)", w, strings.Join(s.Names, ", "))
	}
	return v, nil
}

// items are the pairs as a list of tuples.
func (d Dict) items() []any {
	out := make([]any, len(d))
	for i, t := range d {
		out[i] = t
	}
	return out
}

// text is the dict as Python writes it.
func (d Dict) text(one func(any) string) string {
	parts := make([]string, len(d))
	for i, t := range d {
		parts[i] = one(t[0]) + ": " + one(t[1])
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
