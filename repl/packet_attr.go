package repl

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/internal/near"
	"pktsh/layers"
	"pktsh/repl/py"
	"pktsh/repl/py/pyrt"
)

// Attr is a field of the view's layer or of the first layer above it that has
// one, or one of the packet's own attributes and methods.
func (v *packet) Attr(name string) (starlark.Value, error) {
	i := v.index()
	if li, fi := v.p.FindField(name, i); li == i && li >= 0 {
		return v.field(li, fi), nil
	}
	if m, err := v.classAttr(name); m != nil || err != nil {
		return m, err
	}
	if m := packetMethods[name]; m != nil {
		return m.bind(v), nil
	}
	if m := protocolMethods[v.proto()][name]; m != nil {
		return m.bind(v), nil
	}
	if get := packetProps[name]; get != nil {
		return get(v)
	}
	// A field of a layer further in. The properties come first so that
	// p.time never means NTP's or another protocol's.
	if li, fi := v.p.FindField(name, i); li >= 0 {
		return v.field(li, fi), nil
	}
	return nil, v.noAttr(name)
}

// classAttr is what the classes of the view's layers say, the view's own first.
func (v *packet) classAttr(name string) (starlark.Value, error) {
	s := shell()
	if len(s.defined) == 0 {
		return nil, nil
	}
	for i := v.index(); i < v.p.Len(); i++ {
		proto := v.p.At(i).Proto()
		if a := s.classAttr(proto, name); a != nil {
			if _, hook := classAttrs[name]; hook && i > v.index() {
				continue // a hook of another layer is not this one's
			}
			return py.BindMethod(a, v.layerView(i), s.classOf(proto))
		}
	}
	return nil, nil
}

func (v *packet) noAttr(name string) error {
	e := pyrt.Errorf("AttributeError", "%s has no field %q", v.stackText(), name)
	if e.Hint = attrHint(name); e.Hint == "" {
		e.Msg += near.Hint(name, v.AttrNames())
	}
	return e
}

// field is the value of field fi of layer li.
func (v *packet) field(li, fi int) starlark.Value {
	l := v.p.At(li).Layer()
	if list := v.shadow(l, fi); list != nil {
		return list
	}
	if !l.Exists(fi) {
		return starlark.None
	}
	val := v.p.At(li).Value(fi)
	if c, ok := l.Proto().Fields[fi].Codec.(scriptCodec); ok && c.has("i2h") {
		return c.human(l, val)
	}
	if f := &l.Proto().Fields[fi]; val == nil && !f.Computed() && isListField(f) {
		val = layers.List{} // nothing in it yet: append() works
	}
	if list, ok := val.(layers.List); ok {
		return v.remember(l, fi, list)
	}
	if p, ok := val.(*layers.Packet); ok {
		v.shadows().inner[p] = true
	}
	return fromGo(val)
}

// isListField tells the fields whose value is a list.
func isListField(f *layers.Field) bool {
	t := f.TypeName()
	return f.Kind == layers.Var && (strings.HasSuffix(t, "ListField") || strings.HasSuffix(t, "OptionsField"))
}

// AttrNames are all names that Attr knows, for completion.
func (v *packet) AttrNames() []string {
	var out []string
	for _, l := range v.p.Layers()[v.index():] {
		for i := range l.Proto().Fields {
			if name := l.Proto().Fields[i].Name; l.Exists(i) && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	for name := range packetMethods {
		out = append(out, name)
	}
	for name := range protocolMethods[v.proto()] {
		out = append(out, name)
	}
	for name := range packetProps {
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// SetField is p.ttl = 5.
func (v *packet) SetField(name string, val starlark.Value) error {
	if set := packetSetters[name]; set != nil {
		if v.at().Proto().Index(name) < 0 {
			return set(v, val)
		}
	}
	return v.setFrom(v.index(), name, val)
}

// setOwn sets a field of the view's own layer.
func (v *packet) setOwn(name string, val starlark.Value) error {
	i := v.index()
	if v.p.Layers()[i].Proto().Index(name) < 0 {
		return v.p.Layers()[i].Proto().NoField(name)
	}
	return v.setFrom(i, name, val)
}

func (v *packet) setFrom(i int, name string, val starlark.Value) error {
	li, fi := v.p.FindField(name, i)
	if li < 0 {
		return v.noAttr(name)
	}
	g, err := toGo(val)
	if err != nil {
		return err
	}
	l := v.p.Layers()[li]
	v.forget(l, fi)
	return l.Set(fi, g)
}

// DelAttr is del p.chksum: the field is computed again.
func (v *packet) DelAttr(name string) error {
	if name == "payload" {
		v.p.Truncate(v.index() + 1)
		return nil
	}
	li, fi := v.p.FindField(name, v.index())
	if li < 0 {
		return v.noAttr(name)
	}
	l := v.p.Layers()[li]
	v.forget(l, fi)
	l.Unset(fi)
	return nil
}

// A list in a field is handed out as a list of the language that the user may
// change in place: p[TCP].options.append(("NOP", None)). shadows remembers which
// lists are out, and which packets inside fields, which may have handed out lists
// in their turn; sync writes what changed back before the packet is next used.
type shadows struct {
	lists map[shadowKey]*shadowList
	inner map[*layers.Packet]bool
}

type shadowKey struct {
	l *layers.Layer
	i int
}

type shadowList struct {
	list *starlark.List
	was  []starlark.Value // its elements when handed out or last synced
}

func (v *packet) shadows() *shadows {
	s, ok := v.p.Shadow().(*shadows)
	if !ok {
		s = &shadows{lists: map[shadowKey]*shadowList{}, inner: map[*layers.Packet]bool{}}
		v.p.SetShadow(s)
	}
	return s
}

func (v *packet) shadow(l *layers.Layer, i int) *starlark.List {
	if s, ok := v.p.Shadow().(*shadows); ok {
		if e := s.lists[shadowKey{l, i}]; e != nil {
			return e.list
		}
	}
	return nil
}

func (v *packet) remember(l *layers.Layer, i int, val layers.List) *starlark.List {
	s := v.shadows()
	list := fromGoList(val)
	for _, x := range elements(list) {
		if p, ok := x.(*packet); ok {
			p.inList = true
			s.inner[p.p] = true
		}
	}
	s.lists[shadowKey{l, i}] = &shadowList{list, elements(list)}
	return list
}

func (v *packet) forget(l *layers.Layer, i int) {
	if s, ok := v.p.Shadow().(*shadows); ok {
		delete(s.lists, shadowKey{l, i})
	}
}

// sync writes lists that were changed in place back into their fields, those of
// packets inside fields first.
func (v *packet) sync() error {
	s, ok := v.p.Shadow().(*shadows)
	if !ok {
		return nil
	}
	for p := range s.inner {
		if err := wrap(p).sync(); err != nil {
			return err
		}
	}
	for key, e := range s.lists {
		now := elements(e.list)
		if slices.EqualFunc(now, e.was, same) {
			continue
		}
		g, err := toGo(e.list)
		if err != nil {
			return err
		}
		if err := key.l.Set(key.i, g); err != nil {
			return err
		}
		e.was = now
		s.adopt(now, key.l.Value(key.i))
	}
	return nil
}

// adopt has the packets that a program put into a list mean the ones that the
// field took for them, so that what is set in them later counts.
func (s *shadows) adopt(list []starlark.Value, stored any) {
	taken, _ := stored.(layers.List)
	if len(taken) != len(list) {
		return
	}
	for i, x := range list {
		v, ok := x.(*packet)
		p, isPacket := taken[i].(*layers.Packet)
		if ok && isPacket && v.p.Len() == 1 {
			v.p, v.l = p, nil
			s.inner[p] = true
		}
	}
}

func elements(l *starlark.List) []starlark.Value {
	out := make([]starlark.Value, l.Len())
	for i := range out {
		out[i] = l.Index(i)
	}
	return out
}

// same tells whether two elements are the same value; tuples are compared by
// their elements, since Go cannot compare slices.
func same(a, b starlark.Value) bool {
	ta, ok := a.(starlark.Tuple)
	if tb, ok2 := b.(starlark.Tuple); ok || ok2 {
		return ok && ok2 && slices.EqualFunc(ta, tb, same)
	}
	return a == b
}
