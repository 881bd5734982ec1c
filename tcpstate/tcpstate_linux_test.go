package tcpstate

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pktsh/internal/labtest"
	"pktsh/lab"
)

func TestMain(m *testing.M) { labtest.Main(m) }

// timeout bounds what would otherwise hang a failing test.
const timeout = 10 * time.Second

func hosts(t *testing.T) (client, server *lab.Host) {
	t.Helper()
	if err := lab.CanMake(); err != nil {
		t.Skip(err)
	}
	l, err := lab.New(lab.Options{NoServices: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	if client, err = l.Host("client"); err != nil {
		t.Fatal(err)
	}
	if server, err = l.Host("server"); err != nil {
		t.Fatal(err)
	}
	return client, server
}

// listen opens a kernel socket with a given backlog in a host and never accepts.
func listen(t *testing.T, h *lab.Host, at netip.AddrPort, backlog int) (fd int) {
	t.Helper()
	err := h.Do(func() (err error) {
		family, sa := unix.AF_INET, unix.Sockaddr(nil)
		if at.Addr().Is4() {
			sa = &unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
		} else {
			family, sa = unix.AF_INET6, &unix.SockaddrInet6{Port: int(at.Port()), Addr: at.Addr().As16()}
		}
		if fd, err = unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
			return err
		}
		return errors.Join(unix.Bind(fd, sa), unix.Listen(fd, backlog))
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

func dial(t *testing.T, h *lab.Host, network string, to netip.AddrPort) net.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	c, err := h.Dial(ctx, network, to.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// synFrom sends the server a SYN on the wire whose source is an address that nobody
// has, so that nobody answers the SYN-ACK.
func synFrom(t *testing.T, client, server *lab.Host, from, to netip.AddrPort) {
	t.Helper()
	seg := make([]byte, 20)
	binary.BigEndian.PutUint16(seg, from.Port())
	binary.BigEndian.PutUint16(seg[2:], to.Port())
	seg[12], seg[13], seg[14] = 5<<4, 0x02, 0xff
	src, dst := from.Addr().AsSlice(), to.Addr().AsSlice()
	binary.BigEndian.PutUint16(seg[16:], checksum(append(append(append([]byte{}, src...), dst...), 0, unix.IPPROTO_TCP, 0, 20), seg))
	var ip []byte
	proto := uint16(unix.ETH_P_IP)
	if from.Addr().Is4() {
		ip = append([]byte{0x45, 0, 0, 40, 0, 0, 0, 0, 64, unix.IPPROTO_TCP, 0, 0}, src...)
		ip = append(ip, dst...)
		binary.BigEndian.PutUint16(ip[10:], checksum(ip, nil))
	} else {
		proto = unix.ETH_P_IPV6
		ip = append([]byte{0x60, 0, 0, 0, 0, 20, unix.IPPROTO_TCP, 64}, src...)
		ip = append(ip, dst...)
	}
	err := client.Do(func() error {
		fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		to := &unix.SockaddrLinklayer{Protocol: proto<<8 | proto>>8, Ifindex: client.Ifaces[0].Index, Halen: 6}
		copy(to.Addr[:], server.MAC)
		return unix.Sendto(fd, append(ip, seg...), 0, to)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checksum is that of RFC 1071 over two even-sized parts.
func checksum(parts ...[]byte) uint16 {
	var sum uint32
	for _, p := range parts {
		for ; len(p) > 0; p = p[2:] {
			sum += uint32(p[0])<<8 | uint32(p[1])
		}
	}
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

// until asks again and again until the sockets are as wanted.
func until(t *testing.T, what string, opts Options, ok func([]Socket) bool) []Socket {
	t.Helper()
	for deadline := time.Now().Add(timeout); ; time.Sleep(time.Millisecond) {
		rows, err := Sockets(opts)
		if err != nil {
			t.Fatal(err)
		}
		if ok(rows) {
			return rows
		}
		if time.Now().After(deadline) {
			t.Fatalf("timed out: %s: %v", what, rows)
		}
	}
}

func states(rows []Socket) string {
	var s []string
	for _, r := range rows {
		s = append(s, r.State.String())
	}
	slices.Sort(s)
	return strings.Join(s, " ")
}

func TestHalfOpen(t *testing.T) {
	for _, a := range [][2]string{{"10.99.0.77:1000", "10.99.0.2:80"}, {"[fd99::77]:1000", "[fd99::2]:80"}} {
		t.Run(a[1], func(t *testing.T) {
			client, server := hosts(t)
			from, to := netip.MustParseAddrPort(a[0]), netip.MustParseAddrPort(a[1])
			listen(t, server, to, 5)
			synFrom(t, client, server, from, to)
			rows := until(t, "a half-open connection", Options{NS: server.NS, Port: 80, States: []State{SynRecv}},
				func(rows []Socket) bool { return len(rows) == 1 })
			s := rows[0]
			if s.State != SynRecv || s.Local != to || s.Remote != from || s.Inode != 0 || s.Cookie == 0 || s.Info != nil {
				t.Errorf("%+v", s)
			}
			if s.Timer != TimerOn || s.TimerLeft <= 0 || s.TimerLeft > 2*time.Second {
				t.Errorf("timer %s %s, want the SYN-ACK's retransmission within a second or so", s.Timer, s.TimerLeft)
			}
			// By either end, and not by another port.
			for _, c := range []struct {
				opts Options
				want string
			}{
				{Options{Port: 80}, "LISTEN SYN_RECV"},
				{Options{Port: 1000}, "SYN_RECV"},
				{Options{Port: 81}, ""},
				{Options{Remote: from}, "SYN_RECV"},
				{Options{Local: to}, "LISTEN SYN_RECV"},
				{Options{Local: to, Remote: from}, "SYN_RECV"},
				{Options{Local: to, Remote: netip.AddrPortFrom(from.Addr(), 1001)}, ""}, // not the listener
				{Options{Local: netip.AddrPortFrom(to.Addr(), 81), Remote: from}, ""},
				{Options{Local: to, Remote: from, States: []State{Established}}, ""},
				{Options{Port: 80, States: []State{Listen}}, "LISTEN"},
				{Options{Port: 80, UDP: true}, ""},
			} {
				c.opts.NS = server.NS
				if rows, err := Sockets(c.opts); err != nil || states(rows) != c.want {
					t.Errorf("%+v: got %v, %v, want %s", c.opts, rows, err, c.want)
				}
			}
			if rows, err := Sockets(Options{NS: client.NS}); err != nil || len(rows) != 0 {
				t.Errorf("the client has %v, %v", rows, err)
			}
		})
	}
}

// The kernel filters, not only keep.
func TestKernelFilters(t *testing.T) {
	_, server := hosts(t)
	for port := uint16(79); port <= 81; port++ {
		listen(t, server, netip.AddrPortFrom(server.Addr4, port), 1)
	}
	q, err := newQuery(Options{NS: server.NS, Port: 80})
	if err != nil {
		t.Fatal(err)
	}
	defer q.close()
	q.opts = Options{} // keep would keep all
	if rows, err := q.run(); err != nil || len(rows) != 1 || rows[0].Local.Port() != 80 {
		t.Errorf("the kernel sends %v, %v, want port 80 alone", rows, err)
	}
}

func TestBacklog(t *testing.T) {
	for _, a := range []string{"10.99.0.2:80", "[fd99::2]:80"} {
		t.Run(a, func(t *testing.T) {
			client, server := hosts(t)
			at := netip.MustParseAddrPort(a)
			before, err := ReadCounters(server.NS)
			if err != nil {
				t.Fatal(err)
			}
			listen(t, server, at, 1)
			listening := func() Socket {
				rows, err := Sockets(Options{NS: server.NS, Local: at, States: []State{Listen}})
				if err != nil || len(rows) != 1 {
					t.Fatalf("%v, %v", rows, err)
				}
				return rows[0]
			}
			if s := listening(); s.RecvQ != 0 || s.SendQ != 1 || s.Inode == 0 {
				t.Errorf("nobody waits: %+v", s)
			}
			dial(t, client, "tcp", at)
			dial(t, client, "tcp", at) // a queue of 1 holds 2 (sk_acceptq_is_full)
			until(t, "two in the queue", Options{NS: server.NS, Local: at, States: []State{Listen}},
				func(rows []Socket) bool { return len(rows) == 1 && rows[0].RecvQ == 2 })

			// The next SYN is dropped, and counted.
			synFrom(t, client, server, netip.AddrPortFrom(neighbour(at.Addr()), 1000), at)
			deadline := time.Now().Add(timeout)
			for {
				after, err := ReadCounters(server.NS)
				if err != nil {
					t.Fatal(err)
				}
				moved := map[string]int64{}
				for _, c := range Diff(before, after) {
					moved[c.Name] = c.Delta()
				}
				if moved["TcpExt.ListenOverflows"] == 1 && moved["TcpExt.ListenDrops"] == 1 && moved["Tcp.PassiveOpens"] == 2 {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("counters: %v", moved)
				}
				time.Sleep(time.Millisecond)
			}
			if rows, err := Sockets(Options{NS: server.NS, Port: 80, States: []State{SynRecv}}); err != nil || len(rows) != 0 {
				t.Errorf("half-open in spite of the full queue: %v, %v", rows, err)
			}
		})
	}
}

// neighbour is an address that nobody has, on the same link.
func neighbour(a netip.Addr) netip.Addr {
	b := a.AsSlice()
	b[len(b)-1] = 77
	n, _ := netip.AddrFromSlice(b)
	return n
}

func TestClosing(t *testing.T) {
	for _, a := range []string{"10.99.0.2:80", "[fd99::2]:80"} {
		t.Run(a, func(t *testing.T) {
			client, server := hosts(t)
			at := netip.MustParseAddrPort(a)
			l, err := server.Listen("tcp", a)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			c := dial(t, client, "tcp", at)
			s, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			local := c.LocalAddr().(*net.TCPAddr).AddrPort()
			w, err := NewWatcher(Options{NS: client.NS, Local: local})
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			if e, err := w.Poll(); err != nil || len(e) != 1 || e[0].From != None || e[0].To != Established {
				t.Fatalf("first poll: %v, %v", e, err)
			}
			if e, err := w.Poll(); err != nil || len(e) != 0 {
				t.Fatalf("nothing happened: %v, %v", e, err)
			}

			// Data that nobody reads.
			if _, err := c.Write([]byte("hello")); err != nil {
				t.Fatal(err)
			}
			rows := until(t, "five bytes to read", Options{NS: server.NS, Remote: local, Info: true},
				func(rows []Socket) bool { return len(rows) == 1 && rows[0].RecvQ == 5 })
			if i := rows[0].Info; i == nil || State(i.State) != Established || i.Rcv_mss == 0 || i.Snd_cwnd == 0 {
				t.Errorf("TCP_INFO of the server: %+v", i)
			}
			rows = until(t, "the bytes to be acknowledged", Options{NS: client.NS, Local: local, Info: true},
				func(rows []Socket) bool { return len(rows) == 1 && rows[0].SendQ == 0 })
			if s := rows[0]; s.Info == nil || s.Info.Rtt == 0 || s.Info.Bytes_acked < 5 || s.Inode == 0 {
				t.Errorf("client: %+v, TCP_INFO %+v", s, s.Info)
			}

			// The client closes its side, then the server.
			if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			until(t, "CLOSE_WAIT", Options{NS: server.NS, Remote: local}, func(rows []Socket) bool { return states(rows) == "CLOSE_WAIT" })
			until(t, "FIN_WAIT2", Options{NS: client.NS, Local: local}, func(rows []Socket) bool { return states(rows) == "FIN_WAIT2" })
			if e, err := w.Poll(); err != nil || len(e) != 1 || e[0].From != Established || e[0].To != FinWait2 {
				t.Errorf("after one close: %v, %v", e, err)
			}
			// Data left unread would make close send a RST (RFC 2525 §2.17).
			if _, err := io.ReadAll(s); err != nil {
				t.Fatal(err)
			}
			s.Close()
			rows = until(t, "TIME_WAIT", Options{NS: client.NS, Port: at.Port()}, func(rows []Socket) bool { return states(rows) == "TIME_WAIT" })
			// TCP_TIMEWAIT_LEN of include/net/tcp.h is 60 seconds.
			if s := rows[0]; s.Timer != TimerTimeWait || s.TimerLeft <= 0 || s.TimerLeft > 61*time.Second || s.Local != local || s.Remote != at {
				t.Errorf("TIME_WAIT: %+v", s)
			}
			if rows, err := Sockets(Options{NS: client.NS, Local: local, Remote: at}); err != nil || states(rows) != "TIME_WAIT" {
				t.Errorf("by name: %v, %v", rows, err)
			}
			e, err := w.Poll()
			if err != nil || len(e) != 1 || e[0].From != FinWait2 || e[0].To != TimeWait {
				t.Errorf("after both closed: %v, %v", e, err)
			}
			if rows, err := Sockets(Options{NS: server.NS, Remote: local}); err != nil || len(rows) != 0 {
				t.Errorf("the server still has %v, %v", rows, err)
			}
		})
	}
}

// One cookie from the SYN to the end: a handshake is one socket that changes.
func TestWatchHandshake(t *testing.T) {
	client, server := hosts(t)
	at := netip.AddrPortFrom(server.Addr4, 80)
	l, err := server.Listen("tcp4", ":80")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	var seen []Event
	var c net.Conn
	err = Watch(ctx, Options{NS: server.NS, Port: 80}, func(e Event) {
		seen = append(seen, e)
		switch {
		case e.To == Listen: // watching has begun
			c = dial(t, client, "tcp", at)
		case e.To == Established:
			c.(interface{ SetLinger(int) error }).SetLinger(0)
			c.(interface{ CloseWrite() error }).CloseWrite()
			c.Close()
			s, err := l.Accept()
			if err != nil {
				t.Error(err)
				return
			}
			s.Close()
		case e.To == None:
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) < 3 || seen[0].To != Listen || seen[len(seen)-1].To != None {
		t.Fatalf("events: %v", seen)
	}
	for i, e := range seen[1:] {
		if e.Socket.Cookie != seen[1].Socket.Cookie || e.Socket.Local != at {
			t.Errorf("another socket: %v", e)
		}
		if i > 0 && e.From != seen[i].To {
			t.Errorf("from %s, but the last was to %s", e.From, seen[i].To)
		}
	}
}

// Connections that wait for accept have no file, and cookies of their own.
func TestQueuedConnections(t *testing.T) {
	client, server := hosts(t)
	at := netip.AddrPortFrom(server.Addr4, 80)
	listen(t, server, at, 1)
	dial(t, client, "tcp", at)
	dial(t, client, "tcp", at)
	rows := until(t, "two connections", Options{NS: server.NS, Local: at, States: []State{Established}},
		func(rows []Socket) bool { return len(rows) == 2 })
	if a, b := rows[0], rows[1]; a.Cookie == b.Cookie || a.Cookie == 0 || b.Cookie == 0 || a.Inode != 0 || b.Inode != 0 {
		t.Errorf("%+v", rows)
	}
}

func TestUDP(t *testing.T) {
	client, server := hosts(t)
	u, err := server.ListenPacket("udp6", "[fd99::2]:7")
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	c := dial(t, client, "udp", netip.AddrPortFrom(server.Addr6, 7))
	if _, err := c.Write(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	rows := until(t, "a datagram to read", Options{NS: server.NS, UDP: true, Port: 7},
		func(rows []Socket) bool { return len(rows) == 1 && rows[0].RecvQ > 0 })
	if s := rows[0]; s.State != Close || !s.UDP || s.Local != netip.MustParseAddrPort("[fd99::2]:7") || s.Remote.Port() != 0 {
		t.Errorf("server: %+v", s)
	}
	rows, err = Sockets(Options{NS: client.NS, UDP: true, Family: 6})
	if err != nil || len(rows) != 1 || rows[0].State != Established || rows[0].Remote != netip.AddrPortFrom(server.Addr6, 7) {
		t.Errorf("client: %v, %v", rows, err)
	}
	if rows, err := Sockets(Options{NS: client.NS, UDP: true, Family: 4}); err != nil || len(rows) != 0 {
		t.Errorf("IPv4: %v, %v", rows, err)
	}
}

func TestDualStack(t *testing.T) {
	client, server := hosts(t)
	listen(t, server, netip.MustParseAddrPort("[::]:80"), 5)
	c := dial(t, client, "tcp", netip.AddrPortFrom(server.Addr4, 80))
	local := c.LocalAddr().(*net.TCPAddr).AddrPort()
	at := netip.AddrPortFrom(server.Addr4, 80)
	for _, opts := range []Options{{Remote: local}, {Local: at, Remote: local}, {Local: at, Remote: local, Family: 6}} {
		opts.NS = server.NS
		until(t, "the connection", opts, func(rows []Socket) bool { return len(rows) == 1 && rows[0].Local == at })
	}
	if rows, err := Sockets(Options{NS: server.NS, Local: at, Remote: local, Family: 4}); err != nil || len(rows) != 0 {
		t.Errorf("as an IPv4 socket: %v, %v", rows, err)
	}
}

func TestCountersAreThoseOfTheNamespace(t *testing.T) {
	client, server := hosts(t)
	before, err := ReadCounters(client.NS)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"TcpExt.ListenOverflows", "Tcp.RetransSegs", "IpExt.InOctets", "Udp.InDatagrams", "Ip6.InReceives", "Icmp6.OutMsgs"} {
		if _, ok := before[name]; !ok {
			t.Errorf("there is no %s", name)
		}
	}
	// A connection to a closed port: an active open that fails.
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	if _, err := client.Dial(ctx, "tcp", netip.AddrPortFrom(server.Addr6, 9).String()); !errors.Is(err, unix.ECONNREFUSED) {
		t.Fatalf("closed port: %v", err)
	}
	after, err := ReadCounters(client.NS)
	if err != nil {
		t.Fatal(err)
	}
	moved := map[string]int64{}
	for _, c := range Diff(before, after) {
		moved[c.Name] = c.Delta()
	}
	if moved["Tcp.ActiveOpens"] != 1 || moved["Tcp.AttemptFails"] != 1 || moved["Ip6.OutRequests"] < 1 || moved["Tcp.PassiveOpens"] != 0 {
		t.Errorf("moved: %v", moved)
	}
}

func BenchmarkPoll(b *testing.B) {
	if err := lab.CanMake(); err != nil {
		b.Skip(err)
	}
	l, err := lab.New(lab.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	h, err := l.Host("server")
	if err != nil {
		b.Fatal(err)
	}
	at := netip.AddrPortFrom(h.Addr4, 80)
	for name, opts := range map[string]Options{
		"port":       {Port: 80},
		"connection": {Local: at, Remote: netip.AddrPortFrom(h.Addr4, 9)},
	} {
		opts.NS = h.NS
		b.Run(name, func(b *testing.B) {
			w, err := NewWatcher(opts)
			if err != nil {
				b.Fatal(err)
			}
			defer w.Close()
			for b.Loop() {
				if _, err := w.Poll(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
