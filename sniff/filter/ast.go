package filter

// quals are the qualifiers in front of an id. An id without any takes those of the
// id before it, which is why they are handed along with what is parsed.
type quals struct {
	ok    bool   // there are some
	proto token  // of class wProto; kind tEOF if not given
	dir   dir    // src or dst if not given
	typ   string // host, net, port, portrange, gateway, proto, protochain; "" if not given
}

type dir uint8

const (
	srcOrDst dir = iota
	srcOnly
	dstOnly
	srcAndDst
)

// boolean and arith are the two sorts of tree that the parser makes.
type (
	boolean interface{ span() (pos, end int) }
	arith   interface{ span() (pos, end int) }
)

type (
	notExpr   struct{ x boolean }
	logicExpr struct {
		or   bool
		l, r boolean
	}
	// idExpr is an id with its qualifiers: host 10.0.0.1, net 10.0.0.0/8, port http, 80.
	idExpr struct {
		q    quals
		id   token
		bits *token // the length behind a slash
		mask *token // the address behind "mask"
	}
	protoExpr struct{ proto token } // a protocol as a primitive: tcp
	// primExpr is one of the other primitives; proto and arg are set where given.
	primExpr struct {
		word, proto token
		arg         *token
	}
	relExpr struct {
		op   token // = != < <= > >=
		l, r arith
	}

	numExpr  struct{ tok token }
	lenExpr  struct{ tok token }
	loadExpr struct {
		proto token
		index arith
		size  uint8
		end   int
	}
	binExpr struct {
		op   token // + - * / % & | ^ << >>
		l, r arith
	}
	negExpr struct {
		op token
		x  arith
	}
)

func (e *notExpr) span() (int, int)   { return e.x.span() }
func (e *logicExpr) span() (int, int) { return join(e.l, e.r) }
func (e *idExpr) span() (int, int)    { return e.id.span() }
func (e *protoExpr) span() (int, int) { return e.proto.span() }
func (e *primExpr) span() (int, int)  { return e.word.span() }
func (e *relExpr) span() (int, int)   { return join(e.l, e.r) }
func (e *numExpr) span() (int, int)   { return e.tok.span() }
func (e *lenExpr) span() (int, int)   { return e.tok.span() }
func (e *loadExpr) span() (int, int)  { return e.proto.pos, e.end }
func (e *binExpr) span() (int, int)   { return join(e.l, e.r) }
func (e *negExpr) span() (int, int)   { _, end := e.x.span(); return e.op.pos, end }

func join(l, r interface{ span() (int, int) }) (int, int) {
	pos, _ := l.span()
	_, end := r.span()
	return pos, end
}
