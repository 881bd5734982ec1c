package filter

import "fmt"

// A generator turns the tree of an expression into a condition. It walks strictly
// from left to right, because vlan, mpls, pppoes and geneve move the offsets for all
// that stands to their right in the text, be it behind and, or or not.
type generator struct {
	*valuePool
	expr string
	o    *Options
	at   layer
	// slots is the number of scratch cells that hold something for the rest of the program.
	slots uint32
	// chainAt and chainNext are the cells that every protochain walks with.
	chainAt, chainNext uint32
	chained            bool
	// work counts conditions, to bound what a hostile expression can ask for.
	work int
}

// layer says where the headers of the packet are, seen from one place in the text.
type layer struct {
	enc     encap
	link    offset // start of the link-layer header
	proto   offset // the link layer's protocol field
	payload offset // behind the link-layer header
	nl      uint32 // from there to the network header; MPLS labels add to it
	labels  int    // MPLS labels passed
	tagged  int    // VLAN tags passed
	// geneve: inside a tunnel. The link-layer header is empty where the tunnel
	// carries something else than Ethernet, and proto is the tunnel's own field.
	geneve bool
	// atStart: the link-layer header is the one the packet starts with.
	atStart bool
}

// maxConds bounds the size of a condition before optimisation. A program of 4096
// instructions cannot come from more.
const maxConds = 20000

// generate returns the condition for a tree, and the generator that has its values;
// nil is the empty expression.
func generate(expr string, tree boolean, o *Options) (g *generator, c cond, err *Error) {
	g = &generator{valuePool: newValuePool(), expr: expr, o: o}
	g.at = startLayer(o.LinkType)
	if tree == nil {
		return g, condConst(true), nil
	}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			err = e
		}
	}()
	return g, g.boolean(tree), nil
}

// fail ends the generation with an error at the text of t; generate recovers it.
func (g *generator) fail(t interface{ span() (int, int) }, format string, args ...any) {
	pos, end := t.span()
	panic(&Error{Expr: g.expr, Pos: pos, End: end, Msg: fmt.Sprintf(format, args...)})
}

// text is what t looks like in the expression.
func (g *generator) text(t interface{ span() (int, int) }) string {
	pos, end := t.span()
	return g.expr[pos:end]
}

func (g *generator) boolean(e boolean) cond {
	switch e := e.(type) {
	case *notExpr:
		return not(g.boolean(e.x))
	case *logicExpr:
		return g.logic(e)
	case *idExpr:
		return g.id(e)
	case *protoExpr:
		return g.protocol(e.proto)
	case *primExpr:
		return g.primitive(e)
	case *relExpr:
		return g.relation(e)
	}
	panic(fmt.Sprintf("filter: no code for %T", e))
}

// logic walks down the left side of a chain of ands and ors in a loop: chains are as
// long as the user likes, only nesting is bounded by the parser.
func (g *generator) logic(e *logicExpr) cond {
	var chain []*logicExpr
	var first boolean = e
	for {
		l, ok := first.(*logicExpr)
		if !ok {
			break
		}
		chain = append(chain, l)
		first = l.l
	}
	c := g.boolean(first)
	for i := len(chain) - 1; i >= 0; i-- {
		if g.work++; g.work > maxConds {
			g.fail(chain[i].r, "the filter is too long")
		}
		if r := g.boolean(chain[i].r); chain[i].or {
			c = or(c, r)
		} else {
			c = and(c, r)
		}
	}
	return c
}

// id dispatches on what the qualifiers say the id is.
func (g *generator) id(e *idExpr) cond {
	if (e.bits != nil || e.mask != nil) && e.q.typ != "net" {
		if full := e.id.kind == tIP6 && e.bits != nil && e.bits.num == 128 && (e.q.typ == "host" || e.q.typ == ""); !full {
			g.fail(e.id, "a mask or length goes with net: net %s", g.text(e.id))
		}
	}
	switch e.q.typ {
	case "port", "portrange":
		return g.port(e)
	case "proto":
		return g.protoNumber(e)
	case "protochain":
		return g.protoChain(e)
	case "gateway":
		g.fail(e.id, "gateway is not supported: write ether host MAC and not host ADDRESS")
	}
	if e.q.proto.text == "link" {
		return g.etherHost(e)
	}
	return g.host(e)
}

func (g *generator) primitive(e *primExpr) cond {
	switch e.word.text {
	case "broadcast":
		return g.broadcast(e)
	case "multicast":
		return g.multicast(e)
	case "less":
		return g.compare("<=", g.length(), g.constant(e.arg.num))
	case "greater":
		return g.compare(">=", g.length(), g.constant(e.arg.num))
	case "inbound":
		return not(g.outbound(e.word))
	case "outbound":
		return g.outbound(e.word)
	case "ifindex":
		return g.ifindex(e)
	case "vlan":
		return g.vlan(e)
	case "mpls":
		return g.mpls(e)
	case "pppoed":
		return g.linkType(e.word, 0x8863)
	case "pppoes":
		return g.pppoes(e)
	case "geneve":
		return g.geneve(e)
	case "llc":
		return g.llc(e)
	}
	panic("filter: no code for primitive " + e.word.text)
}

// linkLoad, payloadLoad and netLoad are size bytes at an offset from the start of the link-layer
// header, of its payload and of the network header.
func (g *generator) linkLoad(size uint8, k uint32) valueID {
	return g.load(size, g.at.link.plus(k))
}

func (g *generator) payloadLoad(size uint8, k uint32) valueID {
	return g.load(size, g.at.payload.plus(k))
}

func (g *generator) netLoad(size uint8, k uint32) valueID {
	return g.load(size, g.at.payload.plus(g.at.nl+k))
}

// is is the test v == k; masked is the test v & mask == k.
func (g *generator) is(v valueID, k uint32) cond { return g.compare("=", v, g.constant(k)) }

func (g *generator) masked(v valueID, mask, k uint32) cond {
	return g.is(g.arith(aluAnd, v, g.constant(mask)), k)
}

// newSlot reserves a scratch cell for the rest of the program.
func (g *generator) newSlot(t token) uint32 {
	if g.slots >= memCells-4 {
		g.fail(t, "too many tunnels: a filter has only %d scratch cells", memCells)
	}
	g.slots++
	return g.slots - 1
}
