package repl

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/sendrecv"
)

const (
	sendArgs = "x, inter=0, loop=0, count=None, verbose=None, iface=None, pps=None, realtime=False, return_packets=False, fragment=False, mark=None, socket=None, netns=None"
	sendDoc  = `
count: send the whole set so often; loop=1: until Ctrl-C. inter: seconds between
packets; pps: packets a second, evenly. realtime=True: as far apart as they were
captured. return_packets=True: return what was sent. fragment=True: packets larger
than the MTU leave in fragments instead of not at all. mark: route as packets with
this firewall mark. netns: send from another network namespace.`
)

func sendBuiltins() []*builtin {
	const g = "Sending and receiving"
	list := []*builtin{
		{Sig: "send(" + sendArgs + ")", Group: g, Doc: "Send IP or IPv6 packets, routed by the kernel's tables." + sendDoc, Run: func(c *call) (starlark.Value, error) { return c.send(false, 0) }},
		{Sig: "sendp(" + sendArgs + ", iface_hint=None)", Group: g, Doc: "Send link-layer frames by an interface: sendp(Ether()/…, iface=\"eth0\").\niface_hint: by the interface towards this address." + sendDoc, Run: func(c *call) (starlark.Value, error) { return c.send(true, 0) }},
		{Sig: "send_loop(" + strings.Replace(sendArgs, "loop=0", "loop=1", 1) + ")", Group: g, Doc: "Send IP or IPv6 packets over and over: send(…, loop=1)." + sendDoc, Run: func(c *call) (starlark.Value, error) { return c.send(false, 1) }},
	}
	for _, more := range [][]*builtin{srBuiltins(), srloopBuiltins(), traceBuiltins(), neighbourBuiltins(), reportBuiltins()} {
		list = append(list, more...)
	}
	return list
}

// send is send() and sendp(); loop is what loop= is when it is not given.
func (c *call) send(l2 bool, loop int) (starlark.Value, error) {
	if c.has("socket") {
		s, ok := c.val("socket").(*superSocket)
		if !ok || !s.class.sends {
			return nil, c.wrong("socket", "a socket of conf.L2socket() or conf.L3socket()")
		}
		if err := s.open(); err != nil {
			return nil, err
		}
		c.vals["iface"], c.vals["netns"] = s.iface, s.netns
	}
	o, e, err := c.sendOptions(l2)
	if err != nil {
		return nil, err
	}
	if o.Count, err = c.int("count", 0); err != nil {
		return nil, err
	}
	if loop, err = c.int("loop", loop); err != nil {
		return nil, err
	}
	o.Loop = loop != 0 && o.Count == 0
	if done, err := c.sendFast(e, l2, &o); done || err != nil {
		return nil, err
	}
	verb, err := c.verb()
	if err != nil {
		return nil, err
	}
	list, err := c.packetList("x")
	if err != nil {
		return nil, err
	}
	pkts := copies(list, 1)
	sent := &packetList{name: "PacketList"}
	if c.bool("return_packets", false) {
		pkts = remembering(spreadOut(list), sent)
	}
	bar := shell().newProgress(verb, false)
	if bar != nil {
		o.Progress = bar.count
	}
	var res sendrecv.Result
	err = shell().in.Block(c.th, func(ctx context.Context) (err error) {
		if l2 {
			res, err = e.SendP(ctx, pkts, o)
		} else {
			res, err = e.Send(ctx, pkts, o)
		}
		shell().tellUnsent(ctx, &res)
		return err
	})
	if bar != nil {
		bar.end()
	}
	if err == nil || len(res.Errors) > 1 { // a single one is the call's own error
		shell().tellErrors(res)
	}
	if err != nil {
		return nil, sendError(err)
	}
	if bar != nil {
		fmt.Fprintf(shell().err, "Sent %d packets.\n", res.Sent)
	}
	if !c.bool("return_packets", false) {
		return nil, nil
	}
	left := sent.pkts[:0]
	for _, p := range sent.pkts {
		if !p.meta().SentTime().IsZero() {
			left = append(left, p)
		}
	}
	sent.pkts = left
	return sent, nil
}

// remembering is a sequence whose packets are put into list as they are taken.
func remembering(pkts iter.Seq[*layers.Packet], list *packetList) iter.Seq[*layers.Packet] {
	return func(yield func(*layers.Packet) bool) {
		for p := range pkts {
			list.pkts = append(list.pkts, wrap(p))
			if !yield(p) {
				return
			}
		}
	}
}
