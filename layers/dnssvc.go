package layers

import (
	"fmt"
	"net/netip"
)

// Records of what a host or a service is, and how it is reached.
var (
	DNSRRHINFO = &Proto{Name: "DNSRRHINFO", make: func() Table {
		return dnsRR("DNS HINFO Resource Record", 13, dnsTexts(dnsRData, "cpulen", "cpu", "oslen", "os")...) // RFC 1035 §3.3.2
	}}
	DNSRRNAPTR = &Proto{Name: "DNSRRNAPTR", make: func() Table {
		return dnsRR("DNS NAPTR Resource Record", 35, rows( // RFC 3403 §4.1
			Field{Name: "order", Bits: 16}, Field{Name: "preference", Bits: 16},
			dnsTexts(dnsRData+2, "flags_len", "flags", "services_len", "services", "regexp_len", "regexp"),
			nameField("replacement", "."))...)
	}}
	DNSRRSVCB  = &Proto{Name: "DNSRRSVCB", make: func() Table { return dnsService("DNS SVCB Resource Record", 64) }}
	DNSRRHTTPS = &Proto{Name: "DNSRRHTTPS", make: func() Table { return dnsService("DNS HTTPS Resource Record", 65) }}
)

// dnsTexts are strings from field position at on, each behind its length: their names in turn.
func dnsTexts(at int, names ...string) (out []Field) {
	for i := 0; i < len(names); i += 2 {
		out = append(out,
			Field{Name: names[i], Bits: 8, Type: "FieldLenField", Auto: lenOf(at+i+1, 0)},
			Field{Name: names[i+1], Kind: Var, Type: "StrLenField", Size: sizeLess(at+i, 0)})
	}
	return out
}

// dnsService tells how a service is reached (RFC 9460 §2.2).
func dnsService(title string, typ uint64) Table {
	return dnsRR(title, typ,
		Field{Name: "svc_priority", Bits: 16}, nameField("target_name", "."),
		Field{Name: "svc_params", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Size: dnsRest,
			Codec: packetList{next: func(*Layer, []byte) *Proto { return SvcParam }}})
}

// svcKeys name what a parameter says (RFC 9460 §14.3.2, the IANA registry "Service Parameter Keys").
var svcKeys = &Enum{List: Named{
	{0, "mandatory"}, {1, "alpn"}, {2, "no-default-alpn"}, {3, "port"}, {4, "ipv4hint"}, {5, "ech"}, {6, "ipv6hint"},
	{7, "dohpath"}, {8, "ohttp"}}}

const (
	svcKey = iota
	svcLen
	svcValue
)

// SvcParam is a parameter of a service: what its value is depends on its key.
var SvcParam = &Proto{Name: "SvcParam", make: func() Table {
	return Table{
		Doc: "parameter of a service in DNS (RFC 9460)",
		Fields: []Field{
			{Name: "key", Bits: 16, Enum: svcKeys},
			{Name: "len", Bits: 16, Type: "FieldLenField", Auto: func(b *Build) uint64 {
				if f := b.Layer().form(svcValue); f.Kind != Var {
					return uint64(f.Bits / 8)
				}
				return uint64(b.varLenAt(svcValue))
			}},
			{Name: "value", Type: "MultipleTypeField", Form: svcForm, Text: svcText},
		},
	}
}}

var (
	svcPort = &Field{Name: "value", Bits: 16}
	svcMust = svcList(svcKeyList{uintList{2}})
	svcALPN = svcList(dnsStrings{})
	svc4    = svcList(addrList{4})
	svc6    = svcList(addrList{16})
	svcRaw  = &Field{Name: "value", Kind: Var, DefaultValue: []byte{}, Size: sizeLess(svcLen, 0)}
)

func svcList(c Codec) *Field {
	return &Field{Name: "value", Kind: Var, Codec: c, DefaultValue: List{}, Size: sizeLess(svcLen, 0)}
}

// svcForm is what the value of a parameter is. A port that has not two bytes is bytes.
func svcForm(l *Layer) *Field {
	switch l.Uint(svcKey) {
	case 0:
		return svcMust
	case 1, 2:
		return svcALPN
	case 3:
		if l.src == nil || !l.IsSet(svcLen) || l.Uint(svcLen) == 2 {
			return svcPort
		}
	case 4:
		return svc4
	case 6:
		return svc6
	}
	return svcRaw
}

// svcKeyList is keys, by name too.
type svcKeyList struct{ uintList }

func (svcKeyList) Parse(l *Layer, v any) (any, error) {
	f := Field{Name: "value", Bits: 16, Enum: svcKeys}
	return parseEach(v, func(m any) (any, error) {
		if _, ok := m.([]byte); ok {
			return m, nil
		}
		return f.parseUint(l.proto, f.Enum, m)
	})
}

// svcText names keys, and has a list of addresses look as one of numbers does.
func svcText(_ *Layer, v any) (string, bool) {
	list, ok := v.(List)
	if !ok || len(list) == 0 {
		return "", false
	}
	for _, m := range list {
		switch m.(type) {
		case uint64, netip.Addr:
		default:
			return "", false
		}
	}
	return pyJoin("[", "]", list, func(m any) string {
		if a, ok := m.(netip.Addr); ok {
			return AddrText(a)
		}
		if name, ok := svcKeys.Name(m.(uint64)); ok {
			return name
		}
		return fmt.Sprint(m)
	}), true
}
