package layers

// WireGuard (Donenfeld, "WireGuard: Next Generation Kernel Network Tunnel", §5.4): what is encrypted stays
// bytes. Numbers are little-endian.

func wgIndex(name string) Field {
	return Field{Name: name, Kind: Hex, Bits: 32, Little: true, Type: "XLEIntField"}
}

func wgBytes(name string, size int) Field {
	return unsetZero(Field{Name: name, Kind: Fixed, Bits: 8 * size, Type: "XStrFixedLenField"})
}

// Wireguard is the type that each message begins with.
var Wireguard = &Proto{Name: "Wireguard", Table: Table{
	Doc: "WireGuard message (wireguard.com/papers/wireguard.pdf)",
	Fields: []Field{
		{Name: "message_type", Bits: 8, Default: 1, Enum: &Enum{List: Named{{1, "initiate"}, {2, "respond"}, {3, "cookie reply"}, {4, "transport"}}}},
		{Name: "reserved_zero", Bits: 24, Type: "ThreeBytesField"},
	},
}}

// The messages.
var (
	WireguardInitiation = &Proto{Name: "WireguardInitiation", make: func() Table {
		return Table{Title: "Wireguard Initiation", Doc: "WireGuard handshake: initiation", Fields: []Field{
			wgIndex("sender_index"), wgBytes("unencrypted_ephemeral", 32), wgBytes("encrypted_static", 48),
			wgBytes("encrypted_timestamp", 28), wgBytes("mac1", 16), wgBytes("mac2", 16)}}
	}}
	WireguardResponse = &Proto{Name: "WireguardResponse", make: func() Table {
		return Table{Title: "Wireguard Response", Doc: "WireGuard handshake: response", Fields: []Field{
			wgIndex("sender_index"), wgIndex("receiver_index"), wgBytes("unencrypted_ephemeral", 32),
			wgBytes("encrypted_nothing", 16), wgBytes("mac1", 16), wgBytes("mac2", 16)}}
	}}
	WireguardCookieReply = &Proto{Name: "WireguardCookieReply", make: func() Table {
		return Table{Title: "Wireguard Cookie Reply", Doc: "WireGuard cookie reply", Fields: []Field{
			wgIndex("receiver_index"), wgBytes("nonce", 24), wgBytes("encrypted_cookie", 32)}}
	}}
	WireguardTransport = &Proto{Name: "WireguardTransport", make: func() Table {
		return Table{Title: "Wireguard Transport", Doc: "WireGuard data", Fields: []Field{
			wgIndex("receiver_index"),
			{Name: "counter", Kind: Hex, Bits: 64, Little: true, Type: "XLELongField"},
			{Name: "encrypted_encapsulated_packet", Kind: Var, Type: "XStrField", Absent: true}}}
	}}
)

func wireguardTables() family {
	return family{
		tables: []*Proto{Wireguard, WireguardInitiation, WireguardResponse, WireguardCookieReply, WireguardTransport},
		bind: func() {
			mustBindPorts(UDP, Wireguard, 51820)
			mustBindDown(UDP, Wireguard, "sport", 51820)
			for typ, upper := range []*Proto{1: WireguardInitiation, WireguardResponse, WireguardCookieReply, WireguardTransport} {
				if upper != nil {
					mustBind(Wireguard, upper, "message_type", typ)
				}
			}
		},
	}
}
