package layers

// Extensions of ICMP messages (RFC 4884): a header and objects behind the
// datagram that an error quotes, or behind the header of an extended echo (RFC 8335).

const (
	icmpExtChksum = 2
	icmpObjLen    = 0

	icmpObjHeader = 4   // bytes
	icmpQuoted    = 128 // bytes that a quoted datagram has at least in front of extensions (RFC 4884 §4)
)

// ICMPExtensionHeader begins the extensions (RFC 4884 §7).
var ICMPExtensionHeader = &Proto{Name: "ICMPExtensionHeader", Table: Table{
	Title: "ICMP Extension Header (RFC4884)",
	Doc:   "header of the extensions of an ICMP message (RFC 4884)",
	Fields: []Field{
		{Name: "version", Bits: 4, Default: 2},
		{Name: "reserved", Bits: 12},
		{Name: "chksum", Bits: 16, Type: "BitField", Auto: zero},
	},
	Sum:    &Sum{Field: icmpExtChksum},
	Finish: finishICMPExt,
	Next:   nextICMPObject,
}}

// ICMPExtensionObject is an object of any class (RFC 4884 §7.1).
var ICMPExtensionObject = &Proto{Name: "ICMPExtensionObject", Table: Table{
	Title: "ICMP Extension Object",
	Doc:   "object in the extensions of an ICMP message (RFC 4884)",
	Fields: []Field{
		{Name: "len", Bits: 16, Auto: icmpObjectLen},
		{Name: "classnum", Bits: 8},
		{Name: "classtype", Bits: 8},
	},
	PayloadLen: icmpObjectRest,
}}

// ICMPExtensionMPLS is the label stack that the quoted datagram came with (RFC 4950 §3).
var ICMPExtensionMPLS = &Proto{Name: "ICMPExtensionMPLS", make: func() Table {
	return Table{
		Title: "ICMP Extension Object - MPLS (RFC4950)",
		Doc:   "MPLS label stack in the extensions of an ICMP message (RFC 4950)",
		Fields: []Field{
			{Name: "len", Bits: 16, Auto: icmpObjectLen},
			{Name: "classnum", Bits: 8, Default: 1},
			{Name: "classtype", Bits: 8, Default: 1},
			{Name: "stack", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Size: sizeLess(icmpObjLen, icmpObjHeader),
				Codec: packetList{next: func(*Layer, []byte) *Proto { return MPLS }}},
		},
		PayloadLen: icmpObjectRest,
	}
}}

// Field positions in ICMPExtensionInterfaceInformation.
const (
	icmpIfHasIndex = iota + 4
	icmpIfHasAddr
	icmpIfHasName
	icmpIfHasMTU
	icmpIfIndex
	icmpIfAFI
	icmpIfReserved2
	icmpIfAddr4
	icmpIfAddr6
	icmpIfNameLen
	icmpIfName
)

// ICMPExtensionInterfaceInformation is the interface that the quoted datagram came
// in by or would have left by (RFC 5837 §4).
var ICMPExtensionInterfaceInformation = &Proto{Name: "ICMPExtensionInterfaceInformation", make: func() Table {
	return Table{
		Title: "ICMP Extension Object - Interface Information Object (RFC5837)",
		Doc:   "interface in the extensions of an ICMP message (RFC 5837)",
		Fields: []Field{
			{Name: "len", Bits: 16, Auto: icmpObjectLen},
			{Name: "classnum", Bits: 8, Default: 2},
			{Name: "interface_role", Bits: 2},
			{Name: "reserved", Bits: 2},
			{Name: "has_ifindex", Bits: 1},
			{Name: "has_ipaddr", Bits: 1},
			{Name: "has_ifname", Bits: 1},
			{Name: "has_mtu", Bits: 1},
			{Name: "ifindex", Bits: 32, Absent: true, When: hasBit(icmpIfHasIndex)},
			{Name: "afi", Bits: 16, When: hasBit(icmpIfHasAddr), Auto: func(b *Build) uint64 { return icmpIfFamily(b.Layer()) }},
			{Name: "reserved2", Bits: 16, When: hasBit(icmpIfHasAddr)},
			{Name: "ip4", Kind: Addr4, Bits: 32, Absent: true, When: func(l *Layer) bool { return icmpIfFamily(l) == 1 }},
			{Name: "ip6", Kind: Addr6, Bits: 128, Absent: true, When: func(l *Layer) bool { return icmpIfFamily(l) == 2 }},
			// The length counts itself, and the name is filled up to words (RFC 5837 §4.3).
			{Name: "ifname_len", Bits: 8, Type: "FieldLenField", When: hasBit(icmpIfHasName),
				Auto: func(b *Build) uint64 { return uint64(1 + b.varLenAt(icmpIfName)) }},
			{Name: "ifname", Kind: Var, Type: "StrLenField", Absent: true, When: hasBit(icmpIfHasName),
				Size: sizeLess(icmpIfNameLen, 1), Codec: wordString{before: 1}},
			{Name: "mtu", Bits: 32, Absent: true, When: hasBit(icmpIfHasMTU)},
		},
		PayloadLen: icmpObjectRest,
	}
}}

// ICMPExtensionInterfaceIdentification is the interface that an extended echo asks
// about (RFC 8335 §2.1).
var ICMPExtensionInterfaceIdentification = &Proto{Name: "ICMPExtensionInterfaceIdentification", make: func() Table {
	return Table{
		Title: "ICMP Extension Object - Interface Identification Object (RFC8335)",
		Doc:   "interface that an extended echo asks about (RFC 8335)",
		Fields: []Field{
			{Name: "len", Bits: 16, Auto: icmpObjectLen},
			{Name: "classnum", Bits: 8, Default: 3},
			{Name: "classtype", Bits: 8, Default: 1, Enum: &Enum{text: "1 name\n2 index\n3 address\n"}},
			{Name: "ifname", Kind: Var, Type: "StrLenField", When: icmpObjectType(1), Size: sizeLess(icmpObjLen, icmpObjHeader), Codec: wordString{}},
			{Name: "ifindex", Bits: 32, When: icmpObjectType(2)},
			{Name: "afi", Bits: 16, Default: 1, When: icmpObjectType(3)}, // IANA's address family numbers
			{Name: "addrlen", Bits: 8, When: icmpObjectType(3), Len: headerLess(icmpObjHeader + 4)},
			{Name: "reserved", Bits: 8, When: icmpObjectType(3)},
			{Name: "ip4", Kind: Addr4, Bits: 32, When: icmpIdFamily(1)},
			{Name: "ip6", Kind: Addr6, Bits: 128, When: icmpIdFamily(2)},
			{Name: "mac", Kind: HWAddr, Bits: 48, When: icmpIdFamily(16389)},
		},
		PayloadLen: icmpObjectRest,
	}
}}

// Field positions in ICMPExtensionInterfaceIdentification.
const (
	icmpIdType = 2
	icmpIdAFI  = 5
)

// icmpExtNames are Scapy 2.6's names.
func icmpExtNames() map[string]*Proto {
	return map[string]*Proto{
		"ICMPExtension_Header": ICMPExtensionHeader, "ICMPExtension_Object": ICMPExtensionObject,
		"ICMPExtension_MPLS": ICMPExtensionMPLS, "ICMPExtension_InterfaceInformation": ICMPExtensionInterfaceInformation,
	}
}

func linkICMPExtensions() {
	for _, p := range []*Proto{ICMPExtensionObject, ICMPExtensionMPLS, ICMPExtensionInterfaceInformation, ICMPExtensionInterfaceIdentification} {
		p.Behind = nextICMPObject // which looks for them
	}
}

// hasBit is the When of a field that one of a single bit announces.
func hasBit(i int) func(l *Layer) bool {
	return func(l *Layer) bool { return l.Uint(i) == 1 }
}

// icmpIfFamily is the family of the address that the object has, 0 for none: that
// of the address which is set where no family is.
func icmpIfFamily(l *Layer) uint64 {
	switch {
	case l.Uint(icmpIfHasAddr) == 0:
		return 0
	case l.IsSet(icmpIfAFI):
		return l.Uint(icmpIfAFI)
	case l.IsSet(icmpIfAddr4):
		return 1
	case l.IsSet(icmpIfAddr6):
		return 2
	}
	return 0
}

func icmpObjectType(n uint64) func(l *Layer) bool {
	return func(l *Layer) bool { return l.Uint(icmpIdType) == n }
}

func icmpIdFamily(n uint64) func(l *Layer) bool {
	return func(l *Layer) bool { return l.Uint(icmpIdType) == 3 && l.Uint(icmpIdAFI) == n }
}

// nextICMPObject is the table of the object that b begins with.
func nextICMPObject(_ At, b []byte) *Proto {
	if len(b) < icmpObjHeader || getBits(b, 0, 16) < icmpObjHeader {
		return nil
	}
	switch {
	case b[2] == 1 && b[3] == 1:
		return ICMPExtensionMPLS
	case b[2] == 2:
		return ICMPExtensionInterfaceInformation
	case b[2] == 3:
		return ICMPExtensionInterfaceIdentification
	}
	return ICMPExtensionObject
}

// icmpObjectRest is the PayloadLen of an object: what it has no field for. The
// objects that follow stand behind it.
func icmpObjectRest(l *Layer, header int, _ []byte) int {
	return max(int(l.Uint(icmpObjLen))-header, 0)
}

// icmpObjectLen is the Auto of an object's length, which ends at the next object.
func icmpObjectLen(b *Build) uint64 {
	end := max(b.end, b.parts[b.I].body)
	for i := b.I + 1; i < len(b.parts); i++ {
		if p := b.P.layers[i].proto; p.Behind != nil && p.Index("classnum") == 1 {
			end = b.parts[i].start
			break
		}
	}
	return uint64(end - b.parts[b.I].start)
}

// icmpErrorUnit is the bytes that the length field of an ICMP error counts in, 0
// for messages that have none (RFC 4884 §4), and the position of that field.
func icmpErrorUnit(l *Layer) (unit, field int) {
	switch l.proto {
	case ICMP:
		if l.Exists(icmpLength) {
			return 4, icmpLength
		}
	case ICMPv6DestUnreach, ICMPv6TimeExceeded:
		return 8, icmp6Length
	}
	return 0, 0
}

// icmpQuotedLen is the PayloadLen of errors: what stands in front of extensions. A
// length of zero is that of routers older than RFC 4884, which quoted 128 bytes (§5.5).
func icmpQuotedLen(l *Layer, _ int, rest []byte) int {
	unit, field := icmpErrorUnit(l)
	if unit == 0 || len(rest) < icmpQuoted+4 {
		return -1
	}
	n := int(l.Uint(field)) * unit
	if n == 0 {
		n = icmpQuoted
	}
	if n < icmpQuoted || n+4 > len(rest) || !icmpExtensions(rest[n:], int(l.Uint(field)) > 0) {
		return -1
	}
	return n
}

// icmpExtensions tells bytes that are extensions: of their version and with the
// right checksum, or with none where they were announced (RFC 4884 §7).
func icmpExtensions(b []byte, announced bool) bool {
	return len(b) >= 4 && b[0]>>4 == 2 && (Checksum(b) == 0 || announced && b[2] == 0 && b[3] == 0)
}

// behindICMPError says that extensions follow what an error quotes.
func behindICMPError(_ At, b []byte) *Proto {
	if icmpExtensions(b, true) {
		return ICMPExtensionHeader
	}
	return nil
}

// finishICMPExt makes room between the datagram that an error quotes and its
// extensions, and sets the error's length. Where that was set the room is what it says.
func finishICMPExt(b *Build) {
	k := b.I - 1
	unit, field := 0, 0
	for ; k >= 0; k-- {
		if unit, field = icmpErrorUnit(b.P.layers[k]); unit > 0 {
			break
		}
	}
	if k < 0 || k == b.I-1 {
		return
	}
	quoted := b.parts[b.I].start - b.parts[k].body
	room := max(icmpQuoted, (quoted+unit-1)/unit*unit)
	if l := b.P.layers[k]; l.IsSet(field) {
		room = int(l.Uint(field)) * unit
	} else {
		b.Out[b.parts[k].start+icmpLengthAt[unit]] = byte(min(room/unit, 255))
	}
	b.setBehind(k, max(room-quoted, 0))
}

// icmpLengthAt is the byte that the length is in, by its unit: ICMP's and ICMPv6's.
var icmpLengthAt = [...]int{4: 5, 8: 4}

// wordString is text that is filled up with zeros to words of four bytes, of which
// as many bytes as before says stand in front of it.
type wordString struct {
	padded
	before int
}

func (wordString) Decode(_ *Layer, b []byte) any { return trimZeros(b) }

func (c wordString) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	b, _ := toBytes(v)
	return append(append(dst, b...), make([]byte, -(c.before+len(b))&3)...), nil
}
