package lab

import (
	"fmt"
	"os"
	"strings"
)

// A setting is one sysctl that a lab changes, and what happens where it cannot.
type setting struct{ name, value, without string }

// quiet keeps the kernel from sending packets of its own accord, and lets in the
// odd packets that people craft. conf/default is copied into each interface when it
// is made, so this has to come before the links.
// Names and meanings: Documentation/networking/ip-sysctl.rst.
var quiet = []setting{
	{"net.ipv6.conf.default.accept_ra", "0", "routers may be learnt"},
	{"net.ipv6.conf.default.router_solicitations", "0", "router solicitations will be on the wire"},
	{"net.ipv6.conf.default.dad_transmits", "0", "duplicate address detection will be on the wire"},
	{"net.ipv6.conf.default.accept_dad", "0", "duplicate address detection will be on the wire"},
	// 1 is "none": fe80::1 and so on are given by hand instead.
	{"net.ipv6.conf.default.addr_gen_mode", "1", "hosts will have link-local addresses made from their MAC too"},
	// Multicast listener reports cannot be switched off, but they can be over
	// before New returns; settle puts the kernel's own value back.
	{mldInterval("default"), "1", "multicast listener reports will be on the wire in the first seconds"},
	// A source address that the route would not choose is what people craft.
	{"net.ipv4.conf.default.rp_filter", "0", "spoofed sources may be dropped"},
	{"net.ipv4.conf.all.rp_filter", "0", "spoofed sources may be dropped"},
	// Ping sockets for the group we run as; the kernel's "1 0" allows nobody.
	{"net.ipv4.ping_group_range", "0 0", "ping sockets will need CAP_NET_RAW"},
}

// mldInterval names the longest delay of an unsolicited MLDv2 report, in milliseconds.
func mldInterval(iface string) string {
	return "net.ipv6.conf." + iface + ".mldv2_unsolicited_report_interval"
}

// sysctlPath turns net.ipv4.tcp_x into its file. /proc/sys/net shows the namespace
// of the thread that opens it, so callers are inside Host.Do.
func sysctlPath(name string) (string, error) {
	if !strings.HasPrefix(name, "net.") || strings.Contains(name, "..") || strings.ContainsAny(name, "/\x00") {
		return "", fmt.Errorf("sysctl %q: want a name that begins with net., such as net.ipv4.tcp_rfc1337", name)
	}
	return "/proc/sys/" + strings.ReplaceAll(name, ".", "/"), nil
}

func readSysctl(name string) (string, error) {
	path, err := sysctlPath(name)
	if err != nil {
		return "", err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read sysctl %s: %w", name, err)
	}
	return strings.TrimSpace(string(b)), nil
}

func writeSysctl(name, value string) error {
	path, err := sysctlPath(name)
	if err != nil {
		return err
	}
	// No O_CREATE: a name that does not exist has to stay ErrNotExist.
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(value)
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}
	if err != nil {
		return fmt.Errorf("set sysctl %s to %q: %w", name, value, err)
	}
	return nil
}
