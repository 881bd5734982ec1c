package pymeth

import (
	"encoding/hex"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

func bytesClass() *class {
	m := sharedText()
	m["isspace"] = every(false, isByteSpace)
	m["decode"] = bytesDecode
	m["hex"] = bytesHex
	m["translate"] = bytesTranslate
	return &class{
		name:    "bytes",
		is:      func(v starlark.Value) bool { _, ok := v.(starlark.Bytes); return ok },
		methods: m,
		statics: map[string]method{"fromhex": bytesFromhex, "maketrans": bytesMaketrans},
	}
}

func bytesDecode(c *call) (starlark.Value, error) {
	a, err := c.bind("encoding", "errors")
	if err != nil {
		return nil, err
	}
	enc, errs, err := codecNames(c.name, a)
	if err != nil {
		return nil, err
	}
	s, err := Decode([]byte(c.text().s), enc, errs)
	return starlark.String(s), err
}

func bytesHex(c *call) (starlark.Value, error) {
	a, err := c.bind("sep", "bytes_per_sep")
	if err != nil {
		return nil, err
	}
	s, err := HexSep([]byte(c.text().s), a[0], a[1])
	return starlark.String(s), err
}

// HexSep writes b in hexadecimal with sep after every group of per bytes,
// counted from the right, or from the left if per is negative. Either may be nil.
func HexSep(b []byte, sepArg, perArg starlark.Value) (string, error) {
	digits := hex.EncodeToString(b)
	if sepArg == nil {
		return digits, nil
	}
	var sep string
	switch v := sepArg.(type) {
	case starlark.String:
		sep = string(v)
	case starlark.Bytes:
		sep = string(v)
	default:
		if _, ok := v.(starlark.Sequence); !ok {
			return "", pyrt.Errorf("TypeError", "object of type '%s' has no len()", pyfmt.TypeName(v))
		}
		return "", pyrt.Errorf("TypeError", "sep must be str or bytes.")
	}
	if len([]rune(sep)) != 1 {
		return "", pyrt.Errorf("ValueError", "sep must be length 1.")
	}
	if !isASCII(sep) {
		return "", pyrt.Errorf("ValueError", "sep must be ASCII.")
	}
	per := 1
	if perArg != nil {
		var err error
		if per, err = Index(perArg); err != nil {
			return "", err
		}
	}
	size := max(per, -per)
	if size == 0 || len(b) <= size {
		return digits, nil
	}
	first := size
	if per > 0 && len(b)%size != 0 {
		first = len(b) % size
	}
	parts := []string{digits[:2*first]}
	for rest := digits[2*first:]; rest != ""; {
		n := min(2*size, len(rest))
		parts = append(parts, rest[:n])
		rest = rest[n:]
	}
	return strings.Join(parts, sep), nil
}

func bytesFromhex(c *call) (starlark.Value, error) {
	v, err := c.one()
	if err != nil {
		return nil, err
	}
	s, ok := v.(starlark.String)
	if !ok {
		return nil, pyrt.Errorf("TypeError", "fromhex() argument must be str, not %s", argType(v))
	}
	var out []byte
	r := decodeRunes(string(s))
	digit := func(i int) (byte, bool) {
		if i >= len(r) {
			return 0, false
		}
		switch c := r[i]; {
		case c >= '0' && c <= '9':
			return byte(c - '0'), true
		case c >= 'a' && c <= 'f':
			return byte(c-'a') + 10, true
		case c >= 'A' && c <= 'F':
			return byte(c-'A') + 10, true
		}
		return 0, false
	}
	for i := 0; i < len(r); {
		if isByteSpace(r[i]) {
			i++
			continue
		}
		for k := range 2 {
			if _, ok := digit(i + k); !ok {
				return nil, pyrt.Errorf("ValueError", "non-hexadecimal number found in fromhex() arg at position %d", i+k)
			}
		}
		hi, _ := digit(i)
		lo, _ := digit(i + 1)
		out = append(out, hi<<4|lo)
		i += 2
	}
	return starlark.Bytes(out), nil
}

func bytesTranslate(c *call) (starlark.Value, error) {
	a, err := c.bind("table!", "delete")
	if err != nil {
		return nil, err
	}
	var table, drop []byte
	if a[0] != starlark.None {
		if table, err = BytesValue(a[0]); err != nil {
			return nil, err
		}
		if len(table) != 256 {
			return nil, pyrt.Errorf("ValueError", "translation table must be 256 characters long")
		}
	}
	if a[1] != nil {
		if drop, err = BytesValue(a[1]); err != nil {
			return nil, err
		}
	}
	var out []byte
	for _, b := range []byte(c.text().s) {
		if strings.IndexByte(string(drop), b) >= 0 {
			continue
		}
		if table != nil {
			b = table[b]
		}
		out = append(out, b)
	}
	return starlark.Bytes(out), nil
}

func bytesMaketrans(c *call) (starlark.Value, error) {
	if err := c.between(2, 2); err != nil {
		return nil, err
	}
	from, err := BytesValue(c.args[0])
	if err != nil {
		return nil, err
	}
	to, err := BytesValue(c.args[1])
	if err != nil {
		return nil, err
	}
	if len(from) != len(to) {
		return nil, pyrt.Errorf("ValueError", "maketrans arguments must have same length")
	}
	var table [256]byte
	for i := range table {
		table[i] = byte(i)
	}
	for i, b := range from {
		table[b] = to[i]
	}
	return starlark.Bytes(table[:]), nil
}
