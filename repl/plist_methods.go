package repl

import (
	"fmt"
	"maps"
	"slices"
	"sort"

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
	&builtin{Sig: "hexdump(lfilter=None)", Doc: "Print each packet's summary and bytes.", Run: listHexdump},
	&builtin{Sig: "make_table(func)", Doc: "Print a table: func gives (column, row, text) for each packet.", Run: listTable},
	&builtin{Sig: "sessions(func=None)", Doc: "A dictionary of packet lists by session: \"TCP 10.0.0.1:80 > 10.0.0.2:1234\".\nfunc: a function that names a packet's session.", Run: listSessions},
	&builtin{Sig: "getlayer(layer)", Doc: "The layer of every packet that has it.",
		Run: func(c *call) (starlark.Value, error) {
			p, err := protoOf(c.val("layer"))
			if err != nil {
				return nil, err
			}
			out := &packetList{name: p.Name + " layer from " + c.list.name}
			for i := range c.list.Len() {
				v := lastOf(c.list.Index(i))
				if k := v.p.Index(p, 1, v.index()); k >= 0 {
					out.pkts = append(out.pkts, v.layerView(k))
				}
			}
			return out, nil
		}},
	&builtin{Sig: "rtt()", Doc: "The round-trip time of each pair in seconds.",
		Run: func(c *call) (starlark.Value, error) {
			var out []starlark.Value
			for _, p := range c.list.pairs {
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

func listHexdump(c *call) (starlark.Value, error) {
	for i := range c.list.Len() {
		v := lastOf(c.list.Index(i))
		b, err := v.PyBytes()
		if err != nil {
			return nil, err
		}
		when := ""
		if t := v.meta().Time; !t.IsZero() {
			when = t.Format("15:04:05.000000") + " "
		}
		if err := printLine(c.th, fmt.Sprintf("%04d %s%s\n%s", i, when, summaryOf(v), layers.Hexdump(b))); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func listTable(c *call) (starlark.Value, error) {
	f, err := c.fn("func")
	if err != nil {
		return nil, err
	}
	tab := newTable()
	for i := range c.list.Len() {
		r, err := starlark.Call(c.th, f, argsOf(c.list.Index(i)), nil)
		if err != nil {
			return nil, err
		}
		t, ok := r.(starlark.Tuple)
		if !ok || len(t) != 3 {
			return nil, c.errorf("func", "make_table(): func gave %s, want (column, row, text)", pyRepr(r))
		}
		tab.set(t[0], t[1], pyStr(t[2]))
	}
	return nil, printText(c.th, padTable(tab.rows()))
}

// crossTable is text by column and row, as make_table() prints it.
type crossTable struct {
	cells       map[[2]string]string
	columns, by map[string]starlark.Value
}

func newTable() *crossTable {
	return &crossTable{map[[2]string]string{}, map[string]starlark.Value{}, map[string]starlark.Value{}}
}

func (t *crossTable) set(column, row starlark.Value, text string) {
	col, at := pyStr(column), pyStr(row)
	t.columns[col], t.by[at] = column, row
	t.cells[[2]string{col, at}] = text
}

// rows are the table's lines, its head first.
func (t *crossTable) rows() [][]string {
	cols, rows := slices.Collect(maps.Values(t.columns)), slices.Collect(maps.Values(t.by))
	sortValues(cols)
	sortValues(rows)
	out := [][]string{{""}}
	for _, col := range cols {
		out[0] = append(out[0], pyStr(col))
	}
	for _, row := range rows {
		line := []string{pyStr(row)}
		for _, col := range cols {
			cell, ok := t.cells[[2]string{pyStr(col), pyStr(row)}]
			if !ok {
				cell = "-"
			}
			line = append(line, cell)
		}
		out = append(out, line)
	}
	return out
}

// sortValues sorts numbers by size and anything else by its text.
func sortValues(list []starlark.Value) {
	sort.SliceStable(list, func(i, j int) bool {
		a, aok := list[i].(starlark.Int)
		b, bok := list[j].(starlark.Int)
		if aok && bok {
			return a.BigInt().Cmp(b.BigInt()) < 0
		}
		return pyStr(list[i]) < pyStr(list[j])
	})
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
