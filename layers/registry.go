package layers

import (
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
)

var registry = struct {
	sync.RWMutex
	byName map[string]*Proto
	order  []*Proto
}{byName: make(map[string]*Proto, 512)}

// Register takes a protocol's table into use and returns it. It panics when
// the table is wrong, since that is a mistake in the program.
func Register(p *Proto) *Proto {
	if err := p.prepare(); err != nil {
		panic("layers: " + err.Error())
	}
	registry.Lock()
	defer registry.Unlock()
	if registry.byName[p.Name] == nil {
		registry.order = append(registry.order, p)
	}
	registry.byName[p.Name] = p
	return p
}

// alias gives p another name to be looked up by.
func alias(name string, p *Proto) {
	registry.Lock()
	defer registry.Unlock()
	registry.byName[name] = p
}

// Lookup is the protocol called name, nil if there is none.
func Lookup(name string) *Proto {
	registry.RLock()
	defer registry.RUnlock()
	return registry.byName[name]
}

// Protos are all protocols in the order they were registered.
func Protos() []*Proto {
	registry.RLock()
	defer registry.RUnlock()
	return slices.Clone(registry.order)
}

// Names are all names that Lookup knows, aliases included, in no order.
func Names() []string {
	registry.RLock()
	defer registry.RUnlock()
	out := make([]string, 0, len(registry.byName))
	for name := range registry.byName {
		out = append(out, name)
	}
	return out
}

// rename gives a field of a table that shares its rows with others another name.
func (p *Proto) rename(i int, name string) {
	p.Fields[i].Name = name
}

func (f *Field) putDefault(cells []byte) {
	switch {
	case f.Kind == Addr6 || f.Kind == Fixed:
		putFixed(cells[f.cell/8:f.cell/8+f.Bits/8], f.DefaultValue)
	default:
		f.store(cells, f.Default)
	}
}

// A Binding says that Upper follows Lower when Lower's fields have these
// values, and that putting Upper on Lower gives them these values.
type Binding struct {
	Lower, Upper *Proto
	Fields       []FieldValue
	Guess        bool // used to dissect
	Overload     bool // used to build
	first        bool // made at run time, ahead of the tables' own
}

// A FieldValue is a field of Binding.Lower, by position, and its value: a
// number, or an address where Addr is valid. Addresses are for building alone.
type FieldValue struct {
	Field int
	Value uint64
	Addr  netip.Addr
}

// value is the value as a field's own type.
func (fv FieldValue) value(f *Field) any {
	if fv.Addr.IsValid() {
		return fv.Addr
	}
	return f.typed(fv.Value)
}

// Bind registers upper as the payload of lower where the named numeric fields
// have the values given, both for dissecting and for building, as Scapy's
// bind_layers. A binding made later is asked first when dissecting, and wins
// when building.
func Bind(lower, upper *Proto, fields ...any) error {
	return bind(&Binding{Lower: lower, Upper: upper, Guess: true, Overload: true}, true, fields)
}

// BindUp registers a binding for dissecting alone, as Scapy's bind_bottom_up.
func BindUp(lower, upper *Proto, fields ...any) error {
	return bind(&Binding{Lower: lower, Upper: upper, Guess: true}, true, fields)
}

// BindDown registers a binding for building alone, as Scapy's bind_top_down.
func BindDown(lower, upper *Proto, fields ...any) error {
	return bind(&Binding{Lower: lower, Upper: upper, Overload: true}, true, fields)
}

func bind(b *Binding, first bool, fields []any) error {
	var err error
	if b.Fields, err = b.Lower.fieldValues(fields); err != nil {
		return err
	}
	registry.Lock()
	defer registry.Unlock()
	if b.Guess {
		b.Lower.bindUp.add(b, first)
		b.Lower.guesses.Store(nil)
	}
	if b.Overload {
		b.Upper.bindDown.add(b, first)
		b.Upper.joins.Store(nil)
	}
	return nil
}

// Unbind takes back the bindings of upper on lower whose fields have the values
// given (all of them if none are), as Scapy's split_layers, and says how many.
func Unbind(lower, upper *Proto, fields ...any) (int, error) {
	want, err := lower.fieldValues(fields)
	if err != nil {
		return 0, err
	}
	registry.Lock()
	defer registry.Unlock()
	gone := func(b *Binding) bool {
		return b.Lower == lower && b.Upper == upper &&
			(len(want) == 0 || slices.Equal(b.Fields, want))
	}
	n := max(lower.bindUp.remove(gone), upper.bindDown.remove(gone))
	lower.guesses.Store(nil)
	upper.joins.Store(nil)
	return n, nil
}

// fieldValues reads name, value, name, value … for fields of p that hold
// numbers or addresses.
func (p *Proto) fieldValues(pairs []any) ([]FieldValue, error) {
	var out []FieldValue
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		n := p.Index(name)
		if n < 0 {
			return nil, p.NoField(name)
		}
		f := &p.Fields[n]
		if f.Kind == Addr4 || f.Kind == Addr6 {
			a, err := f.parse(New(p), pairs[i+1])
			if err != nil {
				return nil, err
			}
			addr, _ := a.(netip.Addr)
			out = append(out, FieldValue{Field: n, Addr: addr})
			continue
		}
		v, err := f.parseUint(p, f.Enum, pairs[i+1])
		if err != nil {
			return nil, err
		}
		out = append(out, FieldValue{Field: n, Value: v})
	}
	return out, nil
}

// bindings is a list that readers walk without a lock while it may be replaced.
type bindings struct{ p atomic.Pointer[[]*Binding] }

func (l *bindings) all() []*Binding {
	if p := l.p.Load(); p != nil {
		return *p
	}
	return nil
}

// add needs registry's lock.
func (l *bindings) add(b *Binding, first bool) {
	old := l.all()
	b.first = first
	var list []*Binding
	if first {
		list = append(append(list, b), old...)
	} else {
		list = append(old, b) // behind what readers of old look at
	}
	l.p.Store(&list)
}

// remove needs registry's lock.
func (l *bindings) remove(gone func(*Binding) bool) int {
	old := l.all()
	list := slices.DeleteFunc(slices.Clone(old), gone)
	l.p.Store(&list)
	return len(old) - len(list)
}

// mustBind is Bind for the tables of this package, which are asked in the order
// they were made.
func mustBind(lower, upper *Proto, fields ...any) {
	mustBinding(&Binding{Lower: lower, Upper: upper, Guess: true, Overload: true}, fields)
}

// mustBindDown is mustBind for building alone.
func mustBindDown(lower, upper *Proto, fields ...any) {
	mustBinding(&Binding{Lower: lower, Upper: upper, Overload: true}, fields)
}

// mustBindUp is mustBind for dissecting alone.
func mustBindUp(lower, upper *Proto, fields ...any) {
	mustBinding(&Binding{Lower: lower, Upper: upper, Guess: true}, fields)
}

func mustBinding(b *Binding, fields []any) {
	if err := bind(b, false, fields); err != nil {
		panic("layers: " + err.Error())
	}
}
