package firewall

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"pktsh/internal/busy"
	"pktsh/netns"
)

// Guard is one armed table in one network namespace. It is safe for concurrent use.
type Guard struct {
	ns *netns.NS

	mu   sync.Mutex
	conn *nftables.Conn // owns the table; nil once closed
	courier
	plan   *plan
	off    bool
	flows  map[Tuple]int // references
	ranges map[Range]int
	spans  []Range // boxes(ranges), as the kernel has them
}

// Entry is one protected connection.
type Entry struct {
	Tuple
	// Refs is how many Protect calls are not released yet.
	Refs int
	// Dropped is how many RSTs of it were kept back.
	Dropped uint64
}

// serial makes the table names of one process differ.
var serial atomic.Uint64

// Open arms a guard in a namespace (nil: the process's own), with nothing protected
// yet. The error is an *UnavailableError where the host does not allow it.
func Open(ns *netns.NS) (*Guard, error) {
	g := &Guard{ns: ns, flows: map[Tuple]int{}, ranges: map[Range]int{}}
	err := ns.Do(func() (err error) {
		g.conn, err = nftables.New(nftables.AsLasting(), nftables.WithSockOptions(g.courier.share))
		return err
	})
	if err != nil {
		return nil, unavailable(ns, err)
	}
	// Processes of different pid namespaces may share this network namespace and
	// have the same pid, so a name can be taken.
	for {
		err := g.install(fmt.Sprintf("pktsh-%d-%d", os.Getpid(), serial.Add(1)))
		if err == nil {
			return g, nil
		}
		if !errors.Is(err, unix.EEXIST) {
			return nil, errors.Join(unavailable(ns, err), g.conn.CloseLasting())
		}
	}
}

// change has the kernel do what f puts into a batch: all of it, or nothing. A busy kernel is asked again.
func (g *Guard) change(f func() error) error {
	return busy.Retry(func() error {
		if err := f(); err != nil {
			return err
		}
		return g.conn.Flush()
	})
}

// install makes the table with everything in it, or nothing.
func (g *Guard) install(name string) error {
	g.plan = newPlan(name)
	return g.change(g.everything)
}

// everything is what the table has from the beginning.
func (g *Guard) everything() error {
	// CreateTable and not AddTable: it must not be somebody else's.
	g.conn.CreateTable(g.plan.table)
	for i := range g.plan.families {
		f := &g.plan.families[i]
		for _, set := range []*nftables.Set{f.flow, f.ranges} {
			if err := g.conn.AddSet(set, nil); err != nil {
				return err
			}
		}
	}
	g.conn.AddChain(g.plan.rst)
	g.conn.AddChain(g.plan.output)
	for i := range g.plan.families {
		f := &g.plan.families[i]
		g.conn.AddRule(g.plan.lookup(f, f.flow))
		g.conn.AddRule(g.plan.lookup(f, f.ranges))
	}
	g.conn.AddRule(g.plan.gate())
	return nil
}

// Name is the name of the table, of family inet.
func (g *Guard) Name() string { return g.plan.table.Name }

// Protect keeps back the kernel's RSTs from local to remote. The rule is in
// force when it returns. The same connection may be protected many times; it is let
// go when every release has been called. Calling one release again does nothing.
func (g *Guard) Protect(local, remote netip.AddrPort) (release func(), err error) {
	t, err := Tuple{local, remote}.normal()
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.conn == nil {
		return nil, fmt.Errorf("guard: %w", os.ErrClosed)
	}
	if g.flows[t] == 0 {
		if err := g.courier.send(&g.plan.of(t).add, t); err != nil {
			return nil, fmt.Errorf("guard %s: %w", t, unavailable(g.ns, err))
		}
	}
	g.flows[t]++
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.flows[t]--; g.flows[t] > 0 {
			return
		}
		delete(g.flows, t)
		if g.conn != nil {
			// Nobody waits for this. If the kernel refuses, the connection stays
			// protected until Close, and a later Protect of it finds its element there.
			_ = g.courier.send(&g.plan.of(t).del, t)
		}
	}), nil
}

// ProtectRange protects every connection from the ports lo to hi of a local
// address to any port in a network: a scan, at the cost of one element in the
// kernel. Ranges may overlap.
func (g *Guard) ProtectRange(local netip.Addr, lo, hi uint16, remote netip.Prefix) (release func(), err error) {
	r, err := Range{local, lo, hi, remote}.normal()
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.conn == nil {
		return nil, fmt.Errorf("guard: %w", os.ErrClosed)
	}
	g.ranges[r]++
	if err := g.cover(); err != nil {
		g.unrefRange(r)
		return nil, fmt.Errorf("guard %s: %w", r, unavailable(g.ns, err))
	}
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.unrefRange(r)
		if g.conn != nil {
			_ = g.cover() // as in Protect: a refusal leaves more protected than asked for
		}
	}), nil
}

func (g *Guard) unrefRange(r Range) {
	if g.ranges[r]--; g.ranges[r] == 0 {
		delete(g.ranges, r)
	}
}

// cover brings the kernel's intervals in line with g.ranges, in one batch and so
// without a moment in which a range is open.
func (g *Guard) cover() error {
	var all []Range
	for r := range g.ranges {
		all = append(all, r)
	}
	want := boxes(all)
	err := g.change(func() error {
		return errors.Join(
			g.each(g.spans, want, g.conn.SetDeleteElements),
			g.each(want, g.spans, g.conn.SetAddElements))
	})
	if err == nil {
		g.spans = want
	}
	return err
}

// each puts op for each of the spans that are not among others into a batch. All are sorted.
func (g *Guard) each(spans, others []Range, op func(*nftables.Set, []nftables.SetElement) error) error {
	for _, r := range spans {
		if _, both := slices.BinarySearchFunc(others, r, Range.compare); both {
			continue
		}
		set, e := g.plan.span(r)
		if err := op(set, []nftables.SetElement{e}); err != nil {
			return err
		}
	}
	return nil
}

// Protected are the single connections in force, sorted, with the kernel's counters.
func (g *Guard) Protected() ([]Entry, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.conn == nil {
		return nil, fmt.Errorf("guard: %w", os.ErrClosed)
	}
	dropped, err := g.counters()
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, 0, len(g.flows))
	for t, refs := range g.flows {
		entries = append(entries, Entry{t, refs, dropped[g.plan.of(t).flow.Name+string(t.key())]})
	}
	slices.SortFunc(entries, func(a, b Entry) int { return a.compare(b.Tuple) })
	return entries, nil
}

// counters reads the counter of every element, by set and key. A hash that is
// being resized may show some elements twice and others not at all (nft_rhash_walk counts
// its way through a dump); what is in it is known, so it is read until all was seen.
func (g *Guard) counters() (map[string]uint64, error) {
	const tries = 10 // a resize is a matter of milliseconds
	dropped := map[string]uint64{}
	for range tries {
		for i := range g.plan.families {
			set := g.plan.families[i].flow
			elems, err := g.conn.GetSetElements(set)
			if err != nil {
				return nil, fmt.Errorf("read set %s of table %s: %w", set.Name, g.Name(), err)
			}
			for _, e := range elems {
				if e.Counter != nil {
					dropped[set.Name+string(e.Key)] = e.Counter.Packets
				}
			}
		}
		if len(dropped) >= len(g.flows) {
			break
		}
	}
	return dropped, nil
}

// Ranges are the ranges in force, sorted.
func (g *Guard) Ranges() []Range {
	g.mu.Lock()
	defer g.mu.Unlock()
	var rs []Range
	for r := range g.ranges {
		rs = append(rs, r)
	}
	slices.SortFunc(rs, Range.compare)
	return rs
}

// Dropped counts all RSTs kept back since Open, and their bytes from the IP header on.
func (g *Guard) Dropped() (packets, bytes uint64, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.conn == nil {
		return 0, 0, fmt.Errorf("guard: %w", os.ErrClosed)
	}
	rules, err := g.conn.GetRules(g.plan.table, g.plan.rst)
	if err != nil {
		return 0, 0, fmt.Errorf("read counters of table %s: %w", g.Name(), err)
	}
	for _, r := range rules {
		for _, e := range r.Exprs {
			if c, ok := e.(*expr.Counter); ok {
				packets += c.Packets
				bytes += c.Bytes
			}
		}
	}
	return packets, bytes, nil
}

// Off lets all RSTs leave until On. What is protected is remembered, and may
// change meanwhile.
func (g *Guard) Off() error { return g.setOff(true) }

// On undoes Off. A guard is on when opened.
func (g *Guard) On() error { return g.setOff(false) }

// IsOn reports whether RSTs are kept back.
func (g *Guard) IsOn() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.conn != nil && !g.off
}

func (g *Guard) setOff(off bool) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.conn == nil {
		return fmt.Errorf("guard: %w", os.ErrClosed)
	}
	if g.off == off {
		return nil
	}
	err := g.change(func() error {
		if off {
			g.conn.FlushChain(g.plan.output)
		} else {
			g.conn.AddRule(g.plan.gate())
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("switch guard %s: %w", map[bool]string{true: "off", false: "on"}[off], unavailable(g.ns, err))
	}
	g.off = off
	return nil
}

// Close removes the table and lets go of the socket that owned it. A second
// Close does nothing.
func (g *Guard) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.conn == nil {
		return nil
	}
	// Closing the socket alone would do, a moment later: the kernel removes owned
	// tables on a notifier. This way they are gone on return.
	err := cmp.Or(g.change(func() error { g.conn.DelTable(g.plan.table); return nil }), g.conn.CloseLasting())
	g.conn = nil
	if err != nil {
		return fmt.Errorf("remove table %s: %w", g.Name(), err)
	}
	return nil
}
