package repl

import (
	"net/netip"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// toGo turns a value of the language into the Go value that layers takes.
func toGo(v starlark.Value) (any, error) {
	switch v := v.(type) {
	case nil, starlark.NoneType:
		return nil, nil
	case starlark.Bool:
		return bool(v), nil
	case starlark.Int:
		if n, ok := v.Uint64(); ok {
			return n, nil
		}
		if n, ok := v.Int64(); ok {
			return n, nil
		}
		return nil, pyrt.Errorf("OverflowError", "got %s, want at most 64 bits", v)
	case starlark.Float:
		return float64(v), nil
	case starlark.String:
		return string(v), nil
	case starlark.Bytes:
		return []byte(v), nil
	case *starlark.Dict:
		out := make(layers.Dict, 0, v.Len())
		for _, item := range v.Items() {
			pair, err := toGoEach(item)
			if err != nil {
				return nil, err
			}
			out = append(out, pair)
		}
		return out, nil
	case starlark.Tuple:
		out, err := toGoEach(v)
		return layers.Tuple(out), err
	case *packet:
		if err := v.sync(); err != nil {
			return nil, err
		}
		return v.view(), nil
	case *class: // IP(options=[IPOption_NOP]) means IPOption_NOP()
		return layers.NewPacket(layers.New(v.proto())), nil
	case goValuer:
		return v.goValue(), nil
	case starlark.Iterable: // lists, ranges, generators, sets
		out, err := toGoEach(v)
		return layers.List(out), err
	}
	return nil, pyrt.Errorf("TypeError", "a field cannot hold a %s", v.Type())
}

func toGoEach(v starlark.Iterable) ([]any, error) {
	out := []any{}
	it := v.Iterate()
	defer it.Done()
	var x starlark.Value
	for it.Next(&x) {
		g, err := toGo(x)
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	if e, ok := it.(interface{ Err() error }); ok && e.Err() != nil {
		return nil, e.Err()
	}
	return out, nil
}

// goValuer is a value of the shell that stands for one of layers' own types.
type goValuer interface{ goValue() any }

// fromGo turns a field's value into a value of the language.
func fromGo(v any) starlark.Value {
	switch v := v.(type) {
	case nil, unset:
		return starlark.None
	case bool:
		return starlark.Bool(v)
	case uint64:
		return starlark.MakeUint64(v)
	case int64:
		return starlark.MakeInt64(v)
	case int:
		return starlark.MakeInt(v)
	case float64:
		return starlark.Float(v)
	case string:
		return starlark.String(v)
	case []byte:
		return starlark.Bytes(v)
	case netip.Addr:
		return starlark.String(layers.AddrText(v))
	case layers.MAC:
		return starlark.String(v.String())
	case layers.Flags:
		return flags{v}
	case layers.Net:
		return network{v}
	case layers.Range:
		return starlark.Tuple{starlark.MakeUint64(v.Lo), starlark.MakeUint64(v.Hi)}
	case layers.Choice:
		return fromGoList(v)
	case layers.List:
		return fromGoList(v)
	case layers.Tuple:
		out := make(starlark.Tuple, len(v))
		for i, x := range v {
			out[i] = fromGo(x)
		}
		return out
	case layers.Dict:
		d := starlark.NewDict(len(v))
		for _, t := range v {
			_ = d.SetKey(fromGo(t[0]), fromGo(t[1])) // bytes always hash
		}
		return d
	case *layers.Packet:
		return wrap(v)
	case layers.Volatile:
		return volatile{v}
	case layers.RawVal:
		return rawVal{v}
	case starlark.Value:
		return v
	}
	panic("repl: no value for a field of this Go type") // a table's codec gave a type that value.go does not list
}

func fromGoList(list []any) *starlark.List {
	out := make([]starlark.Value, len(list))
	for i, x := range list {
		out[i] = fromGo(x)
	}
	return starlark.NewList(out)
}
