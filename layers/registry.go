package layers

import (
	"iter"
	"maps"
	"slices"
	"sync"
)

// The registry of protocols: those of this package, in families, and those added.
var registry struct {
	sync.RWMutex
	families func() []family   // the catalogue, asked for once; set by an init function since the tables refer to the registry
	byName   map[string]*Proto // nil until a name is asked for
	added    []*Proto
}

// A family is tables that belong together. The file that has them makes it.
type family struct {
	tables []*Proto
	other  map[string]*Proto // second names
	bind   func()            // makes the bindings of its tables. Optional

	// link sets the hooks and indexes that refer to tables which refer to them
	// in turn: Go's variables cannot. It runs before the first table of the family
	// is used, and touches those of no other. Optional.
	link func()

	linked bool // guarded by preparing
}

// link runs the link of p's family. It needs preparing.
func link(p *Proto) {
	families := registry.families()
	for i := range families {
		if f := &families[i]; slices.Contains(f.tables, p) {
			if !f.linked && f.link != nil {
				f.link()
			}
			f.linked = true
			return
		}
	}
}

// Register makes a protocol known and returns it: one of another package, or of a
// file that the catalogue does not name. A table that is wrong panics when it is
// first used.
func Register(p *Proto) *Proto {
	registry.Lock()
	defer registry.Unlock()
	registry.added = append(registry.added, p)
	if registry.byName != nil {
		registry.byName[p.Name] = p
	}
	return p
}

// names has the names read-locked, for the caller to unlock.
func names() map[string]*Proto {
	registry.RLock()
	if registry.byName == nil {
		registry.RUnlock()
		makeNames()
		registry.RLock()
	}
	return registry.byName
}

func makeNames() {
	registry.Lock()
	defer registry.Unlock()
	if registry.byName != nil {
		return
	}
	m := make(map[string]*Proto, 800)
	for _, f := range registry.families() {
		for _, p := range f.tables {
			m[p.Name] = p
		}
		maps.Copy(m, f.other)
	}
	for _, p := range registry.added {
		m[p.Name] = p
	}
	registry.byName = m
}

// Lookup is the protocol called name, nil if there is none.
func Lookup(name string) *Proto {
	p := names()[name]
	registry.RUnlock()
	if p != nil {
		p.Use()
	}
	return p
}

// Protos are all protocols, family by family, and then those added.
func Protos() []*Proto {
	list := allProtos()
	for _, p := range list {
		p.Use()
	}
	return list
}

// allProtos is Protos whose tables need not be complete.
func allProtos() []*Proto {
	list := make([]*Proto, 0, 800)
	for _, f := range registry.families() {
		list = append(list, f.tables...)
	}
	registry.RLock()
	defer registry.RUnlock()
	return append(list, registry.added...)
}

// ByName are the protocols by all names that Lookup knows, in no order. Their tables
// need not be complete: see [Proto.Use].
func ByName() iter.Seq2[string, *Proto] {
	return func(yield func(string, *Proto) bool) {
		m := maps.Clone(names())
		registry.RUnlock()
		maps.All(m)(yield)
	}
}

// Names are all names that Lookup knows, second ones included, in no order.
func Names() []string {
	m := names()
	defer registry.RUnlock()
	return slices.Collect(maps.Keys(m))
}

// byDefault finds tables by the number that field i has where nobody sets it; the
// first of two counts, and except are left out.
func byDefault(i int, list []*Proto, except ...*Proto) func(n uint64) *Proto {
	tables := sync.OnceValue(func() map[uint64]*Proto {
		m := make(map[uint64]*Proto, len(list))
		for _, p := range list {
			n := p.Use().Fields[i].Default
			if m[n] == nil && !slices.Contains(except, p) {
				m[n] = p
			}
		}
		return m
	})
	return func(n uint64) *Proto { return tables()[n] }
}

func (f *Field) putDefault(cells []byte) {
	switch {
	case f.Kind == Addr6 || f.Kind == Fixed:
		putFixed(cells[f.cell/8:f.cell/8+f.Bits/8], f.DefaultValue)
	default:
		f.store(cells, f.Default)
	}
}
