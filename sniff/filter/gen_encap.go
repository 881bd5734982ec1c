package filter

// vlan is the test for an IEEE 802.1Q or 802.1ad tag. What stands behind it in the
// text looks behind the tag, whether the test held or not.
func (g *generator) vlan(e *primExpr) cond {
	switch {
	case e.arg != nil && e.arg.num > 0xfff:
		g.fail(e.arg, "a VLAN id is a number from 0 to 4095, got %d", e.arg.num)
	case g.at.labels > 0:
		g.fail(e.word, "a VLAN tag cannot follow an MPLS label")
	case g.at.enc != encEthernet:
		g.fail(e.word, "packets of link type %s have no VLAN tags", encapNames[g.at.enc])
	}
	typ := g.load(2, g.at.proto)
	inline := or(g.is(typ, 0x8100), g.is(typ, 0x88a8), g.is(typ, 0x9100))
	if e.arg != nil {
		inline = and(inline, g.masked(g.payloadLoad(2, 0), 0xfff, e.arg.num))
	}
	g.at.tagged++
	if !g.o.Live || !g.at.atStart || g.at.tagged > 1 {
		g.at.proto, g.at.payload = g.at.proto.plus(4), g.at.payload.plus(4)
		return inline
	}
	// The kernel has taken the outer tag out of the frame and keeps it beside, unless
	// the interface hands tagged frames through. So where things are depends on the
	// packet: a scratch cell, 0 at first, says by how many bytes they are further on.
	slot := g.newSlot(e.word)
	shift := g.cell(slot)
	present := not(g.is(g.load(1, offset{k: metaVLANPresent}), 0))
	aside := present
	if e.arg != nil {
		aside = and(present, g.masked(g.load(2, offset{k: metaVLANTag}), 0xfff, e.arg.num))
	}
	g.at.proto.base, g.at.payload.base = shift, shift
	return or(aside, and(not(present), &condStore{slot, g.constant(4)}, inline))
}

// mpls is the test for an MPLS label (RFC 3032): the first by the link-layer type,
// the next by the bottom-of-stack bit of the one before.
func (g *generator) mpls(e *primExpr) cond {
	if e.arg != nil && e.arg.num > 0xfffff {
		g.fail(e.arg, "an MPLS label is a number from 0 to 1048575, got %d", e.arg.num)
	}
	var c cond
	switch {
	case g.at.labels > 0:
		c = not(g.bottomOfStack())
	case g.at.enc == encEthernet:
		c = g.linkType(e.word, etherMPLS)
	case g.at.enc == encPPP:
		c = g.linkType(e.word, pppMPLS)
	default:
		g.fail(e.word, "packets of link type %s have no MPLS labels", encapNames[g.at.enc])
	}
	if e.arg != nil {
		c = and(c, g.masked(g.netLoad(4, 0), 0xfffff000, e.arg.num<<12))
	}
	g.at.nl += 4
	g.at.labels++
	return c
}

// bottomOfStack is the test that the label just passed is the last.
func (g *generator) bottomOfStack() cond {
	return g.anySet(g.load(1, g.at.payload.plus(g.at.nl-2)), 1)
}

// mplsType is linkType behind MPLS labels, which do not say what they carry: the
// version nibble does.
func (g *generator) mplsType(t interface{ span() (int, int) }, proto uint32) cond {
	version := uint32(0x40)
	switch proto {
	case etherIP:
	case etherIPv6:
		version = 0x60
	default:
		g.fail(t, "only ip and ip6 can be told apart behind an MPLS label")
	}
	return and(g.bottomOfStack(), g.masked(g.netLoad(1, 0), 0xf0, version))
}

// pppoes is the test for a PPPoE session packet (RFC 2516). What stands behind it in
// the text looks at the PPP packet inside.
func (g *generator) pppoes(e *primExpr) cond {
	if e.arg != nil && e.arg.num > 0xffff {
		g.fail(e.arg, "a PPPoE session is a number from 0 to 65535, got %d", e.arg.num)
	}
	c := g.linkType(e.word, etherPPPoE)
	if e.arg != nil {
		c = and(c, g.masked(g.netLoad(4, 0), 0xffff, e.arg.num))
	}
	// Six bytes of PPPoE, then PPP without framing: two bytes of protocol.
	ppp := g.at.payload.plus(g.at.nl + 6)
	g.at = layer{enc: encPPP, link: ppp, proto: ppp, payload: ppp.plus(2)}
	return c
}

// geneve is the test for a Geneve packet (RFC 8926): UDP to port 6081, version 0.
// What stands behind it in the text looks at the packet inside the tunnel, which may
// or may not start with an Ethernet header. The options make the header's length
// vary, and the outer packet may be IPv4 or IPv6, so three scratch cells hold where
// the inner link-layer header, protocol field and payload are.
func (g *generator) geneve(e *primExpr) cond {
	if e.arg != nil && e.arg.num > 0xffffff {
		g.fail(e.arg, "a Geneve VNI is a number from 0 to 16777215, got %d", e.arg.num)
	}
	proto, link, payload := g.newSlot(e.word), g.newSlot(e.word), g.newSlot(e.word)

	// tunnel tests the Geneve header at a place, and notes the place if it is one.
	tunnel := func(header offset) cond {
		c := g.masked(g.load(1, header), 0xc0, 0)
		if e.arg != nil {
			c = and(c, g.masked(g.load(4, header.plus(4)), 0xffffff00, e.arg.num<<8))
		}
		place := g.constant(header.k)
		if header.base != 0 {
			place = g.arith(aluAdd, header.base, place)
		}
		return and(c, &condStore{payload, place})
	}
	net := g.at.payload.plus(g.at.nl)
	v4 := and(g.linkType(e.word, etherIP), g.is(g.netLoad(1, 9), ipUDP), g.firstFragment(),
		g.is(g.load(2, g.transport(2)), 6081), tunnel(g.transport(8)))
	v6 := and(g.linkType(e.word, etherIPv6), g.is(g.netLoad(1, 6), ipUDP),
		g.is(g.netLoad(2, 42), 6081), tunnel(net.plus(48)))

	header := offset{base: g.cell(payload)}
	optWords := g.arith(aluAnd, g.load(1, header), g.constant(0x3f))
	options := g.arith(aluAdd, g.arith(aluLsh, optWords, g.constant(2)), g.constant(8))
	inner := g.cell(link)
	// Ethernet inside (Trans Ether Bridging, 0x6558) has its own type field.
	ethernet := and(g.is(g.load(2, header.plus(2)), 0x6558),
		&condStore{proto, g.arith(aluAdd, inner, g.constant(12))},
		&condStore{payload, g.arith(aluAdd, inner, g.constant(14))})
	other := and(
		&condStore{proto, g.arith(aluAdd, header.base, g.constant(2))},
		&condStore{payload, inner})
	c := and(or(v4, v6), &condStore{link, g.arith(aluAdd, options, header.base)}, or(ethernet, other))

	g.at = layer{enc: encEthernet, geneve: true,
		link: offset{base: inner}, proto: offset{base: g.cell(proto)}, payload: offset{base: g.cell(payload)}}
	return c
}

// chainLength is how many extension headers protochain follows. The kernel takes no
// loops, so the walk is unrolled; RFC 8200 §4.1 lists seven headers, each once but one.
const chainLength = 8

// protoChain is the test for a protocol anywhere in the chain of extension headers.
func (g *generator) protoChain(e *idExpr) cond {
	want := uint32(0)
	switch e.q.proto.text {
	case "", "ip", "ip6":
		want = g.protocolID(e)
	default:
		g.fail(e.q.proto, "protochain goes with ip, ip6 or nothing, not with %s", g.text(e.q.proto))
	}
	if !g.chained {
		g.chainAt, g.chainNext, g.chained = g.newSlot(e.id), g.newSlot(e.id), true
	}
	at, next := g.chainAt, g.chainNext
	walk := func(first valueID, headers []uint32, start valueID) cond {
		return and(
			&condStore{next, first},
			&condStore{at, start},
			g.chainStep(want, headers, at, next, chainLength))
	}
	v4, v6 := cond(condConst(false)), cond(condConst(false))
	net := g.at.payload.plus(g.at.nl)
	if e.q.proto.text != "ip6" {
		tr := g.transport(0)
		v4 = and(g.linkType(e.id, etherIP), walk(g.netLoad(1, 9), nil, g.arith(aluAdd, tr.base, g.constant(tr.k))))
	}
	if e.q.proto.text != "ip" {
		start := g.constant(net.k + 40)
		if net.base != 0 {
			start = g.arith(aluAdd, net.base, start)
		}
		// Hop-by-hop, destination and routing options, and the fragment header.
		v6 = and(g.linkType(e.id, etherIPv6), walk(g.netLoad(1, 6), []uint32{0, 60, 43, ipFrag6}, start))
	}
	return or(v4, v6)
}

// chainStep tests the protocol in cell next; if it is an extension header, it reads
// that header, which cell at points to, and goes on with what it announces.
func (g *generator) chainStep(want uint32, headers []uint32, at, next uint32, left int) cond {
	proto := g.cell(next)
	found := g.is(proto, want)
	if left == 0 {
		return found
	}
	header := offset{base: g.cell(at)}
	// A header's length is in 8-byte units beyond the first (RFC 8200 §4), that of the
	// authentication header in 4-byte units beyond two (RFC 4302 §2.2).
	step := func(unit, extra uint32) cond {
		length := g.arith(aluMul, g.arith(aluAdd, g.load(1, header.plus(1)), g.constant(extra)), g.constant(unit))
		return and(
			&condStore{next, g.load(1, header)},
			&condStore{at, g.arith(aluAdd, length, header.base)})
	}
	rest := g.chainStep(want, headers, at, next, left-1)
	var isHeader []cond
	for _, h := range headers {
		isHeader = append(isHeader, g.is(proto, h))
	}
	const authentication = 51
	return or(found, and(
		or(and(or(isHeader...), step(8, 1)), and(g.is(proto, authentication), step(4, 2))),
		rest))
}
