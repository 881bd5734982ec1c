package sniff

import (
	"context"
	"io"

	"pktsh/layers"
)

// packets is a Source of packets at hand.
type packets struct {
	left []*layers.Packet
	m    *Matcher // nil: all
	n    uint64
}

// FromPackets is a source of packets at hand, of which it gives those that pass the
// filter expression; the empty one passes all.
func FromPackets(ps []*layers.Packet, expr string) (Source, error) {
	s := &packets{left: ps}
	if expr != "" {
		var err error
		if s.m, err = NewMatcher(expr); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Read implements Source.
func (s *packets) Read(_ context.Context, buf []*layers.Packet) (n int, err error) {
	for n < len(buf) && len(s.left) > 0 {
		p := s.left[0]
		ok := true
		if s.m != nil {
			if ok, err = s.m.Match(p); err != nil {
				return 0, err
			}
		}
		s.left = s.left[1:]
		if ok {
			buf[n] = p
			n++
		}
	}
	if n == 0 {
		return 0, io.EOF
	}
	s.n += uint64(n)
	return n, nil
}

// Stats implements Source.
func (s *packets) Stats() (Stats, error) { return Stats{Received: s.n}, nil }

// Close implements Source.
func (s *packets) Close() error { return nil }
