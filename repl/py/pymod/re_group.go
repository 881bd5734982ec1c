package pymod

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// group reads a parenthesis of any kind.
func (p *reParser) group() error {
	start := p.i
	flags := p.flags
	number := -1
	switch {
	case !p.at("(?"):
		p.i++
		number = p.newGroup("")
	case p.at("(?#"):
		n := strings.IndexByte(p.src[p.i:], ')')
		if n < 0 {
			return reErr("missing ), unterminated comment at position %d", p.pos(start))
		}
		p.i += n + 1
		return nil
	case p.at("(?P<"):
		name, n, err := p.groupName(p.i+4, '>')
		if err != nil {
			return err
		}
		if old := slices.Index(p.t.names, name); old > 0 {
			return reErr("redefinition of group name %s as group %d; was group %d at position %d", pyQuote(name), len(p.t.names), old, p.pos(p.i+4))
		}
		p.i = n
		number = p.newGroup(name)
	case p.at("(?:"):
		p.i += 3
		p.out.WriteString("(?:")
	case p.at("(?P="):
		return reUnsupported("backreferences", p.pos(start))
	case p.at("(?="), p.at("(?!"):
		return reUnsupported("lookahead assertions", p.pos(start))
	case p.at("(?<="), p.at("(?<!"):
		return reUnsupported("lookbehind assertions", p.pos(start))
	case p.at("(?>"):
		return reUnsupported("atomic groups", p.pos(start))
	case p.at("(?("):
		return reUnsupported("conditional patterns", p.pos(start))
	default:
		if err := p.scopedFlags(); err != nil {
			return err
		}
	}
	if err := p.alternatives(); err != nil {
		return err
	}
	if p.i >= len(p.src) {
		return reErr("missing ), unterminated subpattern at position %d", p.pos(start))
	}
	p.i++
	p.out.WriteByte(')')
	if number >= 0 {
		p.open = p.open[:len(p.open)-1]
	}
	p.flags = flags
	return nil
}

// newGroup opens a capturing group.
func (p *reParser) newGroup(name string) int {
	p.out.WriteByte('(')
	n := len(p.t.names)
	p.t.names = append(p.t.names, name)
	p.t.parent = append(p.t.parent, p.open[len(p.open)-1])
	p.open = append(p.open, n)
	return n
}

// groupName reads a name up to end, and says where the text goes on.
func (p *reParser) groupName(from int, end byte) (string, int, error) {
	n := strings.IndexByte(p.src[from:], end)
	if n < 0 {
		return "", 0, reErr("missing %c, unterminated name at position %d", end, p.pos(from))
	}
	name := p.src[from : from+n]
	if name == "" {
		return "", 0, reErr("missing group name at position %d", p.pos(from))
	}
	if !isIdentifier(name) {
		return "", 0, reErr("bad character in group name %s at position %d", pyQuote(name), p.pos(from))
	}
	return name, from + n + 1, nil
}

func isIdentifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return s != ""
}

// scopedFlags reads (?i-m: up to the colon.
func (p *reParser) scopedFlags() error {
	start := p.i
	p.i += 2
	on, off, minus := 0, 0, false
	for p.i < len(p.src) {
		c := p.src[p.i]
		p.i++
		bit := reFlagLetters[c]
		switch {
		case bit == reLocale:
			return reUnsupported("re.LOCALE patterns", p.pos(start))
		case bit != 0 && minus && bit&(reASCII|reUnicode) != 0:
			return reErr("bad inline flags: cannot turn off flags 'a', 'u' and 'L' at position %d", p.pos(p.i))
		case bit != 0 && minus:
			off |= bit
		case bit != 0:
			on |= bit
		case c == '-' && !minus:
			minus = true
		case c == ')' && on != 0 && !minus:
			return reErr("global flags not at the start of the expression at position %d", p.pos(start))
		case c == ':' && (on|off) != 0 && on&off == 0:
			if on&reUnicode != 0 {
				p.flags &^= reASCII
			}
			p.flags = (p.flags | on) &^ off
			switch {
			case on&reIgnoreCase != 0:
				p.out.WriteString("(?i:")
			case off&reIgnoreCase != 0:
				p.out.WriteString("(?-i:")
			default:
				p.out.WriteString("(?:")
			}
			return nil
		default:
			r, _ := utf8.DecodeRuneInString(p.src[p.i-1:])
			if on|off == 0 && !minus {
				return reErr("unknown extension ?%c at position %d", r, p.pos(start)+1)
			}
			return reErr("unknown flag at position %d", p.pos(p.i-1))
		}
	}
	return reErr("unexpected end of pattern at position %d", p.pos(p.i))
}

// class reads brackets.
func (p *reParser) class() error {
	start := p.i
	p.i++
	neg := p.at("^")
	if neg {
		p.i++
	}
	var b strings.Builder
	for first := true; ; first = false {
		if p.i >= len(p.src) {
			return reErr("unterminated character set at position %d", p.pos(start))
		}
		if p.src[p.i] == ']' && !first {
			p.i++
			break
		}
		from := p.i
		lo, class, err := p.classItem()
		if err != nil {
			return err
		}
		if !p.at("-") || p.i+1 >= len(p.src) || p.src[p.i+1] == ']' {
			if class == "" {
				class = fmt.Sprintf(`\x{%x}`, lo)
			}
			b.WriteString(class)
			continue
		}
		p.i++
		hi, class2, err := p.classItem()
		if err != nil {
			return err
		}
		if class != "" || class2 != "" || lo > hi {
			return reErr("bad character range %s at position %d", p.src[from:p.i], p.pos(from))
		}
		fmt.Fprintf(&b, `\x{%x}-\x{%x}`, lo, hi)
	}
	if neg {
		p.out.WriteString("[^" + b.String() + "]")
	} else {
		p.out.WriteString("[" + b.String() + "]")
	}
	return nil
}

// classItem reads one element of brackets.
func (p *reParser) classItem() (r rune, class string, err error) {
	if p.src[p.i] == '\\' {
		return p.charEscape()
	}
	r, n := utf8.DecodeRuneInString(p.src[p.i:])
	p.i += n
	return r, "", nil
}
