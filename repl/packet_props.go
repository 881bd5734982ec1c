package repl

import (
	"time"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// packetProps are the attributes of a packet that are no fields.
var packetProps = map[string]func(v *packet) (starlark.Value, error){
	"name":  func(v *packet) (starlark.Value, error) { return starlark.String(v.proto().TitleText()), nil },
	"_name": func(v *packet) (starlark.Value, error) { return starlark.String(v.proto().TitleText()), nil },
	"payload": func(v *packet) (starlark.Value, error) {
		if i := v.index(); i+1 < v.p.Len() {
			return v.layerView(i + 1), nil
		}
		return noPayload{}, nil
	},
	"underlayer": func(v *packet) (starlark.Value, error) {
		if i := v.index(); i > 0 {
			return v.layerView(i - 1), nil
		}
		return starlark.None, nil
	},
	"fields": func(v *packet) (starlark.Value, error) {
		return v.fieldDict(func(l *layers.Layer, i int) bool { return l.IsSet(i) })
	},
	"default_fields": func(v *packet) (starlark.Value, error) {
		w := wrap(layers.NewPacket(layers.New(v.proto())))
		return w.fieldDict(func(*layers.Layer, int) bool { return true })
	},
	"overloaded_fields": func(v *packet) (starlark.Value, error) {
		return v.fieldDict(func(_ *layers.Layer, i int) bool { return v.at().Given(i) })
	},
	"time":      func(v *packet) (starlark.Value, error) { return stamp(v.when()), nil },
	"sent_time": func(v *packet) (starlark.Value, error) { return stamp(v.meta().SentTime()), nil },
	"sniffed_on": func(v *packet) (starlark.Value, error) {
		return orNone(v.meta().Iface()), nil
	},
	"comment":  func(v *packet) (starlark.Value, error) { return v.comment(), nil },
	"comments": func(v *packet) (starlark.Value, error) { return v.comments(), nil },
	"wirelen": func(v *packet) (starlark.Value, error) {
		if n := v.meta().WireLen; n > 0 {
			return starlark.MakeInt(n), nil
		}
		return starlark.None, nil
	},
	"direction": func(v *packet) (starlark.Value, error) {
		return orNone(map[layers.Direction]string{layers.DirIn: "in", layers.DirOut: "out"}[v.meta().Direction]), nil
	},
	"original": func(v *packet) (starlark.Value, error) { return starlark.Bytes(v.p.Data()), nil },
	"notes": func(v *packet) (starlark.Value, error) {
		var out []starlark.Value
		for _, n := range v.p.Notes() {
			out = append(out, starlark.Tuple{starlark.MakeInt(n.Offset), starlark.String(n.Layer), starlark.String(n.Msg)})
		}
		return starlark.NewList(out), nil
	},
	"__class__": func(v *packet) (starlark.Value, error) { return v.PyClass(), nil },
}

// packetSetters are the attributes that may be set beside the fields.
var packetSetters = map[string]func(v *packet, val starlark.Value) error{
	"payload": func(v *packet, val starlark.Value) error {
		o, err := toPacket(val)
		if err != nil || o == nil {
			return pyrt.Errorf("TypeError", "payload: got %s, want a packet, text or bytes", val.Type())
		}
		copied := o.view().Clone()
		v.p.Truncate(v.index() + 1)
		v.p.Push(copied)
		return nil
	},
	"time":      func(v *packet, val starlark.Value) error { return setStamp(&v.p.Meta0().Time, val) },
	"sent_time": func(v *packet, val starlark.Value) error { return setStamp(&v.p.Meta0().Edit().SentTime, val) },
	// What is set after dissecting always counts: there is nothing to forget.
	"raw_packet_cache": func(*packet, starlark.Value) error { return nil },
	"comment":          (*packet).setComments,
	"comments":         (*packet).setComments,
	"wirelen":          (*packet).setWireLen,
	"sniffed_on": func(v *packet, val starlark.Value) error {
		v.p.Meta0().Edit().Iface = pyStr(val)
		return nil
	},
}

// when is the packet's time. Scapy gives a packet that was made by hand the time of its
// making: here that of its sending or, before that, of the first question.
func (v *packet) when() time.Time {
	m := v.p.Meta0()
	if sent := m.SentTime(); m.Time.IsZero() && !sent.IsZero() {
		return sent
	}
	if m.Time.IsZero() {
		m.Time = time.Now()
	}
	return m.Time
}

func (v *packet) meta() *layers.Meta {
	if v.p.Meta == nil {
		return &layers.Meta{}
	}
	return v.p.Meta
}

func (v *packet) fieldDict(want func(l *layers.Layer, i int) bool) (starlark.Value, error) {
	d := new(starlark.Dict)
	li := v.index()
	l := v.p.Layers()[li]
	for i := range l.Proto().Fields {
		if l.Exists(i) && want(l, i) {
			if err := d.SetKey(starlark.String(l.Proto().Fields[i].Name), v.field(li, i)); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

// stamp is a time as seconds since 1970, as in Scapy; None for no time.
func stamp(t time.Time) starlark.Value {
	if t.IsZero() {
		return starlark.None
	}
	return starlark.Float(float64(t.Unix()) + float64(t.Nanosecond())/1e9)
}

func setStamp(dst *time.Time, v starlark.Value) error {
	if v == starlark.None {
		*dst = time.Time{}
		return nil
	}
	f, ok := starlark.AsFloat(v)
	if !ok {
		return pyrt.Errorf("TypeError", "got %s, want seconds since 1970", v.Type())
	}
	sec := int64(f)
	*dst = time.Unix(sec, int64((f-float64(sec))*1e9))
	return nil
}

func orNone(s string) starlark.Value {
	if s == "" {
		return starlark.None
	}
	return starlark.String(s)
}

// noPayload is what stands behind the last layer, as Scapy's NoPayload: it is
// false, builds to nothing, and has a name.
type noPayload struct{ frozenValue }

func (noPayload) String() string           { return "" }
func (noPayload) Type() string             { return "NoPayload" }
func (noPayload) Truth() starlark.Bool     { return false }
func (noPayload) Hash() (uint32, error)    { return 0, nil }
func (noPayload) PyBytes() ([]byte, error) { return nil, nil }
func (noPayload) PyLen() (int, error)      { return 0, nil }

// Attr is its name.
func (noPayload) Attr(name string) (starlark.Value, error) {
	if name == "name" || name == "_name" {
		return starlark.String("NoPayload"), nil
	}
	return nil, nil
}

// AttrNames is name.
func (noPayload) AttrNames() []string { return []string{"name"} }
