package layers

import (
	"errors"
	"fmt"
	"net/netip"
)

// The simple network management protocol (RFC 1157, RFC 3416), versions 1 and 2c.

var (
	snmpErrors = &Enum{text: `0 no_error
1 too_big
2 no_such_name
3 bad_value
4 read_only
5 generic_error
6 no_access
7 wrong_type
8 wrong_length
9 wrong_encoding
10 wrong_value
11 no_creation
12 inconsistent_value
13 resource_unavailable
14 commit_failed
15 undo_failed
16 authorization_error
17 not_writable
18 inconsistent_name
`}
	snmpTraps = &Enum{text: `0 cold_start
1 warm_start
2 link_down
3 link_up
4 auth_failure
5 egp_neigh_loss
6 enterprise_specific
`}
	snmpVersions = &Enum{text: "0 v1\n1 v2c\n2 v2\n3 v3\n"}
)

// SNMPvarbind is a variable and its value (RFC 3416 §3).
var SNMPvarbind = &Proto{Name: "SNMPvarbind", make: func() Table {
	return berProto("", "SNMP variable and its value", berSequence, false,
		Field{Name: "oid", Kind: Var, Type: "ASN1F_OID", Codec: onlyASN1(ASN1_OID), DefaultValue: one(ASN1_OID), Text: asn1PacketText},
		Field{Name: "value", Kind: Var, Type: "ASN1F_field", Codec: anyASN1(), DefaultValue: one(ASN1_NULL), Text: asn1PacketText})
}}

var snmpVarbinds = Field{Name: "varbindlist", Kind: Var, Type: "ASN1F_SEQUENCE_OF", DefaultValue: List{},
	Codec: berList{packetList{next: func(*Layer, []byte) *Proto { return SNMPvarbind }, size: func(_ *Layer, b []byte) int {
		_, n, _ := berSplit(b)
		return n
	}}}}

func snmpInt(name string) Field { return berField(name, "ASN1F_INTEGER", berInt, uint64(0)) }

func snmpEnum(name string, enum *Enum) Field {
	return berField(name, "ASN1F_enum_INTEGER", berInt.named(enum), uint64(0))
}

// snmpPDU makes the table of a PDU (RFC 3416 §3).
func snmpPDU(what string, tag byte) Table {
	return berProto("", "SNMP "+what, tag, false,
		snmpInt("id"), snmpEnum("error", snmpErrors), snmpInt("error_index"), snmpVarbinds)
}

// The PDUs.
var (
	SNMPget      = &Proto{Name: "SNMPget", make: func() Table { return snmpPDU("request for values", 0xa0) }}
	SNMPnext     = &Proto{Name: "SNMPnext", make: func() Table { return snmpPDU("request for the next values", 0xa1) }}
	SNMPresponse = &Proto{Name: "SNMPresponse", make: func() Table { return snmpPDU("response", 0xa2) }}
	SNMPset      = &Proto{Name: "SNMPset", make: func() Table { return snmpPDU("request to set values", 0xa3) }}
	SNMPtrapv1   = &Proto{Name: "SNMPtrapv1", make: func() Table {
		return berProto("", "SNMP trap of version 1", 0xa4, false,
			Field{Name: "enterprise", Kind: Var, Type: "ASN1F_OID", Codec: onlyASN1(ASN1_OID), DefaultValue: one(ASN1_OID), Text: asn1PacketText},
			berField("agent_addr", "ASN1F_IPADDRESS", berIP, netip.IPv4Unspecified()),
			snmpEnum("generic_trap", snmpTraps),
			snmpInt("specific_trap"),
			berField("time_stamp", "ASN1F_TIME_TICKS", berInt.tagged(berTicks), uint64(0)),
			snmpVarbinds)
	}}
	SNMPbulk = &Proto{Name: "SNMPbulk", make: func() Table {
		return berProto("", "SNMP request for many values", 0xa5, false,
			snmpInt("id"), snmpInt("non_repeaters"), snmpInt("max_repetitions"), snmpVarbinds)
	}}
	SNMPinform = &Proto{Name: "SNMPinform", make: func() Table { return snmpPDU("trap that is acknowledged", 0xa6) }}
	SNMPtrapv2 = &Proto{Name: "SNMPtrapv2", make: func() Table { return snmpPDU("trap of version 2", 0xa7) }}
)

const (
	snmpCommunity = berFirst + 1
	snmpPDUField  = berFirst + 2
)

// SNMP is a message of versions 1 and 2c (RFC 1157 §4, RFC 1901 §3).
var SNMP = &Proto{Name: "SNMP", make: snmpMessage}

func snmpMessage() Table {
	pdus := []*Proto{SNMPget, SNMPnext, SNMPresponse, SNMPset, SNMPtrapv1, SNMPbulk, SNMPinform, SNMPtrapv2}
	p := berProto("", "simple network management protocol, versions 1 and 2c (RFC 1157, RFC 3416)", berSequence, false,
		berField("version", "ASN1F_enum_INTEGER", berInt.named(snmpVersions), uint64(1)),
		berField("community", "ASN1F_STRING", berBytes, []byte("public")),
		Field{Name: "PDU", Kind: Var, Type: "ASN1F_CHOICE", DefaultValue: one(SNMPget), Codec: onePacket{func(_ *Layer, b []byte) *Proto {
			if i := int(b[0]) - 0xa0; i >= 0 && i < len(pdus) {
				return pdus[i]
			}
			return ASN1_Object
		}}})
	read := p.Read
	p.Read = func(l *Layer, b []byte) (int, error) {
		n, err := read(l, b)
		if raw := l.slots[l.proto.Fields[snmpCommunity].slot].raw; err == nil && (len(raw) == 0 || raw[0] != berString) {
			return 0, errors.New("no community: not a message of SNMP version 1 or 2c")
		}
		return n, err
	}
	p.Answers = func(at, to At) bool {
		a, ok := snmpPDUOf(at)
		b, ok2 := snmpPDUOf(to)
		if !ok || !ok2 || a.Proto() != SNMPresponse {
			return false
		}
		switch b.Proto() {
		case SNMPget, SNMPnext, SNMPset, SNMPbulk, SNMPinform:
			return equalValue(First(a.Value(berFirst)), First(b.Value(berFirst)))
		}
		return false
	}
	p.Key = func(dst []byte, at At, _ bool) []byte {
		if pdu, ok := snmpPDUOf(at); ok {
			dst = append(dst, fmt.Sprint(First(pdu.Value(berFirst)))...)
		}
		return dst
	}
	return p
}

// snmpPDUOf is the PDU of a message, ok=false if it is none that has an id.
func snmpPDUOf(at At) (pdu At, ok bool) {
	if p := at.Proto(); p != nil && p.Name == "SNMP" {
		if p, ok := at.Value(snmpPDUField).(*Packet); ok && p.Len() > 0 && p.At(0).Proto().Index("id") == berFirst {
			return p.At(0), true
		}
	}
	return At{}, false
}

// berList is the codec of a sequence of packets with its tag and length.
type berList struct{ packetList }

func (c berList) Decode(l *Layer, b []byte) any {
	if content, size, ok := berSplit(b); ok && size == len(b) && b[0] == berSequence {
		return c.packetList.Decode(l, content)
	}
	return RawVal(b)
}

func (c berList) Encode(l *Layer, dst []byte, v any) ([]byte, error) {
	if r, ok := v.(RawVal); ok {
		return append(dst, r...), nil
	}
	content, err := c.packetList.Encode(l, nil, v)
	return append(appendBERLen(append(dst, berSequence), uint64(len(content))), content...), err
}

func (c berList) Parse(l *Layer, v any) (any, error) {
	if r, ok := v.(RawVal); ok {
		return r, nil
	}
	return c.packetList.Parse(l, v)
}

func bindSNMP() {
	mustBindPorts(UDP, SNMP, 161, 162)
	mustBindDown(UDP, SNMP, "sport", 161, "dport", 161)
}

func snmpTables() family {
	return family{
		tables: []*Proto{SNMPvarbind, SNMPget, SNMPnext, SNMPresponse, SNMPset, SNMPtrapv1, SNMPbulk, SNMPinform, SNMPtrapv2, SNMP},
		bind:   bindSNMP,
	}
}
