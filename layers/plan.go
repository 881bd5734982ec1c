package layers

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// A plan is what a table comes to for the engine: where each field is and what
// building has to do, worked out when the protocol is first used.
type plan struct {
	ready     atomic.Bool // the others are there
	fixedBits int
	fixedLen  int        // bytes of the fixed part
	template  []byte     // the fixed part with every default in it
	plain     bool       // the wire form is the cells, then the Var fields
	slots     int        // how many Var fields and others of changing form there are
	vars      uint64     // one bit per Var field
	bare      bool       // a header with no value in any slot is the cells alone
	derived   uint64     // one bit per field of fixed width with a Derive
	autos     []computed // fields that are computed, but for that of Sum
	sumAt     int        // byte in the header where that of Sum is
	coded     bool       // a Var field has a Codec
	flat      bool       // building it takes no code of the table but Len and Derive
}

// A computed is a field that is computed, as building needs it.
type computed struct {
	*Field
	window
	field uint8
}

// preparing is held while a table is completed.
var preparing sync.Mutex

// Use has p's table and plan made, unless they are there, and gives p back.
// Whatever makes a layer of p, and [Lookup] and [Protos], do so by themselves. It
// panics when the table is wrong, since that is a mistake in the program.
func (p *Proto) Use() *Proto {
	if !p.ready.Load() {
		if err := p.prepare(); err != nil {
			panic("layers: " + err.Error())
		}
	}
	return p
}

// prepare completes p, if that is not done.
func (p *Proto) prepare() error {
	var t Table
	if p.make != nil {
		t = p.make() // may use other protocols, so not under the lock
	}
	preparing.Lock()
	defer preparing.Unlock()
	if p.ready.Load() {
		return nil
	}
	link(p)
	if p.make != nil {
		t.takeHooks(&p.Table)
		p.Table = t
	}
	if err := p.makePlan(); err != nil {
		return err
	}
	p.ready.Store(true)
	return nil
}

// takeHooks has t keep the hooks that a family's link gave to the protocol.
func (t *Table) takeHooks(linked *Table) {
	if linked.Dispatch != nil {
		t.Dispatch, t.DispatchBy = linked.Dispatch, linked.DispatchBy
	}
	if linked.PayloadLen != nil {
		t.PayloadLen = linked.PayloadLen
	}
	if linked.Behind != nil {
		t.Behind = linked.Behind
	}
	if linked.Next != nil {
		t.Next = linked.Next
	}
	if linked.Summary != nil {
		t.Summary = linked.Summary
	}
	if linked.Answers != nil {
		t.Answers = linked.Answers
	}
	if linked.Key != nil {
		t.Key = linked.Key
	}
	if linked.Finish != nil {
		t.Finish = linked.Finish
	}
	if linked.pseudo != nil {
		t.pseudo = linked.pseudo
	}
	if linked.addrs != nil {
		t.addrs = linked.addrs
	}
	t.PayloadIsPadding = t.PayloadIsPadding || linked.PayloadIsPadding
}

func (p *Proto) makePlan() error {
	if len(p.Fields) > 64 {
		return fmt.Errorf("%s has %d fields, want at most 64", p.Name, len(p.Fields))
	}
	p.plain, p.bare = p.Read == nil && p.Dissect == nil, true
	p.slots, p.vars, p.derived, p.coded = 0, 0, 0, false
	off, autos := 0, 0
	for i := range p.Fields {
		f := &p.Fields[i]
		if p.index(f.Name) < i {
			return fmt.Errorf("%s has two fields %s", p.Name, f.Name)
		}
		if f.Little && (f.Bits%8 != 0 || f.Bits > 64) {
			return fmt.Errorf("%s.%s is little-endian and no number of whole bytes", p.Name, f.Name)
		}
		if f.Computed() {
			autos++
		}
		if f.When != nil || f.Form != nil || f.Phantom || f.Align > 1 {
			p.plain = false
		}
		if f.Kind == Var || f.Form != nil {
			f.slot = uint8(p.slots)
			p.slots++
			continue
		}
		if off%8 != 0 && (f.Kind >= Addr4 || f.Bits > 64) {
			return fmt.Errorf("%s.%s does not begin at a byte", p.Name, f.Name)
		}
		if p.slots > 0 {
			p.plain = false // a fixed field behind one of variable size
		}
		f.cell = off
		off += f.Bits
	}
	p.fixedBits, p.fixedLen = off, (off+7)/8
	if p.Pad > 0 && p.fixedLen%p.Pad > 0 {
		p.bare = false
	}
	if p.Sum != nil {
		p.sumAt = p.Fields[p.Sum.Field].cell / 8
	}
	p.template = make([]byte, p.fixedLen)
	p.autos = make([]computed, 0, autos)
	for i := range p.Fields {
		p.planField(i)
	}
	p.flat = p.plain && p.bare && p.Name != "Padding" && !slices.ContainsFunc(p.autos, func(a computed) bool { return a.Len == nil })
	return nil
}

// planField adds field i, whose place is known.
func (p *Proto) planField(i int) {
	f := &p.Fields[i]
	switch {
	case f.Kind == Var:
		p.vars |= 1 << uint(i)
		p.coded = p.coded || f.Codec != nil
		p.bare = p.bare && f.DefaultValue == nil && f.Derive == nil
		return
	case f.Form == nil:
		f.putDefault(p.template)
	}
	if f.Derive != nil {
		p.derived |= 1 << uint(i)
	}
	if f.Computed() && (p.Sum == nil || p.Sum.Field != i) {
		p.autos = append(p.autos, computed{f, p.window(f), uint8(i)})
	}
}

// A window is two bytes of a header, and which of their bits a number has.
type window struct {
	at    int
	limit uint32 // what the number must be below; 0 where no window holds the field
	shift uint8
}

// window is the field's place in the fixed part.
func (p *Proto) window(f *Field) window {
	at := min(f.cell/8, p.fixedLen-2)
	shift := 16 - (f.cell - at*8) - f.Bits
	if f.Kind >= Addr4 || f.Form != nil || f.Little && f.Bits > 8 || at < 0 || shift < 0 {
		return window{}
	}
	return window{at, 1 << uint(f.Bits), uint8(shift)}
}

// put writes a number below w.limit.
func (w *window) put(hdr []byte, v uint64) {
	two := hdr[w.at : w.at+2]
	shift := w.shift & 15
	mask := uint16(w.limit-1) << shift
	binary.BigEndian.PutUint16(two, binary.BigEndian.Uint16(two)&^mask|uint16(v)<<shift)
}

// A join is what a protocol gives to one below it: the binding that wins when
// building.
type join struct {
	lower  *Proto
	fields []FieldValue
	given  uint64 // one bit per field
	gifts  []gift // the fields, as building needs them
}

// A gift is a value that a field gets from the layer above.
type gift struct {
	window
	field uint8
	value uint16 // below the window's limit
	fv    *FieldValue
}

// noJoin gives nothing.
var noJoin = &join{}

// joined is what upper gives to lower below it: to a quoted header what it gives
// to the header itself, unless that has bindings of its own.
func joined(lower, upper *Proto) *join {
	if upper == nil {
		return noJoin
	}
	list := upper.joins.Load()
	if list == nil {
		list = upper.findJoins()
	}
	for l := lower; l != nil; l = l.like {
		for i := range *list { // they are few, and walking them is faster than a map
			if j := &(*list)[i]; j.lower == l {
				return j
			}
		}
	}
	return noJoin
}

// findJoins works out for each protocol below p which binding wins: the latest.
func (p *Proto) findJoins() *[]join {
	lockBindings() // so that no binding made meanwhile is missed
	defer bindings.Unlock()
	var win []Binding
	for _, list := range [][]Binding{bindings.tables, bindings.made} {
		for i := range list {
			b := &list[i]
			if !b.Overload || !p.boundAs(b.Upper) {
				continue
			}
			b.resolve()
			win = slices.DeleteFunc(win, func(old Binding) bool { return old.Lower == b.Lower })
			win = append(win, *b)
		}
	}
	list := make([]join, len(win))
	for i := range win {
		list[i] = newJoin(&win[i])
	}
	p.joins.Store(&list)
	return &list
}

func newJoin(b *Binding) join {
	j := join{lower: b.Lower, fields: b.Fields}
	for i := range b.Fields {
		fv := &b.Fields[i]
		g := gift{window: b.Lower.Use().window(&b.Lower.Fields[fv.Field]), field: uint8(fv.Field), value: uint16(fv.Value), fv: fv}
		if fv.Addr.IsValid() || fv.Value >= uint64(g.limit) {
			g.limit = 0
		}
		j.given |= 1 << g.field
		if f := &b.Lower.Fields[fv.Field]; fv.Addr.IsValid() || fv.Value != f.Default {
			j.gifts = append(j.gifts, g) // else the cell of an unset field has it already
		}
	}
	return j
}

// put writes the values of those fields into a header of plain form.
func (j *join) put(hdr []byte, fields uint64) {
	for i := range j.gifts {
		switch g := &j.gifts[i]; {
		case fields>>(g.field&63)&1 == 0:
		case g.limit > 0:
			g.put(hdr, uint64(g.value))
		case g.fv.Addr.IsValid():
			j.lower.Fields[g.field].putAt(hdr, g.fv.Addr)
		default:
			j.lower.Fields[g.field].store(hdr, g.fv.Value)
		}
	}
}
