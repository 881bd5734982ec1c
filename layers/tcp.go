package layers

// Field positions in TCP.
const (
	tcpSport = iota
	tcpDport
	tcpSeq
	tcpAck
	tcpDataofs
	tcpReserved
	tcpFlags
	tcpWindow
	tcpChksum
	tcpUrgptr
	tcpOptions
)

// Bits of TCP.flags.
const (
	tcpFIN = 1 << 0
	tcpSYN = 1 << 1
	tcpRST = 1 << 2
	tcpACK = 1 << 4
)

// TCPFlags are the letters of the nine flag bits: FIN SYN RST PSH ACK URG, ECE
// and CWR (RFC 3168), and AE, once NS (RFC 3540).
var TCPFlags = &FlagSet{Letters: "FSRPAUECN"}

// TCP is the Transmission Control Protocol header (RFC 9293 §3.1).
var TCP = &Proto{Name: "TCP", Table: Table{
	Doc: "Transmission Control Protocol (RFC 9293)",
	Fields: []Field{
		{Name: "sport", Bits: 16, Enum: TCPServices, Default: 20},
		{Name: "dport", Bits: 16, Enum: TCPServices, Default: 80},
		{Name: "seq", Bits: 32},
		{Name: "ack", Bits: 32},
		{Name: "dataofs", Bits: 4, Len: headerWords},
		{Name: "reserved", Bits: 3},
		{Name: "flags", Kind: Flag, Bits: 9, Flags: TCPFlags, Default: tcpSYN},
		{Name: "window", Bits: 16, Default: 8192},
		{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero},
		{Name: "urgptr", Bits: 16},
		{Name: "options", Kind: Var, Type: "TCPOptionsField", Codec: tcpOptionList{}},
	},
	Pad:       4,
	WeakGuess: true,
	HeaderLen: func(l *Layer) int { return int(l.Uint(tcpDataofs)) * 4 },
	Sum:       &Sum{Field: tcpChksum, Pseudo: 6},
	Summary: func(at At) (string, []*Proto) {
		return endpoints(at, "TCP", tcpSport, tcpDport) + " " + FieldText(at, tcpFlags), nil
	},
	Answers: answersTCP,
	Key: func(dst []byte, at At, loose bool) []byte {
		// Payload says nothing of what it answers.
		return appendUint16(dst, at.Uint(tcpSport)^at.Uint(tcpDport))
	},
}}

// answersTCP follows RFC 9293 §3.10.7: what may come back for a segment, told
// by its ports and by the numbers that its flags give a meaning. An ack field
// without the ACK flag has none, on either side.
func answersTCP(at, to At) bool {
	if to.Proto() != at.Proto() {
		return false
	}
	flags, asked := at.Uint(tcpFlags), to.Uint(tcpFlags)
	switch {
	case at.Uint(tcpSport) != to.Uint(tcpDport) || at.Uint(tcpDport) != to.Uint(tcpSport):
		return false
	case asked&tcpRST != 0: // a reset is never answered
		return false
	case flags&tcpSYN != 0 && (flags&tcpACK == 0 || asked&tcpSYN == 0):
		return false // a SYN by itself is a beginning, and SYN-ACK answers SYN alone
	}
	// A SYN into a connection that stands is answered by a challenge ACK, which has
	// the connection's numbers and none of the SYN's (RFC 9293 §3.10.7.4, RFC 5961 §4).
	const meaning = tcpSYN | tcpRST | tcpACK | tcpFIN
	if asked&meaning == tcpSYN && flags&meaning == tcpACK && dataLen(at) == 0 {
		return true
	}
	// What the probe acknowledged is what the peer sends next.
	if asked&tcpACK != 0 && !withinRoom(to.Uint(tcpAck), at.Uint(tcpSeq), 2) {
		return false
	}
	if flags&tcpACK == 0 {
		return flags&tcpRST != 0 || asked&tcpACK != 0
	}
	return withinRoom(to.Uint(tcpSeq), at.Uint(tcpAck), 2) ||
		withinRoom(to.Uint(tcpSeq), at.Uint(tcpAck), 2+dataLen(to))
}
