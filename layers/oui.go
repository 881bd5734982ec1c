package layers

import "fmt"

// Organisation, when set, gives the name that belongs to the first three bytes of an Ethernet
// address, "" if none is known. It is called while printing alone.
var Organisation func(oui uint32) string

// organisations are those that the tables here speak of by default.
var organisations = &Enum{text: `0 Officially Xerox, but 0:0:0:0:0:0 is more common
0xc Cisco Systems, Inc
0xfac Ieee 802.11
0x120f Ieee 802.3
0x50f2 Microsoft Corp.
`}

// ouiField is the number of an organisation, which is printed with its name.
func ouiField(name string, value uint64) Field {
	return Field{Name: name, Kind: Hex, Bits: 24, Type: "OUIField", Default: value, Text: ouiText}
}

func ouiText(_ *Layer, v any) (string, bool) {
	n, ok := v.(uint64)
	if !ok {
		return "", false
	}
	s := fmt.Sprintf("%02x:%02x:%02x", n>>16, n>>8&0xff, n&0xff)
	name, ok := organisations.Name(n)
	if !ok && Organisation != nil {
		name = Organisation(uint32(n))
	}
	if name != "" {
		s = name + " (" + s + ")"
	}
	return s, true
}
