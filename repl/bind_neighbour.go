package repl

import (
	"context"
	"math/rand/v2"
	"net/netip"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/sendrecv"
	"pktsh/sendrecv/route"
)

// arpingLine is how the list of arping() shows an answer.
const arpingLine = "  %Ether.src% unknown %ARP.psrc%"

func neighbourBuiltins() []*builtin {
	const g = "Sending and receiving"
	return []*builtin{
		{Sig: "arping(net, timeout=2, cache=0, verbose=None, iface=None, retry=0, inter=0, pps=None, netns=None)", Group: g,
			Doc: "Ask every address of a network for its link address by ARP and print who answers.\nReturns (answered, unanswered); ans.show() prints the list again. The interface is the one towards the network. cache= is accepted: the kernel's table is used.",
			Run: func(c *call) (starlark.Value, error) { return c.askLink(layers.ARP) }},
		{Sig: `promiscping(net, timeout=2, fake_bcast="ff:ff:ff:ff:ff:fe", verbose=None, iface=None, retry=0, inter=0, pps=None, netns=None)`, Group: g,
			Doc: "arping() by frames to a group that nobody is in, which cards in promiscuous mode let through, and virtual links.",
			Run: func(c *call) (starlark.Value, error) { return c.askLink(layers.ARP) }},
		{Sig: `is_promisc(ip, fake_bcast="ff:ff:00:00:00:00", timeout=1, verbose=None, iface=None, retry=0, inter=0, pps=None, netns=None)`, Group: g,
			Doc: "Whether a host answers an ARP request in a frame to a group that it is not in. A network card that is not in promiscuous\nmode throws it away; virtual links throw nothing away, and every host behind one answers.",
			Run: isPromisc},
		{Sig: "ndping(net, timeout=2, verbose=None, iface=None, retry=0, inter=0, pps=None, netns=None)", Group: g,
			Doc: "arping() for IPv6, by neighbour discovery: ndping([\"fe80::1\", \"2001:db8::1\"], iface=\"eth0\").",
			Run: func(c *call) (starlark.Value, error) { return c.askLink(layers.ICMPv6ND_NS) }},
		{Sig: "neighsol(addr, src=None, iface=None, timeout=1, chainCC=False, verbose=None, netns=None)", Group: g,
			Doc: "Send one neighbour solicitation (RFC 4861) and return its answer, None if there is none.", Run: runNeighsol},
		{Sig: "getmacbyip(ip, chainCC=0, netns=None)", Group: g,
			Doc: "The link address that packets to ip are sent to: the host's own or its router's, None if nobody answers.\nThe kernel's table is asked, and the kernel asks the network.", Run: runGetMAC},
		{Sig: "getmacbyip6(ip6, chainCC=0, netns=None)", Group: g, Doc: "getmacbyip() for IPv6.", Run: runGetMAC},
		{Sig: "dhcp_request(iface=None, hw=None, req_type=\"discover\", server_id=None, requested_addr=None, hostname=None, timeout=5, retry=0, filter=None, promisc=None, multi=False, verbose=None, netns=None)", Group: g,
			Doc: "Send a DHCP message to all servers on a link and return the first answer, None if there is none.\nhw: client link address, the interface's without one. req_type: discover, request, inform, …", Run: runDHCPRequest},
	}
}

// firstOf is the first address of a set as a field takes it.
func firstOf(proto *layers.Proto, field string, v any) (netip.Addr, error) {
	c := craft(proto, field, v)
	if c.err != nil {
		return netip.Addr{}, c.err
	}
	value, _ := c.p.At(0).Get(field)
	a, _ := layers.First(value).(netip.Addr)
	return a, nil
}

// towards makes the call's interface the one by which dst is reached, if none was named.
func (x *exchange) towards(dst netip.Addr) (route.Link, error) {
	if x.o.Iface == "" {
		r, err := x.e.Table().Lookup(dst, "")
		if err != nil {
			return route.Link{}, osError(err)
		}
		x.o.Iface = r.Ifname
	}
	l, err := x.e.Table().LinkByName(x.o.Iface)
	return l, osError(err)
}

// askLink is arping() and its like.
func (c *call) askLink(by *layers.Proto) (starlark.Value, error) {
	x, res, err := c.ask(by, "net")
	if err != nil {
		return nil, err
	}
	name, line := "ARPing", arpingLine
	switch {
	case by != layers.ARP:
		name, line = "NDPing", "  %Ether.src% unknown %ICMPv6ND_NA.tgt%"
	case c.b.Name() == "promiscping":
		name = "PROMISCPing"
	}
	ans, unans := resultLists(&res, name)
	ans.line = line
	if x.verb > 0 {
		if err := showLines(c.th, ans); err != nil {
			return nil, err
		}
	}
	return starlark.Tuple{ans, unans}, nil
}

func isPromisc(c *call) (starlark.Value, error) {
	_, res, err := c.ask(layers.ARP, "ip")
	return starlark.Bool(res.AnsweredCount > 0), err
}

// ask sends a request for the link address of each of the hosts in an argument.
func (c *call) ask(by *layers.Proto, hosts string) (x *exchange, res sendrecv.Result, err error) {
	if x, err = c.exchange(true, defaultTimeout); err != nil {
		return x, res, err
	}
	x.o.Iface, err = c.str("iface", "") // not conf.iface: the route decides
	if err != nil {
		return x, res, err
	}
	targets, err := toGo(c.val(hosts))
	if err != nil {
		return x, res, err
	}
	field := "pdst"
	if by != layers.ARP {
		field = "tgt"
	}
	first, err := firstOf(by, field, targets)
	if err != nil {
		return x, res, err
	}
	link, err := x.towards(first)
	if err != nil {
		return x, res, err
	}
	if !link.Ether {
		return x, res, c.errorf("iface", "%s(): %s has no link addresses to ask for", c.b.Name(), link.Name)
	}
	var pkts crafted
	pkts.layer(layers.Ether)
	if by == layers.ARP {
		dst, err := c.str("fake_bcast", layers.Broadcast.String())
		if err != nil {
			return x, res, err
		}
		pkts.layer(layers.ARP, field, targets)
		pkts.err = firstErr(pkts.err, pkts.p.At(0).SetField("dst", dst))
	} else {
		pkts.layer(layers.IPv6, "hlim", 255).layer(by, field, targets)
		pkts.layer(layers.ICMPv6NDOptSrcLLAddr, "lladdr", layers.MAC(link.MAC))
	}
	if pkts.err != nil {
		return x, res, pkts.err
	}
	seq := pkts.p.Expand()
	if by != layers.ARP {
		seq = solicited(seq)
	}
	res, err = x.run(c.th, seq)
	return x, res, err
}

func firstErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// solicited sends each neighbour solicitation to its target's solicited-node group (RFC 4291 §2.7.1).
func solicited(in func(func(*layers.Packet) bool)) func(func(*layers.Packet) bool) {
	return func(yield func(*layers.Packet) bool) {
		for p := range in {
			tgt, _ := p.At(2).Get("tgt")
			if a, ok := tgt.(netip.Addr); ok {
				_ = p.At(1).SetField("dst", solicitedNode(a)) // an address fits
			}
			if !yield(p) {
				return
			}
		}
	}
}

func solicitedNode(a netip.Addr) netip.Addr {
	b := a.As16()
	return netip.AddrFrom16([16]byte{0: 0xff, 1: 2, 11: 1, 12: 0xff, 13: b[13], 14: b[14], 15: b[15]})
}

// showLines prints a line per answer as the list's format says.
func showLines(th *starlark.Thread, l *packetList) error {
	for _, p := range l.allPairs() {
		text, err := p.answer.p.Sprintf(l.line)
		if err != nil {
			return err
		}
		if err := printLine(th, text); err != nil {
			return err
		}
	}
	return nil
}

func runNeighsol(c *call) (starlark.Value, error) {
	x, err := c.exchange(true, defaultTimeout)
	if err != nil {
		return nil, err
	}
	v, err := toGo(c.val("addr"))
	if err != nil {
		return nil, err
	}
	addr, err := firstOf(layers.ICMPv6ND_NS, "tgt", v)
	if err != nil {
		return nil, err
	}
	link, err := x.towards(addr)
	if err != nil {
		return nil, err
	}
	if !link.Ether {
		return nil, c.errorf("iface", "neighsol(): %s has no link addresses to ask for", link.Name)
	}
	ip := []any{"dst", solicitedNode(addr), "hlim", 255}
	if c.has("src") {
		src, err := toGo(c.val("src"))
		if err != nil {
			return nil, err
		}
		ip = append(ip, "src", src)
	}
	ns := craft(layers.Ether).layer(layers.IPv6, ip...).layer(layers.ICMPv6ND_NS, "tgt", addr).
		layer(layers.ICMPv6NDOptSrcLLAddr, "lladdr", layers.MAC(link.MAC))
	return c.firstAnswer(x, ns)
}

// firstAnswer sends what was crafted and gives the first answer.
func (c *call) firstAnswer(x *exchange, p *crafted) (starlark.Value, error) {
	if p.err != nil {
		return nil, p.err
	}
	x.o.First = true
	res, err := x.run(c.th, p.p.Expand())
	if err != nil || res.Answered.Len() == 0 {
		return nil, err
	}
	return wrap(res.Answered.At(0).Answer), nil
}

func runGetMAC(c *call) (starlark.Value, error) {
	name := c.b.params[0].name
	v, err := toGo(c.val(name))
	if err != nil {
		return nil, err
	}
	proto := layers.IP
	if name == "ip6" {
		proto = layers.IPv6
	}
	dst, err := firstOf(proto, "dst", v)
	if err != nil {
		return nil, err
	}
	ns, err := c.netns()
	if err != nil {
		return nil, err
	}
	e, err := shell().engine(ns)
	if err != nil {
		return nil, err
	}
	var mac []byte
	err = shell().in.Block(c.th, func(ctx context.Context) error {
		r, err := e.Table().Lookup(dst, "")
		if err != nil {
			return err
		}
		mac, err = e.Table().LinkDest(ctx, &r)
		return err
	})
	if _, silent := err.(*route.NeighbourError); silent || err == nil && len(mac) != 6 {
		return nil, nil
	}
	if err != nil {
		return nil, osError(err)
	}
	return starlark.String(layers.MAC(mac).String()), nil
}

func runDHCPRequest(c *call) (starlark.Value, error) {
	x, err := c.exchange(true, 5*defaultTimeout/2)
	if err != nil {
		return nil, err
	}
	link, err := x.towards(netip.AddrFrom4([4]byte{192, 0, 2, 1})) // documentation: the default route's
	if err != nil {
		return nil, err
	}
	if !link.Ether {
		return nil, c.errorf("iface", "dhcp_request(): %s has no link addresses", link.Name)
	}
	mac := layers.MAC(link.MAC)
	if c.has("hw") {
		own := craft(layers.Ether, "src", pyStr(c.val("hw")))
		if own.err != nil {
			return nil, own.err
		}
		v, _ := own.p.At(0).Get("src")
		mac, _ = v.(layers.MAC)
	}
	kind, err := c.str("req_type", "discover")
	if err != nil {
		return nil, err
	}
	options := layers.List{layers.Tuple{"message-type", kind}}
	for _, o := range []struct{ arg, name string }{{"server_id", "server_id"}, {"requested_addr", "requested_addr"}, {"hostname", "hostname"}} {
		if text, err := c.str(o.arg, ""); err != nil {
			return nil, err
		} else if text != "" {
			options = append(options, layers.Tuple{o.name, text})
		}
	}
	options = append(options, "end")
	return c.firstAnswer(x, craft(layers.Ether, "src", mac, "dst", layers.Broadcast).
		layer(layers.IP, "src", "0.0.0.0", "dst", "255.255.255.255").
		layer(layers.UDP, "sport", 68, "dport", 67).
		layer(layers.BOOTP, "chaddr", mac[:], "xid", uint64(rand.Uint32()), "flags", "B").
		layer(layers.DHCP, "options", options))
}
