package layers

// Address families of OpenBSD (sys/socket.h).
const (
	pflogINET  = 2
	pflogINET6 = 24
)

var (
	pflogFamilies = &Enum{text: "2 IPv4\n24 IPv6\n"}
	pflogLong     = func(l *Layer) bool { return l.Uint(0) > 64 }
)

// PFLog is what OpenBSD's packet filter tells of a packet, in front of it (net/if_pflog.h,
// struct pfloghdr; LINKTYPE_PFLOG, 117). Up to OpenBSD 4.8 it ended before the addresses.
var PFLog = &Proto{Name: "PFLog", make: func() Table {
	return Table{
		Doc: "OpenBSD packet filter log (LINKTYPE_PFLOG)",
		Fields: []Field{
			{Name: "hdrlen", Bits: 8, Default: 100},
			{Name: "addrfamily", Bits: 8, Default: pflogINET, Enum: pflogFamilies},
			{Name: "action", Bits: 8, Default: 1, Enum: &Enum{text: "0 pass\n1 drop\n2 scrub\n3 no-scrub\n4 nat\n5 no-nat\n6 binat\n7 no-binat\n8 rdr\n9 no-rdr\n10 syn-proxy-drop\n"}},
			{Name: "reason", Bits: 8, Enum: &Enum{text: "0 match\n1 bad-offset\n2 fragment\n3 short\n4 normalize\n5 memory\n6 bad-timestamp\n7 congestion\n8 ip-options\n9 proto-cksum\n10 state-mismatch\n11 state-insert\n12 state-limit\n13 src-limit\n14 syn-proxy\n"}},
			{Name: "iface", Kind: Fixed, Bits: 128},
			{Name: "ruleset", Kind: Fixed, Bits: 128},
			{Name: "rulenumber", Bits: 32},
			{Name: "subrulenumber", Bits: 32},
			{Name: "uid", Bits: 32},
			{Name: "pid", Bits: 32},
			{Name: "ruleuid", Bits: 32},
			{Name: "rulepid", Bits: 32},
			{Name: "direction", Bits: 8, Default: 255, Enum: &Enum{text: "0 inout\n1 in\n2 out\n255 unknown\n"}},
			{Name: "rewritten", Bits: 8, Type: "YesNoByteField", Enum: &Enum{text: "0 no\n1 yes\n"}, Text: anyYes},
			{Name: "naddrfamily", Bits: 8, Default: pflogINET, Enum: pflogFamilies},
			{Name: "pad", Kind: Fixed, Bits: 8},
			{Name: "saddr", Type: "MultipleTypeField", Form: pflogForm("saddr"), When: pflogLong},
			pflogPad("spad"),
			{Name: "daddr", Type: "MultipleTypeField", Form: pflogForm("daddr"), When: pflogLong},
			pflogPad("dpad"),
			{Name: "sport", Bits: 16, When: pflogLong},
			{Name: "dport", Bits: 16, When: pflogLong},
		},
		Summary: func(at At) (string, []*Proto) {
			iface, _ := First(at.Value(4)).([]byte)
			return FieldText(at, 1) + " " + FieldText(at, 2) + " on " + pyBytes(trimZeros(iface)) + " by rule " + FieldText(at, 6), nil
		},
	}
}}

// anyYes reads any number but 0 as yes.
func anyYes(_ *Layer, v any) (string, bool) {
	n, ok := v.(uint64)
	return "yes", ok && n > 0
}

// An IPv4 address takes the room of an IPv6 one.
func pflogForm(name string) func(l *Layer) *Field {
	ip4 := &Field{Name: name, Kind: Addr4, Bits: 32, Default: 0x7f000001}
	ip6 := &Field{Name: name, Kind: Addr6, Bits: 128, DefaultValue: parseAddr6("::1")}
	return func(l *Layer) *Field {
		if l.Uint(1) == pflogINET6 {
			return ip6
		}
		return ip4
	}
}

func pflogPad(name string) Field {
	return Field{Name: name, Kind: Fixed, Bits: 96, When: func(l *Layer) bool { return pflogLong(l) && l.Uint(1) != pflogINET6 },
		Tacit: func(l *Layer) bool { return !anyByte(l.own(l.proto.index(name))) }}
}

func bindPFLog() {
	mustBind(PFLog, IP, "addrfamily", pflogINET)
	mustBind(PFLog, IPv6, "addrfamily", pflogINET6)
}

func pflogTables() family {
	return family{
		tables: []*Proto{PFLog},
		bind:   bindPFLog,
	}
}
