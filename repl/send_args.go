package repl

import (
	"errors"
	"iter"
	"net/netip"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
	"pktsh/sendrecv"

	"go.starlark.net/starlark"
)

// spreadOut walks the packets that sets stand for.
func spreadOut(list []*layers.Packet) iter.Seq[*layers.Packet] {
	return func(yield func(*layers.Packet) bool) {
		for _, p := range list {
			for q := range p.Expand() {
				if !yield(q) {
					return
				}
			}
		}
	}
}

// copies are packets so many times, sets as they are, each one's own: what is done to list later does not touch them.
func copies(list []*layers.Packet, times int) iter.Seq[*layers.Packet] {
	return func(yield func(*layers.Packet) bool) {
		for range times {
			for _, p := range list {
				if !yield(p.Clone()) {
					return
				}
			}
		}
	}
}

// packetList are the packets that an argument holds, sets as they are. Generators are used up.
func (c *call) packetList(name string) (list []*layers.Packet, err error) {
	add := func(v starlark.Value) error {
		p, err := toPacket(v)
		if err != nil {
			return err
		}
		if p == nil {
			return c.wrong(name, "a packet or a list of packets")
		}
		if err := p.sync(); err != nil {
			return err
		}
		list = append(list, p.view())
		return nil
	}
	v := c.val(name)
	if _, one := v.(*packet); one {
		return list, add(v)
	}
	it := starlark.Iterate(v)
	if it == nil {
		return list, add(v)
	}
	defer it.Done()
	for x := starlark.Value(nil); it.Next(&x); {
		if err := add(x); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// sendOptions reads what send() and sr() have in common.
func (c *call) sendOptions(l2 bool) (o sendrecv.Options, e *engine, err error) {
	if o.Inter, err = c.seconds("inter", 0); err != nil {
		return
	}
	if o.PPS, err = c.float("pps", 0); err != nil {
		return
	}
	if o.PPS < 0 {
		return o, nil, c.wrong("pps", "packets a second, more than 0")
	}
	mark, err := c.int("mark", 0)
	if err != nil {
		return
	}
	if mark < 0 || int64(mark) > 1<<32-1 {
		return o, nil, c.wrong("mark", "a firewall mark, 0..0xffffffff")
	}
	o.Mark, o.Fragment, o.Realtime = uint32(mark), c.bool("fragment", false), c.bool("realtime", false)
	ns, err := c.netns()
	if err != nil {
		return o, nil, err
	}
	if e, err = shell().engine(ns); err != nil {
		return o, nil, err
	}
	o.Iface, err = c.ifaceArg(e, l2)
	return o, e, err
}

// ifaceArg is the interface to leave by: iface=, that of the route to iface_hint=,
// for frames conf.iface; "" leaves it to the routes.
func (c *call) ifaceArg(e *engine, l2 bool) (string, error) {
	name, err := c.str("iface", "")
	if err != nil || name != "" {
		return name, err
	}
	if hint, err := c.str("iface_hint", ""); err != nil {
		return "", err
	} else if hint != "" {
		dst, err := netip.ParseAddr(hint)
		if err != nil {
			return "", c.wrong("iface_hint", "an address")
		}
		r, err := e.Table().Lookup(dst, "")
		if err != nil {
			return "", osError(err)
		}
		return r.Ifname, nil
	}
	if s := shell().conf.find("iface"); l2 && s.val != nil {
		return pyStr(s.val), nil
	}
	return "", nil
}

// verb is how much to print: verbose=, else conf.verb.
func (c *call) verb() (int, error) { return c.int("verbose", shell().conf.int("verb")) }

// sendError gives an engine's error its class and its place.
func sendError(err error) error {
	var v *layers.ValueError
	var f *layers.FieldError
	if errors.As(err, &v) || errors.As(err, &f) {
		return err
	}
	if e, ok := err.(*pyrt.Error); ok {
		return e
	}
	return filterError(err)
}
