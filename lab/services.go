package lab

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
)

// A service is something that runs in a host until closed.
type service interface{ Close() error }

// StartServices opens what a lab server offers, over IPv4 and IPv6:
//
//	80/tcp  HTTP/1.1 with a small page at /
//	7/tcp   echo (RFC 862)
//	7/udp   echo (RFC 862)
//
// Each family has a socket of its own, so that socket lists show plain addresses.
// Connections have no time limit and no keepalive. Every other port is closed: the
// kernel answers it as it answers any port without a socket.
func (h *Host) StartServices() error {
	families := []string{"4"}
	if h.hasIPv6() {
		families = append(families, "6")
	}
	for _, family := range families {
		if err := h.startFamily(family); err != nil {
			return err
		}
	}
	return nil
}

func (h *Host) startFamily(family string) error {
	web, err := h.Listen("tcp"+family, ":80")
	if err != nil {
		return err
	}
	h.serve(web, serveHTTP)

	echo, err := h.Listen("tcp"+family, ":7")
	if err != nil {
		return err
	}
	h.serve(echo, echoTCP)

	udp, err := h.ListenPacket("udp"+family, ":7")
	if err != nil {
		return err
	}
	h.keep(udp)
	go echoUDP(udp.(*net.UDPConn))
	return nil
}

func (h *Host) keep(s service) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.services = append(h.services, s)
}

// stop closes the services, then ends what is left of TCP in the namespace: a
// connection in a closing handshake would hold the namespace for minutes.
func (h *Host) stop() error {
	h.mu.Lock()
	services := h.services
	h.services = nil
	h.mu.Unlock()
	var errs []error
	for _, s := range services {
		errs = append(errs, s.Close())
	}
	errs = append(errs, h.Do(destroyTCP))
	return errors.Join(errs...)
}

// A server hands each connection of a listener to handle, until closed.
type server struct {
	l      net.Listener
	handle func(c net.Conn)

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]bool
}

// serve runs handle for each connection of l until the host's services stop.
func (h *Host) serve(l net.Listener, handle func(c net.Conn)) {
	s := &server{l: l, handle: handle, conns: map[net.Conn]bool{}}
	h.keep(s)
	go s.serve()
}

func (s *server) serve() {
	for {
		c, err := s.l.Accept()
		if err != nil {
			return // closed
		}
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			c.Close()
			return
		}
		s.conns[c] = true
		s.mu.Unlock()
		go func() {
			s.handle(c)
			c.Close()
			s.mu.Lock()
			defer s.mu.Unlock()
			delete(s.conns, c)
		}()
	}
}

// Close ends the listener and every connection.
func (s *server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for c := range s.conns {
		c.Close()
	}
	return s.l.Close()
}

// echoTCP is the TCP half of RFC 862: what a client sends comes back until the
// client closes its side; then the rest is sent and this side closes too.
func echoTCP(c net.Conn) { _, _ = io.Copy(c, c) }

// echoUDP is the UDP half of RFC 862, until c is closed.
func echoUDP(c *net.UDPConn) {
	buf := make([]byte, maxMTU)
	for {
		n, from, err := c.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || from == (netip.AddrPort{}) || from.Port() == 0 {
			continue // an ICMP error about an earlier answer, or a sender that wants none
		}
		_, _ = c.WriteToUDPAddrPort(buf[:n], from)
	}
}

// listener gives its connections the manner of dying that Host.Listen promises.
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return mortal(c)
}

// mortal makes a TCP connection one that does not outlive the process. With a
// linger time of zero the kernel's close sends a RST and frees the socket at once
// (socket(7), tcp_close). Were the process killed, the socket would otherwise stay
// in FIN_WAIT1 and hold its namespace until the retransmissions run out.
func mortal(c net.Conn) (net.Conn, error) {
	tc, ok := c.(*net.TCPConn)
	if !ok {
		return c, nil
	}
	if err := tc.SetLinger(0); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return &conn{TCPConn: tc}, nil
}

// conn is a mortal connection; Close is the ordinary close.
type conn struct{ *net.TCPConn }

func (c *conn) Close() error {
	// An error means that the connection is gone already, which Close then tells.
	_ = c.TCPConn.SetLinger(-1)
	return c.TCPConn.Close()
}
