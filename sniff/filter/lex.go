package filter

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tEOF  tokenKind = iota
	tNum            // a number, or a name that stands for one (tcp-syn)
	tWord           // a keyword
	tName           // any other word: host, port or protocol name; a backslash is taken off
	tDot            // dotted decimal, 2 to 4 parts
	tIP6            // an IPv6 address
	tMAC            // an Ethernet address
	tARC            // an ARCnet address, $ and hex digits
	tOp             // punctuation, text says which
)

type token struct {
	kind     tokenKind
	text     string // words and names without the backslash; operators spelled one way (and, or, not, =)
	num      uint32 // tNum
	pos, end int
}

func (t token) span() (int, int) { return t.pos, t.end }

// is reports whether t is the keyword or operator s.
func (t token) is(s string) bool { return (t.kind == tWord || t.kind == tOp) && t.text == s }

// Operators of more than one character come first, so that the longest match wins.
var operators = []struct{ text, means string }{
	{"&&", "and"}, {"||", "or"}, {"==", "="}, {"!=", "!="}, {"<=", "<="}, {">=", ">="}, {"<<", "<<"}, {">>", ">>"},
	{"!", "not"}, {"<", "<"}, {">", ">"}, {"=", "="}, {"(", "("}, {")", ")"}, {"[", "["}, {"]", "]"}, {":", ":"},
	{"+", "+"}, {"-", "-"}, {"*", "*"}, {"/", "/"}, {"%", "%"}, {"&", "&"}, {"|", "|"}, {"^", "^"},
}

// lex splits an expression into tokens, the last of which is tEOF. Words are as
// long as they can be: "80-90" and "len-14" are one word each, as in libpcap.
func lex(expr string) ([]token, *Error) {
	toks := make([]token, 0, len(expr)/4+2)
	for i := 0; i < len(expr); {
		switch c := expr[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			i++
		case c == '\\':
			j := i + 1
			for j < len(expr) && !strings.ContainsRune(" !()\n\t", rune(expr[j])) {
				j++
			}
			if j == i+1 {
				return nil, &Error{Expr: expr, Pos: i, End: j, Msg: "a backslash wants a name behind it, as in ip proto \\tcp"}
			}
			toks = append(toks, token{kind: tName, text: expr[i+1 : j], pos: i, end: j})
			i = j
		case c == '$' && i+1 < len(expr) && isHex(expr[i+1]):
			j := i + 1
			for j < len(expr) && isHex(expr[j]) {
				j++
			}
			toks = append(toks, token{kind: tARC, text: expr[i:j], pos: i, end: j})
			i = j
		default:
			t, err := lexWord(expr, i)
			if err != nil {
				return nil, err
			}
			if t.kind == tEOF {
				t = lexOperator(expr, i)
			}
			if t.kind == tEOF {
				_, size := utf8.DecodeRuneInString(expr[i:])
				return nil, &Error{Expr: expr, Pos: i, End: i + size, Msg: fmt.Sprintf("the character %q has no meaning in a filter", expr[i:i+size])}
			}
			toks = append(toks, t)
			i = t.end
		}
	}
	return append(toks, token{kind: tEOF, pos: len(expr), end: len(expr)}), nil
}

func lexOperator(expr string, i int) token {
	for _, op := range operators {
		if strings.HasPrefix(expr[i:], op.text) {
			return token{kind: tOp, text: op.means, pos: i, end: i + len(op.text)}
		}
	}
	return token{}
}

// lexWord reads the word, number or address at i: the longest of what could start
// there, and among equals an address before a number before a name. Its kind is
// tEOF if nothing of that sort starts at i.
func lexWord(expr string, i int) (token, *Error) {
	addr := lexColonAddress(expr, i)
	j := i
	if isAlnum(expr[i]) {
		for j < len(expr) && (isAlnum(expr[j]) || strings.IndexByte("-_.", expr[j]) >= 0) {
			j++
		}
		for expr[j-1] == '-' || expr[j-1] == '_' {
			j--
		}
	}
	if addr.kind != tEOF && addr.end >= j {
		return addr, nil
	}
	if j == i {
		return token{}, nil
	}
	t := token{text: expr[i:j], pos: i, end: j}
	switch {
	case keywords[t.text] != 0:
		t.kind = tWord
		if alias, ok := wordAliases[t.text]; ok {
			if alias == "and" || alias == "or" || alias == "not" {
				t.kind = tOp
			}
			t.text = alias
		}
		if t.text == "and" || t.text == "or" || t.text == "not" {
			t.kind = tOp
		}
	case isMACWord(t.text):
		t.kind = tMAC
	case isDotted(t.text):
		t.kind = tDot
	case isNumber(t.text):
		n, msg := parseNumber(t.text)
		if msg != "" {
			return t, &Error{Expr: expr, Pos: i, End: j, Msg: msg}
		}
		t.kind, t.num = tNum, n
	default:
		t.kind = tName
		if n, ok := numberNames[t.text]; ok {
			t.kind, t.num = tNum, n
		}
	}
	return t, nil
}

// lexColonAddress reads the longest Ethernet address with colons or IPv6 address at i.
func lexColonAddress(expr string, i int) token {
	j := i
	for j < len(expr) && j-i < 48 && (isHex(expr[j]) || expr[j] == ':' || expr[j] == '.') {
		j++
	}
	if strings.Count(expr[i:j], ":") < 2 {
		return token{}
	}
	for ; j > i+1; j-- {
		s := expr[i:j]
		if isMACGroups(s, ":", 6, 1, 2) {
			return token{kind: tMAC, text: s, pos: i, end: j}
		}
		if a, err := netip.ParseAddr(s); err == nil && a.Is6() {
			return token{kind: tIP6, text: s, pos: i, end: j}
		}
	}
	return token{}
}

// isMACWord recognises the forms of an Ethernet address that have no colon.
func isMACWord(s string) bool {
	return isMACGroups(s, "-", 6, 1, 2) || isMACGroups(s, ".", 6, 1, 2) || isMACGroups(s, ".", 3, 4, 4) || isMACGroups(s, "", 1, 12, 12)
}

// isMACGroups reports whether s is n groups of lo to hi hex digits.
func isMACGroups(s, sep string, n, lo, hi int) bool {
	groups := []string{s}
	if sep != "" {
		if strings.Count(s, sep) != n-1 {
			return false
		}
		groups = strings.Split(s, sep)
	}
	for _, g := range groups {
		if len(g) < lo || len(g) > hi || !allHex(g) {
			return false
		}
	}
	return true
}

func isDotted(s string) bool {
	parts := strings.Split(s, ".")
	if len(parts) < 2 || len(parts) > 4 {
		return false
	}
	for _, p := range parts {
		if p == "" || strings.Trim(p, "0123456789") != "" {
			return false
		}
	}
	return true
}

func isNumber(s string) bool {
	if len(s) > 2 && (s[:2] == "0x" || s[:2] == "0X") {
		return allHex(s[2:])
	}
	return strings.Trim(s, "0123456789") == ""
}

// parseNumber reads a decimal, octal (leading 0) or hexadecimal (leading 0x) number
// of 32 bits, as C and libpcap do. The second result says what is wrong with it.
func parseNumber(s string) (uint32, string) {
	digits, base := s, uint64(10)
	switch {
	case len(s) > 2 && (s[1] == 'x' || s[1] == 'X'):
		digits, base = s[2:], 16
	case len(s) > 1 && s[0] == '0':
		digits, base = s[1:], 8
	}
	n := uint64(0)
	for i := 0; i < len(digits); i++ {
		d := uint64(hexDigit(digits[i]))
		if d >= base {
			return 0, fmt.Sprintf("%s is not a number: a leading 0 means octal, which has no digit %d", s, d)
		}
		if n = n*base + d; n > 0xffffffff {
			return 0, fmt.Sprintf("%s does not fit into 32 bits", s)
		}
	}
	return uint32(n), ""
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func allHex(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isHex(s[i]) {
			return false
		}
	}
	return true
}

func hexDigit(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}
