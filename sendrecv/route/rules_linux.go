package route

import (
	"fmt"
	"sync"

	"golang.org/x/sys/unix"
)

// rules knows whether policy routing (ip-rule(8)) looks at more than addresses and marks. The
// kernel tells of every change on a multicast group, before the call that made it returns, so
// that what is remembered is never stale.
type rules struct {
	mu    sync.Mutex
	fd    int // subscribed to changes
	known bool
	deep  bool
	buf   []byte
}

// Groups of changes to rules (linux/rtnetlink.h, as bits of the old bind mask).
const ruleGroups = 1<<(unix.RTNLGRP_IPV4_RULE-1) | 1<<(unix.RTNLGRP_IPV6_RULE-1)

// openRules subscribes in the namespace of the calling thread.
func openRules() (*rules, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: ruleGroups}); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &rules{fd: fd, buf: make([]byte, 8<<10)}, nil
}

// DeepRules tells whether some rule looks at protocols, ports or the type of service,
// so that two packets to one address may go different ways.
func (t *Table) DeepRules() (bool, error) {
	r := t.rules
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		_, _, err := unix.Recvfrom(r.fd, r.buf, 0)
		if err == unix.EAGAIN {
			break
		}
		r.known = false // a change, or more of them than the socket holds (ENOBUFS)
		if err != nil && err != unix.EINTR && err != unix.ENOBUFS {
			return false, fmt.Errorf("watch routing rules: %w", err)
		}
	}
	if r.known {
		return r.deep, nil
	}
	r.deep = false
	for _, family := range []int{unix.AF_INET, unix.AF_INET6} {
		list, err := t.h.RuleList(family)
		if err != nil {
			return false, fmt.Errorf("list routing rules: %w", err)
		}
		for _, rule := range list {
			r.deep = r.deep || rule.IPProto > 0 || rule.Sport != nil || rule.Dport != nil || rule.Tos != 0
		}
	}
	r.known = true
	return r.deep, nil
}
