package repl

import (
	"fmt"
	"iter"
	"net/netip"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// frozenValue is what all values of the shell share: they cannot be frozen and
// are no dictionary keys unless they say so.
type frozenValue struct{}

func (frozenValue) Freeze()              {}
func (frozenValue) Truth() starlark.Bool { return true }

// flags is the value of a flag field: it compares with letters and with
// numbers, and takes part in bit arithmetic.
type flags struct{ f layers.Flags }

var (
	_ starlark.HasBinary = flags{}
	_ starlark.HasUnary  = flags{}
	_ starlark.HasAttrs  = flags{}
	_ starlark.Iterable  = flags{}
	_ pyrt.Equaler       = flags{}
	_ pyrt.Inter         = flags{}
	_ pyrt.Formatter     = flags{}
)

func (f flags) String() string        { return fmt.Sprintf("<Flag %d (%s)>", f.f.Bits, f.f) }
func (f flags) PyStr() string         { return f.f.String() }
func (f flags) Type() string          { return "FlagValue" }
func (f flags) Freeze()               {}
func (f flags) Truth() starlark.Bool  { return f.f.Bits != 0 }
func (f flags) Hash() (uint32, error) { return starlark.MakeUint64(f.f.Bits).Hash() }
func (f flags) goValue() any          { return f.f }

// Iterate walks the names of the bits that are set, the lowest first.
func (f flags) Iterate() starlark.Iterator {
	var names []starlark.Value
	for i := range 64 {
		if f.f.Bits>>i&1 != 0 && f.f.Set != nil {
			if name := f.f.Set.Format(1 << i); name != "" {
				names = append(names, starlark.String(name))
			}
		}
	}
	return starlark.NewList(names).Iterate()
}

// PyInt makes int(p.flags) and %d work.
func (f flags) PyInt() (starlark.Int, error) { return starlark.MakeUint64(f.f.Bits), nil }

// PyFormat lets f"{p.flags:>5}" format the letters and f"{p.flags:#x}" the number.
func (f flags) PyFormat(spec string) (string, error) {
	if spec != "" && strings.ContainsAny(spec[len(spec)-1:], "bcdoxXn") {
		return formatValue(starlark.MakeUint64(f.f.Bits), spec)
	}
	return formatValue(starlark.String(f.f.String()), spec)
}

// EqualTo compares with flags, numbers and letters in any order.
func (f flags) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	n, ok := f.bitsOf(other)
	return ok && n == f.f.Bits, ok, nil
}

func (f flags) bitsOf(v starlark.Value) (uint64, bool) {
	switch v := v.(type) {
	case flags:
		return v.f.Bits, true
	case starlark.Int:
		return v.Uint64()
	case starlark.Bool:
		if v {
			return 1, true
		}
		return 0, true
	case starlark.String:
		if f.f.Set == nil {
			return 0, false
		}
		n, err := f.f.Set.Parse(string(v))
		return n, err == nil
	}
	return 0, false
}

// Binary is &, |, ^, in, shifts and arithmetic; the result of the bit operators
// is a flag value again, as in Scapy.
func (f flags) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	n, ok := f.bitsOf(y)
	if !ok {
		return nil, nil
	}
	a, b := f.f.Bits, n
	switch op {
	case syntax.AMP:
		return flags{layers.Flags{Bits: a & b, Set: f.f.Set}}, nil
	case syntax.PIPE:
		return flags{layers.Flags{Bits: a | b, Set: f.f.Set}}, nil
	case syntax.CIRCUMFLEX:
		return flags{layers.Flags{Bits: a ^ b, Set: f.f.Set}}, nil
	}
	if _, text := y.(starlark.String); text {
		return nil, nil
	}
	x, z := starlark.Value(starlark.MakeUint64(a)), starlark.Value(starlark.MakeUint64(b))
	if side == starlark.Right {
		x, z = z, x
	}
	return starlark.Binary(op, x, z)
}

// Has is "S" in p.flags.
func (f flags) Has(y starlark.Value) (bool, error) {
	n, ok := f.bitsOf(y)
	return ok && n != 0 && f.f.Bits&n == n, nil
}

// Unary makes ~p.flags a number, as in Scapy.
func (f flags) Unary(op syntax.Token) (starlark.Value, error) {
	return starlark.Unary(op, starlark.MakeUint64(f.f.Bits))
}

// Attr is p.flags.S (a bool), and value and names.
func (f flags) Attr(name string) (starlark.Value, error) {
	switch name {
	case "value":
		return starlark.MakeUint64(f.f.Bits), nil
	case "names":
		if f.f.Set != nil {
			if f.f.Set.Letters != "" {
				return starlark.String(f.f.Set.Letters), nil
			}
			return fromGoStrings(f.f.Set.Names), nil
		}
	}
	if n, ok := f.bitsOf(starlark.String(name)); ok && n != 0 {
		return starlark.Bool(f.f.Bits&n == n), nil
	}
	return nil, nil
}

// AttrNames are the flags' names.
func (f flags) AttrNames() []string {
	out := []string{"value", "names"}
	if f.f.Set != nil {
		out = append(out, strings.Split(f.f.Set.Letters, "")...)
		out = append(out, f.f.Set.Names...)
	}
	return out
}

func fromGoStrings(list []string) *starlark.List {
	out := make([]starlark.Value, len(list))
	for i, s := range list {
		out[i] = starlark.String(s)
	}
	return starlark.NewList(out)
}

// network is Net("10.0.0.0/24"): every address of it in turn.
type network struct{ n layers.Net }

func (n network) String() string        { return n.n.String() }
func (n network) PyStr() string         { return n.n.Prefix.String() }
func (n network) Type() string          { return "Net" }
func (n network) Freeze()               {}
func (n network) Truth() starlark.Bool  { return true }
func (n network) Hash() (uint32, error) { return starlark.String(n.String()).Hash() }
func (n network) goValue() any          { return n.n }

// EqualTo compares networks with networks.
func (n network) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	o, ok := other.(network)
	return ok && o.n == n.n, ok, nil
}

// Attr is choice(), an address of the network at random.
func (n network) Attr(name string) (starlark.Value, error) { return choiceOf(name, n.n) }

// AttrNames is choice.
func (n network) AttrNames() []string { return []string{"choice"} }

// choiceOf is the method choice() of a set of addresses.
func choiceOf(name string, set any) (starlark.Value, error) {
	if name != "choice" {
		return nil, nil
	}
	return function{b: &builtin{Sig: "choice()", Doc: "One of the addresses, at random.", Run: func(*call) (starlark.Value, error) { return fromGo(layers.Pick(set)), nil }}}, nil
}

// PyLen is the number of addresses.
func (n network) PyLen() (int, error) {
	c := layers.Count(n.n)
	if !c.IsInt64() {
		return 0, pyrt.Errorf("OverflowError", "%s has %s addresses, too many for len()", n, c)
	}
	return int(c.Int64()), nil
}

// Has is "10.0.0.1" in net.
func (n network) Has(y starlark.Value) (bool, error) {
	s, ok := y.(starlark.String)
	if !ok {
		return false, nil
	}
	inner, err := layers.ParseNet(string(s))
	if err != nil {
		inner, err = layers.ParseNet(fmt.Sprintf("%s/%d", string(s), n.n.Prefix.Addr().BitLen()))
	}
	return err == nil && n.n.Prefix.Contains(inner.Prefix.Addr()) && inner.Prefix.Bits() >= n.n.Prefix.Bits(), nil
}

// Iterate walks the addresses as strings.
func (n network) Iterate() starlark.Iterator { return newSeqIter(layers.Members(n.n)) }

// netRange is Net("10.0.0.1", "10.0.0.9"): every address from one to another.
type netRange struct {
	set    layers.Choice
	lo, hi netip.Addr
}

func (n netRange) String() string        { return fmt.Sprintf("Net(%q, %q)", n.lo, n.hi) }
func (n netRange) Type() string          { return "Net" }
func (n netRange) Freeze()               {}
func (n netRange) Truth() starlark.Bool  { return true }
func (n netRange) Hash() (uint32, error) { return starlark.String(n.String()).Hash() }
func (n netRange) goValue() any          { return n.set }

// Attr is choice(), an address of the range at random.
func (n netRange) Attr(name string) (starlark.Value, error) { return choiceOf(name, n.set) }

// AttrNames is choice.
func (n netRange) AttrNames() []string { return []string{"choice"} }

// PyLen is the number of addresses.
func (n netRange) PyLen() (int, error) {
	c := layers.Count(n.set)
	if !c.IsInt64() {
		return 0, pyrt.Errorf("OverflowError", "%s has %s addresses, too many for len()", n, c)
	}
	return int(c.Int64()), nil
}

// Has is "10.0.0.1" in net.
func (n netRange) Has(y starlark.Value) (bool, error) {
	s, ok := y.(starlark.String)
	if !ok {
		return false, nil
	}
	a, err := netip.ParseAddr(string(s))
	return err == nil && a.BitLen() == n.lo.BitLen() && !a.Less(n.lo) && !n.hi.Less(a), nil
}

// Iterate walks the addresses as strings.
func (n netRange) Iterate() starlark.Iterator { return newSeqIter(layers.Members(n.set)) }

// seqIter is a Go sequence of field values as an iterator of the language.
type seqIter struct {
	next func() (any, bool)
	stop func()
}

func newSeqIter(seq iter.Seq[any]) *seqIter {
	next, stop := iter.Pull(seq)
	return &seqIter{next, stop}
}

func (it *seqIter) Next(p *starlark.Value) bool {
	v, ok := it.next()
	if ok {
		*p = fromGo(v)
	}
	return ok
}

func (it *seqIter) Done() { it.stop() }

// rawVal is RawVal(b"…"): bytes in place of a field's encoding.
type rawVal struct{ b layers.RawVal }

func (r rawVal) String() string        { return "<RawVal [" + pyRepr(starlark.Bytes(r.b)) + "]>" }
func (r rawVal) Type() string          { return "RawVal" }
func (r rawVal) Freeze()               {}
func (r rawVal) Truth() starlark.Bool  { return len(r.b) > 0 }
func (r rawVal) Hash() (uint32, error) { return starlark.Bytes(r.b).Hash() }
func (r rawVal) goValue() any          { return r.b }
