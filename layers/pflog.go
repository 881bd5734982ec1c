package layers

// Address families of OpenBSD (sys/socket.h).
const (
	pflogINET  = 2
	pflogINET6 = 24
)

var (
	pflogFamilies = NewEnum(map[uint64]string{pflogINET: "IPv4", pflogINET6: "IPv6"})
	pflogLong     = func(l *Layer) bool { return l.Uint(0) > 64 }
)

// PFLog is what OpenBSD's packet filter tells of a packet, in front of it (net/if_pflog.h,
// struct pfloghdr; LINKTYPE_PFLOG, 117). Up to OpenBSD 4.8 it ended before the addresses.
var PFLog = Register(&Proto{
	Name: "PFLog", Doc: "OpenBSD packet filter log (LINKTYPE_PFLOG)",
	Fields: []Field{
		{Name: "hdrlen", Bits: 8, Default: 100},
		{Name: "addrfamily", Bits: 8, Default: pflogINET, Enum: pflogFamilies},
		{Name: "action", Bits: 8, Default: 1, Enum: NewEnum(map[uint64]string{0: "pass", 1: "drop", 2: "scrub", 3: "no-scrub", 4: "nat",
			5: "no-nat", 6: "binat", 7: "no-binat", 8: "rdr", 9: "no-rdr", 10: "syn-proxy-drop"})},
		{Name: "reason", Bits: 8, Enum: NewEnum(map[uint64]string{0: "match", 1: "bad-offset", 2: "fragment", 3: "short", 4: "normalize",
			5: "memory", 6: "bad-timestamp", 7: "congestion", 8: "ip-options", 9: "proto-cksum", 10: "state-mismatch", 11: "state-insert",
			12: "state-limit", 13: "src-limit", 14: "syn-proxy"})},
		{Name: "iface", Kind: Fixed, Bits: 128},
		{Name: "ruleset", Kind: Fixed, Bits: 128},
		{Name: "rulenumber", Bits: 32},
		{Name: "subrulenumber", Bits: 32},
		{Name: "uid", Bits: 32},
		{Name: "pid", Bits: 32},
		{Name: "ruleuid", Bits: 32},
		{Name: "rulepid", Bits: 32},
		{Name: "direction", Bits: 8, Default: 255, Enum: NewEnum(map[uint64]string{0: "inout", 1: "in", 2: "out", 255: "unknown"})},
		{Name: "rewritten", Bits: 8, Type: "YesNoByteField", Enum: NewEnum(map[uint64]string{0: "no", 1: "yes"})},
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
})

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
	return Field{Name: name, Kind: Fixed, Bits: 96, When: func(l *Layer) bool { return pflogLong(l) && l.Uint(1) != pflogINET6 }}
}

func init() {
	mustBind(PFLog, IP, "addrfamily", pflogINET)
	mustBind(PFLog, IPv6, "addrfamily", pflogINET6)
}
