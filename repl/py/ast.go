package py

import "go.starlark.net/starlark"

// Span is a range of bytes in a source text.
type Span struct{ Start, End int }

func (s Span) span() Span { return s }

// join is the span from the start of a to the end of b.
func join(a, b node) Span { return Span{a.span().Start, b.span().End} }

type node interface{ span() Span }

// expr is an expression of the tree.
type expr interface{ node }

type (
	nameExpr struct {
		Span
		name string
		sym  *symbol // set by the resolver; nil is a global
	}
	// constExpr is a literal: number, string, bytes, None, True, False, address.
	constExpr struct {
		Span
		v starlark.Value
	}
	fstringExpr struct {
		Span
		parts []fpart
	}
	attrExpr struct {
		Span
		x    expr
		name string
		at   Span // of the name
	}
	indexExpr struct {
		Span
		x, i expr
	}
	sliceExpr struct { // only as the index of an indexExpr
		Span
		lo, hi, step expr // nil if absent
	}
	callExpr struct {
		Span
		fn   expr
		args []argument
	}
	unaryExpr struct {
		Span
		op string
		x  expr
	}
	binaryExpr struct {
		Span
		op   string
		x, y expr
	}
	boolExpr struct {
		Span
		and  bool
		x, y expr
	}
	compareExpr struct {
		Span
		x   expr
		ops []string
		ys  []expr
	}
	condExpr struct {
		Span
		test, yes, no expr
	}
	lambdaExpr struct {
		Span
		fn *funcNode
	}
	listExpr struct {
		Span
		elems []expr
	}
	tupleExpr struct {
		Span
		elems []expr
	}
	setExpr struct {
		Span
		elems []expr
	}
	dictExpr struct {
		Span
		keys, vals []expr // a nil key is a **mapping
	}
	// compExpr is a comprehension or, with kind '(', a generator expression.
	compExpr struct {
		Span
		kind    byte // '[' '{' ':' (dict) '('
		elt     expr // the key of a dict comprehension
		val     expr
		clauses []compClause
		scope   *scope
		fn      *funcScope // the hidden function of a generator expression
	}
	starExpr struct {
		Span
		x expr
	}
	walrusExpr struct {
		Span
		name *nameExpr
		x    expr
	}
	// classVarsExpr is a dictionary of the variables of a class's body.
	classVarsExpr struct {
		Span
		syms []*symbol // set by the resolver
	}
	yieldExpr struct {
		Span
		x    expr
		from bool
	}
	// flagExpr is a bare name where TCP flags are meant: the variable if there
	// is one, else its letters.
	flagExpr struct {
		Span
		name *nameExpr
	}
)

// fpart is a piece of an f-string: literal text, or a replacement field.
type fpart struct {
	text string
	x    expr // nil for text
	conv byte // 'r', 's', 'a' or 0
	spec []fpart
}

type argKind uint8

const (
	argPos argKind = iota
	argStar
	argKeyword
	argDoubleStar
)

type argument struct {
	Span
	kind argKind
	name string
	x    expr
}

type compClause struct {
	target expr
	iter   expr
	ifs    []expr
}

type paramKind uint8

const (
	paramPos paramKind = iota
	paramPosOnly
	paramStar
	paramKwOnly
	paramDoubleStar
)

type param struct {
	Span
	name string
	kind paramKind
	def  expr // nil if required
}

// funcNode is what def and lambda have in common.
type funcNode struct {
	Span
	name   string
	params []param
	body   []stmt // of a def
	expr   expr   // of a lambda
	doc    string
	scope  *funcScope
	class  bool   // the body of a class: functions in it do not see its variables
	gen    bool   // it yields
	of     string // the class whose method it is, "" for none
}

// title is the function's name with its class's.
func (fn *funcNode) title() string {
	if fn.of != "" {
		return fn.of + "." + fn.name
	}
	return fn.name
}

type stmt interface{ node }

type (
	exprStmt struct {
		Span
		x expr
	}
	assignStmt struct {
		Span
		targets []expr
		x       expr
	}
	augStmt struct {
		Span
		op     string
		target expr
		x      expr
	}
	// annStmt is an annotation without a value: it only makes the name local.
	annStmt struct {
		Span
		target expr
	}
	returnStmt struct {
		Span
		x expr // nil if none
	}
	passStmt     struct{ Span }
	breakStmt    struct{ Span }
	continueStmt struct{ Span }
	ifStmt       struct {
		Span
		test    expr
		yes, no []stmt
	}
	whileStmt struct {
		Span
		test         expr
		body, orelse []stmt
	}
	forStmt struct {
		Span
		target, iter expr
		body, orelse []stmt
	}
	defStmt struct {
		Span
		at   Span      // of the name
		bind *nameExpr // the name
		fn   *funcNode
	}
	delStmt struct {
		Span
		targets []expr
	}
	importStmt struct {
		Span
		names []importName
	}
	fromStmt struct {
		Span
		module string
		level  int // leading dots
		at     Span
		names  []importName // empty for *
	}
	globalStmt struct {
		Span
		names []*nameExpr
	}
	nonlocalStmt struct {
		Span
		names []*nameExpr
	}
	tryStmt struct {
		Span
		body, orelse, final []stmt
		handlers            []handler
	}
	withStmt struct {
		Span
		items []withItem
		body  []stmt
	}
	raiseStmt struct {
		Span
		x, cause expr
	}
	assertStmt struct {
		Span
		test, msg expr
	}
)

type importName struct {
	Span
	name, as string
	bind     *nameExpr // what is bound
}

type handler struct {
	Span
	class expr // nil for a bare except
	name  *nameExpr
	body  []stmt
}

type withItem struct {
	x      expr
	target expr // nil if none
}
