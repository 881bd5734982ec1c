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
	bytes   []byte
	more    [][]byte // further fragments of it
	ifindex int
	ifname  string
	ether   bool         // bytes begin with an Ethernet header
	raw     bool         // to this host itself, by a raw IP socket
	dst     netip.Addr   // raw's destination
	ask     *route.Route // whose link address is still to be asked for; nil if it is in bytes
	ends    ends         // of a TCP segment that the guard is to be asked for
	ports   [2]uint16    // local first
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
	deep  bool // routing rules look at more than addresses
	// fragment cuts packets that are larger than the MTU.
	fragment bool
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
		var err error
		pl.deep, err = e.table.DeepRules()
		return pl, err
	}
	l, err := e.outLink(v.iface)
	if err != nil {
		return nil, err
	}
	pl.link, v.iface = l, l.Name
	return pl, l.Usable()
}

// plan routes and builds p, whose bytes are appended to d's.
func (pl *planner) plan(p *layers.Packet, d *departure) error {
	p.SetEnv(pl.v)
	if p.Len() == 0 {
		return errors.New("the packet is empty")
	}
	*d = departure{bytes: d.bytes[:0]}
	if pl.l2 {
		return pl.planFrame(p, d)
	}
	return pl.planIP(p, d)
}

// planIP routes and builds an IP packet.
func (pl *planner) planIP(p *layers.Packet, d *departure) error {
	first := p.At(0).Proto()
	if first != layers.IP && first != layers.IPv6 {
		return &NotIPError{first.Name}
	}
	dst, ok := addrOf(p.At(0), "dst")
	if !ok {
		return fmt.Errorf("%s has no destination", first.Name)
	}
	var src netip.Addr
	if i := first.Index("src"); p.Layers()[0].IsSet(i) {
		src, _ = addrOf(p.At(0), "src")
	}
	pl.lookDeep(p)
	r, err := pl.v.route(dst, src)
	if err != nil {
		return err
	}
	if err := r.Usable(); err != nil {
		return err
	}
	d.ifindex, d.ifname, d.ether, d.dst, d.raw = r.Ifindex, r.Ifname, r.Ether, dst, r.Local
	header := 0
	if r.Ether {
		header = etherLen
		d.bytes = append(d.bytes, make([]byte, etherLen)...)
	}
	if d.bytes, err = p.AppendTo(d.bytes); err != nil {
		return err
	}
	if size := len(d.bytes) - header; r.MTU > 0 && size > r.MTU {
		if !pl.fragment || d.raw {
			return &TooBigError{Size: size, MTU: r.MTU, Iface: r.Ifname, Whole: d.raw}
		}
		if err := d.cut(p, r.MTU, header); err != nil {
			return err
		}
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
		for _, b := range d.all() {
			copy(b[6:], r.MAC)
			b[12], b[13] = byte(typ>>8), byte(typ)
		}
		err = pl.address(d, r)
	}
	return err
}

// lookDeep lets routing rules see a packet's ports and the like, if some look at them.
func (pl *planner) lookDeep(p *layers.Packet) {
	if !pl.deep {
		return
	}
	at := p.At(0)
	pr := at.Proto()
	nh := "proto"
	if pr == layers.IPv6 {
		nh = "nh"
	}
	d := depth{proto: uint8(at.Uint(pr.Index(nh)))}
	if pr == layers.IP {
		d.tos = uint8(at.Uint(pr.Index("tos")))
	}
	for up := at.Above(); up.Layer() != nil; up = up.Above() {
		if t := up.Proto(); t == layers.TCP || t == layers.UDP {
			d.sport, d.dport = uint16(up.Uint(t.Index("sport"))), uint16(up.Uint(t.Index("dport")))
			break
		}
	}
	pl.v.mu.Lock()
	pl.v.deep = d
	pl.v.mu.Unlock()
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
		bound(pl.macs)
		pl.macs[hopOf(r)] = mac
	}
	d.sendTo(mac)
	return nil
}

// all are the frames of the packet.
func (d *departure) all() [][]byte { return append([][]byte{d.bytes}, d.more...) }

// sendTo puts the link address of the next hop into the frames.
func (d *departure) sendTo(mac layers.MAC) {
	copy(d.bytes, mac[:])
	for _, b := range d.more {
		copy(b, mac[:])
	}
}

// cut makes fragments of at most mtu bytes of the packet, each with room for a link header.
func (d *departure) cut(p *layers.Packet, mtu, header int) error {
	var frags []*layers.Packet
	var err error
	at := p.At(0)
	if at.Proto() == layers.IP {
		if dont, ok := at.Value(at.Proto().Index("flags")).(layers.Flags); ok && dont.Bits&2 != 0 {
			return errors.New("the packet is larger than the MTU and has DF set: it may not be fragmented")
		}
		var above []byte
		if above, err = p.BuildFrom(1); err == nil {
			frags, err = p.Fragment(0, mtu-(len(d.bytes)-header-len(above)))
		}
	} else {
		frags, err = p.Fragment6(mtu)
	}
	if err != nil {
		return err
	}
	d.bytes, d.more = nil, nil
	for i, f := range frags {
		b, err := f.AppendTo(make([]byte, header))
		if err != nil {
			return err
		}
		if i == 0 {
			d.bytes = b
		} else {
			d.more = append(d.more, b)
		}
	}
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
func (pl *planner) planFrame(p *layers.Packet, d *departure) error {
	b, err := p.AppendTo(d.bytes)
	if err != nil {
		return err
	}
	if first := p.At(0).Proto(); pl.link.Ether && (first == layers.IP || first == layers.IPv6) {
		pl.note(fmt.Sprintf("%s leaves on %s without an Ethernet header: put Ether() in front, or let send() and sr() do that", first.Name, pl.link.Name))
	}
	limit := pl.link.MTU
	if pl.link.Ether || pl.link.Loopback {
		limit += etherLen
		if len(b) > 13 && b[12] == 0x81 && b[13] == 0 {
			limit += 4 // a VLAN tag does not count (packet_snd, net/packet/af_packet.c)
		}
	}
	if len(b) > limit {
		return &TooBigError{Size: len(b) - limit + pl.link.MTU, MTU: pl.link.MTU, Iface: pl.link.Name, Whole: true}
	}
	d.bytes, d.ifindex, d.ifname, d.ether = b, pl.link.Index, pl.link.Name, pl.link.Ether || pl.link.Loopback
	return nil
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
