package repl

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
	"pktsh/repl/py/pyrt"
	"pktsh/sniff"
	"pktsh/sniff/stream"
)

// A sessionType is a class of sessions: one of these, or one that a class statement
// makes of another.
type sessionType struct {
	frozenValue
	name string
	base *sessionType                   // nil for DefaultSession
	args []string                       // that it takes in front of those of DefaultSession
	make func(o *session) sniff.Session // the engine; nil: the base's
	body *starlark.Dict                 // of a class statement
	own  map[string]*builtin            // of ours
}

var defaultSession = &sessionType{name: "DefaultSession", own: methodTable(sessionMethods()...),
	make: func(*session) sniff.Session { return passing{} }}
var ipSession = &sessionType{name: "IPSession", base: defaultSession, own: methodTable(joiningMethods()...),
	make: func(*session) sniff.Session { return &stream.IPSession{} }}

// sessionTypes are the classes that session= takes, with Scapy's names and arguments.
var sessionTypes = []*sessionType{defaultSession, ipSession,
	{name: "TCPSession", base: ipSession, args: []string{"app"}, make: func(o *session) sniff.Session {
		s := stream.NewTCPSession(stream.Limits{})
		s.App = o.app
		s.Reader = shell().tcpReader
		return s
	}},
}

// passing is the session that does nothing.
type passing struct{}

// Take implements sniff.Session.
func (passing) Take(p *layers.Packet, yield func(*layers.Packet) bool) error { yield(p); return nil }

// Flush implements sniff.Session.
func (passing) Flush(func(*layers.Packet) bool) error { return nil }

func (t *sessionType) String() string        { return "<session " + t.name + ">" }
func (t *sessionType) Type() string          { return "type" }
func (t *sessionType) Hash() (uint32, error) { return starlark.String(t.name).Hash() }

// Name implements starlark.Callable.
func (t *sessionType) Name() string { return t.name }

// IsInstance is isinstance(v, TCPSession).
func (t *sessionType) IsInstance(v starlark.Value) bool {
	o, ok := v.(*session)
	return ok && o.t.is(t)
}

func (t *sessionType) is(base *sessionType) bool {
	for ; t != nil && t != base; t = t.base {
	}
	return t != nil
}

// find is what the nearest class that has it says of a name; nil if none does.
func (t *sessionType) find(name string) starlark.Value {
	for ; t != nil; t = t.base {
		if b := t.own[name]; b != nil {
			return function{b: b}
		}
		if t.body != nil {
			if v, found, _ := t.body.Get(starlark.String(name)); found {
				return v
			}
		}
	}
	return nil
}

// overrides tells whether a class statement gave the class such a method.
func (t *sessionType) overrides(name string) bool {
	_, ours := t.find(name).(function)
	return !ours
}

// Attr is a method that wants its session told, as DefaultSession.on_packet_received(self, pkt).
func (t *sessionType) Attr(name string) (starlark.Value, error) {
	if name == "__name__" {
		return starlark.String(t.name), nil
	}
	return bindSession(t.find(name), nil, t), nil
}

// AttrNames are the methods.
func (t *sessionType) AttrNames() []string {
	var out []string
	for ; t != nil; t = t.base {
		for name := range t.own {
			out = append(out, name)
		}
		if t.body != nil {
			for _, k := range t.body.Keys() {
				out = append(out, string(k.(starlark.String)))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// bindSession is v, an attribute of a class, as a session has it, or, without one, the class.
func bindSession(v starlark.Value, self *session, t *sessionType) starlark.Value {
	var of starlark.Value
	if self != nil {
		of = self
	}
	bound, _ := py.BindMethod(v, of, t) // a session's class has no properties
	return bound
}

// CallInternal makes a session.
func (t *sessionType) CallInternal(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	o := &session{t: t, attrs: map[string]starlark.Value{}}
	_, err := starlark.Call(th, o.method("__init__"), args, kwargs)
	return o, err
}

// neverCalled are methods of Scapy's sessions that a class may redefine there and that nothing
// here would call.
var neverCalled = []string{"recv", "_process_packet", "_ip_process_packet", "_get_ident"}

// defineSession is class X(TCPSession).
func defineSession(name string, base *sessionType, body *starlark.Dict) (starlark.Value, error) {
	for _, kv := range body.Items() {
		attr := string(kv[0].(starlark.String))
		_, isFunc := kv[1].(starlark.Callable)
		special := strings.HasPrefix(attr, "__") && strings.HasSuffix(attr, "__") && attr != "__init__"
		if isFunc && (special || slices.Contains(neverCalled, attr)) {
			e := pyrt.Errorf("TypeError", "class %s: %s() would never be called here", name, attr)
			e.Hint = "there are __init__(self, …), process(self, pkt), which returns a packet, a list of packets or None, and on_packet_received(self, pkt), which hands on what comes out with super().on_packet_received(p)"
			return nil, e
		}
	}
	s := shell()
	s.in.AllowNested()
	t := &sessionType{name: name, base: base, body: body}
	s.in.SetGlobal(name, t)
	return t, nil
}

// sessionBase is the class of sessions among a class statement's bases, nil if there is none.
func sessionBase(v starlark.Value) *sessionType {
	bases, _ := v.(starlark.Tuple)
	for _, b := range bases {
		if t, ok := b.(*sessionType); ok {
			return t
		}
	}
	return nil
}
