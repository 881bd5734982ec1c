package pymod

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

func pyQuote(s string) string { return pyfmt.QuoteStr(s) }

// How a match is tied to the subject.
type reMode uint8

const (
	reSearch reMode = iota // begins anywhere from the position on
	reAtPos                // begins at the position
	reWhole                // … and ends at the end
)

// pattern is a compiled pattern, re.Pattern.
type pattern struct {
	src   starlark.Value // str or bytes
	bytes bool
	t     *translated

	mu       sync.Mutex
	programs map[programKey]*regexp.Regexp
}

type programKey struct {
	mode reMode
	mid  bool // not at the start of the subject
}

var rePatterns struct {
	sync.Mutex
	m map[string]*pattern
}

// compileRegex compiles a str or bytes; a pattern is returned as it is.
func compileRegex(v starlark.Value, flags int) (*pattern, error) {
	if p, ok := v.(*pattern); ok {
		if flags != 0 {
			return nil, pyrt.Errorf("ValueError", "cannot process flags argument with a compiled pattern")
		}
		return p, nil
	}
	var src string
	isBytes := false
	if s, ok := v.(starlark.String); ok {
		src = string(s)
	} else {
		b, err := pymeth.BytesValue(v)
		if err != nil {
			return nil, pyrt.Errorf("TypeError", "first argument must be string or compiled pattern")
		}
		src, isBytes, v = latin1(string(b)), true, starlark.Bytes(b)
	}
	key := string(rune('0'+flags)) + src
	if isBytes {
		key = "b" + key
	}
	rePatterns.Lock()
	defer rePatterns.Unlock()
	if p := rePatterns.m[key]; p != nil {
		return p, nil
	}
	t, err := translateRegex(src, flags, isBytes)
	if err != nil {
		return nil, err
	}
	p := &pattern{src: v, bytes: isBytes, t: t, programs: map[programKey]*regexp.Regexp{}}
	if _, err := p.program(programKey{}); err != nil {
		return nil, err
	}
	if rePatterns.m == nil || len(rePatterns.m) >= 512 { // CPython keeps 512, too
		rePatterns.m = map[string]*pattern{}
	}
	rePatterns.m[key] = p
	return p, nil
}

// program compiles the pattern for one way of matching. In the middle of a
// subject, the character before is matched too, as what \b and re.M's "^" look
// at; group 1 is then the match.
func (p *pattern) program(k programKey) (*regexp.Regexp, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if re := p.programs[k]; re != nil {
		return re, nil
	}
	start := `\A`
	if k.mid {
		start = reNever
	}
	expr := "(" + strings.NewReplacer(reStart, start, reEnd, `\z`).Replace(p.t.expr) + ")"
	switch {
	case k.mid && k.mode == reSearch:
		expr = `\A(?s:.)(?s:.*?)` + expr
	case k.mid:
		expr = `\A(?s:.)` + expr
	case k.mode != reSearch:
		expr = `\A` + expr
	}
	if k.mode == reWhole {
		expr += `\z`
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, reErr("cannot compile %s here: %v", pyfmt.Repr(p.src), err)
	}
	p.programs[k] = re
	return re, nil
}

// subject is a text that is searched. Go counts bytes of UTF-8, Python
// characters, or bytes.
type subject struct {
	val   starlark.Value // what the caller gave
	s     string         // bytes as Latin-1
	bytes bool
	ascii bool
	size  int // in Python's count

	lastByte, lastIndex int // of the last conversion, to go on from
}

func newSubject(p *pattern, v starlark.Value) (*subject, error) {
	s := &subject{val: v}
	if str, ok := v.(starlark.String); ok {
		if p.bytes {
			return nil, pyrt.Errorf("TypeError", "cannot use a bytes pattern on a string-like object")
		}
		s.s = string(str)
	} else {
		b, err := pymeth.BytesValue(v)
		if err != nil {
			return nil, pyrt.Errorf("TypeError", "expected string or bytes-like object, got '%s'", pyfmt.TypeName(v))
		}
		if !p.bytes {
			return nil, pyrt.Errorf("TypeError", "cannot use a string pattern on a bytes-like object")
		}
		s.s, s.bytes = latin1(string(b)), true
	}
	s.size = utf8.RuneCountInString(s.s)
	s.ascii = s.size == len(s.s)
	return s, nil
}

// latin1 is the text whose characters are the bytes of b.
func latin1(b string) string {
	var out strings.Builder
	for i := range len(b) {
		out.WriteRune(rune(b[i]))
	}
	return out.String()
}

// unLatin1 is the bytes whose characters s has.
func unLatin1(s string) starlark.Bytes {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return starlark.Bytes(b)
}

// index is byte offset off in Python's count.
func (s *subject) index(off int) int {
	if s.ascii || off < 0 {
		return off
	}
	if off < s.lastByte {
		s.lastByte, s.lastIndex = 0, 0
	}
	s.lastIndex += utf8.RuneCountInString(s.s[s.lastByte:off])
	s.lastByte = off
	return s.lastIndex
}

// offset is the byte offset of index i, which is cut to the text.
func (s *subject) offset(i int) int {
	i = min(max(i, 0), s.size)
	if s.ascii {
		return i
	}
	off := 0
	for ; i > 0; i-- {
		_, n := utf8.DecodeRuneInString(s.s[off:])
		off += n
	}
	return off
}

// part is the text between two byte offsets.
func (s *subject) part(from, to int) starlark.Value {
	if s.bytes {
		return unLatin1(s.s[from:to])
	}
	return starlark.String(s.s[from:to])
}

// find matches s[:end] from byte offset pos on; loc is nil if nothing matches,
// else the offsets of the match and its groups.
//
// "$" also matches before a newline that ends the text, which no regexp can say
// without looking ahead; so the text is tried with that newline and without.
func (p *pattern) find(s *subject, mode reMode, pos, end int) (loc []int, err error) {
	text := s.s[:end]
	loc, err = p.findIn(text, mode, pos)
	if err != nil || !p.t.hasEnd || mode == reWhole || !strings.HasSuffix(text, "\n") || pos >= end {
		return loc, err
	}
	other, err := p.findIn(text[:end-1], mode, pos)
	if loc == nil || other != nil && other[0] < loc[0] {
		loc = other
	}
	return loc, err
}

func (p *pattern) findIn(text string, mode reMode, pos int) ([]int, error) {
	prev := pos
	if pos > 0 {
		_, n := utf8.DecodeLastRuneInString(text[:pos])
		prev -= n
	}
	re, err := p.program(programKey{mode, pos > 0})
	if err != nil {
		return nil, err
	}
	loc := re.FindStringSubmatchIndex(text[prev:])
	if loc == nil {
		return nil, nil
	}
	loc = loc[2:] // without what stands before the match
	for i := range loc {
		if loc[i] >= 0 {
			loc[i] += prev
		}
	}
	return loc, nil
}

// each calls f for the matches in s[pos:end], left to right, until it says false.
// An empty match may follow another match, but not an empty one at the same
// place. (CPython then also tries a longer match there, which matters for lazy
// patterns such as "a*?" only.)
func (p *pattern) each(s *subject, pos, end int, f func(loc []int) (bool, error)) error {
	for pos <= end {
		loc, err := p.find(s, reSearch, pos, end)
		if err != nil || loc == nil {
			return err
		}
		if more, err := f(loc); !more || err != nil {
			return err
		}
		if pos = loc[1]; loc[0] == loc[1] {
			pos = s.next(pos)
		}
	}
	return nil
}
