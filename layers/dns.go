package layers

import (
	"bytes"
	"strings"
)

// Field positions in DNS; a count is four before its list.
const (
	dnsLength = iota
	dnsID
	dnsQR
	dnsOpcode
	dnsAA
	dnsTC
	dnsRD
	dnsRA
	dnsZ
	dnsAD
	dnsCD
	dnsRcode
	dnsQDCount
	dnsANCount
	dnsNSCount
	dnsARCount
	dnsQD
	dnsAN
	dnsNS
	dnsAR
)

// DNS is a message of the Domain Name System (RFC 1035 §4). Its four sections
// are lists of questions and records.
var DNS = &Proto{Name: "DNS", make: func() Table {
	return Table{
		Doc: "Domain Name System (RFC 1035)",
		Fields: []Field{
			{Name: "length", Bits: 16, When: func(l *Layer) bool { return l.below == TCP }, // RFC 1035 §4.2.2
				Len: headerLess(2)},
			{Name: "id", Bits: 16},
			{Name: "qr", Bits: 1},
			{Name: "opcode", Bits: 4, Enum: DNSOpcodes},
			{Name: "aa", Bits: 1},
			{Name: "tc", Bits: 1},
			{Name: "rd", Bits: 1, Default: 1},
			{Name: "ra", Bits: 1},
			{Name: "z", Bits: 1},
			{Name: "ad", Bits: 1}, // RFC 4035 §3.2.3
			{Name: "cd", Bits: 1}, // RFC 4035 §3.2.2
			{Name: "rcode", Bits: 4, Enum: DNSRcodes},
			{Name: "qdcount", Bits: 16, Type: "DNSRRCountField", Auto: countOf(dnsQD)},
			{Name: "ancount", Bits: 16, Type: "DNSRRCountField", Auto: countOf(dnsAN)},
			{Name: "nscount", Bits: 16, Type: "DNSRRCountField", Auto: countOf(dnsNS)},
			{Name: "arcount", Bits: 16, Type: "DNSRRCountField", Auto: countOf(dnsAR)},
			dnsSectionField("qd", dnsQDCount, one(DNSQR)),
			dnsSectionField("an", dnsANCount),
			dnsSectionField("ns", dnsNSCount),
			dnsSectionField("ar", dnsARCount),
		},
		NeedFields: dnsQD,
		Summary:    summarizeDNS,
		Answers: func(at, to At) bool {
			return to.Proto() == at.Proto() && at.Uint(dnsID) == to.Uint(dnsID) &&
				at.Uint(dnsQR) == 1 && to.Uint(dnsQR) == 0
		},
		Key: func(dst []byte, at At, loose bool) []byte { return appendUint16(dst, at.Uint(dnsID)) },
	}
}}

// DNSOpcodes and DNSRcodes name what is asked and how it went (the IANA
// registry "Domain Name System Parameters").
var (
	DNSOpcodes = &Enum{List: Named{{0, "QUERY"}, {1, "IQUERY"}, {2, "STATUS"}}}
	DNSRcodes  = &Enum{List: Named{
		{0, "ok"},
		{1, "format-error"},
		{2, "server-failure"},
		{3, "name-error"},
		{4, "not-implemented"},
		{5, "refused"},
	}}
)

// summarizeDNS tells the first name asked for, or the first answer.
func summarizeDNS(at At) (string, []*Proto) {
	section, proto, field := dnsQD, DNSQR, 0
	s := "DNS Qry"
	if at.Uint(dnsQR) == 1 {
		section, proto, field = dnsAN, DNSRR, dnsRData
		s = "DNS Ans"
	}
	if list, _ := at.Value(section).(List); len(list) > 0 {
		if p, ok := list[0].(*Packet); ok && p.At(0).Proto() == proto && p.At(0).Layer().Exists(field) {
			return s + " " + FieldText(p.At(0), field), nil
		}
	} else if at.Uint(dnsQR) == 1 && at.Uint(dnsRcode) != 0 {
		s += " " + FieldText(at, dnsRcode)
	}
	return s, nil
}

// dnsSection is one of the lists of a message; count is the position of the
// number of its members.
type dnsSection struct {
	count     int
	questions bool
}

// dnsSectionField is the field of a section, that of the questions being "qd".
func dnsSectionField(name string, count int, members ...any) Field {
	section := dnsSection{count, name == "qd"}
	return Field{Name: name, Kind: Var, Type: "_DNSPacketListField", DefaultValue: append(List{}, members...),
		Codec: section, Size: section.size}
}

// size measures as many records as the count says, as far as they are whole.
func (s dnsSection) size(l *Layer, rest []byte) int {
	n := 0
	for i := l.Uint(s.count); i > 0; i-- {
		size := dnsRecordSize(rest[n:], s.questions)
		if size < 0 {
			break
		}
		n += size
	}
	return n
}

// dnsRecordSize is the length of the question or record at the start of b, -1
// if it is not whole.
func dnsRecordSize(b []byte, question bool) int {
	n := nameSize(b)
	if n < 0 {
		return -1
	}
	if question {
		n += 4
	} else {
		if len(b) < n+10 {
			return -1
		}
		n += 10 + int(getBits(b, (n+8)*8, 16))
	}
	if n > len(b) {
		return -1
	}
	return n
}

// Check refuses a message whose first record is not one: bytes on a DNS port that
// are no DNS, or over TCP a part of a message. Names are then read from the message
// itself, behind the length that TCP has.
func (s dnsSection) Check(l *Layer, b []byte) error {
	if !s.questions {
		return nil
	}
	if len(b) == 0 && l.Uint(s.count) > 0 {
		return errNoRecord
	}
	if l.proto == DNS && l.Exists(dnsLength) {
		if n := l.Uint(dnsLength); n < dnsMinLen || n > uint64(len(l.src)-2) {
			return errDNSLength
		}
		l.src = l.src[2:]
	}
	return nil
}

func (s dnsSection) Decode(l *Layer, b []byte) any { return s.decode(l, b, false) }

// exact has names that were compressed, or are none, as their bytes.
func (s dnsSection) exact(l *Layer, b []byte) any { return s.decode(l, b, true) }

func (s dnsSection) decode(l *Layer, b []byte, exact bool) List {
	out := List{}
	for len(b) > 0 {
		n := dnsRecordSize(b, s.questions)
		if n < 0 {
			break
		}
		proto := DNSQR
		if !s.questions {
			proto = dnsRecordProto(b)
		}
		out = append(out, s.record(l, proto, b[:n:n], exact))
		b = b[n:]
	}
	return out
}

// record reads one member. Its names are written out in full, since they may
// point anywhere in the message, and its length is computed anew for them. One
// that is cut short stays as it is: with a root label written behind it, what
// took in the end of the record would take in the label when read again.
func (s dnsSection) record(l *Layer, proto *Proto, b []byte, exact bool) *Packet {
	m, n, err := decodeLayer(proto, b)
	if err != nil || n != len(b) && proto != DNSRR {
		if m, n, err = decodeLayer(DNSRR, b); err != nil || n != len(b) {
			return bytesRead(b)
		}
		proto = DNSRR
	}
	m.src = l.src
	for i := range proto.Fields {
		f := m.form(i)
		if _, ok := f.Codec.(dnsName); ok && m.Exists(i) {
			k := &m.slots[proto.Fields[i].slot]
			if nameSize(k.raw) != len(k.raw) {
				continue
			}
			raw := k.raw
			k.v, k.raw = f.Codec.Decode(m, k.raw), nil
			if exact && !bytes.Equal(m.padded(f, k.v), raw) {
				m.odd = append(m.odd, odd{i, RawVal(raw)})
			}
		}
	}
	if i := proto.Index("rdlen"); i >= 0 {
		m.Unset(i)
	}
	p := NewPacket(m)
	p.data = b
	return p
}

func (s dnsSection) Encode(l *Layer, dst []byte, v any) ([]byte, error) {
	list, _ := v.(List)
	return appendMembers(dst, list)
}

func (s dnsSection) Parse(l *Layer, v any) (any, error) {
	if v == nil {
		return List{}, nil
	}
	if b, ok := v.([]byte); ok && len(b) > 0 {
		return List{bytesRead(b)}, nil
	}
	return packetList{next: func(*Layer, []byte) *Proto { return nil }}.Parse(l, v)
}

// nameSize is how many bytes a name takes where it stands: up to its root label
// or the pointer that ends it (RFC 1035 §4.1.4). -1 if it is not whole.
func nameSize(b []byte) int {
	for i := 0; i < len(b); {
		switch n := int(b[i]); {
		case n == 0:
			return i + 1
		case n >= 0xc0:
			if i+2 > len(b) {
				return -1
			}
			return i + 2
		case n > maxLabel:
			return -1
		default:
			i += 1 + n
		}
	}
	return -1
}

// maxName bounds the text of a name that is read: a name has at most 255 bytes
// (RFC 1035 §2.3.4), but more may come.
const maxName = 1024

// readName follows a name through the message that it stands in. A pointer must
// lead back from where it stands, so that no two lead to each other.
func readName(b, msg []byte) []byte {
	var out []byte
	limit := len(msg)
	for len(b) > 0 && len(out) < maxName {
		n := int(b[0])
		switch {
		case n == 0:
			return orRoot(out)
		case n >= 0xc0 && len(b) > 1:
			to := (n&0x3f)<<8 | int(b[1])
			if to >= limit {
				return orRoot(out)
			}
			limit, b = to, msg[to:]
		case n > maxLabel || n >= len(b):
			return orRoot(out)
		default:
			out = append(append(out, b[1:1+n]...), '.')
			b = b[1+n:]
		}
	}
	return orRoot(out)
}

func orRoot(name []byte) []byte {
	if len(name) == 0 {
		return []byte(".")
	}
	return name
}

// dnsName is a domain name: dotted text, in full.
type dnsName struct{}

func (dnsName) Decode(l *Layer, b []byte) any { return readName(b, l.src) }

func (dnsName) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	b, _ := toBytes(v)
	return appendName(dst, string(b))
}

func (dnsName) Parse(l *Layer, v any) (any, error) {
	b, ok := toBytes(v)
	if !ok {
		return nil, &ValueError{l.proto.Name, "name", "got " + describe(v) + ", want a domain name"}
	}
	if _, err := appendName(nil, string(b)); err != nil {
		return nil, err
	}
	if len(b) > 0 && !strings.HasSuffix(string(b), ".") {
		b = append(b[:len(b):len(b)], '.')
	}
	return b, nil
}

// nameField is a field that holds a domain name.
func nameField(name, def string) Field {
	return Field{Name: name, Kind: Var, Type: "DNSStrField", Codec: dnsName{}, DefaultValue: []byte(def),
		Size: func(l *Layer, rest []byte) int {
			if n := nameSize(rest); n >= 0 {
				return n
			}
			return len(rest)
		}}
}

func dnsTables() family {
	return family{
		tables: []*Proto{
			DNS, DNSQR, DNSRR, DNSRRHINFO, DNSRRMX, DNSRRSRV, DNSRRNAPTR, DNSRRSVCB, DNSRRHTTPS, SvcParam, DNSRRDS, DNSRRDLV, DNSRRRSIG, DNSRRNSEC, DNSRRDNSKEY, DNSRRNSEC3,
			DNSRRNSEC3PARAM, DNSRRTSIG, DNSRRSOA, DNSRROPT, EDNS0TLV, EDNS0DAU, EDNS0DHU, EDNS0N3U, EDNS0ClientSubnet, EDNS0COOKIE,
			EDNS0ExtendedDNSError,
		},
		link: linkDNS,
		bind: func() {
			mustBindPorts(UDP, DNS, 53, 5353)
			mustBindPorts(TCP, DNS, 53)
			mustBindDown(UDP, DNS, "sport", 53)
			mustBindDown(TCP, DNS, "sport", 53)
		},
	}
}
