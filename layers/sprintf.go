package layers

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// A FormatError is a mistake in a Sprintf format.
type FormatError struct {
	Format string
	Pos    int // byte offset of the directive at fault
	Msg    string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("format %q: at %d: %s", e.Format, e.Pos, e.Msg)
}

// Kind is the class of the exception that the shell makes of it.
func (e *FormatError) Kind() string { return "ValueError" }

// Sprintf fills in a format of Scapy's language:
//
//	%[[fmt][r],][layer[:n].]field%
//
// is a field of the nth layer (the first without :n) of that name, of the
// packet's first layer without a name. fmt is a C format such as -16s or #06x; r asks for the value
// itself where there is a name for it (80 rather than http). In place of a field
// may stand time, payload, underlayer or name. A layer that the packet lacks, or a field
// that its protocol lacks, gives "??".
//
//	{layer:text}  {!layer:text}
//
// is text if the packet has, or lacks, the layer; conditions nest. %%, %( and %)
// stand for %, { and }.
func (p *Packet) Sprintf(format string) (string, error) { return p.SprintfFrom(0, format) }

// SprintfFrom is Sprintf of the layers from position from on.
func (p *Packet) SprintfFrom(from int, format string) (string, error) {
	s := &sprinter{p: p, from: from, format: format}
	out, _, err := s.text(0, false)
	return out, err
}

type sprinter struct {
	p      *Packet
	from   int
	format string
}

func (s *sprinter) errorf(pos int, format string, a ...any) error {
	return &FormatError{s.format, pos, fmt.Sprintf(format, a...)}
}

// text reads from offset i up to the end or, inside a condition, to the brace
// that closes it, and says where it stopped.
func (s *sprinter) text(i int, inside bool) (string, int, error) {
	var out strings.Builder
	for i < len(s.format) {
		switch c := s.format[i]; {
		case c == '{':
			text, end, err := s.condition(i)
			if err != nil {
				return "", end, err
			}
			out.WriteString(text)
			i = end
		case c == '}' && inside:
			return out.String(), i, nil
		case c == '%':
			text, end, err := s.directive(i)
			if err != nil {
				return "", end, err
			}
			out.WriteString(text)
			i = end
		default:
			out.WriteByte(c)
			i++
		}
	}
	return out.String(), i, nil
}

// condition reads {layer:text}, whose brace is at i.
func (s *sprinter) condition(i int) (string, int, error) {
	head, _, ok := strings.Cut(s.format[i+1:], ":")
	if !ok || strings.ContainsAny(head, "{}% ") {
		return "", i, s.errorf(i, "want {layer:text}; a plain brace is written %%(")
	}
	text, end, err := s.text(i+len(head)+2, true)
	if err != nil {
		return "", end, err
	}
	if end >= len(s.format) {
		return "", end, s.errorf(i, "the brace is not closed")
	}
	name, want := strings.CutPrefix(head, "!")
	if (s.find(name, 1) >= 0) == want {
		text = ""
	}
	return text, end + 1, nil
}

// find is the position of the nth layer called name, -1 if there is none.
func (s *sprinter) find(name string, nth int) int {
	for i, l := range s.p.Layers() {
		if i >= s.from && l.proto.Name == name {
			if nth--; nth == 0 {
				return i
			}
		}
	}
	return -1
}

// directive reads %...%, whose first sign is at i.
func (s *sprinter) directive(i int) (string, int, error) {
	if i+1 < len(s.format) {
		switch s.format[i+1] {
		case '%':
			return "%", i + 2, nil
		case '(':
			return "{", i + 2, nil
		case ')':
			return "}", i + 2, nil
		}
	}
	n := strings.IndexByte(s.format[i+1:], '%')
	if n < 0 {
		return "", i, s.errorf(i, "%q is not closed with a second %%; a plain per cent is written %%%%", s.format[i:])
	}
	body, end := s.format[i+1:i+1+n], i+n+2
	verb, field, ok := strings.Cut(body, ",")
	if !ok {
		verb, field = "", body
	}
	verb, raw := strings.CutSuffix(verb, "r")
	if verb == "" {
		verb = "s"
	}
	text, err := s.field(i, field, verb, raw)
	return text, end, err
}

func (s *sprinter) field(pos int, field, verb string, raw bool) (string, error) {
	layer, name, dotted := strings.Cut(field, ".")
	if !dotted {
		layer, name = "", field
	}
	if layer == "" && name == "time" {
		return formatVerb(s, pos, verb, s.time())
	}
	at := At{s.p, s.from}
	if layer != "" {
		proto, nth, err := s.layerRef(pos, layer)
		if err != nil {
			return "", err
		}
		at.I = s.find(proto, nth)
	}
	v, ok := s.value(at, name, raw, verb, layer == "")
	if !ok {
		v = "??"
	}
	return formatVerb(s, pos, verb, v)
}

// layerRef reads "IP" or "IP:2".
func (s *sprinter) layerRef(pos int, ref string) (name string, nth int, err error) {
	name, num, ok := strings.Cut(ref, ":")
	if !ok {
		return name, 1, nil
	}
	nth, err = strconv.Atoi(num)
	if err != nil || nth < 1 {
		return "", 0, s.errorf(pos, "got %q, want a layer's name and a number from 1 as in IP:2", ref)
	}
	return name, nth, nil
}

// value is what a directive names: text, or a number if the verb asks for one.
func (s *sprinter) value(at At, name string, raw bool, verb string, above bool) (any, bool) {
	l := at.Layer()
	if l == nil {
		return nil, false
	}
	switch name {
	case "payload":
		return s.p.From(at.I + 1).Summary(), true
	case "underlayer":
		if at.I == s.from {
			return "None", true
		}
		return s.p.From(at.I - 1).Summary(), true
	case "name":
		return l.proto.TitleText(), true
	case "time":
		return s.time(), true
	}
	i := l.proto.Index(name)
	if i < 0 && above { // a field of a layer further up is found as p.field is
		if at.I, i = s.p.FindField(name, at.I); i >= 0 {
			raw = true
		}
	}
	if i < 0 {
		return nil, false
	}
	v := at.Value(i)
	if n, ok := toUint(v); ok && strings.IndexByte("diuxXo", verb[len(verb)-1]) >= 0 {
		return n, true
	}
	if raw {
		return at.rawText(i, v), true
	}
	return FieldText(at, i), true
}

// rawText is the value v of field i itself: while it is unset its default as it is declared.
func (a At) rawText(i int, v any) string {
	l := a.Layer()
	switch f := l.form(i); {
	case v == nil && f.Kind == Var:
		return a.display(i).empty()
	case !l.IsSet(i) && f.Kind == Fixed && f.DefaultValue == nil:
		return "b''"
	case !l.IsSet(i):
		if s, ok := f.defaultText(v); ok {
			return s
		}
	}
	return rawText(v)
}

// rawText is a value itself, as Python's str() gives it.
func rawText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case Flags:
		return v.String()
	case netip.Addr:
		return AddrText(v)
	case *Packet:
		return v.Summary()
	case fmt.Stringer: // hardware addresses, networks, volatile values
		return v.String()
	}
	return pyValue(v)
}

// time is when the packet was received or else sent, to the microsecond.
func (s *sprinter) time() string {
	var t time.Time
	if m := s.p.Meta; m != nil {
		if t = m.Time; t.IsZero() {
			t = m.SentTime()
		}
	}
	if t.IsZero() {
		return "??"
	}
	return t.Local().Format("15:04:05.000000")
}

// formatVerb prints v under a C format without its per cent sign.
func formatVerb(s *sprinter, pos int, verb string, v any) (string, error) {
	flags := len(verb) - len(strings.TrimLeft(verb, "-+ #0"))
	if flags == len(verb) {
		return "", s.errorf(pos, "got the format %q, want one that ends in s, d, x, X or o", verb)
	}
	width := verb[flags : len(verb)-1]
	if strings.Trim(width, "0123456789.") != "" || strings.Count(width, ".") > 1 || len(width) > 6 {
		return "", s.errorf(pos, "got the format %q, want something like -16s or #06x", verb)
	}
	n, isNum := v.(uint64)
	switch c := verb[len(verb)-1]; c {
	case 'd', 'i', 'u':
		if isNum {
			return fmt.Sprintf("%"+verb[:len(verb)-1]+"d", n), nil
		}
	case 'x', 'X', 'o':
		if isNum && strings.Contains(verb[:flags], "#") && strings.Contains(verb[:flags], "0") && c != 'o' {
			if w, err := strconv.Atoi(width); err == nil { // C counts the 0x, Go does not
				return fmt.Sprintf("%#0*"+string(c), max(w-2, 0), n), nil
			}
		}
		if isNum {
			return fmt.Sprintf("%"+verb, n), nil
		}
	case 's':
		// Zero pads numbers alone.
		return fmt.Sprintf("%"+strings.ReplaceAll(verb[:flags], "0", "")+width+"s", v), nil
	default:
		return "", s.errorf(pos, "got the format %q, want one that ends in s, d, x, X or o", verb)
	}
	if v == "??" {
		return "??", nil
	}
	return "", s.errorf(pos, "the format %q wants a number, got %q", verb, v)
}
