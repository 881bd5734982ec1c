package pymod

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// maxJSONDepth bounds nesting in both directions; CPython's bound is its stack's.
const maxJSONDepth = 900

func jsonModule() *Module {
	return newModule("json", funcs(map[string]function{
		"dumps": func(a *args) (starlark.Value, error) {
			w, v, err := jsonArgs(a)
			if err != nil {
				return nil, err
			}
			err = w.value(v, 0)
			return starlark.String(w.b.String()), err
		},
		"dump": func(a *args) (starlark.Value, error) {
			if len(a.pos) < 2 {
				return nil, pyrt.Errorf("TypeError", "dump() wants an object and a file")
			}
			file := a.pos[1]
			w, v, err := jsonArgs(&args{th: a.th, name: a.name, pos: starlark.Tuple{a.pos[0]}, kwargs: a.kwargs})
			if err != nil {
				return nil, err
			}
			if err := w.value(v, 0); err != nil {
				return nil, err
			}
			_, err = callMethod(a.th, file, "write", starlark.String(w.b.String()))
			return starlark.None, err
		},
		"loads": func(a *args) (starlark.Value, error) {
			v, err := a.bind("s!", "*object_hook", "parse_float", "parse_int")
			if err != nil {
				return nil, err
			}
			return jsonLoads(a.th, v[0], v[1])
		},
		"load": func(a *args) (starlark.Value, error) {
			v, err := a.bind("fp!", "*object_hook")
			if err != nil {
				return nil, err
			}
			s, err := callMethod(a.th, v[0], "read")
			if err != nil {
				return nil, err
			}
			return jsonLoads(a.th, s, v[1])
		},
	}))
}

// callMethod calls a method of a value of the language.
func callMethod(th *starlark.Thread, recv starlark.Value, name string, pos ...starlark.Value) (starlark.Value, error) {
	if h, ok := recv.(starlark.HasAttrs); ok {
		m, err := h.Attr(name)
		if err != nil {
			return nil, err
		}
		if m != nil {
			return pymeth.Call(th, m, pos...)
		}
	}
	return nil, pyrt.Errorf("AttributeError", "'%s' object has no attribute '%s'", pyfmt.TypeName(recv), name)
}

// jsonWriter writes values as CPython's Lib/json/encoder.py does.
type jsonWriter struct {
	th        *starlark.Thread
	b         strings.Builder
	def       starlark.Value
	indent    string
	pretty    bool
	item, key string // separators
	sort      bool
	ascii     bool
	skip      bool
	noNaN     bool
}

func jsonArgs(a *args) (*jsonWriter, starlark.Value, error) {
	v, err := a.bind("obj!", "*skipkeys", "ensure_ascii", "check_circular", "allow_nan", "cls", "indent", "separators", "default", "sort_keys")
	if err != nil {
		return nil, nil, err
	}
	flag := func(v starlark.Value, def bool) bool {
		if v == nil {
			return def
		}
		return bool(v.Truth())
	}
	w := &jsonWriter{th: a.th, item: ", ", key: ": ", skip: flag(v[1], false), ascii: flag(v[2], true), noNaN: !flag(v[4], true), sort: flag(v[9], false)}
	if !isNone(v[5]) {
		return nil, nil, pyrt.Errorf("TypeError", "cls is not supported here: use default=")
	}
	if !isNone(v[8]) {
		w.def = v[8]
	}
	if !isNone(v[6]) {
		w.pretty, w.item = true, ","
		if s, ok := v[6].(starlark.String); ok {
			w.indent = string(s)
		} else {
			n, err := pymeth.Index(v[6])
			if err != nil {
				return nil, nil, err
			}
			w.indent = strings.Repeat(" ", min(max(n, 0), 1000))
		}
	}
	if !isNone(v[7]) {
		seps, err := pymeth.Collect(v[7])
		if err != nil {
			return nil, nil, err
		}
		if len(seps) != 2 {
			return nil, nil, pyrt.Errorf("ValueError", "separators: want (item, key), got %d values", len(seps))
		}
		w.item, w.key = pyfmt.Str(seps[0]), pyfmt.Str(seps[1])
	}
	return w, v[0], nil
}

func (w *jsonWriter) newline(depth int) {
	if w.pretty {
		w.b.WriteByte('\n')
		for range depth {
			w.b.WriteString(w.indent)
		}
	}
}

func (w *jsonWriter) value(v starlark.Value, depth int) error {
	if depth > maxJSONDepth {
		return pyrt.Errorf("ValueError", "Circular reference detected")
	}
	switch v := v.(type) {
	case starlark.NoneType:
		w.b.WriteString("null")
	case starlark.Bool:
		w.b.WriteString(strings.ToLower(pyfmt.Repr(v)))
	case starlark.String:
		w.quote(string(v))
	case starlark.Int:
		w.b.WriteString(v.String())
	case starlark.Float:
		return w.float(float64(v))
	case *starlark.List, starlark.Tuple, *named:
		return w.array(v, depth)
	case pymeth.DictLike:
		return w.object(v, depth)
	default:
		if w.def == nil {
			return pyrt.Errorf("TypeError", "Object of type %s is not JSON serializable", pyfmt.TypeName(v))
		}
		r, err := pymeth.Call(w.th, w.def, v)
		if err != nil {
			return err
		}
		return w.value(r, depth+1)
	}
	return nil
}

func (w *jsonWriter) float(f float64) error {
	s := pyfmt.FloatRepr(f)
	if f-f != 0 {
		if w.noNaN {
			return pyrt.Errorf("ValueError", "Out of range float values are not JSON compliant")
		}
		s = map[string]string{"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[s]
	}
	w.b.WriteString(s)
	return nil
}

func (w *jsonWriter) array(v starlark.Value, depth int) error {
	elems, err := pymeth.Collect(v)
	if err != nil {
		return err
	}
	w.b.WriteByte('[')
	for i, e := range elems {
		if i > 0 {
			w.b.WriteString(w.item)
		}
		w.newline(depth + 1)
		if err := w.value(e, depth+1); err != nil {
			return err
		}
	}
	if len(elems) > 0 {
		w.newline(depth)
	}
	w.b.WriteByte(']')
	return nil
}

func (w *jsonWriter) object(d pymeth.DictLike, depth int) error {
	items := d.Items()
	if w.sort {
		var err error
		slices.SortStableFunc(items, func(x, y starlark.Tuple) int {
			if a, ok := x[0].(starlark.String); ok {
				if b, ok := y[0].(starlark.String); ok {
					return cmp.Compare(a, b)
				}
			}
			less, e := pymeth.Less(x[0], y[0])
			more, e2 := pymeth.Less(y[0], x[0])
			err = cmp.Or(err, e, e2)
			switch {
			case less:
				return -1
			case more:
				return 1
			}
			return 0
		})
		if err != nil {
			return err
		}
	}
	w.b.WriteByte('{')
	n := 0
	for _, kv := range items {
		var key string
		switch k := kv[0].(type) {
		case starlark.String:
			key = string(k)
		case starlark.NoneType:
			key = "null"
		case starlark.Bool:
			key = strings.ToLower(pyfmt.Repr(k))
		case starlark.Int:
			key = k.String()
		case starlark.Float:
			f := &jsonWriter{noNaN: w.noNaN}
			if err := f.float(float64(k)); err != nil {
				return err
			}
			key = f.b.String()
		default:
			if w.skip {
				continue
			}
			return pyrt.Errorf("TypeError", "keys must be str, int, float, bool or None, not %s", pyfmt.TypeName(k))
		}
		if n > 0 {
			w.b.WriteString(w.item)
		}
		n++
		w.newline(depth + 1)
		w.quote(key)
		w.b.WriteString(w.key)
		if err := w.value(kv[1], depth+1); err != nil {
			return err
		}
	}
	if n > 0 {
		w.newline(depth)
	}
	w.b.WriteByte('}')
	return nil
}

func (w *jsonWriter) quote(s string) {
	const hex = "0123456789abcdef"
	u := func(c uint16) {
		w.b.WriteString(`\u`)
		for shift := 12; shift >= 0; shift -= 4 {
			w.b.WriteByte(hex[c>>shift&15])
		}
	}
	w.b.WriteByte('"')
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		short := strings.IndexRune("\"\\\n\r\t\f\b", r)
		switch {
		case r == utf8.RuneError && n == 1: // a byte that is no text: a lone surrogate
			u(0xdc00 + uint16(s[i]))
		case short >= 0:
			w.b.WriteByte('\\')
			w.b.WriteByte(`"\nrtfb`[short])
		case r < 0x20, w.ascii && r >= 0x7f && r <= math.MaxUint16:
			u(uint16(r))
		case w.ascii && r > math.MaxUint16:
			r -= 0x10000
			u(0xd800 + uint16(r>>10))
			u(0xdc00 + uint16(r&0x3ff))
		default:
			w.b.WriteString(s[i : i+n])
		}
		i += n
	}
	w.b.WriteByte('"')
}
