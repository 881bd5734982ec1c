package repl

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"pktsh/layers"
)

func reportBuiltins() []*builtin {
	const g = "Sending and receiving"
	return []*builtin{
		{Sig: "report_ports(target, ports, timeout=5, verbose=None, iface=None, retry=0, inter=0, pps=None, mark=None, netns=None)", Group: g,
			Doc: "Scan TCP ports and return a LaTeX table: those that are open, those that are closed and by whom, those that did not answer.",
			Run: reportPorts},
		{Sig: "IPID_count(lst, funcID=None, funcpres=None)", Group: "Looking at packets",
			Doc: "Print the packets or pairs of a list by their IP identification, and how many counters these come from: numbers\nthat are further than 50 apart are of different ones. funcID and funcpres: give a member's number and text; by default\nof a pair those of the answer.",
			Run: countIPIDs},
	}
}

func reportPorts(c *call) (starlark.Value, error) {
	x, err := c.exchange(false, 5*time.Second)
	if err != nil {
		return nil, err
	}
	target, err := toGo(c.val("target"))
	if err != nil {
		return nil, err
	}
	scanned, err := toGo(c.val("ports"))
	if err != nil {
		return nil, err
	}
	first, err := firstOf(layers.IP, "dst", target)
	ip := layers.IP
	if err != nil || first.Is6() {
		ip = layers.IPv6
	}
	probes := craft(ip, "dst", target).layer(layers.TCP, "dport", scanned)
	if probes.err != nil {
		return nil, probes.err
	}
	res, err := x.run(c.th, copies([]*layers.Packet{probes.p}, 1))
	if err != nil {
		return nil, err
	}
	var open, closed strings.Builder
	for pair := range res.Answered.All() {
		format, into := "%TCP.sport% & closed & TCP %TCP.flags%", &closed
		switch tcp := pair.Answer.Index(layers.TCP, 1, 0); {
		case tcp < 0 && pair.Answer.Index(layers.ICMP, 1, 0) >= 0:
			format = "%TCPerror.dport% & closed & ICMP type %ICMP.type%/%ICMP.code% from %IP.src%"
		case tcp < 0:
			format = "%TCPerror.dport% & closed & ICMPv6 from %IPv6.src%"
		default:
			if flags, ok := pair.Answer.At(tcp).Value(layers.TCP.Index("flags")).(layers.Flags); ok && flags.Bits == 0x12 { // SYN-ACK
				format, into = "%TCP.sport% & open & SA", &open
			}
		}
		text, err := pair.Answer.Sprintf(format)
		if err != nil {
			return nil, err
		}
		into.WriteString(text + ` \\` + "\n")
	}
	var b strings.Builder
	b.WriteString("\\begin{tabular}{|r|l|l|}\n\\hline\n" + open.String() + "\\hline\n" + closed.String() + "\\hline\n")
	for p := range res.Silent.All() {
		text, err := p.Sprintf("%TCP.dport% & ? & unanswered")
		if err != nil {
			return nil, err
		}
		b.WriteString(text + ` \\` + "\n")
	}
	b.WriteString("\\hline\n\\end{tabular}\n")
	return starlark.String(b.String()), nil
}

func countIPIDs(c *call) (starlark.Value, error) {
	number, err := c.fn("funcID")
	if err != nil {
		return nil, err
	}
	text, err := c.fn("funcpres")
	if err != nil {
		return nil, err
	}
	it := starlark.Iterate(c.val("lst"))
	if it == nil {
		return nil, c.wrong("lst", "a list of packets or pairs")
	}
	defer it.Done()
	var list []numbered
	var v starlark.Value
	for it.Next(&v) {
		m, err := c.ipID(v, number, text)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	if len(list) == 0 {
		return nil, c.wrong("lst", "one packet at least")
	}
	slices.SortFunc(list, func(a, b numbered) int { return cmp.Or(a.id-b.id, strings.Compare(a.text, b.text)) })
	classes := []string{fmt.Sprint(list[0].id)}
	for i, m := range list[1:] {
		if m.id-list[i].id > 50 {
			classes = append(classes, fmt.Sprint(m.id))
		}
	}
	if err := printLine(c.th, fmt.Sprintf("Probably %d classes: [%s]", len(classes), strings.Join(classes, ", "))); err != nil {
		return nil, err
	}
	for _, m := range list {
		if err := printLine(c.th, fmt.Sprintf("%5d %s", m.id, m.text)); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// numbered is a member of IPID_count()'s list.
type numbered struct {
	id   int
	text string
}

// ipID is the number and the text of a list's member.
func (c *call) ipID(v starlark.Value, number, text starlark.Callable) (out numbered, err error) {
	p, ok := v.(*packet)
	if q, isPair := v.(queryAnswer); isPair {
		p, ok = q.answer, true
	}
	ip := -1
	if ok {
		ip = p.p.Index(layers.IP, 1, 0)
	}
	switch {
	case number != nil:
		n, err := starlark.Call(c.th, number, starlark.Tuple{v}, nil)
		if err != nil {
			return out, err
		}
		if out.id, err = starlark.AsInt32(n); err != nil {
			return out, c.errorf("funcID", "IPID_count(): funcID gave %s, want a number", n.Type())
		}
	case ip < 0:
		return out, c.errorf("lst", "IPID_count(): got a member without an IP header; funcID= says where its number is")
	default:
		out.id = int(p.p.At(ip).Uint(layers.IP.Index("id")))
	}
	switch {
	case text != nil:
		s, err := starlark.Call(c.th, text, starlark.Tuple{v}, nil)
		if err != nil {
			return out, err
		}
		out.text = pyStr(s)
	case ok:
		out.text = p.p.Summary()
	default:
		out.text = pyStr(v)
	}
	return out, nil
}
