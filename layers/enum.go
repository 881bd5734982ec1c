package layers

import "sync"

// An Enum names the values of a field. Many fields share one; it is safe for
// concurrent use.
type Enum struct {
	names  map[uint64]string
	once   sync.Once
	values map[string]uint64 // made at the first look-up by name
}

// NewEnum makes an Enum of names by value.
func NewEnum(names map[uint64]string) *Enum { return &Enum{names: names} }

// Name is the name of v, ok=false if it has none.
func (e *Enum) Name(v uint64) (name string, ok bool) {
	if e == nil {
		return "", false
	}
	name, ok = e.names[v]
	return
}

// Value is the number that name stands for.
func (e *Enum) Value(name string) (v uint64, ok bool) {
	if e == nil {
		return 0, false
	}
	e.once.Do(func() {
		m := make(map[string]uint64, len(e.names))
		for v, n := range e.names {
			// Where two numbers share a name the smaller one answers.
			if old, dup := m[n]; !dup || v < old {
				m[n] = v
			}
		}
		e.values = m
	})
	v, ok = e.values[name]
	return
}

// Names are all names, for completion and "did you mean".
func (e *Enum) Names() []string {
	if e == nil {
		return nil
	}
	out := make([]string, 0, len(e.names))
	for _, n := range e.names {
		out = append(out, n)
	}
	return out
}
