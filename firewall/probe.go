package firewall

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// UnavailableError says that there is no guard on this host, and why. Error is the
// reason; Hint is what will happen and what else can be done.
type UnavailableError struct {
	// Reason is what is missing, for people.
	Reason string
	// Namespace is the name in /run/netns of the namespace concerned, "" for the
	// process's own and for one without a name.
	Namespace string
	// Err is what the kernel said.
	Err error
}

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("arm the RST guard: %s: %v", e.Reason, e.Err)
}

func (e *UnavailableError) Unwrap() error { return e.Err }

// Hint is for the connection that was to be protected.
func (e *UnavailableError) Hint(t Tuple) string {
	line := Iptables(t)
	if e.Namespace != "" {
		line = "ip netns exec " + e.Namespace + " " + line
	}
	return fmt.Sprintf("this host's kernel will answer %s with a RST and so end the connection; to keep it back by hand:\n    %s\n(and again with -D for -A when you are done)", t.Remote, line)
}

// Iptables is the command that keeps back the same RSTs as Guard.Protect, until it
// is repeated with -D. A port of 0 stands for any, as a range of ports needs it.
func Iptables(t Tuple) string {
	cmd := "iptables"
	if wire(t.Local.Addr()).Is6() {
		cmd = "ip6tables"
	}
	end := func(host, port string, ap netip.AddrPort) string {
		s := fmt.Sprintf(" %s %s", host, wire(ap.Addr()))
		if ap.Port() != 0 {
			s += fmt.Sprintf(" %s %d", port, ap.Port())
		}
		return s
	}
	return cmd + " -A OUTPUT -p tcp --tcp-flags RST RST" + end("-s", "--sport", t.Local) + end("-d", "--dport", t.Remote) + " -j DROP"
}

// unavailable explains an error of the kernel. nil stays nil.
func unavailable(ns *netns.NS, err error) error {
	if err == nil {
		return nil
	}
	var uts unix.Utsname
	_ = unix.Uname(&uts) // fails only for a bad pointer
	e := &UnavailableError{Reason: reason(err, hasNetAdmin(), unix.ByteSliceToString(uts.Release[:])), Err: err}
	if name := ns.String(); ns != nil && !strings.Contains(name, "/") {
		if _, err := os.Stat("/run/netns/" + name); err == nil {
			e.Namespace = name
		}
	}
	return e
}

// reason tells errors of the kernel apart. The numbers are those of
// nfnetlink_rcv and nf_tables_newtable.
func reason(err error, netAdmin bool, release string) string {
	switch {
	case errors.Is(err, unix.EPERM) && !netAdmin:
		return "it needs CAP_NET_ADMIN: run with sudo, or once: sudo setcap cap_net_raw,cap_net_admin+ep on the program"
	case errors.Is(err, unix.EPERM):
		return "CAP_NET_ADMIN does not reach this network namespace, which belongs to another user namespace"
	case olderThan(release, 5, 12) && (errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EOPNOTSUPP)):
		return "nftables tables with an owner need Linux 5.12, this is " + release
	case errors.Is(err, unix.EPROTONOSUPPORT), errors.Is(err, unix.EAFNOSUPPORT):
		return "this kernel has no netfilter (CONFIG_NETFILTER_NETLINK)"
	case errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.EINVAL):
		return "this kernel has no nftables for both IP versions (CONFIG_NF_TABLES, CONFIG_NF_TABLES_INET; modprobe nf_tables)"
	case errors.Is(err, unix.ENOENT):
		return "its table is gone"
	}
	return "nftables refuses it"
}

// olderThan compares a release such as "5.10.0-28-amd64" with a version.
func olderThan(release string, major, minor int) bool {
	var a, b int
	if n, _ := fmt.Sscanf(release, "%d.%d", &a, &b); n != 2 {
		return false
	}
	return a < major || a == major && b < minor
}

// hasNetAdmin reports CAP_NET_ADMIN in the process's user namespace.
func hasNetAdmin() bool {
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	return unix.Capget(&hdr, &data[0]) == nil && data[0].Effective&(1<<unix.CAP_NET_ADMIN) != 0
}
