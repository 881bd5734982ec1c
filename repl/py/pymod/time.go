package pymod

import (
	"context"
	"math"
	"time"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pymod/wait"
	"pktsh/repl/py/pyrt"
)

// started is the zero of monotonic() and perf_counter().
var started = time.Now()

func seconds(t time.Time) starlark.Value {
	return starlark.Float(float64(t.Unix()) + float64(t.Nanosecond())/1e9)
}

func timeModule() *Module {
	since := func(a *args) (starlark.Value, error) {
		return starlark.Float(time.Since(started).Seconds()), a.none()
	}
	sinceNS := func(a *args) (starlark.Value, error) {
		return starlark.MakeInt64(time.Since(started).Nanoseconds()), a.none()
	}
	d := funcs(map[string]function{
		"time":            func(a *args) (starlark.Value, error) { return seconds(time.Now()), a.none() },
		"time_ns":         func(a *args) (starlark.Value, error) { return starlark.MakeInt64(time.Now().UnixNano()), a.none() },
		"monotonic":       since,
		"perf_counter":    since,
		"process_time":    since,
		"monotonic_ns":    sinceNS,
		"perf_counter_ns": sinceNS,
		"sleep":           sleep,
		"localtime":       func(a *args) (starlark.Value, error) { return timeStruct(a, time.Local) },
		"gmtime":          func(a *args) (starlark.Value, error) { return timeStruct(a, time.UTC) },
		"mktime":          mktime,
		"ctime": func(a *args) (starlark.Value, error) {
			t, err := timeArg(a, time.Local)
			return starlark.String(t.Format(ctimeLayout)), err
		},
		"asctime": func(a *args) (starlark.Value, error) {
			v, err := a.bind("t")
			if err != nil {
				return nil, err
			}
			t := time.Now()
			if v[0] != nil {
				t, err = fromStruct(v[0], time.UTC)
			}
			return starlark.String(t.Format(ctimeLayout)), err
		},
		"strftime": func(a *args) (starlark.Value, error) {
			v, err := a.bind("format!", "t")
			if err != nil {
				return nil, err
			}
			format, err := text(v[0])
			if err != nil {
				return nil, pyrt.Errorf("TypeError", "strftime() argument 1 must be str, not %s", pyfmt.TypeName(v[0]))
			}
			t := time.Now()
			if v[1] != nil {
				if t, err = fromStruct(v[1], time.Local); err != nil {
					return nil, err
				}
			}
			return starlark.String(strftime(format, t)), nil
		},
		"strptime": func(a *args) (starlark.Value, error) {
			v, err := a.bind("data_string!", "format")
			if err != nil {
				return nil, err
			}
			t, err := strptimeArgs(v)
			return toStruct(t), err
		},
	})
	zone, offset := time.Date(time.Now().Year(), 1, 1, 0, 0, 0, 0, time.Local).Zone()
	summer, summerOffset := time.Date(time.Now().Year(), 7, 1, 0, 0, 0, 0, time.Local).Zone()
	d["timezone"] = integer(-offset)
	d["altzone"] = integer(-summerOffset)
	d["daylight"] = integer(0)
	if summerOffset != offset {
		d["daylight"] = integer(1)
	}
	d["tzname"] = starlark.Tuple{starlark.String(zone), starlark.String(summer)}
	d["struct_time"] = structTime
	return newModule("time", d)
}

const ctimeLayout = "Mon Jan _2 15:04:05 2006"

// sleep waits; Ctrl-C raises KeyboardInterrupt in it.
func sleep(a *args) (starlark.Value, error) {
	v, err := a.exactly(1)
	if err != nil {
		return nil, err
	}
	s, err := pymeth.FloatValue(v[0])
	if err != nil {
		return nil, pyrt.Errorf("TypeError", "'%s' object cannot be interpreted as an integer", pyfmt.TypeName(v[0]))
	}
	if math.IsNaN(s) {
		return nil, pyrt.Errorf("ValueError", "Invalid value NaN (not a number)")
	}
	if s < 0 {
		return nil, pyrt.Errorf("ValueError", "sleep length must be non-negative")
	}
	err = wait.Do(a.th, func(ctx context.Context) error {
		t := time.NewTimer(duration(s))
		defer t.Stop()
		select {
		case <-t.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	return starlark.None, err
}

// timeArg is the seconds argument, by default now.
func timeArg(a *args, loc *time.Location) (time.Time, error) {
	v, err := a.bind("secs")
	if err != nil || isNone(v[0]) {
		return time.Now().In(loc), err
	}
	s, err := pymeth.FloatValue(v[0])
	if err != nil {
		return time.Time{}, err
	}
	return fromSeconds(s, loc)
}

// fromSeconds is a time of years that Python accepts, too.
func fromSeconds(s float64, loc *time.Location) (time.Time, error) {
	if math.IsNaN(s) || math.Abs(s) > 1e16 {
		return time.Time{}, pyrt.Errorf("OverflowError", "timestamp out of range for platform time_t")
	}
	whole := math.Floor(s)
	return time.Unix(int64(whole), int64((s-whole)*1e9)).In(loc), nil
}

var structTime = &namedClass{name: "time.struct_time",
	fields: []string{"tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"}}

func timeStruct(a *args, loc *time.Location) (starlark.Value, error) {
	t, err := timeArg(a, loc)
	if err != nil {
		return nil, err
	}
	return toStruct(t), nil
}

// toStruct counts days of the week from Monday, days of the year from 1.
func toStruct(t time.Time) *named {
	dst := 0
	if t.IsDST() {
		dst = 1
	}
	return newNamed(structTime, integer(t.Year()), integer(int(t.Month())), integer(t.Day()), integer(t.Hour()), integer(t.Minute()),
		integer(t.Second()), integer((int(t.Weekday())+6)%7), integer(t.YearDay()), integer(dst))
}

// fromStruct reads a struct_time or a tuple of nine numbers.
func fromStruct(v starlark.Value, loc *time.Location) (time.Time, error) {
	t, ok := asTuple(v)
	if !ok {
		return time.Time{}, pyrt.Errorf("TypeError", "Tuple or struct_time argument required")
	}
	if len(t) != 9 {
		return time.Time{}, pyrt.Errorf("TypeError", "time.struct_time() takes a 9-sequence (%d-sequence given)", len(t))
	}
	var n [6]int
	for i := range n {
		var err error
		if n[i], err = pymeth.Index(t[i]); err != nil {
			return time.Time{}, err
		}
	}
	return time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, loc), nil
}

func mktime(a *args) (starlark.Value, error) {
	v, err := a.exactly(1)
	if err != nil {
		return nil, err
	}
	t, err := fromStruct(v[0], time.Local)
	return starlark.Float(t.Unix()), err
}
