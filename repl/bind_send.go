package repl

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/big"
	"time"

	"go.starlark.net/starlark"

	"pktsh/firewall"
	"pktsh/layers"
	"pktsh/netns"
	"pktsh/repl/py/pyrt"
	"pktsh/sendrecv"
)

// engine is the send engine of one namespace.
type engine = sendrecv.Engine

// engine is the namespace's engine, made at its first use.
func (s *Shell) engine(ns *netns.NS) (*engine, error) {
	s.mu.Lock()
	e := s.engines[ns]
	s.mu.Unlock()
	if e != nil {
		return e, nil
	}
	e, err := sendrecv.New(sendrecv.Config{NS: ns, Guard: nsGuard{s, ns}, Mark: firewall.Mark})
	if err != nil {
		return nil, osError(err)
	}
	s.mu.Lock()
	s.engines[ns] = e
	s.mu.Unlock()
	s.onClose(e.Close)
	return e, nil
}

// dropEngines closes the engines of hosts that go away.
func (s *Shell) dropEngines(hosts []*hostValue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range hosts {
		if e := s.engines[h.h.NS]; e != nil {
			e.Close()
			delete(s.engines, h.h.NS)
		}
	}
}

const (
	sendArgs = "x, inter=0, loop=0, count=None, verbose=None, iface=None, pps=None, realtime=None, return_packets=False, netns=None"
	srArgs   = "x, timeout=None, inter=0, retry=0, multi=False, verbose=None, iface=None, filter=None, pps=None, promisc=None, prn=None, store=True, stop_filter=None, first=False, nofilter=0, threaded=True, chainCC=False, netns=None"
	srDoc    = `
timeout: seconds to wait for answers after the last packet was sent; without one
sr1() waits until the answer comes or Ctrl-C, sr() for two seconds. retry: send
unanswered packets again so often; a negative number goes on until so many rounds
bring nothing new. inter: seconds between packets; pps: packets a second. multi:
keep taking answers to a packet that has one. filter: a tcpdump expression that
answers must match too. iface: leave by this interface. netns: send from another
network namespace. Ctrl-C returns what there is.`
)

func sendBuiltins() []*builtin {
	const g = "Sending and receiving"
	return []*builtin{
		{Sig: "send(" + sendArgs + ")", Group: g, Doc: "Send IP or IPv6 packets, routed by the kernel's tables.\ncount: send the whole set so often; loop=1: until Ctrl-C; inter: seconds between packets; pps: packets a second.", Run: func(c *call) (starlark.Value, error) { return c.send(false) }},
		{Sig: "sendp(" + sendArgs + ")", Group: g, Doc: "Send link-layer frames by an interface: sendp(Ether()/…, iface=\"eth0\").", Run: func(c *call) (starlark.Value, error) { return c.send(true) }},
		{Sig: "sr(" + srArgs + ")", Group: g, Doc: "Send packets and return (answered pairs, unanswered)." + srDoc, Run: func(c *call) (starlark.Value, error) { return c.sr(false, false) }},
		{Sig: "sr1(" + srArgs + ")", Group: g, Doc: "Send packets and return the first answer, None if there is none." + srDoc, Run: func(c *call) (starlark.Value, error) { return c.sr(false, true) }},
		{Sig: "srp(" + srArgs + ")", Group: g, Doc: "sr() for link-layer frames." + srDoc, Run: func(c *call) (starlark.Value, error) { return c.sr(true, false) }},
		{Sig: "srp1(" + srArgs + ")", Group: g, Doc: "sr1() for link-layer frames." + srDoc, Run: func(c *call) (starlark.Value, error) { return c.sr(true, true) }},
	}
}

// packets are the argument x, every set in it spread out, and how many they are.
func (c *call) packets(name string) (iter.Seq[*layers.Packet], *big.Int, error) {
	var list []*layers.Packet
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
	switch v := c.val(name).(type) {
	case *packet:
		if err := add(v); err != nil {
			return nil, nil, err
		}
	case starlark.Iterable:
		it := v.Iterate()
		defer it.Done()
		var x starlark.Value
		for it.Next(&x) {
			if err := add(x); err != nil {
				return nil, nil, err
			}
		}
	default:
		if err := add(v); err != nil {
			return nil, nil, err
		}
	}
	n := new(big.Int)
	for _, p := range list {
		n.Add(n, p.SetSize())
	}
	return func(yield func(*layers.Packet) bool) {
		for _, p := range list {
			for q := range p.Expand() {
				if !yield(q) {
					return
				}
			}
		}
	}, n, nil
}

// sendOptions reads what send() and sr() have in common.
func (c *call) sendOptions() (o sendrecv.Options, e *engine, err error) {
	if o.Inter, err = c.seconds("inter", 0); err != nil {
		return
	}
	if o.PPS, err = c.float("pps", 0); err != nil {
		return
	}
	if o.PPS < 0 {
		return o, nil, c.wrong("pps", "packets a second, more than 0")
	}
	if o.Iface, err = c.str("iface", ""); err != nil {
		return
	}
	ns, err := c.netns()
	if err != nil {
		return o, nil, err
	}
	e, err = shell().engine(ns)
	return o, e, err
}

// verb is how much to print: verbose=, else conf.verb.
func (c *call) verb() (int, error) { return c.int("verbose", shell().conf.int("verb")) }

func (c *call) send(l2 bool) (starlark.Value, error) {
	o, e, err := c.sendOptions()
	if err != nil {
		return nil, err
	}
	if o.Count, err = c.int("count", 0); err != nil {
		return nil, err
	}
	loop, err := c.int("loop", 0)
	if err != nil {
		return nil, err
	}
	o.Loop = loop != 0 && o.Count == 0
	verb, err := c.verb()
	if err != nil {
		return nil, err
	}
	pkts, _, err := c.packets("x")
	if err != nil {
		return nil, err
	}
	var res sendrecv.Result
	err = shell().in.Block(c.th, func(ctx context.Context) (err error) {
		if l2 {
			res, err = e.SendP(ctx, pkts, o)
		} else {
			res, err = e.Send(ctx, pkts, o)
		}
		return err
	})
	if err != nil {
		return nil, sendError(err)
	}
	shell().tellErrors(res)
	if verb > 0 && shell().opts.Progress {
		fmt.Fprintf(shell().err, "Sent %d packets.\n", res.Sent)
	}
	return nil, nil
}

// defaultTimeout is how long sr() and srp() wait when nobody said.
const defaultTimeout = 2 * time.Second

func (c *call) sr(l2, one bool) (starlark.Value, error) {
	s := shell()
	o, e, err := c.sendOptions()
	if err != nil {
		return nil, err
	}
	def := time.Duration(0)
	if !one {
		def = defaultTimeout
	}
	if t, ok := starlark.AsFloat(s.conf.find("timeout").val); ok {
		def = time.Duration(t * float64(time.Second))
	}
	if o.Timeout, err = c.seconds("timeout", def); err != nil {
		return nil, err
	}
	if c.has("timeout") {
		o.Timeout = max(o.Timeout, 1) // timeout=0 does not wait
	}
	if o.Retry, err = c.int("retry", 0); err != nil {
		return nil, err
	}
	if o.Filter, err = c.str("filter", ""); err != nil {
		return nil, err
	}
	o.LooseAddr = !s.conf.bool("checkIPaddr")
	o.Multi, o.First, o.Promisc = c.bool("multi", false), one || c.bool("first", false), c.bool("promisc", false)
	prn, err := c.fn("prn")
	if err != nil {
		return nil, err
	}
	stop, err := c.fn("stop_filter")
	if err != nil {
		return nil, err
	}
	verb, err := c.verb()
	if err != nil {
		return nil, err
	}
	pkts, _, err := c.packets("x")
	if err != nil {
		return nil, err
	}
	show := verb > 0 && s.opts.Progress
	var res sendrecv.Result
	var callbackErr error
	err = s.in.Block(c.th, func(ctx context.Context) (err error) {
		if stop != nil {
			o.Stop = func(p *layers.Packet) bool {
				v, err := s.in.Call(ctx, stop, starlark.Tuple{wrap(p)}, nil)
				if err != nil {
					callbackErr = err
					return true
				}
				return bool(v.Truth())
			}
		}
		if show && o.Timeout == 0 {
			hint := time.AfterFunc(2*time.Second, func() { fmt.Fprintln(s.err, "waiting for an answer, without a timeout; Ctrl-C ends it") })
			defer hint.Stop()
		}
		if l2 {
			res, err = e.SRP(ctx, pkts, o)
		} else {
			res, err = e.SR(ctx, pkts, o)
		}
		return err
	})
	if err == nil {
		err = callbackErr
	}
	if err != nil {
		return nil, sendError(err)
	}
	s.tellErrors(res)
	if show {
		fmt.Fprintf(s.err, "Received %d packets, got %d answers, remaining %d packets\n", res.Seen, len(res.Answered), len(res.Unanswered))
	}
	if res.Dropped > 0 {
		s.warn("the kernel dropped %d packets while answers came in: some of the unanswered may have been answered; pps= slows down", res.Dropped)
	}
	if one {
		if len(res.Answered) == 0 {
			return nil, nil
		}
		return wrap(res.Answered[0].Answer), nil
	}
	ans, unans := &packetList{name: "Results", isSR: true}, &packetList{name: "Unanswered"}
	for _, p := range res.Answered {
		pr := pair{wrap(p.Query), wrap(p.Answer)}
		if c.bool("store", true) {
			ans.pairs = append(ans.pairs, pr)
		}
		if prn != nil {
			v, err := starlark.Call(c.th, prn, starlark.Tuple{pr.query, pr.answer}, nil)
			if err != nil {
				return nil, err
			}
			if v != starlark.None {
				if err := printLine(c.th, pyStr(v)); err != nil {
					return nil, err
				}
			}
		}
	}
	for _, p := range res.Unanswered {
		unans.pkts = append(unans.pkts, wrap(p))
	}
	return starlark.Tuple{ans, unans}, nil
}

// tellErrors warns of packets that did not leave, by reason.
func (s *Shell) tellErrors(res sendrecv.Result) {
	count := map[string]int{}
	for _, e := range res.Errors {
		count[e.Error()]++
	}
	for msg, n := range count {
		s.warn("%d packets were not sent: %s", n, msg)
	}
	for _, n := range res.Notes {
		s.warn("%s", n)
	}
}

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
