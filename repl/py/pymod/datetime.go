package pymod

import (
	"fmt"
	"math"
	"strings"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// dateTime is datetime.datetime without a time zone ("naive"), or one in UTC; its
// time.Time has the wall clock's numbers in UTC.
type dateTime struct {
	noHash
	t   time.Time
	utc bool
}

// timeDelta is datetime.timedelta.
type timeDelta struct {
	noHash
	d time.Duration
}

var (
	_ starlark.HasBinary = dateTime{}
	_ pyrt.Orderer       = dateTime{}
	_ pyrt.Equaler       = dateTime{}
	_ starlark.HasBinary = timeDelta{}
	_ starlark.HasUnary  = timeDelta{}
	_ pyrt.Orderer       = timeDelta{}
	_ pyrt.Equaler       = timeDelta{}
)

// datetimeModule has what scripts use to print times and to measure them: naive
// times and those of timezone.utc, no other zones, and no date or time by itself.
func datetimeModule() *Module {
	utc := &class{name: "datetime.timezone", statics: map[string]starlark.Value{"utc": timezoneUTC}}
	stamp := func(loc *time.Location) function {
		return func(a *args) (starlark.Value, error) {
			v, err := a.bind("timestamp!", "tz")
			if err != nil {
				return nil, err
			}
			s, err := pymeth.FloatValue(v[0])
			if err != nil {
				return nil, err
			}
			zone, err := inUTC(v[1], loc)
			if err != nil {
				return nil, err
			}
			t, err := fromSeconds(s, zone)
			return newDateTime(t.Round(time.Microsecond), !isNone(v[1])), err
		}
	}
	dt := &class{name: "datetime.datetime", is: isA[dateTime], make: makeDateTime, statics: map[string]starlark.Value{
		"now": fn("now", func(a *args) (starlark.Value, error) {
			v, err := a.bind("tz")
			if err != nil {
				return nil, err
			}
			zone, err := inUTC(v[0], time.Local)
			return newDateTime(time.Now().In(zone), !isNone(v[0])), err
		}),
		"today":            fn("today", func(a *args) (starlark.Value, error) { return newDateTime(time.Now(), false), a.none() }),
		"utcnow":           fn("utcnow", func(a *args) (starlark.Value, error) { return newDateTime(time.Now().UTC(), false), a.none() }),
		"fromtimestamp":    fn("fromtimestamp", stamp(time.Local)),
		"utcfromtimestamp": fn("utcfromtimestamp", stamp(time.UTC)),
		"strptime": fn("strptime", func(a *args) (starlark.Value, error) {
			v, err := a.bind("date_string!", "format!")
			if err != nil {
				return nil, err
			}
			t, err := strptimeArgs(v)
			return newDateTime(t, false), err
		}),
	}}
	return newModule("datetime", starlark.StringDict{"datetime": dt, "timezone": utc, "UTC": timezoneUTC,
		"timedelta": &class{name: "datetime.timedelta", is: isA[timeDelta], make: makeTimeDelta}})
}

// zoneUTC is timezone.utc.
type zoneUTC struct{ noHash }

var timezoneUTC = zoneUTC{noHash{"timezone"}}

func (zoneUTC) String() string { return "datetime.timezone.utc" }
func (zoneUTC) PyStr() string  { return "UTC" }

// inUTC is the zone that a tz argument asks for, def without one.
func inUTC(tz starlark.Value, def *time.Location) (*time.Location, error) {
	if isNone(tz) {
		return def, nil
	}
	if _, ok := tz.(zoneUTC); ok {
		return time.UTC, nil
	}
	return nil, pyrt.Errorf("ValueError", "of time zones there is only timezone.utc here")
}

// newDateTime keeps the wall clock of t, to the microsecond.
func newDateTime(t time.Time, utc bool) dateTime {
	y, m, d := t.Date()
	return dateTime{noHash{"datetime"}, time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond()/1000*1000, time.UTC), utc}
}

func makeDateTime(a *args) (starlark.Value, error) {
	v, err := a.bind("year!", "month!", "day!", "hour", "minute", "second", "microsecond", "tzinfo")
	if err != nil {
		return nil, err
	}
	zone, err := inUTC(v[7], nil)
	if err != nil {
		return nil, err
	}
	var n [7]int
	for i := range n {
		if n[i], err = intOr(v[i], 0); err != nil {
			return nil, err
		}
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], n[6]*1000, time.UTC)
	if t.Year() != n[0] || int(t.Month()) != n[1] || t.Day() != n[2] || t.Hour() != n[3] || t.Minute() != n[4] || t.Second() != n[5] || n[6] < 0 || n[6] > 999999 {
		return nil, pyrt.Errorf("ValueError", "there is no such date or time: %v", n)
	}
	return newDateTime(t, zone != nil), nil
}

// iso is isoformat with a separator.
func (d dateTime) iso(sep string) string {
	s := d.t.Format("2006-01-02" + sep + "15:04:05")
	if us := d.t.Nanosecond() / 1000; us > 0 {
		s += fmt.Sprintf(".%06d", us)
	}
	if d.utc {
		s += "+00:00"
	}
	return s
}

func (d dateTime) String() string { return d.PyRepr() }

// PyStr is 2026-11-25 12:00:00.
func (d dateTime) PyStr() string { return d.iso(" ") }

// PyRepr is datetime.datetime(2026, 11, 25, 12, 0).
func (d dateTime) PyRepr() string {
	n := []int{d.t.Year(), int(d.t.Month()), d.t.Day(), d.t.Hour(), d.t.Minute()}
	if us := d.t.Nanosecond() / 1000; us > 0 {
		n = append(n, d.t.Second(), us)
	} else if d.t.Second() > 0 {
		n = append(n, d.t.Second())
	}
	s := "datetime.datetime(" + strings.Trim(strings.ReplaceAll(fmt.Sprint(n), " ", ", "), "[]")
	if d.utc {
		s += ", tzinfo=datetime.timezone.utc"
	}
	return s + ")"
}

// PyFormat is format(d, "%H:%M").
func (d dateTime) PyFormat(spec string) (string, error) {
	if spec == "" {
		return d.PyStr(), nil
	}
	return strftime(spec, d.t), nil
}

// Hash lets times be keys.
func (d dateTime) Hash() (uint32, error) { return starlark.MakeInt64(d.t.UnixNano()).Hash() }

// absolute is the moment in time: a naive time is local.
func (d dateTime) absolute() time.Time {
	if d.utc {
		return d.t
	}
	y, m, day := d.t.Date()
	return time.Date(y, m, day, d.t.Hour(), d.t.Minute(), d.t.Second(), d.t.Nanosecond(), time.Local)
}

// Binary is + and - with a timedelta, and the difference of two times.
func (d dateTime) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	switch y := y.(type) {
	case timeDelta:
		switch {
		case op == syntax.PLUS:
			return newDateTime(d.t.Add(y.d), d.utc), nil
		case op == syntax.MINUS && side == starlark.Left:
			return newDateTime(d.t.Add(-y.d), d.utc), nil
		}
	case dateTime:
		if op == syntax.MINUS && side == starlark.Left {
			if d.utc != y.utc {
				return nil, pyrt.Errorf("TypeError", "can't subtract offset-naive and offset-aware datetimes")
			}
			return newDelta(d.t.Sub(y.t)), nil
		}
	}
	return nil, nil
}

// EqualTo compares with a datetime.
func (d dateTime) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	o, ok := other.(dateTime)
	return ok && o.utc == d.utc && o.t.Equal(d.t), true, nil
}

// CompareTo orders times.
func (d dateTime) CompareTo(op string, other starlark.Value) (result, handled bool, err error) {
	o, ok := other.(dateTime)
	if !ok {
		return false, false, nil
	}
	if o.utc != d.utc {
		return false, true, pyrt.Errorf("TypeError", "can't compare offset-naive and offset-aware datetimes")
	}
	return pymeth.Holds(op, d.t.Compare(o.t)), true, nil
}

var dateTimeMethods = methodTable[dateTime]{
	"strftime": func(d dateTime, a *args) (starlark.Value, error) {
		v, err := a.bind("format!")
		if err != nil {
			return nil, err
		}
		format, err := text(v[0])
		return starlark.String(strftime(format, d.t)), err
	},
	"isoformat": func(d dateTime, a *args) (starlark.Value, error) {
		v, err := a.bind("sep")
		if err != nil {
			return nil, err
		}
		sep, err := strOr(v[0], "T")
		return starlark.String(d.iso(sep)), err
	},
	"timestamp": func(d dateTime, a *args) (starlark.Value, error) { return seconds(d.absolute()), a.none() },
	"timetuple": func(d dateTime, a *args) (starlark.Value, error) { return toStruct(d.t), a.none() },
	"weekday": func(d dateTime, a *args) (starlark.Value, error) {
		return integer((int(d.t.Weekday()) + 6) % 7), a.none()
	},
	"ctime": func(d dateTime, a *args) (starlark.Value, error) {
		return starlark.String(d.t.Format(ctimeLayout)), a.none()
	},
}

// Attr is a number of the date or a method.
func (d dateTime) Attr(name string) (starlark.Value, error) {
	for i, field := range dateTimeFields {
		if field == name {
			return integer([]int{d.t.Year(), int(d.t.Month()), d.t.Day(), d.t.Hour(), d.t.Minute(), d.t.Second(), d.t.Nanosecond() / 1000}[i]), nil
		}
	}
	return dateTimeMethods.bind(d, name), nil
}

var dateTimeFields = []string{"year", "month", "day", "hour", "minute", "second", "microsecond"}

// AttrNames lists the attributes.
func (d dateTime) AttrNames() []string {
	return append(sortedKeys(dateTimeMethods), dateTimeFields...)
}

func newDelta(d time.Duration) timeDelta { return timeDelta{noHash{"timedelta"}, d} }

func makeTimeDelta(a *args) (starlark.Value, error) {
	v, err := a.bind("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
	if err != nil {
		return nil, err
	}
	total := 0.0 // in microseconds
	for i, unit := range []float64{24 * 3600e6, 1e6, 1, 1e3, 60e6, 3600e6, 7 * 24 * 3600e6} {
		f, err := floatOr(v[i], 0)
		if err != nil {
			return nil, err
		}
		total += f * unit
	}
	if math.Abs(total) > math.MaxInt64/1000 {
		return nil, pyrt.Errorf("OverflowError", "a timedelta of more than 292 years")
	}
	return newDelta(time.Duration(math.RoundToEven(total)) * time.Microsecond), nil
}

// parts are Python's: days of either sign, seconds and microseconds of none.
func (t timeDelta) parts() (days, secs, micros int64) {
	us := t.d.Microseconds()
	const day = 24 * 3600 * 1e6
	days = int64(math.Floor(float64(us) / day))
	us -= days * day
	return days, us / 1e6, us % 1e6
}

func (t timeDelta) String() string { return t.PyRepr() }

// PyRepr is datetime.timedelta(days=-1, seconds=5).
func (t timeDelta) PyRepr() string {
	days, secs, micros := t.parts()
	var parts []string
	for i, n := range []int64{days, secs, micros} {
		if n != 0 {
			parts = append(parts, fmt.Sprintf("%s=%d", []string{"days", "seconds", "microseconds"}[i], n))
		}
	}
	if len(parts) == 0 {
		parts = []string{"0"}
	}
	return "datetime.timedelta(" + strings.Join(parts, ", ") + ")"
}

// PyStr is 1 day, 2:03:04.5.
func (t timeDelta) PyStr() string {
	days, secs, micros := t.parts()
	s := fmt.Sprintf("%d:%02d:%02d", secs/3600, secs/60%60, secs%60)
	if micros > 0 {
		s += fmt.Sprintf(".%06d", micros)
	}
	switch {
	case days == 1 || days == -1:
		s = fmt.Sprintf("%d day, %s", days, s)
	case days != 0:
		s = fmt.Sprintf("%d days, %s", days, s)
	}
	return s
}

// Truth is false for none.
func (t timeDelta) Truth() starlark.Bool { return t.d != 0 }

// Hash lets durations be keys.
func (t timeDelta) Hash() (uint32, error) { return starlark.MakeInt64(int64(t.d)).Hash() }

// Unary is -t and +t.
func (t timeDelta) Unary(op syntax.Token) (starlark.Value, error) {
	switch op {
	case syntax.MINUS:
		return newDelta(-t.d), nil
	case syntax.PLUS:
		return t, nil
	}
	return nil, nil
}

// Binary is + and - with another, * and / with a number, / with another.
func (t timeDelta) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if o, ok := y.(timeDelta); ok {
		a, b := t, o
		if side == starlark.Right {
			a, b = o, t
		}
		switch op {
		case syntax.PLUS:
			return newDelta(a.d + b.d), nil
		case syntax.MINUS:
			return newDelta(a.d - b.d), nil
		case syntax.SLASH:
			if b.d == 0 {
				return nil, pyrt.Errorf("ZeroDivisionError", "division by zero")
			}
			return starlark.Float(float64(a.d) / float64(b.d)), nil
		}
		return nil, nil
	}
	f, ok := starlark.AsFloat(y)
	switch {
	case !ok:
		return nil, nil
	case op == syntax.STAR:
	case op == syntax.SLASH && side == starlark.Left:
		if f == 0 {
			return nil, pyrt.Errorf("ZeroDivisionError", "division by zero")
		}
		f = 1 / f
	default:
		return nil, nil
	}
	return newDelta(time.Duration(math.RoundToEven(float64(t.d.Microseconds())*f)) * time.Microsecond), nil
}

// EqualTo compares with a timedelta.
func (t timeDelta) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	o, ok := other.(timeDelta)
	return ok && o.d == t.d, true, nil
}

// CompareTo orders durations.
func (t timeDelta) CompareTo(op string, other starlark.Value) (result, handled bool, err error) {
	o, ok := other.(timeDelta)
	if !ok {
		return false, false, nil
	}
	return pymeth.Holds(op, int(min(max(t.d-o.d, -1), 1))), true, nil
}

// Attr is days, seconds, microseconds or total_seconds().
func (t timeDelta) Attr(name string) (starlark.Value, error) {
	days, secs, micros := t.parts()
	switch name {
	case "days":
		return starlark.MakeInt64(days), nil
	case "seconds":
		return starlark.MakeInt64(secs), nil
	case "microseconds":
		return starlark.MakeInt64(micros), nil
	case "total_seconds":
		return fn(name, func(a *args) (starlark.Value, error) { return starlark.Float(t.d.Seconds()), a.none() }), nil
	}
	return nil, nil
}

// AttrNames lists the attributes.
func (t timeDelta) AttrNames() []string {
	return []string{"days", "microseconds", "seconds", "total_seconds"}
}
