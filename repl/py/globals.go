package py

import (
	"sort"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// gcell is a global variable. v is what the program assigned, pre what the
// name means otherwise; nil is undefined.
type gcell struct{ v, pre starlark.Value }

// globals is a live table of global variables: compiled code holds the cells
// themselves, so that a function sees names that are defined after it.
type globals struct {
	cells map[string]*gcell
	pre   predeclared
	// outer is the table that unknown names are looked up in; only that of an
	// eval with local variables has one.
	outer *globals
}

// A predeclared name is one of the host's or else one of the language's. The maps are
// large, so they are not put together.
type predeclared struct{ host, language map[string]starlark.Value }

func (p predeclared) get(name string) starlark.Value {
	if v := p.host[name]; v != nil {
		return v
	}
	return p.language[name]
}

func newGlobals(pre predeclared) *globals {
	return &globals{cells: map[string]*gcell{}, pre: pre}
}

// cell is the variable called name, made undefined when first asked for.
func (g *globals) cell(name string) *gcell {
	c := g.cells[name]
	if c == nil {
		if g.outer != nil {
			return g.outer.cell(name)
		}
		c = &gcell{pre: g.pre.get(name)}
		g.cells[name] = c
	}
	return c
}

// get is the value of name, nil if it is undefined.
func (g *globals) get(name string) starlark.Value {
	if c := g.cells[name]; c != nil && c.v != nil {
		return c.v
	}
	if g.outer != nil {
		return g.outer.get(name)
	}
	return g.pre.get(name)
}

// own lists the names that the program defined, sorted.
func (g *globals) own() []string {
	var names []string
	for n, c := range g.cells {
		if c.v != nil {
			names = append(names, n)
		}
	}
	sort.Strings(names)
	return names
}

// names lists everything that a name may mean, sorted.
func (g *globals) names() []string {
	seen := map[string]bool{}
	for t := g; t != nil; t = t.outer {
		for _, n := range t.own() {
			seen[n] = true
		}
		for _, pre := range []map[string]starlark.Value{t.pre.host, t.pre.language} {
			for n := range pre {
				seen[n] = true
			}
		}
	}
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// globalsDict is what globals() returns: a live view with a dict's operations.
type globalsDict struct{ g *globals }

func (d globalsDict) dict() *starlark.Dict {
	m := starlark.NewDict(len(d.g.cells))
	for _, n := range d.g.own() {
		_ = m.SetKey(starlark.String(n), d.g.cells[n].v)
	}
	return m
}

func (d globalsDict) String() string        { return d.dict().String() }
func (d globalsDict) Type() string          { return "dict" }
func (d globalsDict) Freeze()               {}
func (d globalsDict) Truth() starlark.Bool  { return true }
func (d globalsDict) Hash() (uint32, error) { return 0, raise("TypeError", "unhashable type: 'dict'") }

// Get implements starlark.Mapping.
func (d globalsDict) Get(k starlark.Value) (starlark.Value, bool, error) {
	s, ok := k.(starlark.String)
	if !ok {
		return nil, false, nil
	}
	c := d.g.cells[string(s)]
	if c == nil || c.v == nil {
		return nil, false, nil
	}
	return c.v, true, nil
}

// SetKey implements starlark.HasSetKey.
func (d globalsDict) SetKey(k, v starlark.Value) error {
	s, ok := k.(starlark.String)
	if !ok {
		return raise("TypeError", "names of variables are strings, not '%s'", typeName(k))
	}
	d.g.cell(string(s)).v = v
	return nil
}

// DelKey implements pyrt.DelKeyer.
func (d globalsDict) DelKey(k starlark.Value) error {
	if _, ok, _ := d.Get(k); !ok {
		return keyError(k)
	}
	d.g.cell(string(k.(starlark.String))).v = nil
	return nil
}

// Items implements starlark.IterableMapping.
func (d globalsDict) Items() []starlark.Tuple { return d.dict().Items() }

// Iterate implements starlark.Iterable.
func (d globalsDict) Iterate() starlark.Iterator { return d.dict().Iterate() }

// Len implements starlark.Sequence.
func (d globalsDict) Len() int { return len(d.g.own()) }

// Attr implements starlark.HasAttrs: the methods of a dict.
func (d globalsDict) Attr(name string) (starlark.Value, error) { return getAttr(d.dict(), name) }

// AttrNames implements starlark.HasAttrs.
func (d globalsDict) AttrNames() []string { return attrNames(d.dict()) }

var _ pyrt.DelKeyer = globalsDict{}
