package tcpstate

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"pktsh/netns"
)

// Counters are the counters of a network namespace by group and name, for example
// "TcpExt.ListenOverflows", "Tcp.RetransSegs", "Ip6.InReceives". The names are the
// kernel's (Documentation/networking/snmp_counter.rst). A few are gauges, such as
// Tcp.CurrEstab.
type Counters map[string]int64

// Change is a counter that moved.
type Change struct {
	Name          string
	Before, After int64
}

// Delta is how far it moved.
func (c Change) Delta() int64 { return c.After - c.Before }

// String is "TcpExt.ListenOverflows +3".
func (c Change) String() string { return fmt.Sprintf("%s %+d", c.Name, c.Delta()) }

// Diff is what moved between two readings, sorted by name. A counter that only
// one of them has counts from or to zero.
func Diff(before, after Counters) []Change {
	var changes []Change
	for name, n := range after {
		if n != before[name] {
			changes = append(changes, Change{name, before[name], n})
		}
	}
	for name, n := range before {
		if _, ok := after[name]; !ok && n != 0 {
			changes = append(changes, Change{name, n, 0})
		}
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Name, b.Name) })
	return changes
}

// ReadCounters reads /proc/net/netstat, snmp and snmp6 of a namespace. Where the
// kernel has no IPv6 its counters are not there.
func ReadCounters(ns *netns.NS) (Counters, error) {
	all := Counters{}
	err := ns.Do(func() error {
		for _, f := range []struct {
			name  string
			parse func([]byte, Counters) error
		}{{"netstat", parsePairs}, {"snmp", parsePairs}, {"snmp6", parseList}} {
			// /proc/net would be that of the process's main thread.
			b, err := os.ReadFile("/proc/thread-self/net/" + f.name)
			if errors.Is(err, os.ErrNotExist) && f.name == "snmp6" {
				continue
			}
			if err == nil {
				err = f.parse(b, all)
			}
			if err != nil {
				return fmt.Errorf("read counters: %s: %w", f.name, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// parsePairs reads lines in pairs, names and then values, that begin with the same group:
//
//	Tcp: RtoAlgorithm RtoMin …
//	Tcp: 1 200 …
func parsePairs(b []byte, into Counters) error {
	var names []string
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if names == nil {
			names = f
			continue
		}
		group, ok := strings.CutSuffix(f[0], ":")
		if !ok || f[0] != names[0] || len(f) != len(names) {
			return fmt.Errorf("%d values for %d names of %q", len(f)-1, len(names)-1, names[0])
		}
		for i := 1; i < len(f); i++ {
			n, err := number(f[i])
			if err != nil {
				return fmt.Errorf("%s.%s: %w", group, names[i], err)
			}
			into[group+"."+names[i]] = n
		}
		names = nil
	}
	if names != nil {
		return fmt.Errorf("no values for the names of %q", names[0])
	}
	return nil
}

// groups6 are the groups of snmp6, where they are one word with the name.
var groups6 = []string{"Ip6", "Icmp6", "Udp6", "UdpLite6"}

// parseList reads lines of one name and one value: "Ip6InReceives  12".
func parseList(b []byte, into Counters) error {
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if len(f) != 2 {
			return fmt.Errorf("line %q, want a name and a value", line)
		}
		name := f[0]
		for _, g := range groups6 {
			if rest, ok := strings.CutPrefix(name, g); ok {
				name = g + "." + rest
				break
			}
		}
		n, err := number(f[1])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		into[name] = n
	}
	return nil
}

// number reads a value; Tcp.MaxConn is -1 for "dynamic" (RFC 4022), some others
// use all 64 bits.
func number(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		u, uerr := strconv.ParseUint(s, 10, 64)
		return int64(u), uerr
	}
	return n, err
}
