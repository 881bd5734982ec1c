package sniff_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"pktsh/internal/labtest"
	"pktsh/lab"
	"pktsh/layers"
	"pktsh/sniff"
)

func TestMain(m *testing.M) { labtest.Main(m) }

// pair is a lab and its two hosts.
func pair(t testing.TB) (client, server *lab.Host) {
	t.Helper()
	if err := lab.CanMake(); err != nil {
		t.Skip(err)
	}
	l, err := lab.New(lab.Options{})
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

// datagrams sends n UDP datagrams to a port of the server's, with their number in them.
func datagrams(t *testing.T, client, server *lab.Host, port, n int) {
	t.Helper()
	c, err := client.Dial(context.Background(), "udp", net.JoinHostPort(server.Addr4.String(), fmt.Sprint(port)))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i := range n {
		// An answer "port unreachable" to an earlier one may be told here.
		for range 3 {
			if _, err := fmt.Fprintf(c, "%d", i); err == nil {
				break
			}
		}
	}
}

func TestCountFilterAndOrder(t *testing.T) {
	client, server := pair(t)
	var got []string
	st, err := sniff.Sniff(context.Background(), sniff.Options{NS: server.NS, Ifaces: []string{"lab0"}, Filter: "udp dst port 9999"},
		sniff.Limits{Count: 5, Timeout: 20 * time.Second},
		func() error {
			datagrams(t, client, server, 8888, 3) // not for the filter
			datagrams(t, client, server, 9999, 8)
			return nil
		},
		func(p *layers.Packet) (bool, error) {
			load, _ := p.At(0).Get("load")
			got = append(got, string(load.([]byte)))
			if p.Meta.Iface() != "lab0" || p.Meta.Direction != layers.DirIn || p.Meta.Time.IsZero() || p.Find(layers.UDP) == nil {
				t.Errorf("got %s with %+v", p.Summary(), *p.Meta)
			}
			return true, nil
		})
	if err != nil {
		t.Fatal(err)
	}
	if want := "0 1 2 3 4"; strings.Join(got, " ") != want || st.Dropped != 0 {
		t.Errorf("got %v and %+v, want %s", got, st, want)
	}
}

// TestPacketsOutliveTheRing looks into packets after the capture is over. Its ring
// is unmapped by then, so a packet that still looked into it would end the program.
func TestPacketsOutliveTheRing(t *testing.T) {
	client, server := pair(t)
	const n = 200
	var kept []*layers.Packet
	_, err := sniff.Sniff(context.Background(), sniff.Options{NS: server.NS, Ifaces: []string{"lab0"}, Filter: "udp dst port 9999"},
		sniff.Limits{Count: n, Timeout: 20 * time.Second},
		func() error { datagrams(t, client, server, 9999, n); return nil },
		func(p *layers.Packet) (bool, error) { kept = append(kept, p); return true, nil })
	if err != nil || len(kept) != n {
		t.Fatalf("got %d packets and %v, want %d", len(kept), err, n)
	}
	for i, p := range kept {
		if load, _ := p.At(0).Get("load"); string(load.([]byte)) != fmt.Sprint(i) {
			t.Errorf("packet %d says %q", i, load)
		}
	}
}

func TestTimeoutGivesWhatCameBeforeIt(t *testing.T) {
	client, server := pair(t)
	n := 0
	_, err := sniff.Sniff(context.Background(), sniff.Options{NS: server.NS, Ifaces: []string{"lab0"}, Filter: "udp dst port 9999"},
		sniff.Limits{Timeout: 500 * time.Millisecond},
		func() error { datagrams(t, client, server, 9999, 4); return nil },
		func(*layers.Packet) (bool, error) { n++; return true, nil })
	if err != nil || n != 4 {
		t.Errorf("got %d packets and %v, want 4", n, err)
	}
}

func TestCancelAndStop(t *testing.T) {
	client, server := pair(t)
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	_, err := sniff.Sniff(ctx, sniff.Options{NS: server.NS, Ifaces: []string{"lab0"}, Filter: "udp dst port 9999"}, sniff.Limits{},
		func() error { datagrams(t, client, server, 9999, 2); return nil },
		func(*layers.Packet) (bool, error) {
			if n++; n == 2 {
				cancel()
			}
			return true, nil
		})
	if err != nil || n != 2 {
		t.Errorf("cancelled: got %d packets and %v, want 2", n, err)
	}
	n = 0
	_, err = sniff.Sniff(context.Background(), sniff.Options{NS: server.NS, Ifaces: []string{"lab0"}, Filter: "udp dst port 9999"}, sniff.Limits{},
		func() error { datagrams(t, client, server, 9999, 3); return nil },
		func(*layers.Packet) (bool, error) { n++; return false, nil })
	if err != nil || n != 1 {
		t.Errorf("stopped by the callback: got %d packets and %v, want 1", n, err)
	}
}

// Several interfaces at once, and all of them; on lo each packet is seen once.
func TestInterfaces(t *testing.T) {
	client, server := pair(t)
	for _, ifaces := range [][]string{{"lo", "lab0"}, nil, {"any"}} {
		seen := map[string]int{}
		_, err := sniff.Sniff(context.Background(), sniff.Options{NS: server.NS, Ifaces: ifaces, Filter: "udp dst port 9999"},
			sniff.Limits{Timeout: time.Second},
			func() error {
				datagrams(t, client, server, 9999, 2)
				datagrams(t, server, server, 9999, 3) // its own address goes by lo
				return nil
			},
			func(p *layers.Packet) (bool, error) { seen[p.Meta.Iface()]++; return true, nil })
		if err != nil || seen["lab0"] != 2 || seen["lo"] != 3 {
			t.Errorf("interfaces %v: got %v and %v, want 2 on lab0, 3 on lo", ifaces, seen, err)
		}
	}
}

func TestErrors(t *testing.T) {
	_, server := pair(t)
	_, err := sniff.Open(sniff.Options{NS: server.NS, Ifaces: []string{"nosuch0"}})
	var no *sniff.NoInterfaceError
	if !errors.As(err, &no) || !strings.Contains(err.Error(), "lab0") {
		t.Errorf("got %v, want an error that names the interfaces there are", err)
	}
	_, err = sniff.Open(sniff.Options{NS: server.NS, Ifaces: []string{"lab0"}, Filter: "tcp prt 80"})
	if c, ok := err.(interface{ Caret() string }); !ok || !strings.Contains(c.Caret(), "^") {
		t.Errorf("got %v, want an error with a caret", err)
	}
}

// Close unblocks a reader.
func TestCloseUnblocks(t *testing.T) {
	_, server := pair(t)
	for _, ifaces := range [][]string{{"lab0"}, {"lab0", "lo"}} {
		c, err := sniff.Open(sniff.Options{NS: server.NS, Ifaces: ifaces, Filter: "udp dst port 1"})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() {
			_, err := c.Read(context.Background(), make([]*layers.Packet, 1))
			done <- err
		}()
		time.Sleep(10 * time.Millisecond)
		c.Close()
		select {
		case err := <-done:
			if !errors.Is(err, os.ErrClosed) {
				t.Errorf("got %v, want os.ErrClosed", err)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("Next goes on after Close")
		}
	}
}
