package repl

import (
	"context"
	"fmt"
	"slices"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
	"pktsh/sniff"
)

// A superSocket is one of Scapy's sockets for packets, as conf.L2socket(iface=…)
// opens it: a capture that loses nothing between two calls, and the means to send.
type superSocket struct {
	frozenValue
	class *socketClass
	s     *Shell
	iface starlark.Value // None: all of them, or where the routes lead
	netns starlark.Value
	src   sniff.Source
	lost  uint64 // how many drops were told
	shut  bool
}

// A socketClass is a kind of socket. Those that send do not see what this host
// sends, as in Scapy; at layer 3 packets begin behind the link's header.
type socketClass struct {
	name, doc string
	l3, sends bool
}

var socketClasses = []*socketClass{
	{"L2Socket", "A socket for frames: s = conf.L2socket(iface=\"eth0\"); s.send(p), s.recv(), s.sr1(p), s.close().", false, true},
	{"L2ListenSocket", "A socket that receives frames, those that this host sends too: conf.L2listen(iface=\"eth0\").", false, false},
	{"L3PacketSocket", "A socket for IP packets: s = conf.L3socket(); s.send(p), s.recv(), s.sr1(p), s.close().", true, true},
	{"L3RawSocket", "The same: what suits a packet's way is chosen for each, loopback included.", true, true},
}

const socketDoc = `
It captures from the moment it is opened, on iface (a layer 2 socket without one: on
conf.iface, another: on all) what filter, a tcpdump expression, lets through, type
only that EtherType. with conf.L2socket() as s: closes it at the end. sniff(opened_socket=s)
goes on where recv() stopped; sendp(p, socket=s) sends by it.`

func socketBuiltins() []*builtin {
	var list []*builtin
	for _, class := range socketClasses {
		list = append(list, &builtin{Sig: class.name + "(iface=None, type=3, promisc=None, filter=None, nofilter=0, monitor=None, netns=None)",
			Group: "Sending and receiving", Doc: class.doc + socketDoc, Run: class.open})
	}
	return list
}

// socketDefault is what a setting such as conf.L3socket is until it is set.
func socketDefault(name string) func(*Shell) (starlark.Value, error) {
	return func(s *Shell) (starlark.Value, error) { return s.function(name), nil }
}

func (class *socketClass) open(c *call) (starlark.Value, error) {
	s := &superSocket{class: class, s: shell(), iface: c.val("iface"), netns: c.val("netns")}
	if s.iface == starlark.None && !class.l3 {
		var err error
		if s.iface, err = s.s.conf.Attr("iface"); err != nil {
			return nil, err
		}
		c.vals["iface"] = s.iface
	}
	if err := c.sniffUnsupported(); err != nil {
		return nil, err
	}
	o, err := c.captureOptions(&sniffJob{s: s.s})
	if err != nil {
		return nil, err
	}
	o.IgnoreOutgoing = class.sends
	kind, err := c.int("type", etherTypeAll)
	if err != nil || kind < 0 || kind > 0xffff {
		return nil, c.wrong("type", "an EtherType")
	}
	if kind != etherTypeAll {
		only := fmt.Sprintf("ether proto %#x", kind)
		if o.Filter != "" {
			only += " and (" + o.Filter + ")"
		}
		o.Filter = only
	}
	if s.src, err = sniff.Open(o); err != nil {
		return nil, filterError(err)
	}
	s.s.onClose(s.shutdown)
	return s, nil
}

// etherTypeAll is ETH_P_ALL of linux/if_ether.h.
const etherTypeAll = 3

func (s *superSocket) Type() string { return s.class.name }
func (s *superSocket) String() string {
	state := pyStr(s.iface)
	switch {
	case s.shut:
		state = "closed"
	case s.iface == starlark.None:
		state = "all interfaces"
	}
	return "<" + s.class.name + ": " + state + ">"
}
func (s *superSocket) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: '%s'", s.class.name)
}

func (s *superSocket) shutdown() error {
	if s.shut {
		return nil
	}
	s.shut = true
	return s.src.Close()
}

func (s *superSocket) open() error {
	if s.shut {
		return pyrt.Errorf("OSError", "this socket is closed")
	}
	return nil
}

// recv waits for a packet.
func (s *superSocket) recv(c *call) (starlark.Value, error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	buf := make([]*layers.Packet, 1)
	err := s.s.in.Block(c.th, func(ctx context.Context) error {
		_, err := (&socketSource{s: s}).Read(ctx, buf)
		return err
	})
	if err != nil {
		return nil, osError(err)
	}
	return wrap(buf[0]), nil
}

// by calls one of the shell's functions with this socket's interface and namespace.
func (s *superSocket) by(layer2, layer3 string) func(c *call) (starlark.Value, error) {
	return func(c *call) (starlark.Value, error) {
		if err := s.open(); err != nil {
			return nil, err
		}
		if !s.class.sends {
			return nil, pyrt.Errorf("OSError", "%s only receives: conf.L2socket() and conf.L3socket() send", s.class.name)
		}
		name := layer2
		if s.class.l3 {
			name = layer3
		}
		return s.call(c, name, starlark.Tuple{starlark.String("iface"), s.iface}, starlark.Tuple{starlark.String("netns"), s.netns})
	}
}

// call passes a call on to a function of the shell, with arguments added that it did not have.
func (s *superSocket) call(c *call, name string, more ...starlark.Tuple) (starlark.Value, error) {
	kwargs := slices.Clone(c.more)
	for _, kv := range more {
		if !slices.ContainsFunc(kwargs, func(have starlark.Tuple) bool { return have[0] == kv[0] }) {
			kwargs = append(kwargs, kv)
		}
	}
	return starlark.Call(c.th, s.s.function(name), c.rest, kwargs)
}

// send sends and tells how many bytes that were.
func (s *superSocket) send(c *call) (starlark.Value, error) {
	list, err := c.packetList("x")
	if err != nil {
		return nil, err
	}
	n := 0
	for _, p := range list {
		b, err := p.Build()
		if err != nil {
			return nil, err
		}
		n += len(b)
	}
	c.rest, c.more = starlark.Tuple{c.val("x")}, []starlark.Tuple{{starlark.String("verbose"), starlark.MakeInt(0)}}
	if _, err := s.by("sendp", "send")(c); err != nil {
		return nil, err
	}
	return starlark.MakeInt(n), nil
}

// Attr is send, recv, sr, sr1, sniff, close, iface and closed.
func (s *superSocket) Attr(name string) (starlark.Value, error) {
	method := func(sig, doc string, run func(c *call) (starlark.Value, error)) (starlark.Value, error) {
		return function{b: &builtin{Sig: sig, Doc: doc, Run: run}}, nil
	}
	switch name {
	case "iface":
		return s.iface, nil
	case "closed":
		return starlark.Bool(s.shut), nil
	case "send":
		return method("send(x)", "Send a packet and return its length in bytes.", s.send)
	case "recv":
		return method("recv(x=65535)", "Wait for the next packet and return it.", s.recv)
	case "sr":
		return method("sr(*args, **kargs)", "sr() or srp() by this socket's interface.", s.by("srp", "sr"))
	case "sr1":
		return method("sr1(*args, **kargs)", "sr1() or srp1() by this socket's interface.", s.by("srp1", "sr1"))
	case "sniff", "tshark":
		return method(name+"(*args, **kargs)", name+"() of what this socket receives.", func(c *call) (starlark.Value, error) {
			return s.call(c, name, starlark.Tuple{starlark.String("opened_socket"), s})
		})
	case "close":
		return method("close()", "Close the socket.", func(*call) (starlark.Value, error) { return nil, s.shutdown() })
	}
	return nil, nil
}

// AttrNames are the socket's attributes.
func (s *superSocket) AttrNames() []string {
	return []string{"close", "closed", "iface", "recv", "send", "sniff", "sr", "sr1", "tshark"}
}

// socketSource is what a socket receives as a source for sniff(), which leaves the socket
// open. One packet at a time where the reader may stop behind any, so that the next
// stays for whoever reads on.
type socketSource struct {
	s   *superSocket
	one bool
}

// Read implements sniff.Source.
func (r *socketSource) Read(ctx context.Context, buf []*layers.Packet) (int, error) {
	if r.one {
		buf = buf[:1]
	}
	n, err := r.s.src.Read(ctx, buf)
	if r.s.class.l3 {
		for i, p := range buf[:n] {
			if first := p.First(); first != layers.IP && first != layers.IPv6 && p.Len() > 1 {
				buf[i] = p.From(1)
			}
		}
	}
	return n, err
}

// Stats implements sniff.Source: what was lost since it was last told.
func (r *socketSource) Stats() (sniff.Stats, error) {
	st, err := r.s.src.Stats()
	all := st.Dropped
	st.Dropped -= min(all, r.s.lost)
	r.s.lost = all
	return st, err
}

// Close implements sniff.Source.
func (*socketSource) Close() error { return nil }

// openedSocket is opened_socket=; nil without one.
func (c *call) openedSocket() (*superSocket, error) {
	if !c.has("opened_socket") {
		return nil, nil
	}
	s, ok := c.val("opened_socket").(*superSocket)
	if !ok {
		return nil, c.wrong("opened_socket", "a socket of conf.L2socket(), conf.L3socket() or conf.L2listen(); several interfaces are iface=[…]")
	}
	for _, name := range []string{"iface", "filter", "offline"} {
		if c.has(name) {
			return nil, c.errorf(name, "%s(): %s= is the socket's: give it when the socket is opened", c.b.Name(), name)
		}
	}
	return s, s.open()
}
