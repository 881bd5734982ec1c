package repl

import (
	"fmt"

	"go.starlark.net/starlark"

	"pktsh/layers"
)

// listMethods are the methods of packet lists and lists of pairs. Callbacks get
// the packet, or query and answer.
var listMethods = methodTable(
	&builtin{Sig: "summary(prn=None, lfilter=None)", Doc: "Print one line per packet.\nprn: a function whose result is printed instead; lfilter: only packets for which it is true.",
		Run: func(c *call) (starlark.Value, error) { return c.eachLine(false) }},
	&builtin{Sig: "nsummary(prn=None, lfilter=None)", Doc: "Print one numbered line per packet.",
		Run: func(c *call) (starlark.Value, error) { return c.eachLine(true) }},
	&builtin{Sig: "show(prn=None, lfilter=None)", Doc: "Print one numbered line per packet; of traceroute() and arping() their table again.",
		Run: func(c *call) (starlark.Value, error) {
			switch {
			case c.has("prn") || c.has("lfilter"):
			case c.list.trace:
				return nil, showTrace(c.th, c.list)
			case c.list.line != "":
				return nil, showLines(c.th, c.list)
			}
			return c.eachLine(true)
		}},
	&builtin{Sig: "get_trace()", Doc: "The ways that traceroute() found: {target: {ttl: (address, arrived)}}.", Run: listGetTrace},
	&builtin{Sig: "hops()", Doc: "Print the ways that traceroute() found, a line per hop with its round-trip time.", Run: listHops},
	&builtin{Sig: "filter(func)", Doc: "The packets for which func is true, or that pass a tcpdump expression: pkts.filter(\"tcp port 80\").", Run: listFilter},
	&builtin{Sig: "append(packet)", Doc: "Put a packet at the end.", Run: listAppend},
	&builtin{Sig: "hexdump(lfilter=None)", Doc: "Print each packet's summary and bytes.", Run: dumpEach(wholeOf, false)},
	&builtin{Sig: "hexraw(lfilter=None)", Doc: "Print each packet's summary and the bytes of its Raw layer.", Run: dumpEach(loadOf(layers.Raw), false)},
	&builtin{Sig: "padding(lfilter=None)", Doc: "Print the packets that have padding, and it.", Run: dumpEach(loadOf(layers.Padding), true)},
	&builtin{Sig: "nzpadding(lfilter=None)", Doc: "Print the packets whose padding is not one byte repeated, and it.", Run: dumpEach(oddPadding, true)},
	&builtin{Sig: "rawhexdump()", Doc: "Print each packet's bytes.", Run: rawHexdump},
	&builtin{Sig: "make_table(func, sortx=None, sorty=None, dump=False)", Doc: "Print a table: func gives (column, row, text) for each packet.\nsortx, sorty: functions that give the key by which columns and rows are sorted. dump=True returns the text.", Run: listTable((*grid).plain)},
	&builtin{Sig: "make_lined_table(func, sortx=None, sorty=None, dump=False)", Doc: "make_table() with lines.", Run: listTable((*grid).lined)},
	&builtin{Sig: "make_tex_table(func, sortx=None, sorty=None, dump=False)", Doc: "make_table() as the body of a LaTeX tabular.", Run: listTable((*grid).tex)},
	&builtin{Sig: "conversations(getsrcdst=None)", Doc: "Print who sent how much to whom.\ngetsrcdst: a function that gives (source, destination) of a packet.", Run: listConversations},
	&builtin{Sig: "sort(key=None, reverse=False)", Doc: "Sort the list in place: by time, or by what key gives for each packet.", Run: listSort},
	&builtin{Sig: "replace(*schemes, delete_checksums=False)", Doc: "A list with the field's value replaced, packets copied where they change: replace(IP.src, \"10.0.0.1\", \"10.9.9.9\"), replace(IP.ttl, 64).\nSeveral at once: replace((IP.ttl, 64), (TCP.sport, 666, 777)). delete_checksums=True has their checksums computed again.", Run: listReplace},
	&builtin{Sig: "sr(multi=False, lookahead=None)", Doc: "(pairs, rest): the packets paired with their answers further on in the list.\nmulti: all answers of a packet; lookahead: how many packets on an answer may be.", Run: listSR},
	&builtin{Sig: "diff(other)", Doc: "(only here, only there): the packets whose bytes are in one list alone.", Run: listDiff},
	&builtin{Sig: "plot(f, lfilter=None, file=None)", Doc: "Chart f(packet), a number or (x, y), in characters; file=\"x.svg\" writes it as SVG.", Run: listPlot},
	&builtin{Sig: "multiplot(f, lfilter=None, file=None)", Doc: "A chart with a line for each label that f(packet) gives: (label, number) or (label, (x, y)).", Run: listMultiplot},
	&builtin{Sig: "diffplot(f, delay=1, file=None)", Doc: "Chart f(packet, the one delay further on).", Run: listDiffplot},
	&builtin{Sig: "sessions(func=None)", Doc: "A dictionary of packet lists by session: \"TCP 10.0.0.1:80 > 10.0.0.2:1234\".\nfunc: a function that names a packet's session.", Run: listSessions},
	&builtin{Sig: "getlayer(cls, nb=1, flt=None, name=None)", Doc: "The layer of every packet that has it; flt: values of its fields, {\"dport\": 80}.", Run: listGetLayer},
	&builtin{Sig: "rtt()", Doc: "The round-trip time of each pair in seconds.",
		Run: func(c *call) (starlark.Value, error) {
			var out []starlark.Value
			for _, p := range c.list.allPairs() {
				if d, ok := p.rtt(); ok {
					out = append(out, starlark.Float(d.Seconds()))
				} else {
					out = append(out, starlark.None)
				}
			}
			return starlark.NewList(out), nil
		}},
)

// eachLine prints a line per packet: its summary or what prn makes of it.
func (c *call) eachLine(numbered bool) (starlark.Value, error) {
	prn, err := c.fn("prn")
	if err != nil {
		return nil, err
	}
	lfilter, err := c.fn("lfilter")
	if err != nil {
		return nil, err
	}
	for i := range c.list.Len() {
		v := c.list.Index(i)
		if lfilter != nil {
			ok, err := starlark.Call(c.th, lfilter, argsOf(v), nil)
			if err != nil {
				return nil, err
			}
			if !ok.Truth() {
				continue
			}
		}
		line := ""
		if prn == nil {
			line = summaryOf(v)
		} else {
			r, err := starlark.Call(c.th, prn, argsOf(v), nil)
			if err != nil {
				return nil, err
			}
			line = pyStr(r)
		}
		if numbered {
			line = fmt.Sprintf("%04d %s", i, line)
		}
		if err := printLine(c.th, line); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func listFilter(c *call) (starlark.Value, error) {
	keep, err := c.keeper("func")
	if err != nil {
		return nil, err
	}
	return c.list.where(keep)
}

func listAppend(c *call) (starlark.Value, error) {
	switch v := c.val("packet").(type) {
	case *packet:
		if !c.list.isSR {
			c.list.add(v)
			return nil, nil
		}
	case queryAnswer:
		if c.list.isSR {
			c.list.add(v)
			return nil, nil
		}
	}
	return nil, c.wrong("packet", "a packet")
}

func listSessions(c *call) (starlark.Value, error) {
	f, err := c.fn("func")
	if err != nil {
		return nil, err
	}
	d := new(starlark.Dict)
	for i := range c.list.Len() {
		v := lastOf(c.list.Index(i))
		key := starlark.Value(starlark.String(sessionOf(v)))
		if f != nil {
			if key, err = starlark.Call(c.th, f, starlark.Tuple{v}, nil); err != nil {
				return nil, err
			}
		}
		got, _, err := d.Get(key)
		if err != nil {
			return nil, err
		}
		list, ok := got.(*packetList)
		if !ok {
			list = &packetList{name: "PacketList"}
			if err := d.SetKey(key, list); err != nil {
				return nil, err
			}
		}
		list.add(v)
	}
	return d, nil
}

// sessionOf names a packet's direction of a conversation, as Scapy does.
func sessionOf(v *packet) string {
	text := func(field string) string {
		x, _ := v.p.At(0).Get(field)
		return pyStr(fromGo(x))
	}
	has := func(p *layers.Proto) bool { return v.p.Find(p) != nil }
	ip := has(layers.IP) || has(layers.IPv6)
	ports := func() string {
		i := max(v.p.Index(layers.IP, 1, 0), v.p.Index(layers.IPv6, 1, 0))
		at := v.p.At(i)
		src, _ := at.Get("src")
		dst, _ := at.Get("dst")
		sport, dport := "", ""
		if li, fi := v.p.FindField("sport", i); li >= 0 {
			sport = fmt.Sprint(v.p.At(li).Uint(fi))
			dport = fmt.Sprint(v.p.At(li).Uint(fi + 1))
		}
		return fmt.Sprintf("%v:%s > %v:%s", src, sport, dst, dport)
	}
	switch {
	case ip && has(layers.TCP):
		return "TCP " + ports()
	case ip && has(layers.UDP):
		return "UDP " + ports()
	case ip && has(layers.ICMP):
		return fmt.Sprintf("ICMP %s > %s type=%s code=%s id=%s", text("src"), text("dst"), text("type"), text("code"), text("id"))
	case has(layers.ARP):
		return "ARP " + text("psrc") + " > " + text("pdst")
	case ip:
		at := v.p.At(max(v.p.Index(layers.IP, 1, 0), v.p.Index(layers.IPv6, 1, 0)))
		src, _ := at.Get("src")
		dst, _ := at.Get("dst")
		proto, ok := at.Get("proto")
		if !ok {
			proto, _ = at.Get("nh")
		}
		return fmt.Sprintf("IP %v > %v proto=%v", src, dst, proto)
	}
	return "Other"
}
