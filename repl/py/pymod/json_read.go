package pymod

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// jsonReader reads a document as CPython's Lib/json/decoder.py does.
type jsonReader struct {
	th   *starlark.Thread
	s    string
	i    int
	hook starlark.Value // called with each object; may be nil
}

func jsonLoads(th *starlark.Thread, v, hook starlark.Value) (starlark.Value, error) {
	var s string
	if str, ok := v.(starlark.String); ok {
		s = string(str)
	} else {
		b, err := pymeth.BytesValue(v)
		if err != nil {
			return nil, pyrt.Errorf("TypeError", "the JSON object must be str, bytes or bytearray, not %s", pyfmt.TypeName(v))
		}
		if s, err = pymeth.Decode(b, "utf-8", "strict"); err != nil {
			return nil, err
		}
	}
	if hook == starlark.None {
		hook = nil
	}
	r := &jsonReader{th: th, s: s, hook: hook}
	r.space()
	out, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if r.space(); r.i < len(s) {
		return nil, r.fail("Extra data", r.i)
	}
	return out, nil
}

// fail is a JSONDecodeError that tells line, column and character.
func (r *jsonReader) fail(msg string, at int) error {
	before := r.s[:min(at, len(r.s))]
	line := strings.Count(before, "\n") + 1
	col := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return pyrt.Errorf("json.JSONDecodeError", "%s: line %d column %d (char %d)", msg, line, col, utf8.RuneCountInString(before))
}

func (r *jsonReader) space() {
	for r.i < len(r.s) && strings.IndexByte(" \t\n\r", r.s[r.i]) >= 0 {
		r.i++
	}
}

func (r *jsonReader) peek() byte {
	if r.i < len(r.s) {
		return r.s[r.i]
	}
	return 0
}

func (r *jsonReader) value(depth int) (starlark.Value, error) {
	if depth > maxJSONDepth {
		return nil, pyrt.Errorf("RecursionError", "maximum recursion depth exceeded while decoding a JSON document")
	}
	switch r.peek() {
	case '"':
		s, err := r.text()
		return starlark.String(s), err
	case '[':
		return r.array(depth)
	case '{':
		return r.object(depth)
	}
	for word, v := range map[string]starlark.Value{"null": starlark.None, "true": starlark.True, "false": starlark.False} {
		if strings.HasPrefix(r.s[r.i:], word) {
			r.i += len(word)
			return v, nil
		}
	}
	for _, word := range []string{"NaN", "Infinity", "-Infinity"} {
		if strings.HasPrefix(r.s[r.i:], word) {
			r.i += len(word)
			f, err := strconv.ParseFloat(word, 64)
			return starlark.Float(f), err
		}
	}
	return r.number()
}

func (r *jsonReader) number() (starlark.Value, error) {
	start := r.i
	digits := func(i int) int {
		for i < len(r.s) && r.s[i] >= '0' && r.s[i] <= '9' {
			i++
		}
		return i
	}
	i := start
	if i < len(r.s) && r.s[i] == '-' {
		i++
	}
	end := digits(i)
	if end == i {
		return nil, r.fail("Expecting value", start)
	}
	if r.s[i] == '0' {
		end = i + 1
	}
	isFloat := false
	if end < len(r.s) && r.s[end] == '.' && digits(end+1) > end+1 {
		end, isFloat = digits(end+1), true
	}
	if end < len(r.s) && (r.s[end] == 'e' || r.s[end] == 'E') {
		e := end + 1
		if e < len(r.s) && (r.s[e] == '+' || r.s[e] == '-') {
			e++
		}
		if digits(e) > e {
			end, isFloat = digits(e), true
		}
	}
	r.i = end
	num := r.s[start:end]
	if isFloat {
		f, _ := strconv.ParseFloat(num, 64) // out of range is an infinity, as in CPython
		return starlark.Float(f), nil
	}
	if len(num) > 4300 {
		return nil, pyrt.Errorf("ValueError", "Exceeds the limit (4300 digits) for integer string conversion: value has %d digits", len(num))
	}
	n, _ := new(big.Int).SetString(num, 10)
	return starlark.MakeBigInt(n), nil
}

func (r *jsonReader) array(depth int) (starlark.Value, error) {
	r.i++
	var out []starlark.Value
	if r.space(); r.peek() == ']' {
		r.i++
		return list(nil), nil
	}
	for {
		r.space()
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		r.space()
		switch r.peek() {
		case ']':
			r.i++
			return list(out), nil
		case ',':
			r.i++
		default:
			return nil, r.fail("Expecting ',' delimiter", r.i)
		}
	}
}

func (r *jsonReader) object(depth int) (starlark.Value, error) {
	r.i++
	d := starlark.NewDict(8)
	for first := true; ; first = false {
		r.space()
		if first && r.peek() == '}' {
			break
		}
		if r.peek() != '"' {
			return nil, r.fail("Expecting property name enclosed in double quotes", r.i)
		}
		key, err := r.text()
		if err != nil {
			return nil, err
		}
		if r.space(); r.peek() != ':' {
			return nil, r.fail("Expecting ':' delimiter", r.i)
		}
		r.i++
		r.space()
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if err := d.SetKey(starlark.String(key), v); err != nil {
			return nil, err
		}
		r.space()
		if r.peek() == '}' {
			break
		}
		if r.peek() != ',' {
			return nil, r.fail("Expecting ',' delimiter", r.i)
		}
		r.i++
	}
	r.i++
	if r.hook != nil {
		return pymeth.Call(r.th, r.hook, d)
	}
	return d, nil
}

// text reads a string.
func (r *jsonReader) text() (string, error) {
	start := r.i
	var b strings.Builder
	for r.i++; ; {
		if r.i >= len(r.s) {
			return "", r.fail("Unterminated string starting at", start)
		}
		c := r.s[r.i]
		switch {
		case c == '"':
			r.i++
			return b.String(), nil
		case c < 0x20:
			return "", r.fail("Invalid control character at", r.i)
		case c != '\\':
			b.WriteByte(c)
			r.i++
			continue
		}
		if r.i++; r.i >= len(r.s) {
			return "", r.fail("Unterminated string starting at", start)
		}
		c = r.s[r.i]
		r.i++
		if k := strings.IndexByte(`"\/bfnrt`, c); k >= 0 {
			b.WriteByte("\"\\/\b\f\n\r\t"[k])
			continue
		}
		if c != 'u' {
			return "", r.fail("Invalid \\escape", r.i-2)
		}
		u, ok := r.hex4()
		if !ok {
			return "", r.fail("Invalid \\uXXXX escape", r.i-1)
		}
		if utf16.IsSurrogate(u) && strings.HasPrefix(r.s[r.i:], `\u`) {
			save := r.i
			r.i += 2
			if low, ok := r.hex4(); ok && utf16.DecodeRune(u, low) != utf8.RuneError {
				u = utf16.DecodeRune(u, low)
			} else {
				r.i = save
			}
		}
		if u >= 0xdc80 && u <= 0xdcff {
			b.WriteByte(byte(u)) // the language's form of a lone surrogate
		} else {
			b.WriteRune(u)
		}
	}
}

func (r *jsonReader) hex4() (rune, bool) {
	if r.i+4 > len(r.s) {
		return 0, false
	}
	n, err := strconv.ParseUint(r.s[r.i:r.i+4], 16, 32)
	if err != nil {
		return 0, false
	}
	r.i += 4
	return rune(n), true
}
