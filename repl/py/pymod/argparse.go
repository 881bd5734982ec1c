package pymod

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// option is one argument of a parser: a positional, or an option with its flags.
type option struct {
	flags    []string // empty for a positional
	dest     string
	action   string
	nargs    string // "" one value, "?", "*", "+", or a number
	count    int    // of values when nargs is a number
	konst    starlark.Value
	def      starlark.Value
	typ      starlark.Value
	choices  []starlark.Value
	required bool
	help     string
	metavar  string
}

// parser is an ArgumentParser, with argparse's usual actions: store,
// store_const, store_true, store_false, append, count, help, version.
type parser struct {
	noHash
	prog, usage, description, epilog string
	options                          []*option
	version                          string
	exclusive                        []*exclusion
}

// exclusion is a group of options of which at most one, or exactly one, may be
// given.
type exclusion struct {
	options  []*option
	required bool
}

// namespace is what parse_args gives.
type namespace struct {
	noHash
	attrs *starlark.Dict
}

var (
	_ starlark.HasSetField = (*namespace)(nil)
	_ pyrt.Equaler         = (*namespace)(nil)
)

var namespaceClass = &class{name: "argparse.Namespace", is: func(v starlark.Value) bool { _, ok := v.(*namespace); return ok },
	make: func(a *args) (starlark.Value, error) {
		n := newNamespace()
		for _, kv := range a.kwargs {
			if err := n.attrs.SetKey(kv[0], kv[1]); err != nil {
				return nil, err
			}
		}
		return n, nil
	}}

func newNamespace() *namespace { return &namespace{noHash{"Namespace"}, starlark.NewDict(8)} }

// String is Namespace(host='x', port=80).
func (n *namespace) String() string {
	var parts []string
	for _, kv := range n.attrs.Items() {
		parts = append(parts, pyfmt.Str(kv[0])+"="+pyfmt.Repr(kv[1]))
	}
	return "Namespace(" + strings.Join(parts, ", ") + ")"
}

// Attr is an argument by its name.
func (n *namespace) Attr(name string) (starlark.Value, error) {
	if name == "__dict__" {
		return n.attrs, nil
	}
	v, _, err := n.attrs.Get(starlark.String(name))
	return v, err
}

// AttrNames lists the arguments in their order.
func (n *namespace) AttrNames() []string {
	var names []string
	for _, k := range n.attrs.Keys() {
		names = append(names, pyfmt.Str(k))
	}
	return names
}

// SetField sets an argument.
func (n *namespace) SetField(name string, v starlark.Value) error {
	return n.attrs.SetKey(starlark.String(name), v)
}

// EqualTo compares with a Namespace.
func (n *namespace) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	o, ok := other.(*namespace)
	if !ok {
		return false, true, nil
	}
	equal, err = pymeth.Equal(n.attrs, o.attrs)
	return equal, true, err
}

func argparseModule() *Module {
	return newModule("argparse", starlark.StringDict{
		"ArgumentParser": &class{name: "argparse.ArgumentParser", make: newParser, is: func(v starlark.Value) bool { _, ok := v.(*parser); return ok }},
		"Namespace":      namespaceClass,
		"SUPPRESS":       starlark.String("==SUPPRESS=="), "REMAINDER": starlark.String("..."),
		"OPTIONAL": starlark.String("?"), "ZERO_OR_MORE": starlark.String("*"), "ONE_OR_MORE": starlark.String("+"),
		"RawDescriptionHelpFormatter":   starlark.String("RawDescriptionHelpFormatter"),
		"ArgumentDefaultsHelpFormatter": starlark.String("ArgumentDefaultsHelpFormatter"),
	})
}

func newParser(a *args) (starlark.Value, error) {
	v, err := a.bind("prog", "usage", "description", "epilog", "parents", "formatter_class", "prefix_chars", "fromfile_prefix_chars",
		"argument_default", "conflict_handler", "add_help", "allow_abbrev", "exit_on_error")
	if err != nil {
		return nil, err
	}
	p := &parser{noHash: noHash{"ArgumentParser"}}
	for i, s := range []*string{&p.prog, &p.usage, &p.description, &p.epilog} {
		if !isNone(v[i]) {
			*s = pyfmt.Str(v[i])
		}
	}
	for i, name := range map[int]string{4: "parents", 6: "prefix_chars", 7: "fromfile_prefix_chars", 8: "argument_default"} {
		if !isNone(v[i]) {
			return nil, pyrt.Errorf("TypeError", "ArgumentParser: %s is not supported here", name)
		}
	}
	if v[10] == nil || bool(v[10].Truth()) {
		p.options = append(p.options, &option{flags: []string{"-h", "--help"}, dest: "help", action: "help", help: "show this help message and exit"})
	}
	return p, nil
}

// name is the program's name in messages.
func (p *parser) name() string {
	if p.prog != "" {
		return p.prog
	}
	if argv.Len() > 0 {
		return filepath.Base(pyfmt.Str(argv.Index(0)))
	}
	return "pktsh"
}

func (p *parser) String() string { return "ArgumentParser(prog=" + pyQuote(p.name()) + ")" }

// Attr is a method, or prog or description.
func (p *parser) Attr(name string) (starlark.Value, error) {
	switch name {
	case "prog":
		return starlark.String(p.name()), nil
	case "description":
		return starlark.String(p.description), nil
	}
	return parserMethods.bind(p, name), nil
}

// AttrNames lists the attributes, sorted.
func (p *parser) AttrNames() []string {
	return slices.Sorted(slices.Values(append(sortedKeys(parserMethods), "description", "prog")))
}

var parserMethods methodTable[*parser]

func init() {
	parserMethods = methodTable[*parser]{
		"add_argument": func(p *parser, a *args) (starlark.Value, error) {
			_, err := p.add(a)
			return starlark.None, err
		},
		// A group only matters for the help text, where all stand together here.
		"add_argument_group": func(p *parser, a *args) (starlark.Value, error) { return p, nil },
		"add_mutually_exclusive_group": func(p *parser, a *args) (starlark.Value, error) {
			v, err := a.bind("*required")
			if err != nil {
				return nil, err
			}
			g := &exclusion{required: v[0] != nil && bool(v[0].Truth())}
			p.exclusive = append(p.exclusive, g)
			return exclusiveGroup(p, g), nil
		},
		"parse_args":       func(p *parser, a *args) (starlark.Value, error) { return p.parseArgs(a, false) },
		"parse_known_args": func(p *parser, a *args) (starlark.Value, error) { return p.parseArgs(a, true) },
		"set_defaults": func(p *parser, a *args) (starlark.Value, error) {
			for _, kv := range a.kwargs {
				dest := pyfmt.Str(kv[0])
				i := slices.IndexFunc(p.options, func(o *option) bool { return o.dest == dest })
				if i < 0 {
					p.options = append(p.options, &option{flags: []string{""}, dest: dest, action: "default", def: kv[1]})
				} else {
					p.options[i].def = kv[1]
				}
			}
			return starlark.None, nil
		},
		"error": func(p *parser, a *args) (starlark.Value, error) {
			v, err := a.bind("message!")
			if err != nil {
				return nil, err
			}
			return nil, p.fail(a.th, pyfmt.Str(v[0]))
		},
		"exit": func(p *parser, a *args) (starlark.Value, error) {
			v, err := a.bind("status", "message")
			if err != nil {
				return nil, err
			}
			if !isNone(v[1]) {
				if _, err := io.WriteString(pyrt.Stderr(a.th), pyfmt.Str(v[1])); err != nil {
					return nil, err
				}
			}
			return sysExit(&args{th: a.th, name: "exit", pos: starlark.Tuple{orZero(v[0])}})
		},
		"format_help":  func(p *parser, a *args) (starlark.Value, error) { return starlark.String(p.helpText()), a.none() },
		"format_usage": func(p *parser, a *args) (starlark.Value, error) { return starlark.String(p.usageText()), a.none() },
		"print_help":   func(p *parser, a *args) (starlark.Value, error) { return p.print(a, p.helpText()) },
		"print_usage":  func(p *parser, a *args) (starlark.Value, error) { return p.print(a, p.usageText()) },
	}
}

func orZero(v starlark.Value) starlark.Value {
	if v == nil {
		return integer(0)
	}
	return v
}

func (p *parser) print(a *args, s string) (starlark.Value, error) {
	v, err := a.bind("file")
	if err != nil {
		return nil, err
	}
	if !isNone(v[0]) {
		return callMethod(a.th, v[0], "write", starlark.String(s))
	}
	_, err = io.WriteString(pyrt.Stdout(a.th), s)
	return starlark.None, err
}

// exclusiveGroup is what add_mutually_exclusive_group gives.
func exclusiveGroup(p *parser, g *exclusion) starlark.Value {
	return newModule("_MutuallyExclusiveGroup", funcs(map[string]function{
		"add_argument": func(a *args) (starlark.Value, error) {
			o, err := p.add(a)
			if err == nil {
				g.options = append(g.options, o)
			}
			return starlark.None, err
		},
	}))
}

// fail prints the usage and the message on stderr and exits with 2.
func (p *parser) fail(th *starlark.Thread, msg string) error {
	if _, err := io.WriteString(pyrt.Stderr(th), p.usageText()+p.name()+": error: "+msg+"\n"); err != nil {
		return err
	}
	return &pyrt.Error{Class: "SystemExit", Msg: "2", Args: starlark.Tuple{integer(2)}}
}

// add reads the arguments of add_argument.
func (p *parser) add(a *args) (*option, error) {
	o := &option{action: "store"}
	for _, v := range a.pos {
		s, err := text(v)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(s, "-") {
			o.flags = append(o.flags, s)
			for _, other := range p.options {
				if slices.Contains(other.flags, s) {
					return nil, pyrt.Errorf("argparse.ArgumentError", "argument %s: conflicting option string: %s", strings.Join(o.flags, "/"), s)
				}
			}
		} else {
			o.dest = s
		}
	}
	v, err := pymeth.Bind(a.name, nil, a.kwargs, "*action", "nargs", "const", "default", "type", "choices", "required", "help", "metavar", "dest", "version")
	if err != nil {
		return nil, err
	}
	if v[0] != nil {
		o.action = pyfmt.Str(v[0])
	}
	if !slices.Contains([]string{"store", "store_const", "store_true", "store_false", "append", "count", "help", "version"}, o.action) {
		return nil, pyrt.Errorf("ValueError", "unknown action %s", pyfmt.Repr(v[0]))
	}
	if !isNone(v[1]) {
		if s, ok := v[1].(starlark.String); ok {
			o.nargs = string(s)
			if !slices.Contains([]string{"?", "*", "+", "..."}, o.nargs) {
				return nil, pyrt.Errorf("ValueError", "nargs: got %s, want a number, '?', '*', '+' or REMAINDER", pyfmt.Repr(s))
			}
		} else if o.count, err = pymeth.Index(v[1]); err != nil {
			return nil, err
		} else if o.count < 1 {
			return nil, pyrt.Errorf("ValueError", "nargs must be > 0, got %d", o.count)
		} else {
			o.nargs = "N"
		}
	}
	o.konst, o.def, o.typ = v[2], v[3], v[4]
	if !isNone(v[5]) {
		if o.choices, err = pymeth.Collect(v[5]); err != nil {
			return nil, err
		}
	}
	o.required = v[6] != nil && bool(v[6].Truth())
	for i, s := range []*string{&o.help, &o.metavar} {
		if !isNone(v[7+i]) {
			*s = pyfmt.Str(v[7+i])
		}
	}
	if !isNone(v[9]) {
		o.dest = pyfmt.Str(v[9])
	}
	if !isNone(v[10]) {
		p.version = pyfmt.Str(v[10])
	}
	if o.dest == "" {
		if len(o.flags) == 0 {
			return nil, pyrt.Errorf("TypeError", "add_argument() wants a name or flags")
		}
		long := o.flags[0]
		if i := slices.IndexFunc(o.flags, func(f string) bool { return strings.HasPrefix(f, "--") }); i >= 0 {
			long = o.flags[i]
		}
		o.dest = strings.ReplaceAll(strings.TrimLeft(long, "-"), "-", "_")
	}
	switch o.action {
	case "store_true", "store_false":
		o.konst = starlark.Bool(o.action == "store_true")
		if o.def == nil {
			o.def = starlark.Bool(o.action == "store_false")
		}
	}
	p.options = append(p.options, o)
	return o, nil
}

// parseArgs parses a list, by default sys.argv[1:].
func (p *parser) parseArgs(a *args, known bool) (starlark.Value, error) {
	v, err := a.bind("args", "namespace")
	if err != nil {
		return nil, err
	}
	var words []string
	if isNone(v[0]) {
		for i := 1; i < argv.Len(); i++ {
			words = append(words, pyfmt.Str(argv.Index(i)))
		}
	} else if err := pymeth.Each(v[0], func(e starlark.Value) error {
		s, err := text(e)
		words = append(words, s)
		return err
	}); err != nil {
		return nil, err
	}
	ns := newNamespace()
	if n, ok := v[1].(*namespace); ok {
		ns = n
	}
	r := &argRun{p: p, th: a.th, ns: ns, seen: map[*option]bool{}}
	if err := r.run(words); err != nil {
		return nil, err
	}
	if known {
		return starlark.Tuple{ns, list(r.extras())}, nil
	}
	if len(r.unknown) > 0 {
		return nil, p.fail(a.th, "unrecognized arguments: "+strings.Join(r.unknown, " "))
	}
	return ns, nil
}

// terminalWidth is what help texts are wrapped to; COLUMNS says it, as for
// argparse.
func terminalWidth() int {
	n := 0
	for _, c := range os.Getenv("COLUMNS") {
		if c < '0' || c > '9' || n > 1000 {
			return 78
		}
		n = n*10 + int(c-'0')
	}
	if n < 13 {
		return 78
	}
	return n - 2
}
