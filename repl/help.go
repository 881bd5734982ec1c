package repl

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/internal/near"
	"pktsh/layers"
	"pktsh/repl/py"
	"pktsh/repl/py/pyrt"
)

// helpBuiltins tell what there is.
func helpBuiltins() []*builtin {
	const g = "Help"
	return []*builtin{
		{Sig: "help(topic=None)", Group: g, Doc: "What there is, or the page of one thing: help(sr1), help(TCP), help(\"sniff\").\n?sr1 at the prompt is the same.",
			Run: func(c *call) (starlark.Value, error) {
				s, err := shell().helpText(c.val("topic"))
				if err != nil {
					return nil, err
				}
				return nil, printText(c.th, s)
			}},
		{Sig: "lsc()", Group: g, Doc: "List all functions with one line each.",
			Run: func(c *call) (starlark.Value, error) {
				for _, b := range shell().table {
					if err := printLine(c.th, fmt.Sprintf("%-20s: %s", b.Name(), b.Short())); err != nil {
						return nil, err
					}
				}
				return nil, nil
			}},
	}
}

func (s *Shell) helpText(v starlark.Value) (string, error) {
	switch v := v.(type) {
	case starlark.NoneType:
		return s.overview(), nil
	case function:
		return page(v.b), nil
	case *class:
		return protoPage(v.proto()), nil
	case *packet:
		return protoPage(v.proto()), nil
	case starlark.String:
		return s.helpName(string(v), s.in.Global)
	case *py.Class:
		return programClassPage(v), nil
	case interface{ Doc() string }:
		if d := v.Doc(); d != "" {
			return d + "\n", nil
		}
	}
	return fmt.Sprintf("a %s; there is no page about it\n", v.Type()), nil
}

// programClassPage is the page of a class that a program, or the library, defines.
func programClassPage(c *py.Class) string {
	var b strings.Builder
	fmt.Fprintf(&b, "class %s\n", c.Name())
	if d := c.Doc(); d != "" {
		b.WriteString(d + "\n")
	}
	for _, name := range c.AttrNames() {
		v, err := c.Attr(name)
		if f, ok := v.(*py.Function); ok && err == nil && !strings.HasPrefix(name, "_") {
			first, _, _ := strings.Cut(f.Doc(), "\n")
			fmt.Fprintf(&b, "  %-32s %s\n", name+f.Signature(), first)
		}
	}
	return b.String()
}

// helpName is the page of what has this name; lookup finds variables, with the
// interpreter's lock or without as the caller stands.
func (s *Shell) helpName(name string, lookup func(string) (starlark.Value, bool)) (string, error) {
	if b := s.byName[name]; b != nil {
		return page(b), nil
	}
	if p := layers.Lookup(name); p != nil {
		return protoPage(p), nil
	}
	for _, t := range []map[string]*builtin{packetMethods, listMethods} {
		if b := t[name]; b != nil {
			return page(b), nil
		}
	}
	if v, ok := lookup(name); ok {
		if _, text := v.(starlark.String); !text {
			return s.helpText(v)
		}
	}
	e := pyrt.Errorf("NameError", "there is no page about %q", name)
	e.Msg += near.Hint(name, s.topics())
	e.Hint = "help() lists what there is"
	return "", e
}

func (s *Shell) topics() []string {
	var out []string
	for n := range s.byName {
		out = append(out, n)
	}
	for _, p := range layers.Protos() {
		out = append(out, p.Name)
	}
	slices.Sort(out)
	return out
}

// page is a function's help.
func page(b *builtin) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n", b.Sig)
	for line := range strings.Lines(b.Doc + "\n") {
		fmt.Fprintf(&out, "    %s", line)
	}
	return out.String()
}

// protoPage is a layer's help: what it is and its fields.
func protoPage(p *layers.Proto) string {
	out := p.Name + ": " + p.Doc + "\n" + layers.LsProto(p)
	return out
}

// overview is help() without a topic: the functions by group.
func (s *Shell) overview() string {
	var out strings.Builder
	out.WriteString(`pktsh: packets in Scapy's notation.

    p = IP(dst="10.0.0.2")/TCP(dport=80, flags=S)   make one
    p.show()                                        look at it
    r = sr1(p)                                      send it, get the answer
    ans, unans = sr(IP(dst="10.0.0.2")/TCP(dport=(1, 1024)), timeout=1)
    pkts = sniff(filter="tcp port 80", count=10)    watch

`)
	group := ""
	for _, b := range s.table {
		if b.Group != group {
			group = b.Group
			fmt.Fprintf(&out, "%s\n", group)
		}
		fmt.Fprintf(&out, "    %-18s %s\n", b.Name(), b.Short())
	}
	out.WriteString("\nls() lists the layers, ls(TCP) a layer's fields, help(NAME) or ?NAME tells more about one thing.\n")
	return out.String()
}
