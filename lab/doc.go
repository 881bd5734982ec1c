// Package lab makes throw-away hosts: network namespaces joined by veth links,
// with addresses, routes and real services on real kernel sockets.
//
// The default lab is two hosts on one wire:
//
//	client lab0 10.99.0.1/24 fd99::1/64  02:00:00:99:00:01
//	server lab0 10.99.0.2/24 fd99::2/64  02:00:00:99:00:02   HTTP on 80, echo on 7/tcp and 7/udp
//
// and with Options.Router a router stands between them:
//
//	client lab0 10.99.0.1/24 — lab0 10.99.0.254 router lab1 10.99.1.254 — lab0 10.99.1.2/24 server
//
// With Options.Middle a host that does not route joins the two links of one subnet, and
// may do with the frames between the two kernels what it likes:
//
//	client lab0 10.99.0.1/24 — lab0 middle lab1 — lab0 10.99.0.2/24 server
//
// The n-th link of a host is always called labN. Every link also has the
// link-local addresses fe80::1, fe80::2 … matching the last part of the others.
//
// What is captured on a lab link is what is on the wire: segmentation and
// checksum offloads are off, and router solicitations, duplicate address
// detection and link-local address generation are silenced. The transport
// sysctls stay as the kernel ships them, because a lab is there to show what
// this kernel does; Options.Sysctls changes them.
//
// Nothing pins the namespaces: no name in /run/netns, no mount, no process.
// When the process that made a lab ends, in whatever way, the kernel removes
// its hosts, links and sockets.
//
// A lab needs CAP_SYS_ADMIN and CAP_NET_ADMIN in the process's user namespace.
// NeedsUserNS tells whether they are missing, and ExecInUserNS then starts the
// program again inside a user namespace of its own, where it has them.
package lab
