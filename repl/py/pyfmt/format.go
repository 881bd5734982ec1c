package pyfmt

import (
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// GetAttr is v.name for replacement fields such as "{0.ttl}". The evaluator sets
// it to its own attribute access; alone, the package knows HasAttrs only.
var GetAttr = func(th *starlark.Thread, v starlark.Value, name string) (starlark.Value, error) {
	if h, ok := v.(starlark.HasAttrs); ok {
		switch v.(type) {
		case starlark.String, starlark.Bytes, *starlark.List, *starlark.Dict, *starlark.Set: // Starlark's own methods are not Python's
		default:
			if a, err := h.Attr(name); a != nil || err != nil {
				return a, err
			}
		}
	}
	return nil, pyrt.Errorf("AttributeError", "'%s' object has no attribute '%s'", TypeName(v), name)
}

// GetItem is v[key] for replacement fields such as "{0[name]}"; the evaluator sets it.
var GetItem = func(th *starlark.Thread, v, key starlark.Value) (starlark.Value, error) {
	switch v := v.(type) {
	case starlark.Mapping:
		x, found, err := v.Get(key)
		if err == nil && !found {
			err = &pyrt.Error{Class: "KeyError", Msg: Repr(key), Args: starlark.Tuple{key}}
		}
		return x, err
	case starlark.Indexable:
		i, ok := key.(starlark.Int)
		if !ok {
			return nil, pyrt.Errorf("TypeError", "%s indices must be integers or slices, not %s", TypeName(v), TypeName(key))
		}
		n, ok := i.Int64()
		if n < 0 {
			n += int64(v.Len())
		}
		if !ok || n < 0 || n >= int64(v.Len()) {
			return nil, pyrt.Errorf("IndexError", "%s index out of range", TypeName(v))
		}
		return v.Index(int(n)), nil
	}
	return nil, pyrt.Errorf("TypeError", "'%s' object is not subscriptable", TypeName(v))
}

// Format is format.format(*args, **kwargs).
// See FormatMap for format_map.
func Format(th *starlark.Thread, format string, args starlark.Tuple, kwargs []starlark.Tuple) (string, error) {
	f := formatter{th: th, args: args, lookup: func(name string) (starlark.Value, error) {
		for _, kv := range kwargs {
			if k, ok := kv[0].(starlark.String); ok && string(k) == name {
				return kv[1], nil
			}
		}
		return nil, keyError(name)
	}}
	return f.run(format, 2)
}

// FormatMap is format.format_map(m).
func FormatMap(th *starlark.Thread, format string, m starlark.Value) (string, error) {
	f := formatter{th: th, mapOnly: true, lookup: func(name string) (starlark.Value, error) {
		return GetItem(th, m, starlark.String(name))
	}}
	return f.run(format, 2)
}

func keyError(name string) error {
	return &pyrt.Error{Class: "KeyError", Msg: QuoteStr(name), Args: starlark.Tuple{starlark.String(name)}}
}

// formatter is one call of str.format (Objects/stringlib/unicode_format.h).
type formatter struct {
	th      *starlark.Thread
	args    starlark.Tuple
	mapOnly bool
	lookup  func(name string) (starlark.Value, error)

	auto, manual bool // "{}" and "{0}" cannot be mixed
	nextAuto     int
}

// run expands the replacement fields of s. depth bounds fields within fields:
// a format spec may hold fields, theirs may not.
func (f *formatter) run(s string, depth int) (string, error) {
	if depth < 1 {
		return "", pyrt.Errorf("ValueError", "Max string recursion exceeded")
	}
	var b strings.Builder
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		c := s[i]
		s = s[i+1:]
		switch {
		case s != "" && s[0] == c: // "{{" and "}}"
			b.WriteByte(c)
			s = s[1:]
			continue
		case c == '}':
			return "", pyrt.Errorf("ValueError", "Single '}' encountered in format string")
		case s == "":
			return "", pyrt.Errorf("ValueError", "Single '{' encountered in format string")
		}
		field, rest, err := splitField(s)
		if err != nil {
			return "", err
		}
		text, err := f.field(field, depth)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		s = rest
	}
	return b.String(), nil
}

// replacement is a parsed "{name!conv:spec}".
type replacement struct {
	name   string
	conv   string // the code point after '!', "" without
	spec   string
	nested bool // spec holds fields
}

// splitField parses what follows '{' up to its '}' (parse_field).
func splitField(s string) (r replacement, rest string, err error) {
	i, inBracket := 0, false
scan:
	for ; i < len(s); i++ {
		switch s[i] {
		case '{':
			if !inBracket {
				return r, "", pyrt.Errorf("ValueError", "unexpected '{' in field name")
			}
		case '[':
			inBracket = true
		case ']':
			inBracket = false
		case '}', ':', '!':
			if !inBracket {
				break scan
			}
		}
	}
	if i == len(s) {
		return r, "", pyrt.Errorf("ValueError", "expected '}' before end of string")
	}
	r.name = s[:i]
	switch s[i] {
	case '}':
		return r, s[i+1:], nil
	case '!':
		i++
		if i >= len(s) {
			return r, "", pyrt.Errorf("ValueError", "end of string while looking for conversion specifier")
		}
		n := len(truncate(s[i:], 1))
		r.conv = s[i : i+n]
		i += n
		if i >= len(s) {
			return r, "", pyrt.Errorf("ValueError", "unmatched '{' in format spec")
		}
		if s[i] == '}' {
			return r, s[i+1:], nil
		}
		if s[i] != ':' {
			return r, "", pyrt.Errorf("ValueError", "expected ':' after conversion specifier")
		}
	}
	i++
	start, depth := i, 1
	for ; i < len(s); i++ {
		switch s[i] {
		case '{':
			r.nested = true
			depth++
		case '}':
			if depth--; depth == 0 {
				r.spec = s[start:i]
				return r, s[i+1:], nil
			}
		}
	}
	return r, "", pyrt.Errorf("ValueError", "unmatched '{' in format spec")
}

func (f *formatter) field(r replacement, depth int) (string, error) {
	v, err := f.value(r.name)
	if err != nil {
		return "", err
	}
	switch r.conv {
	case "":
	case "r":
		v = starlark.String(Repr(v))
	case "s":
		v = starlark.String(Str(v))
	case "a":
		v = starlark.String(ASCII(v))
	default:
		c := []rune(r.conv)[0]
		if c > 32 && c < 127 {
			return "", pyrt.Errorf("ValueError", "Unknown conversion specifier %c", c)
		}
		return "", pyrt.Errorf("ValueError", `Unknown conversion specifier \x%x`, c)
	}
	if r.nested {
		if r.spec, err = f.run(r.spec, depth-1); err != nil {
			return "", err
		}
	}
	return FormatValue(f.th, v, r.spec)
}

// value looks "0.attr[key]" up.
func (f *formatter) value(name string) (starlark.Value, error) {
	end := strings.IndexAny(name, ".[")
	if end < 0 {
		end = len(name)
	}
	v, err := f.first(name[:end])
	if err != nil {
		return nil, err
	}
	for rest := name[end:]; rest != ""; {
		var part string
		switch rest[0] {
		case '.':
			part, rest = cutAt(rest[1:], ".[")
			if part == "" {
				return nil, pyrt.Errorf("ValueError", "Empty attribute in format string")
			}
			v, err = GetAttr(f.th, v, part)
		case '[':
			inside, after, ok := strings.Cut(rest[1:], "]")
			if !ok {
				return nil, pyrt.Errorf("ValueError", "Missing ']' in format string")
			}
			if inside == "" {
				return nil, pyrt.Errorf("ValueError", "Empty attribute in format string")
			}
			rest = after
			var key starlark.Value = starlark.String(inside)
			if n, ok, err := fieldIndex(inside); err != nil {
				return nil, err
			} else if ok {
				key = starlark.MakeInt(n)
			}
			v, err = GetItem(f.th, v, key)
		default:
			return nil, pyrt.Errorf("ValueError", "Only '.' or '[' may follow ']' in format field specifier")
		}
		if err != nil {
			return nil, err
		}
	}
	return v, nil
}

func cutAt(s, stops string) (part, rest string) {
	if i := strings.IndexAny(s, stops); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// fieldIndex reads a name that is a number.
func fieldIndex(s string) (n int, ok bool, err error) {
	if s == "" {
		return 0, false, nil
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false, nil
		}
	}
	n, e := strconv.Atoi(s)
	if e != nil {
		return 0, false, pyrt.Errorf("ValueError", "Too many decimal digits in format string")
	}
	return n, true, nil
}

// first is the argument that a field's name begins with.
func (f *formatter) first(name string) (starlark.Value, error) {
	n, numeric, err := fieldIndex(name)
	if err != nil {
		return nil, err
	}
	if name != "" && !numeric {
		return f.lookup(name)
	}
	if name == "" {
		if f.manual {
			return nil, pyrt.Errorf("ValueError", "cannot switch from manual field specification to automatic field numbering")
		}
		f.auto = true
		n = f.nextAuto
		f.nextAuto++
	} else {
		if f.auto {
			return nil, pyrt.Errorf("ValueError", "cannot switch from automatic field numbering to manual field specification")
		}
		f.manual = true
	}
	if f.mapOnly {
		return nil, pyrt.Errorf("ValueError", "Format string contains positional fields")
	}
	if n >= len(f.args) {
		return nil, pyrt.Errorf("IndexError", "Replacement index %d out of range for positional args tuple", n)
	}
	return f.args[n], nil
}
