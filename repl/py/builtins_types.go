package py

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// typeMakers are the built-in types as functions.
var typeMakers = map[string]builtinFn{
	"object":    nil,
	"type":      typeFn,
	"bool":      boolFn,
	"bytearray": bytearrayFn,
	"bytes":     bytesFn,
	"dict":      dictFn,
	"float":     floatFn,
	"frozenset": frozensetFn,
	"int":       intFn,
	"list":      listFn,
	"set":       setFn,
	"slice":     sliceFn,
	"str":       strFn,
	"tuple":     tupleFn,
	"range": func(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := want("range", args, kwargs, 1, 3); err != nil {
			return nil, err
		}
		return newRange(args)
	},
}

// typeFn is type(v), or type(name, bases, {}): an exception class, or what a class
// statement makes.
func typeFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 3 {
		name, ok := args[0].(starlark.String)
		bases, ok2 := args[1].(starlark.Tuple)
		if ok && ok2 && len(bases) == 1 {
			if base, ok := bases[0].(*ExcClass); ok {
				return &ExcClass{name: string(name), base: base}, nil
			}
			if maker := stateOf(th).in.opts.Predeclared[ClassMaker]; maker != nil {
				return starlark.Call(th, maker, args, kwargs)
			}
		}
		return nil, raise("TypeError", "type() can only make exception classes: type('MyError', (Exception,), {})")
	}
	if err := want("type", args, kwargs, 1, 1); err != nil {
		return nil, err
	}
	return typeOf(args[0]), nil
}

func boolFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("bool", args, kwargs, 0, 1); err != nil || len(args) == 0 {
		return starlark.False, err
	}
	t, err := truth(args[0])
	return starlark.Bool(t), err
}

func strFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	vals, err := bind("str", args, kwargs, "object", "encoding", "errors")
	if err != nil {
		return nil, err
	}
	if vals[0] == nil {
		return starlark.String(""), nil
	}
	if vals[1] == nil && vals[2] == nil {
		return starlark.String(pyfmt.Str(vals[0])), nil
	}
	b, err := pymeth.BytesValue(vals[0])
	if err != nil {
		return nil, raise("TypeError", "decoding to str: need a bytes-like object, %s found", typeName(vals[0]))
	}
	decode, err := getAttr(starlark.Bytes(b), "decode")
	if err != nil {
		return nil, err
	}
	var more starlark.Tuple
	for i, v := range vals[1:] {
		if v == nil {
			if i == 0 {
				v = starlark.String("utf-8")
			} else {
				v = starlark.String("strict")
			}
		}
		more = append(more, v)
	}
	return stateOf(th).call(decode, more, nil)
}

// makeBytes is what bytes and bytearray share.
func makeBytes(th *starlark.Thread, name string, args starlark.Tuple, kwargs []starlark.Tuple) ([]byte, error) {
	vals, err := bind(name, args, kwargs, "source", "encoding", "errors")
	if err != nil {
		return nil, err
	}
	switch v := vals[0].(type) {
	case nil:
		return nil, nil
	case starlark.String:
		if vals[1] == nil {
			return nil, &pyrt.Error{Class: "TypeError", Msg: "string argument without an encoding", Hint: name + "(s, \"utf-8\"), or s.encode()"}
		}
		encode, err := getAttr(v, "encode")
		if err != nil {
			return nil, err
		}
		more := starlark.Tuple{vals[1]}
		if vals[2] != nil {
			more = append(more, vals[2])
		}
		b, err := stateOf(th).call(encode, more, nil)
		if err != nil {
			return nil, err
		}
		return []byte(b.(starlark.Bytes)), nil
	case starlark.Int, starlark.Bool:
		n, _ := pymeth.Index(v)
		if n < 0 {
			return nil, raise("ValueError", "negative count")
		}
		if n > maxStrBytes {
			return nil, raise("MemoryError", "%s of %d bytes", name, n)
		}
		return make([]byte, n), nil
	}
	b, err := toBytes(vals[0])
	return append([]byte{}, b...), err
}

func bytesFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	b, err := makeBytes(th, "bytes", args, kwargs)
	return starlark.Bytes(b), err
}

func bytearrayFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	b, err := makeBytes(th, "bytearray", args, kwargs)
	return &ByteArray{b: b}, err
}

// elemsArg collects the optional iterable argument of list, tuple and sets.
func elemsArg(th *starlark.Thread, name string, args starlark.Tuple, kwargs []starlark.Tuple) ([]starlark.Value, error) {
	if err := want(name, args, kwargs, 0, 1); err != nil || len(args) == 0 {
		return nil, err
	}
	return stateOf(th).elems(args[0])
}

func listFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	list, err := elemsArg(th, "list", args, kwargs)
	if err != nil {
		return nil, err
	}
	if len(args) == 1 {
		if _, ok := args[0].(starlark.Tuple); ok {
			list = append([]starlark.Value{}, list...)
		}
	}
	return starlark.NewList(list), nil
}

func tupleFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	list, err := elemsArg(th, "tuple", args, kwargs)
	return starlark.Tuple(list), err
}

func setFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	list, err := elemsArg(th, "set", args, kwargs)
	if err != nil {
		return nil, err
	}
	s, err := newSet(list)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func frozensetFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	list, err := elemsArg(th, "frozenset", args, kwargs)
	if err != nil {
		return nil, err
	}
	s, err := newSet(list)
	return &FrozenSet{set: s}, err
}

func dictFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("dict", args, nil, 0, 1); err != nil {
		return nil, err
	}
	d := starlark.NewDict(len(kwargs))
	if len(args) == 1 {
		if _, ok := args[0].(starlark.IterableMapping); ok {
			if err := updateDict(d, args[0]); err != nil {
				return nil, err
			}
		} else {
			list, err := stateOf(th).elems(args[0])
			if err != nil {
				return nil, err
			}
			for i, e := range list {
				kv, err := pyrt.Elems(e, 3)
				if err != nil {
					return nil, raise("TypeError", "cannot convert dictionary update sequence element #%d to a sequence", i)
				}
				if len(kv) != 2 {
					return nil, raise("ValueError", "dictionary update sequence element #%d has length %d; 2 is required", i, len(kv))
				}
				if err := dictSet(d, kv[0], kv[1]); err != nil {
					return nil, err
				}
			}
		}
	}
	for _, kv := range kwargs {
		if err := d.SetKey(kv[0], kv[1]); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func sliceFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("slice", args, kwargs, 1, 3); err != nil {
		return nil, err
	}
	s := &Slice{starlark.None, starlark.None, starlark.None}
	switch len(args) {
	case 1:
		s.hi = args[0]
	case 3:
		s.step = args[2]
		fallthrough
	case 2:
		s.lo, s.hi = args[0], args[1]
	}
	return s, nil
}

func floatFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("float", args, kwargs, 0, 1); err != nil || len(args) == 0 {
		return starlark.Float(0), err
	}
	var text string
	switch v := args[0].(type) {
	case starlark.Float:
		return v, nil
	case starlark.String:
		text = string(v)
	case starlark.Bytes:
		text = string(v)
	case starlark.Int, starlark.Bool, pyrt.Inter:
		f, err := pymeth.FloatValue(v)
		return starlark.Float(f), err
	default:
		return nil, raise("TypeError", "float() argument must be a string or a real number, not '%s'", typeName(v))
	}
	s := strings.ToLower(strings.TrimFunc(text, unicode.IsSpace))
	f, err := strconv.ParseFloat(s, 64)
	if strings.Contains(s, "_") {
		f, err = strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
		if !validUnderscores(s) {
			err = strconv.ErrSyntax
		}
	}
	// Go also reads hexadecimal floats; a range error is an infinity in Python.
	if err != nil && !strings.Contains(err.Error(), "range") || strings.Contains(s, "x") || strings.Contains(s, "p") {
		return nil, raise("ValueError", "could not convert string to float: %s", pyfmt.Repr(args[0]))
	}
	return starlark.Float(f), nil
}

// validUnderscores tells whether every underscore of s is between two digits.
func validUnderscores(s string) bool {
	for i := range len(s) {
		if s[i] == '_' && (i == 0 || i == len(s)-1 || !isAlnum(s[i-1]) || !isAlnum(s[i+1])) {
			return false
		}
	}
	return true
}

func isAlnum(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func intFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	vals, err := bind("int", args, kwargs, "x", "base")
	if err != nil {
		return nil, err
	}
	if vals[0] == nil {
		return zero, nil
	}
	var text string
	switch v := vals[0].(type) {
	case starlark.String:
		text = string(v)
	case starlark.Bytes:
		text = string(v)
	case *ByteArray:
		text = string(v.b)
	default:
		if vals[1] != nil {
			return nil, raise("TypeError", "int() can't convert non-string with explicit base")
		}
		return toInt(v)
	}
	base := 10
	if vals[1] != nil {
		if base, err = pymeth.Index(vals[1]); err != nil {
			return nil, err
		}
		if base != 0 && (base < 2 || base > 36) {
			return nil, raise("ValueError", "int() base must be >= 2 and <= 36, or 0")
		}
	}
	n, ok, err := parseInt(text, base)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, raise("ValueError", "invalid literal for int() with base %d: %s", base, pyfmt.Repr(vals[0]))
	}
	return n, nil
}

func toInt(v starlark.Value) (starlark.Value, error) {
	if f, ok := v.(starlark.Float); ok {
		if math.IsNaN(float64(f)) {
			return nil, raise("ValueError", "cannot convert float NaN to integer")
		}
		if math.IsInf(float64(f), 0) {
			return nil, raise("OverflowError", "cannot convert float infinity to integer")
		}
		return starlark.NumberToInt(f)
	}
	n, err := pymeth.IntValue(v)
	if err != nil {
		return nil, raise("TypeError", "int() argument must be a string, a bytes-like object or a real number, not '%s'", typeName(v))
	}
	return n, nil
}

// parseInt reads s as int(s, base) does; ok is false if it is no number.
func parseInt(s string, base int) (n starlark.Int, ok bool, err error) {
	s = strings.ToLower(strings.TrimFunc(s, unicode.IsSpace))
	neg := strings.HasPrefix(s, "-")
	if neg || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	prefixes := map[string]int{"0x": 16, "0o": 8, "0b": 2}
	if len(s) > 2 {
		if b := prefixes[s[:2]]; b != 0 && (base == 0 || base == b) {
			s, base = strings.TrimPrefix(s[2:], "_"), b
		}
	}
	if base == 0 {
		if strings.TrimLeft(s, "0_") != "" && strings.HasPrefix(s, "0") {
			return n, false, nil
		}
		base = 10
	}
	if s == "" || !validUnderscores(s) {
		return n, false, nil
	}
	s = strings.ReplaceAll(s, "_", "")
	if len(s) > 4300 && base&(base-1) != 0 {
		return n, false, raise("ValueError", "Exceeds the limit (4300 digits) for integer string conversion: value has %d digits", len(s))
	}
	b, ok := new(big.Int).SetString(s, base)
	if !ok || s[0] == '-' || s[0] == '+' {
		return n, false, nil
	}
	if neg {
		b.Neg(b)
	}
	return starlark.MakeBigInt(b), true, nil
}
