package repl

import (
	"fmt"
	"strconv"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// packet is a packet as a value, seen from one of its layers: p, p[TCP] and
// p.payload are views of the same layers, and what is set through one is seen
// through all.
type packet struct {
	p *layers.Packet
	l *layers.Layer // nil is the outermost

	inList bool // handed out in the list that a field holds
}

var (
	_ starlark.HasBinary   = (*packet)(nil)
	_ starlark.HasSetField = (*packet)(nil)
	_ starlark.HasSetKey   = (*packet)(nil)
	_ starlark.Iterable    = (*packet)(nil)
	_ pyrt.DelAttrer       = (*packet)(nil)
	_ pyrt.DelKeyer        = (*packet)(nil)
	_ pyrt.Slicer          = (*packet)(nil)
	_ pyrt.Equaler         = (*packet)(nil)
	_ pyrt.Byteser         = (*packet)(nil)
	_ pyrt.Lener           = (*packet)(nil)
	_ pyrt.ClassOf         = (*packet)(nil)
	_ pyrt.Strer           = (*packet)(nil)
	_ pyrt.Orderer         = (*packet)(nil)
	_ pyrt.ListHead        = (*packet)(nil)
)

func wrap(p *layers.Packet) *packet { return &packet{p: p} }

// index is the position of the view's layer. A layer that was removed from its
// packet becomes a packet of its own.
func (v *packet) index() int {
	if v.l == nil || v.l == v.p.Outermost() {
		return 0
	}
	for i, l := range v.p.Layers() {
		if l == v.l {
			return i
		}
	}
	v.p = layers.NewPacket(v.l)
	return 0
}

func (v *packet) at() layers.At { return v.p.At(v.index()) }

func (v *packet) proto() *layers.Proto { return v.at().Proto() }

// view is the packet from the view's layer on: the packet itself when that is
// its outermost layer, else a copy.
func (v *packet) view() *layers.Packet {
	if i := v.index(); i > 0 {
		return v.p.From(i)
	}
	return v.p
}

// layerView is the view of layer i of the same packet.
func (v *packet) layerView(i int) *packet { return &packet{p: v.p, l: v.p.At(i).Layer()} }

func (v *packet) String() string {
	if err := v.sync(); err != nil {
		return "<" + err.Error() + ">"
	}
	return v.p.ReprFrom(v.index())
}

// PyStr is the summary, as in Scapy.
func (v *packet) PyStr() string {
	if err := v.sync(); err != nil {
		return "<" + err.Error() + ">"
	}
	return v.view().Summary()
}

func (v *packet) Type() string         { return "Packet" }
func (v *packet) Freeze()              {}
func (v *packet) Truth() starlark.Bool { return v.p.Len() > 0 }
func (v *packet) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: 'Packet'")
}

// PyBytes builds the packet.
func (v *packet) PyBytes() ([]byte, error) {
	if err := v.sync(); err != nil {
		return nil, err
	}
	return v.p.BuildFrom(v.index())
}

// PyLen is the number of bytes it builds to.
func (v *packet) PyLen() (int, error) {
	b, err := v.PyBytes()
	return len(b), err
}

// IsListHead lets p[DNS].qd.qname mean the first record's, as in Scapy.
func (v *packet) IsListHead() bool { return v.inList }

// PyClass is the class of the view's layer.
func (v *packet) PyClass() starlark.Value { return shell().classOf(v.proto()) }

// Iterate walks the packets that a packet with sets in it stands for.
func (v *packet) Iterate() starlark.Iterator {
	_ = v.sync() // a list that does not fit is told when the packet is built
	return newSeqIter(func(yield func(any) bool) {
		for p := range v.view().Expand() {
			if !yield(p) {
				return
			}
		}
	})
}

// EqualTo compares the fields, as set, of both packets.
func (v *packet) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	o, ok := other.(*packet)
	if !ok {
		return false, other == starlark.None, nil
	}
	if err := v.sync(); err != nil {
		return false, true, err
	}
	if err := o.sync(); err != nil {
		return false, true, err
	}
	return layers.Equal(v.view(), o.view()), true, nil
}

// CompareTo is a < b, "b is answered by a", as Scapy has it.
func (v *packet) CompareTo(op string, other starlark.Value) (result, handled bool, err error) {
	o, ok := other.(*packet)
	if !ok {
		return false, false, nil
	}
	switch op {
	case "<":
		return v.view().Answers(o.view()), true, nil
	case ">":
		return o.view().Answers(v.view()), true, nil
	}
	return false, false, nil
}

// Binary is /, * and in.
func (v *packet) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	switch op {
	case syntax.SLASH:
		return v.stack(y, side)
	case syntax.STAR:
		n, ok := y.(starlark.Int)
		if !ok {
			return nil, pyrt.Errorf("TypeError", "got a packet times %s, want a packet times a number", y.Type())
		}
		count, ok := n.Int64()
		if !ok || count < 0 || count > 1<<24 {
			return nil, pyrt.Errorf("ValueError", "got a packet times %s, want 0..%d", n, 1<<24)
		}
		out := make([]starlark.Value, count)
		for i := range out {
			out[i] = v
		}
		return starlark.NewList(out), nil
	}
	return nil, nil
}

// stack is p/y, and y/p on the right side.
func (v *packet) stack(y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if list, ok := y.(*starlark.List); ok { // Scapy distributes over a list
		return distribute(v, list, side)
	}
	o, err := toPacket(y)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return nil, nil
	}
	if err := v.sync(); err != nil {
		return nil, err
	}
	if err := o.sync(); err != nil {
		return nil, err
	}
	if side == starlark.Right {
		return wrap(layers.Join(o.view(), v.view())), nil
	}
	return wrap(layers.Join(v.view(), o.view())), nil
}

func distribute(v *packet, list *starlark.List, side starlark.Side) (starlark.Value, error) {
	out := make([]starlark.Value, list.Len())
	for i := range out {
		var err error
		if out[i], err = v.stack(list.Index(i), side); err != nil {
			return nil, err
		}
		if out[i] == nil {
			return nil, nil
		}
	}
	return starlark.NewList(out), nil
}

// toPacket is what may stand beside a packet's "/": packets, classes, text and
// bytes. Anything else is nil.
func toPacket(v starlark.Value) (*packet, error) {
	switch v := v.(type) {
	case *packet:
		return v, nil
	case *class:
		return wrap(layers.NewPacket(layers.New(v.proto()))), nil
	case starlark.String, starlark.Bytes, pyrt.Byteser:
		b, err := bytesOf(v)
		if err != nil {
			return nil, err
		}
		raw := layers.New(layers.Raw)
		return wrap(layers.NewPacket(raw)), raw.Set(0, b)
	}
	return nil, nil
}

// bytesOf is v as bytes: text as UTF-8, packets built.
func bytesOf(v starlark.Value) ([]byte, error) {
	switch v := v.(type) {
	case starlark.Bytes:
		return []byte(v), nil
	case starlark.String:
		return []byte(v), nil
	case pyrt.Byteser:
		return v.PyBytes()
	case *class:
		return layers.NewPacket(layers.New(v.proto())).Build()
	}
	return nil, fmt.Errorf("got %s, want bytes or a packet", v.Type())
}

// protoOf is the protocol that v names: a class, or its name as text.
func protoOf(v starlark.Value) (*layers.Proto, error) {
	switch v := v.(type) {
	case *class:
		return v.proto(), nil
	case starlark.String:
		if p := layers.Lookup(string(v)); p != nil {
			return p, nil
		}
		for _, p := range layers.Protos() {
			if p.Title == string(v) {
				return p, nil
			}
		}
		return nil, pyrt.Errorf("NameError", "there is no layer %q%s", string(v), layers.SuggestProto(string(v)))
	case *packet:
		return v.proto(), nil
	}
	return nil, pyrt.Errorf("TypeError", "got %s, want a layer such as TCP", v.Type())
}

// Get is p[TCP], p["TCP"], and p[1], the layer behind the first. found is never false: a layer that is not there
// is an IndexError, as in Scapy.
func (v *packet) Get(key starlark.Value) (starlark.Value, bool, error) {
	w, err := v.layer(key, 1)
	if err != nil {
		return nil, false, err
	}
	return w, true, nil
}

// Has is TCP in p.
func (v *packet) Has(y starlark.Value) (bool, error) {
	p, err := protoOf(y)
	if err != nil {
		return false, err
	}
	return v.has(p), nil
}

// has tells whether the layer is there, inside fields too.
func (v *packet) has(p *layers.Proto) bool {
	_, ok := v.locate(p, 1)
	return ok
}

// locate is the nth such layer from the view's own on, inside fields too.
func (v *packet) locate(p *layers.Proto, nth int) (*packet, bool) {
	if i := v.p.Index(p, nth, v.index()); nth == 1 && i >= 0 {
		return v.layerView(i), true
	}
	at, ok := v.p.Locate(p, nth, v.index())
	if !ok {
		return nil, false
	}
	if at.P != v.p {
		v.shadows().inner[at.P] = true
	}
	return &packet{p: at.P, l: at.Layer()}, true
}

// PySlice is p[IP:2], the second IP layer.
func (v *packet) PySlice(lo, hi, step starlark.Value) (starlark.Value, error) {
	n := 1
	if hi != starlark.None {
		i, err := starlark.AsInt32(hi)
		if err != nil || i < 1 {
			return nil, pyrt.Errorf("IndexError", "got p[%s:%s], want p[%s:2] for the second such layer", lo, hi, lo)
		}
		n = i
	}
	return v.layer(lo, n)
}

func (v *packet) layer(key starlark.Value, nth int) (*packet, error) {
	var name string
	if n, ok := toInt(key); ok {
		if w := v.layerAt(n); w != nil {
			return w, nil
		}
		name = strconv.Itoa(n)
	} else {
		p, err := protoOf(key)
		if err != nil {
			return nil, err
		}
		if w, ok := v.locate(p, nth); ok {
			return w, nil
		}
		if name = p.Name; nth > 1 {
			name = fmt.Sprintf("%s:%d", p.Name, nth)
		}
	}
	e := pyrt.Errorf("IndexError", "Layer [%s] not found", name)
	e.Hint = "the packet is " + v.stackText()
	return nil, e
}

// layerAt is a layer by its number from the view's own on, which is 0; nil if there is none.
func (v *packet) layerAt(n int) *packet {
	if i := v.index() + n; n >= 0 && i < v.p.Len() {
		return v.layerView(i)
	}
	return nil
}

// stackText is "IP / TCP / Raw".
func (v *packet) stackText() string {
	s := ""
	for i, l := range v.p.Layers()[v.index():] {
		if i > 0 {
			s += " / "
		}
		s += l.Name()
	}
	return s
}

// SetKey is p[TCP] = layer: it and what was above it are replaced.
func (v *packet) SetKey(key, val starlark.Value) error {
	w, err := v.layer(key, 1)
	if err != nil {
		return err
	}
	o, err := toPacket(val)
	if err != nil {
		return err
	}
	if o == nil {
		return pyrt.Errorf("TypeError", "got %s, want a packet", val.Type())
	}
	copied := o.view().Clone()
	w.p.Truncate(w.index())
	w.p.Push(copied)
	return nil
}

// DelKey is del p[Raw]: the layer and what is above it go.
func (v *packet) DelKey(key starlark.Value) error {
	w, err := v.layer(key, 1)
	if err != nil {
		return err
	}
	w.p.Truncate(w.index())
	return nil
}
