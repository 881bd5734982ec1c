package bridge_test

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"pktsh/internal/labtest"
	"pktsh/lab"
	"pktsh/netns"
	"pktsh/sniff/bridge"
	"pktsh/sniff/packetsock"
)

func TestMain(m *testing.M) { labtest.Main(m) }

// A middle is a bridge that runs between the client and the server of a lab.
type middle struct {
	*bridge.Bridge
	rules          *bridge.Rules
	client, server *lab.Host
	host           *lab.Host
	stop           context.CancelFunc
	done           chan error
}

func (m *middle) Close() error {
	m.stop()
	<-m.done
	return m.Bridge.Close()
}

// newMiddle makes the lab. join, if given, runs before frames are forwarded.
func newMiddle(t testing.TB) *middle {
	t.Helper()
	if err := lab.CanMake(); err != nil {
		t.Skip(err)
	}
	m := &middle{done: make(chan error, 1)}
	l, err := lab.New(lab.Options{Middle: func(ns *netns.NS, left, right string) (io.Closer, error) {
		b, err := bridge.Open(bridge.Config{NS: ns, Ifaces: [2]string{left, right}})
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithCancel(context.Background())
		m.Bridge, m.stop = b, cancel
		go func() { m.done <- b.Run(ctx) }()
		return m, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	m.rules = bridge.NewRules(m.Bridge, func(r *bridge.Rule, err error) { t.Errorf("rule %s: %v", r.Label, err) })
	for name, h := range map[string]**lab.Host{"client": &m.client, "middle": &m.host, "server": &m.server} {
		if *h, err = l.Host(name); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// within is a context for waits that end by themselves unless something is broken.
func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// udp is a socket of the server's and one of the client's connected to it.
func (m *middle) udp(t testing.TB) (client net.Conn, server net.PacketConn) {
	t.Helper()
	server, err := m.server.ListenPacket("udp", net.JoinHostPort(m.server.Addr4.String(), "9999"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	client, err = m.client.Dial(within(t), "udp", server.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client, server
}

func say(t testing.TB, c io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// hear reads datagrams until n have come.
func hear(t testing.TB, c net.PacketConn, n int) (got []string) {
	t.Helper()
	buf := make([]byte, 2048)
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
	for range n {
		k, _, err := c.ReadFrom(buf)
		if err != nil {
			t.Fatalf("after %q: %v", got, err)
		}
		got = append(got, string(buf[:k]))
	}
	return got
}

// sock is a socket on a host's interface.
func sock(t testing.TB, h *lab.Host, cfg packetsock.SockConfig) *packetsock.Sock {
	t.Helper()
	cfg.NS, cfg.Ifindex = h.NS, h.Ifaces[0].Index
	s, err := packetsock.OpenSock(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { packetsock.CloseLater(s) })
	return s
}
