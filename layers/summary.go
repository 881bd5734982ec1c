package layers

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Summary is the packet on one line, as Scapy's summary(): the innermost layer
// that has something to say speaks, the others give their names.
func (p *Packet) Summary() string { return p.SummaryFrom(0) }

// SummaryFrom is Summary of the layers from position from on, as they stand in p.
func (p *Packet) SummaryFrom(from int) string {
	out := ""
	found := false
	var wanted []*Proto
	for i := p.Len() - 1; i >= max(from, 0); i-- {
		proto := p.layers[i].proto
		text := ""
		if proto.Summary != nil && (!found || slices.Contains(wanted, proto)) {
			var also []*Proto
			text, also = proto.Summary(At{p, i})
			wanted = append(wanted, also...)
		}
		if text != "" || len(wanted) > 0 {
			found = true
		}
		if text == "" && !proto.Silent {
			text = proto.Name
		}
		switch {
		case out == "":
			out = text
		case text != "":
			out = text + " / " + out
		}
	}
	return out
}

// endpoints is "NAME src:sport > dst:dport" of a transport header, without the
// addresses where no IP header carries it.
func endpoints(at At, name string, sport, dport int) string {
	src, dst := "", ""
	switch below := at.Below(); below.Proto() {
	case IP, IPerror:
		src, dst = FieldText(below, ipSrc)+":", FieldText(below, ipDst)+":"
	case IPv6, IPerror6:
		src, dst = FieldText(below, ip6Src)+":", FieldText(below, ip6Dst)+":"
	}
	return name + " " + src + portText(at, sport) + " > " + dst + portText(at, dport)
}

// NumericPorts makes summaries show ports as numbers. Set it before packets are
// printed, not meanwhile.
var NumericPorts bool

func portText(at At, i int) string {
	if NumericPorts && at.Layer().odd == nil {
		return strconv.FormatUint(at.Uint(i), 10)
	}
	return FieldText(at, i)
}

// bareText is FieldText with the members of a list joined by commas.
func bareText(at At, i int) string {
	list, ok := at.Value(i).(List)
	if !ok {
		return FieldText(at, i)
	}
	parts := make([]string, len(list))
	for k, v := range list {
		if a, ok := v.(netip.Addr); ok {
			parts[k] = AddrText(a)
		} else {
			parts[k] = fmt.Sprint(v)
		}
	}
	return strings.Join(parts, ", ")
}

// summaryOf makes a Summary from text in which %name% stands for a field.
func summaryOf(text string) func(at At) (string, []*Proto) {
	parts := strings.Split(text, "%")
	return func(at At) (string, []*Proto) {
		var b strings.Builder
		for i, s := range parts {
			if i%2 == 0 {
				b.WriteString(s)
			} else if f := at.Proto().Index(s); f >= 0 {
				b.WriteString(bareText(at, f))
			}
		}
		return b.String(), nil
	}
}
