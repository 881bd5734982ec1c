package layers

import "time"

// NTP messages of modes 6 and 7, by which daemons are asked and configured.

// unixNow is the Auto of a time in seconds since 1970; its field has Clock.
func unixNow(*Build) uint64 { return uint64(time.Now().Unix()) }

// NTPControl is a control message, mode 6 (RFC 9327 §2).
var NTPControl = &Proto{Name: "NTPControl", make: func() Table {
	return Table{
		Title: "Control message", Doc: "NTP control message, mode 6 (RFC 9327)",
		Fields: rows(u("zeros", 2), Field{Name: "version", Bits: 3, Default: 2}, Field{Name: "mode", Bits: 3, Default: 6, Enum: ntpModes},
			u("response", 1), u("err", 1), u("more", 1), Field{Name: "op_code", Bits: 5, Enum: ntpOpCodes}, u("sequence", 16), u("status", 16), u("association_id", 16), u("offset", 16),
			vector(16, "count", Field{Name: "data", DefaultValue: []byte{}}),
			Field{Name: "authenticator", Kind: Var, DefaultValue: []byte{}}),
		Summary: summaryOf("NTP v%version%, %mode%"),
	}
}}

// NTPPrivate is a private message, mode 7, as ntpdc sends it.
var NTPPrivate = &Proto{Name: "NTPPrivate", make: func() Table {
	return Table{
		Title: "Private (mode 7)", Doc: "NTP private message, mode 7",
		Fields: rows(u("response", 1), u("more", 1), Field{Name: "version", Bits: 3, Default: 2}, Field{Name: "mode", Bits: 3, Default: 7, Enum: ntpModes},
			u("auth", 1), u("seq", 7), Field{Name: "implementation", Bits: 8, Enum: &Enum{List: Named{{0, "IMPL_UNIV"}, {2, "IMPL_XNTPD_OLD"}, {3, "XNTPD"}}}},
			Field{Name: "request_code", Bits: 8, Enum: ntpRequests}, Field{Name: "err", Bits: 4, Enum: ntpErrors}, u("nb_items", 12), u("mbz", 4), u("data_item_size", 12),
			packetsOf("req_data", NTPPrivateReqPacket)),
		Summary: summaryOf("NTP v%version%, %mode%"),
	}
}}

// NTPPrivateReqPacket is the items of a private message.
var NTPPrivateReqPacket = &Proto{Name: "NTPPrivateReqPacket", Table: Table{
	Title: "request data", Doc: "items of an NTP private message",
	Fields: []Field{{Name: "req_data", Kind: Var, DefaultValue: []byte{}}},
}}

// The numbers of ntpd's control and private messages (ntp_control.h, ntp_request.h).
var (
	ntpOpCodes = &Enum{text: `
0 CTL_OP_UNSPEC
1 CTL_OP_READSTAT
2 CTL_OP_READVAR
3 CTL_OP_WRITEVAR
4 CTL_OP_READCLOCK
5 CTL_OP_WRITECLOCK
6 CTL_OP_SETTRAP
7 CTL_OP_ASYNCMSG
8 CTL_OP_CONFIGURE
9 CTL_OP_SAVECONFIG
10 CTL_OP_READ_MRU
11 CTL_OP_READ_ORDLIST_A
12 CTL_OP_REQ_NONCE
31 CTL_OP_UNSETTRAP
`}
	ntpRequests = &Enum{text: `
0 REQ_PEER_LIST
1 REQ_PEER_LIST_SUM
2 REQ_PEER_INFO
3 REQ_PEER_STATS
4 REQ_SYS_INFO
5 REQ_SYS_STATS
6 REQ_IO_STATS
7 REQ_MEM_STATS
8 REQ_LOOP_INFO
9 REQ_TIMER_STATS
10 REQ_CONFIG
11 REQ_UNCONFIG
12 REQ_SET_SYS_FLAG
13 REQ_CLR_SYS_FLAG
14 REQ_MONITOR
15 REQ_NOMONITOR
16 REQ_GET_RESTRICT
17 REQ_RESADDFLAGS
18 REQ_RESSUBFLAGS
19 REQ_UNRESTRICT
20 REQ_MON_GETLIST
21 REQ_RESET_STATS
22 REQ_RESET_PEER
23 REQ_REREAD_KEYS
24 REQ_DO_DIRTY_HACK
25 REQ_DONT_DIRTY_HACK
26 REQ_TRUSTKEY
27 REQ_UNTRUSTKEY
28 REQ_AUTHINFO
29 REQ_TRAPS
30 REQ_ADD_TRAP
31 REQ_CLR_TRAP
32 REQ_REQUEST_KEY
33 REQ_CONTROL_KEY
34 REQ_GET_CTLSTATS
35 REQ_GET_LEAPINFO
36 REQ_GET_CLOCKINFO
37 REQ_SET_CLKFUDGE
38 REQ_GET_KERNEL
39 REQ_GET_CLKBUGINFO
41 REQ_SET_PRECISION
42 REQ_MON_GETLIST_1
43 REQ_HOSTNAME_ASSOCID
44 REQ_IF_STATS
45 REQ_IF_RELOAD
`}
	ntpErrors = &Enum{text: `
0 no error
1 incompatible implementation number
2 unimplemented request code
3 format error (wrong data items, data size, packet size etc.)
4 no data available (e.g. request for details on unknown peer)
5 I don"t know
6 I don"t know
7 authentication failure (i.e. permission denied)
`}
)

// ntpAny is what port 123 carries: the mode tells which.
var ntpAny = &Proto{Name: "NTP", Table: Table{Dispatch: func(b []byte) *Proto {
	switch {
	case len(b) >= 12 && b[0]&7 == 6:
		return NTPControl
	case len(b) >= 8 && b[0]&7 == 7:
		return NTPPrivate
	}
	return NTPHeader
}}}
