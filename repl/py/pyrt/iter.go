package pyrt

import (
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// Iter steps through a value. Next returns nil, nil at the end. Close must be
// called when the iteration ends early; it may be called at any time.
type Iter interface {
	Next() (starlark.Value, error)
	Close()
}

// Nexter is a value that is itself an iterator: next(v), and `for` continues
// where it stands. PyNext returns nil, nil when it is exhausted.
type Nexter interface {
	PyNext() (starlark.Value, error)
}

// Iterate begins an iteration over v as Python's `for` does: strings give
// their characters, bytes integers, dicts their keys. Lists may grow while they
// are iterated. A value that is not iterable is a TypeError.
func Iterate(v starlark.Value) (Iter, error) {
	switch v := v.(type) {
	case *starlark.List:
		return &listIter{l: v}, nil
	case starlark.Tuple:
		return &tupleIter{t: v}, nil
	case starlark.String:
		return &stringIter{s: string(v)}, nil
	case starlark.Bytes:
		return &bytesIter{s: string(v)}, nil
	case *starlark.Dict:
		return &keysIter{keys: v.Keys(), size: v.Len, n: v.Len(), what: "dictionary"}, nil
	case *starlark.Set:
		return &keysIter{keys: setElems(v), size: v.Len, n: v.Len(), what: "Set"}, nil
	case Iterator:
		return v.PyIter()
	case Nexter:
		return nextIter{v}, nil
	case starlark.Iterable:
		return &goIter{it: v.Iterate()}, nil
	}
	return nil, Errorf("TypeError", "'%s' object is not iterable", TypeName(v))
}

// Iterator gives a value an iteration of its own that can fail, where
// starlark.Iterable's cannot.
type Iterator interface{ PyIter() (Iter, error) }

// Elems collects all of v. At most max values are taken; 0 means any number.
func Elems(v starlark.Value, max int) ([]starlark.Value, error) {
	it, err := Iterate(v)
	if err != nil {
		return nil, err
	}
	defer it.Close()
	var list []starlark.Value
	for max == 0 || len(list) < max {
		x, err := it.Next()
		if err != nil {
			return nil, err
		}
		if x == nil {
			break
		}
		list = append(list, x)
	}
	return list, nil
}

type listIter struct {
	l *starlark.List
	i int
}

func (it *listIter) Next() (starlark.Value, error) {
	if it.i >= it.l.Len() {
		return nil, nil
	}
	it.i++
	return it.l.Index(it.i - 1), nil
}
func (it *listIter) Close() {}

type tupleIter struct {
	t starlark.Tuple
	i int
}

func (it *tupleIter) Next() (starlark.Value, error) {
	if it.i >= len(it.t) {
		return nil, nil
	}
	it.i++
	return it.t[it.i-1], nil
}
func (it *tupleIter) Close() {}

type stringIter struct {
	s string
}

func (it *stringIter) Next() (starlark.Value, error) {
	if it.s == "" {
		return nil, nil
	}
	_, n := utf8.DecodeRuneInString(it.s)
	c := it.s[:n]
	it.s = it.s[n:]
	return starlark.String(c), nil
}
func (it *stringIter) Close() {}

type bytesIter struct {
	s string
	i int
}

func (it *bytesIter) Next() (starlark.Value, error) {
	if it.i >= len(it.s) {
		return nil, nil
	}
	it.i++
	return starlark.MakeInt(int(it.s[it.i-1])), nil
}
func (it *bytesIter) Close() {}

// keysIter steps through the keys that a dict or set had at the start: values
// may be replaced meanwhile, but keys neither added nor removed.
type keysIter struct {
	keys []starlark.Value
	size func() int
	n, i int
	what string
}

func (it *keysIter) Next() (starlark.Value, error) {
	if it.size() != it.n {
		return nil, Errorf("RuntimeError", "%s changed size during iteration", it.what)
	}
	if it.i >= len(it.keys) {
		return nil, nil
	}
	it.i++
	return it.keys[it.i-1], nil
}
func (it *keysIter) Close() {}

func setElems(s *starlark.Set) []starlark.Value {
	list := make([]starlark.Value, 0, s.Len())
	for x := range s.Elements() {
		list = append(list, x)
	}
	return list
}

type nextIter struct{ n Nexter }

func (it nextIter) Next() (starlark.Value, error) { return it.n.PyNext() }
func (it nextIter) Close()                        {}

// goIter adapts a Starlark iterator, whose Done must be called once.
type goIter struct {
	it   starlark.Iterator
	done bool
}

func (it *goIter) Next() (starlark.Value, error) {
	if it.done {
		return nil, nil
	}
	var v starlark.Value
	if it.it.Next(&v) {
		return v, nil
	}
	it.Close()
	if e, ok := it.it.(interface{ Err() error }); ok {
		return nil, e.Err()
	}
	return nil, nil
}

func (it *goIter) Close() {
	if !it.done {
		it.done = true
		it.it.Done()
	}
}

// Lazy is an iterator value made of a Go function: what map, zip and the
// functions of itertools return.
type Lazy struct {
	name string
	next func() (starlark.Value, error)
	done bool
}

// NewLazy makes an iterator whose type is called name. next returns nil, nil at
// the end and is not called again after that or after an error.
func NewLazy(name string, next func() (starlark.Value, error)) *Lazy {
	return &Lazy{name: name, next: next}
}

func (l *Lazy) String() string        { return "<" + l.name + " object>" }
func (l *Lazy) Type() string          { return l.name }
func (l *Lazy) Freeze()               {}
func (l *Lazy) Truth() starlark.Bool  { return true }
func (l *Lazy) Hash() (uint32, error) { return 0, Errorf("TypeError", "unhashable type: '%s'", l.name) }

// PyNext implements Nexter.
func (l *Lazy) PyNext() (starlark.Value, error) {
	if l.done {
		return nil, nil
	}
	v, err := l.next()
	if v == nil || err != nil {
		l.done = true
	}
	return v, err
}

// Iterate implements starlark.Iterable for Go code that knows no PyNext. Its
// iterator has a method Err() error for the reason it stopped early.
func (l *Lazy) Iterate() starlark.Iterator { return &lazyIter{l: l} }

type lazyIter struct {
	l   *Lazy
	err error
}

func (it *lazyIter) Next(p *starlark.Value) bool {
	v, err := it.l.PyNext()
	if v == nil || err != nil {
		it.err = err
		return false
	}
	*p = v
	return true
}
func (it *lazyIter) Done()      {}
func (it *lazyIter) Err() error { return it.err }
