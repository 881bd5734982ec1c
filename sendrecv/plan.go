package sendrecv

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"pktsh/layers"
	"pktsh/sniff/packetsock"
)

// departure is a packet ready to leave: its bytes and the way.
type departure struct {
	p       *layers.Packet
	bytes   []byte
	ifindex int
	raw     bool // to this host itself, by a raw IP socket
	dst     netip.Addr
}

func (d *departure) send(ctx context.Context, e *Engine) error {
	if d.raw {
		s, err := e.rawIP(d.dst.Is6())
		if err != nil {
			return err
		}
		return s.Send(ctx, d.dst, d.bytes)
	}
	s, err := e.sender(d.ifindex)
	if err != nil {
		return err
	}
	return s.Send(ctx, d.bytes)
}

// etherTypes of the two IP versions.
const (
	etherIPv4 = 0x0800
	etherIPv6 = 0x86dd
)

// NotIPError is a packet that layer 3 cannot send.
type NotIPError struct{ Layer string }

func (e *NotIPError) Error() string {
	return fmt.Sprintf("send() and sr() want a packet that begins with IP or IPv6, got %s: sendp() and srp() take link-layer frames", e.Layer)
}

// Kind is the class of the exception that the shell makes of it.
func (e *NotIPError) Kind() string { return "ValueError" }

// planL3 routes and builds an IP packet.
func (e *Engine) planL3(ctx context.Context, p *layers.Packet, v *env) (*departure, error) {
	p.Env = v
	if p.Len() == 0 {
		return nil, errors.New("the packet is empty")
	}
	first := p.At(0).Proto()
	if first != layers.IP && first != layers.IPv6 {
		return nil, &NotIPError{first.Name}
	}
	val, _ := p.At(0).Get("dst")
	addr, ok := layers.First(val).(netip.Addr)
	if !ok {
		return nil, fmt.Errorf("%s has no destination", first.Name)
	}
	r, err := v.route(addr)
	if err != nil {
		return nil, err
	}
	d := &departure{p: p, ifindex: r.Ifindex, dst: addr, raw: r.Local}
	b, err := p.Build()
	if err != nil {
		return nil, err
	}
	if r.MTU > 0 && len(b) > r.MTU {
		return nil, fmt.Errorf("packet of %d bytes is larger than the MTU of %s, %d: make it smaller, or raise the MTU", len(b), r.Ifname, r.MTU)
	}
	if d.raw || !r.Ether {
		d.bytes = b
		return d, nil
	}
	mac, group := layers.GroupMAC(addr)
	if !group {
		hw, err := e.table.Neighbour(ctx, r.Ifindex, r.NextHop)
		if err != nil {
			return nil, fmt.Errorf("%w (on %s)", err, r.Ifname)
		}
		mac = layers.MAC(hw)
	}
	typ := etherIPv4
	if first == layers.IPv6 {
		typ = etherIPv6
	}
	frame := make([]byte, 0, 14+len(b))
	frame = append(frame, mac[:]...)
	frame = append(frame, r.MAC...)
	frame = append(frame, byte(typ>>8), byte(typ))
	d.bytes = append(frame, b...)
	return d, nil
}

// planL2 builds a frame for the interface.
func (e *Engine) planL2(p *layers.Packet, ifindex, mtu int, v *env) (*departure, error) {
	p.Env = v
	b, err := p.Build()
	if err != nil {
		return nil, err
	}
	if len(b) > mtu+18 { // header and a VLAN tag
		return nil, fmt.Errorf("frame of %d bytes is larger than the interface's MTU of %d and its header", len(b), mtu)
	}
	return &departure{p: p, bytes: b, ifindex: ifindex}, nil
}

// protect asks the guard before TCP segments from this host's addresses leave:
// connection by connection for a few, by ranges for many.
func (e *Engine) protect(list []*departure, v *env) error {
	if e.cfg.Guard == nil {
		return nil
	}
	type pair struct{ src, dst netip.Addr }
	type span struct {
		lo, hi uint16
		flows  map[[2]uint16]bool
	}
	spans := map[pair]*span{}
	var order []pair
	for _, d := range list {
		i := d.p.Index(layers.TCP, 1, 0)
		if i < 1 {
			continue
		}
		src, _ := getAddr(d.p.At(i-1), "src")
		dst, _ := getAddr(d.p.At(i-1), "dst")
		if !src.IsValid() || !dst.IsValid() {
			continue
		}
		if r, err := e.newEnv("").route(src); err != nil || !r.Local {
			continue // not an address that the kernel answers from
		}
		sport, dport := uint16(d.p.At(i).Uint(0)), uint16(d.p.At(i).Uint(1))
		k := pair{src, dst}
		s := spans[k]
		if s == nil {
			s = &span{lo: sport, hi: sport, flows: map[[2]uint16]bool{}}
			spans[k] = s
			order = append(order, k)
		}
		s.lo, s.hi = min(s.lo, sport), max(s.hi, sport)
		s.flows[[2]uint16{sport, dport}] = true
	}
	const few = 8
	for _, k := range order {
		s := spans[k]
		if len(s.flows) > few {
			if _, err := e.cfg.Guard.ProtectRange(k.src, s.lo, s.hi, netip.PrefixFrom(k.dst, k.dst.BitLen())); err != nil {
				return err
			}
			continue
		}
		for f := range s.flows {
			if _, err := e.cfg.Guard.Protect(netip.AddrPortFrom(k.src, f[0]), netip.AddrPortFrom(k.dst, f[1])); err != nil {
				return err
			}
		}
	}
	return nil
}

func getAddr(at layers.At, field string) (netip.Addr, bool) {
	i := at.Proto().Index(field)
	if i < 0 {
		return netip.Addr{}, false
	}
	a, ok := layers.First(at.Value(i)).(netip.Addr)
	return a, ok
}

// fromFrame is what was received as the layer of the probes: the IP packet
// inside for layer 3, the frame for layer 2. nil is something else.
func fromFrame(f *packetsock.Frame, l2 bool) *layers.Packet {
	data := append([]byte(nil), f.Data...)
	proto := layers.Ether
	if !l2 {
		if f.HardwareType == packetsock.HardwareEther || f.HardwareType == packetsock.HardwareLoopback {
			if len(data) < 14 {
				return nil
			}
			data = data[14:]
		}
		switch {
		case f.Protocol == etherIPv4:
			proto = layers.IP
		case f.Protocol == etherIPv6:
			proto = layers.IPv6
		default:
			return nil
		}
	}
	p := layers.Dissect(proto, data)
	p.Meta = &layers.Meta{Time: f.When(), WireLen: f.WireLen, Direction: layers.DirIn}
	return p
}
