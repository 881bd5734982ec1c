package filter

// quantity is an arithmetic value and the condition under which it means anything:
// that the packet has the header which is indexed.
type quantity struct {
	v    valueID
	when cond
}

// relation makes the test for a comparison of two values.
func (g *generator) relation(e *relExpr) cond {
	l := g.value(e.l)
	r := g.value(e.r)
	return and(l.when, r.when, g.compare(e.op.text, l.v, r.v))
}

func (g *generator) value(e arith) quantity {
	always := condConst(true)
	switch e := e.(type) {
	case *numExpr:
		return quantity{g.constant(e.tok.num), always}
	case *lenExpr:
		return quantity{g.length(), always}
	case *negExpr:
		x := g.value(e.x)
		return quantity{g.neg(x.v), x.when}
	case *binExpr:
		return g.binary(e)
	case *loadExpr:
		return g.indexed(e)
	}
	panic("filter: no code for an arithmetic value")
}

var aluOps = map[string]uint16{
	"+": aluAdd, "-": aluSub, "*": aluMul, "/": aluDiv, "%": aluMod,
	"&": aluAnd, "|": aluOr, "^": aluXor, "<<": aluLsh, ">>": aluRsh,
}

// binary makes an operation. As in libpcap, the condition of its right operand is
// not tested; a load that fails rejects the packet anyway.
func (g *generator) binary(e *binExpr) quantity {
	l := g.value(e.l)
	r := g.value(e.r)
	op := e.op.text
	if k, ok := g.isConst(r.v); ok {
		_, literal := e.r.(*numExpr)
		_, folds := g.isConst(l.v)
		switch {
		case k == 0 && (op == "/" || op == "%"):
			g.fail(e.r, "division by zero")
		case k > 31 && (op == "<<" || op == ">>") && (literal || !folds):
			g.fail(e.r, "a shift by %d bits; values have 32", k)
		}
	}
	return quantity{g.arith(aluOps[op], l.v, r.v), l.when}
}

// indexed makes a load of packet data: ip[0], tcp[12:2] …
func (g *generator) indexed(e *loadExpr) quantity {
	index := g.value(e.index)
	proto := e.proto.text
	var from offset
	var when cond
	switch proto {
	case "link":
		from, when = g.at.link, condConst(true)
	case "ip", "ip6", "arp", "rarp", "atalk", "decnet", "lat", "sca", "moprc", "mopdl":
		from, when = g.at.payload.plus(g.at.nl), g.linkType(e.proto, linkProtocols[proto])
	case "tcp", "udp", "sctp", "icmp", "igmp", "igrp", "pim", "vrrp", "carp":
		// The header must be there: not IPv6, and not a later fragment.
		from, when = g.transport(0), and(g.ipProtocol(e.proto, ipProtocols[proto].number, true, false), g.firstFragment())
	case "icmp6":
		from = g.at.payload.plus(g.at.nl + 40)
		when = and(g.linkType(e.proto, etherIPv6), g.is(g.netLoad(1, 6), ipICMPv6))
	case "radio":
		g.fail(e.proto, "not supported yet: radio headers")
	default:
		g.fail(e.proto, "%s cannot be indexed", g.text(e.proto))
	}
	if k, ok := g.isConst(index.v); ok {
		from = from.plus(k)
	} else if from.base == 0 {
		from.base = index.v
	} else {
		from.base = g.arith(aluAdd, index.v, from.base)
	}
	return quantity{g.load(e.size, from), and(index.when, when)}
}
