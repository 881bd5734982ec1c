package repl

import (
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// nameTables are Scapy's dictionaries of numbers and their names, each with a field
// that has these.
var nameTables = []struct{ name, layer, field string }{
	{"ETHER_TYPES", "Ether", "type"},
	{"IP_PROTOS", "IP", "proto"},
	{"TCP_SERVICES", "TCP", "dport"},
	{"UDP_SERVICES", "UDP", "dport"},
	{"SCTP_SERVICES", "SCTP", "dport"},
	{"LOOPBACK_TYPES", "Loopback", "type"},
	{"TFTP_Error_Codes", "TFTP_ERROR", "errorcode"},
	{"TFTP_operations", "TFTP", "op"},
	{"dhcp6opts", "DHCP6OptUnknown", "optcode"},
	{"dhcp6types", "DHCP6", "msgtype"},
	{"dnsclasses", "DNSQR", "qclass"},
	{"dnsqtypes", "DNSQR", "qtype"},
	{"dnssecalgotypes", "DNSRRRSIG", "algorithm"},
	{"dnstypes", "DNSRR", "type"},
	{"duidtypes", "DUID_LL", "type"},
	{"eap_codes", "EAP", "code"},
	{"eap_types", "EAP", "type"},
	{"eapol_types", "EAPOL", "type"},
	{"eapol_versions", "EAPOL", "version"},
	{"icmp6ndopts", "ICMPv6NDOptUnknown", "type"},
	{"icmp6types", "ICMPv6EchoRequest", "type"},
	{"icmptypes", "ICMP", "type"},
	{"ipv6nh", "IPv6", "nh"},
	{"reason_code", "Dot11Deauth", "reason"},
	{"sctpchunkparamtypes", "SCTPChunkParamUnknown", "type"},
	{"sctpchunktypes", "SCTPChunkData", "type"},
	{"status_code", "Dot11Auth", "status"},
}

// nameTable is the names of a field's values: a dictionary that is made when it is
// first asked, with the names as attributes too: IP_PROTOS.tcp is 6.
type nameTable struct {
	frozenValue
	layer, field string
	enum         *layers.Enum // nil until it is asked for, and for icmpcodes
	dict         *starlark.Dict
}

var (
	_ starlark.IterableMapping = (*nameTable)(nil)
	_ starlark.Sequence        = (*nameTable)(nil)
	_ starlark.HasAttrs        = (*nameTable)(nil)
	_ pyrt.Equaler             = (*nameTable)(nil)
)

// addNameTables puts the dictionaries among names.
func addNameTables(names map[string]starlark.Value) {
	for i := range nameTables {
		names[nameTables[i].name] = &nameTable{layer: nameTables[i].layer, field: nameTables[i].field}
	}
	names["icmpcodes"] = &nameTable{}
}

func (t *nameTable) table() *starlark.Dict {
	if t.dict != nil {
		return t.dict
	}
	t.dict = new(starlark.Dict)
	if p := layers.Lookup(t.layer); p != nil {
		t.enum = p.Fields[p.Index(t.field)].Enum
	}
	if t.enum == nil { // icmpcodes: the codes of each type that has some
		for typ := range uint64(256) {
			if codes := layers.ICMPCodes(typ); codes != nil {
				_ = t.dict.SetKey(starlark.MakeUint64(typ), &nameTable{enum: codes}) // a new dictionary takes any number
			}
		}
		return t.dict
	}
	for _, v := range t.enum.Values() {
		name, _ := t.enum.Name(v)
		_ = t.dict.SetKey(starlark.MakeUint64(v), starlark.String(name))
	}
	return t.dict
}

func (t *nameTable) String() string { return pyRepr(t.table()) }
func (t *nameTable) Type() string   { return "dict" }
func (t *nameTable) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: 'dict'")
}
func (t *nameTable) Len() int                   { return t.table().Len() }
func (t *nameTable) Iterate() starlark.Iterator { return t.table().Iterate() }
func (t *nameTable) Items() []starlark.Tuple    { return t.table().Items() }

// Get is ETHER_TYPES[0x800].
func (t *nameTable) Get(key starlark.Value) (starlark.Value, bool, error) { return t.table().Get(key) }

// EqualTo compares with dictionaries.
func (t *nameTable) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	if o, ok := other.(*nameTable); ok {
		other = o.table()
	}
	equal, err = pyEqual(t.table(), other)
	return equal, true, err
}

// Attr is a method of dictionaries, or the number of a name in which other signs
// than letters and digits are underlines: ETHER_TYPES.IPv4.
func (t *nameTable) Attr(name string) (starlark.Value, error) {
	if m, err := pymeth.Attr(t.table(), name); m != nil || err != nil || t.enum == nil {
		return m, err
	}
	for _, v := range t.enum.Values() {
		if s, _ := t.enum.Name(v); fixName(s) == name {
			return starlark.MakeUint64(v), nil
		}
	}
	return nil, nil
}

func fixName(s string) string {
	if s != "" && s[0] >= '0' && s[0] <= '9' {
		s = "n_" + s
	}
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
}

// AttrNames are the methods of dictionaries.
func (t *nameTable) AttrNames() []string { return pymeth.Names(t.table()) }
