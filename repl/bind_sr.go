package repl

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
	"pktsh/sendrecv"
)

const (
	srArgs = "x, timeout=None, inter=0, retry=0, multi=False, verbose=None, iface=None, filter=None, pps=None, promisc=None, prn=None, store=True, stop_filter=None, first=False, nofilter=0, threaded=True, chainCC=False, chainEX=False, session=None, prebuild=False, rcv_pks=None, realtime=False, return_packets=False, fragment=False, mark=None, netns=None"
	srDoc  = `
timeout: seconds to wait for answers after the last packet was sent; without one
sr1() waits until the answer comes or Ctrl-C, sr() for two seconds. retry: send
unanswered packets again so often, each time when the answers to the others have
stopped coming; a negative number goes on until so many rounds, of the timeout each,
bring nothing new. inter: seconds between packets; pps: packets a second. multi:
keep taking answers to a packet that has one. first: end at the first answer.
prn: called with each query and answer as it comes in, its result printed if it is
not None. stop_filter: called with each packet received; true ends the call.
store=False keeps nothing. filter: a tcpdump expression that answers must match too;
nofilter=1: look at all that comes in, not just what the kernel's filter lets
through. iface: leave by this interface. fragment=True: packets larger than the MTU leave in
fragments. mark: route as packets with this firewall mark. netns: send from another
network namespace. Ctrl-C returns what there is; chainCC=True raises
KeyboardInterrupt as well. Sending and receiving always go on side by side
(threaded=), answers in fragments are put together before they are matched, an error
in prn is always raised (chainEX=), and no packet is built long before it leaves
(prebuild=); pps= beyond what a packet takes to build is for sendpfast().`
)

func srBuiltins() []*builtin {
	const g = "Sending and receiving"
	return []*builtin{
		{Sig: "sr(" + srArgs + ")", Group: g, Doc: "Send packets and return (answered pairs, unanswered)." + srDoc, Run: func(c *call) (starlark.Value, error) { return c.sr(false, false) }},
		{Sig: "sr1(" + srArgs + ")", Group: g, Doc: "Send packets and return the first answer, None if there is none." + srDoc, Run: func(c *call) (starlark.Value, error) { return c.sr(false, true) }},
		{Sig: "srp(" + srArgs + ", iface_hint=None)", Group: g, Doc: "sr() for link-layer frames." + srDoc, Run: func(c *call) (starlark.Value, error) { return c.sr(true, false) }},
		{Sig: "srp1(" + srArgs + ", iface_hint=None)", Group: g, Doc: "sr1() for link-layer frames." + srDoc, Run: func(c *call) (starlark.Value, error) { return c.sr(true, true) }},
	}
}

// exchange is one call of the engine with what the shell wants of it.
type exchange struct {
	s       *Shell
	e       *engine
	o       sendrecv.Options
	l2      bool
	verb    int
	chainCC bool
	prn     starlark.Callable // with each pair
	stop    starlark.Callable // with each packet
}

// defaultTimeout is how long sr() and srp() wait when nobody said.
const defaultTimeout = 2 * time.Second

// exchange reads the arguments of a call that sends and receives; those that its
// signature lacks keep their defaults. timeout stands where neither the call nor conf has one.
func (c *call) exchange(l2 bool, timeout time.Duration) (*exchange, error) {
	x := &exchange{s: shell(), l2: l2, chainCC: c.bool("chainCC", false)}
	var err error
	if x.o, x.e, err = c.sendOptions(l2); err != nil {
		return nil, err
	}
	if t, ok := starlark.AsFloat(x.s.conf.find("timeout").val); ok {
		timeout = time.Duration(t * float64(time.Second))
	}
	if x.o.Timeout, err = c.seconds("timeout", timeout); err != nil {
		return nil, err
	}
	if c.has("timeout") {
		x.o.Timeout = max(x.o.Timeout, 1) // timeout=0 does not wait
	}
	if x.o.Retry, err = c.int("retry", 0); err != nil {
		return nil, err
	}
	if x.o.Filter, err = c.str("filter", ""); err != nil {
		return nil, err
	}
	x.o.Lax = x.s.conf.lax()
	x.o.Multi, x.o.First, x.o.Promisc = c.bool("multi", false), c.bool("first", false), c.bool("promisc", false)
	x.o.NoFilter, x.o.Streaming = c.bool("nofilter", false), !c.bool("store", true)
	if c.has("session") {
		x.s.warn("%s(): session= has no effect here: answers are matched packet by packet, those in fragments put together", c.b.Name())
	}
	if c.has("rcv_pks") {
		return nil, c.errorf("rcv_pks", "%s(): rcv_pks=: answers come in by the interfaces that the packets leave by, all of them; AsyncSniffer() listens elsewhere meanwhile", c.b.Name())
	}
	if x.prn, err = c.fn("prn"); err != nil {
		return nil, err
	}
	if x.stop, err = c.fn("stop_filter"); err != nil {
		return nil, err
	}
	x.verb, err = c.verb()
	return x, err
}

// run is do while the interpreter's lock is free.
func (x *exchange) run(th *starlark.Thread, pkts iter.Seq[*layers.Packet]) (res sendrecv.Result, err error) {
	err = x.s.in.Block(th, func(ctx context.Context) (err error) {
		res, err = x.do(ctx, pkts)
		if err == nil && x.chainCC && ctx.Err() != nil {
			err = pyrt.Errorf("KeyboardInterrupt", "")
		}
		return err
	})
	return res, err
}

// do sends pkts and waits for the answers, with progress, callbacks and warnings.
func (x *exchange) do(outer context.Context, pkts iter.Seq[*layers.Packet]) (res sendrecv.Result, err error) {
	ctx, cancel := context.WithCancel(outer)
	defer cancel()
	var failed error // of a callback
	x.callbacks(ctx, func(err error) {
		if failed == nil {
			failed = err
		}
		cancel()
	})
	bar := x.s.newProgress(x.verb, true)
	if bar != nil {
		fmt.Fprintln(x.s.err, "Begin emission")
		x.o.Seen, x.o.Progress = bar.mark, bar.count
		if x.o.Timeout == 0 {
			hint := time.AfterFunc(2*time.Second, func() { fmt.Fprintln(x.s.err, "waiting for an answer, without a timeout; Ctrl-C ends it") })
			defer hint.Stop()
		}
	}
	if x.l2 {
		res, err = x.e.SRP(ctx, pkts, x.o)
	} else {
		res, err = x.e.SR(ctx, pkts, x.o)
	}
	if bar != nil {
		bar.end()
	}
	if failed != nil {
		return res, failed
	}
	if err == nil || len(res.Errors) > 1 { // a single one is the call's own error
		x.s.tellErrors(res)
	}
	if err != nil && res.Sent == 0 {
		return res, sendError(err)
	}
	if err != nil { // what was answered until then is not to be lost
		x.s.warn("the call ended early, with %d answers: %v", res.AnsweredCount, err)
	}
	x.s.tellUnsent(outer, &res)
	if bar != nil {
		fmt.Fprintf(x.s.err, "Finished sending %d packets\n%s\n", res.Sent, footer(&res))
	}
	x.s.tellDoubts(&res, x.verb)
	return res, nil
}

// callbacks gives the engine the call's functions. They run while packets come in, one at
// a time, and take the interpreter's lock.
func (x *exchange) callbacks(ctx context.Context, fail func(error)) {
	if x.stop != nil {
		x.o.Stop = func(p *layers.Packet) bool {
			v, err := x.s.in.Call(ctx, x.stop, starlark.Tuple{wrap(p)}, nil)
			if err != nil {
				fail(err)
				return true
			}
			return bool(v.Truth())
		}
	}
	if x.prn != nil {
		x.o.Prn = func(query, answer *layers.Packet) {
			v, err := x.s.in.Call(ctx, x.prn, starlark.Tuple{wrap(query), wrap(answer)}, nil)
			switch {
			case err != nil && !errors.Is(err, context.Canceled):
				fail(err)
			case err == nil && v != starlark.None:
				fmt.Fprintln(x.s.out, pyStr(v))
			}
		}
	}
}

func (c *call) sr(l2, one bool) (starlark.Value, error) {
	timeout := defaultTimeout
	if one {
		timeout = 0
	}
	x, err := c.exchange(l2, timeout)
	if err != nil {
		return nil, err
	}
	x.o.First = x.o.First || one
	if one {
		x.o.Streaming = false // the answer is wanted
	}
	list, err := c.packetList("x")
	if err != nil {
		return nil, err
	}
	res, err := x.run(c.th, copies(list, 1))
	if err != nil {
		return nil, err
	}
	return answered(&res, one), nil
}

// answered is what a call returns: the first answer, nil without any; or both lists.
func answered(res *sendrecv.Result, one bool) starlark.Value {
	if !one {
		ans, unans := resultLists(res, "Results")
		return starlark.Tuple{ans, unans}
	}
	if res.Answered.Len() == 0 {
		return nil
	}
	return wrap(res.Answered.At(0).Answer)
}

// resultLists are the two lists that sr() returns. Packets that could not leave are among the
// unanswered, so that every packet of the call is in one of the two.
func resultLists(res *sendrecv.Result, name string) (ans, unans *packetList) {
	ans, unans = &packetList{name: name, isSR: true}, &packetList{name: "Unanswered"}
	if res.Dropped > 0 && res.UnansweredCount > 0 {
		unans.name = fmt.Sprintf("Unanswered (%d maybe lost here)", min(res.Dropped, uint64(res.UnansweredCount)))
	}
	ans.pairs, unans.pkts = make([]pair, res.Answered.Len()), make([]*packet, res.Silent.Len())
	answered, silent := res.Answered, res.Silent
	ans.fill = func(i int, _ bool) (*packet, pair) {
		p := answered.At(i)
		return nil, pair{query: wrap(p.Query), answer: wrap(p.Answer), doubt: p.Rivals}
	}
	unans.fill = func(i int, _ bool) (*packet, pair) { return wrap(silent.At(i)), pair{} }
	return ans, unans
}
