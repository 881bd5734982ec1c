package layers

const (
	vrrpIPCount = 4
	vrrpChksum  = 7
	vrrp3Chksum = 7
	vrrpAddrs   = 8
)

// VRRP is an advertisement of the virtual router redundancy protocol of version
// 2 (RFC 3768 §5.1).
var VRRP = &Proto{Name: "VRRP", make: func() Table {
	return Table{
		Doc: "virtual router redundancy protocol, version 2 (RFC 3768)",
		Fields: []Field{
			{Name: "version", Bits: 4, Default: 2},
			{Name: "type", Bits: 4, Default: 1},
			{Name: "vrid", Bits: 8, Default: 1},
			{Name: "priority", Bits: 8, Default: 100},
			{Name: "ipcount", Bits: 8, Type: "FieldLenField", Auto: countOf(vrrpAddrs)},
			{Name: "authtype", Bits: 8},
			{Name: "adv", Bits: 8, Default: 1},
			{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero},
			{Name: "addrlist", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: addrList{4}, Size: sizeTimes(vrrpIPCount, 4)},
			{Name: "auth1", Bits: 32},
			{Name: "auth2", Bits: 32},
		},
		Dispatch: func(b []byte) *Proto {
			if len(b) > 0 && b[0]>>4 == 3 {
				return VRRPv3
			}
			return nil
		},
		Sum: &Sum{Field: vrrpChksum},
	}
}}

// VRRPv3 is an advertisement of version 3 (RFC 9568 §5.1), whose checksum covers
// the addresses of the IP header.
var VRRPv3 = &Proto{Name: "VRRPv3", make: func() Table {
	return Table{
		Doc: "virtual router redundancy protocol, version 3 (RFC 9568)",
		Fields: []Field{
			{Name: "version", Bits: 4, Default: 3},
			{Name: "type", Bits: 4, Default: 1},
			{Name: "vrid", Bits: 8, Default: 1},
			{Name: "priority", Bits: 8, Default: 100},
			{Name: "ipcount", Bits: 8, Type: "FieldLenField", Auto: countOf(vrrpAddrs)},
			{Name: "res", Bits: 4},
			{Name: "adv", Bits: 12, Default: 100},
			{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero},
			{Name: "addrlist", Type: "MultipleTypeField", Form: vrrpAddrForm},
		},
		Sum: &Sum{Field: vrrp3Chksum, Pseudo: 112},
	}
}}

var (
	vrrpAddrs4 = &Field{Name: "addrlist", Kind: Var, DefaultValue: List{}, Codec: addrList{4}}
	vrrpAddrs6 = &Field{Name: "addrlist", Kind: Var, DefaultValue: List{}, Codec: addrList{16}}
)

// vrrpAddrForm tells the family by the room there is for each address.
func vrrpAddrForm(l *Layer) *Field {
	if n := int(l.Uint(vrrpIPCount)); l.src != nil && n > 0 && len(l.src)-8 >= n*16 {
		return vrrpAddrs6
	}
	return vrrpAddrs4
}

func vrrpTables() family {
	return family{
		tables: []*Proto{VRRP, VRRPv3},
		bind: func() {
			mustBindProtocol(VRRP, 112)
			mustBindDown(IP, VRRPv3, "proto", 112)
			for _, lower := range carriers6() {
				mustBindDown(lower, VRRPv3, "nh", 112)
			}
		},
	}
}
