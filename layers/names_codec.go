package layers

import (
	"fmt"
	"net/netip"
	"strings"
)

// maxLabel is the longest label of a domain name (RFC 1035 §2.3.4).
const maxLabel = 63

// appendName appends a domain name in its wire form (RFC 1035 §3.1). Labels
// are parted by dots; a name with or without the final one is the same.
func appendName(dst []byte, name string) ([]byte, error) {
	name = strings.TrimSuffix(name, ".")
	if name != "" {
		for _, label := range strings.Split(name, ".") {
			if len(label) > maxLabel {
				return dst, fmt.Errorf("label %q of %q is %d bytes long, want at most %d", label, name, len(label), maxLabel)
			}
			dst = append(append(dst, byte(len(label))), label...)
		}
	}
	return append(dst, 0), nil
}

// nameList is a field that holds uncompressed domain names (RFC 8106 §5.2),
// padded to a multiple of 8 bytes unless tight.
type nameList struct{ tight bool }

func (nameList) Decode(_ *Layer, b []byte) any {
	out := List{}
	var labels []string
	for len(b) > 0 {
		n := int(b[0])
		if n == 0 {
			if labels == nil {
				break // what follows the last name is padding
			}
			out = append(out, strings.Join(labels, ".")+".")
			labels = nil
			b = b[1:]
			continue
		}
		if n > maxLabel {
			break // no label: the rest can be kept, not shown
		}
		n = min(n, len(b)-1)
		labels = append(labels, string(b[1:1+n]))
		b = b[1+n:]
	}
	if labels != nil {
		out = append(out, strings.Join(labels, "."))
	}
	return out
}

func (c nameList) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	list, _ := v.(List)
	begin := len(dst)
	for _, m := range list {
		b, _ := toBytes(m)
		var err error
		if dst, err = appendName(dst, string(b)); err != nil {
			return dst, err
		}
	}
	for !c.tight && (len(dst)-begin)%8 != 0 {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (nameList) Parse(_ *Layer, v any) (any, error) {
	list, ok := v.(List)
	if !ok {
		list = List{v}
	}
	out := make(List, 0, len(list))
	for _, m := range list {
		b, ok := toBytes(m)
		if !ok {
			return nil, fmt.Errorf("got %s, want domain names", describe(m))
		}
		if _, err := appendName(nil, string(b)); err != nil {
			return nil, err
		}
		out = append(out, string(b))
	}
	return out, nil
}

// parseAddr6 is an address that stands in a table.
func parseAddr6(s string) netip.Addr { return netip.MustParseAddr(s) }

// prefix6 is an IPv6 prefix of which only as many 8-byte units are sent as the
// option's length says, all if that is not set (RFC 4191 §2.3).
type prefix6 struct{}

func (prefix6) Decode(_ *Layer, b []byte) any {
	var a [16]byte
	copy(a[:], b)
	return netip.AddrFrom16(a)
}

func (prefix6) Encode(l *Layer, dst []byte, v any) ([]byte, error) {
	a, ok := v.(netip.Addr)
	if !ok {
		return dst, nil
	}
	b := a.As16()
	n := 16
	if i := l.proto.Index("len"); i >= 0 && l.IsSet(i) {
		n = max(int(l.Uint(i))-1, 0) * 8
	}
	return append(append(dst, b[:min(n, 16)]...), make([]byte, max(n-16, 0))...), nil
}

func (prefix6) Parse(l *Layer, v any) (any, error) {
	return (&Field{Name: "prefix", Kind: Addr6}).parse(l, v)
}
