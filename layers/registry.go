package layers

import (
	"net/netip"
	"slices"
	"sync"
)

var registry = struct {
	sync.RWMutex
	byName map[string]*Proto
	order  []*Proto

	bindTables func()    // fills tables
	bound      sync.Once // runs bindTables when bindings are first asked for
	tables     []Binding // those of this package, in the order they are asked
	made       []Binding // those made at run time; the latest is asked first, ahead of tables
}{byName: make(map[string]*Proto, 800)}

// Register makes a protocol known and returns it. A table that is wrong panics
// when it is first used.
func Register(p *Proto) *Proto {
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

	named []any // the fields by name, from which Fields is made when it is first needed
}

// resolve makes b.Fields.
func (b *Binding) resolve() {
	if b.named == nil {
		return
	}
	var err error
	if b.Fields, err = b.Lower.fieldValues(b.named); err != nil {
		panic("layers: " + err.Error())
	}
	b.named = nil
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
	return bind(Binding{Lower: lower, Upper: upper, Guess: true, Overload: true}, fields)
}

// BindUp registers a binding for dissecting alone, as Scapy's bind_bottom_up.
func BindUp(lower, upper *Proto, fields ...any) error {
	return bind(Binding{Lower: lower, Upper: upper, Guess: true}, fields)
}

// BindDown registers a binding for building alone, as Scapy's bind_top_down.
func BindDown(lower, upper *Proto, fields ...any) error {
	return bind(Binding{Lower: lower, Upper: upper, Overload: true}, fields)
}

func bind(b Binding, fields []any) (err error) {
	if b.Fields, err = b.Lower.fieldValues(fields); err != nil {
		return err
	}
	lockBindings()
	defer registry.Unlock()
	registry.made = append(registry.made, b)
	changed(b.Lower, b.Upper)
	return nil
}

// lockBindings locks the registry, with all bindings of the tables made.
func lockBindings() {
	registry.bound.Do(registry.bindTables)
	registry.Lock()
}

// changed has what the bindings between two protocols come to worked out anew.
func changed(lower, upper *Proto) {
	lower.guesses.Store(nil)
	upper.joins.Store(nil)
	for _, p := range registry.order {
		if p.boundAs(upper) {
			p.joins.Store(nil)
		}
	}
}

// boundAs tells whether a binding of upper to a protocol below is p's too.
func (p *Proto) boundAs(upper *Proto) bool {
	for p != upper && p != nil {
		p = p.parent
	}
	return p != nil
}

// askedBindings are the bindings that match says yes to, in the order in which
// they are asked when dissecting. It needs [lockBindings].
func askedBindings(match func(b *Binding) bool) []Binding {
	var out []Binding
	for i := range registry.made {
		if b := &registry.made[len(registry.made)-1-i]; match(b) {
			out = append(out, *b)
		}
	}
	for i := range registry.tables {
		if b := &registry.tables[i]; match(b) {
			b.resolve()
			out = append(out, *b)
		}
	}
	return out
}

// uppers are the bindings that the payload of lower is chosen by, in the order in
// which they are asked.
func (lower *Proto) uppers() []Binding {
	lockBindings()
	defer registry.Unlock()
	return askedBindings(func(b *Binding) bool { return b.Guess && b.Lower == lower })
}

// Unbind takes back the bindings of upper on lower whose fields have the values
// given (all of them if none are), as Scapy's split_layers, and says how many.
func Unbind(lower, upper *Proto, fields ...any) (int, error) {
	want, err := lower.fieldValues(fields)
	if err != nil {
		return 0, err
	}
	lockBindings()
	defer registry.Unlock()
	n := 0
	gone := func(b Binding) bool {
		if b.Lower != lower || b.Upper != upper {
			return false
		}
		b.resolve()
		if len(want) > 0 && !slices.Equal(b.Fields, want) {
			return false
		}
		n++
		return true
	}
	registry.made = slices.DeleteFunc(registry.made, gone)
	registry.tables = slices.DeleteFunc(registry.tables, gone)
	changed(lower, upper)
	return n, nil
}

// fieldValues reads name, value, name, value … for fields of p that hold
// numbers or addresses.
func (p *Proto) fieldValues(pairs []any) ([]FieldValue, error) {
	out := make([]FieldValue, 0, len(pairs)/2)
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

// mustBind is Bind for the tables of this package, which are asked in the order
// they were made.
func mustBind(lower, upper *Proto, fields ...any) {
	mustBinding(Binding{Lower: lower, Upper: upper, Guess: true, Overload: true}, fields)
}

// mustBindDown is mustBind for building alone.
func mustBindDown(lower, upper *Proto, fields ...any) {
	mustBinding(Binding{Lower: lower, Upper: upper, Overload: true}, fields)
}

// mustBindUp is mustBind for dissecting alone.
func mustBindUp(lower, upper *Proto, fields ...any) {
	mustBinding(Binding{Lower: lower, Upper: upper, Guess: true}, fields)
}

func mustBinding(b Binding, fields []any) {
	b.named = fields
	registry.Lock()
	defer registry.Unlock()
	registry.tables = append(registry.tables, b)
	b.Lower.guesses.Store(nil) // of a protocol that is loaded later
}
