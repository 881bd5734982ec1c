package repl

import (
	"context"
	"strings"
	"sync"
	"time"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
	"pktsh/sniff/bridge"
)

const bridgeDoc = `Forward packets between two interfaces, and capture them as sniff() does.
xfrm12 is called with each packet that comes in by if1 before it is sent out by if2,
xfrm21 the other way: they give True to forward it, False to drop it, or what is sent
instead (a packet, bytes or a list). Fields that are not deleted keep their values,
checksums too. filter: a tcpdump expression; what it does not match is forwarded
as it is, and neither shown to a function nor counted nor kept. The other arguments are
sniff()'s; when a limit is reached forwarding ends too. Without functions and with
store=False packets pass at the highest rate.
    bridge_and_sniff("eth0", "eth1", xfrm12=lambda p: ICMP not in p)`

func bridgeBuiltins() []*builtin {
	return []*builtin{{
		Sig:   "bridge_and_sniff(if1, if2, xfrm12=None, xfrm21=None, prn=None, count=0, store=True, lfilter=None, stop_filter=None, timeout=None, filter=None, started_callback=None, quiet=False, netns=None)",
		Group: "Sending and receiving", Doc: bridgeDoc, Run: bridgeAndSniff,
	}}
}

// bridgeJob is one call of bridge_and_sniff.
type bridgeJob struct {
	*sniffRun
	match func(bridge.Frame) bool
	xfrm  [2]starlark.Callable
	names [2]string
	told  [2]sync.Once

	// Written between frames, or when nothing is forwarded any more.
	over bool
	err  error
}

func bridgeAndSniff(c *call) (starlark.Value, error) {
	sj, err := c.sniffJob()
	if err != nil {
		return nil, err
	}
	j := &bridgeJob{sniffRun: &sniffRun{sniffJob: sj}}
	for i, arg := range []string{"if1", "if2"} {
		if j.names[i], err = c.str(arg, ""); err != nil {
			return nil, err
		}
	}
	for i, arg := range []string{"xfrm12", "xfrm21"} {
		fn, err := c.fn(arg)
		if err != nil {
			return nil, err
		}
		if fn != nil {
			j.xfrm[i] = atFrame(fn)
		}
	}
	expr, err := c.str("filter", "")
	if err != nil {
		return nil, err
	}
	if expr != "" {
		if j.match, err = frameFilter(expr); err != nil {
			return nil, err
		}
	}
	ns, err := c.netns()
	if err != nil {
		return nil, err
	}
	b, err := bridge.Open(bridge.Config{NS: ns, Ifaces: j.names})
	if err != nil {
		return nil, osError(err)
	}
	defer b.Close()
	if j.started != nil {
		if _, err := starlark.Call(c.th, j.started, nil, nil); err != nil {
			return nil, err
		}
	}
	if err := j.s.in.Block(c.th, func(ctx context.Context) error { return j.forward(ctx, b) }); err != nil {
		return nil, j.withResults(err)
	}
	if !j.quiet {
		st := b.Stats()
		for i := range st {
			if text := st[i].LossText(); text != "" {
				j.s.warn("%s", text)
			}
		}
	}
	return j.list(), nil
}

func (j *bridgeJob) forward(ctx context.Context, b *bridge.Bridge) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if j.Timeout > 0 {
		defer time.AfterFunc(j.Timeout, cancel).Stop()
	}
	idle := !j.store && j.Count == 0 && j.silent() && j.xfrm == [2]starlark.Callable{}
	if !idle {
		b.SetHandler(func(f bridge.Frame, out *bridge.Out) {
			if j.over || j.match != nil && !j.match(f) {
				out.Pass(f)
				return
			}
			more, err := j.frame(f, out)
			if !more || err != nil {
				j.over, j.err = true, err
				cancel()
			}
		})
	}
	err := b.Run(ctx)
	b.Do(func(*bridge.Out) { j.over = true })
	if err == nil {
		err = j.err
	}
	return osError(err)
}

// silent tells whether nobody is called with packets.
func (j *bridgeJob) silent() bool {
	return j.prn == nil && j.lfilter == nil && j.stopFilter == nil
}

// frame forwards a frame, or what takes its place, and shows it to the callbacks.
func (j *bridgeJob) frame(f bridge.Frame, out *bridge.Out) (more bool, err error) {
	p := framePacket(f, j.names[f.From])
	if fn := j.xfrm[f.From]; fn == nil {
		out.Pass(f)
	} else {
		frames, err := j.s.transform(fn, f, p)
		if err != nil {
			name := strings.Split("xfrm12 xfrm21", " ")[f.From]
			j.told[f.From].Do(func() { j.s.warn("%s: %v; such packets are dropped", name, err) })
		}
		for _, b := range frames {
			out.Send(f.From.Other(), b)
		}
	}
	if j.silent() {
		return j.keep([]*layers.Packet{p.p}), nil
	}
	err = j.callbacks(func(call py.Caller) (err error) {
		more, err = j.each(call, p)
		return err
	})
	return more, err
}
