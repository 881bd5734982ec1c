package repl

import (
	"sync"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
	"pktsh/sniff"
)

// A session is an object of a sessionType. A capture leads its packets through it
// (sniff.Session), or a script does, packet by packet.
type session struct {
	t     *sessionType
	attrs map[string]starlark.Value // that methods have set
	app   bool

	mu     sync.Mutex // engine
	engine sniff.Session

	// Used under the interpreter's lock.
	out   func(*layers.Packet) bool // of the capture that a packet comes from; nil: of none
	prn   starlark.Callable
	store bool
	lst   []*packet
	count int
}

func (o *session) String() string        { return "<" + o.t.name + " object>" }
func (o *session) Type() string          { return o.t.name }
func (o *session) Freeze()               {}
func (o *session) Truth() starlark.Bool  { return true }
func (o *session) Hash() (uint32, error) { return starlark.String(o.t.name).Hash() }

// Attr is a method, or what there is to know.
func (o *session) Attr(name string) (starlark.Value, error) {
	if v := o.attrs[name]; v != nil {
		return v, nil
	}
	switch name {
	case "prn":
		if o.prn != nil {
			return o.prn, nil
		}
		return starlark.None, nil
	case "store":
		return starlark.Bool(o.store), nil
	case "app":
		return starlark.Bool(o.app), nil
	case "count":
		return starlark.MakeInt(o.count), nil
	case "lst":
		return o.list(), nil
	case "__class__":
		return o.t, nil
	}
	return bindSession(o.t.find(name), o, o.t), nil
}

// SetField is self.name = v.
func (o *session) SetField(name string, v starlark.Value) error {
	switch name {
	case "store":
		o.store = bool(v.Truth())
	case "prn":
		return o.setPrn(v)
	default:
		o.attrs[name] = v
	}
	return nil
}

func (o *session) setPrn(v starlark.Value) error {
	f, ok := v.(starlark.Callable)
	if !ok && v != starlark.None {
		return pyrt.Errorf("TypeError", "prn: got %s, want a function or None", v.Type())
	}
	o.prn = f
	return nil
}

// AttrNames are the attributes.
func (o *session) AttrNames() []string {
	out := append(o.t.AttrNames(), "app", "count", "lst", "prn", "store")
	for name := range o.attrs {
		out = append(out, name)
	}
	return out
}

func (o *session) method(name string) starlark.Value { return bindSession(o.t.find(name), o, o.t) }

func (o *session) list() *packetList {
	return &packetList{name: "Sniffed", pkts: append([]*packet{}, o.lst...)}
}

// ours is the engine, made at first use: an __init__ that says nothing of its arguments
// need not call ours. mu is held.
func (o *session) ours() sniff.Session {
	for t := o.t; o.engine == nil; t = t.base {
		if t.make != nil {
			o.engine = t.make(o)
		}
	}
	return o.engine
}

// Take implements sniff.Session.
func (o *session) Take(p *layers.Packet, yield func(*layers.Packet) bool) error {
	if !o.t.overrides("process") && !o.t.overrides("on_packet_received") { // no need of the interpreter
		o.mu.Lock()
		defer o.mu.Unlock()
		return o.ours().Take(p, yield)
	}
	receive := func(th *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		o.out = yield
		defer func() { o.out = nil }()
		return starlark.Call(th, o.method("on_packet_received"), args, nil)
	}
	_, err := shell().in.Nested(starlark.NewBuiltin("on_packet_received", receive), wrap(p))
	return err
}

// Flush implements sniff.Session.
func (o *session) Flush(yield func(*layers.Packet) bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ours().Flush(yield)
}

// Lost says for people what was given up.
func (o *session) Lost() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if l, ok := o.ours().(interface{ Lost() []string }); ok {
		return l.Lost()
	}
	return nil
}

// byHand lets f use the engine from code of the language.
func (o *session) byHand(f func(sniff.Session) error) error {
	if !o.mu.TryLock() { // waiting could be for this very code
		return pyrt.Errorf("RuntimeError", "this %s is at work on another packet", o.t.name)
	}
	defer o.mu.Unlock()
	return f(o.ours())
}

// sessionMethods are those of DefaultSession.
func sessionMethods() []*builtin {
	return []*builtin{
		{Sig: "__init__(self, *args, **kwargs)", Doc: "Take the class's arguments.", Run: initSession},
		{Sig: "process(self, pkt)", Doc: "Take a packet: what comes out of it, a packet, or a list where there are several, or None.", Run: processPacket},
		{Sig: "on_packet_received(self, pkt)", Doc: "Hand a packet on: to the capture that leads its packets through the session, else to prn, and\nto lst if store is true.", Run: receivePacket},
		{Sig: "flush(self)", Doc: "What is held back, as it is: a list.", Run: func(c *call) (starlark.Value, error) {
			o, err := c.session1()
			if err != nil {
				return nil, err
			}
			var out []*layers.Packet
			err = o.byHand(func(s sniff.Session) error {
				return s.Flush(func(p *layers.Packet) bool { out = append(out, p); return true })
			})
			return packetValues(out), err
		}},
		{Sig: "toPacketList(self)", Doc: "The packets that were stored.", Run: func(c *call) (starlark.Value, error) {
			o, err := c.session1()
			if err != nil {
				return nil, err
			}
			return o.list(), nil
		}},
	}
}

// joiningMethods are those of IPSession and TCPSession that are others.
func joiningMethods() []*builtin {
	return []*builtin{
		{Sig: "on_packet_received(self, pkt)", Doc: "Take a packet, and hand on what process() gives.", Run: func(c *call) (starlark.Value, error) {
			o, err := c.session1()
			if err != nil {
				return nil, err
			}
			return nil, o.receive(c.th, c.val("pkt"), true)
		}},
	}
}

// session1 is the argument self.
func (c *call) session1() (*session, error) {
	o, ok := c.val("self").(*session)
	if !ok {
		return nil, c.wrong("self", "a session")
	}
	return o, nil
}

// initSession takes the arguments of a session's class.
func initSession(c *call) (starlark.Value, error) {
	o, err := c.session1()
	if err != nil {
		return nil, err
	}
	var names []string
	for t := o.t; t != nil; t = t.base {
		names = append(names, t.args...)
	}
	names = append(names, "prn", "store", "supersession")
	if len(c.rest) > len(names) {
		return nil, pyrt.Errorf("TypeError", "%s(): got %d arguments, want at most %d", o.t.name, len(c.rest), len(names))
	}
	kwargs := c.more
	for i, v := range c.rest {
		kwargs = append(kwargs, starlark.Tuple{starlark.String(names[i]), v})
	}
	for _, kw := range kwargs {
		name, _ := starlark.AsString(kw[0])
		switch {
		case name == "app" && names[0] == name:
			o.app = bool(kw[1].Truth())
		case name == "prn":
			err = o.setPrn(kw[1])
		case name == "store":
			o.store = bool(kw[1].Truth())
		case name == "supersession" && kw[1] != starlark.None:
			err = pyrt.Errorf("TypeError", "%s(): supersession is not supported: have one session's prn call the other's on_packet_received", o.t.name)
		case name != "supersession":
			err = pyrt.Errorf("TypeError", "%s(): unexpected keyword argument %q", o.t.name, name)
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// processPacket gives what comes out of the engine.
func processPacket(c *call) (starlark.Value, error) {
	o, err := c.session1()
	if err != nil || c.val("pkt") == starlark.None {
		return nil, err
	}
	p, err := c.packet1("pkt")
	if err != nil {
		return nil, err
	}
	given := p.view()
	var out []starlark.Value
	err = o.byHand(func(s sniff.Session) error {
		return s.Take(given, func(q *layers.Packet) bool {
			if q == given {
				out = append(out, p)
			} else {
				out = append(out, wrap(q))
			}
			return true
		})
	})
	switch {
	case err != nil || len(out) == 0:
		return nil, err
	case len(out) == 1:
		return out[0], nil
	}
	return starlark.NewList(out), nil
}

// packet1 is an argument that is a packet, ready to be read.
func (c *call) packet1(name string) (*packet, error) {
	p, ok := c.val(name).(*packet)
	if !ok {
		return nil, c.wrong(name, "a packet")
	}
	return p, p.sync()
}

// receivePacket is DefaultSession's on_packet_received. A method of that name of a class does
// itself what there is to do before; one called process has that done here.
func receivePacket(c *call) (starlark.Value, error) {
	o, err := c.session1()
	if err != nil {
		return nil, err
	}
	return nil, o.receive(c.th, c.val("pkt"), !o.t.overrides("on_packet_received"))
}

// receive hands a packet on, or what process gives for it.
func (o *session) receive(th *starlark.Thread, v starlark.Value, process bool) (err error) {
	if v == starlark.None {
		return nil
	}
	if process {
		if v, err = starlark.Call(th, o.method("process"), starlark.Tuple{v}, nil); err != nil {
			return err
		}
	}
	return eachPacket(o.t.name, v, func(p *packet) error {
		o.count++
		if o.out != nil {
			o.out(p.view())
			return nil
		}
		if o.store {
			o.lst = append(o.lst, p)
		}
		if o.prn == nil {
			return nil
		}
		v, err := starlark.Call(th, o.prn, starlark.Tuple{p}, nil)
		if err != nil || v == starlark.None {
			return err
		}
		return printLine(th, pyStr(v))
	})
}

// eachPacket calls f for the packets that a session's function gave: one, those of a list, or none.
func eachPacket(what string, v starlark.Value, f func(*packet) error) error {
	switch v := v.(type) {
	case starlark.NoneType:
		return nil
	case *packet:
		return f(v)
	case starlark.Iterable:
		for x := range starlark.Elements(v) {
			p, ok := x.(*packet)
			if !ok {
				return pyrt.Errorf("TypeError", "session: %s gave a list with %s in it, want packets", what, x.Type())
			}
			if err := f(p); err != nil {
				return err
			}
		}
		return nil
	}
	return pyrt.Errorf("TypeError", "session: %s gave %s, want a packet, a list of packets or None", what, v.Type())
}
