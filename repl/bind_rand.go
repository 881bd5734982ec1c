package repl

import (
	"go.starlark.net/starlark"

	"pktsh/layers"
)

// randBuiltins make values that are drawn anew for each packet.
func randBuiltins() []*builtin {
	const g = "Random values"
	plain := func(name, doc string, f func() layers.Volatile) *builtin {
		return &builtin{Sig: name + "()", Group: g, Doc: doc, Run: func(*call) (starlark.Value, error) { return volatile{f()}, nil }}
	}
	between := func(name, doc string, f func(lo, hi int64) layers.Volatile) *builtin {
		return &builtin{Sig: name + "(min, max)", Group: g, Doc: doc, Run: func(c *call) (starlark.Value, error) {
			lo, err := c.int("min", 0)
			if err != nil {
				return nil, err
			}
			hi, err := c.int("max", 0)
			if err != nil {
				return nil, err
			}
			if hi < lo {
				return nil, c.wrong("max", "min or more")
			}
			return volatile{f(int64(lo), int64(hi))}, nil
		}}
	}
	template := func(name, def, doc string, f func(string) (layers.Volatile, error)) *builtin {
		return &builtin{Sig: name + "(template=\"" + def + "\")", Group: g, Doc: doc, Run: func(c *call) (starlark.Value, error) {
			t, err := c.str("template", def)
			if err != nil {
				return nil, err
			}
			v, err := f(t)
			if err != nil {
				return nil, withArg(err, "template")
			}
			return volatile{v}, nil
		}}
	}
	return []*builtin{
		plain("RandByte", "A number of 8 bits, drawn anew for each packet.", layers.RandByte),
		plain("RandShort", "A number of 16 bits: TCP(sport=RandShort()).", layers.RandShort),
		plain("RandInt", "A number of 32 bits.", layers.RandInt),
		plain("RandLong", "A number of 64 bits.", layers.RandLong),
		between("RandNum", "A number from min to max, both included.", layers.RandNum),
		plain("RandSingByte", "A number of 8 bits that is likely to find mistakes: 0, 1, 127, 255 and their neighbours.", layers.RandSingByte),
		plain("RandSingShort", "The same of 16 bits.", layers.RandSingShort),
		plain("RandSingInt", "The same of 32 bits.", layers.RandSingInt),
		plain("RandSingLong", "The same of 64 bits.", layers.RandSingLong),
		template("RandIP", "0.0.0.0/0", "An IPv4 address of the network.", layers.RandIP),
		template("RandIP6", "**", "An IPv6 address; * is any group, ** any groups.", layers.RandIP6),
		template("RandMAC", "*", "An Ethernet address: RandMAC(\"02:00:00:*\").", layers.RandMAC),
		{Sig: "RandString(size=None, chars=None)", Group: g, Doc: "Text of random letters and digits.", Run: func(c *call) (starlark.Value, error) {
			chars, err := c.str("chars", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
			if err != nil {
				return nil, err
			}
			size, err := c.size()
			return volatile{layers.RandString(size, chars)}, err
		}},
		{Sig: "RandBin(size=None)", Group: g, Doc: "Random bytes.", Run: func(c *call) (starlark.Value, error) {
			size, err := c.size()
			return volatile{layers.RandBin(size)}, err
		}},
		{Sig: "RandChoice(*values)", Group: g, Doc: "One of the values.", Run: func(c *call) (starlark.Value, error) {
			if len(c.rest) == 0 {
				return nil, c.errorf("", "RandChoice() wants at least one value")
			}
			vals, err := toGoEach(c.rest)
			if err != nil {
				return nil, err
			}
			return volatile{layers.RandChoice(vals...)}, nil
		}},
	}
}

// size is how long a drawn string is: a number, else drawn too.
func (c *call) size() (any, error) {
	if !c.has("size") {
		return layers.RandNumExpo(0.01, 0), nil // Scapy's default
	}
	if v, ok := c.val("size").(volatile); ok {
		return v.v, nil
	}
	n, err := c.int("size", 0)
	if err == nil && (n < 0 || n > 1<<20) {
		return nil, c.wrong("size", "0..1048576")
	}
	return n, err
}
