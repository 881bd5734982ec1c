package sendrecv

import (
	"errors"
	"fmt"
	"net/netip"

	"pktsh/layers"
	"pktsh/sendrecv/route"
)

// departure is a packet ready to leave: its bytes and the way.
type departure struct {
	p       *layers.Packet
	bytes   []byte
	ifindex int
	ifname  string
	ether   bool         // bytes begin with an Ethernet header
	raw     bool         // to this host itself, by a raw IP socket
	dst     netip.Addr   // raw's destination
	ask     *route.Route // whose link address is still to be asked for; nil if it is in bytes
}

// EtherTypes (IEEE registry) that the engine looks at.
const (
	etherIPv4 = 0x0800
	etherARP  = 0x0806
	etherIPv6 = 0x86dd
)

const etherLen = 14

// planner builds the packets of one call.
type planner struct {
	e    *Engine
	v    *env
	l2   bool
	link route.Link // layer 2's interface
	note func(string)
	macs map[hop]layers.MAC // of next hops, for this call
	dead map[hop]error      // next hops without one
	// asked tells whether packets wait for a next hop already: more of them wait too, to stay in order.
	asked func(hop) bool
}

// hop is a next hop on an interface.
type hop struct {
	ifindex int
	addr    netip.Addr
}

func hopOf(r *route.Route) hop { return hop{r.Ifindex, r.NextHop} }

func (e *Engine) newPlanner(v *env, l2 bool, note func(string), asked func(hop) bool) (*planner, error) {
	pl := &planner{e: e, v: v, l2: l2, note: note, asked: asked, macs: map[hop]layers.MAC{}, dead: map[hop]error{}}
	if !l2 {
		return pl, nil
	}
	l, err := e.outLink(v.iface)
	if err != nil {
		return nil, err
	}
	pl.link, v.iface = l, l.Name
	return pl, l.Usable()
}

// plan routes and builds p, whose bytes are appended to buf.
func (pl *planner) plan(p *layers.Packet, buf []byte) (*departure, error) {
	p.Env = pl.v
	if p.Len() == 0 {
		return nil, errors.New("the packet is empty")
	}
	if pl.l2 {
		return pl.planFrame(p, buf)
	}
	return pl.planIP(p, buf)
}

// planIP routes and builds an IP packet.
func (pl *planner) planIP(p *layers.Packet, buf []byte) (*departure, error) {
	first := p.At(0).Proto()
	if first != layers.IP && first != layers.IPv6 {
		return nil, &NotIPError{first.Name}
	}
	dst, ok := addrOf(p.At(0), "dst")
	if !ok {
		return nil, fmt.Errorf("%s has no destination", first.Name)
	}
	var src netip.Addr
	if i := first.Index("src"); p.Layers()[0].IsSet(i) {
		src, _ = addrOf(p.At(0), "src")
	}
	r, err := pl.v.route(dst, src)
	if err != nil {
		return nil, err
	}
	if err := r.Usable(); err != nil {
		return nil, err
	}
	d := &departure{p: p, ifindex: r.Ifindex, ifname: r.Ifname, ether: r.Ether, dst: dst, raw: r.Local}
	header := 0
	if r.Ether {
		header = etherLen
		buf = append(buf, make([]byte, etherLen)...)
	}
	if d.bytes, err = p.AppendTo(buf); err != nil {
		return nil, err
	}
	if size := len(d.bytes) - header; r.MTU > 0 && size > r.MTU {
		return nil, &TooBigError{Size: size, MTU: r.MTU, Iface: r.Ifname}
	}
	switch {
	case d.raw:
		if dst.IsLinkLocalUnicast() && dst.Is6() {
			d.dst, err = pl.scoped(dst)
		} else if first == layers.IP {
			pl.noteRewrites(d.bytes)
		}
	case r.Ether:
		typ := uint16(etherIPv4)
		if first == layers.IPv6 {
			typ = etherIPv6
		}
		copy(d.bytes[6:], r.MAC)
		d.bytes[12], d.bytes[13] = byte(typ>>8), byte(typ)
		err = pl.address(d, r)
	}
	return d, err
}

// address puts the next hop's link address into a frame, if it is known.
func (pl *planner) address(d *departure, r *route.Route) error {
	if err := pl.dead[hopOf(r)]; err != nil {
		return err
	}
	mac, ok := pl.macs[hopOf(r)]
	if !ok && pl.asked(hopOf(r)) {
		d.ask = r
		return nil
	}
	if !ok {
		hw, known, err := pl.e.table.KnownLinkDest(r)
		if err != nil {
			return err
		}
		if !known {
			d.ask = r
			return nil
		}
		mac = layers.MAC(hw)
		pl.macs[hopOf(r)] = mac
	}
	copy(d.bytes, mac[:])
	return nil
}

// scoped is a link-local address with its interface's index as zone, as raw
// sockets want it.
func (pl *planner) scoped(dst netip.Addr) (netip.Addr, error) {
	name := pl.v.iface
	if name == "" {
		name = dst.Zone()
	}
	l, err := pl.e.outLink(name)
	if err != nil {
		return dst, err
	}
	return dst.WithZone(fmt.Sprint(l.Index)), nil
}

// noteRewrites says what the kernel will change in an IPv4 header on its way
// through a raw socket (raw(7), IP_HDRINCL).
func (pl *planner) noteRewrites(b []byte) {
	const why = ": this host takes packets to itself from raw sockets only, and those rewrite it"
	if len(b) < 20 {
		return
	}
	if int(b[2])<<8|int(b[3]) != len(b) {
		pl.note("the total length in IP is set right" + why)
	}
	if n := int(b[0]&0xf) * 4; n >= 20 && n <= len(b) && layers.Checksum(b[:n]) != 0 {
		pl.note("the checksum in IP is set right" + why)
	}
	if b[4]|b[5] == 0 {
		pl.note("the identification 0 in IP is filled in" + why)
	}
	if b[12]|b[13]|b[14]|b[15] == 0 {
		pl.note("the source 0.0.0.0 in IP is filled in" + why)
	}
}

// planFrame builds a frame for the call's interface.
func (pl *planner) planFrame(p *layers.Packet, buf []byte) (*departure, error) {
	b, err := p.AppendTo(buf)
	if err != nil {
		return nil, err
	}
	limit := pl.link.MTU
	if pl.link.Ether || pl.link.Loopback {
		limit += etherLen
		if len(b) > 13 && b[12] == 0x81 && b[13] == 0 {
			limit += 4 // a VLAN tag does not count (packet_snd, net/packet/af_packet.c)
		}
	}
	if len(b) > limit {
		return nil, &TooBigError{Size: len(b) - limit + pl.link.MTU, MTU: pl.link.MTU, Iface: pl.link.Name}
	}
	return &departure{p: p, bytes: b, ifindex: pl.link.Index, ifname: pl.link.Name, ether: pl.link.Ether || pl.link.Loopback}, nil
}

// addrOf is the address in a field; of a set, the first.
func addrOf(at layers.At, field string) (netip.Addr, bool) {
	i := at.Proto().Index(field)
	if i < 0 {
		return netip.Addr{}, false
	}
	a, ok := layers.First(at.Value(i)).(netip.Addr)
	return a, ok
}
