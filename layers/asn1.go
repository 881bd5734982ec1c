package layers

import (
	"bytes"
	"fmt"
	"net/netip"
)

// berTag and berLen are the positions of an element's tag and length in every
// table that berProto makes; its fields come behind.
const (
	berTag = iota
	berLen
	berFirst
)

// berProto makes the table of an element: its tag and length, then fields, each
// of which holds an element of its own unless only is set, when the one field is
// the content itself.
func berProto(title, doc string, tag byte, only bool, fields ...Field) Table {
	return Table{
		Title: title, Doc: doc + " (ITU-T X.690)",
		Fields: append([]Field{
			{Name: "tag", Kind: Hex, Bits: 8, Default: uint64(tag), Tacit: berTagTacit},
			{Name: "len", Kind: Var, Type: "BERLengthField", Codec: berLength{}, Tacit: berLenTacit},
		}, fields...),
		Read: func(l *Layer, b []byte) (int, error) {
			content, size, ok := berSplit(b)
			if !ok {
				return 0, ErrTruncated
			}
			head := size - len(content)
			l.SetUint(berTag, uint64(b[0]))
			l.take(berLen, b[1:head:head])
			for i := berFirst; i < len(fields)+berFirst; i++ {
				n := len(content)
				if i < len(fields)+berFirst-1 && !only {
					_, k, ok := berSplit(content)
					if !ok {
						return 0, ErrTruncated
					}
					n = k
				}
				l.take(i, content[:n:n])
				content = content[n:]
			}
			return size, nil
		},
		Write: func(b *Build) ([]byte, error) {
			l := b.Layer()
			body := Build{P: b.P, I: b.I}
			for i := berFirst; i < len(l.proto.Fields); i++ {
				if _, err := l.encodeVar(&body, i, &l.proto.Fields[i]); err != nil {
					return nil, err
				}
			}
			tag, _ := toUint(First(b.At().Value(berTag)))
			head := Build{P: b.P, I: b.I, Out: append(b.Out, byte(tag))}
			if !l.IsSet(berLen) {
				head.Out = appendBERLen(head.Out, uint64(len(body.Out)))
			} else if _, err := l.encodeVar(&head, berLen, &l.proto.Fields[berLen]); err != nil {
				return nil, err
			}
			return append(head.Out, body.Out...), nil
		},
	}
}

// berTagTacit tells the tag that the table has.
func berTagTacit(l *Layer) bool {
	_, odd := l.oddValue(berTag)
	return !odd && l.Uint(berTag) == l.proto.Fields[berTag].Default
}

// berLenTacit tells a length that is the content's, in as few bytes as it takes.
func berLenTacit(l *Layer) bool {
	if !l.IsSet(berLen) {
		return true
	}
	n := 0
	for i := berFirst; i < len(l.proto.Fields); i++ {
		n += len(l.wire(i))
	}
	return bytes.Equal(l.wire(berLen), appendBERLen(nil, uint64(n)))
}

// wire is what Var field i is on the wire by itself.
func (l *Layer) wire(i int) []byte {
	f := l.form(i)
	if raw := l.slots[l.proto.Fields[i].slot].raw; raw != nil {
		return raw
	}
	return l.padded(f, l.own(i))
}

// asn1Text is a value of the class as Scapy prints ASN.1: <ASN1_STRING[b'public']>, and
// numbers in hexadecimal in front.
func asn1Text(class string, v any) string {
	switch v := v.(type) {
	case uint64:
		if class != ASN1_NULL.Name {
			return fmt.Sprintf("%#x <%s[%d]>", v, class, v)
		}
	case int64:
		return fmt.Sprintf("-%#x <%s[%d]>", -uint64(v), class, v)
	case string: // an identifier
		return "<" + class + "[" + pyStr("."+v) + "]>"
	case netip.Addr:
		return "<" + class + "[" + pyStr(v.String()) + "]>"
	}
	return "<" + class + "[" + pyValue(v) + "]>"
}

// asn1PacketText is a field that holds a packet of one of the tables below.
func asn1PacketText(_ *Layer, v any) (string, bool) {
	p, ok := v.(*Packet)
	if !ok || p.Len() != 1 || p.At(0).Proto().Index("val") != berFirst {
		return "", false
	}
	return asn1Text(p.At(0).Proto().Name, p.At(0).Value(berFirst)), true
}

// asn1 makes the table of a value: its field is the content. A value in brackets
// behind the name gives it.
func asn1(what string, k berKind, value any) Table {
	p := berProto("", "ASN.1 "+what, k.tag, true,
		Field{Name: "val", Kind: Var, Type: "ASN1_Field", Codec: berContent{k}, DefaultValue: value})
	p.Arg = "val"
	return p
}

// The values that there are in SNMP (RFC 2578 §7.1), and any other by its tag.
var (
	ASN1_INTEGER    = &Proto{Name: "ASN1_INTEGER", make: func() Table { return asn1("integer", berInt, uint64(0)) }}
	ASN1_STRING     = &Proto{Name: "ASN1_STRING", make: func() Table { return asn1("octet string", berBytes, []byte{}) }}
	ASN1_NULL       = &Proto{Name: "ASN1_NULL", make: func() Table { return asn1("null", berNone, uint64(0)) }}
	ASN1_OID        = &Proto{Name: "ASN1_OID", make: func() Table { return asn1("object identifier", berObject, "1.3") }}
	ASN1_IPADDRESS  = &Proto{Name: "ASN1_IPADDRESS", make: func() Table { return asn1("address", berIP, netip.IPv4Unspecified()) }}
	ASN1_COUNTER32  = &Proto{Name: "ASN1_COUNTER32", make: func() Table { return asn1("counter of 32 bits", berInt.tagged(0x41), uint64(0)) }}
	ASN1_GAUGE32    = &Proto{Name: "ASN1_GAUGE32", make: func() Table { return asn1("gauge of 32 bits", berInt.tagged(0x42), uint64(0)) }}
	ASN1_TIME_TICKS = &Proto{Name: "ASN1_TIME_TICKS", make: func() Table { return asn1("time in hundredths of a second", berInt.tagged(berTicks), uint64(0)) }}
	ASN1_COUNTER64  = &Proto{Name: "ASN1_COUNTER64", make: func() Table { return asn1("counter of 64 bits", berInt.tagged(0x46), uint64(0)) }}
	ASN1_Object     = &Proto{Name: "ASN1_Object", make: func() Table { return asn1("value of any tag", berBytes.tagged(0), []byte{}) }}
)

// asn1Proto is the table of the value that b begins with.
func asn1Proto(_ *Layer, b []byte) *Proto {
	for _, p := range []*Proto{ASN1_INTEGER, ASN1_STRING, ASN1_NULL, ASN1_OID, ASN1_IPADDRESS, ASN1_COUNTER32, ASN1_GAUGE32,
		ASN1_TIME_TICKS, ASN1_COUNTER64} {
		if uint64(b[0]) == p.Use().Fields[berTag].Default {
			return p
		}
	}
	return ASN1_Object
}

// asn1Value is the codec of a value of any kind, or of one alone: a packet of one
// of the tables above. What a person gives as bytes, a number or an address becomes one.
type asn1Value struct {
	onePacket
	only *Proto
}

func anyASN1() asn1Value { return asn1Value{onePacket{asn1Proto}, nil} }

func onlyASN1(p *Proto) asn1Value {
	return asn1Value{onePacket{func(l *Layer, b []byte) *Proto {
		if asn1Proto(l, b) == p {
			return p
		}
		return ASN1_Object
	}}, p}
}

func (c asn1Value) Parse(l *Layer, v any) (any, error) {
	if p, ok := v.(*Packet); ok {
		return p, nil
	}
	if r, ok := v.(RawVal); ok {
		return []byte(r), nil
	}
	if b, ok := v.([]byte); ok && len(b) == 0 && c.only != nil {
		return b, nil // as Decode leaves what is not there
	}
	to := c.only
	if to == nil {
		switch v.(type) {
		case []byte, string:
			to = ASN1_STRING
		default:
			to = ASN1_INTEGER
		}
	}
	m := New(to)
	if err := m.Set(berFirst, v); err != nil {
		return nil, err
	}
	return NewPacket(m), nil
}

func asn1Tables() family {
	return family{
		tables: []*Proto{
			ASN1_INTEGER, ASN1_STRING, ASN1_NULL, ASN1_OID, ASN1_IPADDRESS, ASN1_COUNTER32, ASN1_GAUGE32, ASN1_TIME_TICKS,
			ASN1_COUNTER64, ASN1_Object,
		},
	}
}
