package repl

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/internal/near"
	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// config is conf: the settings of the session under Scapy's names.
type config struct {
	frozenValue
	s   *Shell
	all []*setting
}

// A setting is one attribute of conf.
type setting struct {
	name string
	val  starlark.Value
	doc  string
	kind string // what it takes, for the error; "" takes anything
	get  func(s *Shell) (starlark.Value, error)
}

var _ starlark.HasSetField = (*config)(nil)

func newConfig(s *Shell) *config {
	unused := func(name, why string) *setting {
		return &setting{name: name, val: starlark.None, doc: "accepted for Scapy scripts, without effect: " + why}
	}
	return &config{s: s, all: []*setting{
		{name: "verb", val: starlark.MakeInt(2), kind: "a number", doc: "how much send() and sr() print: 0 nothing, 1 results, 2 progress too"},
		{name: "iface", kind: "text", doc: "interface that sniff(), sendp() and srp() use by default", get: defaultIface},
		{name: "timeout", val: starlark.None, kind: "a number", doc: "seconds that sr() and srp() wait for answers when they get no timeout=; None is 2 for a set of packets, and until Ctrl-C for sr1()"},
		{name: "checkIPaddr", val: starlark.True, doc: "answers must come from the address that was asked"},
		{name: "checkIPID", val: starlark.True, doc: "the packet quoted in an ICMP error must have the probe's IP id, or IPv6 flow label"},
		{name: "checkIPsrc", val: starlark.True, doc: "the packet quoted in an ICMP error must have the probe's source: False for probes that are translated on their way"},
		{name: "checkIPinIP", val: starlark.True, doc: "answers to IP inside IP must come in the same tunnel"},
		{name: "check_TCPerror_seqack", val: starlark.True, doc: "the segment quoted in an ICMP error must have the probe's sequence number"},
		{name: "guard", val: starlark.True, doc: "keep this host's kernel from resetting connections that only the shell knows; see guard()"},
		{name: "flood_ok", val: starlark.False, doc: "floods may leave for addresses behind a gateway without being asked for; pktsh --yes sets it"},
		{name: "flood_pps", val: starlark.MakeInt(10_000), kind: "a number", doc: "packets a second that floods for addresses behind a gateway are held to; None: no limit"},
		{name: "sniff_promisc", val: starlark.True, doc: "capture in promiscuous mode by default"},
		{name: "bufsize", val: starlark.MakeInt(32 << 20), kind: "a number", doc: "bytes of the capture ring"},
		{name: "route", doc: "the kernel's IPv4 routes, asked now; conf.route.route(dst) tells one", get: func(s *Shell) (starlark.Value, error) { return &routes{s: s}, nil }},
		{name: "route6", doc: "the kernel's IPv6 routes", get: func(s *Shell) (starlark.Value, error) { return &routes{s: s, v6: true}, nil }},
		{name: "ifaces", doc: "this host's interfaces, asked now", get: allIfaces},
		{name: "version", val: starlark.String(Version), doc: "pktsh's version"},
		{name: "raw_layer", doc: "the layer of bytes that nothing else reads: Raw", get: func(s *Shell) (starlark.Value, error) { return s.classOf(layers.Raw), nil }},
		{name: "padding_layer", doc: "the layer of bytes behind what a header says is all: Padding", get: func(s *Shell) (starlark.Value, error) { return s.classOf(layers.Padding), nil }},
		{name: "session", val: starlark.String(""), kind: "text", doc: "file that save_session() and load_session() take without a name"},
		{name: "prog", val: starlark.None, doc: "accepted for Scapy scripts"},
		{name: "promisc", val: starlark.True, doc: "accepted for Scapy scripts, without effect: see sniff_promisc"},
		{name: "padding", val: starlark.True, doc: "accepted for Scapy scripts, without effect: padding is always kept"},
		unused("max_list_count", "lists are as long as memory allows"),
		{name: "L3socket", doc: "opens a socket for IP packets: s = conf.L3socket(); sr() and send() choose theirs themselves", get: socketDefault("L3PacketSocket")},
		{name: "L2socket", doc: "opens a socket for frames: s = conf.L2socket(iface=\"eth0\")", get: socketDefault("L2Socket")},
		{name: "L2listen", doc: "opens a socket that receives frames", get: socketDefault("L2ListenSocket")},
		unused("use_pcap", "captures always use a kernel ring"),
		unused("color_theme", "colours follow the terminal and NO_COLOR"),
		unused("debug_dissector", "what a dissector could not read is kept as Raw and noted in p.notes"),
		unused("ipv6_enabled", "IPv6 is always on"),
		unused("netcache", "the kernel's neighbour table is used"),
		unused("warning_threshold", "every warning is printed"),
		unused("logLevel", "warnings are printed on standard error"),
		unused("auto_crop_tables", "tables are printed whole"),
		unused("prompt", "the prompt stays as it is"),
		unused("fancy_prompt", "the prompt stays as it is"),
		unused("histfile", "the history is the shell's own"),
		unused("interactive", "a script knows by sys.stdin.isatty()"),
		unused("interactive_shell", "the shell is pktsh's own"),
		unused("stealth", "nothing is printed that was not asked for"),
		unused("debug_match", "help(sr) says what is kept of answers"),
		unused("noenum", "p.sprintf(\"%r,IP.proto%\") prints numbers"),
		unused("resolve", "addresses are printed as they are"),
		unused("emph", "no fields are printed in another colour"),
		unused("raw_summary", "a summary names Raw and leaves its bytes out"),
		unused("filter", "give filter= to each call"),
		unused("except_filter", "give filter= to each call"),
		unused("min_pkt_size", "frames leave as long as they are"),
		unused("raise_no_dst_mac", "what nobody answers for is told and sent to nobody"),
		unused("recv_poll_rate", "waiting needs no polling"),
		unused("neighbor", "the kernel's neighbour table is used"),
		unused("manufdb", "names of organisations are read from Wireshark's list"),
		unused("load_layers", "all layers are there"),
		unused("contribs", "all layers are there"),
		unused("temp_files", "temporary files are removed at the end"),
		unused("auto_fragment", "give fragment=True to send()"),
		unused("crypto_valid", "nothing here encrypts"),
	}}
}

func (c *config) Type() string { return "Conf" }
func (c *config) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: 'Conf'")
}

// String lists the settings that do something.
func (c *config) String() string {
	var out strings.Builder
	for _, s := range c.all {
		if strings.HasPrefix(s.doc, "accepted") {
			continue
		}
		v, err := c.Attr(s.name)
		text := ""
		switch {
		case err != nil:
			text = "<" + err.Error() + ">"
		case strings.Contains(pyRepr(v), "\n"):
			text = "…"
		default:
			text = pyRepr(v)
		}
		fmt.Fprintf(&out, "%-14s = %-12s %s\n", s.name, text, s.doc)
	}
	return strings.TrimRight(out.String(), "\n")
}

func (c *config) find(name string) *setting {
	i := slices.IndexFunc(c.all, func(s *setting) bool { return s.name == name })
	if i < 0 {
		return nil
	}
	return c.all[i]
}

// Attr is the setting's value.
func (c *config) Attr(name string) (starlark.Value, error) {
	s := c.find(name)
	if s == nil {
		return nil, c.unknown(name)
	}
	if s.val == nil && s.get != nil {
		return s.get(c.s)
	}
	if s.val == nil {
		return starlark.None, nil
	}
	return s.val, nil
}

func (c *config) unknown(name string) error {
	e := pyrt.Errorf("AttributeError", "conf has no setting %q", name)
	e.Msg += near.Hint(name, c.AttrNames())
	e.Hint = "print(conf) lists the settings"
	return e
}

// AttrNames are the settings' names.
func (c *config) AttrNames() []string {
	var out []string
	for _, s := range c.all {
		out = append(out, s.name)
	}
	slices.Sort(out)
	return out
}

// SetField is conf.verb = 0.
func (c *config) SetField(name string, v starlark.Value) error {
	s := c.find(name)
	if s == nil {
		return c.unknown(name)
	}
	ok := true
	switch s.kind {
	case "a number":
		_, ok = starlark.AsFloat(v)
		ok = ok || v == starlark.None
	case "text":
		if i, isIface := v.(netIface); isIface { // conf.iface = conf.ifaces["eth0"]
			v = starlark.String(i.l.Name)
		}
		_, ok = v.(starlark.String)
		ok = ok || v == starlark.None
	}
	if !ok {
		return pyrt.Errorf("TypeError", "conf.%s: got %s, want %s", name, pyRepr(v), s.kind)
	}
	if v == starlark.None && s.get != nil {
		s.val = nil
		return nil
	}
	if name == "guard" {
		return c.s.setGuard(bool(v.Truth()))
	}
	s.val = v
	return nil
}

func (c *config) int(name string) int {
	n, _ := toInt(c.find(name).val)
	return n
}

// lax is what the settings leave out when answers are matched.
func (c *config) lax() layers.Lax {
	return layers.Lax{AnyAddr: !c.bool("checkIPaddr"), AnyQuotedSource: !c.bool("checkIPsrc"), AnyQuotedID: !c.bool("checkIPID"),
		AnyTunnel: !c.bool("checkIPinIP"), AnyQuotedSeq: !c.bool("check_TCPerror_seqack")}
}

func (c *config) bool(name string) bool { return bool(c.find(name).val.Truth()) }
