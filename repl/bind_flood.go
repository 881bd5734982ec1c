package repl

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
	"pktsh/sendrecv"
)

const floodDoc = `
mode: how frames leave. "mmsg": by packet sockets; "direct": the same past the
queueing discipline, a fifth faster; "xdp": by AF_XDP, half as fast again and
more; "live": by XDP live frames, faster still, for up to 65,536 different frames
without a pace, as root, where the driver takes them (veth does while the far end
has GRO on); "clone": by a BPF program that sends clones, the fastest, as root, on veth
without a queueing discipline; "auto": the fastest of these that works and has a
point. But for mmsg and clone, frames go past this host's own firewall, queues and captures.
threads: more than one use more queues and processors, and mix the
order. A flood for an address behind a gateway and outside a lab has to be allowed
(asked at the terminal, conf.flood_ok = True in scripts, pktsh --yes) and is held
to conf.flood_pps. Ctrl-C ends it; what left is counted.`

const (
	srfloodArgs = "x, promisc=None, filter=None, iface=None"
	srfloodMore = "inter=0, verbose=None, chainCC=False, timeout=None, maxretries=None, multi=False, pps=None, prn=None, store=True, stop_filter=None, mode=\"auto\", threads=1, netns=None)"
	srfloodDoc  = `
The packets are sent once as sr() sends them, and then again and again as they
were; of random values a thousand are drawn first. timeout: seconds; maxretries: send
again so often at most; inter, pps: the pace; without one as fast as it goes. The
first answer to each packet counts, with multi=True all do.`
)

func floodBuiltins() []*builtin {
	const g = "Sending and receiving"
	return []*builtin{
		{Sig: "srflood(" + srfloodArgs + ", nofilter=0, " + srfloodMore, Group: g, Doc: "Send packets over and over, and return (answered pairs, unanswered) at Ctrl-C or the timeout." + srfloodDoc + floodDoc, Run: func(c *call) (starlark.Value, error) { return c.srflood(false, false) }},
		{Sig: "sr1flood(" + srfloodArgs + ", nofilter=0, " + srfloodMore, Group: g, Doc: "Send packets over and over until the first answer, and return it." + srfloodDoc + floodDoc, Run: func(c *call) (starlark.Value, error) { return c.srflood(false, true) }},
		{Sig: "srpflood(" + srfloodArgs + ", iface_hint=None, nofilter=None, " + srfloodMore, Group: g, Doc: "srflood() for link-layer frames." + srfloodDoc + floodDoc, Run: func(c *call) (starlark.Value, error) { return c.srflood(true, false) }},
		{Sig: "srp1flood(" + srfloodArgs + ", nofilter=0, " + srfloodMore, Group: g, Doc: "sr1flood() for link-layer frames." + srfloodDoc + floodDoc, Run: func(c *call) (starlark.Value, error) { return c.srflood(true, true) }},
		{Sig: "sendpfast(x, pps=None, mbps=None, realtime=None, loop=None, file_cache=False, iface=None, replay_args=None, parse_results=False, count=None, mode=\"auto\", threads=1, verbose=None, netns=None)", Group: g, Doc: `Send link-layer frames as fast as the kernel can, or at an exact pace.
pps: packets a second; mbps: 10^6 bits of frame a second; realtime: as the packets'
own times lie apart, divided by this number. loop: send all of them so often, 0
until Ctrl-C; count is the same. parse_results=True returns a dictionary: packets, bytes, time,
bps (bytes a second), mbps, pps, attempted, successful, failed, truncated,
retried_enobufs, retried_eagain, warnings, command, and method, the mode taken.
replay_args: options of tcpreplay that have an equivalent here. file_cache has no
effect: frames are always made beforehand.` + floodDoc, Run: (*call).sendpfast},
	}
}

// ways are the values of mode=.
var ways = map[string]sendrecv.Way{"auto": sendrecv.WayAuto, "mmsg": sendrecv.WaySocket, "direct": sendrecv.WayDirect, "xdp": sendrecv.WayXDP, "live": sendrecv.WayLive, "clone": sendrecv.WayClone}

// mostThreads is more than any host has use for.
const mostThreads = 256

// floodWay reads mode= and threads=.
func (c *call) floodWay(o *sendrecv.FloodOptions) error {
	mode, err := c.str("mode", "auto")
	if err != nil {
		return err
	}
	way, ok := ways[mode]
	if !ok {
		return c.errorf("mode", "%s(): mode: got %q, want \"auto\", \"mmsg\", \"direct\", \"xdp\", \"live\" or \"clone\"", c.b.Name(), mode)
	}
	o.Way = way
	if o.Threads, err = c.int("threads", 1); err == nil && (o.Threads < 1 || o.Threads > mostThreads) {
		err = c.wrong("threads", fmt.Sprintf("1..%d", mostThreads))
	}
	return err
}

// positive is a number above 0; 0 when it was not given.
func (c *call) positive(name, unit string) (float64, error) {
	v, err := c.float(name, 0)
	if err == nil && c.has(name) && (v <= 0 || math.IsInf(v, 0)) {
		err = c.wrong(name, unit+", more than 0")
	}
	return v, err
}

func (c *call) sendpfast() (starlark.Value, error) {
	var o sendrecv.FloodOptions
	var err error
	if o.PPS, err = c.positive("pps", "packets a second"); err != nil {
		return nil, err
	}
	if o.Mbps, err = c.positive("mbps", "10^6 bits a second"); err != nil {
		return nil, err
	}
	if c.bool("realtime", false) {
		if o.Speed, err = c.positive("realtime", "how many times as fast"); err != nil {
			return nil, err
		}
	}
	if c.has("loop") && c.has("count") {
		return nil, c.errorf("loop", "sendpfast(): loop and count are the same here: got both")
	}
	rounds := "loop"
	if c.has("count") {
		rounds = "count"
	}
	if o.Rounds, err = c.int(rounds, 1); err != nil {
		return nil, err
	}
	if o.Rounds < 0 || rounds == "count" && o.Rounds == 0 {
		return nil, c.wrong(rounds, "how often, 0 or more; loop=0 does not end")
	}
	if err := c.floodWay(&o); err != nil {
		return nil, err
	}
	if err := c.replayArgs(&o); err != nil {
		return nil, err
	}
	o.Loop = o.Rounds == 0
	ns, err := c.netns()
	if err != nil {
		return nil, err
	}
	e, err := shell().engine(ns)
	if err != nil {
		return nil, err
	}
	if o.Iface, err = c.ifaceArg(e, true); err != nil {
		return nil, err
	}
	list, err := c.packetList("x")
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if p.Len() > 0 && (p.At(0).Proto() == layers.IP || p.At(0).Proto() == layers.IPv6) {
			return nil, c.errorf("x", "sendpfast() wants link-layer frames, got %s: put Ether() in front, or use send()", p.At(0).Proto().Name)
		}
	}
	res, err := c.flood(e, list, o, true)
	if err != nil {
		return nil, err
	}
	if !c.bool("parse_results", false) {
		return nil, nil
	}
	return replayResults(c, &res)
}

// flood sends a list, if it may, and tells how that went.
func (c *call) flood(e *engine, list []*layers.Packet, o sendrecv.FloodOptions, l2 bool) (res sendrecv.FloodResult, err error) {
	s := shell()
	verb, err := c.verb()
	if err != nil {
		return res, err
	}
	if err := c.mayFlood(e, list, &o); err != nil {
		return res, err
	}
	watched := verb > 0 && s.opts.Progress
	if watched {
		o.Progress = func(r sendrecv.FloodResult) { fmt.Fprint(s.err, "\r\x1b[K"+floodLine(&r)) }
	}
	send := e.Flood
	if l2 {
		send = e.FloodP
	}
	err = s.in.Block(c.th, func(ctx context.Context) (err error) {
		res, err = send(ctx, list, o)
		return err
	})
	if watched {
		fmt.Fprint(s.err, "\r\x1b[K")
	}
	c.tellFlood(&res, verb)
	if err != nil {
		if res.Sent > 0 {
			return res, pyrt.Errorf("OSError", "%v (%s packets had left)", err, grouped(res.Sent))
		}
		return res, sendError(err)
	}
	return res, nil
}

// tellFlood warns of what was not as asked, and on a terminal says how it went.
func (c *call) tellFlood(res *sendrecv.FloodResult, verb int) {
	s := shell()
	s.tellErrors(sendrecv.Result{Errors: res.Errors})
	if res.Lagged > 0 {
		s.warn("the pace was missed by %s, which was not made up for", res.Lagged.Round(time.Millisecond))
	}
	if verb <= 0 || !s.opts.Progress {
		return
	}
	fmt.Fprintln(s.err, "Sent "+floodLine(res))
	for _, n := range res.Notes {
		fmt.Fprintln(s.err, n)
	}
}

// floodLine is a count with its rate: "1,000,000 packets in 2.10 s: 476,190 a second, by xdp".
func floodLine(r *sendrecv.FloodResult) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s packets in %.2f s", grouped(r.Sent), r.Took.Seconds())
	if r.Took > 0 && r.Sent > 1 {
		fmt.Fprintf(&b, ": %s a second", grouped(uint64(float64(r.Sent)/r.Took.Seconds())))
	}
	if r.Way != "" {
		fmt.Fprintf(&b, ", by %s", r.Way)
	}
	if r.Retried > 0 {
		fmt.Fprintf(&b, "; %s times refused and sent again", grouped(r.Retried))
	}
	return b.String()
}

// grouped is 1234567 as 1,234,567.
func grouped(n uint64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// fewPackets is up to how many packets send() sends one by one.
const fewPackets = 5000

// sendFast sends what send() and sendp() are asked for by the flood engine, if that is many
// packets and nothing that only the other engine does; done is false otherwise.
func (c *call) sendFast(e *engine, l2 bool, o *sendrecv.Options) (done bool, err error) {
	switch c.val("x").(type) {
	case *packet, *packetList, *starlark.List, starlark.Tuple:
	default:
		return false, nil
	}
	if o.Inter >= time.Millisecond || c.bool("return_packets", false) || c.bool("realtime", false) || c.bool("fragment", false) || c.has("mark") {
		return false, nil
	}
	list, err := c.packetList("x")
	if err != nil {
		return false, err
	}
	f := sendrecv.FloodOptions{Iface: o.Iface, Rounds: o.Count, Loop: o.Loop, PPS: pace(o)}
	if n := floodSize(list, &f); n != nil && n.Cmp(big.NewInt(fewPackets)) <= 0 {
		return false, nil
	}
	_, err = c.flood(e, list, f, l2)
	return true, err
}

// pace is packets a second by pps= and inter=, 0 for none.
func pace(o *sendrecv.Options) float64 {
	pps := o.PPS
	if o.Inter > 0 {
		if p := float64(time.Second) / float64(o.Inter); pps == 0 || p < pps {
			pps = p
		}
	}
	return pps
}

// floodSize is how many packets a flood has; nil for one without end.
func floodSize(list []*layers.Packet, o *sendrecv.FloodOptions) *big.Int {
	if o.Loop {
		return nil
	}
	n := new(big.Int)
	for _, p := range list {
		n.Add(n, p.SetSize())
	}
	return n.Mul(n, big.NewInt(int64(max(o.Rounds, 1))))
}

// floodDraws is how many packets a flood with random values goes round.
const floodDraws = 1000

func (c *call) srflood(l2, one bool) (starlark.Value, error) {
	x, err := c.exchange(l2, 0)
	if err != nil {
		return nil, err
	}
	x.o.First = one
	x.o.Streaming = x.o.Streaming && !one
	list, err := c.packetList("x")
	if err != nil {
		return nil, err
	}
	f := sendrecv.FloodOptions{Iface: x.o.Iface, PPS: pace(&x.o)}
	if f.Rounds, err = c.int("maxretries", 0); err != nil {
		return nil, err
	}
	if f.Rounds < 0 {
		return nil, c.wrong("maxretries", "how often, 0 or more")
	}
	f.Loop = f.Rounds == 0
	if err := c.floodWay(&f); err != nil {
		return nil, err
	}
	if err := c.mayFlood(x.e, list, &f); err != nil {
		return nil, err
	}
	x.o.Flood, x.o.PPS, x.o.Inter = &f, f.PPS, 0
	times := 1
	for _, p := range list {
		if sendrecv.Draws(p) {
			times = floodDraws
		}
	}
	res, err := x.run(c.th, copies(list, times))
	if err != nil {
		return nil, err
	}
	c.tellFlood(&res.Flooded, x.verb)
	return answered(&res, one), nil
}
