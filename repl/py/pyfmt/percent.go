package pyfmt

import (
	"math"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// Percent is format % args for text. args is a tuple of the values, one value
// that is no tuple, or a mapping for the %(name)s form.
func Percent(th *starlark.Thread, format string, args starlark.Value) (string, error) {
	p := newPercent(format, args, false)
	return p.run()
}

// PercentBytes is format % args for bytes (PEP 461).
func PercentBytes(th *starlark.Thread, format []byte, args starlark.Value) ([]byte, error) {
	p := newPercent(string(format), args, true)
	s, err := p.run()
	return []byte(s), err
}

// percent is one run of the % operator. Its checks follow unicode_format_arg
// in CPython's Objects/unicodeobject.c and _PyBytes_FormatEx.
type percent struct {
	fmt   string
	pos   int // bytes of fmt consumed
	bytes bool
	out   strings.Builder

	arg   starlark.Value // the right operand
	tuple starlark.Tuple // the values to consume
	next  int
	isMap bool // unused values are no error
}

// conversion is one % item.
type conversion struct {
	minus, plus, space, alt, zero bool

	width, prec int // -1 if not given
	ch          rune
}

func newPercent(format string, args starlark.Value, isBytes bool) *percent {
	p := &percent{fmt: format, bytes: isBytes, arg: args}
	if t, ok := args.(starlark.Tuple); ok {
		p.tuple = t
		return p
	}
	p.tuple = starlark.Tuple{args}
	switch args.(type) {
	case starlark.String:
	case starlark.Bytes: // a mapping to "…" % b, as it has __getitem__
		p.isMap = !isBytes
	case starlark.Mapping, starlark.Indexable:
		p.isMap = true
	}
	return p
}

func (p *percent) run() (string, error) {
	for p.pos < len(p.fmt) {
		i := strings.IndexByte(p.fmt[p.pos:], '%')
		if i < 0 {
			p.out.WriteString(p.fmt[p.pos:])
			break
		}
		p.out.WriteString(p.fmt[p.pos : p.pos+i])
		p.pos += i + 1
		if err := p.item(); err != nil {
			return "", err
		}
	}
	if p.next < len(p.tuple) && !p.isMap {
		return "", pyrt.Errorf("TypeError", "not all arguments converted during %s formatting", p.noun())
	}
	return p.out.String(), nil
}

func (p *percent) noun() string {
	if p.bytes {
		return "bytes"
	}
	return "string"
}

// take is the next value to convert.
func (p *percent) take() (starlark.Value, error) {
	if p.next >= len(p.tuple) {
		return nil, pyrt.Errorf("TypeError", "not enough arguments for format string")
	}
	v := p.tuple[p.next]
	p.next++
	return v, nil
}

// peek is the next byte of the format; ok is false at its end.
func (p *percent) peek() (c byte, ok bool) {
	if p.pos < len(p.fmt) {
		return p.fmt[p.pos], true
	}
	return 0, false
}

// item converts what follows one '%'.
func (p *percent) item() error {
	c := conversion{width: -1, prec: -1}
	if b, ok := p.peek(); ok && b == '%' { // bare only: "%5%" is an error
		p.pos++
		p.out.WriteByte('%')
		return nil
	}
	if b, ok := p.peek(); ok && b == '(' {
		if err := p.key(); err != nil {
			return err
		}
	}
	p.flags(&c)
	n, given, err := p.count("width")
	if err != nil {
		return err
	}
	if n < 0 {
		c.minus, n = true, -n
	}
	if given {
		c.width = n
	}
	if b, ok := p.peek(); ok && b == '.' {
		p.pos++
		if n, _, err = p.count("prec"); err != nil {
			return err
		}
		c.prec = max(n, 0)
	}
	if b, ok := p.peek(); ok && (b == 'h' || b == 'l' || b == 'L') {
		p.pos++
	}
	if p.pos >= len(p.fmt) {
		return pyrt.Errorf("ValueError", "incomplete format")
	}
	at := p.pos
	r, size := utf8.DecodeRuneInString(p.fmt[at:])
	if p.bytes {
		r, size = rune(p.fmt[at]), 1
	}
	p.pos += size
	c.ch = r
	v, err := p.take()
	if err != nil {
		return err
	}
	if c.width > maxText || c.prec > maxText {
		return tooLong()
	}
	return p.convert(c, v, at)
}

func (p *percent) flags(c *conversion) {
	for {
		b, ok := p.peek()
		if !ok {
			return
		}
		switch b {
		case '-':
			c.minus = true
		case '+':
			c.plus = true
		case ' ':
			c.space = true
		case '#':
			c.alt = true
		case '0':
			c.zero = true
		default:
			return
		}
		p.pos++
	}
}

// key reads "(name)" and makes the mapping's value the one to convert.
func (p *percent) key() error {
	m, ok := p.arg.(starlark.Mapping)
	if _, isTuple := p.arg.(starlark.Tuple); !ok || isTuple {
		return pyrt.Errorf("TypeError", "format requires a mapping")
	}
	depth, start := 1, p.pos+1
	i := start
	for ; i < len(p.fmt) && depth > 0; i++ {
		switch p.fmt[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
	}
	if depth > 0 {
		return pyrt.Errorf("ValueError", "incomplete format key")
	}
	var key starlark.Value = starlark.String(p.fmt[start : i-1])
	if p.bytes {
		key = starlark.Bytes(p.fmt[start : i-1])
	}
	p.pos = i
	v, found, err := m.Get(key)
	if err != nil {
		return err
	}
	if !found {
		return &pyrt.Error{Class: "KeyError", Msg: Repr(key), Args: starlark.Tuple{key}}
	}
	p.tuple, p.next, p.isMap = starlark.Tuple{v}, 0, true
	return nil
}

// count reads a width or a precision: digits, or '*' for one of the values.
func (p *percent) count(what string) (n int, given bool, err error) {
	b, ok := p.peek()
	if ok && b == '*' {
		p.pos++
		n, err = p.star(what)
		return n, true, err
	}
	limit := math.MaxInt
	if what == "prec" {
		limit = math.MaxInt32
	}
	for ok && b >= '0' && b <= '9' {
		given = true
		if n > (limit-int(b-'0'))/10 {
			if what == "prec" && !p.bytes {
				what = "precision"
			}
			return 0, false, pyrt.Errorf("ValueError", "%s too big", what)
		}
		n = n*10 + int(b-'0')
		p.pos++
		b, ok = p.peek()
	}
	return n, given, nil
}

// star takes the value of a '*'.
func (p *percent) star(what string) (int, error) {
	v, err := p.take()
	if err != nil {
		return 0, err
	}
	if b, ok := v.(starlark.Bool); ok {
		v = boolInt(b)
	}
	i, ok := v.(starlark.Int)
	if !ok {
		return 0, pyrt.Errorf("TypeError", "* wants int")
	}
	n, ok := i.Int64()
	if what == "width" && (!ok || n == math.MinInt64) {
		return 0, pyrt.Errorf("OverflowError", "Python int too large to convert to C ssize_t")
	}
	if what == "prec" && (!ok || n > math.MaxInt32 || n < math.MinInt32) {
		return 0, pyrt.Errorf("OverflowError", "Python int too large to convert to C int")
	}
	return int(n), nil
}

// convert writes v as the conversion c, whose letter is at byte at of the format.
func (p *percent) convert(c conversion, v starlark.Value, at int) error {
	switch c.ch {
	case 's', 'r', 'a', 'b':
		if c.ch == 'b' && !p.bytes {
			break
		}
		text, err := p.text(c.ch, v)
		if err != nil {
			return err
		}
		if c.prec >= 0 {
			text = p.cut(text, c.prec)
		}
		return p.write(c, "", text, false)
	case 'c':
		text, err := p.char(v)
		if err != nil {
			return err
		}
		return p.write(c, "", text, false)
	case 'd', 'i', 'u', 'o', 'x', 'X':
		return p.integer(c, v)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		return p.float(c, v)
	}
	if p.bytes {
		return pyrt.Errorf("ValueError", "unsupported format character '%s' (0x%x) at index %d",
			string(c.ch), c.ch, at)
	}
	shown := c.ch
	if c.ch < 32 || c.ch > 126 {
		shown = '?'
	}
	return pyrt.Errorf("ValueError", "unsupported format character '%c' (0x%x) at index %d",
		shown, c.ch, utf8.RuneCountInString(p.fmt[:at]))
}

func (p *percent) cut(s string, n int) string {
	if p.bytes {
		return s[:min(n, len(s))]
	}
	return truncate(s, n)
}

// text is the value of an s, r, a or b conversion.
func (p *percent) text(ch rune, v starlark.Value) (string, error) {
	if !p.bytes {
		switch ch {
		case 's':
			return Str(v), nil
		case 'r':
			return Repr(v), nil
		}
		return ASCII(v), nil
	}
	if ch == 'r' || ch == 'a' {
		return ASCII(v), nil
	}
	switch v := v.(type) {
	case starlark.Bytes:
		return string(v), nil
	case pyrt.Byteser:
		b, err := v.PyBytes()
		return string(b), err
	}
	return "", pyrt.Errorf("TypeError",
		"%%b requires a bytes-like object, or an object that implements __bytes__, not '%s'", TypeName(v))
}

// write pads body; sign (with prefix) stays in front of zeros.
func (p *percent) write(c conversion, sign, body string, numeric bool) error {
	n := utf8.RuneCountInString(body)
	if p.bytes {
		n = len(body)
	}
	fill := c.width - n - len(sign)
	switch {
	case fill <= 0:
		p.out.WriteString(sign + body)
	case c.minus:
		p.out.WriteString(sign + body + repeat(" ", fill))
	case c.zero && numeric:
		p.out.WriteString(sign + repeat("0", fill) + body)
	default:
		p.out.WriteString(repeat(" ", fill) + sign + body)
	}
	return nil
}

// sign is what stands before a number under the flags.
func (c conversion) sign(neg bool) string {
	switch {
	case neg:
		return "-"
	case c.plus:
		return "+"
	case c.space:
		return " "
	}
	return ""
}
