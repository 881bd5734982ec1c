package layers

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// IPv6 node information queries (RFC 4620 §4): what a node is called, or which
// addresses it has.

// Field positions of the messages.
const (
	niCode  = 1
	niQtype = 3
	niNonce = 6
	niData  = 7
)

// Values of qtype (RFC 4620 §5).
const (
	niNoop = 0
	niName = 2
	niIPv6 = 3
	niIPv4 = 4
)

var (
	niQtypes = &Enum{text: "0 NOOP\n2 Node Name\n3 IPv6 Address\n4 IPv4 Address\n"}
	niFlags  = &FlagSet{Letters: "TACLSG"}
)

// nodeInfo makes the table of a message: typ, qtype and flags are its defaults.
func nodeInfo(title string, typ, qtype, flags uint64, code, data Field) Table {
	code.Name, code.Bits = "code", 8
	data.Name, data.Kind = "data", Var
	return Table{
		Title: "ICMPv6 Node Information " + title, Doc: "ICMPv6 node information: " + title + " (RFC 4620)",
		Fields: []Field{
			{Name: "type", Bits: 8, Enum: ICMPv6Types, Default: typ},
			code,
			{Name: "cksum", Kind: Hex, Bits: 16, Auto: zero},
			{Name: "qtype", Bits: 16, Enum: niQtypes, Default: qtype},
			{Name: "unused", Bits: 10},
			{Name: "flags", Kind: Flag, Bits: 6, Flags: niFlags, Default: flags},
			{Name: "nonce", Kind: Fixed, Bits: 64},
			data,
		},
		Sum: &Sum{Field: icmp6Cksum, Pseudo: 58},
		Key: func(dst []byte, at At, _ bool) []byte { return append(dst, niNonceOf(at)...) },
	}
}

func niNonceOf(at At) []byte {
	nonce, _ := First(at.Value(niNonce)).([]byte)
	return nonce
}

func niQuery(title string, qtype, flags uint64) Table {
	return nodeInfo("Query - "+title, 139, qtype, flags,
		Field{Enum: &Enum{text: "0 IPv6 Query\n1 Name Query\n2 IPv4 Query\n"}, Auto: niSubjectKind},
		Field{Type: "NIQueryDataField", Codec: niSubject{}, Text: niSubjectText})
}

// The queries (RFC 4620 §5, §6).
var (
	ICMPv6NIQueryNOOP = &Proto{Name: "ICMPv6NIQueryNOOP", make: func() Table { return niQuery("NOOP Query", niNoop, 0) }}
	ICMPv6NIQueryName = &Proto{Name: "ICMPv6NIQueryName", make: func() Table { return niQuery("IPv6 Name Query", niName, 0) }}
	ICMPv6NIQueryIPv6 = &Proto{Name: "ICMPv6NIQueryIPv6", make: func() Table { return niQuery("IPv6 Address Query", niIPv6, 0x3e) }}
	ICMPv6NIQueryIPv4 = &Proto{Name: "ICMPv6NIQueryIPv4", make: func() Table { return niQuery("IPv4 Address Query", niIPv4, 0) }}
)

func niReply(title string, code, qtype uint64) Table {
	p := nodeInfo("Reply - "+title, 140, qtype, 0,
		Field{Default: code, Enum: &Enum{text: "0 Successful Reply\n1 Response Refusal\n2 Unknown query type\n"}},
		Field{Type: "NIReplyDataField", Codec: niAnswer{}, Text: niAnswerText})
	p.Answers = func(at, to At) bool {
		return slices.Contains(niQueries, to.Proto()) && bytes.Equal(niNonceOf(at), niNonceOf(to))
	}
	return p
}

// The replies.
var (
	ICMPv6NIReplyNOOP    = &Proto{Name: "ICMPv6NIReplyNOOP", make: func() Table { return niReply("NOOP Reply", 0, niNoop) }}
	ICMPv6NIReplyName    = &Proto{Name: "ICMPv6NIReplyName", make: func() Table { return niReply("Node Names", 0, niName) }}
	ICMPv6NIReplyIPv6    = &Proto{Name: "ICMPv6NIReplyIPv6", make: func() Table { return niReply("IPv6 addresses", 0, niIPv6) }}
	ICMPv6NIReplyIPv4    = &Proto{Name: "ICMPv6NIReplyIPv4", make: func() Table { return niReply("IPv4 addresses", 0, niIPv4) }}
	ICMPv6NIReplyRefuse  = &Proto{Name: "ICMPv6NIReplyRefuse", make: func() Table { return niReply("Responder refuses to supply answer", 1, niNoop) }}
	ICMPv6NIReplyUnknown = &Proto{Name: "ICMPv6NIReplyUnknown", make: func() Table { return niReply("Qtype unknown to the responder", 2, niNoop) }}
)

var (
	niQueries = []*Proto{ICMPv6NIQueryNOOP, ICMPv6NIQueryName, ICMPv6NIQueryIPv6, ICMPv6NIQueryIPv4}
	niReplies = []*Proto{ICMPv6NIReplyNOOP, ICMPv6NIReplyName, ICMPv6NIReplyIPv6, ICMPv6NIReplyIPv4, ICMPv6NIReplyRefuse, ICMPv6NIReplyUnknown}
)

// nodeInfoProto is the table for a message of type 139 or 140.
func nodeInfoProto(b []byte) *Proto {
	if len(b) < 16 {
		return nil
	}
	switch reply, code := b[0] == 140, b[1]; {
	case reply && code == 1:
		return ICMPv6NIReplyRefuse
	case reply && code == 2:
		return ICMPv6NIReplyUnknown
	case reply && code != 0:
		return nil
	case reply:
		return niOf(niReplies, b, ICMPv6NIReplyNOOP)
	}
	return niOf(niQueries, b, nil)
}

// niOf is the one of list with the qtype of b.
func niOf(list []*Proto, b []byte, other *Proto) *Proto {
	for _, p := range list {
		if p.Use().Fields[niQtype].Default == getBits(b, 32, 16) {
			return p
		}
	}
	return other
}

// niSubject is what a query is about: an address or a name (RFC 4620 §5).
type niSubject struct{}

// niSubjectKind is the code that says which.
func niSubjectKind(b *Build) uint64 {
	if a, ok := First(b.At().Value(niData)).(netip.Addr); ok {
		if a.Is4() {
			return 2
		}
		return 0
	}
	return 1
}

func (niSubject) Decode(l *Layer, b []byte) any {
	switch code := l.Uint(niCode); {
	case l.Uint(niQtype) == niNoop:
		return RawVal(b)
	case code == 0 && len(b) == 16, code == 2 && len(b) == 4:
		a, _ := netip.AddrFromSlice(b)
		return a
	case code == 1:
		if names := niNames(b); len(names) == 1 && bytes.Equal(appendNINames(nil, names), b) {
			return names[0]
		}
	}
	return RawVal(b)
}

func (niSubject) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case netip.Addr:
		return append(dst, v.AsSlice()...), nil
	case RawVal:
		return append(dst, v...), nil
	case []byte:
		return appendNINames(dst, List{v}), nil
	}
	return dst, nil
}

// niSubjectText has names without quotes and without a dot at their end.
func niSubjectText(_ *Layer, v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case []byte:
		return strings.TrimSuffix(string(v), "."), true
	case netip.Addr:
		return pyStr(AddrText(v)), true
	}
	return "", false
}

// Parse takes an address, a name, or bytes as RawVal. Text is an address if it
// reads as one.
func (niSubject) Parse(_ *Layer, v any) (any, error) {
	switch v := v.(type) {
	case netip.Addr, RawVal:
		return v, nil
	case string:
		if a, err := netip.ParseAddr(v); err == nil && a.Zone() == "" {
			return a, nil
		}
		return parseNIName(v)
	}
	return parseNIName(v)
}

// niAnswer is what a reply says: [(ttl, address) ...], [ttl, name ...] or bytes,
// as its qtype says (RFC 4620 §6).
type niAnswer struct{}

func (niAnswer) empty() string { return "None" }

func (niAnswer) Decode(l *Layer, b []byte) any {
	out := List{}
	qtype := l.Uint(niQtype)
	switch size := map[uint64]int{niIPv6: 20, niIPv4: 8}[qtype]; {
	case l.Uint(niCode) != 0:
	case size > 0 && len(b)%size == 0:
		for ; len(b) > 0; b = b[size:] {
			a, _ := netip.AddrFromSlice(b[4:size])
			out = append(out, Tuple{getBits(b, 0, 32), a})
		}
		return out
	case qtype == niName && len(b) >= 4:
		names := niNames(b[4:])
		if bytes.Equal(appendNINames(nil, names), b[4:]) {
			return append(List{getBits(b, 0, 32)}, names...)
		}
	}
	return RawVal(b)
}

func (niAnswer) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case RawVal:
		return append(dst, v...), nil
	case List:
		for _, m := range v {
			switch m := m.(type) {
			case uint64:
				dst = appendUint32(dst, m)
			case []byte:
				dst = appendNINames(dst, List{m})
			case Tuple:
				ttl, _ := m[0].(uint64)
				a, _ := m[1].(netip.Addr)
				dst = append(appendUint32(dst, ttl), a.AsSlice()...)
			}
		}
	}
	return dst, nil
}

// niAnswerText is "ttl:60 host,host2", or "[ (60, ::1) ]".
func niAnswerText(l *Layer, v any) (string, bool) {
	list, ok := v.(List)
	if !ok || len(list) == 0 {
		return "", false
	}
	parts := make([]string, 0, len(list))
	for _, m := range list {
		switch m := m.(type) {
		case []byte:
			parts = append(parts, strings.TrimSuffix(string(m), "."))
		case Tuple:
			a, _ := m[1].(netip.Addr)
			parts = append(parts, fmt.Sprintf("(%v, %s)", m[0], AddrText(a)))
		}
	}
	if ttl, ok := list[0].(uint64); ok {
		return fmt.Sprintf("ttl:%d %s", ttl, strings.Join(parts, ",")), true
	}
	return "[ " + strings.Join(parts, ", ") + " ]", true
}

func (niAnswer) Parse(l *Layer, v any) (any, error) {
	list, ok := v.(List)
	if !ok {
		list = List{v}
	}
	qtype := l.Uint(niQtype)
	switch qtype {
	case niName:
		if r, ok := v.(RawVal); ok {
			return r, nil
		}
		ttl := uint64(0)
		if len(list) > 0 {
			if n, ok := toUint(list[0]); ok {
				ttl, list = n, list[1:]
			}
		}
		if ttl > 1<<32-1 {
			return nil, fmt.Errorf("got a time to live of %d, want 0..%d", ttl, uint32(1<<32-1))
		}
		out := List{ttl}
		for _, m := range list {
			name, err := parseNIName(m)
			if err != nil {
				return nil, err
			}
			out = append(out, name)
		}
		return out, nil
	case niIPv6, niIPv4:
		if r, ok := v.(RawVal); ok {
			return r, nil
		}
		return parseEach(v, func(m any) (any, error) { return parseNIAddr(m, qtype == niIPv4) })
	}
	b, ok := toBytes(v)
	if !ok {
		return nil, fmt.Errorf("got %s, want bytes, as the reply's qtype names nothing else", describe(v))
	}
	return RawVal(b), nil
}

// parseNIAddr reads (ttl, address) or an address alone.
func parseNIAddr(v any, want4 bool) (any, error) {
	ttl := any(uint64(0))
	if t, ok := v.(Tuple); ok && len(t) == 2 {
		ttl, v = t[0], t[1]
	}
	n, ok := toUint(ttl)
	a, isAddr := v.(netip.Addr)
	if s, isText := v.(string); isText {
		a, _ = netip.ParseAddr(s)
		isAddr = a.IsValid() && a.Zone() == ""
	}
	if !ok || n > 1<<32-1 || !isAddr || a.Is4() != want4 {
		family := "IPv6"
		if want4 {
			family = "IPv4"
		}
		return nil, fmt.Errorf("got %s, want an %s address or (ttl, address)", describe(v), family)
	}
	return Tuple{n, a}, nil
}

func parseNIName(v any) (any, error) {
	b, ok := toBytes(v)
	if !ok {
		return nil, fmt.Errorf("got %s, want an address or a name", describe(v))
	}
	for label := range strings.SplitSeq(string(b), ".") {
		if len(label) > maxLabel {
			return nil, fmt.Errorf("label %q of %q is %d bytes long, want at most %d", label, b, len(label), maxLabel)
		}
	}
	return b, nil
}

// niNames are names without compression one behind the other; a name of a single
// label ends with two zero bytes (RFC 4620 §6.3).
func niNames(b []byte) List {
	out := List{}
	for len(b) > 0 {
		var labels []string
		for len(b) > 0 && b[0] != 0 && b[0] <= maxLabel && int(b[0]) < len(b) {
			labels = append(labels, string(b[1:1+b[0]]))
			b = b[1+b[0]:]
		}
		if len(b) == 0 || b[0] != 0 {
			return nil // no name
		}
		b = b[1:]
		if len(labels) == 1 && len(b) > 0 && b[0] == 0 {
			b = b[1:]
		}
		out = append(out, []byte(strings.Join(labels, ".")))
	}
	return out
}

// appendNINames is the reverse; labels are known to fit.
func appendNINames(dst []byte, names List) []byte {
	for _, m := range names {
		name, _ := m.([]byte)
		dst, _ = appendName(dst, string(name))
		if len(name) > 0 && !bytes.Contains(name, []byte(".")) {
			dst = append(dst, 0)
		}
	}
	return dst
}
