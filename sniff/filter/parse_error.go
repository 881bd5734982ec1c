package filter

import (
	"strings"

	"pktsh/internal/near"
)

func isAddress(t token) bool {
	return t.kind == tName || t.kind == tDot || t.kind == tIP6 || t.kind == tMAC || t.kind == tARC
}

// asWhat shows how an id without qualifiers could be written.
func asWhat(id token) string {
	switch id.kind {
	case tMAC:
		return "ether host " + id.text
	case tDot, tIP6:
		return "host " + id.text + " or net " + id.text
	case tNum:
		return "port " + id.text + ", proto " + id.text + " or net " + id.text
	}
	return "host " + id.text + ", net " + id.text + " or port " + id.text
}

// unexpected ends parsing at a token that no rule wants.
func (p *parser) unexpected(t token) {
	if p.i > 0 {
		// tpc port 80: what was taken for a host name was meant as a keyword.
		if prev := p.toks[p.i-1]; prev.kind == tName && p.expr[prev.pos] != '\\' && near.Word(strings.ToLower(prev.text), wordList()) != "" {
			p.unknownWord(prev)
		}
	}
	switch {
	case t.kind == tEOF:
		p.failAt(t, "the expression ends where a primitive such as host, net, port or tcp should follow")
	case t.kind == tName:
		p.unknownWord(t)
	case t.is("/") && p.i > 0 && p.toks[p.i-1].kind == tNum:
		n := p.toks[p.i-1].text
		p.failAt(t, "a network with a length needs a dot in it: %s.0/8 or %s.0.0.0/8", n, n)
	case t.is(")"):
		p.failAt(t, "this parenthesis closes nothing, or nothing is in it")
	case p.i > 0 && (t.kind == tWord || t.kind == tNum || isAddress(t)):
		p.failAt(t, "expected and, or, or the end of the expression before %q", t.text)
	}
	p.failAt(t, "%q cannot stand here", p.expr[t.pos:t.end])
}

func (p *parser) unknownWord(t token) {
	lower := strings.ToLower(t.text)
	if i := strings.IndexByte(lower, '-'); i > 0 && (keywords[lower[:i]] != 0 || isNumber(lower[:i])) {
		p.failAt(t, "%q is read as one word: put blanks around the minus sign", t.text)
	}
	hint := lower
	if keywords[lower] == 0 {
		hint = near.Word(lower, wordList())
	} else if p.expr[t.pos] == '\\' {
		p.failAt(t, "the backslash makes %q a name; say what it is the name of, as in proto \\%s, or leave the backslash out", t.text, t.text)
	}
	if hint != "" {
		p.failAt(t, "%q is not a keyword; did you mean %q?", t.text, hint)
	}
	p.failAt(t, "%q is not a keyword; if it is a name, say what of: host %s, port %s", t.text, t.text, t.text)
}

func wordList() []string {
	list := make([]string, 0, len(keywords)+len(numberNames))
	for w, c := range keywords {
		if c != wOther {
			list = append(list, w)
		}
	}
	for w := range numberNames {
		list = append(list, w)
	}
	return list
}
