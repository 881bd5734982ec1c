package repl

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// scriptBuiltins are what Scapy's own programs use beside packets.
func scriptBuiltins() []*builtin {
	const g = addr6Group
	return []*builtin{
		{Sig: "incremental_label(label=\"tag%05i\", start=0)", Group: g, Doc: "label % start, label % (start+1), … without end.", Run: incrementalLabel},
		{Sig: "binrepr(val)", Group: g, Doc: "A number in binary digits: binrepr(5) is 101.", Run: func(c *call) (starlark.Value, error) {
			n, err := starlark.NumberToInt(c.val("val"))
			if err != nil {
				return nil, c.wrong("val", "a number")
			}
			return starlark.String(n.BigInt().Text(2)), nil
		}},
		{Sig: "lhex(x)", Group: g, Doc: "Numbers in hexadecimal, in lists and tuples too: lhex([1, 10]) is [0x1, 0xa].", Run: func(c *call) (starlark.Value, error) {
			return starlark.String(longHex(c.val("x"))), nil
		}},
		{Sig: "pretty_list(rtlst, header, sortBy=0)", Group: g, Doc: "Rows of text as a table with headings.", Run: prettyList},
		{Sig: "in4_pseudoheader(proto, u, plen)", Group: g, Doc: "The bytes that a transport checksum covers of an IPv4 header (RFC 9293 §3.1).", Run: pseudoHeader},
		{Sig: "dnsrepr2names(x)", Group: g, Doc: "The names that stand one behind the other as DNS writes them.", Run: dnsNames},
		{Sig: "list_contrib(name=None, ret=False)", Group: "Help", Doc: "Accepted for Scapy's scripts: there are no modules to load. ls() lists the layers.", Run: func(c *call) (starlark.Value, error) {
			if c.bool("ret", false) {
				return starlark.NewList(nil), nil
			}
			return nil, printLine(c.th, "All layers are there from the start: ls() lists them.")
		}},
		{Sig: "warning(*args)", Group: g, Doc: "Print a warning on standard error: warning(\"%s is down\", host).", Run: warnText},
		{Sig: "VolatileValue(draw, name=\"VolatileValue\")", Group: randGroup, Doc: "A value that the function draws anew for each packet; the class of all that are: isinstance(x, VolatileValue).", Run: randDrawn},
	}
}

func incrementalLabel(c *call) (starlark.Value, error) {
	label, err := c.str("label", "tag%05i")
	if err != nil {
		return nil, err
	}
	n, err := c.int("start", 0)
	if err != nil {
		return nil, err
	}
	return pyrt.NewLazy("generator", func() (starlark.Value, error) {
		s, err := pyfmt.Percent(c.th, label, starlark.MakeInt(n))
		n++
		return starlark.String(s), err
	}), nil
}

func longHex(v starlark.Value) string {
	switch v := v.(type) {
	case starlark.Int:
		return "0x" + v.BigInt().Text(16)
	case starlark.Tuple:
		return "(" + strings.Join(mapped(v, longHex), ", ") + ")"
	case *starlark.List:
		return "[" + strings.Join(mapped(elements(v), longHex), ", ") + "]"
	}
	return pyStr(v)
}

func mapped(list []starlark.Value, f func(starlark.Value) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

// prettyList lays rows out in columns two spaces apart, sorted by one of them.
func prettyList(c *call) (starlark.Value, error) {
	rows, err := textRows(c, "rtlst")
	if err != nil {
		return nil, err
	}
	header, err := textRows(c, "header")
	if err != nil {
		return nil, err
	}
	by, err := c.int("sortBy", 0)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b []string) int {
		if by < 0 || by >= len(a) || by >= len(b) {
			return 0
		}
		return strings.Compare(a[by], b[by])
	})
	all := append(header, rows...)
	width := columnWidths(all)
	lines := make([]string, len(all))
	for k, r := range all {
		for i, cell := range r {
			lines[k] += fmt.Sprintf("%-*s", width[i], cell)
			if i < len(r)-1 {
				lines[k] += "  "
			}
		}
	}
	return starlark.String(strings.Join(lines, "\n")), nil
}

// textRows is an argument that is a list of rows, as text.
func textRows(c *call, arg string) ([][]string, error) {
	rows, err := members(c.val(arg))
	if err != nil {
		return nil, c.wrong(arg, "a list of rows")
	}
	var out [][]string
	for _, v := range rows {
		row, err := members(v)
		if err != nil {
			return nil, c.wrong(arg, "a list of rows")
		}
		out = append(out, mapped(row, pyStr))
	}
	return out, nil
}

func pseudoHeader(c *call) (starlark.Value, error) {
	proto, err := c.int("proto", 0)
	if err != nil {
		return nil, err
	}
	n, err := c.int("plen", 0)
	if err != nil {
		return nil, err
	}
	b, err := pseudoAddrs(c, "u", layers.IP)
	if err != nil {
		return nil, err
	}
	b = append(b, 0, byte(proto), byte(n>>8), byte(n))
	return starlark.Bytes(b), nil
}

func dnsNames(c *call) (starlark.Value, error) {
	b, err := c.bytes("x")
	if err != nil {
		return nil, err
	}
	var out []starlark.Value
	for len(b) > 0 {
		var labels []string
		for len(b) > 0 && b[0] != 0 {
			n := int(b[0])
			if n > 63 || n >= len(b) {
				return nil, c.wrong("x", "names without compression, each with its end")
			}
			labels, b = append(labels, string(b[1:1+n])), b[1+n:]
		}
		b = b[min(1, len(b)):]
		if len(labels) > 0 {
			out = append(out, starlark.Bytes(strings.Join(labels, ".")))
		}
	}
	return starlark.NewList(out), nil
}

func warnText(c *call) (starlark.Value, error) {
	if len(c.rest) == 0 {
		return nil, pyrt.Errorf("TypeError", "warning() takes a text, and values for its %%s")
	}
	text := pyStr(c.rest[0])
	if args := c.rest[1:]; len(args) > 0 {
		s, err := pyfmt.Percent(c.th, text, args)
		if err != nil {
			return nil, err
		}
		text = s
	}
	shell().warn("%s", text)
	return nil, nil
}

// members are the values of a list, tuple or other iterable.
func members(v starlark.Value) ([]starlark.Value, error) {
	it := starlark.Iterate(v)
	if it == nil {
		return nil, pyrt.Errorf("TypeError", "got %s, want a list", v.Type())
	}
	defer it.Done()
	var out []starlark.Value
	for x := starlark.Value(nil); it.Next(&x); {
		out = append(out, x)
	}
	return out, nil
}
