package layers

import (
	"fmt"
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

// prepare derives from the table what the engine uses at run time: the place of
// each field and a header that holds every default.
func (p *Proto) prepare() error {
	if len(p.Fields) > 64 {
		return fmt.Errorf("%s has %d fields, want at most 64", p.Name, len(p.Fields))
	}
	p.plain = p.Read == nil
	off, slots := 0, 0
	for i := range p.Fields {
		f := &p.Fields[i]
		if p.Index(f.Name) < i {
			return fmt.Errorf("%s has two fields %s", p.Name, f.Name)
		}
		if f.Little && (f.Bits%8 != 0 || f.Bits > 64) {
			return fmt.Errorf("%s.%s is little-endian and no number of whole bytes", p.Name, f.Name)
		}
		if f.Kind == Var || f.Derive != nil {
			p.special = append(p.special, i)
		}
		if f.Auto != nil && (p.Sum == nil || p.Sum.Field != i) {
			p.autos = append(p.autos, computed{auto: f.Auto, field: uint8(i)})
		}
		if f.When != nil || f.Form != nil || f.Phantom || f.Align > 1 {
			p.plain = false
		}
		if f.Kind == Var || f.Form != nil {
			f.slot = slots
			slots++
		} else {
			if off%8 != 0 && (f.Kind >= Addr4 || f.Bits > 64) {
				return fmt.Errorf("%s.%s does not begin at a byte", p.Name, f.Name)
			}
			if slots > 0 {
				p.plain = false // a fixed field behind one of variable size
			}
			f.cell = off
			off += f.Bits
		}
	}
	p.fixedBits, p.fixedLen, p.slots = off, (off+7)/8, slots
	for i := range p.autos {
		a := &p.autos[i]
		f := &p.Fields[a.field]
		a.at, a.word = f.cell/8, f.cell%8 == 0 && f.Bits == 16 && !f.Little
	}
	p.even = -1
	if p.Pad > 0 && p.fixedLen%p.Pad == 0 {
		p.even = p.fixedLen
	}
	p.layerType = goNumber(p.Name)
	p.template = make([]byte, p.fixedLen)
	for i := range p.Fields {
		f := &p.Fields[i]
		if f.Kind == Var || f.Form != nil {
			continue
		}
		f.putDefault(p.template)
	}
	return nil
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
	}
	if b.Overload {
		b.Upper.bindDown.add(b, first)
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
	return max(lower.bindUp.remove(gone), upper.bindDown.remove(gone)), nil
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

// overloads are the values that upper gives to the fields of lower below it: a
// quoted header takes what the header itself does, unless it has bindings of its own.
func overloads(lower, upper *Proto) []FieldValue {
	for ; upper != nil; upper = upper.like {
		o := upper.overloads.Load()
		if o == nil || o.from != upper.bindDown.p.Load() {
			o = upper.findOverloads()
		}
		for l := lower; l != nil; l = l.like {
			for _, b := range o.by {
				if b.Lower == l {
					return b.Fields
				}
			}
		}
	}
	return nil
}

// overloadTable is what the bindings in a list come to: one for each protocol
// below. They are few, and walking them is faster than a map.
type overloadTable struct {
	from *[]*Binding
	by   []*Binding
}

// findOverloads works out for each protocol below p which binding wins: the latest.
func (p *Proto) findOverloads() *overloadTable {
	o := &overloadTable{from: p.bindDown.p.Load()}
	if o.from != nil {
		for _, b := range *o.from {
			i := slices.IndexFunc(o.by, func(old *Binding) bool { return old.Lower == b.Lower })
			switch {
			case !b.Overload:
			case i < 0:
				o.by = append(o.by, b)
			case !o.by[i].first: // made at run time the latest is the first
				o.by[i] = b
			}
		}
	}
	p.overloads.Store(o)
	return o
}
