package repl

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/internal/near"
	"pktsh/netns"
	"pktsh/repl/py/pyrt"
	"pktsh/tcpstate"
)

func stateBuiltins() []*builtin {
	const g = "The kernel's side"
	return []*builtin{
		{Sig: "sockets(port=None, state=None, udp=False, info=False, netns=None)", Group: g, Doc: `The kernel's sockets, as ss shows them, in a list of rows.
port: only those with the port on either side. state: a name or a list of names
such as "SYN_RECV". A row has state, laddr, lport, raddr, rport, recvq, sendq (of a
listening socket: connections that wait, and how many may), timer, timer_left,
retrans, uid, inode. info=True adds what TCP_INFO tells: rtt, cwnd and the like.`,
			Run: func(c *call) (starlark.Value, error) {
				ns, err := c.netns()
				if err != nil {
					return nil, err
				}
				return c.socketTable(ns)
			}},
		{Sig: "counters(since=None, netns=None)", Group: g, Doc: `The kernel's TCP and IP counters by name: counters()["TcpExt.ListenOverflows"].
With since, an earlier result, what changed in between.
    before = counters()
    …
    counters(since=before)`,
			Run: func(c *call) (starlark.Value, error) {
				ns, err := c.netns()
				if err != nil {
					return nil, err
				}
				return c.counterTable(ns)
			}},
	}
}

// socketTable is sockets() in a namespace.
func (c *call) socketTable(ns *netns.NS) (starlark.Value, error) {
	o := tcpstate.Options{NS: ns, UDP: c.bool("udp", false), Info: c.bool("info", false)}
	port, err := c.int("port", 0)
	if err != nil {
		return nil, err
	}
	if port < 0 || port > 65535 {
		return nil, c.wrong("port", "0..65535")
	}
	o.Port = uint16(port)
	states, err := c.strings("state")
	if err != nil {
		return nil, err
	}
	for _, name := range states {
		st, err := tcpstate.ParseState(name)
		if err != nil {
			return nil, withArg(pyrt.Errorf("ValueError", "%v", err), "state")
		}
		o.States = append(o.States, st)
	}
	rows, err := tcpstate.Sockets(o)
	if err != nil {
		return nil, osError(err)
	}
	out := make([]starlark.Value, len(rows))
	for i, r := range rows {
		out[i] = socketRow{r}
	}
	return &socketRows{starlark.NewList(out)}, nil
}

// socketRows is a list of rows that prints as a table.
type socketRows struct{ *starlark.List }

// PyDisplay is the table.
func (l *socketRows) PyDisplay() string { return l.String() }

// PyStr is the table.
func (l *socketRows) PyStr() string { return l.String() }

// PyRepr is the table.
func (l *socketRows) PyRepr() string { return l.String() }

func (l *socketRows) String() string {
	var b strings.Builder
	b.WriteString(tcpstate.Header)
	for i := range l.Len() {
		b.WriteString("\n" + l.Index(i).String())
	}
	return b.String()
}

// socketRow is one socket.
type socketRow struct{ s tcpstate.Socket }

func (r socketRow) String() string        { return strings.TrimRight(r.s.String(), " ") }
func (r socketRow) Type() string          { return "Socket" }
func (r socketRow) Freeze()               {}
func (r socketRow) Truth() starlark.Bool  { return true }
func (r socketRow) Hash() (uint32, error) { return uint32(r.s.Cookie), nil }

// socketFields are the attributes of a row.
var socketFields = map[string]func(s *tcpstate.Socket) starlark.Value{
	"state":      func(s *tcpstate.Socket) starlark.Value { return starlark.String(s.State.String()) },
	"laddr":      func(s *tcpstate.Socket) starlark.Value { return starlark.String(s.Local.Addr().String()) },
	"lport":      func(s *tcpstate.Socket) starlark.Value { return starlark.MakeInt(int(s.Local.Port())) },
	"raddr":      func(s *tcpstate.Socket) starlark.Value { return starlark.String(s.Remote.Addr().String()) },
	"rport":      func(s *tcpstate.Socket) starlark.Value { return starlark.MakeInt(int(s.Remote.Port())) },
	"recvq":      func(s *tcpstate.Socket) starlark.Value { return starlark.MakeInt(int(s.RecvQ)) },
	"sendq":      func(s *tcpstate.Socket) starlark.Value { return starlark.MakeInt(int(s.SendQ)) },
	"timer":      func(s *tcpstate.Socket) starlark.Value { return starlark.String(s.Timer.String()) },
	"timer_left": func(s *tcpstate.Socket) starlark.Value { return starlark.Float(s.TimerLeft.Seconds()) },
	"retrans":    func(s *tcpstate.Socket) starlark.Value { return starlark.MakeInt(int(s.Retrans)) },
	"uid":        func(s *tcpstate.Socket) starlark.Value { return starlark.MakeInt(int(s.UID)) },
	"inode":      func(s *tcpstate.Socket) starlark.Value { return starlark.MakeInt(int(s.Inode)) },
	"udp":        func(s *tcpstate.Socket) starlark.Value { return starlark.Bool(s.UDP) },
	"rtt": func(s *tcpstate.Socket) starlark.Value {
		return tcpInfo(s, func() starlark.Value { return starlark.Float(float64(s.Info.Rtt) / 1e6) })
	},
	"cwnd": func(s *tcpstate.Socket) starlark.Value {
		return tcpInfo(s, func() starlark.Value { return starlark.MakeInt(int(s.Info.Snd_cwnd)) })
	},
	"snd_mss": func(s *tcpstate.Socket) starlark.Value {
		return tcpInfo(s, func() starlark.Value { return starlark.MakeInt(int(s.Info.Snd_mss)) })
	},
}

func tcpInfo(s *tcpstate.Socket, get func() starlark.Value) starlark.Value {
	if s.Info == nil {
		return starlark.None
	}
	return get()
}

// Attr is one of the row's columns.
func (r socketRow) Attr(name string) (starlark.Value, error) {
	if get := socketFields[name]; get != nil {
		return get(&r.s), nil
	}
	return nil, nil
}

// AttrNames are the columns.
func (r socketRow) AttrNames() []string {
	var out []string
	for n := range socketFields {
		out = append(out, n)
	}
	return out
}

// counterTable is counters() in a namespace.
func (c *call) counterTable(ns *netns.NS) (starlark.Value, error) {
	now, err := tcpstate.ReadCounters(ns)
	if err != nil {
		return nil, osError(err)
	}
	if !c.has("since") {
		return &counterValue{c: now}, nil
	}
	before, ok := c.val("since").(*counterValue)
	if !ok || before.diff {
		return nil, c.wrong("since", "what counters() gave before")
	}
	out := &counterValue{c: tcpstate.Counters{}, diff: true}
	for _, ch := range tcpstate.Diff(before.c, now) {
		out.c[ch.Name] = ch.Delta()
		out.order = append(out.order, ch.Name)
	}
	return out, nil
}

// counterValue is a set of counters, or of their differences.
type counterValue struct {
	frozenValue
	c     tcpstate.Counters
	order []string // of differences
	diff  bool
}

func (v *counterValue) Type() string         { return "Counters" }
func (v *counterValue) Truth() starlark.Bool { return len(v.c) > 0 }
func (v *counterValue) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: 'Counters'")
}
func (v *counterValue) Len() int { return len(v.c) }

func (v *counterValue) String() string {
	if !v.diff {
		return fmt.Sprintf("<%d counters; counters(since=…) shows what changed>", len(v.c))
	}
	if len(v.c) == 0 {
		return "no counter changed"
	}
	var lines []string
	for _, n := range v.order {
		lines = append(lines, fmt.Sprintf("%-32s %+d", n, v.c[n]))
	}
	return strings.Join(lines, "\n")
}

// Get is c["TcpExt.ListenDrops"]; a counter that did not change is 0 in a difference.
func (v *counterValue) Get(key starlark.Value) (starlark.Value, bool, error) {
	name := pyStr(key)
	n, ok := v.c[name]
	if !ok && v.diff && strings.Contains(name, ".") {
		return starlark.MakeInt(0), true, nil
	}
	if !ok {
		var names []string
		for k := range v.c {
			names = append(names, k)
		}
		e := pyrt.Errorf("KeyError", "there is no counter %q", name)
		e.Msg += near.Hint(name, names)
		return nil, false, e
	}
	return starlark.MakeInt64(n), true, nil
}

// Iterate walks the names.
func (v *counterValue) Iterate() starlark.Iterator {
	var names []starlark.Value
	for _, c := range tcpstate.Diff(tcpstate.Counters{}, v.c) {
		names = append(names, starlark.String(c.Name))
	}
	return starlark.NewList(names).Iterate()
}
