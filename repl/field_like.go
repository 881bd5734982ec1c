package repl

import (
	"fmt"
	"net/netip"

	"go.starlark.net/starlark"

	"pktsh/layers"
)

// likeFields are the classes of fields that some protocol has: their rows are that
// one's, under another name.
var likeFields = []struct{ sig, doc, layer, field string }{
	{"SourceMACField(name, getif=None)", "An Ethernet address: that of the interface towards what the payload is sent to. getif is not asked.", "Ether", "src"},
	{"DestMACField(name)", "An Ethernet address: that of the next hop towards what the payload is sent to.", "Ether", "dst"},
	{"DNSStrField(name, default)", "A domain name in its labels (RFC 1035 §3.1).", "DNSQR", "qname"},
	{"UUIDField(name, default, uuid_fmt=0)", "A UUID, in the order of RFC 9562 §4. uuid_fmt: 0, for other orders use StrFixedLenField.", "DUID_UUID", "uuid"},
	{"ICMPTimeStampField(name, default)", "Milliseconds since midnight UTC in 32 bits, also written as \"7:28:28.070\".", "ICMP", "ts_ori"},
	{"NetBIOSNameField(name, default)", "A NetBIOS name in its half-bytes (RFC 1001 §14.1), with the length in front.", "NBNSQueryRequest", "QUESTION_NAME"},
	{"TCPOptionsField(name, default)", "TCP's options, as long as the field dataofs of the same header tells.", "TCP", "options"},
}

// likeFieldBuiltins construct them.
func likeFieldBuiltins() []*builtin {
	var out []*builtin
	for _, k := range likeFields {
		out = append(out, fieldBuiltin(k.sig, k.doc, func(c *call, d *fieldDef) error {
			if n, err := c.int("uuid_fmt", 0); err != nil || n != 0 {
				return c.wrong("uuid_fmt", "0, the order of RFC 9562")
			}
			p := layers.Lookup(k.layer).Use()
			name := d.f.Name
			d.f = p.Fields[p.Index(k.field)]
			d.f.Name, d.f.Type, d.f.When, d.f.Auto, d.f.Absent, d.f.Clock, d.f.Aliases = name, d.typ, nil, nil, false, false, nil
			if _, has := c.vals["default"]; !has {
				return nil
			}
			return d.listDefault(c)
		}))
	}
	dependent := func(bits func(*call) (int, error)) func(*call, *fieldDef) error {
		return func(c *call, d *fieldDef) error {
			n, err := bits(c)
			if err == nil {
				err = d.namesBy(c)
			}
			if err != nil {
				return err
			}
			return d.number(c, numberKind{bits: n})
		}
	}
	const namesDoc = "A number whose names another field chooses: enum={6: {0: \"x\"}, 17: {0: \"y\"}}, depends_on=lambda pkt: pkt.proto."
	return append(out,
		fieldBuiltin("MultiEnumField(name, default, enum, depends_on, fmt=\"H\")", namesDoc, dependent(func(c *call) (int, error) {
			size, _, _, err := c.format("H")
			return 8 * size, err
		})),
		fieldBuiltin("BitMultiEnumField(name, default, size, enum, depends_on)", namesDoc, dependent(func(c *call) (int, error) {
			n, err := c.int("size", 0)
			if err == nil && (n < 1 || n > 64) {
				err = c.wrong("size", "1..64 bits")
			}
			return n, err
		})),
		fieldBuiltin("SourceIPField(name, dstname=\"dst\")", "An IPv4 address: this host's towards the address in the field dstname.", sourceDef(layers.Addr4, 32)),
		fieldBuiltin("SourceIP6Field(name, dstname=\"dst\")", "An IPv6 address: this host's towards the address in the field dstname.", sourceDef(layers.Addr6, 128)),
		fieldBuiltin("DestIPField(name, default)", "An IPv4 address.", addressDef(layers.Addr4, 32)),
		fieldBuiltin("DestIP6Field(name, default)", "An IPv6 address.", addressDef(layers.Addr6, 128)),
		fieldBuiltin("IPPrefixField(name, default, wordbytes=1, length_from=None)", "A network, \"192.0.2.0/24\", of whose address only as many bytes are written as its length needs.\nlength_from gives its length in bits; the FieldLenField of this field is that.", prefixDef(32)),
		fieldBuiltin("IP6PrefixField(name, default, wordbytes=1, length_from=None)", "The same of IPv6.", prefixDef(128)),
	)
}

// sourceDef is an address that follows from another field's when it is not set.
func sourceDef(kind layers.Kind, bits int) func(*call, *fieldDef) error {
	return func(c *call, d *fieldDef) error {
		d.f.Kind, d.f.Bits = kind, bits
		if kind == layers.Addr6 {
			d.f.DefaultValue = netip.IPv6Unspecified()
		}
		to := c.text1("dstname", "dst")
		d.f.Derive = func(at layers.At) (any, bool) {
			i := at.Proto().Index(to)
			if i < 0 {
				return nil, false
			}
			dst, ok := layers.First(at.Value(i)).(netip.Addr)
			if !ok {
				return nil, false
			}
			src, ok := at.SourceFor(dst)
			return src, ok && src.BitLen() == bits
		}
		return nil
	}
}

func prefixDef(bits int) func(*call, *fieldDef) error {
	return func(c *call, d *fieldDef) error {
		word, err := c.int("wordbytes", 1)
		if err != nil || word < 1 || word > bits/8 {
			return c.wrong("wordbytes", fmt.Sprintf("1..%d bytes", bits/8))
		}
		zero := "0.0.0.0/0"
		if bits == 128 {
			zero = "::/0"
		}
		d.f.Kind, d.f.DefaultValue, d.prefix = layers.Var, zero, true
		d.f.Codec = layers.Prefix{Bits: bits, Word: word, Length: func(*layers.Layer) int { return bits }} // until its length is known
		return d.setDefault(c)
	}
}

// wirePrefix has a network's field find its length.
func (u *userProto) wirePrefix(i int, d *fieldDef) error {
	length, _, err := u.lengthRule(i, d)
	if err != nil {
		return err
	}
	f := &u.p.Fields[i]
	codec := f.Codec.(layers.Prefix)
	if length != nil {
		codec.Length = length
	}
	f.Codec, f.Size = codec, codec.Size
	return nil
}

// namesBy is an enumeration that depends on another field: depends_on(pkt) chooses
// among the dictionaries of enum.
func (d *fieldDef) namesBy(c *call) error {
	table, ok := c.val("enum").(*starlark.Dict)
	if !ok {
		return c.wrong("enum", "a dictionary of dictionaries: {1: {0: \"a\"}, 2: {0: \"b\"}}")
	}
	byNumber := map[int]*layers.Enum{}
	for _, kv := range table.Items() {
		n, ok := toInt(kv[0])
		e, err := enumOf(kv[1])
		if !ok || err != nil {
			return c.wrong("enum", "a dictionary of dictionaries: {1: {0: \"a\"}, 2: {0: \"b\"}}")
		}
		byNumber[n] = e
	}
	var err error
	if d.dependsOn, err = c.fn("depends_on"); err != nil {
		return err
	}
	d.enums = byNumber
	return nil
}

// wireNames has the field's names follow from others.
func (u *userProto) wireNames(i int, d *fieldDef) {
	none := layers.NewEnum(nil)
	u.p.Fields[i].Names = func(l *layers.Layer) *layers.Enum {
		v, err := u.call(d.dependsOn, u.view(l))
		n, ok := toInt(v)
		if err != nil || !ok || d.enums[n] == nil {
			return none
		}
		return d.enums[n]
	}
}
