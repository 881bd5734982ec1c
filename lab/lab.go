package lab

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"pktsh/netns"
)

// Options chooses what New makes. The zero value is the two-host lab of the
// package comment.
type Options struct {
	// Router puts a router between client and server, so that packets cross two
	// links and a small TTL expires on the way. Optional.
	Router bool
	// Middle puts a host called "middle" between client and server that does not
	// route: the two are on one subnet, and Middle is called in time to join the
	// links by which the host reaches them, interfaces left (the client's) and right.
	// What it returns is closed with the lab. Optional; bridge.Open makes one.
	Middle func(ns *netns.NS, left, right string) (io.Closer, error)
	// NoServices leaves every port of the server closed. Optional.
	NoServices bool
	// Sysctls are set in every host before its links come up, for example
	// "net.ipv4.tcp_rfc1337": "1". Optional: the kernel's defaults.
	Sysctls map[string]string
	// Hosts and Links replace the built-in topology when Hosts is not empty. Optional.
	Hosts []HostSpec
	Links []LinkSpec
}

// Lab is a set of running hosts. It is safe for concurrent use.
type Lab struct {
	hosts    []*Host
	warnings []string
	middle   io.Closer // what Options.Middle gave; nil without
	close    sync.Once
}

// New makes the hosts, joins them, and starts their services. When it returns,
// every address answers and every service listens. Close removes it all, and so
// does the end of the process.
func New(opts Options) (*Lab, error) {
	hosts, links, err := opts.topology()
	if err != nil {
		return nil, err
	}
	if err := CanMake(); err != nil {
		return nil, err
	}
	l := &Lab{}
	if err := l.build(&opts, hosts, links); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// build works in passes over all hosts, because a link needs both its hosts and
// a default route needs its link.
func (l *Lab) build(opts *Options, hosts []HostSpec, links []LinkSpec) error {
	nest, err := newNest()
	if err != nil {
		return err
	}
	defer nest.close()
	for _, spec := range hosts {
		h, err := nest.newHost(spec)
		if err != nil {
			return err
		}
		l.hosts = append(l.hosts, h)
		warn, err := h.configure(nest.sized, opts.Sysctls, spec)
		if err != nil {
			return err
		}
		l.warnings = append(l.warnings, warn...)
	}
	for _, spec := range links {
		if err := l.connect(spec); err != nil {
			return err
		}
	}
	if opts.Middle != nil {
		h := l.hosts[1]
		if l.middle, err = opts.Middle(h.NS, h.Ifaces[0].Name, h.Ifaces[1].Name); err != nil {
			return fmt.Errorf("join the links of %s: %w", h.Name, err)
		}
	}
	settled := make(chan error, len(hosts))
	for i, spec := range hosts {
		if err := l.hosts[i].routes(spec); err != nil {
			return err
		}
	}
	for _, h := range l.hosts {
		go func() { settled <- h.settle() }() // they wait, so all at once
	}
	var errs []error
	for i, spec := range hosts {
		if spec.Services && !opts.NoServices {
			errs = append(errs, l.hosts[i].StartServices())
		}
	}
	for range hosts {
		errs = append(errs, <-settled)
	}
	return errors.Join(errs...)
}

// Host finds a host by its name. The built-in ones are "client", "server" and,
// with Options.Router, "router", or with Options.Middle "middle".
func (l *Lab) Host(name string) (*Host, error) {
	for _, h := range l.hosts {
		if h.Name == name {
			return h, nil
		}
	}
	return nil, fmt.Errorf("the lab has no host %q; it has %s", name, names(l.hosts))
}

// Hosts are all hosts in the order of the topology. The slice is the caller's.
func (l *Lab) Hosts() []*Host { return append([]*Host(nil), l.hosts...) }

// Warnings are sentences about what could not be set up and does no more harm
// than noise on the wire. Empty on an ordinary machine.
func (l *Lab) Warnings() []string { return append([]string(nil), l.warnings...) }

// Close stops the services, ends every TCP connection of the hosts without
// waiting for their peers, and lets go of the namespaces. The kernel removes a
// namespace a moment later, when sockets and handles that others took in it are
// closed too. A second Close does nothing.
func (l *Lab) Close() error {
	var errs []error
	l.close.Do(func() {
		if l.middle != nil {
			errs = append(errs, l.middle.Close())
		}
		for _, h := range l.hosts {
			errs = append(errs, h.stop())
		}
		for _, h := range l.hosts {
			errs = append(errs, h.release())
		}
	})
	return errors.Join(errs...)
}
