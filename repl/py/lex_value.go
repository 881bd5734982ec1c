package py

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// The literals that packets add to Python. An IPv4 address has four dotted
// groups, which is a syntax error in Python, so there is nothing to clash with.
// A MAC or IPv6 address could be a slice, hence only directly after "=".
var (
	ipv4Lit = regexp.MustCompile(`^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(/[0-9]{1,2})?`)
	macLit  = regexp.MustCompile(`^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}`)
	ipv6Lit = regexp.MustCompile(`^([0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4})*)?::([0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4})*)?|^[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){7}`)
)

// value reads a bare address if there is one here.
func (lx *lexer) value(c byte) bool {
	rest := lx.src[lx.pos:]
	start := lx.pos
	afterEq := false
	if n := len(lx.toks); n > 0 {
		last := lx.toks[n-1]
		if last.Kind == Op && last.Text == "." && last.End == start {
			return false
		}
		afterEq = last.Kind == Op && last.Text == "="
	}
	if isDigit(c) {
		if m := ipv4Lit.FindString(rest); m != "" && !continues(rest[len(m):]) {
			lx.pos += len(m)
			lx.emit(Addr, start)
			return true
		} else if i := strings.IndexByte(m, '/'); i > 0 && !continues(rest[i:]) {
			// 10.0.0.1/2000 divides, whatever that may mean.
			lx.pos += i
			lx.emit(Addr, start)
			return true
		}
	}
	if !afterEq || !isHex(c) && c != ':' {
		return false
	}
	if n := len(lx.brackets); n > 0 && lx.brackets[n-1] == '(' {
		if m := macLit.FindString(rest); m != "" && !continues(rest[len(m):]) && !strings.HasPrefix(rest[len(m):], ":") {
			lx.pos += len(m)
			lx.emit(Addr, start)
			return true
		}
	}
	if m := ipv6Lit.FindString(rest); m != "" && !continues(rest[len(m):]) {
		lx.pos += len(m)
		lx.emit(Error, start)
		lx.fail("an IPv6 address is a string: write it in quotes, \""+m+"\"", false)
		return true
	}
	return false
}

// continues tells whether s would continue an address or a word.
func continues(s string) bool {
	if s == "" {
		return false
	}
	return s[0] == '.' && len(s) > 1 && isDigit(s[1]) || isDigit(s[0]) || isNameStart(s)
}

func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

var (
	intLit   = regexp.MustCompile(`^(0[xX](_?[0-9a-fA-F])+|0[oO](_?[0-7])+|0[bB](_?[01])+|0(_?0)*|[1-9](_?[0-9])*)`)
	floatLit = regexp.MustCompile(`^([0-9](_?[0-9])*\.([0-9](_?[0-9])*)?|\.[0-9](_?[0-9])*)([eE][-+]?[0-9](_?[0-9])*)?|^[0-9](_?[0-9])*[eE][-+]?[0-9](_?[0-9])*`)
)

// number reads an integer or floating literal.
func (lx *lexer) number() {
	rest := lx.src[lx.pos:]
	start := lx.pos
	m := floatLit.FindString(rest)
	if m == "" {
		m = intLit.FindString(rest)
	}
	tail := rest[len(m):]
	if m != "" && (tail == "" || !isDigit(tail[0]) && tail[0] != '_' && !isNameStart(tail) || startsKeyword(tail)) {
		lx.pos += len(m)
		lx.emit(Number, start)
		return
	}
	// Take the whole word, so that one mistake gives one error.
	n := len(m)
	for n < len(rest) && (isDigit(rest[n]) || isNameStart(rest[n:])) {
		_, size := utf8.DecodeRuneInString(rest[n:])
		n += size
	}
	if n == 0 {
		n = 1
	}
	lx.pos += n
	lx.emit(Error, start)
	word := strings.ToLower(rest[:n])
	switch {
	case strings.HasPrefix(word, "0x"):
		lx.fail("invalid hexadecimal literal", false)
	case strings.HasPrefix(word, "0o"):
		lx.fail("invalid octal literal", false)
	case strings.HasPrefix(word, "0b"):
		lx.fail("invalid binary literal", false)
	case len(word) > 1 && word[0] == '0' && isDigit(word[1]):
		lx.fail("leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers", false)
	case strings.HasSuffix(word, "j"):
		lx.fail("complex numbers are not supported", false)
	default:
		lx.fail("invalid decimal literal", false)
	}
}

// startsKeyword tells whether s begins with a word that may follow a number
// without a space, as in `1if x else 2`.
func startsKeyword(s string) bool {
	for _, k := range [...]string{"if", "else", "and", "or", "in", "is", "for", "not"} {
		if strings.HasPrefix(s, k) && (len(s) == len(k) || !isDigit(s[len(k)]) && s[len(k)] != '_' && !isNameStart(s[len(k):])) {
			return true
		}
	}
	return false
}
