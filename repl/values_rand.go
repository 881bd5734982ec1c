package repl

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/layers"
	"pktsh/repl/py"
	"pktsh/repl/py/pyrt"
)

// volatile is a value drawn anew for each packet, such as RandShort().
type volatile struct{ v layers.Volatile }

func (v volatile) String() string        { return v.v.String() }
func (v volatile) Type() string          { return strings.Trim(v.v.String(), "<>") }
func (v volatile) Freeze()               {}
func (v volatile) Truth() starlark.Bool  { return true }
func (v volatile) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable type: %s", v.Type()) }
func (v volatile) goValue() any          { return v.v }

// Makes is isinstance(v, RandShort): a function's values have its name as their type.
// All that are drawn are VolatileValues, and those between two numbers are RandNums.
func (f function) Makes(v starlark.Value) bool {
	name := f.b.Name()
	if x, ok := v.(volatile); ok {
		_, _, number := layers.Bounds(x.v)
		return name == "VolatileValue" || name == "RandNum" && number || name == x.Type()
	}
	return pyrt.TypeName(v) == name
}

// Attr is _fix(), which draws, min and max of a number, and what a drawn value has.
func (v volatile) Attr(name string) (starlark.Value, error) {
	switch name {
	case "_fix":
		return function{b: &builtin{Sig: "_fix()", Doc: "Draw a value.", Run: func(*call) (starlark.Value, error) { return v.draw(), nil }}}, nil
	case "min", "max":
		if lo, hi, ok := layers.Bounds(v.v); ok {
			if name == "min" {
				hi = lo
			}
			return fromGo(hi), nil
		}
	}
	if strings.HasPrefix(name, "__") { // the value's own
		return nil, nil
	}
	return py.Attr(v.draw(), name)
}

// AttrNames is _fix: what else there is depends on what is drawn.
func (v volatile) AttrNames() []string { return []string{"_fix"} }

// draw is a value of the language drawn now.
func (v volatile) draw() starlark.Value { return fromGo(v.v.Draw()) }

// PyStr draws: str(RandIP()) is an address.
func (v volatile) PyStr() string { return pyStr(v.draw()) }

// PyInt draws: int(RandShort()) is a number.
func (v volatile) PyInt() (starlark.Int, error) {
	if n, ok := v.draw().(starlark.Int); ok {
		return n, nil
	}
	return starlark.Int{}, pyrt.Errorf("TypeError", "%s draws no number", v)
}

// PyBytes draws: bytes(RandBin()) is data.
func (v volatile) PyBytes() ([]byte, error) {
	switch d := v.v.Draw().(type) {
	case []byte:
		return d, nil
	case string:
		return []byte(d), nil
	}
	return nil, pyrt.Errorf("TypeError", "%s draws no bytes", v)
}

// EqualTo compares a drawn value.
func (v volatile) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	if _, ok := other.(volatile); ok {
		return other == starlark.Value(v), true, nil
	}
	equal, err = starlark.Equal(v.draw(), other)
	return equal, true, err
}

// Binary computes with a drawn value: RandShort() + 1.
func (v volatile) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if side == starlark.Right {
		return starlark.Binary(op, y, v.draw())
	}
	return starlark.Binary(op, v.draw(), y)
}

// randDrawn is VolatileValue(draw).
func randDrawn(c *call) (starlark.Value, error) {
	f, err := c.fn("draw")
	if err != nil || f == nil {
		return nil, c.wrong("draw", "a function that gives a value; RandShort(), RandIP() and others are there")
	}
	s := shell()
	s.in.AllowNested()
	return volatile{layers.RandOf(c.text1("name", "VolatileValue"), func() any {
		v, err := s.in.Nested(f)
		var g any
		if err == nil {
			g, err = toGo(v)
		}
		if x, ok := g.(layers.Volatile); ok {
			return x.Draw()
		}
		if err != nil { // a value is wanted where nothing can fail
			s.warnOnce("a VolatileValue drew nothing: %v", err)
		}
		return g
	})}, nil
}
