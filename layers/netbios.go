package layers

import (
	"bytes"
	"fmt"
	"slices"
)

// NetBIOS over TCP and UDP (RFC 1001, RFC 1002).

var (
	netbiosTypes   = &Enum{List: Named{{0x20, "NB"}, {0x21, "NBSTAT"}}}
	netbiosClasses = &Enum{List: Named{{1, "INTERNET"}}}
	netbiosOwners  = &Enum{List: Named{{0, "B node"}, {1, "P node"}, {2, "M node"}, {3, "H node"}}}
	netbiosGroups  = &Enum{List: Named{{0, "Unique name"}, {1, "Group name"}}}
	netbiosUnused  = &Enum{List: Named{{0, "Unused"}}}

	// The last byte of a name says what is called so. In a name it is written in
	// two letters, as all its bytes are.
	netbiosKinds = map[uint64]string{0: "workstation", 3: "messenger service", 0x20: "file server service",
		0x1b: "domain master browser", 0x1c: "domain controller", 0x1e: "browser election service"}
	netbiosSuffixes = func() *Enum {
		names := make(map[uint64]string, len(netbiosKinds))
		for kind, name := range netbiosKinds {
			names[0x4141+kind>>4<<8+kind&15] = name
		}
		return NewEnum(names)
	}()
)

// netbiosName is the length and the first 15 bytes of a name, each in two letters
// (RFC 1001 §14.1, "first level encoding"). Short names are filled up with spaces.
type netbiosName struct{}

const (
	netbiosNameLen  = 15
	netbiosNameSize = 1 + 2*netbiosNameLen
)

// netbiosNameText leaves out the zeros that fill a name up.
func netbiosNameText(_ *Layer, v any) (string, bool) {
	b, ok := v.([]byte)
	return pyBytes(trimZeros(b)), ok
}

func (netbiosName) Decode(_ *Layer, b []byte) any {
	if len(b) != netbiosNameSize || b[0] != 32 {
		return RawVal(b)
	}
	out := make([]byte, netbiosNameLen)
	for i := range out {
		hi, lo := b[1+2*i]-'A', b[2+2*i]-'A'
		if hi > 15 || lo > 15 {
			return RawVal(b)
		}
		out[i] = hi<<4 | lo
	}
	return out
}

func (netbiosName) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	if r, ok := v.(RawVal); ok {
		return append(dst, r...), nil
	}
	name, _ := toBytes(v)
	dst = append(dst, 32)
	for i := range netbiosNameLen {
		c := byte(' ')
		if i < len(name) {
			c = name[i]
		}
		dst = append(dst, 'A'+c>>4, 'A'+c&15)
	}
	return dst, nil
}

func (netbiosName) Parse(_ *Layer, v any) (any, error) {
	if r, ok := v.(RawVal); ok {
		return r, nil
	}
	b, ok := toBytes(v)
	if !ok || len(b) > netbiosNameLen {
		return nil, fmt.Errorf("got %s, want a name of at most %d bytes", describe(v), netbiosNameLen)
	}
	return b, nil
}

// netbiosNamed is a name with its last byte and the root label that ends it.
func netbiosNamed(name, suffix, end, def string) []Field {
	return []Field{
		{Name: name, Kind: Var, Type: "NetBIOSNameField", Codec: netbiosName{}, Text: netbiosNameText, DefaultValue: []byte(def),
			Size: func(*Layer, []byte) int { return netbiosNameSize }},
		{Name: suffix, Bits: 16, Enum: netbiosSuffixes, Default: 0x4141},
		{Name: end, Bits: 8},
	}
}

// nbns makes the table of a message whose record is of type typ.
func nbns(title, field, def, record string, typ uint64, fields ...Field) Table {
	return Table{
		Title: title, Doc: title + " (RFC 1002 §4.2)",
		Fields: slices.Concat(netbiosNamed(field, "SUFFIX", "NULL", def), []Field{
			{Name: record + "_TYPE", Bits: 16, Enum: netbiosTypes, Default: typ},
			{Name: record + "_CLASS", Bits: 16, Enum: netbiosClasses, Default: 1},
		}, fields),
	}
}

// netbiosEntry is an address and who has it (RFC 1002 §4.2.13).
func netbiosEntry() []Field {
	return []Field{
		{Name: "G", Bits: 1, Enum: netbiosGroups},
		{Name: "OWNER_NODE_TYPE", Bits: 2, Enum: netbiosOwners},
		{Name: "UNUSED", Bits: 13, Enum: netbiosUnused},
		{Name: "NB_ADDRESS", Kind: Addr4, Bits: 32, Default: 0x7f000001},
	}
}

// The messages of the name service (RFC 1002 §4.2).
var (
	NBNSHeader = &Proto{Name: "NBNSHeader", Table: Table{
		Title: "NBNS Header", Doc: "NetBIOS name service header (RFC 1002 §4.2.1)",
		Fields: []Field{
			{Name: "NAME_TRN_ID", Bits: 16},
			{Name: "RESPONSE", Bits: 1},
			{Name: "OPCODE", Bits: 4},
			{Name: "NM_FLAGS", Kind: Flag, Bits: 7, Flags: &FlagSet{Names: []string{"B", "res1", "res0", "RA", "RD", "TC", "AA"}}},
			{Name: "RCODE", Bits: 4},
			{Name: "QDCOUNT", Bits: 16},
			{Name: "ANCOUNT", Bits: 16},
			{Name: "NSCOUNT", Bits: 16},
			{Name: "ARCOUNT", Bits: 16},
		},
	}}
	NBNSQueryRequest      = &Proto{Name: "NBNSQueryRequest", make: func() Table { return nbns("NBNS query request", "QUESTION_NAME", "windows", "QUESTION", 0x20) }}
	NBNSNodeStatusRequest = &Proto{Name: "NBNSNodeStatusRequest", make: func() Table {
		return nbns("NBNS status request", "QUESTION_NAME",
			"*\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "QUESTION", 0x21)
	}}

	NBNS_ADD_ENTRY = &Proto{Name: "NBNS_ADD_ENTRY", make: func() Table {
		return Table{Doc: "NetBIOS address and its owner (RFC 1002 §4.2.13)",
			Fields: netbiosEntry()}
	}}
	NBNSQueryResponse = &Proto{Name: "NBNSQueryResponse", make: func() Table {
		return nbns("NBNS query response", "RR_NAME", "windows", "QUESTION", 0x20,
			Field{Name: "TTL", Bits: 32, Default: 300000},
			Field{Name: "RDLENGTH", Bits: 16, Type: "FieldLenField", Auto: lenOf(7, 0)},
			packetsIn("ADDR_ENTRY", NBNS_ADD_ENTRY, sizeLess(6, 0)))
	}}

	NBNSNodeStatusResponseService = &Proto{Name: "NBNSNodeStatusResponseService", Table: Table{
		Title: "NBNS Node Status Response Service", Doc: "NetBIOS name of a node (RFC 1002 §4.2.18)",
		Fields: []Field{
			{Name: "NETBIOS_NAME", Kind: Fixed, Bits: 8 * netbiosNameLen, DefaultValue: []byte("WINDOWS        ")},
			{Name: "SUFFIX", Bits: 8, Enum: NewEnum(netbiosKinds)},
			{Name: "NAME_FLAGS", Bits: 8, Default: 4},
			{Name: "UNUSED", Bits: 8, Enum: &Enum{List: Named{{0, "unused"}}}},
		},
		PayloadIsPadding: true,
	}}
	NBNSNodeStatusResponse = &Proto{Name: "NBNSNodeStatusResponse", make: func() Table {
		return nbns("NBNS Node Status Response", "RR_NAME", "windows", "RR", 0x21,
			Field{Name: "TTL", Bits: 32},
			Field{Name: "RDLENGTH", Bits: 16, Default: 83},
			Field{Name: "NUM_NAMES", Bits: 8, Type: "FieldLenField", Auto: countOf(8)},
			packetsIn("NODE_NAME", NBNSNodeStatusResponseService, sizeTimes(7, 18)),
			Field{Name: "MAC_ADDRESS", Kind: HWAddr, Bits: 48, Type: "SourceMACField"},
			Field{Name: "STATISTICS", Kind: Fixed, Bits: 8 * 46, Type: "XStrFixedLenField"})
	}}

	NBNSRegistrationRequest = &Proto{Name: "NBNSRegistrationRequest", make: func() Table {
		return nbns("NBNS registration request", "QUESTION_NAME", "Windows", "QUESTION", 0x20,
			slices.Concat([]Field{
				{Name: "RR_NAME", Bits: 16, Enum: &Enum{List: Named{{0xc00c, "Label String Pointer to QUESTION_NAME"}}}, Default: 0xc00c},
				{Name: "RR_TYPE", Bits: 16, Enum: netbiosTypes, Default: 0x20},
				{Name: "RR_CLASS", Bits: 16, Enum: netbiosClasses, Default: 1},
				{Name: "TTL", Bits: 32},
				{Name: "RDLENGTH", Bits: 16, Default: 6},
			}, netbiosEntry())...)
	}}
	NBNSWackResponse = &Proto{Name: "NBNSWackResponse", make: func() Table {
		return nbns("NBNS Wait for Acknowledgement Response", "RR_NAME", "windows", "RR", 0x20,
			Field{Name: "TTL", Bits: 32, Default: 2},
			Field{Name: "RDLENGTH", Bits: 16, Default: 2},
			Field{Name: "RDATA", Bits: 16, Default: 10512})
	}}
)

// packetsIn is a field that holds packets of protocol p, one at first.
func packetsIn(name string, p *Proto, size func(l *Layer, rest []byte) int) Field {
	f := packetsOf(name, p)
	f.DefaultValue, f.Size = List{one(p)}, size
	return f
}

// NBTDatagram is a datagram's header (RFC 1002 §4.4.1), NBTSession that of what
// goes over a session (§4.3.1; its length has 17 bits).
var (
	NBTDatagram = &Proto{Name: "NBTDatagram", make: func() Table {
		return Table{
			Title: "NBT Datagram Packet", Doc: "NetBIOS datagram service (RFC 1002 §4.4)",
			Fields: slices.Concat([]Field{
				{Name: "Type", Bits: 8, Default: 0x10},
				{Name: "Flags", Bits: 8, Default: 2},
				{Name: "ID", Bits: 16},
				{Name: "SourceIP", Kind: Addr4, Bits: 32, Default: 0x7f000001},
				{Name: "SourcePort", Bits: 16, Default: 138},
				{Name: "Length", Bits: 16, Default: 272},
				{Name: "Offset", Bits: 16},
			}, netbiosNamed("SourceName", "SUFFIX1", "NULL1", "windows"), netbiosNamed("DestinationName", "SUFFIX2", "NULL2", "windows")),
		}
	}}
	NBTSession = &Proto{Name: "NBTSession", Table: Table{
		Title: "NBT Session Packet", Doc: "NetBIOS session service (RFC 1002 §4.3)",
		Fields: []Field{
			{Name: "TYPE", Bits: 8, Enum: &Enum{List: Named{{0, "Session Message"}, {0x81, "Session Request"},
				{0x82, "Positive Session Response"}, {0x83, "Negative Session Response"},
				{0x84, "Retarget Session Response"}, {0x85, "Session Keepalive"}}}},
			{Name: "RESERVED", Bits: 7},
			{Name: "LENGTH", Bits: 17, Len: payloadLen},
		},
	}}
)

func linkNetBIOS() {
	// Their names are filled up with spaces, which summaries leave away.
	summary := func(p *Proto, before string, rest func(at At) string) {
		p.Summary = func(at At) (string, []*Proto) {
			name, _ := First(at.Value(0)).([]byte)
			return p.Name + before + " '\\\\" + string(bytes.TrimSpace(name)) + "'" + rest(at), nil
		}
	}
	none := func(At) string { return "" }
	summary(NBNSQueryRequest, " who has", none)
	summary(NBNSNodeStatusRequest, " who has", none)
	summary(NBNSQueryResponse, "", func(at At) string {
		if list, _ := at.Value(7).(List); len(list) > 0 {
			if p, ok := list[0].(*Packet); ok && p.At(0).Proto() == NBNS_ADD_ENTRY {
				return " is at " + FieldText(p.At(0), 3)
			}
		}
		return ""
	})
	NBNSNodeStatusResponse.Answers = func(at, to At) bool {
		asked, _ := First(to.Value(0)).([]byte)
		name, _ := First(at.Value(0)).([]byte)
		return to.Proto() == NBNSNodeStatusRequest && bytes.Equal(asked, name)
	}
}

func bindNetBIOS() {
	mustBindPorts(UDP, NBNSHeader, 137)
	mustBindDown(UDP, NBNSHeader, "sport", 137, "dport", 137)
	mustBind(NBNSHeader, NBNSQueryRequest, "OPCODE", 0, "NM_FLAGS", 0x11, "QDCOUNT", 1)
	mustBind(NBNSHeader, NBNSQueryResponse, "OPCODE", 0, "NM_FLAGS", 0x50, "RESPONSE", 1, "ANCOUNT", 1)
	mustBindUp(NBNSHeader, NBNSNodeStatusRequest, "OPCODE", 0, "NM_FLAGS", 0, "QDCOUNT", 1)
	mustBind(NBNSHeader, NBNSNodeStatusRequest, "OPCODE", 0, "NM_FLAGS", 1, "QDCOUNT", 1)
	mustBind(NBNSHeader, NBNSNodeStatusResponse, "OPCODE", 0, "NM_FLAGS", 0x40, "RESPONSE", 1, "ANCOUNT", 1)
	mustBind(NBNSHeader, NBNSRegistrationRequest, "OPCODE", 5, "NM_FLAGS", 0x11, "QDCOUNT", 1, "ARCOUNT", 1)
	mustBind(NBNSHeader, NBNSWackResponse, "OPCODE", 7, "NM_FLAGS", 0x40, "RESPONSE", 1, "ANCOUNT", 1)
	mustBind(UDP, NBTDatagram, "dport", 138)
	mustBindPorts(TCP, NBTSession, 445, 139)
	mustBindDown(TCP, NBTSession, "dport", 139, "sport", 139)
}

func netbiosTables() family {
	return family{
		tables: []*Proto{
			NBNSHeader, NBNSQueryRequest, NBNSNodeStatusRequest, NBNS_ADD_ENTRY, NBNSQueryResponse, NBNSNodeStatusResponseService,
			NBNSNodeStatusResponse, NBNSRegistrationRequest, NBNSWackResponse, NBTDatagram, NBTSession,
		},
		link: linkNetBIOS,
		bind: bindNetBIOS,
	}
}
