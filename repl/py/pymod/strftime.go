package pymod

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// strftime is strftime(3) in the C locale, with Python's %f for microseconds.
func strftime(format string, t time.Time) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		pad := true
		if format[i] == '-' && i+1 < len(format) { // glibc's "no padding"
			pad = false
			i++
		}
		s, ok := timeField(format[i], t)
		if !ok {
			b.WriteString("%" + format[i:i+1])
			continue
		}
		if !pad {
			if s = strings.TrimLeft(s, "0 "); s == "" {
				s = "0"
			}
		}
		b.WriteString(s)
	}
	return b.String()
}

// timeField is one conversion of strftime.
func timeField(c byte, t time.Time) (string, bool) {
	layouts := map[byte]string{'a': "Mon", 'A': "Monday", 'b': "Jan", 'h': "Jan", 'B': "January", 'd': "02", 'e': "_2", 'H': "15", 'I': "03",
		'm': "01", 'M': "04", 'p': "PM", 'S': "05", 'y': "06", 'c': ctimeLayout, 'x': "01/02/06", 'X': "15:04:05", 'D': "01/02/06",
		'T': "15:04:05", 'R': "15:04", 'F': "2006-01-02", 'r': "03:04:05 PM", 'z': "-0700", 'Z': "MST"}
	if l, ok := layouts[c]; ok {
		return t.Format(l), true
	}
	isoYear, isoWeek := t.ISOWeek()
	switch c {
	case 'Y':
		return strconv.Itoa(t.Year()), true
	case 'C':
		return fmt.Sprintf("%02d", t.Year()/100), true
	case 'j':
		return fmt.Sprintf("%03d", t.YearDay()), true
	case 'f':
		return fmt.Sprintf("%06d", t.Nanosecond()/1000), true
	case 's':
		return strconv.FormatInt(t.Unix(), 10), true
	case 'k':
		return fmt.Sprintf("%2d", t.Hour()), true
	case 'l':
		return fmt.Sprintf("%2d", (t.Hour()+11)%12+1), true
	case 'u':
		return strconv.Itoa((int(t.Weekday())+6)%7 + 1), true
	case 'w':
		return strconv.Itoa(int(t.Weekday())), true
	case 'U': // weeks that begin on Sunday
		return fmt.Sprintf("%02d", (t.YearDay()+6-int(t.Weekday()))/7), true
	case 'W': // weeks that begin on Monday
		return fmt.Sprintf("%02d", (t.YearDay()+6-(int(t.Weekday())+6)%7)/7), true
	case 'G':
		return strconv.Itoa(isoYear), true
	case 'g':
		return fmt.Sprintf("%02d", isoYear%100), true
	case 'V':
		return fmt.Sprintf("%02d", isoWeek), true
	case 'n':
		return "\n", true
	case 't':
		return "\t", true
	case '%':
		return "%", true
	}
	return "", false
}

// strptimeArgs reads the arguments of strptime and parses.
func strptimeArgs(v []starlark.Value) (time.Time, error) {
	s, err := text(v[0])
	if err != nil {
		return time.Time{}, err
	}
	format, err := strOr(v[1], "%a %b %d %H:%M:%S %Y")
	if err != nil {
		return time.Time{}, err
	}
	return strptime(s, format)
}

// timeParts collects what strptime reads.
type timeParts struct {
	year, month, day, yday int
	hour, min, sec, nsec   int
	hour12                 bool
	pm                     bool
	loc                    *time.Location
}

// strptime parses s by a strftime format; the rest of a date is 1900-01-01, as
// in Python.
func strptime(s, format string) (time.Time, error) {
	p := timeParts{year: 1900, month: 1, day: 1, loc: time.UTC}
	rest, bad := s, pyrt.Errorf("ValueError", "time data %s does not match format %s", pyfmt.QuoteStr(s), pyfmt.QuoteStr(format))
	for _, short := range []struct{ c, long string }{{"%c", "%a %b %d %H:%M:%S %Y"}, {"%x", "%m/%d/%y"}, {"%D", "%m/%d/%y"}, {"%X", "%H:%M:%S"}, {"%T", "%H:%M:%S"}, {"%F", "%Y-%m-%d"}, {"%R", "%H:%M"}} {
		format = strings.ReplaceAll(format, short.c, short.long)
	}
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case c == ' ' || c == '\t' || c == '\n':
			rest = strings.TrimLeft(rest, " \t\n\r\v\f")
		case c == '%' && i+1 < len(format):
			i++
			var ok bool
			if rest, ok = p.read(format[i], rest); !ok {
				return time.Time{}, bad
			}
		case rest == "" || rest[0] != c:
			return time.Time{}, bad
		default:
			rest = rest[1:]
		}
	}
	if rest != "" {
		return time.Time{}, pyrt.Errorf("ValueError", "unconverted data remains: %s", rest)
	}
	if p.hour12 {
		p.hour %= 12
		if p.pm {
			p.hour += 12
		}
	}
	if p.yday > 0 {
		p.month, p.day = 1, p.yday
	}
	t := time.Date(p.year, time.Month(p.month), p.day, p.hour, p.min, p.sec, p.nsec, p.loc)
	if p.yday == 0 && t.Day() != p.day {
		return time.Time{}, pyrt.Errorf("ValueError", "day is out of range for month")
	}
	return t, nil
}

// read takes one conversion off s.
func (p *timeParts) read(c byte, s string) (rest string, ok bool) {
	num := func(dst *int, width, lo, hi int) (string, bool) {
		n, digits := 0, 0
		for digits < width && digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
			n = n*10 + int(s[digits]-'0')
			digits++
		}
		*dst = n
		return s[digits:], digits > 0 && n >= lo && n <= hi
	}
	word := func(dst *int, names func(i int) string, n int) (string, bool) {
		for i := range n { // the long names first, as the short ones begin them
			full := names(i)
			for _, w := range []string{full, full[:3]} {
				if len(s) >= len(w) && strings.EqualFold(s[:len(w)], w) {
					*dst = i
					return s[len(w):], true
				}
			}
		}
		return s, false
	}
	var skip int
	switch c {
	case 'Y':
		rest, ok = num(&p.year, 4, 0, 9999)
		return rest, ok && len(s)-len(rest) == 4
	case 'y':
		rest, ok = num(&p.year, 2, 0, 99)
		p.year += 1900
		if p.year < 1969 { // POSIX: 69-99 are the last century
			p.year += 100
		}
		return rest, ok
	case 'm':
		return num(&p.month, 2, 1, 12)
	case 'd', 'e':
		return num(&p.day, 2, 1, 31)
	case 'H':
		return num(&p.hour, 2, 0, 23)
	case 'I':
		p.hour12 = true
		return num(&p.hour, 2, 1, 12)
	case 'M':
		return num(&p.min, 2, 0, 59)
	case 'S':
		return num(&p.sec, 2, 0, 61)
	case 'j':
		return num(&p.yday, 3, 1, 366)
	case 'f':
		rest, ok = num(&p.nsec, 6, 0, 999999)
		for range 9 - (len(s) - len(rest)) {
			p.nsec *= 10
		}
		return rest, ok
	case 'b', 'B', 'h':
		rest, ok = word(&p.month, func(i int) string { return time.Month(i + 1).String() }, 12)
		p.month++
		return rest, ok
	case 'a', 'A':
		return word(&skip, func(i int) string { return time.Weekday(i).String() }, 7)
	case 'p':
		if len(s) < 2 || !strings.EqualFold(s[:2], "am") && !strings.EqualFold(s[:2], "pm") {
			return s, false
		}
		p.pm = s[0] == 'p' || s[0] == 'P'
		return s[2:], true
	case 'z':
		return p.zone(s)
	case 'Z':
		for _, name := range []string{"UTC", "GMT"} {
			if strings.HasPrefix(s, name) {
				return s[3:], true
			}
		}
		return s, false
	case '%':
		return strings.TrimPrefix(s, "%"), strings.HasPrefix(s, "%")
	}
	return s, false
}

// zone reads Z, +hhmm or +hh:mm.
func (p *timeParts) zone(s string) (string, bool) {
	if rest, ok := strings.CutPrefix(s, "Z"); ok {
		return rest, true
	}
	for _, layout := range []string{"-07:00", "-0700"} {
		if len(s) >= len(layout) {
			if t, err := time.Parse(layout, s[:len(layout)]); err == nil {
				_, offset := t.Zone()
				p.loc = time.FixedZone("", offset)
				return s[len(layout):], true
			}
		}
	}
	return s, false
}
