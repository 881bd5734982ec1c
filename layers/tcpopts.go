package layers

import (
	"errors"
	"fmt"
	"strings"

	"pktsh/internal/near"
)

// A tcpOption is a row of the table of TCP options (the IANA registry "TCP
// Option Kind Numbers"): sizes are the widths in bytes of the numbers it holds,
// each is the width of one of any number of them.
type tcpOption struct {
	kind  byte
	name  string
	sizes []int
	each  int
	bare  bool // a kind byte alone, without length
}

var tcpOptionTable = []tcpOption{
	{kind: 0, name: "EOL", bare: true},                // RFC 9293 §3.1
	{kind: 1, name: "NOP", bare: true},                // RFC 9293 §3.1
	{kind: 2, name: "MSS", sizes: []int{2}},           // RFC 9293 §3.7.1
	{kind: 3, name: "WScale", sizes: []int{1}},        // RFC 7323 §2
	{kind: 4, name: "SAckOK"},                         // RFC 2018 §2
	{kind: 5, name: "SAck", each: 4},                  // RFC 2018 §3
	{kind: 8, name: "Timestamp", sizes: []int{4, 4}},  // RFC 7323 §3
	{kind: 14, name: "AltChkSum", sizes: []int{1, 2}}, // RFC 1146
	{kind: 15, name: "AltChkSumOpt"},                  // RFC 1146
	{kind: 19, name: "MD5"},                           // RFC 2385
	{kind: 25, name: "Mood"},                          // RFC 5841
	{kind: 28, name: "UTO", sizes: []int{2}},          // RFC 5482
	{kind: tcpAO, name: "AO"},                         // RFC 5925, a TCPAOValue
	{kind: 30, name: "MPTCP"},                         // RFC 8684
	{kind: 34, name: "TFO", sizes: []int{4, 4}},       // RFC 7413, with a cookie of 8 bytes
}

var (
	tcpOptionByKind [256]*tcpOption
	tcpOptionByName = map[string]*tcpOption{}
)

func linkTCPOptions() {
	for i := range tcpOptionTable {
		o := &tcpOptionTable[i]
		tcpOptionByKind[o.kind], tcpOptionByName[o.name] = o, o
	}
}

// tcpOptionList is TCP.options: a list of (name or kind, value). The value is
// None, a number, a tuple of numbers, or bytes where the option holds none or
// has not the length it should; lists may hold bytes that stand for themselves.
type tcpOptionList struct{}

func (tcpOptionList) Decode(_ *Layer, b []byte) any {
	out := List{}
	for len(b) > 0 {
		o := tcpOptionByKind[b[0]]
		if o != nil && o.bare {
			out = append(out, Tuple{o.name, nil})
			if o.kind == 0 {
				break
			}
			b = b[1:]
			continue
		}
		n := 2 // a length less than that lies; go on behind it
		if len(b) > 1 {
			n = max(int(b[1]), 2)
		}
		n = min(n, len(b))
		data := b[min(2, n):n:n]
		switch {
		case o == nil || o.name == "MPTCP":
			out = append(out, Tuple{uint64(b[0]), data})
		case o.kind == tcpAO && len(data) >= 2:
			out = append(out, Tuple{o.name, Dissect(TCPAOValue, data)})
		default:
			out = append(out, Tuple{o.name, o.decode(data)})
		}
		b = b[n:]
	}
	return out
}

func (o *tcpOption) decode(b []byte) any {
	if o.each > 0 && len(b)%o.each == 0 {
		nums := Tuple{}
		for ; len(b) > 0; b = b[o.each:] {
			nums = append(nums, getBits(b, 0, o.each*8))
		}
		return nums
	}
	total := 0
	for _, n := range o.sizes {
		total += n
	}
	if total == 0 || total != len(b) {
		return b
	}
	nums := Tuple{}
	for _, n := range o.sizes {
		nums = append(nums, getBits(b, 0, n*8))
		b = b[n:]
	}
	if len(nums) == 1 {
		return nums[0]
	}
	return nums
}

func (tcpOptionList) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	list, _ := v.(List)
	for _, m := range list {
		if b, ok := m.([]byte); ok {
			dst = append(dst, b...)
			continue
		}
		t, ok := m.(Tuple)
		if !ok || len(t) != 2 {
			return dst, fmt.Errorf("got %s, want (name, value)", describe(m))
		}
		name, _ := t[0].(string)
		o := tcpOptionByName[name]
		if o != nil && o.bare {
			dst = append(dst, o.kind)
			continue
		}
		kind, _ := t[0].(uint64)
		if o != nil {
			kind = uint64(o.kind)
		}
		at := len(dst)
		dst = append(dst, byte(kind), 0)
		switch v := t[1].(type) {
		case []byte:
			dst = append(dst, v...)
		case *Packet:
			var err error
			if dst, err = v.AppendTo(dst); err != nil {
				return dst, err
			}
		case uint64:
			dst = o.appendNum(dst, 0, v)
		case Tuple:
			for i, n := range v {
				u, _ := n.(uint64)
				dst = o.appendNum(dst, i, u)
			}
		}
		n := len(dst) - at
		if n > 255 {
			return dst, fmt.Errorf("option %v is %d bytes long, want at most 255", t[0], n)
		}
		dst[at+1] = byte(n)
	}
	return dst, nil
}

func (o *tcpOption) width(i int) int {
	if o == nil {
		return 1
	}
	if i < len(o.sizes) {
		return o.sizes[i]
	}
	return max(o.each, 1)
}

func (o *tcpOption) appendNum(dst []byte, i int, v uint64) []byte {
	for n := o.width(i) - 1; n >= 0; n-- {
		dst = append(dst, byte(v>>(8*n)))
	}
	return dst
}

// Parse checks each option; bytes are options as they are on the wire.
func (c tcpOptionList) Parse(l *Layer, v any) (any, error) {
	switch v := v.(type) {
	case []byte:
		return c.parseBytes(v), nil
	case string:
		return c.parseBytes([]byte(v)), nil
	case List:
		out := make(List, 0, len(v))
		for _, m := range v {
			o, err := c.parseOption(m)
			if unknown := (unknownOption{}); errors.As(err, &unknown) && Warn != nil {
				Warn(fmt.Sprintf("TCP.options: %v; it is left out", err))
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("TCP.options: %w", err)
			}
			out = append(out, o)
		}
		return out, nil
	case Tuple:
		return c.Parse(l, List{v})
	}
	return nil, fmt.Errorf("TCP.options: got %s, want a list such as [(\"MSS\", 1460), (\"NOP\", None)]", describe(v))
}

func (tcpOptionList) parseBytes(b []byte) any {
	if len(b) == 0 {
		return List{}
	}
	return List{b}
}

func (tcpOptionList) parseOption(m any) (any, error) {
	if b, ok := m.([]byte); ok {
		return b, nil
	}
	t, ok := m.(Tuple)
	if list, isList := m.(List); isList {
		t, ok = Tuple(list), true
	}
	if !ok || len(t) != 2 {
		return nil, fmt.Errorf("got %s, want (name, value) such as (\"MSS\", 1460)", describe(m))
	}
	var o *tcpOption
	switch k := t[0].(type) {
	case string:
		if o = tcpOptionByName[k]; o == nil {
			return nil, unknownOption{k}
		}
	default:
		n, ok := toUint(k)
		if !ok || n > 255 {
			return nil, fmt.Errorf("got the option %s, want a name or a number up to 255", describe(k))
		}
		if n < 2 {
			return Tuple{tcpOptionTable[n].name, nil}, nil
		}
		v, err := (*tcpOption)(nil).parseValue(t[1])
		return Tuple{n, v}, err
	}
	if o.bare {
		return Tuple{o.name, nil}, nil
	}
	v, err := o.parseValue(t[1])
	if err != nil {
		return nil, fmt.Errorf("option %s: %w", o.name, err)
	}
	if o.name == "MPTCP" {
		return Tuple{uint64(o.kind), v}, nil
	}
	return Tuple{o.name, v}, nil
}

// Warn, if it is set, is told of a TCP option of unknown name, which then is left
// out, as Scapy does. Without it such a name is an error.
var Warn func(text string)

type unknownOption struct{ name string }

func (e unknownOption) Error() string {
	return fmt.Sprintf("no option named %q%s", e.name, near.Hint(e.name, tcpOptionNames()))
}

// parseValue reads what the option holds: its numbers, or bytes in their place.
func (o *tcpOption) parseValue(v any) (any, error) {
	if b, ok := toBytes(v); ok {
		return b, nil
	}
	if v == nil {
		return []byte{}, nil
	}
	if p, ok := v.(*Packet); ok && o != nil && o.kind == tcpAO {
		return p, nil
	}
	list, isTuple := v.(Tuple)
	if l, ok := v.(List); ok {
		list, isTuple = Tuple(l), true
	}
	if !isTuple {
		list = Tuple{v}
	}
	if o == nil || o.each == 0 && len(o.sizes) == 0 {
		return nil, fmt.Errorf("got %s, want bytes", describe(v))
	}
	if o.each == 0 && len(list) != len(o.sizes) {
		return nil, fmt.Errorf("got %s, want %s", describe(v), o.want())
	}
	out := make(Tuple, len(list))
	for i, x := range list {
		n, ok := toUint(x)
		if !ok || n>>(8*o.width(i)) != 0 {
			return nil, fmt.Errorf("got %s, want %s", describe(x), o.want())
		}
		out[i] = n
	}
	if len(o.sizes) == 1 {
		return out[0], nil
	}
	return out, nil
}

func (o *tcpOption) want() string {
	if o.each > 0 {
		return fmt.Sprintf("numbers of %d bits", o.each*8)
	}
	var parts []string
	for _, n := range o.sizes {
		parts = append(parts, fmt.Sprintf("a number of %d bits", n*8))
	}
	return strings.Join(parts, " and ")
}

func tcpOptionNames() []string {
	var out []string
	for _, o := range tcpOptionTable {
		out = append(out, o.name)
	}
	return out
}

func tcpTables() family {
	return family{
		tables: []*Proto{TCP, TCPAOValue},
		link:   linkTCPOptions,
		bind: func() {
			mustBind(IP, TCP, "frag", 0, "proto", 6)
			mustBindNext(TCP, 6)
		},
	}
}
