package pymod

import (
	"slices"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
)

// helpColumn is where the texts of help begin (argparse's max_help_position).
const helpColumn = 24

// values is how the values of an argument are written: PORT, [PORT ...].
func (o *option) values() string {
	m := o.metavar
	if m == "" {
		switch {
		case o.choices != nil:
			var names []string
			for _, c := range o.choices {
				names = append(names, pyfmt.Str(c))
			}
			m = "{" + strings.Join(names, ",") + "}"
		case len(o.flags) > 0:
			m = strings.ToUpper(o.dest)
		default:
			m = o.dest
		}
	}
	switch o.nargs {
	case "?":
		return "[" + m + "]"
	case "*":
		return "[" + m + " ...]"
	case "+":
		return m + " [" + m + " ...]"
	case "...":
		return "..."
	case "N":
		return strings.TrimSuffix(strings.Repeat(m+" ", o.count), " ")
	}
	return m
}

// usageText is the usage line, wrapped.
func (p *parser) usageText() string {
	prefix := "usage: "
	if p.usage != "" {
		return prefix + strings.ReplaceAll(p.usage, "%(prog)s", p.name()) + "\n"
	}
	var opts, pos []string
	for _, o := range p.options {
		if o.action == "default" || o.help == "==SUPPRESS==" {
			continue
		}
		s := o.values()
		if len(o.flags) == 0 {
			pos = append(pos, s)
			continue
		}
		if o.takesValue() {
			s = o.flags[0] + " " + s
		} else {
			s = o.flags[0]
		}
		if g := p.groupOf(o); g != nil { // [-a | -b], (-a | -b)
			bracket := "[]"
			if g.required {
				bracket = "()"
			}
			n := len(g.options)
			if o == g.options[0] {
				s = bracket[:1] + s
			}
			if o == g.options[n-1] {
				opts = append(opts, s+bracket[1:])
			} else {
				opts = append(opts, s, "|")
			}
			continue
		}
		if !o.required {
			s = "[" + s + "]"
		}
		opts = append(opts, s)
	}
	all := append(opts, pos...)
	line := prefix + strings.Join(append([]string{p.name()}, all...), " ")
	width := terminalWidth()
	if utf8.RuneCountInString(line) <= width {
		return line + "\n"
	}
	indent := strings.Repeat(" ", len(prefix)+len(p.name())+1)
	var b strings.Builder
	b.WriteString(prefix + p.name())
	for i, group := range [][]string{opts, pos} {
		if len(group) == 0 {
			continue
		}
		lines := wrapWords(group, width-len(indent))
		if i == 0 {
			b.WriteByte(' ')
		} else if len(opts) > 0 {
			b.WriteString("\n" + indent)
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(strings.Join(lines, "\n"+indent))
	}
	return b.String() + "\n"
}

// groupOf is the exclusive group that o is in, nil if in none.
func (p *parser) groupOf(o *option) *exclusion {
	for _, g := range p.exclusive {
		if slices.Contains(g.options, o) {
			return g
		}
	}
	return nil
}

// wrapWords puts words on lines of at most width characters.
func wrapWords(words []string, width int) []string {
	var lines []string
	line := ""
	for _, w := range words {
		switch {
		case line == "":
			line = w
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) <= width:
			line += " " + w
		default:
			lines = append(lines, line)
			line = w
		}
	}
	return append(lines, line)
}

// helpText is what --help prints.
func (p *parser) helpText() string {
	var b strings.Builder
	b.WriteString(p.usageText())
	width := terminalWidth()
	para := func(s string) {
		if s != "" {
			s = strings.ReplaceAll(s, "%(prog)s", p.name())
			b.WriteString("\n" + strings.Join(wrapWords(strings.Fields(s), width), "\n") + "\n")
		}
	}
	para(p.description)
	for _, section := range []struct {
		title string
		flags bool
	}{{"positional arguments", false}, {"options", true}} {
		first := true
		for _, o := range p.options {
			if len(o.flags) > 0 != section.flags || o.action == "default" || o.help == "==SUPPRESS==" {
				continue
			}
			if first {
				b.WriteString("\n" + section.title + ":\n")
				first = false
			}
			p.helpLine(&b, o, width)
		}
	}
	para(p.epilog)
	return b.String()
}

// helpLine writes the help of one argument.
func (p *parser) helpLine(b *strings.Builder, o *option, width int) {
	head := o.values()
	if len(o.flags) > 0 {
		var parts []string
		for _, f := range o.flags {
			if o.takesValue() {
				f += " " + o.values()
			}
			parts = append(parts, f)
		}
		head = strings.Join(parts, ", ")
	} else if o.metavar == "" && o.choices == nil {
		head = o.dest
	}
	head = "  " + head
	b.WriteString(head)
	if o.help == "" {
		b.WriteByte('\n')
		return
	}
	help := strings.NewReplacer("%(prog)s", p.name(), "%(default)s", pyfmt.Str(orNone(o.def)), "%(dest)s", o.dest, "%%", "%",
		"%(type)s", typeLabel(o.typ)).Replace(o.help)
	if n := utf8.RuneCountInString(head); n > helpColumn-2 {
		b.WriteString("\n" + strings.Repeat(" ", helpColumn))
	} else {
		b.WriteString(strings.Repeat(" ", helpColumn-n))
	}
	lines := wrapWords(strings.Fields(help), max(width-helpColumn, 11))
	b.WriteString(strings.Join(lines, "\n"+strings.Repeat(" ", helpColumn)) + "\n")
}

func typeLabel(v starlark.Value) string {
	if c, ok := v.(starlark.Callable); ok {
		return c.Name()
	}
	return pyfmt.Str(orNone(v))
}
