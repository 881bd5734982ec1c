package repl

import (
	"fmt"
	"math/big"
	"net/netip"
	"strings"

	"go.starlark.net/starlark"
	"golang.org/x/term"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
	"pktsh/sendrecv"
	"pktsh/sendrecv/route"
)

const (
	// floodFrom is from how many packets on a call is a flood, if it is faster
	// than slowFlood a second.
	floodFrom = 10_000
	slowFlood = 1000
)

// mayFlood asks before a flood leaves for an address behind a gateway, and holds it to
// conf.flood_pps. In a lab, on the link and on this host anything goes.
func (c *call) mayFlood(e *engine, list []*layers.Packet, o *sendrecv.FloodOptions) error {
	n := floodSize(list, o)
	if n != nil && n.Cmp(big.NewInt(floodFrom)) < 0 || o.PPS > 0 && o.PPS <= slowFlood {
		return nil
	}
	s := shell()
	if s.isLab(e) {
		return nil
	}
	dst, r, ok := away(e, list, o.Iface)
	if !ok {
		return nil
	}
	if most, ok := starlark.AsFloat(s.conf.find("flood_pps").val); ok && most > 0 {
		if o.PPS > most {
			return pyrt.Errorf("ValueError", "%s(): pps: got %g, want at most %g (conf.flood_pps) for %s, which is not on this link", c.b.Name(), o.PPS, most, dst)
		}
		if o.PPS == 0 {
			o.PPS = most
		}
	}
	if s.conf.bool("flood_ok") {
		return nil
	}
	what := "packets without end"
	if n != nil {
		what = n.String() + " packets"
		if n.IsUint64() {
			what = grouped(n.Uint64()) + " packets"
		}
	}
	if o.PPS > 0 {
		what += fmt.Sprintf(" at up to %s a second", grouped(uint64(o.PPS)))
	}
	what = fmt.Sprintf("%s() is about to send %s to %s, by way of %s on %s", c.b.Name(), what, dst, r.Gateway, r.Ifname)
	if !term.IsTerminal(int(s.opts.Stdin.Fd())) || !s.opts.Progress {
		e := pyrt.Errorf("PermissionError", "%s: a flood for an address that is neither on this link nor in a lab has to be allowed", what)
		e.Hint = "conf.flood_ok = True in the script, or pktsh --yes; pps= of 1000 or less is no flood"
		return e
	}
	ok, err := c.confirm(what + ". Go on?")
	if err == nil && !ok {
		err = pyrt.Errorf("PermissionError", "%s(): nothing was sent", c.b.Name())
	}
	return err
}

// confirm asks at the terminal, as input() does; anything but yes is no.
func (c *call) confirm(question string) (bool, error) {
	input, _ := shell().in.Global("input")
	answer, err := starlark.Call(c.th, input, starlark.Tuple{starlark.String(question + " [y/N] ")}, nil)
	if err != nil {
		return false, err
	}
	a := strings.ToLower(strings.TrimSpace(pyStr(answer)))
	return a == "y" || a == "yes", nil
}

// isLab tells whether an engine is in a host of a lab.
func (s *Shell) isLab(e *engine) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ns, have := range s.engines {
		if have == e {
			return s.labs[ns]
		}
	}
	return false
}

// away is a destination among the packets' that lies behind a gateway.
func away(e *engine, list []*layers.Packet, iface string) (netip.Addr, route.Route, bool) {
	for _, p := range list {
		for i := range p.Layers() {
			at := p.At(i)
			if at.Proto() != layers.IP && at.Proto() != layers.IPv6 {
				continue
			}
			for _, a := range ends(at.Value(at.Proto().Index("dst"))) {
				r, err := e.Table().Get(route.Query{Dst: a, Oif: iface})
				if err == nil && r.Gateway.IsValid() {
					return a, r, true
				}
			}
			break // what is inside a tunnel goes where the tunnel goes
		}
	}
	return netip.Addr{}, route.Route{}, false
}

// ends are addresses that show where a set of them lies: the first and last of a network,
// one elsewhere for those that are drawn.
func ends(v any) (out []netip.Addr) {
	switch v := v.(type) {
	case netip.Addr:
		return []netip.Addr{v}
	case layers.Net:
		last := v.Prefix.Addr().AsSlice()
		for i := v.Prefix.Bits(); i < 8*len(last); i++ {
			last[i/8] |= 0x80 >> (i % 8)
		}
		a, _ := netip.AddrFromSlice(last)
		return []netip.Addr{v.Prefix.Addr(), a}
	case layers.Choice:
		for _, m := range v {
			out = append(out, ends(m)...)
		}
		return out
	case layers.Volatile:
		a, _ := v.Draw().(netip.Addr)
		return []netip.Addr{a, netip.MustParseAddr("192.0.2.1")} // RFC 5737: no more specific route leads there
	}
	return nil
}
