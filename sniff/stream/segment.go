package stream

import (
	"net/netip"
	"time"

	"pktsh/layers"
)

// TCP flag bits (RFC 9293 §3.1).
const (
	FIN = 1 << 0
	SYN = 1 << 1
	RST = 1 << 2
	ACK = 1 << 4
)

// A Segment is what matters of a TCP segment.
type Segment struct {
	Src, Dst netip.AddrPort
	Seq, Ack uint32
	Flags    uint16
	Window   uint16
	Payload  []byte
	Time     time.Time
}

// SegmentOf reads a packet; ok is false for one that holds no TCP over IP, or is
// only a fragment of a segment.
func SegmentOf(p *layers.Packet) (s Segment, ok bool) {
	ls := p.Layers()
	i := p.Index(layers.TCP, 1, 0)
	if i < 0 {
		return s, false
	}
	ip := i - 1
	for ip >= 0 && ls[ip].Proto() != layers.IP && ls[ip].Proto() != layers.IPv6 {
		ip--
	}
	if ip < 0 {
		return s, false
	}
	if ls[ip].Proto() == layers.IP && (p.At(ip).Uint(layers.IP.Index("frag")) != 0 || p.At(ip).Uint(layers.IP.Index("flags"))&1 != 0) {
		return s, false
	}
	for j := ip + 1; j < i; j++ {
		if f := layers.IPv6ExtHdrFragment; ls[j].Proto() == f && (p.At(j).Uint(f.Index("offset")) != 0 || p.At(j).Uint(f.Index("m")) != 0) {
			return s, false
		}
	}
	addr := func(name string) netip.Addr {
		v, _ := p.At(ip).Get(name)
		a, _ := v.(netip.Addr)
		return a
	}
	num := func(name string) uint64 { return p.At(i).Uint(layers.TCP.Index(name)) }
	s = Segment{
		Src:    netip.AddrPortFrom(addr("src"), uint16(num("sport"))),
		Dst:    netip.AddrPortFrom(addr("dst"), uint16(num("dport"))),
		Seq:    uint32(num("seq")),
		Ack:    uint32(num("ack")),
		Flags:  uint16(num("flags")),
		Window: uint16(num("window")),
	}
	if p.Meta != nil {
		s.Time = p.Meta.Time
	}
	s.Payload = payloadOf(p, ip, i+1)
	return s, true
}

// payloadOf is the bytes of the layers from i on, without a link's padding. What a protocol over
// TCP has left as padding is the stream's, as far as the header of layer ip counts it.
func payloadOf(p *layers.Packet, ip, i int) []byte {
	ls := p.Layers()
	n := len(ls)
	for n > i && ls[n-1].Proto() == layers.Padding {
		n--
	}
	if n <= i {
		return nil
	}
	b, err := p.BuildFrom(i)
	if err != nil {
		return nil // a set of a crafted packet that cannot be built has no bytes
	}
	if n == len(ls) {
		return b
	}
	q := p.Clone()
	q.Truncate(n)
	own, err := q.BuildFrom(i)
	if err != nil {
		return nil
	}
	whole, err := p.BuildFrom(ip)
	if err != nil {
		return nil
	}
	counted := countedBy(ls[ip]) - (len(whole) - len(b))
	return b[:min(max(counted, len(own)), len(b))]
}

// countedBy is the size that an IP header, itself included, says that there is; 0 if it is left open.
func countedBy(l *layers.Layer) int {
	name, header := "len", 0
	if l.Proto() == layers.IPv6 {
		name, header = "plen", 40
	}
	f := l.Proto().Index(name)
	if !l.IsSet(f) {
		return 0
	}
	return int(l.Uint(f)) + header
}
