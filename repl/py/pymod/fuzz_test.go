package pymod

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// FuzzRegex checks that a translated pattern always compiles or is refused with
// an exception, and that the groups of a match lie inside the subject.
func FuzzRegex(f *testing.F) {
	for _, s := range []string{`(?P<a>\d+)[^\W_]*?$`, `^a|b\Z`, `(?i:x)(?-i:y){2,3}`, `[\]a-z\-]`, `(?x) a # c`, `a{,3}`, `\x41\101\0`, "\x01\x02", `(a)|b*`, `a{1000}{1000}`, `[[:alpha:]]`} {
		f.Add(s, "ab\n12", false)
		f.Add(s, "\xff\x00é", true)
	}
	f.Fuzz(func(t *testing.T, pat, text string, bytes bool) {
		if len(pat) > 200 || len(text) > 200 || !bytes && !utf8.ValidString(pat) {
			return
		}
		var p, s starlark.Value = starlark.String(pat), starlark.String(text)
		if bytes {
			p, s = starlark.Bytes(pat), starlark.Bytes(text)
		}
		re, err := compileRegex(p, 0)
		if err != nil {
			if k, ok := err.(interface{ Kind() string }); !ok || k.Kind() != "re.error" && k.Kind() != "ValueError" {
				t.Fatalf("compile %q: %v is no re.error", pat, err)
			}
			return
		}
		sub, err := newSubject(re, s)
		if err != nil {
			t.Fatal(err)
		}
		last := -1
		err = re.each(sub, 0, len(sub.s), func(loc []int) (bool, error) {
			if loc[0] < last || loc[1] < loc[0] || loc[1] > len(sub.s) || len(loc) != 2*len(re.t.names) {
				t.Fatalf("%q in %q: match %v after %d, %d groups", pat, text, loc, last, len(re.t.names))
			}
			last = loc[1]
			return true, nil
		})
		if err != nil {
			t.Fatalf("%q in %q: %v", pat, text, err)
		}
	})
}

// FuzzEscape checks that re.escape(s) matches s and nothing shorter.
func FuzzEscape(f *testing.F) {
	f.Add("a.b[c]\\ \n#-é")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		v, err := reEscape(&args{name: "escape", pos: starlark.Tuple{starlark.String(s)}})
		if err != nil {
			t.Fatal(err)
		}
		p, err := compileRegex(v, 0)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		sub, err := newSubject(p, starlark.String(s))
		if err != nil {
			t.Fatal(err)
		}
		loc, err := p.find(sub, reWhole, 0, len(s))
		if err != nil || loc == nil {
			t.Fatalf("re.escape(%q) = %s does not match it (%v)", s, v, err)
		}
	})
}

// FuzzStruct checks that what unpack reads, pack writes back, but for padding.
func FuzzStruct(f *testing.F) {
	for _, s := range []string{"!BHI", "<3sxq", "@bi", "4p?", "e", "<d2f", "0s", "P"} {
		f.Add(s, []byte("0123456789abcdefghijklmnop"))
	}
	// The codes whose every byte pattern has one value.
	exact := regexp.MustCompile(`^[<>=!]?(\d{0,2}[bBhHiIlLqQsc])*$`)
	f.Fuzz(func(t *testing.T, format string, data []byte) {
		l, err := compileStruct(format)
		if err != nil || l.size > len(data) {
			return
		}
		pos := starlark.Tuple{starlark.String(format), starlark.Bytes(data[:l.size])}
		v, err := call("unpack", pos...)
		if err != nil {
			t.Fatalf("unpack %q: %v", format, err)
		}
		vals := v.(starlark.Tuple)
		if len(vals) != l.values {
			t.Fatalf("unpack %q: %d values, want %d", format, len(vals), l.values)
		}
		packed, err := call("pack", append(starlark.Tuple{starlark.String(format)}, vals...)...)
		if err != nil {
			t.Fatalf("pack %q %v: %v", format, vals, err)
		}
		if got := string(packed.(starlark.Bytes)); len(got) != l.size || exact.MatchString(format) && isTight(format) && got != string(data[:l.size]) {
			t.Fatalf("%q: % x became % x", format, data[:l.size], got)
		}
	})
}

// isTight tells whether a format has a byte order, and so no padding.
func isTight(format string) bool { return format != "" && strings.IndexByte("<>=!", format[0]) >= 0 }

// call calls a function of module struct.
func call(name string, pos ...starlark.Value) (starlark.Value, error) {
	f, err := structModule().Attr(name)
	if err != nil {
		return nil, err
	}
	return f.(starlark.Callable).CallInternal(new(starlark.Thread), pos, nil)
}
