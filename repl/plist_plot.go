package repl

import (
	"math"
	"os"

	"go.starlark.net/starlark"
)

// values asks f for each packet, or pair, that lfilter keeps.
func (c *call) values() ([]starlark.Value, error) {
	f, err := c.fn("f")
	if err != nil {
		return nil, err
	}
	lfilter, err := c.fn("lfilter")
	if err != nil {
		return nil, err
	}
	var out []starlark.Value
	for i := range c.list.Len() {
		args := argsOf(c.list.Index(i))
		if lfilter != nil {
			keep, err := starlark.Call(c.th, lfilter, args, nil)
			if err != nil {
				return nil, err
			}
			if !keep.Truth() {
				continue
			}
		}
		v, err := starlark.Call(c.th, f, args, nil)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// add puts a point into the series: a number, which stands at x, or (x, y).
func (s *series) add(c *call, v starlark.Value, x float64) error {
	y := v
	if t, ok := v.(starlark.Tuple); ok && len(t) == 2 {
		f, ok := starlark.AsFloat(t[0])
		if !ok {
			return c.errorf("f", "%s(): f gave %s, want a number or (x, y)", c.b.Name(), pyRepr(v))
		}
		x, y = f, t[1]
	}
	f, ok := numberOf(y)
	if !ok {
		return c.errorf("f", "%s(): f gave %s, want a number or (x, y)", c.b.Name(), pyRepr(v))
	}
	for _, n := range []float64{x, f} {
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return c.errorf("f", "%s(): f gave %s, which has no place on an axis: leave such packets out with lfilter=", c.b.Name(), pyRepr(v))
		}
	}
	s.x, s.y = append(s.x, x), append(s.y, f)
	return nil
}

// numberOf is a value as a number, a flag value's bits included.
func numberOf(v starlark.Value) (float64, bool) {
	if n, ok := toInt(v); ok {
		return float64(n), true
	}
	return starlark.AsFloat(v)
}

func listPlot(c *call) (starlark.Value, error) {
	vs, err := c.values()
	if err != nil {
		return nil, err
	}
	var s series
	for i, v := range vs {
		if err := s.add(c, v, float64(i)); err != nil {
			return nil, err
		}
	}
	return c.chart([]series{s})
}

// listDiffplot charts f(packet i, packet i+delay).
func listDiffplot(c *call) (starlark.Value, error) {
	f, err := c.fn("f")
	if err != nil {
		return nil, err
	}
	delay, err := c.int("delay", 1)
	if err != nil || delay < 1 {
		return nil, c.wrong("delay", "1 or more")
	}
	var s series
	for i := 0; i+delay < c.list.Len(); i++ {
		v, err := starlark.Call(c.th, f, starlark.Tuple{c.list.Index(i), c.list.Index(i + delay)}, nil)
		if err != nil {
			return nil, err
		}
		if err := s.add(c, v, float64(i)); err != nil {
			return nil, err
		}
	}
	return c.chart([]series{s})
}

// listMultiplot charts (label, value) as a line for each label.
func listMultiplot(c *call) (starlark.Value, error) {
	vs, err := c.values()
	if err != nil {
		return nil, err
	}
	var all []series
	place := map[string]int{}
	for _, v := range vs {
		t, ok := v.(starlark.Tuple)
		if !ok || len(t) != 2 {
			return nil, c.errorf("f", "multiplot(): f gave %s, want (label, number) or (label, (x, y))", pyRepr(v))
		}
		name := pyStr(t[0])
		n, ok := place[name]
		if !ok {
			n, all = len(all), append(all, series{name: name})
			place[name] = n
		}
		if err := all[n].add(c, t[1], float64(len(all[n].x))); err != nil {
			return nil, err
		}
	}
	return c.chart(all)
}

// chart prints the series, or writes them to the file named as SVG.
func (c *call) chart(all []series) (starlark.Value, error) {
	points := 0
	for _, s := range all {
		points += len(s.x)
	}
	if points == 0 {
		return nil, c.errorf("", "%s(): there is nothing to draw", c.b.Name())
	}
	name, err := c.str("file", "")
	if err != nil {
		return nil, err
	}
	if name != "" {
		return nil, osError(os.WriteFile(name, []byte(svgChart(all)), 0o644))
	}
	return nil, printText(c.th, textChart(all))
}
