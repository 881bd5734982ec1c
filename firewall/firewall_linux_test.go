package firewall_test

import (
	"bufio"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/nftables"
	"golang.org/x/sys/unix"

	"pktsh/firewall"
	"pktsh/lab"
)

func TestGuardKeepsPeerHalfOpen(t *testing.T) {
	for _, family := range [][3]string{
		{"10.99.0.1:1000", "10.99.0.1:1001", "10.99.0.2:80"},
		{"[fd99::1]:1000", "[fd99::1]:1001", "[fd99::2]:80"},
	} {
		t.Run(family[2], func(t *testing.T) {
			b := newBench(t)
			local, remote := tuple(family[0], family[2])
			other := netip.MustParseAddrPort(family[1])

			// Without a guard the client's kernel ends the connection.
			b.syn(local, remote)
			b.eventually("the server to see a RST", func() bool { return b.attemptFails() == 1 })
			if n := b.synRecv(); n != 0 {
				t.Fatalf("without guard: %d half-open connections, want 0", n)
			}

			g := b.guard()
			release, err := g.Protect(local, remote)
			if err != nil {
				t.Fatal(err)
			}
			b.syn(local, remote)
			b.eventually("a RST to be dropped", func() bool { return dropped(t, g) == 1 })
			if n := b.synRecv(); n != 1 {
				t.Fatalf("with guard: %d half-open connections, want 1", n)
			}
			entries, err := g.Protected()
			want := []firewall.Entry{{Tuple: firewall.Tuple{Local: local, Remote: remote}, Refs: 1, Dropped: 1}}
			if err != nil || !slices.Equal(entries, want) {
				t.Errorf("protected: %v, %v, want %v", entries, err, want)
			}

			// A connection that is not protected is answered as ever.
			b.syn(other, remote)
			b.eventually("the other connection to be reset", func() bool { return b.attemptFails() == 2 })

			// A RST of our own is held back without the mark, and leaves with it.
			if err := b.send(local, remote, rst, 1001, 0); !errors.Is(err, unix.EPERM) {
				t.Errorf("RST without the mark: %v, want EPERM from the output hook", err)
			}
			if n := b.synRecv(); n != 1 {
				t.Fatalf("after a RST that was dropped: %d half-open connections, want 1", n)
			}
			if err := b.send(local, remote, rst, 1001, firewall.Mark); err != nil {
				t.Fatal(err)
			}
			b.eventually("our own RST to arrive", func() bool { return b.attemptFails() == 3 && b.synRecv() == 0 })

			release()
			release() // once is enough
			b.syn(local, remote)
			b.eventually("the released connection to be reset", func() bool { return b.attemptFails() == 4 })
			if entries, err := g.Protected(); err != nil || len(entries) != 0 {
				t.Errorf("after release: %v, %v", entries, err)
			}
		})
	}
}

func TestReferences(t *testing.T) {
	b := newBench(t)
	g := b.guard()
	local, remote := tuple("10.99.0.1:1000", "10.99.0.2:80")
	mapped := netip.MustParseAddrPort("[::ffff:10.99.0.1]:1000") // the same connection
	first, err := g.Protect(local, remote)
	if err != nil {
		t.Fatal(err)
	}
	second, err := g.Protect(mapped, remote)
	if err != nil {
		t.Fatal(err)
	}
	if entries, err := g.Protected(); err != nil || len(entries) != 1 || entries[0].Refs != 2 {
		t.Errorf("protected twice: %v, %v", entries, err)
	}
	first()
	first()
	b.syn(local, remote)
	b.eventually("a RST to be dropped", func() bool { return dropped(t, g) == 1 })
	second()
	b.syn(local, remote)
	b.eventually("the connection to be reset", func() bool { return b.attemptFails() == 1 })
}

func TestOffAndOn(t *testing.T) {
	b := newBench(t)
	g := b.guard()
	local, remote := tuple("10.99.0.1:1000", "10.99.0.2:80")
	if err := g.Off(); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Protect(local, remote); err != nil {
		t.Fatal(err)
	}
	if g.IsOn() {
		t.Error("IsOn after Off")
	}
	b.syn(local, remote)
	b.eventually("the connection to be reset", func() bool { return b.attemptFails() == 1 })
	if err := errors.Join(g.On(), g.On()); err != nil {
		t.Fatal(err)
	}
	b.syn(local, remote)
	b.eventually("a RST to be dropped", func() bool { return dropped(t, g) == 1 })
	if n := b.synRecv(); n != 1 || !g.IsOn() {
		t.Errorf("after On: %d half-open connections, on: %v", n, g.IsOn())
	}
}

func TestRanges(t *testing.T) {
	for _, family := range [][4]string{
		{"10.99.0.1", "10.99.0.0/24", "10.99.0.2/32", "10.99.0.2:80"},
		{"fd99::1", "fd99::/120", "fd99::2/128", "[fd99::2]:80"},
	} {
		t.Run(family[1], func(t *testing.T) {
			b := newBench(t)
			g := b.guard()
			local, remote := netip.MustParseAddr(family[0]), netip.MustParseAddrPort(family[3])
			network, single := netip.MustParsePrefix(family[1]), netip.MustParsePrefix(family[2])
			releaseAll, err := g.ProtectRange(local, 0, 65535, network)
			if err != nil {
				t.Fatal(err)
			}
			if n := b.spans(g); n != 1 {
				t.Errorf("a whole scan is %d elements, want 1", n)
			}
			ports := []uint16{1, 1000, 40000, 65535}
			for _, p := range ports {
				b.syn(netip.AddrPortFrom(local, p), remote)
			}
			b.eventually("RSTs to be dropped", func() bool { return dropped(t, g) == uint64(len(ports)) })
			if n := b.synRecv(); n != len(ports) {
				t.Errorf("%d half-open connections, want %d", n, len(ports))
			}

			// Another range across it, and the first one gone: what remains is exact.
			releaseSome, err := g.ProtectRange(local, 1000, 1999, single)
			if err != nil {
				t.Fatal(err)
			}
			releaseAll()
			if rs := g.Ranges(); len(rs) != 1 || rs[0] != (firewall.Range{Local: local, Lo: 1000, Hi: 1999, Remote: single}) {
				t.Errorf("ranges: %v", rs)
			}
			b.syn(netip.AddrPortFrom(local, 999), remote)
			b.eventually("port 999 to be reset", func() bool { return b.attemptFails() == 1 })
			b.syn(netip.AddrPortFrom(local, 2000), remote)
			b.eventually("port 2000 to be reset", func() bool { return b.attemptFails() == 2 })
			b.syn(netip.AddrPortFrom(local, 1999), remote)
			b.eventually("port 1999 to be kept", func() bool { return dropped(t, g) == uint64(len(ports))+1 })

			// Overlaps of every kind are taken, and cut.
			var releases []func()
			for _, r := range []struct {
				lo, hi uint16
				p      netip.Prefix
			}{{1500, 3000, single}, {100, 1200, network}, {1999, 1999, network}, {0, 65535, single}} {
				release, err := g.ProtectRange(local, r.lo, r.hi, r.p)
				if err != nil {
					t.Fatalf("%v: %v", r, err)
				}
				releases = append(releases, release)
			}
			if n := b.spans(g); n < 3 {
				t.Errorf("%d elements for overlapping ranges", n)
			}
			for _, release := range append(releases, releaseSome) {
				release()
			}
			if n := b.spans(g); n != 0 || len(g.Ranges()) != 0 {
				t.Errorf("after release: %d elements, ranges %v", n, g.Ranges())
			}
		})
	}
}

func TestMany(t *testing.T) {
	b := newBench(t)
	g := b.guard()
	local, remote := netip.MustParseAddr("10.99.0.1"), netip.MustParseAddrPort("10.99.0.2:80")
	var tuples []firewall.Tuple
	for p := range uint16(65535) {
		tuples = append(tuples, firewall.Tuple{Local: netip.AddrPortFrom(local, p+1), Remote: remote})
	}
	var releases []func()
	for _, tp := range tuples {
		release, err := g.Protect(tp.Local, tp.Remote)
		if err != nil {
			t.Fatal(err)
		}
		releases = append(releases, release)
	}
	// Right away, when the kernel is still resizing its hash.
	if entries, err := g.Protected(); err != nil || len(entries) != len(tuples) {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	for _, p := range []uint16{1, 30000, 65535} {
		b.syn(netip.AddrPortFrom(local, p), remote)
	}
	b.eventually("RSTs to be dropped", func() bool { return dropped(t, g) >= 3 })
	if entries, err := g.Protected(); err != nil || len(entries) != len(tuples) ||
		entries[0].Dropped == 0 || entries[29999].Dropped == 0 || entries[1].Dropped != 0 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	for _, release := range releases {
		release()
	}
	if entries, err := g.Protected(); err != nil || len(entries) != 0 {
		t.Errorf("after release: %d entries, %v", len(entries), err)
	}
}

func TestTwoGuards(t *testing.T) {
	b := newBench(t)
	g, h := b.guard(), b.guard()
	if g.Name() == h.Name() {
		t.Fatalf("both tables are called %s", g.Name())
	}
	local, remote := tuple("10.99.0.1:1000", "10.99.0.2:80")
	local2 := netip.MustParseAddrPort("10.99.0.1:1001")
	if _, err := g.Protect(local, remote); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Protect(local2, remote); err != nil {
		t.Fatal(err)
	}
	b.syn(local, remote)
	b.syn(local2, remote)
	b.eventually("each to drop one", func() bool { return dropped(t, g) == 1 && dropped(t, h) == 1 })
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if got := b.tables(); !slices.Equal(got, []string{g.Name()}) {
		t.Errorf("tables after one is closed: %v, want %s", got, g.Name())
	}
	if _, err := h.Protect(local, remote); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Protect after Close: %v", err)
	}
	if h.IsOn() || h.Close() != nil {
		t.Error("a closed guard is on, or cannot be closed again")
	}
	if n := b.synRecv(); n != 2 {
		t.Errorf("%d half-open connections, want 2", n)
	}
}

func TestKilledGuardIsGone(t *testing.T) {
	b := newBench(t)
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), roleEnv+"=hold")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	// A child is born into the namespace of the thread that makes it.
	if err := b.client.Do(cmd.Start); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if got := b.tables(); len(got) != 1 || got[0]+"\n" != line {
		t.Fatalf("tables: %v, the child says %q", got, line)
	}
	// Nobody else can take it away.
	err = b.client.Do(func() error {
		c, err := nftables.New()
		if err != nil {
			return err
		}
		c.DelTable(&nftables.Table{Name: b.tables()[0], Family: nftables.TableFamilyINet})
		return c.Flush()
	})
	if !errors.Is(err, unix.EPERM) {
		t.Errorf("delete somebody else's guard: %v, want EPERM", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	b.eventually("the table to be removed", func() bool { return len(b.tables()) == 0 })
}

func TestWithoutRights(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can become nobody")
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), roleEnv+"=hold")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EPERM) {
		t.Skip("there is no nobody in this user namespace")
	}
	if !errors.As(err, &exit) || !strings.HasPrefix(string(out), "arm the RST guard: it needs CAP_NET_ADMIN: run with sudo") {
		t.Errorf("as nobody: %v, %q", err, out)
	}
}

func TestConcurrentUse(t *testing.T) {
	b := newBench(t)
	g := b.guard()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 20 {
				local := netip.AddrPortFrom(netip.MustParseAddr("10.99.0.1"), uint16(1000+(i*7+j)%16))
				release, err := g.Protect(local, netip.MustParseAddrPort("10.99.0.2:80"))
				if err != nil {
					t.Error(err)
					return
				}
				again, err := g.ProtectRange(local.Addr(), local.Port(), local.Port()+5, netip.MustParsePrefix("10.99.0.0/24"))
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := g.Protected(); err != nil {
					t.Error(err)
				}
				release()
				again()
			}
		})
	}
	wg.Wait()
	if entries, err := g.Protected(); err != nil || len(entries) != 0 || len(g.Ranges()) != 0 || b.spans(g) != 0 {
		t.Errorf("after all releases: %v, %v, %v, %d elements", entries, err, g.Ranges(), b.spans(g))
	}
}

func BenchmarkProtect(b *testing.B) {
	if err := lab.CanMake(); err != nil {
		b.Skip(err)
	}
	l, err := lab.New(lab.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	h, err := l.Host("client")
	if err != nil {
		b.Fatal(err)
	}
	g, err := firewall.Open(h.NS)
	if err != nil {
		b.Fatal(err)
	}
	defer g.Close()
	remote := netip.MustParseAddrPort("10.99.0.2:80")
	for i := 0; b.Loop(); i++ {
		release, err := g.Protect(netip.AddrPortFrom(h.Addr4, uint16(i)), remote)
		if err != nil {
			b.Fatal(err)
		}
		release()
	}
}
