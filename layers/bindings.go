package layers

import (
	"net/netip"
	"slices"
	"sync"
)

// The bindings between protocols.
var bindings struct {
	sync.Mutex
	bound  sync.Once // fills tables, when bindings are first asked for
	tables []Binding // those of this package, in the order they are asked
	made   []Binding // those made at run time; the latest is asked first, ahead of tables
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
	defer bindings.Unlock()
	bindings.made = append(bindings.made, b)
	changed(b.Lower, b.Upper)
	return nil
}

// lockBindings locks the bindings, with all of the tables made.
func lockBindings() {
	bindings.bound.Do(func() {
		bindings.tables = slices.Grow(bindings.tables, 800) // beside those of init functions
		for _, f := range registry.families() {
			if f.bind != nil {
				f.bind()
			}
		}
	})
	bindings.Lock()
}

// changed has what the bindings between two protocols come to worked out anew.
func changed(lower, upper *Proto) {
	lower.guesses.Store(nil)
	upper.joins.Store(nil)
	for _, p := range allProtos() {
		if p.boundAs(upper) {
			p.joins.Store(nil)
		}
	}
}

// boundAs tells whether a binding of upper to a protocol below is p's too.
func (p *Proto) boundAs(upper *Proto) bool {
	for p != upper && p != nil {
		if p.joined {
			p = p.like
		} else {
			p = p.parent
		}
	}
	return p != nil
}

// askedBindings are the bindings that match says yes to, in the order in which
// they are asked when dissecting. It needs [lockBindings].
func askedBindings(match func(b *Binding) bool) []Binding {
	var out []Binding
	for i := range bindings.made {
		if b := &bindings.made[len(bindings.made)-1-i]; match(b) {
			out = append(out, *b)
		}
	}
	for i := range bindings.tables {
		if b := &bindings.tables[i]; match(b) {
			b.resolve()
			out = append(out, *b)
		}
	}
	return out
}

// UpperBindings are the bindings that the payload of lower is chosen by, in the order
// in which they are asked.
func UpperBindings(lower *Proto) []Binding {
	lockBindings()
	defer bindings.Unlock()
	return askedBindings(func(b *Binding) bool { return b.Guess && b.Lower == lower })
}

// Unbind takes back the bindings of upper on lower whose fields have the values
// given (all of them if none are), as Scapy's split_layers, and says how many.
func Unbind(lower, upper *Proto, fields ...any) (int, error) {
	return unbind(lower, upper, true, true, fields)
}

// UnbindUp is Unbind for dissecting alone, as Scapy's split_bottom_up.
func UnbindUp(lower, upper *Proto, fields ...any) (int, error) {
	return unbind(lower, upper, true, false, fields)
}

// UnbindDown is Unbind for building alone, as Scapy's split_top_down.
func UnbindDown(lower, upper *Proto, fields ...any) (int, error) {
	return unbind(lower, upper, false, true, fields)
}

// unbind takes bindings back for dissecting, if up, and for building, if down.
func unbind(lower, upper *Proto, up, down bool, fields []any) (int, error) {
	want, err := lower.fieldValues(fields)
	if err != nil {
		return 0, err
	}
	lockBindings()
	defer bindings.Unlock()
	n := 0
	for _, list := range []*[]Binding{&bindings.made, &bindings.tables} {
		for i := range *list {
			b := &(*list)[i]
			if b.Lower != lower || b.Upper != upper || !(up && b.Guess || down && b.Overload) {
				continue
			}
			b.resolve()
			if len(want) > 0 && !slices.Equal(b.Fields, want) {
				continue
			}
			b.Guess, b.Overload = b.Guess && !up, b.Overload && !down
			n++
		}
		*list = slices.DeleteFunc(*list, func(b Binding) bool { return !b.Guess && !b.Overload })
	}
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
	bindings.Lock()
	defer bindings.Unlock()
	bindings.tables = append(bindings.tables, b)
	if b.Lower.guesses.Load() != nil { // it is loaded later
		b.Lower.guesses.Store(nil)
	}
}

// typed are the headers that name what they carry by an EtherType in a field called type.
func typed() []*Proto { return []*Proto{Ether, Dot1Q, Dot1AD} }

// mustBindType binds upper by its EtherType.
func mustBindType(upper *Proto, number int) {
	for _, lower := range typed() {
		mustBind(lower, upper, "type", number)
	}
}

// mustBindGroup binds upper by its EtherType, and gives its frames a group address to go to.
func mustBindGroup(upper *Proto, number, dst int) {
	mustBindType(upper, number)
	mustBindDown(Ether, upper, "type", number, "dst", dst)
}

// mustBindPorts binds upper for dissecting, by a port at either end.
func mustBindPorts(lower, upper *Proto, ports ...int) {
	for _, port := range ports {
		mustBindUp(lower, upper, "dport", port)
		mustBindUp(lower, upper, "sport", port)
	}
}
