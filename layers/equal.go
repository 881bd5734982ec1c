package layers

import (
	"bytes"

	"pktsh/internal/near"
)

// Equal tells whether two packets have the same layers whose fields have the same
// values, as Scapy's ==: set, given by the layer above, or the default. A field
// that is computed or derived when it is unset is equal to an unset one alone.
func Equal(p, q *Packet) bool {
	if len(p.Layers()) != len(q.Layers()) {
		return false
	}
	for i := range p.Layers() {
		if !equalLayer(p.At(i), q.At(i)) {
			return false
		}
	}
	return true
}

func equalLayer(a, b At) bool {
	if a.Proto() != b.Proto() {
		return false
	}
	for i := range a.Proto().Fields {
		if a.Exists(i) && b.Exists(i) && !equalValue(a.stated(i), b.stated(i)) && !sameBytes(a.Layer(), b.Layer(), i) {
			return false
		}
	}
	return true
}

// sameBytes tells whether field i was read in one layer from bytes that it makes in the other, such as a
// name that was compressed and one given as these bytes.
func sameBytes(a, b *Layer, i int) bool {
	raw := a.stands(i)
	if raw == nil {
		a, b = b, a
		raw = a.stands(i)
	}
	return raw != nil && bytes.Equal(raw, b.padded(b.form(i), b.own(i)))
}

// stated is field i's value as far as it is known without building, nil if it is
// computed or derived.
func (a At) stated(i int) any {
	l := a.Layer()
	f := &l.proto.Fields[i]
	if l.IsSet(i) {
		return l.own(i)
	}
	if fv, ok := a.overload(i); ok {
		return fv.value(f)
	}
	if f.Computed() || f.Derive != nil {
		return nil
	}
	return l.own(i)
}

// equalValue compares two values. Of variable size, what is not there is what is empty.
func equalValue(a, b any) bool {
	if a == nil || b == nil {
		return isEmpty(a) && isEmpty(b)
	}
	switch a := a.(type) {
	case []byte:
		c, ok := b.([]byte)
		return ok && bytes.Equal(a, c)
	case RawVal:
		c, ok := b.(RawVal)
		return ok && bytes.Equal(a, c)
	case List:
		c, ok := b.(List)
		return ok && equalEach(a, c)
	case Tuple:
		c, ok := b.(Tuple)
		return ok && equalEach(a, c)
	case Choice:
		c, ok := b.(Choice)
		return ok && equalEach(a, c)
	case Dict:
		c, ok := b.(Dict)
		return ok && equalEach(a.items(), c.items())
	case *Packet:
		c, ok := b.(*Packet)
		return ok && Equal(a, c)
	}
	switch b.(type) {
	case []byte, RawVal, List, Tuple, Choice, Dict, *Packet:
		return false
	}
	return a == b
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case []byte:
		return len(v) == 0
	case List:
		return len(v) == 0
	}
	return false
}

func equalEach(a, b []any) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !equalValue(a[i], b[i]) {
			return false
		}
	}
	return true
}

// HideDefaults unsets the fields, from layer i on, that hold what they would
// hold if nobody had set them.
func (p *Packet) HideDefaults(from int) {
	for li, l := range p.Layers() {
		if li < from {
			continue
		}
		for i := range l.proto.Fields {
			if !l.IsSet(i) || l.proto.Fields[i].Computed() {
				continue
			}
			bare := &Layer{proto: l.proto, cells: l.proto.template, shared: true, slots: make([]slot, l.proto.slots)}
			if equalValue(l.own(i), bare.own(i)) {
				l.Unset(i)
			}
		}
	}
}

// SuggestProto is `; did you mean "TCP"?` for the protocol whose name is the
// most like name, or "".
func SuggestProto(name string) string {
	var names []string
	for _, p := range Protos() {
		names = append(names, p.Name)
	}
	return near.Hint(name, names)
}
