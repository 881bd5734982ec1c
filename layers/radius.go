package layers

import (
	"fmt"
	"slices"
	"strings"
)

// Radius is a packet of the remote authentication dial-in user service (RFC 2865 §3).
var Radius = Register(&Proto{
	Name:  "Radius",
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
})

// radiusAttr makes the table of an attribute: its type and length, then fields
// (RFC 2865 §5). Where its type is given, repr says it.
func radiusAttr(name, title string, num uint64, given bool, fields ...Field) *Proto {
	return Register(&Proto{Name: name, Title: title, Doc: "RADIUS attribute " + title,
		Fields: slices.Concat([]Field{
			{Name: "type", Bits: 8, Enum: RadiusAttributeTypes, Default: num, Given: given},
			optionLen("len", 8, 2, fields),
		}, fields)})
}

// Attributes that are not just a value, and those that have no table.
var (
	RadiusAttribute = radiusAttr("RadiusAttribute", "Radius Attribute", 1, false,
		Field{Name: "value", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 2)})
	RadiusAttr_Vendor_Specific = radiusAttr("RadiusAttr_Vendor_Specific", "Vendor-Specific", 26, false, // RFC 2865 §5.26
		Field{Name: "vendor_id", Bits: 32},
		Field{Name: "vendor_type", Bits: 8},
		Field{Name: "vendor_len", Bits: 8, Type: "FieldLenField", Auto: lenOf(5, 2)},
		Field{Name: "value", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 8)})
)

var radiusProtos [256]*Proto

func init() {
	for _, a := range radiusAttributes {
		value := Field{Name: "value", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 2)}
		switch a.value {
		case radiusInt:
			value = Field{Name: "value", Bits: 32, Enum: radiusValueNames[a.num]}
			if value.Enum != nil {
				value.Type = fmt.Sprintf("MultiEnumField (Depends on %d)", a.num)
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
		title := strings.ReplaceAll(strings.TrimPrefix(a.name, "RadiusAttr_"), "_", "-")
		radiusProtos[a.num] = radiusAttr(a.name, title, a.num, a.value != radiusEAP, value)
	}
	radiusProtos[26] = RadiusAttr_Vendor_Specific
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
	if p == nil || len(b) < 2 || int(b[1]) < p.Use().fixedLen || p.slots == 0 && int(b[1]) != p.fixedLen {
		return RadiusAttribute
	}
	return p
}}
