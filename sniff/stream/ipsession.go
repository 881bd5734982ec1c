package stream

import (
	"fmt"

	"pktsh/layers"
)

// IPSession is a stage of a capture (sniff.Session) that joins IPv4 and IPv6
// fragments: whole datagrams come out in their place, as [layers.Reassembler] has it.
// Fragments that cannot be joined come out as they are, and Lost tells of them.
type IPSession struct{ r layers.Reassembler }

// Take implements sniff.Session.
func (s *IPSession) Take(p *layers.Packet, yield func(*layers.Packet) bool) error {
	each(s.r.Add(p), yield)
	return nil
}

// Flush implements sniff.Session: the fragments that wait are given as they are.
func (s *IPSession) Flush(yield func(*layers.Packet) bool) error {
	each(s.r.Flush(), yield)
	return nil
}

// Lost says for people what was not joined, and why.
func (s *IPSession) Lost() (out []string) {
	for _, g := range s.r.Lost() {
		out = append(out, fmt.Sprintf("%d fragments of %d datagrams were not joined, and given as they are: %s; the first were %s", g.Fragments, g.Datagrams, g.Why, g.First))
	}
	return out
}

func each(ps []*layers.Packet, yield func(*layers.Packet) bool) {
	for _, p := range ps {
		if !yield(p) {
			return
		}
	}
}
