package pymod

import (
	"maps"
	"slices"
	"sync"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// Module is a module as a value. Its attributes may be assigned, as in Python.
// The exception classes of a module (struct.error) are the evaluator's, which
// finds them by the module's name.
type Module struct {
	name  string
	attrs starlark.StringDict
	get   map[string]func() starlark.Value // computed at each access: os.environ

	open func() *Module // makes attrs and get at the first look. Optional.
	once sync.Once
}

var (
	_ starlark.HasSetField = (*Module)(nil)
	_ pyrt.Reprer          = (*Module)(nil)
)

func newModule(name string, attrs starlark.StringDict) *Module {
	attrs["__name__"] = starlark.String(name)
	return &Module{name: name, attrs: attrs}
}

func (m *Module) String() string        { return m.PyRepr() }
func (m *Module) PyRepr() string        { return "<module '" + m.name + "' (built-in)>" }
func (m *Module) Type() string          { return "module" }
func (m *Module) Name() string          { return m.name }
func (m *Module) Freeze()               {}
func (m *Module) Truth() starlark.Bool  { return true }
func (m *Module) Hash() (uint32, error) { return starlark.String(m.name).Hash() }

// look makes what is in the module.
func (m *Module) look() {
	if m.open != nil {
		m.once.Do(func() {
			made := m.open()
			m.attrs, m.get = made.attrs, made.get
		})
	}
}

// Attr gives an attribute, nil, nil if there is none.
func (m *Module) Attr(name string) (starlark.Value, error) {
	m.look()
	if v := m.attrs[name]; v != nil {
		return v, nil
	}
	if f := m.get[name]; f != nil {
		return f(), nil
	}
	return nil, nil
}

// AttrNames lists the attributes, sorted.
func (m *Module) AttrNames() []string {
	m.look()
	names := slices.Collect(maps.Keys(m.attrs))
	for n := range m.get {
		names = append(names, n)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// sortedKeys are the keys of a table, sorted.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// SetField replaces an attribute: sys.argv = […], random.seed = f.
func (m *Module) SetField(name string, v starlark.Value) error {
	m.look()
	m.attrs[name] = v
	return nil
}
