package repl

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"

	"go.starlark.net/starlark"

	"pktsh/layers"
)

// Source ports of traceroute(), those that the kernel takes by default (ip_local_port_range).
const (
	firstPort = 32768
	ports     = 28232
)

func traceBuiltins() []*builtin {
	const g = "Sending and receiving"
	const args = "(target, dport=80, minttl=1, maxttl=30, sport=None, l4=None, filter=None, timeout=2, verbose=None, iface=None, retry=0, pps=None, mark=None, netns=None)"
	const doc = `
All distances are probed at once, each with a packet that its answer can be told by.
dport: a port, a list or a range; l4: what to send in place of a TCP SYN, such as
UDP(dport=33434), ICMP() or ICMPv6EchoRequest(). Returns (answered, unanswered); the
table again is ans.show(), ans.get_trace() is {target: {ttl: (address, arrived)}} and
ans.hops() prints a line per hop with its round-trip time.`
	return []*builtin{
		{Sig: "traceroute" + args, Group: g, Doc: "Find the routers on the way to hosts and print them by distance." + doc,
			Run: func(c *call) (starlark.Value, error) { return c.traceroute(false) }},
		{Sig: "traceroute6" + args, Group: g, Doc: "traceroute() for IPv6." + doc,
			Run: func(c *call) (starlark.Value, error) { return c.traceroute(true) }},
	}
}

func (c *call) traceroute(v6 bool) (starlark.Value, error) {
	x, err := c.exchange(false, defaultTimeout)
	if err != nil {
		return nil, err
	}
	probes, err := c.tracePackets(v6)
	if err != nil {
		return nil, err
	}
	res, err := x.run(c.th, probes)
	if err != nil {
		return nil, err
	}
	ans, unans := resultLists(&res, "Traceroute")
	// Answers come in any order; the way has one.
	slices.SortStableFunc(ans.allPairs(), func(a, b pair) int { return a.distance() - b.distance() })
	ans.trace = true
	if x.verb > 0 {
		if err := showTrace(c.th, ans); err != nil {
			return nil, err
		}
	}
	return starlark.Tuple{ans, unans}, nil
}

// tracePackets are the probes of a traceroute. Routers quote the IP id, or the flow label of IPv6,
// which therefore is another one in each.
func (c *call) tracePackets(v6 bool) (iter.Seq[*layers.Packet], error) {
	lo, err := c.int("minttl", 1)
	if err != nil {
		return nil, err
	}
	hi, err := c.int("maxttl", 30)
	if err != nil {
		return nil, err
	}
	if lo < 0 || hi > 255 || lo > hi {
		return nil, c.errorf("maxttl", "%s(): got hops %d to %d, want 0..255, the smaller first", c.b.Name(), lo, hi)
	}
	target, err := toGo(c.val("target"))
	if err != nil {
		return nil, err
	}
	if s, ok := target.(string); ok {
		if a, err := netip.ParseAddr(s); err == nil && a.Is6() {
			v6 = true
		}
	}
	proto, ttl, mark, marks := layers.IP, "ttl", "id", uint64(1<<16)
	if v6 {
		proto, ttl, mark, marks = layers.IPv6, "hlim", "fl", 1<<20
	}
	ownPorts := false
	probe := craft(proto, "dst", target, ttl, layers.Range{Lo: uint64(lo), Hi: uint64(hi)})
	if c.has("l4") {
		l4, err := c.packet("l4")
		if err != nil {
			return nil, err
		}
		probe.push(l4)
	} else {
		sport, err := toGo(c.val("sport"))
		if err != nil {
			return nil, err
		}
		dport, err := toGo(c.val("dport"))
		if err != nil {
			return nil, err
		}
		if dport == nil {
			dport = 80
		}
		ownPorts = sport == nil
		probe.layer(layers.TCP, "sport", sport, "dport", dport, "seq", layers.RandInt())
	}
	if probe.err != nil {
		return nil, probe.err
	}
	at := probe.p.At(0).Proto().Index(mark)
	return func(yield func(*layers.Packet) bool) {
		next := rand.Uint64()
		for p := range probe.p.Expand() {
			if next++; next%marks == 0 {
				next++ // zero stands for none
			}
			p.Layers()[0].SetUint(at, next%marks)
			if ownPorts { // a connection of its own each, as far as the target can tell
				p.Layers()[1].SetUint(0, firstPort+next%ports)
			}
			if !yield(p) {
				return
			}
		}
	}, nil
}

// hopsOf is the ttl or hop limit that a packet was sent with.
func hopsOf(p *layers.Packet) int {
	for _, field := range []string{"ttl", "hlim"} {
		if li, fi := p.FindField(field, 0); li == 0 {
			return int(p.At(0).Uint(fi))
		}
	}
	return 0
}

func (p pair) distance() int { return hopsOf(p.query.p) }

// Formats of the table's columns and cells, as Scapy has them.
const (
	traceColumn4 = "%IP.dst%:{TCP:tcp%ir,TCP.dport%}{UDP:udp%ir,UDP.dport%}{ICMP:ICMP}"
	traceCell4   = "%-15s,IP.src% {TCP:%TCP.flags%}{ICMP:%ir,ICMP.type%}"
	traceColumn6 = "%-42s,IPv6.dst%:{TCP:tcp%ir,TCP.dport%}{UDP:udp%ir,UDP.dport%}{ICMPv6EchoRequest:IER}"
	traceCell6   = "%-42s,IPv6.src% {TCP:%TCP.flags%}{ICMPv6DestUnreach:%ir,ICMPv6DestUnreach.type%}{ICMPv6TimeExceeded:%ir,ICMPv6TimeExceeded.type%}{ICMPv6PacketTooBig:%ir,ICMPv6PacketTooBig.type%}{ICMPv6ParamProblem:%ir,ICMPv6ParamProblem.type%}{ICMPv6EchoReply:%ir,ICMPv6EchoReply.type%}"
)

// showTrace prints who answered, by distance and target.
func showTrace(th *starlark.Thread, l *packetList) error {
	t := newGrid()
	for _, p := range l.allPairs() {
		column, cell := traceColumn4, traceCell4
		if p.query.p.At(0).Proto() == layers.IPv6 {
			column, cell = traceColumn6, traceCell6
		}
		col, err := p.query.p.Sprintf(column)
		if err != nil {
			return err
		}
		text, err := p.answer.p.Sprintf(cell)
		if err != nil {
			return err
		}
		t.set(col, strconv.Itoa(p.distance()), text)
	}
	sortNatural(t.cols)
	sortNatural(t.rows)
	return printText(th, t.plain())
}

// addrText is an address field of a packet's outermost layer.
func addrText(p *layers.Packet, field string) string {
	v, _ := p.At(0).Get(field)
	return fmt.Sprint(layers.First(v))
}

// arrived tells whether an answer to a probe of a traceroute comes from its target,
// which routers on the way can have among their addresses.
func (p pair) arrived() bool {
	a := p.answer.p
	if a.Find(layers.ICMPv6TimeExceeded) != nil {
		return false
	}
	i := a.Index(layers.ICMP, 1, 0)
	if i < 0 {
		return true
	}
	const timeExceeded = 11
	return a.At(i).Uint(0) != timeExceeded && addrText(a, "src") == addrText(p.query.p, "dst")
}

// trace is the way to each target: pairs by distance, ending at the target.
func (l *packetList) traceRoutes() (targets []string, way map[string][]pair) {
	way = map[string][]pair{}
	pairs := slices.Clone(l.allPairs())
	slices.SortStableFunc(pairs, func(a, b pair) int { return a.distance() - b.distance() })
	for _, p := range pairs {
		dst := addrText(p.query.p, "dst")
		have := way[dst]
		if have == nil {
			targets = append(targets, dst)
		}
		if n := len(have); n > 0 && (have[n-1].arrived() || have[n-1].distance() == p.distance()) {
			continue
		}
		way[dst] = append(have, p)
	}
	return targets, way
}

func listGetTrace(c *call) (starlark.Value, error) {
	out := new(starlark.Dict)
	targets, way := c.list.traceRoutes()
	for _, dst := range targets {
		hops := new(starlark.Dict)
		for _, p := range way[dst] {
			v := starlark.Tuple{starlark.String(addrText(p.answer.p, "src")), starlark.Bool(p.arrived())}
			if err := hops.SetKey(starlark.MakeInt(p.distance()), v); err != nil {
				return nil, err
			}
		}
		if err := out.SetKey(starlark.String(dst), hops); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// listHops prints a traceroute a line per hop.
func listHops(c *call) (starlark.Value, error) {
	targets, way := c.list.traceRoutes()
	for _, dst := range targets {
		if err := printLine(c.th, dst); err != nil {
			return nil, err
		}
		last := 0
		for _, p := range way[dst] {
			for last++; last < p.distance(); last++ {
				if err := printLine(c.th, fmt.Sprintf("%4d  *", last)); err != nil {
					return nil, err
				}
			}
			rtt := "?"
			if d, ok := p.rtt(); ok {
				rtt = fmt.Sprintf("%.3f ms", d.Seconds()*1e3)
			}
			if err := printLine(c.th, fmt.Sprintf("%4d  %-15s  %s", p.distance(), addrText(p.answer.p, "src"), rtt)); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}
