package layers

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// The members of a DNS message's sections. Records whose data has a structure
// have a table each, the others are DNSRR.

var errNoRecord = errors.New("counts say there is a question, and there is none")

// errDNSLength refuses bytes over TCP that are no whole message, of which the header
// alone takes dnsMinLen (RFC 1035 §4.1.1): a part of one, or no DNS.
var errDNSLength = errors.New("the length in front is not that of a whole DNS message")

const dnsMinLen = 12

// DNSQR is a question (RFC 1035 §4.1.2). The top bit of the class asks for a
// unicast answer in multicast DNS (RFC 6762 §5.4).
var DNSQR = &Proto{Name: "DNSQR", make: func() Table {
	return Table{
		Title: "DNS Question Record",
		Flat:  true,
		Doc:   "DNS question (RFC 1035)",
		Fields: []Field{
			nameField("qname", "www.example.com."),
			{Name: "qtype", Bits: 16, Enum: DNSQueryTypes, Default: 1},
			{Name: "unicastresponse", Bits: 1},
			{Name: "qclass", Bits: 15, Enum: DNSClasses, Default: 1},
		},
	}
}}

// Field positions in records: all begin alike.
const (
	dnsRRName = iota
	dnsRRType
	dnsCacheFlush
	dnsRRClass
	dnsTTL
	dnsRDLen
	dnsRData
)

// dnsRR makes the table of a record: what all have in common (RFC 1035 §4.1.3;
// the top bit of the class flushes caches, RFC 6762 §10.2), then fields.
func dnsRR(title string, typ uint64, fields ...Field) Table {
	return Table{
		Title: title, Doc: title + " (RFC 1035 and successors)",
		Fields: slices.Concat([]Field{
			nameField("rrname", "."),
			{Name: "type", Bits: 16, Enum: DNSTypes, Default: typ},
			{Name: "cacheflush", Bits: 1},
			{Name: "rclass", Bits: 15, Enum: DNSClasses, Default: 1},
			{Name: "ttl", Bits: 32},
			{Name: "rdlen", Bits: 16, Type: "FieldLenField", Auto: dnsDataLen},
		}, fields),
	}
}

// dnsDataLen counts what follows the length itself.
func dnsDataLen(b *Build) uint64 {
	l := b.Layer()
	i := l.proto.Index("rdlen")
	return uint64(len(b.Header()) - b.Offset(i)/8 - 2)
}

// dnsRest makes the Size of the last field of a record: what rdlen leaves.
func dnsRest(l *Layer, rest []byte) int { return len(rest) }

// DNSRR is a record whose data is an address, a name, strings or just bytes.
var DNSRR = &Proto{Name: "DNSRR", make: func() Table {
	t := dnsRR("DNS Resource Record", 1,
		Field{Name: "rdata", Type: "MultipleTypeField", Form: dnsDataForm})
	t.Flat = true
	return t
}}

var (
	dnsData4    = &Field{Name: "rdata", Kind: Addr4, Bits: 32}
	dnsData6    = &Field{Name: "rdata", Kind: Addr6, Bits: 128}
	dnsDataName Field // set by linkDNS
	dnsDataText = &Field{Name: "rdata", Kind: Var, Codec: dnsStrings{}, DefaultValue: List{}, Size: dnsDataSize}
	dnsDataRaw  = &Field{Name: "rdata", Kind: Var, DefaultValue: []byte{}, Size: dnsDataSize}
)

func dnsDataSize(l *Layer, rest []byte) int { return int(l.Uint(dnsRDLen)) }

func linkDNS() {
	dnsDataName = nameField("rdata", ".")
	subnet4 = ednsRest(Field{Name: "address", Codec: subnetAddr{4}, DefaultValue: netip.MustParseAddr("192.168.0.0")}, 4)
	subnet6 = ednsRest(Field{Name: "address", Codec: subnetAddr{16}, DefaultValue: netip.MustParseAddr("2001:db8::")}, 4)
}

// dnsDataForm is what the data of a record of this type is. A length that does
// not fit the type makes it bytes.
func dnsDataForm(l *Layer) *Field {
	n := uint64(0)
	known := l.IsSet(dnsRDLen) && l.src != nil
	if known {
		n = l.Uint(dnsRDLen)
	}
	switch l.Uint(dnsRRType) {
	case 1:
		if !known || n == 4 {
			return dnsData4
		}
	case 28:
		if !known || n == 16 {
			return dnsData6
		}
	case 2, 3, 4, 5, 12, 39: // NS, MD, MF, CNAME, PTR, DNAME
		return &dnsDataName
	case 16, 99:
		return dnsDataText
	}
	return dnsDataRaw
}

// dnsStrings is the data of a TXT record: strings of up to 255 bytes each.
type dnsStrings struct{}

func (dnsStrings) Decode(_ *Layer, b []byte) any {
	out := List{}
	for len(b) > 0 {
		n := min(1+int(b[0]), len(b))
		out = append(out, b[1:n:n])
		b = b[n:]
	}
	return out
}

func (dnsStrings) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	list, _ := v.(List)
	for _, m := range list {
		b, _ := toBytes(m)
		for first := true; first || len(b) > 0; first = false {
			n := min(len(b), 255)
			dst = append(append(dst, byte(n)), b[:n]...)
			b = b[n:]
		}
	}
	return dst, nil
}

func (dnsStrings) Parse(_ *Layer, v any) (any, error) {
	return parseEach(v, func(m any) (any, error) {
		b, ok := toBytes(m)
		if !ok {
			return nil, fmt.Errorf("got %s, want text or a list of texts", describe(m))
		}
		return b, nil
	})
}

// Records with a structure of their own.
var (
	DNSRRMX = &Proto{Name: "DNSRRMX", make: func() Table {
		return dnsRR("DNS MX Resource Record", 15,
			Field{Name: "preference", Bits: 16}, nameField("exchange", "."))
	}}
	DNSRRSRV = &Proto{Name: "DNSRRSRV", make: func() Table {
		return dnsRR("DNS SRV Resource Record", 33, // RFC 2782
			Field{Name: "priority", Bits: 16}, Field{Name: "weight", Bits: 16}, Field{Name: "port", Bits: 16},
			nameField("target", "."))
	}}
	DNSRRDS  = &Proto{Name: "DNSRRDS", make: func() Table { return dnsRR("DNS DS Resource Record", 43, dsFields()...) }} // RFC 4034 §5
	DNSRRDLV = &Proto{Name: "DNSRRDLV", make: func() Table {
		t := dnsRR("DNS DLV Resource Record", 32769, dsFields()...) // RFC 4431
		t.Fields[1].Given = true
		return t
	}}
	DNSRRRSIG = &Proto{Name: "DNSRRRSIG", make: func() Table {
		return dnsRR("DNS RRSIG Resource Record", 46, // RFC 4034 §3
			Field{Name: "typecovered", Bits: 16, Enum: DNSTypes, Default: 1},
			dnssecAlgorithm(), Field{Name: "labels", Bits: 8},
			Field{Name: "originalttl", Bits: 32}, timeField("expiration", 0, 1),
			timeField("inception", 0, 1), Field{Name: "keytag", Bits: 16},
			nameField("signersname", "."), dnsBytes("signature"))
	}}
	DNSRRNSEC = &Proto{Name: "DNSRRNSEC", make: func() Table {
		return dnsRR("DNS NSEC Resource Record", 47, // RFC 4034 §4
			nameField("nextname", "."), dnsTypeBitmap())
	}}
	DNSRRDNSKEY = &Proto{Name: "DNSRRDNSKEY", make: func() Table {
		return dnsRR("DNS DNSKEY Resource Record", 48, // RFC 4034 §2
			Field{Name: "flags", Kind: Flag, Bits: 16, Default: 256, Flags: &FlagSet{Letters: "S???????Z???????"}},
			Field{Name: "protocol", Bits: 8, Default: 3}, dnssecAlgorithm(), dnsBytes("publickey"))
	}}
	DNSRRNSEC3 = &Proto{Name: "DNSRRNSEC3", make: func() Table {
		return dnsRR("DNS NSEC3 Resource Record", 50, rows( // RFC 5155 §3
			Field{Name: "hashalg", Bits: 8},
			Field{Name: "flags", Bits: 8, Type: "BitEnumField", Enum: &Enum{List: Named{{1, "Opt-Out"}}}},
			Field{Name: "iterations", Bits: 16},
			dnsTexts(dnsRData+3, "saltlength", "salt", "hashlength", "nexthashedownername"),
			dnsTypeBitmap())...)
	}}
	DNSRRNSEC3PARAM = &Proto{Name: "DNSRRNSEC3PARAM", make: func() Table {
		return dnsRR("DNS NSEC3PARAM Resource Record", 51, rows( // RFC 5155 §4
			Field{Name: "hashalg", Bits: 8}, Field{Name: "flags", Bits: 8}, Field{Name: "iterations", Bits: 16},
			dnsTexts(dnsRData+3, "saltlength", "salt"))...)
	}}
	DNSRRTSIG = &Proto{Name: "DNSRRTSIG", make: func() Table {
		return dnsRR("DNS TSIG Resource Record", 250, // RFC 8945 §4.2
			nameField("algo_name", "hmac-sha1."),
			Field{Name: "time_signed", Bits: 48, Type: "TimeSignedField", Text: signedTime}, Field{Name: "fudge", Bits: 16},
			Field{Name: "mac_len", Bits: 16, Type: "FieldLenField", Default: 20},
			Field{Name: "mac_data", Kind: Var, Type: "StrLenField", Size: sizeLess(9, 0)},
			Field{Name: "original_id", Bits: 16}, Field{Name: "error", Bits: 16},
			Field{Name: "other_len", Bits: 16, Type: "FieldLenField"},
			Field{Name: "other_data", Kind: Var, Type: "StrLenField", Size: sizeLess(13, 0)})
	}}
)

// signedTime shows the time of a signature (RFC 8945 §4.2).
func signedTime(_ *Layer, v any) (string, bool) {
	n, ok := v.(uint64)
	return time.Unix(int64(n), 0).UTC().Format("Mon Jan 02 15:04:05 2006"), ok
}

// DNSRRSOA begins a zone (RFC 1035 §3.3.13).
var DNSRRSOA = &Proto{Name: "DNSRRSOA", make: func() Table {
	return Table{
		Title: "DNS SOA Resource Record",
		Doc:   "start of a DNS zone (RFC 1035)",
		Fields: []Field{
			nameField("rrname", "."),
			{Name: "type", Bits: 16, Enum: DNSTypes, Default: 6},
			{Name: "rclass", Bits: 16, Enum: DNSClasses, Default: 1},
			{Name: "ttl", Bits: 32},
			{Name: "rdlen", Bits: 16, Auto: dnsDataLen},
			nameField("mname", "."),
			nameField("rname", "."),
			{Name: "serial", Bits: 32},
			{Name: "refresh", Bits: 32},
			{Name: "retry", Bits: 32},
			{Name: "expire", Bits: 32},
			{Name: "minimum", Bits: 32},
		},
	}
}}

func dnssecAlgorithm() Field {
	return Field{Name: "algorithm", Bits: 8, Enum: DNSSECAlgorithms, Default: 5}
}

var dnssecDigests = &Enum{List: Named{
	{0, "Reserved"}, {1, "SHA-1"}, {2, "SHA-256"}, {3, "GOST R 34.11-94"}, {4, "SHA-384"}}}

func dsFields() []Field {
	return []Field{
		{Name: "keytag", Bits: 16},
		dnssecAlgorithm(),
		{Name: "digesttype", Bits: 8, Default: 5, Enum: dnssecDigests},
		dnsBytes("digest"),
	}
}

// dnsBytes is the end of a record's data.
func dnsBytes(name string) Field {
	return Field{Name: name, Kind: Var, Type: "StrField", Size: dnsRest}
}

// dnsTypeBitmap is the set of types at the end of NSEC and NSEC3.
func dnsTypeBitmap() Field {
	return Field{Name: "typebitmaps", Kind: Var, Type: "RRlistField", Codec: typeBitmap{}, Text: typeBitmapText, Size: dnsRest}
}

// dnsRecordProto is the table for the record at the start of b, which is whole.
func dnsRecordProto(b []byte) *Proto {
	if p := dnsRecords[getBits(b, nameSize(b)*8, 16)]; p != nil {
		return p
	}
	return DNSRR
}

var dnsRecords = map[uint64]*Proto{
	6: DNSRRSOA, 13: DNSRRHINFO, 15: DNSRRMX, 33: DNSRRSRV, 35: DNSRRNAPTR, 41: DNSRROPT, 43: DNSRRDS,
	64: DNSRRSVCB, 65: DNSRRHTTPS, 46: DNSRRRSIG, 47: DNSRRNSEC, 48: DNSRRDNSKEY, 50: DNSRRNSEC3, 51: DNSRRNSEC3PARAM,
	250: DNSRRTSIG, 32769: DNSRRDLV,
}
