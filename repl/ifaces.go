package repl

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
	"pktsh/sendrecv/route"
)

// ifaces is conf.ifaces: this host's interfaces by name, as they were when asked.
type ifaces struct {
	frozenValue
	links []route.Link
}

var (
	_ starlark.IterableMapping = (*ifaces)(nil)
	_ starlark.HasAttrs        = (*ifaces)(nil)
	_ pyrt.Lener               = (*ifaces)(nil)
)

func allIfaces(s *Shell) (starlark.Value, error) {
	links, err := s.links()
	return &ifaces{links: links}, err
}

func (t *ifaces) Type() string { return "NetworkInterfaceDict" }
func (t *ifaces) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: 'NetworkInterfaceDict'")
}

// String is the table of them.
func (t *ifaces) String() string {
	rows := [][]string{{"Index", "Name", "MAC", "IPv4", "IPv6"}}
	for _, l := range t.links {
		v4, v6 := addrsOf(l)
		rows = append(rows, []string{fmt.Sprint(l.Index), l.Name, l.MAC.String(), strings.Join(v4, ","), strings.Join(v6, ",")})
	}
	return strings.TrimRight(padTable(rows), "\n")
}

// addrsOf are the addresses of an interface by family.
func addrsOf(l route.Link) (v4, v6 []string) {
	for _, a := range l.Addrs {
		if a.Addr().Is4() {
			v4 = append(v4, a.Addr().String())
		} else {
			v6 = append(v6, a.Addr().String())
		}
	}
	return v4, v6
}

// Get is conf.ifaces["eth0"].
func (t *ifaces) Get(key starlark.Value) (starlark.Value, bool, error) {
	i := slices.IndexFunc(t.links, func(l route.Link) bool { return starlark.Value(starlark.String(l.Name)) == key })
	if i < 0 {
		return nil, false, nil
	}
	return netIface{t.links[i]}, true, nil
}

// PyLen is how many there are.
func (t *ifaces) PyLen() (int, error) { return len(t.links), nil }

// Iterate walks the names.
func (t *ifaces) Iterate() starlark.Iterator { return t.each(nameOf).Iterate() }

// Items are names with interfaces.
func (t *ifaces) Items() (out []starlark.Tuple) {
	for _, l := range t.links {
		out = append(out, starlark.Tuple{starlark.String(l.Name), netIface{l}})
	}
	return out
}

func nameOf(l route.Link) starlark.Value { return starlark.String(l.Name) }

func (t *ifaces) each(f func(l route.Link) starlark.Value) *starlark.List {
	out := make([]starlark.Value, len(t.links))
	for i, l := range t.links {
		out[i] = f(l)
	}
	return starlark.NewList(out)
}

// find is the interface that is so, else the ValueError that Scapy raises.
func (t *ifaces) find(what string, is func(l route.Link) bool) (starlark.Value, error) {
	if i := slices.IndexFunc(t.links, is); i >= 0 {
		return netIface{t.links[i]}, nil
	}
	e := pyrt.Errorf("ValueError", "Unknown network interface %s", what)
	e.Hint = "there are: " + strings.Join(names(t.links), ", ")
	return nil, e
}

func names(links []route.Link) (out []string) {
	for _, l := range links {
		out = append(out, l.Name)
	}
	return out
}

// ifacesMethods are what Scapy's dictionary of interfaces has.
var ifacesMethods = map[string]func(t *ifaces) *builtin{
	"keys": func(t *ifaces) *builtin { return t.list("keys()", "The names.", nameOf) },
	"values": func(t *ifaces) *builtin {
		return t.list("values()", "The interfaces.", func(l route.Link) starlark.Value { return netIface{l} })
	},
	"items": func(t *ifaces) *builtin {
		return t.list("items()", "(name, interface) pairs.", func(l route.Link) starlark.Value { return starlark.Tuple{starlark.String(l.Name), netIface{l}} })
	},
	"get": func(t *ifaces) *builtin {
		return &builtin{Sig: "get(name, default=None)", Doc: "The interface of that name.", Run: func(c *call) (starlark.Value, error) {
			if v, found, err := t.Get(c.val("name")); found || err != nil {
				return v, err
			}
			return c.val("default"), nil
		}}
	},
	"dev_from_name":        func(t *ifaces) *builtin { return t.byName("dev_from_name") },
	"dev_from_networkname": func(t *ifaces) *builtin { return t.byName("dev_from_networkname") },
	"dev_from_index": func(t *ifaces) *builtin {
		return &builtin{Sig: "dev_from_index(if_index)", Doc: "The interface of that number.", Run: func(c *call) (starlark.Value, error) {
			n, err := c.int("if_index", 0)
			if err != nil {
				return nil, err
			}
			return t.find(fmt.Sprint(n), func(l route.Link) bool { return l.Index == n })
		}}
	},
	"show": func(t *ifaces) *builtin {
		return &builtin{Sig: "show(print_result=True)", Doc: "Print the table of interfaces; print_result=False gives it as text.", Run: func(c *call) (starlark.Value, error) {
			if !c.bool("print_result", true) {
				return starlark.String(t.String()), nil
			}
			return nil, printLine(c.th, t.String())
		}}
	},
	"reload": func(*ifaces) *builtin {
		return &builtin{Sig: "reload()", Doc: "Nothing to do: conf.ifaces asks each time.", Run: func(*call) (starlark.Value, error) { return nil, nil }}
	},
}

func (t *ifaces) list(sig, doc string, f func(l route.Link) starlark.Value) *builtin {
	return &builtin{Sig: sig, Doc: doc, Run: func(*call) (starlark.Value, error) { return t.each(f), nil }}
}

func (t *ifaces) byName(name string) *builtin {
	return &builtin{Sig: name + "(name)", Doc: "The interface of that name.", Run: func(c *call) (starlark.Value, error) {
		want, err := c.str("name", "")
		if err != nil {
			return nil, err
		}
		return t.find(pyRepr(starlark.String(want)), func(l route.Link) bool { return l.Name == want })
	}}
}

// Attr is one of the methods, and data, which Scapy has for the dictionary itself.
func (t *ifaces) Attr(name string) (starlark.Value, error) {
	if name == "data" {
		return t, nil
	}
	if m := ifacesMethods[name]; m != nil {
		return function{b: m(t)}, nil
	}
	return nil, nil
}

// AttrNames are the methods.
func (t *ifaces) AttrNames() []string {
	out := []string{"data"}
	for name := range ifacesMethods {
		out = append(out, name)
	}
	return out
}

// netIface is one interface; as text it is its name, so that iface= takes it.
type netIface struct{ l route.Link }

func (i netIface) String() string        { return "<NetworkInterface " + i.l.Name + ">" }
func (i netIface) PyStr() string         { return i.l.Name }
func (i netIface) Type() string          { return "NetworkInterface" }
func (i netIface) Freeze()               {}
func (i netIface) Truth() starlark.Bool  { return true }
func (i netIface) Hash() (uint32, error) { return starlark.String(i.l.Name).Hash() }

// EqualTo compares with interfaces and with names.
func (i netIface) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	switch o := other.(type) {
	case netIface:
		return o.l.Index == i.l.Index && o.l.Name == i.l.Name, true, nil
	case starlark.String:
		return string(o) == i.l.Name, true, nil
	}
	return false, false, nil
}

// Attr is what there is to know of the interface, under Scapy's names.
func (i netIface) Attr(name string) (starlark.Value, error) {
	switch name {
	case "name", "network_name", "description":
		return starlark.String(i.l.Name), nil
	case "index":
		return starlark.MakeInt(i.l.Index), nil
	case "ip":
		return starlark.String(linkAddr4(i.l).String()), nil
	case "mac":
		if len(i.l.MAC) == 0 {
			return starlark.String("00:00:00:00:00:00"), nil
		}
		return starlark.String(i.l.MAC.String()), nil
	case "mtu":
		return starlark.MakeInt(i.l.MTU), nil
	case "type":
		return starlark.MakeInt(int(i.l.HardwareType)), nil
	case "ips":
		v4, v6 := addrsOf(i.l)
		out := starlark.NewDict(2)
		for k, list := range [][]string{v4, v6} {
			if err := out.SetKey(starlark.MakeInt(4+2*k), fromGoStrings(list)); err != nil {
				return nil, err
			}
		}
		return out, nil
	case "is_valid":
		return function{b: &builtin{Sig: "is_valid()", Doc: "Whether packets can leave by it.", Run: func(*call) (starlark.Value, error) {
			return starlark.Bool(i.l.Usable() == nil), nil
		}}}, nil
	}
	return nil, nil
}

// AttrNames are the attributes' names.
func (i netIface) AttrNames() []string {
	return []string{"description", "index", "ip", "ips", "is_valid", "mac", "mtu", "name", "network_name", "type"}
}
