package py

import (
	"strings"
	"unicode/utf8"
)

// The literals that packets add to Python. An IPv4 address has four dotted
// groups, which is a syntax error in Python, so there is nothing to clash with.
// A MAC or IPv6 address could be a slice, hence only directly after "=".
var (
	ipv4Lit = lazyRegexp(`^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(/[0-9]{1,2})?`)
	macLit  = lazyRegexp(`^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}`)
	ipv6Lit = lazyRegexp(`^([0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4})*)?::([0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4})*)?|^[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){7}`)
)

// maxAddr is more than the longest address, so that looking for one does not
// depend on the length of the source.
const maxAddr = 64

// value reads a bare address if there is one here.
func (lx *lexer) value(c byte) bool {
	start := lx.pos
	rest := lx.src[start:min(len(lx.src), start+maxAddr)]
	afterEq := false
	if n := len(lx.toks); n > 0 {
		last := lx.toks[n-1]
		if last.Kind == Op && last.Text == "." && last.End == start {
			return false
		}
		afterEq = last.Kind == Op && last.Text == "="
	}
	if isDigit(c) && strings.IndexByte(rest[:min(len(rest), 4)], '.') > 0 {
		if m := ipv4Lit().FindString(rest); m != "" && !continues(rest[len(m):]) {
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
	if !afterEq || !isHex(c) && c != ':' || strings.IndexByte(rest[:min(len(rest), 5)], ':') < 0 {
		return false
	}
	if n := len(lx.brackets); n > 0 && lx.brackets[n-1] == '(' {
		if m := macLit().FindString(rest); m != "" && !continues(rest[len(m):]) && !strings.HasPrefix(rest[len(m):], ":") {
			lx.pos += len(m)
			lx.emit(Addr, start)
			return true
		}
	}
	if m := ipv6Lit().FindString(rest); m != "" && !continues(rest[len(m):]) {
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

// digits is the length of a run of digits at the start of s, with single
// underscores between them.
func digits(s string, ok func(c byte) bool) int {
	n := 0
	for n < len(s) && (ok(s[n]) || n > 0 && s[n] == '_' && n+1 < len(s) && ok(s[n+1])) {
		n++
	}
	return n
}

// literal is the length of the number at the start of s, 0 if there is none.
func literal(s string) int {
	if len(s) > 2 && s[0] == '0' {
		var ok func(c byte) bool
		switch s[1] {
		case 'x', 'X':
			ok = isHex
		case 'o', 'O':
			ok = func(c byte) bool { return '0' <= c && c <= '7' }
		case 'b', 'B':
			ok = func(c byte) bool { return c == '0' || c == '1' }
		}
		if ok != nil {
			skip := 2
			if s[2] == '_' {
				skip = 3
			}
			if n := digits(s[skip:], ok); n > 0 {
				return skip + n
			}
		}
	}
	n := digits(s, isDigit)
	whole := s[:n]
	float := false
	if n < len(s) && s[n] == '.' {
		frac := digits(s[n+1:], isDigit)
		if n == 0 && frac == 0 {
			return 0
		}
		n += 1 + frac
		float = true
	}
	if n < len(s) && (s[n] == 'e' || s[n] == 'E') {
		k := n + 1
		if k < len(s) && (s[k] == '+' || s[k] == '-') {
			k++
		}
		if d := digits(s[k:], isDigit); d > 0 {
			n = k + d
			float = true
		}
	}
	if !float && len(whole) > 1 && whole[0] == '0' && strings.Trim(whole, "0_") != "" {
		return 1 // 0777: the rest is the error
	}
	return n
}

// number reads an integer or floating literal.
func (lx *lexer) number() {
	rest := lx.src[lx.pos:]
	start := lx.pos
	m := rest[:literal(rest)]
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
