package route

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sys/unix"

	"pktsh/internal/quick"
)

// watch remembers what the kernel tells of every change of, on multicast groups and before the call that made
// the change returns: so it is never stale, and costs one look at a socket instead of many questions.
type watch struct {
	mu  sync.Mutex
	fd  int // subscribed to changes
	buf []byte

	links map[int]Link // without addresses

	ruled bool // deep is known
	deep  bool // policy routing (ip-rule(8)) looks at more than addresses and marks
}

// Groups of changes to interfaces and rules (linux/rtnetlink.h, as bits of the old bind mask).
const watched = 1<<(unix.RTNLGRP_LINK-1) | 1<<(unix.RTNLGRP_IPV4_RULE-1) | 1<<(unix.RTNLGRP_IPV6_RULE-1)

// openWatch subscribes in the namespace of the calling thread.
func openWatch() (*watch, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: watched}); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &watch{fd: fd, buf: make([]byte, 8<<10), links: map[int]Link{}}, nil
}

// look forgets what has changed. The lock is held.
func (w *watch) look() error {
	for {
		n, err := quick.Recv(w.fd, w.buf)
		switch {
		case err == unix.EAGAIN:
			return nil
		case err == nil && n >= unix.SizeofNlMsghdr:
			switch binary.NativeEndian.Uint16(w.buf[4:]) { // nlmsg_type
			case unix.RTM_NEWRULE, unix.RTM_DELRULE:
				w.ruled = false
			default:
				clear(w.links)
			}
		case err == nil || errors.Is(err, unix.ENOBUFS): // more of them than the socket holds
			w.ruled = false
			clear(w.links)
		default:
			return fmt.Errorf("watch interfaces and routing rules: %w", err)
		}
	}
}

// DeepRules tells whether some rule looks at protocols, ports or the type of service,
// so that two packets to one address may go different ways.
func (t *Table) DeepRules() (bool, error) {
	w := t.watch
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.look(); err != nil || w.ruled {
		return w.deep, err
	}
	w.deep = false
	for _, family := range []int{unix.AF_INET, unix.AF_INET6} {
		list, err := t.h.RuleList(family)
		if err != nil {
			return false, fmt.Errorf("list routing rules: %w", err)
		}
		for _, rule := range list {
			w.deep = w.deep || rule.IPProto > 0 || rule.Sport != nil || rule.Dport != nil || rule.Tos != 0
		}
	}
	w.ruled = true
	return w.deep, nil
}

// LinkByIndex is one interface, without its addresses.
func (t *Table) LinkByIndex(index int) (Link, error) {
	w := t.watch
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.look(); err != nil {
		return Link{}, err
	}
	l, ok := w.links[index]
	if !ok {
		var err error
		if l, err = t.askLink(index); err != nil {
			return l, err
		}
		w.links[index] = l
	}
	return l, nil
}
