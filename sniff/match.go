package sniff

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"pktsh/layers"
	"pktsh/sniff/filter"
	"pktsh/sniff/pcapfile"
)

// A Matcher is a filter expression for packets at hand and for records of files: it is
// compiled once for each link type that they begin with. It is safe for concurrent use.
type Matcher struct {
	expr string
	last atomic.Pointer[linkProgram] // that was used last

	mu    sync.Mutex
	progs map[linkProgram]*linkProgram // without program
}

// linkProgram is an expression compiled for a link type.
type linkProgram struct {
	link    pcapfile.LinkType
	live    bool // it may ask for a packet's direction
	program *filter.Program
}

// NewMatcher compiles an expression; the error has the place (see filter.Error). The empty
// one accepts everything.
func NewMatcher(expr string) (*Matcher, error) {
	m := &Matcher{expr: strings.TrimSpace(expr), progs: map[linkProgram]*linkProgram{}}
	_, err := m.program(pcapfile.Ethernet, true)
	if err != nil { // what is wrong on Ethernet alone may be right elsewhere
		if _, e := m.program(pcapfile.LinuxSLL2, true); e == nil {
			err = nil
		}
	}
	return m, err
}

// program is the expression compiled for a link type. For packets at hand it may be a
// program for live capture, since they know their direction; what that would read of a packet's
// VLAN tag beside the packet is absent.
func (m *Matcher) program(link pcapfile.LinkType, live bool) (*filter.Program, error) {
	if p := m.last.Load(); p != nil && p.link == link && p.live == live {
		return p.program, nil
	}
	key := linkProgram{link: link, live: live}
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.progs[key]
	if p == nil {
		// Without words that need it the program for files is shorter and quicker.
		prog, err := filter.Compile(m.expr, filter.Options{LinkType: int(link)})
		if err != nil && live {
			if l, liveErr := filter.Compile(m.expr, filter.Options{LinkType: int(link), Live: true}); liveErr == nil {
				prog, err = l, nil
			}
		}
		if err != nil {
			return nil, err
		}
		p = &linkProgram{link, live, prog}
		m.progs[key] = p
	}
	m.last.Store(p)
	return p.program, nil
}

// MatchRecord tells whether a record passes. Records do not always know their direction, and
// so are not asked for it.
func (m *Matcher) MatchRecord(rec *pcapfile.Record) (bool, error) {
	if m.expr == "" {
		return true, nil
	}
	p, err := m.program(rec.Iface.LinkType, false)
	if err != nil {
		return false, err
	}
	return p.Match(rec.Data, rec.WireLen), nil
}

// keep moves the records that pass to the front and tells how many they are. With an error, those
// in front of the record that it is about.
func (m *Matcher) keep(recs []pcapfile.Record) (n int, err error) {
	if m.expr == "" {
		return len(recs), nil
	}
	var p *filter.Program
	var on *pcapfile.Interface
	for i := range recs {
		rec := &recs[i]
		if rec.Iface != on || p == nil {
			if p, err = m.program(rec.Iface.LinkType, false); err != nil {
				return n, err
			}
			on = rec.Iface
		}
		if p.Match(rec.Data, rec.WireLen) {
			if i > n {
				recs[n] = *rec
			}
			n++
		}
	}
	return n, nil
}

// Match tells whether the filter accepts the packet as it is now, built if it was
// crafted. inbound and outbound go by the direction that it was captured in.
func (m *Matcher) Match(p *layers.Packet) (bool, error) {
	first := p.First()
	if first == nil {
		return false, nil
	}
	link, ok := LinkTypeOf(first)
	if !ok {
		var names []string
		for proto := range linkTypes {
			names = append(names, proto.Name)
		}
		slices.Sort(names)
		return false, fmt.Errorf("filter %q: the packet begins with %s; filters know packets that begin with one of %v", m.expr, first.Name, names)
	}
	if link == pcapfile.IPv4 || link == pcapfile.IPv6 {
		link = pcapfile.Raw // a header may tell another version
	}
	prog, err := m.program(link, true)
	if err != nil {
		return false, err
	}
	data, err := p.Build()
	if err != nil {
		return false, err
	}
	wire, meta := len(data), filter.Meta{}
	if p.Meta != nil {
		wire = max(wire, p.Meta.WireLen)
		if p.Meta.Direction == layers.DirOut {
			meta.Type = packetOutgoing
		}
	}
	return prog.MatchMeta(data, wire, meta), nil
}

const packetOutgoing = 4 // PACKET_OUTGOING of linux/if_packet.h
