package repl

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"go.starlark.net/starlark"

	"pktsh/firewall"
	"pktsh/netns"
)

// guardState is the RST guard of the session: one firewall.Guard per namespace,
// armed when the first crafted TCP segment is about to leave it.
type guardState struct {
	mu     sync.Mutex
	auto   bool // guard(False) ends it
	byNS   map[nsKey]*armed
	warned map[nsKey]bool
}

// armed is the guard of one namespace, and what a session protects by it.
type armed struct {
	*firewall.Guard
	flows, ranges *recent
}

// nsKey tells namespaces apart; nil is the process's own.
type nsKey = *netns.NS

func guardBuiltins() []*builtin {
	return []*builtin{
		{Sig: "guard(on=None)", Group: "Sending and receiving", Doc: `Show the RST guard, or turn it off and on: guard(False), guard(True).
This host's kernel resets a connection that it did not open itself, which ends
every handshake that is made by hand. The guard keeps back exactly those RSTs, by
an nftables table that the kernel removes when pktsh ends, however it ends. It
arms itself before the first TCP segment from an address of this host leaves. It
holds the last 65,536 connections and the last 320 ranges that scans were.`,
			Run: func(c *call) (starlark.Value, error) {
				s := shell()
				if c.has("on") {
					return nil, s.setGuard(c.bool("on", true))
				}
				return nil, printLine(c.th, s.guard.describe())
			}},
	}
}

func (s *Shell) setGuard(on bool) error {
	g := s.guard
	g.mu.Lock()
	defer g.mu.Unlock()
	g.auto = on
	s.conf.find("guard").val = starlark.Bool(on)
	for _, fw := range g.byNS {
		set := fw.Off
		if on {
			set = fw.On
		}
		if err := set(); err != nil {
			return osError(err)
		}
	}
	return nil
}

// describe says what the guard does now.
func (g *guardState) describe() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.auto {
		return "the guard is off: this host's kernel answers for connections it does not know with a RST; guard(True) turns it on"
	}
	var b strings.Builder
	for ns, fw := range g.byNS {
		packets, _, err := fw.Dropped()
		fmt.Fprintf(&b, "table %s in %s", fw.Name(), ns)
		if err != nil {
			fmt.Fprintf(&b, ": %v\n", err)
			continue
		}
		fmt.Fprintf(&b, ": RSTs kept back: %d\n", packets)
		entries, err := fw.Protected()
		if err != nil {
			fmt.Fprintf(&b, "  %v\n", err)
		}
		const most = 20
		for i, e := range entries {
			if i == most {
				fmt.Fprintf(&b, "  … and %d more\n", len(entries)-most)
				break
			}
			fmt.Fprintf(&b, "  %s  %d kept back\n", e.Tuple, e.Dropped)
		}
		for _, r := range fw.Ranges() {
			fmt.Fprintf(&b, "  %s\n", r)
		}
	}
	if b.Len() == 0 {
		return "the guard is on; it protects nothing yet"
	}
	return strings.TrimRight(b.String(), "\n")
}

// nsGuard is the guard of one namespace as the send engine wants it.
type nsGuard struct {
	s  *Shell
	ns *netns.NS
}

// Protect keeps back the RSTs of one connection. The protection lasts for the session or until
// mostFlows others have it, since nobody knows when a person is done with a connection.
func (g nsGuard) Protect(local, remote netip.AddrPort) (release func(), err error) {
	return g.do(firewall.Tuple{Local: local, Remote: remote}, func(fw *armed) (func(), error) {
		release, err := fw.Protect(local, remote)
		if err != nil {
			return nil, err
		}
		return fw.flows.keep(release), nil
	})
}

// ProtectRange keeps back the RSTs from a range of local ports to a network.
func (g nsGuard) ProtectRange(local netip.Addr, lo, hi uint16, remote netip.Prefix) (release func(), err error) {
	t := firewall.Tuple{Local: netip.AddrPortFrom(local, lo), Remote: netip.AddrPortFrom(remote.Addr(), 0)}
	return g.do(t, func(fw *armed) (func(), error) {
		release, err := fw.ProtectRange(local, lo, hi, remote)
		if err != nil {
			return nil, err
		}
		return fw.ranges.keep(release), nil
	})
}

// do runs f with the namespace's guard. Where there can be none it warns once,
// with what to do, and lets the packet go.
func (g nsGuard) do(t firewall.Tuple, f func(*armed) (func(), error)) (func(), error) {
	nothing := func() {}
	fw, err := g.s.guard.open(g.s, g.ns)
	if err != nil {
		g.s.guard.warnOnce(g.s, g.ns, t, err)
		return nothing, nil
	}
	if fw == nil {
		return nothing, nil
	}
	release, err := f(fw)
	if err != nil {
		g.s.guard.warnOnce(g.s, g.ns, t, err)
		return nothing, nil
	}
	return release, nil
}

// open is the namespace's guard, made at its first use; nil when guards are off.
func (g *guardState) open(s *Shell, ns *netns.NS) (*armed, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.auto || g.warned[ns] {
		return nil, nil
	}
	if fw := g.byNS[ns]; fw != nil {
		return fw, nil
	}
	fw, err := firewall.Open(ns)
	if err != nil {
		return nil, err
	}
	if g.byNS == nil {
		g.byNS = map[nsKey]*armed{}
	}
	a := &armed{fw, newRecent(mostFlows), newRecent(mostRanges)}
	g.byNS[ns] = a
	s.onClose(fw.Close)
	return a, nil
}

func (g *guardState) warnOnce(s *Shell, ns *netns.NS, t firewall.Tuple, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.warned == nil {
		g.warned = map[nsKey]bool{}
	}
	if g.warned[ns] {
		return
	}
	g.warned[ns] = true
	msg := err.Error()
	var u *firewall.UnavailableError
	if errors.As(err, &u) {
		msg += "\n" + u.Hint(t)
	}
	s.warn("%s", msg)
}
