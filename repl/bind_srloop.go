package repl

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.starlark.net/starlark"
)

const srloopArgs = "pkts, prn=None, prnfail=None, inter=1, timeout=None, count=None, verbose=None, store=True, iface=None, filter=None, retry=0, multi=False, promisc=None, nofilter=0, fragment=False, mark=None, netns=None"

func srloopBuiltins() []*builtin {
	const g = "Sending and receiving"
	const doc = `
count: so many rounds; inter: seconds from one round's start to the next's; timeout:
seconds to wait in each, twice inter but no more than 5 without one. prn: what to
print of an answered pair, prnfail: of a packet without an answer, in place of their
summaries. Ctrl-C ends it and prints how many were answered. Returns (answered
pairs, unanswered).`
	return []*builtin{
		{Sig: "srloop(" + srloopArgs + ")", Group: g, Doc: "Send packets again and again and print the answers as they come, with the share of hits." + doc,
			Run: func(c *call) (starlark.Value, error) { return c.srloop(false) }},
		{Sig: "srploop(" + srloopArgs + ", iface_hint=None)", Group: g, Doc: "srloop() for link-layer frames." + doc,
			Run: func(c *call) (starlark.Value, error) { return c.srloop(true) }},
	}
}

// srloop is one call of srloop() or srploop().
type srloop struct {
	*exchange
	prn, prnfail   starlark.Callable
	print, store   bool
	every          time.Duration
	sent, received int
	ans, unans     *packetList
}

func (c *call) srloop(l2 bool) (starlark.Value, error) {
	every, err := c.seconds("inter", time.Second)
	if err != nil {
		return nil, err
	}
	x, err := c.exchange(l2, min(2*max(every, 10*time.Millisecond), 5*time.Second))
	if err != nil {
		return nil, err
	}
	l := &srloop{exchange: x, every: every, print: x.verb > 0, store: c.bool("store", true),
		ans: &packetList{name: "Results", isSR: true}, unans: &packetList{name: "PacketList"}}
	// The pause is between rounds, and it is the rounds' packets that are printed.
	l.o.Inter, l.o.Streaming, l.verb, x.prn = 0, false, 0, nil
	if l.prn, err = c.fn("prn"); err != nil {
		return nil, err
	}
	if l.prnfail, err = c.fn("prnfail"); err != nil {
		return nil, err
	}
	count, err := c.int("count", 0)
	if err != nil {
		return nil, err
	}
	list, err := c.packetList("pkts")
	if err != nil {
		return nil, err
	}
	err = l.s.in.Block(c.th, func(ctx context.Context) error {
		for n := 1; (count <= 0 || n <= count) && ctx.Err() == nil; n++ {
			start := time.Now()
			res, err := l.do(ctx, copies(list, 1))
			if err != nil {
				return err
			}
			if ctx.Err() != nil && res.Answered.Len() == 0 {
				break // cut short: what was under way is no failure
			}
			ans, unans := resultLists(&res, "")
			if err := l.round(ctx, n, ans, unans); err != nil {
				return err
			}
			if n == count {
				break
			}
			select {
			case <-time.After(l.every - time.Since(start)):
			case <-ctx.Done():
			}
		}
		return nil
	})
	if err != nil {
		return nil, sendError(err)
	}
	if l.print {
		hits := 0.0
		if l.sent > 0 {
			hits = 100 * float64(l.received) / float64(l.sent)
		}
		fmt.Fprintf(l.s.out, "\nSent %d packets, received %d packets. %3.1f%% hits.\n", l.sent, l.received, hits)
	}
	return starlark.Tuple{l.ans, l.unans}, nil
}

// round counts and prints what became of one round.
func (l *srloop) round(ctx context.Context, n int, ans, unans *packetList) error {
	l.sent += len(ans.pairs) + len(unans.pkts)
	l.received += len(ans.pairs)
	if l.store {
		l.ans.pairs = append(l.ans.pairs, ans.allPairs()...)
		l.unans.pkts = append(l.unans.pkts, unans.allPackets()...)
	}
	if !l.print {
		return nil
	}
	var lines []string
	for _, p := range ans.allPairs() {
		text, err := l.text(ctx, l.prn, queryAnswer{p}, p.answer)
		if err != nil {
			return err
		}
		lines = append(lines, text)
	}
	l.lines("RECV", n, colourString, lines)
	lines = nil
	for _, p := range unans.allPackets() {
		text, err := l.text(ctx, l.prnfail, p, p)
		if err != nil {
			return err
		}
		lines = append(lines, text)
	}
	l.lines("fail", n, colourLayer, lines)
	return nil
}

// text is what f makes of v, or else the packet's summary.
func (l *srloop) text(ctx context.Context, f starlark.Callable, v starlark.Value, p *packet) (string, error) {
	if f == nil {
		return p.PyStr(), nil
	}
	r, err := l.s.in.Call(ctx, f, starlark.Tuple{v}, nil)
	if err != nil {
		return "", err
	}
	return pyStr(r), nil
}

// lines prints the lines of one round below each other.
func (l *srloop) lines(what string, n int, colour string, lines []string) {
	if len(lines) == 0 {
		return
	}
	head := fmt.Sprintf("%s %d:", what, n)
	indent := strings.Repeat(" ", len(head)+1)
	if l.s.opts.Colour {
		head = colour + head + colourOff
	}
	fmt.Fprintf(l.s.out, "%s %s\n", head, strings.Join(lines, "\n"+indent))
}
