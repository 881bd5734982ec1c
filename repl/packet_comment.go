package repl

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
	"pktsh/sniff/pcapfile"
)

// comments are a packet's comments from a pcapng file, as bytes.
func (v *packet) comments() starlark.Value {
	var out []starlark.Value
	for _, c := range pcapfile.Comments(v.meta().Details().Options) {
		out = append(out, starlark.Bytes(c))
	}
	return starlark.NewList(out)
}

// comment is the first of them, None without one.
func (v *packet) comment() starlark.Value {
	if c := pcapfile.Comments(v.meta().Details().Options); len(c) > 0 {
		return starlark.Bytes(c[0])
	}
	return starlark.None
}

// setComments is p.comment = "…" and p.comments = ["…", "…"].
func (v *packet) setComments(val starlark.Value) error {
	var texts []string
	take := func(x starlark.Value) bool {
		b, err := bytesOf(x)
		texts = append(texts, string(b))
		return err == nil
	}
	ok := true
	switch x := val.(type) {
	case starlark.NoneType:
	case starlark.String, starlark.Bytes:
		ok = take(x)
	case starlark.Iterable:
		for e := range starlark.Elements(x) {
			ok = ok && take(e)
		}
	default:
		ok = false
	}
	if !ok {
		return pyrt.Errorf("TypeError", "comment: got %s, want text, bytes or a list of them", val.Type())
	}
	d := v.p.Meta0().Edit()
	d.Options = pcapfile.WithComments(d.Options, texts)
	return nil
}

// setWireLen is p.wirelen = 1500.
func (v *packet) setWireLen(val starlark.Value) error {
	n, ok := toInt(val)
	if val == starlark.None {
		n, ok = 0, true
	}
	if !ok || n < 0 {
		return pyrt.Errorf("TypeError", "wirelen: got %s, want a number of bytes", pyRepr(val))
	}
	v.p.Meta0().WireLen = n
	return nil
}
