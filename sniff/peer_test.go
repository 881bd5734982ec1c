package sniff_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pktsh/lab"
	"pktsh/layers"
	"pktsh/sniff"
	"pktsh/sniff/pcapfile"
)

func needTcpdump(t testing.TB) {
	t.Helper()
	if os.Getenv("PKTSH_PEERS") != "1" {
		t.Skip("set PKTSH_PEERS=1 to compare with tcpdump, which must be installed")
	}
	if _, err := exec.LookPath("tcpdump"); err != nil {
		t.Fatal(err)
	}
}

// tcpdump captures on the host until the function that it returns is called, which gives the
// file and what tcpdump said at its end.
func tcpdump(t testing.TB, h *lab.Host, args ...string) (stop func() (file, said string)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tcpdump.pcap")
	cmd := exec.Command("tcpdump", append([]string{"-n", "-U", "-Z", "root", "-w", file}, args...)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Do(cmd.Start); err != nil { // the child inherits the thread's namespace
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	r := bufio.NewReader(stderr)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("tcpdump %v: %v", args, err)
		}
		if strings.Contains(line, "listening on") {
			break
		}
	}
	return func() (string, string) {
		time.Sleep(1500 * time.Millisecond) // libpcap hands a block over after a second
		cmd.Process.Signal(unix.SIGINT)
		rest, _ := io.ReadAll(r)
		cmd.Wait()
		return file, string(rest)
	}
}

// TestPeerTcpdumpSameTraffic captures the same traffic with tcpdump and compares
// packet by packet. Direction words are not among the filters: libpcap filters the first
// blocks itself (pcap-linux.c, blocks_to_filter_in_userland), with a machine that has of a
// packet's metadata the VLAN tag only and rejects at others (bpf_filter.c).
func TestPeerTcpdumpSameTraffic(t *testing.T) {
	needTcpdump(t)
	client, server := pair(t)
	tx := sender(t, client, "lab0")
	for _, c := range []struct {
		expr string
		snap int
	}{{"", 0}, {"udp or icmp", 0}, {"tcp", 60}, {"vlan and udp", 0}, {"not arp and len > 100", 0}, {"ip or vlan 7", 60}} {
		for _, end := range []*lab.Host{client, server} {
			stop := tcpdump(t, end, "--immediate-mode", "-B", "65536", "-i", "lab0", "-s", fmt.Sprint(c.snap), c.expr)
			ours := open(t, sniff.Options{NS: end.NS, Ifaces: []string{"lab0"}, Filter: c.expr, SnapLen: c.snap, Promisc: true})
			sendAll(t, tx, frames(20))
			sendAll(t, tx, frames(20, 0x8100, 7))
			sendAll(t, tx, frames(20, 0x88a8, 3, 0x8100, 0x6007))
			datagrams(t, client, server, 9999, 30) // answered by ICMP
			echo(t, client, server, 200_000)
			got := readAll(t, ours)
			file, said := stop()
			if !strings.Contains(said, "\n0 packets dropped by kernel") {
				t.Fatalf("tcpdump: %s", said)
			}
			compareWithFile(t, c.expr, c.snap > 0, got, file)
			ours.Close()
		}
	}
}

// echo sends n bytes to the server's echo service, over TCP, and reads them back.
func echo(t *testing.T, client, server *lab.Host, n int) {
	t.Helper()
	l, err := server.Listen("tcp", server.Addr4.String()+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			io.Copy(c, c)
			c.Close()
		}
	}()
	c, err := client.Dial(context.Background(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go c.Write(make([]byte, n))
	if _, err := io.ReadFull(c, make([]byte, n)); err != nil {
		t.Fatal(err)
	}
}

// compareWithFile compares what each sender sent, in whatever order: two processors that
// deliver at once, one connection's packets too, may serve one capture first now, and then the other.
func compareWithFile(t *testing.T, expr string, cut bool, got []*layers.Packet, file string) {
	t.Helper()
	r, err := pcapfile.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	theirs, ours := map[string][]string{}, map[string][]string{}
	note := func(to map[string][]string, b []byte, wire int) {
		from := fmt.Sprintf("%x", b[6:12])
		to[from] = append(to[from], fmt.Sprintf("%d bytes on the wire: %x", wire, b))
	}
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		note(theirs, rec.Data, rec.WireLen)
	}
	for _, p := range got {
		if cut && len(p.Data()) != min(p.Meta.WireLen, 60) {
			t.Fatalf("%q: kept %d bytes of %d, want 60", expr, len(p.Data()), p.Meta.WireLen)
		}
		note(ours, p.Data(), p.Meta.WireLen)
	}
	if len(theirs) == 0 || len(ours) != len(theirs) {
		t.Errorf("%q: got packets of %d senders, tcpdump of %d", expr, len(ours), len(theirs))
	}
	for from, want := range theirs {
		have := ours[from]
		slices.Sort(have)
		slices.Sort(want)
		for i := range min(len(have), len(want)) {
			// libpcap's ring may keep some bytes less than asked for.
			if !strings.HasPrefix(have[i], want[i]) || len(have[i]) > len(want[i]) && !cut {
				t.Fatalf("%q: packet %d of %s: got %d digits, %.150s\ntcpdump has %d, %.150s", expr, i, from, len(have[i]), have[i], len(want[i]), want[i])
			}
		}
		if len(have) != len(want) {
			t.Errorf("%q: got %d packets of %s, tcpdump %d", expr, len(have), from, len(want))
		}
	}
}
