package route

import (
	"fmt"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// Table is a namespace's view of the network. It is safe for concurrent use.
type Table struct {
	h   *netlink.Handle // lists
	c   *conn           // single questions
	ctl int             // a socket to ask for interfaces by ioctl(2)

	watch *watch
}

// Open opens a table on a namespace; nil is the process's own.
func Open(ns *netns.NS) (*Table, error) {
	t := &Table{ctl: -1}
	err := ns.Do(func() (err error) {
		if t.h, err = netlink.NewHandle(unix.NETLINK_ROUTE); err != nil {
			return err
		}
		if t.c, err = dialNetlink(); err != nil {
			return err
		}
		if t.watch, err = openWatch(); err != nil {
			return err
		}
		// Any family will do, and this one is always there.
		t.ctl, err = unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		return err
	})
	if err == nil {
		err = t.h.SetSocketTimeout(patience)
	}
	if err != nil {
		t.Close()
		return nil, fmt.Errorf("open routing socket: %w", err)
	}
	return t, nil
}

// Close lets go of the sockets. The Table must not be used any more.
func (t *Table) Close() {
	if t.h != nil {
		t.h.Close()
	}
	if t.c != nil {
		t.c.close()
	}
	if t.watch != nil {
		unix.Close(t.watch.fd)
	}
	if t.ctl >= 0 {
		unix.Close(t.ctl)
	}
}
