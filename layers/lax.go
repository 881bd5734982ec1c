package layers

// Lax says what is not looked at when it is judged whether a packet answers another: each
// switch is one of Scapy's. The zero value is exact. A receiver sets it on
// what it sent and on what it received.
type Lax struct {
	AnyAddr         bool // the answer may come from any address (conf.checkIPaddr=False)
	AnyQuotedSource bool // an ICMP error may quote any source: the probe was translated on its way (conf.checkIPsrc=False)
	AnyQuotedID     bool // an ICMP error may quote any IP id or flow label (conf.checkIPID=False)
	AnyQuotedSeq    bool // an ICMP error may quote any TCP sequence number (conf.check_TCPerror_seqack=False)
	AnyTunnel       bool // of IP inside IP only the inner header counts (conf.checkIPinIP=False)
}

// lax is how exactly answers to, or by, a packet are matched.
func (p *Packet) lax() Lax {
	if l := p.Lax(); l != nil {
		return *l
	}
	return Lax{}
}

// inTunnel tells an IP header whose payload is IP again.
func inTunnel(at At) bool {
	if p := at.Proto(); p != IP && p != IPv6 {
		return false
	}
	p := at.Above().Proto()
	return p == IP || p == IPv6
}

// tunnelInUDP tells an encapsulation whose source port is a hash of what it carries (RFC 7348 §5,
// RFC 8926 §3.3): answers come from another port, to the tunnel's own.
func tunnelInUDP(p *Proto) bool { return p == VXLAN || p == GENEVE }
