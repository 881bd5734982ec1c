package layers

import "net/netip"

// Like is p's table under another name, for a program to change the defaults of
// and then [Define]. What p is bound to below, so is this; what dissects as p
// goes on to do so.
func Like(p *Proto, name string) *Proto {
	q := &Proto{Name: name, Table: variant(p, p.Use().TitleText(), p.Doc), parent: p}
	q.Dispatch = nil
	q.Read, q.Write, q.Dissect = p.Read, p.Write, p.Dissect
	q.WeakGuess, q.Silent = p.WeakGuess, p.Silent
	q.Summary, q.Answers, q.Key, q.pseudo = p.Summary, p.Answers, p.Key, p.pseudo
	if p.Sum != nil {
		sum := *p.Sum
		q.Sum = &sum
	}
	// A payload is bound to the protocol that it was bound to.
	q.Next = func(at At, payload []byte) *Proto {
		if p.Next != nil {
			if next := p.Next(at, payload); next != nil {
				return next
			}
		}
		return p.guess(at.Layer())
	}
	return q
}

// SetDefault makes v the default of a field of a table that is not in use yet.
// A field that was computed when it is unset no longer is.
func (p *Proto) SetDefault(name string, v any) error {
	i := p.Index(name)
	if i < 0 {
		return p.NoField(name)
	}
	p.ready.Store(false) // other defaults may have changed
	if err := p.prepare(); err != nil {
		return err
	}
	l := New(p)
	if err := l.Set(i, v); err != nil {
		return err
	}
	f := &p.Fields[i]
	f.Len, f.Auto, f.Derive, f.Clock = nil, nil, nil, false
	if p.Sum != nil && p.Sum.Field == i {
		p.Sum = nil
	}
	switch v := l.own(i).(type) {
	case uint64:
		f.Default = v
	case Flags:
		f.Default = v.Bits
	case MAC:
		f.Default = getBits(v[:], 0, 48)
	case float64:
		if f.Unit > 0 {
			f.Default = uint64(v * float64(f.Unit))
		} else {
			f.DefaultValue = v
		}
	case netip.Addr:
		if v.Is4() {
			b := v.As4()
			f.Default = getBits(b[:], 0, 32)
		} else {
			f.DefaultValue = v
		}
	default:
		f.DefaultValue = v
	}
	return nil
}

// BoundProto is what the bindings alone choose for the payload of the layer at
// at, nil if none does.
func BoundProto(at At) *Proto { return at.Proto().guess(at.Layer()) }
