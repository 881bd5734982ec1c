package pymod

import (
	"encoding/hex"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

func binasciiModule() *Module {
	toHex := func(a *args) (starlark.Value, error) {
		if len(a.pos) == 0 {
			return nil, pyrt.Errorf("TypeError", "%s() wants bytes", a.name)
		}
		b, err := pymeth.BytesValue(a.pos[0])
		return starlark.Bytes(hex.EncodeToString(b)), err
	}
	fromHex := func(a *args) (starlark.Value, error) {
		if len(a.pos) == 0 {
			return nil, pyrt.Errorf("TypeError", "%s() wants hexadecimal digits", a.name)
		}
		b, err := hex.DecodeString(digits(a.pos[0]))
		if err != nil {
			return nil, pyrt.Errorf("binascii.Error", "Non-hexadecimal digit found")
		}
		return starlark.Bytes(b), nil
	}
	return newModule("binascii", starlark.StringDict{
		"hexlify": fn("hexlify", toHex), "b2a_hex": fn("b2a_hex", toHex),
		"unhexlify": fn("unhexlify", fromHex), "a2b_hex": fn("a2b_hex", fromHex),
		"crc32": fn("crc32", crc),
	})
}

func digits(v starlark.Value) string {
	if b, ok := v.(starlark.Bytes); ok {
		return string(b)
	}
	return pyfmt.Str(v)
}
