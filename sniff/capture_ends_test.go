package sniff_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"pktsh/lab"
	"pktsh/layers"
	"pktsh/netns"
	"pktsh/sniff"
	"pktsh/sniff/packetsock"
)

// An interface that goes down is told and captured from again when it is up; one that
// is removed is told, and the capture ends with the last.
func TestInterfaceDownAndAway(t *testing.T) {
	_, server := pair(t)
	first, second := tun(t, server.NS, "tun0", packetsock.HardwareNone), tun(t, server.NS, "tun1", packetsock.HardwareNone)
	var told []error
	o := sniff.Options{NS: server.NS, Ifaces: []string{"tun0", "tun1"}, Filter: "udp", Notify: func(err error) { told = append(told, err) }}
	c := open(t, o)
	write := func(f *os.File, n int) {
		t.Helper()
		if _, err := f.Write(datagram(n)); err != nil {
			t.Fatal(err)
		}
	}
	for _, up := range []uint16{0, 1} {
		if err := server.Do(func() error { return setFlags("tun0", up) }); err != nil {
			t.Fatal(err)
		}
		write(second, 1)
		if got := readAll(t, c); len(got) != 1 || got[0].Meta.Iface() != "tun1" {
			t.Fatalf("got %v, want one packet of tun1", got)
		}
	}
	if len(told) != 1 || !errors.Is(told[0], packetsock.ErrInterfaceDown) || !strings.Contains(told[0].Error(), "tun0") {
		t.Fatalf("told %v, want that tun0 is down", told)
	}
	write(first, 2)
	if got := readAll(t, c); len(got) != 1 || got[0].Meta.Iface() != "tun0" {
		t.Fatalf("got %v, want one packet of tun0", got)
	}
	first.Close()
	write(second, 3)
	if got := readAll(t, c); len(got) != 1 {
		t.Fatalf("got %d packets, want that of tun1", len(got))
	}
	if len(told) != 2 || !errors.Is(told[1], sniff.ErrInterfaceGone) {
		t.Fatalf("told %v, want that tun0 is gone", told)
	}
	second.Close()
	for range 2 { // and it stays so
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if _, err := c.Read(ctx, make([]*layers.Packet, 1)); !errors.Is(err, sniff.ErrInterfaceGone) {
			t.Fatalf("got %v, want ErrInterfaceGone", err)
		}
	}
}

func TestInterfaceThatIsDown(t *testing.T) {
	_, server := pair(t)
	tun(t, server.NS, "tun0", packetsock.HardwareNone)
	if err := server.Do(func() error { return setFlags("tun0", 0) }); err != nil {
		t.Fatal(err)
	}
	_, err := sniff.Open(sniff.Options{NS: server.NS, Ifaces: []string{"tun0"}})
	if !errors.Is(err, packetsock.ErrInterfaceDown) || !strings.Contains(err.Error(), "ip link set tun0 up") {
		t.Errorf("got %v, want that tun0 is down and what to do", err)
	}
}

// An end by the caller does not wait for a slow reader to work off the ring, and
// says how many it left.
func TestHastyEnd(t *testing.T) {
	client, server := pair(t)
	tx := sender(t, client, "lab0")
	c := open(t, sniff.Options{NS: server.NS, Ifaces: []string{"lab0"}, Filter: "udp dst port 9"})
	sendAll(t, tx, frames(3000))
	ctx, cancel := context.WithCancel(context.Background())
	given := uint64(0)
	st, err := sniff.RunBatches(ctx, c.Capture, 0, func(ps []*layers.Packet) (bool, error) {
		given += uint64(len(ps))
		cancel()
		time.Sleep(200 * time.Millisecond)
		return true, nil
	})
	if err != nil || st.Unread == 0 || given+st.Unread != 3000 {
		t.Errorf("given %d, %+v, %v; want 3000 together", given, st, err)
	}
}

// TestKilled kills a process in the midst of a promiscuous capture: nothing of it
// stays.
func TestKilled(t *testing.T) {
	const role = "PKTSH_TEST_CAPTURE_IN"
	if path := os.Getenv(role); path != "" {
		captureUntilKilled(path)
	}
	_, server := pair(t)
	path := fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), server.NS.Fd())
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), role+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	if _, err := io.ReadFull(out, make([]byte, 1)); err != nil {
		t.Fatalf("the capture does not begin: %v", err)
	}
	if n := promiscuity(t, server); n != "1" {
		t.Fatalf("promiscuity is %s during the capture, want 1", n)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // says that it was killed
	for range 1000 {
		if promiscuity(t, server) == "0" {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the interface stays promiscuous")
}

// captureUntilKilled is the process that TestKilled kills.
func captureUntilKilled(path string) {
	var c *sniff.Capture
	ns, err := netns.Open(path)
	if err == nil {
		c, err = sniff.Open(sniff.Options{NS: ns, Ifaces: []string{"lab0"}, Promisc: true})
	}
	if err == nil {
		fmt.Print("!")
		_, err = sniff.Run(context.Background(), c, sniff.Limits{}, func(*layers.Packet) (bool, error) { return true, nil })
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// promiscuity is how many have made the host's interface promiscuous.
func promiscuity(t *testing.T, h *lab.Host) string {
	t.Helper()
	var n string
	err := h.Do(func() error {
		l, err := netlink.LinkByName("lab0")
		if err == nil {
			n = fmt.Sprint(l.Attrs().Promisc)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
