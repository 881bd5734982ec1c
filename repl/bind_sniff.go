package repl

import (
	"context"
	"errors"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
	"pktsh/sniff"
)

const sniffDoc = `Capture packets and return them as a list.
count: stop after so many; timeout: stop after so many seconds; Ctrl-C: stop and
keep what there is. iface: a name, a list of names, a dictionary of names and
labels (which sniffed_on then shows), or None for all. filter: a tcpdump
expression, run by the kernel. prn: called for each packet, its result printed
if it is not None. lfilter: keep only packets for which it is true. stop_filter:
stop behind the first packet for which it is true. store=False keeps nothing.
session: what packets go through first. IPSession joins IPv4 and IPv6 fragments, of
which it keeps 32 MiB for up to 60 s. TCPSession gives whole messages of HTTP/1, TLS
and DNS over TCP (up to 16 MiB each; 256 MiB of all that is begun) in the place of their
packets, app=True without the headers of IP and TCP. What is given up comes out
as it is, and is told at the end. Or an object of such a class or of one of your own
(session_kwargs: arguments for a class), or a function of a packet that returns a packet,
a list of packets or None. started_callback:
called when the capture is on. offline: packets, or names of capture files, to
take instead of an interface's. opened_socket: go on with what a socket of conf.L2socket(),
conf.L3socket() or conf.L2listen() has received.
promisc: frames to other hosts too. snaplen: bytes kept of each packet. bufsize:
bytes of the kernel's ring (conf.bufsize). fanout: that many rings for each
interface, among which the kernel shares the load. tstamp_type: "host", or
"adapter" for time stamps of the network card. netns: another network namespace.
Packets that the kernel had to drop are counted and told, unless quiet. When a
function given raises an error, the error's results has the packets so far.`

const sniffArgs = "count=0, store=True, offline=None, quiet=False, prn=None, lfilter=None, L2socket=None, timeout=None, opened_socket=None, stop_filter=None, " +
	"iface=None, started_callback=None, session=None, session_kwargs=None, filter=None, monitor=None, promisc=None, chainCC=None, snaplen=None, bufsize=None, fanout=None, tstamp_type=None, netns=None"

func sniffBuiltins() []*builtin {
	const g = "Sending and receiving"
	return []*builtin{
		{Sig: "sniff(" + sniffArgs + ")", Group: g, Doc: sniffDoc, Run: runSniff},
		{Sig: "AsyncSniffer(" + sniffArgs + ")", Group: g, Run: newAsyncSniffer,
			Doc: "sniff() in the background: t = AsyncSniffer(filter=\"icmp\"); t.start(); …; pkts = t.stop().\n" +
				"t.join() waits until it ends by itself; t.results is what it has, t.running whether it goes on."},
		{Sig: "tshark(" + sniffArgs + ")", Group: g, Run: runTshark,
			Doc: "Print a line for each packet as it comes: number, seconds since the first, summary.\nThe arguments are sniff()'s. Ctrl-C ends it."},
	}
}

// sniffJob is what the caller of sniff() wants.
type sniffJob struct {
	s       *Shell
	open    func() (sniff.Source, error)
	session func(*starlark.Thread) (sniff.Session, error) // nil: none

	sniff.Limits
	store, quiet        bool
	cardTime            bool
	prn, lfilter        starlark.Callable
	stopFilter, started starlark.Callable
}

func (c *call) sniffJob() (*sniffJob, error) {
	j := &sniffJob{s: shell(), store: c.bool("store", true), quiet: c.bool("quiet", false)}
	if err := c.sniffUnsupported(); err != nil {
		return nil, err
	}
	var err error
	if j.Count, err = c.int("count", 0); err != nil {
		return nil, err
	}
	if j.Count < 0 {
		return nil, c.wrong("count", "0 or more")
	}
	if c.has("timeout") {
		if j.Timeout, err = c.seconds("timeout", 0); err != nil {
			return nil, err
		}
		j.Timeout = max(j.Timeout, 1) // timeout=0 ends at once
	}
	for name, dst := range map[string]*starlark.Callable{"prn": &j.prn, "lfilter": &j.lfilter, "stop_filter": &j.stopFilter, "started_callback": &j.started} {
		if *dst, err = c.fn(name); err != nil {
			return nil, err
		}
	}
	if j.session, err = c.session(); err != nil {
		return nil, err
	}
	socket, err := c.openedSocket()
	if err != nil {
		return nil, err
	}
	if socket != nil {
		j.open = func() (sniff.Source, error) { return &socketSource{socket, j.Count > 0 || j.stopFilter != nil}, nil }
		return j, nil
	}
	opts, err := c.captureOptions(j)
	if err != nil {
		return nil, err
	}
	j.cardTime = opts.CardTime
	j.open = func() (sniff.Source, error) {
		c, err := sniff.Open(opts)
		if err != nil {
			return nil, err // and no source, which a nil *Capture would be
		}
		return c, nil
	}
	if c.has("offline") {
		j.open = func() (sniff.Source, error) { return c.offline(opts) }
	}
	return j, nil
}

// sniffUnsupported refuses what sniff() of Scapy knows and this one cannot do.
func (c *call) sniffUnsupported() error {
	for arg, instead := range map[string]string{
		"L2socket": "captures always use a kernel ring: leave it out",
	} {
		if c.has(arg) {
			return c.errorf(arg, "%s(): %s is not supported: %s", c.b.Name(), arg, instead)
		}
	}
	if c.bool("monitor", false) {
		return c.errorf("monitor", "%s(): monitor mode is not set here: sudo iw dev IFACE set type monitor, then capture on it", c.b.Name())
	}
	return nil // chainCC says how prn is called, which nobody sees
}

// captureOptions reads what a live capture is opened with.
func (c *call) captureOptions(j *sniffJob) (o sniff.Options, err error) {
	if o.NS, err = c.netns(); err != nil {
		return o, err
	}
	if o.Ifaces, o.Labels, err = c.ifaces(); err != nil {
		return o, err
	}
	for name, dst := range map[string]*int{"snaplen": &o.SnapLen, "bufsize": &o.BufferSize, "fanout": &o.Fanout} {
		if *dst, err = c.int(name, 0); err != nil {
			return o, err
		}
		if *dst < 0 {
			return o, c.wrong(name, "0 or more")
		}
	}
	if o.BufferSize == 0 {
		o.BufferSize = j.s.conf.int("bufsize")
	}
	if o.Filter, err = c.str("filter", ""); err != nil {
		return o, err
	}
	switch t, err := c.str("tstamp_type", "host"); {
	case err != nil:
		return o, err
	case t == "adapter" || t == "adapter_unsynced":
		o.CardTime = true
	case t != "host":
		return o, c.wrong("tstamp_type", `"host" or "adapter"`)
	}
	o.Promisc = c.bool("promisc", j.s.conf.bool("sniff_promisc"))
	o.Notify = func(err error) {
		if !j.quiet {
			j.s.warn("%v", err)
		}
	}
	return o, nil
}

// ifaces is iface=: a name, names, or a dictionary of names and labels.
func (c *call) ifaces() (names []string, labels map[string]string, err error) {
	switch v := c.val("iface").(type) {
	case *starlark.Dict:
		labels = map[string]string{}
		for _, item := range v.Items() {
			names = append(names, pyStr(item[0]))
			labels[pyStr(item[0])] = pyStr(item[1])
		}
		return names, labels, nil
	case pyrt.Strer:
		return []string{v.PyStr()}, nil, nil
	}
	if names, err = c.strings("iface"); err != nil {
		err = c.wrong("iface", "a name, a list of names, or a dictionary of names and labels")
	}
	return names, nil, err
}

// openFiles opens capture files as a source, with the filter of o. It is set by
// the file that knows capture files.
var openFiles func(c *call, names []string, o sniff.Options) (sniff.Source, error)

// offline is offline=: a packet, a list of packets, or names of files.
func (c *call) offline(o sniff.Options) (sniff.Source, error) {
	var ps []*layers.Packet
	var names []string
	take := func(v starlark.Value) bool {
		switch v := v.(type) {
		case *packet:
			if v.sync() != nil {
				return false
			}
			ps = append(ps, v.view())
		case queryAnswer:
			ps = append(ps, v.query.view(), v.answer.view())
		case starlark.String:
			names = append(names, string(v))
		default:
			return false
		}
		return true
	}
	v := c.val("offline")
	if !take(v) {
		list, ok := v.(starlark.Iterable)
		if !ok {
			return nil, c.wrong("offline", "packets, or names of capture files")
		}
		for x := range starlark.Elements(list) {
			if !take(x) {
				return nil, c.wrong("offline", "packets, or names of capture files")
			}
		}
	}
	if len(names) == 0 {
		return sniff.FromPackets(ps, o.Filter)
	}
	if len(ps) > 0 {
		return nil, c.wrong("offline", "either packets or names of files")
	}
	if openFiles == nil {
		return nil, c.errorf("offline", "%s(): this build reads no capture files", c.b.Name())
	}
	return openFiles(c, names, o)
}

// filterError is an error of a capture with the filter's caret in its hint.
func filterError(err error) error {
	var c interface{ Caret() string }
	if errors.As(err, &c) {
		e := pyrt.Errorf("ValueError", "%v", err)
		place := strings.SplitN(c.Caret(), "\n", 3) // the third says again what is wrong
		e.Field, e.Hint = "filter", strings.Join(place[:min(2, len(place))], "\n")
		return e
	}
	return osError(err)
}

// session is session=; nil without.
func (c *call) session() (func(*starlark.Thread) (sniff.Session, error), error) {
	var kwargs []starlark.Tuple
	if c.has("session_kwargs") {
		d, ok := c.val("session_kwargs").(*starlark.Dict)
		if !ok {
			return nil, c.wrong("session_kwargs", "a dictionary of arguments for the session's class")
		}
		kwargs = d.Items()
	}
	switch v := c.val("session").(type) {
	case starlark.NoneType:
		return nil, nil
	case *session:
		return func(*starlark.Thread) (sniff.Session, error) { return v, nil }, nil
	case *sessionType:
		return func(th *starlark.Thread) (sniff.Session, error) {
			o, err := starlark.Call(th, v, nil, kwargs)
			if err != nil {
				return nil, err
			}
			return o.(*session), nil
		}, nil
	case starlark.Callable:
		return func(*starlark.Thread) (sniff.Session, error) { return &functionSession{shell(), v}, nil }, nil
	}
	return nil, c.wrong("session", "a session such as IPSession, or a function of a packet")
}

// functionSession is a function of the language as a session.
type functionSession struct {
	s  *Shell
	fn starlark.Callable
}

// Take implements sniff.Session: what the function returns is what comes out.
func (f *functionSession) Take(p *layers.Packet, yield func(*layers.Packet) bool) error {
	v, err := f.s.in.Call(context.Background(), f.fn, starlark.Tuple{wrap(p)}, nil)
	if err != nil {
		return err
	}
	return eachPacket("the function", v, func(p *packet) error { yield(p.view()); return nil })
}

// Flush implements sniff.Session.
func (f *functionSession) Flush(func(*layers.Packet) bool) error { return nil }

// strings is an argument that is one name or a list of names.
func (c *call) strings(name string) ([]string, error) {
	switch v := c.val(name).(type) {
	case starlark.NoneType:
		return nil, nil
	case starlark.String:
		return []string{string(v)}, nil
	case starlark.Iterable:
		var out []string
		for x := range starlark.Elements(v) {
			out = append(out, pyStr(x))
		}
		return out, nil
	}
	return nil, c.wrong(name, "a name or a list of names")
}
