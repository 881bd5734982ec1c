package repl

import (
	"fmt"
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/sendrecv"
)

// replayOptions are tcpreplay's options that have an equivalent here. set is given what
// stands behind them; nil for those that change nothing.
var replayOptions = map[string]struct {
	long string
	arg  bool
	set  func(o *sendrecv.FloodOptions, v float64)
}{
	"-p": {"--pps", true, func(o *sendrecv.FloodOptions, v float64) { o.PPS = v }},
	"-M": {"--mbps", true, func(o *sendrecv.FloodOptions, v float64) { o.Mbps = v }},
	"-x": {"--multiplier", true, func(o *sendrecv.FloodOptions, v float64) { o.Speed = v }},
	"-l": {"--loop", true, func(o *sendrecv.FloodOptions, v float64) { o.Rounds = int(v) }},
	"-t": {"--topspeed", false, func(o *sendrecv.FloodOptions, _ float64) { o.PPS, o.Mbps, o.Speed = 0, 0, 0 }},
	"-K": {"--preload-pcap", false, nil},
	"-q": {"--quiet", false, nil},
	"-T": {"--timer", true, nil},
}

// replayArgs reads replay_args=.
func (c *call) replayArgs(o *sendrecv.FloodOptions) error {
	if !c.has("replay_args") {
		return nil
	}
	it := starlark.Iterate(c.val("replay_args"))
	if _, text := c.val("replay_args").(starlark.String); it == nil || text {
		return c.wrong("replay_args", "a list of texts")
	}
	defer it.Done()
	var args []string
	for v := starlark.Value(nil); it.Next(&v); {
		args = append(args, pyStr(v))
	}
	for len(args) > 0 {
		name, value, joined := strings.Cut(args[0], "=")
		args = args[1:]
		found := false
		for short, opt := range replayOptions {
			if name != short && name != opt.long {
				continue
			}
			found = true
			if opt.arg && !joined {
				if len(args) == 0 {
					return c.errorf("replay_args", "sendpfast(): replay_args: %s wants a value", name)
				}
				value, args = args[0], args[1:]
			}
			if opt.set == nil {
				break
			}
			v, err := strconv.ParseFloat(value, 64)
			if opt.arg && (err != nil || v < 0) {
				return c.errorf("replay_args", "sendpfast(): replay_args: %s: got %q, want a number", name, value)
			}
			opt.set(o, v)
		}
		if !found {
			return c.errorf("replay_args", "sendpfast(): replay_args: there is no %q here; there are --pps, --mbps, --multiplier, --loop and --topspeed", name)
		}
	}
	return nil
}

// replayResults is what became of a flood, under the names that Scapy gives to tcpreplay's output.
func replayResults(c *call, r *sendrecv.FloodResult) (starlark.Value, error) {
	secs := max(r.Took.Seconds(), 1e-9)
	failed := uint64(len(r.Errors))
	notes := starlark.NewList(nil)
	for _, n := range r.Notes {
		_ = notes.Append(starlark.String(n)) // fails only while it is iterated over
	}
	d := starlark.NewDict(16)
	for _, e := range []struct {
		name string
		v    starlark.Value
	}{
		{"packets", starlark.MakeUint64(r.Sent)},
		{"bytes", starlark.MakeUint64(r.Bytes)},
		{"time", starlark.Float(r.Took.Seconds())},
		{"bps", starlark.Float(float64(r.Bytes) / secs)},
		{"mbps", starlark.Float(float64(r.Bytes) * 8 / 1e6 / secs)},
		{"pps", starlark.Float(float64(r.Sent) / secs)},
		{"attempted", starlark.MakeUint64(r.Sent + failed)},
		{"successful", starlark.MakeUint64(r.Sent)},
		{"failed", starlark.MakeUint64(failed)},
		{"truncated", starlark.MakeInt(0)},
		{"retried_enobufs", starlark.MakeUint64(r.Retried)},
		{"retried_eagain", starlark.MakeInt(0)},
		{"method", starlark.String(r.Way)},
		{"lagged", starlark.Float(r.Lagged.Seconds())},
		{"command", starlark.String(fmt.Sprintf("%s(…)", c.b.Name()))},
		{"warnings", notes},
	} {
		if err := d.SetKey(starlark.String(e.name), e.v); err != nil {
			return nil, err
		}
	}
	return d, nil
}
