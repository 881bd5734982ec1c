package bridge

import (
	"encoding/binary"

	"pktsh/internal/inetsum"
	"pktsh/sniff/packetsock"
)

// complete appends to whole the frame, or the frames that it stands for, as
// they would be on the wire. Segments are written to arena.
func (e *end) complete(f *packetsock.BatchFrame, whole [][]byte, arena []byte) ([][]byte, []byte) {
	e.received.Add(1)
	if f.Cut {
		e.unusable.Add(1)
		return whole, arena
	}
	if f.Segment == 0 {
		if f.ChecksumOpen {
			if !closeChecksum(f.Data, f.ChecksumFrom, f.ChecksumAt) {
				e.unusable.Add(1)
				return whole, arena
			}
			e.completed.Add(1)
		}
		return append(whole, f.Data), arena
	}
	s, ok := newSuper(f)
	if !ok {
		e.unusable.Add(1)
		return whole, arena
	}
	n := len(whole)
	whole, arena = s.cut(whole, arena)
	e.segmented.Add(1)
	e.extra.Add(uint64(len(whole) - n - 1))
	return whole, arena
}

// closeChecksum computes a checksum that was left to the hardware. Its field
// holds the sum of the pseudo-header. As in skb_checksum_help, 0 is written as 0xffff,
// which for UDP alone means something else.
func closeChecksum(b []byte, from, at int) bool {
	if from < 0 || at < from || at+2 > len(b) {
		return false
	}
	c := ^inetsum.Fold(inetsum.Add(0, b[from:]))
	if c == 0 {
		c = 0xffff
	}
	binary.BigEndian.PutUint16(b[at:], c)
	return true
}

// super is a super-segment: one header, and the payload of several packets.
type super struct {
	data    []byte
	ip      int // offset of the IP header
	v6      bool
	l4      int // of the TCP or UDP header
	body    int // of the payload
	size    int // payload of each packet
	udp     bool
	ipPlain uint64 // sum of the addresses, for the pseudo-header
}

// Header fields by offset (RFC 791 §3.1, RFC 8200 §3, RFC 9293 §3.1, RFC 768).
const (
	ip4Len, ip4ID, ip4Proto, ip4Sum, ip4Addrs = 2, 4, 9, 10, 12
	ip6Len, ip6Next, ip6Addrs, ip6HeaderLen   = 4, 6, 8, 40
	tcpSeq, tcpOff, tcpFlags, tcpSum          = 4, 12, 13, 16
	udpLen, udpSum, udpHeaderLen              = 4, 6, 8
	protoTCP, protoUDP                        = 6, 17

	flagFIN, flagPSH, flagCWR = 1 << 0, 1 << 3, 1 << 7
)

// typeOffset is where a frame's EtherType stands, behind VLAN tags; -1 if it ends before.
func typeOffset(b []byte) int {
	for at := 12; at+2 <= len(b); at += 4 {
		if t := binary.BigEndian.Uint16(b[at:]); t != 0x8100 && t != 0x88a8 { // a tag's TPID: its TCI follows
			return at
		}
	}
	return -1
}

// newSuper reads the headers of a super-segment; ok is false for one whose
// outermost transport header is not the one to be multiplied.
func newSuper(f *packetsock.BatchFrame) (s super, ok bool) {
	s = super{data: f.Data, l4: f.ChecksumFrom, size: f.Segment}
	b := f.Data
	at := typeOffset(b)
	if at < 0 {
		return s, false
	}
	t := binary.BigEndian.Uint16(b[at:])
	s.v6 = t == 0x86dd
	if !s.v6 && t != 0x0800 {
		return s, false
	}
	at += 2
	s.ip = at
	var proto byte
	if s.v6 {
		if len(b) < at+ip6HeaderLen {
			return s, false
		}
		proto = b[at+ip6Next]
		s.ipPlain = inetsum.Add(0, b[at+ip6Addrs:at+ip6HeaderLen])
		at += ip6HeaderLen
		// Extension headers that all packets of a flow share: their first byte names
		// the next header, their second tells the length in units of 8 bytes, less
		// one (RFC 8200 §4.3, §4.4, §4.6).
		for proto == 0 || proto == 43 || proto == 60 {
			if len(b) < at+8 {
				return s, false
			}
			proto, at = b[at], at+8+8*int(b[at+1])
		}
	} else {
		if len(b) < at+20 {
			return s, false
		}
		proto = b[at+ip4Proto]
		s.ipPlain = inetsum.Add(0, b[at+ip4Addrs:at+ip4Addrs+8])
		at += int(b[at]&15) * 4
	}
	if f.ChecksumOpen && at != s.l4 {
		return s, false // it is an inner packet that is to be multiplied
	}
	s.l4 = at
	switch {
	case proto == protoTCP && f.SegmentKind != packetsock.SegmentUDP && len(b) >= at+20:
		s.body = at + int(b[at+tcpOff]>>4)*4
	case proto == protoUDP && f.SegmentKind == packetsock.SegmentUDP && len(b) >= at+udpHeaderLen:
		s.udp, s.body = true, at+udpHeaderLen
	default:
		return s, false
	}
	return s, s.body > at && s.body < len(b)
}

// cut appends the packets to whole. They are those that the kernel makes where
// the hardware cannot (tcp_gso_segment, inet_gso_segment, __udp_gso_segment): sequence
// numbers and IP identifications count up, FIN and PSH are the last one's, CWR is the first's.
func (s *super) cut(whole [][]byte, arena []byte) ([][]byte, []byte) {
	payload := s.data[s.body:]
	for n := 0; len(payload) > 0; n++ {
		part := payload[:min(s.size, len(payload))]
		payload = payload[len(part):]
		start := len(arena)
		arena = append(append(arena, s.data[:s.body]...), part...)
		b := arena[start:len(arena):len(arena)]
		s.number(b, n, len(payload) == 0)
		whole = append(whole, b)
	}
	return whole, arena
}

// number makes b packet n of the super-segment.
func (s *super) number(b []byte, n int, last bool) {
	ip, l4 := b[s.ip:], b[s.l4:]
	if s.v6 {
		binary.BigEndian.PutUint16(ip[ip6Len:], uint16(len(ip)-ip6HeaderLen))
	} else {
		binary.BigEndian.PutUint16(ip[ip4Len:], uint16(len(ip)))
		binary.BigEndian.PutUint16(ip[ip4ID:], binary.BigEndian.Uint16(ip[ip4ID:])+uint16(n))
		binary.BigEndian.PutUint16(ip[ip4Sum:], 0)
		binary.BigEndian.PutUint16(ip[ip4Sum:], ^inetsum.Fold(inetsum.Add(0, ip[:s.l4-s.ip])))
	}
	pseudo := s.ipPlain + uint64(len(l4))
	if s.udp {
		binary.BigEndian.PutUint16(l4[udpLen:], uint16(len(l4)))
		putSum(l4, udpSum, pseudo+protoUDP)
		return
	}
	seq := binary.BigEndian.Uint32(l4[tcpSeq:]) + uint32(n*s.size)
	binary.BigEndian.PutUint32(l4[tcpSeq:], seq)
	if !last {
		l4[tcpFlags] &^= flagFIN | flagPSH
	}
	if n > 0 {
		l4[tcpFlags] &^= flagCWR
	}
	putSum(l4, tcpSum, pseudo+protoTCP)
}

// putSum writes a transport checksum.
func putSum(l4 []byte, at int, pseudo uint64) {
	binary.BigEndian.PutUint16(l4[at:], 0)
	c := ^inetsum.Fold(inetsum.Add(pseudo, l4))
	if c == 0 {
		c = 0xffff // for UDP 0 means "none"; for TCP the two are the same number
	}
	binary.BigEndian.PutUint16(l4[at:], c)
}
