package layers

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// An Enum names the values of a field. Many fields share one; it is safe for
// concurrent use.
type Enum struct {
	List Named // where the names are no map

	base  *Enum // whose names are e's too, where List has no others. Optional.
	other Named // names that are read and not written. Optional.

	names  map[uint64]string
	text   string    // lines of a number and a name, read when they are first needed, where the names are neither
	read   sync.Once // makes names
	once   sync.Once
	values map[string]uint64 // made at the first look-up by name
}

// Named is numbers with their names.
type Named []struct {
	Number uint64
	Name   string
}

// NewEnum makes an Enum of names that are known when the program runs; those of
// a table are an [Enum.List], which costs nothing when the program starts.
func NewEnum(names map[uint64]string) *Enum { return &Enum{names: names} }

func (e *Enum) table() map[uint64]string {
	if e.text != "" || e.List != nil {
		e.read.Do(e.makeNames)
	}
	return e.names
}

func (e *Enum) makeNames() {
	e.names = make(map[uint64]string, len(e.List)+strings.Count(e.text, "\n"))
	if e.base != nil {
		maps.Copy(e.names, e.base.table())
	}
	for _, n := range e.List {
		e.names[n.Number] = n.Name
	}
	for line := range strings.Lines(e.text) {
		num, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		if v, err := strconv.ParseUint(num, 0, 64); err == nil {
			e.names[v] = name
		}
	}
}

// Name is the name of v, ok=false if it has none.
func (e *Enum) Name(v uint64) (name string, ok bool) {
	if e == nil {
		return "", false
	}
	name, ok = e.table()[v]
	return
}

// Value is the number that name stands for.
func (e *Enum) Value(name string) (v uint64, ok bool) {
	if e == nil {
		return 0, false
	}
	e.once.Do(func() {
		names := e.table()
		m := make(map[string]uint64, len(names))
		for v, n := range names {
			// Where two numbers share a name the smaller one answers.
			if old, dup := m[n]; !dup || v < old {
				m[n] = v
			}
		}
		for _, n := range e.other {
			if _, dup := m[n.Name]; !dup {
				m[n.Name] = n.Number
			}
		}
		e.values = m
	})
	v, ok = e.values[name]
	return
}

// Values are the numbers that have names, in order.
func (e *Enum) Values() []uint64 {
	if e == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(e.table()))
}

// Names are all names, for completion and "did you mean".
func (e *Enum) Names() []string {
	if e == nil {
		return nil
	}
	names := e.table()
	out := make([]string, 0, len(names))
	for _, n := range names {
		out = append(out, n)
	}
	return out
}
