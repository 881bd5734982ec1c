package repl

import (
	"pktsh/firewall"
	"pktsh/netns"
	"pktsh/sendrecv"
)

// engine is the send engine of one namespace.
type engine = sendrecv.Engine

// engine is the namespace's engine, made at its first use.
func (s *Shell) engine(ns *netns.NS) (*engine, error) {
	s.mu.Lock()
	e := s.engines[ns]
	s.mu.Unlock()
	if e != nil {
		return e, nil
	}
	e, err := sendrecv.New(sendrecv.Config{NS: ns, Guard: nsGuard{s, ns}, Mark: firewall.Mark})
	if err != nil {
		return nil, osError(err)
	}
	s.mu.Lock()
	s.engines[ns] = e
	s.mu.Unlock()
	s.onClose(e.Close)
	return e, nil
}

// dropEngines closes the engines of hosts that go away.
func (s *Shell) dropEngines(hosts []*hostValue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range hosts {
		if e := s.engines[h.h.NS]; e != nil {
			e.Close()
			delete(s.engines, h.h.NS)
		}
	}
}
