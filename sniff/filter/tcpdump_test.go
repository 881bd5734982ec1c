package filter

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const randomGolden = "testdata/random.jsonl.gz"

// randomCounts says how many random expressions are compared on each link type.
var randomCounts = []struct{ link, n int }{
	{LinkEthernet, 2400},
	{LinkRaw, 80}, {LinkNull, 60}, {LinkLoop, 60}, {LinkSLL, 100}, {LinkSLL2, 80}, {LinkPPP, 80}, {LinkIPv4, 40}, {LinkIPv6, 40},
}

func (g exprGen) list(n int) []string {
	exprs := make([]string, n)
	for i := range exprs {
		exprs[i] = g.expr()
	}
	return exprs
}

// TestRandomExpressions compares verdicts, refusals and lengths for some thousand
// random expressions with the referee's, which are on file.
func TestRandomExpressions(t *testing.T) {
	if *update {
		var b bytes.Buffer
		zw := gzip.NewWriter(&b)
		enc := json.NewEncoder(zw)
		g := newExprGen(1)
		for _, c := range randomCounts {
			for _, r := range referee(t, c.link, g.list(c.n)) {
				if err := enc.Encode(r); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := zw.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(randomGolden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(randomGolden)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	golden := make(map[int][]refereed)
	for dec := json.NewDecoder(zr); dec.More(); {
		var r refereed
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		golden[r.Link] = append(golden[r.Link], r)
	}
	for _, c := range randomCounts {
		t.Run(encapNames[linkInfo[c.link].enc], func(t *testing.T) {
			if len(golden[c.link]) != c.n {
				t.Fatalf("%d expressions on file, want %d", len(golden[c.link]), c.n)
			}
			var s score
			s.compare(t, c.link, golden[c.link])
			s.check(t, 1+s.compiled/500)
		})
	}
}

// needTcpdump skips the test unless peers are asked for, and gives fresh random
// expressions.
func needTcpdump(t *testing.T) exprGen {
	t.Helper()
	if os.Getenv("PKTSH_PEERS") != "1" {
		t.Skip("set PKTSH_PEERS=1 to compare with tcpdump, which must be installed")
	}
	if _, err := exec.LookPath("tcpdump"); err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return newExprGen(seed)
}

// TestPeerTcpdump compares fresh random expressions with the installed tcpdump.
func TestPeerTcpdump(t *testing.T) {
	g := needTcpdump(t)
	var s score
	exprs := slices.DeleteFunc(g.list(2000), func(e string) bool { return otherOnPurpose(LinkEthernet, e) })
	s.compare(t, LinkEthernet, referee(t, LinkEthernet, exprs))
	s.check(t, 1)
}

// TestPeerTcpdumpManual does the same with what the manual page lists, on several link
// types: all that stands by itself, some of the combinations of qualifiers and ids, and
// random expressions made of them.
func TestPeerTcpdumpManual(t *testing.T) {
	g := needTcpdump(t)
	all := manualExprs()
	for _, link := range []int{LinkEthernet, LinkRaw, LinkSLL, LinkSLL2, LinkNull, LinkPPP} {
		t.Run(encapNames[linkInfo[link].enc], func(t *testing.T) {
			var exprs []string
			if link == LinkEthernet {
				exprs = append(exprs, manualOthers...)
			}
			for want := len(exprs) + 250; len(exprs) < want; {
				e := g.pick(all[g.IntN(len(all))], g.manual(all))
				// Most combinations are nonsense: ask about some of those only.
				if _, err := Compile(e, Options{LinkType: link}); err == nil || g.IntN(10) == 0 {
					exprs = append(exprs, e)
				}
			}
			exprs = slices.DeleteFunc(exprs, func(e string) bool { return otherOnPurpose(link, e) })
			var s score
			s.compare(t, link, referee(t, link, exprs))
			s.check(t, 1)
		})
	}
}

// TestPeerTcpdumpLive does the same for live capture, with the programs that libpcap
// makes for an interface and the packets as a packet socket would see them: outer VLAN
// tags taken out.
func TestPeerTcpdumpLive(t *testing.T) {
	g := needTcpdump(t)
	if out, err := exec.Command("tcpdump", "-i", "lo", "-ddd", "vlan").CombinedOutput(); err != nil {
		t.Skipf("tcpdump cannot open the loopback interface: %s", out)
	}
	lib := startLibpcap(t)
	packets := readPackets(t, "testdata/packets.pcap")
	buf := make([]byte, paddedLen)
	same, bad := 0, 0
	for same+bad < 300 {
		e := g.pick("vlan", "vlan 10", "vlan 20", "not vlan", "inbound", "outbound and vlan") + g.pick(" and ", " and ", " or ") + g.terms(1+g.IntN(2))
		theirs, _, err := lib.compile(live, e, true)
		if err != nil {
			t.Fatal(err)
		}
		plain, _, err := lib.compile(live, e, false)
		if err != nil {
			t.Fatal(err)
		}
		if theirs == nil || plain == nil {
			continue // refused, or it rejects all packets
		}
		ours, err := Compile(e, Options{LinkType: LinkEthernet, Live: true})
		if err != nil && refusedHereAlone(err) {
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", e, err)
			continue
		}
		differ := -1
		for n, pkt := range packets {
			clear(buf)
			copy(buf, pkt.data)
			data, m := buf, Meta{Type: uint8(n % 5)}
			if tpid := uint16(buf[12])<<8 | uint16(buf[13]); (tpid == 0x8100 || tpid == 0x88a8) && n%4 != 0 {
				m.VLANPresent, m.VLANTPID, m.VLANTCI = true, tpid, uint16(buf[14])<<8|uint16(buf[15])
				copy(buf[4:16], buf[:12])
				data = buf[4:]
			}
			verdict := ours.MatchMeta(data, pkt.wireLen, m)
			if verdict != theirs.MatchMeta(data, pkt.wireLen, m) && verdict != plain.MatchMeta(data, pkt.wireLen, m) {
				differ = n // not from what libpcap's optimiser has changed either
			}
		}
		if same++; differ >= 0 {
			same--
			bad++
			t.Logf("%s: packet %d: other verdict than libpcap's", e, differ)
		}
	}
	if bad > 1 {
		t.Errorf("%d of %d expressions differ", bad, same+bad)
	}
}

const programsGolden = "testdata/programs.txt"

// TestMachine runs libpcap's own programs, which are on file, on the packets: the
// verdicts must be libpcap's, to the last truncated packet. And ours may not be longer.
func TestMachine(t *testing.T) {
	verdicts := readVerdicts(t)
	if *update {
		var b bytes.Buffer
		for _, v := range verdicts {
			if v.Accept == nil {
				continue
			}
			p, _, err := tcpdump(LinkEthernet, v.Filter)
			if err != nil || p == nil {
				t.Fatalf("tcpdump %q: %v", v.Filter, err)
			}
			fmt.Fprintf(&b, "%s\n%s", v.Filter, p.DumpDecimal())
		}
		if err := os.WriteFile(programsGolden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(programsGolden)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	packets := readPackets(t, "testdata/packets.pcap")
	sc := bufio.NewScanner(f)
	var ratios []float64
	for _, v := range verdicts {
		if v.Accept == nil {
			continue
		}
		if sc.Scan(); sc.Text() != v.Filter {
			t.Fatalf("%s: expected %q, got %q", programsGolden, v.Filter, sc.Text())
		}
		sc.Scan()
		var n int
		fmt.Sscan(sc.Text(), &n)
		text := sc.Text() + "\n"
		for range n {
			sc.Scan()
			text += sc.Text() + "\n"
		}
		p, err := ParseDecimal(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", v.Filter, err)
		}
		for i, pkt := range packets {
			if got := p.Match(pkt.data, pkt.wireLen); got != v.accepts[i] {
				t.Errorf("%s: packet %d: the machine says %v, libpcap's %v", v.Filter, i, got, v.accepts[i])
				break
			}
		}
		ours, err := Compile(v.Filter, Options{LinkType: LinkEthernet})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(v.Filter, "protochain") {
			continue // libpcap loops, we cannot
		}
		ratios = append(ratios, float64(ours.Len())/float64(p.Len()))
		if ours.Len() > p.Len()*5/4 {
			t.Errorf("%s: %d instructions, libpcap needs %d", v.Filter, ours.Len(), p.Len())
		}
	}
	slices.Sort(ratios)
	if median := ratios[len(ratios)/2]; median > 1 {
		t.Errorf("programs are too long: median %.2f times libpcap's", median)
	}
}
