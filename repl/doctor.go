package repl

import (
	"pktsh/firewall"
	"pktsh/lab"
	"pktsh/sniff/packetsock"
	"pktsh/tcpstate"
)

// doctorChecks try what the shell needs, each with what to do where it fails.
var doctorChecks = []struct {
	what     string
	try      func(s *Shell) error
	fix      string
	optional bool // something else serves
}{
	{"packet sockets: sending and capturing", func(s *Shell) error {
		sock, err := packetsock.OpenSock(packetsock.SockConfig{TxOnly: true})
		if err == nil {
			packetsock.CloseLater(sock)
		}
		return err
	}, "run with sudo, or once: sudo setcap cap_net_raw,cap_net_admin+ep ./pktsh, or work in pktsh --lab", false},
	{"AF_XDP: fast transmission, mode=\"xdp\"", func(*Shell) error { return packetsock.CanXDP() }, "packet sockets serve, somewhat slower", true},
	{"live frames: fast transmission, mode=\"live\"", func(*Shell) error { return packetsock.CanLive() }, "run with sudo outside of user namespaces; AF_XDP and packet sockets serve, slower", true},
	{"clones: the fastest transmission, mode=\"clone\"", func(*Shell) error { return packetsock.CanClone() }, "run with sudo outside of user namespaces; AF_XDP and packet sockets serve, slower", true},
	{"nftables: the guard against the kernel's RSTs", func(s *Shell) error {
		g, err := firewall.Open(nil)
		if err == nil {
			err = g.Close()
		}
		return err
	}, "run with sudo; without it the kernel answers SYN-ACKs that it did not ask for with a RST", false},
	{"inet_diag: sockets()", func(s *Shell) error {
		_, err := tcpstate.Sockets(tcpstate.Options{Port: 1})
		return err
	}, "the kernel needs CONFIG_INET_DIAG", false},
	{"namespaces: --lab and lab()", func(s *Shell) error {
		if lab.NeedsUserNS() {
			return lab.CanExecInUserNS()
		}
		return lab.CanMake()
	}, "run with sudo", false},
}
