package layers

import "time"

// NTP messages of modes 6 and 7, by which daemons are asked and configured.

// unixNow is the Auto of a time in seconds since 1970; its field has Clock.
func unixNow(*Build) uint64 { return uint64(time.Now().Unix()) }

// NTPControl is a control message, mode 6 (RFC 9327 §2).
var NTPControl = Register(&Proto{
	Name: "NTPControl", Title: "Control message", Doc: "NTP control message, mode 6 (RFC 9327)",
	Fields: rows(u("zeros", 2), Field{Name: "version", Bits: 3, Default: 2}, Field{Name: "mode", Bits: 3, Default: 6, Enum: ntpModes},
		u("response", 1), u("err", 1), u("more", 1), u("op_code", 5), u("sequence", 16), u("status", 16), u("association_id", 16), u("offset", 16),
		vector(16, "count", Field{Name: "data", DefaultValue: []byte{}}),
		Field{Name: "authenticator", Kind: Var, DefaultValue: []byte{}}),
	Summary: summaryOf("NTP v%version%, %mode%"),
})

// NTPPrivate is a private message, mode 7, as ntpdc sends it.
var NTPPrivate = Register(&Proto{
	Name: "NTPPrivate", Title: "Private (mode 7)", Doc: "NTP private message, mode 7",
	Fields: rows(u("response", 1), u("more", 1), Field{Name: "version", Bits: 3, Default: 2}, Field{Name: "mode", Bits: 3, Default: 7, Enum: ntpModes},
		u("auth", 1), u("seq", 7), Field{Name: "implementation", Bits: 8, Enum: NewEnum(map[uint64]string{0: "IMPL_UNIV", 2: "IMPL_XNTPD_OLD", 3: "XNTPD"})},
		Field{Name: "request_code", Bits: 8, Enum: ntpRequests}, u("err", 4), u("nb_items", 12), u("mbz", 4), u("data_item_size", 12),
		packetsOf("req_data", NTPPrivateReqPacket)),
	Summary: summaryOf("NTP v%version%, %mode%"),
})

// NTPPrivateReqPacket is the items of a private message.
var NTPPrivateReqPacket = Register(&Proto{
	Name: "NTPPrivateReqPacket", Title: "request data", Doc: "items of an NTP private message",
	Fields: []Field{{Name: "req_data", Kind: Var, DefaultValue: []byte{}}},
})

var ntpRequests = NewEnum(map[uint64]string{0: "REQ_PEER_LIST", 1: "REQ_PEER_LIST_SUM", 2: "REQ_PEER_INFO", 3: "REQ_PEER_STATS",
	4: "REQ_SYS_INFO", 5: "REQ_SYS_STATS", 6: "REQ_IO_STATS", 7: "REQ_MEM_STATS", 8: "REQ_LOOP_INFO", 9: "REQ_TIMER_STATS",
	16: "REQ_GET_RESTRICT", 20: "REQ_MON_GETLIST", 32: "REQ_GET_TRAPS", 42: "REQ_MON_GETLIST_1", 44: "REQ_IF_STATS"})

// ntpAny is what port 123 carries: the mode tells which.
var ntpAny = &Proto{Name: "NTP", Dispatch: func(b []byte) *Proto {
	switch {
	case len(b) >= 12 && b[0]&7 == 6:
		return NTPControl
	case len(b) >= 8 && b[0]&7 == 7:
		return NTPPrivate
	}
	return NTPHeader
}}
