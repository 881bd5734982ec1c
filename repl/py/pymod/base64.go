package pymod

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

func base64Module() *Module {
	enc := func(f func([]byte) string) function {
		return func(a *args) (starlark.Value, error) {
			v, err := a.bind("s!", "altchars")
			if err != nil {
				return nil, err
			}
			b, err := pymeth.BytesValue(v[0])
			if err != nil {
				return nil, err
			}
			s := f(b)
			if !isNone(v[1]) {
				if s, err = altChars(s, v[1], false); err != nil {
					return nil, err
				}
			}
			return starlark.Bytes(s), nil
		}
	}
	dec := func(f func(string) ([]byte, error)) function {
		return func(a *args) (starlark.Value, error) {
			v, err := a.bind("s!", "altchars", "validate", "casefold")
			if err != nil {
				return nil, err
			}
			s, err := asciiArg(v[0])
			if err != nil {
				return nil, err
			}
			if a.name == "b64decode" {
				if !isNone(v[1]) {
					if s, err = altChars(s, v[1], true); err != nil {
						return nil, err
					}
				}
				return toValue(decode64(s, v[2] != nil && bool(v[2].Truth())))
			}
			b, err := f(s)
			return starlark.Bytes(b), err
		}
	}
	std := base64.StdEncoding.EncodeToString
	d := funcs(map[string]function{
		"b64encode": enc(std), "standard_b64encode": enc(std), "urlsafe_b64encode": enc(base64.URLEncoding.EncodeToString),
		"b32encode": enc(base32.StdEncoding.EncodeToString),
		"b16encode": enc(func(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }),
		// 76 characters a line (RFC 2045 section 6.8).
		"encodebytes": enc(func(b []byte) string {
			var out strings.Builder
			for len(b) > 0 {
				n := min(57, len(b))
				out.WriteString(std(b[:n]) + "\n")
				b = b[n:]
			}
			return out.String()
		}),
		"b64decode": dec(nil), "standard_b64decode": dec(loose64), "decodebytes": dec(loose64),
		"urlsafe_b64decode": dec(func(s string) ([]byte, error) {
			return loose64(strings.NewReplacer("-", "+", "_", "/").Replace(s))
		}),
		"b32decode": dec(func(s string) ([]byte, error) {
			b, err := base32.StdEncoding.DecodeString(s)
			if err != nil {
				return nil, pyrt.Errorf("binascii.Error", "Incorrect padding or non-base32 digit found")
			}
			return b, nil
		}),
		"b16decode": dec(func(s string) ([]byte, error) {
			b, err := hex.DecodeString(s)
			if err != nil || strings.ToUpper(s) != s {
				return nil, pyrt.Errorf("binascii.Error", "Non-base16 digit found")
			}
			return b, nil
		}),
	})
	return newModule("base64", d)
}

// asciiArg is bytes, or a str of ASCII, that decoders take.
func asciiArg(v starlark.Value) (string, error) {
	s, ok := v.(starlark.String)
	if !ok {
		b, err := pymeth.BytesValue(v)
		if err != nil {
			return "", pyrt.Errorf("TypeError", "argument should be a bytes-like object or ASCII string, not %s", pyfmt.Repr(starlark.String(pyfmt.TypeName(v))))
		}
		return string(b), nil
	}
	for i := range len(s) {
		if s[i] >= 0x80 {
			return "", pyrt.Errorf("ValueError", "string argument should contain only ASCII characters")
		}
	}
	return string(s), nil
}

// altChars replaces "+/" by two other characters, or back.
func altChars(s string, alt starlark.Value, back bool) (string, error) {
	c, err := asciiArg(alt)
	if err == nil && len(c) != 2 {
		err = pyrt.Errorf("ValueError", "altchars: want 2 characters, got %s", pyfmt.Repr(alt))
	}
	if err != nil {
		return "", err
	}
	if back {
		return strings.NewReplacer(c[:1], "+", c[1:], "/").Replace(s), nil
	}
	return strings.NewReplacer("+", c[:1], "/", c[1:]).Replace(s), nil
}

func loose64(s string) ([]byte, error) {
	b, err := decode64(s, false)
	return []byte(b), err
}

// decode64 is binascii.a2b_base64: characters of no meaning are skipped unless
// strict, and so is what follows the padding.
func decode64(s string, strict bool) (starlark.Bytes, error) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var digits strings.Builder
	pad := 0
scan:
	for i := range len(s) {
		switch {
		case strings.IndexByte(alphabet, s[i]) >= 0:
			if pad > 0 && strict {
				return "", pyrt.Errorf("binascii.Error", "Only base64 data is allowed")
			}
			pad = 0
			digits.WriteByte(s[i])
		case s[i] == '=':
			pad++
		case strict:
			return "", pyrt.Errorf("binascii.Error", "Only base64 data is allowed")
		}
		if n := digits.Len() % 4; n >= 2 && n+pad == 4 && pad > 0 {
			if strict && i+1 < len(s) {
				return "", pyrt.Errorf("binascii.Error", "Excess data after padding")
			}
			break scan
		}
	}
	text := digits.String()
	switch n := len(text); {
	case n%4 == 1:
		return "", pyrt.Errorf("binascii.Error", "Invalid base64-encoded string: number of data characters (%d) cannot be 1 more than a multiple of 4", n)
	case n%4 != 0 && n%4+pad < 4:
		return "", pyrt.Errorf("binascii.Error", "Incorrect padding")
	}
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return "", pyrt.Errorf("binascii.Error", "%v", err)
	}
	return starlark.Bytes(b), nil
}
