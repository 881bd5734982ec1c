package repl

import (
	"errors"
	"io/fs"
	"os"

	"go.starlark.net/starlark"

	"pktsh/netns"
	"pktsh/repl/py/pyrt"
)

// nsValue is a network namespace as a value, for netns=.
type nsValue struct {
	frozenValue
	ns   *netns.NS
	name string
}

func (v *nsValue) Type() string          { return "netns" }
func (v *nsValue) String() string        { return "<netns " + v.name + ">" }
func (v *nsValue) Hash() (uint32, error) { return starlark.String(v.name).Hash() }

// namespace is where packets leave from by default.
func (s *Shell) namespace() *netns.NS {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ns
}

func (s *Shell) setNamespace(ns *netns.NS) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ns = ns
}

// netns is the namespace that the argument netns= names: a host of a lab, a
// name as `ip netns` knows it, a path, a process id; the session's own without one.
func (c *call) netns() (*netns.NS, error) {
	s := shell()
	switch v := c.val("netns").(type) {
	case starlark.NoneType:
		return s.namespace(), nil
	case *hostValue:
		return v.h.NS, nil
	case *nsValue:
		return v.ns, nil
	case starlark.String, starlark.Int:
		ns, err := s.openNS(pyStr(v))
		if err != nil {
			e := osError(err)
			return nil, withArg(e, "netns")
		}
		return ns, nil
	}
	return nil, c.wrong("netns", "a host of a lab, or the name, path or process id of a namespace")
}

// openNS opens a namespace by name once for the session, so that what is kept
// per namespace (sockets, the guard) is found again.
func (s *Shell) openNS(name string) (*netns.NS, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ns := s.opened[name]; ns != nil {
		return ns, nil
	}
	ns, err := netns.Open(name)
	if err != nil {
		return nil, err
	}
	if s.opened == nil {
		s.opened = map[string]*netns.NS{}
	}
	s.opened[name] = ns
	return ns, nil
}

// osError gives a Go error of the operating system its exception class.
func osError(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := err.(interface{ Kind() string }); ok {
		return err
	}
	e := pyrt.Errorf("OSError", "%v", err)
	switch {
	case errors.Is(err, fs.ErrPermission):
		e.Class = "PermissionError"
	case errors.Is(err, fs.ErrNotExist):
		e.Class = "FileNotFoundError"
	case errors.Is(err, os.ErrDeadlineExceeded):
		e.Class = "TimeoutError"
	}
	return e
}
