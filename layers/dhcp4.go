package layers

import (
	"fmt"
	"net/netip"
	"strings"

	"pktsh/internal/near"
)

// dhcpMagic begins the options of a DHCP message (RFC 2131 §3).
const dhcpMagic = "c\x82Sc"

// Field positions in BOOTP.
const (
	bootpOp      = 0
	bootpHtype   = 1
	bootpXID     = 4
	bootpOptions = 14
)

// BOOTP is the fixed part of BOOTP and DHCP messages (RFC 951, RFC 2131 §2). Its
// options are the vendor's bytes; with DHCP behind they are the magic cookie.
var BOOTP = &Proto{Name: "BOOTP", Table: Table{
	Doc: "bootstrap protocol, the header of DHCP (RFC 951, RFC 2131)",
	Fields: []Field{
		{Name: "op", Bits: 8, Default: 1, Enum: &Enum{List: Named{{1, "BOOTREQUEST"}, {2, "BOOTREPLY"}}}},
		{Name: "htype", Bits: 8, Enum: HardwareTypes, Default: 1},
		{Name: "hlen", Bits: 8, Default: 6},
		{Name: "hops", Bits: 8},
		{Name: "xid", Kind: Hex, Bits: 32},
		{Name: "secs", Bits: 16},
		{Name: "flags", Kind: Flag, Bits: 16, Flags: &FlagSet{Letters: "???????????????B"}},
		{Name: "ciaddr", Kind: Addr4, Bits: 32},
		{Name: "yiaddr", Kind: Addr4, Bits: 32},
		{Name: "siaddr", Kind: Addr4, Bits: 32},
		{Name: "giaddr", Kind: Addr4, Bits: 32},
		{Name: "chaddr", Kind: Fixed, Bits: 128, Type: "_BOOTP_chaddr", Text: bootpChaddrText},
		{Name: "sname", Kind: Fixed, Bits: 512},
		{Name: "file", Kind: Fixed, Bits: 1024},
		{Name: "options", Kind: Var, Type: "StrEnumField", Derive: bootpCookie, Text: bootpOptionsText,
			Size: func(l *Layer, rest []byte) int {
				if strings.HasPrefix(string(rest), dhcpMagic) {
					return len(dhcpMagic)
				}
				return len(rest)
			}},
	},
	Next: func(at At, payload []byte) *Proto { return DHCP },
	Answers: func(at, to At) bool {
		return to.Proto() == at.Proto() && at.Uint(bootpXID) == to.Uint(bootpXID)
	},
	Key: func(dst []byte, at At, loose bool) []byte { return appendUint32(dst, at.Uint(bootpXID)) },
}}

// bootpChaddrText shows an Ethernet address and what stands behind it.
func bootpChaddrText(l *Layer, v any) (string, bool) {
	b, ok := v.([]byte)
	if !ok || len(b) < 6 || l.Uint(bootpHtype) != 1 {
		return "", false
	}
	if !l.IsSet(l.proto.Index("chaddr")) {
		return " (pad: b'')", true
	}
	if pad := b[6:]; len(trimZeros(pad)) > 0 {
		return fmt.Sprintf("%s (pad: %s)", MAC(b), pyBytes(pad)), true
	}
	return fmt.Sprintf("%s (+ 10 nul pad)", MAC(b)), true
}

func bootpOptionsText(l *Layer, v any) (string, bool) {
	b, _ := v.([]byte)
	return pyBytes(b) + " (DHCP magic)", string(b) == dhcpMagic
}

func bootpCookie(at At) (any, bool) {
	if up := at.Above().Layer(); up != nil && up.proto.Name == "DHCP" {
		return []byte(dhcpMagic), true
	}
	return nil, false
}

// DHCP is the options of a DHCP message (RFC 2132).
var DHCP = &Proto{Name: "DHCP", Table: Table{
	Title: "DHCP options",
	Doc:   "DHCP options (RFC 2131, RFC 2132)",
	Fields: []Field{
		{Name: "options", Kind: Var, Type: "DHCPOptionsField", Codec: dhcpOptionList{}, Text: dhcpOptionsText},
	},
	Summary: func(at At) (string, []*Proto) {
		list, _ := at.Value(0).(List)
		for _, m := range list {
			t, ok := m.(Tuple)
			if !ok || len(t) < 2 || t[0] != "message-type" {
				continue
			}
			n, _ := t[1].(uint64) // a name that was set by hand is not told
			name, _ := DHCPTypes.Name(n)
			if name != "" {
				name = strings.ToUpper(name[:1]) + name[1:]
			}
			return "DHCP " + name, nil
		}
		return "", nil
	},
}}

// DHCPTypes names message types (RFC 2132 §9.6, RFC 3203, RFC 4388).
var DHCPTypes = &Enum{List: Named{
	{1, "discover"},
	{2, "offer"},
	{3, "request"},
	{4, "decline"},
	{5, "ack"},
	{6, "nak"},
	{7, "release"},
	{8, "inform"},
	{9, "force_renew"},
	{10, "lease_query"},
	{11, "lease_unassigned"},
	{12, "lease_unknown"},
	{13, "lease_active"},
}}

type dhcpOption struct {
	code byte
	name string
	kind dhcpKind
}

var (
	dhcpByCode [256]*dhcpOption
	dhcpByName = map[string]*dhcpOption{}
)

func linkDHCPOptions() {
	for i := range dhcpOptionTable {
		o := &dhcpOptionTable[i]
		dhcpByCode[o.code], dhcpByName[o.name] = o, o
	}
	dhcpByName["captive-portal"] = dhcpByCode[114] // its name since RFC 8910
}

// dhcpOptionList is DHCP.options: a list of (name or number, value …) and of
// "end" and "pad", which stand alone.
type dhcpOptionList struct{}

func (dhcpOptionList) Decode(_ *Layer, b []byte) any {
	out := List{}
	for len(b) > 0 {
		switch b[0] {
		case 0:
			out = append(out, "pad")
			b = b[1:]
			continue
		case 255:
			out = append(out, "end")
			b = b[1:]
			continue
		}
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			return append(out, b) // cut off: bytes that stand for themselves
		}
		n := 2 + int(b[1])
		data := b[2:n:n]
		o := dhcpByCode[b[0]]
		if o == nil {
			out = append(out, Tuple{uint64(b[0]), data})
		} else {
			out = append(out, append(Tuple{o.name}, o.decode(data)...))
		}
		b = b[n:]
	}
	return out
}

// dhcpOptionsText shows options as [message-type=discover router=1.1.1.1 end].
func dhcpOptionsText(_ *Layer, v any) (string, bool) {
	list, ok := v.(List)
	if !ok {
		return "", false
	}
	parts := make([]string, len(list))
	for i, m := range list {
		switch m := m.(type) {
		case string:
			parts[i] = m
		case Tuple:
			values := make([]string, 0, len(m))
			for _, v := range m[1:] {
				values = append(values, dhcpValueText(m[0], v))
			}
			parts[i] = rawText(m[0]) + "=" + strings.Join(values, ",")
		default:
			parts[i] = pyValue(m)
		}
	}
	return "[" + strings.Join(parts, " ") + "]", true
}

func dhcpValueText(option, v any) string {
	switch v := v.(type) {
	case netip.Addr:
		return v.String()
	case uint64:
		if _, o := dhcpCode(option); o != nil && o.kind == dhcpType {
			if name, ok := DHCPTypes.Name(v); ok {
				return name
			}
		}
	}
	return pyValue(v)
}

// width is how many bytes each number of the option has, 0 if it holds none.
func (o *dhcpOption) width() int {
	switch o.kind {
	case dhcpByte, dhcpType:
		return 1
	case dhcpShort:
		return 2
	case dhcpInt, dhcpAddrs:
		return 4
	}
	return 0
}

func (o *dhcpOption) decode(b []byte) Tuple {
	w := o.width()
	switch {
	case o.kind == dhcpList:
		list := List{}
		for _, c := range b {
			list = append(list, uint64(c))
		}
		return Tuple{list}
	case w == 0 || len(b) == 0 || len(b)%w != 0:
		return Tuple{b}
	}
	var out Tuple
	for ; len(b) > 0; b = b[w:] {
		if o.kind == dhcpAddrs {
			out = append(out, netip.AddrFrom4([4]byte(b)))
		} else {
			out = append(out, getBits(b, 0, w*8))
		}
	}
	return out
}

func (dhcpOptionList) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	list, _ := v.(List)
	for _, m := range list {
		switch m := m.(type) {
		case string:
			if m == "pad" {
				dst = append(dst, 0)
			} else {
				dst = append(dst, 255)
			}
		case []byte:
			dst = append(dst, m...)
		case Tuple:
			at := len(dst)
			code, o := dhcpCode(m[0])
			dst = append(dst, code, 0)
			for _, v := range m[1:] {
				dst = o.append(dst, v)
			}
			n := len(dst) - at - 2
			if n > 255 {
				return dst, fmt.Errorf("option %v has %d bytes, want at most 255", m[0], n)
			}
			dst[at+1] = byte(n)
		}
	}
	return dst, nil
}

// dhcpCode is the number of an option, and its row if there is one.
func dhcpCode(v any) (byte, *dhcpOption) {
	if name, ok := v.(string); ok {
		if o := dhcpByName[name]; o != nil {
			return o.code, o
		}
	}
	n, _ := v.(uint64)
	return byte(n), nil
}

// append writes one value, which was checked when it was set.
func (o *dhcpOption) append(dst []byte, v any) []byte {
	switch v := v.(type) {
	case netip.Addr:
		return append(dst, v.AsSlice()...)
	case List:
		for _, n := range v {
			u, _ := n.(uint64)
			dst = append(dst, byte(u))
		}
		return dst
	case []byte:
		return append(dst, v...)
	case string: // the name of a message type
		n, _ := DHCPTypes.Value(v)
		return append(dst, byte(n))
	case uint64:
		w := 1
		if o != nil {
			w = max(o.width(), 1)
		}
		for i := w - 1; i >= 0; i-- {
			dst = append(dst, byte(v>>(8*i)))
		}
	}
	return dst
}

func (c dhcpOptionList) Parse(l *Layer, v any) (any, error) {
	if b, ok := v.([]byte); ok {
		return c.Decode(l, b), nil
	}
	list, ok := v.(List)
	if !ok {
		return nil, fmt.Errorf("DHCP.options: got %s, want a list such as [(\"message-type\", \"discover\"), \"end\"]", describe(v))
	}
	out := make(List, len(list))
	for i, m := range list {
		var err error
		if out[i], err = parseDHCPOption(l, m); err != nil {
			return nil, fmt.Errorf("DHCP.options: %w", err)
		}
	}
	return out, nil
}

func parseDHCPOption(l *Layer, m any) (any, error) {
	switch m := m.(type) {
	case string:
		if m == "end" || m == "pad" {
			return m, nil
		}
	case []byte:
		return m, nil
	case Tuple:
		if len(m) < 2 {
			break
		}
		if name, ok := m[0].(string); ok && dhcpByName[name] == nil {
			var names []string
			for _, o := range dhcpOptionTable {
				names = append(names, o.name)
			}
			return nil, fmt.Errorf("no option named %q%s", name, near.Hint(name, names))
		} else if n, isNum := toUint(m[0]); !ok && (!isNum || n > 255) {
			return nil, fmt.Errorf("got the option %s, want a name or a number up to 255", describe(m[0]))
		} else if !ok {
			m = append(Tuple{n}, m[1:]...)
		}
		_, o := dhcpCode(m[0])
		out := Tuple{m[0]}
		for _, v := range m[1:] {
			v, err := o.parse(l, v)
			if err != nil {
				return nil, fmt.Errorf("option %v: %w", m[0], err)
			}
			out = append(out, v)
		}
		return out, nil
	}
	return nil, fmt.Errorf("got %s, want (name, value), \"end\" or \"pad\"", describe(m))
}

// parse checks one value of an option; o is nil for one given by number.
func (o *dhcpOption) parse(l *Layer, v any) (any, error) {
	if b, ok := v.([]byte); ok {
		return b, nil
	}
	if o == nil {
		o = &dhcpOption{}
	}
	switch text, isText := v.(string); o.kind {
	case dhcpAddrs:
		return (&Field{Name: "options", Kind: Addr4}).parse(l, v)
	case dhcpType:
		if isText {
			if _, ok := DHCPTypes.Value(text); !ok {
				return nil, fmt.Errorf("no message type %q%s", text, near.Hint(text, DHCPTypes.Names()))
			}
			return text, nil
		}
	case dhcpList:
		list, ok := v.(List)
		if !ok {
			return nil, fmt.Errorf("got %s, want a list of numbers", describe(v))
		}
		return uintList{1}.Parse(l, list)
	case dhcpBytes, dhcpRoutes:
		if isText {
			return []byte(text), nil
		}
	}
	n, ok := toUint(v)
	if w := max(o.width(), 1); !ok || n>>(8*w) != 0 {
		return nil, fmt.Errorf("got %s, want a number of %d bits", describe(v), 8*w)
	}
	return n, nil
}

func dhcpTables() family {
	return family{
		tables: []*Proto{BOOTP, DHCP},
		link:   linkDHCPOptions,
		bind: func() {
			mustBindUp(UDP, BOOTP, "sport", 68, "dport", 67)
			mustBindUp(UDP, BOOTP, "sport", 67, "dport", 68)
			mustBindUp(UDP, BOOTP, "sport", 67, "dport", 67)
			mustBindDown(UDP, BOOTP, "sport", 67, "dport", 68)
		},
	}
}
