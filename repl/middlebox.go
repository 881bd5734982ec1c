package repl

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/netns"
	"pktsh/repl/py/pyrt"
	"pktsh/sniff/bridge"
	"pktsh/sniff/filter"
)

// middlebox is the bridge of the host in the middle of a lab, with its rules.
type middlebox struct {
	s      *Shell
	sides  [2]string // what the hosts on either side are called
	ifaces [2]string
	b      *bridge.Bridge
	rules  *bridge.Rules
	stop   context.CancelFunc
}

// open is lab.Options.Middle: it joins the two links.
func (m *middlebox) open(ns *netns.NS, left, right string) (io.Closer, error) {
	b, err := bridge.Open(bridge.Config{NS: ns, Ifaces: [2]string{left, right}})
	if err != nil {
		return nil, err
	}
	m.b, m.ifaces = b, [2]string{left, right}
	m.rules = bridge.NewRules(b, func(r *bridge.Rule, err error) {
		m.s.warn("rule %s: %v; the packet was dropped", r.Label, err)
	})
	ctx, cancel := context.WithCancel(context.Background())
	m.stop = cancel
	go func() {
		if err := b.Run(ctx); err != nil {
			m.s.warn("%v", err)
		}
	}()
	return m, nil
}

// Close ends it. It does not wait: a rule's function may be waiting for the
// interpreter, which the caller has.
func (m *middlebox) Close() error {
	m.stop()
	err := m.b.Close()
	go m.rules.Close()
	return err
}

// packet is a frame as a packet of its own.
func (m *middlebox) packet(f bridge.Frame) *packet { return framePacket(f, m.ifaces[f.From]) }

// framePacket is a frame that came in by iface as a packet of its own.
func framePacket(f bridge.Frame, iface string) *packet {
	p := layers.Dissect(layers.Ether, slices.Clone(f.Data))
	p.Meta = &layers.Meta{Time: f.Time, WireLen: len(f.Data), Direction: layers.DirIn}
	p.Meta.Edit().Iface = iface
	return wrap(p)
}

// between is the mark of a thread that runs a rule's function, between two frames.
const between = "pktsh.between"

// atFrame wraps a function that is called with a frame while the bridge stands
// still, so that what would wait for the bridge can refuse to.
func atFrame(fn starlark.Callable) starlark.Callable {
	return function{b: &builtin{Sig: fn.Name() + "(p)", Run: func(c *call) (starlark.Value, error) {
		c.th.SetLocal(between, true)
		defer c.th.SetLocal(between, nil)
		return starlark.Call(c.th, fn, starlark.Tuple{c.val("p")}, nil)
	}}}
}

// do runs fn without the interpreter's lock, which rules' functions take.
func (m *middlebox) do(c *call, fn func(ctx context.Context) error) error {
	if c.th.Local(between) != nil {
		return pyrt.Errorf("RuntimeError", "%s() inside a rule's function: it runs between two packets, and nothing else can happen meanwhile", c.b.Name())
	}
	return m.s.in.Block(c.th, fn)
}

// matcher is the argument name as a test of frames: a tcpdump expression or a
// function; nil for None.
func (m *middlebox) matcher(c *call, name string) (match func(bridge.Frame) bool, label string, err error) {
	switch v := c.val(name).(type) {
	case starlark.NoneType:
		return nil, "", nil
	case starlark.String:
		match, err := frameFilter(string(v))
		return match, string(v), err
	case starlark.Callable:
		fn, told := atFrame(v), sync.Once{}
		return func(f bridge.Frame) bool {
			r, err := m.s.in.Call(context.Background(), fn, starlark.Tuple{m.packet(f)}, nil)
			if err != nil {
				told.Do(func() { m.s.warn("%s: %v; the rule is not for such packets", name, err) })
				return false
			}
			return bool(r.Truth())
		}, v.Name(), nil
	}
	return nil, "", c.wrong(name, "a tcpdump expression or a function of a packet")
}

// frameFilter is a tcpdump expression as a test of Ethernet frames.
func frameFilter(expr string) (func(bridge.Frame) bool, error) {
	prog, err := filter.Compile(expr, filter.Options{LinkType: filter.LinkEthernet})
	if err != nil {
		return nil, filterError(err)
	}
	return func(f bridge.Frame) bool { return prog.Match(f.Data, len(f.Data)) }, nil
}

// side is the argument name, which names one of the two hosts.
func (m *middlebox) side(c *call, name string) (side bridge.Side, ok bool, err error) {
	want := fmt.Sprintf("%q or %q", m.sides[0], m.sides[1])
	text := ""
	switch v := c.val(name).(type) {
	case starlark.NoneType:
		return 0, false, nil
	case *hostValue:
		text = v.h.Name
	case starlark.String:
		text = string(v)
	}
	i := slices.Index(m.sides[:], text)
	if i < 0 {
		return 0, false, c.wrong(name, want)
	}
	return bridge.Side(i), true, nil
}

// add makes a rule of the call's arguments filter, src and count, and adds it.
func (m *middlebox) add(c *call, r *bridge.Rule) (starlark.Value, error) {
	var err error
	var label string
	if r.Match, label, err = m.matcher(c, "filter"); err != nil {
		return nil, err
	}
	side, given, err := m.side(c, "src")
	if err != nil {
		return nil, err
	}
	if given {
		r.From[side] = true
	}
	defaultCount := 0
	if i := slices.IndexFunc(c.b.params, func(p param) bool { return p.name == "count" }); i >= 0 && c.b.params[i].text == "1" {
		defaultCount = 1
	}
	if r.Count, err = c.int("count", defaultCount); err != nil {
		return nil, err
	}
	if r.Count < 0 {
		return nil, c.wrong("count", "0 or more")
	}
	r.Label = c.b.Name()
	if label != "" {
		r.Label += " " + label
	}
	if given {
		r.Label += " from " + m.sides[side]
	}
	if err := m.do(c, func(context.Context) error { return m.rules.Add(r) }); err != nil {
		return nil, err
	}
	return &ruleValue{m: m, r: r}, nil
}

const ruleArgs = `
filter: a tcpdump expression or a function of the packet; None: every packet.
src: only what comes from "client" or "server". count: how many packets the rule
is for, 0 without end.`

// middleMethods are what the host in the middle can do beside what every host can.
var middleMethods = map[string]func(m *middlebox) *builtin{
	"drop": func(m *middlebox) *builtin {
		return &builtin{Sig: "drop(filter=None, count=1, src=None)", Doc: "Drop packets on their way." + ruleArgs,
			Run: func(c *call) (starlark.Value, error) { return m.add(c, &bridge.Rule{Action: bridge.Drop}) }}
	},
	"allow": func(m *middlebox) *builtin {
		return &builtin{Sig: "allow(filter=None, count=0, src=None)", Doc: "Let packets pass that a later rule would be for: the first rule that a packet meets decides." + ruleArgs,
			Run: func(c *call) (starlark.Value, error) { return m.add(c, &bridge.Rule{Action: bridge.Pass}) }}
	},
	"hold": func(m *middlebox) *builtin {
		return &builtin{Sig: "hold(filter=None, until=None, count=0, src=None)", Doc: `Hold packets back until release(), or until another one has passed: what is
held leaves right behind it. until: that packet, by filter or function. At most 65,536
packets are held; what finds no room is dropped, and the rule says how many those were.` + ruleArgs + `
    net.middle.hold("tcp[tcpflags] & tcp-fin != 0", src="client")`,
			Run: func(c *call) (starlark.Value, error) {
				until, _, err := m.matcher(c, "until")
				if err != nil {
					return nil, err
				}
				return m.add(c, &bridge.Rule{Action: bridge.Hold, Until: until})
			}}
	},
	"delay": func(m *middlebox) *builtin {
		return &builtin{Sig: "delay(filter=None, seconds=0.1, count=0, src=None)", Doc: "Send packets on so many seconds later. At most 65,536 wait at a time; what finds no room\nis dropped, and the rule says how many those were." + ruleArgs,
			Run: func(c *call) (starlark.Value, error) {
				d, err := c.seconds("seconds", 100*time.Millisecond)
				if err != nil {
					return nil, err
				}
				return m.add(c, &bridge.Rule{Action: bridge.Delay, After: d})
			}}
	},
	"duplicate": func(m *middlebox) *builtin {
		return &builtin{Sig: "duplicate(filter=None, copies=1, count=1, src=None)", Doc: "Send packets on with so many copies." + ruleArgs,
			Run: func(c *call) (starlark.Value, error) {
				n, err := c.int("copies", 1)
				if err != nil {
					return nil, err
				}
				if n < 1 || n > 1000 {
					return nil, c.wrong("copies", "1..1000")
				}
				return m.add(c, &bridge.Rule{Action: bridge.Duplicate, Copies: n})
			}}
	},
	"rewrite": func(m *middlebox) *builtin {
		return &builtin{Sig: "rewrite(filter, fn, count=0, src=None)", Doc: `Send something else in a packet's place: fn is called with the packet and gives
True to pass it, False to drop it, or what is sent instead: a packet, bytes or a
list of them. Fields that are not deleted keep their values, checksums too:
    def fn(p):
        p[TCP].window = 0
        del p[TCP].chksum
        return p
    net.middle.rewrite("tcp", fn, src="server")` + ruleArgs,
			Run: func(c *call) (starlark.Value, error) {
				fn, err := c.fn("fn")
				if err != nil {
					return nil, err
				}
				if fn == nil {
					return nil, c.wrong("fn", "a function of a packet")
				}
				fn = atFrame(fn)
				return m.add(c, &bridge.Rule{Action: bridge.Rewrite, With: func(f bridge.Frame) ([][]byte, error) {
					return m.s.transform(fn, f, m.packet(f))
				}})
			}}
	},
	"inject": func(m *middlebox) *builtin {
		return &builtin{Sig: "inject(pkt, dst)", Doc: `Send a packet, or a list of them, to "client" or "server" as if it had come from the other.
It begins with Ether, as it crosses the link; addresses left out are the hosts' own.`,
			Run: m.inject}
	},
	"release": func(m *middlebox) *builtin {
		return &builtin{Sig: "release()", Doc: "Send on what is held, in the order in which it came, and end the rules that held it. Returns how many packets that were.",
			Run: func(c *call) (starlark.Value, error) { return m.release(c) }}
	},
	"rules": func(m *middlebox) *builtin {
		return &builtin{Sig: "rules()", Doc: "The rules that are not over, in their order.",
			Run: func(c *call) (starlark.Value, error) {
				var out []starlark.Value
				err := m.do(c, func(context.Context) error {
					for _, st := range m.rules.List() {
						out = append(out, &ruleValue{m: m, r: st.Rule})
					}
					return nil
				})
				return starlark.NewList(out), err
			}}
	},
	"clear": func(m *middlebox) *builtin {
		return &builtin{Sig: "clear()", Doc: "End all rules, and send on what they hold.",
			Run: func(c *call) (starlark.Value, error) {
				return nil, m.do(c, func(context.Context) error { m.rules.Remove(); return nil })
			}}
	},
	"stats": func(m *middlebox) *builtin {
		return &builtin{Sig: "stats()", Doc: "What has come in from each side, what was forwarded, and what was lost and why.",
			Run: func(c *call) (starlark.Value, error) {
				st := m.b.Stats()
				return statsText(st, m.sides), nil
			}}
	},
}

// statsText is one row for each side.
func statsText(st bridge.Stats, sides [2]string) starlark.Value {
	rows := [][]string{{"from", "received", "segmented", "checksums", "forwarded", "lost"}}
	tail := ""
	for i := range st {
		s := &st[i]
		rows = append(rows, []string{sides[i], fmt.Sprint(s.Received), fmt.Sprint(s.Segmented), fmt.Sprint(s.Completed), fmt.Sprint(s.Forwarded), fmt.Sprint(s.Lost())})
		if loss := s.LossText(); loss != "" {
			tail += loss + "\n"
		}
	}
	return text(padTable(rows) + tail)
}

// Attr is one of the methods of a host in the middle.
func (m *middlebox) Attr(name string) (starlark.Value, error) {
	if f := middleMethods[name]; f != nil {
		return function{b: f(m)}, nil
	}
	return nil, nil
}

// AttrNames are the names of the methods.
func (m *middlebox) AttrNames() []string {
	var out []string
	for n := range middleMethods {
		out = append(out, n)
	}
	return out
}

func (m *middlebox) release(c *call, rules ...*bridge.Rule) (starlark.Value, error) {
	n := 0
	err := m.do(c, func(context.Context) error { n = m.rules.Release(rules...); return nil })
	return starlark.MakeInt(n), err
}

func (m *middlebox) inject(c *call) (starlark.Value, error) {
	to, given, err := m.side(c, "dst")
	if err != nil {
		return nil, err
	}
	if !given {
		return nil, c.wrong("dst", fmt.Sprintf("%q or %q", m.sides[0], m.sides[1]))
	}
	frames, err := frameBytes(c.val("pkt"))
	if err != nil {
		return nil, c.errorf("pkt", "inject(): %v", err)
	}
	return nil, m.do(c, func(context.Context) error { m.rules.Inject(to, frames...); return nil })
}

// frameBytes are packets, bytes or lists of them as frames.
func frameBytes(v starlark.Value) ([][]byte, error) {
	switch v := v.(type) {
	case starlark.Bytes:
		return [][]byte{[]byte(v)}, nil
	case *packet:
		if v.proto() != layers.Ether && v.proto() != layers.Lookup("Dot3") {
			return nil, fmt.Errorf("got %s, want a frame that begins with Ether", v.stackText())
		}
		if err := v.sync(); err != nil {
			return nil, err
		}
		var out [][]byte
		for q := range v.view().Expand() {
			b, err := q.Build()
			if err != nil {
				return nil, err
			}
			out = append(out, b)
		}
		return out, nil
	case starlark.Iterable:
		var out [][]byte
		for x := range starlark.Elements(v) {
			b, err := frameBytes(x)
			if err != nil {
				return nil, err
			}
			out = append(out, b...)
		}
		return out, nil
	}
	return nil, fmt.Errorf("got %s, want a packet, bytes or a list of them", pyRepr(v))
}

// transform calls fn with a packet and gives the frames that take its place.
func (s *Shell) transform(fn starlark.Callable, f bridge.Frame, p *packet) ([][]byte, error) {
	r, err := s.in.Call(context.Background(), fn, starlark.Tuple{p}, nil)
	if err != nil {
		return nil, err
	}
	switch r {
	case starlark.True:
		return [][]byte{f.Data}, nil
	case starlark.False:
		return nil, nil
	case starlark.None:
		return nil, fmt.Errorf("the function gave None, want True, False, a packet or a list")
	}
	return frameBytes(r)
}
