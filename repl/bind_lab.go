package repl

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/lab"
	"pktsh/netns"
	"pktsh/repl/py/pyrt"
)

// labBuiltins make throw-away hosts.
func labBuiltins() []*builtin {
	return []*builtin{
		{Sig: "lab(router=False, services=True, sysctls=None, middle=False)", Group: "Hosts to try things on", Doc: `Make throw-away hosts in network namespaces and go into the first one.
From then on packets leave from the lab's client, which reaches the server at
net.server.ip by its interface lab0; nothing touches this host's own network, and
all of it goes when pktsh ends. router=True puts a router in between. middle=True
puts a host there that does not route: net.middle drops, holds, delays, duplicates,
rewrites and injects packets between the two kernels, see net.middle?. The server
answers HTTP on port 80 and echoes on TCP and UDP port 7, unless services=False.
sysctls is a dictionary of kernel settings for every host.
    net = lab()
    srv = net.server.socket(); srv.bind(("", 9000)); srv.listen(1)
    sr1(IP(dst=net.server.ip)/TCP(dport=9000, flags="S"))`, Run: makeLab},
	}
}

// labValue is a lab as a value: net.client, net.server, net.close().
type labValue struct {
	frozenValue
	l     *lab.Lab
	hosts []*hostValue
	was   *netns.NS // the namespace before it
	s     *Shell
	done  bool
}

func makeLab(c *call) (starlark.Value, error) {
	o := lab.Options{Router: c.bool("router", false), NoServices: !c.bool("services", true)}
	if c.has("sysctls") {
		d, ok := c.val("sysctls").(*starlark.Dict)
		if !ok {
			return nil, c.wrong("sysctls", "a dictionary of names and values")
		}
		o.Sysctls = map[string]string{}
		for _, kv := range d.Items() {
			o.Sysctls[pyStr(kv[0])] = pyStr(kv[1])
		}
	}
	if !c.bool("middle", false) {
		return shell().Lab(o)
	}
	m := &middlebox{s: shell(), sides: [2]string{"client", "server"}}
	o.Middle = m.open
	v, err := shell().Lab(o)
	if err != nil {
		return nil, err
	}
	v.(*labValue).hosts[1].box = m
	return v, nil
}

// Lab makes a lab and goes into its client.
func (s *Shell) Lab(o lab.Options) (starlark.Value, error) {
	l, err := lab.New(o)
	if err != nil {
		e := pyrt.Errorf("OSError", "%v", err)
		if lab.NeedsUserNS() {
			e.Class, e.Hint = "PermissionError", "start pktsh with --lab, which needs no rights where the host allows user namespaces, or with sudo"
		}
		return nil, e
	}
	for _, w := range l.Warnings() {
		s.warn("%s", w)
	}
	v := &labValue{l: l, was: s.namespace(), s: s}
	for _, h := range l.Hosts() {
		v.hosts = append(v.hosts, &hostValue{h: h})
		s.mu.Lock()
		s.labs[h.NS] = true
		s.mu.Unlock()
	}
	s.setNamespace(v.hosts[0].h.NS)
	s.onClose(v.close)
	return v, nil
}

func (v *labValue) Type() string { return "Lab" }
func (v *labValue) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: 'Lab'")
}

// String tells the hosts and how they are joined.
func (v *labValue) String() string {
	var b strings.Builder
	for i, h := range v.hosts {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%-7s", h.h.Name)
		for _, f := range h.h.Ifaces {
			fmt.Fprintf(&b, " %s", f.Name)
			for _, a := range f.Addrs {
				fmt.Fprintf(&b, " %s", a)
			}
			fmt.Fprintf(&b, " → %s ", f.Peer)
		}
	}
	return b.String()
}

// close ends the lab and goes back to the namespace before it.
func (v *labValue) close() error {
	if v.done {
		return nil
	}
	v.done = true
	v.s.dropEngines(v.hosts)
	if v.s.namespace() == v.hosts[0].h.NS {
		v.s.setNamespace(v.was)
	}
	return v.l.Close()
}

// Attr is a host by name, or close.
func (v *labValue) Attr(name string) (starlark.Value, error) {
	for _, h := range v.hosts {
		if h.h.Name == name {
			return h, nil
		}
	}
	switch name {
	case "hosts":
		var out []starlark.Value
		for _, h := range v.hosts {
			out = append(out, h)
		}
		return starlark.NewList(out), nil
	case "close":
		return function{b: &builtin{Sig: "close()", Doc: "End the lab and go back to where the shell was.", Run: func(*call) (starlark.Value, error) { return nil, v.close() }}}, nil
	case "__enter__":
		return function{b: &builtin{Sig: "__enter__()", Run: func(*call) (starlark.Value, error) { return v, nil }}}, nil
	case "__exit__":
		return function{b: &builtin{Sig: "__exit__(*args)", Run: func(*call) (starlark.Value, error) { return starlark.False, v.close() }}}, nil
	}
	return nil, nil
}

// AttrNames are the hosts and close.
func (v *labValue) AttrNames() []string {
	out := []string{"close", "hosts"}
	for _, h := range v.hosts {
		out = append(out, h.h.Name)
	}
	return out
}

// hostValue is a host of a lab: net.server.
type hostValue struct {
	frozenValue
	h   *lab.Host
	box *middlebox // of the host in the middle; nil elsewhere
}

func (v *hostValue) Type() string          { return "Host" }
func (v *hostValue) Hash() (uint32, error) { return starlark.String(v.h.Name).Hash() }
func (v *hostValue) String() string {
	if v.box != nil {
		return fmt.Sprintf("<host %s between %s and %s>", v.h.Name, v.box.sides[0], v.box.sides[1])
	}
	return fmt.Sprintf("<host %s %s %s>", v.h.Name, v.h.Addr4, v.h.Addr6)
}

// hostMethods are the methods of a host.
var hostMethods = map[string]func(h *hostValue) *builtin{
	"socket": func(h *hostValue) *builtin {
		return &builtin{Sig: "socket(family=2, type=1, proto=0)", Doc: "A real kernel socket on the host, with the methods of Python's socket module.",
			Run: func(c *call) (starlark.Value, error) { return c.newSocket(h.h.NS) }}
	},
	"sockets": func(h *hostValue) *builtin {
		return &builtin{Sig: "sockets(port=None, udp=False, state=None)", Doc: "What the host's kernel knows of its TCP sockets; see sockets().",
			Run: func(c *call) (starlark.Value, error) { return c.socketTable(h.h.NS) }}
	},
	"counters": func(h *hostValue) *builtin {
		return &builtin{Sig: "counters(since=None)", Doc: "The host's TCP counters; see counters().",
			Run: func(c *call) (starlark.Value, error) { return c.counterTable(h.h.NS) }}
	},
	"sysctl": func(h *hostValue) *builtin {
		return &builtin{Sig: "sysctl(name, value=None)", Doc: "Read a kernel setting of the host, or set it: net.server.sysctl(\"net.ipv4.tcp_syncookies\", 2).",
			Run: func(c *call) (starlark.Value, error) {
				name, err := c.str("name", "")
				if err != nil {
					return nil, err
				}
				if c.has("value") {
					return nil, osError(h.h.SetSysctl(name, pyStr(c.val("value"))))
				}
				s, err := h.h.Sysctl(name)
				return starlark.String(s), osError(err)
			}}
	},
}

// Attr is one of the host's attributes or methods.
func (v *hostValue) Attr(name string) (starlark.Value, error) {
	switch name {
	case "name":
		return starlark.String(v.h.Name), nil
	case "ip":
		return starlark.String(v.h.Addr4.String()), nil
	case "ip6":
		return starlark.String(v.h.Addr6.String()), nil
	case "mac":
		return starlark.String(v.h.MAC.String()), nil
	case "iface":
		return starlark.String(v.h.Ifaces[0].Name), nil
	case "ifaces":
		var names []string
		for _, f := range v.h.Ifaces {
			names = append(names, f.Name)
		}
		return fromGoStrings(names), nil
	case "netns":
		return &nsValue{ns: v.h.NS, name: v.h.Name}, nil
	}
	if m := hostMethods[name]; m != nil {
		return function{b: m(v)}, nil
	}
	if v.box != nil {
		return v.box.Attr(name)
	}
	return nil, nil
}

// AttrNames are the host's attributes and methods.
func (v *hostValue) AttrNames() []string {
	out := []string{"iface", "ifaces", "ip", "ip6", "mac", "name", "netns"}
	for n := range hostMethods {
		out = append(out, n)
	}
	if v.box != nil {
		out = append(out, v.box.AttrNames()...)
	}
	return out
}
