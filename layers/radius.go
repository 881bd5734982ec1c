package layers

import (
	"fmt"
	"slices"
)

// Radius is a packet of the remote authentication dial-in user service (RFC 2865 §3).
var Radius = &Proto{Name: "Radius", make: func() Table {
	return Table{
		Title: "RADIUS",
		Doc:   "remote authentication dial-in user service (RFC 2865)",
		Fields: []Field{
			{Name: "code", Bits: 8, Enum: RadiusCodes, Default: 1},
			{Name: "id", Bits: 8},
			{Name: "len", Bits: 16, Type: "FieldLenField", Len: totalLen},
			{Name: "authenticator", Kind: Fixed, Bits: 128, Type: "XStrFixedLenField"},
			{Name: "attributes", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Codec: radiusList, Size: sizeLess(2, 20)},
		},
		Summary: func(at At) (string, []*Proto) {
			s := "RADIUS " + FieldText(at, 0)
			list, _ := at.Value(4).(List)
			for _, m := range list {
				if p, ok := m.(*Packet); ok && p.At(0).Proto() != nil && p.At(0).Proto().Name == "RadiusAttr_User_Name" {
					user, _ := p.At(0).Value(2).([]byte)
					return s + " (User:" + pyStr(string(user)) + ")", nil
				}
			}
			return s, nil
		},
		Answers: func(at, to At) bool {
			if to.Proto() != at.Proto() || !sameUint(at, to, 1) {
				return false
			}
			asked := to.Uint(0)
			switch at.Uint(0) {
			case 2, 3, 11:
				return asked == 1
			case 5:
				return asked == 4
			case 41, 42:
				return asked == 40
			case 44, 45:
				return asked == 43
			}
			return false
		},
		Key: func(dst []byte, at At, loose bool) []byte { return append(dst, byte(at.Uint(1))) },
	}
}}

// radiusAttr makes the table of an attribute: its type and length, then fields
// (RFC 2865 §5). Where its type is given, repr says it.
func radiusAttr(title string, num uint64, given bool, fields ...Field) Table {
	return Table{Title: title, Doc: "RADIUS attribute " + title,
		Fields: slices.Concat([]Field{
			{Name: "type", Bits: 8, Enum: RadiusAttributeTypes, Default: num, Given: given},
			optionLen("len", 8, 2, fields),
		}, fields)}
}

// Attributes that are not just a value, and those that have no table.
var (
	RadiusAttribute = &Proto{Name: "RadiusAttribute", make: func() Table {
		return radiusAttr("Radius Attribute", 1, false,
			Field{Name: "value", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 2)})
	}}
	RadiusAttr_Vendor_Specific = &Proto{Name: "RadiusAttr_Vendor_Specific", make: func() Table {
		return radiusAttr("Vendor-Specific", 26, false, // RFC 2865 §5.26
			Field{Name: "vendor_id", Bits: 32},
			Field{Name: "vendor_type", Bits: 8},
			Field{Name: "vendor_len", Bits: 8, Type: "FieldLenField", Auto: lenOf(5, 2)},
			Field{Name: "value", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 8)})
	}}
)

// radiusOf makes the table of an attribute that is just a value.
func radiusOf(title string, num uint64, kind radiusValue) Table {
	value := Field{Name: "value", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 2)}
	switch kind {
	case radiusInt:
		value = Field{Name: "value", Bits: 32, Enum: radiusValueNames[num]}
		if value.Enum != nil {
			value.Type = fmt.Sprintf("MultiEnumField (Depends on %d)", num)
		}
	case radiusAddr:
		value = Field{Name: "value", Kind: Addr4, Bits: 32}
	case radiusHex:
		value.Type = "XStrLenField"
	case radiusEAP:
		value.Type, value.Codec = "_EAPPacketField", onePacket{nextRadiusEAP}
	case radiusMAC: // RFC 3579 §3.2
		value.Type, value.DefaultValue = "XStrFixedLenField", make([]byte, 16)
	}
	return radiusAttr(title, num, kind != radiusEAP, value)
}

// radiusProtos are the attributes that are just a value, by type.
var radiusProtos = [256]*Proto{
	1:   {Name: "RadiusAttr_User_Name", make: func() Table { return radiusOf("User-Name", 1, radiusText) }},
	2:   {Name: "RadiusAttr_User_Password", make: func() Table { return radiusOf("User-Password", 2, radiusHex) }},
	4:   {Name: "RadiusAttr_NAS_IP_Address", make: func() Table { return radiusOf("NAS-IP-Address", 4, radiusAddr) }},
	5:   {Name: "RadiusAttr_NAS_Port", make: func() Table { return radiusOf("NAS-Port", 5, radiusInt) }},
	6:   {Name: "RadiusAttr_Service_Type", make: func() Table { return radiusOf("Service-Type", 6, radiusInt) }},
	7:   {Name: "RadiusAttr_Framed_Protocol", make: func() Table { return radiusOf("Framed-Protocol", 7, radiusInt) }},
	8:   {Name: "RadiusAttr_Framed_IP_Address", make: func() Table { return radiusOf("Framed-IP-Address", 8, radiusAddr) }},
	9:   {Name: "RadiusAttr_Framed_IP_Netmask", make: func() Table { return radiusOf("Framed-IP-Netmask", 9, radiusAddr) }},
	12:  {Name: "RadiusAttr_Framed_MTU", make: func() Table { return radiusOf("Framed-MTU", 12, radiusInt) }},
	14:  {Name: "RadiusAttr_Login_IP_Host", make: func() Table { return radiusOf("Login-IP-Host", 14, radiusAddr) }},
	16:  {Name: "RadiusAttr_Login_TCP_Port", make: func() Table { return radiusOf("Login-TCP-Port", 16, radiusInt) }},
	23:  {Name: "RadiusAttr_Framed_IPX_Network", make: func() Table { return radiusOf("Framed-IPX-Network", 23, radiusAddr) }},
	24:  {Name: "RadiusAttr_State", make: func() Table { return radiusOf("State", 24, radiusHex) }},
	27:  {Name: "RadiusAttr_Session_Timeout", make: func() Table { return radiusOf("Session-Timeout", 27, radiusInt) }},
	28:  {Name: "RadiusAttr_Idle_Timeout", make: func() Table { return radiusOf("Idle-Timeout", 28, radiusInt) }},
	37:  {Name: "RadiusAttr_Framed_AppleTalk_Link", make: func() Table { return radiusOf("Framed-AppleTalk-Link", 37, radiusInt) }},
	38:  {Name: "RadiusAttr_Framed_AppleTalk_Network", make: func() Table { return radiusOf("Framed-AppleTalk-Network", 38, radiusInt) }},
	40:  {Name: "RadiusAttr_Acct_Status_Type", make: func() Table { return radiusOf("Acct-Status-Type", 40, radiusInt) }},
	41:  {Name: "RadiusAttr_Acct_Delay_Time", make: func() Table { return radiusOf("Acct-Delay-Time", 41, radiusInt) }},
	42:  {Name: "RadiusAttr_Acct_Input_Octets", make: func() Table { return radiusOf("Acct-Input-Octets", 42, radiusInt) }},
	43:  {Name: "RadiusAttr_Acct_Output_Octets", make: func() Table { return radiusOf("Acct-Output-Octets", 43, radiusInt) }},
	45:  {Name: "RadiusAttr_Acct_Authentic", make: func() Table { return radiusOf("Acct-Authentic", 45, radiusInt) }},
	46:  {Name: "RadiusAttr_Acct_Session_Time", make: func() Table { return radiusOf("Acct-Session-Time", 46, radiusInt) }},
	47:  {Name: "RadiusAttr_Acct_Input_Packets", make: func() Table { return radiusOf("Acct-Input-Packets", 47, radiusInt) }},
	48:  {Name: "RadiusAttr_Acct_Output_Packets", make: func() Table { return radiusOf("Acct-Output-Packets", 48, radiusInt) }},
	49:  {Name: "RadiusAttr_Acct_Terminate_Cause", make: func() Table { return radiusOf("Acct-Terminate-Cause", 49, radiusInt) }},
	51:  {Name: "RadiusAttr_Acct_Link_Count", make: func() Table { return radiusOf("Acct-Link-Count", 51, radiusInt) }},
	52:  {Name: "RadiusAttr_Acct_Input_Gigawords", make: func() Table { return radiusOf("Acct-Input-Gigawords", 52, radiusInt) }},
	53:  {Name: "RadiusAttr_Acct_Output_Gigawords", make: func() Table { return radiusOf("Acct-Output-Gigawords", 53, radiusInt) }},
	56:  {Name: "RadiusAttr_Egress_VLANID", make: func() Table { return radiusOf("Egress-VLANID", 56, radiusInt) }},
	61:  {Name: "RadiusAttr_NAS_Port_Type", make: func() Table { return radiusOf("NAS-Port-Type", 61, radiusInt) }},
	62:  {Name: "RadiusAttr_Port_Limit", make: func() Table { return radiusOf("Port-Limit", 62, radiusInt) }},
	73:  {Name: "RadiusAttr_ARAP_Security", make: func() Table { return radiusOf("ARAP-Security", 73, radiusInt) }},
	75:  {Name: "RadiusAttr_Password_Retry", make: func() Table { return radiusOf("Password-Retry", 75, radiusInt) }},
	79:  {Name: "RadiusAttr_EAP_Message", make: func() Table { return radiusOf("EAP-Message", 79, radiusEAP) }},
	80:  {Name: "RadiusAttr_Message_Authenticator", make: func() Table { return radiusOf("Message-Authenticator", 80, radiusMAC) }},
	83:  {Name: "RadiusAttr_Tunnel_Preference", make: func() Table { return radiusOf("Tunnel-Preference", 83, radiusInt) }},
	85:  {Name: "RadiusAttr_Acct_Interim_Interval", make: func() Table { return radiusOf("Acct-Interim-Interval", 85, radiusInt) }},
	86:  {Name: "RadiusAttr_Acct_Tunnel_Packets_Lost", make: func() Table { return radiusOf("Acct-Tunnel-Packets-Lost", 86, radiusInt) }},
	136: {Name: "RadiusAttr_Management_Privilege_Level", make: func() Table { return radiusOf("Management-Privilege-Level", 136, radiusInt) }},
	149: {Name: "RadiusAttr_PMIP6_Home_LMA_IPv4_Address", make: func() Table { return radiusOf("PMIP6-Home-LMA-IPv4-Address", 149, radiusAddr) }},
	150: {Name: "RadiusAttr_PMIP6_Visited_LMA_IPv4_Address", make: func() Table { return radiusOf("PMIP6-Visited-LMA-IPv4-Address", 150, radiusAddr) }},
	157: {Name: "RadiusAttr_PMIP6_Home_DHCP4_Server_Address", make: func() Table { return radiusOf("PMIP6-Home-DHCP4-Server-Address", 157, radiusAddr) }},
	158: {Name: "RadiusAttr_PMIP6_Visited_DHCP4_Server_Address", make: func() Table { return radiusOf("PMIP6-Visited-DHCP4-Server-Address", 158, radiusAddr) }},
	161: {Name: "RadiusAttr_PMIP6_Home_IPv4_Gateway", make: func() Table { return radiusOf("PMIP6-Home-IPv4-Gateway", 161, radiusAddr) }},
	162: {Name: "RadiusAttr_PMIP6_Visited_IPv4_Gateway", make: func() Table { return radiusOf("PMIP6-Visited-IPv4-Gateway", 162, radiusAddr) }},
	177: {Name: "RadiusAttr_Mobility_Domain_Id", make: func() Table { return radiusOf("Mobility-Domain-Id", 177, radiusInt) }},
	178: {Name: "RadiusAttr_Preauth_Timeout", make: func() Table { return radiusOf("Preauth-Timeout", 178, radiusInt) }},
	182: {Name: "RadiusAttr_WLAN_Venue_Info", make: func() Table { return radiusOf("WLAN-Venue-Info", 182, radiusInt) }},
	185: {Name: "RadiusAttr_WLAN_Reason_Code", make: func() Table { return radiusOf("WLAN-Reason-Code", 185, radiusInt) }},
	186: {Name: "RadiusAttr_WLAN_Pairwise_Cipher", make: func() Table { return radiusOf("WLAN-Pairwise-Cipher", 186, radiusInt) }},
	187: {Name: "RadiusAttr_WLAN_Group_Cipher", make: func() Table { return radiusOf("WLAN-Group-Cipher", 187, radiusInt) }},
	188: {Name: "RadiusAttr_WLAN_AKM_Suite", make: func() Table { return radiusOf("WLAN-AKM-Suite", 188, radiusInt) }},
	189: {Name: "RadiusAttr_WLAN_Group_Mgmt_Cipher", make: func() Table { return radiusOf("WLAN-Group-Mgmt-Cipher", 189, radiusInt) }},
	190: {Name: "RadiusAttr_WLAN_RF_Band", make: func() Table { return radiusOf("WLAN-RF-Band", 190, radiusInt) }},
}

// nextRadiusEAP tells a whole message from a piece: one that does not fit an
// attribute is spread over several (RFC 3579 §3.1).
func nextRadiusEAP(_ *Layer, b []byte) *Proto {
	if len(b) < 4 || getBits(b, 16, 16) >= 254 {
		return nil
	}
	return EAP
}

// radiusList is a packet's attributes. One whose length does not suit its type
// is RadiusAttribute.
var radiusList = packetList{next: func(_ *Layer, b []byte) *Proto {
	p := radiusProtos[b[0]]
	if b[0] == 26 {
		p = RadiusAttr_Vendor_Specific
	}
	if p == nil || len(b) < 2 || int(b[1]) < p.Use().fixedLen || p.slots == 0 && int(b[1]) != p.fixedLen {
		return RadiusAttribute
	}
	return p
}}

func radiusTables() family {
	return family{
		tables: append(existing(radiusProtos[:]), Radius, RadiusAttribute, RadiusAttr_Vendor_Specific),
		bind: func() {
			mustBindPorts(UDP, Radius, 1812, 1813, 3799)
			mustBindDown(UDP, Radius, "sport", 1812, "dport", 1812)
		},
	}
}
