package layers

import "strconv"

// Field positions in VXLAN.
const (
	vxlanFlags = iota
	vxlanReserved0
	vxlanNextProtocol
	vxlanReserved1
	vxlanGPFlags
	vxlanGPID
	vxlanVNI
)

// Bits of VXLAN.flags.
const (
	vxlanGPE = 1 << 2 // a next protocol follows (draft-ietf-nvo3-vxlan-gpe)
	vxlanGBP = 1 << 7 // a group policy follows (draft-smith-vxlan-group-policy)
)

// VXLAN is a virtual extensible LAN header (RFC 7348 §5), with the generic
// protocol and the group policy extension.
var VXLAN = &Proto{Name: "VXLAN", make: func() Table {
	return Table{
		Doc: "virtual extensible LAN (RFC 7348)",
		Fields: []Field{
			{Name: "flags", Kind: Flag, Bits: 8, Default: 8,
				Flags: &FlagSet{Names: []string{"OAM", "R", "NextProtocol", "Instance", "V1", "V2", "R", "G"}}},
			{Name: "reserved0", Bits: 16, When: vxlanHas(vxlanGPE)},
			{Name: "NextProtocol", Bits: 8, When: vxlanHas(vxlanGPE),
				Enum: &Enum{List: Named{{0, "NotDefined"}, {1, "IPv4"}, {2, "IPv6"}, {3, "Ethernet"}, {4, "NSH"}}}},
			{Name: "reserved1", Bits: 24, Type: "ThreeBytesField",
				When: func(l *Layer) bool { return l.Uint(vxlanFlags)&(vxlanGPE|vxlanGBP) == 0 }},
			{Name: "gpflags", Kind: Flag, Bits: 8, When: vxlanHas(vxlanGBP),
				Flags: &FlagSet{Names: []string{"R", "R", "R", "A", "R", "R", "D", "R"}}},
			{Name: "gpid", Bits: 16, When: vxlanHas(vxlanGBP)},
			{Name: "vni", Kind: Hex, Bits: 24, Type: "X3BytesField"},
			{Name: "reserved2", Kind: Hex, Bits: 8},
		},
		Summary: func(at At) (string, []*Proto) {
			s := "VXLAN (vni=" + FieldText(at, vxlanVNI)
			if at.Layer().Exists(vxlanGPID) {
				s += " gpid=" + strconv.FormatUint(at.Uint(vxlanGPID), 10)
			}
			return s + ")", nil
		},
		Next: func(at At, payload []byte) *Proto {
			if l := at.Layer(); !l.Exists(vxlanNextProtocol) || l.Uint(vxlanNextProtocol) == 0 {
				return Ether
			}
			return nil
		},
	}
}}

func vxlanHas(bit uint64) func(l *Layer) bool {
	return func(l *Layer) bool { return l.Uint(vxlanFlags)&bit != 0 }
}

func vxlanTables() family {
	return family{
		tables: []*Proto{VXLAN},
		bind: func() {
			mustBindPorts(UDP, VXLAN, 4789, 4790, 6633, 8472)
			mustBindUp(UDP, VXLAN, "dport", 48879)
			mustBindDown(UDP, VXLAN, "sport", 4789, "dport", 4789)
			mustBind(VXLAN, IP, "flags", 12, "NextProtocol", 1)
			mustBind(VXLAN, IPv6, "flags", 12, "NextProtocol", 2)
			mustBind(VXLAN, Ether, "flags", 12, "NextProtocol", 3)
		},
	}
}
