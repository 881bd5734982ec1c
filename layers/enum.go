package layers

import (
	"strconv"
	"strings"
	"sync"
)

// An Enum names the values of a field. Many fields share one; it is safe for
// concurrent use.
type Enum struct {
	names  map[uint64]string
	text   string // from which names is made at the first look-up
	read   sync.Once
	once   sync.Once
	values map[string]uint64 // made at the first look-up by name
	other  map[string]uint64 // names that are read and not written
}

// NewEnum makes an Enum of names by value.
func NewEnum(names map[uint64]string) *Enum { return &Enum{names: names} }

// textEnum makes an Enum of lines of a number and a name, which are read when
// they are first needed: large tables must not cost start-up time.
func textEnum(lines string) *Enum { return &Enum{text: lines} }

// alias adds names that are read and not written, and gives e back.
func (e *Enum) alias(names map[string]uint64) *Enum {
	e.other = names
	return e
}

func (e *Enum) table() map[uint64]string {
	if e.text != "" {
		e.read.Do(func() {
			e.names = make(map[uint64]string, strings.Count(e.text, "\n"))
			for line := range strings.Lines(e.text) {
				num, name, _ := strings.Cut(strings.TrimSpace(line), " ")
				if v, err := strconv.ParseUint(num, 0, 64); err == nil {
					e.names[v] = name
				}
			}
		})
	}
	return e.names
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
		e.values = m
	})
	if v, ok = e.values[name]; !ok {
		v, ok = e.other[name]
	}
	return
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
