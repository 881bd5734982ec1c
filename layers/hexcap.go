package layers

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// ImportHexcap reads the bytes out of a pasted hexdump: that of [Hexdump],
// tcpdump -x, -xx or -X, xxd, od -t x1, hexdump -C, Wireshark, or bare hex
// digits. Lines of text between, such as tcpdump's summaries, are skipped.
func ImportHexcap(text string) ([]byte, error) {
	var out []byte
	offsets := false
	for n, line := range strings.Split(text, "\n") {
		b, withOffset, err := hexcapLine(line, offsets)
		if err != nil {
			return nil, fmt.Errorf("read hexdump: line %d: %w", n+1, err)
		}
		offsets = offsets || withOffset
		out = append(out, b...)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("read hexdump: got no bytes, want lines like %q", "0000  45 00 00 28")
	}
	return out, nil
}

// What stands before the bytes of a line: "0x0000:" (tcpdump), "00000000:"
// (xxd), four or more digits and a wide gap (scapy, hexdump -C, Wireshark), six
// or seven and one space (od). The last line of od and hexdump -C is an offset alone.
var (
	hexcapOffset   = &lazyRegexp{expr: `^(?:(?:0[xX])?[0-9a-fA-F]+:\s+|[0-9a-fA-F]{4,}\s{2,})`}
	hexcapOdOffset = &lazyRegexp{expr: `^[0-9a-fA-F]{6,7} (?:[0-9a-fA-F]{2}|[0-9a-fA-F]{4})(?: |$)`}
	hexcapEnd      = &lazyRegexp{expr: `^[0-9a-fA-F]{4,8}$`}
	hexcapWord     = &lazyRegexp{expr: `^(?:[0-9a-fA-F]{2})+(?:\s|$)`}
)

// A lazyRegexp is compiled when it is first used, so that starting costs nothing.
type lazyRegexp struct {
	expr string
	once sync.Once
	re   *regexp.Regexp
}

func (r *lazyRegexp) get() *regexp.Regexp {
	r.once.Do(func() { r.re = regexp.MustCompile(r.expr) })
	return r.re
}

// hexcapLine reads one line; offsets says that a line before had an offset.
func hexcapLine(line string, offsets bool) (out []byte, withOffset bool, err error) {
	s := strings.TrimSpace(strings.ReplaceAll(line, "\t", "  "))
	if m := hexcapOffset.get().FindString(s); m != "" {
		s, withOffset = s[len(m):], true
	} else if hexcapOdOffset.get().MatchString(s) {
		_, s, _ = strings.Cut(s, " ")
		withOffset = true
	} else if offsets && hexcapEnd.get().MatchString(s) {
		return nil, true, nil
	}
	rest := s
	for rest != "" {
		m := strings.TrimSpace(hexcapWord.get().FindString(rest))
		if m == "" {
			if len(out) > 0 || withOffset || mostlyHex(s) {
				return nil, withOffset, fmt.Errorf("got %q, want pairs of hex digits", rest)
			}
			break // a line of text
		}
		b, err := hex.DecodeString(m)
		if err != nil {
			return nil, withOffset, err
		}
		out = append(out, b...)
		rest = rest[len(m):]
		trimmed := strings.TrimLeft(rest, " ")
		// A gap ends the bytes, what follows are their characters; but
		// hexdump -C has one in the middle.
		gap := len(rest) - len(trimmed)
		if gap > 2 || (gap == 2 && (len(out) != 8 || !hexcapWord.get().MatchString(trimmed))) {
			break
		}
		rest = trimmed
	}
	return out, withOffset, nil
}

// mostlyHex tells bytes with a slip of the pen in them from a line of text.
func mostlyHex(s string) bool {
	words, good := strings.Fields(s), 0
	for _, w := range words {
		if hexcapWord.get().MatchString(w) {
			good++
		}
	}
	return good*2 > len(words)
}
