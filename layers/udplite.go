package layers

import "pktsh/internal/inetsum"

// UDPLite is a datagram of which the checksum covers the beginning alone, as
// many bytes as coverage says, or all if that is 0 (RFC 3828 §3.1).
var UDPLite = &Proto{Name: "UDPLite", Table: Table{
	Title: "UDP-Lite",
	Doc:   "lightweight user datagram protocol (RFC 3828)",
	Fields: []Field{
		{Name: "sport", Bits: 16, Enum: UDPServices, Default: 53},
		{Name: "dport", Bits: 16, Enum: UDPServices, Default: 53},
		{Name: "coverage", Bits: 16, Len: totalLen},
		{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero},
	},
	Finish: func(b *Build) {
		if b.Layer().IsSet(udpChksum) {
			return
		}
		if ps := b.pseudoHeader(); ps != nil {
			sum := ps.sum(136)
			data := b.HeaderAndPayload()
			if n := int(getBits(data, 32, 16)); n >= 8 && n < len(data) {
				data = data[:n]
			}
			c := fold(inetsum.Add(sum, data))
			if c == 0 {
				c = 0xffff
			}
			putBits(b.Header(), 48, 16, uint64(c))
		}
	},
	Summary: func(at At) (string, []*Proto) { return endpoints(at, "UDPLite", udpSport, udpDport), nil },
	Answers: UDP.Answers,
	Key:     UDP.Key,
}}

func udpliteTables() family {
	return family{
		tables: []*Proto{UDPLite},
		bind:   func() { mustBindProtocol(UDPLite, 136) },
	}
}
