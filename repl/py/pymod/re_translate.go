package pymod

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"pktsh/repl/py/pyrt"
)

// The flags of module re, with CPython's numbers.
const (
	reIgnoreCase = 2
	reLocale     = 4
	reMultiline  = 8
	reDotAll     = 16
	reUnicode    = 32
	reVerbose    = 64
	reASCII      = 256
)

var reFlagLetters = map[byte]int{'i': reIgnoreCase, 'L': reLocale, 'm': reMultiline, 's': reDotAll, 'u': reUnicode, 'x': reVerbose, 'a': reASCII}

// translated is a pattern in the syntax of package regexp. Python's "^" and "$"
// have no direct counterpart, so there are placeholders in the text:
// reStart for the start of the subject and reEnd for "$" without re.M.
type translated struct {
	expr   string
	flags  int
	names  []string // of the groups; [0] is the whole match
	parent []int    // the group around each group
	hasEnd bool
}

const (
	reStart = "\x01" // control characters are always escaped in the translation
	reEnd   = "\x02"
	reNever = `[^\x{0}-\x{10FFFF}]` // matches nothing
)

// The classes of Unicode patterns, as the inside of brackets. \w is what
// str.isalnum accepts, \s what str.isspace accepts.
const (
	reWord    = `\p{L}\p{N}_`
	reDigit   = `\p{Nd}`
	reSpace   = `\t-\r\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}`
	reASpace  = `\t-\r\x{20}`
	reMaxReps = 1000 // what package regexp allows
)

// negated is the complement of the inside of brackets, in the same form.
var negated = func() func(string) string {
	var cache sync.Map
	return func(class string) string {
		if s, ok := cache.Load(class); ok {
			return s.(string)
		}
		tree, err := syntax.Parse("[^"+class+"]", syntax.Perl)
		if err != nil {
			panic(err) // the classes are those of this file
		}
		var b strings.Builder
		for i := 0; i+1 < len(tree.Rune); i += 2 {
			fmt.Fprintf(&b, `\x{%x}-\x{%x}`, tree.Rune[i], tree.Rune[i+1])
		}
		cache.Store(class, b.String())
		return b.String()
	}
}()

func reErr(format string, a ...any) error { return pyrt.Errorf("re.error", format, a...) }

// reUnsupported is the error for what automata cannot do.
func reUnsupported(what string, pos int) error {
	return &pyrt.Error{Class: "re.error", Msg: fmt.Sprintf("%s are not supported here, at position %d", what, pos),
		Hint: "patterns are matched in linear time, without backtracking: match more with groups and test them in code"}
}

// reParser translates a pattern (the Python library reference, "Regular
// Expression Syntax"), checking it as CPython's Lib/re/_parser.py does.
type reParser struct {
	src   string
	i     int // byte offset
	flags int
	out   *strings.Builder
	t     *translated
	open  []int // the groups that are open
	depth int
}

// translateRegex translates a pattern. A bytes pattern comes as Latin-1 text.
func translateRegex(src string, flags int, bytes bool) (*translated, error) {
	p := &reParser{src: src, flags: flags, out: new(strings.Builder), t: &translated{names: []string{""}, parent: []int{-1}}, open: []int{0}}
	if flags&reLocale != 0 {
		return nil, reUnsupported("re.LOCALE patterns", 0)
	}
	if bytes {
		if flags&reUnicode != 0 {
			return nil, pyrt.Errorf("ValueError", "cannot use UNICODE flag with a bytes pattern")
		}
		p.flags |= reASCII
	}
	if err := p.leadingFlags(); err != nil {
		return nil, err
	}
	if p.flags&(reASCII|reUnicode) == reASCII|reUnicode && !bytes {
		return nil, pyrt.Errorf("ValueError", "ASCII and UNICODE flags are incompatible")
	}
	p.t.flags = p.flags
	if bytes {
		p.t.flags = p.flags&^reASCII | flags&reASCII
	} else if p.flags&reASCII == 0 {
		p.t.flags |= reUnicode
	}
	if p.flags&reIgnoreCase != 0 {
		p.out.WriteString("(?i:")
	}
	if err := p.alternatives(); err != nil {
		return nil, err
	}
	if p.i < len(p.src) {
		return nil, reErr("unbalanced parenthesis at position %d", p.pos(p.i))
	}
	if p.flags&reIgnoreCase != 0 {
		p.out.WriteString(")")
	}
	p.t.expr = p.out.String()
	return p.t, nil
}

// pos is a byte offset as an index of characters.
func (p *reParser) pos(i int) int { return utf8.RuneCountInString(p.src[:i]) }

func (p *reParser) at(s string) bool { return strings.HasPrefix(p.src[p.i:], s) }

// leadingFlags reads (?i) and the like, which stand at the start only.
func (p *reParser) leadingFlags() error {
	for p.at("(?") {
		j := p.i + 2
		set := 0
		for j < len(p.src) && reFlagLetters[p.src[j]] != 0 {
			set |= reFlagLetters[p.src[j]]
			j++
		}
		if set == 0 || j >= len(p.src) || p.src[j] != ')' {
			return nil
		}
		if set&reLocale != 0 {
			return reUnsupported("re.LOCALE patterns", p.pos(p.i))
		}
		p.flags |= set
		p.i = j + 1
	}
	return nil
}

// alternatives reads up to a closing parenthesis or the end.
func (p *reParser) alternatives() error {
	if p.depth++; p.depth > 200 {
		return reErr("the pattern is nested too deeply")
	}
	defer func() { p.depth-- }()
	for {
		for p.i < len(p.src) && p.src[p.i] != '|' && p.src[p.i] != ')' {
			if err := p.term(); err != nil {
				return err
			}
		}
		if p.i >= len(p.src) || p.src[p.i] == ')' {
			return nil
		}
		p.i++
		p.out.WriteByte('|')
	}
}

// term reads one atom and its repetition.
func (p *reParser) term() error {
	start, before := p.i, p.out.Len()
	if p.flags&reVerbose != 0 {
		if c := p.src[p.i]; strings.IndexByte(" \t\n\r\v\f", c) >= 0 {
			p.i++
			return nil
		} else if c == '#' {
			if n := strings.IndexByte(p.src[p.i:], '\n'); n >= 0 {
				p.i += n + 1
			} else {
				p.i = len(p.src)
			}
			return nil
		}
	}
	if _, _, n := p.quantifier(); n > 0 {
		return reErr("nothing to repeat at position %d", p.pos(start))
	}
	repeatable, err := p.atom()
	if err != nil || p.out.Len() == before {
		return err
	}
	return p.repeat(before, repeatable)
}

// repeat reads the quantifier of what was written since before.
func (p *reParser) repeat(before int, repeatable bool) error {
	p.skipVerbose()
	at := p.i
	lo, hi, n := p.quantifier()
	if n == 0 {
		return nil
	}
	switch {
	case !repeatable:
		return reErr("nothing to repeat at position %d", p.pos(at))
	case hi >= 0 && lo > hi:
		return reErr("min repeat greater than max repeat at position %d", p.pos(at)+1)
	case lo > reMaxReps || hi > reMaxReps:
		return reErr("more than %d repetitions are not supported here, at position %d", reMaxReps, p.pos(at))
	}
	p.i += n
	atom := p.out.String()[before:]
	rest := p.out.String()[:before]
	p.out.Reset()
	p.out.WriteString(rest + "(?:" + atom + ")")
	switch {
	case lo == 0 && hi < 0:
		p.out.WriteByte('*')
	case lo == 1 && hi < 0:
		p.out.WriteByte('+')
	case hi < 0:
		fmt.Fprintf(p.out, "{%d,}", lo)
	default:
		fmt.Fprintf(p.out, "{%d,%d}", lo, hi)
	}
	switch {
	case p.at("?"):
		p.i++
		p.out.WriteByte('?')
	case p.at("+"):
		return reUnsupported("possessive quantifiers", p.pos(at))
	}
	p.skipVerbose()
	if _, _, n := p.quantifier(); n > 0 {
		return reErr("multiple repeat at position %d", p.pos(p.i))
	}
	return nil
}

// skipVerbose passes the blanks that re.X allows before a quantifier.
func (p *reParser) skipVerbose() {
	for p.flags&reVerbose != 0 && p.i < len(p.src) && strings.IndexByte(" \t\n\r\v\f", p.src[p.i]) >= 0 {
		p.i++
	}
}

// quantifier looks for *, +, ? or {m,n}; n is its length, 0 if there is none,
// and hi is -1 for no limit.
func (p *reParser) quantifier() (lo, hi, n int) {
	if p.i >= len(p.src) {
		return 0, 0, 0
	}
	switch p.src[p.i] {
	case '*':
		return 0, -1, 1
	case '+':
		return 1, -1, 1
	case '?':
		return 0, 1, 1
	case '{':
		body, _, ok := strings.Cut(p.src[p.i+1:], "}")
		if !ok || body == "" {
			return 0, 0, 0 // a literal brace
		}
		low, high, comma := strings.Cut(body, ",")
		lo, hi = 0, -1
		for _, part := range []struct {
			s string
			v *int
		}{{low, &lo}, {high, &hi}} {
			if part.s == "" {
				continue
			}
			if strings.Trim(part.s, "0123456789") != "" {
				return 0, 0, 0
			}
			v, err := strconv.Atoi(part.s)
			if err != nil {
				v = 1 << 30 // refused by the caller
			}
			*part.v = v
		}
		if !comma {
			hi = lo
		}
		return lo, hi, len(body) + 2
	}
	return 0, 0, 0
}

// literal writes a character that stands for itself.
func (p *reParser) literal(r rune) {
	if r < 0x20 {
		fmt.Fprintf(p.out, `\x{%x}`, r)
		return
	}
	p.out.WriteString(regexp.QuoteMeta(string(r)))
}

// atom reads one element; repeatable is false for "^" and its like.
func (p *reParser) atom() (repeatable bool, err error) {
	switch c := p.src[p.i]; c {
	case '.':
		p.i++
		if p.flags&reDotAll != 0 {
			p.out.WriteString(`(?s:.)`)
		} else {
			p.out.WriteString(`[^\n]`)
		}
	case '^':
		p.i++
		if p.flags&reMultiline != 0 {
			p.out.WriteString(`(?m:^)`)
		} else {
			p.out.WriteString(reStart)
		}
		return false, nil
	case '$':
		p.i++
		if p.flags&reMultiline != 0 {
			p.out.WriteString(`(?m:$)`)
		} else {
			p.out.WriteString(reEnd)
			p.t.hasEnd = true
		}
		return false, nil
	case '(':
		return true, p.group()
	case '[':
		return true, p.class()
	case '\\':
		return p.escape()
	default:
		r, n := utf8.DecodeRuneInString(p.src[p.i:])
		p.i += n
		p.literal(r)
	}
	return true, nil
}

// escape reads a backslash outside brackets.
func (p *reParser) escape() (repeatable bool, err error) {
	start := p.i
	if start+1 >= len(p.src) {
		return false, reErr("bad escape (end of pattern) at position %d", p.pos(start))
	}
	c := p.src[start+1]
	switch c {
	case 'A', 'Z', 'b', 'B':
		p.i += 2
		p.out.WriteString(map[byte]string{'A': reStart, 'Z': `\z`, 'b': `\b`, 'B': `\B`}[c])
		return false, nil
	}
	if c >= '1' && c <= '9' {
		end := start + 2
		for end < len(p.src) && end < start+4 && p.src[end] >= '0' && p.src[end] <= '7' {
			end++
		}
		if end != start+4 || c > '7' { // three octal digits are a character
			return false, reUnsupported("backreferences", p.pos(start))
		}
	}
	r, class, err := p.charEscape()
	if class != "" {
		p.out.WriteString("[" + class + "]")
	} else if err == nil {
		p.literal(r)
	}
	return true, err
}

// charEscape reads an escape that stands for a character or a class.
func (p *reParser) charEscape() (r rune, class string, err error) {
	start := p.i
	if start+1 >= len(p.src) {
		return 0, "", reErr("bad escape (end of pattern) at position %d", p.pos(start))
	}
	c, n := utf8.DecodeRuneInString(p.src[start+1:])
	p.i = start + 1 + n
	ascii := p.flags&reASCII != 0
	switch c {
	case 'd', 'D', 'w', 'W', 's', 'S':
		table := map[rune][2]string{'d': {reDigit, "0-9"}, 'w': {reWord, "0-9A-Za-z_"}, 's': {reSpace, reASpace}}[unicode.ToLower(c)]
		class = table[0]
		if ascii {
			class = table[1]
		}
		if unicode.IsUpper(c) {
			class = negated(class)
		}
		return 0, class, nil
	case 'a', 'b', 'f', 'n', 'r', 't', 'v', '\\':
		return map[rune]rune{'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v', '\\': '\\'}[c], "", nil
	case 'x', 'u', 'U':
		digits := map[rune]int{'x': 2, 'u': 4, 'U': 8}[c]
		if p.i+digits <= len(p.src) {
			if v, err := strconv.ParseUint(p.src[p.i:p.i+digits], 16, 32); err == nil && v <= unicode.MaxRune {
				p.i += digits
				return rune(v), "", nil
			}
		}
		have := p.i
		for have < len(p.src) && have < p.i+digits && strings.IndexByte("0123456789abcdefABCDEF", p.src[have]) >= 0 {
			have++
		}
		return 0, "", reErr("incomplete escape %s at position %d", p.src[start:have], p.pos(start))
	}
	if c >= '0' && c <= '7' {
		v := 0
		j := start + 1
		for ; j < len(p.src) && j < start+4 && p.src[j] >= '0' && p.src[j] <= '7'; j++ {
			v = v*8 + int(p.src[j]-'0')
		}
		p.i = j
		if v > 0o377 {
			return 0, "", reErr("octal escape value %s outside of range 0-0o377 at position %d", p.src[start:j], p.pos(start))
		}
		return rune(v), "", nil
	}
	if c < utf8.RuneSelf && (unicode.IsLetter(c) || unicode.IsDigit(c)) {
		return 0, "", reErr("bad escape \\%c at position %d", c, p.pos(start))
	}
	return c, "", nil
}
