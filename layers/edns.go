package layers

import (
	"fmt"
	"net/netip"
)

// The extensions of DNS and their options.

// DNSRROPT carries the extensions of EDNS (RFC 6891 §6.1): the class is the
// largest datagram the sender takes, the time to live more codes and flags.
var DNSRROPT = &Proto{Name: "DNSRROPT", make: func() Table {
	return Table{
		Title: "DNS OPT Resource Record",
		Doc:   "extensions of DNS, EDNS(0) (RFC 6891)",
		Fields: []Field{
			nameField("rrname", "."),
			{Name: "type", Bits: 16, Enum: DNSTypes, Default: 41},
			{Name: "rclass", Bits: 16, Default: 4096},
			{Name: "extrcode", Bits: 8},
			{Name: "version", Bits: 8},
			{Name: "z", Bits: 16, Type: "BitEnumField", Default: 32768, Enum: &Enum{List: Named{{32768, "D0"}}}},
			{Name: "rdlen", Bits: 16, Type: "FieldLenField", Auto: dnsDataLen},
			{Name: "rdata", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Codec: packetList{next: ednsOption}},
		},
	}
}}

// ednsOptions are the options by code (the IANA registry "DNS EDNS0 Option Codes (OPT)").
var ednsOptions = &Enum{List: Named{
	{0, "Reserved"}, {1, "LLQ"}, {2, "UL"}, {3, "NSID"}, {4, "Owner"}, {5, "DAU"}, {6, "DHU"}, {7, "N3U"}, {8, "edns-client-subnet"},
	{10, "COOKIE"}, {15, "Extended DNS Error"},
}}

const ednsOptLen = 1

// edns makes the table of an option (RFC 6891 §6.1.2): code and length, then fields.
func edns(title, doc string, code uint64, fields ...Field) Table {
	return Table{Title: title, Doc: doc, PayloadIsPadding: true,
		Fields: rows(
			Field{Name: "optcode", Bits: 16, Enum: ednsOptions, Default: code},
			Field{Name: "optlen", Bits: 16, Type: "FieldLenField", Len: headerLess(4)},
			fields)}
}

// ednsRest is the field that takes what an option has left behind before bytes.
func ednsRest(f Field, before int) Field {
	f.Kind, f.Size = Var, sizeLess(ednsOptLen, before)
	return f
}

// The options of EDNS. EDNS0TLV is any.
var (
	EDNS0TLV = &Proto{Name: "EDNS0TLV", make: func() Table {
		return edns("DNS EDNS0 TLV", "EDNS option (RFC 6891)", 0,
			ednsRest(Field{Name: "optdata", Type: "StrLenField"}, 0))
	}}
	EDNS0DAU = &Proto{Name: "EDNS0DAU", make: func() Table {
		return edns("DNSSEC Algorithm Understood (DAU)", "EDNS option: signing algorithms understood (RFC 6975)", 5,
			ednsRest(numbers("alg_code", 1, DNSSECAlgorithms), 0))
	}}
	EDNS0DHU = &Proto{Name: "EDNS0DHU", make: func() Table {
		return edns("DS Hash Understood (DHU)", "EDNS option: digests of DS understood (RFC 6975)", 6,
			ednsRest(numbers("alg_code", 1, dnssecDigests), 0))
	}}
	EDNS0N3U = &Proto{Name: "EDNS0N3U", make: func() Table {
		return edns("NSEC3 Hash Understood (N3U)", "EDNS option: hashes of NSEC3 understood (RFC 6975)", 7,
			ednsRest(numbers("alg_code", 1, &Enum{List: Named{{0, "Reserved"}, {1, "SHA-1"}}}), 0))
	}}
	EDNS0ClientSubnet = &Proto{Name: "EDNS0ClientSubnet", make: func() Table {
		return edns("DNS EDNS0 Client Subnet", "EDNS option: the client's network (RFC 7871)", 8,
			Field{Name: "family", Bits: 16, Default: 1},
			Field{Name: "source_plen", Bits: 8, Type: "FieldLenField", Auto: func(b *Build) uint64 { return uint64(b.varLenAt(subnetAddress)) * 8 }},
			Field{Name: "scope_plen", Bits: 8},
			Field{Name: "address", Type: "MultipleTypeField", Form: subnetForm})
	}}
	EDNS0COOKIE = &Proto{Name: "EDNS0COOKIE", make: func() Table {
		return edns("DNS EDNS0 COOKIE", "EDNS option: cookie (RFC 7873)", 10,
			Field{Name: "client_cookie", Kind: Fixed, Bits: 64, Type: "XStrFixedLenField"},
			ednsRest(Field{Name: "server_cookie", Type: "XStrLenField"}, 8))
	}}
	EDNS0ExtendedDNSError = &Proto{Name: "EDNS0ExtendedDNSError", make: func() Table {
		return edns("DNS EDNS0 Extended DNS Error", "EDNS option: why there is no answer (RFC 8914)", 15,
			Field{Name: "info_code", Bits: 16, Enum: ednsErrors},
			ednsRest(Field{Name: "extra_text", Type: "StrLenField"}, 2))
	}}
)

// ednsErrors are the IANA registry "Extended DNS Error Codes" (RFC 8914 §5.2).
var ednsErrors = &Enum{List: Named{
	{0, "Other"}, {1, "Unsupported DNSKEY Algorithm"}, {2, "Unsupported DS Digest Type"}, {3, "Stale Answer"}, {4, "Forged Answer"},
	{5, "DNSSEC Indeterminate"}, {6, "DNSSEC Bogus"}, {7, "Signature Expired"}, {8, "Signature Not Yet Valid"}, {9, "DNSKEY Missing"},
	{10, "RRSIGs Missing"}, {11, "No Zone Key Bit Set"}, {12, "NSEC Missing"}, {13, "Cached Error"}, {14, "Not Ready"}, {15, "Blocked"},
	{16, "Censored"}, {17, "Filtered"}, {18, "Prohibited"}, {19, "Stale NXDOMAIN Answer"}, {20, "Not Authoritative"}, {21, "Not Supported"},
	{22, "No Reachable Authority"}, {23, "Network Error"}, {24, "Invalid Data"}, {25, "Signature Expired before Valid"}, {26, "Too Early"},
	{27, "Unsupported NSEC3 Iterations Value"}, {28, "Unable to conform to policy"}, {29, "Synthesized"},
}}

// ednsOption is the table of the option that b begins with, nil where its code is
// not whole.
func ednsOption(_ *Layer, b []byte) *Proto {
	if len(b) < 2 {
		return nil
	}
	switch getBits(b, 0, 16) {
	case 5:
		return EDNS0DAU
	case 6:
		return EDNS0DHU
	case 7:
		return EDNS0N3U
	case 8:
		return EDNS0ClientSubnet
	case 10:
		return EDNS0COOKIE
	case 15:
		return EDNS0ExtendedDNSError
	}
	return EDNS0TLV
}

// Field positions in EDNS0ClientSubnet.
const (
	subnetFamily  = 2
	subnetPlen    = 3
	subnetAddress = 5
)

// The forms of an address, set by linkDNS.
var subnet4, subnet6 Field

func subnetForm(l *Layer) *Field {
	if l.Uint(subnetFamily) == 2 {
		return &subnet6
	}
	return &subnet4
}

// subnetAddr is an address of size bytes of which only those are written that
// the prefix takes (RFC 7871 §6); where its length is not set, those that are not zero.
type subnetAddr struct{ size int }

func (c subnetAddr) Decode(_ *Layer, b []byte) any { return addrFrom(b, c.size) }

// addrFrom is the address of size bytes that begins with b and goes on with zeros; more bytes than that stay bytes.
func addrFrom(b []byte, size int) any {
	if len(b) > size {
		return RawVal(b)
	}
	a, _ := netip.AddrFromSlice(append(append(make([]byte, 0, size), b...), make([]byte, size-len(b))...))
	return a
}

func (c subnetAddr) Encode(l *Layer, dst []byte, v any) ([]byte, error) {
	a, ok := v.(netip.Addr)
	if !ok {
		b, _ := toBytes(v)
		return append(dst, b...), nil
	}
	b := a.AsSlice()
	if l.IsSet(subnetPlen) {
		return append(dst, b[:min(len(b), (int(l.Uint(subnetPlen))+7)/8)]...), nil
	}
	n := len(b)
	for n > 0 && b[n-1] == 0 {
		n--
	}
	return append(dst, b[:n]...), nil
}

func (c subnetAddr) Parse(_ *Layer, v any) (any, error) {
	switch x := v.(type) {
	case RawVal:
		return x, nil
	case string:
		a, err := netip.ParseAddr(x)
		if err != nil || a.BitLen() != c.size*8 || a.Zone() != "" {
			return nil, fmt.Errorf("got %q, want an address of %d bytes; family=1 has IPv4 addresses, family=2 IPv6", x, c.size)
		}
		return a, nil
	case netip.Addr:
		if x.BitLen() == c.size*8 {
			return x, nil
		}
	}
	return nil, fmt.Errorf("got %s, want an address of %d bytes", describe(v), c.size)
}
