package pymod

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// argRun is one run of a parser.
type argRun struct {
	p       *parser
	th      *starlark.Thread
	ns      *namespace
	seen    map[*option]bool
	unknown []string
}

func (r *argRun) fail(o *option, msg string) error {
	name := strings.Join(o.flags, "/")
	if name == "" {
		name = cmpOr(o.metavar, o.dest)
	}
	return r.p.fail(r.th, "argument "+name+": "+msg)
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (r *argRun) extras() []starlark.Value {
	var out []starlark.Value
	for _, s := range r.unknown {
		out = append(out, starlark.String(s))
	}
	return out
}

func (r *argRun) set(o *option, v starlark.Value) error {
	return r.ns.attrs.SetKey(starlark.String(o.dest), v)
}

// isFlag tells whether a word is an option: a negative number is one only if
// the parser has such options.
func (r *argRun) isFlag(word string) bool {
	if len(word) < 2 || word[0] != '-' {
		return false
	}
	if _, err := strconv.ParseFloat(word, 64); err == nil {
		return slices.ContainsFunc(r.p.options, func(o *option) bool { return slices.Contains(o.flags, word) })
	}
	return !strings.Contains(word, " ")
}

// run parses the words: options where they stand, then the positionals among
// what is left.
func (r *argRun) run(words []string) error {
	for _, o := range r.p.options {
		if o.action == "help" || o.action == "version" || o.def == starlark.String("==SUPPRESS==") {
			continue
		}
		if _, has, _ := r.ns.attrs.Get(starlark.String(o.dest)); has {
			continue
		}
		var def starlark.Value = starlark.None
		if o.def != nil {
			def = o.def
		}
		if s, ok := def.(starlark.String); ok && o.typ != nil {
			var err error
			if def, err = r.convert(o, string(s)); err != nil {
				return err
			}
		}
		if err := r.set(o, def); err != nil {
			return err
		}
	}
	var free []string
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w == "--" {
			free = append(free, words[i+1:]...)
			break
		}
		if !r.isFlag(w) {
			free = append(free, w)
			if r.remainder(len(free)) {
				free = append(free, words[i+1:]...)
				break
			}
			continue
		}
		n, err := r.option(w, words[i+1:])
		if err != nil {
			return err
		}
		i += n
	}
	if err := r.positionals(free); err != nil {
		return err
	}
	return r.check()
}

// remainder tells whether the n-th free word begins a REMAINDER.
func (r *argRun) remainder(n int) bool {
	for _, o := range r.p.options {
		if len(o.flags) == 0 {
			if n--; o.nargs == "..." {
				return n <= 0
			}
		}
	}
	return false
}

// find gives the option that a flag means: exactly, or as the only one that it
// begins.
func (r *argRun) find(flag string) (*option, error) {
	var near []*option
	var names []string
	for _, o := range r.p.options {
		for _, f := range o.flags {
			if f == flag {
				return o, nil
			}
			if strings.HasPrefix(flag, "--") && strings.HasPrefix(f, flag) {
				near = append(near, o)
				names = append(names, f)
			}
		}
	}
	switch len(near) {
	case 0:
		return nil, nil
	case 1:
		return near[0], nil
	}
	return nil, r.p.fail(r.th, "ambiguous option: "+flag+" could match "+strings.Join(names, ", "))
}

// option handles the option w; it says how many of the following words it took.
func (r *argRun) option(w string, rest []string) (taken int, err error) {
	flag, value, joined := strings.Cut(w, "=")
	o, err := r.find(w)
	if o != nil {
		joined = false
	} else if err == nil {
		o, err = r.find(flag)
	}
	if err != nil {
		return 0, err
	}
	if o == nil && !strings.HasPrefix(w, "--") { // -p80, or -vv
		if o, err = r.find(w[:2]); err != nil {
			return 0, err
		}
		if o != nil && o.takesValue() {
			value, joined = w[2:], true
		} else if o != nil {
			if err := r.apply(o, nil); err != nil {
				return 0, err
			}
			return r.option("-"+w[2:], rest)
		}
	}
	if o == nil {
		r.unknown = append(r.unknown, w)
		return 0, nil
	}
	if !o.takesValue() {
		if joined {
			return 0, r.fail(o, "ignored explicit argument "+pyQuote(value))
		}
		return 0, r.apply(o, nil)
	}
	if joined {
		return 0, r.apply(o, []string{value})
	}
	free := 0
	for free < len(rest) && rest[free] != "--" && !r.isFlag(rest[free]) {
		free++
	}
	lo, hi := o.bounds()
	if o.nargs == "..." {
		free = len(rest)
	}
	if free < lo {
		switch o.nargs {
		case "":
			return 0, r.fail(o, "expected one argument")
		case "+":
			return 0, r.fail(o, "expected at least one argument")
		}
		return 0, r.fail(o, "expected "+strconv.Itoa(lo)+" argument"+map[bool]string{true: "s"}[lo != 1])
	}
	n := min(free, hi)
	return n, r.apply(o, rest[:n])
}

func (o *option) takesValue() bool { return o.action == "store" || o.action == "append" }

// bounds are the numbers of values that an argument takes.
func (o *option) bounds() (lo, hi int) {
	switch o.nargs {
	case "":
		return 1, 1
	case "?":
		return 0, 1
	case "+":
		return 1, 1 << 30
	case "*", "...":
		return 0, 1 << 30
	}
	return o.count, o.count
}

// positionals gives the free words to the positionals, each as many as it can
// take while the ones after it get what they need.
func (r *argRun) positionals(free []string) error {
	var pos []*option
	need := 0
	for _, o := range r.p.options {
		if len(o.flags) == 0 {
			pos = append(pos, o)
			lo, _ := o.bounds()
			need += lo
		}
	}
	for _, o := range pos {
		lo, hi := o.bounds()
		need -= lo
		if len(free) < lo {
			continue // check tells
		}
		n := min(hi, max(lo, len(free)-need))
		if n == 0 && (o.nargs == "?" || o.nargs == "*") {
			if o.nargs == "*" && o.def == nil {
				if err := r.set(o, list(nil)); err != nil {
					return err
				}
			}
			r.seen[o] = true
			continue
		}
		if err := r.apply(o, free[:n]); err != nil {
			return err
		}
		free = free[n:]
	}
	r.unknown = append(r.unknown, free...)
	return nil
}

// check tells what is missing.
func (r *argRun) check() error {
	var missing []string
	for _, o := range r.p.options {
		lo, _ := o.bounds()
		if !r.seen[o] && (len(o.flags) > 0 && o.required || len(o.flags) == 0 && lo > 0) {
			missing = append(missing, cmpOr(strings.Join(o.flags, "/"), cmpOr(o.metavar, o.dest)))
		}
	}
	if len(missing) > 0 {
		return r.p.fail(r.th, "the following arguments are required: "+strings.Join(missing, ", "))
	}
	for _, group := range r.p.exclusive {
		if group.required && !slices.ContainsFunc(group.options, func(o *option) bool { return r.seen[o] }) {
			var names []string
			for _, o := range group.options {
				names = append(names, strings.Join(o.flags, "/"))
			}
			return r.p.fail(r.th, "one of the arguments "+strings.Join(names, " ")+" is required")
		}
	}
	return nil
}

// convert makes a value of a word.
func (r *argRun) convert(o *option, word string) (starlark.Value, error) {
	if isNone(o.typ) {
		return starlark.String(word), nil
	}
	v, err := pymeth.Call(r.th, o.typ, starlark.String(word))
	if err == nil {
		return v, nil
	}
	var kind interface{ Kind() string }
	if errors.As(err, &kind) && (kind.Kind() == "ValueError" || kind.Kind() == "TypeError") {
		name := pyfmt.Repr(o.typ)
		if c, ok := o.typ.(starlark.Callable); ok {
			name = c.Name()
		}
		return nil, r.fail(o, "invalid "+name+" value: "+pyQuote(word))
	}
	if errors.As(err, &kind) && kind.Kind() == "argparse.ArgumentTypeError" {
		return nil, r.fail(o, err.Error())
	}
	return nil, err
}

// apply does what an argument says, with its words.
func (r *argRun) apply(o *option, words []string) error {
	r.seen[o] = true
	for _, group := range r.p.exclusive {
		if slices.Contains(group.options, o) {
			for _, other := range group.options {
				if other != o && r.seen[other] {
					return r.fail(o, "not allowed with argument "+strings.Join(other.flags, "/"))
				}
			}
		}
	}
	old, _, err := r.ns.attrs.Get(starlark.String(o.dest))
	if err != nil {
		return err
	}
	switch o.action {
	case "help", "version":
		s := r.p.version + "\n"
		if o.action == "help" {
			s = r.p.helpText()
		}
		if _, err := io.WriteString(pyrt.Stdout(r.th), strings.ReplaceAll(s, "%(prog)s", r.p.name())); err != nil {
			return err
		}
		return &pyrt.Error{Class: "SystemExit", Msg: "0", Args: starlark.Tuple{integer(0)}}
	case "store_const", "store_true", "store_false":
		return r.set(o, orNone(o.konst))
	case "count":
		if isNone(old) {
			old = integer(0)
		}
		n, err := binaryOp("+", old, integer(1))
		if err != nil {
			return err
		}
		return r.set(o, n)
	}
	vals := make([]starlark.Value, len(words))
	for i, w := range words {
		if vals[i], err = r.convert(o, w); err != nil {
			return err
		}
		if err := r.choice(o, vals[i]); err != nil {
			return err
		}
	}
	var v starlark.Value = list(vals)
	switch {
	case o.nargs == "" || o.nargs == "?" && len(vals) == 1:
		v = vals[0]
	case o.nargs == "?":
		v = orNone(o.konst)
	}
	if o.action == "append" {
		var all []starlark.Value
		if !isNone(old) {
			if all, err = pymeth.Collect(old); err != nil {
				return err
			}
		}
		v = list(append(all, v))
	}
	return r.set(o, v)
}

func orNone(v starlark.Value) starlark.Value {
	if v == nil {
		return starlark.None
	}
	return v
}

func (r *argRun) choice(o *option, v starlark.Value) error {
	if o.choices == nil {
		return nil
	}
	var names []string
	for _, c := range o.choices {
		if eq, err := pymeth.Equal(c, v); eq || err != nil {
			return err
		}
		names = append(names, pyfmt.Repr(c))
	}
	return r.fail(o, "invalid choice: "+pyfmt.Repr(v)+" (choose from "+strings.Join(names, ", ")+")")
}
