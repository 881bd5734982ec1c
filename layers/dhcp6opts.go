package layers

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The options of DHCPv6 (RFC 8415 §21 and the IANA registry "Option Codes").

// dhcp6Opt makes the table of an option: its code and length, then fields.
func dhcp6Opt(title string, code uint64, fields ...Field) Table {
	return Table{
		Title: title, Doc: title + " (RFC 8415)",
		Fields: slices.Concat([]Field{
			{Name: "optcode", Bits: 16, Enum: dhcp6OptCodes, Default: code},
			optionLen("optlen", 16, 0, fields),
		}, fields),
	}
}

// dhcp6Rest is the last field of an option: what its length leaves behind the
// before bytes in front of it.
func dhcp6Rest(name, typ string, before int, codec Codec) Field {
	f := Field{Name: name, Kind: Var, Type: typ, Codec: codec,
		Size: func(l *Layer, rest []byte) int { return int(l.Uint(dhcp6Len)) - before }}
	switch codec.(type) {
	case nil, onePacket:
	default:
		f.DefaultValue = List{}
	}
	return f
}

func dhcp6Bytes(title string, code uint64, field string) Table {
	return dhcp6Opt(title, code, dhcp6Rest(field, "StrLenField", 0, nil))
}

func dhcp6Addrs(title string, code uint64, field string) Table {
	return dhcp6Opt(title, code, dhcp6Rest(field, "IP6ListField", 0, addrList{16}))
}

func dhcp6Names(title string, code uint64, field string) Table {
	return dhcp6Opt(title, code, dhcp6Rest(field, "DomainNameListField", 0, nameList{tight: true}))
}

// dhcp6Codes is the options that are asked for (RFC 8415 §21.7).
func dhcp6Codes() Field {
	f := dhcp6Rest("reqopts", "_OptReqListField", 0, uintList{2})
	f.DefaultValue = List{uint64(23), uint64(24)}
	f.Text = func(_ *Layer, v any) (string, bool) {
		list, ok := v.(List)
		names := make([]string, len(list))
		for i, m := range list {
			n, _ := m.(uint64)
			if names[i], _ = dhcp6OptCodes.Name(n); names[i] == "" {
				names[i] = strconv.FormatUint(n, 10)
			}
		}
		return "[" + strings.Join(names, ", ") + "]", ok
	}
	return f
}

// relayedMessage is the message that a relay passes on (RFC 8415 §21.10).
func relayedMessage() Field {
	f := dhcp6Rest("message", "PacketLenField", 0, onePacket{func(*Layer, []byte) *Proto { return Lookup("DHCP6") }})
	f.DefaultValue = one(DHCP6)
	return f
}

// hundredths shows a time in hundredths of a second (RFC 8415 §21.9).
func hundredths(_ *Layer, v any) (string, bool) {
	n, ok := v.(uint64)
	if n == 0xffff {
		return "infinity (0xffff)", ok
	}
	return fmt.Sprintf("%.2f sec", float64(n)/100), ok
}

func lifetimes() []Field {
	e := &Enum{List: Named{{0xffffffff, "infinity"}}}
	return []Field{{Name: "preflft", Bits: 32, Enum: e}, {Name: "validlft", Bits: 32, Enum: e}}
}

func iaTimes() []Field {
	return []Field{{Name: "iaid", Kind: Hex, Bits: 32, Auto: zero}, {Name: "T1", Bits: 32, Auto: zero}, {Name: "T2", Bits: 32, Auto: zero}}
}

// The options that matter to clients, servers and relays.
var (
	DHCP6OptUnknown  = &Proto{Name: "DHCP6OptUnknown", make: func() Table { return dhcp6Bytes("Unknown DHCPv6 Option", 0, "data") }}
	DHCP6OptClientId = &Proto{Name: "DHCP6OptClientId", make: func() Table {
		return dhcp6Opt("DHCP6 Client Identifier Option", 1,
			dhcp6Rest("duid", "PacketLenField", 0, duidField))
	}}
	DHCP6OptServerId = &Proto{Name: "DHCP6OptServerId", make: func() Table {
		return dhcp6Opt("DHCP6 Server Identifier Option", 2,
			dhcp6Rest("duid", "PacketLenField", 0, duidField))
	}}
	DHCP6OptIA_NA = &Proto{Name: "DHCP6OptIA_NA", make: func() Table {
		return dhcp6Opt("DHCP6 Identity Association for Non-temporary Addresses Option", 3,
			append(iaTimes(), dhcp6Rest("ianaopts", "PacketListField", 12, dhcp6OptList))...)
	}}
	DHCP6OptIA_TA = &Proto{Name: "DHCP6OptIA_TA", make: func() Table {
		return dhcp6Opt("DHCP6 Identity Association for Temporary Addresses Option", 4,
			Field{Name: "iaid", Kind: Hex, Bits: 32, Auto: zero}, dhcp6Rest("iataopts", "PacketListField", 4, dhcp6OptList))
	}}
	DHCP6OptIAAddress = &Proto{Name: "DHCP6OptIAAddress", make: func() Table {
		return dhcp6Opt("DHCP6 IA Address Option (IA_TA or IA_NA suboption)", 5,
			slices.Concat([]Field{{Name: "addr", Kind: Addr6, Bits: 128}}, lifetimes(),
				[]Field{dhcp6Rest("iaaddropts", "PacketListField", 24, dhcp6OptList)})...)
	}}
	DHCP6OptOptReq = &Proto{Name: "DHCP6OptOptReq", make: func() Table {
		return dhcp6Opt("DHCP6 Option Request Option", 6,
			dhcp6Codes())
	}}
	DHCP6OptPref = &Proto{Name: "DHCP6OptPref", make: func() Table {
		return dhcp6Opt("DHCP6 Preference Option", 7,
			Field{Name: "prefval", Bits: 8, Default: 255})
	}}
	DHCP6OptElapsedTime = &Proto{Name: "DHCP6OptElapsedTime", make: func() Table {
		return dhcp6Opt("DHCP6 Elapsed Time Option", 8,
			Field{Name: "elapsedtime", Bits: 16, Type: "_ElapsedTimeField", Text: hundredths})
	}}
	DHCP6OptRelayMsg = &Proto{Name: "DHCP6OptRelayMsg", make: func() Table {
		return dhcp6Opt("DHCP6 Relay Message Option", 9,
			relayedMessage())
	}}
	DHCP6OptAuth = &Proto{Name: "DHCP6OptAuth", make: func() Table {
		return dhcp6Opt("DHCP6 Option - Authentication", 11,
			Field{Name: "proto", Bits: 8, Default: 3, Enum: &Enum{List: Named{
				{0, "configuration token"}, {1, "delayed authentication"}, {2, "delayed authentication (obsolete)"}, {3, "reconfigure key"}}}},
			Field{Name: "alg", Bits: 8, Default: 1, Enum: &Enum{List: Named{{0, "configuration token"}, {1, "HMAC-MD5"}}}},
			Field{Name: "rdm", Bits: 8, Enum: &Enum{List: Named{{0, "use of a monotonically increasing value"}}}},
			Field{Name: "replay", Kind: Fixed, Bits: 64}, dhcp6Rest("authinfo", "StrLenField", 11, nil))
	}}
	DHCP6OptServerUnicast = &Proto{Name: "DHCP6OptServerUnicast", make: func() Table {
		return dhcp6Opt("DHCP6 Server Unicast Option", 12,
			Field{Name: "srvaddr", Kind: Addr6, Bits: 128, Type: "_SrvAddrField"})
	}}
	DHCP6OptStatusCode = &Proto{Name: "DHCP6OptStatusCode", make: func() Table {
		return dhcp6Opt("DHCP6 Status Code Option", 13,
			Field{Name: "statuscode", Bits: 16, Auto: zero, Enum: &Enum{List: Named{
				{0, "Success"}, {1, "UnspecFail"}, {2, "NoAddrsAvail"}, {3, "NoBinding"}, {4, "NotOnLink"}, {5, "UseMulticast"}, {6, "NoPrefixAvail"}}}},
			dhcp6Rest("statusmsg", "StrLenField", 2, nil))
	}}
	DHCP6OptRapidCommit = &Proto{Name: "DHCP6OptRapidCommit", make: func() Table { return dhcp6Opt("DHCP6 Rapid Commit Option", 14) }}
	DHCP6OptUserClass   = &Proto{Name: "DHCP6OptUserClass", make: func() Table {
		return dhcp6Opt("DHCP6 User Class Option", 15,
			dhcp6Items("userclassdata", "_UserClassDataField", 0, USER_CLASS_DATA))
	}}
	DHCP6OptVendorClass = &Proto{Name: "DHCP6OptVendorClass", make: func() Table {
		return dhcp6Opt("DHCP6 Vendor Class Option", 16,
			enterpriseField(), dhcp6Items("vcdata", "_VendorClassDataField", 4, VENDOR_CLASS_DATA))
	}}
	DHCP6OptVendorOpts = &Proto{Name: "DHCP6OptVendorSpecificInfo", make: func() Table {
		return dhcp6Opt("DHCP6 Vendor-specific Information Option", 17,
			enterpriseField(), dhcp6Items("vso", "_VendorClassDataField", 4, VENDOR_SPECIFIC_OPTION))
	}}
	DHCP6OptIfaceId   = &Proto{Name: "DHCP6OptIfaceId", make: func() Table { return dhcp6Bytes("DHCP6 Interface-Id Option", 18, "ifaceid") }}
	DHCP6OptReconfMsg = &Proto{Name: "DHCP6OptReconfMsg", make: func() Table {
		return dhcp6Opt("DHCP6 Reconfigure Message Option", 19,
			Field{Name: "msgtype", Bits: 8, Default: 11, Enum: &Enum{List: Named{{5, "Renew Message"}, {11, "Information Request"}}}})
	}}
	DHCP6OptReconfAccept = &Proto{Name: "DHCP6OptReconfAccept", make: func() Table { return dhcp6Opt("DHCP6 Reconfigure Accept Option", 20) }}
	DHCP6OptSIPDomains   = &Proto{Name: "DHCP6OptSIPDomains", make: func() Table { return dhcp6Names("DHCP6 Option - SIP Servers Domain Name List", 21, "sipdomains") }}
	DHCP6OptSIPServers   = &Proto{Name: "DHCP6OptSIPServers", make: func() Table { return dhcp6Addrs("DHCP6 Option - SIP Servers IPv6 Address List", 22, "sipservers") }}
	DHCP6OptDNSServers   = &Proto{Name: "DHCP6OptDNSServers", make: func() Table { return dhcp6Addrs("DHCP6 Option - DNS Recursive Name Server", 23, "dnsservers") }}
	DHCP6OptDNSDomains   = &Proto{Name: "DHCP6OptDNSDomains", make: func() Table { return dhcp6Names("DHCP6 Option - Domain Search List option", 24, "dnsdomains") }}
	DHCP6OptIA_PD        = &Proto{Name: "DHCP6OptIA_PD", make: func() Table {
		return dhcp6Opt("DHCP6 Option - Identity Association for Prefix Delegation", 25,
			append(iaTimes(), dhcp6Rest("iapdopt", "PacketListField", 12, dhcp6OptList))...)
	}}
	DHCP6OptIAPrefix = &Proto{Name: "DHCP6OptIAPrefix", make: func() Table {
		return dhcp6Opt("DHCP6 Option - IA Prefix option", 26,
			append(lifetimes(), Field{Name: "plen", Bits: 8, Default: 48},
				Field{Name: "prefix", Kind: Addr6, Bits: 128, DefaultValue: parseAddr6("2001:db8::")},
				dhcp6Rest("iaprefopts", "PacketListField", 25, dhcp6OptList))...)
	}}
	DHCP6OptNISServers  = &Proto{Name: "DHCP6OptNISServers", make: func() Table { return dhcp6Addrs("DHCP6 Option - NIS Servers", 27, "nisservers") }}
	DHCP6OptSNTPServers = &Proto{Name: "DHCP6OptSNTPServers", make: func() Table { return dhcp6Addrs("DHCP6 option - SNTP Servers", 31, "sntpservers") }}
	DHCP6OptRefresh     = &Proto{Name: "DHCP6OptInfoRefreshTime", make: func() Table {
		return dhcp6Opt("DHCP6 Option - Information Refresh Time", 32,
			Field{Name: "reftime", Bits: 32, Default: 86400})
	}}
	DHCP6OptBootFileUrl = &Proto{Name: "DHCP6OptBootFileUrl", make: func() Table { return dhcp6Bytes("DHCP6 Boot File URL Option", 59, "optdata") }}
)

// dhcp6OptByCode are the options by their code.
var dhcp6OptByCode func(code uint64) *Proto

// dhcp6OptList is options inside an option.
var dhcp6OptList = packetList{next: func(_ *Layer, b []byte) *Proto { return nextDHCP6Opt(At{}, b) }}

// nextDHCP6Opt is the table of the option at the start of b.
func nextDHCP6Opt(_ At, b []byte) *Proto {
	if len(b) >= 2 {
		if p := dhcp6OptByCode(getBits(b, 0, 16)); p != nil {
			return p
		}
	}
	return Lookup("DHCP6OptUnknown")
}

func linkDHCP6Opts() {
	all := append(slices.Clone(dhcp6MoreOpts), DHCP6OptUnknown, DHCP6OptClientId, DHCP6OptServerId, DHCP6OptIA_NA, DHCP6OptIA_TA,
		DHCP6OptIAAddress, DHCP6OptOptReq, DHCP6OptPref, DHCP6OptElapsedTime, DHCP6OptRelayMsg, DHCP6OptAuth,
		DHCP6OptServerUnicast, DHCP6OptStatusCode, DHCP6OptRapidCommit, DHCP6OptUserClass, DHCP6OptVendorClass,
		DHCP6OptVendorOpts, DHCP6OptIfaceId, DHCP6OptReconfMsg, DHCP6OptReconfAccept, DHCP6OptSIPDomains,
		DHCP6OptSIPServers, DHCP6OptDNSServers, DHCP6OptDNSDomains, DHCP6OptIA_PD, DHCP6OptIAPrefix,
		DHCP6OptNISServers, DHCP6OptSNTPServers, DHCP6OptRefresh, DHCP6OptBootFileUrl)
	for _, p := range all {
		p.Next = nextDHCP6Opt
	}
	dhcp6OptByCode = byDefault(0, all, DHCP6OptUnknown)
}

var duidTypes = &Enum{List: Named{
	{1, "Link-layer address plus time"},
	{2, "Vendor-assigned unique ID based on Enterprise Number"},
	{3, "Link-layer Address"},
	{4, "UUID"},
}}

func duid(title string, typ uint64, fields ...Field) Table {
	return Table{Title: title, Doc: title + " (RFC 8415)",
		Fields: slices.Concat([]Field{{Name: "type", Bits: 16, Enum: duidTypes, Default: typ}}, fields)}
}

func duidHardware() Field {
	return Field{Name: "hwtype", Kind: Hex, Bits: 16, Enum: duidHardwareTypes, Default: 1}
}

// The identifiers of hosts (RFC 8415 §11, RFC 6355).
var (
	DUID_LLT = &Proto{Name: "DUID_LLT", make: func() Table {
		return duid("DUID - Link-layer address plus time", 1,
			duidHardware(), timeField("timeval", epoch2000, 1), Field{Name: "lladdr", Kind: HWAddr, Bits: 48, Type: "_LLAddrField"})
	}}
	DUID_EN = &Proto{Name: "DUID_EN", make: func() Table {
		return duid("DUID - Assigned by Vendor Based on Enterprise Number", 2,
			Field{Name: "enterprisenum", Bits: 32, Default: 311, Enum: enterpriseNumbers}, Field{Name: "id", Kind: Var, Type: "StrField"})
	}}
	DUID_LL = &Proto{Name: "DUID_LL", make: func() Table {
		return duid("DUID - Based on Link-layer Address", 3,
			duidHardware(), Field{Name: "lladdr", Kind: HWAddr, Bits: 48, Type: "_LLAddrField"})
	}}
	DUID_UUID = &Proto{Name: "DUID_UUID", make: func() Table {
		return duid("DUID - Based on UUID", 4, Field{Name: "uuid", Kind: Var, Type: "UUIDField", Absent: true, DefaultValue: make([]byte, 16),
			Codec: uuidCodec{}, Text: uuidText, Size: func(*Layer, []byte) int { return 16 }})
	}}
)

var duidField = onePacket{func(_ *Layer, b []byte) *Proto {
	if len(b) >= 2 {
		switch getBits(b, 0, 16) {
		case 1:
			return DUID_LLT
		case 2:
			return DUID_EN
		case 3:
			return DUID_LL
		case 4:
			return DUID_UUID
		}
	}
	return nil
}}

var dhcp6OptCodes = &Enum{List: Named{
	{1, "CLIENTID"},
	{2, "SERVERID"},
	{3, "IA_NA"},
	{4, "IA_TA"},
	{5, "IAADDR"},
	{6, "ORO"},
	{7, "PREFERENCE"},
	{8, "ELAPSED_TIME"},
	{9, "RELAY_MSG"},
	{11, "AUTH"},
	{12, "UNICAST"},
	{13, "STATUS_CODE"},
	{14, "RAPID_COMMIT"},
	{15, "USER_CLASS"},
	{16, "VENDOR_CLASS"},
	{17, "VENDOR_OPTS"},
	{18, "INTERFACE_ID"},
	{19, "RECONF_MSG"},
	{20, "RECONF_ACCEPT"},
	{21, "SIP Servers Domain Name List"},
	{22, "SIP Servers IPv6 Address List"},
	{23, "DNS Recursive Name Server Option"},
	{24, "Domain Search List option"},
	{25, "OPTION_IA_PD"},
	{26, "OPTION_IAPREFIX"},
	{27, "OPTION_NIS_SERVERS"},
	{28, "OPTION_NISP_SERVERS"},
	{29, "OPTION_NIS_DOMAIN_NAME"},
	{30, "OPTION_NISP_DOMAIN_NAME"},
	{31, "OPTION_SNTP_SERVERS"},
	{32, "OPTION_INFORMATION_REFRESH_TIME"},
	{33, "OPTION_BCMCS_SERVER_D"},
	{34, "OPTION_BCMCS_SERVER_A"},
	{36, "OPTION_GEOCONF_CIVIC"},
	{37, "OPTION_REMOTE_ID"},
	{38, "OPTION_SUBSCRIBER_ID"},
	{39, "OPTION_CLIENT_FQDN"},
	{40, "OPTION_PANA_AGENT"},
	{41, "OPTION_NEW_POSIX_TIMEZONE"},
	{42, "OPTION_NEW_TZDB_TIMEZONE"},
	{48, "OPTION_LQ_CLIENT_LINK"},
	{56, "OPTION_NTP_SERVER"},
	{59, "OPT_BOOTFILE_URL"},
	{60, "OPT_BOOTFILE_PARAM"},
	{61, "OPTION_CLIENT_ARCH_TYPE"},
	{62, "OPTION_NII"},
	{65, "OPTION_ERP_LOCAL_DOMAIN_NAME"},
	{66, "OPTION_RELAY_SUPPLIED_OPTIONS"},
	{68, "OPTION_VSS"},
	{79, "OPTION_CLIENT_LINKLAYER_ADDR"},
	{112, "OPTION_MUD_URL"},
}}

var duidHardwareTypes = &Enum{List: Named{
	{0, "NET/ROM pseudo"},
	{1, "Ethernet (10Mb)"},
	{2, "Experimental Ethernet (3Mb)"},
	{3, "Amateur Radio AX.25"},
	{4, "Proteon ProNET Token Ring"},
	{5, "Chaos"},
	{6, "IEEE 802 Networks"},
	{7, "ARCNET"},
	{8, "Hyperchannel"},
	{9, "Lanstar"},
	{10, "Autonet Short Address"},
	{11, "LocalTalk"},
	{12, "LocalNet (IBM PCNet or SYTEK LocalNET)"},
	{13, "Ultra link"},
	{14, "SMDS"},
	{15, "Frame Relay"},
	{16, "Asynchronous Transmission Mode (ATM)"},
	{17, "HDLC"},
	{18, "Fibre Channel"},
	{19, "Asynchronous Transmission Mode (ATM)"},
	{20, "Serial Line"},
	{21, "Asynchronous Transmission Mode (ATM)"},
	{22, "MIL-STD-188-220"},
	{23, "Metricom"},
	{24, "IEEE 1394.1995"},
	{25, "MAPOS"},
	{26, "Twinaxial"},
	{27, "EUI-64"},
	{28, "HIPARP"},
	{29, "IP and ARP over ISO 7816-3"},
	{30, "ARPSec"},
	{31, "IPsec tunnel"},
	{32, "InfiniBand (TM)"},
	{33, "TIA-102 Project 25 Common Air Interface (CAI)"},
}}

// uuidCodec is a UUID, which people write as RFC 9562 §4 has it or as 16 bytes.
type uuidCodec struct{}

func (uuidCodec) Check(_ *Layer, b []byte) error {
	if len(b) != 16 {
		return fmt.Errorf("%w: a UUID of %d bytes, want 16", ErrTruncated, len(b))
	}
	return nil
}

func (uuidCodec) Decode(_ *Layer, b []byte) any { return b }

func (uuidCodec) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	b, _ := v.([]byte)
	return append(dst, b...), nil
}

func (uuidCodec) Parse(_ *Layer, v any) (any, error) {
	b, ok := toBytes(v)
	if s, isText := v.(string); isText && len(s) > 16 {
		b, _ = hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	}
	if !ok || len(b) != 16 {
		return nil, fmt.Errorf("got %s, want a UUID such as \"00112233-4455-6677-8899-aabbccddeeff\", or 16 bytes", describe(v))
	}
	return b, nil
}

func uuidText(_ *Layer, v any) (string, bool) {
	b, ok := v.([]byte)
	if !ok || len(b) != 16 {
		return "", false
	}
	return fmt.Sprintf("UUID('%x-%x-%x-%x-%x')", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), true
}
