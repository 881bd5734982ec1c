package sniff

import (
	"fmt"
	"slices"
	"sync"

	"pktsh/layers"
	"pktsh/sniff/filter"
)

// A Matcher is a filter expression for packets at hand: it is compiled once for
// each kind of link that they begin with. It is safe for concurrent use.
type Matcher struct {
	expr string

	mu    sync.Mutex
	progs map[int]*filter.Program // by link type
}

// NewMatcher compiles an expression; the error has the place (see filter.Error).
func NewMatcher(expr string) (*Matcher, error) {
	m := &Matcher{expr: expr, progs: map[int]*filter.Program{}}
	_, err := m.program(filter.LinkEthernet)
	return m, err
}

// program is the expression compiled for a link type. It is one for live capture,
// since packets at hand know their direction; what it would read of a packet's
// VLAN tag beside the packet is absent.
func (m *Matcher) program(link int) (*filter.Program, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.progs[link]
	if p != nil {
		return p, nil
	}
	// Without words that need it the program for files is shorter and quicker.
	p, err := filter.Compile(m.expr, filter.Options{LinkType: link})
	if err != nil {
		if live, liveErr := filter.Compile(m.expr, filter.Options{LinkType: link, Live: true}); liveErr == nil {
			p, err = live, nil
		}
	}
	if err == nil {
		m.progs[link] = p
	}
	return p, err
}

// linkOf are the link types of what packets begin with.
var linkOf = map[*layers.Proto]int{
	layers.Ether: filter.LinkEthernet, layers.Dot3: filter.LinkEthernet,
	layers.IP: filter.LinkRaw, layers.IPv6: filter.LinkRaw,
	layers.CookedLinux: filter.LinkSLL, layers.CookedLinuxV2: filter.LinkSLL2,
	layers.Loopback: filter.LinkNull,
}

// Match tells whether the filter accepts the packet as it is now, built if it was
// crafted. inbound and outbound go by the direction that it was captured in.
func (m *Matcher) Match(p *layers.Packet) (bool, error) {
	first := p.First()
	if first == nil {
		return false, nil
	}
	link, ok := linkOf[first]
	if !ok {
		var names []string
		for proto := range linkOf {
			names = append(names, proto.Name)
		}
		slices.Sort(names)
		return false, fmt.Errorf("filter %q: the packet begins with %s; filters know packets that begin with one of %v", m.expr, first.Name, names)
	}
	prog, err := m.program(link)
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
