package py

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// setItem is x[k] = v.
func setItem(x, k, v starlark.Value) error {
	if s, ok := k.(*Slice); ok {
		return setSlice(x, s, v)
	}
	switch x := x.(type) {
	case *starlark.List:
		i, err := indexIn(k, x.Len(), "list assignment")
		if err != nil {
			return err
		}
		return x.SetIndex(i, v)
	case *starlark.Dict:
		return dictSet(x, k, v)
	case *ByteArray:
		i, err := indexIn(k, len(x.b), "bytearray")
		if err != nil {
			return err
		}
		c, err := byteValue(v)
		if err != nil {
			return err
		}
		x.b[i] = c
		return nil
	case starlark.HasSetKey:
		return x.SetKey(k, v)
	case starlark.HasSetIndex:
		i, err := indexIn(k, x.Len(), pyfmt.TypeName(x))
		if err != nil {
			return err
		}
		return x.SetIndex(i, v)
	}
	return raise("TypeError", "'%s' object does not support item assignment", pyfmt.TypeName(x))
}

// setSlice is x[lo:hi:step] = v.
func setSlice(x starlark.Value, s *Slice, v starlark.Value) error {
	if c, ok := x.(pyrt.SetSlicer); ok {
		return c.SetPySlice(s.lo, s.hi, s.step, v)
	}
	switch x := x.(type) {
	case *starlark.List:
		elems, err := pyrt.Elems(v, 0)
		if err != nil {
			return raise("TypeError", "can only assign an iterable")
		}
		old := listElems(x)
		lo, hi, step, n, err := s.bounds(len(old))
		if err != nil {
			return err
		}
		if step == 1 {
			list := append([]starlark.Value{}, old[:lo]...)
			list = append(list, elems...)
			return setList(x, append(list, old[max(lo, hi):]...))
		}
		if len(elems) != n {
			return raise("ValueError", "attempt to assign sequence of size %d to extended slice of size %d", len(elems), n)
		}
		for j, e := range elems {
			if err := x.SetIndex(lo+j*step, e); err != nil {
				return err
			}
		}
		return nil
	case *ByteArray:
		b, err := pymeth.BytesValue(v)
		if err != nil {
			return err
		}
		lo, hi, step, n, err := s.bounds(len(x.b))
		if err != nil {
			return err
		}
		if step == 1 {
			tail := append([]byte{}, x.b[max(lo, hi):]...)
			x.b = append(append(x.b[:lo:lo], b...), tail...)
			return nil
		}
		if len(b) != n {
			return raise("ValueError", "attempt to assign bytes of size %d to extended slice of size %d", len(b), n)
		}
		for j, c := range b {
			x.b[lo+j*step] = c
		}
		return nil
	}
	return raise("TypeError", "'%s' object does not support item assignment", pyfmt.TypeName(x))
}

func listElems(l *starlark.List) []starlark.Value {
	list := make([]starlark.Value, l.Len())
	for i := range list {
		list[i] = l.Index(i)
	}
	return list
}

// setList replaces the elements of l.
func setList(l *starlark.List, elems []starlark.Value) error {
	n := l.Len()
	for i := 0; i < min(n, len(elems)); i++ {
		if err := l.SetIndex(i, elems[i]); err != nil {
			return err
		}
	}
	if len(elems) < n {
		if err := l.Clear(); err != nil {
			return err
		}
		n = 0
	}
	for _, e := range elems[n:] {
		if err := l.Append(e); err != nil {
			return err
		}
	}
	return nil
}

// delItem is del x[k].
func delItem(x, k starlark.Value) error {
	switch x := x.(type) {
	case *starlark.Dict:
		for _, key := range []starlark.Value{k, boolTwin(k)} {
			if key == nil {
				continue
			}
			if _, ok, err := x.Delete(key); ok || err != nil {
				return err
			}
		}
		return keyError(k)
	case *starlark.List:
		list := listElems(x)
		s, ok := k.(*Slice)
		if !ok {
			i, err := indexIn(k, len(list), "list assignment")
			if err != nil {
				return err
			}
			return setList(x, append(list[:i], list[i+1:]...))
		}
		drop, err := s.indices(len(list))
		if err != nil {
			return err
		}
		kept := list[:0]
		for i, e := range list {
			if !drop[i] {
				kept = append(kept, e)
			}
		}
		return setList(x, kept)
	case *ByteArray:
		s, ok := k.(*Slice)
		if !ok {
			i, err := indexIn(k, len(x.b), "bytearray")
			if err != nil {
				return err
			}
			x.b = append(x.b[:i], x.b[i+1:]...)
			return nil
		}
		drop, err := s.indices(len(x.b))
		if err != nil {
			return err
		}
		kept := x.b[:0]
		for i, c := range x.b {
			if !drop[i] {
				kept = append(kept, c)
			}
		}
		x.b = kept
		return nil
	case pyrt.DelKeyer:
		return x.DelKey(k)
	}
	if _, slice := k.(*Slice); !slice && isSequence(x) {
		return raise("TypeError", "'%s' object doesn't support item deletion", pyfmt.TypeName(x))
	}
	return raise("TypeError", "'%s' object does not support item deletion", pyfmt.TypeName(x))
}

// indices is the set of positions that s selects among n.
func (s *Slice) indices(n int) (map[int]bool, error) {
	lo, _, step, count, err := s.bounds(n)
	if err != nil {
		return nil, err
	}
	m := make(map[int]bool, count)
	for i := lo; len(m) < count; i += step {
		m[i] = true
	}
	return m, nil
}
